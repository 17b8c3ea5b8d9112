"""Shifted beta-geometric: how long customers under contract stay, from how many renew each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Json, Refusal

from .newton import Fitted, Slopes, climb
from .repeat_counts import Floats

#: Terms of a survival that dies away too slowly to be summed to its end.
_START: Final = (1.0, 2.0)


class CohortRefused(Refusal, ValueError):
    """Counts that cannot be those of a cohort: growing, negative, or of a single time."""

    code = "contracts.cohort_refused"


class DiscountRefused(Refusal, ValueError):
    """A discount rate at or below 0 where a sum without end needs one above."""

    code = "contracts.discount_refused"


@dataclass(frozen=True, kw_only=True, eq=False)
class SBG(Fitted):
    r"""Shifted beta-geometric, fitted. See `fit`.

    Attributes
    ----------
    alpha, beta
        Of the chance to leave at a renewal, Beta(alpha, beta) among customers: alpha / (alpha + beta) on average at the
        first one.

    Notes
    -----
    .. math:: S(t) = \frac{B(\alpha, \beta + t)}{B(\alpha, \beta)}, \qquad
        r_t = \frac{\beta + t - 1}{\alpha + \beta + t - 1}

    Retention rises with time although nobody becomes more loyal: those who leave easily are gone.
    """

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    alpha: float
    beta: float

    def survival(self, t: ArrayLike) -> NDArray[Any]:
        """Return the share of a cohort that is there after ``t`` renewals."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        times = np.asarray(t, dtype=np.float64)
        found: NDArray[Any] = np.exp(
            special.betaln(self.alpha, self.beta + times) - special.betaln(self.alpha, self.beta)
        )
        return found

    def retention_rate(self, t: ArrayLike) -> NDArray[Any]:
        """Return the share of those there before the renewal ``t`` (1, 2, …) who renew."""
        times = np.asarray(t, dtype=np.float64)
        found: NDArray[Any] = (self.beta + times - 1) / (self.alpha + self.beta + times - 1)
        return found

    def residual_lifetime(self, renewed: ArrayLike, discount_rate: float) -> NDArray[Any]:
        r"""Return the discounted expected residual lifetime, in periods, of customers just before a renewal.

        Parameters
        ----------
        renewed
            n: the periods that they have been there, 1 before the first renewal.
        discount_rate
            A period's, above 0: 0.1 for 10 %.

        Raises
        ------
        DiscountRefused

        Notes
        -----
        .. math:: \text{DERL} = \frac{\beta+n-1}{\alpha+\beta+n-1}\;
            {}_2F_1\!\left(1, \beta+n; \alpha+\beta+n; \frac{1}{1+d}\right)

        Source: P. S. Fader, B. G. S. Hardie (2010), Marketing Science 29(1), equation 6.
        """
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        if not discount_rate > 0:
            raise DiscountRefused(
                f"A discount rate of {discount_rate!r} lets some contracts be worth without end.",
                hint="Give a rate above 0: 0.1 for 10 % a period.",
                rate=float(discount_rate),
            )
        n = np.asarray(renewed, dtype=np.float64)
        found: NDArray[Any] = self.retention_rate(n) * special.hyp2f1(
            1.0, self.beta + n, self.alpha + self.beta + n, 1.0 / (1.0 + discount_rate)
        )
        return found


