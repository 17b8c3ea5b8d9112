"""Many numbers looked at together: which of them stand out more than looking at many explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .errors import Refusal

#: How p-values of numbers looked at together are made larger.
Method = Literal["holm", "bh"]


class ImpossibleRate(Refusal, ValueError):
    """A false discovery rate is not between 0 and 1."""

    code = "changes.impossible_rate"


def checked_rate(rate: float) -> float:
    """Return a false discovery rate.

    Raises
    ------
    ImpossibleRate
    """
    if not 0 < rate < 1:
        raise ImpossibleRate(
            f"A false discovery rate of {rate!r} was asked for; it must lie between 0 and 1.",
            hint="0.05 is usual.",
        )
    return rate


def standing_out(p_values: Sequence[float], *, rate: float) -> list[bool]:
    """Return for each number whether Benjamini and Hochberg's rule keeps it.

    With :math:`m` p-values in order, those are kept up to the largest :math:`k` with :math:`p_{(k)} \\le q k / m`. Of
    what is kept, a share of at most :math:`q` is none in the mean, for independent numbers and for those that rise and
    fall together.

    Parameters
    ----------
    p_values
        0…1 each, in any order.
    rate
        The false discovery rate :math:`q`.

    Source: Y. Benjamini, Y. Hochberg (1995), JRSS B 57; Y. Benjamini, D. Yekutieli (2001), Annals of Statistics 29 (the
    case of positive dependence).

    Examples
    --------
    >>> standing_out([0.30, 0.01, 0.04, 0.03], rate=0.05)
    [False, True, False, False]
    >>> standing_out([0.030, 0.01, 0.04, 0.03], rate=0.05)
    [True, True, True, True]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    kept = 0
    for place, spot in enumerate(order, 1):
        if p_values[spot] <= rate * place / len(order):
            kept = place
    found = [False] * len(p_values)
    for spot in order[:kept]:
        found[spot] = True
    return found


def adjusted(p_values: Sequence[float], *, method: Method = "holm") -> list[float]:
    """Return p-values made larger for having been looked at together, 0…1 each, in the order given.

    One below :math:`\\alpha` stands out at :math:`\\alpha`. With :math:`m` p-values in order, Holm's is the running
    largest of :math:`(m - k + 1) p_{(k)}`: the chance of *any* false one is at most :math:`\\alpha`, however they
    depend on each other. Benjamini and Hochberg's is the running least, from the end, of :math:`m p_{(k)} / k`: see
    `standing_out`.

    Parameters
    ----------
    p_values
        0…1 each, in any order.
    method
        ``"holm"`` or ``"bh"``.

    Source: S. Holm (1979), Scandinavian Journal of Statistics 6; Benjamini and Hochberg (1995). As R's ``p.adjust``.

    Examples
    --------
    >>> [round(p, 3) for p in adjusted([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    >>> [round(p, 3) for p in adjusted([0.01, 0.04, 0.03], method="bh")]
    [0.03, 0.04, 0.04]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    count, found = len(order), [1.0] * len(order)
    if method == "holm":
        reached = 0.0
        for place, spot in enumerate(order):
            reached = max(reached, min(1.0, (count - place) * p_values[spot]))
            found[spot] = reached
        return found
    reached = 1.0
    for place, spot in reversed(list(enumerate(order, 1))):
        reached = min(reached, p_values[spot] * count / place)
        found[spot] = reached
    return found
