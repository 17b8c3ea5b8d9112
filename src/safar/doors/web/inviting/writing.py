"""Plain mails to customers that ask nothing, and the address at which each ends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from safar.doors.web.homes import current_home
from safar.doors.web.scribe import EventDraft, write
from safar.store.home import region_of
from safar.store.registry import Workspace
from safar.vocabulary.event import IDENTIFY

from .contacts import opted_out, reached
from .letters import Taken, take
from .models import OptOut, Round
from .sending import can_send

_SALT: Final = "inviting.stop"


@dataclass(frozen=True, slots=True)
class Note:
    """A mail of plain text to a customer.

    Attributes
    ----------
    message_id
        The same whenever it is sent: who sorts mails knows the same mail by it.
    """

    customer_id: str
    message_id: str
    language: str
    subject: str
    text: str


def can_write() -> bool:
    """Whether this installation sends mails to customers, and knows its own address for the end of them."""
    return can_send(Round.Channel.EMAIL)


def addresses_of(workspace: Workspace, customer_ids: Sequence[str]) -> Mapping[str, str]:
    """Return where customers may be written to; without those of whom no address is known."""
    log = current_home().log(workspace.workspace_id)
    found = reached(log, customer_ids, Round.Channel.EMAIL, region_of(workspace))
    return {customer: each.address for customer, each in found.items() if each.address}


def left_alone(workspace: Workspace, customer_ids: Sequence[str]) -> frozenset[str]:
    """Return those of some customers who asked to be left alone."""
    return opted_out(workspace, customer_ids)


def send_note(workspace: Workspace, note: Note, to: str) -> Taken:
    """Send one mail; return what the server made of it."""
    stop = f"{settings.PUBLIC_URL}/s/{_stop_token(workspace.workspace_id, note.customer_id)}/stop"
    with translation.override(note.language):
        text = render_to_string(
            "inviting/note.txt", {"text": note.text, "company": workspace.name, "stop_address": stop}
        )
    host = urlsplit(settings.PUBLIC_URL).hostname or "safar.invalid"
    headers = {
        "Message-ID": f"<{note.message_id}@{host}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    return take(EmailMessage(" ".join(note.subject.split()), text, to=[to], headers=headers))


def leaves(token: str) -> bool:
    """Return whether a token is that of a mail's end."""
    return _read(token) is not None


def leave(token: str, now: datetime) -> bool:
    """Write to the customer of a mail no more, and tell the log; return whether there is such a mail."""
    found = _read(token)
    if found is None:
        return False
    workspace_id, customer_id = found
    with transaction.atomic():
        OptOut.objects.get_or_create(workspace_id=workspace_id, customer_id=customer_id, defaults={"at": now})
    stopped = EventDraft(
        key=("surveys_opted_out", workspace_id, customer_id),
        name=IDENTIFY,
        customer_id=customer_id,
        occurred_at=now,
        properties={"consents": {"surveys": False}},
    )
    write(workspace_id, [stopped])
    return True


def _stop_token(workspace_id: str, customer_id: str) -> str:
    return signing.dumps([workspace_id, customer_id], salt=_SALT)


def _read(token: str) -> tuple[str, str] | None:
    try:
        workspace_id, customer_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return str(workspace_id), str(customer_id)
