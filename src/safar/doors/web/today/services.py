"""The one verb of the desk Today: noting that numbers were taken away as a file."""

from __future__ import annotations

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.store.registry import Workspace


def note_export(workspace: Workspace, form: str, fact: str, period: str, *, by: Actor) -> None:
    """Note who took the numbers of which fact away."""
    record(
        by,
        "numbers.exported",
        workspace_id=workspace.workspace_id,
        after={"form": form, "fact": fact, "period": period},
    )
