"""Step rules as one line of text: what people type into forms, at the terminal and into addresses.

``checkout`` is the event of that name. ``Pay: order paid, payment done [channel = web | app; plan = pro; coupon?]`` is
a step called Pay: events of two names, by one of two channels, with a plan and with a coupon.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from safar.vocabulary.errors import Refusal

from .conditions import Comparison, Condition
from .rule_scanner import KEYWORDS, Scanner, checked_event_name, quoted
from .steps import StepRule

_SIGNS: Final = {
    Comparison.IS: "=",
    Comparison.IS_NOT: "!=",
    Comparison.ABOVE: ">",
    Comparison.AT_LEAST: ">=",
    Comparison.BELOW: "<",
    Comparison.AT_MOST: "<=",
    Comparison.CONTAINS: "~",
}
_COMPARISONS: Final = {sign: comparison for comparison, sign in _SIGNS.items()}
_CHANNEL: Final = "channel"


def rule_of(text: str, *, event_names: Iterable[str] | None = None) -> StepRule:
    """Return the rule that a text says.

    Parameters
    ----------
    text
        ``name: events [conditions]``. Without a name, one event alone gives its own and anything else the text. Events
        are separated by commas, ``*`` is any. Conditions are separated by semicolons: ``channel = web | app`` (one of
        these channels), ``plan = pro | free``, ``plan != pro``, ``@amount >= 1000`` (also ``>``, ``<``, ``<=``),
        ``city ~ shi`` (contains), ``coupon?`` (is there), ``!coupon`` (is missing). A name with other signs stands in
        quotation marks, in which ``\\`` takes the sign behind it as it is; ``"channel"`` in quotation marks is a
        property. ``،`` ``؛`` ``؟`` ``«»`` and digits of any script are as good.
    event_names
        Those that the log holds: others are refused, and the nearest is named. Any name when None.

    Raises
    ------
    RuleUnreadable
        Its ``context`` has the ``position`` in the text, from 0.
    UnknownEventName

    Examples
    --------
    >>> rule_of("checkout")
    StepRule(name='checkout', event_names=('checkout',), channels=(), where=())
    >>> rule = rule_of("Pay: order paid [channel = web | app; @amount >= ۱۰۰۰]")
    >>> rule.name, rule.event_names, rule.channels, rule.where[0].values
    ('Pay', ('order paid',), ('web', 'app'), ('۱۰۰۰',))
    """
    scanner = Scanner(text)
    rule = read_rule(scanner, event_names)
    if not scanner.at_end():
        raise scanner.unreadable("a comma, a condition in brackets or the end")
    return rule


def text_of(rule: StepRule) -> str:
    """Return the text of a rule: `rule_of` gives exactly this rule back.

    >>> text_of(StepRule("Pay", ("order paid", "done"), where=(Condition("coupon", Comparison.IS_THERE),)))
    'Pay: order paid, done [coupon?]'
    """
    body = _body(rule.event_names, rule.channels, rule.where)
    if rule.name == _default_name(rule.event_names, rule.channels, rule.where):
        return body
    return f"{quoted(rule.name)}: {body}"


def condition_of(text: str) -> Condition:
    """Return the condition that a text says, as it stands in the brackets of a rule.

    Raises
    ------
    RuleUnreadable

    Examples
    --------
    >>> condition_of("plan != pro").comparison
    <Comparison.IS_NOT: 'is_not'>
    """
    scanner = Scanner(text)
    try:
        found = _condition(scanner)
    except Refusal as refusal:
        raise refusal if "position" in refusal.context else scanner.refused(0, refusal) from None
    if not isinstance(found, Condition):
        scanner.place = 0
        raise scanner.unreadable('a property; that of the name channel is written "channel"')
    if not scanner.at_end():
        raise scanner.unreadable("| or the end")
    return found


def condition_text_of(condition: Condition) -> str:
    """Return the text of a condition: `condition_of` gives exactly this condition back."""
    of = f'"{_CHANNEL}"' if condition.of == _CHANNEL else quoted(condition.of)
    if condition.comparison is Comparison.IS_THERE:
        return f"{of}?"
    if condition.comparison is Comparison.IS_MISSING:
        return f"!{of}"
    return f"{of} {_SIGNS[condition.comparison]} {' | '.join(map(quoted, condition.values))}"


def read_rule(
    scanner: Scanner, event_names: Iterable[str] | None, *, until: frozenset[str] = KEYWORDS
) -> StepRule:
    """Return the rule that comes next in a text, up to one of the words ``until``."""
    start = scanner.place
    known = None if event_names is None else frozenset(event_names)
    name, names = _named(scanner, known, until)
    channels: tuple[str, ...] = ()
    where: list[Condition] = []
    if scanner.take("["):
        while not scanner.take("]"):
            place = scanner.place
            try:
                found = _condition(scanner)
            except Refusal as refusal:
                raise refusal if "position" in refusal.context else scanner.refused(place, refusal) from None
            if isinstance(found, Condition):
                where.append(found)
            elif channels:
                scanner.place = place
                raise scanner.unreadable("the channels once, with | between them")
            else:
                channels = found
            if not scanner.take(";") and not scanner.text.startswith("]", _next(scanner)):
                raise scanner.unreadable("; or ]")
    try:
        return StepRule(name or _default_name(names, channels, where), names, channels, tuple(where))
    except Refusal as refusal:
        raise scanner.refused(start, refusal) from None


def _named(
    scanner: Scanner, known: frozenset[str] | None, until: frozenset[str]
) -> tuple[str, tuple[str, ...]]:
    """Return the name of the rule, if it has one, and its events."""
    name, names = "", []
    place = _next(scanner)
    if not _any(scanner):
        first = scanner.name(expected="an event, * or [", until=until)
        if not scanner.take(":"):
            names.append(checked_event_name(first, known, position=place))
        else:
            name, place = first, _next(scanner)
            if not name:
                raise scanner.unreadable("a name before the colon")
            if not _any(scanner):
                each = scanner.name(expected="an event, * or [", until=until)
                names.append(checked_event_name(each, known, position=place))
    while names and scanner.take(","):
        place = _next(scanner)
        each = scanner.name(expected="an event", until=until)
        names.append(checked_event_name(each, known, position=place))
    return name, tuple(names)


def _any(scanner: Scanner) -> bool:
    """Step over what stands for any event: a star, or conditions alone."""
    return scanner.take("*") is not None or scanner.text.startswith("[", _next(scanner))


def _next(scanner: Scanner) -> int:
    scanner.at_end()
    return scanner.place


def read_condition(scanner: Scanner) -> Condition:
    """Return the condition that comes next in a text, on a trait or an answer: ``channel`` is one like any other."""
    place = _next(scanner)
    try:
        found = _condition(scanner, channel=None, until=KEYWORDS)
    except Refusal as refusal:
        raise refusal if "position" in refusal.context else scanner.refused(place, refusal) from None
    assert isinstance(found, Condition)
    return found


def _condition(
    scanner: Scanner, *, channel: str | None = _CHANNEL, until: frozenset[str] = frozenset()
) -> Condition | tuple[str, ...]:
    """Return the condition that comes next, or the channels."""
    if scanner.take("!"):
        return Condition(scanner.name(expected="a property", until=until), Comparison.IS_MISSING)
    place = _next(scanner)
    of = scanner.name(expected="a property, such as plan", until=until)
    is_channel = of == channel and scanner.text[place] == of[0]
    if not is_channel and scanner.take("?"):
        return Condition(of, Comparison.IS_THERE)
    sign = scanner.take("=") if is_channel else scanner.take(*_COMPARISONS)
    if sign is None:
        raise scanner.unreadable("=" if is_channel else "one of = != > >= < <= ~ ?")
    values = [_value(scanner, until)]
    while scanner.take("|"):
        values.append(_value(scanner, until))
    return tuple(values) if is_channel else Condition(of, _COMPARISONS[sign], tuple(values))


def _value(scanner: Scanner, until: frozenset[str]) -> str:
    return scanner.name(expected="a value", until=until)


def _body(names: Iterable[str], channels: Iterable[str], where: Iterable[Condition]) -> str:
    conditions = [f"{_CHANNEL} = {' | '.join(map(quoted, channels))}"] if channels else []
    conditions += map(condition_text_of, where)
    events = ", ".join(map(quoted, names)) or "*"
    return f"{events} [{'; '.join(conditions)}]" if conditions else events


def _default_name(names: tuple[str, ...], channels: tuple[str, ...], where: Iterable[Condition]) -> str:
    conditions = tuple(where)
    if len(names) == 1 and not channels and not conditions:
        return names[0]
    return _body(names, channels, conditions)
