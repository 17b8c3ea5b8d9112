"""The order in which one respondent sees what is shuffled: by chance, and the same whenever he looks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def shuffled(
    items: Sequence[Item],
    *,
    seed: int,
    place: str,
    name: Callable[[Item], str],
    stays: Callable[[Item], bool] = lambda _: False,
) -> tuple[Item, ...]:
    """Return items in an order that the seed decides; those that stay keep their places.

    Parameters
    ----------
    seed
        The respondent's.
    place
        What is shuffled, such as the id of a question: two questions are shuffled unlike each other.
    name
        The id of an item. The order hangs on the ids alone: words may be changed, and an item may go or come without
        moving the others against each other.

    Notes
    -----
    Items are sorted by a digest (BLAKE2b, RFC 7693) of seed, place and id: each order is as likely as another, and no
    version of Python changes it.
    """

    def rank(item: Item) -> bytes:
        return hashlib.blake2b(f"{seed}\0{place}\0{name(item)}".encode(), digest_size=8).digest()

    moving = iter(sorted((item for item in items if not stays(item)), key=rank))
    return tuple(item if stays(item) else next(moving) for item in items)
