"""Kill -9 at any instant: what was acknowledged is there, once, and whatever was begun is as before or as after."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from builders import a_path, an_event, together
from dying import DIED, NEW_YEAR, WORKSPACE, Nursery, acknowledged, batch_ids, nursery
from logs import ids_of, stored_ids, write
from safar.store.backup import backup
from safar.store.backup_list import LIST, BackupMissing
from safar.store.disk import LogBusy
from safar.store.doctor import doctor
from safar.store.erasure import erase_customer
from safar.store.findings import Severity
from safar.store.home import Home, HomeMissing, RestoreUnfinished
from safar.store.log import Log
from safar.store.restore import restore
from safar.vocabulary.event import EventColumns

pytestmark = pytest.mark.crash


@pytest.fixture(scope="module")
def born() -> Iterator[Nursery]:
    with nursery() as made:
        yield made


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: what a killed process has written the kernel holds, flushed or not."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path_factory.mktemp("crash")
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


OLD = a_path("visit 09:00 > pay 09:20 2500 IRR", customer="old", on="2025-03-21", source="import:1")
LEILA = together(
    a_path("visit 09:00 > pay 09:20", customer="leila-4711"),
    an_event("identify", "2026-03-21T10:00", customer="leila-4711", properties={"$anonymous_id": "anon-1"}),
)
IMPORTED = together(
    *(a_path("visit 09:00 > pay 09:20", customer=f"i{n}", source="import:7") for n in range(5))
)
OTHERS = together(*(a_path("visit 09:00 > pay 09:20 2500 IRR", customer=f"c{n}") for n in range(12)))
EVERYONE = (OLD, LEILA, IMPORTED, OTHERS)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose log holds something at each stage: parts of two compactions, garbage, and sealed segments."""
    folder = tmp_path_factory.mktemp("begun") / "home"
    with Home.create(folder) as home:
        home.create_workspace("Shop", workspace_id=WORKSPACE)
        layout = home.workspace_folder(WORKSPACE) / "log"
        Log.create(layout, shard_count=2).close()
        log = home.log(WORKSPACE)
        write(log, OLD, _half(LEILA, 0), _half(IMPORTED, 0), _half(OTHERS, 0))
        log.compact()
        write(log, LEILA, _half(IMPORTED, 0))
        log.compact()
        write(log, IMPORTED, OTHERS)
        imports = home.imports_folder(WORKSPACE) / "1"
        imports.mkdir()
        (imports / "rejects.csv").write_text("row,reason,sentence,customer\n2,x,y,leila-4711\n", "utf-8-sig")
    return folder


def _half(columns: EventColumns, half: int) -> EventColumns:
    rows = range(half, len(columns), 2)
    return together(*(_row(columns, row) for row in rows))


def _row(columns: EventColumns, row: int) -> EventColumns:
    return EventColumns(**{name: getattr(columns, name)[row : row + 1] for name in columns.__slots__})


@pytest.fixture
def home(begun: Path, tmp_path: Path) -> Path:
    return fresh(begun, tmp_path)


