"""The characters of a rule or a segment written as one line of text: names, quotes, signs and the places of faults."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from safar.vocabulary.digits import BIDI_MARKS
from safar.vocabulary.errors import Refusal, nearest

#: Signs as keyboards of the three scripts and word processors write them, and what they are here.
_SIGNS: Final = {"،": ",", "؛": ";", "؟": "?", "≥": ">=", "≤": "<=", "≠": "!=", "｜": "|"}
_QUOTES: Final = {'"': '"', "“": "”", "„": "”", "«": "»"}
_PLAIN_SIGNS: Final = ":,;[]|=!<>~?*\\"
_SPECIAL: Final = frozenset(_PLAIN_SIGNS) | set(_SIGNS) | set(_QUOTES) | set(_QUOTES.values())
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPED: Final = {text: f"\\{letter}" for letter, text in _ESCAPES.items()} | {'"': '\\"', "\\": "\\\\"}
_UNSEEN: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
_CODE: Final = re.compile(r"[0-9a-fA-F]{4}")
#: Words with a meaning of their own in a rule and a segment; a name that holds one is quoted.
KEYWORDS: Final = frozenset({"did", "not", "within"})
#: Words with a meaning of their own in a segment alone.
SEGMENT_KEYWORDS: Final = KEYWORDS | {"then", "of"}
_PARENTHESES: Final = frozenset("()")


class RuleUnreadable(Refusal, ValueError):
    """The text is no rule of a step and no segment."""

    code = "rule.unreadable"


class UnknownEventName(Refusal, LookupError):
    """The log holds no event of that name."""

    code = "rule.unknown_event"


class Scanner:
    """A text that is read from its beginning, sign by sign and name by name.

    Parameters
    ----------
    text
        Blanks between names and signs, and marks that steer the direction of text, are passed over.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        #: So many groups are open: inside of one, parentheses are signs.
        self.depth = 0

    def at_end(self) -> bool:
        """Tell whether nothing more comes."""
        self._skip()
        return self.place == len(self.text)

    def take(self, *signs: str) -> str | None:
        """Return which of these signs comes next, and step over it; None when it is none of them."""
        self._skip()
        for sign in sorted(signs, key=len, reverse=True):
            place = self._after(sign)
            if place is not None:
                self.place = place
                return sign
        return None

    def take_word(self, *words: str) -> str | None:
        """Return which of these words comes next, and step over it, if it is not quoted."""
        self._skip()
        start, found = self.place, self._word().lower()
        if found in words:
            return found
        self.place = start
        return None

    def opens(self) -> bool:
        """Tell whether a group begins here, and step over its parenthesis."""
        self._skip()
        if not self.text.startswith("(", self.place):
            return False
        self.place += 1
        self.depth += 1
        return True

    def closes(self) -> bool:
        """Tell whether the innermost group ends here, and step over its parenthesis."""
        self._skip()
        if not self.depth or not self.text.startswith(")", self.place):
            return False
        self.place += 1
        self.depth -= 1
        return True

    def take_raw(self, pattern: re.Pattern[str], *, expected: str) -> str:
        """Return and step over what the pattern takes, signs or not."""
        self._skip()
        found = pattern.match(self.text, self.place)
        if found is None:
            raise self.unreadable(expected)
        self.place = found.end()
        return found[0]

    def name(self, *, expected: str, until: frozenset[str] = frozenset()) -> str:
        """Return the name that comes next: quoted, or words with blanks between.

        Parameters
        ----------
        expected
            What stands here, for the words of the refusal.
        until
            Words, not quoted, that end the name.
        """
        self._skip()
        if self.place < len(self.text) and self.text[self.place] in _QUOTES:
            return self._quoted()
        words: list[str] = []
        end = self.place
        while True:
            self._skip()
            word = self._word()
            if not word or word.lower() in until:
                self.place = end
                break
            words.append(word)
            end = self.place
        if not words:
            raise self.unreadable(expected)
        return " ".join(words)

    def unreadable(self, expected: str) -> RuleUnreadable:
        """Return the refusal of what stands here."""
        self._skip()
        rest = self.text[self.place :]
        found = f"{rest[:20]!r}" if rest else "the end"
        return RuleUnreadable(
            f"{self.text!r} cannot be read: at character {self.place + 1} stands {found}, expected is {expected}.",
            hint='Put names with signs in quotation marks, such as "a: b".',
            position=self.place,
            expected=expected,
        )

    def refused(self, place: int, refusal: Refusal) -> RuleUnreadable:
        """Return what is wrong with what begins at ``place``, in the words of a refusal."""
        return RuleUnreadable(
            f"{self.text!r} cannot be read from character {place + 1} on: {refusal.message}",
            hint=refusal.hint,
            position=place,
        )

    def _skip(self) -> None:
        while self.place < len(self.text) and _is_blank(self.text[self.place]):
            self.place += 1

    def _after(self, sign: str) -> int | None:
        """Return where the text goes on behind a sign, in whatever form it is written."""
        place = self.place
        for each in sign:
            if place >= len(self.text):
                return None
            found = self.text[place]
            if len(_SIGNS.get(found, "")) > 1:
                return place + 1 if _SIGNS[found] == sign else None
            if _SIGNS.get(found, found) != each:
                return None
            place += 1
        return place

    def _word(self) -> str:
        start = self.place
        while self.place < len(self.text):
            found = self.text[self.place]
            if found in _SPECIAL or found.isspace() or (self.depth and found in _PARENTHESES):
                break
            self.place += 1
        return "".join(each for each in self.text[start : self.place] if each not in BIDI_MARKS)

    def _quoted(self) -> str:
        start, closing = self.place, _QUOTES[self.text[self.place]]
        self.place += 1
        found: list[str] = []
        while self.place < len(self.text):
            each = self.text[self.place]
            self.place += 1
            if each == closing:
                return "".join(found)
            if each == "\\":
                found.append(self._escaped())
            elif each not in BIDI_MARKS:
                found.append(each)
        self.place = start
        raise self.unreadable(f"a name closed by {closing}")

    def _escaped(self) -> str:
        each = self.text[self.place : self.place + 1]
        code = _CODE.match(self.text, self.place + 1) if each == "u" else None
        if code is not None:
            self.place += 5
            return chr(int(code[0], 16))
        if not each or each == "u":
            raise self.unreadable("a sign, or u and four hexadecimal digits, behind \\")
        self.place += 1
        return _ESCAPES.get(each, each)


