"""The events of a request on their way to the log."""

from __future__ import annotations

from dataclasses import dataclass, field

from safar.vocabulary.errors import Refusal


@dataclass(slots=True)
class Accepted:
    """The events of one request that are accepted: a list a field, equal lengths.

    ``occurred_at`` in microseconds UTC, ``amounts`` in minor units; ``received_at`` and ``source`` hold for all.
    """

    received_at: int
    source: str
    message_ids: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    occurred_at: list[int] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    properties: list[bytes] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.message_ids)


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a request: what is accepted, how many came twice in it, why which index was refused."""

    accepted: Accepted
    duplicates: int
    rejected: dict[int, Refusal]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all events of a request.

    Attributes
    ----------
    received_at
        Microseconds UTC.
    source, channel
        Of the key.
    currency
        The workspace's, for a revenue that names none.
    """

    received_at: int
    source: str
    channel: str
    currency: str
