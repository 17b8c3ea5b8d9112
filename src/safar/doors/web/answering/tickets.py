"""What a page of a survey carries so that nothing needs to be kept before the first answer: whose page it is.

A ticket is signed, so that the time a response began, and what its link brought along, are as we said them. Opening a
link keeps nothing and sets no cookie: programs that look at the links of a mail leave no trace.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.core import signing
from django.utils import timezone

from .places import ONCE, WIDGET, Place, kept_of

_SALT: Final = "safar.answering.ticket"
_BYTES: Final = 16
#: As the collector makes them: nobody guesses one, so nobody answers in a customer's name.
_VISITOR: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A response that may begin.

    Attributes
    ----------
    public_id
        What it will be called.
    version
        Of the survey.
    started_at
        When its first page was opened, as we saw it.
    hidden
        Fields that the link or the address brought along.
    visitor
        Whose path on the site around the answers join, where a widget says so: an id that nothing proves.
    """

    public_id: str
    version: int
    started_at: datetime
    hidden: Mapping[str, str]
    visitor: str = ""

    @property
    def seed(self) -> int:
        """What decides the order of what is shuffled: the same for one response, whoever asks."""
        return seed_of(self.public_id)


def new_ticket(place: Place, query: Mapping[str, str]) -> Ticket:
    """Return the ticket of who opens a place now.

    A link for one response alone gives the same response to whoever opens it, whenever.

    Parameters
    ----------
    query
        Of the address: fields that the survey names are brought along.
    """
    public_id = _derived(place.token) if place.kind == ONCE else new_id()
    named = {each.name for each in place.survey.hidden}
    brought = {name: value[:400] for name, value in query.items() if name in named}
    visitor = query.get("visitor", "") if place.kind == WIDGET else ""
    if not _VISITOR.fullmatch(visitor):
        visitor = ""
    return Ticket(public_id, place.version, timezone.now(), {**brought, **place.hidden}, visitor)


def told(ticket: Ticket, place: Place) -> str:
    """Return a ticket as a page carries it."""
    started = ticket.started_at.timestamp()
    data = [ticket.public_id, ticket.version, started, dict(ticket.hidden), ticket.visitor]
    return signing.dumps(data, salt=_salt(place.link), compress=True)


def read(text: str, place: Place) -> Ticket | None:
    """Return the ticket that a page of this place carried; None where it is not one of ours."""
    try:
        public_id, version, started, hidden, visitor = signing.loads(text, salt=_salt(place.link))
    except (signing.BadSignature, ValueError):
        return None
    return Ticket(public_id, version, datetime.fromtimestamp(started, UTC), hidden, visitor)


def is_of_token(text: str, token: str) -> bool:
    """Return whether a page carried this ticket that a token once opened: told without looking the token up."""
    try:
        signing.loads(text, salt=_salt(kept_of(token)))
    except (signing.BadSignature, ValueError):
        return False
    return True


def new_id() -> str:
    """Return an id that nobody guesses."""
    return _text(secrets.token_bytes(_BYTES))


def derived_id(place: Place, name: str) -> str:
    """Return the id of a response that another has named, such as a kiosk that was offline: the same each time."""
    return _derived(f"{place.token}/{name}")


def seed_of(public_id: str) -> int:
    """Return the seed of a response.

    >>> seed_of("a") == seed_of("a"), 0 <= seed_of("b") < 2**32
    (True, True)
    """
    return int.from_bytes(hashlib.blake2b(public_id.encode(), digest_size=4).digest())


def _salt(link: str) -> str:
    return f"{_SALT}/{link}"


def _derived(name: str) -> str:
    keyed = hashlib.blake2b(name.encode(), digest_size=_BYTES, key=settings.SECRET_KEY.encode()[:64])
    return _text(keyed.digest())


def _text(random: bytes) -> str:
    """Return 16 bytes as 22 letters that stand in an address."""
    return signing.b64_encode(random).decode()
