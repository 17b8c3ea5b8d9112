"""Scores: what customers said, each with its interval and count; weighted, over time, by group, and why it changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

import numpy as np
from django.utils import translation
from ninja import Path, Query, Router, Schema
from numpy.typing import NDArray
from pydantic import AwareDatetime, Field

from safar.doors.web.members.policies import Capability
from safar.doors.web.scores.definitions import definition_of
from safar.doors.web.scores.queries import log_of, segments_by_name
from safar.doors.web.segments.errors import UnknownSegment
from safar.doors.web.segments.queries import member_keys, segment_of
from safar.listen.answer_rows import Which
from safar.listen.breakdown import BreakdownQuestion, breakdown
from safar.listen.completion import CompletionQuestion, completion
from safar.listen.detectable import detectable_change, spread_of
from safar.listen.distribution import distribution
from safar.listen.gaps import Gap, gap
from safar.listen.groups import By, Segments
from safar.listen.mix import MixQuestion, mix
from safar.listen.response import ResponseQuestion, response
from safar.listen.score import ScoreQuestion, score
from safar.listen.score_keys import ScoreKeysQuestion, score_keys
from safar.listen.scoring import Score
from safar.listen.trend import TrendQuestion, trend
from safar.listen.weighting import Margin, Weighting
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.answer import Note
from safar.vocabulary.periods import Periodic
from safar.vocabulary.window import Window, from_microseconds

from .credentials import ApiRequest, Token
from .numbers import locale_of
from .shapes import (
    Body,
    EstimateShape,
    NoteShape,
    Page,
    ProvenanceShape,
    WindowShape,
    estimate,
    note,
    provenance,
)

router = Router(tags=["Numbers"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_ASK: Final = Token(Capability.SEE_NUMBERS, is_reading=True)
QuestionKey = Annotated[str, Path(max_length=200)]


class ScoreKeyShape(Schema):
    """A question key on one scale, and its score in all the time asked about."""

    question_key: str
    kind: str = Field(description="Metric and scale, such as `csat:1-5`: say it where a key has several.")
    unit: str = Field(description="`points` (-100 to 100), `share` (0 to 1) or `mean`.")
    is_higher_better: bool
    score: EstimateShape | None
    answers: int = Field(description="With a value on the scale or without.")
    surveys: list[str]
    first_at: AwareDatetime
    last_at: AwareDatetime


class MarginBody(Body):
    """Known shares of everybody."""

    by: Annotated[
        str, Field(max_length=200, description="`channel`, `language`, `segment`, `question:<key>` …")
    ]
    shares: dict[str, float] = Field(description="Of each group; they add up to 1.")


class ScoreBody(Body):
    """Which answers, how weighted, and what else to tell."""

    kind: Annotated[str, Field(max_length=200)] = ""
    start: AwareDatetime | None = Field(default=None, description="All time if left out.")
    end: AwareDatetime | None = None
    compared_start: AwareDatetime | None = Field(default=None, description="The time it is compared with.")
    compared_end: AwareDatetime | None = None
    only: Annotated[list[tuple[str, str]], Field(max_length=20)] = Field(
        default=[], description='Pairs of a side and a value, such as `["channel", "web"]`.'
    )
    leave_out: Annotated[list[str], Field(max_length=20)] = Field(default=[], description="Quality marks.")
    segment_id: Annotated[str, Field(max_length=16)] = ""
    margins: Annotated[list[MarginBody], Field(max_length=6)] = Field(default=[])
    uses_design: bool = Field(default=False, description="Begin with the weights that came with the answers.")
    highest_weight: float | None = None
    every: Literal["week", "month", "quarter", "year"] | None = Field(
        default=None, description="Tells the trend."
    )
    beside: Literal["nothing", "previous", "season"] = "previous"
    season: Literal["jalali", "hijri", "gregorian"] | None = None
    by: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Tells the groups, and the split."
    )


class BinShape(Schema):
    """Answers from `low` to `high`, both inside."""

    low: float
    high: float
    count: int
    share: EstimateShape | None


class GapShape(Schema):
    """How far one score lies above another."""

    change: EstimateShape | None
    p_value: float
    adjusted_p: float = Field(description="Judged with all gaps of the answer.")
    is_clear: bool


class PointShape(WindowShape):
    """One period of the trend."""

    is_whole: bool
    score: EstimateShape | None
    before: EstimateShape | None
    change: GapShape | None


class GroupShape(Schema):
    """The score of one group of answers."""

    name: str
    score: EstimateShape | None
    share: EstimateShape | None
    gap: GapShape | None


class PartShape(Schema):
    """What one group adds to the change."""

    name: str
    share_before: float
    share_now: float
    score_before: float | None
    score_now: float | None
    within: float
    mix: float


class SplitShape(Schema):
    """The change: what groups changed (`within`), and what their shares of the answers did (`mix`); never weighted,
    which the note `mix.unweighted` says where the score is.
    """

    total: EstimateShape | None
    within: EstimateShape | None
    mix: EstimateShape | None
    groups: list[PartShape]


class DefinitionShape(Schema):
    """What the metric means, and how it is counted, in the workspace's language."""

    meaning: str
    method: str


