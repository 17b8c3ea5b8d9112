from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path
from safar.store.home import KEEP_FOR_EVER, Home, HomeMissing, default_home
from safar.store.registry import (
    InvalidWorkspaceId,
    InvalidWorkspaceSetting,
    UnknownWorkspace,
    WorkspaceExists,
    checked_workspace_id,
    slug_of,
)
from safar.store.sqlite_file import SqliteFileDamaged, SqliteFileForked, SqliteFileTooNew


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with Home.create(tmp_path / "home") as home:
        yield home


def test_a_workspace_keeps_its_settings_over_a_reopening(tmp_path):
    with Home.create(tmp_path / "deep" / "home") as home:
        made = home.create_workspace(
            "فروشگاه می‌خواهم",
            workspace_id="shop",
            language="fa",
            calendar="jalali",
            time_zone="Asia/Tehran",
            currency="IRR",
        )
    with Home.open(tmp_path / "deep" / "home") as again:
        assert again.workspaces() == [made]
        assert again.workspace("shop") == made
        assert made.name == "فروشگاه می‌خواهم"
        assert made.created_at.utcoffset().total_seconds() == 0


def test_creating_a_home_twice_opens_it(home):
    home.create_workspace("Shop")
    with Home.create(home.folder) as again:
        assert [workspace.workspace_id for workspace in again.workspaces()] == ["shop"]


def test_a_folder_that_is_no_home_is_refused_and_left_alone(tmp_path):
    with pytest.raises(HomeMissing) as refused:
        Home.open(tmp_path)
    assert str(tmp_path) in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_the_default_home_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SAFAR_HOME", str(tmp_path / "elsewhere"))
    assert default_home() == tmp_path / "elsewhere"
    with Home.create() as home:
        assert home.folder == tmp_path / "elsewhere"
    monkeypatch.delenv("SAFAR_HOME")
    assert default_home() == Path("var/safar")


def test_other_users_of_the_machine_cannot_look_in(home):
    home.create_workspace("Shop")
    for path, mode in [
        (home.folder, 0o700),
        (home.folder / "workspaces", 0o700),
        (home.folder / "workspaces" / "shop", 0o700),
        (home.folder / "registry.sqlite", 0o600),
    ]:
        assert stat.S_IMODE(path.stat().st_mode) == mode, path


def test_ids_made_of_names_are_numbered(home):
    names = ["Tehran Shop", "tehran-shop!", "فروشگاه", "متجر", "con"]
    assert [home.create_workspace(name).workspace_id for name in names] == [
        "tehran-shop",
        "tehran-shop-2",
        "workspace",
        "workspace-2",
        "workspace-3",
    ]


def test_a_taken_id_is_refused(home):
    home.create_workspace("One", workspace_id="shop")
    with pytest.raises(WorkspaceExists):
        home.create_workspace("Two", workspace_id="shop")
    assert [workspace.name for workspace in home.workspaces()] == ["One"]


def test_a_folder_with_the_files_of_another_life_is_not_taken_over(home):
    leftover = home.folder / "workspaces" / "shop"
    (leftover / "log").mkdir(parents=True)
    with pytest.raises(WorkspaceExists):
        home.create_workspace("Shop", workspace_id="shop")
    assert home.workspaces() == []
    assert home.create_workspace("Shop").workspace_id == "shop-2"


