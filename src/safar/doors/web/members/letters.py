"""What members are written, each in his language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.mail import send
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.store.registry import Workspace

    from .models import Invitation, Member


def send_invitation(invitation: Invitation, workspace: Workspace, link: str) -> bool:
    """Send an invitation in the language of the workspace: its reader's is not known yet."""
    with translation.override(workspace.language):
        subject = _("You are invited to %(workspace)s") % {"workspace": workspace.name}
        inviter = invitation.invited_by
        words = (
            filled(
                _("%(member)s invites you to work with %(workspace)s in Safar."),
                member=str(inviter),
                workspace=workspace.name,
            )
            if inviter is not None
            else filled(_("You are invited to work with %(workspace)s in Safar."), workspace=workspace.name)
        )
        rest = _("Open this address within 7 days; it works once. If you did not expect it, do nothing.")
    return send(invitation.email, subject, _letter(words, _shaped(workspace.language, rest), link))


def send_reset(member: Member, link: str, language: str) -> bool:
    """Send a link to choose a new password."""
    with translation.override(language):
        subject = _("A new password for Safar")
        words = _("Somebody, hopefully you, asked for a new password for your account at Safar.")
        rest = _(
            "Open this address within 1 hour; it works once. If it was not you, do nothing: nothing changes."
        )
    return send(member.email, subject, _letter(words, _shaped(language, rest), link))


def _letter(words: str, rest: str, link: str) -> str:
    return f"{words}\n\n{rest}\n\n{link}\n"


def _shaped(language: str, text: str) -> str:
    return Locale(language).shape(text)  # type: ignore[arg-type] # one of the three
