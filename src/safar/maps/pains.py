"""Pains of a map: what goes wrong at its steps, ranked by how many people it meets and how badly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, Final

from safar.listen.surveys import LOWER_IS_BETTER
from safar.observe.conditions import Comparison, Condition
from safar.observe.conformance import ConformanceAnswer, ConformanceQuestion, MoveKind, StepLived
from safar.observe.goals import GoalsQuestion
from safar.observe.promises import PromiseAnswer
from safar.observe.steps import StepRule
from safar.vocabulary.lifecycle import CONVERSATION_STARTED, SURVEY_ANSWERED

from .lived_question import BoundPromise, BoundStep, LivedQuestion
from .scores import StepScore

if TYPE_CHECKING:
    from safar.observe.among import Among

Facts = tuple[tuple[str, str | int | float], ...]

#: Pains that fewer people met are none yet.
FEWEST_PEOPLE: Final = 5
#: Of each step at most so many ways off the map.
MOST_BACK: Final = 3


class PainKind(StrEnum):
    """What goes wrong, the gravest first."""

    PROMISE_BROKEN = "promise_broken"
    LOW_SCORE = "low_score"
    LOST = "lost"
    CONTACT = "contact"
    BACK = "back"
    SKIPPED = "skipped"


#: How bad each is for whom it meets, 0…1: a word that was broken, a bad judgement said aloud, a journey given up, help
#: that was needed, a way that had to be gone again, a step that was of no use. A choice of Safar's, as all such are.
GRAVITY: Final = {
    PainKind.PROMISE_BROKEN: 1.0,
    PainKind.LOW_SCORE: 0.8,
    PainKind.LOST: 0.7,
    PainKind.CONTACT: 0.6,
    PainKind.BACK: 0.4,
    PainKind.SKIPPED: 0.2,
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the rows behind a number: a question of `safar.observe.questions` and the cell of its answer.

    Attributes
    ----------
    question
        Frozen; `questions.kind_of` knows it.
    cell
        Pairs of a name and a value; ``dict(cell)`` is what `Kind.behind` takes.
    """

    question: object
    cell: tuple[tuple[str, str | int | None], ...]


@dataclass(frozen=True, slots=True)
class Pain:
    """Something that goes wrong at a step.

    Attributes
    ----------
    step
        Where.
    kind
        What.
    facts
        Pairs that the sentence about it needs: of `PainKind.PROMISE_BROKEN` ``promise`` (its id), ``share`` (broken),
        ``n``; of `LOW_SCORE` ``question``, ``metric``, ``highest`` (the highest answer that is low), ``share``, ``n``;
        of `LOST` ``share``, ``usual`` (the median of the map's steps), ``n``; of `CONTACT` ``share`` and ``n``, or
        ``tags``; of `BACK` ``target``, ``share``, ``n``; of `SKIPPED` ``share``, ``n``.
    people
        Customers it met.
    severity
        0…1: `GRAVITY` times the part of it that is beyond what was to be expected.
    weight
        ``people * severity``: pains are ranked by it.
    opening
        What opens its rows.
    """

    step: str
    kind: PainKind
    facts: Facts
    people: int
    severity: float
    weight: float
    opening: Opening | None


def ranked(pains: Iterable[Pain]) -> tuple[Pain, ...]:
    """Return the pains that met at least `FEWEST_PEOPLE` and weigh anything, the heaviest first."""
    there = [pain for pain in pains if pain.people >= FEWEST_PEOPLE and pain.weight > 0]
    return tuple(sorted(there, key=lambda pain: (-pain.weight, pain.step, pain.kind, pain.facts)))


def broken(
    question: LivedQuestion, step: BoundStep, promise: BoundPromise, answer: PromiseAnswer
) -> Iterator[Pain]:
    """Yield what a broken promise is as a pain: the part of what was broken that no goal allows."""
    if answer.share is None or not answer.broken:
        return
    share = answer.broken / (answer.kept + answer.broken)
    facts: Facts = (("promise", promise.promise_id), ("share", share), ("n", answer.kept + answer.broken))
    beyond = _beyond(share, 1 - (promise.goal or 1.0))
    opening = Opening(question.promise(promise), (("number", "broken"),))
    yield _pain(step.step_id, PainKind.PROMISE_BROKEN, facts, answer.broken_customers, beyond, opening)


