"""What members are written about cases: that one is theirs, that one is late. Never what the customer wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_in_role
from safar.doors.web.members.writing import write_to
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .models import Case


def tell_owner(workspace: Workspace, pk: int) -> bool:
    """Write to the owner of a case that it is his, where the installation can mail."""
    case = Case.objects.select_related("owner").filter(pk=pk).first()
    if case is None or case.owner is None:
        return False

    def words(locale: Locale) -> tuple[str, str]:
        subject = filled(_("A case for you: %(rule)s"), rule=case.rule_name or _("opened by hand"))
        text = filled(_("It is due on %(when)s."), when=locale.datetime(case.due_at))
        return subject, text

    return _write(workspace, case, case.owner, words)


def tell_late(workspace: Workspace, pk: int, role: str) -> int:
    """Write to the members of a role that a case is late; return to how many."""
    case = Case.objects.select_related("owner").filter(pk=pk).first()
    if case is None:
        return 0

    def words(locale: Locale) -> tuple[str, str]:
        subject = filled(_("A case is late: %(rule)s"), rule=case.rule_name or _("opened by hand"))
        text = filled(
            _("It was due on %(when)s. Owner: %(owner)s."),
            when=locale.datetime(case.due_at),
            owner=_("nobody") if case.owner is None else str(case.owner),
        )
        return subject, text

    return sum(
        _write(workspace, case, member, words) for member in members_in_role(workspace.workspace_id, role)
    )


def _write(workspace: Workspace, case: Case, member: Any, words: Callable[[Locale], tuple[str, str]]) -> bool:
    path = reverse("case", kwargs={"workspace_id": workspace.workspace_id, "case_id": case.public_id})
    return write_to(member, workspace, Capability.HANDLE_CASES, words, path)
