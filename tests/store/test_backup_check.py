"""A check of a backup compares every file with its list, and restores nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders import a_path
from logs import flip, write
from safar.store.backup import backup
from safar.store.backup_check import BackupCheck, bytes_of, check_backup
from safar.store.backup_list import FILES, BackupMissing, read_list
from safar.store.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with Home.create(tmp_path / "home") as made:
        made.create_workspace("Shop", workspace_id="shop")
        write(made.log("shop"), a_path("visit 09:00 > pay 09:20"))
        made.log("shop").compact()
        yield made


def test_a_backup_as_it_was_written_has_nothing_wrong(home: Home, tmp_path: Path) -> None:
    made = backup(home, tmp_path / "backups")
    told: list[tuple[int, int]] = []
    assert check_backup(made.folder, progress=lambda done, total: told.append((done, total))) == BackupCheck(
        made.files, made.bytes, ()
    )
    assert told[-1] == (made.bytes, made.bytes)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_was_changed_or_lost_is_named(home: Home, tmp_path: Path) -> None:
    made = backup(home, tmp_path / "backups")
    names = sorted(name for name, listed in read_list(made.folder).files.items() if listed.bytes)
    changed, lost = names[0], names[-1]
    flip(made.folder / FILES / changed, 0, 0)
    (made.folder / FILES / lost).unlink()
    assert set(check_backup(made.folder).wrong) == {changed, lost}


def test_a_link_is_no_file_of_a_backup(home: Home, tmp_path: Path) -> None:
    made = backup(home, tmp_path / "backups")
    name = "registry.sqlite"
    (made.folder / FILES / name).rename(tmp_path / "elsewhere")
    (made.folder / FILES / name).symlink_to(tmp_path / "elsewhere")
    assert check_backup(made.folder).wrong == (name,)


def test_a_folder_without_a_list_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupMissing):
        check_backup(tmp_path)


def test_a_backup_tells_how_much_is_copied_and_ends_when_told(home: Home, tmp_path: Path) -> None:
    told: list[int] = []
    made = backup(home, tmp_path / "backups", progress=told.append)
    assert told == sorted(told)
    assert 0 < told[-1] <= made.bytes == bytes_of(read_list(made.folder))

    class Enough(Exception):
        pass

    def stop(_bytes: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        backup(home, tmp_path / "stopped", progress=stop)
    assert list((tmp_path / "stopped").iterdir()) == []
