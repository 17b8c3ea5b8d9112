"""How the linear models of `safar.listen.text` learn: regularised logistic regression over hashed n-grams.

N-grams count by how rare they are (inverse document frequency), which the weights take in, so that reading needs only
sums. Labels may be probabilities, and some classes closed: a set without neutral comments tells negative from positive
and says nothing of neutral.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from safar.listen.text.features import buckets_of_words
from safar.listen.text.linear import Linear

Floats = NDArray[np.float32]
#: Steps of a coarse table to either side of zero: most of its weights are zero, which pack well.
COARSE = 15


def design(
    words: Sequence[Sequence[str]], bits: int, *, turned: bool = False
) -> tuple[sp.csr_matrix, Floats]:
    """Return counts of n-grams times their rarity over the root of how many there are, and the rarity."""
    buckets = buckets_of_words(words, bits, turned=turned)
    ones = np.ones(len(buckets.bucket), np.float32)
    counts = sp.csr_matrix((ones, buckets.bucket.astype(np.int32), buckets.end), shape=(len(words), 2**bits))
    counts.sum_duplicates()
    rarity = (
        np.log((1 + len(words)) / (1 + np.bincount(counts.indices, minlength=2**bits))).astype(np.float32) + 1
    )
    roots = np.sqrt(np.maximum(np.diff(buckets.end), 1))
    return (sp.diags(1 / roots) @ counts @ sp.diags(rarity)).tocsr().astype(np.float32), rarity


def softmax(logits: NDArray, is_open: NDArray[np.bool_]) -> NDArray:
    """Return probabilities of the open classes."""
    logits = np.where(is_open, logits, -np.inf)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit(
    words: Sequence[Sequence[str]], targets: Floats, is_open: NDArray[np.bool_], weight: Floats, *,
    bits: int, strength: float, steps: int = 60,
) -> Linear:  # fmt: skip
    """Return the table that gives the targets the highest likelihood less the squares of its weights.

    Parameters
    ----------
    strength
        How much the likelihood counts beside the squares (C of scikit-learn).
    """
    matrix, rarity = design(words, bits, turned=True)
    weights, bias = likeliest(matrix, targets, is_open, weight, strength=strength, steps=steps)
    return quantised(weights * rarity[:, None], bias, turned=True)


def likeliest(
    matrix: sp.csr_matrix | Floats, targets: Floats, is_open: NDArray[np.bool_], weight: Floats, *,
    strength: float, steps: int = 60,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return weights of columns by class, and biases: what `fit` looks for, over any numbers."""
    across = matrix.T.tocsr() if sp.issparse(matrix) else matrix.T
    classes = targets.shape[1]
    size = matrix.shape[1] * classes

    def loss(flat: NDArray) -> tuple[float, NDArray]:
        weights = flat[:size].reshape(-1, classes).astype(np.float32)
        found = softmax(matrix @ weights + flat[size:].astype(np.float32), is_open)
        slope = ((found - targets) * weight[:, None] * strength).astype(np.float32)
        likelihood = (targets * np.log(np.maximum(found, 1e-9))).sum(axis=1) @ weight
        gradient = np.concatenate([(across @ slope).ravel() + flat[:size], slope.sum(axis=0)])
        return float(-strength * likelihood + 0.5 * flat[:size] @ flat[:size]), gradient.astype(np.float64)

    found = minimize(
        loss, np.zeros(size + classes), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 6}
    ).x.astype(np.float32)
    return found[:size].reshape(-1, classes), found[size:]


def fit_sides(
    words: Sequence[Sequence[str]],
    is_positive: NDArray[np.bool_],
    weight: Floats,
    *,
    bits: int,
    strength: float,
) -> Linear:
    """Return a table of one class that knows two sides only: above zero speaks for positive.

    Its steps are coarse (`COARSE`), so that many buckets cost little room.
    """
    matrix, rarity = design(words, bits, turned=True)
    across, truth, size = matrix.T.tocsr(), is_positive.astype(np.float32), matrix.shape[1]

    def loss(flat: NDArray) -> tuple[float, NDArray]:
        logits = matrix @ flat[:size].astype(np.float32) + np.float32(flat[size])
        slope = ((1 / (1 + np.exp(-logits)) - truth) * weight * strength).astype(np.float32)
        unlikely = np.logaddexp(0, np.where(is_positive, -logits, logits)) @ weight
        gradient = np.concatenate([across @ slope + flat[:size], [slope.sum()]])
        return float(strength * unlikely + 0.5 * flat[:size] @ flat[:size]), gradient.astype(np.float64)

    found = minimize(
        loss, np.zeros(size + 1), jac=True, method="L-BFGS-B", options={"maxiter": 60, "maxcor": 6}
    ).x.astype(np.float32)
    return quantised((found[:size] * rarity)[:, None], found[size:], turned=True, most=COARSE)


def fit_two(words: Sequence[Sequence[str]], is_second: NDArray[np.bool_], bits: int) -> Linear:
    """Return a table of one class: above zero speaks for the second of two."""
    targets = np.column_stack([~is_second, is_second]).astype(np.float32)
    weight = np.where(is_second, 0.5 / is_second.mean(), 0.5 / (~is_second).mean()).astype(np.float32)
    matrix, rarity = design(words, bits)
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(solver="liblinear", dual=True, random_state=0).fit(
        matrix, targets[:, 1], weight
    )
    return quantised(found.coef_.T.astype(np.float32) * rarity[:, None], found.intercept_.astype(np.float32))


def quantised(weights: Floats, bias: Floats, *, turned: bool = False, most: int = 127) -> Linear:
    """Return the weights in whole steps, at most ``most`` of them; the largest few of ten thousand are cut."""
    used = np.abs(weights).max(axis=1) > 0
    scale = np.maximum(np.quantile(np.abs(weights[used]), 0.9995, axis=0) / most, 1e-9).astype(np.float32)
    return Linear(np.clip(np.round(weights / scale), -most, most).astype(np.int8), scale, bias, turned)


def calibrate(logits: Floats, targets: Floats, is_open: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Return the temperature and the shift of each class under which the targets are likeliest."""
    classes = logits.shape[1]

    def loss(found: NDArray) -> float:
        stated = softmax(logits * np.exp(found[0]) + found[1:], is_open)
        return float(
            -(targets * np.log(np.maximum(stated, 1e-9))).sum(axis=1).mean() + 1e-3 * found[1:] @ found[1:]
        )

    found = minimize(loss, np.zeros(classes + 1), method="L-BFGS-B").x
    return float(np.exp(-found[0])), (found[1:] - found[1:].mean()).astype(np.float32)
