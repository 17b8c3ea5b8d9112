"""A letter to one member about something in a workspace, in his language and his calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils import translation

from safar.doors.web.design.reader import Reader
from safar.doors.web.mail import beside, can_mail, send
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.time_names import Language

from .models import Member
from .policies import Capability, may


def write_to(
    member: Member,
    workspace: Workspace,
    needs: Capability,
    words: Callable[[Locale], tuple[str, str]],
    path: str,
) -> bool:
    """Write to a member beside what is underway; return whether that is possible and allowed.

    Parameters
    ----------
    needs
        Who may not do this in the workspace is written nothing.
    words
        Returns subject and text; called in the member's language, else in that of the workspace.
    path
        Of the page it is about; stands below the text where the installation's address is known.
    """
    if not can_mail() or not may(member, workspace.workspace_id, needs):
        return False
    language = member.language or workspace.language
    with translation.override(language):
        reader = Reader(
            cast("Language", language),
            member.calendar,
            member.digits,
            member.time_zone,
            currency=member.currency,
        )
        subject, text = words(reader.locale(workspace))
    body = f"{text}\n\n{settings.PUBLIC_URL}{path}\n" if settings.PUBLIC_URL else f"{text}\n"
    beside(lambda: send(member.email, subject, body))
    return True
