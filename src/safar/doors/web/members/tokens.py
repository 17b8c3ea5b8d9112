"""Tokens with which programs work as a member, in one workspace, over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record

from .errors import InvalidToken, UnknownToken
from .models import ApiToken, Member, Membership
from .rules import lacks_two_factor
from .secrets_kept import digest_of, fresh_secret

PREFIX: Final = "sft_"
_LONGEST_NAME: Final = 80
#: When a token was last used is written no more often.
_USED_EVERY: Final = timedelta(minutes=1)


@transaction.atomic
def create_token(
    member: Member,
    workspace_id: str,
    name: str,
    *,
    can_write: bool = False,
    expires_at: datetime | None = None,
    by: Actor | None = None,
) -> tuple[ApiToken, str]:
    """Make a token; return it with its secret, which is shown now and kept nowhere.

    Parameters
    ----------
    member
        As whom the program works: it may what he may, as long as he may it.
    workspace_id
        The one workspace that the token opens; the member must work there.
    name
        What it is for, as the member's list names it.
    can_write
        Without it the token only reads.
    expires_at
        Aware; None never ends.
    by
        Who asks; the terminal when None.

    Raises
    ------
    InvalidToken
        No name, a name that another token has, an end in the past, or a workspace where the member does not work.
    """
    called = " ".join(name.split())
    open_ones = ApiToken.objects.filter(member=member, revoked_at=None, workspace_id=workspace_id)
    if not called or len(called) > _LONGEST_NAME or open_ones.filter(name=called).exists():
        raise InvalidToken(
            f"A token needs a name of its own, of 1 to {_LONGEST_NAME} characters.",
            hint="Say what it is for.",
        )
    if expires_at is not None and expires_at <= timezone.now():
        raise InvalidToken("A token cannot end before it begins.", hint="Choose an instant to come.")
    if not Membership.objects.filter(member=member, workspace_id=workspace_id).exists():
        raise InvalidToken(
            f"{member.email} does not work in {workspace_id}.", hint="Choose one of his workspaces."
        )
    secret, digest = fresh_secret(PREFIX)
    token = ApiToken.objects.create(
        member=member,
        workspace_id=workspace_id,
        name=called,
        secret_digest=digest,
        can_write=can_write,
        expires_at=expires_at,
    )
    record(
        by or Actor.at_terminal(),
        "token.created",
        workspace_id=workspace_id,
        target=called,
        after={"can_write": can_write, "expires_at": expires_at.isoformat() if expires_at else None},
    )
    return token, secret


def token_of(secret: str) -> ApiToken | None:
    """Return the token of a secret while it opens anything, with its member; else None.

    What the member may in its workspace is `policies.capabilities_in` as ever; without `ApiToken.can_write` only
    reading is allowed of it. A workspace that asks for a second factor is closed to tokens of members without one.
    """
    if not secret.startswith(PREFIX):
        return None
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("member")
        .filter(secret_digest=digest_of(secret), revoked_at=None, member__is_active=True)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .first()
    )
    if (
        token is None
        or not Membership.objects.filter(member=token.member, workspace_id=token.workspace_id).exists()
    ):
        return None
    if lacks_two_factor(token.member, token.workspace_id):
        return None
    if token.used_at is None or token.used_at < now - _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


@transaction.atomic
def revoke_token(member: Member, token_id: int, *, by: Actor | None = None) -> ApiToken:
    """End a token at once.

    Raises
    ------
    UnknownToken
        The member has no open token of this number.
    """
    found = ApiToken.objects.select_for_update().filter(member=member, pk=token_id, revoked_at=None).first()
    if found is None:
        raise UnknownToken("There is no such token.", hint="It may be revoked already.", token_id=token_id)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    record(by or Actor.at_terminal(), "token.revoked", workspace_id=found.workspace_id, target=found.name)
    return found
