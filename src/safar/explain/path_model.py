"""Path model: image, expectation, quality and value lead to satisfaction, and it to loyalty (the ACSI and ECSI form).

Each of these is felt, not asked: several questions show it. Partial least squares weighs the questions so that the
felt things explain one another as well as they can, and says how much each moves the next.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .columns import Columns, Floats, codes_of, enough, percentiles
from .incomplete import moments
from .path_solver import Scheme, reaches, solved

_FEWEST_FOR_EACH: Final = 5


class ModelRefused(Refusal, ValueError):
    """The paths make no model: a thing without questions, an arrow to nowhere, a circle."""

    code = "path_model.refused"


@dataclass(frozen=True, slots=True)
class Felt:
    """One felt thing.

    Attributes
    ----------
    name
        Of the block of questions.
    r_squared
        How much of it the things before it explain; None where nothing leads to it.
    performance
        Its mean on the scale of its questions, 0…100; None where no scale was given.
    alpha, composite_reliability
        Cronbach's alpha and Dillon and Goldstein's rho: whether its questions go together; from 0.7 on they do.
    average_variance
        The mean of its loadings squared: from 0.5 on it is more than noise.
    """

    name: str
    r_squared: Estimate | None
    performance: float | None
    alpha: float
    composite_reliability: float
    average_variance: float


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question.

    Attributes
    ----------
    name, felt
        Of its column, and of what it shows.
    weight
        What it counts for the score, which has variance 1.
    loading
        Its correlation with the score.
    """

    name: str
    felt: str
    weight: Estimate
    loading: Estimate


@dataclass(frozen=True, slots=True)
class Arrow:
    """What one thing moves in another, in standard deviations.

    Attributes
    ----------
    source, target
        Names.
    path
        Directly; None where no arrow leads from one to the other.
    total
        Along all ways.
    """

    source: str
    target: str
    path: Estimate | None
    total: Estimate


@dataclass(frozen=True, slots=True)
class PathModel:
    """A fitted path model.

    Attributes
    ----------
    felt, indicators, arrows
        In the order of the model; arrows of every pair that is joined by any way.
    goodness_of_fit
        Root of mean communality times mean R².
    scheme
        As asked.
    n
        Rows used.
    notes
        ``path_model.filled``: answers that are missing and were allowed for; ``path_model.association``: arrows are
        what was assumed, not found.
    """

    felt: tuple[Felt, ...]
    indicators: tuple[Indicator, ...]
    arrows: tuple[Arrow, ...]
    goodness_of_fit: float
    scheme: Scheme
    n: int
    notes: tuple[Note, ...]

    def arrow(self, source: str, target: str) -> Arrow:
        """Return the arrow between two things.

        Raises
        ------
        ModelRefused
        """
        for each in self.arrows:
            if (each.source, each.target) == (source, target):
                return each
        raise ModelRefused(f"No way leads from {source!r} to {target!r}.", hint="Look at `arrows`.")

    def __getitem__(self, name: str) -> Felt:
        for each in self.felt:
            if each.name == name:
                return each
        raise ModelRefused(
            f"{name!r} is not in the model.", hint=f"There are {', '.join(one.name for one in self.felt)}."
        )

    @property
    def table(self) -> Table:
        """One row an arrow."""
        return Table.of(
            {
                "source": [each.source for each in self.arrows],
                "target": [each.target for each in self.arrows],
                **estimates("path", [each.path for each in self.arrows]),
                **estimates("total", [each.total for each in self.arrows]),
            }
        )

    def importance_performance(self, target: str) -> Table:
        """Return the map of what moves a target: its total effect beside its performance, the strongest first."""
        found = sorted(
            (each for each in self.arrows if each.target == target), key=lambda each: -each.total.value
        )
        return Table.of(
            {
                "felt": [each.source for each in found],
                **estimates("importance", [each.total for each in found]),
                "performance": [self[each.source].performance for each in found],
            }
        )


