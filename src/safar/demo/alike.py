"""Customers of whom everything is known that moves both an experience and what they bring: what estimates are tried on.

Where the truth is known and every assumption holds, an interval of 95 % has to hold the truth in 95 of 100 draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: What customers bring: a number about as regular as heights; whether they come back; money (half of it brought by a
#: fifth of those who buy), and money of which a hundredth of them brings a fifth.
Brought = Literal["regular", "returned", "money", "heavy"]

_SPREAD: Final = {"money": 1.0, "heavy": 1.5}
_TRUTH_DRAWS: Final = 8
_TRUTH_CUSTOMERS: Final = 200_000

Floats = NDArray[np.float64]


class Drawn(NamedTuple):
    """One row an occasion: what was brought, whether it was a bad experience, what was known, whose it is; what the
    experience makes of each in truth, had or not, and what it makes of such customers on average."""

    value: Floats
    exposed: NDArray[np.bool_]
    known: dict[str, NDArray[np.generic]]
    customers: NDArray[np.int64]
    made: Floats
    effect: Floats


@dataclass(frozen=True, slots=True)
class AlikeCustomers:
    """Customers in towns near and far, richer and poorer, who have an experience by chance that depends on these alone.

    Parameters
    ----------
    brought
        What they bring. A bad experience takes 8 away of a regular number, three tenths of the chance to come back, a
        quarter of money.
    customers
        How many.
    share
        About how many of the occasions are bad.
    towns, months
        How many there are: each is a column more that has to be told apart.
    occasions
        Of each customer.
    """

    brought: Brought = "money"
    customers: int = 1_000
    share: float = 0.1
    towns: int = 6
    months: int = 3
    occasions: int = 1

    def draw(self, rng: np.random.Generator) -> Drawn:
        """Return such customers."""
        who = np.repeat(np.arange(self.customers), self.occasions)
        town = rng.integers(0, self.towns, self.customers)[who]
        income = rng.normal(size=self.customers)[who]
        own = rng.normal(size=self.customers)[who] * (self.occasions > 1)
        month = rng.integers(0, self.months, len(who))
        far = (town % 3 == 0).astype(np.float64)
        odds = np.log(self.share / (1 - self.share)) - 0.27 + 0.8 * far + 0.5 * income + 0.3 * (month > 9)
        exposed = rng.random(len(who)) < _logistic(odds)
        without, having, effect = self._outcomes(rng, far, income, own)
        known: dict[str, NDArray[np.generic]] = {
            "town": np.char.add("t", town.astype(str)),
            "income": income,
            "month": np.char.add("m", month.astype(str)),
        }
        return Drawn(np.where(exposed, having, without), exposed, known, who, having - without, effect)

    def truth(self) -> float:
        """Return what the experience takes away from those who have it, of 1.6 million of them: the population's."""
        rng = np.random.default_rng(99)
        many = AlikeCustomers(
            self.brought,
            _TRUTH_CUSTOMERS // self.occasions,
            self.share,
            self.towns,
            self.months,
            self.occasions,
        )
        total, count = 0.0, 0
        for _ in range(_TRUTH_DRAWS):
            drawn = many.draw(rng)
            total += float(drawn.effect[drawn.exposed].sum())
            count += int(drawn.exposed.sum())
        return total / count

    def _outcomes(
        self, rng: np.random.Generator, far: Floats, income: Floats, own: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return what each brings without the experience and with it, and the difference to be expected."""
        if self.brought == "regular":
            without = 100 - 30 * far + 10 * income + 6 * own + rng.normal(0, 12, len(far))
            return without, without - 8, np.full(len(far), -8.0)
        luck = rng.random(len(far))
        if self.brought == "returned":
            chance = _logistic(0.3 - 0.6 * far + 0.5 * income + 0.5 * own)
            return (luck < chance).astype(np.float64), (luck < 0.7 * chance).astype(np.float64), -0.3 * chance
        chance = _logistic(0.5 - 0.5 * far + 0.4 * income + 0.3 * own)
        size = 40 * np.exp(0.3 * income - 0.2 * far + 0.2 * own)
        spread = _SPREAD[self.brought]
        amount = size * np.exp(spread * rng.normal(size=len(far)) - spread**2 / 2)
        return (luck < chance) * amount, (luck < 0.75 * chance) * amount, -0.25 * chance * size


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)))
