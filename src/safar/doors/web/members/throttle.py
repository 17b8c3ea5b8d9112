"""How often somebody may try: attempts that fail in a row wait longer and longer, and never for ever.

The count is kept in the database, so it holds over several processes. An attempt is counted before it is looked at:
many at once get no further than one after another. An attempt that comes too early is refused unseen and counts for
nothing, so nobody makes another wait longer by asking more often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .errors import AttemptsWait
from .models import Attempts

#: Who made no mistake for so long starts anew.
FORGOTTEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How patient one kind of door is.

    Attributes
    ----------
    kind
        Of what the key names: an account, a network address, …
    free
        So many attempts may fail without waiting.
    first
        The wait after the next failure; each further one doubles it.
    longest
        No wait is longer.
    """

    kind: str
    free: int
    first: timedelta
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """Return how long the next attempt waits after so many failures in a row."""
        if failures < self.free:
            return timedelta(0)
        doublings = min(failures - self.free, 32)
        return min(self.first * (1 << doublings), self.longest)


#: From a browser that the member never signed in with.
ACCOUNT: Final = Limit("account", 5, timedelta(seconds=15), timedelta(minutes=15))
#: From a browser that he signed in with before: strangers cannot make it wait.
DEVICE: Final = Limit("device", 5, timedelta(seconds=15), timedelta(minutes=15))
#: All accounts tried from one network address; an office may share it.
ADDRESS: Final = Limit("address", 30, timedelta(seconds=15), timedelta(hours=1))
#: Codes of the second factor, and passwords asked for again.
CODE: Final = Limit("code", 5, timedelta(seconds=15), timedelta(minutes=15))
#: Mails that set a new password.
RESET: Final = Limit("reset", 3, timedelta(minutes=5), timedelta(hours=2))
RESET_ADDRESS: Final = Limit("reset address", 10, timedelta(minutes=1), timedelta(hours=1))


def take(*asked: tuple[Limit, str], now: datetime | None = None) -> None:
    """Count an attempt as failed under each limit, before it is looked at; `forgive` undoes it when it succeeds.

    Raises
    ------
    AttemptsWait
        One of them still waits; nothing was counted. ``seconds`` says how long.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Attempts.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
        rows = [(limit, _row(limit, name, now)) for limit, name in asked]
        until = max((row.waits_until for _, row in rows), default=now)
        if until > now:
            raise AttemptsWait(
                "Too many attempts failed.",
                hint="Wait, then try again.",
                seconds=math.ceil((until - now).total_seconds()),
            )
        for limit, row in rows:
            row.count += 1
            row.last_at = now
            if wait := limit.wait_after(row.count):
                row.waits_until = now + wait
            row.save(update_fields=["count", "last_at", "waits_until"])


def forgive(*succeeded: tuple[Limit, str], one_of: Sequence[tuple[Limit, str]] = ()) -> None:
    """Forget the failures of what succeeded; of what is shared with others, take back only this attempt."""
    Attempts.objects.filter(key_digest__in=[_digest(limit, name) for limit, name in succeeded]).delete()
    for limit, name in one_of:
        Attempts.objects.filter(key_digest=_digest(limit, name)).update(
            count=Greatest(F("count") - 1, 0), waits_until=timezone.now()
        )


@lru_cache(4_096)
def network_of(address: str) -> str:
    """Return what is counted for a network address: of IPv6 the 64 bits that one line has, for it may use all of them.

    >>> network_of("2001:db8:1:2:3::4"), network_of("::ffff:192.0.2.1"), network_of("192.0.2.1")
    ('2001:db8:1:2::/64', '192.0.2.1', '192.0.2.1')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))


def _row(limit: Limit, name: str, now: datetime) -> Attempts:
    first = {"last_at": now, "waits_until": now - FORGOTTEN_AFTER}
    while True:
        row, _ = Attempts.objects.get_or_create(key_digest=_digest(limit, name), defaults=first)
        locked: Attempts | None = Attempts.objects.select_for_update().filter(pk=row.pk).first()
        if locked is not None:  # else an attempt that succeeded at this very moment has forgotten it
            return locked


def _digest(limit: Limit, name: str) -> str:
    # keyed: whoever reads the table cannot try addresses against it
    return salted_hmac("safar.attempts", f"{limit.kind}:{name}", algorithm="sha256").hexdigest()
