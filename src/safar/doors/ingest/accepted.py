"""The events of a request on their way to the log.

Structs of msgspec, because a request makes one of each and they cost a fraction of a dataclass.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal


class Accepted(msgspec.Struct, gc=False):
    """The events of one request that are accepted: a list a field, equal lengths.

    ``occurred_at`` in microseconds UTC, ``amounts`` in minor units; ``received_at`` and ``source`` hold for all, and so
    does ``channels`` where it is one text. ``amounts`` and ``currencies`` are None where no event has an amount.
    """

    received_at: int
    source: str
    message_ids: list[str] = []
    customers: list[str] = []
    names: list[str] = []
    occurred_at: list[int] | NDArray[np.int64] = []
    channels: list[str] | str = []
    amounts: list[int] | None = None
    currencies: list[str] | None = None
    properties: list[bytes] = []

    def __len__(self) -> int:
        return len(self.message_ids)


class Judged(msgspec.Struct, frozen=True, gc=False):
    """The verdict on a request: what is accepted, how many came twice in it, why which index was refused."""

    accepted: Accepted
    duplicates: int
    rejected: dict[int, Refusal]


class Terms(msgspec.Struct, frozen=True, gc=False):
    """What holds for all events of a request.

    Attributes
    ----------
    received_at
        Microseconds UTC.
    source, channel
        Of the key.
    currency
        The workspace's, for a revenue that names none.
    is_public
        Whether anybody can read the key, in a page of a site.
    """

    received_at: int
    source: str
    channel: str
    currency: str
    is_public: bool = False
