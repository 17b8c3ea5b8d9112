"""Sentiment over time and by topic as drawings, each with the table that says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from django.utils.translation import gettext as _

from safar.doors.web.design.drawings import Drawing, twice
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.show.drawing.bars import Bar, draw_bars
from safar.show.drawing.series import Series, SeriesPoint, Tick, draw_series
from safar.show.locale import Locale
from safar.vocabulary.civil import Period, to_date, to_day

from .queries import Tally, TopicTally

#: Words below the axis of time.
#: Pixels that a label of time takes.
_LABEL: Final = 90.0
#: Units of a drawing: it stands in a column, or fills a telephone.
#: As wide as the cards that they stand in, on a wide page and on a telephone.
WIDE: Final = 440.0
NARROW: Final = 310.0
_HEIGHT: Final = 240.0
#: A span of more days than so many is cut into weeks, of more than so many into months.
_BY_WEEK: Final = 45
_BY_MONTH: Final = 200
#: A wrong year in one comment must not make thousands of months.
_BY_YEAR: Final = 3_660
_MOST_TOPICS: Final = 12


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day, a week or a month: its first day, what it is called, and its comments."""

    first: date
    name: str
    short: str
    tally: Tally


def stretches(
    days: Mapping[date, Tally], locale: Locale, *, period: Period | None = None
) -> tuple[Stretch, ...]:
    """Return the days of comments as days, weeks or months of the reader's calendar, those without any too.

    The period is what fits the span where none is named.
    """
    if not days:
        return ()
    first, last = to_day(min(days)), to_day(max(days))
    span = last - first
    period = period or _fitting(span)
    starts = locale.calendar_lens.period_starts(first, last + 1, period, week_starts=locale.week_starts)
    numbers = np.array([to_day(day) for day in days], np.int64)
    places = np.searchsorted(starts, numbers, side="right") - 1
    tallies = [Tally()] * len(starts)
    for place, tally in zip(places.tolist(), days.values(), strict=True):
        tallies[place] = tallies[place].with_those_of(tally)
    return tuple(
        Stretch(
            to_date(int(start)),
            locale.period(int(start), period),
            locale.period(int(start), period, short=True),
            tally,
        )
        for start, tally in zip(starts.tolist(), tallies, strict=True)
    )


def _fitting(span: int) -> Period:
    """Return the period of a span of days that gives some dozens of stretches."""
    if span < _BY_WEEK:
        return "day"
    if span < _BY_MONTH:
        return "week"
    return "month" if span < _BY_YEAR else "year"


def over_time(found: Sequence[Stretch], locale: Locale, *, wide: float = WIDE) -> Drawing:
    """Return the share of negative comments over time as a line with its interval; two stretches or more."""
    points = tuple(
        SeriesPoint(
            value=None if share is None else share.value,
            text=negative_in_words(each.tally, locale),
            low=None if share is None else share.interval.low,
            high=None if share is None else share.interval.high,
        )
        for each in found
        for share in [each.tally.negative_share]
    )
    greatest = max((each.tally.negative_share.interval.high for each in found if each.tally.n), default=1.0)  # type: ignore[union-attr]
    top = next(each for each in (0.25, 0.5, 1.0) if each >= min(1.0, greatest))

    def draw(width: float, drawing_id: str) -> str:
        every = max(1, -(-len(found) // int(width / _LABEL)))
        return draw_series(
            [Series(_("Share of negative comments"), points)],
            labels=[each.name for each in found],
            ticks=[Tick(place, found[place].short) for place in range(0, len(found), every)],
            value_ticks=[Tick(top * part / 5, locale.percent(top * part / 5)) for part in range(6)],
            title=_("Share of negative comments over time, with its interval"),
            direction=locale.direction,
            width=width,
            height=_HEIGHT,
            drawing_id=drawing_id,
        )

    return twice(draw, "comments-over-time", wide=wide, narrow=NARROW)


def by_topic(found: Sequence[TopicTally], names: Mapping[str, str], locale: Locale) -> Drawing:
    """Return the share of negative comments of each topic as bars with their intervals; one topic or more."""
    bars = []
    for each in found[:_MOST_TOPICS]:
        share = each.tally.negative_share
        bars.append(
            Bar(
                label=names[each.topic.public_id],
                value=None if share is None else share.value,
                text=negative_in_words(each.tally, locale),
                low=None if share is None else share.interval.low,
                high=None if share is None else share.interval.high,
            )
        )
    title = _("Share of negative comments by topic, the largest topics first, with their intervals")
    return shares_drawing(bars, title, locale, "comments-by-topic")


def shares_drawing(bars: Sequence[Bar], title: str, locale: Locale, drawing_id: str) -> Drawing:
    """Return shares as bars from nothing to all."""

    def draw(width: float, drawing_id: str) -> str:
        return draw_bars(
            bars,
            title=title,
            direction=locale.direction,
            reach=(0.0, 1.0),
            width=width,
            drawing_id=drawing_id,
        )

    return twice(draw, drawing_id, wide=WIDE, narrow=NARROW)


def negative_in_words(tally: Tally, locale: Locale) -> str:
    """Return the share of negative comments with its interval and count; a dash without comments."""
    share = tally.negative_share
    if share is None:
        return locale.percent(None)
    return filled(
        _("%(share)s negative (%(interval)s), n = %(count)s"),
        share=locale.percent(share.value),
        interval=locale.percent_interval(share.interval.low, share.interval.high),
        count=locale.number(tally.n),
    )


def time_table(found: Sequence[Stretch], locale: Locale) -> Table:
    """Return the stretches as a table, the newest first."""
    return Table(
        caption=_("Comments over time"),
        columns=(Column("when", _("When"), "when"), *_count_columns()),
        rows=tuple(
            Row((Cell(each.name, value=each.first), *_cells(each.tally, locale))) for each in reversed(found)
        ),
    )


def topic_table(found: Sequence[TopicTally], names: Mapping[str, str], locale: Locale) -> Table:
    """Return the topics as a table, the largest first."""
    return Table(
        caption=_("Comments by topic"),
        columns=(Column("topic", _("Topic")), *_count_columns()),
        rows=tuple(Row((Cell(names[each.topic.public_id]), *_cells(each.tally, locale))) for each in found),
    )


def _count_columns() -> tuple[Column, ...]:
    return (
        Column("negative", _("Negative comments"), "number"),
        Column("neutral", _("Neutral comments"), "number"),
        Column("positive", _("Positive comments"), "number"),
        Column("share", _("Share of negative comments"), "number"),
    )


def _cells(tally: Tally, locale: Locale) -> tuple[Cell, ...]:
    share = tally.negative_share
    told = (
        locale.percent(None)
        if share is None
        else f"{locale.percent(share.value)} ({locale.percent_interval(share.interval.low, share.interval.high)})"
    )
    counts = (tally.negative, tally.neutral, tally.positive)
    return (
        *(Cell(locale.number(each), value=each) for each in counts),
        Cell(told, value=None if share is None else share.value),
    )