class ScoreShape(Schema):
    """A score and what was asked of it."""

    question_key: str
    kind: str
    unit: str
    is_higher_better: bool
    window: WindowShape
    score: EstimateShape | None
    effective_n: float | None = Field(description="Kish's effective count where answers are weighted.")
    design_effect: float | None
    distribution: list[BinShape] = Field(description="As they came, not weighted.")
    mean: EstimateShape | None
    marks: dict[str, int]
    definition: DefinitionShape
    response_rate: EstimateShape | None = Field(
        description="Of the invitations to the surveys that ask it, those answered within 7 days; of everybody"
        " who was asked, whatever else the question narrows. Null without any."
    )
    completion_rate: EstimateShape | None = Field(
        description="Of the responses begun in these surveys, those that came to the end."
    )
    detectable_change: float | None = Field(
        description="The smallest true change that as many answers in another time show four times in five."
    )
    before: EstimateShape | None
    change: GapShape | None
    trend: list[PointShape] | None
    groups: list[GroupShape] | None
    split: SplitShape | None
    notes: list[NoteShape]
    provenance: ProvenanceShape


@router.get("scores", auth=_SEE, response=Page[ScoreKeyShape])
def list_scores(
    request: ApiRequest,
    start: Annotated[AwareDatetime | None, Query(description="All time if left out.")] = None,
    end: Annotated[AwareDatetime | None, Query()] = None,
) -> Page[ScoreKeyShape]:
    """List every question key that has a score, those with most answers first: all on one page."""
    log = log_of(request.auth.workspace)
    window = _window(log, start, end)
    items = []
    for key in score_keys(log, ScoreKeysQuestion(window)).keys:
        which = Which(key.question_key, key.kind.text)
        found = score(log, ScoreQuestion(which, (window,))).scores[0]
        items.append(
            ScoreKeyShape(
                question_key=key.question_key,
                kind=key.kind.text,
                unit=key.scoring.unit,
                is_higher_better=key.scoring.is_higher_better,
                score=_of(found),
                answers=key.n,
                surveys=list(key.surveys),
                first_at=key.first_at,
                last_at=key.last_at,
            )
        )
    return Page(items=items, next=None)


