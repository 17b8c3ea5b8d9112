"""Mappings as TOML files: read with every mistake named, checked against a file's columns, written back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from safar.vocabulary.errors import Json, Refusal, nearest
from safar.vocabulary.money import UnknownCurrency, exponent
from safar.vocabulary.text import fold
from safar.vocabulary.time_zone import time_zone

from .amounts import unit_of
from .delimited import BLANKS
from .encoding import checked_encoding
from .mapping import (
    Amount,
    Condition,
    Customer,
    Derived,
    EventRule,
    FileOptions,
    IdColumn,
    Mapping,
    NumberOptions,
    Property,
    SkipRule,
    TimeColumn,
    TimeOptions,
    property_rules,
)
from .mapping_columns import columns_of
from .rows import ancestors
from .template import Template

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+\Z")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<field>.*)`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<field>.*)`")
_PLACE: Final = re.compile(r" - at `\$(?P<place>.*?)`$")
_ENUM: Final = re.compile(r"Invalid enum value '?(?P<value>.*?)'?$")
_TESTS: Final = tuple(name for name in Condition.__struct_fields__ if name != "column")
_WIDEST: Final = 110
_PARTS: Final[dict[str, type[msgspec.Struct]]] = {
    "": Mapping,
    "file": FileOptions,
    "time": TimeOptions,
    "number": NumberOptions,
    "derive": Derived,
    "customer": Customer,
    "id": IdColumn,
    "traits": Property,
    "skip": SkipRule,
    "event": EventRule,
    "at": TimeColumn,
    "when": Condition,
    "amount": Amount,
    "properties": Property,
    "items": Property,
}
_CURRENCY_HINT: Final = (
    'Write currency = "IRR", or currency = "{Column}" for the column that says it; what its words mean stands in '
    '[units]: "toman" = "IRR*10".'
)
#: What is written as a section of its own; everything below stands inline.
_SECTIONS: Final = frozenset(
    [
        ("file",),
        ("time",),
        ("number",),
        ("units",),
        ("derive",),
        ("customer",),
        ("customer", "traits"),
        ("properties",),
        ("skip",),
        ("event",),
        ("event", "properties"),
    ]
)


class MappingUnreadable(Refusal, ValueError):
    """The mapping is no TOML."""

    code = "mapping.unreadable"


class MappingWrong(Refusal, ValueError):
    """The mapping says something that no mapping can say."""

    code = "mapping.wrong"


class MappingColumnsMissing(Refusal, LookupError):
    """The mapping names columns that the file does not have."""

    code = "mapping.columns_missing"


def load_mapping(path: Path) -> Mapping:
    """Return the mapping in a TOML file.

    Raises
    ------
    MappingUnreadable, MappingWrong
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingUnreadable(
            f"The mapping {str(path)!r} cannot be read: {error}.",
            hint="Check the path; a mapping is a TOML file in UTF-8.",
            file=str(path),
        ) from error
    return parse_mapping(text, name=path.name)


def parse_mapping(text: str, *, name: str = "the mapping") -> Mapping:
    """Return the mapping that a TOML text is.

    Parameters
    ----------
    text
        TOML; the fields are those of `safar.collect.mapping.Mapping`.
    name
        What messages call it.

    Raises
    ------
    MappingUnreadable
        With line and column.
    MappingWrong
        With the place, the line where it stands, and the nearest known name.

    Examples
    --------
    >>> parse_mapping('name = "shop"\\n[customer]\\nid = "id"\\n[[event]]\\nname = "visited"\\nat = "time"').event[0].at
    'time'
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingUnreadable(
            f"{name} is no TOML: {error}.",
            hint="Texts stand in quotes; a section is [file], one of several is [[event]].",
            mapping=name,
        ) from error
    try:
        mapping = msgspec.convert(given, Mapping)
    except msgspec.ValidationError as error:
        raise _explained(str(error), text, name) from error
    problems = list(_problems(mapping))
    if problems:
        place, sentence, hint = problems[0]
        raise MappingWrong(
            f"{name}, {place}: {sentence}",
            hint=hint,
            mapping=name,
            place=place,
            problems=[f"{each[0]}: {each[1]}" for each in problems],
        )
    return mapping


def check_columns(mapping: Mapping, names: Sequence[str], *, loose: bool = False) -> None:
    """Raise when the mapping names columns that a file does not have.

    Parameters
    ----------
    names
        The columns of the file.
    loose
        Whether any row may lack any column (JSON lines, XES): then only a column of the id and one of the time must be
        there.

    Raises
    ------
    MappingColumnsMissing
        Names each one with the nearest column there is.
    """
    known = {*names, *mapping.file.optional}
    missing: dict[str, str] = {}
    for column, place in _needed(mapping, known) if loose else columns_of(mapping):
        if column not in known and known.isdisjoint(ancestors(column)):
            missing.setdefault(column, place)
    if not missing:
        return
    hints = [f"{column!r} ({place}) {nearest(column, names)}".strip() for column, place in missing.items()]
    raise MappingColumnsMissing(
        f"The file has no column {'; no column '.join(hints)}",
        hint=f"It has {', '.join(map(repr, names[:40]))}{', …' if len(names) > 40 else ''}.",
        missing=list(missing),
        columns=list(names[:200]),
    )


def _needed(mapping: Mapping, known: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the columns of the id when none of them is known, and those of the times when none of them is."""
    ids = [id_column.column for id_column in mapping.customer.id_columns()]
    times = [column for rule in mapping.event for column in rule.time_columns()]
    if known.isdisjoint(ids) and not mapping.customer.anonymous_id:
        yield from ((column, "customer.id") for column in ids)
    if known.isdisjoint(times):
        yield from ((column, "event.at") for column in times)


