"""The page Variants: which whole paths are taken, and how much of all they cover."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import ClassVar, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.variants import Variant, VariantsAnswer, VariantsQuestion
from safar.show.drawing import VariantHeads
from safar.show.journeys.variants import MOST_DRAWN, VariantsWords, variants_drawing
from safar.show.locale import Locale

from .counted_paths import nothing_happened, paths_figure
from .fields import only_these_steps
from .forms import OWN, QuestionForm
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .words import paths_in_words, step_names, steps_in_words

USUAL_MOST: Final = 20
#: Places of columns of the table.
_COUNT, _COVERAGE = 1, 3


class VariantsForm(QuestionForm):
    """Which steps, and how many variants."""

    most = NumberField(
        label=gettext_lazy("How many paths to list"),
        required=False,
        least=Decimal(1),
        most=Decimal(500),
        whole=True,
        initial=USUAL_MOST,
    )
    collapse = forms.BooleanField(
        label=gettext_lazy("A step repeated at once counts once"),
        required=False,
        help_text=gettext_lazy("Visit, visit, pay is then the same path as visit, pay."),
    )
    step = only_these_steps()

    usual_events: ClassVar = OWN

    def question(self) -> VariantsQuestion:
        """Return the question."""
        scope = self.scope
        return VariantsQuestion(
            int(self.cleaned_data["most"] or USUAL_MOST),
            self.cleaned_data["step"],
            scope.window,
            pause=scope.pause,
            collapse_repeats=self.cleaned_data["collapse"],
            among=scope.among,
        )


def shown_variants(asked: Asked) -> Shown:
    """Return variants in the reader's words."""
    answer: VariantsAnswer = asked.answer
    if not answer.paths:
        return Shown(empty=nothing_happened())
    called = step_names({step for variant in answer.variants for step in variant.steps})
    drawing = Drawing(
        key="variants",
        name=_("The most frequent paths, from their first step to their last"),
        svg=variants_drawing(
            answer,
            asked.locale,
            VariantsWords(
                title=_("The most frequent whole paths: the table below has the same numbers."),
                heads=VariantHeads(_paths_head(asked), _("Covered"), _("Path")),
                step=lambda step: called[step],
            ),
            href=lambda variant: asked.behind(_cell(variant)) or None,
        ),
        said=_left_out(answer, asked),
    )
    return Shown(
        figures=_figures(answer, asked),
        findings=_findings(answer, asked),
        drawings=(drawing,),
        tables=(_table(answer, asked),),
    )


def _cell(variant: Variant) -> dict[str, str | int | None]:
    return {"variant": variant.key}


def _paths_head(asked: Asked) -> str:
    return pgettext("variants", "Visits") if asked.question.pause else pgettext("variants", "Customers")


def _covered(answer: VariantsAnswer) -> float:
    return answer.variants[-1].coverage


def _figures(answer: VariantsAnswer, asked: Asked) -> tuple[Figure, ...]:
    locale = asked.locale
    return (
        paths_figure(asked),
        Figure(_("Different paths"), locale.number(answer.different)),
        Figure(
            _("Covered by those listed"),
            locale.percent(_covered(answer), decimals=1),
            filled(
                ngettext("%(count)s path listed", "%(count)s paths listed", len(answer.variants)),
                count=locale.number(len(answer.variants)),
            ),
        ),
    )


def _left_out(answer: VariantsAnswer, asked: Asked) -> str:
    locale, drawn = asked.locale, answer.variants[:MOST_DRAWN]
    hidden = answer.different - len(drawn)
    if not hidden:
        return _("All paths are drawn.")
    return filled(
        ngettext(
            "Those drawn cover %(share)s of all; %(count)s rarer path is not drawn.",
            "Those drawn cover %(share)s of all; %(count)s rarer paths are not drawn.",
            hidden,
        ),
        share=locale.percent(drawn[-1].coverage, decimals=1),
        count=locale.number(hidden),
    )


def _findings(answer: VariantsAnswer, asked: Asked) -> tuple[Finding, ...]:
    locale = asked.locale
    first = answer.variants[0]
    found = [
        Finding(
            filled(
                _("The most frequent path is taken by %(paths)s: %(share)s of all."),
                paths=paths_in_words(first.count, locale, are_visits=bool(asked.question.pause)),
                share=locale.percent(first.share, decimals=1),
            ),
            "v0",
            _COUNT,
        )
    ]
    half = next((place for place, each in enumerate(answer.variants) if each.coverage >= 0.5), None)
    if half is not None:
        found.append(
            Finding(
                filled(
                    ngettext(
                        "%(count)s path covers half of all.", "%(count)s paths cover half of all.", half + 1
                    ),
                    count=locale.number(half + 1),
                ),
                f"v{half}",
                _COVERAGE,
            )
        )
    else:
        found.append(
            Finding(
                filled(
                    _(
                        "Paths differ much: those listed cover only %(share)s. Choose fewer steps, or let repeated"
                        " steps count once, to see what they have in common."
                    ),
                    share=locale.percent(_covered(answer), decimals=1),
                ),
                f"v{len(answer.variants) - 1}",
                _COVERAGE,
            )
        )
    return tuple(found)


def _table(answer: VariantsAnswer, asked: Asked) -> Table:
    locale = asked.locale
    rows = [
        Row(
            (
                Cell(steps_in_words(variant.steps, locale)),
                Cell(locale.number(variant.count), asked.behind(_cell(variant)), value=variant.count),
                Cell(locale.percent(variant.share, decimals=1), value=variant.share),
                Cell(locale.percent(variant.coverage, decimals=1), value=variant.coverage),
            ),
            f"v{place}",
        )
        for place, variant in enumerate(answer.variants)
    ]
    return Table(
        caption=_("Paths, the most frequent first"),
        columns=(
            Column("path", _("Path")),
            Column("count", _paths_head(asked), "number"),
            Column("share", _("Share of all"), "number"),
            Column("coverage", _("Covered up to here"), "number"),
        ),
        rows=tuple(rows),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    steps = json.loads(str(cell.get("variant") or "[]"))
    return filled(_("Customers who took the path %(path)s"), path=steps_in_words(steps, locale))


VARIANTS: Final = KindPage(
    key="variants",
    name=pgettext_lazy("kind of question", "Variants"),
    lead=gettext_lazy("Which whole paths are taken, and how much do the most frequent ones cover?"),
    form=VariantsForm,
    shown=shown_variants,
    meaning=gettext_lazy(
        "A path is all steps of a customer, or of a visit, in their order. Two paths are the same when they have the"
        " same steps in the same order, however long each took."
    ),
    method=gettext_lazy(
        "All paths are counted, none is estimated: counts are facts about the log and have no interval. Covered up to"
        " here is the share of this path and all more frequent ones together."
    ),
    cell_words=_cell_in_words,
    metric=lambda answer: Metric(float(answer.different), None, answer.paths),
    metric_name=gettext_lazy("Different paths"),
    metric_unit="count",
)
