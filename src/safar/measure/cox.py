"""Cox's model: by what factor each covariate changes the risk of leaving, whatever the risk is over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile
from safar.vocabulary.many_looks import adjusted

from .survival_inputs import Design, Flags, Floats, Subjects, SurvivalRefused

_MOST_STEPS: Final = 60
_CLOSE: Final = 1e-10
#: A coefficient, or its error, beyond this for a covariate of usual spread is none: the data part the groups wholly.
_RUNS_AWAY: Final = 25.0
#: Ends a covariate should have each; fewer, and the intervals are rough (Peduzzi et al. 1995).
EVENTS_A_COVARIATE: Final = 10
_PROPORTIONAL_BELOW: Final = 0.05


@dataclass(frozen=True, slots=True)
class Proportionality:
    """Whether the factor of a covariate is the same early and late (Schoenfeld residuals against rank of time).

    Attributes
    ----------
    statistic
        Chi-squared with one degree of freedom.
    p_value
        Small where the factor changes with time.
    """

    name: str
    statistic: float
    p_value: float


@dataclass(frozen=True)
class CoxFit:
    """A fitted model :math:`h(t | x) = h_0(t) \\exp(\\beta x)`.

    Attributes
    ----------
    names
        Of the covariates; ``column=level`` for texts.
    coefficients, standard_errors
        ``float64``, one each: the logarithm of the factor, and how sure.
    covariance
        Of the coefficients.
    log_likelihood, null_log_likelihood
        Partial, with Efron's handling of ties; without covariates.
    concordance
        Of pairs that can be ordered, the share in which the riskier one left first; ties count half.
    times, cumulative_hazard
        Breslow's, at the means of the covariates.
    means
        Of the covariates' columns.
    proportionality
        One a covariate.
    n, events
        Subjects, and ends that were seen.
    """

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    null_log_likelihood: float
    concordance: float
    times: Floats
    cumulative_hazard: Floats
    means: Floats
    levels: Mapping[str, tuple[str, ...]]
    proportionality: tuple[Proportionality, ...]
    n: int
    events: int

    @cached_property
    def standard_errors(self) -> Floats:
        """Square roots of the variances of the coefficients."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found

    @property
    def likelihood_ratio(self) -> float:
        """Twice what the covariates add to the log likelihood: chi-squared with one degree for each."""
        return 2 * (self.log_likelihood - self.null_log_likelihood)

    @property
    def p_value(self) -> float:
        """The chance of such a likelihood ratio where no covariate matters."""
        from scipy.special import chdtrc  # noqa: PLC0415 - scipy only where a test is asked for

        return float(chdtrc(len(self.names), max(self.likelihood_ratio, 0.0)))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader must know: ``survival.few_events``, ``survival.hazards_not_proportional``."""
        found = []
        if self.events < EVENTS_A_COVARIATE * len(self.names):
            found.append(Note.of("survival.few_events", count=self.events, covariates=len(self.names)))
        p_values = adjusted([each.p_value for each in self.proportionality])
        changing = [
            each.name
            for each, p in zip(self.proportionality, p_values, strict=True)
            if p < _PROPORTIONAL_BELOW
        ]
        if changing:
            found.append(
                Note.of("survival.hazards_not_proportional", count=len(changing), names=", ".join(changing))
            )
        return tuple(found)

    def interval(self, level: float = DEFAULT_LEVEL) -> tuple[Interval, ...]:
        """Return Wald's intervals of the coefficients."""
        half = normal_quantile(level) * self.standard_errors
        low, high = self.coefficients - half, self.coefficients + half
        return tuple(Interval(*ends, level) for ends in zip(low.tolist(), high.tolist(), strict=True))

    def hazard_ratios(self, level: float = DEFAULT_LEVEL) -> Mapping[str, Estimate]:
        """Return by what factor one unit more (or this level instead of the one compared with) changes the risk."""
        return {
            name: Estimate(
                float(np.exp(coefficient)),
                Interval(float(np.exp(each.low)), float(np.exp(each.high)), level),
                self.n,
            )
            for name, coefficient, each in zip(
                self.names, self.coefficients.tolist(), self.interval(level), strict=True
            )
        }

    def risk(self, covariates: Mapping[str, ArrayLike]) -> Floats:
        """Return the factor of each subject's risk over that of one with mean covariates."""
        design = self._design(covariates)
        found: Floats = np.exp((design.matrix - self.means) @ self.coefficients)
        return found

    def survival(self, covariates: Mapping[str, ArrayLike], times: ArrayLike) -> Floats:
        """Return the share still there after each time, of shape (subjects, times)."""
        places = np.searchsorted(self.times, np.asarray(times, np.float64), side="right")
        hazard = np.concatenate([[0.0], self.cumulative_hazard])[places]
        found: Floats = np.exp(-np.outer(self.risk(covariates), hazard))
        return found

    @property
    def table(self) -> Table:
        """One row a covariate: its coefficient and standard error, the factor of risk with its interval, p-values."""
        ratios = list(self.hazard_ratios().values())
        return Table.of(
            {
                "name": list(self.names),
                "coefficient": self.coefficients.tolist(),
                "standard_error": self.standard_errors.tolist(),
                **estimates("hazard_ratio", ratios),
                "p_value": _two_sided(self.coefficients / self.standard_errors).tolist(),
                "proportional_p_value": [each.p_value for each in self.proportionality],
            }
        )

    def _design(self, covariates: Mapping[str, ArrayLike]) -> Design:
        size = len(np.asarray(next(iter(covariates.values())))) if covariates else 0
        design = Design.of(covariates, size, self.levels)
        if design.names != self.names:
            raise SurvivalRefused(
                f"The covariates are {', '.join(design.names)}.",
                hint=f"The model was fitted with {', '.join(self.names)}, in this order.",
            )
        return design


