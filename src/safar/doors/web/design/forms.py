"""Forms of pages: fields that read the digits, dates and numbers of all three languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from safar.doors.web.error_sentences import sentence_of
from safar.show.currency_names import currency_called
from safar.show.locale import LANGUAGES, Locale
from safar.show.zone_names import zone_called, zone_name
from safar.vocabulary.digits import fold_digits, parse_number
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.names import visible_line
from safar.vocabulary.time_names import Language
from safar.vocabulary.time_zone import time_zone

from .date_field import DateField, DateInput

__all__ = [
    "CurrencyField",
    "DateField",
    "DateInput",
    "DropInput",
    "EmailField",
    "NameField",
    "NumberField",
    "PageForm",
    "SearchInput",
    "SwitchInput",
    "TimeZoneField",
    "time_zone_names",
]

_LEFT_TO_RIGHT: Final = {"dir": "ltr"}


class PageForm(forms.Form):
    """A form in the reader's words: its fields know his calendar and digits.

    Parameters
    ----------
    locale
        Of the reader; by default what readers of the current language expect.
    """

    def __init__(self, *args: Any, locale: Locale | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.locale = locale or Locale(_language())
        for field in self.fields.values():
            if isinstance(field, DateField):
                field.read_by(self.locale)


def _language() -> Language:
    """Return the language of the moment."""
    for each in LANGUAGES:
        if each == get_language():
            return each
    return "en"


class NumberField(forms.Field):
    """A number in any digits and with any separators that can be read in one way only.

    The value is an exact `Decimal`, an `int` where only whole numbers are taken.

    Parameters
    ----------
    least, most
        Bounds that are still allowed; None for none.
    whole
        Whether only whole numbers are taken.
    """

    def __init__(
        self,
        *,
        least: Decimal | int | None = None,
        most: Decimal | int | None = None,
        whole: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                {"inputmode": "numeric" if whole else "decimal", "autocomplete": "off", **_LEFT_TO_RIGHT}
            ),
        )
        super().__init__(**kwargs)
        self.least, self.most, self.whole = least, most, whole

    def to_python(self, value: object) -> Decimal | int | None:
        """Return the number, or None for an empty field."""
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            number = parse_number(text)
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error
        if self.whole and number != number.to_integral_value():
            raise forms.ValidationError(_("Only a whole number fits here."), code="not_whole")
        if self.least is not None and number < self.least:
            raise forms.ValidationError(
                _("The least that fits here is %(least)s."), code="too_small", params={"least": self.least}
            )
        if self.most is not None and number > self.most:
            raise forms.ValidationError(
                _("The most that fits here is %(most)s."), code="too_large", params={"most": self.most}
            )
        return int(number) if self.whole else number


class EmailField(forms.EmailField):
    """An e-mail address, folded: capitals, blanks and direction marks make no second address."""

    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false", **_LEFT_TO_RIGHT})

    def to_python(self, value: object) -> str:
        """Return the folded address."""
        text = super().to_python(fold_digits(str(value or "")).strip())
        try:
            return fold_email(text) if text else ""
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error


class NameField(forms.CharField):
    """What people call a thing: one line that is seen, and that turns nothing beside it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"dir": "auto", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        """Return the name as it is kept; empty where nothing of it is seen."""
        return visible_line(super().to_python(value) or "")


class TimeZoneField(forms.CharField):
    """A time zone by its IANA name, by the city at its end, or by what readers call it: تهران, طهران, Doha."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("widget", SearchInput(_named_zones, {"autocomplete": "off", **_LEFT_TO_RIGHT}))
        super().__init__(**kwargs)

    def clean(self, value: object) -> str:
        """Return the name as it is spelled in the list, whatever was typed."""
        typed: str = super().clean(value)
        if not typed:
            return ""
        plain = typed.replace(" ", "_").casefold()
        spelled = {name.casefold(): name for name in time_zone_names()}
        in_cities = [name for each, name in spelled.items() if each.endswith(f"/{plain}")]
        found = spelled.get(plain) or zone_called(typed, _language()) or typed
        if found == typed and len(in_cities) == 1:
            found = in_cities[0]
        try:
            time_zone(found)
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error
        return found


class CurrencyField(forms.CharField):
    """A currency by its ISO code, or by what readers call it: تومان, ريال سعودي, dollar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", SearchInput(_named_currencies, {"autocomplete": "off", **_LEFT_TO_RIGHT}))
        super().__init__(**kwargs)

    def clean(self, value: object) -> str:
        """Return the code, whatever was typed."""
        typed: str = super().clean(value)
        found = currency_called(typed, _language()) if typed else ""
        if found is None:
            raise forms.ValidationError(sentence_of("money.unknown_currency"), code="money.unknown_currency")
        return found


class SearchInput(forms.TextInput):
    """A text field that offers what it takes while one types; anything may be typed, the field decides.

    Parameters
    ----------
    suggestions
        Gives what is offered, in the reader's language: pairs of a value, and what stands for it.
    """

    def __init__(
        self, suggestions: Callable[[], Sequence[tuple[str, str]]], attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__({"autocapitalize": "off", "spellcheck": "false", **(attrs or {})})
        self.suggestions = suggestions

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Name the list that stands beside the field."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return attrs | ({"list": f"{attrs['id']}_list"} if "id" in attrs else {})


def _named_zones() -> list[tuple[str, str]]:
    """Return the zones to choose from, those first that readers of the language have a name for."""
    names = {zone: zone_name(zone, _language()) for zone in time_zone_names()}
    zones = sorted(names, key=lambda zone: not names[zone])
    return [(zone, f"{names[zone]} · {zone}" if names[zone] else "") for zone in zones]


def _named_currencies() -> list[tuple[str, str]]:
    """Return the currencies to choose from, those first that readers of the language have a word for."""
    names = {code: Locale(_language()).currency_name(code) for code in sorted(EXPONENTS)}
    codes = sorted(names, key=lambda code: names[code] == code)
    return [(code, f"{names[code]} · {code}" if names[code] != code else "") for code in codes]


@cache
def time_zone_names() -> tuple[str, ...]:
    """Return the names of places that clocks are set by, without the old and the technical ones."""
    continents = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(continents)))


class DropInput(forms.ClearableFileInput):
    """A file to choose, or to drop on the field."""


class SwitchInput(forms.CheckboxInput):
    """Something that is on or off at once; read out as a switch."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch", "class": "switch", **(attrs or {})})
