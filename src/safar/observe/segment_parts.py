"""What a segment is made of: what customers did, who they are, what they said, spent, and where they stand.

Each part is true or false of a person at an instant. Groups put parts together; `safar.observe.among.Segment` is a name
and parts that must all be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import Money
from safar.vocabulary.window import Window

from .conditions import Comparison, Condition
from .journey import Journey
from .steps import StepRule

#: Steps of an order of events, and of a journey.
MOST_STEPS: Final = 60
#: The highest count that can be asked for.
MOST_TIMES: Final = 999_999_999
_MOST_MINOR: Final = 10**18
_ORDERS: Final = frozenset({Comparison.ABOVE, Comparison.AT_LEAST, Comparison.BELOW, Comparison.AT_MOST})


class SegmentRefused(Refusal, ValueError):
    """The segment says nothing, or what nobody can be."""

    code = "segment.refused"


@dataclass(frozen=True, slots=True)
class Did:
    """What somebody did, how often, and when.

    Parameters
    ----------
    what
        The events that count.
    at_least, at_most
        How many; no upper bound when None. ``at_most=0`` with ``at_least=0``: never did.
    window
        Only in this stretch of time; ever, when None.
    last
        Only in the time of this length that ends now, the beginning not included: it rolls on. Not with ``window``.

    Raises
    ------
    SegmentRefused
    """

    what: StepRule
    at_least: int = 1
    at_most: int | None = None
    window: Window | None = None
    last: timedelta | None = None

    def __post_init__(self) -> None:
        _check_counts(self.at_least, self.at_most, self.what.name)
        _check_time(self.window, self.last)


@dataclass(frozen=True, slots=True)
class DidInOrder:
    """That somebody did one thing, later another, and so on; other things may lie between.

    Parameters
    ----------
    steps
        Two or more; each event counts for one step.
    within
        From the first to the last step at most so long; however long when None.
    window, last
        All of it in this time; as of `Did`.

    Raises
    ------
    SegmentRefused
    """

    steps: tuple[StepRule, ...]
    within: timedelta | None = None
    window: Window | None = None
    last: timedelta | None = None

    def __post_init__(self) -> None:
        if not 2 <= len(self.steps) <= MOST_STEPS:
            raise SegmentRefused(
                f"An order of {len(self.steps)} things was asked for.", hint=f"Name 2 to {MOST_STEPS}."
            )
        _check_length(self.within)
        _check_time(self.window, self.last)


@dataclass(frozen=True, slots=True)
class Has:
    """What is known of somebody: the newest value of a trait that an `identify` event told.

    Parameters
    ----------
    trait
        A condition on it. A trait that nobody told, or that was told as null alone, has no value.
    """

    trait: Condition

    def __post_init__(self) -> None:
        _check_condition(self.trait)


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody answered to a survey.

    Parameters
    ----------
    value
        ``of`` names a metric (``nps``) or the key of a question; the rest is said of the answer's value.
    newest
        The newest answer must be so; any one of them, when False. Who never answered is like who answered nothing:
        ``is_missing`` and ``is_not`` hold for him with ``newest``.
    window, last
        Only answers given in this time; as of `Did`.

    Raises
    ------
    SegmentRefused
    """

    value: Condition
    newest: bool = True
    window: Window | None = None
    last: timedelta | None = None

    def __post_init__(self) -> None:
        _check_condition(self.value)
        if not self.newest and self.value.comparison is Comparison.IS_MISSING:
            raise SegmentRefused(
                f"No answer to {self.value.of!r} can be missing.",
                hint="Ask for the last answer, or for none of them.",
            )
        _check_time(self.window, self.last)


@dataclass(frozen=True, slots=True)
class Spent:
    """What somebody spent: orders placed less what was paid back, in one currency.

    Parameters
    ----------
    comparison
        ``above``, ``at_least``, ``below`` or ``at_most``.
    amount
        Held against it. Who bought nothing in this currency spent 0 of it.
    window, last
        Only orders and returns of this time; as of `Did`.

    Raises
    ------
    SegmentRefused
    """

    comparison: Comparison
    amount: Money
    window: Window | None = None
    last: timedelta | None = None

    def __post_init__(self) -> None:
        if self.comparison not in _ORDERS:
            raise SegmentRefused(
                f"What was spent cannot be held by {self.comparison.value!r} against an amount.",
                hint="Ask for above, at least, below or at most.",
            )
        if abs(self.amount.minor) >= _MOST_MINOR:
            raise SegmentRefused("Nobody spends so much.", hint="Give an amount below 10^18 minor units.")
        _check_time(self.window, self.last)