def _explained(message: str, text: str, name: str) -> MappingWrong:
    """Return a decoding error as a person can use it: where, which line, what is near."""
    found = _PLACE.search(message)
    place = found["place"].lstrip(".") if found else ""
    sentence = message[: found.start()] if found else message
    hint, field = "", ""
    unknown, missing = _UNKNOWN.search(sentence), _MISSING.search(sentence)
    if unknown:
        field = unknown["field"]
        known = _part_at(place).__struct_fields__
        sentence = f"there is no field {field!r}"
        hint = nearest(field, known) or f"Known here: {', '.join(known)}."
    elif missing:
        sentence = f"the field {missing['field']!r} is missing"
        hint = "Every mapping has a name, a [customer] with an id, and [[event]] rules with a name and at."
    else:
        field = place.rpartition(".")[2].partition("[")[0]
        hint = _CURRENCY_HINT if field == "currency" else _allowed(sentence, place, field)
    line = _line_of(text, field)
    where = f"{name}, line {line}" if line else name
    return MappingWrong(
        f"{where}{f', in {place}' if place else ''}: {sentence}.",
        hint=hint,
        mapping=name,
        place=place,
        line=line,
    )


def _allowed(sentence: str, place: str, field: str) -> str:
    """Return what may stand there, when the message is about one word of several."""
    words = _words(_part_at(place.replace("[...]", "").rpartition(".")[0]), field)
    value = _ENUM.search(sentence)
    if not words or value is None:
        return "See docs/concepts/import.md for what may stand there."
    return nearest(value["value"], words) or f"Use one of {', '.join(words)}."


def _part_at(place: str) -> type[msgspec.Struct]:
    """Return the part of a mapping that stands at ``event[0].when[1]``."""
    names = [name.partition("[")[0] for name in place.replace("[...]", "").split(".")]
    return _PARTS.get(names[-1], Mapping)


def _words(part: type[msgspec.Struct], field: str) -> list[str]:
    hint = get_type_hints(part).get(field)
    options = (hint, *get_args(hint))
    return [word for option in options if get_origin(option) is Literal for word in get_args(option)]


def _line_of(text: str, field: str) -> int:
    """Return the first line on which a key stands, 0 when none does."""
    key = re.compile(rf"""(^|[\s{{,.])["']?{re.escape(field)}["']?\s*=""")
    lines = (number for number, line in enumerate(text.splitlines(), start=1) if field and key.search(line))
    return next(lines, 0)


