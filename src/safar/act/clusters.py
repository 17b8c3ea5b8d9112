"""Groups of rows that lie together: k-means, and an argument for how many groups there are, if any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
Labels = NDArray[np.int64]

#: Groups that come again among other customers: mean adjusted Rand index from here on.
STABLE: Final = 0.75
_PAIRS: Final = 8
_SHARE: Final = 0.7
_NULLS: Final = 5
_STARTS: Final = 4
_VARIANCE: Final = 0.9
#: Rows that centres are fitted to, that silhouettes are taken of, and that are shuffled: more say nothing new.
_FITTED: Final = 3_000
_JUDGED: Final = 1_500
_SHUFFLED: Final = 2_000
_NEARLY: Final = 0.95


@dataclass(frozen=True, slots=True)
class Considered:
    """How one number of groups did.

    Attributes
    ----------
    groups
        How many.
    silhouette
        How much nearer rows lie to their own group than to the next, -1…1, on average.
    null_silhouette
        The best of what the same number of groups reaches when each column is shuffled by itself.
    stability
        Mean adjusted Rand index of two clusterings of overlapping samples: 1 when both put the same rows together, 0 as
        by chance.
    """

    groups: int
    silhouette: float
    null_silhouette: float
    stability: float

    @property
    def stands(self) -> bool:
        """Whether the groups are stable, and further apart than chance explains."""
        return self.stability >= STABLE and self.silhouette > self.null_silhouette


@dataclass(frozen=True, slots=True)
class Clustered:
    """Which row is in which group, ``int64`` of shape (rows,); None where there are no groups."""

    groups: Labels | None
    considered: tuple[Considered, ...]


def clustered(rows: Rows, *, most_groups: int, wanted: int | None = None, seed: int = 0) -> Clustered:
    """Find groups of rows, and how many there are.

    Columns are standardised, and turned into as many principal components as hold 90 % of the variance, so that ten
    habits that say the same count once. k-means is tried for 2 to ``most_groups`` groups. Of those numbers of groups
    that `Considered.stands`, the one with the highest silhouette is taken; where none stands, there are no groups.

    Parameters
    ----------
    rows
        ``float64`` of shape (rows, columns): at least ten rows.
    most_groups
        From 2.
    wanted
        Take this number of groups, whether or not it stands; 2 to ``most_groups``.
    seed
        Of starts, samples and shuffles.

    Of many rows, 3,000 drawn by chance are fitted, and the others go to the nearest centre; silhouettes are of 1,500,
    and 2,000 are shuffled.

    Assumes round groups of similar spread after standardising; long or nested groups are cut.

    Source: P. Rousseeuw (1987), "Silhouettes", J. Comput. Appl. Math. 20; A. Ben-Hur, A. Elisseeff, I. Guyon (2002), "A
    stability based method for discovering structure in clustered data"; L. Hubert, P. Arabie (1985), "Comparing
    partitions". k-means, silhouette and Rand index by scikit-learn.
    """
    import sklearn.cluster  # noqa: F401, PLC0415 - takes a second to load; only threads of what is loaded are limited
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    # Threads of k-means wait for each other by spinning: beside other work a second becomes half a minute.
    with threadpool_limits(1, user_api="openmp"):
        return _clustered(rows, most_groups, wanted, seed)


def _clustered(rows: Rows, most_groups: int, wanted: int | None, seed: int) -> Clustered:
    chance = np.random.default_rng(seed)
    components = _components(_standardised(rows))
    if components is None:
        return Clustered(None, ())
    few = _standardised(_drawn(rows, _SHUFFLED, chance))
    shuffled = [_components(chance.permuted(few, axis=0)) for _ in range(_NULLS)]
    fitted = _drawn(components, _FITTED, chance)
    considered, labels = [], {}
    for groups in range(2, min(most_groups, len(rows) // 5) + 1):
        labels[groups] = _labels(_fitted(fitted, groups, seed), components)
        nulls = [
            _silhouette(each, _labels(_fitted(each, groups, seed), each), chance)
            for each in shuffled
            if each is not None
        ]
        considered.append(
            Considered(
                groups,
                _silhouette(components, labels[groups], chance),
                max(nulls, default=-1.0),
                _stability(fitted, groups, chance),
            )
        )
    if wanted is not None:
        return Clustered(labels.get(wanted), tuple(considered))
    standing = [each for each in considered if each.stands]
    if not standing:
        return Clustered(None, tuple(considered))
    highest = max(each.silhouette for each in standing)
    fewest = min(each.groups for each in standing if each.silhouette >= _NEARLY * highest)
    return Clustered(labels[fewest], tuple(considered))


def _standardised(rows: Rows) -> Rows:
    spread = rows.std(axis=0)
    varied = rows[:, spread > 0]
    found: Rows = (varied - varied.mean(axis=0)) / spread[spread > 0]
    return found


def _components(rows: Rows) -> Rows | None:
    """Return the principal components that hold most of the variance; None where nothing varies."""
    if not rows.shape[1]:
        return None
    _, sizes, turned = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    held = np.cumsum(sizes**2) / np.sum(sizes**2)
    found: Rows = rows @ turned[: int(np.searchsorted(held, _VARIANCE)) + 1].T
    return found


def _drawn(rows: Rows, most: int, chance: np.random.Generator) -> Rows:
    return rows if len(rows) <= most else rows[chance.permutation(len(rows))[:most]]


def _fitted(rows: Rows, groups: int, seed: int) -> Any:
    from sklearn.cluster import KMeans  # noqa: PLC0415 - takes a second to load

    return KMeans(groups, n_init=_STARTS, random_state=seed).fit(rows)


def _labels(model: Any, rows: Rows) -> Labels:
    found: Labels = model.predict(rows).astype(np.int64)
    return found


def _silhouette(rows: Rows, labels: Labels, chance: np.random.Generator) -> float:
    from sklearn.metrics import silhouette_score  # noqa: PLC0415 - takes a second to load

    judged = chance.permutation(len(rows))[:_JUDGED]
    if len(np.unique(labels[judged])) < 2:
        return -1.0
    return float(silhouette_score(rows[judged], labels[judged]))


def _stability(rows: Rows, groups: int, chance: np.random.Generator) -> float:
    """Return how alike two clusterings of overlapping samples put the rows that both have."""
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - takes a second to load

    found = []
    for _ in range(_PAIRS):
        one, other = (chance.random(len(rows)) < _SHARE for _ in range(2))
        both = one & other
        labels = [
            _labels(_fitted(rows[drawn], groups, int(chance.integers(1 << 31))), rows[both])
            for drawn in (one, other)
        ]
        found.append(adjusted_rand_score(*labels))
    return float(np.mean(found))
