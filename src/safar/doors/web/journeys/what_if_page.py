"""The page What-if: what a chain of lived paths says would follow if a move were another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.what_if import EditedEdge, Measure, WhatIfAnswer
from safar.show.journeys.ranked import what_if_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Interval

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .what_if_form import WhatIfForm
from .words import step_names

#: Place of a column of the table of numbers.
_CHANGE: Final = 5
#: Chances that lie closer together are the same.
_SAME: Final = 1e-9


def shown_what_if(asked: Asked) -> Shown:
    """Return before and after in the reader's words."""
    answer: WhatIfAnswer = asked.answer
    if not answer.conversions:
        return Shown(
            empty=EmptyState(
                _("Nobody converted"),
                _("Ask about a longer period, with fewer conditions, or with another conversion."),
            )
        )
    tables = [_measures_table(asked)]
    if answer.edges:
        tables.append(_edges_table(asked))
    return Shown(
        figures=_figures(asked), findings=_findings(asked), drawings=(_drawing(asked),), tables=tuple(tables)
    )


def _names(asked: Asked) -> Mapping[str, str]:
    """Return what each step is called, the conversion among them."""
    return step_names([*asked.answer.steps, asked.question.conversion.name])


def _source(asked: Asked, name: str | None) -> str:
    return pgettext("move", "The start of a path") if name is None else _names(asked)[name]


def _target(asked: Asked, name: str | None) -> str:
    return pgettext("move", "Nothing more") if name is None else _names(asked)[name]


_MEASURES: Final = {
    "completion": gettext_lazy("Completion"),
    "steps": gettext_lazy("Steps of a path"),
    "seconds": gettext_lazy("Time of a path"),
    "contacts": gettext_lazy("Contacts of a path"),
}


def _value(measure: Measure, value: float, locale: Locale) -> str:
    if measure.name == "completion":
        return locale.percent(value, decimals=1)
    if measure.name == "seconds":
        return locale.duration(timedelta(seconds=value))
    return locale.number(value, decimals=2)


def _difference(measure: Measure, value: float, locale: Locale) -> str:
    """Return a change with its sign; of completion in percentage points."""
    if measure.name == "completion":
        return locale.points(value, decimals=2)
    if measure.name == "seconds":
        words = locale.duration(timedelta(seconds=value))
        return f"+{words}" if value > 0 else words
    return locale.signed(value, decimals=2)


