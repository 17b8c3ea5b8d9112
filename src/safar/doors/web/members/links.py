"""Links that sign a member in, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import nearest
from safar.vocabulary.window import duration

from .errors import SignInLinkRefused, UnknownMember
from .models import Member, SignInLink
from .secrets_kept import digest_of, fresh_secret

SIGN_IN_LINK_LIVES: Final = timedelta(minutes=15)
_OLD_LINKS: Final = timedelta(days=30)


@transaction.atomic
def create_sign_in_link(
    email: str, base_url: str, *, valid_for: timedelta = SIGN_IN_LINK_LIVES, by: Actor | None = None
) -> str:
    """Return an address that signs the member in, once. Only the terminal makes them.

    Parameters
    ----------
    email
        Of an active member.
    base_url
        Where the pages are, such as ``http://127.0.0.1:8000``.
    valid_for
        How long the link lives; 15 minutes.
    by
        Who asks; the terminal when None.

    Raises
    ------
    EmailUnreadable, UnknownMember
        No link was made.

    Notes
    -----
    The token has 256 random bits and is kept as a SHA-256 digest: whoever reads the table cannot sign in
    with it. Opening the address changes nothing, so a mail program that looks at links does not use it up;
    the page it shows has a button that does. A member with a second factor is asked for it all the same.
    """
    member = active_member(email)
    now = timezone.now()
    token, digest = fresh_secret()
    SignInLink.objects.filter(created_at__lt=now - _OLD_LINKS).delete()
    SignInLink.objects.create(
        member=member, token_digest=digest, created_at=now, expires_at=now + duration(valid_for)
    )
    record(by or Actor.at_terminal(), "member.sign_in_link_made", target=member.email)
    return address_of(base_url, "sign-in-link", token)


def redeem_sign_in_link(token: str) -> Member:
    """Use the link up and return whom it signs in. Of two requests with one link exactly one succeeds.

    Raises
    ------
    SignInLinkRefused
        Unknown, used, expired, or its member left.
    """
    now = timezone.now()
    digest = digest_of(token)
    link = SignInLink.objects.select_related("member").filter(token_digest=digest).first()
    # Columns of its own alone: PostgreSQL looks at these again when two requests come at once, at a join it does not.
    usable = SignInLink.objects.filter(token_digest=digest, used_at=None, expires_at__gt=now)
    if link is None or not link.member.is_active or usable.update(used_at=now) != 1:
        raise SignInLinkRefused(
            "This sign-in link is not valid: it was used already, or it is too old.",
            hint="Ask for a new one: safar members link you@example.com",
        )
    member: Member = link.member
    return member


def active_member(email: str) -> Member:
    """Return the active member of an address.

    Raises
    ------
    EmailUnreadable, UnknownMember
        There is none; the hint names the nearest address.
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
    return member


def address_of(base_url: str, name: str, token: str) -> str:
    """Return the whole address of a page that a token opens."""
    return base_url.rstrip("/") + reverse(name, kwargs={"token": token})
