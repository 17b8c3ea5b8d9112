"""How long a cell of a CSV may be. The standard library keeps one limit for all threads of a process."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

#: Of a file whose cells may have any length, such as Safar's own files of rejected rows.
ANY_LENGTH: Final = sys.maxsize
_turn: Final = RLock()


@contextmanager
def longest_cell(characters: int) -> Iterator[None]:
    """Let nobody but this thread read CSV in this way, with cells of at most so many characters.

    For a piece of a file at a time: others wait. The limit that was in force before is so again afterwards.

    >>> with longest_cell(2):
    ...     list(csv.reader(["ab,c"]))
    [['ab', 'c']]
    """
    with _turn:
        before = csv.field_size_limit(characters)
        try:
            yield
        finally:
            csv.field_size_limit(before)
