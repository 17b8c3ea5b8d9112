"""Whose sessions are open, from where, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib.auth import login, logout
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import Member, MemberSession

#: A session that nobody used for so long has ended.
IDLE: Final = timedelta(hours=24)
#: And this long after signing in it ends however much it is used.
LONGEST: Final = timedelta(days=14)
#: When a session was last seen is written no more often.
_SEEN_EVERY: Final = timedelta(minutes=1)
#: A password or a link counts as fresh for so long.
PROVED_FOR: Final = timedelta(minutes=15)
_PROVED_AT: Final = "proved_at"
_LAST_WORKSPACE: Final = "last_workspace"


def begin_session(request: HttpRequest, member: Member) -> None:
    """Sign a member in who has shown all that he must: a new session key, remembered as his."""
    before = request.session.session_key
    login(request, member)
    request.session.cycle_key()  # Django keeps the key where the same member signs in again
    MemberSession.objects.filter(session_key=before).delete()
    prove(request)
    request.session.save()
    _adopt(request, member)


def prove(request: HttpRequest) -> None:
    """Note that the member has just shown that it is he."""
    request.session[_PROVED_AT] = timezone.now().timestamp()


def is_proved(request: HttpRequest) -> bool:
    """Whether the member has shown within the last 15 minutes that it is he."""
    at = float(request.session.get(_PROVED_AT, 0.0))
    return 0 <= timezone.now().timestamp() - at < PROVED_FOR.total_seconds()


def note_workspace(request: HttpRequest, workspace_id: str) -> None:
    """Remember where the member works; parts that pages ask for by themselves say nothing of that."""
    if last_workspace(request) != workspace_id and not request.headers.get("HX-Request"):
        request.session[_LAST_WORKSPACE] = workspace_id


def last_workspace(request: HttpRequest) -> str:
    """Return the workspace whose page was opened last; empty before the first one."""
    return str(request.session.get(_LAST_WORKSPACE, ""))


def keep_this_session(request: HttpRequest, member: Member) -> None:
    """After a new password or a second factor: this session gets a new key and lives on, all others end."""
    proved_at = request.session.get(_PROVED_AT)
    request.session.cycle_key()
    end_sessions(member)
    login(request, member)  # with a new password the session is emptied: it begins anew
    if proved_at:
        request.session[_PROVED_AT] = proved_at
    request.session.save()
    _adopt(request, member)


def end_sessions(member: Member, *, but: str = "") -> int:
    """End the member's sessions, except the one with the key ``but``; return how many ended."""
    with transaction.atomic():
        theirs = MemberSession.objects.filter(member=member).exclude(session_key=but)
        keys = list(theirs.values_list("session_key", flat=True))
        Session.objects.filter(pk__in=keys).delete()
        theirs.delete()
    return len(keys)


def end_session(member: Member, session_id: int) -> bool:
    """End one session of the member; False where it ended already or is not his."""
    with transaction.atomic():
        found = MemberSession.objects.filter(member=member, pk=session_id)
        keys = list(found.values_list("session_key", flat=True))
        Session.objects.filter(pk__in=keys).delete()
        found.delete()
    return bool(keys)


def sweep_sessions() -> int:
    """Forget the sessions that ended by themselves; return how many members' sessions they were."""
    now = timezone.now()
    over = MemberSession.objects.filter(started_at__lt=now - LONGEST) | MemberSession.objects.filter(
        seen_at__lt=now - IDLE
    )
    with transaction.atomic():
        Session.objects.filter(pk__in=list(over.values_list("session_key", flat=True))).delete()
        forgotten, _ = over.delete()
        Session.objects.filter(expire_date__lt=now).delete()
    return forgotten


def _adopt(request: HttpRequest, member: Member) -> MemberSession:
    facts = {
        "member": member,
        "address": str(request.META.get("REMOTE_ADDR", ""))[:64],
        "user_agent": request.headers.get("User-Agent", "")[:300],
    }
    found, _ = MemberSession.objects.update_or_create(session_key=request.session.session_key, defaults=facts)
    return found


class KeepSessions:
    """Middleware: a session that was idle too long, or is too old, ends at its next request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, as a stranger's where the session is over."""
        if isinstance(request.user, Member):
            self._look_at(request, request.user)
        return self.get_response(request)

    def _look_at(self, request: HttpRequest, member: Member) -> None:
        now = timezone.now()
        found = MemberSession.objects.filter(session_key=request.session.session_key).first()
        if found is None:
            _adopt(request, member)
        elif found.started_at < now - LONGEST or found.seen_at < now - IDLE:
            found.delete()
            logout(request)
        elif found.seen_at < now - _SEEN_EVERY:
            MemberSession.objects.filter(pk=found.pk).update(
                seen_at=now, address=str(request.META.get("REMOTE_ADDR", ""))[:64]
            )
