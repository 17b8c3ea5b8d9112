"""One customer's thread: by hand, and all threads together are what conformance counts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given

from builders import a_path
from designs import Design, designs, main_line
from logs import write
from safar.observe.conformance import ConformanceQuestion, MoveKind, conformance
from safar.observe.thread import Other, Passage, ThreadQuestion, Visit, thread
from safar.observe.walk import PauseRefused
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.window import Window
from walks import Walked, walks

SHOP = main_line("visit", "product", "cart", "pay")
HOUR = timedelta(hours=1)


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 3, 21, hour, minute, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        write(
            log,
            a_path("visit 09:00 > help 09:03 > cart 09:05 > cart 09:06 > visit 09:20", customer="anon"),
            a_path("help 12:00 > product 13:00 > cart 13:05 > pay 13:06", customer="sara"),
            a_path("visit 13:30", customer="b"),
        )
        log.compact()
        log.identity.merge("anon", "sara", "manual", "test")
        yield log


FIRST = Passage(
    (
        Visit("visit", at("9:00"), at("9:00"), 1, None, ()),
        Visit("cart", at("9:05"), at("9:06"), 2, MoveKind.SKIP, ("product",)),
        Visit("visit", at("9:20"), at("9:20"), 1, MoveKind.OFF_MAP, ()),
    ),
    is_open=False,
    has_arrived=False,
)
PAID = Visit("pay", at("13:06"), at("13:06"), 1, MoveKind.DESIGNED, ())
SECOND = Passage(
    (
        Visit("product", at("13:00"), at("13:00"), 1, None, ("visit",)),
        Visit("cart", at("13:05"), at("13:05"), 1, MoveKind.DESIGNED, ()),
        PAID,
    ),
    is_open=True,
    has_arrived=True,
)


def test_one_person_under_two_ids_by_hand(log: Log) -> None:
    answer = thread(log, ThreadQuestion(SHOP, "sara", pause=HOUR))
    assert answer.customer_id == "anon"  # the id that both go by
    assert answer.passages == (FIRST, SECOND)
    assert answer.others == (Other("help", at("9:03")), Other("help", at("12:00")))
    assert (answer.stands_at, answer.stands_open) == (PAID, True)
    assert answer.notes == ()


def test_a_window_chooses_whole_passages(log: Log) -> None:
    question = ThreadQuestion(SHOP, "sara", Window(at("9:04"), at("9:10")), pause=HOUR)
    answer = thread(log, question)
    assert (answer.passages, answer.others) == ((FIRST,), ())
    assert answer.stands_at == PAID
    # without a pause all is one passage, and nothing tells whether it goes on
    (whole,) = thread(log, ThreadQuestion(SHOP, "sara", Window(at("9:04"), at("9:10")))).passages
    assert [visit.step for visit in whole.visits] == ["visit", "cart", "visit", "product", "cart", "pay"]
    assert not whole.is_open


def test_nobody_and_somebody_elsewhere_have_no_passages(log: Log) -> None:
    for customer, journey in (("nobody", SHOP), ("anon", main_line("return", "refund"))):
        answer = thread(log, ThreadQuestion(journey, customer, pause=HOUR))
        assert (answer.customer_id, answer.passages, answer.stands_at) == (customer, (), None)
    with patch("safar.observe.thread.MOST_OTHERS", 2):
        answer = thread(log, ThreadQuestion(main_line("return", "refund"), "sara"))
    assert answer.others == (Other("cart", at("13:05")), Other("pay", at("13:06")))
    assert answer.notes == (Note.of("thread.others_left_out", count=7),)
    with pytest.raises(PauseRefused):
        ThreadQuestion(SHOP, "sara", pause=timedelta(0))


@given(walked=walks(), design=designs())
def test_all_threads_together_are_what_conformance_counts(
    tmp_path_factory, walked: Walked, design: Design
) -> None:
    with walked.log(tmp_path_factory.mktemp("threads")) as log:
        answer = conformance(log, ConformanceQuestion(design.journey, pause=walked.pause))
        people = {f"c{customer}" for customer, _, _ in walked.events}
        threads = [thread(log, ThreadQuestion(design.journey, each, pause=walked.pause)) for each in people]
    moves: Counter[tuple[str, str]] = Counter()
    steps: Counter[tuple[str, str]] = Counter()
    for passage in (passage for each in threads for passage in each.passages):
        steps["began", passage.visits[0].step] += 1
        steps["open" if passage.is_open else "ended", passage.visits[-1].step] += 1
        steps.update({("skipped", step) for visit in passage.visits for step in visit.skipped})
        before = None
        for visit in passage.visits:
            steps["events", visit.step] += visit.events
            if visit.events > 1:
                moves[visit.step, visit.step] += visit.events - 1
            if before is not None:
                moves[before, visit.step] += 1
            before = visit.step
    assert sum(len(each.passages) for each in threads) == answer.passages
    assert moves == {(move.source, move.target): move.count for move in answer.moves}
    numbers = ("began", "ended", "open", "events", "skipped")
    assert steps == Counter(
        {(name, step.step): getattr(step, name) for step in answer.steps for name in numbers}
    )
