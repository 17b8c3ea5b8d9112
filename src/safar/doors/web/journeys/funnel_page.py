"""The page Funnel: how many go from one step to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.funnel import FunnelAnswer, FunnelOrder, FunnelStep
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, is_clear

from .funnel_drawings import funnel_drawings, group_name
from .funnel_form import FunnelForm
from .kind import Asked, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .words import paths_in_words, share_with_interval, step_names

#: Places of columns of the table of steps.
_COUNT, _LOST, _MEDIAN = 1, 4, 6


def shown_funnel(asked: Asked) -> Shown:
    """Return a funnel in the reader's words."""
    answer: FunnelAnswer = asked.answer
    if not answer.steps[0].count:
        return Shown(
            empty=EmptyState(
                _("Nobody did the first step"),
                _("Ask about a longer period, with fewer conditions, or with another first step."),
            )
        )
    names = step_names([step.name for step in answer.steps])
    tables = [_steps_table(asked, answer.steps)]
    if answer.groups:
        tables.append(_groups_table(asked))
    if answer.differences:
        tables.append(_differences_table(asked))
    if any(step.next_events for step in answer.steps):
        tables.append(_next_table(asked))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=funnel_drawings(asked, names),
        tables=tuple(tables),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    locale, steps = asked.locale, asked.answer.steps
    first, last = steps[0], steps[-1]
    rate = last.conversion_rate
    sure = ""
    if rate is not None:
        sure = filled(
            _("%(level)s interval: %(interval)s, of %(paths)s"),
            level=locale.percent(rate.interval.level),
            interval=locale.percent_interval(rate.interval.low, rate.interval.high, decimals=1),
            paths=paths_in_words(first.count, locale, are_visits=asked.question.pause is not None),
        )
    return (
        Figure(
            _("Conversion"), locale.percent(rate.value, decimals=1) if rate else locale.number(None), sure
        ),
        Figure(
            _("Did the first step"), locale.number(first.count), href=asked.behind({"step": 0, "lost": 0})
        ),
        Figure(
            _("Did all steps"),
            locale.number(last.count),
            href=asked.behind({"step": len(steps) - 1, "lost": 0}) if last.count else "",
        ),
        Figure(
            _("From first to last"),
            locale.duration(last.median_from_first),
            _("half of them took longer") if last.median_from_first is not None else "",
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return where most are lost, what these did next, where it takes long, and which of two groups gets farther."""
    locale, steps = asked.locale, asked.answer.steps
    called = step_names([step.name for step in steps])
    found = []
    place = max(range(len(steps) - 1), key=lambda each: steps[each].lost)
    worst = steps[place]
    is_unordered = asked.question.order is FunnelOrder.UNORDERED
    if worst.lost and not is_unordered:
        found.append(
            Finding(
                filled(
                    _(
                        "Most are lost between “%(before)s” and “%(after)s”: %(lost)s,"
                        " %(share)s of those who got there."
                    ),
                    before=called[worst.name],
                    after=called[steps[place + 1].name],
                    lost=paths_in_words(worst.lost, locale, are_visits=asked.question.pause is not None),
                    share=locale.percent(worst.lost / worst.count),
                ),
                f"s{place}",
                _LOST,
            )
        )
        found += _what_next(asked, worst, place)
    timed = [place for place, step in enumerate(steps) if step.median_from_before is not None]
    if timed:
        slowest = max(timed, key=lambda each: steps[each].median_from_before)
        found.append(
            Finding(
                filled(
                    _(
                        "It takes longest to “%(step)s”: half of them more than %(time)s after the step before."
                    ),
                    step=called[steps[slowest].name],
                    time=locale.duration(steps[slowest].median_from_before),
                ),
                f"s{slowest}",
                _MEDIAN,
            )
        )
    return (*found, *_told_apart(asked))


def _what_next(asked: Asked, worst: FunnelStep, place: int) -> list[Finding]:
    if not worst.next_events:
        return []
    likely, locale = worst.next_events[0], asked.locale
    share = locale.percent(likely.count / worst.lost)
    if likely.name is None:
        sentence = filled(_("Of these, %(share)s did nothing more at all."), share=share)
    else:
        sentence = filled(
            _("Of these, %(share)s next did “%(step)s”."),
            share=share,
            step=step_names([likely.name])[likely.name],
        )
    return [Finding(sentence, f"n{place}-0", 2)]


def _told_apart(asked: Asked) -> list[Finding]:
    """Return which of two groups converts more, and whether that may be chance."""
    answer, locale = asked.answer, asked.locale
    if not answer.differences or answer.differences[-1].conversion_rate is None:
        return []
    change = answer.differences[-1].conversion_rate
    first, second = (group_name(asked, group) for group in answer.groups)
    if change.value < 0:
        first, second = second, first
    words = (
        _(
            "“%(first)s” get through more often than “%(second)s”, by %(points)s percentage points: more than chance."
        )
        if is_clear(change)
        else _(
            "“%(first)s” get through more often than “%(second)s”, by %(points)s percentage points: may be chance."
        )
    )
    points = locale.number(abs(change.value) * 100, decimals=1)
    return [
        Finding(
            filled(words, first=first, second=second, points=points), f"d{len(answer.differences) - 1}", 1
        )
    ]


def _steps_table(asked: Asked, steps: Sequence[FunnelStep]) -> Table:
    locale = asked.locale
    called = step_names([step.name for step in steps])
    rows = []
    for place, step in enumerate(steps):
        reached = asked.behind({"step": place, "lost": 0}) if step.count else ""
        is_last = place == len(steps) - 1
        lost = asked.behind({"step": place, "lost": 1}) if step.lost and not is_last else ""
        rows.append(
            Row(
                (
                    Cell(f"{locale.number(place + 1)}. {called[step.name]}", value=place),
                    Cell(locale.number(step.count), reached, value=step.count),
                    Cell(
                        share_with_interval(step.conversion_rate, locale), value=_value(step.conversion_rate)
                    ),
                    Cell(
                        share_with_interval(step.step_conversion_rate, locale),
                        value=_value(step.step_conversion_rate),
                    ),
                    Cell(
                        locale.number(None if is_last else step.lost),
                        lost,
                        value="" if is_last else step.lost,
                    ),
                    Cell(locale.duration(step.median_from_first), value=_seconds(step.median_from_first)),
                    Cell(locale.duration(step.median_from_before), value=_seconds(step.median_from_before)),
                    Cell(locale.duration(step.p90_from_before), value=_seconds(step.p90_from_before)),
                ),
                f"s{place}",
            )
        )
    return Table(
        caption=_("The steps"),
        columns=(
            Column("step", pgettext("funnel", "Step")),
            Column("count", _("Got here"), "number"),
            Column("rate", _("Of the first step"), "number"),
            Column("step_rate", _("Of the step before"), "number"),
            Column("lost", _("Got no farther"), "number"),
            Column("from_first", _("Time since the first (median)"), "number"),
            Column("from_before", _("Since the one before (median)"), "number"),
            Column("p90", _("A tenth longer than"), "number"),
        ),
        rows=tuple(rows),
    )


def _groups_table(asked: Asked) -> Table:
    locale = asked.locale
    rows = []
    for place, group in enumerate(asked.answer.groups):
        first, last = group.steps[0], group.steps[-1]
        cell: NumberCell = {"step": len(group.steps) - 1, "lost": 0, "group": group.key}
        began: NumberCell = {"step": 0, "lost": 0, "group": group.key}
        name = group_name(asked, group)
        if not group.is_whole:
            name = filled(_("%(period)s (not over)"), period=name)
        rows.append(
            Row(
                (
                    Cell(name),
                    Cell(
                        locale.number(first.count),
                        asked.behind(began) if first.count else "",
                        value=first.count,
                    ),
                    Cell(
                        locale.number(last.count), asked.behind(cell) if last.count else "", value=last.count
                    ),
                    Cell(
                        share_with_interval(last.conversion_rate, locale), value=_value(last.conversion_rate)
                    ),
                    Cell(locale.duration(last.median_from_first), value=_seconds(last.median_from_first)),
                ),
                f"g{place}",
            )
        )
    return Table(
        caption=_("Told apart"),
        columns=(
            Column("group", pgettext("funnel", "Group")),
            Column("first", _("Did the first step"), "number"),
            Column("last", _("Did all steps"), "number"),
            Column("rate", _("Conversion"), "number"),
            Column("time", _("From first to last (median)"), "number"),
        ),
        rows=tuple(rows),
    )


def _differences_table(asked: Asked) -> Table:
    locale, answer = asked.locale, asked.answer
    called = step_names([step.name for step in answer.steps])
    first, second = (group_name(asked, group) for group in answer.groups)

    def said(estimate: Estimate | None) -> str:
        if estimate is None:
            return locale.number(None)
        low, high = estimate.interval.low, estimate.interval.high
        words = (
            _("%(points)s (%(interval)s)")
            if is_clear(estimate)
            else _("%(points)s (%(interval)s), may be chance")
        )
        points = locale.points(estimate.value)
        interval = filled(_("%(low)s to %(high)s"), low=locale.points(low), high=locale.points(high))
        return filled(words, points=points, interval=interval)

    return Table(
        caption=filled(_("%(first)s less %(second)s, in percentage points"), first=first, second=second),
        columns=(
            Column("step", pgettext("funnel", "Step")),
            Column("rate", _("Of the first step"), "number"),
            Column("step_rate", _("Of the step before"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(called[each.name]),
                    Cell(said(each.conversion_rate)),
                    Cell(said(each.step_conversion_rate)),
                ),
                f"d{place}",
            )
            for place, each in enumerate(answer.differences)
        ),
    )


def _next_table(asked: Asked) -> Table:
    locale, steps = asked.locale, asked.answer.steps
    called = step_names([step.name for step in steps])
    rows = []
    for place, step in enumerate(steps):
        followed = step_names([each.name for each in step.next_events if each.name is not None])
        for number, each in enumerate(step.next_events):
            after = _("nothing more") if each.name is None else followed[each.name]
            rows.append(
                Row(
                    (
                        Cell(called[step.name]),
                        Cell(after),
                        Cell(locale.number(each.count)),
                        Cell(locale.percent(each.count / step.lost) if step.lost else ""),
                    ),
                    f"n{place}-{number}",
                )
            )
    return Table(
        caption=_("What those did next who got no farther"),
        columns=(
            Column("step", _("Got as far as")),
            Column("next", _("Then")),
            Column("count", _("How many"), "number"),
            Column("share", _("Share of those lost there"), "number"),
        ),
        rows=tuple(rows),
    )


def _value(estimate: object) -> float | str:
    return getattr(estimate, "value", "")


def _seconds(span: object) -> float | str:
    return span.total_seconds() if hasattr(span, "total_seconds") else ""


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    place = cell.get("step")
    number = locale.number(place + 1) if isinstance(place, int) else ""
    if cell.get("lost"):
        return filled(_("Customers who got to step %(number)s and no farther"), number=number)
    if cell.get("group"):
        return filled(
            _("Customers of “%(group)s” who got to step %(number)s"),
            group=str(cell["group"]).strip('"'),
            number=number,
        )
    return filled(_("Customers who got to step %(number)s"), number=number)


FUNNEL: Final = KindPage(
    key="funnel",
    name=pgettext_lazy("kind of question", "Funnel"),
    lead=gettext_lazy("How many go from one step to the next, and how long does it take?"),
    form=FunnelForm,
    shown=shown_funnel,
    meaning=gettext_lazy(
        "Of those who did the first step, how many did each further one in time. The share of the step before says"
        " where they are lost; the share of the first step says how far they got."
    ),
    method=gettext_lazy(
        "Each customer counts once, with the best of their tries, or each visit where a path is a visit. Two steps need"
        " two events. Shares have Wilson's 95% interval, differences Newcombe's. Times are exact medians of those who"
        " got there."
    ),
    cell_words=_cell_in_words,
    further_tables=(
        ("groups_table", gettext_lazy("Told apart")),
        ("differences_table", gettext_lazy("Differences")),
        ("next_table", gettext_lazy("What those did next who got no farther")),
    ),
    metric=lambda answer: Metric.of(answer.steps[-1].conversion_rate),
    metric_name=gettext_lazy("Conversion"),
)
