"""The page Recommendations: what customers would be shown and why, and how well each model would have done."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.act.recommend.asked import RecommendationsAnswer
from safar.act.recommend.evaluation import Quality
from safar.act.recommend.recommender import Shown as ShownItem
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import interval_in_words, share_with_interval
from safar.show import drawing as draw
from safar.vocabulary.window import from_microseconds

from .customer_cells import customer_cells
from .groups import OFFERING
from .recommendations_form import MODEL_NAMES, RecommendationsForm
from .words import how_sure

_RECALL: Final = 1


def shown_recommendations(asked: Asked) -> Shown:
    """Return recommendations in the reader's words."""
    sees = bool(asked.behind({}))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_drawing(asked),),
        tables=(*(_lists(asked) if sees else ()), _models(asked)),
    )


def _used(answer: RecommendationsAnswer) -> Quality:
    return answer.evaluation.of(answer.model)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: RecommendationsAnswer = asked.answer
    locale, used, judged = asked.locale, _used(answer), answer.evaluation
    return (
        Figure(
            _("Found again"),
            locale.percent(used.recall.value, decimals=1),
            how_sure(used.recall, interval_in_words(used.recall, locale), locale),
        ),
        Figure(
            _("At least one hit"),
            locale.percent(used.hit_rate.value, decimals=1),
            filled(
                ngettext("of %(count)s customer", "of %(count)s customers", judged.customers),
                count=locale.number(judged.customers),
            ),
        ),
        Figure(
            _("Items that somebody is shown"),
            locale.percent(used.coverage, decimals=1),
            filled(
                ngettext("of %(count)s item", "of %(count)s items", len(answer.recommender.items)),
                count=locale.number(len(answer.recommender.items)),
            ),
        ),
        Figure(
            _("Model"),
            str(MODEL_NAMES[answer.model]),
            _("the simplest that is not clearly behind the best")
            if answer.model == judged.chosen and not asked.question.model
            else _("as you asked"),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: RecommendationsAnswer = asked.answer
    locale, used, judged = asked.locale, _used(answer), answer.evaluation
    found = []
    popular = next((each for each in judged.qualities if each.model == "popular"), None)
    if popular is not None and used.model != "popular" and popular.recall.value > 0:
        found.append(
            Finding(
                filled(
                    _(
                        "Of what customers took afterwards, %(share)s would have been among the items shown; by"
                        " popularity alone %(popular)s."
                    ),
                    share=locale.percent(used.recall.value, decimals=1),
                    popular=locale.percent(popular.recall.value, decimals=1),
                ),
                used.model,
                _RECALL,
            )
        )
    if judged.unknown_item_share >= 0.01:
        found.append(
            Finding(
                filled(
                    _(
                        "%(share)s of what was taken were items that nobody had had before: no model can know them."
                    ),
                    share=locale.percent(judged.unknown_item_share, decimals=1),
                )
            )
        )
    return tuple(found)


def _drawing(asked: Asked) -> Drawing:
    locale = asked.locale
    bars = [
        draw.Bar(
            str(MODEL_NAMES[each.model]),
            each.recall.value,
            locale.percent(each.recall.value, decimals=1),
            each.recall.interval.low,
            each.recall.interval.high,
            key=each.model,
            tone="plain" if each.model == asked.answer.model else "other",
        )
        for each in asked.answer.evaluation.qualities
    ]
    title = _("What each model would have found again, with intervals; the last table has the same numbers.")

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "models",
        _("Which model does best here"),
        drawn,
        said=filled(
            _(
                "Models learnt from what came before %(day)s and were judged by what the same customers took from"
                " then on."
            ),
            day=locale.date(from_microseconds(asked.answer.evaluation.split_at)),
        ),
    )


def _lists(asked: Asked) -> tuple[Table, ...]:
    shown = asked.answer.shown
    return (_one_list(asked, shown[0][1]),) if len(shown) == 1 else (_first_items(asked),)


def _one_list(asked: Asked, items: tuple[ShownItem, ...]) -> Table:
    answer: RecommendationsAnswer = asked.answer
    return Table(
        caption=_("What this customer is shown"),
        columns=(Column("place", _("Place"), "number"), Column("item", _("Item")), Column("why", _("Why"))),
        rows=tuple(
            Row(
                (
                    Cell(asked.locale.number(place), value=place),
                    Cell(_title(answer, item.item)),
                    Cell(_why(answer, item)),
                )
            )
            for place, item in enumerate(items, 1)
        ),
    )


def _first_items(asked: Asked) -> Table:
    """Return a row for each customer: the first item with its reason, and the two after it."""
    answer: RecommendationsAnswer = asked.answer
    customers = customer_cells(asked, [customer for customer, _items in answer.shown])
    rows = []
    for customer, (_id, items) in zip(customers, answer.shown, strict=True):
        names = [_title(answer, item.item) for item in items[:3]]
        names += [asked.locale.number(None)] * (3 - len(names))
        why = _why(answer, items[0]) if items else ""
        first, second, third = map(Cell, names)
        rows.append(Row((customer, first, Cell(why), second, third)))
    return Table(
        caption=_("What customers who came last are shown first"),
        columns=(
            Column("customer", _("Customer")),
            Column("item", _("Item")),
            Column("why", _("Why")),
            Column("second", _("Second")),
            Column("third", _("Third")),
        ),
        rows=tuple(rows),
    )


def _title(answer: RecommendationsAnswer, item: str) -> str:
    return answer.recommender.titles.get(item, item)


def _why(answer: RecommendationsAnswer, item: ShownItem) -> str:
    if item.because is None:
        return _("many buy it now")
    return filled(_("because of “%(item)s”"), item=_title(answer, item.because))


def _models(asked: Asked) -> Table:
    locale = asked.locale
    rows = []
    for each in asked.answer.evaluation.qualities:
        name = str(MODEL_NAMES[each.model])
        rows.append(
            Row(
                (
                    Cell(
                        filled(_("%(model)s (chosen)"), model=name)
                        if each.model == asked.answer.model
                        else name
                    ),
                    Cell(share_with_interval(each.recall, locale), value=each.recall.value),
                    Cell(share_with_interval(each.ndcg, locale), value=each.ndcg.value),
                    Cell(locale.percent(each.hit_rate.value, decimals=1), value=each.hit_rate.value),
                    Cell(locale.percent(each.coverage, decimals=1), value=each.coverage),
                    Cell(locale.number(each.novelty.value, decimals=1), value=each.novelty.value),
                ),
                each.model,
            )
        )
    return Table(
        caption=_("How well each model would have done"),
        columns=(
            Column("model", _("Model")),
            Column("recall", _("Found again"), "number"),
            Column("ndcg", _("With the order counted (nDCG)"), "number"),
            Column("hits", _("At least one hit"), "number"),
            Column("coverage", _("Items that somebody is shown"), "number"),
            Column("novelty", _("Novelty, bits"), "number"),
        ),
        rows=tuple(rows),
    )


RECOMMENDATIONS: Final = KindPage(
    key="recommendations",
    desk="value",
    group=OFFERING,
    name=pgettext_lazy("kind of question", "Recommendations"),
    lead=gettext_lazy("Which items would each customer be shown, why, and would it work?"),
    form=RecommendationsForm,
    shown=shown_recommendations,
    meaning=gettext_lazy(
        "Found again is the share of what customers took later that would have been among the items shown to them."
        " nDCG counts a hit for more the higher it stands. Novelty of 5 means items that one customer in 32 had."
    ),
    method=gettext_lazy(
        "Every model learns from the first four fifths of the orders and is judged by the last fifth, on customers who"
        " came in both. The simplest one that is not clearly behind the best is used, and learns from everything. What"
        " a customer had says half as much every 120 days. Each list takes apart into its reasons exactly."
    ),
    nothing={
        "recommend.interactions_refused": (
            gettext_lazy("Orders do not say enough to recommend from"),
            gettext_lazy(
                "This is answered once orders say what they hold, in their property items, and some customers have come"
                " twice."
            ),
        ),
    },
    more=gettext_lazy("Model, categories, season"),
    metric=lambda answer: Metric.of(answer.evaluation.of(answer.model).recall),
    metric_name=gettext_lazy("Found again"),
)
