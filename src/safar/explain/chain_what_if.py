"""What if: fewer bad experiences move satisfaction, coming back and value through the fitted chain.

Sliders on experiences, with intervals and the assumption printed. For an effect that was paid for, make an experiment.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .columns import Columns, ColumnsRefused, Floats, codes_of, column, enough, percentiles
from .known_before import KnownBefore
from .resampling import least_squares, products

if TYPE_CHECKING:
    from .step_experience import StepExperienceAnswer

_FEWEST: Final = 30


@dataclass(frozen=True, slots=True)
class Levels:
    """How things stand, an occasion on average.

    Attributes
    ----------
    satisfaction
        In points of the answer, of the occasions that were answered.
    returned
        The probability of coming back, 0…1.
    value
        In whole units of the currency.
    """

    satisfaction: Estimate
    returned: Estimate
    value: Estimate


@dataclass(frozen=True, slots=True)
class MovedPart:
    """What the change of one experience would move by itself, an occasion on average; parts add up to the whole.

    Attributes
    ----------
    name
        Of the experience.
    share_now, share_after
        How often it happens, 0…1.
    satisfaction, returned, value
        As of `Moves`.
    """

    name: str
    share_now: float
    share_after: float
    satisfaction: Estimate
    returned: Estimate
    value: Estimate


@dataclass(frozen=True, slots=True)
class Moves:
    """What a change of experiences would move, an occasion on average.

    Attributes
    ----------
    now, after
        How things stand, and how they would stand.
    parts
        Experience by experience, in the order of the chain; those that are not changed move nothing.
    satisfaction
        In points of the answer.
    returned
        In the probability of coming back.
    value
        In whole units of the currency.
    returned_through_satisfaction, value_through_satisfaction
        What of it goes through satisfaction.
    notes
        Those of the chain, and ``chain.assumption``: those who are spared an experience go on like those alike who
        never had it, and the mean of each outcome is a straight line in experiences and satisfaction.
    """

    satisfaction: Estimate
    returned: Estimate
    value: Estimate
    returned_through_satisfaction: Estimate
    value_through_satisfaction: Estimate
    now: Levels
    after: Levels
    parts: tuple[MovedPart, ...]
    notes: tuple[Note, ...]

    @property
    def table(self) -> Table:
        """One row a number."""
        names = (
            "satisfaction",
            "returned",
            "value",
            "returned_through_satisfaction",
            "value_through_satisfaction",
        )
        return Table.of({"moves": list(names), **estimates("by", [getattr(self, name) for name in names])})


@dataclass(frozen=True, slots=True)
class Chain:
    """The fitted chain from experiences through satisfaction to return and value.

    Attributes
    ----------
    names
        Of the experiences.
    shares
        How often each happened, 0…1.
    n
        Occasions with outcomes; ``answered`` of them with an answer.
    notes
        ``chain.fewer_known``: so many of what was known before are not held equal among the answered, for there are too
        few answers; ``known`` names them.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    n: int
    answered: int
    level: float
    _satisfaction: Floats  # (1 + resamples, experiences)
    _returned: Floats
    _value: Floats
    _returned_by_point: Floats  # (1 + resamples,)
    _value_by_point: Floats
    _now: Floats  # (1 + resamples, 3): satisfaction, returned, value
    notes: tuple[Note, ...] = ()

    @property
    def now(self) -> Levels:
        """How things stand."""
        return self._levels(np.zeros((len(self._now), 3)))

    def what_if(self, left: Mapping[str, float]) -> Moves:
        """Return what would move if of some experiences only a part were left.

        Parameters
        ----------
        left
            By experience what is left of it: 0.5 halves it, 0 does away with it, 2 doubles it.

        Raises
        ------
        ColumnsRefused
            There is no such experience, or the share would leave 0…1.
        """
        change = np.zeros(len(self.names))
        for name, part in left.items():
            if name not in self.names or not 0 <= part * self.shares[self.names.index(name)] <= 1:
                raise ColumnsRefused(
                    f"{name!r} cannot be made {part:g} times as frequent.",
                    hint=f"There are {', '.join(self.names)}; 0.5 halves one.",
                )
            place = self.names.index(name)
            change[place] = (part - 1) * self.shares[place]
        satisfaction, returned, value = (
            slopes @ change for slopes in (self._satisfaction, self._returned, self._value)
        )
        return Moves(
            self._told(satisfaction, self.answered),
            self._told(returned, self.n),
            self._told(value, self.n),
            self._told(satisfaction * self._returned_by_point, self.answered),
            self._told(satisfaction * self._value_by_point, self.answered),
            self.now,
            self._levels(np.column_stack([satisfaction, returned, value])),
            tuple(self._part(place, float(each)) for place, each in enumerate(change)),
            (*self.notes, Note.of("chain.assumption")),
        )

    def _levels(self, moved: Floats) -> Levels:
        satisfaction, returned, value = (self._now + moved).T
        return Levels(
            self._told(satisfaction, self.answered),
            self._told(returned, self.n, within=(0.0, 1.0)),
            self._told(value, self.n),
        )

    def _part(self, place: int, change: float) -> MovedPart:
        return MovedPart(
            self.names[place],
            self.shares[place],
            self.shares[place] + change,
            self._told(self._satisfaction[:, place] * change, self.answered),
            self._told(self._returned[:, place] * change, self.n),
            self._told(self._value[:, place] * change, self.n),
        )

    def _told(self, found: Floats, n: int, *, within: tuple[float, float] | None = None) -> Estimate:
        return percentiles(float(found[0]), found[1:], n=n, level=self.level, within=within)


