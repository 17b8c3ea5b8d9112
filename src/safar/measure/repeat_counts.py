"""How many customers bought how often, when last and how long ago first: all that models of repeat buying need.

A million customers share some hundred thousand histories (x, t_x, T). Each history is kept once with the count of its
customers, so that a model is fitted on far fewer rows, and new orders change a few counts instead of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Json, Refusal

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Rows named in a refusal.
_SHOWN: Final = 5
#: Beyond so many pairs of (age, recency) rows are sorted by comparison.
_MOST_BINS: Final = 1 << 24


class HistoriesRefused(Refusal, ValueError):
    """Frequency, recency and age cannot be those of customers."""

    code = "purchases.histories_refused"


@dataclass(frozen=True, eq=False)
class RepeatCounts:
    """Distinct purchase histories and how many customers have each.

    Attributes
    ----------
    frequency
        ``int64``, x: repeat purchases, the first one not counted.
    recency
        ``float64``, t_x: from the first purchase to the last; 0 where x is 0. In the unit of time of the data.
    age
        ``float64``, T: from the first purchase to the end of observation.
    weight
        ``float64``: customers with that history.

    Notes
    -----
    Histories ascend by age, recency and frequency.
    """

    frequency: Ints
    recency: Floats
    age: Floats
    weight: Floats
    _order: Ints | None = field(default=None, repr=False)
    _first: Ints | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None = None
    ) -> RepeatCounts:
        """Return the counts of customers.

        Parameters
        ----------
        frequency, recency, age
            One of each for every customer (or group of alike ones): x, t_x and T, the latter two in the same unit.
        weights
            How many customers each stands for; 1 when None.

        Raises
        ------
        HistoriesRefused
            Arrays of different lengths or none at all; a value that is missing, infinite or negative; a frequency that
            is not whole; a last purchase after the end of observation; repeat purchases with recency 0, or none with
            recency above 0.
        """
        x, recent, old, weight = _checked(frequency, recency, age, weights)
        order, first = _groups(x, recent, old)
        places = order[first[:-1]]
        return cls(
            x[places],
            recent[places],
            old[places],
            np.diff(first).astype(np.float64)
            if weight is None
            else np.add.reduceat(weight[order], first[:-1]),
            order,
            first,
        )

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def customers(self) -> float:
        """How many customers there are, or the sum of the weights."""
        return float(self.weight.sum())

    @property
    def repeat_purchases(self) -> float:
        """How many repeat purchases they made."""
        return float(self.frequency @ self.weight)

    @cached_property
    def place_of(self) -> Ints | None:
        """For each customer given, the place of their history; None where no customers were given."""
        if self._order is None or self._first is None:
            return None
        places = np.empty(len(self._order), np.int64)
        places[self._order] = np.repeat(np.arange(len(self)), np.diff(self._first))
        return places

    @cached_property
    def by_age(self) -> tuple[Ints, Floats, Ints]:
        """Distinct pairs of frequency and age, and for each history the place of its pair."""
        # histories ascend by age, then recency: those of one pair are not side by side
        order = np.lexsort((self.frequency, self.age))
        x, old = self.frequency[order], self.age[order]
        begins = np.ones(len(self), np.bool_)
        begins[1:] = (x[1:] != x[:-1]) | (old[1:] != old[:-1])
        places = np.empty(len(self), np.int64)
        places[order] = np.cumsum(begins) - 1
        return x[begins], old[begins], places

    def spread(self, by_history: NDArray[Any]) -> NDArray[Any]:
        """Return what holds for each history for each customer given; unchanged where none were given."""
        places = self.place_of
        return by_history if places is None else by_history[places]

    def moved_by(self, time: float) -> RepeatCounts:
        """Return the counts when ``time`` more has passed and nobody has bought."""
        if not np.isfinite(time) or (self.age + time < self.recency).any():
            raise HistoriesRefused(
                f"Observation cannot end {-time!r} earlier: somebody bought after that.",
                hint="Count the orders up to that day afresh.",
                time=float(time),
            )
        return RepeatCounts(
            self.frequency, self.recency, self.age + time, self.weight, self._order, self._first
        )

    def changed(self, gone: RepeatCounts | None = None, new: RepeatCounts | None = None) -> RepeatCounts:
        """Return the counts after some customers' histories were replaced by others; costs next to nothing.

        Parameters
        ----------
        gone
            Histories as they were.
        new
            Histories as they are now; more of them where there are new customers.

        Raises
        ------
        HistoriesRefused
            More customers than there are lose a history.
        """
        parts = [
            (self, 1.0),
            *((each, sign) for each, sign in ((gone, -1.0), (new, 1.0)) if each is not None),
        ]
        x, recent, old, weight = (
            np.concatenate([sign * getattr(each, name) if name == "weight" else getattr(each, name)
                            for each, sign in parts])
            for name in ("frequency", "recency", "age", "weight")
        )  # fmt: skip
        order, first = _groups(x, recent, old)
        weight = np.add.reduceat(weight[order], first[:-1])
        if (weight < -1e-9).any():
            raise HistoriesRefused(
                "Some histories are to be taken away more often than they are there.",
                hint="Give the histories as they were before.",
            )
        kept = weight > 1e-9
        places = order[first[:-1]][kept]
        return RepeatCounts(x[places], recent[places], old[places], weight[kept])


def _checked(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weights: ArrayLike | None
) -> tuple[Ints, Floats, Floats, Floats | None]:
    """Return the arrays; refuse what cannot be."""
    given = {"frequency": frequency, "recency": recency, "age": age}
    if weights is not None:
        given["weights"] = weights
    arrays = {name: numbers(values, name) for name, values in given.items()}
    lengths = {name: len(values) for name, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise HistoriesRefused(
            "The arrays have different lengths: "
            + ", ".join(f"{name} {length}" for name, length in lengths.items())
            + ".",
            hint="Give one value of each for every customer.",
            lengths=dict[str, Json](lengths),
        )
    x, recent, old = arrays["frequency"], arrays["recency"], arrays["age"]
    if not len(x):
        raise HistoriesRefused("There are no customers.", hint="Give at least one customer with an order.")
    _refuse(x != np.rint(x), "frequency is not whole", x)
    _refuse(recent > old, "the last purchase is after the end of observation (recency > age)", recent)
    _refuse((x > 0) & (recent <= 0), "there are repeat purchases, and recency is 0", x)
    _refuse((x == 0) & (recent > 0), "there are no repeat purchases, and recency is above 0", recent)
    return x.astype(np.int64), recent, old, arrays.get("weights")


def numbers(values: ArrayLike, name: str) -> Floats:
    """Return values as a flat array of finite numbers from 0 on.

    Raises
    ------
    HistoriesRefused
    """
    try:
        array: Floats = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as unreadable:
        raise HistoriesRefused(
            f"{name} holds something else than numbers: {unreadable}.", hint="Give an array of numbers."
        ) from unreadable
    if array.ndim != 1:
        raise HistoriesRefused(
            f"{name} has {array.ndim} dimensions.", hint="Give one value for each customer, in one row."
        )
    # one comparison finds what is missing, infinite and negative
    if not (array.min(initial=0.0) >= 0.0 and array.max(initial=0.0) < np.inf):
        _refuse(~np.isfinite(array), f"{name} is missing or infinite", array)
        _refuse(array < 0, f"{name} is negative", array)
    return array


def _refuse(wrong: NDArray[np.bool_], what: str, values: Floats) -> None:
    """Refuse rows that are wrong, naming the first of them."""
    if not wrong.any():
        return
    rows = np.flatnonzero(wrong)
    shown = ", ".join(f"row {row}: {values[row]:g}" for row in rows[:_SHOWN].tolist())
    raise HistoriesRefused(
        f"In {len(rows)} rows {what} ({shown}{', …' if len(rows) > _SHOWN else ''}).",
        hint="Look at how the histories were counted: safar.measure.purchases counts them from orders.",
        rows=list[Json](rows[:_SHOWN].tolist()),
    )


def _groups(x: Ints, recent: Floats, old: Floats) -> tuple[Ints, Ints]:
    """Return an order of the rows by (age, recency, frequency), where each run of equal ones begins, and the end."""
    from .repeat_kernels import runs, sorted_by  # noqa: PLC0415 - compiled code only when needed

    recent_code, recents = _coded(recent)
    old_code, olds = _coded(old)
    if recents * olds > _MOST_BINS or int(x.max(initial=0)) > _MOST_BINS:
        order: Ints = np.lexsort((x, recent_code, old_code))
    else:
        order = sorted_by(np.arange(len(x)), x, int(x.max(initial=0)) + 1)
        order = sorted_by(order, old_code * recents + recent_code, recents * olds)
    return order, runs(order, x, recent_code, old_code)


def _coded(values: Floats) -> tuple[Ints, int]:
    """Return whole codes in the order of the values, and their count: the values themselves where these are days."""
    highest = float(values.max(initial=0.0))
    lowest = float(values.min(initial=0.0))
    if lowest >= 0 and highest < 1 << 16:
        whole = values.astype(np.int64)
        if (whole == values).all():
            return whole, int(highest) + 1
    distinct, codes = np.unique(values, return_inverse=True)
    return codes.astype(np.int64), len(distinct)
