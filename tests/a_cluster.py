"""A Dask cluster of real processes, and an S3-compatible store, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS = 60


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers, each a process."""

    address: str
    workers: Mapping[str, subprocess.Popen[bytes]]

    def stop(self, name: str) -> None:
        """Hold a worker where it is: it is given work and does none."""
        self.workers[name].send_signal(signal.SIGSTOP)

    def kill(self, name: str) -> None:
        """End a worker without a word."""
        self.workers[name].kill()


@contextmanager
def a_cluster(folder: Path, count: int, environment: Mapping[str, str]) -> Iterator[Cluster]:
    """Start a scheduler and so many workers of one thread each; they are there when this is entered."""
    from distributed import Client  # only who needs a cluster waits for it

    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        with (folder / f"{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
                cwd=folder,
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    told = folder / "scheduler.json"
    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter",
              "--scheduler-file", str(told))  # fmt: skip
        _wait(told.exists)
        workers = {
            name: start("worker", "--scheduler-file", str(told), "--name", name, "--nthreads", "1", "--no-nanny",
                        "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder))
            for name in (f"worker-{number}" for number in range(count))
        }  # fmt: skip
        with Client(scheduler_file=str(told), set_as_default=False, timeout=_SECONDS) as client:
            client.wait_for_workers(count, timeout=_SECONDS)
            address = str(client.scheduler.address).removeprefix("tcp://")
        yield Cluster(address, workers)
    finally:
        for process in started:
            process.kill()
            process.wait()


@contextmanager
def a_store() -> Iterator[dict[str, str]]:
    """Serve an S3-compatible store with one bucket, ``paths``; yield the environment that leads to it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        client: Any = boto3.client(
            "s3",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="paths")
        yield environment
    finally:
        server.stop()


def _wait(until: Any) -> None:
    end = time.monotonic() + _SECONDS
    while not until():
        assert time.monotonic() < end, "the scheduler did not start"
        time.sleep(0.05)
