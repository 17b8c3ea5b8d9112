"""Small random visits to a shop's pages, for tests of what is read from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.store.log import Log
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)
PAUSE = timedelta(minutes=30)
#: What happens: an event's name and its properties.
ACTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("page", {"path": "/"}),
    (
        "page",
        {"url": "https://shop.example/p/1/?utm_source=x#top", "referrer": "https://www.google.com/search"},
    ),
    ("page", {"path": "/p/1"}),
    ("screen", {"name": "Home"}),
    ("page", {}),
    ("search_performed", {"query": "كيف", "result_count": 4}),
    ("search_performed", {"query": "کیف ", "result_count": 0}),
    ("Products Searched", {"query": "Shoe"}),
    ("product_viewed", {"product_id": "1"}),
    ("cart_added", {}),
    ("order_placed", {}),
    ("survey_sent", {}),
)
#: What each of them is called as a page.
PATHS = {0: "/", 1: "/p/1", 2: "/p/1", 3: "Home", 4: ""}


@dataclass(frozen=True)
class Visits:
    """Acts in order of arrival (customer, place in `ACTS`, minute), and how they are cut into files."""

    acts: tuple[tuple[int, int, int], ...]
    span: tuple[int, int]
    shards: int
    cut: int

    @property
    def window(self) -> Window:
        since, until = self.span
        return Window(START + timedelta(minutes=since), START + timedelta(minutes=until))

    def of_customers(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield each customer with acts and minutes, by time, then arrival; what the company does is left out."""
        by_customer = defaultdict(list)
        for customer, act, minute in self.acts:
            if ACTS[act][0] != "survey_sent":
                by_customer[customer].append((act, minute))
        for customer, acts in by_customer.items():
            yield customer, sorted(acts, key=lambda each: each[1])

    def sessions(self, *, is_cut: bool = True) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Yield each session with its customer; cut at the edges of the window."""
        for customer, acts in self.of_customers():
            session: list[tuple[int, int]] = []
            for act, minute in acts:
                if is_cut and not self.span[0] <= minute < self.span[1]:
                    continue
                if session and minute - session[-1][1] > 30:
                    yield customer, session
                    session = []
                session.append((act, minute))
            if session:
                yield customer, session

    def log(self, folder: Path) -> Log:
        """Return a log of the acts: some in parts, the others in the tail."""
        log = Log.create(folder, shard_count=self.shards)
        for place, batch in enumerate((self.acts[: self.cut], self.acts[self.cut :])):
            events = [
                an_event(
                    ACTS[act][0],
                    START + timedelta(minutes=minute),
                    customer=f"c{customer}",
                    properties=ACTS[act][1],
                    event_id=np.uint64([place, number]).tobytes(),
                )
                for number, (customer, act, minute) in enumerate(batch)
            ]
            if events:
                write(log, together(*events))
            if not place:
                log.compact()
        return log


def visits() -> st.SearchStrategy[Visits]:
    """Return logs of visits, with ties, single acts, late arrivals and empty shards."""
    act = st.tuples(st.integers(0, 4), st.integers(0, len(ACTS) - 1), st.integers(0, 300))
    return st.builds(
        Visits,
        acts=st.lists(act, max_size=50).map(tuple),
        span=st.sampled_from([(0, 1_000), (40, 200)]),
        shards=st.sampled_from([1, 8]),
        cut=st.integers(0, 50),
    )
