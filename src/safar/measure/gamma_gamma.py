"""Gamma-Gamma: what a purchase of a customer brings, drawn to the mean of all where it is known from few."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike

from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Json, Refusal

from .newton import Fitted, Slopes, climb
from .repeat_counts import Floats, Ints, numbers

#: Correlation of frequency and value beyond which their independence is doubted.
_MUCH: Final = 0.3
#: Customers of the sample whose top the climb starts from where there are many more.
_SAMPLE: Final = 50_000


class SpendRefused(Refusal, ValueError):
    """Frequency and mean value cannot be those of customers."""

    code = "spend.refused"


class NoMeanSpend(Refusal, ValueError):
    """q is at most 1: the model's mean over all customers is infinite."""

    code = "spend.no_mean"


@dataclass(frozen=True, kw_only=True, eq=False)
class GammaGamma(Fitted):
    r"""Gamma-Gamma, fitted. See `fit`.

    Attributes
    ----------
    p
        Shape of the values of one customer's purchases.
    q, gamma
        Shape and scale of their differences between customers; ``gamma`` in the unit of value.
    frequency, monetary_value
        The customers it was fitted on.
    correlation
        Of frequency and mean value; the model takes them as independent.

    Notes
    -----
    .. math:: E[M \mid x, \bar z] = \frac{p\,(\gamma + x \bar z)}{p x + q - 1}

    ``spend.correlated`` says that the correlation is above 0.3 in size: those who buy often spend otherwise, and sums
    over customers are biased.
    """

    names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")

    p: float
    q: float
    gamma: float
    frequency: Ints
    monetary_value: Floats
    correlation: float

    @property
    def mean_value(self) -> float:
        """The mean value of a purchase over all customers, p·gamma / (q - 1).

        Raises
        ------
        NoMeanSpend
        """
        if self.q <= 1:
            raise NoMeanSpend(
                f"q is {self.q:.3g}: values differ so much between customers that their mean is infinite.",
                hint="Look for orders of another currency or unit among these.",
                q=self.q,
            )
        return self.p * self.gamma / (self.q - 1)

    def expected_value(
        self, frequency: ArrayLike | None = None, monetary_value: ArrayLike | None = None
    ) -> Floats:
        """Return the mean value to expect of a purchase of each customer.

        Parameters
        ----------
        frequency, monetary_value
            x and the mean value of these purchases; of who has none (x is 0, the value NaN or 0) everybody's mean.
            Those it was fitted on when None.

        Raises
        ------
        NoMeanSpend
        """
        mean = self.mean_value
        x = np.asarray(self.frequency if frequency is None else frequency, dtype=np.float64)
        value = np.asarray(
            self.monetary_value if monetary_value is None else monetary_value, dtype=np.float64
        )
        known = (x > 0) & (value > 0)
        count, total = np.where(known, x, 0.0), np.where(known, x * value, 0.0)
        found: Floats = self.p * (self.gamma + total) / (self.p * count + self.q - 1)
        return np.where(known, found, mean)

    def drawn_totals(
        self,
        purchases: Ints,
        rng: np.random.Generator,
        frequency: ArrayLike | None = None,
        monetary_value: ArrayLike | None = None,
    ) -> Floats:
        """Return what so many future purchases of each customer may bring: one draw.

        Parameters
        ----------
        purchases
            Of each customer.
        """
        x = np.asarray(self.frequency if frequency is None else frequency, dtype=np.float64)
        value = np.asarray(
            self.monetary_value if monetary_value is None else monetary_value, dtype=np.float64
        )
        known = (x > 0) & (value > 0)
        shape = self.q + np.where(known, self.p * x, 0.0)
        rate = self.gamma + np.where(known, x * value, 0.0)
        buys = purchases > 0
        found = np.zeros(len(x))
        inverse_scale = rng.gamma(shape[buys]) / rate[buys]
        found[buys] = rng.gamma(self.p * purchases[buys]) / inverse_scale
        return found


