"""The answers to one question key, wherever it was asked: waves, channels and surveys together, scales apart.

A score belongs to a question key with its metric, its scale and its direction, not to a survey. Answers on different
scales under one key are never added up: whoever asks must say which scale is meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Column, Extract, Field, Rows
from safar.store.windows import previous_at
from safar.vocabulary.errors import Json, Refusal, nearest
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.window import Window

from .answer_counts import Scale, is_any, to_question
from .scoring import SCORED, UNSCALED, Floats, Scoring, scoring_of
from .surveys import (
    DIRECTION,
    HIGHER_IS_BETTER,
    HIGHEST,
    LOWEST,
    METRIC,
    QUESTION,
    SURVEY,
    VALUE,
)

if TYPE_CHECKING:
    from safar.store.log import Log

RESPONSE: Final = "response"
CHOICES: Final = "choices"
MARKS: Final = "marks"
WEIGHT: Final = "weight"
CHANNEL: Final = "channel"
LANGUAGE: Final = "language"
VERSION: Final = "version"
STEP: Final = "step"
WAVE: Final = "wave"

#: Columns that answers can be narrowed to and broken down by.
SIDES: Final = (CHANNEL, LANGUAGE, SURVEY, VERSION, STEP, WAVE)

ANSWERS: Final = Extract(
    SURVEY_ANSWERED,
    (
        Field(METRIC, "properties->>'metric'", "text"),
        Field(QUESTION, "properties->>'question_key'", "text"),
        Field(VALUE, "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
        Field(LOWEST, "TRY_CAST(properties->>'scale_min' AS INTEGER)", "real"),
        Field(HIGHEST, "TRY_CAST(properties->>'scale_max' AS INTEGER)", "real"),
        Field(DIRECTION, f"coalesce(properties->>'direction', '{HIGHER_IS_BETTER}')", "text"),
        Field(RESPONSE, "coalesce(properties->>'response_id', properties->>'invitation_id')", "key"),
        Field(CHOICES, "properties->>'choices'", "text"),
        Field(MARKS, "properties->>'marks'", "text"),
        Field(WEIGHT, "TRY_CAST(properties->>'weight' AS DOUBLE)", "real"),
        Field(CHANNEL, "channel", "text"),
        Field(LANGUAGE, "properties->>'language'", "text"),
        Field(SURVEY, "coalesce(properties->>'survey', properties->>'survey_id')", "text"),
        Field(VERSION, "properties->>'survey_version'", "text"),
        Field(STEP, "properties->>'step'", "text"),
        Field(WAVE, "properties->>'wave'", "text"),
    ),
)


class MixedScales(Refusal, ValueError):
    """Answers to one question key were given on different scales, which cannot be added up."""

    code = "score.mixed_scales"


class NoSuchScore(Refusal, LookupError):
    """No answer to that question key has a score."""

    code = "score.unknown_key"


class UnknownSide(Refusal, ValueError):
    """Answers have no such side to be told apart by."""

    code = "score.unknown_side"


@dataclass(frozen=True, slots=True)
class Kind:
    """A metric on a scale: what answers must share to be added up.

    Attributes
    ----------
    metric
        As the answers have it.
    scale
        The points; None for numbers of no scale.
    """

    metric: str
    scale: Scale | None

    @property
    def text(self) -> str:
        """The kind as options and addresses say it: ``nps:0-10``, ``rating:1-5:lower_is_better``, ``number``."""
        if self.scale is None:
            return self.metric
        ends = f"{self.metric}:{self.scale.lowest}-{self.scale.highest}"
        return ends if self.scale.direction == HIGHER_IS_BETTER else f"{ends}:{self.scale.direction}"


@dataclass(frozen=True, slots=True)
class Which:
    """Which answers.

    Parameters
    ----------
    question_key
        To which question.
    kind
        On which scale, as `Kind.text` says it: ``nps:0-10``. Needed only where the key was answered on several.
    only
        Pairs of a side (``channel``, ``language``, ``survey``, ``version``, ``step``, ``wave``) and a value: of each
        side named, only answers with one of its values.
    leave_out
        Quality marks whose answers do not count: ``speeder``, ``straight_liner``, ``duplicate`` … They are counted.

    Raises
    ------
    UnknownSide
    """

    question_key: str
    kind: str = ""
    only: tuple[tuple[str, str], ...] = ()
    leave_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for side, _ in self.only:
            checked_side(side)


def checked_side(side: str) -> str:
    """Return the name of a side of answers.

    Raises
    ------
    UnknownSide
    """
    if side not in SIDES:
        raise UnknownSide(
            f"Answers cannot be told apart by {side!r}.",
            hint=nearest(side, SIDES) or f"Use one of {', '.join(SIDES)}.",
            side=side,
        )
    return side


@dataclass(frozen=True, slots=True)
class Given:
    """Answers of one kind to one question, by time.

    Attributes
    ----------
    rows
        As of `ANSWERS`; those that count.
    scoring
        How they are scored.
    values
        Beside the rows.
    unreadable_at, left_out_at, repeated
        Instants of answers without a readable value and of those left out for a mark; which of the rows are of somebody
        who answered before (as instants of the answer before, see `safar.store.windows.previous_at`).
    """

    rows: Rows
    scoring: Scoring
    values: Floats
    unreadable_at: NDArray[np.int64]
    left_out_at: NDArray[np.int64]
    previous: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """Return some of the answers; what does not count stays as it is."""
        return type(self)(
            self.rows.where(mask),
            self.scoring,
            self.values[mask],
            self.unreadable_at,
            self.left_out_at,
            self.previous[mask],
        )


def all_answers(log: Log, window: Window, *, persons: NDArray[np.uint64] | None = None) -> Rows:
    """Return all answers of a window as rows of `ANSWERS`: of everybody, or of persons of these keys."""
    rows = log.rows(ANSWERS, window)
    return rows if persons is None else rows.where(np.isin(rows.person, persons))


def given(rows: Rows, which: Which) -> Given:
    """Return the answers that a question is about, of rows as `all_answers` gives them.

    Raises
    ------
    MixedScales
        They are of several kinds, and the question does not say which one.
    NoSuchScore
        There are none that have a score.
    """
    ours = to_question(rows, which.question_key)
    kinds = kinds_of(ours)
    if not kinds:
        raise NoSuchScore(
            f"No answer to {which.question_key!r} has a score.",
            hint=nearest(which.question_key, scored_keys(rows)) or "Ask for the list of scores first.",
            question_key=which.question_key,
        )
    kind = _chosen(which, kinds)
    ours = ours.where(are_of_kind(ours, kind))
    for side in {side for side, _ in which.only}:
        ours = ours.where(is_any(ours.fields[side], *(value for of, value in which.only if of == side)))
    left_out = has_mark(ours.fields[MARKS], which.leave_out)
    out_at = ours.time[left_out]
    ours = ours.where(~left_out)
    scoring = scoring_of(kind.metric, kind.scale)
    readable = scoring.is_readable(ours.fields[VALUE].values)
    unreadable_at = ours.time[~readable]
    ours = ours.where(readable)
    return Given(
        ours, scoring, ours.fields[VALUE].values, unreadable_at, out_at, previous_at(ours.time, ours.person)
    )


def scored_keys(rows: Rows, *, metrics: frozenset[str] = SCORED) -> tuple[str, ...]:
    """Return the question keys that have scores, or those of some metrics alone, as they come."""
    scored = rows.where(is_any(rows.fields[METRIC], *metrics))
    column = scored.fields[QUESTION]
    return tuple(column.texts[code] for code in np.unique(column.values).tolist() if column.texts[code])


def all_scored_keys(log: Log, *, metrics: frozenset[str] = SCORED) -> tuple[str, ...]:
    """Return the question keys of a log whose answers have scores, or those of some metrics alone."""
    return scored_keys(all_answers(log, Window.from_us(-(1 << 55), 1 << 55)), metrics=metrics)


def kinds_of(rows: Rows) -> Mapping[Kind, int]:
    """Return the kinds of answers among rows of one question with how many there are, those with most first."""
    fields = rows.fields
    metrics, directions = fields[METRIC], fields[DIRECTION]
    found: dict[Kind, int] = {}
    for code, metric in enumerate(metrics.texts):
        if metric not in SCORED:
            continue
        mine = metrics.values == code
        if metric in UNSCALED:
            if mine.any():
                found[Kind(metric, None)] = int(mine.sum())
            continue
        mine &= np.isfinite(fields[LOWEST].values) & np.isfinite(fields[HIGHEST].values)
        if not mine.any():
            continue
        low, high = (fields[name].values[mine].astype(np.int64) for name in (LOWEST, HIGHEST))
        ways, direction = len(directions.texts), directions.values[mine]
        # one number a scale: there are few, and many answers
        reach = int(high.max() - high.min()) + 1
        packed = ((low - low.min()) * reach + (high - high.min())) * ways + direction
        _, firsts, counts = np.unique(packed, return_index=True, return_counts=True)
        for place, count in zip(firsts.tolist(), counts.tolist(), strict=True):
            scale = Scale(int(low[place]), int(high[place]), directions.texts[int(direction[place])])
            found[Kind(metric, scale)] = count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0].text)))


def _chosen(which: Which, kinds: Mapping[Kind, int]) -> Kind:
    by_text = {kind.text: kind for kind in kinds}
    if which.kind:
        if which.kind in by_text:
            return by_text[which.kind]
        raise NoSuchScore(
            f"No answer to {which.question_key!r} is of the kind {which.kind!r}.",
            hint=nearest(which.kind, by_text) or f"There are: {', '.join(by_text)}.",
            question_key=which.question_key,
            kind=which.kind,
        )
    if len(kinds) > 1:
        counted: list[Json] = [f"{kind.text} ({count:,})" for kind, count in kinds.items()]
        raise MixedScales(
            f"{which.question_key!r} was answered on {len(kinds)} scales: {', '.join(map(str, counted))}."
            " A mean over scales means nothing.",
            hint=f"Say which one, such as kind={next(iter(by_text))!r}.",
            question_key=which.question_key,
            kinds=list(by_text),
        )
    return next(iter(kinds))


def are_of_kind(rows: Rows, kind: Kind) -> NDArray[np.bool_]:
    """Return which rows are of a kind."""
    fields = rows.fields
    mine = is_any(fields[METRIC], kind.metric)
    if kind.scale is not None:
        mine &= (fields[LOWEST].values == kind.scale.lowest) & (fields[HIGHEST].values == kind.scale.highest)
        mine &= is_any(fields[DIRECTION], kind.scale.direction)
    return mine


def marks_of(text: str) -> tuple[str, ...]:
    """Return the quality marks of one answer, as its event's JSON has them; none where it is no list of texts."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return ()
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def has_mark(column: Column, marks: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which rows have one of these marks."""
    wanted = np.fromiter(
        (not set(marks).isdisjoint(marks_of(text)) for text in column.texts), np.bool_, len(column.texts)
    )
    return wanted[column.values] if len(wanted) else np.zeros(len(column.values), np.bool_)


def count_marks(column: Column) -> Mapping[str, int]:
    """Return how many rows have each mark, the commonest first."""
    found: dict[str, int] = {}
    counts = np.bincount(column.values, minlength=len(column.texts)).tolist() if column.texts else []
    for text, count in zip(column.texts, counts, strict=True):
        for mark in marks_of(text):
            if count:
                found[mark] = found.get(mark, 0) + count
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
