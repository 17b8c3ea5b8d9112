"""The page Kano: what is taken for granted, what pleases the more of it there is, what delights."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import share_with_interval
from safar.doors.web.surveys.queries import asked_names
from safar.explain.kano_rows import KanoAnswer, KanoFeature
from safar.show import drawing as draw

from .groups import REASONS
from .kano_form import KanoForm

#: Places of columns that findings speak of.
_CATEGORY, _BETTER, _WORSE = 1, 2, 3
CATEGORY_NAMES: Final = {
    "must_be": pgettext_lazy("kano", "Taken for granted"),
    "one_dimensional": pgettext_lazy("kano", "The more, the better"),
    "attractive": pgettext_lazy("kano", "Delights"),
    "indifferent": pgettext_lazy("kano", "All the same"),
    "reverse": pgettext_lazy("kano", "Better without it"),
    "questionable": pgettext_lazy("kano", "Answers contradict each other"),
}


def shown_kano(asked: Asked) -> Shown:
    """Return how features are seen, in the reader's words."""
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_map(asked),),
        tables=(_table(asked), _people(asked)),
    )


def _names(asked: Asked) -> dict[str, str]:
    asks = asked_names(asked.workspace, asked.locale.language)
    return {each.feature: asks.question(each.feature) for each in asked.answer.features}


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: KanoAnswer = asked.answer
    locale = asked.locale
    found = [
        Figure(
            str(CATEGORY_NAMES[category]),
            locale.number(sum(each.found.category == category for each in answer.features)),
            filled(
                ngettext("of %(count)s feature", "of %(count)s features", len(answer.features)),
                count=locale.number(len(answer.features)),
            ),
        )
        for category in ("must_be", "one_dimensional", "attractive")
    ]
    return (*found, Figure(_("Customers asked"), locale.number(answer.customers)))


def _findings(asked: Asked) -> tuple[Finding, ...]:
    names = _names(asked)
    return tuple(
        _finding(asked, each, names[each.feature], f"k{place}")
        for place, each in enumerate(asked.answer.features, 1)
    )


def _finding(asked: Asked, each: KanoFeature, name: str, row: str) -> Finding:
    found, locale = each.found, asked.locale
    column = _CATEGORY
    if not found.is_clear:
        words = _("“%(feature)s”: the two commonest views are too close to tell which it is.")
    elif found.category == "must_be":
        words = _(
            "“%(feature)s” is taken for granted: its lack annoys %(worse)s, having it pleases %(better)s."
        )
        column = _WORSE
    elif found.category == "attractive":
        words = _("“%(feature)s” delights: having it pleases %(better)s, its lack annoys %(worse)s only.")
        column = _BETTER
    elif found.category == "one_dimensional":
        words = _(
            "“%(feature)s”: the more, the better. It pleases %(better)s, and its lack annoys %(worse)s."
        )
        column = _BETTER
    elif found.category == "indifferent":
        words = _("“%(feature)s” is all the same to most.")
    elif found.category == "reverse":
        words = _("“%(feature)s”: most would rather be without it.")
    else:
        words = _("“%(feature)s”: answers contradict each other. Were both questions understood?")
    return Finding(
        filled(
            words,
            feature=name,
            better=locale.percent(found.better.value if found.better else None),
            worse=locale.percent(abs(found.worse.value) if found.worse else None),
        ),
        row,
        column,
    )


def _map(asked: Asked) -> Drawing:
    locale, names = asked.locale, _names(asked)
    points = [
        draw.ScatterPoint(
            names[each.feature],
            -each.found.worse.value,
            each.found.better.value,
            locale.number(place),
            str(CATEGORY_NAMES[each.found.category]),
            each.found.better.interval.low,
            each.found.better.interval.high,
        )
        for place, each in enumerate(asked.answer.features, 1)
        if each.found.better and each.found.worse
    ]
    axes = draw.Axes(
        _("Whom its lack annoys"),
        _("Whom it pleases to have it"),
        0.5,
        0.5,
        (
            str(CATEGORY_NAMES["indifferent"]),
            str(CATEGORY_NAMES["must_be"]),
            str(CATEGORY_NAMES["attractive"]),
            str(CATEGORY_NAMES["one_dimensional"]),
        ),
    )
    title = _(
        "Features by whom their lack annoys and whom it pleases to have them; the table has the numbers."
    )
    drawn = partial(draw.draw_scatter, points, axes, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "kano", _("What annoys and delights"), drawn, said=_("The lines stand at half of the customers.")
    )


def _table(asked: Asked) -> Table:
    locale, names = asked.locale, _names(asked)
    rows = []
    for place, each in enumerate(asked.answer.features, 1):
        found = each.found
        category = str(CATEGORY_NAMES[found.category])
        rows.append(
            Row(
                (
                    Cell(names[each.feature]),
                    Cell(
                        category
                        if found.is_clear
                        else filled(_("%(category)s, not clear"), category=category)
                    ),
                    Cell(share_with_interval(found.better, locale, decimals=0), value=_value(found.better)),
                    Cell(share_with_interval(found.worse, locale, decimals=0), value=_value(found.worse)),
                    Cell(locale.number(found.n), value=found.n),
                ),
                f"k{place}",
            )
        )
    return Table(
        caption=_("How features are seen"),
        columns=(
            Column("feature", _("Feature")),
            Column("category", _("What it is")),
            Column("better", _("Better with it"), "number"),
            Column("worse", _("Worse without it"), "number"),
            Column("people", _("Customers"), "number"),
        ),
        rows=tuple(rows),
    )


def _value(estimate: object) -> float | None:
    return getattr(estimate, "value", None)


def _people(asked: Asked) -> Table:
    locale, names = asked.locale, _names(asked)
    return Table(
        caption=_("Customers by how they see it"),
        columns=(
            Column("feature", _("Feature")),
            *(Column(category, str(name), "number") for category, name in CATEGORY_NAMES.items()),
        ),
        rows=tuple(
            Row(
                (
                    Cell(names[each.feature]),
                    *(
                        Cell(locale.number(each.found.counts[category]), value=each.found.counts[category])
                        for category in CATEGORY_NAMES
                    ),
                ),
                f"c{place}",
            )
            for place, each in enumerate(asked.answer.features, 1)
        ),
    )


KANO: Final = KindPage(
    key="kano",
    desk="value",
    group=REASONS,
    name=pgettext_lazy("kind of question", "Kano"),
    lead=gettext_lazy("Which features are taken for granted, and which would delight?"),
    form=KanoForm,
    shown=shown_kano,
    meaning=gettext_lazy(
        "Each customer said of a feature how it would feel to have it, and how to lack it. Both answers together make a"
        " category. Better: of those with a view, whom it would please to have it. Worse: whom its lack would annoy,"
        " as a number below zero. Mend what is taken for granted first, then what is better the more there is; what"
        " delights comes after."
    ),
    method=gettext_lazy(
        "Kano's table of five answers by five. A category is clear where the two commonest differ by more than chance"
        " (Fong). Intervals of shares are Wilson's. Of each customer the last answers count."
    ),
    nothing={
        "score.unknown_key": (
            gettext_lazy("No feature was asked about twice yet"),
            gettext_lazy(
                "Make a survey from the template “Kano” on the desk Listen, put in your own features, and send it: each"
                " is asked about twice, if it were there and if it were not."
            ),
        ),
    },
    more=gettext_lazy("Day"),
)
