"""Maximum likelihood in log-parameters: Newton's method with an exact Hessian, and what follows from its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Interval, normal_quantile

Floats = NDArray[np.float64]

#: Steps before one gives up.
_MOST_STEPS: Final = 100
#: A step changes no log-parameter by more.
_LONGEST_STEP: Final = 2.0
#: Log-parameters stay within: beyond, a parameter is as good as 0 or infinite.
_REACH: Final = 23.0
#: The expected gain of a step, in log-likelihood, below which the top is reached.
_ENOUGH: Final = 1e-9
#: The gain of a step after which the next one is lost in rounding: Newton's steps double the digits.
_ENOUGH_GAINED: Final = 1e-7
#: Curvature below which a direction is as good as flat, as a share of the steepest one.
_FLAT: Final = 1e-12


class DrawsRefused(Refusal, ValueError):
    """A count of draws below 1, or parameters that the data do not determine."""

    code = "fit.draws_refused"


class Slopes(NamedTuple):
    """A log-likelihood at one place, in natural parameters.

    Attributes
    ----------
    value
        The log-likelihood.
    gradient
        Of shape (parameters,).
    hessian
        Of shape (parameters, parameters).
    scores
        Sum over observations of the outer product of their gradients, for sandwich errors.
    """

    value: float
    gradient: Floats
    hessian: Floats
    scores: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """Parameters at the top of a likelihood, and how sure they are.

    Attributes
    ----------
    log_likelihood
        At the top.
    log_covariance
        Covariance of the logarithms of the parameters: the inverse of the Hessian there.
    log_sandwich
        The same, robust against a wrong model: Hessian⁻¹ · scores · Hessian⁻¹.
    converged
        Whether a top was reached.
    iterations
        Steps of Newton's method.
    notes
        ``fit.not_converged``: no top was reached. ``fit.flat``: the data do not determine some parameter, which is
        driven to 0 or to infinity; its interval is not to be believed. ``fit.hessian_not_definite``: no errors.
    """

    names: ClassVar[tuple[str, ...]] = ()

    log_likelihood: float
    log_covariance: Floats
    log_sandwich: Floats
    converged: bool
    iterations: int
    notes: tuple[Note, ...] = ()

    @property
    def parameters(self) -> Floats:
        """The parameters in the order of ``names``."""
        return np.array([getattr(self, name) for name in self.names])

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard error of each parameter from the inverse Hessian; NaN where there is none."""
        return self._errors(self.log_covariance)

    @property
    def robust_standard_errors(self) -> dict[str, float]:
        """Standard error of each parameter by the sandwich, which holds when the model is wrong in its shape."""
        return self._errors(self.log_sandwich)

    def interval(self, level: float = DEFAULT_LEVEL, *, robust: bool = False) -> dict[str, Interval]:
        """Return the interval of each parameter, made on the scale of its logarithm, so that it stays above 0.

        Raises
        ------
        ImpossibleLevel
        """
        reach = normal_quantile(level) * np.sqrt(np.diag(self._covariance(robust=robust)))
        with np.errstate(over="ignore"):  # of a flat parameter: from 0 to infinity
            low, high = self.parameters * np.exp(-reach), self.parameters * np.exp(reach)
        return {
            name: Interval(float(bottom), float(top), level)
            for name, bottom, top in zip(self.names, low, high, strict=True)
        }

    def draws(self, n: int, rng: np.random.Generator, *, robust: bool = False) -> Floats:
        """Return parameters as they may be too: draws from the normal law of their logarithms (Laplace).

        Parameters
        ----------
        n
            How many, at least 1.
        robust
            With the sandwich in place of the inverse Hessian.

        Returns
        -------
        Floats
            Of shape (n, parameters), in the order of ``names``.

        Raises
        ------
        DrawsRefused
        """
        covariance = self._covariance(robust=robust)
        if n < 1:
            raise DrawsRefused(f"{n} draws were asked for.", hint="Ask for at least one; 400 are usual.")
        if not np.isfinite(covariance).all():
            raise DrawsRefused(
                "The data do not determine the parameters, so there is nothing to draw from.",
                hint="Fit on more customers, or a longer time.",
            )
        values, vectors = np.linalg.eigh(covariance)
        roots = vectors * np.sqrt(np.maximum(values, 0.0))
        logs = np.log(self.parameters) + rng.standard_normal((n, len(self.names))) @ roots.T
        drawn: Floats = np.exp(np.clip(logs, -_REACH, _REACH))
        return drawn

    def with_parameters(self, parameters: Sequence[float] | Floats) -> Self:
        """Return the same fit with other parameters, such as drawn ones, for what they would predict."""
        changes: dict[str, Any] = dict(zip(self.names, map(float, parameters), strict=True))
        return replace(self, **changes)

    def _covariance(self, *, robust: bool) -> Floats:
        return self.log_sandwich if robust else self.log_covariance

    def _errors(self, log_covariance: Floats) -> dict[str, float]:
        errors = self.parameters * np.sqrt(np.diag(log_covariance))
        return dict(zip(self.names, errors.tolist(), strict=True))


