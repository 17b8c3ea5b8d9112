"""Findability: can people find it? Tree tests and first-click tests: success, directness, time, first click."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.window import Window

from .answer_counts import is_any, to_question
from .answer_rows import MARKS, has_mark
from .completion import typical_seconds
from .scoring import FINDABILITY
from .surveys import METRIC, QUESTION, VALUE

if TYPE_CHECKING:
    from safar.store.extracts import Column, Rows
    from safar.store.log import Log

_DIRECT: Final = "is_direct"
_FIRST_RIGHT: Final = "is_first_right"
_GIVEN_UP: Final = "is_given_up"
_SECONDS: Final = "seconds"
_FIRST: Final = "first"
_AREA: Final = "area"
_X: Final = "x"
_Y: Final = "y"
#: The picture is counted in so many columns and rows.
CELLS: Final = 10

TRIALS: Final = Extract(
    SURVEY_ANSWERED,
    (
        Field(METRIC, "properties->>'metric'", "text"),
        Field(QUESTION, "properties->>'question_key'", "text"),
        Field(VALUE, "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
        Field(MARKS, "properties->>'marks'", "text"),
        Field(_DIRECT, "properties->>'is_direct'", "text"),
        Field(_FIRST_RIGHT, "properties->>'is_first_right'", "text"),
        Field(_GIVEN_UP, "properties->>'is_given_up'", "text"),
        Field(_SECONDS, "TRY_CAST(properties->>'seconds' AS DOUBLE)", "real"),
        Field(_FIRST, "coalesce(properties->>'first', properties->>'area')", "text"),
        Field(_AREA, "properties->>'area'", "text"),
        Field(_X, "TRY_CAST(properties->>'x' AS DOUBLE)", "real"),
        Field(_Y, "TRY_CAST(properties->>'y' AS DOUBLE)", "real"),
    ),
)


@dataclass(frozen=True, slots=True)
class FindabilityQuestion:
    """How easily is a thing found?

    Parameters
    ----------
    question_key
        Of the tree test or first-click test.
    window
        When.
    leave_out
        Quality marks whose answers do not count; they are counted.
    level
        Confidence level of the intervals.
    """

    question_key: str
    window: Window
    leave_out: tuple[str, ...] = ()
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class FirstPlace:
    """Where people went first.

    Attributes
    ----------
    place
        Id of the node or area; empty for a click beside every area.
    share
        Of all who clicked, 0…1, with Wilson's interval.
    count
        How many.
    found
        Of these, the share who found it in the end: who clicks right first finds it about twice as often.
    """

    place: str
    share: Estimate
    count: int
    found: Estimate


@dataclass(frozen=True, slots=True)
class Findability:
    """What the trials tell.

    Attributes
    ----------
    n
        Count of trials.
    success
        The share who found it.
    directness
        The share who never went back, found or not, of those for whom it is known; None where it is of nobody.
    direct_success
        The share who found it without ever going back; None likewise.
    given_up
        How many gave up.
    seconds
        Typical time of those who found it: geometric mean, see `safar.listen.completion.typical_seconds`.
    first_right
        The share whose first click led the right way, of those for whom it is known; None likewise.
    first
        Where people went first, the commonest place first.
    clicks
        First clicks on a picture in tenths: ``clicks[row][column]``, from its top left; empty without any.
    """

    n: int
    success: Estimate
    directness: Estimate | None
    direct_success: Estimate | None
    given_up: int
    seconds: Estimate | None
    first_right: Estimate | None
    first: tuple[FirstPlace, ...]
    clicks: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class FindabilityAnswer:
    """None without trials; ``notes``: ``score.unreadable``, ``score.left_out``."""

    findability: Findability | None
    notes: tuple[Note, ...]
    provenance: Provenance


def findability(
    log: Log, question: FindabilityQuestion, *, persons: NDArray[np.uint64] | None = None
) -> FindabilityAnswer:
    """Answer how many found a thing, how directly, how fast, and where they went first.

    Parameters
    ----------
    log, persons
        As of `safar.listen.score.score`.
    question
        Which test, when.

    Source: the measures of tree testing, D. Spencer (2003), Card-Based Classification Evaluation; of first clicks,
    B. Bailey, C. Wolfson (2009), FirstClick usability testing.
    """
    rows = log.rows(TRIALS, question.window)
    rows = to_question(rows, question.question_key)
    rows = rows.where(is_any(rows.fields[METRIC], FINDABILITY))
    if persons is not None:
        rows = rows.where(np.isin(rows.person, persons))
    left_out = has_mark(rows.fields[MARKS], question.leave_out)
    count_out = int(left_out.sum())
    rows = rows.where(~left_out)
    readable = np.isin(rows.fields[VALUE].values, (0.0, 1.0))
    unreadable = int((~readable).sum())
    rows = rows.where(readable)
    return FindabilityAnswer(
        _told(rows, question.level),
        notes_with_facts([("score.unreadable", unreadable), ("score.left_out", count_out)]),
        Provenance(question, rows.version, len(rows)),
    )


def _told(rows: Rows, level: float) -> Findability | None:
    fields = rows.fields
    found = fields[VALUE].values == 1
    success = share(int(found.sum()), len(found), level=level)
    if success is None:
        return None
    direct, is_known = _truth(fields[_DIRECT])
    right, right_known = _truth(fields[_FIRST_RIGHT])
    return Findability(
        len(found),
        success,
        share(int((direct & is_known).sum()), int(is_known.sum()), level=level),
        share(int((direct & found & is_known).sum()), int(is_known.sum()), level=level),
        int(_truth(fields[_GIVEN_UP])[0].sum()),
        typical_seconds(fields[_SECONDS].values[found], level=level),
        share(int((right & right_known).sum()), int(right_known.sum()), level=level),
        _first(fields[_FIRST], found, np.isfinite(fields[_X].values), level),
        _clicks(fields[_X].values, fields[_Y].values),
    )


def _truth(column: Column) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each row whether it is true, and whether it is said at all."""
    return is_any(column, "true"), is_any(column, "true", "false")


def _first(
    column: Column, found: NDArray[np.bool_], clicked: NDArray[np.bool_], level: float
) -> tuple[FirstPlace, ...]:
    """Return where people went first; a click beside every area is a place of no name."""
    named = np.array([bool(text) for text in column.texts], np.bool_)
    went = (named[column.values] if len(named) else np.zeros(len(found), np.bool_)) | clicked
    places = []
    for code, place in enumerate(column.texts):
        mine = (column.values == code) & went
        count = int(mine.sum())
        of_all = share(count, int(went.sum()), level=level)
        in_the_end = share(int((mine & found).sum()), count, level=level)
        if count and of_all is not None and in_the_end is not None:
            places.append(FirstPlace(place, of_all, count, in_the_end))
    return tuple(sorted(places, key=lambda each: (-each.count, each.place)))


def _clicks(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
    if not inside.any():
        return ()
    columns = np.minimum((x[inside] * CELLS).astype(np.int64), CELLS - 1)
    lines = np.minimum((y[inside] * CELLS).astype(np.int64), CELLS - 1)
    counts = np.bincount(lines * CELLS + columns, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    return tuple(tuple(line) for line in counts.tolist())
