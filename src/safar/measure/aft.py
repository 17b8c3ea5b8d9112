"""Accelerated failure time: by what factor each covariate stretches the time that customers stay."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import nearest
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile

from .cox import EVENTS_A_COVARIATE, concordance
from .survival_inputs import Design, Flags, Floats, Subjects, SurvivalRefused

Family = Literal["weibull", "log_normal", "log_logistic"]
FAMILIES: Final[tuple[Family, ...]] = get_args(Family)
INTERCEPT: Final = "(intercept)"
_MOST_STEPS: Final = 100
_CLOSE: Final = 1e-12
#: Of log time: a step far from the top may point anywhere.
_LONGEST_STEP: Final = 3.0


@dataclass(frozen=True)
class AftFit:
    """A fitted model :math:`\\log T = \\mu + \\gamma x + \\sigma \\varepsilon`.

    Attributes
    ----------
    family
        Of :math:`T`: ``weibull``, ``log_normal``, ``log_logistic``.
    names
        ``(intercept)`` first, then the covariates; ``column=level`` for texts.
    coefficients
        ``float64``: :math:`\\mu` and :math:`\\gamma`.
    sigma
        The scale :math:`\\sigma`; a Weibull's shape :math:`\\rho`, and a log-logistic's :math:`\\beta`, is one over it.
    covariance
        Of the coefficients and, last, :math:`\\log \\sigma`.
    log_likelihood
        Of the durations themselves, so families can be compared.
    concordance
        As in `safar.measure.cox.CoxFit`.
    n, events
        Subjects, and ends that were seen.
    """

    family: Family
    names: tuple[str, ...]
    coefficients: Floats
    sigma: float
    covariance: Floats
    log_likelihood: float
    concordance: float
    levels: Mapping[str, tuple[str, ...]]
    n: int
    events: int

    @cached_property
    def standard_errors(self) -> Floats:
        """Of the coefficients and, last, of the logarithm of sigma."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found

    @property
    def aic(self) -> float:
        """Akaike's criterion: the family with the least fits best for its number of parameters."""
        return 2 * (len(self.coefficients) + 1) - 2 * self.log_likelihood

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader must know: ``survival.few_events``."""
        covariates = len(self.names) - 1
        if self.events < EVENTS_A_COVARIATE * (covariates + 1):
            return (Note.of("survival.few_events", count=self.events, covariates=covariates),)
        return ()

    def interval(self, level: float = DEFAULT_LEVEL) -> tuple[Interval, ...]:
        """Return Wald's intervals of the coefficients."""
        half = normal_quantile(level) * self.standard_errors[:-1]
        low, high = self.coefficients - half, self.coefficients + half
        return tuple(Interval(*ends, level) for ends in zip(low.tolist(), high.tolist(), strict=True))

    def time_ratios(self, level: float = DEFAULT_LEVEL) -> Mapping[str, Estimate]:
        """Return by what factor one unit more (or this level instead of the one compared with) stretches the time."""
        rows = zip(self.names, self.coefficients.tolist(), self.interval(level), strict=True)
        return {
            name: Estimate(math.exp(value), Interval(math.exp(each.low), math.exp(each.high), level), self.n)
            for name, value, each in rows
            if name != INTERCEPT
        }

    def survival(self, covariates: Mapping[str, ArrayLike], times: ArrayLike) -> Floats:
        """Return the share still there after each time, of shape (subjects, times); times above 0."""
        location = self._location(covariates)
        z = (np.log(np.asarray(times, np.float64))[None, :] - location[:, None]) / self.sigma
        found: Floats = np.exp(_SHAPES[self.family](z, np.zeros(z.shape, np.bool_))[0])
        return found

    def median(self, covariates: Mapping[str, ArrayLike]) -> Floats:
        """Return after how long half of subjects like each have left, in the unit of the durations."""
        middle = {"weibull": math.log(math.log(2)), "log_normal": 0.0, "log_logistic": 0.0}[self.family]
        found: Floats = np.exp(self._location(covariates) + self.sigma * middle)
        return found

    @property
    def table(self) -> Table:
        """One row a coefficient: ``name``, ``coefficient``, ``standard_error``, the factor of time and its interval."""
        ratios = self.time_ratios()
        return Table.of(
            {
                "name": list(self.names),
                "coefficient": self.coefficients.tolist(),
                "standard_error": self.standard_errors[:-1].tolist(),
                **estimates("time_ratio", [ratios.get(name) for name in self.names]),
            }
        )

    def _location(self, covariates: Mapping[str, ArrayLike]) -> Floats:
        size = len(np.asarray(next(iter(covariates.values())))) if covariates else 1
        design = Design.of(covariates, size, self.levels)
        if (INTERCEPT, *design.names) != self.names:
            raise SurvivalRefused(
                f"The covariates are {', '.join(design.names) or 'none'}.",
                hint=f"The model was fitted with {', '.join(self.names[1:]) or 'none'}, in this order.",
            )
        found: Floats = self.coefficients[0] + design.matrix @ self.coefficients[1:]
        return found


