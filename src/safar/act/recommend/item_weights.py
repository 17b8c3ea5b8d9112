"""Item weights: what every model here comes to – how much each item a customer had to do with speaks for each other.

All of them are linear: the scores of a customer are the row of his history times one matrix, items × items. So a score
takes apart into its reasons exactly, a customer who came a minute ago is scored like any other, and a model is a few
arrays. Models differ in how the matrix is found, and in how it is held: sparse, whole, or a product of two thin ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Thin = NDArray[np.float32]

#: A matrix of more items than these is never held whole: memory grows with the square, an inverse with the cube.
MOST_ITEMS_WHOLE: Final = 6_000
#: A sparse matrix with so many of its cells is no smaller than a whole one by much, and slower.
_DENSE: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class ItemWeights:
    """A matrix items × items: ``sparse + left @ right``; each part may be missing.

    Attributes
    ----------
    sparse
        ``float32``.
    left, right
        ``float32`` of shapes (items, rank) and (rank, items). ``left`` None with a ``right``: that is the whole matrix.
    """

    sparse: csr_array | None = None
    left: Thin | None = None
    right: Thin | None = None

    def scores(self, histories: csr_array) -> NDArray[np.float64]:
        """Return the scores of customers, shape (customers, items), from their histories of the same shape."""
        found: NDArray[np.float64] = np.zeros(histories.shape)
        # in the precision of the weights: a product of unlike ones would copy all of them first
        had = histories.astype(np.float32)
        if self.sparse is not None:
            found += (had @ self.sparse).toarray()
        if self.right is not None:
            seen = had if self.left is None else had @ self.left
            found += seen @ self.right
        return found

    def parts(self, items: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much each of some items speaks for each target, shape (items, targets)."""
        found: NDArray[np.float64] = np.zeros((len(items), len(targets)))
        if self.sparse is not None:
            found += self.sparse[items][:, targets].toarray()
        if self.right is not None:
            if self.left is None:
                found += self.right[np.ix_(items, targets)]
            else:
                found += self.left[items] @ self.right[:, targets]
        return found

    def beside(self, item: int) -> NDArray[np.float64]:
        """Return how much one item speaks for every other, shape (items,)."""
        found: NDArray[np.float64] = np.zeros(self.size)
        if self.sparse is not None:
            found += self.sparse[[item]].toarray()[0]
        if self.right is not None:
            found += self.right[item] if self.left is None else self.left[item] @ self.right
        return found

    def held(self) -> ItemWeights:
        """Return the same, as one whole matrix where that is smaller or nearly so."""
        if self.sparse is None or self.size > MOST_ITEMS_WHOLE or self.sparse.nnz < _DENSE * self.size**2:
            return self
        whole = self.sparse.toarray()
        if self.right is not None and self.left is not None:
            whole += self.left @ self.right
        return ItemWeights(right=whole)

    @property
    def size(self) -> int:
        """How many items there are."""
        held: Any = self.sparse if self.sparse is not None else self.right
        return int(held.shape[1])
