"""Assignment: who is in which arm, by chance that anybody can compute again, and whether the arms came out as planned.

A customer's arm follows from his id and the name of the experiment alone: no table of assignments has to be kept or
asked, every door gives the same answer, and experiments with different names are independent of each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .measured import Floats
from .refusals import ImpossiblePlan

#: The arm of customers who are kept out of an experiment.
OUTSIDE: Final = ""
#: Below this p-value the counts of arms are not what chance makes of the plan.
MISMATCH: Final = 0.001
_SCALE: Final = 1 / (1 << 64)


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether arms have as many customers as planned.

    Attributes
    ----------
    counts, expected
        Customers of each arm, seen and planned.
    p_value
        Of Pearson's chi-square: the chance of counts at least as far from the plan.
    """

    counts: Mapping[str, int]
    expected: Mapping[str, float]
    p_value: float

    @property
    def is_off(self) -> bool:
        """Whether the assignment or its recording is broken: effects of such an experiment say nothing."""
        return self.p_value < MISMATCH


def position(customer_id: str, salt: str) -> float:
    """Return where a customer stands between 0 and 1, evenly spread, the same for ever.

    Parameters
    ----------
    customer_id
        Whose.
    salt
        The experiment's name; another salt gives a position that has nothing to do with this one.

    Examples
    --------
    >>> round(position("c-1", "new-checkout"), 6) == round(position("c-1", "new-checkout"), 6)
    True
    """
    key = f"{salt}\x1f{customer_id}".encode()
    return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") * _SCALE


def assigned(
    customer_ids: Sequence[str], shares: Mapping[str, float], *, salt: str, traffic: float = 1.0
) -> list[str]:
    """Return each customer's arm.

    Parameters
    ----------
    customer_ids
        Who.
    shares
        Arms with the share of customers each gets, in the order in which they divide the line from 0 to 1; they sum to
        1. A hold-out is an arm that gets nothing: ``{"held_out": 0.1, "everybody": 0.9}``.
    salt
        The experiment's name.
    traffic
        The part of customers who take part; others get `OUTSIDE`. Who takes part is drawn by itself, so that more
        traffic later moves nobody to another arm.

    Raises
    ------
    ImpossiblePlan

    Examples
    --------
    >>> assigned(["c-1", "c-2", "c-3"], {"control": 0.5, "new": 0.5}, salt="new-checkout")
    ['new', 'control', 'new']
    """
    names, ends = list(shares), np.cumsum(checked_shares(shares))
    if not 0 < traffic <= 1:
        raise ImpossiblePlan(f"A traffic of {traffic} was asked for.", hint="It lies above 0, up to 1.")
    found = []
    for customer_id in customer_ids:
        if traffic < 1 and position(customer_id, f"{salt}\x1ftraffic") >= traffic:
            found.append(OUTSIDE)
            continue
        place = int(np.searchsorted(ends, position(customer_id, salt), side="right"))
        found.append(names[min(place, len(names) - 1)])
    return found


def sample_ratio(counts: Mapping[str, int], shares: Mapping[str, float] | None = None) -> SampleRatio:
    """Return whether arms have as many customers as planned.

    Parameters
    ----------
    counts
        Customers of each arm.
    shares
        The planned share of each; equal ones when None.

    Raises
    ------
    ImpossiblePlan

    Source: A. Fabijan and others (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD.

    Examples
    --------
    >>> round(sample_ratio({"control": 21306, "mens": 21307, "womens": 21387}).p_value, 3)
    0.904
    >>> sample_ratio({"control": 5_000, "new": 5_300}).is_off
    False
    >>> sample_ratio({"control": 50_000, "new": 51_500}).is_off
    True
    """
    from scipy.special import gammaincc  # noqa: PLC0415 - takes a moment to load

    planned = dict.fromkeys(counts, 1 / max(len(counts), 1)) if shares is None else dict(shares)
    if len(planned) < 2 or set(planned) != set(counts):
        raise ImpossiblePlan(
            f"Arms {sorted(counts)} were seen, {sorted(planned)} planned.", hint="Name the same two or more."
        )
    checked_shares(planned)
    total = sum(counts.values())
    expected = {name: total * share for name, share in planned.items()}
    distance = sum((counts[name] - each) ** 2 / each for name, each in expected.items()) if total else 0.0
    return SampleRatio(dict(counts), expected, float(gammaincc((len(planned) - 1) / 2, distance / 2)))


def checked_shares(shares: Mapping[str, float]) -> Floats:
    """Return the shares of arms.

    Raises
    ------
    ImpossiblePlan
        They are not above 0, do not sum to 1, or an arm has no name.
    """
    found = np.array(list(shares.values()), np.float64)
    if not len(found) or found.min() <= 0 or abs(found.sum() - 1) > 1e-9 or OUTSIDE in shares:
        raise ImpossiblePlan(
            f"The shares {dict(shares)} do not divide everybody among named arms.",
            hint="Give each arm a name and a share above 0; together 1.",
        )
    return found
