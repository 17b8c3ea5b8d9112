"""One request to a webhook: what may be an address of one, and what became of a request.

Every address of a name must be a public one, unless an owner of the workspace has consented to private ones.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import SplitResult

from safar.doors.web.outward import Number, is_nobodys, is_public, number_of, post, web_address

from .errors import AddressPrivate, WebhookRefused

#: From the first byte to the last.
MOST_SECONDS = 15.0
TIMEOUT_SECONDS: Final = 10.0
#: Of the answer, so much is read and kept.
MOST_ANSWER: Final = 2_000
_LONGEST_URL: Final = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a request.

    Attributes
    ----------
    status
        Of HTTP; 0 where there was no answer.
    answer
        Its beginning, or what went wrong.
    seconds
        How long it took.
    """

    status: int
    answer: str
    seconds: float

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it: any status of 200 to 299."""
        return 200 <= self.status < 300


def checked_url(url: str, *, allows_private: bool) -> SplitResult:
    """Return the parts of an address that Safar may send to, as far as can be told without asking a name server.

    Raises
    ------
    WebhookRefused
        It is no address of the web, is too long, names a user, or is not encrypted on its way through the internet.
    AddressPrivate
        It is the number of a machine in a private network.
    """
    parts = web_address(url, longest=_LONGEST_URL)
    if parts is None:
        raise WebhookRefused(
            f"{url[:80]!r} is no address to send to.",
            hint="Write it as https://example.com/safar, without a password.",
        )
    if parts.scheme == "http" and not allows_private:
        raise WebhookRefused(
            "An address on the internet must begin with https://.",
            hint="Only a private network may do without.",
        )
    host = parts.hostname or ""
    try:
        number = number_of(host)
    except ValueError:
        return parts
    _check(host, number, allows_private=allows_private)
    return parts


def send(url: str, body: bytes, headers: Mapping[str, str], *, allows_private: bool) -> Sent:
    """Send a body by POST; return what became of it. Nothing is raised for what the network does."""
    started = time.monotonic()
    try:
        parts = checked_url(url, allows_private=allows_private)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        check = partial(_check, allows_private=allows_private)
        status, said = post(
            parts, path, body, headers, check, timeout=TIMEOUT_SECONDS, longest=MOST_SECONDS, most=MOST_ANSWER
        )
        answer = said.decode("utf-8", "replace").replace("\x00", "")
    except (WebhookRefused, AddressPrivate) as refusal:
        status, answer = 0, refusal.code
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        status, answer = 0, type(error).__name__
    return Sent(status, answer, time.monotonic() - started)


def _check(address: str, number: Number, *, allows_private: bool) -> None:
    """Refuse an address that is not for everybody: private, of this machine, of the link, of a group.

    Raises
    ------
    AddressPrivate
    """
    if is_nobodys(number) or (not is_public(number) and not allows_private):
        raise AddressPrivate(
            f"{address} is no address of the internet.",
            hint="An owner of the workspace may consent to private addresses.",
            address=address,
        )
