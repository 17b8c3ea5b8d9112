"""Fitting: how each model finds its matrix of item weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .interactions import Interactions, InteractionsRefused
from .item_weights import MOST_ITEMS_WHOLE, ItemWeights

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def also_bought(interactions: Interactions, *, shrink: float = 10.0) -> ItemWeights:
    """Return weights from what lies in the same orders.

    .. math:: W_{ij} = \\frac{n_{ij}}{\\sqrt{n_i n_j} + s}

    with :math:`n_i` orders that hold :math:`i`, :math:`n_{ij}` those that hold both.

    Parameters
    ----------
    interactions
        With their orders.
    shrink
        :math:`s`: pairs met once or twice say little.

    Source: G. Linden, B. Smith, J. York (2003), "Amazon.com recommendations", IEEE Internet Computing 7.
    """
    together = _gram(interactions.baskets())
    return ItemWeights(_divided(together, np.sqrt(together.diagonal()), shrink)).held()


def item_cosine(interactions: Interactions) -> ItemWeights:
    """Return cosines of items over customers, each customer counting less the more he has.

    With :math:`d_u` items of a customer, whose row is divided by :math:`\\sqrt{d_u}`, and :math:`n_i` customers of an
    item,

    .. math:: W_{ij} = \\frac{1}{\\sqrt{n_i n_j}} \\sum_u \\frac{r_{ui} r_{uj}}{d_u}

    No neighbours are cut off: the many weak ones tell more together than the few strong ones.

    Source: J. S. Breese, D. Heckerman, C. Kadie (1998), UAI, inverse user frequency; M. Deshpande, G. Karypis (2004),
    "Item-based top-N recommendation algorithms", ACM TOIS 22.
    """
    matrix = interactions.matrix()
    norms = np.sqrt(np.asarray(matrix.sum(axis=0)).ravel())
    return ItemWeights(_divided(_gram(_scaled_rows(matrix)), norms, 0.0)).held()


def graph_filter(interactions: Interactions, *, rank: int = 128, weight: float = 0.3) -> ItemWeights:
    """Return the graph filter of GF-CF in closed form: neighbours, and what the whole matrix is like in few dimensions.

    With :math:`\\tilde R = D_u^{-1/2} R D_i^{-1/2}` and its first singular vectors :math:`V`,

    .. math:: W = \\tilde R^T \\tilde R + \\omega D_i^{-1/2} V V^T D_i^{1/2}

    Parameters
    ----------
    interactions
        Who had what.
    rank
        Singular vectors, fewer than items and customers.
    weight
        :math:`\\omega`.

    Source: Y. Shen and others (2021), "How powerful is graph convolution for recommendation?", CIKM.
    """
    from scipy.sparse.linalg import svds  # noqa: PLC0415 - takes a moment to load
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    matrix = interactions.matrix()
    by_item = np.asarray(matrix.sum(axis=0)).ravel()
    root = np.sqrt(by_item)
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    balanced = _scaled_rows(matrix) * inverse[None, :]
    balanced = balanced.tocsr()
    most = min(rank, min(balanced.shape) - 1)
    sparse = _gram(balanced).astype(np.float32)
    if most < 1:
        return ItemWeights(sparse)
    start = np.ones(min(balanced.shape))
    # products with one thin vector after another: threads would wait for each other by spinning
    with threadpool_limits(1, user_api="blas"):
        vectors = svds(balanced, most, v0=start, return_singular_vectors="vh")[2]
    left = (weight * inverse[:, None] * vectors.T).astype(np.float32)
    right = (vectors * root[None, :]).astype(np.float32)
    return ItemWeights(sparse, np.ascontiguousarray(left), right).held()


def ease(interactions: Interactions, *, ridge: float | None = None) -> ItemWeights:
    """Return the embarrassingly shallow autoencoder: the best linear guess of each item from all others.

    .. math:: P = (R^T R + \\lambda I)^{-1}, \\quad W_{ij} = -P_{ij} / P_{jj}, \\quad W_{jj} = 0

    Parameters
    ----------
    interactions
        Of at most 6,000 items.
    ridge
        :math:`\\lambda`; None takes 30 times the root of the mean count of an item's customers, near the best values
        told for public data sets (80 at 20 customers an item, 300 at 40, 500 at 500).

    Raises
    ------
    InteractionsRefused
        There are more items, or the ridge is too small to divide by.

    Source: H. Steck (2019), "Embarrassingly shallow autoencoders for sparse data", WWW.
    """
    size = len(interactions.items)
    if size > MOST_ITEMS_WHOLE:
        raise InteractionsRefused(
            f"{size} items are too many for this model.",
            hint=f"It takes up to {MOST_ITEMS_WHOLE}; take `graph_filter`.",
            items=size,
        )
    from scipy.linalg.lapack import spotrf, spotri  # noqa: PLC0415 - takes a moment to load

    gram = _gram(interactions.matrix()).toarray().astype(np.float32)
    counts = gram.diagonal()
    strength = 30 * float(np.sqrt(counts[counts > 0].mean())) if ridge is None else ridge
    gram[np.diag_indices(size)] += strength
    # symmetric and positive: half the work of a plain inverse, and single precision is enough with such a ridge
    lower, failed = spotrf(gram, lower=True, clean=True, overwrite_a=True)
    inverse, failed_too = spotri(lower, lower=True, overwrite_c=True)
    if failed or failed_too:
        raise InteractionsRefused(f"A ridge of {strength} is too small.", hint="Give a larger one.")
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    weights = -inverse / inverse.diagonal()[None, :]
    np.fill_diagonal(weights, 0.0)
    return ItemWeights(right=np.ascontiguousarray(weights, np.float32))


@dataclass(frozen=True, slots=True)
class Model:
    """One way to recommend.

    Attributes
    ----------
    name
        Stable: in files, at the terminal, in answers.
    weights
        Finds the item weights; None for what is popular, which needs none.
    most_items
        It takes at most so many.
    """

    name: str
    weights: Callable[[Interactions], ItemWeights] | None
    most_items: int | None = None


_ALL: Final = (
    Model("popular", None),
    Model("also_bought", also_bought),
    Model("item_cosine", item_cosine),
    Model("graph_filter", graph_filter),
    Model("ease", ease, MOST_ITEMS_WHOLE),
)

#: The models by name, the simplest first.
MODELS: Final = {model.name: model for model in _ALL}


def _gram(matrix: csr_array) -> csr_array:
    """Return items × items: the products of all pairs of columns."""
    return (matrix.T @ matrix).tocsr()


def _scaled_rows(matrix: csr_array) -> csr_array:
    """Return the matrix with each row divided by the root of its sum."""
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    factor = np.divide(1.0, np.sqrt(sums), out=np.zeros_like(sums), where=sums > 0)
    return (matrix * factor[:, None]).tocsr()


def _divided(together: csr_array, norms: NDArray[np.float64], shrink: float) -> csr_array:
    """Return what two items have together, by what each has, without what an item has with itself."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - takes a moment to load

    pairs = together.tocoo()
    apart = pairs.row != pairs.col
    row, column = pairs.row[apart], pairs.col[apart]
    below = norms[row] * norms[column] + shrink
    values = (pairs.data[apart] / below).astype(np.float32)
    return coo_array((values, (row, column)), shape=together.shape).tocsr()
