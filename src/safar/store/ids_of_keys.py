"""Which customer ids the keys of persons stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .heads import Heads
from .parts import customer_keys
from .tail import View


def ids_of_keys(
    keys: NDArray[np.uint64], heads: Heads, view: View, aliases: Sequence[tuple[str, str]]
) -> dict[int, str]:
    """Return the id of each key that is known; ``aliases`` are pairs of an id and the id its person goes by.

    Raises
    ------
    FileNotFoundError
        A part of ``view`` has been merged away: take a new view.
    """
    known: dict[int, str] = {}

    def learn(ids: pa.Array) -> None:
        known.update(zip(customer_keys(ids).tolist(), ids.to_pylist(), strict=True))

    persons = sorted({person for _, person in aliases})
    if persons:
        learn(pa.array(persons, pa.string()))
    wanted = set(keys.tolist())
    if view.tail.num_rows:
        learn(pc.unique(view.tail.column("customer_id")))
    for head in heads.of(view.snapshot):
        missing = np.array(sorted(wanted - known.keys()), np.uint64)
        if not len(missing):
            break
        places = head.customers(missing)
        if len(places):
            rows = head.index.starts[places].astype(np.int64)
            learn(heads.read_rows(head, rows, ["customer_id"]).column("customer_id").combine_chunks())
    return {key: known[key] for key in wanted & known.keys()}
