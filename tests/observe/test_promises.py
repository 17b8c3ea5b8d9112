"""Promises: what is kept, broken and open; held against plain Python; intervals that cover."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from builders import a_path, an_event, together
from logs import write
from safar.observe.behind import CellRefused
from safar.observe.promise_rows import OUTCOMES, PromiseOutcome, promises_made
from safar.observe.promises import PromiseQuestion, PromiseRefused, adds_to_promise, promise, share_kept
from safar.observe.questions import KINDS
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from walks import Walked, walks

ORDER, GOT = StepRule("order", ("order",)), StepRule("got", ("got",))
TWO_DAYS = PromiseQuestion(ORDER, GOT, timedelta(days=2))


def test_by_hand(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            a_path(
                "order 09:00 > got 1d 09:00 > order 5d 09:00 > got 9d 10:00 > order 20d 09:00", customer="a"
            ),
            a_path("order 09:00 > order 20d 08:00 > got 20d 09:30 > end 21d 10:00", customer="b"),
            a_path("order 09:00 > got 2d 09:00", customer="c"),
        )
        found = promise(log, TWO_DAYS)
        # a: kept after a day, broken after 4 d 1 h, open; b: broken after 20 d 30 min, open though it is kept; c: kept
        assert (found.kept, found.broken, found.open) == (2, 2, 2)
        assert (found.customers, found.broken_customers) == (3, 2)
        assert found.share is not None
        assert (found.share.value, found.share.n) == (0.5, 3)
        assert found.median == timedelta(days=3, minutes=30)
        assert found.p90 == timedelta(days=4, hours=1) + 0.7 * (timedelta(days=16, minutes=-30))
        assert found.notes == (Note.of("promise.open", count=2),)
        behind = {
            number: log.ids_of(KINDS["promise"].behind(log, TWO_DAYS, {"number": number}).persons)
            for number in ("kept", "broken", "open")
        }
        assert {number: sorted(ids) for number, ids in behind.items()} == {
            "kept": ["a", "c"],
            "broken": ["a", "b"],
            "open": ["a", "b"],
        }
        with pytest.raises(CellRefused):
            adds_to_promise(log.paths(), TWO_DAYS, {"number": "late"})


def test_what_belongs_together_is_told_by_a_property(tmp_path: Path) -> None:
    def on(name: str, at: str, order: object) -> object:
        return an_event(name, f"2026-03-{at}", properties={} if order is None else {"order_id": order})

    with Log.create(tmp_path / "log") as log:
        write(
            log,
            together(
                on("order", "01", 1), on("order", "02", 2), on("got", "03", 2), on("got", "08", 1),
                on("order", "09", None), on("got", "10", None), on("end", "30", 1),
            ),
        )  # fmt: skip
        same = PromiseQuestion(ORDER, GOT, timedelta(days=2), "order_id")
        found = promise(log, same)
        assert (found.kept, found.broken) == (1, 1)
        assert found.notes == (Note.of("promise.untold", count=1),)
        # the next one, whichever it is, keeps order 1 in time
        assert promise(log, TWO_DAYS).kept == 3


def test_each_promise_says_when_it_was_due_and_how_late_it_was_kept(tmp_path: Path) -> None:
    """The same log as by hand, row by row; a stranger has no promises."""
    with Log.create(tmp_path / "log") as log:
        write(
            log,
            a_path(
                "order 09:00 > got 1d 09:00 > order 5d 09:00 > got 9d 10:00 > order 20d 09:00", customer="a"
            ),
            a_path("order 09:00 > order 20d 08:00 > got 20d 09:30 > end 21d 10:00", customer="b"),
            a_path("order 09:00 > end 2d 09:00", customer="c"),
        )
        start = log.timeline("c")[-1].occurred_at
        who = ["c", "b", "a", "nobody"]

        def told(outcome: PromiseOutcome, customers: list[str]) -> list[tuple[object, ...]]:
            return [
                (
                    made.customer_id,
                    made.begun_at - start,
                    made.due_at - made.begun_at,
                    None if made.kept_at is None else made.kept_at - start,
                    made.late,
                )
                for made in promises_made(log, TWO_DAYS, customers, outcome)
            ]

        hour, day, two = timedelta(hours=1), timedelta(days=1), timedelta(days=2)
        assert told("broken", who) == [
            ("c", 0 * day, two, None, 19 * day + hour),  # never: so late when the log ends
            ("b", 0 * day, two, 20 * day + hour / 2, 18 * day + hour / 2),
            ("a", 5 * day, two, 9 * day + hour, 2 * day + hour),
        ]
        assert told("kept", who) == [("a", 0 * day, two, 1 * day, None)]
        assert told("open", ["a", "b"]) == [
            ("a", 20 * day, two, None, None),
            ("b", 20 * day - hour, two, 20 * day + hour / 2, None),
        ]
        assert told("broken", ["nobody"]) == []


def test_nobody_keeps_a_promise_by_making_it(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(log, a_path("buy 09:00 > buy 1d 09:00 > end 30d 09:00"))
        again = PromiseQuestion(StepRule("buy", ("buy",)), StepRule("buy", ("buy",)), timedelta(days=2))
        found = promise(log, again)
        assert (found.kept, found.broken) == (1, 1)


@settings(max_examples=40)
@given(walked=walks())
def test_as_plain_python_counts(tmp_path_factory: pytest.TempPathFactory, walked: Walked) -> None:
    within = 30
    last = max((at for _, _, at in walked.events), default=0)
    expected = Counter[str]()
    for customer in {customer for customer, _, _ in walked.events}:
        mine = sorted(
            ((at, place, name) for place, (who, name, at) in enumerate(walked.events) if who == customer)
        )
        for spot, (at, _, name) in enumerate(mine):
            if name != "a" or not walked.span[0] <= at < walked.span[1]:
                continue
            after = [when for when, _, each in mine[spot + 1 :] if each == "پرداخت"]
            if at + within > last:
                expected["open"] += 1
            else:
                expected["kept" if after and after[0] - at <= within else "broken"] += 1
    question = PromiseQuestion(
        StepRule("a", ("a",)),
        StepRule("p", ("پرداخت",)),
        timedelta(seconds=within),
        window=walked.window,
    )
    who = sorted({f"c{customer}" for customer, _, _ in walked.events})
    with walked.log(tmp_path_factory.mktemp("walked") / "log") as log:
        found = promise(log, question)
        told = {outcome: len(promises_made(log, question, who, outcome)) for outcome in OUTCOMES}
    assert told == {name: expected[name] for name in OUTCOMES}
    assert {"kept": found.kept, "broken": found.broken, "open": found.open} == {
        name: expected[name] for name in ("kept", "broken", "open")
    }


def test_intervals_cover_the_truth(rng: np.random.Generator) -> None:
    """Customers keep their own share (Beta(3, 2), mean 0.6), and have one to six beginnings each."""
    covered = 0
    for _ in range(600):
        decided = rng.integers(1, 7, 80)
        kept = rng.binomial(decided, rng.beta(3, 2, 80))
        found = share_kept(
            int(kept.sum()),
            int(decided.sum()),
            80,
            squares=int((kept**2).sum()),
            products=int((kept * decided).sum()),
            n_squares=int((decided**2).sum()),
            level=0.95,
        )
        assert found is not None
        covered += 0.6 in found.interval
    assert 0.93 <= covered / 600 <= 0.975


def test_one_beginning_a_customer_is_an_interval_of_a_share() -> None:
    found = share_kept(81, 263, 263, squares=81, products=81, n_squares=263, level=0.95)
    assert found is not None
    # Newcombe (1998), table I: Wilson's interval of 81/263; ours knows its variance from 262 degrees of freedom
    assert (found.interval.low, found.interval.high) == pytest.approx((0.2553, 0.3662), abs=6e-4)


def test_no_time_and_no_name_are_refused() -> None:
    with pytest.raises(PromiseRefused, match="Nothing happens"):
        PromiseQuestion(ORDER, GOT, timedelta(0))
    with pytest.raises(PromiseRefused, match="no name"):
        PromiseQuestion(ORDER, GOT, timedelta(days=1), " ")
