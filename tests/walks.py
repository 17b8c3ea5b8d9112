"""Small random logs of paths, and the same paths in plain Python, to hold journey kernels against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.store.log import Log
from safar.vocabulary.window import Window

DAY = datetime(2026, 3, 21, tzinfo=UTC)
NAMES = ("a", "b", "پرداخت")


@dataclass(frozen=True)
class Walked:
    """Events in order of arrival (customer, name, second of the day), and how they are cut into paths and files."""

    events: tuple[tuple[int, str, int], ...]
    span: tuple[int, int]
    pause_seconds: int
    shards: int
    cuts: frozenset[int]

    @property
    def window(self) -> Window:
        since, until = self.span
        return Window(DAY + timedelta(seconds=since), DAY + timedelta(seconds=until))

    @property
    def pause(self) -> timedelta | None:
        return timedelta(seconds=self.pause_seconds) if self.pause_seconds else None

    def paths(self) -> Iterator[tuple[int, list[tuple[str, int]]]]:
        """Yield each path with its customer: names and seconds, by time, then arrival."""
        by_customer = defaultdict(list)
        for customer, name, at in self.events:
            if self.span[0] <= at < self.span[1]:
                by_customer[customer].append((name, at))
        for customer, steps in by_customer.items():
            path: list[tuple[str, int]] = []
            for name, at in sorted(steps, key=lambda step: step[1]):
                if path and self.pause_seconds and at - path[-1][1] > self.pause_seconds:
                    yield customer, path
                    path = []
                path.append((name, at))
            yield customer, path

    def log(self, folder: Path) -> Log:
        """Return a log of the events: some in parts, the last ones in the tail."""
        log = Log.create(folder, shard_count=self.shards)
        self.into(log)
        return log

    def into(self, log: Log, *, first: int = 0) -> None:
        """Write the events; their ids are counted from ``first``."""
        edges = [0, *sorted(cut for cut in self.cuts if cut < len(self.events)), len(self.events)]
        for begin, end in pairwise(edges):
            batch = [
                an_event(
                    name,
                    DAY + timedelta(seconds=at),
                    customer=f"c{customer}",
                    event_id=np.uint64([place, 7]).tobytes(),
                )
                for place, (customer, name, at) in enumerate(self.events[begin:end], start=first + begin)
            ]
            if batch:
                write(log, together(*batch))
            if end != len(self.events):
                log.compact()


def walks() -> st.SearchStrategy[Walked]:
    """Return logs with ties, single events, repeated steps, late arrivals and empty shards."""
    event = st.tuples(st.integers(0, 5), st.sampled_from(NAMES), st.integers(0, 400))
    return st.builds(
        Walked,
        events=st.lists(event, max_size=60).map(tuple),
        span=st.sampled_from([(0, 10_000), (50, 300)]),
        pause_seconds=st.sampled_from([0, 20, 100]),
        shards=st.sampled_from([1, 8]),
        cuts=st.frozensets(st.integers(0, 60), max_size=3),
    )
