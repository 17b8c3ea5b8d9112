"""Verbs of the settings: change a workspace, make and revoke keys, make workspaces, plan backups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Role
from safar.doors.web.members.services import add_member
from safar.store.home import KEEP_FOR_EVER
from safar.store.keys import Key, UnknownKey
from safar.store.registry import Workspace

from .models import BackupPlan

# The registry of workspaces and keys is a file of its own. Each verb notes its change first and acts last, inside the
# transaction of the note: an act that is refused takes its note back.


@transaction.atomic
def change_workspace(
    workspace_id: str, *, by: Actor, name: str, language: str, calendar: str, time_zone: str, currency: str
) -> Workspace:
    """Change a workspace's name, language, calendar, time zone and currency; what stays the same is not noted.

    Raises
    ------
    UnknownWorkspace, InvalidWorkspaceSetting
        Nothing was changed.
    """
    home = current_home()
    before = asdict(home.workspace(workspace_id))
    wanted = {
        "name": name.strip(),
        "language": language,
        "calendar": calendar,
        "time_zone": time_zone,
        "currency": currency,
    }
    changed = {setting: value for setting, value in wanted.items() if before[setting] != value}
    if not changed:
        return home.workspace(workspace_id)
    record(
        by,
        "workspace.changed",
        workspace_id=workspace_id,
        target=str(before["name"]),
        before={setting: before[setting] for setting in changed},
        after=changed,
    )
    return home.change_workspace(
        workspace_id,
        name=name,
        language=language,
        calendar=calendar,
        time_zone=time_zone,
        currency=currency,
    )


@transaction.atomic
def change_retention(workspace_id: str, days: int | None, *, by: Actor) -> Workspace:
    """Change how many days a workspace keeps its events; None keeps them for ever.

    What is older is forgotten at the next occasion, within a minute where Safar serves.

    Raises
    ------
    UnknownWorkspace, InvalidWorkspaceSetting
        Nothing was changed.
    """
    home = current_home()
    before = home.workspace(workspace_id)
    if before.retention_days == days:
        return before
    record(
        by,
        "workspace.retention_changed",
        workspace_id=workspace_id,
        target=before.name,
        before={"retention_days": before.retention_days},
        after={"retention_days": days},
    )
    return home.change_workspace(workspace_id, retention_days=KEEP_FOR_EVER if days is None else days)


@transaction.atomic
def create_key(
    workspace_id: str,
    *,
    by: Actor,
    name: str,
    channel: str = "",
    origins: Iterable[str] = (),
    requests_per_second: float | None = None,
) -> tuple[Key, str]:
    """Create a key; return it with its secret, which is shown this once and noted nowhere.

    Raises
    ------
    UnknownWorkspace, InvalidKeySetting, KeyExists
        Nothing was created.
    """
    listed = list(origins)
    record(
        by,
        "key.created",
        workspace_id=workspace_id,
        target=name.strip(),
        after={"channel": channel.strip(), "origins": listed, "requests_per_second": requests_per_second},
    )
    return current_home().create_key(
        workspace_id, name=name, channel=channel, origins=listed, requests_per_second=requests_per_second
    )


def key_in(workspace_id: str, key_id: str) -> Key:
    """Return a key of this workspace.

    Raises
    ------
    UnknownKey
        It has none of this id; another workspace's key is as unknown.
    """
    for key in current_home().keys(workspace_id):
        if key.key_id == key_id:
            return key
    raise UnknownKey(
        f"The workspace {workspace_id} has no key {key_id[:80]!r}.", hint="Look at its list of keys."
    )


@transaction.atomic
def revoke_key(workspace_id: str, key_id: str, *, by: Actor) -> Key:
    """Revoke a key of this workspace; every process refuses it within a second. A second time changes nothing.

    Raises
    ------
    UnknownKey
        The workspace has no such key.
    """
    key = key_in(workspace_id, key_id)
    if key.revoked_at is not None:
        return key
    record(by, "key.revoked", workspace_id=workspace_id, target=key.name)
    return current_home().revoke_key(key_id)


@transaction.atomic
def create_workspace(
    name: str,
    *,
    by: Actor,
    workspace_id: str | None,
    language: str,
    calendar: str,
    time_zone: str,
    currency: str,
) -> Workspace:
    """Create a workspace; who makes it becomes its owner.

    Raises
    ------
    InvalidWorkspaceId, InvalidWorkspaceSetting, WorkspaceExists
        Nothing was created.
    """
    made = current_home().create_workspace(
        name,
        workspace_id=workspace_id,
        language=language,
        calendar=calendar,
        time_zone=time_zone,
        currency=currency,
    )
    record(
        by,
        "workspace.created",
        workspace_id=made.workspace_id,
        target=made.name,
        after={"language": language, "calendar": calendar, "time_zone": time_zone, "currency": currency},
    )
    if by.member is not None:
        member = by.member
        add_member(member.email, member.name, member.language, made.workspace_id, Role.OWNER, by=by)
    return made


@transaction.atomic
def change_backup_plan(*, by: Actor, is_daily: bool, keep: int) -> BackupPlan:
    """Switch the daily backup on or off, and say how many backups are kept."""
    plan = BackupPlan.objects.select_for_update().first() or BackupPlan()
    before = {"is_daily": plan.is_daily, "keep": plan.keep}
    after = {"is_daily": is_daily, "keep": keep}
    if before == after:
        return plan
    plan.is_daily, plan.keep = is_daily, keep
    plan.save()
    changed = [setting for setting in after if before[setting] != after[setting]]
    record(
        by,
        "backup.plan_changed",
        before={setting: before[setting] for setting in changed},
        after={setting: after[setting] for setting in changed},
    )
    return plan
