"""A tab of the page Web: how often goals are reached, and what became of carts and checkouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.goals import Goal, GoalsAnswer, Left
from safar.show.journeys.web import GoalsWords, goals_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .pages_page import WEB
from .web_forms import GoalsForm
from .words import interval_in_words, share_with_interval, step_names

#: Place of a column of the table of what was begun.
_LOST_RATE: Final = 7

_LEFT_NAMES: Final[Mapping[str, Any]] = {
    "cart": pgettext_lazy("begun and left", "Cart"),
    "checkout": pgettext_lazy("begun and left", "Checkout"),
}
_ENDS: Final[Mapping[str, Any]] = {
    "completed": pgettext_lazy("begun and left", "ordered in the same visit"),
    "later": pgettext_lazy("begun and left", "ordered later"),
    "lost": pgettext_lazy("begun and left", "lost"),
    "undecided": pgettext_lazy("begun and left", "still open"),
}


def shown_goals(asked: Asked) -> Shown:
    """Return goals and what was left in the reader's words."""
    answer: GoalsAnswer = asked.answer
    begun = any(left.begun for left in answer.left)
    if not answer.sessions or not (begun or any(goal.completions for goal in answer.goals)):
        return Shown(
            empty=EmptyState(
                _("No goal was reached, nothing was begun"),
                _("Ask about a longer period, with fewer conditions, or name other goals."),
            )
        )
    tables = [_goals_table(asked)] if answer.goals else []
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_drawing(asked),) if begun else (),
        tables=(*tables, *((_left_table(asked),) if begun else ())),
    )


def left_name(name: str) -> str:
    """Return what is begun and left: a cart, a checkout."""
    return str(_LEFT_NAMES.get(name, name))


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    found = [
        Figure(
            pgettext("web", "Visits"),
            locale.number(answer.sessions),
            filled(
                ngettext("by %(count)s customer", "by %(count)s customers", answer.customers),
                count=locale.number(answer.customers),
            ),
        )
    ]
    called = step_names([goal.name for goal in answer.goals])
    found += [
        _figure(
            asked,
            filled(_("Visits with the goal “%(goal)s”"), goal=called[goal.name]),
            goal.session_rate,
            {"goal": goal.name},
        )
        for goal in answer.goals[:2]
    ]
    words = {
        "cart": _("Carts not ordered in their visit"),
        "checkout": _("Checkouts not ordered in their visit"),
    }
    found += [
        _figure(
            asked,
            words.get(left.name, left.name),
            left.abandonment_rate,
            {"left": left.name, "number": "begun"},
        )
        for left in answer.left
        if left.begun
    ]
    return tuple(found)


