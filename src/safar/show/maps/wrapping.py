"""Words on paper: broken into lines by the widths of their letters, and robbed of what would break the sheet."""

from __future__ import annotations

import re
from typing import Final

from safar.show.drawing.lettering import clipped, text_width

#: Marks that turn or tear lines (embeddings, overrides), and letters that no face for pictures has.
_UNPRINTABLE: Final = re.compile(
    "[\u202a-\u202e\u2028\u2029\ufe00-\ufe0f\u20e3\u2600-\u27bf\u2b00-\u2bff"
    "\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)
_SPACES: Final = re.compile(r"[^\S\n\u00a0]+")
_ISOLATES: Final = "\u2066\u2067\u2068"
_CLOSING: Final = "\u2069"
_ELLIPSIS: Final = "…"
_PERSIAN: Final = frozenset("پچژگکی\u200c")
_ARABIC: Final = frozenset("كيىةأإؤ")


def printable(text: str) -> str:
    """Return words as paper can show them: no marks that turn lines, no pictures in the text, no double spaces.

    Examples
    --------
    >>> printable("late \\U0001f69a  again")
    'late again'
    """
    return _SPACES.sub(" ", _closed(_UNPRINTABLE.sub("", text))).strip()


def _closed(text: str) -> str:
    """Return a text whose isolates all end within it: what ends none is left out, what never ends is ended."""
    kept, depth = [], 0
    for letter in text:
        if letter == _CLOSING and not depth:
            continue
        depth += (letter in _ISOLATES) - (letter == _CLOSING)
        kept.append(letter)
    return "".join(kept) + _CLOSING * depth


def language_of(text: str) -> str:
    """Return which of our languages a text is written in, as far as its letters say; empty where they do not.

    Persian and Arabic each have letters that the other does without; Latin letters may be of many languages.

    Examples
    --------
    >>> language_of("خیلی دیر رسید"), language_of("وصل الطرد متأخرة جدًا"), language_of("سلام"), language_of("Late")
    ('fa', 'ar', '', '')
    """
    persian, arabic = (sum(letter in letters for letter in text) for letters in (_PERSIAN, _ARABIC))
    return "" if persian == arabic else "fa" if persian > arabic else "ar"


def wrapped(
    text: str, *, size: float, room: float, is_bold: bool = False, most: int | None = None
) -> list[str]:
    """Return a text in lines no wider than the room.

    Parameters
    ----------
    text
        Printable; its own line breaks stay.
    size, is_bold
        Of the type, see `safar.show.drawing.lettering.text_width`.
    room
        Units of the drawing.
    most
        Lines at most, the last of them cut with ``…``; None for all.

    Returns
    -------
    list of str
        No lines for no words. A word wider than the room is broken where it must be, never at a half-space's joint
        alone: the half-space stays with what is before it.

    Examples
    --------
    >>> wrapped("two words and more", size=10, room=50)
    ['two words', 'and more']
    """
    found: list[str] = []
    for line in text.splitlines():
        found += _balanced(_lines(line.split(" "), size, room, is_bold=is_bold))
        if most is not None and len(found) > most:
            kept = found[:most]
            kept[-1] = clipped(kept[-1] + " " + "x" * 400, size=size, room=room, is_bold=is_bold)
            kept[-1] = kept[-1].removesuffix(_ELLIPSIS).rstrip("x").rstrip() + _ELLIPSIS
            return kept
    return found


def _balanced(lines: list[str]) -> list[str]:
    """Close what a line leaves open and open it again in the next: an isolate must not reach over the end of a line."""
    found, is_open = [], ""
    for line in lines:
        whole = is_open + line
        opened = [letter for letter in whole if letter in _ISOLATES]
        depth = len(opened) - whole.count(_CLOSING)
        is_open = "".join(opened[-depth:]) if depth > 0 else ""
        found.append(whole + _CLOSING * max(depth, 0))
    return found


def _lines(words: list[str], size: float, room: float, *, is_bold: bool) -> list[str]:
    found: list[str] = []
    line, wide = "", 0.0
    space = text_width(" ", size=size, is_bold=is_bold)
    for word in words:
        for part in _parts(word, size, room, is_bold=is_bold):
            long = text_width(part, size=size, is_bold=is_bold)
            if line and wide + space + long > room:
                found.append(line)
                line, wide = "", 0.0
            line, wide = (f"{line} {part}", wide + space + long) if line else (part, long)
    return [*found, line] if line else found


def _parts(word: str, size: float, room: float, *, is_bold: bool) -> list[str]:
    """Return a word in parts that fit the room: itself where it does."""
    if text_width(word, size=size, is_bold=is_bold) <= room:
        return [word] if word else []
    parts, part, wide = [], "", 0.0
    for letter in word:
        long = text_width(letter, size=size, is_bold=is_bold)
        if part and wide + long > room:
            parts.append(part)
            part, wide = "", 0.0
        part, wide = part + letter, wide + long
    return [*parts, part]
