"""Events of a block, gathered a kind at a time, until they become columns in order of customer and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from safar.vocabulary.event import Coded, EventColumns, constant

from .chance import Chance, Flags, Ints

#: Every name the company's events go by, and every channel.
EVENT_NAMES: Final = (
    "alias",
    "campaign_clicked",
    "campaign_opened",
    "campaign_sent",
    "cart_added",
    "cart_viewed",
    "checkout_started",
    "conversation_handed_over",
    "conversation_reopened",
    "conversation_resolved",
    "conversation_started",
    "coupon_redeemed",
    "experiment_viewed",
    "identify",
    "message_received",
    "message_sent",
    "order_delivered",
    "order_placed",
    "order_returned",
    "order_shipped",
    "page",
    "payment_failed",
    "payment_started",
    "product_viewed",
    "referral_made",
    "screen",
    "search_performed",
    "store_visited",
    "survey_answered",
    "survey_sent",
    "wishlist_added",
)
CHANNELS: Final = ("", "web", "app", "store", "phone", "chat", "email", "sms", "social", "courier")
SOURCE: Final = "demo"

_EVENT_CODE: Final = {name: code for code, name in enumerate(EVENT_NAMES)}
_CHANNEL_CODE: Final = {name: code for code, name in enumerate(CHANNELS)}
_EMPTY: Final = "{}"
#: Numbers of a block's events that are counted apart begin here.
_APART: Final = 1 << 31


_encoder: Final = msgspec.json.Encoder()


def as_json(properties: Mapping[str, object]) -> str:
    """Return properties as a JSON object."""
    return _encoder.encode(properties).decode()


def event_code(name: str) -> int:
    """Return the place of an event name."""
    return _EVENT_CODE[name]


def channel_codes(names: Sequence[str]) -> Ints:
    """Return the places of channels."""
    return np.array([_CHANNEL_CODE[name] for name in names], dtype=np.int64)


class TextPool:
    """The distinct texts of one block's properties; a row holds a place in it.

    Parameters
    ----------
    known
        Texts that were rendered for earlier blocks, by kind and key; kept by the caller and grown here.
    """

    EMPTY: Final = 0

    def __init__(self, known: dict[tuple[str, int], str]) -> None:
        self.values: list[str] = [_EMPTY]
        self._known = known
        self._codes: dict[tuple[str, int], int] = {}

    def each(self, texts: Sequence[str]) -> Ints:
        """Take texts that occur once, and return their places."""
        first = len(self.values)
        self.values.extend(texts)
        return np.arange(first, len(self.values), dtype=np.int64)

    def keyed(self, kind: str, keys: Ints, render: Callable[[int], str]) -> Ints:
        """Return the places of texts that follow from a small whole number, rendering each but once.

        Parameters
        ----------
        kind
            What the keys are keys of.
        keys
            Not negative; up to some millions.
        render
            Text of one key.
        """
        if not len(keys):
            return keys
        used = np.flatnonzero(np.bincount(keys))
        table = np.empty(int(used[-1]) + 1, dtype=np.int64)
        table[used] = [self._code(kind, key, render) for key in used.tolist()]
        return table[keys]

    def _code(self, kind: str, key: int, render: Callable[[int], str]) -> int:
        address = (kind, key)
        code = self._codes.get(address)
        if code is None:
            text = self._known.get(address)
            if text is None:
                text = self._known[address] = render(key)
            code = self._codes[address] = len(self.values)
            self.values.append(text)
        return code


class Sheet:
    """Events of one block.

    Parameters
    ----------
    texts
        Where their properties stand.
    currencies
        Codes that `add` may name by place + 1; 0 is no amount.
    """

    def __init__(self, texts: TextPool, currencies: Sequence[str]) -> None:
        self.texts = texts
        self._currencies = ("", *currencies)
        self._parts: list[tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints, Flags]] = []

    def add(
        self,
        event: str | Ints,
        who: Ints,
        at: Ints,
        channel: str | Ints,
        properties: Ints | int = TextPool.EMPTY,
        *,
        amount: Ints | int = 0,
        currency: Ints | int = 0,
        is_apart: bool = False,
    ) -> None:
        """Take events of one kind, or of several where ``event`` holds codes.

        Parameters
        ----------
        who
            Row of the person in the block.
        at
            Microseconds.
        properties
            Places in the texts.
        currency
            Place of the currency + 1, 0 for no amount.
        is_apart
            Numbered by themselves, so that ids and delays of all other events are the same without them.
        """
        count = len(who)
        if not count:
            return
        events = event_code(event) if isinstance(event, str) else event
        channels = _CHANNEL_CODE[channel] if isinstance(channel, str) else channel
        self._parts.append(
            (
                who,
                at,
                np.broadcast_to(events, count),
                np.broadcast_to(channels, count),
                np.broadcast_to(properties, count),
                np.broadcast_to(amount, count),
                np.broadcast_to(currency, count),
                np.broadcast_to(np.bool_(is_apart), count),
            )
        )

    def columns(
        self,
        until: int,
        customer_ids: Callable[[Ints, Ints, Ints], Coded],
        chance: Chance,
        block: int,
    ) -> EventColumns:
        """Return the events before ``until``, by person and time; equal times in the order they were added.

        Parameters
        ----------
        until
            End of the history, microseconds.
        customer_ids
            From person, instant and channel of each row to the id it went by then.
        block
            Part of the event ids: the n-th event of a block always has the same id, and the n-th of those apart.
        """
        who, at, event, channel, text, amount, currency, apart = (
            np.concatenate(column) for column in zip(*self._parts, strict=True)
        )
        inside = np.flatnonzero(at < until)
        inside = inside[np.lexsort((at[inside], who[inside]))]
        who, at, channel = who[inside], at[inside], channel[inside]
        counted = np.cumsum(apart[inside])
        rows = np.arange(len(inside), dtype=np.int64)
        place = np.where(apart[inside], _APART + counted - 1, rows - counted)
        address = place + (np.int64(block) << 32)
        event_id = np.stack(
            [chance.words("event id", address), chance.words("event id, low", address)], axis=1
        )
        return EventColumns(
            event_id=event_id.astype(">u8").view(np.uint8).reshape(-1, 16),
            customer_id=customer_ids(who, at, channel),
            event_name=Coded(event[inside].astype(np.int32), EVENT_NAMES),
            occurred_at=at,
            received_at=np.minimum(at + _delay(chance, address, channel), until),
            channel=Coded(channel.astype(np.int32), CHANNELS),
            source=constant(SOURCE, len(rows)),
            amount=amount[inside],
            currency=Coded(currency[inside].astype(np.int32), self._currencies),
            properties=Coded(text[inside].astype(np.int32), self.texts.values),
        )


_APP: Final = _CHANNEL_CODE["app"]
_OFFLINE_SHARE: Final = 0.015
_OFFLINE_US: Final = 6 * 3_600_000_000


def _delay(chance: Chance, address: Ints, channel: Ints) -> Ints:
    """Return how long events take to arrive: a moment, or hours from an app that was offline."""
    uniform = chance.uniform("delay", address)
    moment = (80_000 + 2_500_000 * uniform**3).astype(np.int64)
    # the last stretch of the unit interval, spread again over it
    offline = np.maximum(uniform - (1.0 - _OFFLINE_SHARE), 0.0) / _OFFLINE_SHARE * _OFFLINE_US
    return np.where((channel == _APP) & (offline > 0.0), offline.astype(np.int64), moment)
