"""Who may see background work, and who may end or retry it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from safar.doors.web.members.backend import Member
from safar.doors.web.members.policies import Capability

from .queries import WorkFacts
from .registry import known_job


def may_steer(member: Member | None, capabilities: AbstractSet[str], work: WorkFacts) -> bool:
    """Whether somebody with these capabilities in the workspace may cancel and retry the work: who started it, and
    who manages all work."""
    is_own = member is not None and work.is_of == member.pk
    return is_own or Capability.MANAGE_WORK in capabilities


def may_see(member: Member | None, capabilities: AbstractSet[str], work: WorkFacts) -> bool:
    """Whether somebody may follow the work: who may steer it, and who may do such work himself."""
    job = known_job(work.kind)
    may_do_such = job is not None and job.needs in capabilities
    return may_do_such or may_steer(member, capabilities, work)
