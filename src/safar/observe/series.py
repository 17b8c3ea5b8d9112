"""Time series: any number over the periods of a calendar, by line, beside the period before or the same season."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.calendar import calendar
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.periods import BY_DAY, Periodic, Periods
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .anomalies import Expected, expected
from .behind import Adds, Cell, CellRefused
from .grid import Grid
from .lines import AMOUNT, AMOUNT_UNITS, Breakdown, By, Counts, LineName
from .measures import (
    EVERY_EVENT_COUNTED,
    Metric,
    SeriesRefused,
    change_of,
    counts_of,
    estimates_of,
)
from .series_time import Beside, Time, hull, of_periods, of_window
from .series_walk import MOST_ROWS, Walked, cells_of_shard, covered
from .walk import Lived

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from safar.store.paths import Paths, PathShard


@dataclass(frozen=True, slots=True)
class SeriesQuestion:
    """How does a number go over time?

    Parameters
    ----------
    window
        The periods that touch it are shown; only events inside are counted.
    metric
        What is measured.
    periodic
        Hour, day, week, month, quarter or year, of which calendar, where.
    breakdown
        One line each for channels, event names, values or segments; one line when None.
    beside
        With what each point is compared.
    season
        The calendar whose year a season is compared by: ``jalali`` for Nowruz, ``hijri`` for Ramadan. That of the
        periods when None.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    SeriesRefused, UnknownCalendar, ImpossibleLevel
    """

    window: Window
    metric: Metric = EVERY_EVENT_COUNTED
    periodic: Periodic = BY_DAY
    breakdown: Breakdown | None = field(default=None, kw_only=True)
    beside: Beside = field(default=Beside.NOTHING, kw_only=True)
    season: str | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if self.window.start == self.window.end:
            raise SeriesRefused("The window is empty.", hint="Give a window that ends after it starts.")
        if self.season is not None:
            calendar(self.season)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class Point:
    """One period on one line.

    Attributes
    ----------
    window
        The period, whole.
    value
        With its interval: of counts what such a period brings, were nothing to change (Poisson, with the design effect
        of customers who come more than once); of shares Wilson's; of means and sums Student's, by customer. None where
        there is no number: no customer to convert, no value to average.
    is_whole
        False where the window or what the log covers ends inside the period.
    compared, before, change
        The period that it stands beside, the number then, and by how much they differ: how many times as many for
        counts, the difference for shares and means; None where nothing can be compared.
    expected
        What it was expected to be, with the bounds beyond which it is marked; None where too little is known.
    is_anomaly
        Marked: see `anomalies.expected`. Only whole periods are.
    """

    window: Window
    value: Estimate | None
    is_whole: bool
    compared: Window | None = None
    before: Estimate | None = None
    change: Estimate | None = None
    expected: Estimate | None = None
    is_anomaly: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The points of one line.

    Attributes
    ----------
    name
        What it stands for.
    points
        One a period, by time; those without events too.
    total, total_before, change
        The number of the whole window, and of what it stands beside. Customers of several periods count once.
    """

    name: LineName
    points: tuple[Point, ...]
    total: Estimate | None
    total_before: Estimate | None = None
    change: Estimate | None = None


