"""What owners are written when a webhook was stopped."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.mail import beside, can_mail, send
from safar.doors.web.members.queries import members_in_role
from safar.vocabulary.errors import SafarError

from .models import Webhook


def tell_stopped(pk: int) -> int:
    """Write to the owners of the workspace, where the installation can mail; return to how many."""
    row = Webhook.objects.filter(pk=pk).first()
    if row is None or not can_mail():
        return 0
    try:
        language = current_home().workspace(row.workspace_id).language
    except SafarError:
        return 0
    path = reverse("settings-webhook", kwargs={"workspace_id": row.workspace_id, "webhook_id": row.public_id})
    owners = members_in_role(row.workspace_id, "owner")
    for member in owners:
        with translation.override(member.language or language):
            subject = _("A webhook was turned off")
            words = filled(
                _(
                    "%(address)s has taken nothing for three days. It is told nothing more until you turn it on."
                ),
                address=row.url,
            )
        text = f"{words}\n\n{settings.PUBLIC_URL}{path}\n" if settings.PUBLIC_URL else f"{words}\n"
        beside(partial(send, member.email, subject, text))
    return len(owners)
