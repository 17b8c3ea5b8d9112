"""Columns of dates and times: how they are written, told from many of them, and read a column at a time.

`safar.vocabulary.dates.DateFormat` reads one text exactly. Here many texts decide together what one cannot: whether
``03/04/2016`` is the third of April or the fourth of March, whether ``1402`` is a Jalali year, whether a number counts
seconds or milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.dates import DateFormat, Layout
from safar.vocabulary.digits import fold_digits
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_names import CalendarName
from safar.vocabulary.time_zone import DAY_US, SECOND_US, instants_of_local

#: Days that are looked at when a column's format is decided.
MOST_LOOKED_AT: Final = 20_000
#: Share of the texts that must be dates for a column to be one.
LEAST_SHARE: Final = 0.9
_FIRST_US: Final = int(np.datetime64("1900-01-01", "us").astype(np.int64))
_END_US: Final = int(np.datetime64("2201-01-01", "us").astype(np.int64))
#: Widths of ISO 8601 texts without a zone that the fast way reads: day, minute, second, milli- and microsecond.
_ISO_WIDTHS: Final = frozenset({10, 16, 19, 23, 26})

_CANDIDATES: Final[tuple[tuple[Layout, CalendarName], ...]] = (
    ("ymd", "gregorian"),
    ("ymd", "jalali"),
    ("dmy", "gregorian"),
    ("mdy", "gregorian"),
    ("dmy", "jalali"),
    ("ymd", "hijri"),
    ("dmy", "hijri"),
    ("compact", "gregorian"),
    ("compact", "jalali"),
)
#: Epochs between 2000 and 2100: anything else is taken for a number.
_EPOCHS: Final[tuple[tuple[Layout, int, int], ...]] = (
    ("epoch_s", 946_684_800, 4_102_444_800),
    ("epoch_ms", 946_684_800_000, 4_102_444_800_000),
    ("epoch_us", 946_684_800_000_000, 4_102_444_800_000_000),
)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How a column writes its instants, as far as its texts tell.

    Attributes
    ----------
    layout, calendar
        As in `safar.vocabulary.dates.DateFormat`.
    zoned
        Whether the texts say their time zone themselves.
    has_clock
        Whether there is a time of day beside the date.
    share
        Share of the texts that read so, 0 to 1.
    rival
        The other layout that reads them as well, or empty. Day-first and month-first are rivals when no text has a day
        above 12: nobody can tell, and someone has to say.
    """

    layout: Layout
    calendar: CalendarName
    zoned: bool
    has_clock: bool
    share: float
    rival: Layout | Literal[""] = ""


def detect_time_format(texts: Sequence[str], *, least: float = LEAST_SHARE) -> TimeFormat | None:
    """Return how these texts write instants, or None when too few are dates.

    Parameters
    ----------
    texts
        Many cells of one column; empty ones are left out of account.
    least
        The share of them that must be dates, 0 to 1.

    Examples
    --------
    >>> detect_time_format(["29/2/2016 01:16", "5/3/2016 12:00"]).layout
    'dmy'
    >>> detect_time_format(["05/03/2016", "05/04/2016"]).rival
    'mdy'
    """
    distinct = list(dict.fromkeys(text.strip() for text in texts if text and not text.isspace()))[
        :MOST_LOOKED_AT
    ]
    if not distinct:
        return None
    numeric = [fold_digits(text) for text in distinct]
    if all(text.lstrip("-").replace(".", "", 1).isdigit() for text in numeric):
        return _epoch(numeric, least) or _best(distinct, least, compact=True)
    return _best(distinct, least, compact=False)


def settled(found: dict[str, TimeFormat]) -> dict[str, TimeFormat]:
    """Return the formats of the columns of one file, doubts settled by the columns that have none.

    One program writes a file: where some columns are clearly day first, a column without a day above 12 is so too.
    """
    sure = {(each.layout, each.calendar) for each in found.values() if not each.rival}
    return {column: _settled(each, sure) for column, each in found.items()}


