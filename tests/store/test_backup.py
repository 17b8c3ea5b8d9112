"""A backup made while others work holds everything acknowledged before, once, and is checked before it is used."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from builders import a_path, an_event, together
from logs import files_of, flip, ids_of, stored_ids, troubles, write
from safar.store import backup as backup_module
from safar.store import restore as restore_module
from safar.store.backup import BackupReport, BackupTargetRefused, backup
from safar.store.backup_list import FILES, LIST, BackupDamaged, BackupMissing, BackupTooNew, read_list
from safar.store.disk import LogBusy
from safar.store.doctor import doctor
from safar.store.findings import Severity
from safar.store.home import Home, HomeMissing, RestoreUnfinished
from safar.store.log import Log
from safar.store.registry import UnknownWorkspace
from safar.store.restore import HomeInUse, HomeNotEmpty, restore
from safar.store.sqlite_file import SqliteFileDamaged


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two workspaces with events in parts and in a segment, keys, the people's tables, and files beside them."""
    with Home.create(tmp_path / "home") as made:
        made.create_workspace("Shop", workspace_id="shop", language="fa", calendar="jalali", currency="IRR")
        made.create_workspace("Other", workspace_id="other")
        for workspace_id in ("shop", "other"):
            made.create_key(workspace_id, name=f"key of {workspace_id}")
            log = made.log(workspace_id)
            write(log, a_path("visit 09:00 > pay 09:20 2500 IRR", customer=f"{workspace_id}-c1"))
            write(
                log,
                an_event("identify", "2026-03-21T10:00", customer="sara", properties={"$anonymous_id": "a1"}),
            )
            log.compact()
            write(log, a_path("visit 1d 09:00", customer=f"{workspace_id}-c2"))
            (made.imports_folder(workspace_id) / "20260321").mkdir()
            (made.imports_folder(workspace_id) / "20260321" / "rejects.csv").write_text(
                f"row\n{workspace_id}\n"
            )
        with closing(sqlite3.connect(made.folder / "app.sqlite")) as base:
            base.execute("CREATE TABLE member (name TEXT)")
            base.execute("INSERT INTO member VALUES ('reza')")
            base.commit()
        (made.folder / "secret.key").write_text("secret")
        yield made


def restored(report: BackupReport, folder: Path) -> Home:
    restore(report.folder, folder)
    assert [
        found for found in doctor(folder) if found.severity is not Severity.NOTE and "disk" not in found.code
    ] == []
    return Home.open(folder)


def everything(log: Log) -> list[tuple[object, ...]]:
    return log.sql("select * from events order by sequence").rows()


