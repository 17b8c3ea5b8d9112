"""The page Attribution: which touches get credit for conversions, by each model, and what they are worth and cost."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.observe.attribution import AttributionAnswer, Credit
from safar.observe.attribution_question import Model
from safar.show import drawing as draw
from safar.show.journeys.attribution import AttributionWords, attribution_drawing
from safar.show.locale import Locale

from .attribution_credits import (
    cell_of,
    costed,
    credits_drawn,
    currencies_of,
    model_drawn,
    share_in_words,
    share_of,
    touch_name,
)
from .attribution_form import MODEL_NAMES, AttributionForm
from .attribution_tables import costs_table, models_table, touches_table, worth_table
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric

#: Shares by two models that lie closer together are no disagreement.
_NO_DISPUTE: Final = 0.01
#: Places of columns of the table of touches, and of the one of worth.
_SHARE, _RETURN = 4, 4


def shown_attribution(asked: Asked) -> Shown:
    """Return an attribution in the reader's words."""
    answer: AttributionAnswer = asked.answer
    if not answer.conversions:
        return Shown(
            empty=EmptyState(
                _("Nobody converted"),
                _("Ask about a longer period, with fewer conditions, or with another conversion."),
            )
        )
    if not answer.names or answer.conversions == answer.untouched:
        return Shown(
            empty=EmptyState(
                _("No conversion had a touch"),
                _("Let touches count for longer, tell them apart by something else, or name other touches."),
            )
        )
    tables = [touches_table(asked), models_table(asked)]
    if costed(asked):
        tables.append(costs_table(asked))
    if currencies_of(asked):
        tables.append(worth_table(asked))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_bars(asked), _models(asked)),
        tables=tuple(tables),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    touched = answer.conversions - answer.untouched
    return (
        Figure(
            _("Conversions"),
            locale.number(answer.conversions),
            filled(
                ngettext("by %(count)s customer", "by %(count)s customers", answer.converters),
                count=locale.number(answer.converters),
            ),
            asked.behind({"number": "conversions"}),
        ),
        Figure(
            _("Of these with a touch"),
            locale.number(touched),
            locale.percent(touched / answer.conversions, decimals=1),
        ),
        Figure(
            _("Without a touch"),
            locale.number(answer.untouched),
            _("these are nobody's"),
            asked.behind({"number": "untouched"}) if answer.untouched else "",
        ),
        Figure(_("Customers touched"), locale.number(answer.customers)),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return who gets most, about whom the models disagree most, and what brings most for its cost."""
    ranked = credits_drawn(asked)
    best = next((credit for credit in ranked if credit.name is not None), None)
    found = []
    if best is not None:
        place = ranked.index(best)
        found.append(
            Finding(
                filled(
                    _(
                        "“%(name)s” gets most by the model “%(model)s”: %(share)s of the conversions with a touch."
                    ),
                    name=touch_name(asked, best.name),
                    model=str(MODEL_NAMES[model_drawn(asked)]),
                    share=share_in_words(asked, best),
                ),
                f"t{place}",
                _SHARE,
            )
        )
    return (*found, *_disputed(asked, ranked), *_best_return(asked))


def _disputed(asked: Asked, ranked: list[Credit]) -> list[Finding]:
    """Return the touch whose credit depends most on the model; rates of seldom sets of names are left out."""
    locale = asked.locale
    models = [model for model in asked.question.models if model is not Model.SHAPLEY_RATE]
    found = []
    for place, credit in enumerate(ranked):
        if credit.name is None or len(models) < 2:
            continue
        shares = {model: share_of(asked, asked.answer.of(model)[credit.name]) for model in models}
        low, high = min(models, key=shares.__getitem__), max(models, key=shares.__getitem__)
        found.append((shares[high] - shares[low], place, credit, (low, shares[low]), (high, shares[high])))
    if not found:
        return []
    apart, place, credit, (low, least), (high, most) = max(found, key=lambda each: each[0])
    if apart < _NO_DISPUTE:
        return []
    sentence = filled(
        _("The models disagree most about “%(name)s”: %(least)s by “%(low)s”, %(most)s by “%(high)s”."),
        name=touch_name(asked, credit.name),
        least=locale.percent(least, decimals=1),
        low=str(MODEL_NAMES[low]),
        most=locale.percent(most, decimals=1),
        high=str(MODEL_NAMES[high]),
    )
    return [Finding(sentence, f"m{place}")]


def _best_return(asked: Asked) -> list[Finding]:
    rows = [
        (place, credit, worth)
        for place, (credit, worth) in enumerate(costed(asked))
        if worth.return_on_spend is not None and credit.name is not None
    ]
    if not rows:
        return []
    place, credit, worth = max(rows, key=lambda row: row[2].return_on_spend or 0.0)
    sentence = filled(
        _("“%(name)s” brings most for its cost: %(times)s times as much, by the model “%(model)s”."),
        name=touch_name(asked, credit.name),
        times=asked.locale.number(worth.return_on_spend, decimals=1),
        model=str(MODEL_NAMES[model_drawn(asked)]),
    )
    return [Finding(sentence, f"w{place}", _RETURN)]


def _bars(asked: Asked) -> Drawing:
    model, locale = model_drawn(asked), asked.locale
    words = AttributionWords(
        title=_("The share of conversions that each touch gets; the table below has the same numbers."),
        others=pgettext("line", "Others"),
        touch=lambda name: touch_name(asked, name),
        conversions=lambda count: filled(_("%(count)s conversions"), count=count),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return attribution_drawing(
            asked.answer,
            locale,
            words,
            model=model,
            href=lambda credit: (
                asked.behind(cell_of(credit.name, model)) or None if credit.conversions else None
            ),
            width=width,
            drawing_id=drawing_id,
        )

    return Drawing.in_both_widths(
        "attribution",
        filled(_("Credit by the model “%(model)s”"), model=str(MODEL_NAMES[model])),
        drawn,
        said=locale.shape(_("The thin line is the 95% interval of the share."))
        if model is not Model.SHAPLEY_RATE
        else _("This model has no intervals: rates of rare combinations are too uncertain."),
    )


def _models(asked: Asked) -> Drawing:
    """Return models side by side, a row a touch; without rates, whose shares may be negative and dwarf all others."""
    locale, ranked = asked.locale, credits_drawn(asked)
    models = [model for model in asked.question.models if model is not Model.SHAPLEY_RATE]
    by_model = {model: asked.answer.of(model) for model in models}
    cells = [
        [
            draw.HeatCell(share, locale.percent(share, decimals=1))
            for model in models
            for share in (share_of(asked, by_model[model][credit.name]),)
        ]
        for credit in ranked
    ]
    return Drawing(
        key="models",
        name=_("The models side by side"),
        svg=draw.draw_heat(
            [draw.HeatHead(touch_name(asked, credit.name)) for credit in ranked],
            [draw.HeatHead(str(MODEL_NAMES[model])) for model in models],
            cells,
            title=_(
                "The share of conversions of each touch by each model; the table below has the same numbers."
            ),
            direction=locale.direction,
            corner=_("Touch"),
            drawing_id="models",
        ),
        said=_(
            "Each column adds up to all conversions with a touch. Shapley of rates stands in the table alone."
        ),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    if "name" not in cell:
        if cell.get("number") == "untouched":
            return _("Customers who converted without a touch")
        return _("Customers who converted")
    name = pgettext("line", "Others") if cell["name"] is None else channel_in_words(str(cell["name"]))
    model = cell.get("model")
    if model is None:
        return filled(_("Customers touched by “%(name)s”"), name=name)
    known = {each.value: str(words) for each, words in MODEL_NAMES.items()}
    return filled(
        _("Customers whose conversions give “%(name)s” credit, by the model “%(model)s”"),
        name=name,
        model=known.get(str(model), str(model)),
    )


ATTRIBUTION: Final = KindPage(
    key="attribution",
    name=pgettext_lazy("kind of question", "Attribution"),
    lead=gettext_lazy("Which touches get credit for conversions, and what do they bring for their cost?"),
    form=AttributionForm,
    shown=shown_attribution,
    meaning=gettext_lazy(
        "A touch is an event before a conversion, since the conversion before. Each model shares out every conversion"
        " with a touch in its own way, so the credits of a column add up. Where models agree, a touch matters however"
        " one looks at it; none of them proves that it caused anything."
    ),
    method=gettext_lazy(
        "Markov removal: by how much conversions would fall without the touches of a name, in a first-order chain."
        " Shapley: the mean of what a name adds to all sets of others. Intervals of shares come from leaving out"
        " groups of customers. Value is shared out like conversions, each currency by itself; costs are those of"
        " events called cost_recorded."
    ),
    cell_words=_cell_in_words,
    metric=lambda answer: Metric(float(answer.conversions), None, answer.converters),
    metric_name=gettext_lazy("Conversions"),
    metric_unit="count",
)
