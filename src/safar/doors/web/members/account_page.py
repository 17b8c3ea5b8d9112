"""What the pages of one's own account show, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from safar.doors.web.design.parts import Tab
from safar.doors.web.design.reader import Reader
from safar.doors.web.homes import current_home
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.money import Money, exponent

from .devices import device_words
from .models import ApiToken, Member, MemberSession, Role
from .queries import needs_two_factor, workspace_ids_of
from .sessions import IDLE


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One open session."""

    session_id: int
    device: str
    address: str
    started: str
    seen: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token that opens something."""

    token_id: int
    name: str
    workspace: str
    access: str
    created: str
    ends: str
    used: str
    is_expired: bool


@dataclass(frozen=True, slots=True)
class WorkspaceLine:
    """One workspace that the member works in."""

    workspace_id: str
    name: str
    role: str
    since: str
    needs_two_factor: bool


def tabs(current: str) -> tuple[Tab, ...]:
    """Return the second navigation of the account's pages; ``current`` is the name of the open page's address."""
    named = (
        ("me", _("Reading")),
        ("me-password", _("Name and password")),
        ("me-two-factor", _("Second step")),
        ("me-sessions", _("Sessions")),
        ("me-tokens", _("API tokens")),
        ("me-workspaces", _("Workspaces")),
    )
    return tuple(Tab(name, reverse(address), address == current) for address, name in named)


def locale_of(reader: Reader, member: Member) -> Locale:
    """Return how the pages of an account show days and numbers: as in the member's first workspace."""
    workspaces = own_workspaces(member)
    if workspaces:
        return reader.locale(workspaces[0])
    return reader.own_locale()


def example(reader: Reader, workspace: Workspace | None) -> tuple[tuple[str, str], ...]:
    """Return how a day, a number and an amount read with these choices: pairs of what it is and how it reads."""
    locale = reader.locale(workspace) if workspace else reader.own_locale()
    amount = Money(1_234_567 * 10 ** exponent(locale.currency), locale.currency)
    return (
        (_("Now"), locale.datetime(timezone.now())),
        (_("A number"), locale.number(Decimal("1234567.89"))),
        (_("A share"), locale.percent(0.425, decimals=1)),
        (_("An amount"), locale.money(amount)),
    )


def own_workspaces(member: Member) -> list[Workspace]:
    """Return the member's workspaces that are still there, the one he joined first at the front."""
    there = {each.workspace_id: each for each in current_home().workspaces()}
    return [there[each] for each in workspace_ids_of(member) if each in there]


def session_lines(member: Member, this_key: str, locale: Locale) -> list[SessionLine]:
    """Return the member's open sessions, this one first, then the last seen."""
    now = timezone.now()
    found = MemberSession.objects.filter(member=member, seen_at__gte=now - IDLE).order_by("-seen_at")
    lines = [
        SessionLine(
            session_id=each.pk,
            device=device_words(each.user_agent),
            address=each.address,
            started=locale.datetime(each.started_at),
            seen=locale.relative(each.seen_at, now),
            is_this=each.session_key == this_key,
        )
        for each in found
    ]
    return sorted(lines, key=lambda line: not line.is_this)


def token_lines(member: Member, locale: Locale) -> list[TokenLine]:
    """Return the tokens that were not revoked, newest first."""
    now = timezone.now()
    names = {each.workspace_id: each.name for each in own_workspaces(member)}
    return [
        TokenLine(
            token_id=each.pk,
            name=each.name,
            workspace=names.get(each.workspace_id, each.workspace_id),
            access=_("Read and change") if each.can_write else _("Read only"),
            created=locale.date(each.created_at),
            ends=_instant(each.expires_at, locale) or _("Never"),
            used=locale.relative(each.used_at, now) if each.used_at else _("Not yet"),
            is_expired=each.expires_at is not None and each.expires_at <= now,
        )
        for each in ApiToken.objects.filter(member=member, revoked_at=None).order_by("-pk")
    ]


def workspace_lines(member: Member, locale: Locale) -> list[WorkspaceLine]:
    """Return the workspaces that the member works in."""
    names = {each.workspace_id: each.name for each in own_workspaces(member)}
    return [
        WorkspaceLine(
            workspace_id=each.workspace_id,
            name=names[each.workspace_id],
            role=str(Role(each.role).label),
            since=locale.date(each.since),
            needs_two_factor=needs_two_factor(each.workspace_id),
        )
        for each in member.memberships.order_by("since", "pk")  # type: ignore[attr-defined]
        if each.workspace_id in names
    ]


def _instant(instant: datetime | None, locale: Locale) -> str:
    return locale.date(instant) if instant else ""
