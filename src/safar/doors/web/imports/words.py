"""What this desk calls things: what columns stand for, why rows are rejected, what stands in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.collect.draft import Choice
from safar.collect.reasons import REASONS
from safar.doors.web.design.words import filled
from safar.show.locale import Locale

#: What a column may stand for, in groups, in the order of the list.
ROLE_GROUPS: Final[tuple[tuple[Promise | str, dict[str, Promise | str]], ...]] = (
    (
        gettext_lazy("Who, what, when"),
        {
            "customer": gettext_lazy("Who: the customer's id"),
            "event": gettext_lazy("What happened: the event's name"),
            "time": gettext_lazy("When it happened"),
            "event id": gettext_lazy("The event's own id"),
        },
    ),
    (
        gettext_lazy("Order and money"),
        {
            "order": gettext_lazy("Number of the order"),
            "amount": gettext_lazy("Amount of money"),
            "currency": gettext_lazy("Currency of the amount"),
            "quantity": gettext_lazy("Quantity"),
            "price": gettext_lazy("Price of one"),
            "sku": gettext_lazy("Code of the product"),
            "product": gettext_lazy("Name of the product"),
            "status": gettext_lazy("Status of the order"),
        },
    ),
    (
        gettext_lazy("When each thing happened to the order"),
        {
            "order_placed": gettext_lazy("When it was placed"),
            "order_paid": gettext_lazy("When it was paid"),
            "order_shipped": gettext_lazy("When it was shipped"),
            "order_delivered": gettext_lazy("When it was delivered"),
            "order_returned": gettext_lazy("When it was returned"),
            "order_cancelled": gettext_lazy("When it was cancelled"),
            "conversation_started": gettext_lazy("When the conversation was opened"),
            "conversation_resolved": gettext_lazy("When the conversation was resolved"),
        },
    ),
    (
        gettext_lazy("About the customer"),
        {
            "email": gettext_lazy("E-mail address"),
            "phone": gettext_lazy("Telephone number"),
            "name": pgettext_lazy("of a customer", "Name"),
            "city": gettext_lazy("City"),
            "country": gettext_lazy("Country"),
        },
    ),
    (
        gettext_lazy("The rest"),
        {
            "channel": gettext_lazy("Channel: web, shop, telephone …"),
            "ticket": gettext_lazy("Number of the conversation"),
            "property": gettext_lazy("A property of the event"),
            "text": gettext_lazy("A property, exactly as it is written"),
            "ignored": gettext_lazy("Leave it out"),
        },
    ),
)
ROLE_NAMES: Final = {role: name for _heading, names in ROLE_GROUPS for role, name in names.items()}

#: What a column seems to hold.
KINDS: Final[dict[str, Promise | str]] = {
    "empty": gettext_lazy("empty"),
    "time": gettext_lazy("dates"),
    "number": gettext_lazy("numbers"),
    "boolean": gettext_lazy("yes or no"),
    "email": gettext_lazy("e-mail addresses"),
    "phone": gettext_lazy("telephone numbers"),
    "currency": gettext_lazy("currencies"),
    "object": gettext_lazy("JSON objects"),
    "text": gettext_lazy("texts"),
}

_REASONS: Final[dict[str, Promise | str]] = {
    "row.cells": gettext_lazy("The row has more or fewer cells than the table has columns"),
    "row.encoding": gettext_lazy("The row has signs that are not of the file's encoding"),
    "row.json": gettext_lazy("The line is not a JSON object"),
    "row.customer_missing": gettext_lazy("No customer: %(column)s is empty"),
    "row.time_missing": gettext_lazy("No date or time: %(column)s is empty"),
    "row.time_unreadable": gettext_lazy("%(column)s is not a date that can be read"),
    "row.number_unreadable": gettext_lazy("%(column)s is not a number that can be read"),
    "row.boolean_unreadable": gettext_lazy("%(column)s is neither yes nor no"),
    "row.currency_unknown": gettext_lazy("The currency is not known"),
    "row.amount_too_large": gettext_lazy("The amount has more digits than fit"),
    "row.object_unreadable": gettext_lazy("%(column)s is not a JSON object"),
    "row.json_unreadable": gettext_lazy("%(column)s is not JSON"),
    "row.name_missing": gettext_lazy("What happened is not said: %(column)s is empty"),
    "row.text_too_long": gettext_lazy("%(column)s is too long for a name or an id"),
    "row.group_rejected": gettext_lazy("Another row of the same order was rejected"),
    "row.currency_mixed": gettext_lazy("The rows of one order have several currencies"),
    "row.no_rule": gettext_lazy("The row fits none of the kinds of events"),
}
assert set(_REASONS) == set(REASONS)


def reason_in_words(reason: str, column: str = "") -> str:
    """Return why a row is rejected; the column by name where the reason is about one."""
    sentence = str(_REASONS.get(reason, reason))
    named = quoted(column) if column else _("a column")
    return filled(sentence, column=named) if "%(column)s" in sentence else sentence


def quoted(name: str) -> str:
    """Return a name out of the file in the quotation marks of the reader's language."""
    return filled(_("“%(name)s”"), name=name)


def listed(names: Iterable[str]) -> str:
    """Return names out of the file, one after the other."""
    return pgettext("between names in a row", ", ").join(map(quoted, names))


def doubt_in_words(choice: Choice, locale: Locale, currency: str) -> str:
    """Return what a person should look at before the numbers of a draft are believed."""
    column = quoted(choice.column)
    if choice.place == "event[0].at":
        return filled(
            _("Not all values of %(column)s are dates. Rows without one are rejected."), column=column
        )
    if choice.place == "event[0].amount" and choice.column:
        return filled(
            _(
                "Nothing says the currency of %(column)s: it stays a plain number. Choose the unit of the amounts."
            ),
            column=column,
        )
    if choice.place == "event[0].amount":
        return _("No column was taken for the amount: these orders count without money.")
    if choice.place == "event[0].currency":
        return filled(
            _(
                "No column says the currency: all amounts are taken as %(currency)s. Choose the unit if they are not."
            ),
            currency=currency_unit(currency, locale),
        )
    if choice.place == "units":
        return filled(
            _("Some units of money in %(column)s are not known. Rows with them are rejected."), column=column
        )
    return filled(
        _("Rows whose %(column)s says that the order was called off become cancelled orders."), column=column
    )


def currency_unit(code: str, locale: Locale) -> str:
    """Return a currency as its amounts in a file are counted: rials are rials there, also for Persian readers."""
    if code == "IRR":
        return _("rial (IRR)")
    name = locale.currency_name(code)
    return name if name == code else f"{name} ({code})"
