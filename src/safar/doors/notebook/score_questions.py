"""Questions about scores: every question key, one of them, over time, by group, and why it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_rows import Which
from safar.listen.breakdown import BreakdownAnswer, BreakdownQuestion, breakdown
from safar.listen.groups import By
from safar.listen.mix import MixAnswer, MixQuestion, mix
from safar.listen.score import ScoreAnswer, ScoreQuestion, score
from safar.listen.score_keys import ScoreKeysQuestion, score_keys
from safar.listen.scoring import Score
from safar.listen.trend import Beside, TrendAnswer, TrendQuestion, trend
from safar.listen.weighting import Margin, Weighting
from safar.store.log import Log
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Estimate
from safar.vocabulary.periods import Periodic

from .asking import Asking
from .inputs import Group, Stretch
from .note_sentences import sentence
from .sources import InSegment

Answer = TypeVar("Answer")
#: Known shares of groups, by what groups them: ``{"channel": {"web": 0.4, "app": 0.6}}``.
Margins = Mapping[str, Mapping[str, float]]


class ScoresNeedALog(Refusal, TypeError):
    """Answers are read from a log; published paths and data frames hold none."""

    code = "notebook.scores_need_a_log"


@dataclass(frozen=True)
class ScoreFound(Generic[Answer]):
    """What a question about scores gives.

    Attributes
    ----------
    answer
        The typed answer: every number with its interval and count.
    table
        The same as a table.
    """

    answer: Answer
    table: Table
    _notes: tuple[Note, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers must know, as sentences."""
        return tuple(map(sentence, self._notes))

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