def fit(durations: ArrayLike, observed: ArrayLike | None, covariates: Mapping[str, ArrayLike]) -> CoxFit:
    """Fit Cox's proportional hazards model.

    Parameters
    ----------
    durations, observed
        As in `safar.measure.survival.fit`.
    covariates
        By name: numbers, truth values, or texts; of a text each level is compared with the most frequent one.

    Raises
    ------
    SurvivalRefused
        Nobody left, a covariate never varies or follows from others, or one parts those who left from those who stayed
        (its factor would be infinite).

    Notes
    -----
    Newton's method on the partial likelihood with Efron's ties; the information is one matrix product over subjects, so
    a step costs :math:`O(n p^2)`. Assumes that a factor is the same at all times: see ``proportionality``; where it is
    not, the coefficient is a mean over time that depends on who was followed how long. A covariate is an association.

    Source: D. R. Cox (1972), JRSS B 34; B. Efron (1977), JASA 72; P. M. Grambsch, T. M. Therneau (1994), Biometrika 81.
    Checked against lifelines 0.30.3.

    Examples
    --------
    >>> fitted = fit([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 0], {"dose": [3, 2, 3, 1, 2, 1]})
    >>> round(float(fitted.coefficients[0]), 4)
    0.8275
    """
    subjects = Subjects.of(durations, observed)
    if not covariates:
        raise SurvivalRefused(
            "There are no covariates.", hint="Name one at least, or draw a curve: survival.fit."
        )
    if not subjects.events:
        raise SurvivalRefused(
            "Nobody left: there is no risk to explain.", hint="Look at a longer time, or at more subjects."
        )
    design = Design.of(covariates, len(subjects)).checked()
    means, spread = design.matrix.mean(axis=0), design.matrix.std(axis=0)
    risk_sets = _RiskSets((design.matrix - means) / spread, subjects.durations, subjects.observed)
    beta = np.zeros(len(design.names))
    null, gradient, information = risk_sets.at(beta)
    likelihood = null
    for _ in range(_MOST_STEPS):
        step = np.linalg.lstsq(information, gradient)[0]
        gain = float(gradient @ step)
        if gain < _CLOSE:
            break
        share = 1.0
        while True:
            tried = risk_sets.at(beta + share * step)
            if tried[0] >= likelihood or share < 1e-6:
                break
            share /= 2
        beta = beta + share * step
        likelihood, gradient, information = tried
        if np.abs(beta).max() > _RUNS_AWAY:
            break
    inverse = np.linalg.pinv(information).astype(np.float64)
    runs_away = np.maximum(np.abs(beta), np.sqrt(np.abs(np.diag(inverse))))
    if runs_away.max() > _RUNS_AWAY or gain >= 1e-4:
        worst = design.names[int(np.argmax(runs_away))]
        raise SurvivalRefused(
            f"The covariate {worst!r} parts those who left from those who stayed: its factor has no bound.",
            hint="Leave it out, or put rare values together.",
        )
    covariance: Floats = inverse / np.outer(spread, spread)
    coefficients = beta / spread
    times, hazard = risk_sets.hazard(beta)
    ranks = np.unique((design.matrix - means) @ coefficients, return_inverse=True)[1]
    return CoxFit(
        design.names,
        coefficients,
        covariance,
        likelihood,
        null,
        concordance(subjects.durations, subjects.observed, ranks),
        times,
        hazard,
        means,
        design.levels,
        _proportionality(risk_sets, beta, design.names, inverse),
        len(subjects),
        subjects.events,
    )