@router.post("scores/{question_key}", auth=_ASK, response=ScoreShape)
def ask_score(request: ApiRequest, question_key: QuestionKey, asked: ScoreBody) -> ScoreShape:
    """Answer how a question key scores; with `every` its trend, with `by` its groups and the split of its change."""
    workspace = request.auth.workspace
    log = log_of(workspace)
    window = _window(log, asked.start, asked.end)
    before = None
    if asked.compared_start is not None and asked.compared_end is not None:
        before = Window(asked.compared_start, asked.compared_end)
    persons, segments = _persons(workspace, asked.segment_id), _segments(workspace, asked)
    which = Which(question_key, asked.kind, tuple(asked.only), tuple(asked.leave_out))
    weighting = _weighting(asked)
    question = ScoreQuestion(which, (window, before) if before else (window,), weighting=weighting)
    found = score(log, question, persons=persons, segments=segments)
    now, then = found.scores[0], found.scores[1] if before else None
    spread = None if now is None else distribution(now.counts, found.scoring.scale)
    surveys = _surveys(log, window, question_key, found.kind.text)
    ended = completion(log, CompletionQuestion((window,), surveys)) if surveys else None
    notes = [*found.notes, *(ended.notes if ended else ())]
    points = groups = split = None
    if asked.every is not None:
        periodic = Periodic(
            asked.every, workspace.calendar, locale_of(workspace).week_starts, workspace.time_zone
        )
        told = trend(
            log,
            TrendQuestion(
                which, window, periodic, beside=asked.beside, season=asked.season, weighting=weighting
            ),
            persons=persons,
            segments=segments,
        )
        notes += told.notes
        points = [
            PointShape(
                start=point.window.start,
                end=point.window.end,
                is_whole=point.is_whole,
                score=_of(point.score),
                before=_of(point.before),
                change=_gap(point.gap),
            )
            for point in told.points
        ]
    if asked.by:
        by = By.read(asked.by)
        broken = breakdown(
            log, BreakdownQuestion(which, window, by, weighting=weighting), persons=persons, segments=segments
        )
        notes += broken.notes
        groups = [
            GroupShape(name=one.name, score=_of(one.score), share=estimate(one.share), gap=_gap(one.gap))
            for one in broken.groups
        ]
        if before is not None:
            parted = mix(log, MixQuestion(which, window, before, by), persons=persons, segments=segments)
            notes += parted.notes
            if weighting is not None:
                notes.append(Note.of("mix.unweighted"))
            split = SplitShape(
                total=estimate(parted.split.total),
                within=estimate(parted.split.within),
                mix=estimate(parted.split.mix),
                groups=[PartShape.from_orm(part) for part in parted.split.groups],
            )
    return ScoreShape(
        question_key=question_key,
        kind=found.kind.text,
        unit=found.scoring.unit,
        is_higher_better=found.scoring.is_higher_better,
        window=WindowShape(start=window.start, end=window.end),
        score=_of(now),
        effective_n=None if now is None or weighting is None else now.effective_n,
        design_effect=None if now is None or weighting is None else now.design_effect,
        distribution=[
            BinShape(low=one.low, high=one.high, count=one.count, share=estimate(one.share))
            for one in (spread.bins if spread else ())
        ],
        mean=estimate(spread.mean if spread else None),
        marks=dict(found.marks),
        definition=_definition(workspace, found.kind.metric, found.scoring.unit),
        response_rate=estimate(
            response(log, ResponseQuestion((window,), surveys=surveys)).responses[0].estimate
        )
        if surveys
        else None,
        completion_rate=estimate(ended.completions[0].estimate if ended else None),
        detectable_change=None
        if now is None or not now.standard_error
        else detectable_change(spread_of(now), now.n),
        before=_of(then),
        change=_gap(gap(now, then)),
        trend=points,
        groups=groups,
        split=split,
        notes=[note(each) for each in notes],
        provenance=provenance(found.provenance),
    )


def _window(log: Log, start: datetime | None, end: datetime | None) -> Window:
    """Return the time asked about; all there is where an end is left out."""
    info = log.info()
    first = start or info.first_at or from_microseconds(0)
    last = end or (from_microseconds(int(info.last_at.timestamp() * 1e6) + 1) if info.last_at else first)
    return Window(first, last)


def _surveys(log: Log, window: Window, question_key: str, kind: str) -> tuple[str, ...]:
    """Return the surveys that asked a question key in this time, on one scale."""
    return next(
        (
            key.surveys
            for key in score_keys(log, ScoreKeysQuestion(window)).keys
            if (key.question_key, key.kind.text) == (question_key, kind)
        ),
        (),
    )


def _definition(workspace: Workspace, metric: str, unit: str) -> DefinitionShape:
    with translation.override(workspace.language):
        meaning, method = definition_of(metric, unit)
    return DefinitionShape(meaning=meaning, method=method)


def _persons(workspace: Workspace, segment_id: str) -> NDArray[np.uint64] | None:
    if not segment_id:
        return None
    if segment_of(workspace, segment_id) is None:
        raise UnknownSegment(f"There is no segment {segment_id!r} here.", hint="List them: GET segments.")
    return member_keys(workspace, segment_id)


def _segments(workspace: Workspace, asked: ScoreBody) -> Segments:
    groupings = [asked.by, *(margin.by for margin in asked.margins)]
    return segments_by_name(workspace) if "segment" in groupings else {}


def _weighting(asked: ScoreBody) -> Weighting | None:
    if not asked.margins and not asked.uses_design:
        return None
    margins = tuple(Margin(By.read(each.by), tuple(each.shares.items())) for each in asked.margins)
    return Weighting(margins, uses_design=asked.uses_design, highest=asked.highest_weight)


def _of(found: Score | None) -> EstimateShape | None:
    return None if found is None else estimate(found.estimate)


def _gap(found: Gap | None) -> GapShape | None:
    if found is None:
        return None
    return GapShape(
        change=estimate(found.change),
        p_value=found.p_value,
        adjusted_p=found.adjusted,
        is_clear=found.is_clear,
    )
