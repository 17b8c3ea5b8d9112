"""The first member of a home: whoever opens the address that `safar serve` prints."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.store.registry import Workspace
from safar.vocabulary.email import fold_email

from .account import change_name
from .errors import SetUpRefused
from .links import address_of
from .models import Member, Membership, Role, SetUpLink
from .passwords import checked_password
from .secrets_kept import digest_of, fresh_secret

_ONLY_ROW = 1


@transaction.atomic
def create_set_up_link(base_url: str) -> str | None:
    """Return the address where the first member is made; None where there is one. An older address stops working."""
    if Member.objects.exists():
        return None
    token, digest = fresh_secret()
    SetUpLink.objects.update_or_create(
        pk=_ONLY_ROW, defaults={"token_digest": digest, "created_at": timezone.now(), "used_at": None}
    )
    return address_of(base_url, "welcome", token)


def check_set_up_link(token: str) -> None:
    """Check that the address makes the first member.

    Raises
    ------
    SetUpRefused
        It is not the newest one, or there is a first member.
    """
    found = SetUpLink.objects.filter(token_digest=digest_of(token), used_at=None)
    if Member.objects.exists() or not found.exists():
        raise SetUpRefused(
            "This address sets nothing up: it is not the newest one, or Safar has its first member.",
            hint="Sign in, or start `safar serve` again for a new address.",
        )


@transaction.atomic
def set_up(
    token: str,
    *,
    email: str,
    name: str,
    password: str,
    language: str,
    workspace_name: str = "",
    calendar: str = "gregorian",
    time_zone: str = "UTC",
    currency: str = "USD",
    address: str = "",
) -> tuple[Member, Workspace]:
    """Make the first member, who owns the first workspace and looks after the installation.

    A home that has workspaces already keeps them: the first member becomes owner of all of them, and no other is made
    unless it is named.

    Parameters
    ----------
    token
        Of the address that `safar serve` printed.
    email, name, password, language
        Of the member.
    workspace_name, calendar, time_zone, currency
        Of the workspace, which speaks the member's language at first.
    address
        The network address the request came from.

    Raises
    ------
    SetUpRefused
        The address is not valid; of two requests with one address exactly one succeeds.
    EmailUnreadable, InvalidMemberSetting, InvalidWorkspaceSetting, Refusal
        A value that is not taken; nothing was changed, and the address is still good.
    """
    check_set_up_link(token)
    folded = fold_email(email)
    kept = checked_password(password, email=folded, name=name)
    if (
        SetUpLink.objects.filter(token_digest=digest_of(token), used_at=None).update(used_at=timezone.now())
        != 1
    ):
        raise SetUpRefused("Somebody else was first.", hint="Sign in.")
    member = Member(email=folded, language=language, is_administrator=True)
    member.set_password(kept)
    member.save()
    by = Actor("member", member, address)
    change_name(member, name, by=by)
    home = current_home()
    found = home.workspaces()
    if workspace_name or not found:
        # the last thing that can fail: the registry is another database than the members'
        found.append(
            home.create_workspace(
                workspace_name, language=language, calendar=calendar, time_zone=time_zone, currency=currency
            )
        )
        record(by, "workspace.created", workspace_id=found[-1].workspace_id, target=found[-1].name)
    for workspace in found:
        Membership.objects.create(member=member, workspace_id=workspace.workspace_id, role=Role.OWNER)
    record(by, "installation.set_up", target=folded)
    return member, found[-1]
