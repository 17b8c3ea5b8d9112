"""The page of the step matrix: which share of paths stands at which step, position by position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.step_matrix import MatrixCell, StepMatrixAnswer
from safar.show import drawing as draw
from safar.show.journeys.step_matrix import MOST_DRAWN, StepMatrixWords, step_matrix_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, is_clear, share

from .counted_paths import paths_figure
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .paths_form import StepMatrixForm
from .paths_page import GROUP
from .words import as_read, share_with_interval, step_names

_MOST_ROWS: Final = 40
#: Places of columns of the table.
_SHARE, _DIFFERENCE = 3, 5


def shown_matrix(asked: Asked) -> Shown:
    """Return a step matrix in the reader's words."""
    answer: StepMatrixAnswer = asked.answer
    if not answer.cells:
        return Shown(
            empty=EmptyState(
                _("No path comes here"),
                _("Ask about a longer period, with fewer conditions, or from another step."),
            )
        )
    called = step_names(answer.steps)
    drawings = [_shares(asked, called)]
    if answer.versus_paths is not None:
        drawings.append(_differences(asked, called))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked, called),
        drawings=tuple(drawings),
        tables=(_table(asked, called),),
    )


def _name(step: str | None, position: int, called: Mapping[str, str]) -> str:
    if step is not None:
        return called[step]
    return pgettext("paths", "Has not begun") if position < 0 else pgettext("paths", "Has ended")


def _no_step(asked: Asked) -> str:
    """Return what the line of paths without a step is called: around a step some have not begun."""
    return pgettext("paths", "No step") if asked.question.anchor else pgettext("paths", "Has ended")


def _key(cell: MatrixCell, answer: StepMatrixAnswer) -> str:
    """Return the key of a cell's row: its position, and its step by place."""
    place = len(answer.steps) if cell.step is None else answer.steps.index(cell.step)
    return f"m{cell.position}-{place}"


def _behind(cell: MatrixCell, asked: Asked, *, versus: bool = False) -> str:
    if not (cell.versus_count if versus else cell.count):
        return ""
    return asked.behind({"position": cell.position, "step": cell.step, **({"versus": 1} if versus else {})})


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    figures = [
        paths_figure(asked),
        Figure(_("Different steps"), locale.number(len(answer.steps))),
    ]
    if answer.versus_paths is not None:
        figures.insert(1, Figure(_("Compared with"), locale.number(answer.versus_paths)))
    last = answer.cells[-1]
    if last.step is None:
        figures.append(
            Figure(
                filled(_("Ended before position %(number)s"), number=locale.number(last.position)),
                locale.percent(last.share.value, decimals=1),
                href=_behind(last, asked),
            )
        )
    return tuple(figures)


