"""The page of members in the reader's words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Role
from safar.doors.web.members.queries import OpenInvitation, WorkspaceMember
from safar.show.locale import Locale
from safar.store.registry import Workspace


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One open invitation.

    Attributes
    ----------
    invitation_id, email
        As kept.
    role, sentence
        As what, by whom and until when, in the reader's words.
    is_expired
        Whether its link is too old.
    """

    invitation_id: int
    email: str
    role: str
    sentence: str
    is_expired: bool


def member_key(email: str) -> str:
    """Return what addresses call a member by: addresses of pages stand in histories, e-mail addresses need not."""
    return hashlib.blake2s(email.encode(), digest_size=8).hexdigest()


def members_table(
    workspace: Workspace,
    members: list[WorkspaceMember],
    locale: Locale,
    *,
    needs_two_factor: bool,
    can_export: bool,
    now: datetime,
) -> Table:
    """Return who works in the workspace."""
    return Table(
        caption=_("Members of this workspace"),
        columns=(
            Column("name", pgettext("of a person", "Name")),
            Column("email", _("E-mail address"), "code"),
            Column("role", _("Role")),
            Column("two_factor", _("Two-factor sign-in")),
            Column("seen", _("Last sign-in"), "when"),
            Column("joined", _("Joined"), "when"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        member.name or member.email,
                        href=reverse(
                            "settings-member",
                            kwargs={
                                "workspace_id": workspace.workspace_id,
                                "member": member_key(member.email),
                            },
                        ),
                    ),
                    Cell(member.email),
                    Cell(str(Role(member.role).label)),
                    Cell(pgettext("two-factor", "on"), tone="good")
                    if member.has_two_factor
                    else Cell(pgettext("two-factor", "off"), tone="warn" if needs_two_factor else "soft"),
                    Cell(
                        locale.relative(member.last_sign_in_at, now)
                        if member.last_sign_in_at
                        else pgettext("signed in", "never"),
                        value=member.last_sign_in_at,
                    ),
                    Cell(locale.date(member.since), value=member.since),
                ),
                key=member_key(member.email),
            )
            for member in members
        ),
        can_export=can_export,
    )


def invitation_lines(invitations: list[OpenInvitation], locale: Locale) -> list[InvitationLine]:
    """Return the open invitations."""
    return [
        InvitationLine(
            each.invitation_id,
            each.email,
            str(Role(each.role).label),
            _sentence(each, locale),
            each.is_expired,
        )
        for each in invitations
    ]


def _sentence(invitation: OpenInvitation, locale: Locale) -> str:
    until = locale.datetime(invitation.expires_at)
    if invitation.is_expired:
        return filled(_("The link expired: %(until)s."), until=until)
    if invitation.invited_by:
        return filled(
            _("Invited by %(member)s; the link works until %(until)s."),
            member=invitation.invited_by,
            until=until,
        )
    return filled(_("The link works until %(until)s."), until=until)
