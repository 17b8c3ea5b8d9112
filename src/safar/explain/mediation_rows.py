"""Mediation out of a log: does an experience at a step work through satisfaction, or past it?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_rows import NoSuchScore, all_answers, scored_keys
from safar.listen.surveys import QUESTION
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.progress import tell
from safar.vocabulary.window import Window

from . import mediation
from .columns import Floats, TooFewRows
from .mediation import Mediation
from .occasions import ExperienceRefused
from .step_experience import StepExperienceAnswer, StepExperienceQuestion, step_experience

if TYPE_CHECKING:
    from safar.store.log import Log

#: ``returned``: another order within the horizon; ``value``: what orders within it brought.
Outcome = Literal["returned", "value"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("returned", "value")

_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)
#: Occasions with an answer, with the experience and without it.
_FEWEST: Final = 20
#: Question keys that are looked at where none is named.
_MOST_KEYS: Final = 5


@dataclass(frozen=True, slots=True)
class MediationQuestion:
    """How much of what an experience does to coming back and spending goes through satisfaction?

    Parameters
    ----------
    at
        The step, its experiences, what was known before, the horizon.
    question_key
        The answer that stands between. Where empty, of ``at.answers``, or of the five keys with most scores, the one
        that is answered most often after the step.
    only
        Names of the experiences that are asked about; all of them when empty.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ImpossibleLevel, ExperienceRefused
    """

    at: StepExperienceQuestion
    question_key: str = ""
    only: tuple[str, ...] = ()
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    resamples: int = field(default=500, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        names = [each.name for each in self.at.experiences]
        for name in self.only:
            if name not in names:
                raise ExperienceRefused(
                    f"There is no experience {name!r} at the step.", hint=f"There are {', '.join(names)}."
                )


@dataclass(frozen=True, slots=True)
class MediatedExperience:
    """What one experience does, through satisfaction and past it.

    Attributes
    ----------
    experience
        Its name.
    occasions, exposed
        Occasions with an answer that could be followed, and how many of them had the experience.
    returned
        The parts of its effect on coming back, as probabilities.
    value
        The parts of its effect on what is brought afterwards, in whole units of the currency.
    """

    experience: str
    occasions: int
    exposed: int
    returned: Mediation
    value: Mediation


@dataclass(frozen=True, slots=True)
class MediationAnswer:
    """What experiences at a step do, through satisfaction and past it.

    Attributes
    ----------
    experiences
        One for each that enough people had, the one that costs most returns first.
    question_key
        The answer that stands between.
    currency
        Of ``value``; None where no order has an amount.
    horizon_days
        How long afterwards orders are counted.
    notes
        Those of the occasions; ``mediation.too_few`` for each ``experience`` that cannot be judged, with the ``count``
        of its occasions with an answer; ``mediation.incomplete``: occasions without an answer, left out;
        ``mediation.opposed`` for each ``experience`` whose parts of coming back have different signs, so that no share
        is told; ``mediation.assumption``.
    """

    experiences: tuple[MediatedExperience, ...]
    question_key: str
    currency: str | None
    horizon_days: float
    notes: tuple[Note, ...]
    provenance: Provenance

    def __getitem__(self, experience: str) -> MediatedExperience:
        for each in self.experiences:
            if each.experience == experience:
                return each
        raise ExperienceRefused(
            f"The experience {experience!r} was not judged.",
            hint=f"There are {', '.join(each.experience for each in self.experiences) or 'none'}.",
        )

    @property
    def table(self) -> Table:
        """One row an experience, outcome and part; ``value`` in whole units of the currency."""
        rows = list(self._parts())
        return Table.of(
            {
                "experience": [each.experience for each, _, _ in rows],
                "outcome": [outcome for _, outcome, _ in rows],
                "part": [part for _, _, part in rows],
                **estimates(
                    "effect", [getattr(getattr(each, outcome), part) for each, outcome, part in rows]
                ),
                "occasions": [each.occasions for each, _, _ in rows],
                "exposed": [each.exposed for each, _, _ in rows],
                "hidden_correlation": [
                    getattr(each, outcome).hidden_correlation for each, outcome, _ in rows
                ],
                "currency": [self.currency or "" for _ in rows],
            }
        )

    def _parts(self) -> Iterator[tuple[MediatedExperience, Outcome, str]]:
        for each in self.experiences:
            for outcome in OUTCOMES:
                for part in ("total", "direct", "indirect", "share", "a", "b"):
                    yield each, outcome, part


def mediated(log: Log, question: MediationQuestion, *, executor: Executor | None = None) -> MediationAnswer:
    """Answer how much of what experiences do goes through satisfaction, adjusted for what was known before them.

    Parameters
    ----------
    log
        Whose events.
    question
        The step, the answer between, which experiences.
    executor
        What walks the shards side by side.

    Raises
    ------
    NoSuchScore
        Nobody answered anything that has a score.
    TooFewRows, NothingBought, MixedScales
        As of `step_experience.step_experience`.

    Notes
    -----
    See `mediation.fit` for the parts and what they assume. Only occasions with an answer are compared: who answers may
    differ from who does not.
    """
    candidates = (question.question_key,) if question.question_key else _candidates(log, question)
    table = step_experience(log, replace(question.at, answers=candidates), executor=executor)
    key = max(candidates, key=lambda each: int((~np.isnan(table.answers[each])).sum()))
    names = question.only or tuple(table.had)
    found: list[MediatedExperience] = []
    notes = list(table.notes)
    for place, name in enumerate(names):
        tell(place, len(names))
        known = {
            each: values
            for each, values in table.known_for(name).items()
            if not each.startswith("last:") or each == f"last:{key}"
        }
        whole = table.followed & ~np.isnan(table.had[name]) & ~np.isnan(table.answers[key])
        judged = _judged(table, name, key, whole=whole, known=known, question=question)
        if judged is None:
            notes.append(Note.of("mediation.too_few", experience=name, count=int(whole.sum())))
            continue
        found.append(judged)
        if judged.returned.share is None:
            notes.append(Note.of("mediation.opposed", experience=name))
    silent = int((table.followed & np.isnan(table.answers[key])).sum())
    if silent:
        notes.append(Note.of("mediation.incomplete", count=silent))
    if found:
        notes.append(Note.of("mediation.assumption"))
    return MediationAnswer(
        tuple(sorted(found, key=lambda each: (each.returned.total.value * each.exposed, each.experience))),
        key,
        table.currency,
        table.horizon.total_seconds() / 86_400,
        tuple(notes),
        Provenance(question, table.provenance.log_version, table.provenance.rows_read),
    )


def _candidates(log: Log, question: MediationQuestion) -> tuple[str, ...]:
    """Return the question keys that may stand between, those with most answers first."""
    if question.at.answers:
        return question.at.answers
    everything = all_answers(log, _EVER)
    keys = everything.fields[QUESTION]
    counts = np.bincount(keys.values, minlength=len(keys.texts))
    found = sorted(scored_keys(everything), key=lambda key: -int(counts[keys.texts.index(key)]))
    if not found:
        raise NoSuchScore(
            "No answer has a score: nothing stands between experience and value.",
            hint="Ask customers how content they are after the step.",
            question_key="",
        )
    return tuple(found[:_MOST_KEYS])


def _judged(
    table: StepExperienceAnswer,
    name: str,
    key: str,
    *,
    whole: NDArray[np.bool_],
    known: dict[str, Any],
    question: MediationQuestion,
) -> MediatedExperience | None:
    """Return the parts of one experience; None where too few answered, or all alike."""
    had, answer, returned = table.had[name][whole], table.answers[key][whole], table.returned[whole]
    exposed = int((had == 1).sum())
    if min(exposed, len(had) - exposed) < _FEWEST or not np.ptp(answer) or not np.ptp(returned):
        return None

    def parts(outcome: Floats) -> Mediation:
        return mediation.fit(
            had,
            answer,
            outcome[whole],
            known={each: np.asarray(values)[whole] for each, values in known.items()},
            customers=table.person[whole],
            level=question.level,
            resamples=question.resamples,
            seed=question.seed,
        )

    try:
        return MediatedExperience(name, len(had), exposed, parts(table.returned), parts(table.value))
    except TooFewRows:
        return None
