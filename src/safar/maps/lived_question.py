"""From a designed map to the question that its lived side answers: only what matters to numbers, so it can be a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, TypeVar

from safar.observe.among import EVERYBODY, Among
from safar.observe.conformance import ConformanceQuestion
from safar.observe.journey import Journey
from safar.observe.promises import PromiseQuestion
from safar.observe.rule_text import rule_of
from safar.observe.steps import StepRule
from safar.observe.time_text import length_of
from safar.vocabulary.errors import Json, Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.lifecycle import CONVERSATION_STARTED
from safar.vocabulary.window import Window

from .anatomy import JourneyMap, Promise, Step

Found = TypeVar("Found")

#: How customers turn to support.
CONTACTS: Final = StepRule("contact", tuple(sorted(CONVERSATION_STARTED)))


class BindingUnreadable(Refusal, ValueError):
    """A rule, or a length of time, that a step is bound by cannot be read."""

    code = "map.binding_unreadable"


@dataclass(frozen=True, slots=True)
class BoundPromise:
    """A promise of a step, its rules read."""

    promise_id: str
    begins: StepRule
    kept_by: StepRule
    within: timedelta
    same: str = ""
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class BoundStep:
    """What a step is bound to, its rules read; None where it is bound to nothing of that kind."""

    step_id: str
    events: StepRule | None = None
    question_keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    promises: tuple[BoundPromise, ...] = ()
    revenue: StepRule | None = None
    cost: StepRule | None = None


@dataclass(frozen=True, slots=True)
class LivedQuestion:
    """How is this map lived?

    Parameters
    ----------
    steps
        All steps of the map, in the order of reading.
    moves
        Designed moves between steps that are bound to events; what leads through unbound steps is joined.
    starts, ends
        Where a journey may begin and end well, among the steps bound to events.
    pause
        What ends a passage; None where nothing does.
    window
        Only what happened in this stretch of time; everything when None.
    among
        Whose events, answers and messages. Its channels and conditions speak of what is done at steps, and of money;
        answers and messages are those of its segment's customers, however they came.
    level
        Confidence level of the intervals.

    Raises
    ------
    ImpossibleLevel
    """

    steps: tuple[BoundStep, ...]
    moves: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    pause: timedelta | None = field(default=None, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)

    @property
    def journey(self) -> Journey | None:
        """The behavioural part: steps that are bound to events; None where there is none."""
        rules = tuple(step.events for step in self.steps if step.events is not None)
        return Journey(rules, self.moves, self.starts, self.ends) if rules else None

    @property
    def conformance(self) -> ConformanceQuestion | None:
        """What is asked of the paths; None where no step is bound to events."""
        journey = self.journey
        if journey is None:
            return None
        return ConformanceQuestion(
            journey, self.window, pause=self.pause, contacts=CONTACTS, level=self.level, among=self.among
        )

    def promise(self, promise: BoundPromise) -> PromiseQuestion:
        """Return what is asked of one promise."""
        return PromiseQuestion(
            promise.begins,
            promise.kept_by,
            promise.within,
            promise.same,
            window=self.window,
            among=self.among,
            level=self.level,
        )


def lived_question(
    document: JourneyMap,
    *,
    window: Window | None = None,
    among: Among = EVERYBODY,
    level: float = DEFAULT_LEVEL,
) -> LivedQuestion:
    """Return the question that the lived side of a map answers.

    Parameters
    ----------
    document
        The designed map. Its texts, cards, lanes and owners do not matter to the question.
    window, among, level
        As of `LivedQuestion`.

    Raises
    ------
    BindingUnreadable
        A rule or a length of time cannot be read. Its ``context`` has the ``step`` and the ``field`` (``events``,
        ``revenue``, ``cost``, ``begins``, ``kept_by``, ``within``, ``pause``), and the ``position`` in the text where
        one is known.
    """
    steps = tuple(_bound(step) for step in document.steps)
    bound = [step.step_id for step in steps if step.events is not None]
    onward: dict[str, list[str]] = {step.step_id: [] for step in steps}
    back: dict[str, list[str]] = {step.step_id: [] for step in steps}
    for move in document.moves:
        onward[move.source].append(move.target)
        back[move.target].append(move.source)
    order = {step.step_id: place for place, step in enumerate(steps)}
    moves = [
        (source, target)
        for source in bound
        for target in _reached(onward[source], onward, bound, order)
        if target != source
    ]
    starts = [step.step_id for place, step in enumerate(document.steps) if step.can_begin or place == 0]
    last = len(document.steps) - 1
    ends = [step.step_id for place, step in enumerate(document.steps) if step.can_end or place == last]
    pause = _read("", "pause", length_of, document.pause) if document.pause.strip() else None
    return LivedQuestion(
        steps,
        tuple(moves),
        tuple(_reached(starts, onward, bound, order)) or tuple(bound[:1]),
        tuple(_reached(ends, back, bound, order)) or tuple(bound[-1:]),
        pause=pause,
        window=window,
        among=among,
        level=level,
    )


def _reached(
    begin: Iterable[str], onward: Mapping[str, list[str]], bound: list[str], order: Mapping[str, int]
) -> list[str]:
    """Return the bound steps among these, and those that unbound ones among them lead to; in the order of the map."""
    found, waiting, seen = set[str](), list(begin), set[str]()
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        if step in bound:
            found.add(step)
        else:
            waiting += onward[step]
    return sorted(found, key=order.__getitem__)


def _bound(step: Step) -> BoundStep:
    binding = step.binding

    def rule(text: str, of: str) -> StepRule | None:
        return _rule(step.step_id, of, text, step.step_id) if text.strip() else None

    return BoundStep(
        step.step_id,
        rule(binding.events, "events"),
        tuple(dict.fromkeys(binding.question_keys)),
        tuple(dict.fromkeys(binding.tags)),
        tuple(_promise(step.step_id, promise) for promise in binding.promises),
        rule(binding.revenue, "revenue"),
        rule(binding.cost, "cost"),
    )


def _promise(step_id: str, promise: Promise) -> BoundPromise:
    within = _read(step_id, "within", length_of, promise.within)
    if within <= timedelta(0):
        raise _unreadable(step_id, "within", f"nothing is kept within {promise.within!r}")
    return BoundPromise(
        promise.promise_id,
        _rule(step_id, "begins", promise.begins, "begins"),
        _rule(step_id, "kept_by", promise.kept_by, "kept_by"),
        within,
        promise.same.strip(),
        promise.goal,
    )


def _rule(step_id: str, field: str, text: str, name: str) -> StepRule:
    return replace(_read(step_id, field, rule_of, text), name=name)


def _read(step_id: str, field: str, read: Callable[[str], Found], text: str) -> Found:
    try:
        return read(text)
    except Refusal as refusal:
        raise _unreadable(step_id, field, str(refusal), **refusal.context) from refusal


def _unreadable(step_id: str, field: str, problem: str, **context: Json) -> BindingUnreadable:
    where = f"step {step_id!r}" if step_id else "the map"
    return BindingUnreadable(
        f"The {field.replace('_', ' ')} of {where} cannot be read: {problem}",
        hint="Open the step and correct what it is bound to.",
        **{**context, "step": step_id, "field": field},
    )
