"""Who walks the shards of a question: threads of this machine, or workers of a cluster.

``SAFAR_EXECUTOR`` says which, for every door alike: ``threads`` (one for each core), ``threads:4``, or the address of a
Dask scheduler, ``dask://host:8786``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache
from importlib import import_module
from typing import Any, Final, ParamSpec, TypeVar

from safar.store.paths import PathShard
from safar.store.remote_shard import RemoteShard
from safar.vocabulary.errors import Fault, Refusal

Wanted = ParamSpec("Wanted")
Found = TypeVar("Found")

SETTING: Final = "SAFAR_EXECUTOR"
_THREADS: Final = re.compile(r"threads(?::([1-9][0-9]{0,2}))?")
_DASK: Final = re.compile(r"dask://([^/]+)/?")
_SECONDS_TO_CONNECT: Final = 10


class ExecutorRefused(Refusal, ValueError):
    """The setting names nobody who could do the work."""

    code = "executor.refused"


class NotPublished(Refusal, TypeError):
    """The paths lie in this process alone, where workers of a cluster cannot read them."""

    code = "executor.not_published"


class ClusterLost(Fault, ConnectionError):
    """The scheduler does not answer, or the workers died."""

    code = "executor.cluster_lost"


def shared_executor() -> Executor:
    """Return who does the work of all questions of this process, as ``SAFAR_EXECUTOR`` says.

    Raises
    ------
    ExecutorRefused, ClusterLost
    """
    return executor_of(os.environ.get(SETTING) or "threads")


@cache
def executor_of(setting: str) -> Executor:
    """Return who does the work as a setting says; one and the same each time.

    Parameters
    ----------
    setting
        ``threads``, ``threads:N`` or ``dask://host:port``.

    Raises
    ------
    ExecutorRefused
        The setting is none of these, or Dask is not installed.
    ClusterLost
        The scheduler does not answer.
    """
    threads, dask = _THREADS.fullmatch(setting), _DASK.fullmatch(setting)
    if threads is not None:
        count = int(threads[1]) if threads[1] else os.cpu_count() or 1
        return ThreadPoolExecutor(count, thread_name_prefix="safar-walks")
    if dask is not None:
        return ClusterExecutor(dask[1])
    raise ExecutorRefused(
        f"{SETTING} is {setting!r}.", hint="Say threads, threads:N or dask://host:port.", setting=setting
    )


class ClusterExecutor(Executor):
    """Workers of a Dask cluster: they are sent addresses of shards, open these themselves, send back partial results.

    Parameters
    ----------
    address
        Host and port of the scheduler.

    Raises
    ------
    ExecutorRefused, ClusterLost

    Notes
    -----
    The work of a worker that dies is done by another one: the scheduler sees to that, and as a partial result depends
    on the shard and the question alone, the answer is the same.
    """

    def __init__(self, address: str) -> None:
        try:
            distributed = import_module("distributed")
        except ModuleNotFoundError:
            raise ExecutorRefused(
                "Dask is not installed.", hint='Install it: pip install "safar[cluster]".', setting=address
            ) from None
        try:
            self._client = distributed.Client(
                f"tcp://{address}", timeout=_SECONDS_TO_CONNECT, set_as_default=False
            )
        except (OSError, TimeoutError) as lost:
            raise ClusterLost(
                f"No Dask scheduler answers at {address}.",
                hint="Start it, or look at the address.",
                address=address,
            ) from lost

    def submit(
        self, function: Callable[Wanted, Found], /, *args: Wanted.args, **kwargs: Wanted.kwargs
    ) -> Future[Found]:
        """Let a worker call a function."""
        done: Future[Found] = self._client.get_executor(pure=False).submit(function, *args, **kwargs)
        return done

    def map(
        self,
        function: Callable[..., Found],
        /,
        *iterables: Any,
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> Iterator[Found]:
        """Let workers call a function for each shard; yield in the order of the shards.

        Raises
        ------
        NotPublished
        ClusterLost
            Workers died over the same shard again and again.
        """
        columns = [list(each) for each in iterables]
        for shard in columns[0]:
            if isinstance(shard, PathShard) and not isinstance(shard, RemoteShard):
                raise NotPublished(
                    "These paths lie in this process alone: workers of a cluster cannot read them.",
                    hint="Publish the log (safar log publish) and open it by its address.",
                )
        futures = self._client.map(function, *columns, pure=False)
        return self._results(futures, timeout)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; it goes on."""
        self._client.close()

    def _results(self, futures: list[Any], timeout: float | None) -> Iterator[Any]:
        killed = import_module("distributed").KilledWorker
        try:
            for future in futures:
                yield future.result(timeout)
        except killed as lost:
            raise ClusterLost(
                "Workers of the cluster died over the same shard again and again.", hint="Look at their logs."
            ) from lost
        finally:
            self._client.cancel(futures)
