"""Rules of the loop as one line of text: ``nps <= 6 and (topic is delivery, price or sentiment is negative)``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from safar.observe.rule_scanner import Scanner, quoted
from safar.observe.time_text import length_of, length_text_of
from safar.vocabulary.digits import fold_digits

from .loop_rules import (
    NAMES,
    NUMBERS,
    SILENCES,
    Compared,
    Condition,
    Contains,
    Every,
    OneOf,
    Operator,
    Opposite,
    Some,
)

_OPERATORS: Final[tuple[Operator, ...]] = ("<=", ">=", "<", ">", "=")
_WORDS: Final = "words"
_STOPS: Final = frozenset({"and", "or"})
#: A text of a rule is at most so long, and conditions stand at most so deep in each other.
MOST_CHARACTERS: Final = 2_000
_DEEPEST: Final = 20
_LARGEST: Final = 1e12
_DECIMALS: Final = 6
_NUMBER: Final = re.compile(r"[-−]?[0-9]+(\.[0-9]+)?")


def loop_condition_of(text: str) -> Condition:
    """Return what must be true, as a text says it.

    Parameters
    ----------
    text
        Conditions joined by ``and`` and ``or`` (``and`` binds first), grouped by brackets, turned round by ``not``. One
        is

        - a number compared: ``nps``, ``csat``, ``ces`` (on their scales), ``score`` (of any scale), ``height`` (where
          on its scale, from 0 at the bad end to 100), ``top`` (among which percent of customers by what they spent:
          ``top <= 10``), ``spent`` (in the workspace's currency), with ``<``, ``<=``, ``=``, ``>=``, ``>``;
        - a silence: ``unanswered >= 7d`` after an invitation, ``unseen >= 60d`` since a customer's last event;
        - a name: ``topic is delivery, price``; also ``question``, ``survey``, ``metric``, ``sentiment``, ``emotion``,
          ``comment`` (request, complaint, praise, other), ``segment``, ``step``, ``language``, ``channel``;
        - words of the comment: ``words has refund, "my money"``.

    Raises
    ------
    RuleUnreadable
        Its ``context`` has the ``position`` in the text, from 0.

    Examples
    --------
    >>> loop_condition_of("nps <= 6 and top <= 10").parts[1]
    Compared(field='top', operator='<=', bound=10.0)
    """
    scanner = Scanner(text[: MOST_CHARACTERS + 1])
    if len(text) > MOST_CHARACTERS:
        raise scanner.unreadable(f"at most {MOST_CHARACTERS} characters")
    found = _some(scanner, 0)
    if not scanner.at_end():
        raise scanner.unreadable("and, or, or the end")
    return found


def loop_text_of(condition: Condition) -> str:
    """Return the text of a condition: `loop_condition_of` gives exactly this condition back."""
    return _text(condition, is_within=False)


def _some(scanner: Scanner, depth: int) -> Condition:
    parts = [_every(scanner, depth)]
    while scanner.take_word("or"):
        parts.append(_every(scanner, depth))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _every(scanner: Scanner, depth: int) -> Condition:
    parts = [_unit(scanner, depth)]
    while scanner.take_word("and"):
        parts.append(_unit(scanner, depth))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _unit(scanner: Scanner, depth: int) -> Condition:
    if depth > _DEEPEST:
        raise scanner.unreadable("fewer brackets in each other")
    if scanner.take_word("not"):
        return Opposite(_unit(scanner, depth + 1))
    if scanner.opens():
        found = _some(scanner, depth + 1)
        if not scanner.closes():
            raise scanner.unreadable("and, or, or )")
        return found
    named = scanner.take_word(*NUMBERS, *NAMES, _WORDS)
    if named is None:
        raise scanner.unreadable(f"one of {', '.join((*NUMBERS, *NAMES, _WORDS))}")
    if named == _WORDS:
        if not scanner.take_word("has"):
            raise scanner.unreadable("has")
        return Contains(_list(scanner))
    return _compared(scanner, named) if named in NUMBERS else _named(scanner, named)


def _named(scanner: Scanner, field: str) -> Condition:
    if not scanner.take_word("is"):
        raise scanner.unreadable("is")
    is_not = scanner.take_word("not") is not None
    found = OneOf(field, _list(scanner))
    return Opposite(found) if is_not else found


def _list(scanner: Scanner) -> tuple[str, ...]:
    found = [scanner.name(expected="a word", until=_STOPS)]
    while scanner.take(","):
        found.append(scanner.name(expected="a word", until=_STOPS))
    return tuple(found)


def _compared(scanner: Scanner, field: str) -> Condition:
    operator = next((each for each in _OPERATORS if scanner.take(each)), None)
    if operator is None:
        raise scanner.unreadable("<=, >=, <, > or =")
    place = scanner.place
    text = scanner.name(expected="a number", until=_STOPS)
    try:
        bound = length_of(text) / timedelta(days=1) if field in SILENCES else _read_number(text)
    except ValueError as error:
        scanner.place = place
        raise scanner.unreadable(
            "a length of time such as 7d" if field in SILENCES else "a number"
        ) from error
    if not abs(bound) < _LARGEST:
        scanner.place = place
        raise scanner.unreadable("a number that is not so large")
    return Compared(field, operator, round(bound, _DECIMALS))


def _read_number(text: str) -> float:
    plain = fold_digits(text).replace("٫", ".").removesuffix("%").strip()
    if _NUMBER.fullmatch(plain) is None:
        raise ValueError(text)
    return float(plain.replace("−", "-"))


def _text(condition: Condition, *, is_within: bool) -> str:
    match condition:
        case Compared(field, operator, bound):
            return f"{field} {operator} {_number(field, bound)}"
        case OneOf(field, words):
            return f"{field} is {_told(words)}"
        case Contains(pieces):
            return f"{_WORDS} has {_told(pieces)}"
        case Opposite(OneOf(field, words)):
            return f"{field} is not {_told(words)}"
        case Opposite(part):
            return (
                f"not {_text(part, is_within=True)}"
                if _is_group(part)
                else f"not ({_text(part, is_within=False)})"
            )
        case Every(parts):
            told = " and ".join(_text(part, is_within=True) for part in parts)
        case Some(parts):
            told = " or ".join(_text(part, is_within=True) for part in parts)
    return f"({told})" if is_within else told


def _is_group(condition: Condition) -> bool:
    return isinstance(condition, Every | Some)


def _number(field: str, bound: float) -> str:
    if field in SILENCES:
        return length_text_of(timedelta(days=bound))
    return number_text(bound)


def number_text(bound: float) -> str:
    """Return a number as it is written in a rule.

    >>> number_text(6.0), number_text(0.25)
    ('6', '0.25')
    """
    return f"{bound:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def _told(words: tuple[str, ...]) -> str:
    return ", ".join(map(_name, words))


def _name(word: str) -> str:
    told = quoted(word)
    return f'"{word}"' if told == word and _STOPS.intersection(word.lower().split()) else told