@dataclass(frozen=True, slots=True)
class Ordered:
    """How many orders somebody placed; those of one ``order_id`` are one.

    Parameters
    ----------
    at_least, at_most, window, last
        As of `Did`.

    Raises
    ------
    SegmentRefused
    """

    at_least: int = 1
    at_most: int | None = None
    window: Window | None = None
    last: timedelta | None = None

    def __post_init__(self) -> None:
        _check_counts(self.at_least, self.at_most, "order")
        _check_time(self.window, self.last)


@dataclass(frozen=True, slots=True)
class AtStep:
    """At which step of a journey somebody stands: the newest event that belongs to any step belongs to this one.

    Parameters
    ----------
    step
        Name of one of the steps.
    steps
        Of the journey. An event that two rules take belongs to the first of them.
    reached
        Was there once, wherever he stands now.

    Raises
    ------
    SegmentRefused
    """

    step: str
    steps: tuple[StepRule, ...]
    reached: bool = False

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.steps]
        if len(set(names)) < len(names) or len(names) > MOST_STEPS:
            raise SegmentRefused(
                f"The journey has {len(names)} steps of {len(set(names))} names.",
                hint=f"Name at most {MOST_STEPS} steps, each by its own name.",
            )
        if self.step not in names:
            raise SegmentRefused(
                f"The journey has no step {self.step!r}.", hint=f"Its steps are: {', '.join(names)}."
            )

    @classmethod
    def of(cls, journey: Journey, step: str, *, reached: bool = False) -> AtStep:
        """Return the part for a step of a designed journey."""
        return cls(step, journey.steps, reached)


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these are true."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        _check_parts(self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these is true."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        _check_parts(self.parts)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of these is true."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        _check_parts(self.parts)


Leaf = Did | DidInOrder | Has | Answered | Spent | Ordered | AtStep
Group = AllOf | AnyOf | NoneOf
Part = Did | DidInOrder | Has | Answered | Spent | Ordered | AtStep | AllOf | AnyOf | NoneOf


def leaves(parts: tuple[Part, ...]) -> Iterator[Leaf]:
    """Go through the parts that are no groups, inside groups too."""
    for part in parts:
        if isinstance(part, AllOf | AnyOf | NoneOf):
            yield from leaves(part.parts)
        else:
            yield part


def rolls(part: Leaf) -> bool:
    """Tell whether the part can become true or false by the passing of time alone."""
    return not isinstance(part, Has | AtStep) and part.last is not None


def _check_counts(at_least: int, at_most: int | None, name: str) -> None:
    if at_least < 0 or (at_most is not None and at_most < at_least):
        raise SegmentRefused(
            f"Nobody does {name!r} from {at_least} to {at_most} times.",
            hint="Give two counts from 0 on, the smaller one first.",
        )
    if max(at_least, at_most or 0) > MOST_TIMES:
        raise SegmentRefused(f"Nobody does {name!r} so often.", hint=f"Count up to {MOST_TIMES:,}.")
    if at_least == 0 and at_most is None:
        raise SegmentRefused(
            f"Everybody does {name!r} at least 0 times.", hint="Ask for at least 1, or at most 0."
        )


def _check_time(window: Window | None, last: timedelta | None) -> None:
    if window is not None and last is not None:
        raise SegmentRefused(
            "A fixed and a rolling time were given together.",
            hint="Give a window, or the length of the last time.",
        )
    _check_length(last)


def _check_length(length: timedelta | None) -> None:
    if length is not None and not timedelta(0) < length <= timedelta(days=36_525):
        raise SegmentRefused(
            f"Nothing happens within {length}.", hint="Give a length above zero, such as 7d."
        )


def _check_condition(condition: Condition) -> None:
    if condition.of.startswith("@"):
        raise SegmentRefused(
            f"{condition.of!r} is no trait and no question.",
            hint="Ask for events with it: did order_placed [@amount > 5].",
        )


def _check_parts(parts: tuple[Part, ...]) -> None:
    if not parts:
        raise SegmentRefused(
            "A group of nothing says nothing.", hint="Put something into it, or leave it out."
        )
