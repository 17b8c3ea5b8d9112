"""What cases keep of a customer who is forgotten: nothing that tells of him. That there was a case stays.

Three things make cases forget: a customer is erased, what opened them is older than the workspace keeps, or it is no
longer in the log, because its import was undone or its events were removed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safar.doors.web.homes import current_home
from safar.doors.web.hooks.services import forget as forget_deliveries
from safar.doors.web.hooks.services import forget_before as forget_deliveries_before
from safar.store.log import Log
from safar.store.registry import Workspace

from .models import Case, CaseEntry, EntryKind, Thanked, Told

_AT_ONCE: Final = 500
_FORGOTTEN: Final = "erased:"


def forget(workspace: Workspace, ids: Collection[str]) -> int:
    """Take a customer's words, ids and all that was written about him off his cases; return how many cases he had.

    Parameters
    ----------
    ids
        Every id of the person.
    """
    with transaction.atomic():
        cases = Case.objects.filter(workspace_id=workspace.workspace_id, customer_id__in=list(ids))
        found = _empty(list(cases.values_list("pk", flat=True)))
        Told.objects.filter(telling__workspace_id=workspace.workspace_id, customer_id__in=list(ids)).delete()
    forget_deliveries(workspace, ids)
    return found


def forget_before(workspace: Workspace, instant: datetime) -> int:
    """Take words and ids off cases about what was heard before an instant, and forget who was told what before it.

    Returns
    -------
    int
        How many cases.
    """
    old = Case.objects.filter(workspace_id=workspace.workspace_id, heard_at__lt=instant)
    count = _empty_in_pieces(list(old.exclude(heard_key__startswith=_FORGOTTEN).values_list("pk", flat=True)))
    Told.objects.filter(telling__workspace_id=workspace.workspace_id, telling__made_at__lt=instant).delete()
    forget_deliveries_before(workspace, instant)
    return count


def forget_gone(workspace: Workspace) -> int:
    """Take words and ids off cases about answers and messages that the log has no more; return how many."""
    rows = Case.objects.filter(workspace_id=workspace.workspace_id).exclude(heard_key__startswith=_FORGOTTEN)
    by_key = {key: pk for pk, key in rows.values_list("pk", "heard_key") if _is_event(key)}
    if not by_key:
        return 0
    log, keys = current_home().log(workspace.workspace_id), list(by_key)
    gone: list[int] = []
    for start in range(0, len(keys), _AT_ONCE):
        piece = keys[start : start + _AT_ONCE]
        there = _there(log, piece)
        gone += [by_key[key] for key in piece if key not in there]
    return _empty_in_pieces(gone)


def forget_as_kept(workspace: Workspace) -> int:
    """Forget what is older than the workspace keeps, and what its log has no more; return how many cases."""
    count = 0
    if workspace.retention_days is not None:
        count += forget_before(workspace, timezone.now() - timedelta(days=workspace.retention_days))
    return count + forget_gone(workspace)


def _there(log: Log, event_ids: Sequence[str]) -> frozenset[str]:
    marks = ", ".join("?" for _ in event_ids)
    table = log.sql(f"SELECT event_id FROM events WHERE event_id IN ({marks})", list(event_ids))  # noqa: S608 - marks alone
    return frozenset(str(UUID(str(event_id))) for (event_id,) in table.rows())


def _is_event(heard_key: str) -> bool:
    """Return whether something that was heard is an event: silences, and what a member wrote down, are none."""
    try:
        return str(UUID(heard_key)) == heard_key
    except ValueError:
        return False


def _empty_in_pieces(cases: Sequence[int]) -> int:
    count = 0
    for start in range(0, len(cases), _AT_ONCE):
        with transaction.atomic():
            count += _empty(cases[start : start + _AT_ONCE])
    return count


def _empty(cases: Collection[int]) -> int:
    """Take off cases what tells of a customer; in a transaction of the caller."""
    rows = list(Case.objects.select_for_update().filter(pk__in=cases))
    CaseEntry.objects.filter(case__in=rows).exclude(text="").update(text="")
    CaseEntry.objects.filter(case__in=rows, kind=EntryKind.TOLD).update(facts={})
    Thanked.objects.filter(case__in=rows).delete()
    for case in rows:
        case.customer_id = case.words = ""
        case.heard_key = f"{_FORGOTTEN}{case.public_id}"
        case.version += 1
    Case.objects.bulk_update(rows, ["customer_id", "words", "heard_key", "version"], batch_size=100)
    return len(rows)