BAD_IDS = [
    "", ".", "..", "../shop", "shop/..", "a/b", "a\\b", "/etc", "Shop", "SHOP", "café", "ｓｈｏｐ", "shop\n", " shop",
    "shop.", "-shop", "shop-", "sh op", "sh\0op", "shoр", "۱۲", "con", "nul", "com1", "a" * 49, "workspace%2f",
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_that_is_no_slug_is_refused_everywhere_and_leaves_nothing_behind(home, bad):
    before = sorted(home.folder.rglob("*"))
    for attempt in (
        lambda: home.create_workspace("Shop", workspace_id=bad),
        lambda: home.workspace(bad),
        lambda: home.workspace_folder(bad),
        lambda: home.imports_folder(bad),
        lambda: home.log(bad),
        lambda: home.create_key(bad, name="web"),
        lambda: home.keys(bad),
        lambda: home.change_workspace(bad, name="x"),
    ):
        with pytest.raises(InvalidWorkspaceId):
            attempt()
    assert sorted(home.folder.rglob("*")) == before


@given(st.text(max_size=60) | st.from_regex(r"[a-z0-9./\\-]{1,20}"))
def test_whatever_passes_as_an_id_names_one_folder_directly_inside(text):
    try:
        checked_workspace_id(text)
    except InvalidWorkspaceId:
        return
    path = Path("/home/workspaces") / text
    assert path.resolve().parent == Path("/home/workspaces")
    assert path.name == text == text.lower()
    assert text.isascii()


@given(st.text(max_size=300))
def test_every_name_makes_an_id(name):
    assert checked_workspace_id(slug_of(name))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("language", "de"),
        ("language", "FA"),
        ("calendar", "julian"),
        ("time_zone", "Tehran"),
        ("time_zone", "Asia"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
        ("currency", "usd"),
        ("currency", "RIAL"),
        ("currency", "XQZ"),
        ("name", " "),
        ("name", "two\nlines"),
        ("name", "x" * 201),
    ],
)
def test_a_setting_that_is_not_known_is_refused_and_nothing_is_made(home, setting, value):
    given_settings = {"name": "Shop"} | {setting: value}
    with pytest.raises(InvalidWorkspaceSetting) as refused:
        home.create_workspace(given_settings.pop("name"), **given_settings)
    assert refused.value.context["setting"] == setting
    assert home.workspaces() == []
    assert list((home.folder / "workspaces").iterdir()) == []
    made = home.create_workspace("Shop")
    with pytest.raises(InvalidWorkspaceSetting):
        home.change_workspace("shop", **{setting: value})
    assert home.workspace("shop") == made


def test_a_refused_setting_says_what_to_write_instead(home):
    for setting, value, hint in [
        ("currency", "toman", "record rials (IRR)"),
        ("time_zone", "Asia/Teheran", 'Did you mean "Asia/Tehran"?'),
        ("calendar", "jalaly", 'Did you mean "jalali"?'),
    ]:
        with pytest.raises(InvalidWorkspaceSetting) as refused:
            home.create_workspace("Shop", **{setting: value})
        assert hint in refused.value.hint


def test_changing_some_settings_leaves_the_others(home):
    made = home.create_workspace("Shop", language="ar", currency="AED")
    changed = home.change_workspace("shop", calendar="hijri", time_zone="Asia/Dubai")
    assert changed == home.workspace("shop")
    assert (changed.name, changed.language, changed.currency) == ("Shop", "ar", "AED")
    assert (changed.calendar, changed.time_zone) == ("hijri", "Asia/Dubai")
    assert changed.created_at == made.created_at


def test_an_unknown_workspace_is_refused_with_the_nearest_name(home):
    home.create_workspace("Tehran")
    with pytest.raises(UnknownWorkspace) as refused:
        home.workspace("tehran2")
    assert refused.value.hint == 'Did you mean "tehran"?'


def test_a_workspace_has_one_log_for_all_threads_and_events_never_cross(home):
    home.create_workspace("One")
    home.create_workspace("Two")
    barrier = threading.Barrier(8)

    def ask(_: int) -> object:
        barrier.wait()
        return home.log("one")

    with ThreadPoolExecutor(8) as pool:
        logs = set(pool.map(ask, range(8)))
    assert len(logs) == 1
    assert home.log("two") not in logs
    with home.log("one").writer() as writer:
        writer.append(a_path("visit 09:00 > pay 09:20 250000 IRR"))
        writer.sync()
        assert home.log("one").sql("SELECT count(*) FROM events").rows() == [(2,)]
        assert home.log("two").sql("SELECT count(*) FROM events").rows() == [(0,)]
    assert (home.folder / "workspaces" / "one" / "log").is_dir()


def test_a_home_of_a_later_version_is_refused(home):
    home.close()
    registry = sqlite3.connect(home.folder / "registry.sqlite")
    registry.execute("PRAGMA user_version=99")
    registry.close()
    with pytest.raises(SqliteFileTooNew):
        Home.open(home.folder)


