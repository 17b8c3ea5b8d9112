"""Forms that are edits with blanks: a page sends them without JavaScript, `maps_form.js` reads them in the same way.

A hidden field ``edit`` holds each edit as JSON; a control named ``0:text`` fills the place ``text`` of edit 0. What a
value is stands behind the name: ``0:value|number``. ``$new`` becomes an id that the map has not had.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from safar.maps.edits import AnyEdit, EditUnreadable, read_edits
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal

NEW: Final = "$new"
_NAME: Final = re.compile(r"(\d{1,3}):([A-Za-z0-9_.-]{1,80})(?:\|(\w{1,10}))?")
#: What tells nothing about a line of a list: only which one it is.
_IDLE: Final = frozenset({"promise_id", "kind"})
_MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose.

    Attributes
    ----------
    value, name
        As sent, and in the reader's words.
    is_chosen
        Whether it is chosen now.
    """

    value: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A blank.

    Attributes
    ----------
    name
        As above; empty for one that is not sent.
    kind
        ``line``, ``text``, ``flag``, ``select``, ``radio``, ``many`` or ``rule``.
    value
        As it is.
    language
        Of the text; empty where it is of no language.
    hint
        What helps to fill it in.
    listed
        Id of a list that it offers.
    """

    name: str
    label: str
    kind: str = "line"
    value: str = ""
    choices: tuple[Choice, ...] = ()
    language: str = ""
    hint: str = ""
    listed: str = ""
    is_on: bool = False

    @property
    def key(self) -> str:
        """What ids on the page are made of."""
        return re.sub(r"\W+", "-", self.name)


@dataclass(frozen=True, slots=True)
class EditForm:
    """Edits and their blanks.

    Attributes
    ----------
    then
        Kind of the part that is made, which is open afterwards; empty for a form that changes what is there: each of
        its edits is saved by itself when its blank changes.
    submit
        On the button of one that makes something.
    """

    edits: tuple[str, ...]
    controls: tuple[Control, ...]
    then: str = ""
    submit: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that makes edits without a blank.

    Attributes
    ----------
    name
        On the button.
    edits
        As JSON.
    then
        Which part of the map is open afterwards; empty for the same one.
    is_danger
        Whether something is taken away.
    """

    name: str
    edits: tuple[str, ...]
    then: str = ""
    is_danger: bool = False


def told(edit: str, **fields: Any) -> str:
    """Return an edit with blanks as JSON."""
    return json.dumps({"edit": edit, **fields}, ensure_ascii=False)


def edits_sent(data: QueryDict) -> tuple[AnyEdit, ...]:
    """Return the edits of a form that was sent.

    Raises
    ------
    EditUnreadable
        A blank is missing, or filled with what does not fit there.
    """
    try:
        edits = [json.loads(each) for each in data.getlist("edit")]
    except (ValueError, RecursionError) as error:
        raise EditUnreadable("The form holds no edits.", hint="Load the page anew.") from error
    if not all(isinstance(each, dict) for each in edits):
        raise EditUnreadable("The form holds no edits.", hint="Load the page anew.")
    for name in data:
        found = _NAME.fullmatch(name)
        if found is None or int(found[1]) >= len(edits):
            continue
        values = [str(each) for each in data.getlist(name)]
        _place(edits[int(found[1])], found[2].split("."), _typed(values, found[3] or "text"))
    return read_edits([_named(_tidied(each)) for each in edits])


def _typed(values: list[str], kind: str) -> Any:
    read = _TYPES.get(kind)
    if read is None:
        raise EditUnreadable("The form holds a value of no kind.", hint="Load the page anew.")
    return read(values)


def _text(values: list[str]) -> str:
    return values[-1].replace("\r\n", "\n") if values else ""


def _number(values: list[str], *, of: int = 1) -> float | str | None:
    """Return a number in any digits; a text that is none is refused by what it should fill."""
    text = _text(values).strip()
    try:
        return float(parse_number(text)) / of if text else None
    except Refusal:
        return text


def _lines(values: list[str]) -> list[str]:
    return [line.strip() for each in values for line in each.splitlines() if line.strip()]


_TYPES: Final[dict[str, Callable[[list[str]], Any]]] = {
    "text": _text,
    "number": _number,
    "share": lambda values: _number(values, of=100),
    "count": lambda values: int(found) if isinstance(found := _number(values), float) else found,
    "flag": lambda values: "on" in values,
    "list": lambda values: [each for each in values if each],
    "lines": _lines,
}


def _place(edit: dict[str, Any], path: list[str], value: Any) -> None:
    """Fill one blank; numbers in the path are places of a list."""
    at: Any = edit
    for name, following in zip(path, [*path[1:], ""], strict=True):
        fresh: Any = value if not following else [] if following.isdecimal() else {}
        if isinstance(at, list):
            place = int(name) if name.isdecimal() else _MOST_LINES
            if place >= _MOST_LINES:
                raise EditUnreadable("The form names no place of an edit.", hint="Load the page anew.")
            while len(at) <= place:
                at.append({})
            if not following or at[place] == {}:
                at[place] = fresh
            at = at[place]
        elif isinstance(at, dict):
            if not following:
                at[name] = value
            at = at.setdefault(name, fresh)
        else:
            raise EditUnreadable("The form names no place of an edit.", hint="Load the page anew.")


def _tidied(edit: dict[str, Any]) -> dict[str, Any]:
    """Leave out lines of a list that say nothing, and texts of no words."""
    lines = edit.get("value")
    if not isinstance(lines, list):
        return edit
    kept = [line for line in lines if not isinstance(line, Mapping) or _tells(line)]
    for line in kept:
        if isinstance(line, dict) and isinstance(line.get("words"), dict):
            line["words"] = {language: text for language, text in line["words"].items() if text}
    return {**edit, "value": kept}


def _tells(line: Mapping[str, Any]) -> bool:
    return any(_says(value) for name, value in line.items() if name not in _IDLE)


def _says(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_says, value.values()))
    return value not in ("", None)


def _named(edit: Any) -> Any:
    """Give every ``$new`` an id of its own."""
    if isinstance(edit, dict):
        return {name: _named(value) for name, value in edit.items()}
    if isinstance(edit, list):
        return [_named(each) for each in edit]
    return secrets.token_hex(5) if edit == NEW else edit
