"""The language of path patterns: ``cart > [^pay]* > end``, read into a tree.

Steps stand by name, one after the other with ``>``; names with spaces or signs stand in quotes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from safar.vocabulary.errors import Json, Refusal

#: Longer patterns are not read.
MOST_CHARACTERS: Final = 2_000
#: A step repeats at most so often by a number.
MOST_REPEATS: Final = 200
#: Groups stand in each other at most so deep.
_MOST_NESTED: Final = 50
_QUOTES: Final = {'"': '"', "'": "'", "«": "»", "“": "”"}
_SIGNS: Final = frozenset(">|()[]^,*+?{}")
_SAME_SIGN: Final = {"،": ",", "؟": "?", "→": ">"}
_ARROW: Final = "->"
_GAP: Final = "..."


class PatternRefused(Refusal, ValueError):
    """The pattern cannot be read."""

    code = "pattern.refused"


def refused_at(
    pattern: str,
    message: str,
    place: int,
    length: int = 1,
    *,
    hint: str = "",
    kind: type[PatternRefused] = PatternRefused,
    **context: Json,
) -> PatternRefused:
    """Return a refusal that points at characters of the pattern.

    The context says ``pattern``, ``place`` (of the first character, from 0 on) and ``length``.
    """
    where = (
        f" (character {place + 1} of the pattern)" if place < len(pattern) else " (at the end of the pattern)"
    )
    return kind(f"{message}{where}.", hint=hint, pattern=pattern, place=place, length=length, **context)


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a step where it stands in the pattern."""

    text: str
    place: int
    length: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One step: one of the names, or with ``negated`` any but these; with no names ``negated`` any step at all."""

    names: tuple[Name, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """The start of a path, or its end. No step."""

    is_end: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """One after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``least`` to ``most`` times; without an upper bound when None."""

    part: Tree
    least: int
    most: int | None


Tree = AnyOf | Edge | Chain | Choice | Repeat

ANY_STEP: Final = AnyOf((), negated=True)
_ANY_NUMBER: Final = Repeat(ANY_STEP, 0, None)


@dataclass(frozen=True, slots=True)
class _Token:
    """A sign, or a name: ``sign`` is then ``"name"``, or ``"quoted"``."""

    sign: str
    text: str
    place: int
    length: int


def _is_of_name(character: str) -> bool:
    if character in _SIGNS or character in _SAME_SIGN or character in "…." or character.isspace():
        return False
    return character not in _QUOTES and character not in _QUOTES.values()


def _tokens(pattern: str) -> Iterator[_Token]:
    place = 0
    while place < len(pattern):
        start = place
        character = _SAME_SIGN.get(pattern[place], pattern[place])
        # marks of direction come along when text is copied from a page
        if character.isspace() or unicodedata.category(character) == "Cf":
            place += 1
            continue
        if character in _QUOTES:
            text, place = _quoted(pattern, place)
            yield _Token("quoted", text, start, place - start)
        elif character == "…" or pattern.startswith(_GAP, place):
            place += 1 if character == "…" else len(_GAP)
            yield _Token(_GAP, _GAP, start, place - start)
        elif pattern.startswith(_ARROW, place):
            place += len(_ARROW)
            yield _Token(">", _ARROW, start, len(_ARROW))
        elif character in _SIGNS or character == ".":
            place += 1
            yield _Token(character, pattern[start], start, 1)
        elif _is_of_name(character):
            place = _name_end(pattern, place)
            yield _Token("name", pattern[start:place], start, place - start)
        else:
            raise refused_at(
                pattern,
                f"A quotation mark {character!r} closes nothing",
                place,
                hint="Open the name with the mark that belongs to it.",
            )


def _name_end(pattern: str, place: int) -> int:
    """Return the place behind a name without quotes. A point inside belongs to it: order.paid."""
    while place < len(pattern) and not pattern.startswith(_ARROW, place):
        is_inside = pattern[place] == "." and place + 1 < len(pattern) and _is_of_name(pattern[place + 1])
        if not is_inside and not _is_of_name(pattern[place]):
            break
        place += 1
    return place


def _quoted(pattern: str, place: int) -> tuple[str, int]:
    """Return what stands in quotes and the place behind them; a backslash takes the next character as it is."""
    closing = _QUOTES[pattern[place]]
    text = []
    at = place + 1
    while at < len(pattern):
        if pattern[at] == "\\" and at + 1 < len(pattern):
            text.append(pattern[at + 1])
            at += 2
        elif pattern[at] == closing:
            if not text:
                raise refused_at(pattern, "The name in quotes is empty", place, at + 1 - place)
            return "".join(text), at + 1
        else:
            text.append(pattern[at])
            at += 1
    raise refused_at(
        pattern, f"The quotation mark {pattern[place]!r} is not closed", place, hint=f"Add {closing}."
    )


def parsed(pattern: str) -> Tree:
    """Return what a pattern says.

    Raises
    ------
    PatternRefused
        It cannot be read; the context tells where.

    Examples
    --------
    >>> parsed("cart > pay").parts[0].names
    (Name(text='cart', place=0, length=4),)
    """
    if len(pattern) > MOST_CHARACTERS:
        raise refused_at(
            pattern[:MOST_CHARACTERS],
            f"The pattern has {len(pattern):,} characters",
            MOST_CHARACTERS,
            hint=f"Write at most {MOST_CHARACTERS:,}, or gather steps under step rules.",
        )
    return _Parser(pattern, list(_tokens(pattern))).all()


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, pattern: str, tokens: Sequence[_Token]) -> None:
        self._pattern = pattern
        self._tokens = tokens
        self._at = 0
        self._nested = 0

    @property
    def _sign(self) -> str:
        """The sign of the next token; empty at the end."""
        return self._tokens[self._at].sign if self._at < len(self._tokens) else ""

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _refused(self, message: str, hint: str = "", *, token: _Token | None = None) -> PatternRefused:
        """Return a refusal at a token; at the next one where none is named."""
        if token is None and self._at < len(self._tokens):
            token = self._tokens[self._at]
        if token is None:
            return refused_at(self._pattern, message, len(self._pattern), hint=hint)
        return refused_at(self._pattern, message, token.place, token.length, hint=hint)

    def all(self) -> Tree:
        if not self._tokens:
            raise self._refused("The pattern is empty", "Write steps with > between them: cart > pay.")
        tree = self._choice()
        if self._sign:
            raise self._unexpected()
        return tree

    def _unexpected(self) -> PatternRefused:
        token = self._tokens[self._at]
        if token.sign in {"name", "quoted", "[", "(", "."}:
            return self._refused(
                "Two steps stand side by side with nothing between them",
                "Write > between steps, and names with spaces in quotes.",
            )
        return self._refused(f"{token.text!r} is not expected here")

    def _choice(self) -> Tree:
        parts = [self._sequence()]
        while self._sign == "|":
            self._take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Tree:
        parts = [self._item()]
        while True:
            if self._sign == ">":
                self._take()
            elif _GAP not in {self._sign, self._tokens[self._at - 1].sign} or self._sign in {"", ")", "|"}:
                break
            parts.append(self._item())
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def _item(self) -> Tree:
        if self._sign == _GAP:
            self._take()
            return _ANY_NUMBER
        first = self._at
        tree = self._step()
        while self._sign in {"*", "+", "?", "{"}:
            if isinstance(tree, Edge):
                raise self._refused(
                    "The start and the end of a path do not repeat", "A step of that name stands in quotes."
                )
            if isinstance(tree, Repeat) and self._tokens[first].sign != "(":
                raise self._refused("Two repetitions follow each other", "Put the inner one in parentheses.")
            tree = Repeat(tree, *self._times())
        return tree

    def _step(self) -> Tree:
        sign = self._sign
        if sign == "name" and self._tokens[self._at].text in {"start", "end"}:
            return Edge(self._take().text == "end")
        if sign in {"name", "quoted"}:
            return AnyOf((self._name(),), negated=False)
        if sign == ".":
            self._take()
            return ANY_STEP
        if sign == "[":
            return self._set()
        if sign == "(":
            return self._group()
        if sign == "*":
            raise self._refused(
                "'*' repeats the step before it, and there is none",
                "Write . for any one step, ... for any number of steps.",
            )
        raise self._refused(
            "A step is missing"
            if sign in {"", ">", "|", ")", ","}
            else f"{sign!r} stands where a step belongs",
            "Write the name of a step, or . for any step.",
        )

    def _name(self) -> Name:
        token = self._take()
        return Name(token.text, token.place, token.length)

    def _group(self) -> Tree:
        opening = self._take()
        self._nested += 1
        if self._nested > _MOST_NESTED:
            raise self._refused("Parentheses stand too deep in each other", token=opening)
        tree = self._choice()
        if self._sign != ")":
            raise (
                self._unexpected()
                if self._sign
                else self._refused("A parenthesis is not closed", "Add ).", token=opening)
            )
        self._take()
        self._nested -= 1
        return tree

    def _set(self) -> Tree:
        opening = self._take()
        negated = self._sign == "^"
        if negated:
            self._take()
        names = []
        while True:
            if self._sign not in {"name", "quoted"}:
                raise self._refused(
                    "A step's name is missing in the brackets" if self._sign else "A bracket is not closed",
                    "Write names with commas between them: [^cart, pay].",
                    token=None if self._sign else opening,
                )
            names.append(self._name())
            if self._sign == "]":
                self._take()
                return AnyOf(tuple(names), negated)
            if self._sign not in {",", "|"}:
                raise self._refused(
                    "Between names in brackets a comma is missing"
                    if self._sign
                    else "A bracket is not closed",
                    "Write [^cart, pay], and names with spaces in quotes." if self._sign else "Add ].",
                    token=None if self._sign else opening,
                )
            self._take()

    def _times(self) -> tuple[int, int | None]:
        opening = self._take()
        if opening.sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[opening.sign]
        least = self._number()
        most: int | None = least
        if self._sign == ",":
            self._take()
            most = None if self._sign == "}" else self._number()
        if self._sign != "}":
            raise self._refused("A repetition is not closed", "Write {2}, {2,} or {2,5}.", token=opening)
        self._take()
        if most is not None and (most < least or most == 0):
            raise self._refused(
                f"Nothing repeats {least} to {most} times",
                "Give the smaller number first, and at least 1.",
                token=opening,
            )
        return least, most

    def _number(self) -> int:
        text = self._tokens[self._at].text if self._sign == "name" else ""
        # int() reads the digits of every script
        if not text.isdecimal() or int(text) > MOST_REPEATS:
            raise self._refused(
                "Between braces stands how often a step repeats",
                f"Write {{2}}, {{2,}} or {{2,5}}, up to {MOST_REPEATS}.",
            )
        self._at += 1
        return int(text)


def names_in(tree: Tree) -> Iterator[Name]:
    """Yield every name of a pattern."""
    if isinstance(tree, AnyOf):
        yield from tree.names
    elif isinstance(tree, Repeat):
        yield from names_in(tree.part)
    elif isinstance(tree, Chain | Choice):
        for part in tree.parts:
            yield from names_in(part)