@dataclass(frozen=True, slots=True)
class SeriesAnswer:
    """The lines: of a breakdown those with the most events first, then the others, at last the total.

    Attributes
    ----------
    lines
        In each currency by itself where amounts are added up.
    notes
        ``series.short``: too few periods to say what is out of the ordinary; ``series.clustering_sampled``: the
        clustering of counts was measured on one customer of so many.
    """

    lines: tuple[Line, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a line and period, with all that `Point` says."""
        rows = [(line.name, point) for line in self.lines for point in line.points]
        points = [point for _, point in rows]
        return Table.of(
            {
                "line": [name.name for name, _ in rows],
                "is_rest": [name.is_rest for name, _ in rows],
                "is_total": [name.is_total for name, _ in rows],
                "currency": [name.currency for name, _ in rows],
                "start": [point.window.start for point in points],
                "end": [point.window.end for point in points],
                **estimates("value", [point.value for point in points]),
                "n": [point.value.n if point.value else 0 for point in points],
                "is_whole": [point.is_whole for point in points],
                "compared_start": [point.compared.start if point.compared else None for point in points],
                **estimates("before", [point.before for point in points]),
                **estimates("change", [point.change for point in points]),
                **estimates("expected", [point.expected for point in points]),
                "is_anomaly": [point.is_anomaly for point in points],
            }
        )

    @property
    def lines_table(self) -> Table:
        """One row a line: the number of the whole window, of what it stands beside, and by how much they differ."""
        lines = self.lines
        return Table.of(
            {
                "line": [line.name.name for line in lines],
                "is_rest": [line.name.is_rest for line in lines],
                "is_total": [line.name.is_total for line in lines],
                "currency": [line.name.currency for line in lines],
                **estimates("value", [line.total for line in lines]),
                **estimates("before", [line.total_before for line in lines]),
                **estimates("change", [line.change for line in lines]),
            }
        )


def series(log: Lived, question: SeriesQuestion, *, executor: Executor | None = None) -> SeriesAnswer:
    """Answer how a number goes over time.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        What, when, by what, beside what.
    executor
        What walks the shards side by side; one after another when None.

    Raises
    ------
    PeriodRefused, StepsRefused, DateOutOfRange

    Notes
    -----
    A period that has not ended is compared with as much of the other one as has passed of it. Nothing is compared with
    time before the log begins.
    """
    paths = log.paths()
    window = question.window.start_us, question.window.end_us
    counts = _counts(paths.shards, question, executor)
    walked = Walked(paths.shards, counts, question.metric, executor)
    span = covered(paths.shards) or (window[1], window[0])
    time = Time.of(
        question.window,
        question.periodic,
        question.beside,
        question.season or question.periodic.calendar,
        span,
    )
    sums, history = of_periods(walked, time, window)
    beside = None if time.beside is None else walked.sums(time.beside, hull(time.beside))
    whole = of_window(walked, sums, window)
    whole_before = None if time.beside is None else of_window(walked, None, hull(time.beside))
    every = max(1, paths.rows // MOST_ROWS)
    effects = np.ones((2, len(counts.names)))
    if question.metric.is_clustered:
        effects = walked.clustering(window, time.shown, every)
    unit = float(AMOUNT_UNITS) if question.metric.of == AMOUNT else 1.0
    told = partial(estimates_of, question.metric, unit=unit, level=question.level)
    spots = _spots(time)
    lines = []
    for place, name in enumerate(counts.names):
        by_period, by_window = effects[:, place].tolist()
        values = told(sums[:, place], clustering=by_period)
        befores: list[Estimate | None] = [None] * len(values)
        if beside is not None:
            befores = told(beside[:, place], clustering=by_period)
        numbers = _numbers(question, time, (history[:, place], sums[:, place]), values, told)
        usual = expected(*numbers, time.cycle, is_count=question.metric.is_count, clustering=by_period)
        points = _points(question, spots, (values, befores), usual, by_period)
        (total,) = told(whole[[place]], clustering=by_window)
        total_before = None
        if whole_before is not None and time.has_basis:
            (total_before,) = told(whole_before[[place]], clustering=by_window)
        change = change_of(question.metric, total, total_before, exposure=time.exposure, clustering=by_window)
        lines.append((name, Line(name, points, total, total_before, change), float(sums[:, place, 1].sum())))
    notes = []
    if all(point.expected is None for _, line, _ in lines for point in line.points):
        notes.append(Note.of("series.short"))
    if question.metric.is_clustered and every > 1:
        notes.append(Note.of("series.clustering_sampled", every=every))
    read = int(sums[:, -max(len(counts.currencies), 1) :, 1].sum())
    return SeriesAnswer(_ordered(question, lines), tuple(notes), Provenance(question, paths.version, read))


def adds_to_point(paths: Paths, question: SeriesQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a point: ``start`` of its period in microseconds and, of its line, ``line``
    (the name), ``is_rest``, ``is_total`` (0 or 1) and ``currency``; of the total, where only ``start`` is said.

    Without ``start``: behind the number of the whole window. With ``also`` 1: behind those who did the other thing.

    Raises
    ------
    CellRefused
    """
    from .series_kernels import ALSO, PEOPLE  # noqa: PLC0415 - compiled code only when needed

    counts = _counts(paths.shards, question, None)
    named = LineName(
        str(cell.get("line") or ""),
        bool(cell.get("is_rest")),
        bool(cell.get("is_total", "line" not in cell and not cell.get("is_rest"))),
        str(cell.get("currency") or ""),
    )
    window = question.window.start_us, question.window.end_us
    periods = question.periodic.touching(question.window)
    start = cell.get("start")
    if start is None:
        periods = Periods(np.array(window[:1], np.int64), np.array(window[1:], np.int64))
        start = window[0]
    spot = np.flatnonzero(periods.starts == start) if isinstance(start, int) else np.zeros(0, np.int64)
    if named not in counts.names or not len(spot):
        raise CellRefused("The answer has no such point.", hint="Open the number again from its page.")
    period = periods.of(spot).cut(*window)
    if not len(period.apart()):
        return lambda _: False
    line = counts.names.index(named)
    column = ALSO if cell.get("also") else PEOPLE
    grid, bounds = Grid.of(period), (int(period.starts[0]), int(period.ends[0]))
    return lambda shard: bool(
        cells_of_shard(shard, counts, question.metric, grid, bounds).sums[grid.place[0], line, column]
    )


def _counts(shards: Sequence[PathShard], question: SeriesQuestion, executor: Executor | None) -> Counts:
    metric = question.metric
    return Counts.of(
        shards,
        rule=metric.rule,
        also=metric.also,
        value=metric.of or None,
        among=question.among,
        breakdown=question.breakdown,
        bounds=(question.window.start_us, question.window.end_us),
        executor=executor,
    )


def _spots(time: Time) -> list[tuple[Window, bool, Window | None, float]]:
    """Return of each point its period, whether it is whole, what it stands beside and how many times as long it is."""
    windows = time.shown.windows()
    compared: list[Window | None] = [None] * len(windows)
    exposures = np.zeros(len(windows))
    if time.beside is not None:
        has_before = time.has_before.tolist()
        others = time.beside.windows()
        compared = [other if has else None for other, has in zip(others, has_before, strict=True)]
        inside, length = (each.ends - each.starts for each in (time.inside, time.beside))
        np.divide(inside, length, out=exposures, where=time.has_before & (length > 0))
    return list(zip(windows, time.is_whole.tolist(), compared, exposures.tolist(), strict=True))


def _points(
    question: SeriesQuestion,
    spots: list[tuple[Window, bool, Window | None, float]],
    cells: tuple[list[Estimate | None], list[Estimate | None]],
    usual: Expected | None,
    clustering: float,
) -> tuple[Point, ...]:
    """Return the points of one line from its numbers: those shown, and those they stand beside."""
    windows, is_whole, compared, exposures = zip(*spots, strict=True)
    values, those_beside = cells
    nothing: list[Estimate | None] = [None] * len(spots)
    marked, hopes, befores, changes = [False] * len(spots), nothing, nothing, nothing
    if usual is not None:
        marked, hopes = usual.is_marked[-len(spots) :].tolist(), usual.estimates(last=len(spots))
    if any(compared):
        befores = [before if other else None for before, other in zip(those_beside, compared, strict=True)]
        told = partial(change_of, question.metric, clustering=clustering)
        changes = [
            told(value, before, exposure=exposure)
            for value, before, exposure in zip(values, befores, exposures, strict=True)
        ]
    return tuple(map(Point, windows, values, is_whole, compared, befores, changes, hopes, marked))


def _numbers(
    question: SeriesQuestion,
    time: Time,
    cells: tuple[NDArray[np.float64], NDArray[np.float64]],
    values: list[Estimate | None],
    told: Callable[..., list[Estimate | None]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the numbers of a line, those of the past first, and how sure each is: none where it is not whole."""
    every, metric = np.concatenate(cells), question.metric
    spread = np.full(len(every), np.nan)
    if metric.is_count:
        numbers = np.array(counts_of(metric, every), np.float64)
    else:
        found = [*told(cells[0], clustering=1.0), *values]
        numbers = np.array([np.nan if each is None else each.value for each in found], np.float64)
        lengths = [np.nan if each is None else each.interval.high - each.interval.low for each in found]
        spread = np.array(lengths) / (2 * normal_quantile(question.level))
    is_whole = np.concatenate([time.was_whole, time.is_whole])
    numbers[~is_whole] = np.nan
    return numbers, spread


def _ordered(question: SeriesQuestion, lines: list[tuple[LineName, Line, float]]) -> tuple[Line, ...]:
    """Return the lines with events: the largest first, the others and the total at last; segments as given."""
    is_asked = question.breakdown is not None and question.breakdown.by is By.SEGMENT
    kept = [each for each in lines if each[2] or (is_asked and not each[0].currency)]
    if not any(name.is_total for name, _, _ in kept):
        kept.append(next(each for each in lines if each[0].is_total))
    if not is_asked:
        kept.sort(
            key=lambda each: (each[0].is_total, each[0].is_rest, -each[2], each[0].name, each[0].currency)
        )
    return tuple(line for _, line, _ in kept)
