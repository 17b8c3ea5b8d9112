"""The installation's pages: administrators alone, backups from the first to the last, workspaces, health."""

from __future__ import annotations

import html
import io
import re
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from a_shop import days_ago
from builders import an_event

pytestmark = pytest.mark.usefixtures("web_home")

PAGES = [
    "/installation",
    "/installation/health",
    "/installation/backups",
    "/installation/workspaces",
    "/installation/changes",
]
ACTS = [
    "/installation/health/check",
    "/installation/backups",
    "/installation/backups/make",
    "/installation/workspaces",
]


@pytest.fixture
def folder(settings_backups) -> Path:
    return settings_backups


@pytest.fixture
def settings_backups(web_home, tmp_path, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "BACKUPS", tmp_path / "backups")
    return tmp_path / "backups"


@pytest.fixture
def nobody_planned(web_home):
    from safar.doors.web.administration.models import BackupPlan

    yield
    BackupPlan.objects.all().delete()


@pytest.fixture
def admin(shop, browser, folder, nobody_planned):
    """An administrator who works in no workspace but the shop."""
    from safar.doors.web.members.services import add_member

    member = add_member("sara@example.com", "Sara", "en", shop.workspace_id, "viewer", is_administrator=True)
    browser.force_login(member)
    return browser


def run_work() -> int:
    from safar.doors.web.work.worker import Worker

    return Worker().run_waiting()


def noted(*actions: str) -> list[tuple[str, str, str]]:
    from safar.doors.web.audit.models import Change

    rows = Change.objects.filter(action__in=actions).order_by("-pk")[:10]
    return [(row.action, row.target, row.actor_name) for row in rows]


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


@pytest.fixture
def made(admin, folder) -> str:
    """The name of a backup that was made from the page."""
    assert admin.post("/installation/backups/make").status_code == 302
    assert run_work() == 1
    (path,) = folder.iterdir()
    return path.name


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_for_other_members_there_is_nothing(shop, browser, folder, role) -> None:
    from safar.doors.web.members.services import add_member

    browser.force_login(add_member("reza@example.com", "Reza", "en", shop.workspace_id, role))
    for page in PAGES:
        assert browser.get(page).status_code == 404, page
    for page in [*ACTS, "/installation/backups/safar-backup-20260321T093000Z/delete"]:
        assert browser.post(page, {"name": "Mine", "keep": "3"}).status_code == 404, page
    assert run_work() == 0
    assert not folder.exists()
    assert "/installation" not in browser.get(f"/w/{shop.workspace_id}/today").content.decode()


def test_an_administrator_sees_every_page(admin) -> None:
    for page in PAGES[1:]:
        answer = admin.get(page)
        assert answer.status_code == 200, page
        assert all(f'href="{each}"' in answer.content.decode() for each in PAGES[1:])


def test_a_backup_is_made_checked_and_listed(admin, made) -> None:
    assert f'href="/installation/backups/{made}"' in admin.get("/installation/backups").content.decode()
    assert noted("backup.made")[0] == ("backup.made", made, "sara@example.com")
    admin.post(f"/installation/backups/{made}/verify")
    assert run_work() == 1
    page = text_of(admin.get(f"/installation/backups/{made}"))
    assert "Every file is what was written." in page
    assert f"{made} --home" in page
    assert "--replace" in page


def test_damage_of_a_backup_is_named(admin, made, folder) -> None:
    (folder / made / "files" / "registry.sqlite").write_bytes(b"no database")
    admin.post(f"/installation/backups/{made}/verify")
    run_work()
    assert "1 file is missing or not what was written: registry.sqlite." in text_of(
        admin.get(f"/installation/backups/{made}")
    )