def test_a_registry_that_is_not_sqlite_is_said_to_be_damaged(tmp_path):
    (tmp_path / "registry.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(SqliteFileDamaged):
        Home.open(tmp_path)


_CREATES = """
import sys
from safar.store.home import Home
from safar.store.registry import WorkspaceExists
print("ready", flush=True)
sys.stdin.readline()  # all start together
for folder in sys.argv[1:]:
    with Home.create(folder) as home:
        try:
            home.create_workspace("Shop", workspace_id="shop")
        except WorkspaceExists:
            print("taken")
        else:
            print("made")
"""


@pytest.mark.crash
def test_several_processes_create_the_same_home_at_once(tmp_path):
    folders = [tmp_path / "new" / f"home{number}" for number in range(30)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _CREATES, *map(str, folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    for folder, answers in zip(folders, zip(*said, strict=True), strict=True):
        assert sorted(answers) == ["made", "taken", "taken", "taken"]
        with Home.open(folder) as home:
            assert [workspace.workspace_id for workspace in home.workspaces()] == ["shop"]


def _use_after_fork(home: Home, answers) -> None:
    try:
        home.workspaces()
    except SqliteFileForked:
        answers.put("refused")
    else:
        answers.put("used")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_home_carried_over_a_fork_is_refused(home):
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    process = fork.Process(target=_use_after_fork, args=(home, answers))
    process.start()
    assert answers.get(timeout=60) == "refused"
    process.join(60)
    assert home.workspaces() == []


@pytest.mark.parametrize(("currency", "region"), [("IRR", "IR"), ("SAR", "SA"), ("EUR", "ZZ")])
def test_telephone_numbers_are_read_as_in_the_country_of_the_currency(
    tmp_path: Path, currency: str, region: str
) -> None:
    with Home.create(tmp_path) as home:
        workspace = home.create_workspace("shop", currency=currency)
        assert home.log(workspace.workspace_id).identity.rules.region == region


def test_a_registry_of_the_first_version_keeps_its_workspaces(home):
    before = home.create_workspace("Shop", currency="IRR")
    home.close()
    registry = sqlite3.connect(home.folder / "registry.sqlite")
    for column in ("retention_days", "forgotten_at"):
        registry.execute(f"ALTER TABLE workspace DROP COLUMN {column}")
    registry.execute("PRAGMA user_version=1")
    registry.close()
    with Home.open(home.folder) as opened:
        assert opened.workspaces() == [before]
        assert opened.change_workspace("shop", retention_days=30).retention_days == 30


def test_a_workspace_forgets_once_a_day_as_long_as_it_is_to_forget(home):
    shop = home.create_workspace("Shop")
    noon = datetime(2026, 3, 21, 12, tzinfo=UTC)
    assert (shop.retention_days, home.forgets_before("shop", noon)) == (None, None)
    home.change_workspace("shop", retention_days=30)
    assert home.forgets_before("shop", noon) == datetime(2026, 2, 19, 12, tzinfo=UTC)
    home.has_forgotten("shop", noon)
    assert home.forgets_before("shop", noon + timedelta(hours=23, minutes=59)) is None
    assert home.forgets_before("shop", noon + timedelta(days=1)) == datetime(2026, 2, 20, 12, tzinfo=UTC)
    home.change_workspace("shop", name="A shop")
    assert home.forgets_before("shop", noon) is None, "another name is no reason to look again"
    home.change_workspace("shop", retention_days=10)
    assert home.forgets_before("shop", noon) == datetime(2026, 3, 11, 12, tzinfo=UTC)
    assert home.change_workspace("shop", retention_days=KEEP_FOR_EVER).retention_days is None
    assert home.forgets_before("shop", noon) is None


@pytest.mark.parametrize("days", [0, -1, 36_526])
def test_a_retention_that_cannot_be_changes_nothing(home, days):
    home.create_workspace("Shop")
    with pytest.raises(InvalidWorkspaceSetting) as refused:
        home.change_workspace("shop", name="Other", retention_days=days)
    assert (refused.value.context["setting"], refused.value.context["value"]) == ("retention_days", str(days))
    assert home.workspaces()[0].name == "Shop"
