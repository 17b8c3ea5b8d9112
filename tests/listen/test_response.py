"""Response rate: invitations answered in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from builders import an_event, together
from safar.listen.response import Response, ResponseQuestion, response
from safar.store.log import Log
from safar.vocabulary.answer import Note, NoWindows
from safar.vocabulary.interval import difference, is_clear, share
from safar.vocabulary.window import DurationUnreadable, Window


def write(log: Log, *events) -> None:
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()


def sent(invitation: str | None, at: str | datetime):
    properties = {"survey": "s"} | ({"invitation_id": invitation} if invitation else {})
    return an_event("survey_sent", at, customer=f"of {invitation} {at}", properties=properties)


def replied(invitation: str, at: str | datetime, value: int = 5):
    return an_event(
        "survey_answered",
        at,
        customer=f"of {invitation}",
        properties={"invitation_id": invitation, "value": value},
    )


def test_an_unchanged_rate_is_rarely_called_a_clear_change(log: Log, rng: np.random.Generator) -> None:
    """Forty pairs of thirty days with one truth (30 % answer, after two days in the mean), seen on the last day."""
    days, hour = 30, timedelta(hours=1)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    end = start + 2 * days * timedelta(days=1)
    clear, values = 0, []
    for world in range(40):
        with Log.create(log.layout.folder.parent / f"world-{world}", shard_count=1) as one:
            events = []
            for number in range(900):
                at = start + float(rng.uniform(0, 2 * days * 24)) * hour
                events.append(sent(str(number), at))
                answer_at = at + float(rng.exponential(48)) * hour
                if rng.random() < 0.3 and answer_at < end:
                    events.append(replied(str(number), answer_at))
            write(one, *events)
            middle = start + timedelta(days=days)
            now, before = response(
                one, ResponseQuestion((Window(middle, end), Window(start, middle)))
            ).responses
            assert now.estimate is not None
            assert before.estimate is not None
            clear += is_clear(difference(now.estimate, before.estimate))
            values.append(now.estimate.value)
    assert clear <= 5  # five in a hundred promised; of forty more than five has a chance of 1 in 70
    assert abs(np.mean(values) - 0.3 * (1 - np.exp(-7 / 2))) < 0.015


def test_answered_in_time_late_never_and_twice(log: Log, day) -> None:
    write(
        log,
        sent("in time", "2026-03-21T08:00"),
        replied("in time", "2026-03-23T08:00"),
        replied("in time", "2026-03-23T08:00", 1),  # a second question of the same invitation
        sent("on the second", "2026-03-21T08:00"),
        replied("on the second", "2026-03-28T08:00"),
        sent("too late", "2026-03-21T08:00"),
        replied("too late", "2026-03-28T08:01"),
        sent("never", "2026-03-21T09:00"),
        replied("nobody asked", "2026-03-21T10:00"),
        sent("before", "2026-03-20T09:00"),
        replied("before", "2026-03-21T09:00"),
        an_event("page", "2026-03-28T09:00"),  # seven days after the last invitation
    )
    found = response(log, ResponseQuestion((day(21), day(20), day(19))))
    assert found.responses == (
        Response(4, 2, share(2, 4), 0),
        Response(1, 1, share(1, 1), 0),
        Response(0, 0, None, 0),
    )
    assert found.notes == ()
    assert found.provenance.rows_read == 6


def test_young_invitations_and_such_without_id_are_said(log: Log, day) -> None:
    write(
        log,
        sent("young", "2026-03-21T08:00"),
        sent("young and answered", "2026-03-21T08:00"),
        replied("young and answered", "2026-03-21T09:00"),
        sent(None, "2026-03-21T08:00"),
        sent(None, "2026-03-21T08:01"),
    )
    found = response(log, ResponseQuestion((day(21),)))
    assert found.responses == (Response(0, 0, None, 2),)
    assert found.notes == (Note.of("response.still_open", count=2), Note.of("response.no_id", count=2))


def test_an_empty_log(log: Log, day) -> None:
    found = response(log, ResponseQuestion((day(21),)))
    assert (found.responses, found.notes) == ((Response(0, 0, None, 0),), ())


def test_how_long_an_answer_counts_can_be_chosen(log: Log, day) -> None:
    write(log, sent("a", "2026-03-21T08:00"), replied("a", "2026-03-21T10:00"))
    hour = ResponseQuestion((day(21),), answer_within=timedelta(hours=1))
    assert response(log, hour).responses[0].answered == 0
    with pytest.raises(DurationUnreadable):
        ResponseQuestion((day(21),), answer_within=timedelta(-1))
    with pytest.raises(NoWindows):
        ResponseQuestion(())


def test_of_one_survey_alone(log: Log, day) -> None:
    for survey, invitation, is_answered in (("a", "i1", True), ("a", "i2", False), ("b", "i3", True)):
        said = {"survey": survey, "invitation_id": invitation}
        write(log, an_event("survey_sent", "2026-03-21T08:00", customer=invitation, properties=said))
        if is_answered:
            write(log, an_event("survey_answered", "2026-03-21T09:00", customer=invitation, properties=said))
    write(log, an_event("visit", "2026-04-21T09:00"))
    (found,) = response(log, ResponseQuestion((day(21),), surveys=("a",))).responses
    assert (found.sent, found.answered) == (2, 1)