def test_a_downloaded_backup_restores(admin, made, folder, tmp_path, web_home) -> None:
    from safar.store.home import Home
    from safar.store.restore import restore

    answer = admin.post(f"/installation/backups/{made}/download")
    sent = b"".join(answer)
    assert int(answer.headers["Content-Length"]) == len(sent)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{made}.tar"'
    with tarfile.open(fileobj=io.BytesIO(sent)) as tar:
        assert all(member.name.startswith(f"{made}/") for member in tar.getmembers())
        tar.extractall(tmp_path / "taken", filter="data")
    restore(tmp_path / "taken" / made, tmp_path / "restored")
    with Home.open(tmp_path / "restored") as restored:
        assert restored.workspaces() == web_home.workspaces()
    assert noted("backup.downloaded")[0] == ("backup.downloaded", made, "sara@example.com")
    assert admin.get(f"/installation/backups/{made}/download").status_code == 405


def test_a_backup_is_deleted_by_its_name(admin, made, folder) -> None:
    page = f"/installation/backups/{made}/delete"
    assert admin.post(page, {"typed": "yes"}).status_code == 422
    assert (folder / made).is_dir()
    assert admin.post(page, {"typed": made}).status_code == 302
    assert list(folder.iterdir()) == []
    assert noted("backup.deleted")[0] == ("backup.deleted", made, "sara@example.com")
    assert admin.get(f"/installation/backups/{made}").status_code == 404


@pytest.mark.parametrize(
    "name", ["..", ".", "%2e%2e", "..%2f..%2fhome", "home", "safar-backup-1", "etc%2fpasswd"]
)
def test_no_name_leads_out_of_the_folder(admin, made, folder, name) -> None:
    (folder / "home").mkdir()
    (folder / "home" / "backup.json").write_text("{}")
    for act in ("", "/verify", "/download", "/delete"):
        answer = (
            admin.post(f"/installation/backups/{name}{act}", {"typed": name})
            if act
            else admin.get(f"/installation/backups/{name}")
        )
        assert answer.status_code in {404, 405}, (name, act)
    assert (folder / "home" / "backup.json").exists()
    assert (folder / made / "backup.json").exists()


def test_names_are_looked_up_and_links_are_no_backups(folder, tmp_path) -> None:
    from safar.doors.web.administration.backups import UnknownBackup, backup_folder, backups

    folder.mkdir()
    name = "safar-backup-20260321T093000Z"
    (tmp_path / "elsewhere").mkdir()
    (folder / name).symlink_to(tmp_path / "elsewhere")
    (folder / f"{name}.partial").mkdir()
    assert backups() == []
    for asked in (name, f"{name}.partial", "../elsewhere", str(tmp_path), "", "\0"):
        with pytest.raises(UnknownBackup):
            backup_folder(asked)


def test_an_unreadable_backup_is_listed_as_such(admin, folder) -> None:
    name = "safar-backup-20260321T093000Z"
    (folder / name).mkdir(parents=True)
    assert "There is no finished backup in this folder." in text_of(admin.get("/installation/backups"))
    assert admin.get(f"/installation/backups/{name}").status_code == 200
    assert admin.post(f"/installation/backups/{name}/download").status_code == 404


def test_the_daily_backup_waits_for_its_switch_and_its_day(admin, folder) -> None:
    from safar.doors.web.administration.jobs import daily_backup
    from safar.doors.web.work.jobs import Progress

    assert daily_backup.run(Progress(), {}) == {}
    assert not folder.exists()
    assert admin.post("/installation/backups", {"is_daily": "on", "keep": "۲"}).status_code == 302
    first = daily_backup.run(Progress(), {})["name"]
    assert [path.name for path in folder.iterdir()] == [first]
    assert daily_backup.run(Progress(), {}) == {}  # not a day old yet
    action, _target, who = noted("backup.plan_changed")[0]
    assert (action, who) == ("backup.plan_changed", "sara@example.com")


