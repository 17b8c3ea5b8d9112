"""Cells of a map as a table: words in languages, lists, objects, truths and emotions, written and read.

What cannot be read is a `CellWrong` that names its column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from safar.vocabulary.digits import fold_digits, parse_number
from safar.vocabulary.errors import Json

from .anatomy import LaneKind
from .sheet_names import CellWrong

#: A column of words: of what, and in which language.
WORDS: Final = re.compile(r"(text|about)\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")

#: What a spreadsheet would compute; a quotation mark before it is taken off again.
_FORMULA: Final = re.compile(r"'*[ \u00a0]*[=+\-@\t\r\n|%＝＋－＠]")

_TRUE: Final = frozenset({"yes", "true", "1", "x", "بله", "آری", "نعم"})
_FALSE: Final = frozenset({"", "no", "false", "0", "نه", "خیر", "لا"})


# ---- writing


def words_cells(what: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return words as the cells of a row, by column."""
    return {f"{what}.{language}": text for language, text in words.items()}


def json_cell(parts: tuple[msgspec.Struct, ...]) -> str:
    """Return parts as JSON; empty without any."""
    return json.dumps(msgspec.to_builtins(parts), ensure_ascii=False) if parts else ""


def harmless_cell(value: object) -> object:
    """Return what is written of a value: lists in one cell, nothing that a spreadsheet would compute."""
    if isinstance(value, tuple):
        value = json.dumps(value, ensure_ascii=False) if any(map(_is_odd, value)) else "; ".join(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value


def _is_odd(item: str) -> bool:
    return item != item.strip() or not item or item.startswith("[") or bool(re.search("[;؛]", item))


def harmed(cell: str) -> str:
    """Return a cell as it was before it was made harmless."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


# ---- reading


def read_words(row: Mapping[str, str], what: str) -> dict[str, str]:
    """Return the words of a row by language."""
    found = {}
    for name, text in row.items():
        named = WORDS.fullmatch(name)
        if named and named[1] == what and text:
            found[named[2]] = text
    return found


def read_id(row: Mapping[str, str], name: str) -> str:
    """Return an id, its digits as they are everywhere."""
    return fold_digits(row.get(name, "").strip())


def read_lane_kind(text: str) -> str:
    """Return the kind of lane that a text names."""
    named = text.strip().lower().replace(" ", "_")
    kinds = [kind.value for kind in LaneKind]
    if named not in kinds:
        raise CellWrong(f"there is no lane {text!r}", written=named, known=kinds)
    return named


def read_items(row: Mapping[str, str], name: str) -> list[str]:
    """Return a list of texts: between semicolons, or as JSON."""
    text = row.get(name, "").strip()
    if text.startswith("["):
        found = _parsed(text, name)
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise CellWrong(f"{name} is no list of texts")
        return found
    return [item.strip() for item in re.split("[;؛]", text) if item.strip()]


def read_objects(row: Mapping[str, str], name: str) -> Json:
    """Return a list of objects, written as JSON."""
    text = row.get(name, "").strip()
    return _parsed(text, name) if text else []


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CellWrong(f"{name} is no JSON") from error


def read_truth(row: Mapping[str, str], name: str) -> bool:
    """Return a yes or no of any of three languages; nothing is no."""
    text = fold_digits(row.get(name, "").strip().lower())
    if text not in _TRUE | _FALSE:
        raise CellWrong(f"{name} is {text!r}; write yes or nothing")
    return text in _TRUE


def read_emotion(row: Mapping[str, str]) -> float | None:
    """Return an emotion from -2 to 2; None where there is none."""
    text = row.get("emotion", "").strip()
    if not text:
        return None
    plain = text.replace("\u2212", "-")
    try:
        found = float(plain)
    except ValueError:
        found = float(parse_number(plain))
    if not -2 <= found <= 2:
        raise CellWrong(f"emotion {text!r} does not lie between -2 and 2")
    return found
