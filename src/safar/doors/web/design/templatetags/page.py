"""Tags that every template knows."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from safar.doors.web.design.date_field import DateInput, reading_of
from safar.doors.web.design.reader import Reader
from safar.doors.web.design.static_files import static_address
from safar.doors.web.design.words import parted, turns

register = template.Library()

_WORD: Final = re.compile(r"(\S+)")
#: A word with one in it is a code, such as ``30d`` and ``https://example.com/v1``: its digits are part of it.
_LATIN: Final = re.compile("[A-Za-z]")
#: A short code of several parts, such as ``cus-0000466``; a long one must be able to break.
_SHORT_CODE: Final = re.compile(r"(?<![\w-])(?=[\w-]{3,24}(?![\w-]))\w+(?:-\w+)+", re.ASCII)


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a style, script or font."""
    address: str = static_address(name)
    return address


@register.filter
def num(text: str) -> SafeString:
    """Return a number, date or amount already in the reader's words, kept together in a line of either
    direction."""
    if turns(str(text)):
        return format_html('<bdi class="num" dir="rtl">{}</bdi>', text)
    return format_html('<bdi class="num">{}</bdi>', text)


@register.filter
def turned(text: str) -> bool:
    """Whether a text with a number runs from right to left though a browser would take it for the other way."""
    return turns(str(text))


@register.filter
def interval_apart(text: str) -> SafeString:
    """Return a number with its interval in brackets so that the interval stands below it where both are in a table."""
    found = parted(str(text))
    if found is None:
        return conditional_escape(text)
    return format_html('{} <span class="interval">{}</span>', *found)


@register.filter
def shaped(text: str, reader: Reader) -> str:
    """Return a text with its Latin digits in the reader's own; those of codes, which are typed so, stay."""
    words = _WORD.split(str(text))
    return "".join(word if _LATIN.search(word) else reader.shape(word) for word in words)


@register.filter
def codes_whole(text: str) -> SafeString:
    """Return a text whose short codes do not break at their hyphens at the end of a line.

    >>> codes_whole("Sara · cus-0000466")
    'Sara · <span class="code-word">cus-0000466</span>'
    """
    return mark_safe(  # noqa: S308 - escaped, and nothing of a code needs it
        _SHORT_CODE.sub(r'<span class="code-word">\g<0></span>', escape(text))
    )


@register.filter
def first_letter(name: object) -> str:
    """Return the first letter of a name, large where its script has large ones."""
    return str(name).strip()[:1].upper()


@register.filter
def unlocalized(number: float) -> str:
    """Return a number as attributes of HTML want it: Latin digits, a point."""
    return repr(float(number))


@register.filter
def day_in_words(field: BoundField) -> str:
    """Return how a day that stands in a field is read: with its day of the week, in the reader's words."""
    widget = field.field.widget
    return reading_of(field.value(), widget.locale) if isinstance(widget, DateInput) else ""