class _RiskSets:
    """Those at risk at each time at which somebody left.

    Parameters
    ----------
    matrix
        Covariates, centred and scaled.
    """

    def __init__(self, matrix: Floats, durations: Floats, observed: Flags) -> None:
        order = np.argsort(durations, kind="stable")
        durations, observed = durations[order], observed[order]
        self.times = np.unique(durations[observed])
        # Whoever is gone before the first end is in no risk set.
        first = int(np.searchsorted(durations, self.times[0]))
        durations, self._observed = durations[first:], observed[first:]
        self._x = np.ascontiguousarray(matrix[order][first:])
        self._until = np.searchsorted(self.times, durations, side="right") - 1  # the last set each is in
        self._starts = np.searchsorted(durations, self.times)
        self._of_end = self._until[self._observed]
        ends = np.bincount(self._of_end, minlength=len(self.times))
        self.of_row = np.repeat(np.arange(len(self.times)), ends)
        #: Efron: of several who left at once, which share of them is out of the risk set already.
        self._out = (np.arange(len(self.of_row)) - np.repeat(np.cumsum(ends) - ends, ends)) / ends[
            self.of_row
        ]
        self._ends = ends

    def at(self, beta: Floats) -> tuple[float, Floats, Floats]:
        """Return the log likelihood, its gradient, and the information."""
        risk, top, weight, rows, mean = self._means(beta)
        x, ended = self._x, self._x[self._observed]
        likelihood = float((ended @ beta).sum() - np.log(rows).sum() - top * len(rows))
        gradient = ended.sum(axis=0) - mean.sum(axis=0)
        inside = np.bincount(self.of_row, 1 / rows, len(self.times))
        out = np.bincount(self.of_row, self._out / rows, len(self.times))
        of_all = risk * np.cumsum(inside)[self._until]
        of_ended = weight * out[self._of_end]
        information = (x * of_all[:, None]).T @ x - (ended * of_ended[:, None]).T @ ended - mean.T @ mean
        return likelihood, gradient, information

    def hazard(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return the times, and Breslow's cumulative hazard at the means of the covariates."""
        eta = self._x @ beta
        top = float(eta.max())
        total = _from_here(np.add.reduceat(np.exp(eta - top), self._starts))
        return self.times, np.cumsum(self._ends / total) * np.exp(-top)

    def residuals(self, beta: Floats) -> Floats:
        """Return Schoenfeld's residuals, one row an end, in the order of times: what left, less what was expected."""
        *_, mean = self._means(beta)
        together = np.zeros((len(self.times), mean.shape[1]))
        np.add.at(together, self.of_row, mean)
        together /= self._ends[:, None]
        found: Floats = self._x[self._observed] - together[self._of_end]
        return found

    def _means(self, beta: Floats) -> tuple[Floats, float, Floats, Floats, Floats]:
        """Return risks, their scale, risks of those who left; sums and mean covariates of the risk set of each end."""
        eta = self._x @ beta
        top = float(eta.max())
        risk = np.exp(eta - top)
        weight, ended = risk[self._observed], self._x[self._observed]
        sums = _from_here(np.add.reduceat(risk, self._starts))
        sums_x = _from_here(np.add.reduceat(self._x * risk[:, None], self._starts))
        gone = np.bincount(self._of_end, weight, len(self.times))
        gone_x = np.column_stack(
            [
                np.bincount(self._of_end, weight * ended[:, place], len(self.times))
                for place in range(ended.shape[1])
            ]
        )
        rows = sums[self.of_row] - self._out * gone[self.of_row]
        mean = (sums_x[self.of_row] - self._out[:, None] * gone_x[self.of_row]) / rows[:, None]
        return risk, top, weight, rows, mean


def _from_here(values: Floats) -> Floats:
    """Return sums from each row to the last."""
    found: Floats = np.cumsum(values[::-1], axis=0)[::-1]
    return found


def _proportionality(
    risk_sets: _RiskSets, beta: Floats, names: tuple[str, ...], covariance: Floats
) -> tuple[Proportionality, ...]:
    """Return Grambsch and Therneau's test of each covariate, against the rank of the time of each end."""
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy only where it is needed

    residuals = risk_sets.residuals(beta)
    count = len(residuals)
    scaled = residuals @ covariance * count
    ranks = np.arange(1, count + 1, dtype=np.float64)
    ranks -= ranks.mean()
    spread = float((ranks**2).sum())
    if spread == 0:
        return tuple(Proportionality(name, 0.0, 1.0) for name in names)
    found = (ranks @ scaled) ** 2 / (count * spread * np.diag(covariance))
    return tuple(
        Proportionality(name, statistic, float(chdtrc(1, statistic)))
        for name, statistic in zip(names, found.tolist(), strict=True)
    )


def concordance(durations: Floats, observed: Flags, risk_ranks: NDArray[np.int64]) -> float:
    """Return Harrell's concordance: of pairs that can be ordered, in how many the riskier one left first; ties half.

    Parameters
    ----------
    risk_ranks
        ``int64``: ranks of the risk from 0, equal risks alike.
    """
    from .survival_kernels import count_pairs  # noqa: PLC0415 - compiled code only when needed

    order = np.argsort(-durations, kind="stable")
    ranks = np.ascontiguousarray(risk_ranks[order], dtype=np.int64)
    pairs, concordant, tied = count_pairs(
        np.ascontiguousarray(durations[order]),
        np.ascontiguousarray(observed[order]),
        ranks,
        int(ranks.max()) + 1,
    )
    return (concordant + tied / 2) / pairs if pairs else float("nan")


def _two_sided(z: Floats) -> Floats:
    from scipy.special import ndtr  # noqa: PLC0415 - scipy only where it is needed

    found: Floats = 2 * ndtr(-np.abs(z))
    return found