def of_flow(answer: ConformanceAnswer, question: ConformanceQuestion, step: StepLived) -> Iterator[Pain]:
    """Yield what is lost, gone back from, asked about and skipped at a step."""

    facts: Facts

    def opening(*cell: tuple[str, str | int | None]) -> Opening:
        return Opening(question, cell)

    of = step.step
    if step.lost is not None and step.lost.value > 0:
        usual = usual_loss(answer.steps)
        over = step.decided
        facts = (("share", step.lost.value), ("usual", usual), ("n", over))
        lost = opening(("step", of), ("number", "lost"))
        yield _pain(of, PainKind.LOST, facts, step.lost_customers, _beyond(step.lost.value, usual), lost)
    if step.contacted:
        facts = (("share", step.contacted / step.passages), ("n", step.passages))
        contacted = opening(("step", of), ("number", "contacted"))
        yield _pain(of, PainKind.CONTACT, facts, step.contacted_customers, 1.0, contacted)
    if step.skipped:
        due = step.passages + step.skipped
        facts = (("share", step.skipped / due), ("n", due))
        skipped = opening(("step", of), ("number", "skipped"))
        yield _pain(of, PainKind.SKIPPED, facts, step.skipped_customers, 1.0, skipped)
    away = [move for move in answer.moves if move.source == of and move.kind is MoveKind.OFF_MAP]
    for move in away[:MOST_BACK]:
        share = 0.0 if move.share is None else move.share.value
        yield _pain(
            of,
            PainKind.BACK,
            (("target", move.target), ("share", share), ("n", move.count)),
            move.customers,
            1.0,
            opening(("source", of), ("target", move.target)),
        )


def of_answers(question: LivedQuestion, step: BoundStep, score: StepScore, people: int) -> Iterator[Pain]:
    """Yield what low answers to a question of a step are as a pain; ``people`` gave them."""
    if not score.low:
        return
    rule = StepRule(
        score.question_key,
        tuple(sorted(SURVEY_ANSWERED)),
        where=(
            Condition("question_key", Comparison.IS, (score.question_key,)),
            Condition("metric", Comparison.IS, (score.metric,)),
            Condition("scale_min", Comparison.IS, (str(score.scale[0]),)),
            Condition("scale_max", Comparison.IS, (str(score.scale[1]),)),
            Condition("direction", Comparison.IS_NOT, (LOWER_IS_BETTER,)),
            Condition("value", Comparison.AT_LEAST, (str(score.scale[0]),)),
            Condition("value", Comparison.AT_MOST, (str(score.highest_low),)),
        ),
    )
    facts: Facts = (
        ("question", score.question_key),
        ("metric", score.metric),
        ("highest", score.highest_low),
        ("share", score.low / score.n),
        ("n", score.n),
    )
    yield _pain(step.step_id, PainKind.LOW_SCORE, facts, people, 1.0, _doing(question, rule))


def of_contacts(question: LivedQuestion, step: BoundStep, people: int, of: str) -> Iterator[Pain]:
    """Yield what conversations with the tags of a step are as a pain; ``of`` is the property that holds the tags."""
    rule = StepRule(
        step.step_id,
        tuple(sorted(CONVERSATION_STARTED)),
        where=(Condition(of, Comparison.IS, step.tags),),
    )
    facts: Facts = (("tags", ", ".join(step.tags)),)
    yield _pain(step.step_id, PainKind.CONTACT, facts, people, 1.0, _doing(question, rule))


def usual_loss(steps: Sequence[StepLived]) -> float:
    """Return the share that is lost at the median step, among those where a journey does not end; 0 without any."""
    lost = [step.lost.value for step in steps if step.lost is not None]
    return median(lost) if lost else 0.0


def _doing(question: LivedQuestion, rule: StepRule) -> Opening:
    """Return what opens the customers of a map's segment who did something in its time."""
    asked = GoalsQuestion((rule,), (), question.window, among=_segment_alone(question.among))
    return Opening(asked, (("goal", rule.name),))


def _segment_alone(among: Among) -> Among:
    return type(among)(segment=among.segment)


def _beyond(share: float, expected: float) -> float:
    """Return the part of a share that lies beyond what was to be expected."""
    return max(0.0, share - expected) / share if share > 0 else 0.0


def _pain(  # noqa: PLR0917 - as `Pain` has them
    step: str,
    kind: PainKind,
    facts: Facts,
    people: int,
    beyond: float,
    opening: Opening,
) -> Pain:
    severity = GRAVITY[kind] * beyond
    return Pain(step, kind, facts, people, severity, people * severity, opening)
