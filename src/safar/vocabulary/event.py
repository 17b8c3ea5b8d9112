"""The event: what happened to a customer, once, at an instant.

`EventColumns` is how many events travel together through Safar: a column a field, equal lengths. The ingest
door, the file importer and the simulated company all make them; the log keeps them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import Fault

EVENT_ID_BYTES: Final = 16

#: Event names that the Segment spec's calls become. Every other name is the company's own.
IDENTIFY: Final = "identify"
ALIAS: Final = "alias"
GROUP: Final = "group"
PAGE: Final = "page"
SCREEN: Final = "screen"

#: Property that an `identify` event carries beside the traits: the anonymous id that is now known. Where it equals the
#: event's customer, the visitor told something but not yet who he is.
ANONYMOUS_ID: Final = "$anonymous_id"
#: Property that an `alias` event carries: the id the customer had before.
PREVIOUS_ID: Final = "$previous_id"


class ColumnsMismatch(Fault, ValueError):
    """Columns of one batch differ in length."""

    code = "event.columns_mismatch"


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column as a dictionary, for few distinct texts: row ``i`` reads ``values[codes[i]]``."""

    codes: NDArray[np.int32]
    values: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return (self.values[code] for code in self.codes.tolist())


def constant(text: str, count: int) -> Coded:
    """Return a column of ``count`` rows that all read ``text``."""
    return Coded(np.zeros(count, dtype=np.int32), [text])


#: A text column, plain or coded. No row is None: an absent text is the empty string.
Texts = Sequence[str] | Coded


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Events side by side, a column a field, in order of arrival.

    Attributes
    ----------
    event_id
        ``uint8`` of shape (n, 16). The idempotency key: a second event with the same id is the same event.
    customer_id
        Whose event. Never empty.
    event_name
        What happened, in the company's words. Never empty.
    occurred_at, received_at
        ``int64`` of shape (n,), microseconds since 1970-01-01 UTC.
    channel
        Where: ``web``, ``app``, ``store``, ``phone``, … or empty.
    source
        Which key or import brought it.
    amount
        ``int64`` of shape (n,), minor units of ``currency``; 0 where ``currency`` is empty (no amount).
    currency
        ISO 4217 code, or empty: this event has no amount.
    properties
        One JSON object per row, as text or UTF-8 bytes; ``{}`` when there are none.
    """

    event_id: NDArray[np.uint8]
    customer_id: Texts
    event_name: Texts
    occurred_at: NDArray[np.int64]
    received_at: NDArray[np.int64]
    channel: Texts
    source: Texts
    amount: NDArray[np.int64]
    currency: Texts
    properties: Sequence[str] | Sequence[bytes] | Coded

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in self.__slots__}
        if len(set(lengths.values())) > 1:
            raise ColumnsMismatch(
                f"The columns of one batch differ in length: {lengths}.", lengths=dict(lengths)
            )

    def __len__(self) -> int:
        return len(self.occurred_at)


class EventSink(Protocol):
    """Where events go. Two implementations: the log's writer, and a list for a dry run."""

    def append(self, columns: EventColumns) -> None:
        """Take the events; they are durable only after `sync`."""

    def sync(self) -> None:
        """Return when everything appended so far is on disk."""


def new_event_ids(count: int) -> NDArray[np.uint8]:
    """Return ``count`` random event ids, shape (count, 16)."""
    return np.frombuffer(os.urandom(EVENT_ID_BYTES * count), dtype=np.uint8).reshape(count, EVENT_ID_BYTES)


def stable_event_id(*parts: str) -> bytes:
    """Return the 16 bytes that always stand for the same parts: the key of an idempotent import.

    Source: BLAKE2b (RFC 7693) with a 16-byte digest; parts are length-prefixed, so ("ab", "c") differs from
    ("a", "bc").
    """
    digest = hashlib.blake2b(digest_size=EVENT_ID_BYTES)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.digest()


def event_ids_from_texts(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return the 16-byte ids of ``texts``, shape (n, 16): a UUID is its own bytes, any other text its stable
    digest.

    Parameters
    ----------
    texts
        Ids as clients send them: ``"6f9619ff-8b86-d011-b42d-00cf4fc964ff"``, ``"node-next-1700…"``, ``"17"``.
    """
    count = len(texts)
    uuids = _all_uuids(texts)
    if uuids is not None:
        return uuids
    packed = b"".join(map(_event_id_from_text, texts))
    return np.frombuffer(packed, dtype=np.uint8).reshape(count, EVENT_ID_BYTES)


def _all_uuids(texts: Sequence[str]) -> NDArray[np.uint8] | None:
    """Return the ids at one go when every text is a UUID, else None."""
    joined = "".join(texts)
    if not joined.isascii() or not set(map(len, texts)) <= {36}:
        return None
    letters = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, 36)
    if not all((letters[:, place] == ord("-")).all() for place in (8, 13, 18, 23)):
        return None
    try:
        packed = bytes.fromhex(joined.replace("-", ""))
    except ValueError:
        return None
    if len(packed) != EVENT_ID_BYTES * len(texts):
        return None
    return np.frombuffer(packed, dtype=np.uint8).reshape(-1, EVENT_ID_BYTES)


def _event_id_from_text(text: str) -> bytes:
    if len(text) == 36 and text.isascii() and text[8] == text[13] == text[18] == text[23] == "-":
        try:
            compact = bytes.fromhex(text.replace("-", ""))
        except ValueError:
            return stable_event_id(text)
        if len(compact) == EVENT_ID_BYTES:
            return compact
    return stable_event_id(text)