def _interval(measure: Measure, interval: Interval | None, locale: Locale, *, is_change: bool = False) -> str:
    if interval is None:
        return ""
    if measure.name == "completion" and not is_change:
        return locale.percent_interval(interval.low, interval.high, decimals=1)
    said = _difference if is_change else _value
    return filled(
        _("%(low)s to %(high)s"),
        low=said(measure, interval.low, locale),
        high=said(measure, interval.high, locale),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    completion = answer.measure("completion")
    found = [
        Figure(
            _("Completion now"),
            _value(completion, completion.before, locale),
            _sure(completion, completion.before_interval, locale),
        )
    ]
    if asked.question.edits:
        change = _interval(completion, completion.change_interval, locale, is_change=True)
        found += [
            Figure(
                _("Completion with the edits"),
                _value(completion, completion.after, locale),
                _sure(completion, completion.after_interval, locale),
            ),
            Figure(
                _("Change in percentage points"),
                _difference(completion, completion.change, locale),
                change,
            ),
        ]
    paths = filled(
        ngettext("by %(count)s customer", "by %(count)s customers", answer.customers),
        count=locale.number(answer.customers),
    )
    found.append(Figure(pgettext("flow", "Paths"), locale.number(answer.paths), paths))
    return tuple(found)


def _sure(measure: Measure, interval: Interval | None, locale: Locale) -> str:
    if interval is None:
        return _("too few customers to say how sure")
    return filled(
        _("%(level)s interval: %(interval)s"),
        level=locale.percent(interval.level),
        interval=_interval(measure, interval, locale),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return what the edits bring; without any how to make one."""
    answer, locale = asked.answer, asked.locale
    completion = answer.measure("completion")
    if not asked.question.edits:
        return (
            Finding(
                _(
                    "Nothing is edited yet: these are the paths as they are. Choose from which step a move starts."
                ),
            ),
        )
    more = completion.change * answer.paths
    facts = {"paths": locale.number(answer.paths), "more": locale.number(abs(round(more)))}
    sentence = (
        _("Of %(paths)s paths about %(more)s more would convert.")
        if more >= 0
        else _("Of %(paths)s paths about %(more)s fewer would convert.")
    )
    found = [Finding(filled(sentence, **facts), "completion", _CHANGE)]
    for measure in answer.measures:
        if measure.change_interval is None or 0 in measure.change_interval:
            continue
        if measure.name == "seconds":
            words = (
                _("A path would take %(change)s longer in the mean.")
                if measure.change > 0
                else _("A path would take %(change)s less in the mean.")
            )
            change = locale.duration(timedelta(seconds=abs(measure.change)))
        elif measure.name == "contacts":
            words = _("Contacts of a path would change by %(change)s in the mean.")
            change = _difference(measure, measure.change, locale)
        else:
            continue
        found.append(Finding(filled(words, change=change), measure.name, _CHANGE))
    return tuple(found)


def _drawing(asked: Asked) -> Drawing:
    words = (
        _(
            "The share of paths that convert, before the edits and after; the table below has the same numbers."
        ),
        pgettext("what if", "Now"),
        pgettext("what if", "With the edits"),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return what_if_drawing(asked.answer, asked.locale, words, width=width, drawing_id=drawing_id)

    return Drawing.in_both_widths(
        "what-if",
        _("Completion before and after"),
        drawn,
        said=asked.locale.shape(
            _(
                "The thin lines are 95% intervals; that of the change is narrower, as both are of the same customers."
            )
        ),
    )


def _measures_table(asked: Asked) -> Table:
    locale = asked.locale

    has_edits = bool(asked.question.edits)

    def cells(each: Measure) -> tuple[Cell, ...]:
        change = (
            Cell(_difference(each, each.change, locale)),
            Cell(_interval(each, each.change_interval, locale, is_change=True)),
        )
        now = (
            Cell(_value(each, each.before, locale)),
            Cell(_interval(each, each.before_interval, locale)),
        )
        then = (Cell(_value(each, each.after, locale)), Cell(_interval(each, each.after_interval, locale)))
        return (Cell(str(_MEASURES[each.name])), *((*now, *then, *change) if has_edits else now))

    interval = _("Interval")
    columns = [
        Column("measure", _("Number")),
        Column("before", pgettext("what if", "Now"), "number"),
        Column("before_interval", interval, "number"),
    ]
    if has_edits:
        columns += [
            Column("after", pgettext("what if", "With the edits"), "number"),
            Column("after_interval", interval, "number"),
            Column("change", _("Change"), "number"),
            Column("change_interval", interval, "number"),
        ]
    return Table(
        caption=_("Before and after the edits"),
        columns=tuple(columns),
        rows=tuple(Row(cells(each), each.name) for each in asked.answer.measures),
    )


def _edges_table(asked: Asked) -> Table:
    locale = asked.locale

    def row(place: int, edge: EditedEdge) -> Row:
        href = asked.behind({"source": edge.source, "target": edge.target}) if edge.customers else ""
        return Row(
            (
                Cell(_source(asked, edge.source)),
                Cell(_target(asked, edge.target)),
                Cell(locale.number(edge.count), value=edge.count),
                Cell(locale.number(edge.customers), href, value=edge.customers),
                Cell(locale.percent(edge.before, decimals=1), value=edge.before),
                Cell(
                    locale.percent(edge.after, decimals=1),
                    tone="info" if abs(edge.after - edge.before) > _SAME else "",
                    value=edge.after,
                ),
            ),
            f"e{place}",
        )

    return Table(
        caption=_("All moves from the edited steps"),
        columns=(
            Column("from", pgettext("connection", "From")),
            Column("to", pgettext("connection", "To")),
            Column("count", _("Times"), "number"),
            Column("customers", _("Customers"), "number"),
            Column("before", _("Chance now"), "number"),
            Column("after", _("Chance with the edits"), "number"),
        ),
        rows=tuple(row(place, edge) for place, edge in enumerate(asked.answer.edges)),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    called = step_names([each for each in cell.values() if isinstance(each, str)])
    source, target = cell.get("source"), cell.get("target")
    return filled(
        _("Customers who went from “%(source)s” straight to “%(target)s”"),
        source=pgettext("move", "The start of a path") if source is None else called[str(source)],
        target=pgettext("move", "Nothing more") if target is None else called[str(target)],
    )


def _metric(answer: WhatIfAnswer) -> Metric | None:
    if not answer.measures:
        return None
    completion = answer.measure("completion")
    return Metric(completion.after, completion.after_interval, answer.customers)


WHAT_IF: Final = KindPage(
    key="what-if",
    name=pgettext_lazy("kind of question", "What if: other paths"),
    lead=gettext_lazy("What would follow if some of those who make a move made another one?"),
    form=WhatIfForm,
    form_template="journeys/what_if_fields.html",
    shown=shown_what_if,
    differs=gettext_lazy(
        "Here customers go on otherwise from a step, and conversion, time and contacts follow; what rarer bad"
        " experiences would bring in satisfaction, coming back and money is told by “%(value_what_if)s”."
    ),
    meaning=gettext_lazy(
        "Paths are read as a chain: from each step, each next step has its own chance. Editing a move changes the"
        " chance, and the chain says how many paths then convert, how many steps and how long they take, how often"
        " they come to a contact."
    ),
    method=gettext_lazy(
        "An absorbing Markov chain fitted to all paths of the question; a path ends with a conversion or with nothing"
        " more. Intervals come from leaving out groups of customers. It is assumed that what follows depends on the"
        " present step alone, and that those who are moved go on like those who are already there: a calculation, not"
        " a proof."
    ),
    cell_words=_cell_in_words,
    further_tables=(("edges_table", gettext_lazy("All moves from the edited steps")),),
    metric=_metric,
    metric_name=gettext_lazy("Completion"),
)
