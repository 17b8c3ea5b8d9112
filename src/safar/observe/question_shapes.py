"""How each type of which questions are made is written as JSON, read back and described.

A question is made of texts, numbers, truths, choices, lengths and stretches of time, and frozen classes of these. From
the types of a class's fields follows its JSON, so that a new question needs no code here.
"""

from __future__ import annotations

import dataclasses
import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache, cached_property
from typing import Any, Final, Literal, Protocol

from safar.vocabulary.dates import parse_date
from safar.vocabulary.errors import Json, Refusal, nearest
from safar.vocabulary.window import Window

from .among import Segment
from .conditions import Condition
from .rule_text import condition_of, condition_text_of, rule_of, text_of
from .segment_text import segment_of, segment_text_of
from .steps import StepRule
from .time_text import instant_of, length_of, length_text_of, window_of

#: What tells the classes of one field apart.
TAG: Final = "kind"
_LONGEST_SHOWN: Final = 60
#: Half of a character of UTF-16 by itself.
_HALF: Final = re.compile(r"[\ud800-\udfff]")


class QuestionRefused(Refusal, ValueError):
    """The JSON is no question; ``context`` has the JSON pointer of what is wrong, what was found and is allowed."""

    code = "question.refused"


class Shape(Protocol):
    """How values of one type are written as JSON."""

    def tell(self, value: Any) -> Json:
        """Return the value as JSON."""

    def read(self, data: Json, path: str) -> Any:
        """Return the value that the JSON at a pointer says.

        Raises
        ------
        QuestionRefused
        """

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema of the values."""


def refused(path: str, found: object, allowed: str, *, hint: str = "") -> QuestionRefused:
    """Return the refusal of what stands at a JSON pointer."""
    shown = repr(found)
    shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
    return QuestionRefused(
        f"At {path or '/'} of the question stands {shown}; allowed is {allowed}.",
        hint=hint,
        path=path,
        found=shown,
        allowed=allowed,
    )


def _check_text(path: str, data: str) -> None:
    """Check that a text can be said in UTF-8: JSON can name halves of characters."""
    if _HALF.search(data):
        raise refused(path, data, "a text of whole characters")


@dataclass(frozen=True)
class _Plain:
    """A text, a whole number, a number, a truth."""

    kind: type[Any]
    name: str
    allowed: str

    def tell(self, value: Any) -> Json:
        told: Json = value
        return told

    def read(self, data: Json, path: str) -> Any:
        if self.kind is float and type(data) is int:
            return float(data)
        if type(data) is not self.kind or (isinstance(data, float) and not math.isfinite(data)):
            raise refused(path, data, self.allowed)
        if isinstance(data, str):
            _check_text(path, data)
        return data

    def schema(self) -> dict[str, Json]:
        return {"type": self.name}


@dataclass(frozen=True)
class _Texted:
    """What is written as one text; ``other`` reads what else it may be."""

    told: Callable[[Any], Json]
    said: Callable[[str], Any]
    allowed: str
    description: Mapping[str, Json]
    other: Shape | None = None

    def tell(self, value: Any) -> Json:
        return self.told(value)

    def read(self, data: Json, path: str) -> Any:
        if not isinstance(data, str):
            if self.other is not None and isinstance(data, dict):
                return self.other.read(data, path)
            raise refused(path, data, self.allowed)
        _check_text(path, data)
        try:
            return self.said(data)
        except Refusal as refusal:
            raise _because(refusal, path) from None

    def schema(self) -> dict[str, Json]:
        text: dict[str, Json] = {"type": "string", **self.description}
        return text if self.other is None else {"anyOf": [text, self.other.schema()]}


@dataclass(frozen=True)
class _Choice:
    """One of a few texts or numbers, each of which stands for a value."""

    values: Mapping[Any, Any]

    def tell(self, value: Any) -> Json:
        told: Json = next(told for told, each in self.values.items() if each == value)
        return told

    def read(self, data: Json, path: str) -> Any:
        if isinstance(data, str | int) and data in self.values:
            return self.values[data]
        names = list(map(str, self.values))
        raise refused(path, data, f"one of {', '.join(names)}", hint=nearest(str(data), names))

    def schema(self) -> dict[str, Json]:
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class _Optional:
    """A value or null."""

    of: Shape

    def tell(self, value: Any) -> Json:
        return None if value is None else self.of.tell(value)

    def read(self, data: Json, path: str) -> Any:
        return None if data is None else self.of.read(data, path)

    def schema(self) -> dict[str, Json]:
        return {"anyOf": [{"type": "null"}, self.of.schema()]}


@dataclass(frozen=True)
class _Many:
    """A list of values of one type."""

    of: Shape

    def tell(self, value: Any) -> Json:
        return [self.of.tell(each) for each in value]

    def read(self, data: Json, path: str) -> Any:
        if not isinstance(data, list):
            raise refused(path, data, "a list")
        return tuple(self.of.read(each, f"{path}/{place}") for place, each in enumerate(data))

    def schema(self) -> dict[str, Json]:
        return {"type": "array", "items": self.of.schema()}


@dataclass(frozen=True)
class _Several:
    """A list of so many values, each of its own type."""

    of: tuple[Shape, ...]

    def tell(self, value: Any) -> Json:
        return [shape.tell(each) for shape, each in zip(self.of, value, strict=True)]

    def read(self, data: Json, path: str) -> Any:
        if not isinstance(data, list) or len(data) != len(self.of):
            raise refused(path, data, f"a list of {len(self.of)}")
        pairs = zip(self.of, data, strict=True)
        return tuple(shape.read(each, f"{path}/{place}") for place, (shape, each) in enumerate(pairs))

    def schema(self) -> dict[str, Json]:
        shapes: list[Json] = [shape.schema() for shape in self.of]
        return {"type": "array", "prefixItems": shapes, "minItems": len(shapes), "maxItems": len(shapes)}


@dataclass(frozen=True)
class Field:
    """One field of a record.

    Attributes
    ----------
    name
        Of the field and of its place in the JSON.
    hint
        Its type.
    needed
        It has no default.
    default
        What it is when nothing is said.
    description
        From the docstring of the class.
    """

    name: str
    hint: Any
    needed: bool
    default: Any
    description: str

    @property
    def shape(self) -> Shape:
        """How its values are written."""
        return shape_of(self.hint)


@dataclass(frozen=True)
class Record:
    """A frozen class: an object with the fields that are not as they are by default."""

    kind: type[Any]
    tag: str | None = None

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Its fields, in order."""
        return _fields(self.kind)

    def tell(self, value: Any) -> dict[str, Json]:
        """Return the value as JSON."""
        told: dict[str, Json] = {} if self.tag is None else {TAG: self.tag}
        for each in self.fields:
            found = getattr(value, each.name)
            if each.needed or found != each.default:
                told[each.name] = each.shape.tell(found)
        return told

    def read(self, data: Json, path: str) -> Any:
        """Return the value that the JSON says."""
        values = self.values(data, path)
        try:
            return self.kind(**values)
        except Refusal as refusal:
            raise _because(refusal, path) from None

    def values(self, data: Json, path: str) -> dict[str, Any]:
        """Return the values of the fields that the JSON says."""
        if not isinstance(data, dict):
            raise refused(path, data, "an object")
        known = {each.name: each for each in self.fields}
        found: dict[str, Any] = {}
        for name, value in data.items():
            if name == TAG and self.tag is not None and name not in known:
                continue
            if name not in known:
                place = f"{path}/{_escaped(str(name))}"
                raise refused(place, name, f"one of {', '.join(known)}", hint=nearest(str(name), known))
            found[name] = known[name].shape.read(value, f"{path}/{name}")
        missing = [each.name for each in self.fields if each.needed and each.name not in found]
        if missing:
            raise refused(f"{path}/{missing[0]}", None, "a value: without it there is no question")
        return found

    def schema(self) -> dict[str, Json]:
        """Return the JSON schema of its objects."""
        properties: dict[str, Json] = {} if self.tag is None else {TAG: {"const": self.tag}}
        for each in self.fields:
            described: dict[str, Json] = each.shape.schema()
            if each.description:
                described = {**described, "description": each.description}
            if not each.needed:
                described = {**described, "default": each.shape.tell(each.default)}
            properties[each.name] = described
        needed: list[Json] = [each.name for each in self.fields if each.needed]
        return {
            "type": "object",
            "properties": properties,
            "required": needed,
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class _OneOf:
    """An object of one of several classes, told apart by their tags."""

    records: tuple[Record, ...]

    def tell(self, value: Any) -> Json:
        return next(record.tell(value) for record in self.records if type(value) is record.kind)

    def read(self, data: Json, path: str) -> Any:
        if not isinstance(data, dict):
            raise refused(path, data, "an object")
        by_tag = {str(record.tag): record for record in self.records}
        tag = data.get(TAG)
        if not isinstance(tag, str) or tag not in by_tag:
            raise refused(f"{path}/{TAG}", tag, f"one of {', '.join(by_tag)}", hint=nearest(str(tag), by_tag))
        return by_tag[tag].read(data, path)

    def schema(self) -> dict[str, Json]:
        tags: list[Json] = [record.tag for record in self.records]
        return {
            "type": "object",
            "properties": {TAG: {"enum": tags}},
            "required": [TAG],
            "description": "With the fields of its kind.",
        }


@cache
def shape_of(hint: Any) -> Shape:
    """Return how values of a type are written.

    Raises
    ------
    TypeError
        Questions are not made of that.
    """
    if hint in _KNOWN:
        return _KNOWN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return _one_of(arguments)
    if origin is tuple:
        is_many = len(arguments) == 2 and arguments[1] is Ellipsis
        return _Many(shape_of(arguments[0])) if is_many else _Several(tuple(map(shape_of, arguments)))
    if origin is Literal:
        return _Choice({each: each for each in arguments})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Choice({each.value: each for each in hint})
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return Record(hint)
    raise TypeError(f"A question cannot be made of {hint!r}.")


def _one_of(kinds: tuple[Any, ...]) -> Shape:
    others = [each for each in kinds if each is not types.NoneType]
    of = (
        shape_of(others[0])
        if len(others) == 1
        else _OneOf(tuple(Record(each, tag_of(each)) for each in others))
    )
    return of if len(others) == len(kinds) else _Optional(of)


def tag_of(kind: type[Any]) -> str:
    """Return what tells a class apart in JSON: its name, in small letters.

    >>> tag_of(StepRule)
    'step_rule'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__.removesuffix("Question")).lower()


def _fields(kind: type[Any]) -> tuple[Field, ...]:
    hints = typing.get_type_hints(kind)
    descriptions = _descriptions(kind)
    found = []
    for each in dataclasses.fields(kind):
        made = each.default_factory
        default = each.default if made is dataclasses.MISSING else made()
        needed = default is dataclasses.MISSING
        found.append(Field(each.name, hints[each.name], needed, default, descriptions.get(each.name, "")))
    return tuple(found)


def _descriptions(kind: type[Any]) -> dict[str, str]:
    """Return what the docstring of a class says of each of its parameters."""
    _, _, rest = (kind.__doc__ or "").partition("Parameters\n    ----------\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in rest.splitlines():
        text = line.strip()
        if set(text) == {"-"}:
            for name in names:
                del found[name]
            break
        if line.startswith("    ") and not line.startswith("     "):
            names = [name.strip() for name in text.split(",")]
            found |= dict.fromkeys(names, "")
        else:
            found |= {name: f"{found[name]} {text}".strip() for name in names}
    return found


def _because(refusal: Refusal, path: str) -> QuestionRefused:
    """Return a refusal of what stands at a pointer in the words of the one who refused it."""
    if isinstance(refusal, QuestionRefused):
        return refusal
    return QuestionRefused(
        f"At {path or '/'} of the question: {refusal.message}",
        hint=refusal.hint,
        path=path,
        because=refusal.as_json(),
    )


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _zoned(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


_KNOWN: Final[Mapping[Any, Shape]] = {
    str: _Plain(str, "string", "a text"),
    int: _Plain(int, "integer", "a whole number"),
    float: _Plain(float, "number", "a number"),
    bool: _Plain(bool, "boolean", "true or false"),
    timedelta: _Texted(
        length_text_of, length_of, "a length of time, such as 7d", {"examples": ["7d", "1h 30m"]}
    ),
    date: _Texted(
        date.isoformat,
        parse_date,
        "a day, such as 2026-03-21",
        {"format": "date", "examples": ["2026-03-21"]},
    ),
    datetime: _Texted(_zoned, instant_of, "an instant with its zone", {"format": "date-time"}),
    Window: _Texted(
        Record(Window).tell,
        window_of,
        'two days, such as "2026-01-01..2026-03-01"',
        {"examples": ["2026-01-01..2026-03-01"]},
        Record(Window),
    ),
    StepRule: _Texted(text_of, rule_of, "a rule", {"examples": ["checkout"]}, Record(StepRule)),
    Condition: _Texted(
        condition_text_of, condition_of, "a condition", {"examples": ["plan = pro"]}, Record(Condition)
    ),
    Segment: _Texted(
        segment_text_of, segment_of, "a segment", {"examples": ["did pay >= 2"]}, Record(Segment)
    ),
}
