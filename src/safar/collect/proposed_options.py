"""What a drafted mapping says of the file itself: its form, how dates and numbers are written, its name."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from .column_words import plain_name
from .delimited import BLANKS
from .look import FileLook
from .mapping import EventRule, FileOptions, NumberOptions, TimeOptions
from .times import settled

#: Words that are proposed as nulls when they occur; NA never, for it may be an id.
_NULLS: Final = ("?", "NULL", "(null)", "\\N", "#N/A")


def file_options(look: FileLook) -> FileOptions:
    """Return how the file is written, where that does not go without saying."""
    shape = look.shape
    words = {word for column in look.columns for word in column.null_words}
    return FileOptions(
        format=shape.format,
        delimiter=BLANKS if shape.delimiter == BLANKS else None,
        header=None if shape.header else False,
        columns=None if shape.header else list(shape.names),
        null=[word for word in _NULLS if word in words],
    )


def time_options(look: FileLook, rules: list[EventRule]) -> TimeOptions:
    """Return how the columns of instants are written, when they are all written alike and beyond doubt."""
    columns = [column for rule in rules for column in rule.time_columns()]
    times = settled({name: time for name in columns if (time := look.column(name).time)})
    found = {(time.layout, time.calendar, time.rival) for time in times.values()}
    if len(found) != 1:
        return TimeOptions()
    layout, calendar, rival = found.pop()
    return TimeOptions() if rival else TimeOptions(layout=layout, calendar=calendar)


def number_options(look: FileLook) -> NumberOptions:
    """Return the decimal sign when all columns of numbers have the same."""
    found = {column.number.decimal for column in look.columns if column.number and column.number.decimal}
    return NumberOptions(decimal=found.pop()) if len(found) == 1 else NumberOptions()


def data_set_name(look: FileLook, rules: list[EventRule], event_id: str | None, key: list[str]) -> str:
    """Return a name that every export of the same kind gets: events' ids follow from it."""
    kind = rules[0].name if "{" not in rules[0].name else "events"
    if key := [event_id] if event_id else key or rules[0].per:
        words = [plain_name(column) for column in key]
        text = "_".join(words)
        return f"{kind}_by_{_slug(text) if text.isascii() else _digest(words)}"
    return f"{kind}_{_digest(sorted(map(plain_name, look.shape.names)))}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:60]


def _digest(words: list[str]) -> str:
    return hashlib.blake2b("\x1f".join(words).encode(), digest_size=4).hexdigest()
