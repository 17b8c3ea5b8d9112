"""Doubly robust: the difference that an experience makes, between people who were alike before it.

Who had the parcel late lives further away, buys bulkier things, orders in busy weeks: the two groups differ before
anything happens to them. Two models are fitted on what was known before, one of the outcome and one of having the
experience; the estimate is right if either is. Each customer is judged by models that never saw him.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, student_quantile

from .columns import Columns, ColumnsRefused, Floats, codes_of, enough
from .known_before import KnownBefore
from .learners import Flags, Learner, one_thread
from .nuisances import Nuisances, nuisances

#: Whose difference: of those who had the experience, or of everybody.
Among = Literal["exposed", "everybody"]

#: Customers needed with and without the experience.
FEWEST: Final = 20
#: Whose chance of the experience is nearer to certainty than this has nobody to be compared with.
OVERLAP: Final = 0.02
#: A mean of the exposed more skewed than this has an interval that errs to one side.
_SKEWED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Overlap:
    """Whether there are people to compare with.

    Attributes
    ----------
    lowest, highest
        The least and the largest chance of the experience that anybody was given, before trimming.
    trimmed_exposed, trimmed_others
        Occasions left out, since they had hardly any chance of the other experience.
    exposed_share_kept
        How much of the exposed the estimate is of, 0…1.
    comparison_size
        How many others with equal weight would tell as much as the weighted comparison does (Kish).
    imbalance_before, imbalance_after
        The largest difference of a covariate between exposed and others, in standard deviations; after weighting.
        Below 0.1 is usually called balanced.
    worst
        The covariate that is least balanced after weighting.
    """

    lowest: float
    highest: float
    trimmed_exposed: int
    trimmed_others: int
    exposed_share_kept: float
    comparison_size: float
    imbalance_before: float
    imbalance_after: float
    worst: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How strong something hidden would have to be to explain the difference away.

    Attributes
    ----------
    robustness_value
        Something hidden that explains this share both of what is left to explain of the outcome and of the weighing of
        exposed against others could make the estimate 0. 0…1; the larger the firmer.
    robustness_value_of_interval
        The same, to make the interval reach 0; 0 where it does already.
    bias_scale
        The bias that both shares :math:`r` would allow at most is :math:`r / \\sqrt{1 - r}` times this.
    """

    robustness_value: float
    robustness_value_of_interval: float
    bias_scale: float

    def bias(self, share: float) -> float:
        """Return the largest bias that something hidden explaining this share of both could make, in the outcome's
        unit."""
        return self.bias_scale * share / math.sqrt(1 - share)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The difference that an experience makes.

    Attributes
    ----------
    among
        Of whom.
    effect
        The outcome with the experience less without it; ``n`` counts the occasions compared.
    naive
        The plain difference between exposed and others, with its interval.
    standard_error
        Of the effect, over customers: among the exposed, of what it did to these very ones.
    exposed, others
        Occasions with and without the experience that were compared.
    exposed_customers, other_customers
        Whose they are.
    overlap, sensitivity
        See there.
    outcome_model, exposure_model
        What each was fitted with, ``linear`` or ``boosting``.
    notes
        ``effect.trimmed``: exposed occasions that had nobody to be compared with, and are left out;
        ``effect.unbalanced``: the covariate that is still more than 0.1 standard deviations apart after weighting;
        ``effect.few``: how few customers there are on the smaller side, below 100; ``effect.skewed``: so few of the
        exposed bring most of the outcome that the interval errs to one side.
    """

    among: Among
    effect: Estimate
    naive: Estimate
    standard_error: float
    exposed: int
    others: int
    exposed_customers: int
    other_customers: int
    overlap: Overlap
    sensitivity: Sensitivity
    outcome_model: str
    exposure_model: str
    notes: tuple[Note, ...]


def fit(
    outcome: ArrayLike,
    exposed: ArrayLike,
    known: Mapping[str, ArrayLike | Sequence[Any]],
    *,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    among: Among = "exposed",
    learner: Learner = "best",
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> Adjusted:
    """Return the difference that an experience makes, between people who were alike before.

    Augmented inverse probability weighting with cross-fitting. With the chance :math:`e(x)` of the experience and what
    is expected without it, :math:`\\mu_0(x)`, of the exposed

    .. math:: \\hat\\theta = \\frac{1}{n_1} \\sum_i \\left[ d_i - (1 - d_i) \\frac{e(x_i)}{1 - e(x_i)} \\right]
              (y_i - \\mu_0(x_i))

    and of everybody the mean of :math:`\\mu_1 - \\mu_0 + d (y - \\mu_1)/e - (1 - d)(y - \\mu_0)/(1 - e)`.

    Parameters
    ----------
    outcome
        What came after, one number an occasion; NaN where it is not known (yet): left out.
    exposed
        1 or 0, NaN where it is not known: left out.
    known
        What was known before, by name: numbers or categories. Nothing that the experience itself could have moved.
    customers
        Whose each occasion is: all of a customer fall into one fold, and their errors go together. Each its own when
        None.
    among
        ``exposed``: what it did to those who had it. ``everybody``: what it would do on average.
    learner
        See `Learner`. ``linear``: ridge and logistic regression; ``boosting``: gradient-boosted trees. ``best`` tries
        both on one fold for each of the models, and cross-fits trees where they err clearly less there, else lines.
    level
        Confidence level.
    seed
        Of folds and trees.

    Raises
    ------
    TooFewRows
        Fewer than `FEWEST` customers with, or without, the experience.
    ColumnsRefused

    Notes
    -----
    It is the effect of the experience if nothing hidden moves both experience and outcome (see `Sensitivity`), if
    anybody could have had either (`Overlap`), and if one customer's experience leaves others alone. Intervals are by
    the influence function with customers as clusters, with Student's t for the customers of the smaller group. Among
    the exposed they are of what these very customers lost: what they brought is seen, and what is not seen, what they
    would have brought, varies as it does with the others who are like them. That is told by many others, and not by a
    few exposed of whom the large amounts happen to be missing more often than not. What such customers lose, as they
    come again and again, is covered as often or oftener, unless the experience makes them differ more.

    Source: J. Robins, A. Rotnitzky, L. Zhao (1994), Journal of the American Statistical Association 89;
    V. Chernozhukov et al. (2018), The Econometrics Journal 21 (cross-fitting); V. Chernozhukov, C. Cinelli, W. Newey,
    A. Sharma, V. Syrgkanis (2022), "Long story short" (sensitivity). Checked against DoubleML 0.11.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> remote = rng.random(4000) < 0.5
    >>> late = rng.random(4000) < np.where(remote, 0.4, 0.1)
    >>> spent = 100 - 30 * remote - 8 * late + rng.normal(0, 10, 4000)
    >>> found = fit(spent, late, {"remote": remote}, learner="linear")
    >>> round(found.naive.value), round(found.effect.value)
    (-20, -8)
    """
    (found,) = fit_each(
        (outcome,), exposed, known, customers=customers, among=among, learner=learner, level=level, seed=seed
    )
    return found


def fit_each(
    outcomes: Sequence[ArrayLike],
    exposed: ArrayLike,
    known: Mapping[str, ArrayLike | Sequence[Any]],
    *,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    among: Among = "exposed",
    learner: Learner = "best",
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> tuple[Adjusted, ...]:
    """Return the difference in each of several outcomes of the same occasions; see `fit`.

    How likely the experience was is worked out once for outcomes that follow each other and are known of the same
    occasions.

    Raises
    ------
    TooFewRows, ColumnsRefused
    """
    table = Columns.of(
        {"exposed": exposed, **{f"outcome {place}": each for place, each in enumerate(outcomes)}}
    )
    given, codes = table.values[:, 0], codes_of(customers, len(table))
    if not np.isin(given[~np.isnan(given)], [0, 1]).all():
        raise ColumnsRefused("An experience was had or not: 1 or 0.", hint="Give NaN where it is not known.")
    covariates = KnownBefore.of(known, len(table))
    found: list[Adjusted] = []
    before, chances = np.zeros(0, np.int64), None
    for outcome in table.values.T[1:]:
        kept = np.flatnonzero(~np.isnan(outcome) & ~np.isnan(given))
        y, d = outcome[kept], given[kept] == 1
        who = np.unique(codes[kept], return_inverse=True)[1].astype(np.int64)
        _check_sides(d, who)
        here = covariates.rows(kept)
        with one_thread():
            models = nuisances(
                y, d, here, who, learner=learner, seed=seed,
                chances=chances if np.array_equal(kept, before) else None,
            )  # fmt: skip
        before, chances = kept, models.chances
        found.append(estimated(y, d, models, who, here, among=among, level=level))
    return tuple(found)


def estimated(
    y: Floats,
    d: Flags,
    models: Nuisances,
    who: NDArray[np.int64],
    known: KnownBefore,
    *,
    among: Among,
    level: float = DEFAULT_LEVEL,
) -> Adjusted:
    """Return the estimate of occasions whose expectations are known; see `fit`.

    Raises
    ------
    TooFewRows
        After trimming.
    """
    e = models.chance
    inside = e <= 1 - OVERLAP
    if among == "everybody":
        inside &= e >= OVERLAP
    _check_sides(d[inside], who[inside])
    naive = _difference(y, d, who, level=level)
    all_exposed, trimmed = int(d.sum()), int((d & ~inside).sum())
    trimmed_others = int((~d & ~inside).sum())
    e, without, having = (each[inside] for each in models[:3])
    y, d, who, known = y[inside], d[inside], who[inside], known.rows(inside)
    riesz, score, centre = _scores(y, d, e, without, having, among=among)
    value = float(score.mean())
    influence = score - value * centre
    error, degrees = _clustered_error(influence, who, d)
    spread = _spread_of_exposed(y - without, d, e) if among == "exposed" else _Spread(1.0, 0.0)
    error *= spread.growth
    half = student_quantile(level, degrees) * error
    odds = e / (1 - e) if among == "exposed" else 1 / (1 - e)
    weights = np.where(d, 1.0 if among == "exposed" else 1 / e, odds)
    before, after, worst = _imbalance(known, d, weights)
    overlap = Overlap(
        float(models.chance.min()),
        float(models.chance.max()),
        trimmed,
        trimmed_others,
        1 - trimmed / all_exposed,
        float(weights[~d].sum() ** 2 / (weights[~d] ** 2).sum()),
        before,
        after,
        worst,
    )
    scale = _bias_scale(np.where(d, y - having, y - without), riesz, d, e, among=among)
    exposed_customers, other_customers = len(np.unique(who[d])), len(np.unique(who[~d]))
    notes = []
    if trimmed:
        notes.append(Note.of("effect.trimmed", count=trimmed, of=all_exposed))
    if after > 0.1:
        notes.append(Note.of("effect.unbalanced", covariate=worst, apart=f"{after:.2f}"))
    if min(exposed_customers, other_customers) < 100:
        notes.append(Note.of("effect.few", count=min(exposed_customers, other_customers)))
    if abs(spread.skewness) > _SKEWED:
        notes.append(Note.of("effect.skewed"))
    return Adjusted(
        among,
        Estimate(value, Interval(value - half, value + half, level), len(y)),
        naive,
        error,
        int(d.sum()),
        int((~d).sum()),
        exposed_customers,
        other_customers,
        overlap,
        Sensitivity(
            _robustness(abs(value), scale),
            _robustness(max(abs(value) - half, 0.0), scale),
            scale,
        ),
        models.outcome_model,
        models.exposure_model,
        tuple(notes),
    )


def _scores(
    y: Floats, d: Flags, e: Floats, without: Floats, having: Floats, *, among: Among
) -> tuple[Floats, Floats, Floats]:
    """Return the Riesz representer, the score whose mean is the effect, and what the effect is taken off by."""
    if among == "exposed":
        share = d.mean()
        riesz = np.where(d, 1.0, -e / (1 - e)) / share
        return riesz, riesz * (y - without), d / share
    riesz = np.where(d, 1 / e, -1 / (1 - e))
    return riesz, having - without + riesz * (y - np.where(d, having, without)), np.ones(len(y))


def _bias_scale(left: Floats, riesz: Floats, d: Flags, e: Floats, *, among: Among) -> float:
    """Return the root of what is left to explain of the outcome times the size of the Riesz representer."""
    share = d.mean()
    of_itself = d / (share**2 * (1 - e)) if among == "exposed" else 1 / e + 1 / (1 - e)
    size = float(
        np.mean(2 * of_itself - riesz**2)
    )  # without the bias that errors of e have in the plain square
    return math.sqrt(float(np.mean(left**2)) * (size if size > 0 else float(np.mean(riesz**2))))


def _clustered_error(influence: Floats, who: NDArray[np.int64], d: Flags) -> tuple[float, int]:
    by_customer = np.bincount(who, influence)
    customers = int((np.bincount(who) > 0).sum())
    variance = customers / max(customers - 1, 1) * float((by_customer**2).sum()) / len(influence) ** 2
    smaller = min(len(np.unique(who[d])), len(np.unique(who[~d])))
    return math.sqrt(variance), max(smaller - 1, 1)


class _Spread(NamedTuple):
    """By how much the error changes where others like the exposed tell what these would have brought without it, and
    how skewed the mean of that is."""

    growth: float
    skewness: float


def _spread_of_exposed(left: Floats, d: Flags, e: Floats) -> _Spread:
    """Return what the others, weighted to be like the exposed, tell of how these would have varied without it.

    ``left`` is the outcome less what was expected without the experience.
    """
    exposed, others = left[d], left[~d]
    odds = e[~d] / (1 - e[~d])
    alike = odds / (odds.sum() or 1.0)
    apart = others - float(alike @ others)
    without = float(alike @ apart**2)
    if not without:
        return _Spread(1.0, 0.0)
    skewness = float(alike @ apart**3) / without**1.5 / math.sqrt(len(exposed))
    of_others = float(((odds * others) ** 2).sum()) / len(exposed)
    return _Spread(math.sqrt((of_others + without) / (of_others + float(exposed.var()))), skewness)


def _difference(y: Floats, d: Flags, who: NDArray[np.int64], *, level: float) -> Estimate:
    value = float(y[d].mean() - y[~d].mean())
    influence = np.where(d, (y - y[d].mean()) / d.mean(), -(y - y[~d].mean()) / (1 - d.mean()))
    error, degrees = _clustered_error(influence, who, d)
    half = student_quantile(level, degrees) * error
    return Estimate(value, Interval(value - half, value + half, level), len(y))


def _imbalance(known: KnownBefore, d: Flags, weights: Floats) -> tuple[float, float, str]:
    x = known.matrix
    if not x.shape[1]:
        return 0.0, 0.0, ""
    spread = np.sqrt((x[d].var(axis=0) + x[~d].var(axis=0)) / 2)
    spread = np.where(spread > 0, spread, 1.0)
    before = np.abs(x[d].mean(axis=0) - x[~d].mean(axis=0)) / spread
    means = [np.average(x[side], axis=0, weights=weights[side]) for side in (d, ~d)]
    after = np.abs(means[0] - means[1]) / spread
    return float(before.max()), float(after.max()), known.columns[int(after.argmax())]


def _robustness(distance: float, scale: float) -> float:
    """Return r with r / sqrt(1 - r) times the scale equal to the distance."""
    if not distance or not scale:
        return 0.0
    squared = (distance / scale) ** 2
    return (math.sqrt(squared**2 + 4 * squared) - squared) / 2


def _check_sides(d: Flags, who: NDArray[np.int64]) -> None:
    for side, name in ((d, "with the experience"), (~d, "without the experience")):
        enough(len(np.unique(who[side])), FEWEST, [f"customers {name} to compare"])