def fresh(begun: Path, tmp_path: Path) -> Path:
    shutil.rmtree(tmp_path / "home", ignore_errors=True)
    shutil.copytree(begun, tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return tmp_path / "home"


def ids(*batches: EventColumns) -> set[bytes]:
    return {each for batch in batches for each in ids_of(batch)}


def seen(log: Log) -> set[bytes]:
    """Return the ids that a query sees; each must be there once."""
    found = stored_ids(log)
    assert len(found) == len(set(found))
    return set(found)


def is_well(folder: Path) -> bool:
    findings = [found for found in doctor(folder) if found.severity is not Severity.NOTE]
    return [found for found in findings if "disk" not in found.code] == []


def check_after(folder: Path, *possible: set[bytes]) -> set[bytes]:
    """Hold a home to what it may contain, before and after the next compaction; return what it contains."""
    with Home.open(folder) as opened:
        log = opened.log(WORKSPACE)
        found = seen(log)
        assert found in possible
        log.compact()
        assert seen(log) == found
        with log.alone() as compactor:
            compactor.clean(grace_seconds=0)
        named = {*(part.name for part in log.manifest.snapshot().parts), *log.manifest.snapshot().runs}
        assert {path.name.split(".")[0] for path in log.layout.parts.iterdir()} == named
    assert is_well(folder)
    return found


def deaths(born: Nursery, do: str, begun: Path, tmp_path: Path, **more: object) -> Iterator[Path]:
    """Yield a home after each death: at the first step, at the second, … until the work survives."""
    for die_at in range(1, 1000):
        folder = fresh(begun, tmp_path)
        code = born.run(do, folder, die_at=die_at, **more)
        assert code in {0, DIED}
        if code == 0:
            assert die_at > 5
            return
        yield folder
    raise AssertionError("It never came to its end.")


ALL = ids(*EVERYONE)


def test_compaction_may_die_at_every_step(born: Nursery, begun: Path, tmp_path: Path) -> None:
    for folder in deaths(born, "compact", begun, tmp_path, settle=True, clean=True):
        check_after(folder, ALL)


def test_a_writer_may_die_at_every_step(born: Nursery, begun: Path, tmp_path: Path) -> None:
    for folder in deaths(born, "write", begun, tmp_path, writer="w", first=0, count=7):
        said = ids() | {each for number in acknowledged(folder, "w") for each in batch_ids("w", number)}
        with Home.open(folder) as opened:
            found = seen(opened.log(WORKSPACE))
        assert ALL | said <= found
        check_after(folder, found)
        (tmp_path / "w.said").unlink(missing_ok=True)


def test_an_erasure_may_die_at_every_step_and_the_next_one_proves(
    born: Nursery, begun: Path, tmp_path: Path
) -> None:
    after = ALL - ids(LEILA)
    before_and_after = [0, 0]
    for place, folder in enumerate(deaths(born, "erase", begun, tmp_path, customers=["leila-4711"])):
        if place % 2:  # the next to come is a compaction, or the same erasure again
            check_after(folder, ALL, after)
        with Home.open(folder) as opened:
            found = seen(opened.log(WORKSPACE))
            assert found in (ALL, after)
            before_and_after[found == after] += 1
            proof = erase_customer(opened, WORKSPACE, "leila-4711")
            assert proof.events_removed == len(found - after)
        left = [path for path in folder.rglob("*") if path.is_file() and b"leila-4711" in path.read_bytes()]
        assert left == []
        check_after(folder, after)
    assert min(before_and_after) > 3


def test_undoing_an_import_may_die_at_every_step(born: Nursery, begun: Path, tmp_path: Path) -> None:
    results = [
        check_after(folder, ALL, ALL - ids(IMPORTED))
        for folder in deaths(born, "remove", begun, tmp_path, source="import:7")
    ]
    assert results[0] == ALL
    assert results[-1] == ALL - ids(IMPORTED)


def test_forgetting_by_age_may_die_at_every_step(born: Nursery, begun: Path, tmp_path: Path) -> None:
    assert max(OLD.occurred_at) < NEW_YEAR.timestamp() * 1e6
    results = [check_after(folder, ALL, ALL - ids(OLD)) for folder in deaths(born, "forget", begun, tmp_path)]
    assert results[0] == ALL
    assert results[-1] == ALL - ids(OLD)


def test_a_backup_may_die_at_every_step_and_is_whole_or_none(
    born: Nursery, begun: Path, tmp_path: Path
) -> None:
    whole: list[bool] = []
    for place, folder in enumerate(deaths(born, "backup", begun, tmp_path, target=str(tmp_path / "backups"))):
        for path in (tmp_path / "backups").glob("*"):
            whole.append((path / LIST).exists())
            assert whole[-1] or path.suffix == ".partial"
            if whole[-1]:
                restore(path, tmp_path / f"new{place}")
                check_after(tmp_path / f"new{place}", ALL)
            else:
                with pytest.raises(BackupMissing):
                    restore(path, tmp_path / f"new{place}")
            shutil.rmtree(path)
        if place % 8 == 0:
            check_after(folder, ALL)
    assert set(whole) == {False, True}


@pytest.mark.parametrize("replace", [False, True])
def test_a_restore_may_die_at_every_step(born: Nursery, begun: Path, tmp_path: Path, replace: bool) -> None:
    with Home.open(fresh(begun, tmp_path)) as opened:
        made = backup(opened, tmp_path / "backups")
    target = tmp_path / "new"
    for die_at in range(1, 1000):
        shutil.rmtree(target, ignore_errors=True)
        if replace:
            Home.create(target).close()
        code = born.run("restore", target, die_at=die_at, source=str(made.folder), replace=replace)
        assert code in {0, DIED}
        if die_at % 4 == 0 or code == 0 or (target / ".restored").exists():
            try:
                with Home.open(target) as opened:
                    ours = opened.workspaces() != []
            except (RestoreUnfinished, HomeMissing):
                ours = False
            if not ours:
                restore(made.folder, target, replace=replace)
            check_after(target, ALL)
        if code == 0:
            return
    raise AssertionError("It never came to its end.")


def test_processes_killed_at_random_lose_nothing_and_double_nothing(
    born: Nursery, begun: Path, tmp_path: Path
) -> None:
    seed = int.from_bytes(os.urandom(4), "little")
    sys.stdout.write(f"seed {seed}\n")
    rng = np.random.default_rng(seed)
    folder = fresh(begun, tmp_path)
    persons = [f"p{number}-4711" for number in range(60)]
    with Home.open(folder) as opened:
        write(opened.log(WORKSPACE), *(a_path("visit 09:00 > pay 09:20", customer=text) for text in persons))

    def start(kind: str) -> int:
        if kind.startswith("w"):
            known = acknowledged(folder, kind)
            first = max(0, known[-1] - 1) if known else 0  # the last two are sent again
            return born.start("write", folder, writer=kind, first=first, count=10_000, pause=0.002)
        if kind == "compact":
            return born.start("compact", folder, times=10_000, settle=bool(rng.random() < 0.3), clean=True)
        if kind == "erase":
            return born.start(
                "erase", folder, customers=[persons[place] for place in rng.permutation(60)[:20]]
            )
        return born.start("backup", folder, target=str(tmp_path / "backups"), times=3)

    kinds = ["w0", "w1", "compact", "erase", "backup"]
    living = {kind: start(kind) for kind in kinds}
    deadline = time.monotonic() + 40
    kills = 0
    while kills < 40 and time.monotonic() < deadline:
        time.sleep(float(rng.uniform(0.01, 0.4)))
        kind = kinds[rng.choice(5, p=[0.2, 0.2, 0.3, 0.2, 0.1])]
        kills += born.kill(living[kind]) == -9
        living[kind] = start(kind)
    for child in living.values():
        born.kill(child)
    said = {
        each
        for writer in ("w0", "w1")
        for number in acknowledged(folder, writer)
        for each in batch_ids(writer, number)
    }
    assert kills >= 15
    assert len(said) > 100
    with Home.open(folder) as opened:
        log = opened.log(WORKSPACE)
        found = seen(log)
        assert ALL | said <= found
        for person in persons:
            own = ids(a_path("visit 09:00 > pay 09:20", customer=person))
            assert own <= found or not own & found
    check_after(folder, found)
    for path in (tmp_path / "backups").glob("safar-backup-*"):
        if path.suffix != ".partial":
            restore(path, tmp_path / f"restored-{path.name}")
            with Home.open(tmp_path / f"restored-{path.name}") as opened:
                assert seen(opened.log(WORKSPACE)) >= ALL
            assert is_well(tmp_path / f"restored-{path.name}")


@pytest.mark.parametrize("how", ["cut", "garbled", "zeros", "appended"])
def test_a_tail_torn_after_the_last_sync_costs_nothing_acknowledged(
    born: Nursery, begun: Path, tmp_path: Path, how: str, rng: np.random.Generator
) -> None:
    for _ in range(6):
        folder = fresh(begun, tmp_path)
        (tmp_path / "w.said").unlink(missing_ok=True)
        child = born.start("write", folder, writer="w", first=0, count=10_000, pause=0.001)
        while len(acknowledged(folder, "w")) < 3:
            time.sleep(0.002)
        born.kill(child)
        said = {each for number in acknowledged(folder, "w") for each in batch_ids("w", number)}
        segments = folder / "workspaces" / WORKSPACE / "log" / "segments"
        for path in segments.glob("*.open"):
            whole = path.read_bytes()
            torn = bytes(rng.integers(256, size=int(rng.integers(1, 3000)), dtype=np.uint8))
            frame = whole[16 : int(rng.integers(17, max(18, len(whole))))]
            path.write_bytes(
                whole
                + {"cut": frame, "garbled": frame[:30] + torn, "zeros": bytes(len(torn)), "appended": torn}[
                    how
                ]
            )
        with Home.open(folder) as opened:
            found = seen(opened.log(WORKSPACE))
        assert ALL | said <= found
        check_after(folder, found)


def test_a_process_that_erases_waits_for_one_that_compacts(born: Nursery, home: Path) -> None:
    child = born.start("compact", home, times=300, clean=True)
    try:
        with Home.open(home) as opened:
            for customer in ("c1", "c2"):
                erase_customer(opened, WORKSPACE, customer)
                try:
                    opened.log(WORKSPACE).compact()
                except LogBusy:
                    continue
    finally:
        born.kill(child)
    erased = [a_path("visit 09:00 > pay 09:20 2500 IRR", customer=customer) for customer in ("c1", "c2")]
    check_after(home, ALL - ids(*erased))
