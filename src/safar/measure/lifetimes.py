"""Lifetimes out of a log: how long from one thing to another – a subscription until it is cancelled, a first order
until the second, or until nothing was ordered for so long – as survival curves, with those for whom it has not happened
yet, and what raises or lowers the risk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.window import Window

from . import survival
from .lifetime_factors import Factors, factors_of
from .survival import SurvivalFit
from .survival_inputs import Flags, Floats
from .whole_time import whole_time

if TYPE_CHECKING:
    from safar.store.extracts import Column, Rows
    from safar.store.log import Log

LengthUnit = Literal["day", "week", "month", "year"]
DAY_US: Final = 86_400_000_000
#: Days of a unit; months and years of the Gregorian calendar's mean length.
DAYS_OF: Final[dict[LengthUnit, float]] = {"day": 1.0, "week": 7.0, "month": 30.436875, "year": 365.2425}
SUBSCRIPTION_STARTED: Final = ("subscription_started", "Subscription Started")
SUBSCRIPTION_CANCELLED: Final = ("subscription_cancelled", "Subscription Cancelled")
#: More groups than this are no picture.
MOST_GROUPS: Final = 20
OTHERS: Final = "…"
#: Said of a beginning whose end was seen, in any case of letters.
YES: Final = ("yes", "true", "1", "y", "بله", "نعم")
_BETWEEN_KEYS: Final = "\x1f"


class LifetimesRefused(Refusal, ValueError):
    """The question about lifetimes makes no sense."""

    code = "lifetimes.refused"


@dataclass(frozen=True, slots=True)
class SurvivalQuestion:
    """How long from one thing to another?

    Parameters
    ----------
    begins
        Names of events with which it begins: the first of each customer, or of each ``same``.
    ends
        Names of events with which it ends: the first one after the beginning. With a name of ``begins`` among them it
        is the next of that name: ``order_placed`` to ``order_placed`` is the time to the second order.
    by
        A property of the beginning, or ``@channel``, whose values are told apart; everybody together when None.
    same
        A property that tells which belongs to which, such as ``subscription_id``: each is followed by itself. By
        customer when None.
    silent_days
        When given, it ends once none of ``ends`` has happened for so many days, on the last of them: ``order_placed``
        to ``order_placed`` with 90 is how long customers stay until they order nothing for 90 days.
    lasted, lasted_in
        A property of the beginning that says itself how long it lasted so far, and in which unit: for tables of
        customers that know no dates. ``ends`` are not looked at then.
    ended, ended_as
        With ``lasted``: the property that says whether the end was seen, and what it says where it was.
    properties
        Properties of the beginning, or ``@channel``, that may raise or lower the risk (Cox's model); all that are fit
        for it, up to 24, when None; no model when empty.
    window
        Beginnings in this stretch of time; all of them when None. Ends may come after it.
    after_days
        After so many days the share still there is told in a table.
    level
        Confidence level of the intervals.

    Raises
    ------
    LifetimesRefused, ImpossibleLevel
    """

    begins: tuple[str, ...] = SUBSCRIPTION_STARTED
    ends: tuple[str, ...] = SUBSCRIPTION_CANCELLED
    by: str | None = None
    same: str | None = None
    silent_days: int | None = None
    lasted: str | None = None
    lasted_in: LengthUnit = "day"
    ended: str | None = None
    ended_as: tuple[str, ...] = YES
    properties: tuple[str, ...] | None = ()
    window: Window | None = None
    after_days: tuple[int, ...] = (30, 90, 180, 365)
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        if not self.begins or not self.ends:
            raise LifetimesRefused(
                "A lifetime has no beginning or no end.", hint="Name one event at least for either."
            )
        if self.silent_days is not None and self.silent_days < 1:
            raise LifetimesRefused(
                f"Nobody is silent for {self.silent_days} days.", hint="Ask for 1 day or more."
            )
        if (self.lasted is None) != (self.ended is None):
            raise LifetimesRefused(
                "How long it lasted and whether it ended are told together or not at all.",
                hint="Name both properties, such as lasted='tenure' and ended='churn'.",
            )
        if any(days < 0 for days in self.after_days):
            raise LifetimesRefused(
                f"{min(self.after_days)} days are before the beginning.", hint="Ask for days from 0 on."
            )


@dataclass(frozen=True, slots=True)
class LifetimesAnswer:
    """Curves in days, the groups with most beginnings first by label, the test between them, what bears on the risk.

    Notes: values of ``by`` beyond the most frequent ones are put together as ``…`` (``lifetimes.others``); beginnings
    without what tells which they are, or how long they lasted, left out (``lifetimes.untold``); and those of
    `safar.measure.lifetime_factors.Factors`.
    """

    fit: SurvivalFit | None
    after_days: tuple[int, ...]
    factors: Factors | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a group and length of time: the share still there, with its interval."""
        curves = self.fit.curves if self.fit else ()
        rows = [(curve, days, curve.at(days)) for curve in curves for days in self.after_days]
        return Table.of(
            {
                "group": [curve.label for curve, _, _ in rows],
                "n": [curve.n for curve, _, _ in rows],
                "ended": [curve.observed for curve, _, _ in rows],
                "after_days": [days for _, days, _ in rows],
                **estimates("survival", [found for _, _, found in rows]),
                **estimates("median_days", [curve.median for curve, _, _ in rows]),
            }
        )

    @property
    def curves(self) -> Table:
        """The curves, one row for each time at which something ended."""
        return SurvivalFit((), None).table if self.fit is None else self.fit.table

    @property
    def risks(self) -> Table:
        """One row for each thing that bears on the risk; see `Factors.table`."""
        return Factors((), None, None, ()).table if self.factors is None else self.factors.table


def lifetimes(log: Log, question: SurvivalQuestion) -> LifetimesAnswer:
    """Answer how long from one thing to another.

    Whoever has not come to the end by the newest event of the log was still there then (censored).
    """
    named = _named(log, question)
    everything = whole_time(log)
    rows = log.rows(
        Extract(
            _names(question),
            (
                Field("by", _property(question.by), "text"),
                Field("same", _property(question.same), "key"),
                Field("lasted", f"TRY_CAST({_property(question.lasted)} AS DOUBLE)", "real"),
                Field("ended", _property(question.ended), "text"),
                *(Field(f"property {name}", _property(name), "text") for name in named),
            ),
        ),
        everything,
    )
    begins = rows.are(frozenset(question.begins))
    same = rows.person if question.same is None else rows.fields["same"].values
    untold = begins & (same == 0) if question.same is not None else np.zeros(len(rows), np.bool_)
    if question.lasted is not None:
        length = rows.fields["lasted"].values
        untold |= begins & ~(np.isfinite(length) & (length >= 0))
    first = _first_of(same, begins & ~untold)
    if question.window is not None:
        window, started = question.window, rows.time[first]
        first = first[(started >= window.start_us) & (started < window.end_us)]
    notes = [("lifetimes.untold", int(untold.sum()))]
    origin = Provenance(question, rows.version, len(rows))
    if not len(first):
        return LifetimesAnswer(None, question.after_days, None, notes_with_facts(notes), origin)
    days, seen = _days(question, rows, same, first, everything.end_us)
    groups, others = _groups(question, rows.fields["by"].texts, rows.fields["by"].values[first])
    fitted = survival.fit(days, seen, groups=groups, level=question.level)
    factors = None
    if named:
        columns = {name: _texts(rows.fields[f"property {name}"], first) for name in named}
        factors = factors_of(days, seen, columns, level=question.level, are_chosen=bool(question.properties))
    notes.insert(0, ("lifetimes.others", others))
    return LifetimesAnswer(
        fitted,
        question.after_days,
        factors,
        (*notes_with_facts(notes), *(factors.notes if factors else ())),
        origin,
    )


def _names(question: SurvivalQuestion) -> frozenset[str]:
    return frozenset(question.begins if question.lasted else (*question.begins, *question.ends))


def _named(log: Log, question: SurvivalQuestion) -> tuple[str, ...]:
    """Return the properties that may bear on the risk: those named, or those that most beginnings have."""
    if question.properties is not None:
        return question.properties
    keys = Field("keys", f"array_to_string(json_keys(properties), '{_BETWEEN_KEYS}')", "text")
    rows = log.rows(Extract(frozenset(question.begins), (keys,)), whole_time(log))
    column = rows.fields["keys"]
    counts: dict[str, int] = {}
    told = np.bincount(column.values, minlength=len(column.texts)).tolist()
    for text, count in zip(column.texts, told, strict=False):
        for name in text.split(_BETWEEN_KEYS) if text else ():
            counts[name] = counts.get(name, 0) + count
    own = {question.lasted, question.ended, question.same}
    most = sorted(
        (name for name, count in counts.items() if 2 * count >= len(rows) and name not in own),
        key=lambda name: (-counts[name], name),
    )
    return ("@channel", *most)


def _days(
    question: SurvivalQuestion, rows: Rows, same: NDArray[np.uint64], first: NDArray[np.int64], until: int
) -> tuple[Floats, Flags]:
    """Return how many days each lasted, and whether the end was seen."""
    if question.lasted is not None:
        wanted = {text.casefold() for text in question.ended_as}
        column = rows.fields["ended"]
        yes = np.array([text.strip().casefold() in wanted for text in column.texts] or [False])
        length = rows.fields["lasted"].values[first] * DAYS_OF[question.lasted_in]
        return np.floor(length).astype(np.float64), yes[column.values[first]]
    ends, started = rows.are(frozenset(question.ends)), rows.time[first]
    if question.silent_days is None:
        ended = _next_after(same, ends, same[first], first, rows.time)
    else:
        ended = _silent_from(same, ends, first, rows.time, question.silent_days * DAY_US)
    seen = (ended >= 0) & (ended <= until)
    return (np.where(seen, ended, until) - started) / DAY_US, seen


def _texts(column: Column, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return the texts of some rows."""
    found: NDArray[np.object_] = np.array([*column.texts, ""], np.object_)[column.values[rows]]
    return found


def days_in(count: float, unit: LengthUnit) -> int:
    """Return the whole days of so many weeks, months, years, as curves count them.

    >>> days_in(12, "month"), days_in(2, "week")
    (365, 14)
    """
    return int(count * DAYS_OF[unit])


def _property(name: str | None) -> str:
    """Return the SQL that reads a property; names are quoted, whatever they hold."""
    if name is None:
        return "NULL::VARCHAR"
    if name == "@channel":
        return "channel"
    # As a JSON pointer: a name alone that begins with $ or / would be taken for a path.
    pointer = name.replace("~", "~0").replace("/", "~1").replace("'", "''")
    plain = f"properties->>'/{pointer}'"
    within = pointer.replace(".", "/")
    return plain if within == pointer else f"coalesce({plain}, properties->>'/{within}')"


def _first_of(same: NDArray[np.uint64], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the rows of the first chosen one of each, in the order of rows."""
    rows = np.flatnonzero(chosen)
    _, first = np.unique(same[rows], return_index=True)
    return np.sort(rows[first])


def _next_after(
    same: NDArray[np.uint64],
    chosen: NDArray[np.bool_],
    whose: NDArray[np.uint64],
    after: NDArray[np.int64],
    time: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the time of the first chosen row of each after a row of his, -1 where there is none."""
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return np.full(len(whose), -1, np.int64)
    by = np.lexsort((rows, same[rows]))
    rows, keys = rows[by], same[rows][by]
    # Among the rows of each one, the first beyond `after`: keys and rows ascend together.
    known, starts = np.unique(keys, return_index=True)
    ends = np.append(starts[1:], len(rows))
    place = np.minimum(np.searchsorted(known, whose), len(known) - 1)
    found = np.full(len(whose), -1, np.int64)
    for spot in np.flatnonzero(known[place] == whose).tolist():
        low, high = int(starts[place[spot]]), int(ends[place[spot]])
        at = low + int(np.searchsorted(rows[low:high], after[spot], side="right"))
        if at < high:
            found[spot] = time[rows[at]]
    return found


def _silent_from(
    same: NDArray[np.uint64],
    chosen: NDArray[np.bool_],
    after: NDArray[np.int64],
    time: NDArray[np.int64],
    silence: int,
) -> NDArray[np.int64]:
    """Return when a silence of that length was first over after each row of his, in microseconds; signs of life are the
    chosen rows after it. It may lie beyond what was watched.
    """
    begun = np.zeros(len(same), np.bool_)
    begun[after] = True
    rows = np.flatnonzero(chosen | begun)
    by = np.lexsort((rows, same[rows]))
    rows = rows[by]
    keys = same[rows]
    is_last = np.append(keys[1:] != keys[:-1], True)
    gap = np.append(np.diff(time[rows]), 0)
    # Of each one the first row, from his beginning on, that nothing follows for so long.
    quiet = rows[is_last | (gap >= silence)]
    order = np.lexsort((quiet, same[quiet]))
    quiet = quiet[order]
    starts = np.searchsorted(same[quiet], same[after])
    found = np.empty(len(after), np.int64)
    for spot, (start, row) in enumerate(zip(starts.tolist(), after.tolist(), strict=True)):
        at = start
        while quiet[at] < row:
            at += 1
        found[spot] = time[quiet[at]] + silence
    return found


def _groups(
    question: SurvivalQuestion, texts: tuple[str, ...], codes: NDArray[np.int64]
) -> tuple[list[str] | None, int]:
    """Return the label of each beginning, and how many values were put together."""
    if question.by is None:
        return None, 0
    counts = np.bincount(codes, minlength=len(texts))
    kept = set(np.argsort(-counts, kind="stable")[:MOST_GROUPS].tolist())
    others = int((counts > 0).sum()) - len([place for place in kept if counts[place]])
    return [texts[code] if code in kept else OTHERS for code in codes.tolist()], others
