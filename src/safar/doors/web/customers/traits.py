"""What is known of a customer, in words: the traits that pages know, and the shapes of their values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.events.words import as_text, cut, visible
from safar.show.locale import Locale

_LONGEST_NAME: Final = 60
_LONGEST_VALUE: Final = 500

#: Names without capitals, blanks and underscores, as Segment's reserved traits and our own files write them.
_NAMES: Final[dict[str, Promise]] = {
    "address": gettext_lazy("Address"),
    "age": gettext_lazy("Age"),
    "birthday": gettext_lazy("Birthday"),
    "city": gettext_lazy("City"),
    "cityname": gettext_lazy("City"),
    "company": gettext_lazy("Company"),
    "consent": gettext_lazy("Consent to messages"),
    "country": gettext_lazy("Country"),
    "createdat": gettext_lazy("Customer since"),
    "description": gettext_lazy("Description"),
    "email": gettext_lazy("E-mail"),
    "firstname": gettext_lazy("First name"),
    "gender": gettext_lazy("Gender"),
    "language": gettext_lazy("Language"),
    "lastname": gettext_lazy("Last name"),
    "name": pgettext_lazy("of a person", "Name"),
    "phone": gettext_lazy("Telephone"),
    "since": gettext_lazy("Customer since"),
    "title": pgettext_lazy("of a person", "Title"),
    "username": gettext_lazy("User name"),
    "website": gettext_lazy("Website"),
}
_LANGUAGES: Final[dict[str, Promise]] = {
    "ar": gettext_lazy("Arabic"),
    "en": gettext_lazy("English"),
    "fa": gettext_lazy("Persian"),
}
#: Traits that hold an instant.
_INSTANTS: Final = frozenset({"createdat", "since"})
_CONSENTS: Final[dict[str, Promise]] = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "push": gettext_lazy("Push messages"),
    "sms": gettext_lazy("SMS"),
}


def trait_in_words(name: str, value: Any, locale: Locale) -> tuple[str, str]:
    """Return what a trait is called and its value, as readers say them; what no page knows stands as it was sent."""
    key = name.replace("_", "").replace(" ", "").casefold()
    known = _NAMES.get(key)
    if known is None:
        return cut(visible(name), _LONGEST_NAME), _raw(value)
    if isinstance(value, str) and (key in _INSTANTS or key == "birthday"):
        return str(known), _day(value, locale, is_instant=key in _INSTANTS) or _raw(value)
    if key == "language" and isinstance(value, str) and value in _LANGUAGES:
        return str(known), str(_LANGUAGES[value])
    return str(known), _shaped(value)


def _shaped(value: Any) -> str:
    if isinstance(value, bool):
        return _yes_or_no(value)
    if isinstance(value, dict) and value and all(isinstance(each, bool) for each in value.values()):
        told = (f"{_CONSENTS.get(name, visible(name))}: {_yes_or_no(each)}" for name, each in value.items())
        return cut(pgettext("between things in a list", ", ").join(told), _LONGEST_VALUE)
    return _raw(value)


def _yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _day(text: str, locale: Locale, *, is_instant: bool) -> str:
    """Return an ISO day or instant in the reader's calendar; empty for what is neither.

    A day of birth is the same on every clock.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return locale.date(at if is_instant and at.tzinfo else at.date())


def _raw(value: Any) -> str:
    return cut(visible(as_text(value)), _LONGEST_VALUE)