class ScoreQuestions(Asking):
    """What customers said, as scores; of a home and of a log."""

    def scores(self, *, window: Stretch | None = None) -> Table:
        """Return every question key that has a score, those with most answers first: one row a key and scale.

        Columns: ``question_key``, ``kind``, ``unit``, ``score``, ``score_low``, ``score_high``, ``n``, ``first_at``,
        ``last_at``, ``surveys``.

        Raises
        ------
        ScoresNeedALog
        """
        log, persons = self._answers()
        stretch = self.inputs().window(window) or self.everything()
        keys = score_keys(log, ScoreKeysQuestion(stretch)).keys
        found = [
            score(
                log, ScoreQuestion(Which(each.question_key, each.kind.text), (stretch,)), persons=persons
            ).scores[0]
            for each in keys
        ]
        return Table.of(
            {
                "question_key": [each.question_key for each in keys],
                "kind": [each.kind.text for each in keys],
                "unit": [each.scoring.unit for each in keys],
                **estimates("score", [_estimate(one) for one in found]),
                "n": [one.n if one else 0 for one in found],
                "first_at": [each.first_at for each in keys],
                "last_at": [each.last_at for each in keys],
                "surveys": [list(each.surveys) for each in keys],
            }
        )

    def score(
        self,
        question_key: str,
        *,
        window: Stretch | None = None,
        kind: str = "",
        only: Sequence[tuple[str, str]] = (),
        leave_out: Sequence[str] = (),
        margins: Margins | None = None,
        uses_design: bool = False,
        highest_weight: float | None = None,
    ) -> ScoreFound[ScoreAnswer]:
        """Ask how a question key scores; see `safar.listen.score.ScoreQuestion`.

        Parameters
        ----------
        kind
            Which scale, such as ``"nps:0-10"``, where the key was answered on several.
        only
            Pairs of a side and a value: ``[("channel", "web")]``.
        leave_out
            Quality marks whose answers do not count.
        margins, uses_design, highest_weight
            Weights: known shares of groups, the weights that came with the answers, and the largest there may be, times
            their mean.

        Raises
        ------
        ScoresNeedALog, MixedScales, NoSuchScore, MarginMissing, MarginUnmet
        """
        log, persons = self._answers()
        stretch = self.inputs().window(window) or self.everything()
        question = ScoreQuestion(
            Which(question_key, kind, tuple(only), tuple(leave_out)),
            (stretch,),
            weighting=_weighting(margins, uses_design=uses_design, highest=highest_weight),
        )
        found = score(log, question, persons=persons)
        one = found.scores[0]
        table = Table.of(
            {
                **estimates("score", [_estimate(one)]),
                "n": [one.n if one else 0],
                "effective_n": [one.effective_n if one else 0.0],
                "standard_error": [one.standard_error if one else None],
            }
        )
        return ScoreFound(found, table, found.notes)

    def score_trend(
        self,
        question_key: str,
        *,
        every: Literal["week", "month", "quarter", "year"] = "month",
        beside: Beside = "previous",
        season: str | None = None,
        window: Stretch | None = None,
        kind: str = "",
        only: Sequence[tuple[str, str]] = (),
        leave_out: Sequence[str] = (),
    ) -> ScoreFound[TrendAnswer]:
        """Ask how a score goes over time; see `safar.listen.trend.TrendQuestion`.

        Parameters
        ----------
        every
            Periods of the workspace's calendar, week and time zone.
        beside, season
            With what each period is compared, and by which calendar's year.
        """
        log, persons = self._answers()
        locale = self.locale
        question = TrendQuestion(
            Which(question_key, kind, tuple(only), tuple(leave_out)),
            self.inputs().window(window) or self.everything(),
            Periodic(every, locale.calendar, locale.week_starts, locale.time_zone),
            beside=beside,
            season=season,
        )
        found = trend(log, question, persons=persons)
        points = found.points
        table = Table.of(
            {
                "start": [point.window.start for point in points],
                "end": [point.window.end for point in points],
                **estimates("score", [_estimate(point.score) for point in points]),
                "n": [point.score.n if point.score else 0 for point in points],
                "is_whole": [point.is_whole for point in points],
                **estimates("before", [_estimate(point.before) for point in points]),
                **estimates("change", [point.gap.change if point.gap else None for point in points]),
                "p_value": [point.gap.p_value if point.gap else None for point in points],
                "is_clear": [point.gap.is_clear if point.gap else None for point in points],
            }
        )
        return ScoreFound(found, table, found.notes)

    def score_groups(
        self,
        question_key: str,
        by: str,
        *,
        segments: Mapping[str, Group] | None = None,
        window: Stretch | None = None,
        kind: str = "",
        only: Sequence[tuple[str, str]] = (),
        leave_out: Sequence[str] = (),
    ) -> ScoreFound[BreakdownAnswer]:
        """Ask how a question key scores in each group, and which stand out; see `BreakdownQuestion`.

        Parameters
        ----------
        by
            ``"channel"``, ``"language"``, ``"survey"``, ``"wave"``, ``"question:age"``, ``"segment"`` …
        segments
            For ``"segment"``: the segments by name.
        """
        log, persons = self._answers()
        question = BreakdownQuestion(
            Which(question_key, kind, tuple(only), tuple(leave_out)),
            self.inputs().window(window) or self.everything(),
            By.read(by),
        )
        found = breakdown(log, question, persons=persons, segments=self._members(segments))
        groups = found.groups
        table = Table.of(
            {
                "group": [one.name for one in groups],
                **estimates("score", [_estimate(one.score) for one in groups]),
                "n": [one.score.n for one in groups],
                "share": [one.share.value for one in groups],
                **estimates("gap", [one.gap.change if one.gap else None for one in groups]),
                "adjusted_p": [one.gap.adjusted if one.gap else None for one in groups],
                "is_clear": [one.gap.is_clear if one.gap else None for one in groups],
            }
        )
        return ScoreFound(found, table, found.notes)

    def score_mix(
        self,
        question_key: str,
        by: str,
        *,
        now: Stretch,
        before: Stretch,
        segments: Mapping[str, Group] | None = None,
        kind: str = "",
        only: Sequence[tuple[str, str]] = (),
        leave_out: Sequence[str] = (),
    ) -> ScoreFound[MixAnswer]:
        """Ask how much of a change happened within groups, and how much their shares did; see `MixQuestion`."""
        log, persons = self._answers()
        said = self.inputs()
        question = MixQuestion(
            Which(question_key, kind, tuple(only), tuple(leave_out)),
            said.window(now) or self.everything(),
            said.window(before) or self.everything(),
            By.read(by),
        )
        found = mix(log, question, persons=persons, segments=self._members(segments))
        parts = found.split.groups
        table = Table.of(
            {
                "group": [part.name for part in parts],
                "share_before": [part.share_before for part in parts],
                "share_now": [part.share_now for part in parts],
                "score_before": [part.score_before for part in parts],
                "score_now": [part.score_now for part in parts],
                "within": [part.within for part in parts],
                "mix": [part.mix for part in parts],
            }
        )
        return ScoreFound(found, table, found.notes)

    def _members(self, segments: Mapping[str, Group] | None) -> dict[str, NDArray[np.uint64]]:
        said, shards = self.inputs(), self._source.paths().shards
        read = {name: said.segment(group) for name, group in (segments or {}).items()}
        return {
            name: np.concatenate([segment.of(shard).person for shard in shards] or [np.zeros(0, np.uint64)])
            for name, segment in read.items()
        }

    def _answers(self) -> tuple[Log, NDArray[np.uint64] | None]:
        """Return the log, and whose answers are asked about: everybody's when None."""
        source, persons = self._source, None
        while isinstance(source, InSegment):
            shards = source.paths().shards
            here = np.concatenate([shard.person for shard in shards] or [np.zeros(0, np.uint64)])
            persons = here if persons is None else np.intersect1d(persons, here)
            source = source.inside_of
        if not isinstance(source, Log):
            raise ScoresNeedALog(
                "Scores are read from the answers of a log, and this is none.",
                hint="Open a home or the folder of a log: safar.open(…).",
            )
        return source, persons


def _estimate(one: Score | None) -> Estimate | None:
    return None if one is None else one.estimate


def _weighting(margins: Margins | None, *, uses_design: bool, highest: float | None) -> Weighting | None:
    if not margins and not uses_design:
        return None
    known = tuple(Margin(By.read(by), tuple(shares.items())) for by, shares in (margins or {}).items())
    return Weighting(known, uses_design=uses_design, highest=highest)
