"""Response and completion of surveys: how many of those asked answered, how many of those who began came to the end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.store.extracts import Extract, Field
from safar.store.windows import Spans, hull, previous_at
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    Estimate,
    Interval,
    normal_quantile,
    share,
    student_quantile,
)
from safar.vocabulary.lifecycle import SURVEY_COMPLETED, SURVEY_STOPPED
from safar.vocabulary.window import Window

from .answer_counts import is_any
from .surveys import IS_SCREENED

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

_SURVEY: Final = "survey"
_RESPONSE: Final = "response"
_SECONDS: Final = "seconds"
_SCREENED: Final = "screened"

ENDINGS: Final = Extract(
    SURVEY_COMPLETED | SURVEY_STOPPED,
    (
        Field(_SURVEY, "coalesce(properties->>'survey', properties->>'survey_id')", "text"),
        Field(_RESPONSE, "properties->>'response_id'", "key"),
        Field(_SECONDS, "TRY_CAST(properties->>'duration_seconds' AS DOUBLE)", "real"),
        Field(_SCREENED, f"CASE WHEN properties->>'{IS_SCREENED}' = 'true' THEN 1 ELSE 0 END", "number"),
    ),
)


@dataclass(frozen=True, slots=True)
class CompletionQuestion:
    """Of those who began a survey in each window, how many came to its end, and how long did it take them?

    Parameters
    ----------
    windows
        Stretches of time; a response belongs to the window it ended in.
    surveys
        Names of surveys; all of them when empty.
    level
        Confidence level of the intervals.

    Raises
    ------
    NoWindows, ImpossibleLevel
    """

    windows: tuple[Window, ...]
    surveys: tuple[str, ...] = ()
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_windows(self.windows)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class Completion:
    """The responses of one window.

    Attributes
    ----------
    began
        Responses that were completed or given up. Those still open, and those turned away by a quota, are in neither.
    completed
        How many came to the end.
    estimate
        ``completed / began``, 0…1, with Wilson's interval; None when nobody began.
    seconds
        The typical time of the completed ones in seconds: geometric mean, with Student's interval of the logarithm.
        Times are skewed: who goes for tea would rule a plain mean. None below two.
    screened
        Responses that a full quota ended: they could not come to the end, so they say nothing of who gives up.
    """

    began: int
    completed: int
    estimate: Estimate | None
    seconds: Estimate | None
    screened: int = 0


@dataclass(frozen=True, slots=True)
class CompletionAnswer:
    """One for each window; the ``notes`` are of the first.

    ``completion.screened``: how many were turned away by a quota and are left out; ``completion.no_response``: events
    that name no response, each counted as one.
    """

    completions: tuple[Completion, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def completion(log: Log, question: CompletionQuestion) -> CompletionAnswer:
    """Answer how many of those who began came to the end.

    A response is completed by its ``survey_completed`` event and given up by its ``survey_stopped`` event; one that was
    given up and completed later is completed. Whom a full quota turned away did not give up: he is left out, and
    counted apart.

    Parameters
    ----------
    log
        Where the events are.
    question
        Windows, surveys.
    """
    rows = log.rows(ENDINGS, hull(question.windows))
    if question.surveys:
        rows = rows.where(is_any(rows.fields[_SURVEY], *question.surveys))
    completed = rows.where(rows.are(SURVEY_COMPLETED))
    stopped = rows.where(rows.are(SURVEY_STOPPED))
    screened = stopped.where(stopped.fields[_SCREENED].values == 1)
    stopped = stopped.where(stopped.fields[_SCREENED].values == 0)
    screened = _without(screened, completed)
    stopped = _without(_without(stopped, completed), screened)
    # one event a response, whatever was sent twice
    completed, stopped, screened = (
        each.where(
            (each.fields[_RESPONSE].values == 0)
            | (previous_at(each.time, each.fields[_RESPONSE].values) < hull(question.windows).start_us)
        )
        for each in (completed, stopped, screened)
    )
    ends = Spans.of(question.windows, completed.time).slices
    given_up = Spans.of(question.windows, stopped.time).slices
    turned_away = Spans.of(question.windows, screened.time).slices
    found = []
    for done, left, away in zip(ends, given_up, turned_away, strict=True):
        count = done.stop - done.start
        began = count + left.stop - left.start
        found.append(
            Completion(
                began,
                count,
                share(count, began, level=question.level),
                typical_seconds(completed.fields[_SECONDS].values[done], level=question.level),
                away.stop - away.start,
            )
        )
    nameless = int((completed.fields[_RESPONSE].values[ends[0]] == 0).sum())
    nameless += int((stopped.fields[_RESPONSE].values[given_up[0]] == 0).sum())
    return CompletionAnswer(
        tuple(found),
        notes_with_facts([("completion.screened", found[0].screened), ("completion.no_response", nameless)]),
        Provenance(question, rows.version, found[0].began),
    )


def _without(rows: Rows, others: Rows) -> Rows:
    """Return the rows of responses that the others do not name."""
    named = others.fields[_RESPONSE].values
    return rows.where(~np.isin(rows.fields[_RESPONSE].values, named[named != 0]))


def typical_seconds(
    seconds: np.typing.NDArray[np.float64], *, level: float = DEFAULT_LEVEL
) -> Estimate | None:
    """Return the geometric mean of times in seconds with its interval; None below two that are above 0.

    Source: J. Sauro, J. Lewis (2010), Average task times in usability tests, CHI 2010: the geometric mean estimates the
    middle of task times best for fewer than 25, and not worse above.

    Examples
    --------
    >>> found = typical_seconds(np.array([94.0, 95, 96, 113, 121, 132, 190, 193, 255, 298]))
    >>> round(found.value), round(found.interval.low), round(found.interval.high)
    (146, 107, 198)
    """
    times = np.log(seconds[np.isfinite(seconds) & (seconds > 0)])
    n = len(times)
    if n < 2:
        return None
    middle = float(times.mean())
    half = student_quantile(level, n - 1) * float(times.std(ddof=1)) / math.sqrt(n)
    return Estimate(math.exp(middle), Interval(math.exp(middle - half), math.exp(middle + half), level), n)
