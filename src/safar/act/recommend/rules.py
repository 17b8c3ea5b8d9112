"""Rules: which items may be shown, whatever a model thinks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .interactions import InteractionsRefused


@dataclass(frozen=True, slots=True)
class Rules:
    """Which items may be shown.

    Parameters
    ----------
    again
        Whether items that the customer has had already may come again: yes for groceries, no for furniture.
    in_stock
        Only these; all when None.
    never
        Never these: withdrawn, not for everybody, or advertised elsewhere.
    most_of_a_group
        At most so many of one group (category) among those shown; any number when None.
    on
        The day they are shown on: items sold more at this time of the year move up; None leaves the season out.

    Raises
    ------
    InteractionsRefused
    """

    again: bool = field(default=False, kw_only=True)
    in_stock: frozenset[str] | None = field(default=None, kw_only=True)
    never: frozenset[str] = field(default=frozenset(), kw_only=True)
    most_of_a_group: int | None = field(default=None, kw_only=True)
    on: date | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.most_of_a_group is not None and self.most_of_a_group < 1:
            raise InteractionsRefused(
                f"At most {self.most_of_a_group} of a group leaves nothing to show.", hint="Allow 1 or more."
            )

    def allowed(self, items: Sequence[str]) -> NDArray[np.bool_]:
        """Return for each item whether it may be shown to anybody."""
        found = np.ones(len(items), np.bool_)
        if self.in_stock is not None:
            found &= np.fromiter((item in self.in_stock for item in items), np.bool_, len(items))
        if self.never:
            found &= np.fromiter((item not in self.never for item in items), np.bool_, len(items))
        return found


ANYTHING_NEW = Rules()


def spread_over_groups(
    ordered: NDArray[np.int64], groups: Sequence[str | None], most: int, k: int
) -> NDArray[np.int64]:
    """Return the first ``k`` of ordered items with at most so many of one group; items of no group are not limited.

    Where too few are left the best of those passed over fill up, so that nobody is shown an emptier list.

    Examples
    --------
    >>> spread_over_groups(np.array([0, 1, 2, 3]), ["tea", "tea", "cup", None], 1, 3).tolist()
    [0, 2, 3]
    """
    taken: list[int] = []
    over: list[int] = []
    counts: dict[str, int] = {}
    for item in ordered.tolist():
        group = groups[item]
        if group is not None and counts.get(group, 0) >= most:
            over.append(item)
            continue
        if group is not None:
            counts[group] = counts.get(group, 0) + 1
        taken.append(item)
        if len(taken) == k:
            break
    return np.array((taken + over)[:k], np.int64)


def groups_of(items: Sequence[str], groups: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the group of each item, None where none is known."""
    return tuple(groups.get(item) for item in items)
