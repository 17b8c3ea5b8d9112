"""The labels that have most of something, and who is behind a number of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from .behind import Adds, Cell, CellRefused
from .labels import EVERYTHING, Counted, Shape, key_of_text
from .lines import LabelCount
from .walk import mapped

if TYPE_CHECKING:
    from safar.store.paths import PathShard


@dataclass(frozen=True, slots=True)
class RankedLabels:
    """The labels with most of something.

    Attributes
    ----------
    total
        The counts of everything together.
    rows
        The text of a label and its counts, those with the largest first count first.
    different
        How many labels there are in all.
    """

    total: list[int]
    rows: tuple[tuple[str, list[int]], ...]
    different: int


def ranked_labels(
    shards: Sequence[PathShard],
    counted: Callable[[PathShard], Counted],
    asked: LabelCount,
    *,
    columns: int,
    most: int,
    executor: Executor | None,
) -> RankedLabels:
    """Return the labels with the largest first counts.

    Parameters
    ----------
    counted
        The counts of a shard by label, and of everything under `labels.EVERYTHING`.
    asked
        Whose texts are shown.
    columns
        How many counts each label has.
    most
        So many labels.
    """
    none = Counted(np.zeros(0, np.uint64), np.zeros((0, columns), np.int64))
    total, labels = reduce(Counted.merged, mapped(executor, counted, shards), none).parted()
    top = labels.top(most)
    texts = asked.texts(shards, top.keys, executor)
    rows = zip(top.keys.tolist(), top.rows.tolist(), strict=True)
    return RankedLabels(total, tuple((texts[key], counts) for key, counts in rows), len(labels.keys))


def adds_to_label(
    cell: Cell,
    shape: Shape,
    counted: Callable[[PathShard], Counted],
    *,
    numbers: Mapping[str, int],
    noun: str,
) -> Adds:
    """Return whether persons are behind a number: ``label`` (everything, where it is not said), and ``number``, one of
    ``numbers`` (the first, where it is not said).

    Parameters
    ----------
    numbers
        By name, the column of the counts.
    noun
        What a label is, for the message.

    Raises
    ------
    CellRefused
    """
    column = numbers.get(str(cell.get("number", next(iter(numbers)))))
    if column is None:
        raise CellRefused(
            f"A {noun} has no number {cell.get('number')!r}.", hint=f"Ask for one of {', '.join(numbers)}."
        )
    key = key_of_text(str(cell["label"] or ""), shape) if "label" in cell else EVERYTHING
    return lambda shard: bool(counted(shard).count(key, column))