def _findings(asked: Asked, called: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return where paths begin or go on to, and what differs most from those compared with."""
    answer, locale = asked.answer, asked.locale
    found = []
    anchor = asked.question.anchor
    near = [cell for cell in answer.cells if cell.position == 1 and cell.step is not None]
    first = max(near, key=lambda cell: cell.count)
    words = (
        _("First, paths most often stand at “%(step)s”: %(share)s.")
        if anchor is None
        else _("One step on, paths most often stand at “%(step)s”: %(share)s.")
    )
    found.append(
        Finding(
            filled(words, step=called[first.step or ""], share=share_with_interval(first.share, locale)),
            _key(first, answer) if first in _listed(answer) else "",
            _SHARE,
        )
    )
    clear = [cell for cell in answer.cells if cell.difference is not None and is_clear(cell.difference)]
    if clear:
        most = max(clear, key=lambda cell: abs(cell.difference.value) if cell.difference else 0.0)
        found.append(
            Finding(
                filled(
                    _(
                        "What differs most: “%(step)s” at position %(number)s, by %(points)s percentage points."
                    ),
                    step=_name(most.step, most.position, called),
                    number=locale.number(most.position),
                    points=locale.points(most.difference.value if most.difference else 0.0),
                ),
                _key(most, answer) if most in _listed(answer) else "",
                _DIFFERENCE,
            )
        )
    return tuple(found)


def _shares(asked: Asked, called: Mapping[str, str]) -> Drawing:
    answer, hidden = asked.answer, max(len(asked.answer.steps) - MOST_DRAWN, 0)
    said = [_("A line is a step, a column a position in the path. A column adds up to 100%.")]
    if asked.question.anchor is not None:
        said = [_("A line is a step; 0 is the step looked from, what came before it has a minus.")]
    if hidden:
        said.append(
            filled(
                ngettext(
                    "%(count)s rarer step is not drawn.", "%(count)s rarer steps are not drawn.", hidden
                ),
                count=asked.locale.number(hidden),
            )
        )
    return Drawing(
        key="matrix",
        name=_("Where paths stand, position by position"),
        svg=step_matrix_drawing(
            answer,
            asked.locale,
            StepMatrixWords(
                title=_("Which share of paths stands at which step; the table below has the same numbers."),
                corner=pgettext("funnel", "Step"),
                ended=pgettext("paths", "No step")
                if asked.question.anchor
                else pgettext("paths", "Has ended"),
                step=lambda step: called[step],
            ),
            href=lambda cell: _behind(cell, asked) or None,
        ),
        said=" ".join(said),
    )


def _differences(asked: Asked, called: Mapping[str, str]) -> Drawing:
    """Draw by how much the shares differ; what may be chance is left without a tint."""
    answer, locale = asked.answer, asked.locale
    steps: list[str | None] = [*answer.steps[:MOST_DRAWN], None]
    rows = [answer.row(step) for step in steps]

    def drawn(cell: MatrixCell) -> draw.HeatCell:
        change = cell.difference
        assert change is not None, "compared"
        return draw.HeatCell(
            change.value if is_clear(change) else None,
            locale.points(change.value),
            title=f"{_name(cell.step, cell.position, called)}: {_with_interval(change, asked)}",
        )

    return Drawing(
        key="differences",
        name=_("By how much they differ, in percentage points"),
        svg=draw.draw_heat(
            [draw.HeatHead(_no_step(asked) if step is None else called[step]) for step in steps],
            [draw.HeatHead(locale.number(position)) for position in answer.positions],
            [[drawn(cell) for cell in row] for row in rows],
            title=_(
                "By how much the shares differ from those compared with; the table below has the same numbers."
            ),
            direction=locale.direction,
            corner=pgettext("funnel", "Step"),
            drawing_id="differences",
        ),
        said=_("Grey cells may be chance."),
    )


def _with_interval(change: Estimate, asked: Asked) -> str:
    locale = asked.locale
    interval = filled(
        _("%(low)s to %(high)s"),
        low=locale.points(change.interval.low),
        high=locale.points(change.interval.high),
    )
    words = (
        _("%(points)s (%(interval)s)") if is_clear(change) else _("%(points)s (%(interval)s), may be chance")
    )
    return as_read(filled(words, points=locale.points(change.value), interval=interval), locale)


def _listed(answer: StepMatrixAnswer) -> tuple[MatrixCell, ...]:
    """Return the cells that the page lists: those with paths, most first within their position."""
    there = [cell for cell in answer.cells if cell.count or cell.versus_count]
    place = {position: number for number, position in enumerate(sorted(answer.positions, key=abs))}
    there.sort(key=lambda cell: (place[cell.position], -cell.count))
    return tuple(there[:_MOST_ROWS])


def _table(asked: Asked, called: Mapping[str, str]) -> Table:
    answer, locale = asked.answer, asked.locale
    is_compared = answer.versus_paths is not None
    rows = []
    for cell in _listed(answer):
        cells = [
            Cell(locale.number(cell.position), value=cell.position),
            Cell(_name(cell.step, cell.position, called)),
            Cell(locale.number(cell.count), _behind(cell, asked), value=cell.count),
            Cell(share_with_interval(cell.share, locale), value=cell.share.value),
        ]
        if is_compared and cell.versus is not None and cell.difference is not None:
            cells += [
                Cell(
                    share_with_interval(cell.versus, locale),
                    _behind(cell, asked, versus=True),
                    value=cell.versus.value,
                ),
                Cell(_with_interval(cell.difference, asked), value=cell.difference.value),
            ]
        rows.append(Row(tuple(cells), _key(cell, answer)))
    compared = (
        Column("versus", _("Of those compared with"), "number"),
        Column("difference", _("Difference in percentage points"), "number"),
    )
    return Table(
        caption=_("Position by position"),
        columns=(
            Column("position", _("Position"), "number"),
            Column("step", pgettext("funnel", "Step")),
            Column("count", pgettext("flow", "Paths"), "number"),
            Column("share", _("Share of all"), "number"),
            *(compared if is_compared else ()),
        ),
        rows=tuple(rows),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    position, step = cell.get("position"), cell.get("step")
    number = position if isinstance(position, int) else 0
    called = step_names([str(step)] if step else [])
    return filled(
        _("Customers with a path at “%(step)s” at position %(number)s"),
        step=_name(str(step) if step else None, number, called),
        number=locale.number(number),
    )


def _metric(answer: StepMatrixAnswer) -> Metric | None:
    """Return the share of paths that last to the last position."""
    if not answer.cells:
        return None
    return Metric.of(share(answer.paths - answer.cells[-1].count, answer.paths))


STEP_MATRIX: Final = KindPage(
    key="step_matrix",
    name=pgettext_lazy("kind of question", "Position by position"),
    group=GROUP,
    lead=gettext_lazy("Where do paths stand after one step, after two, after ten?"),
    form=StepMatrixForm,
    shown=shown_matrix,
    meaning=gettext_lazy(
        "For each position in a path, the share of paths that stand at each step. Around a step only paths that come to"
        " it are looked at: 0 is the first time they do, -1 the step before."
    ),
    method=gettext_lazy(
        "The shares of a position add up to 100%: a path that has ended stays ended. Shares have Wilson's 95% interval,"
        " differences Newcombe's, which takes the two groups as independent."
    ),
    cell_words=_cell_in_words,
    metric=_metric,
    metric_name=gettext_lazy("Share of paths that last to the last position"),
)
