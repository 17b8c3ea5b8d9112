"""Service: clocks by hand, the two ways they go wrong elsewhere, working time, four definitions of first contact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, micros, together
from logs import write
from safar.demo.parameters import parameters
from safar.measure.conversations import Conversations, ConversationsRefused, conversations
from safar.measure.first_contact import FirstContactRefused, FirstContactRules
from safar.measure.service import ServiceQuestion, ServiceRefused, served, service
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.window import Window
from safar.vocabulary.working_time import WorkingTime

DAY = "2026-03-21"  # a Saturday
HOUR_US = 3_600_000_000


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def talk(text: str, *, until: str = f"{DAY}T23:00", **columns) -> Conversations:
    """Return one conversation from "started 09:00 > asked 09:01 > answered 09:05"; a day may stand before the time."""
    kinds, times = [], []
    for step in text.split(" > "):
        kind, *at = step.split()
        kinds.append(kind)
        days = timedelta(days=int(at[0][:-1])) if len(at) == 2 else timedelta(0)
        times.append(micros(datetime.fromisoformat(f"{DAY}T{at[-1]}").replace(tzinfo=UTC) + days))
    given = {name: [value] * len(kinds) for name, value in columns.items()}
    return Conversations.of(["c"] * len(kinds), kinds, times, until=micros(until), **given)


def minutes(found: Conversations, **more) -> dict[str, object]:
    """Return what each clock says of a single conversation, in minutes."""
    clocked = found.clocked(**more)
    gaps = [
        (end - begin) // 60_000_000 if end >= 0 else "waits"
        for begin, end in zip(clocked.gap_begins.tolist(), clocked.gap_ends.tolist(), strict=True)
    ]
    return {
        "first": int(clocked.first_response[0]) // 60_000_000 if clocked.first_response[0] >= 0 else None,
        "next": gaps,
        "resolution": int(clocked.resolution[0]) // 60_000_000 if clocked.resolution[0] >= 0 else None,
    }


def test_three_clocks_by_hand() -> None:
    found = talk(
        "started 09:00 > asked 09:01 > answered 09:20 > asked 09:30 > asked 09:40 > answered 10:00 > resolved 10:10"
    )
    assert minutes(found) == {"first": 20, "next": [30], "resolution": 70}


def test_thanks_after_the_resolution_start_no_clock() -> None:
    """Elsewhere the next response then runs for ever (chatwoot 10178)."""
    found = talk(
        "started 09:00 > answered 09:05 > asked 09:10 > answered 09:15 > resolved 09:20 > asked 09:22"
    )
    assert minutes(found) == {"first": 5, "next": [5], "resolution": 20}
    assert found.clocked().counts[0].tolist() == [1, 1, 0, 0, 1]


def test_a_resolution_ends_the_waiting() -> None:
    found = talk("started 09:00 > answered 09:05 > asked 09:10 > resolved 09:20")
    assert minutes(found) == {"first": 5, "next": [], "resolution": 20}


def test_a_machine_does_not_answer_first() -> None:
    """Elsewhere a bot's greeting makes first responses fast, or agents look slow (chatwoot 6548)."""
    found = talk("started 09:00 > bot_answered 09:00 > answered 09:30 > resolved 09:40")
    assert minutes(found) == {"first": 30, "next": [], "resolution": 40}


def test_opened_again_the_clock_goes_on_without_the_time_between() -> None:
    found = talk(
        "started 09:00 > answered 09:05 > resolved 09:20"
        " > reopened 12:00 > asked 12:01 > answered 12:31 > resolved 12:40"
    )
    assert minutes(found) == {"first": 5, "next": [30], "resolution": 20 + 40}
    assert found.clocked().counts[0, 2] == 1


def test_what_came_before_it_was_opened_again_waits_from_then() -> None:
    found = talk(
        "started 09:00 > answered 09:05 > resolved 09:20"
        " > asked 09:30 > reopened 09:35 > answered 10:05 > resolved 10:06"
    )
    assert minutes(found)["next"] == [30]


