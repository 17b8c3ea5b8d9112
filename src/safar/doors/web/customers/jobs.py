"""Background work of the desk Customers: erasing a person."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.database import empty_write_ahead_log
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.jobs import Progress, job
from safar.store.erasure import erase_customer as erase

from .services import customer_to_erase, keep_proof


@job(
    "customers.erase",
    name=gettext_lazy("Erasure of a customer"),
    needs=Capability.CHANGE_CUSTOMERS,
    resumable=True,
    lane="heavy",
)
def erase_customer(progress: Progress, *, workspace_id: str, erasure_id: str) -> dict[str, object]:
    """Erase the person of an erasure from the log and from what imports kept, and keep the proof.

    Running it again after a kill erases what is left and proves it.
    """
    customer_id = customer_to_erase(workspace_id, erasure_id)
    progress.report(0, None, _("Erasing, then searching every file for traces"))
    proof = erase(current_home(), workspace_id, customer_id)
    keep_proof(workspace_id, erasure_id, proof)
    empty_write_ahead_log()
    return {"events_removed": proof.events_removed}
