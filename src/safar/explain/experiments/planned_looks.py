"""Looks that were planned before the start: which bound this one has, and whether the experiment may end at it.

The member says how many looks were planned and which one this is, or how many customers each arm was to get; then the
share of the information that is in follows from the customers there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .effects import Effect
from .group_sequential import Bounds, Shape, bounds
from .refusals import ImpossibleLooks

#: More looks than so many are better served by a sequence that holds however often one looks.
MOST_LOOKS: Final = 20
#: From this share of the information on nothing is left to come.
_WHOLE: Final = 0.99
#: A z-value is cut here: beyond it no bound lies.
_FAR: Final = 9.0


@dataclass(frozen=True, slots=True)
class PlannedLooks:
    """How many looks were planned, with which bounds, and how far the experiment is.

    Parameters
    ----------
    count
        How many looks at equal distances, 2 to 20, the last one at the planned end.
    shape
        Which bounds; see `bounds`. Those that spend α stay right where a look comes earlier or later than planned.
    look
        Which look this is, from 1; None where ``customers`` says it.
    customers
        How many customers each arm was to get by the end; None where ``look`` says where the experiment is.

    Raises
    ------
    ImpossibleLooks
        Fewer than 2 looks or more than 20, a look that was not planned, or not exactly one of the last two.

    Notes
    -----
    With ``customers`` :math:`N`, the information of arms with :math:`n_t` and :math:`n_c` customers is
    :math:`t = 2 n_t n_c / ((n_t + n_c) N)`, the variance that was planned over the variance there is. This look takes
    the place of the planned one nearest to it; earlier ones are taken to have been where they were planned.

    Examples
    --------
    >>> PlannedLooks(5, customers=1_000).timing(500, 500).information
    (0.2, 0.4, 0.5, 0.8, 1.0)
    """

    count: int
    shape: Shape = "spending_obrien_fleming"
    look: int | None = None
    customers: int | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.count <= MOST_LOOKS:
            raise ImpossibleLooks(
                f"{self.count} looks were planned.", hint=f"Plan 2 to {MOST_LOOKS}.", looks=self.count
            )
        if (self.look is None) == (self.customers is None):
            raise ImpossibleLooks(
                "It is not said how far the experiment is.",
                hint="Say which look this is, or how many customers each arm was to get: one of the two.",
            )
        if self.look is not None and not 1 <= self.look <= self.count:
            raise ImpossibleLooks(
                f"Look {self.look} is not one of the {self.count} that were planned.",
                hint=f"Give 1 to {self.count}.",
                look=self.look,
            )
        if self.customers is not None and self.customers < 1:
            raise ImpossibleLooks(
                f"Each arm was to get {self.customers} customers.", hint="Give 1 or more.", n=self.customers
            )

    def timing(self, treated: int, control: int) -> Timing:
        """Return when the looks are, with so many customers in an arm and in the control."""
        planned = [(place + 1) / self.count for place in range(self.count)]
        if self.look is not None:
            return Timing(self.look - 1, tuple(planned), tuple(planned))
        share = 2 * treated * control / ((treated + control) * (self.customers or 1))
        place = min(max(math.floor(share * self.count + 0.5), 1), self.count) - 1
        before, after = planned[:place], planned[place + 1 :]
        if share >= _WHOLE:  # all α is spent here, also where more customers came than were planned
            information = tuple(each / share for each in before)
            return Timing(place, (*information, 1.0), (*before, 1.0))
        all_of_them = (*before, share, *(after or [1.0]))
        return Timing(place, all_of_them, all_of_them)

    def at(
        self, found: Effect, treated: int, control: int, *, arms: int = 1, level: float = DEFAULT_LEVEL
    ) -> Look:
        """Return what this look says of an effect.

        Parameters
        ----------
        found
            The effect as it is now.
        treated, control
            Customers of both arms.
        arms
            Besides the control: each has its part of α (Bonferroni), so that the chance of a false alarm in any of
            them, at any look, is at most 1 less ``level``.
        level
            Of all looks and arms together.

        Raises
        ------
        ImpossiblePlan, ImpossibleLevel
        """
        timing = self.timing(treated, control)
        limits = bounds(
            timing.information, self.shape, level=1 - (1 - level) / arms, spent_at=timing.spent_at
        )
        return Look(timing.place, limits, _z(found), limits.interval(timing.place, found))


@dataclass(frozen=True, slots=True)
class Timing:
    """When the looks of an experiment are.

    Attributes
    ----------
    place
        Which of them this is, from 0.
    information
        The share of the information at each, rising to 1.
    spent_at
        The share of the plan by which each has spent its α: the same, but where more customers came than were planned.
    """

    place: int
    information: tuple[float, ...]
    spent_at: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one effect.

    Attributes
    ----------
    place
        Which look this is, from 0.
    bounds
        Those of all looks.
    z
        The effect in standard errors, cut at ±9.
    estimate
        The effect with the interval that holds at this look and all others together.
    """

    place: int
    bounds: Bounds
    z: float
    estimate: Estimate

    @property
    def count(self) -> int:
        """How many looks there are, this one and those to come included."""
        return len(self.bounds.information)

    @property
    def information(self) -> float:
        """The share of the information that is in."""
        return self.bounds.information[self.place]

    @property
    def bound(self) -> float:
        """How far from 0 z has to be for the experiment to end here."""
        return self.bounds.critical[self.place]

    @property
    def ends(self) -> bool:
        """Whether the bound is reached, so that the experiment may end with this effect."""
        return self.bounds.ends(self.place, self.z)

    @property
    def is_last(self) -> bool:
        """Whether no look is to come: the experiment ends here in any case."""
        return self.place == self.count - 1


def _z(found: Effect) -> float:
    value = found.absolute.value
    if not found.standard_error:
        return math.copysign(_FAR, value) if value else 0.0
    return max(-_FAR, min(_FAR, value / found.standard_error))


def looks_table(named: Sequence[tuple[str, Look]]) -> dict[str, list[object]]:
    """Return the columns of a table with a row for each look of each arm.

    Parameters
    ----------
    named
        Arms with this look at the metric that decides.

    Returns
    -------
    dict
        ``arm``, ``look`` (from 1), ``information_share``, ``z_bound``, ``false_alarm_rate`` (the chance of a false
        alarm up to this look), ``is_now``, ``z`` (None at other looks).
    """
    rows = [
        (arm, place, each, spent)
        for arm, each in named
        for place, spent in enumerate(each.bounds.false_alarms())
    ]
    return {
        "arm": [arm for arm, *_ in rows],
        "look": [place + 1 for _, place, *_ in rows],
        "information_share": [each.bounds.information[place] for _, place, each, _ in rows],
        "z_bound": [each.bounds.critical[place] for _, place, each, _ in rows],
        "false_alarm_rate": [spent for *_, spent in rows],
        "is_now": [place == each.place for _, place, each, _ in rows],
        "z": [each.z if place == each.place else None for _, place, each, _ in rows],
    }