def _figure(asked: Asked, name: str, rate: Estimate | None, cell: NumberCell) -> Figure:
    locale = asked.locale
    if rate is None:
        return Figure(name, locale.percent(None))
    sure = filled(
        _("%(level)s interval: %(interval)s"),
        level=locale.percent(rate.interval.level),
        interval=interval_in_words(rate, locale),
    )
    return Figure(name, locale.percent(rate.value, decimals=1), sure, asked.behind(cell))


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return how many carts and checkouts are lost for good, and how many are ordered later after all."""
    locale = asked.locale
    words = {
        "cart": _("Of carts, %(lost)s are lost; of those not ordered at once, %(later)s are ordered later."),
        "checkout": _(
            "Of checkouts, %(lost)s are lost; of those not ordered at once, %(later)s are ordered later."
        ),
    }
    return tuple(
        Finding(
            filled(
                words[left.name],
                lost=share_with_interval(left.lost_rate, locale),
                later=share_with_interval(left.recovery_rate, locale),
            ),
            f"b{place}",
            _LOST_RATE,
        )
        for place, left in enumerate(asked.answer.left)
        if left.name in words and left.lost_rate is not None and left.recovery_rate is not None
    )


def _drawing(asked: Asked) -> Drawing:
    words = GoalsWords(
        title=_("What became of carts and checkouts; the table below has the same numbers."),
        name=left_name,
        ends=lambda end: str(_ENDS[end]),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return goals_drawing(
            asked.answer,
            asked.locale,
            words,
            href=lambda left, end: asked.behind({"left": left.name, "number": end}) or None,
            width=width,
            drawing_id=drawing_id,
        )

    return Drawing.in_both_widths(
        "goals",
        _("What became of carts and checkouts"),
        drawn,
        said=_("Each bar is a share of the visits in which one was begun."),
    )


def _goals_table(asked: Asked) -> Table:
    locale = asked.locale
    called = step_names([goal.name for goal in asked.answer.goals])

    def row(place: int, goal: Goal) -> Row:
        href = asked.behind({"goal": goal.name}) if goal.completions else ""
        return Row(
            (
                Cell(called[goal.name]),
                Cell(locale.number(goal.completions), value=goal.completions),
                Cell(locale.number(goal.sessions), value=goal.sessions),
                Cell(share_with_interval(goal.session_rate, locale), value=_value(goal.session_rate)),
                Cell(locale.number(goal.customers), href, value=goal.customers),
                Cell(share_with_interval(goal.customer_rate, locale), value=_value(goal.customer_rate)),
            ),
            f"o{place}",
        )

    return Table(
        caption=pgettext("web", "Goals"),
        columns=(
            Column("goal", pgettext("web", "Goal")),
            Column("times", _("Times"), "number"),
            Column("sessions", pgettext("web", "Visits"), "number"),
            Column("session_rate", _("Share of all visits"), "number"),
            Column("customers", _("Customers"), "number"),
            Column("customer_rate", _("Share of all customers"), "number"),
        ),
        rows=tuple(row(place, goal) for place, goal in enumerate(asked.answer.goals)),
    )


def _left_table(asked: Asked) -> Table:
    locale = asked.locale

    def counted(left: Left, number: str) -> Cell:
        count = getattr(left, number)
        href = asked.behind({"left": left.name, "number": number}) if count else ""
        return Cell(locale.number(count), href, value=count)

    def row(place: int, left: Left) -> Row:
        return Row(
            (
                Cell(left_name(left.name)),
                counted(left, "begun"),
                counted(left, "completed"),
                counted(left, "later"),
                counted(left, "lost"),
                counted(left, "undecided"),
                *(
                    Cell(share_with_interval(rate, locale), value=_value(rate))
                    for rate in (left.abandonment_rate, left.lost_rate, left.recovery_rate)
                ),
            ),
            f"b{place}",
        )

    return Table(
        caption=_("Begun and left, in visits"),
        columns=(
            Column("left", _("Begun")),
            Column("begun", _("Visits"), "number"),
            Column("completed", _("Ordered in the same visit"), "number"),
            Column("later", _("Ordered later"), "number"),
            Column("lost", pgettext("begun and left", "Lost"), "number"),
            Column("undecided", _("Still open"), "number"),
            Column("abandonment", _("Not ordered in the same visit"), "number"),
            Column("lost_rate", _("Lost, of those decided"), "number"),
            Column("recovery", _("Ordered later, of those not ordered at once"), "number"),
        ),
        rows=tuple(row(place, left) for place, left in enumerate(asked.answer.left)),
    )


def _value(estimate: object) -> float | str:
    return getattr(estimate, "value", "")


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    if "goal" in cell:
        goal = str(cell["goal"])
        return filled(_("Customers who reached the goal “%(goal)s”"), goal=step_names([goal])[goal])
    what = left_name(str(cell.get("left")))
    end = _ENDS.get(str(cell.get("number")))
    if end is None:
        return filled(_("Customers who began: %(what)s"), what=what)
    return filled(_("Customers behind: %(cell)s"), cell=f"{what} · {end}")


def _metric(answer: GoalsAnswer) -> Metric | None:
    """Return the share of carts that are left, of checkouts where there are no carts."""
    left = next((each for each in answer.left if each.begun), None)
    return None if left is None else Metric.of(left.abandonment_rate)


GOALS: Final = KindPage(
    key="goals",
    name=pgettext_lazy("kind of question", "Goals"),
    group=WEB,
    lead=gettext_lazy("How often are goals reached, and what becomes of carts and checkouts?"),
    form=GoalsForm,
    shown=shown_goals,
    meaning=gettext_lazy(
        "A cart or a checkout that is not ordered in the same visit is left; it may be ordered later, and is lost when"
        " it is not in time. While there still is time it is open, and no share counts it as lost."
    ),
    method=gettext_lazy(
        "Counted are visits in which something is begun, each once. What came after the stretch of time asked about"
        " tells what became of them. Shares have Wilson's 95% interval; visits of one customer depend on one another,"
        " so that it is somewhat too narrow."
    ),
    cell_words=_cell_in_words,
    further_tables=(("left_table", gettext_lazy("Begun and left, in visits")),),
    metric=_metric,
    metric_name=gettext_lazy("Not ordered in the same visit"),
)
