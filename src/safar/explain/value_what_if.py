"""What if, out of a log: bad experiences at a step become rarer, and satisfaction, coming back and value follow.

The chain is fitted once for each version of the log; whoever moves a slider asks the fitted chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.listen.answer_rows import NoSuchScore, all_answers
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile
from safar.vocabulary.progress import tell
from safar.vocabulary.window import Window

from . import chain_what_if
from .answered_most import answered_most
from .chain_what_if import Chain, Moves
from .occasions import ExperienceRefused
from .step_experience import StepExperienceQuestion, step_experience

if TYPE_CHECKING:
    from safar.store.log import Log

_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)
#: Question keys that are looked at where none is named.
_MOST_KEYS: Final = 5
_YEAR_US: Final = 365 * 86_400_000_000
#: Fitted chains kept for who asks again of the same log.
_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an experience.

    Parameters
    ----------
    experience
        Its name.
    part
        0.5 halves it, 0 does away with it, 1 leaves it, 2 doubles it.
    """

    experience: str
    part: float


@dataclass(frozen=True, slots=True)
class ValueWhatIfQuestion:
    """What would come of it if bad experiences at a step were rarer, or more frequent?

    Parameters
    ----------
    at
        The step, its experiences, what was known before, the horizon.
    left
        What is left of some experiences; the others stay as they are.
    question_key
        The answer that stands for satisfaction. Where empty, of ``at.answers``, or of the five keys with most scores,
        the one that is answered most often after the step.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ExperienceRefused, ImpossibleLevel
    """

    at: StepExperienceQuestion
    left: tuple[Left, ...] = ()
    question_key: str = ""
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    resamples: int = field(default=500, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        names = [each.name for each in self.at.experiences]
        asked = [each.experience for each in self.left]
        for each in self.left:
            if each.experience not in names or asked.count(each.experience) > 1 or not 0 <= each.part <= 100:
                raise ExperienceRefused(
                    f"{each.experience!r} cannot be made {each.part:g} times as frequent.",
                    hint=f"Name each of {', '.join(names)} once; 0.5 halves one.",
                )


@dataclass(frozen=True, slots=True)
class ValueWhatIfAnswer:
    """What would come of it.

    Attributes
    ----------
    moves
        Before, after and the change of satisfaction, return and value, an occasion on average; experience by
        experience.
    question_key
        The answer that stands for satisfaction.
    n, answered
        Occasions with known outcomes, and those of them with an answer.
    occasions_a_year
        Occasions of the last 365 days.
    currency
        Of value; None where no order has an amount.
    horizon_days
        How long afterwards return and value are counted.
    notes
        Those of the chain (`chain_what_if.Moves`) and of the occasions; ``chain.at_most`` for each ``experience`` that
        was asked to happen more often than always.
    """

    moves: Moves
    question_key: str
    n: int
    answered: int
    occasions_a_year: int
    currency: str | None
    horizon_days: float
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def value_a_year(self) -> Estimate:
        """What it would bring of a year's occasions, each followed for the horizon; how many there are is counted."""
        value, times = self.moves.value, self.occasions_a_year
        ends = value.interval
        return Estimate(
            value.value * times, Interval(ends.low * times, ends.high * times, ends.level), value.n
        )

    @property
    def table(self) -> Table:
        """One row an outcome: before, after, the change, and what of it goes through satisfaction."""
        moves = self.moves
        names = ("satisfaction", "returned", "value")
        through = (None, moves.returned_through_satisfaction, moves.value_through_satisfaction)
        return Table.of(
            {
                "outcome": list(names),
                **estimates("now", [getattr(moves.now, name) for name in names]),
                **estimates("after", [getattr(moves.after, name) for name in names]),
                **estimates("change", [getattr(moves, name) for name in names]),
                **estimates("through_satisfaction", through),
                "currency": ["", "", self.currency or ""],
            }
        )

    @property
    def experience_table(self) -> Table:
        """One row an experience: how often it happens and would happen, and what its change moves by itself."""
        parts = self.moves.parts
        return Table.of(
            {
                "experience": [each.name for each in parts],
                "share_now": [each.share_now for each in parts],
                "share_after": [each.share_after for each in parts],
                **estimates("satisfaction", [each.satisfaction for each in parts]),
                **estimates("returned", [each.returned for each in parts]),
                **estimates("value", [each.value for each in parts]),
            }
        )


def value_what_if(log: Log, question: ValueWhatIfQuestion) -> ValueWhatIfAnswer:
    """Answer what would come of it if bad experiences at a step were rarer, or more frequent.

    Asked again with other sliders of a log that has not changed, it costs next to nothing.

    Parameters
    ----------
    log
        Whose events.
    question
        The step, what is left of its experiences.

    Raises
    ------
    NoSuchScore
        Nobody answered anything that has a score.
    TooFewRows, NothingBought, MixedScales
        As of `step_experience.step_experience` and `chain_what_if.fit`.

    Notes
    -----
    See `chain_what_if.fit`. It is an association along the chain: who is spared an experience is taken to go on like
    those alike who never had it, and the experiences that are not changed to stay as frequent as they are.
    """
    fitted = _fitted(_Seen(log, log.version), replace(question, left=()))
    chain, notes = fitted.chain, list(fitted.notes)
    left: dict[str, float] = {}
    for each in question.left:
        share = chain.shares[chain.names.index(each.experience)]
        left[each.experience] = each.part
        if each.part * share > 1:
            left[each.experience] = 1 / share
            notes.append(Note.of("chain.at_most", experience=each.experience))
    moves = chain.what_if(left)
    return ValueWhatIfAnswer(
        moves,
        fitted.question_key,
        chain.n,
        chain.answered,
        fitted.occasions_a_year,
        fitted.currency,
        question.at.horizon.total_seconds() / 86_400,
        (*moves.notes, *notes),
        replace(fitted.provenance, question=question),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A log as it was at a version; equal to itself then."""

    log: Log
    version: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Seen) and (self.log.layout.folder, self.version) == (
            other.log.layout.folder,
            other.version,
        )

    def __hash__(self) -> int:
        return hash((self.log.layout.folder, self.version))


@dataclass(frozen=True, slots=True)
class _Fitted:
    chain: Chain
    question_key: str
    occasions_a_year: int
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance


@lru_cache(maxsize=_KEPT)
def _fitted(seen: _Seen, question: ValueWhatIfQuestion) -> _Fitted:
    """Return the chain of a question whose sliders were not moved."""
    tell(0, 3)
    keys = (question.question_key,) if question.question_key else question.at.answers
    keys = keys or answered_most(all_answers(seen.log, _EVER), most=_MOST_KEYS)
    if not keys:
        raise NoSuchScore(
            "No answer has a score: nothing stands for satisfaction.",
            hint="Ask customers how content they are after the step.",
            question_key="",
        )
    table = step_experience(seen.log, replace(question.at, answers=keys))
    tell(1, 3)
    key = max(keys, key=lambda each: int((~np.isnan(table.answers[each])).sum()))
    chain = chain_what_if.of_step(
        table, key, level=question.level, resamples=question.resamples, seed=question.seed
    )
    tell(3, 3)
    return _Fitted(
        chain,
        key,
        int((table.at > table.at.max() - _YEAR_US).sum()),
        table.currency,
        table.notes,
        table.provenance,
    )
