"""Goal completion: what did you come for, and could you do it?

The number that page views cannot tell: of those who came to pay a bill, how many paid it. Answers are 1 (done), 0.5
(partly) and 0 (not), with what they came for as a choice and the reason as words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.window import Window

from .answer_rows import Which, all_answers, given
from .gaps import Gap, gap, together
from .groups import By, groups_of
from .scoring import Floats, score_of, scoring_of

if TYPE_CHECKING:
    from safar.store.log import Log


@dataclass(frozen=True, slots=True)
class GoalCompletionQuestion:
    """How many could do what they came for, by what they came for?

    Parameters
    ----------
    which, window, level
        As of `safar.listen.score.ScoreQuestion`; the question's metric is ``goal``.
    """

    which: Which
    window: Window
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class GoalCompletion:
    """Those who came for one thing, or all.

    Attributes
    ----------
    goal
        The choice they named; empty where none was, and of all together.
    n, done, partly
        Counts.
    completed
        ``done / n``, 0…1, with Wilson's interval.
    missed
        Who could not do it, or only partly: ``n - done``. What to mend first is where it is largest.
    gap
        How far their share lies above that of all who came for something else, judged with all goals.
    """

    goal: str
    n: int
    done: int
    partly: int
    completed: Estimate
    missed: int
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class GoalCompletionAnswer:
    """All together, then by goal: those most often missed first. None where nobody answered.

    Attributes
    ----------
    notes
        ``score.unreadable``, ``score.left_out`` as of `safar.listen.score.ScoreAnswer`.
    """

    whole: GoalCompletion | None
    goals: tuple[GoalCompletion, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def goal_completion(
    log: Log, question: GoalCompletionQuestion, *, persons: NDArray[np.uint64] | None = None
) -> GoalCompletionAnswer:
    """Answer how many of those who came for something could do it.

    Parameters
    ----------
    log, persons
        As of `safar.listen.score.score`.
    question
        Which answers, when.

    Raises
    ------
    MixedScales, NoSuchScore
    """
    everything = all_answers(log, question.window, persons=persons)
    found = given(everything, question.which)
    highest = 1.0 if found.scoring.scale is None else float(found.scoring.scale.highest)
    lowest = 0.0 if found.scoring.scale is None else float(found.scoring.scale.lowest)
    own = groups_of(found.rows, By("question", question.which.question_key), everything=found.rows)
    named = [(name, own.codes == place) for place, name in enumerate(own.names) if name]
    named = [(name, mask) for name, mask in named if mask.any()]
    scoring = scoring_of("goal", found.scoring.scale)
    gaps = together(
        [
            gap(
                score_of(scoring, found.values[mask], level=question.level),
                score_of(scoring, found.values[~mask], level=question.level),
            )
            for _, mask in named
        ]
    )
    goals = [
        _completion(name, found.values[mask], (lowest, highest), question.level, one)
        for (name, mask), one in zip(named, gaps, strict=True)
    ]
    there = [each for each in goals if each is not None]
    return GoalCompletionAnswer(
        _completion("", found.values, (lowest, highest), question.level, None),
        tuple(sorted(there, key=lambda each: (-each.missed, each.goal))),
        notes_with_facts(
            [("score.unreadable", len(found.unreadable_at)), ("score.left_out", len(found.left_out_at))]
        ),
        Provenance(question, everything.version, len(found.values)),
    )


def _completion(
    goal: str, values: Floats, ends: tuple[float, float], level: float, one: Gap | None
) -> GoalCompletion | None:
    done = int((values >= ends[1]).sum())
    completed = share(done, len(values), level=level)
    if completed is None:
        return None
    partly = int(((values > ends[0]) & (values < ends[1])).sum())
    return GoalCompletion(goal, len(values), done, partly, completed, len(values) - done, one)
