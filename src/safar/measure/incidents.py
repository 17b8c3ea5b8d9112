"""Service from a table of incidents or tickets: one row each, or one row a change of which the last one holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, share
from safar.vocabulary.working_time import WorkingTime

from .service import Clock, Ints, ServiceRefused, clock
from .work_clock import WorkClock

#: Stands for an instant that is not known.
UNKNOWN = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class IncidentNumbers:
    """The numbers of one group of incidents.

    Attributes
    ----------
    label
        The group; empty for all.
    n
        Incidents.
    clocks
        Those that could be told of ``first_response``, ``resolution`` and ``closing``; seconds.
    promise_kept
        Of all, the share of which the table says that the promise was kept; None where it says nothing.
    reopened
        Of all, the share that was opened again; None where the table says nothing.
    """

    label: str
    n: int
    clocks: tuple[Clock, ...]
    promise_kept: Estimate | None
    reopened: Estimate | None


@dataclass(frozen=True, slots=True)
class IncidentsAnswer:
    """All incidents first, then by group, the largest first."""

    groups: tuple[IncidentNumbers, ...]
    notes: tuple[Note, ...]

    @property
    def table(self) -> Table:
        """One row a group and clock; seconds."""
        rows = [(group, clock) for group in self.groups for clock in group.clocks]
        return Table.of(
            {
                "group": [group.label for group, _ in rows],
                "incidents": [group.n for group, _ in rows],
                "clock": [clock.name for _, clock in rows],
                "n": [clock.n for _, clock in rows],
                "waiting": [clock.waiting for _, clock in rows],
                **estimates("median_seconds", [clock.median for _, clock in rows]),
                **estimates("p90_seconds", [clock.p90 for _, clock in rows]),
                **estimates("mean_seconds", [clock.mean for _, clock in rows]),
                **estimates("kept_rate", [clock.kept for _, clock in rows]),
                **estimates("promise_kept_rate", [group.promise_kept for group, _ in rows]),
                **estimates("reopen_rate", [group.reopened for group, _ in rows]),
            }
        )


def last_rows(incident: Sequence[object] | ArrayLike, order: ArrayLike | None = None) -> NDArray[np.int64]:
    """Return the places of each incident's last row, in the order in which incidents first appear.

    Parameters
    ----------
    incident
        Whose each row is.
    order
        By what rows are ordered, such as the time of the change; of equal ones the later row is last. The order of rows
        when None.

    Examples
    --------
    >>> last_rows(["a", "b", "a"]).tolist()
    [2, 1]
    """
    keys = np.asarray(incident)
    _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
    ranks = np.zeros(len(keys)) if order is None else np.asarray(order)
    by = np.lexsort((np.arange(len(keys)), ranks, codes))
    last = by[np.flatnonzero(np.append(np.diff(codes[by]) != 0, True))] if len(keys) else by
    return last[np.argsort(first, kind="stable")].astype(np.int64)


def first_rows(
    incident: Sequence[object] | ArrayLike, chosen: ArrayLike, order: ArrayLike | None = None
) -> dict[object, int]:
    """Return by incident the place of its first row that is chosen, by ``order`` and then as given."""
    keys, rows = np.asarray(incident), np.flatnonzero(np.asarray(chosen))
    if order is not None:
        rows = rows[np.argsort(np.asarray(order)[rows], kind="stable")]
    found: dict[object, int] = {}
    for row, key in zip(rows.tolist(), keys[rows].tolist(), strict=True):
        found.setdefault(key, row)
    return found


def incidents(
    opened: ArrayLike,
    *,
    first_response: ArrayLike | None = None,
    resolved: ArrayLike | None = None,
    closed: ArrayLike | None = None,
    promise_kept: ArrayLike | None = None,
    times_reopened: ArrayLike | None = None,
    groups: Sequence[object] | ArrayLike | None = None,
    working: WorkingTime | None = None,
    targets: Sequence[tuple[str, timedelta]] = (),
    until: int | None = None,
    level: float = DEFAULT_LEVEL,
) -> IncidentsAnswer:
    """Return how fast incidents are dealt with.

    Parameters
    ----------
    opened, first_response, resolved, closed
        Microseconds UTC (``int64``), one an incident; `UNKNOWN` where there is none. A clock is told for each that is
        given, from the opening.
    promise_kept
        What the table itself says of the promise, truth values.
    times_reopened
        How often each was opened again.
    groups
        A label for each.
    working
        When somebody is at work; clocks stand still else.
    targets
        By clock (``first_response``, ``resolution``, ``closing``) the longest that was promised.
    until
        The present, in microseconds UTC, for those that wait; the last instant of the table when None.
    level
        Confidence level of the intervals.

    Returns
    -------
    IncidentsAnswer
        Ends before their beginning count as they are told; a note says how many there are (``service.negative``).

    Raises
    ------
    ServiceRefused
        There are no incidents, or arrays differ in length.
    """
    begun = np.asarray(opened, np.int64)
    ends = {
        name: np.asarray(given, np.int64)
        for name, given in (("first_response", first_response), ("resolution", resolved), ("closing", closed))
        if given is not None
    }
    beside = {"promise_kept": promise_kept, "times_reopened": times_reopened, "groups": groups}
    sizes = {name: len(values) for name, values in ends.items()}
    sizes |= {name: len(np.asarray(given)) for name, given in beside.items() if given is not None}
    wrong = [name for name, size in sizes.items() if size != len(begun)]
    if not len(begun) or wrong or (begun == UNKNOWN).any():
        what = f"{wrong[0]} has {sizes[wrong[0]]:,} values" if wrong else "some have no opening"
        raise ServiceRefused(
            f"There are {len(begun):,} incidents, and {what}.",
            hint="Give one value for each incident, and an opening for every one.",
        )
    known = np.concatenate([begun, *(values[values != UNKNOWN] for values in ends.values())])
    now = int(known.max()) if until is None else until
    work = WorkClock.of(working, known, np.array([now], np.int64))
    labels = None if groups is None else np.array([str(each) for each in np.asarray(groups).tolist()])
    masks = [("", np.ones(len(begun), np.bool_))]
    if labels is not None:
        texts, counts = np.unique(labels, return_counts=True)
        masks += [(str(texts[place]), labels == texts[place]) for place in np.argsort(-counts, kind="stable")]
    kept = None if promise_kept is None else np.asarray(promise_kept, np.bool_)
    again = None if times_reopened is None else np.asarray(times_reopened) > 0
    promised = dict(targets)

    def told(name: str, mask: NDArray[np.bool_]) -> Clock:
        of, since = ends[name][mask], begun[mask]
        over = of != UNKNOWN
        return clock(
            name,
            work.at(of[over]) - work.at(since[over]),
            waiting_us=_waiting(work, since[~over], now),
            target=promised.get(name),
            level=level,
        )

    numbers = tuple(
        IncidentNumbers(
            label,
            int(mask.sum()),
            tuple(told(name, mask) for name in ends),
            None if kept is None else share(int(kept[mask].sum()), int(mask.sum()), level=level),
            None if again is None else share(int(again[mask].sum()), int(mask.sum()), level=level),
        )
        for label, mask in masks
    )
    negative = sum(each.negative for each in numbers[0].clocks)
    waiting = max((each.waiting for each in numbers[0].clocks if each.name == "resolution"), default=0)
    return IncidentsAnswer(
        numbers, notes_with_facts([("service.open", waiting), ("service.negative", negative)])
    )


def _waiting(work: WorkClock, since: Ints, now: int) -> Ints:
    return work.at(np.full(len(since), now, np.int64)) - work.at(since)
