"""Who walks the shards: threads, or a cluster that reads an object store and loses a worker in mid-question."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from a_cluster import Cluster, a_cluster, a_store
from builders import an_event, together
from logs import write
from safar.observe.among import Among, Did, Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.executors import (
    ClusterExecutor,
    ClusterLost,
    ExecutorRefused,
    NotPublished,
    executor_of,
    shared_executor,
)
from safar.observe.flow import FlowAnswer, FlowQuestion, flow
from safar.observe.funnel import FunnelQuestion, funnel
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.store.published import Published, publish

DAY = datetime(2026, 3, 21, tzinfo=UTC)
STEPS = tuple(StepRule(name, (name,)) for name in ("visit", "cart", "pay"))


def test_threads_as_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert executor_of("threads:3")._max_workers == 3  # type: ignore[attr-defined]
    assert executor_of("threads:3") is executor_of("threads:3")
    monkeypatch.setenv("SAFAR_EXECUTOR", "threads:2")
    assert shared_executor() is executor_of("threads:2")
    monkeypatch.delenv("SAFAR_EXECUTOR")
    assert shared_executor() is executor_of("threads")
    for wrong in ("thread", "threads:0", "threads:-1", "dask:8786", "dask://"):
        with pytest.raises(ExecutorRefused, match="SAFAR_EXECUTOR"):
            executor_of(wrong)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Twelve shards of 300 customers who do one thing after another."""
    rng = np.random.default_rng(7)
    names = rng.choice(["visit", "cart", "pay"], 3000, p=(0.6, 0.3, 0.1)).tolist()
    hours = rng.integers(0, 2000, 3000).tolist()
    with Log.create(tmp_path_factory.mktemp("log") / "log", shard_count=16) as log:
        write(
            log,
            together(
                *(
                    an_event(
                        name,
                        DAY + timedelta(hours=hour),
                        customer=f"c{place % 300}",
                        properties={"plan": "pro" if place % 3 else "free"},
                    )
                    for place, (name, hour) in enumerate(zip(names, hours, strict=True))
                )
            ),
        )
        log.compact()
        yield log


@pytest.fixture(scope="module")
def address(log: Log) -> Iterator[str]:
    """Where the log's paths are published: an S3-compatible store."""
    with a_store() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        publish(log.paths(), "s3://paths/shop", ["plan"])
        yield "s3://paths/shop"


@pytest.fixture
def cluster(address: str, tmp_path: Path) -> Iterator[Cluster]:
    with a_cluster(tmp_path, 3, {"TMPDIR": str(tmp_path)}) as cluster:
        yield cluster


def test_a_cluster_reads_a_store_and_loses_a_worker_in_mid_question(
    log: Log, address: str, cluster: Cluster
) -> None:
    executor = ClusterExecutor(cluster.address)
    try:
        published = Published(address)
        assert len(published.paths().shards) == 16
        among = Among(
            where=(Condition("plan", Comparison.IS, ("pro",)),), segment=Segment("payers", (Did(STEPS[2]),))
        )
        question = FunnelQuestion(STEPS, timedelta(days=30), among=among)
        assert funnel(published, question, executor=executor).steps == funnel(log, question).steps

        cluster.stop("worker-1")
        found: list[FlowAnswer] = []
        asked = threading.Thread(
            target=lambda: found.append(flow(published, FlowQuestion(), executor=executor)), daemon=True
        )
        asked.start()
        held = _held_by(executor, "worker-1")
        assert not found
        cluster.kill("worker-1")
        asked.join(60)
        assert held > 0
        assert len(found) == 1
        expected = flow(log, FlowQuestion())
        assert (found[0].edges, found[0].paths, found[0].events) == (
            expected.edges,
            expected.paths,
            expected.events,
        )
        assert len(executor._client.scheduler_info()["workers"]) == 2

        with pytest.raises(NotPublished, match="safar log publish"):
            flow(log, FlowQuestion(), executor=executor)
    finally:
        executor.shutdown()


def _held_by(executor: ClusterExecutor, name: str) -> int:
    """Return how many shards a worker has been given and not answered, once there are some."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        workers: dict[str, Any] = executor._client.scheduler_info()["workers"]
        (place,) = [where for where, each in workers.items() if each["name"] == name]
        held = len(executor._client.processing()[place])
        if held:
            return held
        time.sleep(0.02)
    raise AssertionError(f"{name} was given nothing")


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.observe import executors

    monkeypatch.setattr(executors, "_SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(ClusterLost, match=r"127\.0\.0\.1:1"):
        ClusterExecutor("127.0.0.1:1")
