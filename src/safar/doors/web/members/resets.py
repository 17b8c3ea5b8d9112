"""A forgotten password: a link that lets its member choose a new one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web import mail
from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.vocabulary.email import fold_email

from .errors import ResetLinkRefused, RoleOutOfReach
from .letters import send_reset
from .links import active_member, address_of
from .models import Member, Membership, ResetLink, Role
from .passwords import checked_password
from .policies import administers
from .secrets_kept import digest_of, fresh_secret
from .sessions import end_sessions

RESET_LINK_LIVES: Final = timedelta(hours=1)


@transaction.atomic
def create_reset_link(email: str, base_url: str, *, by: Actor | None = None) -> str:
    """Return an address where the member chooses a new password, once, within an hour.

    Whoever holds the link can become the member, as far as no second factor stands before it. So an owner makes one
    only for members whose every workspace is his own: nobody comes into another workspace that way. Administrators,
    who look after the whole installation, make one for everybody; nobody else makes one for an administrator.

    Parameters
    ----------
    email
        Of an active member.
    base_url
        Where the pages are.
    by
        Who asks; the terminal when None.

    Raises
    ------
    EmailUnreadable, UnknownMember
        No link was made.
    RoleOutOfReach
        Who asks may not; no link was made.
    """
    by = by or Actor.at_terminal()
    member = active_member(email)
    if not may_reset(by, member):
        raise RoleOutOfReach(
            "Only administrators, and owners of every workspace that a member works in, make him a new password.",
            hint="Ask an administrator of the installation.",
            email=member.email,
        )
    return _create(member, base_url, by)


def may_reset(by: Actor, member: Member) -> bool:
    """Whether somebody may make a reset link for a member; see `create_reset_link`."""
    if by.member is None:
        return by.kind in {"terminal", "system"}
    if administers(by.member):
        return True
    if member.is_administrator:
        return False
    his = set(Membership.objects.filter(member=member).values_list("workspace_id", flat=True))
    owned = Membership.objects.filter(member=by.member, role=Role.OWNER)
    return by.member.is_active and bool(his) and his <= set(owned.values_list("workspace_id", flat=True))


def mail_reset_link(email: str, base_url: str, language: str) -> None:
    """Send a reset link to an address, if a member has it; whoever asks is told the same either way.

    Nothing is looked up before the answer is on its way, so that its time tells nothing either.
    """

    def look_up_and_send() -> None:
        address = fold_email(email)
        member = Member.objects.filter(email=address, is_active=True).first()
        if member is not None:
            send_reset(member, _create(member, base_url, SYSTEM), member.language or language)

    mail.beside(look_up_and_send)


@transaction.atomic
def _create(member: Member, base_url: str, by: Actor) -> str:
    now = timezone.now()
    token, digest = fresh_secret()
    ResetLink.objects.filter(expires_at__lt=now).delete()
    ResetLink.objects.create(
        member=member,
        made_by=by.member,
        token_digest=digest,
        created_at=now,
        expires_at=now + RESET_LINK_LIVES,
    )
    record(by, "member.reset_link_made", target=member.email)
    return address_of(base_url, "reset", token)


def member_of_reset_link(token: str) -> Member:
    """Return whose password a link sets, without using it up.

    Raises
    ------
    ResetLinkRefused
        Unknown, used, expired, its member left, or whoever made it may not make it any more.
    """
    found = (
        ResetLink.objects.select_related("member", "made_by")
        .filter(token_digest=digest_of(token), used_at=None, expires_at__gt=timezone.now())
        .filter(member__is_active=True)
        .first()
    )
    if found is None or (found.made_by and not may_reset(Actor("member", found.made_by), found.member)):
        raise ResetLinkRefused(
            "This link is not valid: it was used already, or it is too old.", hint="Ask for a new one."
        )
    member: Member = found.member
    return member


@transaction.atomic
def redeem_reset_link(token: str, password: str, *, address: str = "") -> Member:
    """Set a new password, end all sessions and every other link of the member; his second factor stays.

    Raises
    ------
    ResetLinkRefused
        The link is not valid; of two requests with one link exactly one succeeds.
    PasswordTooShort, PasswordTooLong, PasswordCommon, PasswordPersonal, PasswordRepeated
        Nothing was changed, and the link is still good.
    """
    member = member_of_reset_link(token)
    kept = checked_password(password, email=member.email, name=member.name)
    usable = ResetLink.objects.filter(token_digest=digest_of(token), used_at=None)
    if usable.update(used_at=timezone.now()) != 1:
        raise ResetLinkRefused("This link was used already.", hint="Ask for a new one.")
    member.set_password(kept)
    member.save(update_fields=["password"])
    ResetLink.objects.filter(member=member, used_at=None).delete()
    member.sign_in_links.filter(used_at=None).delete()  # type: ignore[attr-defined]
    end_sessions(member)
    record(Actor("member", member, address), "member.password_reset", target=member.email)
    return member