def test_what_is_restored_is_what_was_there(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups")
    assert report.folder.parent == tmp_path / "backups"
    assert (report.workspaces, report.damaged) == (("other", "shop"), ())
    with restored(report, tmp_path / "elsewhere" / "new home") as again:
        assert again.workspaces() == home.workspaces()
        for workspace_id in ("shop", "other"):
            assert everything(again.log(workspace_id)) == everything(home.log(workspace_id))
            assert again.log(workspace_id).identity.ids_of("a1") == ["sara", "a1"]
            assert again.keys(workspace_id) == home.keys(workspace_id)
            rejects = again.imports_folder(workspace_id) / "20260321" / "rejects.csv"
            assert rejects.read_text() == f"row\n{workspace_id}\n"
        with closing(sqlite3.connect(again.folder / "app.sqlite")) as base:
            assert base.execute("SELECT name FROM member").fetchall() == [("reza",)]
        assert (again.folder / "secret.key").read_text() == "secret"
        again.log("shop").compact()
        write(again.log("shop"), a_path("visit 1d 09:00", customer="shop-c2"))
        assert again.log("shop").compact().duplicates == 1


def test_a_backup_is_for_its_owner_s_eyes_only(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups")
    restore(report.folder, tmp_path / "new")
    for folder in (report.folder, tmp_path / "new"):
        assert folder.stat().st_mode & 0o777 == 0o700
    for path in [*(report.folder / FILES).rglob("*"), *(tmp_path / "new").rglob("*")]:
        assert path.is_dir() or path.stat().st_mode & 0o777 == 0o600, path


def test_the_list_names_every_file_with_its_hash_and_nothing_of_sqlite_s_own(
    home: Home, tmp_path: Path
) -> None:
    report = backup(home, tmp_path / "backups")
    there = {
        str(path.relative_to(report.folder / FILES)): path
        for path in (report.folder / FILES).rglob("*")
        if path.is_file()
    }
    found = read_list(report.folder)
    assert set(found.files) == set(there)
    for name, listed in found.files.items():
        data = there[name].read_bytes()
        assert (listed.bytes, listed.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (report.files, report.bytes) == (len(there), sum(listed.bytes for listed in found.files.values()))
    assert not any(name.endswith(("-wal", "-shm", ".lock", "/roll")) for name in there)
    assert found.made_at == report.made_at


def test_a_backup_of_one_workspace_knows_nothing_of_another(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups", workspace_id="shop")
    assert report.workspaces == ("shop",)
    found = [name for name, data in files_of(report.folder).items() if b"other" in data or b"reza" in data]
    assert found == []
    with restored(report, tmp_path / "new") as again:
        assert [each.workspace_id for each in again.workspaces()] == ["shop"]
        assert everything(again.log("shop")) == everything(home.log("shop"))
    with pytest.raises(UnknownWorkspace):
        backup(home, tmp_path / "backups", workspace_id="shopp")


def test_a_workspace_without_events_is_backed_up_without_making_a_log(home: Home, tmp_path: Path) -> None:
    home.create_workspace("Empty", workspace_id="empty")
    report = backup(home, tmp_path / "backups")
    assert not (home.folder / "workspaces" / "empty" / "log").exists()
    with restored(report, tmp_path / "new") as again:
        assert again.log("empty").info().events == 0


def test_two_backups_in_one_second_stand_beside_each_other(home: Home, tmp_path: Path) -> None:
    first, second = backup(home, tmp_path / "backups"), backup(home, tmp_path / "backups")
    assert first.folder != second.folder
    assert len(list((tmp_path / "backups").iterdir())) == 2


def test_a_target_inside_the_home_is_refused(home: Home) -> None:
    before = files_of(home.folder)
    with pytest.raises(BackupTargetRefused):
        backup(home, home.folder / "backups")
    assert files_of(home.folder) == before


def test_only_whole_frames_of_a_segment_are_copied(home: Home, tmp_path: Path) -> None:
    log = home.log("shop")
    with log.writer() as writer:
        writer.append(a_path("visit 2d 09:00", customer="shop-c3"))
        writer.sync()
        (path,) = log.layout.segments.glob("*.open")
        with path.open("ab") as file:
            file.write(b"SFRM and half a frame")
        report = backup(home, tmp_path / "backups")
        with restored(report, tmp_path / "new") as again:
            assert len(everything(again.log("shop"))) == 5
            assert doctor(again.folder) == [] or {found.code for found in doctor(again.folder)} <= {
                "doctor.disk_full",
                "doctor.disk_nearly_full",
            }


def test_a_part_that_has_rotted_is_copied_and_named(home: Home, tmp_path: Path) -> None:
    part = min(home.log("shop").layout.parts.glob("*.parquet"))
    flip(part, 50, 3)
    gone = min(home.log("other").layout.parts.glob("*.path"))
    gone.unlink()
    report = backup(home, tmp_path / "backups")
    assert set(report.damaged) == {path.relative_to(home.folder).as_posix() for path in (part, gone)}
    assert read_list(report.folder).damaged == report.damaged


def test_a_database_that_is_damaged_stops_the_backup_and_leaves_nothing(home: Home, tmp_path: Path) -> None:
    (home.folder / "app.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(SqliteFileDamaged):
        backup(home, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize("broken", ["manifest.sqlite", "identity.sqlite"])
def test_a_damaged_workspace_is_copied_as_it_lies_and_the_others_are_whole(
    home: Home, tmp_path: Path, broken: str
) -> None:
    layout = home.log("other").layout
    stored = stored_ids(home.log("shop"))
    home.close_logs()
    (layout.folder / broken).write_bytes(b"no database at all" * 100)
    report = backup(home, tmp_path / "backups")
    assert report.damaged == ((layout.folder / broken).relative_to(home.folder).as_posix(),)
    copied = report.folder / FILES / "workspaces" / "other" / "log"
    assert (copied / broken).read_bytes() == b"no database at all" * 100
    assert {path.name for path in (copied / "parts").iterdir()} == {
        path.name for path in layout.parts.iterdir()
    }
    restore(report.folder, tmp_path / "again")
    with Home.open(tmp_path / "again") as again:
        assert stored_ids(again.log("shop")) == stored


class Work:
    """Writers and a compactor at work on a log until they are stopped."""

    def __init__(self, log: Log, *, erases: bool) -> None:
        self.acknowledged: list[bytes] = []
        self.failures: list[BaseException] = []
        self._log = log
        self._erases = erases
        self._stop = threading.Event()
        jobs = [lambda: self._write("w0"), lambda: self._write("w1"), self._compact]
        self._threads = [threading.Thread(target=self._guarded, args=(job,)) for job in jobs]

    def __enter__(self) -> Work:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            self.failures.append(error)

    def _write(self, name: str) -> None:
        number = 0
        with self._log.writer() as writer:
            while not self._stop.is_set():
                number += 1
                customers = [f"{name}-{n}" for n in range(5)]
                batch = together(
                    *(an_event(f"e{number}", "2026-03-22T09:00", customer=text) for text in customers)
                )
                writer.append(batch)
                writer.sync()
                self.acknowledged.extend(ids_of(batch))
                writer.roll_if_due()
                if number % 7 == 0:
                    self._log.ask_to_seal()

    def _compact(self) -> None:
        while not self._stop.is_set():
            self._log.compact()
            self._log.compactor().clean(grace_seconds=0)
            if self._erases:
                self._log.erase("nobody-17")


@pytest.mark.parametrize("erases", [False, True])
def test_nothing_acknowledged_before_is_missing_while_all_go_on_working(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, erases: bool
) -> None:
    monkeypatch.setattr(backup_module, "_PIECE", 512)
    made: list[tuple[BackupReport, int]] = []
    with Work(home.log("shop"), erases=erases) as work:
        while len(made) < 4:
            known = len(work.acknowledged)
            made.append((backup(home, tmp_path / "backups"), known))
    assert work.failures == []
    assert made[-1][1] > 0
    for place, (report, known) in enumerate(made):
        with restored(report, tmp_path / f"new{place}") as again:
            for _ in range(2):
                found = stored_ids(again.log("shop"))
                assert len(found) == len(set(found))
                assert set(work.acknowledged[:known]) <= set(found)
                again.log("shop").compact()


def test_a_backup_holds_writers_up_for_nothing_and_goes_on_when_parts_vanish(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between listing and copying, a merge replaces every part and its files are deleted."""
    log = home.log("shop")
    copied = backup_module._Copy.file
    merged: list[bool] = []

    def merges_first(copy: backup_module._Copy, source: Path, **more: int) -> None:
        if source.suffix == ".parquet" and not merged:
            merged.append(True)
            write(log, a_path("visit 3d 09:00", customer="shop-c9"))
            log.compact(settle=True)
            log.compactor().clean(grace_seconds=0)
        copied(copy, source, **more)

    monkeypatch.setattr(backup_module._Copy, "file", merges_first)
    report = backup(home, tmp_path / "backups")
    assert merged
    with restored(report, tmp_path / "new") as again:
        assert everything(again.log("shop")) == everything(log)
        assert len(everything(log)) == 5


def test_every_flipped_bit_of_a_backup_is_noticed_and_nothing_is_restored(
    home: Home, tmp_path: Path, rng: np.random.Generator
) -> None:
    report = backup(home, tmp_path / "backups")
    files = sorted(path for path in report.folder.rglob("*") if path.is_file() and path.stat().st_size)
    for number in range(60):
        path = files[number % len(files)]
        whole = path.read_bytes()
        flip(path, int(rng.integers(len(whole))), int(rng.integers(8)))
        with pytest.raises((BackupDamaged, BackupTooNew)):
            restore(report.folder, tmp_path / "new")
        assert not (tmp_path / "new").exists() or list((tmp_path / "new").iterdir()) == []
        path.write_bytes(whole)
    restore(report.folder, tmp_path / "new")


def test_a_file_that_is_missing_cut_off_or_a_link_is_noticed(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups")
    path = report.folder / FILES / "secret.key"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(BackupDamaged, match=r"1 file\(s\).*secret\.key"):
        restore(report.folder, tmp_path / "new")
    path.unlink()
    with pytest.raises(BackupDamaged, match=r"secret\.key"):
        restore(report.folder, tmp_path / "new")
    (tmp_path / "outside").write_bytes(whole)
    path.symlink_to(tmp_path / "outside")
    with pytest.raises(BackupDamaged, match=r"secret\.key"):
        restore(report.folder, tmp_path / "new")


def relisted(folder: Path, **changed: object) -> None:
    """Write the list anew with a right digest, as someone would who means harm."""
    said = json.loads((folder / LIST).read_bytes()) | changed
    del said["sha256"]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (folder / LIST).write_text(json.dumps({"sha256": hashlib.sha256(text.encode()).hexdigest(), **said}))


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "a/../../evil", "a//b", "./a", "a\\..\\b", "a/./b", "", "..", "a\0b", "a/"],
)
@pytest.mark.parametrize("kind", ["files", "folders"])
def test_a_path_that_leads_out_of_the_home_is_refused(
    home: Home, tmp_path: Path, name: str, kind: str
) -> None:
    report = backup(home, tmp_path / "backups", workspace_id="shop")
    relisted(report.folder, **{kind: {name: [1, "0" * 64]} if kind == "files" else [name]})
    with pytest.raises(BackupDamaged, match="leads out of the home"):
        restore(report.folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"files": {"a": [-1, "0" * 64]}},
        {"files": {"a": ["1", "0" * 64]}},
        {"files": {"a": [1]}},
        {"made_at": "now"},
    ],
)
def test_a_list_that_is_no_list_is_refused(home: Home, tmp_path: Path, changed: dict[str, object]) -> None:
    report = backup(home, tmp_path / "backups", workspace_id="shop")
    relisted(report.folder, **changed)
    with pytest.raises(BackupDamaged):
        restore(report.folder, tmp_path / "new")


def test_a_backup_of_a_later_version_and_half_a_backup_are_refused(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups", workspace_id="shop")
    relisted(report.folder, format=2)
    with pytest.raises(BackupTooNew):
        restore(report.folder, tmp_path / "new")
    (report.folder / LIST).unlink()
    with pytest.raises(BackupMissing, match="no finished backup"):
        restore(report.folder, tmp_path / "new")
    with pytest.raises(BackupMissing):
        restore(tmp_path / "nowhere", tmp_path / "new")


def test_a_home_with_something_in_it_is_left_alone_unless_told(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups")
    write(home.log("shop"), a_path("visit 5d 09:00", customer="later"))
    home.close()
    before = files_of(home.folder)
    with pytest.raises(HomeNotEmpty, match=r"app\.sqlite"):
        restore(report.folder, home.folder)
    assert files_of(home.folder) == before
    done = restore(report.folder, home.folder, replace=True)
    assert done.replaced is not None
    assert files_of(done.replaced) == before
    with Home.open(home.folder) as again:
        assert len(everything(again.log("shop"))) == 4
        backup(again, tmp_path / "second")
    (second,) = (tmp_path / "second").iterdir()
    assert not any("before-restore" in name for name in read_list(second).files)
    restore(report.folder, home.folder, replace=True)


def test_a_home_that_somebody_writes_to_is_not_replaced(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups")
    with home.log("shop").writer() as writer:
        writer.append(a_path("visit 5d 09:00"))
        writer.sync()
        with pytest.raises(HomeInUse, match=r"\.open"):
            restore(report.folder, home.folder, replace=True)
    assert len(everything(home.log("shop"))) == 5


def test_one_restore_at_a_time(home: Home, tmp_path: Path) -> None:
    report = backup(home, tmp_path / "backups")
    (tmp_path / "new").mkdir()
    with restore_module._held(tmp_path / "new"), pytest.raises(LogBusy):
        restore(report.folder, tmp_path / "new")
    restore(report.folder, tmp_path / "new")


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("step", range(1, 12))
def test_a_restore_cut_short_while_it_moves_is_finished_by_the_next(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, replace: bool
) -> None:
    report = backup(home, tmp_path / "backups")
    expected = everything(home.log("shop"))
    target = tmp_path / "new"
    if replace:
        Home.create(target).close()
        (target / "secret.key").write_text("old")
        (target / "mine.txt").write_text("old")
    renames: list[Path] = []
    rename = Path.rename

    def dies(path: Path, other: Path) -> Path:
        renames.append(path)
        if len(renames) == step:
            raise KeyboardInterrupt
        return rename(path, other)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", dies)
        try:
            restore(report.folder, target, replace=replace)
        except KeyboardInterrupt:
            if (target / ".restored").exists():
                with pytest.raises(RestoreUnfinished):
                    Home.open(target)
                with pytest.raises(RestoreUnfinished):
                    Home.create(target)
            elif not replace and step == 1:
                with pytest.raises(HomeMissing):
                    Home.open(target)
    restore(report.folder, target, replace=replace or (target / "registry.sqlite").exists())
    with Home.open(target) as again:
        assert everything(again.log("shop")) == expected
        assert (target / "secret.key").read_text() == "secret"
        assert not list(target.glob(".rest*"))
        if replace:
            (kept,) = target.glob("before-restore-*/mine.txt")
            assert kept.read_text() == "old"


def test_an_interrupted_restore_of_another_backup_is_to_be_finished_first(home: Home, tmp_path: Path) -> None:
    first, second = backup(home, tmp_path / "backups"), backup(home, tmp_path / "more")
    target = tmp_path / "new"
    (target / ".restored").mkdir(parents=True)
    shutil.copy(first.folder / LIST, target / ".restored" / LIST)
    shutil.copytree(first.folder / FILES, target / ".restored" / FILES)
    with pytest.raises(RestoreUnfinished, match="another backup"):
        restore(second.folder, target)
    restore(first.folder, target)
    with Home.open(target) as again:
        assert len(again.workspaces()) == 2


def test_a_backup_says_when_it_was_begun(home: Home, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    report = backup(home, tmp_path / "backups")
    assert before <= report.made_at <= datetime.now(UTC)
    assert report.folder.name.startswith(f"safar-backup-{report.made_at:%Y%m%dT%H%M%SZ}")
    assert troubles(home.log("shop").layout.folder) == []
    assert list((tmp_path / "backups").iterdir()) == [report.folder]
