"""The budget of contacts of a workspace."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.listen.contact_budget import ContactBudget
from safar.store.registry import Workspace

from .models import Budget


def budget_of(workspace: Workspace) -> ContactBudget:
    """Return how often customers of a workspace may be asked."""
    row = Budget.objects.filter(workspace_id=workspace.workspace_id).first()
    return ContactBudget() if row is None else _budget(row)


def change_budget(workspace: Workspace, budget: ContactBudget, *, by: Actor) -> None:
    """Say how often customers may be asked; days are whole."""
    with transaction.atomic():
        row, _ = Budget.objects.select_for_update().get_or_create(workspace_id=workspace.workspace_id)
        given: dict[str, int | str] = {
            "most": budget.most,
            "within_days": budget.within.days,
            "quarantine_days": budget.quarantine.days,
            "same_survey_days": budget.same_survey_after.days,
            "consent": budget.consent.strip()[:60],
        }
        after = {field: value for field, value in given.items() if value != getattr(row, field)}
        if not after:
            return
        before = {field: getattr(row, field) for field in after}
        for field, value in after.items():
            setattr(row, field, value)
        row.save()
        record(by, "contact_budget.changed", workspace_id=workspace.workspace_id, before=before, after=after)


def _budget(row: Budget) -> ContactBudget:
    return ContactBudget(
        row.most,
        timedelta(days=row.within_days),
        timedelta(days=row.quarantine_days),
        timedelta(days=row.same_survey_days),
        row.consent,
    )
