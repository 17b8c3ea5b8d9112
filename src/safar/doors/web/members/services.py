"""Verbs about members: add one, let one sign in, change what one reads."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

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
        ``fa``, ``ar`` or ``en``.
    workspace_id
        Where he works; it must exist.
    role
        ``owner``, ``manager``, ``analyst``, ``agent`` or ``viewer``.

    Raises
    ------
    EmailUnreadable, InvalidMemberSetting, UnknownWorkspace
        Nothing was changed.
    """
    address = fold_email(email)
    _check("language", language, LanguageChoice.values)
    _check("role", role, Role.values)
    workspace = current_home().workspace(workspace_id)
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
    """Set what a member reads: language, calendar, digits, time zone; empty follows the language or
    workspace.

    Raises
    ------
    InvalidMemberSetting, UnknownCalendar, UnknownTimeZone
        Nothing was changed.
    """
    _check("language", language, LanguageChoice.values)
    _check("digits", digits, DigitsChoice.values)
    if calendar != CalendarChoice.OF_LANGUAGE:
        checked_calendar(calendar)
    if time_zone:
        checked_time_zone(time_zone)
    member.language, member.calendar = language, calendar
    member.digits, member.time_zone = digits, time_zone
    member.save(update_fields=["language", "calendar", "digits", "time_zone"])
    return member


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
