"""Verbs about members: add one, remove one, let one sign in, change what one reads."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from safar.doors.web.design.reader import CalendarChoice, DigitsChoice, LanguageChoice
from safar.doors.web.homes import current_home
from safar.vocabulary.calendar import calendar as checked_calendar
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.time_zone import time_zone as checked_time_zone
from safar.vocabulary.window import duration

from .models import Member, Membership, Role, SignInLink

SIGN_IN_LINK_LIVES: Final = timedelta(minutes=15)
_TOKEN_BYTES: Final = 32
_OLD_LINKS: Final = timedelta(days=30)


class UnknownMember(Refusal, LookupError):
    """No active member has this address."""

    code = "member.unknown"


class InvalidMemberSetting(Refusal, ValueError):
    """A role, language or digits that Safar does not know."""

    code = "member.invalid_setting"


class LastOwner(Refusal, PermissionError):
    """Without this member the workspace would have no owner."""

    code = "member.last_owner"


class SignInLinkRefused(Refusal, PermissionError):
    """The link does not sign anybody in: unknown, used or too old. Which of them is nobody's business but
    ours."""

    code = "sign_in.link_refused"


@transaction.atomic
def add_member(email: str, name: str, language: str, workspace_id: str, role: str = Role.VIEWER) -> Member:
    """Add a member to a workspace; a known one gets the new name, language and role, and is active again.

    Parameters
    ----------
    email
        The address he signs in with; folded, so that capitals and blanks make no second member.
    name
        As colleagues read it, any script; empty is allowed.
    language
        ``fa``, ``ar`` or ``en``; empty reads as his browser asks.
    workspace_id
        Where he works; it must exist.
    role
        ``owner``, ``manager``, ``analyst``, ``agent`` or ``viewer``.

    Raises
    ------
    EmailUnreadable, InvalidMemberSetting, UnknownWorkspace
        Nothing was changed.
    LastOwner
        The only owner of the workspace would become something else; nothing was changed.
    """
    address = fold_email(email)
    _check("language", language, ["", *LanguageChoice.values])
    _check("role", role, Role.values)
    workspace = current_home().workspace(workspace_id)
    before = Membership.objects.select_related("member").filter(
        member__email=address, member__is_active=True, workspace_id=workspace.workspace_id
    )
    if role != Role.OWNER:
        for membership in before:
            _check_another_owner(membership)
    member, is_new = Member.objects.update_or_create(
        email=address, defaults={"name": name.strip(), "language": language, "is_active": True}
    )
    if is_new:
        member.set_unusable_password()
        member.save(update_fields=["password"])
    Membership.objects.update_or_create(
        member=member, workspace_id=workspace.workspace_id, defaults={"role": role}
    )
    return member


@transaction.atomic
def remove_member(email: str, workspace_id: str | None = None) -> Member:
    """Remove a member from a workspace, or from all of them, and end his sessions and sign-in links.

    Who works in no workspace any more may not sign in; `add_member` lets him in again.

    Parameters
    ----------
    email
        Of an active member.
    workspace_id
        Where he works; None for every workspace.

    Raises
    ------
    EmailUnreadable, UnknownWorkspace
        Nothing was changed.
    UnknownMember
        No active member has this address, or he does not work in the workspace.
    LastOwner
        A workspace would be left without an owner; nothing was changed.
    """
    address = fold_email(email)
    memberships = Membership.objects.select_related("member").filter(member__is_active=True)
    if workspace_id is not None:
        memberships = memberships.filter(workspace_id=current_home().workspace(workspace_id).workspace_id)
    leaving = list(memberships.filter(member__email=address))
    member = Member.objects.filter(email=address, is_active=True).first()
    if member is None or (workspace_id is not None and not leaving):
        where = "" if workspace_id is None else f" in the workspace {workspace_id}"
        raise UnknownMember(
            f"No active member{where} has the address {address}.",
            hint=nearest(address, set(memberships.values_list("member__email", flat=True)))
            or "List the members: safar members list",
            email=address,
        )
    for membership in leaving:
        _check_another_owner(membership)
    Membership.objects.filter(pk__in=[membership.pk for membership in leaving]).delete()
    if not Membership.objects.filter(member=member).exists():
        member.is_active = False
        member.save(update_fields=["is_active"])
    SignInLink.objects.filter(member=member).delete()
    _end_sessions(member)
    return member


def create_sign_in_link(email: str, base_url: str, *, valid_for: timedelta = SIGN_IN_LINK_LIVES) -> str:
    """Return an address that signs the member in, once.

    Parameters
    ----------
    email
        Of an active member.
    base_url
        Where the pages are, such as ``http://127.0.0.1:8000``.
    valid_for
        How long the link lives; 15 minutes.

    Raises
    ------
    EmailUnreadable, UnknownMember
        No link was made.

    Notes
    -----
    The token has 256 random bits and is kept as a SHA-256 digest: whoever reads the table cannot sign in
    with it. Opening the address changes nothing, so a mail program that looks at links does not use it up;
    the page it shows has a button that does.
    """
    address = fold_email(email)
    member = Member.objects.filter(email=address, is_active=True).first()
    if member is None:
        known = Member.objects.filter(is_active=True).values_list("email", flat=True)
        raise UnknownMember(
            f"No active member has the address {address}.",
            hint=nearest(address, known) or f"Add one first: safar members add {address}",
            email=address,
        )
    now = timezone.now()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    SignInLink.objects.filter(created_at__lt=now - _OLD_LINKS).delete()
    SignInLink.objects.create(
        member=member,
        token_digest=_digest(token),
        created_at=now,
        expires_at=now + duration(valid_for),
    )
    return base_url.rstrip("/") + reverse("sign-in-link", kwargs={"token": token})


def redeem_sign_in_link(token: str) -> Member:
    """Use the link up and return whom it signs in. Of two requests with one link exactly one succeeds.

    Raises
    ------
    SignInLinkRefused
        Unknown, used, expired, or its member left.
    """
    now = timezone.now()
    link = SignInLink.objects.select_related("member").filter(token_digest=_digest(token)).first()
    usable = SignInLink.objects.filter(
        token_digest=_digest(token), used_at=None, expires_at__gt=now, member__is_active=True
    )
    if link is None or usable.update(used_at=now) != 1:
        raise SignInLinkRefused(
            "This sign-in link is not valid: it was used already, or it is too old.",
            hint="Ask for a new one: safar members link you@example.com",
        )
    member: Member = link.member
    return member


def change_reading(
    member: Member, *, language: str, calendar: str = "", digits: str = "", time_zone: str = ""
) -> Member:
    """Set what a member reads: language, calendar, digits, time zone; empty follows the browser,
    language or workspace.

    Raises
    ------
    InvalidMemberSetting, UnknownCalendar, UnknownTimeZone
        Nothing was changed.
    """
    _check("language", language, ["", *LanguageChoice.values])
    _check("digits", digits, DigitsChoice.values)
    if calendar != CalendarChoice.OF_LANGUAGE:
        checked_calendar(calendar)
    if time_zone:
        checked_time_zone(time_zone)
    member.language, member.calendar = language, calendar
    member.digits, member.time_zone = digits, time_zone
    member.save(update_fields=["language", "calendar", "digits", "time_zone"])
    return member


def _check_another_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(
        workspace_id=leaving.workspace_id, role=Role.OWNER, member__is_active=True
    )
    if leaving.role == Role.OWNER and not owners.exclude(pk=leaving.pk).exists():
        raise LastOwner(
            f"{leaving.member.email} is the only owner of the workspace {leaving.workspace_id}.",
            hint="Make somebody else owner first: safar members add other@example.com --role owner",
            email=leaving.member.email,
            workspace_id=leaving.workspace_id,
        )


def _end_sessions(member: Member) -> None:
    key = str(member.pk)
    theirs = [each.pk for each in Session.objects.iterator() if each.get_decoded().get(SESSION_KEY) == key]
    Session.objects.filter(pk__in=theirs).delete()


def _check(what: str, value: str, known: Iterable[str]) -> None:
    allowed = list(known)
    if value not in allowed:
        raise InvalidMemberSetting(
            f"{value!r} is not a {what}.",
            hint=nearest(value, allowed) or f"Use one of {', '.join(filter(None, allowed))}.",
            setting=what,
            value=value,
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