def test_only_surplus_backups_of_the_whole_home_are_deleted(admin, made, folder, web_home) -> None:
    from safar.doors.web.administration.backups import surplus

    old = [f"safar-backup-{datetime.now(UTC) - timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in (1, 2, 3)]
    for name in [*old, f"{old[2]}-shop", f"{old[2]}.partial"]:
        shutil.copytree(folder / made, folder / name)
    (folder / "my-own-folder").mkdir()
    assert surplus(2) == [old[1], old[2]]
    assert surplus(4) == []


@pytest.mark.parametrize("keep", ["0", "-1", "366", "many", ""])
def test_a_wrong_plan_changes_nothing(admin, keep) -> None:
    from safar.doors.web.administration.models import BackupPlan

    assert admin.post("/installation/backups", {"is_daily": "on", "keep": keep}).status_code == 422
    assert not BackupPlan.objects.exists()


def test_whoever_makes_a_workspace_owns_it(admin, web_home) -> None:
    from safar.doors.web.members.models import Membership

    sent = {
        "name": "فروشگاه شیراز",
        "workspace_id": "shiraz",
        "language": "fa",
        "calendar": "jalali",
        "time_zone": "Asia/Tehran",
        "currency": "irr",
    }
    answer = admin.post("/installation/workspaces", sent)
    assert answer.headers["Location"] == "/w/shiraz/settings"
    assert web_home.workspace("shiraz").currency == "IRR"
    assert Membership.objects.get(workspace_id="shiraz").role == "owner"
    assert ("workspace.created", "فروشگاه شیراز", "sara@example.com") in noted("workspace.created")
    again = admin.post("/installation/workspaces", sent)
    assert again.status_code == 422
    assert "This workspace id is taken." in text_of(again)
    assert admin.post("/installation/workspaces", sent | {"workspace_id": "../x"}).status_code == 422
    assert [each.workspace_id for each in web_home.workspaces()].count("shiraz") == 1


def test_an_administrator_is_not_led_into_others_workspaces(admin, web_home) -> None:
    other = web_home.create_workspace("Secret company").workspace_id
    shown = admin.get("/installation/workspaces").content.decode()
    assert "Secret company" in shown
    assert f'href="/w/{other}/today"' not in shown
    assert admin.get(f"/w/{other}/settings/health").status_code == 404


def test_health_of_the_machine_and_all_logs(admin, shop, tell) -> None:
    tell(an_event("page", days_ago(1)))
    shown = text_of(admin.get("/installation/health"))
    for said in (
        "Free disk",
        "Last backup none yet",
        "Memory of this process",
        "Upkeep",
        "Python 3.",
        shop.name,
    ):
        assert said in shown
    admin.post("/installation/health/check")
    assert run_work() == 1
    assert "Checked" in text_of(admin.get("/installation/health"))


def test_work_of_the_installation_is_followed_by_administrators_alone(admin, shop) -> None:
    from django.test import Client

    from safar.doors.web.members.services import add_member
    from safar.doors.web.work.queries import latest_work

    admin.post("/installation/backups/make")
    work = latest_work("", kind="administration.backup")
    address = f"/installation/work/{work.work_id}"
    part = {"headers": {"HX-Request": "true", "HX-Request-Type": "partial"}}
    assert "hx-get" in admin.get(address, **part).content.decode()
    other = Client(SERVER_NAME="127.0.0.1")
    other.force_login(add_member("reza@example.com", "Reza", "en", shop.workspace_id, "owner"))
    assert other.get(address, **part).status_code == 404
    assert other.post(f"{address}/cancel").status_code == 404
    assert admin.post(f"{address}/cancel").status_code == 302
    assert latest_work("", kind="administration.backup").status == "cancelled"


def test_sizes_and_days_left() -> None:
    from safar.doors.web.administration.health import days_left
    from safar.doors.web.design.sizes import size_in_words
    from safar.show.locale import Locale

    said = [
        size_in_words(count, Locale("en")) for count in (0, 999, 1000, 1234567, 98765432, 5 * 10**12, 10**16)
    ]
    assert [each.replace("\u2068", "").replace("\u2069", "") for each in said] == [
        "0 B", "999 B", "1.0 kB", "1.2 MB", "99 MB", "5.0 TB", "10,000 TB",
    ]  # fmt: skip
    assert (days_left(1000, 100.0), days_left(99, 100.0), days_left(1000, 0.0)) == (10, 0, None)