def test_pauses_stand_still() -> None:
    told = talk("started 09:00 > answered 09:10 > paused 09:20 > resumed 11:20 > resolved 11:30")
    assert minutes(told)["resolution"] == 30
    waiting = talk("started 09:00 > answered 09:10 > asked 11:10 > answered 11:20 > resolved 11:25")
    assert minutes(waiting)["resolution"] == 145
    assert minutes(waiting, waits_for_customer=True)["resolution"] == 10 + 10


def test_nights_and_days_off_do_not_count() -> None:
    """Asked on Saturday at 16:30 Tehran time, answered on Sunday at 9:30: an hour of work."""
    working = WorkingTime.usual("09:00", "17:00", weekend="thursday-friday", time_zone="Asia/Tehran")
    found = talk("started 13:00 > answered 1d 06:00 > resolved 1d 07:00", until="2026-03-23T00:00")
    assert minutes(found, working=working) == {"first": 60, "next": [], "resolution": 120}


def test_many_clocks_agree_with_working_time_one_by_one(rng: np.random.Generator) -> None:
    working = WorkingTime.usual("08:30", "16:45", weekend="friday", time_zone="Asia/Baghdad")
    begun = micros("2026-01-01") + rng.integers(0, 40 * 24 * HOUR_US, 60)
    ended = begun + rng.integers(0, 9 * 24 * HOUR_US, 60)
    found = Conversations.of(
        np.repeat(np.arange(60), 2), ["started", "resolved"] * 60, np.column_stack([begun, ended]).ravel()
    )
    one_by_one = [
        working.between(Window.from_us(a, b).start, Window.from_us(a, b).end) // timedelta(microseconds=1)
        for a, b in zip(begun.tolist(), ended.tolist(), strict=True)
    ]
    assert found.clocked(working).resolution.tolist() == one_by_one


def test_order_of_rows_changes_nothing(rng: np.random.Generator) -> None:
    kinds = np.array(["started", "asked", "answered", "asked", "answered", "resolved"] * 30)
    times = micros(DAY) + np.sort(rng.integers(0, HOUR_US, (30, 6)), axis=1).ravel()
    which = np.repeat(np.arange(30), 6)
    order = rng.permutation(180)
    one = Conversations.of(which, kinds, times).clocked()
    other = Conversations.of(which[order], kinds[order], times[order]).clocked()
    assert one.first_response.tolist() == other.first_response.tolist()
    assert one.resolution.tolist() == other.resolution.tolist()


def test_a_target_counts_who_waits_too_long_and_not_who_may_be_answered_in_time() -> None:
    """Answered after 10 and 40 minutes, waiting for 3 hours, and for 5 minutes; promised within 30."""
    at = micros(f"{DAY}T12:00")
    minute = 60_000_000
    found = Conversations.of(
        ["a", "a", "b", "b", "c", "d"],
        ["started", "answered", "started", "answered", "started", "started"],
        [at, at + 10 * minute, at, at + 40 * minute, at - 120 * minute, at + 55 * minute],
        until=at + 60 * minute,
    )
    question = ServiceQuestion(targets=(("first_response", timedelta(minutes=30)),))
    first = served(found, question).groups[0].clocks[0]
    assert (first.n, first.waiting) == (2, 2)
    assert first.kept is not None
    assert (first.kept.value, first.kept.n) == (1 / 3, 3)
    assert first.median is not None
    assert first.median.value == 25 * 60


