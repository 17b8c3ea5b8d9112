"""The one verb of the audit log: note a change."""

from __future__ import annotations

from collections.abc import Mapping

from .actor import Actor
from .models import Change

_LONGEST = 254


def record(
    by: Actor,
    action: str,
    *,
    workspace_id: str = "",
    target: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> Change:
    """Note one change, in the transaction of the change itself: both are kept, or neither.

    Parameters
    ----------
    by
        Who did it.
    action
        A dotted verb in the past tense, such as ``member.invited``; its app keeps its sentence in `change_sentences`.
    workspace_id
        Where; empty for the installation and for a member's own account.
    target
        What was changed, as people know it. Never a secret; a customer by the digest of his id only.
    before, after
        The values that differ, JSON-able. Never a secret.
    """
    name = by.member.email if by.member is not None else by.detail
    return Change.objects.create(
        workspace_id=workspace_id,
        action=action,
        actor_kind=by.kind,
        member=by.member,
        actor_name=name[:_LONGEST],
        actor_address=by.address[:64],
        target=target[:_LONGEST],
        before=dict(before or {}),
        after=dict(after or {}),
    )
