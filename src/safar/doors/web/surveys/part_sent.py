"""A part of a survey as its form sends it: what the form has is taken, what it has not stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _
from msgspec.structs import fields as fields_of
from msgspec.structs import replace

from safar.listen.questionnaire.conditions import Condition
from safar.listen.questionnaire.questions import Area, Choice, TreeNode, Words
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal

from .condition_form import condition_sent, fitted
from .editing import shifted, short_id
from .field_words import field_words
from .part_form import FormContext, field_names, kind_of_part

_LONGEST: Final = 4_000
_MOST_PARTS: Final = 200
_FLAGS: Final = ("is_other", "is_exclusive", "stays")
#: Keeps a picture that was sent; returns its id.
KeepPicture = Callable[[Any], str]


def part_sent(
    part: Any, fields: QueryDict, files: Mapping[str, Any], context: FormContext, keep_picture: KeepPicture
) -> tuple[Any, dict[str, str]]:
    """Return a part with what its form says, and what could not be taken, by field.

    Only fields that the form names in ``has`` are read: a box that is not ticked sends nothing.
    """
    sent = _Sent(part, fields, files, context, keep_picture)
    has = set(fields.getlist("has"))
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in field_names(part):
        if name not in has:
            continue
        try:
            values[name] = sent.value(name)
        except Refusal as error:
            errors[name] = _("This is not a number.") if error.code.startswith("number.") else str(error)
        except ValueError as error:
            errors[name] = str(error)
    if "nodes" in values:
        known = {each for each, _name in _all_nodes(values["nodes"])}
        values["right"] = tuple(each for each in values.get("right", part.right) if each in known)
    found = part
    for name, value in values.items():
        try:  # the struct's own bounds, which building it does not look at
            found = msgspec.convert(msgspec.to_builtins(replace(found, **{name: value})), type(part))
        except msgspec.ValidationError:
            errors[name] = _("This value is not possible here.")
    return found, errors


def parts_pressed(part: Any, do: str) -> Any:
    """Return a question after a button of its choices, rows, columns or areas was pressed.

    Parameters
    ----------
    do
        ``more:choices``, ``up:choices:<id>``, ``down:…`` or ``less:…``.
    """
    verb, name, *rest = [*do.split(":"), ""]
    if name not in {"choices", "rows", "columns", "areas"} or not hasattr(part, name):
        return part
    parts: tuple[Any, ...] = getattr(part, name)
    if verb == "more" and len(parts) < _MOST_PARTS:
        made = (
            Area(area_id=short_id(), x=0.1, y=0.1, width=0.3, height=0.2)
            if name == "areas"
            else Choice(choice_id=short_id())
        )
        return replace(part, **{name: (*parts, made)})
    place = next((n for n, each in enumerate(parts) if _id_of(each) == rest[0]), None)
    if place is None:
        return part
    if verb == "less":
        return replace(part, **{name: (*parts[:place], *parts[place + 1 :])})
    return replace(part, **{name: shifted(parts, place, -1 if verb == "up" else 1)})


class _Sent:
    """A form that was sent: what it says of each field of its part."""

    def __init__(
        self, part: Any, fields: QueryDict, files: Mapping[str, Any], context: FormContext, keep: KeepPicture
    ) -> None:
        self.part, self.fields, self.files, self.context, self.keep = part, fields, files, context, keep
        self.language = context.language

    def value(self, name: str) -> Any:
        """Return what the form says of a field."""
        control = field_words(kind_of_part(self.part), name).control
        return _READ.get(control, _Sent.text)(self, name)

    def text(self, name: str) -> str:
        return str(self.fields.get(name, "")).strip()[:_LONGEST]

    def words(self, name: str) -> Words:
        return _worded(getattr(self.part, name), str(self.fields.get(name, "")), self.language)

    def flag(self, name: str) -> bool:
        return name in self.fields

    def whole(self, name: str) -> Any:
        """Return a whole number; where nothing is written, what the field usually is."""
        text = self.text(name)
        if not text:
            usual = next(each.default for each in fields_of(type(self.part)) if each.name == name)
            return getattr(self.part, name) if usual is msgspec.NODEFAULT else usual
        number = parse_number(text, decimal=".")
        if number != int(number):
            raise ValueError(_("This is not a whole number."))
        return int(number)

    def number(self, name: str) -> float | None:
        text = self.text(name)
        return float(parse_number(text, decimal=".")) if text else (0.0 if name == "begins" else None)

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(map(str, self.fields.getlist(name))) or getattr(self.part, name)

    def condition(self, name: str) -> Condition | None:
        return fitted(condition_sent(self.fields, name), self.context.looked)

    def right(self, name: str) -> tuple[str, ...]:
        return tuple(map(str, self.fields.getlist(name)))

    def picture(self, name: str) -> str:
        return self._picture(name, getattr(self.part, name))

    def key(self, name: str) -> str:
        return re.sub(r"\s+", "_", self.text(name))[:60]

    def figure(self, name: str) -> float | str:
        """Return what is computed with: an answer that was chosen, else the number that was written."""
        chosen, text = str(self.fields.get(f"{name}.of", "")), self.text(name)
        return chosen or (float(parse_number(text, decimal=".")) if text else 0.0)

    def nodes(self, name: str) -> tuple[TreeNode, ...]:
        return _nodes_sent(getattr(self.part, name), str(self.fields.get(name, "")), self.language)

    def areas(self, name: str) -> tuple[Area, ...]:
        return tuple(self._area(each) for each in self._in_order(name))

    def parts(self, name: str) -> tuple[Choice, ...]:
        """Return choices, rows or columns, those that were written as lines of their own behind the others."""
        found = [self._choice(f"{name}.{each.choice_id}", each) for each in self._in_order(name)]
        lines = [
            each.strip() for each in str(self.fields.get(f"{name}.bulk", "")).splitlines() if each.strip()
        ]
        if lines:
            found = [each for each in found if each.words or each.picture]
        made = (
            Choice(choice_id=short_id(), words={self.language: line[:_LONGEST]})
            for line in lines[: _MOST_PARTS - len(found)]
        )
        return (*found, *made)

    def _choice(self, at: str, choice: Choice) -> Choice:
        fields = self.fields
        if f"{at}.words" not in fields:
            return choice
        changed: dict[str, Any] = {
            flag: f"{at}.{flag}" in fields for flag in _FLAGS if f"{at}.has.{flag}" in fields
        }
        if f"{at}.opposite" in fields:
            changed["opposite"] = _worded(choice.opposite, str(fields[f"{at}.opposite"]), self.language)
        words = _worded(choice.words, str(fields[f"{at}.words"]), self.language)
        return replace(choice, words=words, picture=self._picture(at, choice.picture), **changed)

    def _area(self, area: Area) -> Area:
        at = f"areas.{area.area_id}"
        if f"{at}.words" not in self.fields:
            return area
        percents = {
            name: parse_number(self.text(f"{at}.{name}") or "0", decimal=".")
            for name in ("x", "y", "width", "height")
        }
        shares = {name: min(1.0, max(0.0, float(each) / 100)) for name, each in percents.items()}
        words = _worded(area.words, str(self.fields[f"{at}.words"]), self.language)
        return replace(area, words=words, is_right=f"{at}.is_right" in self.fields, **shares)

    def _picture(self, at: str, now: str) -> str:
        sent = self.files.get(f"{at}.file")
        if sent:
            return self.keep(sent)
        return "" if f"{at}.away" in self.fields else now

    def _in_order(self, name: str) -> list[Any]:
        """Return parts in the order that the form has them in; those it does not have stand at the end."""
        by_id = {_id_of(each): each for each in getattr(self.part, name)}
        order = [each for each in dict.fromkeys(map(str, self.fields.getlist(name))) if each in by_id]
        return [by_id[each] for each in [*order, *(each for each in by_id if each not in order)]]


#: How each control is read; others are texts.
_READ: Final[dict[str, Callable[[_Sent, str], Any]]] = {
    "words": _Sent.words,
    "long_words": _Sent.words,
    "flag": _Sent.flag,
    "whole": _Sent.whole,
    "number": _Sent.number,
    "several": _Sent.several,
    "condition": _Sent.condition,
    "parts": _Sent.parts,
    "areas": _Sent.areas,
    "nodes": _Sent.nodes,
    "right": _Sent.right,
    "picture": _Sent.picture,
    "key": _Sent.key,
    "value": _Sent.figure,
}


def _nodes_sent(now: Sequence[TreeNode], text: str, language: str) -> tuple[TreeNode, ...]:
    """Return the menu of lines; a place keeps its id where its words stayed, or where it stands in its line."""
    lines = []
    for line in text.splitlines():
        words = line.lstrip("-–— ").strip()
        if words:
            lines.append((sum(sign in "-–—" for sign in line[: len(line) - len(line.lstrip("-–— "))]), words))
    known = list(_all_nodes(now))
    by_words = {node.words.get(language, ""): node for _id, node in known}
    is_same_length = len(known) == len(lines)
    taken: set[str] = set()
    flat: list[tuple[int, TreeNode]] = []
    for number, (depth, words) in enumerate(lines[:_MOST_PARTS]):
        old = known[number][1] if is_same_length else by_words.get(words)
        if old is None or old.node_id in taken:
            old = TreeNode(node_id=short_id())
        taken.add(old.node_id)
        flat.append((depth, replace(old, words=_worded(old.words, words, language), nodes=())))
    return _nested(flat)


def _nested(flat: Sequence[tuple[int, TreeNode]]) -> tuple[TreeNode, ...]:
    found: list[TreeNode] = []
    place = 0
    while place < len(flat):
        depth, node = flat[place]
        end = place + 1
        while end < len(flat) and flat[end][0] > depth:
            end += 1
        found.append(replace(node, nodes=_nested(flat[place + 1 : end])))
        place = end
    return tuple(found)


def _all_nodes(nodes: Iterable[TreeNode]) -> Iterable[tuple[str, TreeNode]]:
    for node in nodes:
        yield node.node_id, node
        yield from _all_nodes(node.nodes)


def _worded(words: Words, text: str, language: str) -> Words:
    """Return words with the text of one language; an empty one takes it away."""
    clean = text.replace("\r\n", "\n").strip()[:_LONGEST]
    kept = {each: value for each, value in words.items() if each != language or clean}
    return {**kept, language: clean} if clean else kept


def _id_of(part: Any) -> str:
    return str(getattr(part, "choice_id", None) or getattr(part, "area_id", ""))