class Top(NamedTuple):
    """Where Newton's method ended: natural parameters, the likelihood there, how it was reached."""

    parameters: Floats
    log_likelihood: float
    log_covariance: Floats
    log_sandwich: Floats
    converged: bool
    iterations: int
    notes: tuple[Note, ...]

    def common(self) -> dict[str, Any]:
        """Return what every fit has beside its parameters."""
        return {
            "log_likelihood": self.log_likelihood,
            "log_covariance": self.log_covariance,
            "log_sandwich": self.log_sandwich,
            "converged": self.converged,
            "iterations": self.iterations,
            "notes": self.notes,
        }


def climb(
    slopes: Callable[[Floats], Slopes],
    start: Sequence[float],
    *,
    scores: Callable[[Floats], Floats] | None = None,
) -> Top:
    """Return the top of a log-likelihood of positive parameters.

    Newton's method on the logarithms of the parameters. Where the likelihood is not concave the eigenvalues of the
    Hessian are turned, and steps that do not gain are halved.

    Parameters
    ----------
    slopes
        The log-likelihood with its exact derivatives in natural parameters.
    start
        Natural parameters to start from.
    scores
        Gives `Slopes.scores` where they are dear and ``slopes`` leaves them out: asked at the top alone.
    """
    place = np.log(np.asarray(start, dtype=np.float64))
    here, gradient, hessian = _at(slopes, place)
    converged = False
    iterations = 0
    while iterations < _MOST_STEPS:
        iterations += 1
        values, vectors = np.linalg.eigh(hessian)
        steep = np.maximum(np.abs(values), _FLAT * max(1.0, float(np.abs(values).max())))
        step = vectors @ ((vectors.T @ gradient) / steep)
        if 0.5 * float(gradient @ step) < _ENOUGH:
            # too little to be seen in the likelihood, and the last digits of the parameters
            place = np.clip(place + step, -_REACH, _REACH)
            here, gradient, hessian = _at(slopes, place)
            converged = True
            break
        step *= min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
        found = _gained(slopes, place, step, here.value, float(gradient @ step))
        if found is None:
            # no better place along the way: as far as the arithmetic carries
            converged = 0.5 * float(gradient @ step) < 1e-6 * max(1.0, abs(here.value))
            break
        gain = found[1][0].value - here.value
        place, (here, gradient, hessian) = found
        if gain < _ENOUGH_GAINED:
            converged = True
            break
    if scores is not None:
        here = here._replace(scores=scores(np.exp(place)))
    return _top(place, here, hessian, converged=converged, iterations=iterations)


def _at(slopes: Callable[[Floats], Slopes], place: Floats) -> tuple[Slopes, Floats, Floats]:
    """Return the slopes in natural parameters, and gradient and Hessian in their logarithms."""
    natural = np.exp(place)
    found = slopes(natural)
    gradient = natural * found.gradient
    hessian = np.outer(natural, natural) * found.hessian + np.diag(gradient)
    return found, gradient, hessian


def _gained(
    slopes: Callable[[Floats], Slopes], place: Floats, step: Floats, value: float, rise: float
) -> tuple[Floats, tuple[Slopes, Floats, Floats]] | None:
    """Return the first place along a step, halved as often as need be, where the likelihood is higher."""
    share = 1.0
    for _ in range(40):
        there = np.clip(place + share * step, -_REACH, _REACH)
        found = _at(slopes, there)
        if np.isfinite(found[0].value) and found[0].value >= value + 1e-4 * share * rise:
            return there, found
        share /= 2
    return None


def _top(place: Floats, here: Slopes, hessian: Floats, *, converged: bool, iterations: int) -> Top:
    natural = np.exp(place)
    notes = [] if converged else [Note.of("fit.not_converged", iterations=iterations)]
    nothing = np.full_like(hessian, np.nan)
    values = np.linalg.eigvalsh(-hessian)
    if np.abs(place).max() > _REACH - 8 or values[0] < 1e-7 * values[-1]:
        notes.append(Note.of("fit.flat"))
    if values[0] <= 0:
        notes.append(Note.of("fit.hessian_not_definite"))
        covariance, sandwich = nothing, nothing
    else:
        covariance = np.asarray(np.linalg.inv(-hessian), np.float64)
        scores = np.outer(natural, natural) * here.scores
        sandwich = covariance @ scores @ covariance
    return Top(natural, here.value, covariance, sandwich, converged, iterations, tuple(notes))
