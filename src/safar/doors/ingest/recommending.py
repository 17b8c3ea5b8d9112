"""Items for the visitor of a page, told to the script that shows them: nothing is written, nothing is waited for.

Somebody's own items, and what he bought that speaks for them, are told where the company's server proves who he is; see
`customer_proof`. Everybody else is shown what many buy, or what goes with the item of the page: a list for one person
tells what he bought even without its reasons.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs
from uuid import uuid4

import msgspec

from safar.store.home import Home
from safar.store.keys import Key

from .customer_proof import check_signature
from .problems import RateLimited
from .rates import Rates

if TYPE_CHECKING:
    from safar.act.recommend.kept import KeptRecommenders

PATH: Final = "/i/recommendations"
_MOST: Final = 50
_USUAL: Final = 6
_THREADS: Final = 2
_MOST_FIELDS: Final = 12


class Asked(msgspec.Struct, frozen=True):
    """What a page asks for.

    Attributes
    ----------
    key
        The write key that stands in the page; empty where it came in a header.
    count, again
        At most so many items; whether those had before may come.
    item
        The item of the page; empty where it has none.
    customer, until, signature
        Whose list, and what proves it; empty for a visitor like any other.
    """

    key: str
    count: int
    again: bool
    item: str
    customer: str
    until: str
    signature: str

    @classmethod
    def of(cls, query: bytes) -> Asked:
        """Return what a query asks; what cannot be read is left out."""
        try:
            found = parse_qs(query.decode("ascii"), max_num_fields=_MOST_FIELDS)
        except ValueError:
            found = {}
        said = {name: values[0] for name, values in found.items()}
        count = said.get("count", "")
        return cls(
            said.get("key", ""),
            min(max(int(count), 1), _MOST)
            if count.isascii() and count.isdecimal() and len(count) < 4
            else _USUAL,
            said.get("again", "") == "1",
            *(said.get(name, "") for name in ("item", "customer", "until", "signature")),
        )


class Recommending:
    """Answers which items to show, from recommenders that are kept ready.

    Parameters
    ----------
    home
        Whose logs are learnt from.
    per_second
        How many requests a key may send.
    """

    def __init__(self, home: Home, per_second: float) -> None:
        self._home = home
        self._per_second = per_second
        self._rates = Rates()
        self._threads: ThreadPoolExecutor | None = None
        self._kept: KeptRecommenders | None = None

    async def answer(self, key: Key, asked: Asked, *, is_server: bool = False) -> bytes:
        """Return the items to show a visitor, as JSON; none as long as nothing is learnt.

        Parameters
        ----------
        is_server
            Whether a server of the company asks: it says who the customer is, and is believed.

        Raises
        ------
        RateLimited, SignatureRefused
        """
        wait = self._rates.whole_seconds_to_wait(key.key_id, self._per_second, time.monotonic())
        if wait:
            raise RateLimited(key.name, self._per_second, wait)
        customer = asked.customer
        if customer and not is_server:
            if asked.signature:
                check_signature(
                    self._home, key.workspace_id, customer, asked.until, asked.signature, now=time.time()
                )
            else:
                customer = ""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="safar-items")
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._body, key.workspace_id, customer, asked
        )

    def close(self) -> None:
        """End the threads."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _body(self, workspace_id: str, customer: str, asked: Asked) -> bytes:
        if self._kept is None:
            from safar.act.recommend.kept import KeptRecommenders  # noqa: PLC0415 - few sites show items

            self._kept = KeptRecommenders(in_background=True)
        log = self._home.log(workspace_id)
        found = self._kept.at_hand(
            workspace_id, log, customer, asked.count, again=asked.again, beside=asked.item
        )
        items: list[Mapping[str, str]] = [
            {
                "item": each.item,
                "name": each.title,
                "link": each.link,
                "picture": each.picture,
                "because": each.because_title,
            }
            for each in found
        ]
        return msgspec.json.encode({"decision": str(uuid4()), "items": items})
