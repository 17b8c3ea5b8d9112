"""Who sends, without knowing who: digests for rates and for duplicates, never an address.

A visitor is the digest of a network address and a browser, keyed with a salt that is drawn anew each day and thrown
away with it: on the next day nobody can tell any more whether two responses came from one place.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import date
from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from safar.doors.web.api.rates import Rates
from safar.doors.web.members.throttle import network_of

from .models import Response, Salt

#: Pages that one network may send to one survey: a class or a shop behind one address answers at once.
_SENDING: Final = Rates(per_second=5, burst=150)
#: Addresses that lead nowhere, tried from one network.
_GUESSING: Final = Rates(per_second=0.2, burst=30)
_lock: Final = threading.Lock()
_kept: dict[date, str] = {}


def visitor_of(request: HttpRequest) -> str:
    """Return the digest of who sends, the same for one browser on one day."""
    browser = request.headers.get("User-Agent", "")
    return _digest(f"{_network(request)}\n{browser}")


def seconds_to_wait(request: HttpRequest, link: str) -> int:
    """Count a page that is sent to a link; return 0, or how many seconds its sender has to wait."""
    return _SENDING.wait((link, _digest(_network(request))))


def guesses(request: HttpRequest) -> int:
    """Count an address that leads nowhere; return 0, or how many seconds its asker has to wait."""
    return _GUESSING.wait(_digest(_network(request)))


def guessed_too_often(request: HttpRequest) -> int:
    """Return 0, or how many seconds this network is not answered for the addresses that it tried."""
    return _GUESSING.seconds_until_one(_digest(_network(request)))


def forget_days() -> int:
    """Throw away the salts of other days, and the digests that were made with them; return of how many responses."""
    today = timezone.now().date()
    Salt.objects.exclude(day=today).delete()
    return Response.objects.filter(started_at__date__lt=today).exclude(visitor="").update(visitor="")


def _network(request: HttpRequest) -> str:
    return network_of(str(request.META.get("REMOTE_ADDR", "")))


def _digest(text: str) -> str:
    salt = _salt(timezone.now().date())
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16, key=salt.encode()).hexdigest()


def _salt(day: date) -> str:
    """Return the salt of a day: one for all processes."""
    with _lock:
        if day not in _kept:
            row, _ = Salt.objects.get_or_create(day=day, defaults={"salt": secrets.token_hex(24)})
            _kept.clear()
            _kept[day] = row.salt
        return _kept[day]
