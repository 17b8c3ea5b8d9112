"""A score over time, by the periods of a calendar: each with its interval, beside the one before or the same season."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from safar.store.windows import Spans
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.calendar import calendar
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.periods import Periodic, Periods
from safar.vocabulary.window import Window

from .answer_rows import Which, all_answers, given
from .gaps import Gap, gap
from .groups import Segments
from .score import mask_of, weights_of
from .scoring import Score, Scoring, score_of
from .weighting import MarginMissing, Weighting

if TYPE_CHECKING:
    from safar.store.log import Log

#: With what each period is compared: nothing, the period before, the same one a year before.
Beside = Literal["nothing", "previous", "season"]
BESIDES: Final[tuple[Beside, ...]] = get_args(Beside)


class TrendRefused(Refusal, ValueError):
    """A score cannot be told over time like this."""

    code = "score.trend_refused"


@dataclass(frozen=True, slots=True)
class TrendQuestion:
    """How does a score go over time?

    Parameters
    ----------
    which
        The question key, on which scale, which answers.
    window
        The periods that touch it are shown; only answers inside count.
    periodic
        Week, month, quarter … of which calendar, where.
    beside
        With what each period is compared.
    season
        The calendar whose year a season is compared by; that of the periods when None.
    weighting
        Weights, in each period by itself; all alike when None.
    level
        Confidence level.

    Raises
    ------
    TrendRefused, UnknownCalendar, ImpossibleLevel
    """

    which: Which
    window: Window
    periodic: Periodic
    beside: Beside = field(default="previous", kw_only=True)
    season: str | None = field(default=None, kw_only=True)
    weighting: Weighting | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        if self.window.start == self.window.end:
            raise TrendRefused("The window is empty.", hint="Give a window that ends after it starts.")
        if self.beside not in BESIDES:
            raise TrendRefused(
                f"A score cannot stand beside {self.beside!r}.",
                hint=nearest(str(self.beside), BESIDES) or f"Use one of {', '.join(BESIDES)}.",
            )
        if self.season is not None:
            calendar(self.season)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period.

    Attributes
    ----------
    window
        The period, whole.
    score
        Of its answers; None where nobody answered.
    is_whole
        False where the window ends inside the period.
    compared, before, gap
        The period it stands beside, the score then, and how far this one lies above it. Gaps are not judged together:
        each answers “and since last month?”.
    """

    window: Window
    score: Score | None
    is_whole: bool
    compared: Window | None = None
    before: Score | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class TrendAnswer:
    """The periods by time; ``notes``: ``trend.unweighted``, periods not weighted as a group of a margin is missing."""

    scoring: Scoring
    points: tuple[TrendPoint, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def trend(
    log: Log,
    question: TrendQuestion,
    *,
    persons: NDArray[np.uint64] | None = None,
    segments: Segments | None = None,
) -> TrendAnswer:
    """Answer how a score goes over time.

    Parameters
    ----------
    log, persons, segments
        As of `safar.listen.score.score`.
    question
        Which answers, which periods, beside what.

    Raises
    ------
    MixedScales, NoSuchScore, PeriodRefused, DateOutOfRange, MarginUnmet

    Notes
    -----
    Compared with the period before, the first one has one too: it is read from before the window. Nothing is compared
    with time before the first answer.
    """
    window = question.window
    shown = question.periodic.touching(window)
    inside = shown.cut(window.start_us, window.end_us)
    compared = _compared(question, shown)
    reach = [window, *(compared.windows() if compared is not None else [])]
    everything = all_answers(
        log, Window(min(each.start for each in reach), max(each.end for each in reach)), persons=persons
    )
    found = given(everything, question.which)
    first = int(found.rows.time[0]) if len(found.rows) else window.end_us
    lacking = 0

    def scored(periods: Periods) -> list[Score | None]:
        nonlocal lacking
        of_each: list[Score | None] = []
        for rows in Spans.of(periods.windows(), found.rows.time).slices:
            weights = None
            if question.weighting is not None:
                one = found.where(mask_of(rows, len(found.values)))
                try:
                    weights = weights_of(one, question.weighting, everything, segments)
                except MarginMissing:
                    lacking += 1
            of_each.append(
                score_of(
                    found.scoring,
                    found.values[rows],
                    None if weights is None else weights.weights,
                    level=question.level,
                )
            )
        return of_each

    scores = scored(inside)
    befores: list[Score | None] = [None] * len(scores) if compared is None else scored(compared)
    others = [None] * len(scores) if compared is None else compared.windows()
    whole = (inside.starts == shown.starts) & (inside.ends == shown.ends)
    points = tuple(
        TrendPoint(
            period,
            one,
            bool(whole[place]),
            None if other is None or other.end_us <= first else other,
            before,
            gap(one, before),
        )
        for place, (period, one, other, before) in enumerate(
            zip(shown.windows(), scores, others, befores, strict=True)
        )
    )
    return TrendAnswer(
        found.scoring,
        points,
        notes_with_facts([("trend.unweighted", lacking)]),
        Provenance(question, everything.version, sum(one.n for one in scores if one is not None)),
    )


def _compared(question: TrendQuestion, shown: Periods) -> Periods | None:
    """Return the period that each stands beside; None where nothing is compared."""
    if question.beside == "nothing":
        return None
    if question.beside == "season":
        return question.periodic.same_season(shown, question.season or question.periodic.calendar)
    longer = question.periodic.touching(question.window, before=1)
    if len(longer) == len(shown):  # the calendar begins here
        return Periods(
            np.append(shown.starts[:1], shown.starts[:-1]), np.append(shown.starts[:1], shown.ends[:-1])
        )
    return Periods(longer.starts[:-1], longer.ends[:-1])
