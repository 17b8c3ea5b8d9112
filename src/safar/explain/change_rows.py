"""Change explained, out of a log: a score differs between two times or two segments; why?

Two answers to the same question. Because other people answered, or because the same kind of people answered otherwise?
And because of which touchpoints: more of them had it, or it was felt otherwise?
"""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_rows import Given, NoSuchScore, Which, all_answers, given
from safar.listen.groups import By, Groups, groups_of
from safar.listen.mix import Split, split_change
from safar.listen.scoring import Scoring, score_of
from safar.observe.among import EVERYBODY, Among
from safar.observe.steps import StepRule
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.progress import tell
from safar.vocabulary.window import Window

from .answered_most import answered_most
from .change_explained import ExplainedChange, explained
from .columns import ColumnsRefused, TooFewRows, enough
from .lived_before import lived_before

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import Paths

_BY_CHANNEL: Final = By("channel")
_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)


@dataclass(frozen=True, slots=True)
class Side:
    """Whose answers, of when.

    Parameters
    ----------
    window
        All time when None.
    among
        Of which customers; only its segment is looked at.
    """

    window: Window | None = None
    among: Among = EVERYBODY


@dataclass(frozen=True, slots=True)
class ChangeExplainedQuestion:
    """A score differs between two sides: two times, or two segments. Why?

    Parameters
    ----------
    now, before
        The two sides.
    question_key
        Whose score; the one with most answers where empty.
    touchpoints
        Named events: whether who answered had lived through one shortly before.
    by
        What groups the answers for the mix: a side of the answers, such as ``channel`` or ``step``, or another
        question.
    within
        Touchpoints at most so long before the answer count.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ColumnsRefused
        Both sides are the same, or a touchpoint is named twice.
    """

    now: Side
    before: Side
    question_key: str = ""
    touchpoints: tuple[StepRule, ...] = ()
    by: By = _BY_CHANNEL
    within: timedelta = timedelta(days=30)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    resamples: int = field(default=500, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        names = [rule.name for rule in self.touchpoints]
        if self.now == self.before or len(set(names)) < len(names) or self.within <= timedelta(0):
            raise ColumnsRefused(
                "Both sides are the same, a touchpoint is named twice, or nothing lies so long before.",
                hint="Name two times or two segments, each touchpoint once, and a time such as 30 days.",
            )


@dataclass(frozen=True, slots=True)
class ChangeExplainedAnswer:
    """A change of a score, and its parts.

    Attributes
    ----------
    question_key, scoring
        Whose score, and what it is.
    score_now, score_before
        The score of each side.
    split
        What happened within groups, and what other people answering did.
    touchpoints
        What each touchpoint adds, and what none of them explains; None where no touchpoint was lived through by some
        and not by others, or too few answered.
    customers
        Who answered, on either side.
    notes
        ``change.too_few``: the side with fewer answers has too few (``count``) for so many touchpoints;
        ``change.untouched`` for each ``touchpoint`` that everybody or nobody had; ``change.same_people``: so many
        answered on both sides, which makes intervals a little too wide; ``change.association`` where touchpoints are
        told.
    """

    question_key: str
    scoring: Scoring
    score_now: Estimate
    score_before: Estimate
    split: Split
    touchpoints: ExplainedChange | None
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a group: its shares, its scores, and what it adds within and by its share."""
        groups = self.split.groups
        return Table.of(
            {
                "group": [each.name for each in groups],
                "share_now": [each.share_now for each in groups],
                "share_before": [each.share_before for each in groups],
                "score_now": [each.score_now for each in groups],
                "score_before": [each.score_before for each in groups],
                "within": [each.within for each in groups],
                "mix": [each.mix for each in groups],
            }
        )

    @property
    def touchpoint_table(self) -> Table:
        """One row a touchpoint: exposure, response, and the share of answers that had it; none without any."""
        if self.touchpoints is None:
            return Table.of({"touchpoint": []})
        return self.touchpoints.table


def change_explained(
    log: Log, question: ChangeExplainedQuestion, *, executor: Executor | None = None
) -> ChangeExplainedAnswer:
    """Answer why a score differs between two times, or two segments.

    Parameters
    ----------
    log
        Whose answers and events.
    question
        Which score, which sides, which touchpoints.
    executor
        What walks the shards side by side.

    Raises
    ------
    NoSuchScore, MixedScales, GroupingRefused
    TooFewRows
        A side has too few answers.

    Notes
    -----
    The split by groups is E. Kitagawa's (`safar.listen.mix.split_change`), that by touchpoints Oaxaca's and Blinder's
    (`change_explained.explained`). Both are exact, and both are associations.
    """
    tell(0, 3)
    everything = all_answers(log, _EVER)
    key = question.question_key or next(iter(answered_most(everything, most=1)), "")
    if not key:
        raise NoSuchScore(
            "No answer has a score.", hint="Ask customers how content they are.", question_key=""
        )
    found = given(everything, Which(key))
    paths = log.paths()
    now, before = (_of_side(found, each, paths) for each in (question.now, question.before))
    for rows in (now, before):
        enough(len(rows), 2, [key])
    worth = found.scoring.worth(found.values)
    groups = groups_of(found.rows, question.by, everything=everything)
    split = split_change(
        (worth[now], Groups(groups.names, groups.codes[now])),
        (worth[before], Groups(groups.names, groups.codes[before])),
        level=question.level,
    )
    tell(1, 3)
    rows = np.concatenate([before, now])
    is_now = np.repeat([0.0, 1.0], [len(before), len(now)])
    person, time = found.rows.person[rows], found.rows.time[rows]
    lived = lived_before(paths, question.touchpoints, person, time, within=question.within, executor=executor)
    told = {name: values for name, values in lived.items() if np.ptp(values) > 0}
    tell(2, 3)
    touchpoints = None
    if told:
        # with too few answers for so many touchpoints the split by groups is told all the same
        with suppress(TooFewRows):
            touchpoints = explained(
                worth[rows],
                told,
                is_now,
                customers=person,
                level=question.level,
                resamples=question.resamples,
                seed=question.seed,
            )
    scores = [score_of(found.scoring, found.values[each], level=question.level) for each in (now, before)]
    score_now, score_before = (each.estimate for each in scores if each is not None)
    if score_now is None or score_before is None:
        raise NoSuchScore(
            f"The answers to {key!r} have no score.", hint="Ask for more of them.", question_key=key
        )
    tell(3, 3)
    both = len(np.intersect1d(found.rows.person[now], found.rows.person[before]))
    return ChangeExplainedAnswer(
        key,
        found.scoring,
        score_now,
        score_before,
        split,
        touchpoints,
        len(np.unique(person)),
        (
            *((Note.of("change.association"),) if touchpoints else ()),
            *(
                (Note.of("change.too_few", count=min(len(now), len(before))),)
                if told and not touchpoints
                else ()
            ),
            *(Note.of("change.untouched", touchpoint=name) for name in lived if name not in told),
            *((Note.of("change.same_people", count=both),) if both else ()),
        ),
        Provenance(question, paths.version, len(rows)),
    )


def _of_side(found: Given, side: Side, paths: Paths) -> NDArray[np.int64]:
    """Return the places of the answers of a side."""
    rows = found.rows
    kept = np.ones(len(rows.time), np.bool_)
    if side.window is not None:
        kept = (rows.time >= side.window.start_us) & (rows.time < side.window.end_us)
    if side.among.segment is not None:
        kept &= np.isin(rows.person, side.among.segment.persons(paths.shards))
    return np.flatnonzero(kept)