def _problems(mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a mapping of the right form: where, what, what to do."""
    yield from _refused("file.encoding", checked_encoding, mapping.file.encoding)
    if mapping.file.delimiter not in (None, BLANKS) and len(mapping.file.delimiter or "") != 1:
        yield (
            "file.delimiter",
            f"{mapping.file.delimiter!r} is not one character.",
            f"Use one, or {BLANKS!r}.",
        )
    if len(mapping.file.quote or "") > 1:
        yield "file.quote", f"{mapping.file.quote!r} is not one character.", "Use one, or nothing."
    yield from _refused("time.time_zone", time_zone, mapping.time.time_zone)
    for word, unit in mapping.units.items():
        yield from _refused(f"units.{word}", unit_of, unit)
    yield from _template_problems("currency", mapping.currency, _currency_check(mapping))
    yield from _template_problems("channel", mapping.channel)
    yield from _template_problems("customer.anonymous_id", mapping.customer.anonymous_id)
    yield from _property_problems("customer.traits", mapping.customer.traits)
    yield from _property_problems("properties", mapping.properties)
    if not mapping.customer.id_columns():
        yield "customer.id", "no column is named.", "Name the column of the customer's id."
    if mapping.event_id and mapping.key:
        yield "key", "event_id is given too.", "Keep one of them."
    for name, derived in mapping.derive.items():
        yield from _template_problems(f"derive.{name}.text", derived.text)
        yield from _refused(f"derive.{name}.extract", _one_group, derived.extract)
        ways = [bool(derived.text), bool(derived.first), bool(derived.column), derived.row]
        is_whole = bool(derived.extract) == bool(derived.column) or (bool(derived.column) and derived.values)
        if sum(ways) != 1 or not is_whole:
            yield (
                f"derive.{name}",
                "it wants either text, first, row, or column and extract or values.",
                "Keep one of them.",
            )
    for number, skip in enumerate(mapping.skip):
        yield from _condition_problems(f"skip[{number}]", skip.when)
    for number, rule in enumerate(mapping.event):
        yield from _rule_problems(f"event[{number}]", rule, mapping)


def _rule_problems(place: str, rule: EventRule, mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    yield from _template_problems(f"{place}.name", rule.name)
    yield from _template_problems(f"{place}.channel", rule.channel)
    yield from _template_problems(f"{place}.currency", rule.currency, _currency_check(mapping))
    yield from _condition_problems(place, rule.when)
    yield from _property_problems(f"{place}.properties", rule.properties)
    yield from _refused(f"{place}.at.time_zone", time_zone, rule.time_column().time_zone)
    if not rule.time_columns():
        yield f"{place}.at", "no column is named.", "Name the column of the event's date and time."
    amount = rule.amount_rule()
    if amount and bool(amount.column) == bool(amount.columns):
        yield (
            f"{place}.amount",
            "it wants either column or columns.",
            "Name one column, or those to multiply.",
        )
    yield from _property_problems(f"{place}.items", rule.items)
    if rule.key and rule.per:
        yield f"{place}.key", "per is given too.", "Keep one of them."
    if rule.items and not rule.per:
        yield f"{place}.items", "per is missing.", "Name in per the columns that lines of one thing share."
    if amount and not (rule.currency or mapping.currency):
        yield f"{place}.amount", "its currency is missing.", 'Say currency = "IRR", or currency = "{Column}".'


def _currency_check(mapping: Mapping) -> Callable[[str], object]:
    """Return what refuses a text that is neither one of the mapping's units nor the code of a currency."""
    known = frozenset(map(fold, mapping.units))

    def check(text: str) -> None:
        if fold(text) in known:
            return
        try:
            exponent(text)
        except UnknownCurrency as refusal:
            hint = f"{refusal.hint} {_CURRENCY_HINT}".strip()
            raise UnknownCurrency(refusal.message, hint=hint, currency=text) from refusal

    return check


def _condition_problems(place: str, conditions: Sequence[Condition]) -> Iterator[tuple[str, str, str]]:
    for number, condition in enumerate(conditions):
        here = f"{place}.when[{number}]"
        if all(getattr(condition, test) is None for test in _TESTS):
            yield here, f"it asks nothing of {condition.column!r}.", f"Add one of {', '.join(_TESTS)}."
        for test in ("matches", "does_not_match"):
            yield from _refused(f"{here}.{test}", re.compile, getattr(condition, test))


def _property_problems(place: str, given: dict[str, str | Property]) -> Iterator[tuple[str, str, str]]:
    for name, rule in property_rules(given).items():
        if (rule.column is None) == (rule.value is None):
            yield f"{place}.{name}", "it wants either column or value.", "Keep one of them."


def _template_problems(
    place: str, text: str | None, check: Callable[[str], object] | None = None
) -> Iterator[tuple[str, str, str]]:
    if not text:
        return
    yield from _refused(place, Template.of, text)
    if check and "{" not in text:
        yield from _refused(place, check, text)


def _one_group(pattern: str) -> None:
    if re.compile(pattern).groups != 1:
        raise MappingWrong(f"{pattern!r} does not have one group.", hint="Put what to take in ( ).")


def _refused(place: str, check: Callable[[str], object], value: str | None) -> Iterator[tuple[str, str, str]]:
    if value is None:
        return
    try:
        check(value)
    except Refusal as refusal:
        yield place, refusal.message, refusal.hint
    except re.error as error:
        yield (
            place,
            f"{value!r} is not a regular expression: {error}.",
            "Escape ( [ . * + ? with a backslash.",
        )


def mapping_toml(mapping: Mapping) -> str:
    """Return the mapping as TOML text; `parse_mapping` reads the same mapping from it."""
    lines: list[str] = []
    _write_table(msgspec.to_builtins(mapping), (), lines)
    return "\n".join(lines).strip() + "\n"


def _write_table(table: dict[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    inline = {name: value for name, value in table.items() if not _is_section(path, name)}
    for name, value in inline.items():
        lines.append(f"{_key(name)} = {_value(value)}")
    for name, value in table.items():
        if name in inline:
            continue
        heading = ".".join(map(_key, (*path, name)))
        for each in value if isinstance(value, list) else [value] if value else []:
            lines.extend(["", f"[[{heading}]]" if isinstance(value, list) else f"[{heading}]"])
            _write_table(each, (*path, name), lines)


def _is_section(path: tuple[str, ...], name: str) -> bool:
    return (*path, name) in _SECTIONS


def _key(name: str) -> str:
    return name if _BARE_KEY.match(name) else _value(name)


def _value(value: Json) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        one_line = "[" + ", ".join(map(_value, value)) + "]"
        if len(one_line) <= _WIDEST:
            return one_line
        return "[\n" + "".join(f"  {_value(each)},\n" for each in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
