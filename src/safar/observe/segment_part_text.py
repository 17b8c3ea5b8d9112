"""The parts of a segment as text, and read from it; see `segment_text.segment_of` for the language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from safar.vocabulary.digits import ARABIC_DIGITS, PERSIAN_DIGITS, fold_digits
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.money import Money
from safar.vocabulary.window import DurationUnreadable, NaiveInstant, Window, WindowReversed

from .conditions import Comparison
from .rule_scanner import KEYWORDS, RuleUnreadable, Scanner, quoted
from .rule_text import condition_text_of, read_condition, read_rule, text_of
from .segment_parts import (
    AllOf,
    Answered,
    AnyOf,
    AtStep,
    Did,
    DidInOrder,
    Group,
    Has,
    NoneOf,
    Ordered,
    Part,
    SegmentRefused,
    Spent,
)
from .steps import StepRule
from .time_text import (
    TimeUnreadable,
    instant_of,
    instant_text_of,
    length_of,
    length_text_of,
    window_of,
    window_text_of,
)

Known = frozenset[str] | None
Time = TypeVar("Time", datetime, timedelta, Window)

_IN_RULES: Final = KEYWORDS | {"then"}
_THOUSANDS: Final = 3
#: Groups within groups: nobody means more.
_DEEPEST: Final = 20
_DIGIT: Final = f"[0-9{PERSIAN_DIGITS}{ARABIC_DIGITS}]"
_COUNT: Final = re.compile(_DIGIT + "{1,9}")
_WINDOW: Final = re.compile(r"[^\s;؛()]+?\.\.[^\s;؛()]+")
_INSTANT: Final = re.compile(r"[^\s;؛()]+")
_LENGTH: Final = re.compile(
    rf"[Pp](?:{_DIGIT}+[WwDdHhMmTtSs]|[Tt]|{_DIGIT}+\.{_DIGIT}+[Ss])+"
    rf"|{_DIGIT}+(?:[.٫]{_DIGIT}+)?\s*(?:ms|[wdhms])(?:\s*{_DIGIT}+(?:[.٫]{_DIGIT}+)?\s*(?:ms|[wdhms]))*(?!\w)"
)
_AMOUNT: Final = re.compile(rf"[-−]?{_DIGIT}+(?:[,٬،'’]{_DIGIT}{{3}})*(?:[.٫]{_DIGIT}+)?")
_SIGNS: Final = {
    ">=": Comparison.AT_LEAST,
    ">": Comparison.ABOVE,
    "<=": Comparison.AT_MOST,
    "<": Comparison.BELOW,
}
_SIGN_OF: Final = {comparison: sign for sign, comparison in _SIGNS.items()}
_GROUPS: Final[dict[str, type[Group]]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_WORD_OF_GROUP: Final = {kind: word for word, kind in _GROUPS.items()}
_EXPECTED: Final = "did, has, last, any, spent, ordered, at, reached, all or none"
#: With which parts begin.
PART_WORDS: Final = ("did", "has", "last", "any", "spent", "ordered", "at", "reached", "all", "none")


def read_part(scanner: Scanner, known: Known) -> Part:
    """Return the part that comes next in a text.

    Raises
    ------
    RuleUnreadable, UnknownEventName
    """
    word = scanner.take_word(*_READERS)
    if word is None:
        raise _no_part(scanner)
    start = scanner.place
    try:
        if word in _GROUPS and scanner.opens():
            return _GROUPS[word](_group(scanner, known))
        return _READERS[word](scanner, known)
    except Refusal as refusal:
        raise refusal if "position" in refusal.context else scanner.refused(start, refusal) from None


def part_text(part: Part) -> str:
    """Return the text of a part: `read_part` gives exactly this part back."""
    return _TELLERS[type(part)](part)


def read_instant(scanner: Scanner) -> datetime:
    """Return the instant behind ``as``: ``of 2026-03-01``."""
    if not scanner.take_word("of"):
        raise scanner.unreadable("of, and a day or an instant")
    return _timed(scanner, _INSTANT, instant_of, "a day, such as 2026-03-01")


def instant_text(instant: datetime) -> str:
    """Return an instant as `read_instant` reads it back."""
    return instant_text_of(instant)


def _no_part(scanner: Scanner) -> RuleUnreadable:
    refusal = scanner.unreadable(_EXPECTED)
    start = scanner.place
    found = next(iter(scanner.text[start:].split()), "").strip(";؛:")
    scanner.place = start
    hint = nearest(found.lower(), PART_WORDS)
    return refusal if not hint else RuleUnreadable(refusal.message, hint=hint, **refusal.context)


def _group(scanner: Scanner, known: Known) -> tuple[Part, ...]:
    if scanner.depth > _DEEPEST:
        raise SegmentRefused("Groups stand too deep in each other.", hint="Say it with fewer of them.")
    parts = [read_part(scanner, known)]
    while scanner.take(";"):
        if scanner.closes():
            return tuple(parts)
        parts.append(read_part(scanner, known))
    if not scanner.closes():
        raise scanner.unreadable("; or )")
    return tuple(parts)


def _only_group(scanner: Scanner, _known: Known) -> Part:
    raise scanner.unreadable("(")


def _did(scanner: Scanner, known: Known) -> Part:
    never = scanner.take_word("not") is not None
    rules = [read_rule(scanner, known, until=_IN_RULES)]
    if never:
        return Did(rules[0], 0, 0, *_when(scanner))
    while scanner.take_word("then"):
        rules.append(read_rule(scanner, known, until=_IN_RULES))
    if len(rules) > 1:
        return _in_order(scanner, tuple(rules))
    at_least, at_most = _how_often(scanner)
    return Did(rules[0], at_least, at_most, *_when(scanner))


def _in_order(scanner: Scanner, rules: tuple[StepRule, ...]) -> DidInOrder:
    within = None
    place = scanner.place
    if scanner.take_word("within"):
        within = _taken_length(scanner)
        if within is None:
            scanner.place = place
    return DidInOrder(rules, within, *_when(scanner))


def _has(scanner: Scanner, _known: Known) -> Has:
    return Has(read_condition(scanner))


def _last(scanner: Scanner, _known: Known) -> Answered:
    return Answered(read_condition(scanner), True, *_when(scanner))


def _any(scanner: Scanner, _known: Known) -> Answered:
    return Answered(read_condition(scanner), False, *_when(scanner))


def _spent(scanner: Scanner, _known: Known) -> Spent:
    sign = scanner.take(*_SIGNS)
    if sign is None:
        raise scanner.unreadable("one of >= > <= <")
    amount = scanner.take_raw(_AMOUNT, expected="an amount").replace("−", "-")
    currency = scanner.name(expected="a currency, such as USD", until=_IN_RULES)
    return Spent(_SIGNS[sign], Money.of(amount, currency.upper()), *_when(scanner))


def _ordered(scanner: Scanner, _known: Known) -> Ordered:
    return Ordered(*_how_often(scanner), *_when(scanner))


def _at(scanner: Scanner, known: Known) -> AtStep:
    return _step(scanner, known, reached=False)


def _reached(scanner: Scanner, known: Known) -> AtStep:
    return _step(scanner, known, reached=True)


def _step(scanner: Scanner, known: Known, *, reached: bool) -> AtStep:
    step = scanner.name(expected="a step", until=frozenset({"of"}))
    if not scanner.take_word("of"):
        raise scanner.unreadable("of, and the steps of the journey with > between them")
    rules = [read_rule(scanner, known, until=_IN_RULES)]
    while scanner.take(">"):
        rules.append(read_rule(scanner, known, until=_IN_RULES))
    return AtStep(step, tuple(rules), reached)


def _how_often(scanner: Scanner) -> tuple[int, int | None]:
    sign = scanner.take(">=", "<=", "=")
    if sign is None:
        return 1, None
    count = _count(scanner)
    if sign == "=":
        return count, count
    if sign == "<=":
        return 0, count
    return count, _count(scanner) if scanner.take("<=") else None


def _count(scanner: Scanner) -> int:
    return int(fold_digits(scanner.take_raw(_COUNT, expected="a count")))


def _when(scanner: Scanner) -> tuple[Window | None, timedelta | None]:
    """Return the fixed or the rolling time in which something counts."""
    if not scanner.take_word("within"):
        return None, None
    if not scanner.take_word("last"):
        return _timed(
            scanner, _WINDOW, window_of, "last 30d, or two days, such as 2026-01-01..2026-03-01"
        ), None
    length = _taken_length(scanner)
    if length is None:
        raise scanner.unreadable("a length of time, such as 30d")
    return None, length


def _taken_length(scanner: Scanner) -> timedelta | None:
    scanner.at_end()
    if _LENGTH.match(scanner.text, scanner.place) is None or _WINDOW.match(scanner.text, scanner.place):
        return None
    return _timed(scanner, _LENGTH, length_of, "a length of time, such as 30d")


def _timed(scanner: Scanner, pattern: re.Pattern[str], read: Callable[[str], Time], expected: str) -> Time:
    scanner.at_end()
    place = scanner.place
    try:
        return read(scanner.take_raw(pattern, expected=expected))
    except (NaiveInstant, TimeUnreadable, WindowReversed, DurationUnreadable) as refusal:
        raise scanner.refused(place, refusal) from None


def _did_text(did: Did) -> str:
    never = (did.at_least, did.at_most) == (0, 0)
    often = "" if never else _how_often_text(did.at_least, did.at_most)
    return f"did {'not ' if never else ''}{text_of(did.what)}{often}{_when_text(did.window, did.last)}"


def _in_order_text(part: DidInOrder) -> str:
    within = "" if part.within is None else f" within {length_text_of(part.within)}"
    return f"did {' then '.join(map(text_of, part.steps))}{within}{_when_text(part.window, part.last)}"


def _has_text(part: Has) -> str:
    return f"has {condition_text_of(part.trait)}"


def _answered_text(part: Answered) -> str:
    word = "last" if part.newest else "any"
    return f"{word} {condition_text_of(part.value)}{_when_text(part.window, part.last)}"


def _spent_text(part: Spent) -> str:
    whole, point, decimals = f"{part.amount.decimal:f}".partition(".")
    # Three digits behind a mark could be thousands.
    decimals = decimals.rstrip("0") + ("0" if len(decimals.rstrip("0")) == _THOUSANDS else "")
    amount = f"{whole}{point}{decimals}" if decimals else whole
    return f"spent {_SIGN_OF[part.comparison]} {amount} {part.amount.currency}{_when_text(part.window, part.last)}"


def _ordered_text(part: Ordered) -> str:
    return f"ordered{_how_often_text(part.at_least, part.at_most)}{_when_text(part.window, part.last)}"


def _step_text(part: AtStep) -> str:
    word = "reached" if part.reached else "at"
    return f"{word} {quoted(part.step)} of {' > '.join(map(text_of, part.steps))}"


def _group_text(part: Group) -> str:
    return f"{_WORD_OF_GROUP[type(part)]} ({'; '.join(map(part_text, part.parts))})"


def _how_often_text(at_least: int, at_most: int | None) -> str:
    if at_most == at_least:
        return f" = {at_most}"
    if at_least == 0:
        return f" <= {at_most}"
    lower = "" if (at_least, at_most) == (1, None) else f" >= {at_least}"
    return lower if at_most is None else f"{lower} <= {at_most}"


def _when_text(window: Window | None, last: timedelta | None) -> str:
    if last is not None:
        return f" within last {length_text_of(last)}"
    return "" if window is None else f" within {window_text_of(window)}"


_READERS: Final[dict[str, Callable[[Scanner, Known], Part]]] = {
    "did": _did,
    "has": _has,
    "last": _last,
    "any": _any,
    "spent": _spent,
    "ordered": _ordered,
    "at": _at,
    "reached": _reached,
    "all": _only_group,
    "none": _only_group,
}
_TELLERS: Final[dict[type[Any], Callable[[Any], str]]] = {
    Did: _did_text,
    DidInOrder: _in_order_text,
    Has: _has_text,
    Answered: _answered_text,
    Spent: _spent_text,
    Ordered: _ordered_text,
    AtStep: _step_text,
    AllOf: _group_text,
    AnyOf: _group_text,
    NoneOf: _group_text,
}
