"""Requests that are sent twice and done once: a program that got no answer may ask again with the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final, TypeVar

from django.db import transaction
from django.utils import timezone
from ninja import Header, Schema

from .credentials import ApiRequest
from .models import KeptAnswer
from .problems import KeyReused

KEPT: Final = timedelta(hours=24)
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="Any text of your own, new for each thing to make. Within 24 hours the same request with the same"
        " key is done once and answered alike, but for secrets, which are shown once.",
    ),
]
Made = TypeVar("Made", bound=Schema)


def once(
    request: ApiRequest,
    key: str,
    make: Callable[[], Made],
    *,
    shape: type[Made],
    digest: str = "",
    shown_once: str = "",
) -> Made:
    """Return what ``make`` makes, or what it made when this key came before.

    A refusal is not kept: it changed nothing, and the next request with the key is a new one.

    Parameters
    ----------
    key
        Of the caller; empty to make it whatever came before.
    shape
        What ``make`` returns.
    digest
        SHA-256 of the body where it is streamed; that of ``request.body`` when empty.
    shown_once
        A field that is a secret: it is not kept, and empty in an answer that is given again.

    Raises
    ------
    KeyReused
        The key came before with another request; nothing was made.
    """
    if not key:
        return make()
    asked = "\n".join(
        (request.method or "", request.get_full_path(), digest or hashlib.sha256(request.body).hexdigest())
    )
    request_digest = hashlib.sha256(asked.encode()).hexdigest()
    with transaction.atomic():
        mine = KeptAnswer.objects.filter(token_id=request.auth.token_id, key=key)
        mine.filter(answered_at__lt=timezone.now() - KEPT).delete()
        # of two at the same moment the second one waits here for the first one's answer
        kept, is_new = KeptAnswer.objects.get_or_create(
            token_id=request.auth.token_id, key=key, defaults={"request_digest": request_digest}
        )
        if is_new:
            made = make()
            kept.body = made.model_dump(mode="json") | ({shown_once: ""} if shown_once else {})
            kept.save(update_fields=["body"])
            return made
    if kept.request_digest != request_digest:
        raise KeyReused(
            "This Idempotency-Key was sent before, with another address or body.",
            hint="Take a new key for each thing to make.",
        )
    return shape.model_validate(kept.body)


def forget() -> int:
    """Forget the answers that are too old to be given again; return how many."""
    return KeptAnswer.objects.filter(answered_at__lt=timezone.now() - KEPT).delete()[0]
