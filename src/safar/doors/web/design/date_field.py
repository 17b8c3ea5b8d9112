"""A field for a day, typed and shown in the reader's calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from safar.doors.web.error_sentences import sentence_of
from safar.show.locale import Locale
from safar.vocabulary.calendar import calendar as calendar_named
from safar.vocabulary.calendar import to_day
from safar.vocabulary.dates import parse_date
from safar.vocabulary.errors import Refusal


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
    """A text field for a day; with JavaScript a calendar opens beside it and says how the day is read.

    It runs as its text does: digits from left to right, ۳۰ آبان ۱۴۰۵ from right to left.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "dir": "auto", **(attrs or {})})
        self.locale = Locale("en")

    def format_value(self, value: object) -> str:
        """Return a day as digits of the reader's calendar; what was typed stays as it was typed."""
        if isinstance(value, dt.date):
            return typed_day(value, self.locale)
        return "" if value is None else str(value)

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Add the addresses that answer with the calendar and with the day in words."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        clock = urlencode({"zone": self.locale.time_zone, "week": self.locale.week_starts})
        return attrs | {
            "data-calendar": f"{reverse('design-calendar')}?{clock}",
            "data-reading": f"{reverse('design-day')}?{clock}",
        }


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