def fit(
    answers: Mapping[str, ArrayLike] | Table,
    blocks: Mapping[str, Sequence[str]],
    paths: Mapping[str, Sequence[str]],
    *,
    scheme: Scheme = "path",
    scaled: bool = True,
    scale: tuple[float, float] | None = None,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    level: float = DEFAULT_LEVEL,
    resamples: int = 500,
    seed: int = 1,
) -> PathModel:
    """Return a path model by partial least squares.

    Parameters
    ----------
    answers
        One column a question, NaN where there is none.
    blocks
        Which questions show which felt thing, what comes first first.
    paths
        For each thing that something leads to, what does.
    scheme
        ``path``: causes by regression, consequences by correlation; ``factorial``: by correlation; ``centroid``: by
        its sign.
    scaled
        Whether questions count alike; otherwise those that spread more count more.
    scale
        The worst and the best answer, for performance; None without.
    customers
        Whose each row is: resampled together.
    level, resamples, seed
        Of the bootstrap.

    Raises
    ------
    ModelRefused, ColumnsRefused, TooFewRows

    Notes
    -----
    Blocks are reflective (mode A). Scores point the way most of their questions do. All is computed from the
    covariances, so that gaps are allowed for once (see `incomplete.moments`) and resamples run together.

    Source: H. Wold (1982); M. Tenenhaus, V. Esposito Vinzi, Y.-M. Chatelin, C. Lauro (2005), Computational Statistics &
    Data Analysis 48. Gives the numbers of SmartPLS 2 (``mobi``) and of the R package plspm (``satisfaction``).
    """
    columns = Columns.of(answers)
    names = tuple(blocks)
    of = _checked(columns, blocks, paths)
    values = columns.values[:, [columns.place(name) for block in blocks.values() for name in block]]
    rows = np.flatnonzero((~np.isnan(values)).any(axis=1))
    enough(len(rows), _FEWEST_FOR_EACH * values.shape[1])
    who = None if customers is None else codes_of(customers, len(columns))[rows]
    if who is not None:
        who = np.unique(who, return_inverse=True)[1].astype(np.int64)
    found = moments(values[rows], np.ones(len(rows)))
    drawn = found.resampled(resamples, np.random.default_rng(seed), customers=who)
    leads = np.array([[source in paths.get(target, ()) for source in names] for target in names])
    made = solved(found.covariance[None], of, leads, scheme=scheme, scaled=scaled)
    again = solved(drawn, of, leads, scheme=scheme, scaled=scaled)
    n = len(rows)

    def told(found: Floats, drawn: Floats) -> Estimate:
        return percentiles(float(found[0]), drawn, n=n, level=level)

    questions = [(name, felt) for felt, block in blocks.items() for name in block]
    loadings = made.loadings[0]
    spread = np.sqrt(np.diagonal(found.covariance)) if scaled else np.ones(len(of))
    explained = [float(made.r_squared[0, j]) for j in range(len(names)) if leads[j].any()]
    gaps = int(np.isnan(values[rows]).sum())
    return PathModel(
        tuple(
            Felt(
                name,
                told(made.r_squared[:, j], again.r_squared[:, j]) if leads[j].any() else None,
                _performance(made.weights[0, of[:, j], j] / spread[of[:, j]], found.mean[of[:, j]], scale),
                *_reliability(found.covariance, loadings, of[:, j]),
            )
            for j, name in enumerate(names)
        ),
        tuple(
            Indicator(
                name,
                felt,
                told(made.own_weights[:, i], again.own_weights[:, i]),
                told(made.loadings[:, i], again.loadings[:, i]),
            )
            for i, (name, felt) in enumerate(questions)
        ),
        tuple(
            Arrow(
                source,
                target,
                told(made.paths[:, j, k], again.paths[:, j, k]) if leads[j, k] else None,
                told(made.total[:, j, k], again.total[:, j, k]),
            )
            for k, source in enumerate(names)
            for j, target in enumerate(names)
            if reaches(leads)[j, k]
        ),
        float(np.sqrt(_communality(loadings, of) * np.mean(explained))),
        scheme,
        n,
        (
            *((Note.of("path_model.filled", count=gaps),) if gaps else ()),
            Note.of("path_model.association"),
        ),
    )


def _performance(weights: Floats, mean: Floats, scale: tuple[float, float] | None) -> float | None:
    """Return the mean score on 0…100, questions weighed as they were asked."""
    if scale is None:
        return None
    worst, best = scale
    return float(weights @ (100 * (mean - worst) / (best - worst)) / weights.sum())


def _reliability(covariance: Floats, loadings: Floats, mine: NDArray[np.bool_]) -> tuple[float, float, float]:
    k = int(mine.sum())
    matrix = covariance[np.ix_(mine, mine)]
    alpha = k / (k - 1) * (1 - float(np.trace(matrix) / matrix.sum())) if k > 1 else 1.0
    own = loadings[mine]
    shared = float(own.sum() ** 2)
    return alpha, shared / (shared + float((1 - own**2).sum())), float((own**2).mean())


def _communality(loadings: Floats, of: NDArray[np.bool_]) -> float:
    """Return what things share with their questions: what one question alone shares with itself says nothing."""
    several = (of & (of.sum(axis=0) > 1)).any(axis=1)
    return float(np.mean(loadings[several] ** 2)) if several.any() else 1.0


def _checked(
    columns: Columns, blocks: Mapping[str, Sequence[str]], paths: Mapping[str, Sequence[str]]
) -> NDArray[np.bool_]:
    """Return which question shows what, shape (questions, things)."""
    names = list(blocks)
    questions = [(name, place) for place, block in enumerate(blocks.values()) for name in block]
    for name, _ in questions:
        columns.place(name)
    strangers = {each for target, sources in paths.items() for each in (target, *sources)} - set(names)
    leads = np.array([[source in paths.get(target, ()) for source in names] for target in names], np.bool_)
    alone = [name for j, name in enumerate(names) if not (leads[j].any() or leads[:, j].any())]
    doubled = len({name for name, _ in questions}) < len(questions)
    wrong = {
        f"{', '.join(sorted(strangers))} has no questions": bool(strangers),
        f"{', '.join(alone)} is joined to nothing": bool(alone),
        "something has no questions": not all(blocks.values()),
        "a question shows two things": doubled,
        "the arrows go round in a circle": bool(names) and bool(reaches(leads).diagonal().any()),
    }
    for what, is_so in wrong.items():
        if is_so:
            raise ModelRefused(f"The model cannot be: {what}.", hint="Look at blocks and paths.")
    of = np.zeros((len(questions), len(names)), np.bool_)
    for row, (_, place) in enumerate(questions):
        of[row, place] = True
    return of
