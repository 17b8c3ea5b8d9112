"""A score over time: periods of three calendars, the period before, the same season, weights in each."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from answers_said import an_answer, write
from safar.listen.answer_rows import Which
from safar.listen.groups import By
from safar.listen.trend import TrendQuestion, TrendRefused, trend
from safar.listen.weighting import Margin, Weighting
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.periods import Periodic
from safar.vocabulary.window import Window

TEHRAN = ZoneInfo("Asia/Tehran")
MONTHS = Periodic("month", "jalali", "saturday", "Asia/Tehran")


def stretch(start: str, end: str) -> Window:
    return Window(
        datetime.fromisoformat(start).replace(tzinfo=TEHRAN),
        datetime.fromisoformat(end).replace(tzinfo=TEHRAN),
    )


def of(log: Log, question: TrendQuestion) -> list[tuple[float | None, bool, float | None]]:
    return [
        (
            point.score.estimate.value if point.score and point.score.estimate else None,
            point.is_whole,
            point.before.estimate.value if point.before and point.before.estimate else None,
        )
        for point in trend(log, question).points
    ]


def test_jalali_months_each_beside_the_one_before(log: Log) -> None:
    write(
        log,
        an_answer("nps", 10, who="a", at="2026-03-20T20:00:00"),  # 23:30 in Tehran: the last of Esfand 1404
        an_answer("nps", 0, who="b", at="2026-03-20T21:00:00"),  # half past midnight: Nowruz
        an_answer("nps", 10, who="c", at="2026-04-20T21:00:00"),  # 1 Ordibehesht
    )
    question = TrendQuestion(Which("nps"), stretch("2026-03-21", "2026-05-01"), MONTHS)
    assert of(log, question) == [(-100.0, True, 100.0), (100.0, False, -100.0)]
    points = trend(log, question).points
    assert points[0].compared == stretch("2026-02-20", "2026-03-21")
    assert points[0].gap is not None
    assert (points[0].gap.change.value, points[0].gap.is_clear) == (-200.0, False)


def test_a_month_without_answers_is_there(log: Log) -> None:
    write(
        log, an_answer("nps", 10, at="2026-01-05T12:00"), an_answer("nps", 10, who="b", at="2026-03-05T12:00")
    )
    gregorian = Periodic("month")
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    question = TrendQuestion(Which("nps"), window, gregorian)
    assert of(log, question) == [(100.0, True, None), (None, True, 100.0), (100.0, True, None)]
    # nothing is compared with time before the first answer
    assert trend(log, question).points[0].compared is None


def test_ramadan_beside_ramadan(log: Log) -> None:
    """Ramadan 1446 began on 2025-03-01, Ramadan 1447 on 2026-02-18 (Umm al-Qura)."""
    write(
        log,
        an_answer("nps", 0, who="a", at="2025-03-05T12:00"),
        an_answer("nps", 10, who="b", at="2026-02-20T12:00"),
    )
    months = Periodic("month", "hijri", time_zone="Asia/Riyadh")
    riyadh = ZoneInfo("Asia/Riyadh")
    window = Window(datetime(2026, 2, 18, tzinfo=riyadh), datetime(2026, 3, 20, tzinfo=riyadh))
    assert of(log, TrendQuestion(Which("nps"), window, months, beside="season")) == [(100.0, True, -100.0)]


def test_weights_in_each_period_and_one_that_lacks_a_group(log: Log) -> None:
    write(
        log,
        an_answer("nps", 10, who="a", channel="app", at="2026-01-05T12:00"),
        *(an_answer("nps", 0, who=f"w{number}", at="2026-01-06T12:00") for number in range(3)),
        an_answer("nps", 0, who="b", at="2026-02-05T12:00"),
    )
    half = Weighting((Margin(By("channel"), (("app", 0.5), ("web", 0.5))),))
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    question = TrendQuestion(Which("nps"), window, Periodic("month"), beside="nothing", weighting=half)
    assert [value for value, _, _ in of(log, question)] == [pytest.approx(0.0), -100.0]
    assert trend(log, question).notes == (Note.of("trend.unweighted", count=1),)


def test_what_is_refused() -> None:
    empty = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(TrendRefused, match="empty"):
        TrendQuestion(Which("nps"), empty, Periodic("month"))
    year = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(TrendRefused, match="'seasons'") as refused:
        TrendQuestion(Which("nps"), year, Periodic("month"), beside="seasons")  # type: ignore[arg-type]
    assert "season" in refused.value.hint