def _is_blank(sign: str) -> bool:
    return sign.isspace() or sign in BIDI_MARKS


def quoted(name: str) -> str:
    """Return a name as it is written: as it is where that is read back, in quotation marks otherwise.

    >>> quoted("order paid"), quoted("a: b")
    ('order paid', '"a: b"')
    """
    words = name.split(" ")
    plain = all(words) and not any(
        each in _SPECIAL or each in _PARENTHESES or (each.isspace() and each != " ") or _is_unseen(each)
        for each in name
    )
    if plain and not SEGMENT_KEYWORDS.intersection(map(str.lower, words)):
        return name
    return f'"{"".join(map(_escape, name))}"'


def _escape(sign: str) -> str:
    return _ESCAPED.get(sign) or (f"\\u{ord(sign):04x}" if _is_unseen(sign) else sign)


def _is_unseen(sign: str) -> bool:
    return sign in BIDI_MARKS or unicodedata.category(sign) in _UNSEEN


def checked_event_name(name: str, known: Iterable[str] | None, *, position: int) -> str:
    """Return the name of an event, when the log knows it or nobody asks.

    Raises
    ------
    UnknownEventName
    """
    if known is None or name in (names := frozenset(known)):
        return name
    raise UnknownEventName(
        f"There is no event called {name!r}.",
        hint=nearest(name, sorted(names)) or "Look at the names of events that the log holds.",
        position=position,
        event_name=name,
    )
