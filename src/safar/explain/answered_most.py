"""Which questions are answered most: what stands for satisfaction where nobody names a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from safar.listen.answer_rows import scored_keys
from safar.listen.surveys import QUESTION

if TYPE_CHECKING:
    from safar.store.extracts import Rows


def answered_most(rows: Rows, *, most: int) -> tuple[str, ...]:
    """Return the question keys that have scores, those with most answers first.

    Parameters
    ----------
    rows
        As `safar.listen.answer_rows.all_answers` gives them.
    most
        So many at most.
    """
    keys = rows.fields[QUESTION]
    counts = np.bincount(keys.values, minlength=len(keys.texts))
    found = sorted(scored_keys(rows), key=lambda key: -int(counts[keys.texts.index(key)]))
    return tuple(found[:most])
