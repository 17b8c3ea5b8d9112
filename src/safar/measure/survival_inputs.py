"""What survival analyses take in: how long, whether the end was seen, and what may bear on it – checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Refusal

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Distinct values of a text beyond which it is no group but a name of each.
MOST_LEVELS: Final = 50
#: Below this share of its own spread, what a column adds to the ones before it is rounding.
_ADDS_NOTHING: Final = 1e-9


class SurvivalRefused(Refusal, ValueError):
    """No survival can be worked out from what was given."""

    code = "survival.refused"


@dataclass(frozen=True, slots=True)
class Subjects:
    """Who was followed for how long.

    Attributes
    ----------
    durations
        ``float64``, in any one unit: from the beginning to the end, or to where they were seen last.
    observed
        Whether the end was seen. Where not, they were still there (censored).
    entry
        ``float64``: how old each was already when watching began; 0 where it was from the beginning.
    """

    durations: Floats
    observed: Flags
    entry: Floats

    @classmethod
    def of(
        cls,
        durations: ArrayLike,
        observed: ArrayLike | None = None,
        *,
        entry: ArrayLike | None = None,
        above_zero: bool = False,
    ) -> Subjects:
        """Return them, checked.

        Parameters
        ----------
        observed
            Truth values or 0 and 1; all ends were seen when None.
        above_zero
            Whether a duration of 0 is refused: a model of the logarithm of time has no place for it.

        Raises
        ------
        SurvivalRefused
            There is nobody, a length is negative or missing, somebody left before he came, or the arrays differ in
            length.
        """
        times = _numbers("durations", durations)
        ends = np.ones(len(times), np.bool_) if observed is None else _flags(observed)
        since = np.zeros(len(times)) if entry is None else _numbers("entry", entry)
        if not len(times):
            raise SurvivalRefused(
                "There is nobody to follow.", hint="Give the duration of one subject at least."
            )
        if not len(times) == len(ends) == len(since):
            raise SurvivalRefused(
                f"There are {len(times):,} durations, {len(ends):,} ends and {len(since):,} beginnings.",
                hint="Give one of each for every subject.",
            )
        wrong = np.flatnonzero(~np.isfinite(times) | (times < 0) | (times <= 0) & above_zero)
        if len(wrong):
            raise SurvivalRefused(
                f"{len(wrong):,} durations are missing, below 0 or, for a model of log time, 0; the first is"
                f" {times[wrong[0]]} in row {wrong[0] + 1}.",
                hint="Leave these rows out, or measure in a finer unit.",
                rows=(wrong[:5] + 1).tolist(),
            )
        late = np.flatnonzero(~np.isfinite(since) | (since < 0) | (since >= times) & (since > 0))
        if len(late):
            raise SurvivalRefused(
                f"{len(late):,} subjects end before they are watched; the first is row {late[0] + 1}.",
                hint="`entry` is below `durations`, in the same unit.",
                rows=(late[:5] + 1).tolist(),
            )
        return cls(times, ends, since)

    def __len__(self) -> int:
        return len(self.durations)

    @property
    def events(self) -> int:
        """How many ends were seen."""
        return int(self.observed.sum())


@dataclass(frozen=True, slots=True)
class Design:
    """Covariates as columns of numbers.

    Attributes
    ----------
    names
        Of the columns; of a text ``column=level`` for each level but the most frequent one, which is compared with.
    matrix
        ``float64`` of shape (subjects, columns).
    levels
        Of each text column, its levels, the one compared with first.
    """

    names: tuple[str, ...]
    matrix: Floats
    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(
        cls,
        covariates: Mapping[str, ArrayLike],
        subjects: int,
        levels: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Design:
        """Return the columns.

        Parameters
        ----------
        covariates
            By name: numbers, truth values or texts, one a subject.
        levels
            Those of a fit, for predicting with it; found here when None.

        Raises
        ------
        SurvivalRefused
            A column is too short, holds a gap or a text of too many kinds, or a level that the fit never saw.
        """
        names: list[str] = []
        columns: list[Floats] = []
        found: dict[str, tuple[str, ...]] = {}
        for name, given in covariates.items():
            values = np.asarray(given)
            if values.shape != (subjects,):
                raise SurvivalRefused(
                    f"The covariate {name!r} has the shape {values.shape} for {subjects:,} subjects.",
                    hint="Give one value a subject.",
                )
            if values.dtype.kind in "biuf":
                numbers = values.astype(np.float64)
                gaps = int((~np.isfinite(numbers)).sum())
                if gaps:
                    raise SurvivalRefused(
                        f"The covariate {name!r} lacks {gaps:,} of {subjects:,} values.",
                        hint="Leave these rows out, or say so with a covariate of its own.",
                    )
                names.append(name)
                columns.append(numbers)
                continue
            texts = values.astype(str)
            known = levels[name] if levels is not None else _levels(name, texts)
            strange = sorted(set(texts.tolist()) - set(known))
            if strange:
                raise SurvivalRefused(
                    f"The covariate {name!r} has the value {strange[0]!r}, which was never seen.",
                    hint=f"Known are: {', '.join(known)}.",
                )
            found[name] = known
            for level in known[1:]:
                names.append(f"{name}={level}")
                columns.append((texts == level).astype(np.float64))
        matrix = np.column_stack(columns) if columns else np.zeros((subjects, 0))
        return cls(tuple(names), matrix, found)

    def checked(self) -> Design:
        """Return the same, if each column adds something.

        Raises
        ------
        SurvivalRefused
            A column never varies, or follows from the ones before it.
        """
        centred = self.matrix - self.matrix.mean(axis=0)
        spread = np.sqrt((centred**2).sum(axis=0))
        left = centred.copy()
        for place, name in enumerate(self.names):
            rest = float(np.sqrt((left[:, place] ** 2).sum()))
            if spread[place] == 0 or rest <= _ADDS_NOTHING * spread[place]:
                why = "never varies" if spread[place] == 0 else "follows from those before it"
                raise SurvivalRefused(f"The covariate {name!r} {why}.", hint="Leave it out.")
            unit = left[:, place] / rest
            left[:, place + 1 :] -= np.outer(unit, unit @ left[:, place + 1 :])
        return self


def _levels(name: str, texts: NDArray[Any]) -> tuple[str, ...]:
    known, counts = np.unique(texts, return_counts=True)
    if len(known) > MOST_LEVELS:
        raise SurvivalRefused(
            f"The covariate {name!r} has {len(known):,} different texts.",
            hint=f"Give numbers, or put them together into at most {MOST_LEVELS} groups.",
        )
    first = int(np.argmax(counts))
    return (str(known[first]), *(str(each) for each in np.delete(known, first)))


def _numbers(name: str, given: ArrayLike) -> Floats:
    try:
        found = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise SurvivalRefused(f"`{name}` holds something that is no number.", hint="Give numbers.") from None
    if found.ndim != 1:
        raise SurvivalRefused(f"`{name}` has {found.ndim} dimensions.", hint="Give one number a subject.")
    return found


def _flags(given: ArrayLike) -> Flags:
    found = np.asarray(given)
    if found.dtype.kind in "iuf" and np.isin(found, (0, 1)).all():
        return found.astype(np.bool_)
    if found.dtype.kind == "b":
        return found
    raise SurvivalRefused(
        "`observed` holds something beside true and false.", hint="Give truth values, or 0 and 1."
    )
