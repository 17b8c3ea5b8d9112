"""The map as it is lived: flow, scores, emotions, promises, money, voices and pains at each step, in few walks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_counts import answers as answers_in
from safar.listen.answer_counts import to_question
from safar.listen.surveys import QUESTION
from safar.observe.conformance import ConformanceAnswer, StepLived, conformance
from safar.observe.promises import PromiseAnswer, promise
from safar.observe.questions import outliving_merges
from safar.observe.touchpoints import Touchpoints, touchpoints
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import Estimate
from safar.vocabulary.money import Money
from safar.vocabulary.window import Window, from_microseconds

from . import money, pains, voices
from .emotion import Emotion, behaved, references, said_in
from .lived_question import BoundPromise, BoundStep, LivedQuestion
from .pains import Opening, Pain
from .scores import StepScore, people_low, scores_of
from .voices import Voice

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log
    from safar.store.paths import Paths


@dataclass(frozen=True, slots=True)
class PromiseKept:
    """How often a promise of a step was kept; see `safar.observe.promises`.

    Attributes
    ----------
    promise_id
        As in the map.
    kept
        Share, with an interval clustered by customer; None where none is decided.
    decided, broken, open
        Due by now; of these not kept in time; not due yet.
    broken_customers
        Customers with a broken one.
    median
        From the beginning to what kept it.
    goal
        The share that should be kept, if the map says.
    opening
        Opens the rows of the broken ones; ``number`` may also be ``kept`` and ``open``.
    """

    promise_id: str
    kept: Estimate | None
    decided: int
    broken: int
    open: int
    broken_customers: int
    median: timedelta | None
    goal: float | None
    opening: Opening


@dataclass(frozen=True, slots=True)
class StepReading:
    """What is known of one step.

    Attributes
    ----------
    step
        Its id.
    customers
        Who were here; None where the step is bound to no events.
    lost
        Share of the passages here that end though the journey does not; None where none can.
    scores
        By question key, in the order of the map.
    said, behaved
        Emotion in answers and as shown by behaviour; see `safar.maps.emotion`.
    promises
        In the order of the map.
    channels
        Pairs of a channel and its count of events here, the most frequent first.
    voices
        Some of what was written, unhappy and new ones in turn.
    pains
        The heaviest first.
    revenue, cost
        Exact sums, one for each currency, that with the most events first.
    """

    step: str
    customers: int | None
    lost: Estimate | None
    scores: tuple[StepScore, ...]
    said: Emotion | None
    behaved: Emotion | None
    promises: tuple[PromiseKept, ...]
    channels: tuple[tuple[str, int], ...]
    voices: tuple[Voice, ...]
    pains: tuple[Pain, ...]
    revenue: tuple[Money, ...]
    cost: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class LivedMap:
    """How a map is lived.

    Attributes
    ----------
    conformance
        Flow, moves on and off the map, fitness and coverage; None where no step is bound to events.
    steps
        One for each step of the map, in the order of reading.
    pains
        Of all steps, the heaviest first.
    notes
        Caveats: those of conformance, of promises (``promise.open``, ``promise.untold``) and of scores, each summed
        over the map; ``map.no_amount`` and ``map.unknown_currency``: events of money rules that are left out.
    """

    conformance: ConformanceAnswer | None
    steps: tuple[StepReading, ...]
    pains: tuple[Pain, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    def step(self, step_id: str) -> StepReading | None:
        """Return the reading of a step, or None."""
        return next((each for each in self.steps if each.step == step_id), None)


def lived_map(log: Log, question: LivedQuestion, *, executor: Executor | None = None) -> LivedMap:
    """Answer how a map is lived; asked anew of newer paths when files vanish under it.

    Parameters
    ----------
    log
        Where everything that happened is.
    question
        Of a map, as `safar.maps.lived_question.lived_question` gives it.
    executor
        What walks the shards side by side; one after another when None.

    Notes
    -----
    One walk tells flow, losses and ways off the map, one the channels, one each promise; answers, messages and amounts
    are read from the log's extracts. Every number is that of the question it comes from: `conformance`, `promise`, the
    scores of `safar.listen`.

    Raises
    ------
    ReadersOverrun
        Files vanished again and again.
    """
    return outliving_merges(lambda: _lived_map(log, question, executor))


def _lived_map(log: Log, question: LivedQuestion, executor: Executor | None) -> LivedMap:
    walked = _Walked.of(log.paths(), question, executor)
    heard = _Heard.of(log, question, walked.paths)
    notes = Counter(heard.notes)
    for answer in walked.promises.values():
        notes.update({note.code: int(dict(note.facts)["count"]) for note in answer.notes})
    readings = []
    for step in question.steps:
        scores, weakened = _scores(question, step, heard)
        notes.update(weakened)
        readings.append(_reading(question, step, walked, heard, scores))
    of_flow = () if walked.flow is None else walked.flow.notes
    return LivedMap(
        walked.flow,
        tuple(readings),
        pains.ranked(pain for reading in readings for pain in reading.pains),
        (*of_flow, *notes_with_facts(sorted(notes.items()))),
        Provenance(question, walked.paths.version, sum(len(shard.time) for shard in walked.paths.shards)),
    )


def _reading(
    question: LivedQuestion, step: BoundStep, walked: _Walked, heard: _Heard, scores: tuple[StepScore, ...]
) -> StepReading:
    at = walked.steps.get(step.step_id)
    return StepReading(
        step=step.step_id,
        customers=None if at is None else at.customers,
        lost=None if at is None else at.lost,
        scores=scores,
        said=said_in(heard.answers[step.step_id], step.question_keys, question.level),
        behaved=None if at is None else behaved(at, walked.usual, question.level),
        promises=tuple(_kept(question, each, walked.promises[each.promise_id]) for each in step.promises),
        channels=walked.channels.get(step.step_id, ()),
        voices=heard.voices[step.step_id],
        pains=pains.ranked(_pains(question, step, walked, heard, scores)),
        revenue=heard.revenue.get(step.step_id, ()),
        cost=heard.cost.get(step.step_id, ()),
    )


def _pains(
    question: LivedQuestion, step: BoundStep, walked: _Walked, heard: _Heard, scores: tuple[StepScore, ...]
) -> Iterator[Pain]:
    for each in step.promises:
        yield from pains.broken(question, step, each, walked.promises[each.promise_id])
    for score in scores:
        yield from pains.of_answers(question, step, score, people_low(heard.answers[step.step_id], score))
    asked, at = question.conformance, walked.steps.get(step.step_id)
    if walked.flow is not None and asked is not None and at is not None:
        yield from pains.of_flow(walked.flow, asked, at)
    people = len(np.unique(heard.talks.person[voices.tagged(heard.talks, step.tags)]))
    if people:
        yield from pains.of_contacts(question, step, people, voices.tag_property(heard.talks))


@dataclass(frozen=True, slots=True)
class _AsOf:
    """Paths that stay as they are while several questions are asked of them."""

    found: Paths

    def paths(self) -> Paths:
        return self.found


@dataclass(frozen=True, slots=True)
class _Walked:
    """What the paths tell.

    Attributes
    ----------
    steps, channels
        By step id, of steps that are bound to events.
    promises
        By promise id.
    usual
        As of `emotion.references`.
    """

    paths: Paths
    flow: ConformanceAnswer | None
    steps: Mapping[str, StepLived]
    channels: Mapping[str, Touchpoints]
    promises: Mapping[str, PromiseAnswer]
    usual: Mapping[str, float]

    @classmethod
    def of(cls, paths: Paths, question: LivedQuestion, executor: Executor | None) -> _Walked:
        lived, asked = _AsOf(paths), question.conformance
        flow = None if asked is None else conformance(lived, asked, executor=executor)
        steps = () if flow is None else flow.steps
        rules = [step.events for step in question.steps if step.events is not None]
        by_rule = (
            touchpoints(paths, rules, question.window, among=question.among, executor=executor)
            if rules
            else ()
        )
        promises = {
            each.promise_id: promise(lived, question.promise(each), executor=executor)
            for step in question.steps
            for each in step.promises
        }
        return cls(
            paths,
            flow,
            {step.step: step for step in steps},
            {rule.name: found for rule, found in zip(rules, by_rule, strict=True)},
            promises,
            references(steps),
        )


def _scores(
    question: LivedQuestion, step: BoundStep, heard: _Heard
) -> tuple[tuple[StepScore, ...], Counter[str]]:
    """Return the scores of a step, and what weakens them."""
    found: list[StepScore] = []
    notes = Counter[str]()
    for key in step.question_keys:
        scores, weakened = scores_of(heard.answers[step.step_id], key, heard.window, question.level)
        found += scores
        notes += weakened
    return tuple(found), notes


def _kept(question: LivedQuestion, promise: BoundPromise, answer: PromiseAnswer) -> PromiseKept:
    return PromiseKept(
        promise.promise_id,
        answer.share,
        answer.kept + answer.broken,
        answer.broken,
        answer.open,
        answer.broken_customers,
        answer.median,
        promise.goal,
        Opening(question.promise(promise), (("number", "broken"),)),
    )


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was said and paid: read once for all steps. ``answers`` are those to the questions of each step."""

    window: Window
    answers: Mapping[str, Rows]
    talks: Rows
    voices: dict[str, tuple[Voice, ...]]
    revenue: dict[str, tuple[Money, ...]]
    cost: dict[str, tuple[Money, ...]]
    notes: dict[str, int]

    @classmethod
    def of(cls, log: Log, question: LivedQuestion, paths: Paths) -> _Heard:
        window = question.window or _all_time(paths)
        persons = _persons(paths, question)
        found = _by_step(answers_in(log, window, persons=persons), question.steps)
        talks = voices.conversations(log, window, persons=persons)
        places = {
            step.step_id: voices.places_of(found[step.step_id], step.question_keys, talks, step.tags)
            for step in question.steps
        }
        said = voices.voices_at(log, [place for each in places.values() for place in each])
        paid = [
            (step.step_id, number, rule)
            for step in question.steps
            for number, rule in enumerate((step.revenue, step.cost))
            if rule is not None
        ]
        sums: list[tuple[Money, ...]] = []
        notes: tuple[Note, ...] = ()
        if paid:
            rules = [rule for _, _, rule in paid]
            sums, notes = money.sums_of(log, rules, window, among=question.among, persons=persons)
        revenue: dict[str, tuple[Money, ...]] = {}
        cost: dict[str, tuple[Money, ...]] = {}
        for (step_id, number, _), total in zip(paid, sums, strict=True):
            (revenue, cost)[number][step_id] = total
        return cls(
            window,
            found,
            talks,
            {step: tuple(said[place] for place in each if place in said) for step, each in places.items()},
            revenue,
            cost,
            {note.code: int(dict(note.facts)["count"]) for note in notes},
        )


def _by_step(answers: Rows, steps: Sequence[BoundStep]) -> dict[str, Rows]:
    """Return the answers to the questions of each step: sorted by question once, not sought anew for every step."""
    to = answers.by_text(answers.fields[QUESTION])
    found = {}
    for step in steps:
        asked = [to[key] for key in step.question_keys if key in to]
        found[step.step_id] = asked[0] if len(asked) == 1 else to_question(answers, *step.question_keys)
    return found


def _all_time(paths: Paths) -> Window:
    first, last = paths.span or (0, 0)
    return Window(from_microseconds(first), from_microseconds(last + 1))


def _persons(paths: Paths, question: LivedQuestion) -> NDArray[np.uint64] | None:
    """Return the keys of the segment's customers; None for everybody."""
    segment = question.among.segment
    if segment is None:
        return None
    return np.concatenate([np.zeros(0, np.uint64), *(segment.of(shard).person for shard in paths.shards)])