def _settled(doubtful: TimeFormat, sure: set[tuple[Layout, CalendarName]]) -> TimeFormat:
    if not doubtful.rival:
        return doubtful
    fitting = [
        layout
        for layout, calendar in sure
        if layout in (doubtful.layout, doubtful.rival) and calendar == doubtful.calendar
    ]
    return replace(doubtful, layout=fitting[0], rival="") if len(fitting) == 1 else doubtful


def _epoch(numbers: list[str], least: float) -> TimeFormat | None:
    values = [float(text) for text in numbers]
    for layout, low, high in _EPOCHS:
        share = sum(low <= value < high for value in values) / len(values)
        if share >= least:
            return TimeFormat(layout, "gregorian", zoned=True, has_clock=True, share=share)
    return None


def _best(texts: list[str], least: float, *, compact: bool) -> TimeFormat | None:
    probe = texts[:200]
    shares = {}
    for layout, calendar in _CANDIDATES:
        if (layout == "compact") != compact or _share(probe, layout, calendar) == 0:
            continue
        shares[layout, calendar] = _share(texts, layout, calendar)
    if not shares:
        return None
    (layout, calendar), share = max(shares.items(), key=lambda item: item[1])
    if share < least:
        return None
    rivals = [other for (other, _), reads in shares.items() if other != layout and reads == share]
    reader = DateFormat(layout, calendar, "UTC")
    elsewhere = DateFormat(layout, calendar, "Asia/Tehran")
    unreadable = reader.instants(probe)[1]
    readable = [text for place, text in enumerate(probe) if place not in unreadable]
    return TimeFormat(
        layout,
        calendar,
        zoned=bool((reader.instants(readable)[0] == elsewhere.instants(readable)[0]).all()),
        has_clock=any(":" in text for text in readable),
        share=share,
        rival=rivals[0] if rivals else "",
    )


def _share(texts: list[str], layout: Layout, calendar: CalendarName) -> float:
    """Return the share of texts that read so; a year that two calendars know counts for the likelier one."""
    _, refused = DateFormat(layout, calendar).instants(texts)
    wrong = set(refused)
    if calendar != "gregorian":
        _, otherwise = DateFormat(layout, "gregorian").instants(texts)
        likely = {
            row for row, refusal in otherwise.items() if refusal.context.get("calendar") in (calendar, None)
        }
        wrong |= set(range(len(texts))) - likely
    return 1 - len(wrong) / len(texts)


def read_instants(texts: Sequence[str], format_: DateFormat) -> tuple[NDArray[np.int64], dict[int, Refusal]]:
    """Return the instants of a column, in microseconds since 1970-01-01 UTC, and why rows were refused.

    The same answer as ``format_.instants(texts)``, sooner: ISO texts of one width are read all at once, and any other
    text that occurs twice is read once.
    """
    if format_.layout == "ymd" and format_.calendar == "gregorian":
        instants = _read_iso(texts, format_.time_zone)
        if instants is not None:
            return instants, {}
    distinct = list(dict.fromkeys(texts))
    if len(distinct) > len(texts) // 2:
        return format_.instants(texts)
    read, refused = format_.instants(distinct)
    place = {text: index for index, text in enumerate(distinct)}
    rows = np.fromiter(map(place.__getitem__, texts), dtype=np.int64, count=len(texts))
    if not refused:
        return read[rows], {}
    wrong = np.isin(rows, np.fromiter(refused, dtype=np.int64))
    return read[rows], {row: refused[int(rows[row])] for row in np.flatnonzero(wrong).tolist()}


