"""Who reads: the language, direction, theme and locale of a request.

A member reads in his own language. A stranger, and a member whose language is left open, reads in the one he chose
before (a cookie), else in the first one that his browser asks for and we speak, else in English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real

from safar.show.locale import LANGUAGES, Locale, weeks_of
from safar.show.numbers import Digits
from safar.store.registry import Workspace
from safar.vocabulary.time_names import CalendarName, Language

LANGUAGE_COOKIE: Final = "safar_language"
THEME_COOKIE: Final = "safar_theme"
#: Each language named in itself.
LANGUAGE_NAMES: Final[dict[str, str]] = {"fa": "فارسی", "ar": "العربية", "en": "English"}


class LanguageChoice(models.TextChoices):
    """What a member reads; each is named in itself."""

    FA = "fa", LANGUAGE_NAMES["fa"]
    AR = "ar", LANGUAGE_NAMES["ar"]
    EN = "en", LANGUAGE_NAMES["en"]


class CalendarChoice(models.TextChoices):
    """How a member's days are named and grouped."""

    OF_LANGUAGE = "", _("As usual in the language")
    JALALI = "jalali", _("Solar Hijri (Jalali)")
    HIJRI = "hijri", _("Lunar Hijri (Umm al-Qura)")
    GREGORIAN = "gregorian", _("Gregorian")


_DIGITS: Final[dict[str, str]] = {"persian": "۰۱۲۳۴۵۶۷۸۹", "arabic": "٠١٢٣٤٥٦٧٨٩", "latin": "0123456789"}


class DigitsChoice(models.TextChoices):
    """Which digits a member reads."""

    OF_LANGUAGE = "", _("As usual in the language")
    PERSIAN = "persian", _DIGITS["persian"]
    ARABIC = "arabic", _DIGITS["arabic"]
    LATIN = "latin", _DIGITS["latin"]


class Theme(models.TextChoices):
    """Light or dark, or as the machine is set."""

    SYSTEM = "system", _("As on this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


@dataclass(frozen=True, slots=True)
class Reader:
    """What a page must know of who reads it.

    Attributes
    ----------
    language
        ``fa``, ``ar`` or ``en``.
    calendar, digits, time_zone
        As chosen; empty follows the language, and for the time zone the workspace.
    theme
        A value of `Theme`.
    currency
        The currency shown first; empty follows the workspace.
    """

    language: Language
    calendar: str = ""
    digits: str = ""
    time_zone: str = ""
    theme: str = Theme.SYSTEM
    currency: str = ""

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``: for ``<html dir>``."""
        return "ltr" if self.language == "en" else "rtl"

    @property
    def language_name(self) -> str:
        """The language in itself."""
        return LANGUAGE_NAMES[self.language]

    def shape(self, text: str) -> str:
        """Return a text with its Latin digits in the reader's own."""
        return Locale(self.language, digits=cast("Digits | None", self.digits or None)).shape(text)

    def locale(self, workspace: Workspace) -> Locale:
        """Return how this reader is shown the numbers and days of a workspace."""
        return Locale(
            self.language,
            calendar=cast("CalendarName | None", self.calendar or None),
            digits=cast("Digits | None", self.digits or None),
            time_zone=self.time_zone or workspace.time_zone,
            currency=self.currency or workspace.currency,
            # colleagues see the same weeks, whatever each of them reads
            week_starts=weeks_of(
                cast("Language", workspace.language), cast("CalendarName", workspace.calendar)
            ),
        )

    def own_locale(self) -> Locale:
        """Return how this reader is shown numbers and days that belong to no workspace."""
        return Locale(
            self.language,
            calendar=cast("CalendarName | None", self.calendar or None),
            digits=cast("Digits | None", self.digits or None),
            time_zone=self.time_zone or None,
            currency=self.currency or None,
        )


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads the answer to this request."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    theme = theme if theme in Theme.values else Theme.SYSTEM
    member = getattr(request, "user", None)
    if member is not None and member.is_authenticated:
        language = member.language or _language_asked_for(request)
        return Reader(
            language, member.calendar, member.digits, member.time_zone, theme, currency=member.currency
        )
    return Reader(_language_asked_for(request), theme=theme)


def _language_asked_for(request: HttpRequest) -> Language:
    wanted = [request.COOKIES.get(LANGUAGE_COOKIE, "")]
    header = request.headers.get("Accept-Language", "")
    wanted += [tag.split("-")[0] for tag, _weight in trans_real.parse_accept_lang_header(header[:200])]
    spoken: dict[str, Language] = {language: language for language in LANGUAGES}
    return next((spoken[name] for name in wanted if name in spoken), "en")


class _Catalogue:
    """The texts of a language, with the digits written in them brought to the reader's own.

    Latin digits stay: they stand in placeholders and entities too, and a text with any is English.
    """

    def __init__(self, texts: Any, digits: str) -> None:
        self._texts = texts
        self._own = str.maketrans(_DIGITS["persian"] + _DIGITS["arabic"], digits * 2)

    def gettext(self, message: str) -> str:
        """Return the text of a message."""
        return cast("str", self._texts.gettext(message)).translate(self._own)

    def ngettext(self, singular: str, plural: str, number: float) -> str:
        """Return the text of a message that counts."""
        return cast("str", self._texts.ngettext(singular, plural, number)).translate(self._own)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._texts, name)


@contextmanager
def speaking(reader: Reader) -> Iterator[None]:
    """Speak the reader's language within, in the digits of his choice."""
    with translation.override(reader.language):
        if reader.digits:
            # Django offers to speak a language, not a catalogue of one's own.
            spoken = vars(trans_real)["_active"]
            spoken.value = _Catalogue(spoken.value, _DIGITS[reader.digits])
        yield


class ReaderMiddleware:
    """Finds the reader once for each request and speaks his language while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's language."""
        reader = reader_of(request)
        request.reader = reader  # type: ignore[attr-defined]
        with speaking(reader):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", reader.language)
        return response
