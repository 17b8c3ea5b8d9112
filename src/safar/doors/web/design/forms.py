"""Forms of pages: fields that read the digits, dates and numbers of all three languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from safar.doors.web.error_sentences import sentence_of
from safar.show.locale import LANGUAGES, Locale
from safar.vocabulary.calendar import calendar as calendar_named
from safar.vocabulary.calendar import to_day
from safar.vocabulary.dates import parse_date
from safar.vocabulary.digits import fold_digits, parse_number
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import Refusal

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
        spoken = next((each for each in LANGUAGES if each == get_language()), "en")
        self.locale = locale or Locale(spoken)
        for field in self.fields.values():
            if isinstance(field, DateField):
                field.read_by(self.locale)


class DateField(forms.Field):
    """A day, typed in the reader's calendar and in any digits: ۱۴۰۵/۰۸/۳۰, 1405-8-30, 30 آبان 1405.

    The value is a (Gregorian) `datetime.date`. A year of another calendar is refused with a hint, never guessed.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        super().__init__(**kwargs)
        self.locale = Locale("en")

    def read_by(self, locale: Locale) -> None:
        """Read and show days as this reader does."""
        self.locale = locale
        cast("DateInput", self.widget).locale = locale

    def to_python(self, value: object) -> dt.date | None:
        """Return the day, or None for an empty field."""
        if value is None or isinstance(value, dt.date):
            return value
        text = str(value).strip()
        if not text:
            return None
        try:
            return parse_date(text, calendar=self.locale.calendar)
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error

    def has_changed(self, initial: object, data: object) -> bool:
        """Whether the typed day is another one."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True


class DateInput(forms.TextInput):
    """A text field for a day; with JavaScript a calendar opens beside it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "inputmode": "text", **_LEFT_TO_RIGHT, **(attrs or {})})
        self.locale = Locale("en")

    def format_value(self, value: object) -> str:
        """Return a day as digits of the reader's calendar; what was typed stays as it was typed."""
        if isinstance(value, dt.date):
            return typed_day(value, self.locale)
        return "" if value is None else str(value)


def typed_day(day: dt.date, locale: Locale) -> str:
    """Return a day as a reader would type it, in Latin digits: 1405/08/30.

    >>> typed_day(dt.date(2026, 11, 21), Locale("fa"))
    '1405/08/30'
    """
    year, month, of_month = calendar_named(locale.calendar).date(to_day(day))
    return f"{year}/{month:02}/{of_month:02}"


def reading_of(value: object, locale: Locale) -> str:
    """Return a day, typed or known, in full words; empty for what is no day."""
    if isinstance(value, dt.date):
        return locale.date(value, "full")
    try:
        return locale.date(parse_date(str(value or ""), calendar=locale.calendar), "full")
    except Refusal:
        return ""


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
