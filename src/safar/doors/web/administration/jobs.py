"""Long work of the settings: looking after the log, making and checking backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.backups import back_up
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import member_with_key
from safar.doors.web.work.jobs import Progress, every, job
from safar.store.backup_check import check_backup
from safar.store.doctor import doctor
from safar.store.doctor_log import doctor_log
from safar.store.findings import Finding

from .backups import backup_folder, backups, backups_folder, delete_backup, surplus
from .models import BackupPlan

#: A list of findings longer than this is cut: the terminal shows all.
_MOST_FINDINGS: Final = 200
_DAY: Final = timedelta(days=1)


@job("administration.check_log", name=_("Check of the log"), needs=Capability.SEE_HEALTH, lane="heavy")
def check_log(progress: Progress, *, workspace_id: str) -> dict[str, object]:
    """Run the doctor over one workspace's log."""
    progress.report(0)
    home = current_home()
    folder = home.workspace_folder(workspace_id)
    home.log(workspace_id)  # a new workspace's log is made before it is looked at
    found = doctor_log(folder / "log")
    return _report(found, str(folder))


@job("administration.check_home", name=_("Check of the installation"), needs="administrator", lane="heavy")
def check_home(progress: Progress) -> dict[str, object]:
    """Run the doctor over the whole home."""
    progress.report(0)
    folder = current_home().folder
    return _report(doctor(folder), str(folder))


def _report(found: list[Finding], folder: str) -> dict[str, object]:
    return {
        "count": len(found),
        "findings": [
            {
                "code": each.code,
                "severity": str(each.severity),
                "path": str(each.path).removeprefix(folder).lstrip("/"),
                "message": each.message.replace(folder, ""),
            }
            for each in found[:_MOST_FINDINGS]
        ],
    }


@job("administration.backup", name=_("Backup"), needs="administrator", lane="heavy")
def make_backup(progress: Progress, *, member_id: int) -> dict[str, object]:
    """Write a backup of the home into the folder of backups."""
    return _make_backup(progress, Actor("member", member_with_key(member_id)))


@job("administration.check_backup", name=_("Check of a backup"), needs="administrator", lane="heavy")
def verify_backup(progress: Progress, *, name: str) -> dict[str, object]:
    """Compare every file of a backup with its list."""
    check = check_backup(backup_folder(name), progress=progress.report)
    return {"name": name, "files": check.files, "bytes": check.bytes, "wrong": list(check.wrong[:20])}


@every(timedelta(hours=1), "administration.daily_backup", name=_("Daily backup"), lane="heavy")
def daily_backup(progress: Progress) -> dict[str, object]:
    """Make a backup where the last one is a day old, and delete those that are too many; nothing unless switched on."""
    plan = BackupPlan.objects.first()
    if plan is None or not plan.is_daily:
        return {}
    newest = max((each.made_at for each in backups() if each.made_at is not None), default=None)
    if newest is not None and datetime.now(UTC) - newest < _DAY:
        return {}
    made = _make_backup(progress, SYSTEM)
    for name in surplus(plan.keep):
        with transaction.atomic():
            record(SYSTEM, "backup.deleted", target=name)
            delete_backup(name)
    return made


def _make_backup(progress: Progress, by: Actor) -> dict[str, object]:
    home = current_home()
    total = sum(path.stat().st_size for path in home.folder.rglob("*") if path.is_file())
    made = back_up(home, backups_folder(), progress=lambda done: progress.report(min(done, total), total))
    record(by, "backup.made", target=made.folder.name, after={"files": made.files, "bytes": made.bytes})
    return {
        "name": made.folder.name,
        "files": made.files,
        "bytes": made.bytes,
        "damaged": len(made.damaged),
    }