def fit(
    experiences: Mapping[str, ArrayLike] | Table,
    satisfaction: ArrayLike,
    returned: ArrayLike,
    value: ArrayLike,
    *,
    known: Mapping[str, ArrayLike | Sequence[Any]] | None = None,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    level: float = DEFAULT_LEVEL,
    resamples: int = 500,
    seed: int = 1,
) -> Chain:
    """Return the chain from experiences through satisfaction to return and value.

    Parameters
    ----------
    experiences
        By name: 1 or 0 an occasion; NaN is left out.
    satisfaction
        The answer after the occasion; NaN where nobody was asked: such occasions tell of return and value all the same.
    returned, value
        What came of it, NaN where it is not known yet.
    known
        What was known before, held equal.
    customers
        Whose each occasion is: resampled together.
    level, resamples, seed
        Of the bootstrap.

    Raises
    ------
    TooFewRows, ColumnsRefused

    Notes
    -----
    What was known before is taken out of experiences, answers and outcomes first (R. Frisch, F. Waugh (1933),
    Econometrica 1; M. Lovell (1963), JASA 58: the slopes are those of the whole regression), and only what is left is
    resampled; slopes of resamples are spread by :math:`\\sqrt{n/(n-k)}` for the :math:`k` columns taken out.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> late = rng.random(4000) < 0.3
    >>> csat = 4 - 1.5 * late + rng.normal(size=4000)
    >>> came = (rng.random(4000) < 0.5 - 0.1 * late).astype(float)
    >>> chain = fit({"late": late}, csat, came, came * 40, resamples=50)
    >>> moved = chain.what_if({"late": 0.5})
    >>> round(moved.satisfaction.value, 1), round(moved.returned.value, 2)
    (0.2, 0.02)
    """
    columns = Columns.of(experiences)
    outcomes = np.column_stack([column("returned", returned), column("value", value)])
    answer = column("satisfaction", satisfaction)
    if not len(columns) == len(outcomes) == len(answer):
        raise ColumnsRefused(
            "The columns have different lengths.", hint="Give one of each for every occasion."
        )
    held = KnownBefore.of(known or {}, len(columns))
    gaps = np.isnan(np.column_stack([columns.values, outcomes]))
    whole = np.asarray(~gaps.any(axis=1))
    width = len(columns.names)
    asked = np.asarray(whole & ~np.isnan(answer))
    answered = int(asked.sum())
    fewer, notes = _fewer(held, answered, width)
    enough(answered, _FEWEST + 3 * (width + fewer.shape[1]), columns.names)
    who = codes_of(customers, len(columns))
    rng = np.random.default_rng(seed)

    had = columns.values

    def bootstrapped(rows: NDArray[np.bool_], equal: Floats, plain: Floats) -> tuple[Floats, float]:
        """Return the sums of products of each sample: of ones, ``plain`` columns, experiences, ``plain`` beside what is
        held equal; and by what its slopes must spread more, for what was held equal was fitted once."""
        beside = _beside(equal[rows], np.column_stack([had[rows], plain[rows]]))
        design = np.column_stack([np.ones(int(rows.sum())), plain[rows], beside])
        mine = np.unique(who[rows], return_inverse=True)[1].astype(np.int64)
        sums = np.concatenate([(design.T @ design)[None], products(design, resamples, rng, customers=mine)])
        return sums, float(np.sqrt(len(design) / (len(design) - equal.shape[1])))

    def slopes(sums: Floats, spread: float, outcome: int, on: list[int]) -> Floats:
        found = least_squares(sums, outcome, [0, *on])[:, 1:]
        found[1:] = found[0] + spread * (found[1:] - found[0])
        return found

    sums, spread = bootstrapped(whole, held.matrix, outcomes)
    first = 3 + width  # after ones, both outcomes and the experiences
    returned_by, value_by = (slopes(sums, spread, first + each, list(range(3, first))) for each in (0, 1))
    outcomes_now = sums[:, 0, 1:3] / sums[:, :1, 0]
    sums, spread = bootstrapped(asked, fewer, np.column_stack([answer, outcomes]))
    first = 4 + width
    on = list(range(4, first))
    return Chain(
        columns.names,
        tuple(float(each) for each in had[whole].mean(axis=0)),
        int(whole.sum()),
        answered,
        level,
        slopes(sums, spread, first, on),
        returned_by,
        value_by,
        slopes(sums, spread, first + 1, [*on, first])[:, -1],
        slopes(sums, spread, first + 2, [*on, first])[:, -1],
        np.column_stack([sums[:, 0, 1] / sums[:, 0, 0], outcomes_now]),
        notes,
    )


