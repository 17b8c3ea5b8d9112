"""Lengths and stretches of time as text: ``7d``, ``۷ روز``, ``2026-01-01..2026-03-01``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final

from safar.vocabulary.digits import BIDI_MARKS, fold_digits
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import DurationUnreadable, Window, duration, to_microseconds

from .time_words import in_short

_UNITS: Final = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)
_ISO: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d{1,6}))?S)?)?",
    re.ASCII | re.IGNORECASE,
)
_UNSEEN: Final = str.maketrans("", "", BIDI_MARKS)


class TimeUnreadable(Refusal, ValueError):
    """The text is no instant and no stretch of time."""

    code = "window.unreadable"


def length_of(text: str) -> timedelta:
    """Return the length of time that a text says: ``7d``, ``1h 30m``, ISO 8601's ``P7D``, ``PT1H30M``, or in words.

    Words are those that people write, in Persian, Arabic and English, and that `safar.show.locale.Locale.duration`
    writes: ``۲ ساعت و ۳۰ دقیقه``, ``يومان``, ``7 days``.

    Raises
    ------
    DurationUnreadable
        See `safar.vocabulary.window.duration`.

    Examples
    --------
    >>> length_of("۷ روز") == length_of("7 days") == length_of("٧ أيام") == length_of("7d")
    True
    """
    iso = _ISO.fullmatch(fold_digits(text).strip())
    if iso is None:
        try:
            return duration(text)
        except DurationUnreadable:
            short = in_short(text)
            if short is None:
                raise
            return duration(short)
    parts = {name: int(found) for name, found in iso.groupdict().items() if found and name != "fraction"}
    try:
        return timedelta(**parts, microseconds=int((iso["fraction"] or "").ljust(6, "0")))
    except OverflowError:
        raise DurationUnreadable(
            f"{text!r} is longer than lengths of time can be.", hint="Give a shorter one.", text=text
        ) from None


def length_text_of(length: timedelta) -> str:
    """Return a length of time as `length_of` reads it back, exactly.

    >>> length_text_of(timedelta(days=7)), length_text_of(timedelta(minutes=90)), length_text_of(timedelta(0))
    ('7d', '1h 30m', '0s')
    """
    terms, rest = [], length
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            terms.append(f"{count}{unit}")
        if count > 999_999:  # more than the short form takes
            seconds = length - timedelta(days=length.days)
            return f"P{length.days}DT{seconds.seconds}.{seconds.microseconds:06}S"
    if rest:
        milliseconds, microseconds = divmod(rest // timedelta(microseconds=1), 1000)
        terms.append(f"{milliseconds}.{microseconds:03}ms" if microseconds else f"{milliseconds}ms")
    return " ".join(terms) or "0s"


def instant_of(text: str) -> datetime:
    """Return the instant of a day (its beginning in UTC) or of a time with its zone, as ISO 8601 writes them.

    Raises
    ------
    TimeUnreadable
    """
    folded = fold_digits(text).translate(_UNSEEN).strip()
    try:
        found = datetime.fromisoformat(folded)
    except ValueError:
        raise TimeUnreadable(
            f"{text!r} is no day and no instant.",
            hint="Write a day of the Gregorian calendar, 2026-01-31, or an instant, 2026-01-31T12:00+03:30.",
        ) from None
    if found.tzinfo is None and ":" not in folded:
        found = found.replace(tzinfo=UTC)
    to_microseconds(found)
    return found


def instant_text_of(instant: datetime) -> str:
    """Return an instant of UTC as `instant_of` reads it back: the day alone at its beginning."""
    if instant.time() == time():
        return instant.date().isoformat()
    return instant.isoformat().replace("+00:00", "Z")


def window_of(text: str) -> Window:
    """Return the window from the first instant up to, but not including, the second one: ``2026-01-01..2026-03-01``.

    Raises
    ------
    TimeUnreadable, WindowReversed
    """
    start, dots, end = text.partition("..")
    if not dots:
        raise TimeUnreadable(
            f"{text!r} is no stretch of time.", hint="Write its two ends, such as 2026-01-01..2026-03-01."
        )
    return Window(instant_of(start), instant_of(end))


def window_text_of(window: Window) -> str:
    """Return a window as `window_of` reads it back."""
    return f"{instant_text_of(window.start)}..{instant_text_of(window.end)}"