def _read_iso(texts: Sequence[str], time_zone: str) -> NDArray[np.int64] | None:
    """Return the instants when all texts are ISO 8601 of one form and in range, else None."""
    letters = _letters(texts)
    if letters is None:
        return None
    width, offset = _zone_of(letters)
    if width not in _ISO_WIDTHS or not _separators_stand(letters[:, :width]):
        return None
    local = _local(letters[:, _digit_places(width)].astype(np.int64) - ord("0"))
    if local is None or local.min() < _FIRST_US or local.max() >= _END_US:
        return None
    if offset is not None:
        return local - offset
    return local if time_zone == "UTC" else instants_of_local(local, time_zone)


def _letters(texts: Sequence[str]) -> NDArray[np.uint8] | None:
    """Return the texts as a table of ASCII letters, or None when they differ in width."""
    widths = set(map(len, texts))
    if len(widths) != 1:
        return None
    try:
        return np.array(texts, dtype=f"S{widths.pop()}").view(np.uint8).reshape(len(texts), -1)
    except UnicodeEncodeError:
        return None


def _zone_of(letters: NDArray[np.uint8]) -> tuple[int, NDArray[np.int64] | None]:
    """Return the width without the zone, and the zone's offset from UTC in microseconds when one is written."""
    width = letters.shape[1]
    if width < 17:
        return width, None
    last = letters[0, -1]
    if last == ord("Z"):
        return (
            (width - 1, np.zeros(len(letters), dtype=np.int64))
            if (letters[:, -1] == last).all()
            else (0, None)
        )
    sign = letters[:, -6]
    if not ((sign == ord("+")) | (sign == ord("-"))).all():
        return width, None
    parts = letters[:, [-5, -4, -2, -1]].astype(np.int64) - ord("0")
    if parts.min() < 0 or parts.max() > 9 or (letters[:, -3] != ord(":")).any():
        return 0, None
    minutes = (parts[:, 0] * 10 + parts[:, 1]) * 60 + parts[:, 2] * 10 + parts[:, 3]
    if minutes.max() > 18 * 60 or (parts[:, 2] > 5).any():
        return 0, None
    return width - 6, np.where(sign == ord("-"), -minutes, minutes) * 60 * SECOND_US


def _separators_stand(letters: NDArray[np.uint8]) -> bool:
    width = letters.shape[1]
    marks = {4: "-", 7: "-"} | ({13: ":"} if width > 10 else {}) | ({16: ":"} if width > 16 else {})
    marks |= {19: "."} if width > 19 else {}
    if any((letters[:, place] != ord(mark)).any() for place, mark in marks.items()):
        return False
    return width == 10 or bool(((letters[:, 10] == ord(" ")) | (letters[:, 10] == ord("T"))).all())


@lru_cache(maxsize=8)
def _digit_places(width: int) -> list[int]:
    return [place for place in range(width) if place not in {4, 7, 10, 13, 16, 19}]


def _local(digits: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return microseconds on the writer's clock, or None when something is no digit or a part is out of its range."""
    if digits.min() < 0 or digits.max() > 9:
        return None
    year = digits[:, 0] * 1000 + digits[:, 1] * 100 + digits[:, 2] * 10 + digits[:, 3]
    month = digits[:, 4] * 10 + digits[:, 5]
    day = digits[:, 6] * 10 + digits[:, 7]
    if month.min() < 1 or month.max() > 12 or day.min() < 1:
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    starts = months.astype("datetime64[D]").astype(np.int64)
    if (day > (months + 1).astype("datetime64[D]").astype(np.int64) - starts).any():
        return None
    local: NDArray[np.int64] = (starts + day - 1) * DAY_US
    sizes = (3600 * SECOND_US, 60 * SECOND_US, SECOND_US)
    for size, highest, place in zip(sizes, (23, 59, 59), (8, 10, 12), strict=True):
        if place + 1 < digits.shape[1]:
            part = digits[:, place] * 10 + digits[:, place + 1]
            if part.max() > highest:
                return None
            local += part * size
    for place in range(14, digits.shape[1]):
        local += digits[:, place] * 10 ** (19 - place)
    return local