def fit(*survivors: ArrayLike) -> SBG:
    r"""Fit the shifted beta-geometric by maximum likelihood.

    At each renewal a customer leaves with a chance of their own, the same each time, Beta(alpha, beta) among customers.

    Parameters
    ----------
    survivors
        One or several cohorts: customers at the start, after the first renewal, after the second … In one cohort or
        several of different lengths (of one age at the start).

    Raises
    ------
    CohortRefused

    Notes
    -----
    Assumes that cohorts are alike, and that each has time alone against it: prices and seasons are not in the model.
    Source: P. S. Fader, B. G. S. Hardie (2007), Journal of Interactive Marketing 21(1), equations 5–7 and table 1.

    Examples
    --------
    >>> from safar.measure import sbg
    >>> found = sbg.fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(found.alpha, 3), round(found.beta, 3), round(found.log_likelihood, 1)
    (0.668, 3.806, -1611.2)
    """
    if not survivors:
        raise CohortRefused("There is no cohort.", hint="Give the customers of one at each renewal.")
    cohorts = [_checked(each) for each in survivors]
    longest = max(map(len, cohorts)) - 1
    left, stayed = np.zeros(longest + 1), np.zeros(longest + 1)
    for cohort in cohorts:
        left[1 : len(cohort)] += -np.diff(cohort)
        stayed[len(cohort) - 1] += cohort[-1]
    if not left.sum():
        raise CohortRefused("Nobody has left yet.", hint="Wait for a renewal at which somebody leaves.")
    top = climb(_likelihood(left, stayed), _START)
    alpha, beta = top.parameters.tolist()
    return SBG(alpha=alpha, beta=beta, **top.common())


def survivors_of(renewals: Sequence[int] | ArrayLike, *, ended: ArrayLike) -> list[list[int]]:
    """Return cohorts for `fit` from customers: one cohort for each length of observation.

    Parameters
    ----------
    renewals
        Of each customer: renewals passed, at which they stayed.
    ended
        Whether they left at the next one. Who did not is taken as not yet asked again.

    Raises
    ------
    CohortRefused
    """
    stayed, gone = np.asarray(renewals), np.asarray(ended, dtype=np.bool_)
    if stayed.shape != gone.shape or stayed.ndim != 1 or not len(stayed) or (stayed < 0).any():
        raise CohortRefused(
            "The renewals cannot be those of customers.",
            hint="Give for each how many renewals they passed, and whether they left at the next one.",
        )
    most = int((stayed + gone).max())
    # who left is known to have been there up to then, whatever came later; who stays is a cohort of that length
    cohorts = []
    for length in range(1, most + 1):
        staying = int((~gone & (stayed == length)).sum())
        if staying:
            cohorts.append([staying] * (length + 1))
        leaving = int((gone & (stayed == length - 1)).sum())
        if leaving:
            cohorts.append([leaving] * length + [0])
    return cohorts


def _checked(survivors: ArrayLike) -> Floats:
    counts = np.asarray(survivors, dtype=np.float64)
    if counts.ndim != 1 or len(counts) < 2:
        raise CohortRefused(
            "A cohort needs its customers at the start and after at least one renewal.",
            hint="Give them in order: 1000, 631, 468 …",
        )
    if not (np.isfinite(counts).all() and (counts >= 0).all() and (np.diff(counts) <= 0).all()):
        raise CohortRefused(
            "A cohort can only shrink, and no count is missing or negative.",
            hint="Give how many of the same customers are there each time.",
            counts=list[Json](counts[:20].tolist()),
        )
    return counts


def _likelihood(left: Floats, stayed: Floats) -> Any:
    """Return the log-likelihood with its derivatives as a function of alpha and beta."""
    from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    times = np.arange(len(left), dtype=np.float64)

    def slopes(parameters: Floats) -> Slopes:
        alpha, beta = parameters.tolist()
        # (weight, log-probability by alpha + one and beta + more): left at t, or there still after t
        one = np.concatenate([np.ones(len(left)), np.zeros(len(left))])
        more = np.concatenate([times - 1, times])
        weight = np.concatenate([left, stayed])
        kept = weight > 0
        a, b, w = alpha + one[kept], beta + more[kept], weight[kept]
        value = special.betaln(a, b) - special.betaln(alpha, beta)
        both = special.psi(alpha + beta) - special.psi(a + b)
        score = np.stack(
            [special.psi(a) - special.psi(alpha) + both, special.psi(b) - special.psi(beta) + both]
        )
        whole = special.polygamma(1, alpha + beta) - special.polygamma(1, a + b)
        of_a = special.polygamma(1, a) - special.polygamma(1, alpha) + whole
        of_b = special.polygamma(1, b) - special.polygamma(1, beta) + whole
        hessian = np.array([[w @ of_a, w @ whole], [w @ whole, w @ of_b]])
        return Slopes(float(w @ value), score @ w, hessian, (score * w) @ score.T)

    return slopes
