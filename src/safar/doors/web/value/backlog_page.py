"""The page Backlog: how many conversations wait, how many come, go and come back, and what was kept of the promise."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import interval_in_words, share_with_interval
from safar.measure.backlog import BacklogAnswer, BacklogPoint
from safar.show import drawing as draw
from safar.show.journeys.series import round_values
from safar.vocabulary.interval import Estimate, difference, is_clear
from safar.vocabulary.interval_by_customer import rate_of_count

from .backlog_form import BacklogForm
from .groups import SERVED
from .words import how_sure

_MOST_TICKS: Final = 7
#: Periods that the page lists; a file has all of them.
_MOST_ROWS: Final = 26
#: Place among the columns of the table.
_OPENED, _KEPT, _OPEN = 1, 4, 5


def shown_backlog(asked: Asked) -> Shown:
    """Return the backlog in the reader's words."""
    answer: BacklogAnswer = asked.answer
    if not any(point.opened.n or point.closed or point.open_at_end for point in answer.points):
        return Shown(
            empty=EmptyState(
                _("No conversations in this time"),
                _(
                    "This is answered once events named conversation_started and conversation_resolved come in, each"
                    " with its conversation_id; or ask about a longer time."
                ),
            )
        )
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_over_time(asked),),
        tables=(_periods(asked),),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: BacklogAnswer = asked.answer
    locale, last = asked.locale, answer.points[-1]
    figures = [
        Figure(
            _("Open now") if not last.is_whole else _("Open at the end"),
            locale.number(last.open_at_end),
            ""
            if last.median_age_seconds is None
            else filled(
                _("half of them for %(length)s or longer"),
                length=locale.duration(timedelta(seconds=round(last.median_age_seconds))),
            ),
        )
    ]
    if answer.reopened is not None:
        figures.append(
            Figure(
                _("Opened again"),
                locale.percent(answer.reopened.value, decimals=1),
                how_sure(answer.reopened, interval_in_words(answer.reopened, locale), locale),
            )
        )
    if answer.kept is not None:
        figures.append(
            Figure(
                _("Resolved as promised"),
                locale.percent(answer.kept.value, decimals=1),
                how_sure(answer.kept, interval_in_words(answer.kept, locale), locale),
            )
        )
    return tuple(figures)


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return whether more come than go, and the period in which most came."""
    answer: BacklogAnswer = asked.answer
    locale, whole = asked.locale, [point for point in answer.points if point.is_whole]
    found = []
    if len(whole) > 1:
        before, now = whole[0].open_at_end, whole[-1].open_at_end
        came = rate_of_count(sum(point.opened.n for point in whole[1:]))
        went = rate_of_count(sum(point.closed for point in whole[1:]))
        words = (
            _("More came than went: %(before)s were open at the beginning, %(now)s at the end.")
            if now > before and is_clear(difference(came, went))
            else _("More went than came: %(before)s were open at the beginning, %(now)s at the end.")
            if now < before and is_clear(difference(came, went))
            else _("About as many went as came: %(before)s were open at the beginning, %(now)s at the end.")
        )
        place = answer.points.index(whole[-1])
        found.append(
            Finding(filled(words, before=locale.number(before), now=locale.number(now)), f"p{place}", _OPEN)
        )
        busiest = max(whole, key=lambda point: point.opened.n)
        usual = sum(point.opened.n for point in whole) / len(whole)
        if busiest.opened.interval.low > usual:
            place = answer.points.index(busiest)
            found.append(
                Finding(
                    filled(
                        _("In the period from %(day)s, %(count)s came; %(usual)s do in the mean."),
                        day=_begins(asked, busiest),
                        count=locale.number(busiest.opened.n),
                        usual=locale.number(usual, decimals=1),
                    ),
                    f"p{place}",
                    _OPENED,
                )
            )
    return tuple(found)


def _begins(asked: Asked, point: BacklogPoint) -> str:
    return asked.locale.date(point.window.start)


def _over_time(asked: Asked) -> Drawing:
    answer: BacklogAnswer = asked.answer
    locale, points = asked.locale, answer.points

    def line(label: str, values: list[int]) -> draw.Series:
        return draw.Series(
            label,
            tuple(
                draw.SeriesPoint(float(value), locale.number(value), is_partial=not point.is_whole)
                for point, value in zip(points, values, strict=True)
            ),
        )

    series = [
        line(_("Open at the end"), [point.open_at_end for point in points]),
        line(pgettext("conversations", "Came"), [point.opened.n for point in points]),
        line(pgettext("conversations", "Went"), [point.closed for point in points]),
    ]
    step = max(1, -(-len(points) // _MOST_TICKS))
    values = [0.0, *(point.value for one in series for point in one.points if point.value is not None)]
    return Drawing.in_both_widths(
        "backlog",
        _("Open, come and gone"),
        partial(
            draw.draw_series,
            series,
            labels=[_begins(asked, point) for point in points],
            ticks=[
                draw.Tick(float(place), locale.date(points[place].window.start, "short"))
                for place in range(0, len(points), step)
            ],
            value_ticks=[draw.Tick(value, locale.number(value)) for value in round_values(values)],
            title=_("How many are open at the end of each period; the table below has the same numbers."),
            direction=locale.direction,
        ),
        said=_("A hollow point is a period that is not over."),
    )


def _periods(asked: Asked) -> Table:
    answer: BacklogAnswer = asked.answer
    locale = asked.locale

    def kept(found: Estimate | None) -> Cell:
        told = share_with_interval(found, locale)
        return Cell(told) if found is None else Cell(told, value=found.value)

    def row(place: int, point: BacklogPoint) -> Row:
        begins = _begins(asked, point)
        age = point.median_age_seconds
        return Row(
            (
                Cell(
                    begins if point.is_whole else filled(_("%(period)s (not over)"), period=begins),
                    value=point.window.start,
                ),
                Cell(locale.number(point.opened.n), value=point.opened.n),
                Cell(locale.number(point.reopened), value=point.reopened),
                Cell(locale.number(point.closed), value=point.closed),
                kept(point.kept),
                Cell(locale.number(point.open_at_end), value=point.open_at_end),
                Cell(locale.number(None))
                if age is None
                else Cell(locale.duration(timedelta(seconds=round(age))), value=age),
            ),
            f"p{place}",
        )

    rows = [row(place, point) for place, point in enumerate(answer.points)]
    return Table(
        caption=_("Period by period"),
        columns=(
            Column("period", _("Begins on"), "when", sortable=True),
            Column("opened", pgettext("conversations", "Came"), "number", sortable=True),
            Column("reopened", _("Of these, opened again"), "number", sortable=True),
            Column("closed", pgettext("conversations", "Went"), "number", sortable=True),
            Column("kept", _("Resolved as promised"), "number", sortable=True),
            Column("open", _("Open at the end"), "number", sortable=True),
            Column("age", _("Half of them open for"), "number", sortable=True),
        ),
        rows=tuple(reversed(rows[-_MOST_ROWS:])),
    )


BACKLOG: Final = KindPage(
    key="backlog",
    desk="value",
    group=SERVED,
    name=pgettext_lazy("kind of question", "Backlog"),
    lead=gettext_lazy("How many conversations wait, and do more come than go?"),
    form=BacklogForm,
    shown=shown_backlog,
    meaning=gettext_lazy(
        "Came are conversations that began or were opened again, went those that were resolved. What was open before"
        " and came, less what went, is what is open at the end. As promised is the share of those resolved for good in"
        " a period whose time open and not paused was no longer than promised."
    ),
    method=gettext_lazy(
        "Periods are those of your calendar, and whole. That more came than went is said only where it is more than"
        " chance for counts of such size (Poisson). Clocks of the promise stand still while nobody is at work. Shares"
        " have Wilson's intervals."
    ),
    more=gettext_lazy("Working hours, days"),
    metric=lambda answer: Metric.of(answer.kept or answer.reopened),
    metric_name=gettext_lazy("Resolved as promised, or opened again"),
)
