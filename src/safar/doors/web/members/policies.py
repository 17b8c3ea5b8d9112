"""Who may do what: the roles of a workspace, from all to least, and what each of them is trusted with."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.contrib.auth.models import AnonymousUser

from .models import Member, Membership, Role

__all__ = ["ALLOWED", "Capability", "Role", "administers", "capabilities_in", "may"]


class Capability(StrEnum):
    """One thing that a role allows in its workspace."""

    #: Numbers about all customers together.
    SEE_NUMBERS = "see_numbers"
    #: Single customers and their events: personal data.
    SEE_CUSTOMERS = "see_customers"
    #: Take rows away as a file.
    EXPORT = "export"
    #: Ask the log in SQL.
    QUERY = "query"
    #: Keep questions about journeys for everybody, put them on Today, watch them.
    SAVE_QUESTIONS = "save_questions"
    #: Comment maps: say what stands out, ask somebody by name.
    COMMENT_MAPS = "comment_maps"
    #: Draw journey maps, define segments, describe personas.
    EDIT_MAPS = "edit_maps"
    #: Give a map away by a link that needs no sign-in.
    SHARE_MAPS = "share_maps"
    #: Write surveys: questions, logic, quotas, translations; try them out.
    EDIT_SURVEYS = "edit_surveys"
    #: Publish a survey and ask customers: links, invitations, reminders.
    SEND_SURVEYS = "send_surveys"
    #: Say what a comment is about and how it sounds, where the machine was wrong; name topics.
    LABEL_COMMENTS = "label_comments"
    #: Take up a case, say what was behind it and how it ended.
    HANDLE_CASES = "handle_cases"
    #: Say which answers open a case, when it is due, whom to tell; where webhooks go.
    CHANGE_RULES = "change_rules"
    #: Bring files in, and take an import back.
    IMPORT = "import"
    #: Join ids of one person, part them again, erase a person.
    CHANGE_CUSTOMERS = "change_customers"
    #: See all background work of the workspace, cancel and retry it.
    MANAGE_WORK = "manage_work"
    #: Invite, change roles, remove. Only owners make owners.
    MANAGE_MEMBERS = "manage_members"
    #: Who changed what.
    SEE_CHANGES = "see_changes"
    #: Health of log and disk.
    SEE_HEALTH = "see_health"
    #: Keys that events come in with.
    MANAGE_KEYS = "manage_keys"
    #: Name, language, calendar, time zone, currency, how long events are kept.
    CHANGE_WORKSPACE = "change_workspace"


_VIEWER: Final = frozenset({Capability.SEE_NUMBERS})
_AGENT: Final = _VIEWER | {
    Capability.SEE_CUSTOMERS,
    Capability.COMMENT_MAPS,
    Capability.LABEL_COMMENTS,
    Capability.HANDLE_CASES,
}
_ANALYST: Final = _AGENT | {
    Capability.EXPORT,
    Capability.QUERY,
    Capability.SAVE_QUESTIONS,
    Capability.EDIT_MAPS,
    Capability.EDIT_SURVEYS,
    Capability.SEE_HEALTH,
}
_MANAGER: Final = _ANALYST | {
    Capability.SHARE_MAPS,
    Capability.SEND_SURVEYS,
    Capability.CHANGE_RULES,
    Capability.IMPORT,
    Capability.CHANGE_CUSTOMERS,
    Capability.MANAGE_WORK,
    Capability.MANAGE_MEMBERS,
    Capability.SEE_CHANGES,
}
_OWNER: Final = frozenset(Capability)
#: What each role may do.
ALLOWED: Final[dict[str, frozenset[Capability]]] = {
    Role.OWNER: _OWNER,
    Role.MANAGER: _MANAGER,
    Role.ANALYST: _ANALYST,
    Role.AGENT: _AGENT,
    Role.VIEWER: _VIEWER,
}


def capabilities_in(member: Member | AnonymousUser, workspace_id: str) -> frozenset[Capability] | None:
    """Return what the member may do in a workspace; None where he does not work in it at all."""
    if not isinstance(member, Member) or not member.is_active:
        return None
    role = Membership.objects.filter(member=member, workspace_id=workspace_id).values_list("role", flat=True)
    found = role.first()
    return None if found is None else ALLOWED[found]


def may(member: Member | AnonymousUser, workspace_id: str, capability: Capability) -> bool:
    """Whether the member may do this in the workspace."""
    return capability in (capabilities_in(member, workspace_id) or ())


def administers(member: Member | AnonymousUser) -> bool:
    """Whether the member looks after the installation: makes workspaces, takes backups, sees the machine's health."""
    return isinstance(member, Member) and member.is_active and member.is_administrator