def _beside(equal: Floats, columns: Floats) -> Floats:
    """Return what is left of columns when what is held equal has explained its part."""
    design = np.column_stack([np.ones(len(equal)), equal])
    return np.asarray(
        columns - design @ (np.linalg.pinv(design.T @ design, hermitian=True) @ (design.T @ columns))
    )


def _fewer(held: KnownBefore, answered: int, width: int) -> tuple[Floats, tuple[Note, ...]]:
    """Return what is held equal among the answered: where there are few answers not what has most columns."""
    names = np.array(held.columns)
    kept = np.ones(len(names), np.bool_)
    gone: list[str] = []
    while answered < _FEWEST + 3 * (width + int(kept.sum())):
        left, counts = np.unique(names[kept], return_counts=True)
        if not len(left) or counts.max() == 1:
            break
        gone.append(str(left[int(counts.argmax())]))
        kept &= names != gone[-1]
    notes = (Note.of("chain.fewer_known", count=len(gone), known=", ".join(sorted(gone))),) if gone else ()
    return held.matrix[:, kept], notes


def of_step(
    table: StepExperienceAnswer,
    question_key: str,
    *,
    level: float = DEFAULT_LEVEL,
    resamples: int = 500,
    seed: int = 1,
) -> Chain:
    """Return the chain of a step's occasions; an experience that cannot be known counts as not had."""
    return fit(
        {name: np.nan_to_num(had) for name, had in table.had.items()},
        table.answers[question_key],
        table.returned,
        table.value,
        known=table.known,
        customers=table.person,
        level=level,
        resamples=resamples,
        seed=seed,
    )