def test_first_contact_by_its_four_definitions(log: Log) -> None:
    """Resolved: a at once; b after a second message; c handed over; d at once, and its customer is back in 3 days; e
    about something nobody solves at once; f too late to know."""

    def moves(which: str, customer: str, at: str, *names: str, topic: str = "delivery"):
        start = datetime.fromisoformat(at).replace(tzinfo=UTC)
        return [
            an_event(
                name,
                start + timedelta(minutes=place),
                customer=customer,
                channel="chat",
                properties={"conversation_id": which, "topic": topic},
            )
            for place, name in enumerate(names)
        ]

    begin, ask, answer, end = (
        "conversation_started",
        "message_received",
        "message_sent",
        "conversation_resolved",
    )
    again = "conversation_reopened"
    yes_no = [
        an_event(
            "survey_answered",
            f"{DAY}T20:00",
            customer=customer,
            properties={"question_key": "fcr", "value": value},
        )
        for customer, value in (("ali", 1), ("sara", 0), ("nobody", 1))
    ]
    events = [
        *moves("a", "ali", f"{DAY}T09:00", begin, ask, answer, end),
        *moves("b", "sara", f"{DAY}T09:00", begin, ask, answer, ask, answer, end),
        *moves("c", "reza", f"{DAY}T09:00", begin, ask, "conversation_handed_over", answer, end),
        *moves("d", "mina", f"{DAY}T09:00", begin, ask, answer, end),
        *moves("d2", "mina", "2026-03-24T09:00", begin, ask, answer, end),
        *moves("e", "omid", f"{DAY}T09:00", begin, ask, answer, end, again, ask, answer, end, topic="legal"),
        *moves("f", "lale", "2026-04-04T09:00", begin, ask, answer, end),
    ]
    write(log, together(*events, *yes_no, an_event("message_sent", f"{DAY}T09:30")))
    asked = ServiceQuestion(
        window=Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)),
        by="topic",
        first_contact=FirstContactRules(beyond=("legal",), question_key="fcr"),
    )
    found = service(log, asked)
    everything, delivery, legal = found.groups
    rates = everything.first_contact
    assert [
        (each.value, each.n) for each in (rates.gross, rates.net, rates.no_repeat, rates.asked) if each
    ] == [
        (4 / 7, 7),
        (4 / 6, 6),
        (4 / 6, 6),
        (0.5, 2),
    ]
    assert everything.reopened is not None
    assert everything.reopened.value == pytest.approx(1 / 7)
    assert (delivery.label, delivery.n, legal.label, legal.n) == ("delivery", 6, "legal", 1)
    assert legal.first_contact.net is None
    assert found.notes == (Note.of("service.no_conversation", count=1),)
    only = service(
        log,
        ServiceQuestion(window=Window(datetime(2026, 3, 24, tzinfo=UTC), datetime(2026, 3, 25, tzinfo=UTC))),
    )
    assert only.groups[0].n == 1
    assert found.table.rows()[0][:4] == ("", "first_response", 7, 0)
    assert found.shares.column("conversations") == [7, 6, 1]


def test_an_empty_log_has_no_numbers(log: Log) -> None:
    (nobody,) = service(log, ServiceQuestion(by="channel")).groups
    assert (nobody.n, nobody.reopened, nobody.clocks[0].median) == (0, None, None)
    assert len(conversations(log)) == 0


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ServiceRefused, match="no target"):
        ServiceQuestion(targets=(("resolution", timedelta(0)),))
    with pytest.raises(ServiceRefused, match="parts no"):
        ServiceQuestion(by="city")  # type: ignore[arg-type]
    with pytest.raises(FirstContactRefused):
        FirstContactRules(within=timedelta(0))
    with pytest.raises(ConversationsRefused, match="sang is nothing"):
        Conversations.of(["a"], ["sang"], [0])
    with pytest.raises(ConversationsRefused, match="2 conversations"):
        Conversations.of(["a", "b"], ["asked"], [0])


def test_the_simulated_company_is_as_slow_as_it_was_made(demo_folder: Path) -> None:
    """Medians of first responses by channel follow truth.toml; at night all wait, so work hours are set."""
    with Log.open(demo_folder / "var/demo/workspaces/demo/log") as log:
        working = WorkingTime.usual("08:00", "22:00", weekend="none", time_zone="Asia/Tehran")
        found = service(log, ServiceQuestion(working=working, by="channel"))
    medians = {
        group.label: group.clocks[0].median.value / 60 for group in found.groups[1:] if group.clocks[0].median
    }
    planted = {name: each.minutes for name, each in parameters().support_channels.items()}
    assert sorted(medians, key=medians.__getitem__) == sorted(planted, key=planted.__getitem__)
    reopened = found.groups[0].reopened
    assert reopened is not None
    assert 0.08 < reopened.value < 0.24
