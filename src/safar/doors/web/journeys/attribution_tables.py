"""The tables of the page Attribution."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import visible
from safar.show.locale import Locale
from safar.vocabulary.money import EXPONENTS, Money

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
from .attribution_form import MODEL_NAMES
from .kind import Asked


def touches_table(asked: Asked) -> Table:
    """Return each touch with its credit by the model that is drawn."""
    locale, model = asked.locale, model_drawn(asked)
    counts = {name.name: name for name in asked.answer.names}
    rows = []
    for place, credit in enumerate(credits_drawn(asked)):
        count = counts[credit.name]
        rows.append(
            Row(
                (
                    Cell(touch_name(asked, credit.name)),
                    Cell(
                        locale.number(count.customers),
                        asked.behind(cell_of(credit.name)) if count.customers else "",
                        value=count.customers,
                    ),
                    Cell(locale.number(count.touches), value=count.touches),
                    Cell(
                        locale.number(credit.conversions, decimals=1),
                        asked.behind(cell_of(credit.name, model)) if credit.conversions else "",
                        value=credit.conversions,
                    ),
                    Cell(share_in_words(asked, credit), value=share_of(asked, credit)),
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


def models_table(asked: Asked) -> Table:
    """Return the share of each touch, a column a model."""
    models = asked.question.models
    by_model = {model: asked.answer.of(model) for model in models}
    rows = []
    for place, ranked in enumerate(credits_drawn(asked)):
        shares = (Cell(share_in_words(asked, by_model[model][ranked.name])) for model in models)
        rows.append(Row((Cell(touch_name(asked, ranked.name)), *shares), f"m{place}"))
    return Table(
        caption=_("Shares by each model, with their intervals"),
        columns=(
            Column("name", _("Touch")),
            *(Column(model.value, str(MODEL_NAMES[model]), "number") for model in models),
        ),
        rows=tuple(rows),
    )


def worth_table(asked: Asked) -> Table:
    """Return what each touch brings, a column a currency."""
    locale, currencies = asked.locale, currencies_of(asked)
    rows = []
    for place, credit in enumerate(credits_drawn(asked)):
        worths = {worth.currency: worth for worth in credit.worth}
        cells = [
            Cell(_money(worths[each].value, each, locale), value=worths[each].value)
            if each in worths
            else Cell(locale.number(None), value="")
            for each in currencies
        ]
        rows.append(Row((Cell(touch_name(asked, credit.name)), *cells), f"v{place}"))
    return Table(
        caption=filled(
            _("What they bring, by the model “%(model)s”"), model=str(MODEL_NAMES[model_drawn(asked)])
        ),
        columns=(
            Column("name", _("Touch")),
            *(
                Column(f"value{place}", _currency(each, locale) or _("Value credited"), "number")
                for place, each in enumerate(currencies)
            ),
        ),
        rows=tuple(rows),
    )


def costs_table(asked: Asked) -> Table:
    """Return what touches cost and bring back, where costs are known."""
    locale, rows = asked.locale, []
    for place, (credit, worth) in enumerate(costed(asked)):
        returned, each = worth.return_on_spend, worth.cost_per_conversion
        rows.append(
            Row(
                (
                    Cell(touch_name(asked, credit.name)),
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
            model=str(MODEL_NAMES[model_drawn(asked)]),
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
