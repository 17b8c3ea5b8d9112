"""Deciding, before the first event is made, how each column of a file writes its times and numbers.

What the mapping says holds. What it leaves open is told from many rows; what even many rows leave open (day or month
first, which mark is the decimal one) is refused with the question to answer, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from safar.vocabulary.dates import DateFormat
from safar.vocabulary.digits import DecimalMark
from safar.vocabulary.errors import Refusal

from .cells import Cells
from .mapping import Mapping, Property, PropertyType, TimeOptions, property_rules
from .numbers import detect_number_format
from .rows import Rows
from .times import TimeFormat, detect_time_format, settled

#: Rows that formats are told from; more, up to `MOST_ROWS`, as long as something is undecided.
ENOUGH_ROWS: Final = 20_000
MOST_ROWS: Final = 300_000
_SHOWN: Final = 5


class TimeUndecided(Refusal, ValueError):
    """Dates that read day first and month first."""

    code = "import.time_undecided"


class TimeUnknown(Refusal, ValueError):
    """A column that should hold dates holds something else."""

    code = "import.time_unknown"


class NumberUndecided(Refusal, ValueError):
    """Numbers that read with a decimal point and with a decimal comma."""

    code = "import.number_undecided"


@dataclass(frozen=True, slots=True)
class TimeDecision:
    """How one column's instants are read, and who decided it.

    Attributes
    ----------
    format
        The reader.
    decided_by
        ``mapping``, ``file``, or ``nothing`` (the column is empty as far as was looked).
    zoned
        Whether the texts say their time zone themselves, so that the format's own does not count.
    has_clock
        Whether there is a time of day.
    """

    format: DateFormat
    decided_by: Literal["mapping", "file", "nothing"]
    zoned: bool
    has_clock: bool


@dataclass(slots=True)
class Formats:
    """How the columns of one file are read.

    Attributes
    ----------
    times
        By column.
    decimals
        The decimal mark by column; None where no text needs one.
    """

    times: dict[str, TimeDecision] = field(default_factory=dict)
    decimals: dict[str, DecimalMark | None] = field(default_factory=dict)


def time_columns(mapping: Mapping) -> dict[str, TimeOptions]:
    """Return every column that is read as instants, with what the mapping says of it."""
    found: dict[str, TimeOptions] = {}
    for rule in mapping.event:
        at = rule.time_column()
        for column in rule.time_columns():
            found.setdefault(column, _over(at, mapping.time))
        found |= {column: mapping.time for column in _of_type(rule.properties, "date") if column not in found}
    found |= {
        column: mapping.time for column in _of_type(mapping.customer.traits, "date") if column not in found
    }
    return found


def number_columns(mapping: Mapping) -> list[str]:
    """Return every column that is read as numbers."""
    conditions = [condition for rule in mapping.event for condition in rule.when]
    conditions += [condition for skip in mapping.skip for condition in skip.when]
    found = [condition.column for condition in conditions if condition.bounds()]
    for rule in mapping.event:
        amount = rule.amount_rule()
        if amount:
            found += ([amount.column] if amount.column else []) + amount.columns
        found += _of_type(rule.properties, "number")
        found += _of_type(rule.items, "number")
    found += _of_type(mapping.customer.traits, "number")
    return list(dict.fromkeys(found))


def _of_type(given: dict[str, str | Property], wanted: PropertyType) -> list[str]:
    return [rule.column for rule in property_rules(given).values() if rule.type == wanted and rule.column]


def _over(own: TimeOptions, general: TimeOptions) -> TimeOptions:
    return TimeOptions(
        layout=own.layout or general.layout,
        calendar=own.calendar or general.calendar,
        time_zone=own.time_zone or general.time_zone,
    )


def decide_formats(mapping: Mapping, pieces: Iterator[Rows], *, time_zone: str = "UTC") -> Formats:
    """Return how the columns that a mapping names are read.

    Parameters
    ----------
    pieces
        The rows of the file from the start; as many are taken as it needs.
    time_zone
        IANA name of the clock that wrote the file, where neither the mapping nor the texts say.

    Raises
    ------
    TimeUndecided, TimeUnknown, NumberUndecided
    """
    times = time_columns(mapping)
    numbers = number_columns(mapping) if mapping.number.decimal is None else []
    samples: dict[str, dict[str, None]] = {column: {} for column in (*times, *numbers)}
    taken = 0
    values: set[str] = set()
    for piece in pieces:
        cells = Cells(piece, mapping)
        values |= {column for column in numbers if _has_numbers(piece, column)}
        for column, sample in samples.items():
            sample.update(dict.fromkeys(cells.texts(column)))
        taken += len(piece)
        texts = [column for column in numbers if column not in values]
        if taken >= MOST_ROWS or (taken >= ENOUGH_ROWS and not _open_question(times, texts, samples)):
            break
    declared: dict[str, DecimalMark | None] = dict.fromkeys(number_columns(mapping), mapping.number.decimal)
    told: dict[str, DecimalMark | None] = {
        column: "." if column in values else _decimal(column, _filled(samples[column])) for column in numbers
    }
    filled = {column: _filled(samples[column]) for column in times}
    found = settled(_known({column: detect_time_format(filled[column]) for column in times}))
    return Formats(
        times={
            column: _time_decision(column, options, filled[column], found.get(column), time_zone)
            for column, options in times.items()
        },
        decimals=declared | told,
    )


def _has_numbers(piece: Rows, column: str) -> bool:
    """Whether a typed format holds numbers there: then their texts have a decimal point."""
    return piece.typed and any(isinstance(value, (float, Decimal)) for value in piece.values(column))


def _filled(sample: dict[str, None]) -> list[str]:
    return [text for text in sample if text]


def _open_question(
    times: dict[str, TimeOptions], numbers: list[str], samples: dict[str, dict[str, None]]
) -> bool:
    texts = {column: _filled(samples[column]) for column, options in times.items() if options.layout is None}
    found = {column: detect_time_format(filled) for column, filled in texts.items() if filled}
    if None in found.values() or any(each.rival for each in settled(_known(found)).values()):
        return True
    found_numbers = (detect_number_format(_filled(samples[column])) for column in numbers)
    return any(found is not None and found.ambiguous for found in found_numbers)


def _known(found: dict[str, TimeFormat | None]) -> dict[str, TimeFormat]:
    return {column: each for column, each in found.items() if each is not None}


def _time_decision(
    column: str, options: TimeOptions, texts: list[str], found: TimeFormat | None, time_zone: str
) -> TimeDecision:
    zone = options.time_zone or time_zone
    has_clock = found.has_clock if found else any(":" in text for text in texts)
    if options.layout:
        chosen = DateFormat(options.layout, options.calendar or _calendar(found, options), zone)
        return TimeDecision(chosen, "mapping", bool(found and found.zoned), has_clock)
    if not texts:
        return TimeDecision(DateFormat("ymd", options.calendar or "gregorian", zone), "nothing", False, False)
    if found is None or (options.calendar and found.calendar != options.calendar):
        raise TimeUnknown(
            f"Column {column!r} holds no dates that can be told: {_some(texts)}.",
            hint="Name another column, or say layout and calendar in [time].",
            column=column,
            values=list(texts[:_SHOWN]),
        )
    if found.rival:
        raise TimeUndecided(
            f"Column {column!r} reads day first and month first alike: {_some(texts)}.",
            hint='Say layout = "dmy" or layout = "mdy" in [time].',
            column=column,
            values=list(texts[:_SHOWN]),
        )
    return TimeDecision(DateFormat(found.layout, found.calendar, zone), "file", found.zoned, has_clock)


def _calendar(found: TimeFormat | None, options: TimeOptions) -> Literal["gregorian", "jalali", "hijri"]:
    return found.calendar if found and found.layout == options.layout else "gregorian"


def _decimal(column: str, texts: list[str]) -> DecimalMark | None:
    found = detect_number_format(texts)
    if found is None:
        return None
    if found.ambiguous:
        raise NumberUndecided(
            f"Column {column!r} has numbers that read in two ways, such as {found.ambiguous!r}.",
            hint='Say decimal = "." or decimal = "," in [number].',
            column=column,
            values=[found.ambiguous],
        )
    return found.decimal


def _some(texts: Sequence[str]) -> str:
    return ", ".join(map(repr, texts[:_SHOWN]))