def fit(frequency: ArrayLike, monetary_value: ArrayLike, weights: ArrayLike | None = None) -> GammaGamma:
    r"""Fit Gamma-Gamma by maximum likelihood on customers with repeat purchases.

    The values of a customer's purchases are Gamma(p, :math:`\nu`) around a mean of their own, and :math:`\nu` is
    Gamma(q, :math:`\gamma`) among customers, independent of how often they buy.

    .. math:: f(\bar z \mid x) = \frac{\Gamma(px+q)}{\Gamma(px)\,\Gamma(q)}
        \frac{\gamma^q\, \bar z^{\,px-1} x^{px}}{(\gamma + x \bar z)^{px+q}}

    Parameters
    ----------
    frequency
        x: how many purchases the mean is of, at least 1. As in the literature these are the repeat purchases; the
        first one may be counted in where it is like the others.
    monetary_value
        Mean value of these purchases, above 0, in one currency.
    weights
        How many customers each row stands for; 1 when None.

    Raises
    ------
    HistoriesRefused
        A value that is missing, infinite or negative.
    SpendRefused
        Arrays of different lengths, a frequency below 1 or not whole, a value of 0, or fewer than two customers.

    Notes
    -----
    Source: P. S. Fader, B. G. S. Hardie (2013), The Gamma-Gamma Model of Monetary Value, note 025, equations 1a and 5.
    Checked against lifetimes 0.11.3.

    Examples
    --------
    >>> import numpy as np
    >>> from safar.measure import gamma_gamma
    >>> rng = np.random.default_rng(1)
    >>> x = rng.integers(1, 6, 400)
    >>> found = gamma_gamma.fit(x, rng.gamma(4 * x, 1 / (rng.gamma(3, 1 / 25, 400) * x)))
    >>> few, many = found.expected_value([1, 20], [90.0, 90.0])
    >>> bool(found.mean_value < few < many < 90)  # drawn to the mean of all, the more the fewer purchases are known
    True
    """
    x, value, weight = _checked(frequency, monetary_value, weights)
    total = x * value
    mean = float(np.average(value, weights=weight))
    start = (2.0, 3.0, mean)
    if (every := len(x) // _SAMPLE) > 1:
        # two steps over all of them instead of eight
        few = np.s_[::every]
        sample = climb(_likelihood(x[few].copy(), total[few].copy(), value[few], weight[few].copy()), start)
        if sample.converged:
            start = tuple(sample.parameters.tolist())
    top = climb(_likelihood(x, total, value, weight), start, scores=_scores(x, total, weight))
    p, q, gamma = top.parameters.tolist()
    correlation = _correlation(x.astype(np.float64), value, weight)
    notes = top.notes
    if abs(correlation) > _MUCH:
        notes = (*notes, Note.of("spend.correlated", percent=round(100 * correlation)))
    return GammaGamma(
        p=p,
        q=q,
        gamma=gamma,
        frequency=x,
        monetary_value=value,
        correlation=correlation,
        **{**top.common(), "notes": notes},
    )


def scaled(fit: GammaGamma, unit: float) -> GammaGamma:
    """Return a fit on values that were divided by ``unit`` for the values themselves.

    Amounts in rials are ten million times those in dinars; steps of the fit are alike where values are near 1.
    """
    return replace(
        fit,
        gamma=fit.gamma * unit,
        monetary_value=fit.monetary_value * unit,
        log_likelihood=fit.log_likelihood - len(fit.monetary_value) * float(np.log(unit)),
    )


def _checked(
    frequency: ArrayLike, monetary_value: ArrayLike, weights: ArrayLike | None
) -> tuple[Ints, Floats, Floats]:
    x, value = numbers(frequency, "frequency"), numbers(monetary_value, "monetary_value")
    weight = np.ones(len(x)) if weights is None else numbers(weights, "weights")
    if not len(x) == len(value) == len(weight):
        raise SpendRefused(
            f"The arrays have different lengths: {len(x)}, {len(value)}, {len(weight)}.",
            hint="Give one of each for every customer.",
        )
    wrong = np.flatnonzero((x < 1) | (x != np.rint(x)) | (value <= 0))
    if len(wrong):
        raise SpendRefused(
            f"In {len(wrong)} rows the frequency is below 1 or not whole, or the value is 0.",
            hint="Leave out customers without purchases of a known value above 0.",
            rows=list[Json](wrong[:5].tolist()),
        )
    if len(x) < 2 or (value == value[0]).all():
        raise SpendRefused(
            "Fewer than two customers with different values.",
            hint="Give more customers with repeat purchases.",
        )
    return x.astype(np.int64), value, weight


def _likelihood(x: Ints, total: Floats, value: Floats, weight: Floats) -> Any:
    """Return the log-likelihood with its derivatives as a function of p, q and gamma."""
    from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    from .spend_kernels import spend_sums  # noqa: PLC0415 - compiled code only when needed

    by_frequency = np.bincount(x, weight)
    distinct = np.flatnonzero(by_frequency)
    many = by_frequency[distinct]
    customers = float(weight.sum())
    log_total = float((weight * x) @ np.log(total))
    log_value = float(weight @ np.log(value))

    def slopes(parameters: Floats) -> Slopes:
        p, q, gamma = parameters.tolist()
        shape = p * distinct
        whole = shape + q
        of_log, of_x_log, of_inverse, of_shape, of_square, of_x = spend_sums(
            p, q, gamma, x, total, weight
        ).tolist()
        psi_whole, psi_shape, psi_q = special.psi(whole), special.psi(shape), special.psi(q)
        tri_whole, tri_shape = special.polygamma(1, whole), special.polygamma(1, shape)
        log_gamma = np.log(gamma)
        log_values = (
            float(many @ (special.gammaln(whole) - special.gammaln(shape)))
            + customers * (q * log_gamma - special.gammaln(q))
            + p * log_total
            - log_value
            - p * of_x_log
            - q * of_log
        )
        gradient = np.array(
            [
                float((many * distinct) @ (psi_whole - psi_shape)) + log_total - of_x_log,
                float(many @ psi_whole) + customers * (log_gamma - psi_q) - of_log,
                customers * q / gamma - of_shape,
            ]
        )
        pq = float((many * distinct) @ tri_whole)
        hessian = np.array(
            [
                [float((many * distinct**2) @ (tri_whole - tri_shape)), pq, -of_x],
                [
                    pq,
                    float(many @ tri_whole) - customers * special.polygamma(1, q),
                    customers / gamma - of_inverse,
                ],
                [-of_x, customers / gamma - of_inverse, of_square - customers * q / gamma**2],
            ]
        )
        return Slopes(float(log_values), gradient, hessian, np.zeros((3, 3)))

    return slopes


def _scores(x: Ints, total: Floats, weight: Floats) -> Any:
    """Return the sum of the outer products of the scores as a function of p, q and gamma."""
    from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    from .spend_kernels import spend_scores  # noqa: PLC0415 - compiled code only when needed

    def scores(parameters: Floats) -> Floats:
        p, q, gamma = parameters.tolist()
        shape = p * np.maximum(np.arange(int(x.max()) + 1), 1)
        psi_q = np.full(len(shape), special.psi(q))
        table = np.ascontiguousarray(np.stack([special.psi(shape + q), special.psi(shape), psi_q], axis=1))
        return np.asarray(spend_scores(p, q, gamma, x, total, weight, table))

    return scores


def _correlation(x: Floats, value: Floats, weight: Floats) -> float:
    """Return the correlation of frequency and mean value, 0 where either is the same for all."""
    apart = [each - np.average(each, weights=weight) for each in (x, value)]
    spread = np.sqrt(np.prod([np.average(each**2, weights=weight) for each in apart]))
    return float(np.average(apart[0] * apart[1], weights=weight) / spread) if spread > 0 else 0.0
