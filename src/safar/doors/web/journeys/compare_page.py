"""The page Compare: what differs most between two groups of customers or two stretches of time."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.compare import CompareAnswer, Difference
from safar.show.journeys.ranked import RankedWords, compare_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .compare_form import CompareForm
from .compare_words import cell_of, words_of
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .words import share_with_interval

#: Differences that sentences tell, and rows of the table on the page; a file has them all.
_MOST_TOLD: Final = 3
_MOST_ROWS: Final = 60
#: Place of a column of the table.
_DIFFERENCE: Final = 3


def shown_compare(asked: Asked) -> Shown:
    """Return a comparison in the reader's words."""
    answer: CompareAnswer = asked.answer
    if not answer.differences:
        return Shown(
            empty=EmptyState(
                _("Too little to compare"),
                _(
                    "On one side too few customers are behind each number. Ask about a longer time or larger groups."
                ),
            )
        )
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_drawing(asked),),
        tables=(_table(asked),),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    one, other = asked.question.names
    return (
        Figure(
            _("Differences that are more than chance"),
            locale.number(len(answer.clear)),
            filled(
                ngettext("of %(count)s looked at", "of %(count)s looked at", len(answer.differences)),
                count=locale.number(len(answer.differences)),
            ),
        ),
        Figure(pgettext("compare", "A"), one),
        Figure(pgettext("compare", "B"), other),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return the clearest differences; that there is none is told too."""
    answer, locale = asked.answer, asked.locale
    if not answer.clear:
        return (Finding(_("No difference is more than chance when all are looked at together.")),)
    words = _("%(what)s: %(one)s in A, %(other)s in B, %(points)s percentage points.")
    return tuple(
        Finding(
            filled(
                words,
                what=words_of(asked.question.one, each.key, locale),
                one=locale.percent(each.one.value, decimals=1),
                other=locale.percent(each.other.value, decimals=1),
                points=locale.points(each.difference.value),
            ),
            f"c{place}",
            _DIFFERENCE,
        )
        for place, each in enumerate(answer.clear[:_MOST_TOLD])
    )


def _drawing(asked: Asked) -> Drawing:
    answer, locale = asked.answer, asked.locale
    words = RankedWords(
        title=_("The strongest differences in percentage points; the table below has the same numbers."),
        row=lambda each: words_of(asked.question.one, each.key, locale),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return compare_drawing(
            answer,
            locale,
            words,
            href=lambda each: _behind(asked, each, "one") or None,
            width=width,
            drawing_id=drawing_id,
        )

    return Drawing.in_both_widths(
        "compare",
        _("What differs most, A less B, in percentage points"),
        drawn,
        said=locale.shape(
            _("The thin line is the 95% interval. Grey bars may be chance, seen together with all others.")
        ),
    )


def _behind(asked: Asked, each: Difference, side: str) -> str:
    count = each.one_count if side == "one" else each.other_count
    cell = cell_of(asked.question.one, each.key)
    return "" if cell is None or not count else asked.behind({**cell, "side": side})


def _table(asked: Asked) -> Table:
    locale = asked.locale

    def share(each: Difference, estimate: Estimate, side: str) -> Cell:
        return Cell(share_with_interval(estimate, locale), _behind(asked, each, side), value=estimate.value)

    def row(place: int, each: Difference) -> Row:
        interval = each.difference.interval
        return Row(
            (
                Cell(words_of(asked.question.one, each.key, locale)),
                share(each, each.one, "one"),
                share(each, each.other, "other"),
                Cell(
                    filled(
                        _("%(points)s (%(interval)s)"),
                        points=locale.points(each.difference.value),
                        interval=filled(
                            _("%(low)s to %(high)s"),
                            low=locale.points(interval.low),
                            high=locale.points(interval.high),
                        ),
                    ),
                    value=each.difference.value,
                ),
                Cell(_("more than chance"), tone="info", value=0)
                if each.is_clear
                else Cell(_("may be chance"), value=1),
            ),
            f"c{place}",
        )

    return Table(
        caption=_("Differences, the clearest first"),
        columns=(
            Column("what", _("What")),
            Column("one", pgettext("compare", "A"), "number"),
            Column("other", pgettext("compare", "B"), "number"),
            Column("difference", _("A less B, in percentage points"), "number"),
            Column("chance", _("Chance")),
        ),
        rows=tuple(row(place, each) for place, each in enumerate(asked.answer.differences[:_MOST_ROWS])),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    if cell.get("side") == "one":
        return _("Customers behind a number of A")
    return _("Customers behind a number of B")


COMPARE: Final = KindPage(
    key="compare",
    name=pgettext_lazy("kind of question", "Compare"),
    lead=gettext_lazy("What differs most between two groups of customers, or between two stretches of time?"),
    form=CompareForm,
    shown=shown_compare,
    meaning=gettext_lazy(
        "Every share that both sides have is compared, and those that differ by more than chance stand first. A"
        " difference says that two things go together, not that one causes the other."
    ),
    method=gettext_lazy(
        "Shares are compared by the test of two proportions, intervals of differences are Newcombe's. Where a customer"
        " counts several times, both sides are made smaller by how alike one customer's events are, learned from groups"
        " of customers. Because many are looked at, of those told at most 5% are expected to be chance (Benjamini and"
        " Hochberg)."
    ),
    cell_words=_cell_in_words,
    metric=lambda answer: Metric(float(len(answer.clear)), None, len(answer.differences)),
    metric_name=gettext_lazy("Differences that are more than chance"),
    metric_unit="count",
)
