"""Background work of the desk Customers: erasing a person."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.answering.services import forget_customer as forget_responses
from safar.doors.web.cases.services import forget as forget_cases
from safar.doors.web.comments.services import forget as forget_comments
from safar.doors.web.database import empty_write_ahead_log
from safar.doors.web.homes import current_home
from safar.doors.web.inviting.services import forget_customer as forget_invitations
from safar.doors.web.maps.services import forget_customer
from safar.doors.web.members.policies import Capability
from safar.doors.web.personas.services import forget as forget_quotes
from safar.doors.web.results.services import forget_gone as forget_counted
from safar.doors.web.work.jobs import Progress, job
from safar.store.erasure import erase_customer as erase

from .digests import customer_digest
from .services import customer_to_erase, ids_of, keep_proof, traces_of


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
    workspace = current_home().workspace(workspace_id)
    # While the log still tells which ids and events are his.
    forget_customer(workspace, traces_of(workspace, customer_id))
    ids = ids_of(workspace, customer_id)
    forget_invitations(workspace, ids)
    forget_responses(workspace, ids)
    forget_counted(workspace)
    forget_cases(workspace, ids)
    for each in ids:
        forget_quotes(workspace_id, customer_digest(workspace_id, each))
    forget_comments(workspace_id, ids)
    proof = erase(current_home(), workspace_id, customer_id)
    forget_comments(workspace_id, ids)  # what was read while the log was being rewritten
    forget_cases(workspace, ids)
    keep_proof(workspace_id, erasure_id, proof)
    empty_write_ahead_log()
    return {"events_removed": proof.events_removed}
