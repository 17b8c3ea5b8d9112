"""The one verb of the desk Events: noting that events were taken away as a file."""

from __future__ import annotations

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.customers.digests import customer_digest
from safar.store.registry import Workspace

from .queries import Filters


def note_export(workspace: Workspace, form: str, filters: Filters, *, by: Actor) -> None:
    """Note who took which events away. Of a customer only the digest is kept, of a property only the name."""
    days = {
        name: day.isoformat() for name, day in (("since", filters.since), ("until", filters.until)) if day
    }
    asked = {
        "name": filters.name,
        "channel": filters.channel,
        "source": filters.source,
        "property": filters.property_name,
        **days,
    }
    record(
        by,
        "events.exported",
        workspace_id=workspace.workspace_id,
        target=customer_digest(workspace.workspace_id, filters.customer) if filters.customer else "",
        after={"form": form, **{name: text for name, text in asked.items() if text}},
    )
