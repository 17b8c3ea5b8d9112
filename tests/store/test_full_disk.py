"""A full disk refuses what is new and harms nothing that is there; with room again, everything goes on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from builders import a_path, an_event, together
from logs import ids_of, stored_ids, troubles, write
from safar.store.backup import backup
from safar.store.disk import DiskFull
from safar.store.erasure import erase_customer
from safar.store.home import Home
from safar.store.log import Log
from safar.store.restore import restore
from safar.vocabulary.event import EventColumns

MIB = 1 << 20
KIB = 1 << 10


class SmallDisk:
    """A disk of some megabytes, filled up by a file that can be made smaller again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def leave(self, free: int) -> None:
        """Leave so many bytes of room, to the page."""
        self._filler.unlink(missing_ok=True)
        with self._filler.open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(bytes(MIB))
                except OSError:
                    break
            size = file.tell()
            for step in (64 * KIB, 4 * KIB):
                try:
                    while True:
                        size += file.write(bytes(step))
                except OSError:
                    continue
            file.truncate(max(0, file.tell() - free))

    def empty(self) -> None:
        """Give all the room back."""
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path, missing: Callable[[str], NoReturn]) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(folder)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        missing(f"A small disk cannot be mounted here: {made.stderr.strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def is_refused(work: Callable[[], object]) -> bool:
    try:
        work()
    except DiskFull as error:
        return error.code == "log.disk_full"
    return False


def batch(number: int, count: int = 40) -> EventColumns:
    more = {"text": f"{number}-" * 40}
    return together(
        *(an_event(f"e{number}", "2026-03-21T09:00", customer=f"c{n}", properties=more) for n in range(count))
    )


def test_what_was_acknowledged_stays_and_writing_goes_on_when_there_is_room(disk: SmallDisk) -> None:
    with Log.create(disk.folder / "log", shard_count=2) as log, log.writer() as writer:
        acknowledged: list[bytes] = []

        def send(number: int) -> None:
            writer.append(batch(number))
            writer.sync()

        def write_until_full(first: int) -> int:
            for number in range(first, first + 10_000):
                if is_refused(partial(send, number)):
                    return number
                acknowledged.extend(ids_of(batch(number)))
            raise AssertionError("The disk was never full.")

        disk.leave(MIB)
        refused = write_until_full(0)
        assert refused > 3
        for _ in range(3):
            assert is_refused(partial(send, refused))
        assert stored_ids(log) == acknowledged
        disk.leave(2 * MIB)
        assert write_until_full(refused) > refused
        disk.empty()
        assert stored_ids(log) == acknowledged
        send(20_000)
        writer.close()
        log.compact()
        assert stored_ids(log) == [*acknowledged, *ids_of(batch(20_000))]
        assert troubles(log.layout.folder) == []


LEILA = together(
    a_path("visit 09:00 > pay 09:20", customer="leila-4711", source="import:7"),
    an_event(
        "identify",
        "2026-03-21T10:00",
        customer="leila-4711",
        source="import:7",
        properties={"$anonymous_id": "a-1"},
    ),
)


@pytest.mark.parametrize("what", ["compact", "settle", "erase", "remove"])
def test_work_on_parts_is_refused_at_any_point_and_succeeds_with_room(disk: SmallDisk, what: str) -> None:
    """The room that is left grows page by page, so that each write is the one that fails, once."""
    with Home.create(disk.folder / "home") as home:
        home.create_workspace("Shop", workspace_id="shop")
        Log.create(home.workspace_folder("shop") / "log", shard_count=2).close()
        log = home.log("shop")
        write(log, batch(0))
        log.compact()
        write(log, batch(1), LEILA)
        if what != "compact":
            log.compact()
        others = [*ids_of(batch(0)), *ids_of(batch(1))]
        everyone = [*others, *ids_of(LEILA)]
        jobs: dict[str, Callable[[], object]] = {
            "compact": log.compact,
            "settle": lambda: log.compact(settle=True),
            "erase": lambda: erase_customer(home, "shop", "leila-4711"),
            "remove": lambda: log.remove_source("import:7"),
        }
        refusals = 0
        for pages in range(200):
            disk.leave(pages * 4 * KIB)
            refused = is_refused(jobs[what])
            disk.empty()
            found = stored_ids(log)
            if not refused:
                break
            refusals += 1
            assert found == everyone or (what == "erase" and found == others)
            assert troubles(log.layout.folder) == []
        assert refusals > 3
        assert found == (others if what in {"erase", "remove"} else everyone)
        jobs[what]()
        log.compact()
        assert stored_ids(log) == found
        assert troubles(log.layout.folder) == []
        if what == "erase":
            left = [
                path
                for path in disk.folder.rglob("*")
                if path.is_file() and b"leila-4711" in path.read_bytes()
            ]
            assert left == []


def test_a_backup_that_finds_no_room_leaves_nothing(disk: SmallDisk, tmp_path: Path) -> None:
    with Home.create(tmp_path / "home") as home:
        home.create_workspace("Shop", workspace_id="shop")
        write(home.log("shop"), batch(0), batch(1))
        home.log("shop").compact()
        write(home.log("shop"), batch(2))
        refusals = 0
        for pages in range(0, 400, 3):
            disk.leave(pages * 4 * KIB)
            if not is_refused(lambda: backup(home, disk.folder / "backups")):
                break
            refusals += 1
            assert list((disk.folder / "backups").glob("*")) == []
        assert refusals > 5
        (made,) = (disk.folder / "backups").iterdir()
        restore(made, tmp_path / "new")
        with Home.open(tmp_path / "new") as again:
            assert stored_ids(again.log("shop")) == stored_ids(home.log("shop"))


def test_a_restore_that_finds_no_room_leaves_the_home_as_it_was(disk: SmallDisk, tmp_path: Path) -> None:
    with Home.create(tmp_path / "home") as home:
        home.create_workspace("Shop", workspace_id="shop")
        write(home.log("shop"), batch(0), batch(1))
        home.log("shop").compact()
        made = backup(home, tmp_path / "backups")
        expected = stored_ids(home.log("shop"))
    refusals = 0
    for pages in range(0, 400, 3):
        disk.leave(pages * 4 * KIB)
        if not is_refused(lambda: restore(made.folder, disk.folder / "new")):
            break
        refusals += 1
        assert not (disk.folder / "new").exists() or list((disk.folder / "new").iterdir()) == []
    assert refusals > 5
    disk.empty()
    with Home.open(disk.folder / "new") as again:
        assert stored_ids(again.log("shop")) == expected