def fit(
    durations: ArrayLike,
    observed: ArrayLike | None = None,
    covariates: Mapping[str, ArrayLike] | None = None,
    *,
    family: Family = "weibull",
) -> AftFit:
    """Fit an accelerated failure time model by maximum likelihood.

    Parameters
    ----------
    durations, observed
        As in `safar.measure.survival.fit`; durations above 0.
    covariates
        As in `safar.measure.cox.fit`; none when None.
    family
        ``weibull`` (risk that rises or falls steadily; then the model is one of proportional hazards as well),
        ``log_normal`` and ``log_logistic`` (risk that rises and then falls). Compare ``aic``.

    Raises
    ------
    SurvivalRefused

    Notes
    -----
    Newton's method with analytic derivatives. Unlike Cox's model it says how long, also beyond what was watched – as
    far as its family is right, which nothing in the data can show out there.

    Source: J. D. Kalbfleisch, R. L. Prentice (2002), The Statistical Analysis of Failure Time Data, 2nd ed., ch. 3.
    Checked against lifelines 0.30.3.

    Examples
    --------
    >>> fitted = fit([2.0, 3.0, 5.0, 8.0], [1, 1, 0, 1], family="log_normal")
    >>> round(float(fitted.median({})[0]), 3)
    4.419
    """
    if family not in FAMILIES:
        raise SurvivalRefused(
            f"{family!r} is no family of durations.",
            hint=nearest(str(family), FAMILIES) or f"Use one of {', '.join(FAMILIES)}.",
        )
    subjects = Subjects.of(durations, observed, above_zero=True)
    if subjects.events < 2:
        raise SurvivalRefused(
            f"{subjects.events} ends were seen; a spread needs two.",
            hint="Look at a longer time, or at more subjects.",
        )
    design = Design.of(covariates or {}, len(subjects))
    if covariates:
        design = design.checked()
    means, spread = design.matrix.mean(axis=0), design.matrix.std(axis=0)
    x = np.column_stack([np.ones(len(subjects)), (design.matrix - means) / spread])
    log_time = np.log(subjects.durations)
    found = np.zeros(x.shape[1] + 1)
    found[0], found[-1] = log_time.mean(), math.log(max(float(log_time.std()), 1e-3))
    likelihood, gradient, information = _at(found, x, log_time, subjects.observed, family)
    gain = math.inf
    for _ in range(_MOST_STEPS):
        step = _ascent(information, gradient)
        gain, share = float(gradient @ step), 1.0
        if gain < _CLOSE * max(1.0, abs(likelihood)):
            break
        while True:
            tried = _at(found + share * step, x, log_time, subjects.observed, family)
            if tried[0] >= likelihood or share < 1e-8:
                break
            share /= 2
        found = found + share * step
        likelihood, gradient, information = tried
    if not gain < 1e-4:
        raise SurvivalRefused(
            "No such model fits these durations: the likelihood has no top.",
            hint="Leave out covariates with rare values, or try another family.",
        )
    # Back from centred and scaled covariates.
    back = np.eye(len(found))
    back[1:-1, 1:-1] = np.diag(1 / spread)
    back[0, 1:-1] = -means / spread
    coefficients = (back @ found)[:-1]
    risk_ranks = np.unique(-(x @ found[:-1]), return_inverse=True)[1]
    return AftFit(
        family,
        (INTERCEPT, *design.names),
        coefficients,
        float(np.exp(found[-1])),
        back @ np.linalg.inv(information) @ back.T,
        likelihood - float(log_time[subjects.observed].sum()),
        concordance(subjects.durations, subjects.observed, risk_ranks),
        design.levels,
        len(subjects),
        subjects.events,
    )


def _ascent(information: Floats, gradient: Floats) -> Floats:
    """Return Newton's step; far from the top the information need not be positive, and its eigenvalues are made so."""
    values, vectors = np.linalg.eigh(information)
    values = np.maximum(np.abs(values), 1e-8 * max(float(np.abs(values).max()), 1e-300))
    found: Floats = vectors @ ((vectors.T @ gradient) / values)
    return found * min(1.0, _LONGEST_STEP / max(float(np.abs(found).max()), 1e-300))


def _at(
    at: Floats, x: Floats, log_time: Floats, observed: Flags, family: Family
) -> tuple[float, Floats, Floats]:
    """Return the log likelihood of log time, its gradient, and the information, in (coefficients, log sigma)."""
    sigma = math.exp(at[-1])
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z = (log_time - x @ at[:-1]) / sigma
        value, first, second = _SHAPES[family](z, observed)
        likelihood = float(value.sum()) - int(observed.sum()) * float(at[-1])
        if not math.isfinite(likelihood):
            return -math.inf, np.zeros(len(at)), np.eye(len(at))
        gradient = np.append(-(x.T @ first) / sigma, -float((z * first).sum()) - int(observed.sum()))
        information = np.empty((len(at), len(at)))
        information[:-1, :-1] = -(x * second[:, None]).T @ x / sigma**2
        information[:-1, -1] = information[-1, :-1] = -(x.T @ (first + z * second)) / sigma
        information[-1, -1] = -float((z * first + z**2 * second).sum())
    return likelihood, gradient, information


def _weibull(z: Floats, observed: Flags) -> tuple[Floats, Floats, Floats]:
    """Return log density where an end was seen, log survival elsewhere, with the first two derivatives in z."""
    power = np.exp(z)
    return np.where(observed, z, 0.0) - power, observed - power, -power


def _log_normal(z: Floats, observed: Flags) -> tuple[Floats, Floats, Floats]:
    from scipy.special import log_ndtr  # noqa: PLC0415 - scipy only where it is needed

    log_left = log_ndtr(-z)
    log_density = -(z**2) / 2 - 0.5 * math.log(2 * math.pi)
    hazard = np.exp(log_density - log_left)
    return (
        np.where(observed, log_density, log_left),
        np.where(observed, -z, -hazard),
        np.where(observed, -1.0, -hazard * (hazard - z)),
    )


def _log_logistic(z: Floats, observed: Flags) -> tuple[Floats, Floats, Floats]:
    gone = 1 / (1 + np.exp(-z))
    times = 1.0 + observed
    return (
        np.where(observed, z, 0.0) - times * np.logaddexp(0, z),
        observed - times * gone,
        -times * gone * (1 - gone),
    )


_SHAPES: Final = {"weibull": _weibull, "log_normal": _log_normal, "log_logistic": _log_logistic}
