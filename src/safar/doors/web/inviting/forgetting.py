"""Erasing a customer: what asking knows of him goes too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from safar.store.registry import Workspace

from .models import Invitation, OptOut, Round


def forget_customer(workspace: Workspace, ids: Collection[str]) -> int:
    """Remove every invitation and every wish of the person of these ids; return how many rows went."""
    with transaction.atomic():
        kept = {"workspace_id": workspace.workspace_id, "customer_id__in": list(ids)}
        removed, _ = Invitation.objects.filter(**kept).delete()
        wishes, _ = OptOut.objects.filter(**kept).delete()
        waiting = Round.objects.select_for_update().filter(
            workspace_id=workspace.workspace_id, is_drawn=False, segment_id=""
        )
        for row in waiting:
            named = [each for each in row.named if each not in ids]
            if len(named) < len(row.named):
                row.named = named
                row.save(update_fields=["named"])
    return removed + wishes


def forget_before(workspace: Workspace, instant: datetime) -> int:
    """Remove invitations that were judged before an instant and are over; return how many.

    Who asked not to be asked stays written down: to forget his wish would be to ask him again.
    """
    old = Invitation.objects.filter(workspace_id=workspace.workspace_id, judged_at__lt=instant)
    over = old.exclude(
        Q(status__in=(Invitation.Status.WAITING, Invitation.Status.SENT)) & Q(ends_at__gt=timezone.now())
    )
    removed, _ = over.delete()
    return removed
