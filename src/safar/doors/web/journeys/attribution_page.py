"""The page Attribution: which touches get credit for conversions, by each model, and what they are worth and cost."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.observe.attribution import AttributionAnswer, Credit, Worth
from safar.observe.attribution_question import Model
from safar.observe.touches import BY_CHANNEL
from safar.show import drawing as draw
from safar.show.journeys.attribution import AttributionWords, attribution_drawing
from safar.show.locale import Locale
from safar.vocabulary.money import EXPONENTS, Money

from .attribution_form import MODEL_NAMES, AttributionForm
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .words import share_with_interval

_LONGEST: Final = 40
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
    tables = [_touches_table(asked), _models_table(asked)]
    if _costed(asked):
        tables.append(_costs_table(asked))
    if _currencies(asked):
        tables.append(_worth_table(asked))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_bars(asked), _models(asked)),
        tables=tuple(tables),
    )


def _model(asked: Asked) -> Model:
    form = asked.form
    assert isinstance(form, AttributionForm)
    return form.model_drawn


def _drawn(asked: Asked) -> list[Credit]:
    """Return the credits of the model that is drawn, the largest first and the rarer ones together at the end."""
    found = asked.answer.of(_model(asked)).values()
    return sorted(found, key=lambda credit: (credit.name is None, -credit.conversions))


def _name(asked: Asked, name: str | None) -> str:
    if name is None:
        return pgettext("line", "Others")
    if asked.question.by == BY_CHANNEL:
        return channel_in_words(name)
    return cut(visible(name), _LONGEST) or pgettext("group", "without a value")


def _cell(name: str | None, model: Model | None = None) -> dict[str, str | int | None]:
    return {"name": name} if model is None else {"name": name, "model": model.value}


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
    locale, ranked = asked.locale, _drawn(asked)
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
                    name=_name(asked, best.name),
                    model=str(MODEL_NAMES[_model(asked)]),
                    share=share_with_interval(best.share, locale)
                    if best.share is not None
                    else locale.percent(_share(asked, best), decimals=1),
                ),
                f"t{place}",
                _SHARE,
            )
        )
    return (*found, *_disputed(asked, ranked), *_best_return(asked))


def _share(asked: Asked, credit: Credit) -> float:
    answer: AttributionAnswer = asked.answer
    return credit.conversions / (answer.conversions - answer.untouched)


def _disputed(asked: Asked, ranked: list[Credit]) -> list[Finding]:
    """Return the touch whose credit depends most on the model; rates of seldom sets of names are left out."""
    locale = asked.locale
    models = [model for model in asked.question.models if model is not Model.SHAPLEY_RATE]
    found = []
    for place, credit in enumerate(ranked):
        if credit.name is None or len(models) < 2:
            continue
        shares = {model: _share(asked, asked.answer.of(model)[credit.name]) for model in models}
        low, high = min(models, key=shares.__getitem__), max(models, key=shares.__getitem__)
        found.append((shares[high] - shares[low], place, credit, (low, shares[low]), (high, shares[high])))
    if not found:
        return []
    apart, place, credit, (low, least), (high, most) = max(found, key=lambda each: each[0])
    if apart < _NO_DISPUTE:
        return []
    sentence = filled(
        _("The models disagree most about “%(name)s”: %(least)s by “%(low)s”, %(most)s by “%(high)s”."),
        name=_name(asked, credit.name),
        least=locale.percent(least, decimals=1),
        low=str(MODEL_NAMES[low]),
        most=locale.percent(most, decimals=1),
        high=str(MODEL_NAMES[high]),
    )
    return [Finding(sentence, f"m{place}")]


def _costed(asked: Asked) -> list[tuple[Credit, Worth]]:
    """Return what has a cost, in the order of the touches."""
    return [(credit, worth) for credit in _drawn(asked) for worth in credit.worth if worth.cost is not None]


def _best_return(asked: Asked) -> list[Finding]:
    rows = [
        (place, credit, worth)
        for place, (credit, worth) in enumerate(_costed(asked))
        if worth.return_on_spend is not None and credit.name is not None
    ]
    if not rows:
        return []
    place, credit, worth = max(rows, key=lambda row: row[2].return_on_spend or 0.0)
    sentence = filled(
        _("“%(name)s” brings most for its cost: %(times)s times as much, by the model “%(model)s”."),
        name=_name(asked, credit.name),
        times=asked.locale.number(worth.return_on_spend, decimals=1),
        model=str(MODEL_NAMES[_model(asked)]),
    )
    return [Finding(sentence, f"w{place}", _RETURN)]


def _bars(asked: Asked) -> Drawing:
    model, locale = _model(asked), asked.locale
    words = AttributionWords(
        title=_("The share of conversions that each touch gets; the table below has the same numbers."),
        others=pgettext("line", "Others"),
        touch=lambda name: _name(asked, name),
        conversions=lambda count: filled(_("%(count)s conversions"), count=count),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return attribution_drawing(
            asked.answer,
            locale,
            words,
            model=model,
            href=lambda credit: (
                asked.behind(_cell(credit.name, model)) or None if credit.conversions else None
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
    locale, ranked = asked.locale, _drawn(asked)
    models = [model for model in asked.question.models if model is not Model.SHAPLEY_RATE]
    by_model = {model: asked.answer.of(model) for model in models}
    cells = [
        [
            draw.HeatCell(share, locale.percent(share, decimals=1))
            for model in models
            for share in (_share(asked, by_model[model][credit.name]),)
        ]
        for credit in ranked
    ]
    return Drawing(
        key="models",
        name=_("The models side by side"),
        svg=draw.draw_heat(
            [draw.HeatHead(_name(asked, credit.name)) for credit in ranked],
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


def _touches_table(asked: Asked) -> Table:
    locale, model = asked.locale, _model(asked)
    counts = {name.name: name for name in asked.answer.names}
    rows = []
    for place, credit in enumerate(_drawn(asked)):
        count, share = counts[credit.name], _share(asked, credit)
        rows.append(
            Row(
                (
                    Cell(_name(asked, credit.name)),
                    Cell(
                        locale.number(count.customers),
                        asked.behind(_cell(credit.name)) if count.customers else "",
                        value=count.customers,
                    ),
                    Cell(locale.number(count.touches), value=count.touches),
                    Cell(
                        locale.number(credit.conversions, decimals=1),
                        asked.behind(_cell(credit.name, model)) if credit.conversions else "",
                        value=credit.conversions,
                    ),
                    Cell(
                        share_with_interval(credit.share, locale)
                        if credit.share is not None
                        else locale.percent(share, decimals=1),
                        value=share,
                    ),
                ),
                f"t{place}",
            )
        )
    return Table(
        caption=filled(_("Touches and their credit by the model “%(model)s”"), model=str(MODEL_NAMES[model])),
        columns=(
            Column("name", _("Touch")),
            Column("customers", _("Customers touched"), "number"),
            Column("touches", _("Touches"), "number"),
            Column("conversions", _("Conversions credited"), "number"),
            Column("share", _("Share"), "number"),
        ),
        rows=tuple(rows),
    )


def _models_table(asked: Asked) -> Table:
    locale, models = asked.locale, asked.question.models
    by_model = {model: asked.answer.of(model) for model in models}
    rows = []
    for place, ranked in enumerate(_drawn(asked)):
        cells = [Cell(_name(asked, ranked.name))]
        for model in models:
            credit = by_model[model][ranked.name]
            cells.append(
                Cell(
                    share_with_interval(credit.share, locale)
                    if credit.share is not None
                    else locale.percent(_share(asked, credit), decimals=1)
                )
            )
        rows.append(Row(tuple(cells), f"m{place}"))
    return Table(
        caption=_("Shares by each model, with their intervals"),
        columns=(
            Column("name", _("Touch")),
            *(Column(model.value, str(MODEL_NAMES[model]), "number") for model in models),
        ),
        rows=tuple(rows),
    )


def _currencies(asked: Asked) -> list[str | None]:
    """Return the currencies of what conversions are worth, that of the workspace first."""
    found = {worth.currency for credit in asked.answer.credits for worth in credit.worth}
    return sorted(found, key=lambda each: (each != asked.workspace.currency, each or ""))


def _worth_table(asked: Asked) -> Table:
    """Return what each touch brings, a column a currency."""
    locale, currencies = asked.locale, _currencies(asked)
    rows = []
    for place, credit in enumerate(_drawn(asked)):
        worths = {worth.currency: worth for worth in credit.worth}
        cells = [
            Cell(_money(worths[each].value, each, locale), value=worths[each].value)
            if each in worths
            else Cell(locale.number(None), value="")
            for each in currencies
        ]
        rows.append(Row((Cell(_name(asked, credit.name)), *cells), f"v{place}"))
    return Table(
        caption=filled(_("What they bring, by the model “%(model)s”"), model=str(MODEL_NAMES[_model(asked)])),
        columns=(
            Column("name", _("Touch")),
            *(
                Column(f"value{place}", _currency(each, locale) or _("Value credited"), "number")
                for place, each in enumerate(currencies)
            ),
        ),
        rows=tuple(rows),
    )


def _costs_table(asked: Asked) -> Table:
    """Return what touches cost and bring back, where costs are known."""
    locale, rows = asked.locale, []
    for place, (credit, worth) in enumerate(_costed(asked)):
        returned, each = worth.return_on_spend, worth.cost_per_conversion
        rows.append(
            Row(
                (
                    Cell(_name(asked, credit.name)),
                    Cell(_money(worth.cost, worth.currency, locale), value=worth.cost),
                    Cell(_money(worth.value, worth.currency, locale), value=worth.value),
                    Cell(_money(each, worth.currency, locale), value="" if each is None else each),
                    Cell(
                        locale.number(None)
                        if returned is None
                        else filled(_("%(times)s×"), times=locale.number(returned, decimals=2)),
                        value="" if returned is None else returned,
                    ),
                ),
                f"w{place}",
            )
        )
    return Table(
        caption=filled(
            _("What they cost and bring back, by the model “%(model)s”"),
            model=str(MODEL_NAMES[_model(asked)]),
        ),
        columns=(
            Column("name", _("Touch")),
            Column("cost", _("Cost"), "number"),
            Column("value", _("Value credited"), "number"),
            Column("cost_per_conversion", _("Cost of one conversion"), "number"),
            Column("return_on_spend", _("Comes back for what is spent"), "number"),
        ),
        rows=tuple(rows),
    )


def _currency(currency: str | None, locale: Locale) -> str:
    if currency is None:
        return ""
    return locale.currency_name(currency) if currency in EXPONENTS else visible(currency)


def _money(value: float | None, currency: str | None, locale: Locale) -> str:
    if value is None or currency not in EXPONENTS:
        return locale.number(value)
    return locale.money(Money(round(value * 10 ** EXPONENTS[currency]), currency))


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
