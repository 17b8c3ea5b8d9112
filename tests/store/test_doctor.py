"""The doctor says nothing of a healthy home, notices each kind of damage, and changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from builders import a_path, an_event
from logs import files_of, flip, write
from safar.store import doctor as doctor_module
from safar.store import doctor_parts
from safar.store.arrays import map_arrays, write_arrays
from safar.store.doctor import doctor
from safar.store.doctor_log import doctor_log
from safar.store.findings import KINDS, Finding, Severity
from safar.store.home import Home
from safar.store.ids import IdRun, write_run
from safar.store.layout import Layout
from safar.store.log import Log
from safar.store.segment import MAGIC, salvage

WORKSPACE = "shop"


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two workspaces; one with parts of two compactions, a sealed segment and merged identities."""
    folder = tmp_path_factory.mktemp("healthy") / "home"
    with Home.create(folder) as home:
        home.create_workspace(
            "Shop", workspace_id=WORKSPACE, language="fa", calendar="jalali", currency="IRR"
        )
        home.create_workspace("Other")
        home.create_key(WORKSPACE, name="web")
        log = home.log(WORKSPACE)
        write(
            log, *(a_path("visit 09:00 > pay 09:20 2500 IRR", customer=f"c{number}") for number in range(40))
        )
        write(
            log, an_event("identify", "2026-03-21T10:00", customer="sara", properties={"$anonymous_id": "c1"})
        )
        log.compact()
        write(
            log, *(a_path("visit 1d 09:00 > سفارش 1d 09:20", customer=f"c{number}") for number in range(40))
        )
        log.compact()
        log.compactor().clean(grace_seconds=0)
        write(log, *(a_path("visit 2d 09:00", customer=f"c{number}") for number in range(5)))
    return folder


@pytest.fixture
def home(healthy: Path, tmp_path: Path) -> Path:
    shutil.copytree(healthy, tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return tmp_path / "home"


@pytest.fixture
def layout(home: Path) -> Layout:
    return Layout(home / "workspaces" / WORKSPACE / "log")


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """How full the disk of this machine is must not decide a test."""
    monkeypatch.setattr(doctor_module, "NEARLY_FULL_BYTES", 0)


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def a_part(layout: Layout, ending: str = ".parquet") -> Path:
    return min(layout.parts.glob(f"*{ending}"))


def manifest_says(layout: Layout, statement: str) -> None:
    with closing(sqlite3.connect(layout.manifest)) as base:
        assert base.execute(statement).rowcount
        base.commit()


def test_a_healthy_home_has_no_findings(home: Path) -> None:
    assert doctor(home) == []


def test_the_doctor_changes_nothing(home: Path, layout: Layout) -> None:
    flip(a_part(layout), 100, 3)
    (layout.parts / "left.parquet").write_bytes(b"x")
    before = files_of(home)
    assert doctor(home) != []
    assert files_of(home) == before
    assert not list(home.rglob("*-shm"))


def test_the_doctor_may_come_while_others_work(home: Path) -> None:
    failures: list[object] = []
    stop = threading.Event()

    def work(log: Log) -> None:
        try:
            for day in range(1, 25):
                write(log, a_path("visit 09:00", customer=f"n{day}", on=f"2026-04-{day:02d}"))
                log.compact()
                log.compactor().clean(grace_seconds=0)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            failures.append(error)
        stop.set()

    with Home.open(home) as opened:
        log = opened.log(WORKSPACE)
        worker = threading.Thread(target=work, args=(log,))
        worker.start()
        rounds = 0
        while not stop.is_set() or not rounds:
            failures += [found for found in doctor(home) if found.severity is not Severity.NOTE]
            rounds += 1
        worker.join()
    assert failures == []


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (".parquet", "doctor.part_damaged"),
        (".path", "doctor.index_damaged"),
        (".ids", "doctor.ids_damaged"),
    ],
)
def test_every_flipped_bit_in_a_file_of_parts_is_noticed(
    layout: Layout, ending: str, code: str, rng: np.random.Generator
) -> None:
    path = a_part(layout, ending)
    whole = path.read_bytes()
    for place in rng.integers(len(whole), size=40).tolist():
        path.write_bytes(whole)
        flip(path, place, int(rng.integers(8)))
        found = doctor_log(layout.folder)
        assert code in codes(found), (place, found)
        assert {finding.path for finding in found if finding.code == code} == {path}
    path.write_bytes(whole[:-1])
    assert code in codes(doctor_log(layout.folder))


def test_a_damaged_column_is_a_warning_as_it_can_be_deleted(layout: Layout) -> None:
    path = layout.column(a_part(layout).stem, "0" * 24)
    write_arrays(path, {"format": 1}, {"codes": np.zeros(3, np.uint8)})
    assert doctor_log(layout.folder) == []
    flip(path, path.stat().st_size - 1, 1)
    (found,) = doctor_log(layout.folder)
    assert (found.code, found.path, found.severity) == ("doctor.column_damaged", path, Severity.WARNING)
    assert "Delete the file" in found.hint


def test_every_flipped_bit_in_a_segment_is_noticed(layout: Layout, rng: np.random.Generator) -> None:
    (path,) = layout.segments.glob("*.wal")
    whole = path.read_bytes()
    end_of_last = salvage(path).frames[-2].end
    for place in rng.integers(len(whole), size=80).tolist():
        path.write_bytes(whole)
        flip(path, place, int(rng.integers(8)))
        (found,) = doctor_log(layout.folder)
        about_the_end = 0 <= place - end_of_last < 8
        assert found.code == ("doctor.segment_torn" if about_the_end else "doctor.segment_damaged")
        assert found.path == path


def test_a_torn_tail_is_a_note(layout: Layout) -> None:
    (path,) = layout.segments.glob("*.wal")
    path.write_bytes(path.read_bytes()[:-5])
    (found,) = doctor_log(layout.folder)
    assert (found.code, found.severity) == ("doctor.segment_torn", Severity.NOTE)


def test_a_segment_hardly_begun_is_nothing(layout: Layout) -> None:
    (layout.segments / "1-1-a.open").write_bytes(MAGIC)
    assert doctor_log(layout.folder) == []


def test_a_segment_set_aside_is_an_error_until_it_is_deleted(home: Path, layout: Layout) -> None:
    (path,) = layout.segments.glob("*.wal")
    flip(path, 60, 1)
    with Log.open(layout.folder) as log:
        log.compact()
    (found,) = doctor(home)
    assert (found.code, found.path) == ("doctor.segment_set_aside", path.with_suffix(".damaged"))
    found.path.unlink()
    assert doctor(home) == []


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (".parquet", {"doctor.part_missing"}),
        (".path", {"doctor.index_missing"}),
        (".ids", {"doctor.ids_missing", "doctor.ids_incomplete"}),
    ],
)
def test_a_file_that_is_gone_is_missed(layout: Layout, ending: str, expected: set[str]) -> None:
    a_part(layout, ending).unlink()
    assert set(codes(doctor_log(layout.folder))) == expected


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE part SET rows = rows + 1", "doctor.part_disagrees"),
        ("UPDATE part SET first_at = first_at + 1", "doctor.part_disagrees"),
        ("UPDATE part SET last_at = last_at - 1", "doctor.part_disagrees"),
        ("UPDATE part SET first_sequence = first_sequence + 1", "doctor.part_disagrees"),
        ("UPDATE fact SET value = 3 WHERE name = 'next_sequence'", "doctor.part_disagrees"),
        ("UPDATE part SET bytes = bytes + 1", "doctor.part_damaged"),
        ("UPDATE part SET crc = crc + 1", "doctor.part_damaged"),
        ("UPDATE part SET level = 1", "doctor.manifest_disagrees"),
        ("UPDATE part SET run = 'x'", "doctor.manifest_disagrees"),
        ("UPDATE part SET shard = shard + 1", "doctor.manifest_disagrees"),
        ("UPDATE part SET shard = shard + 1", "doctor.part_disagrees"),
        ("UPDATE fact SET value = 7 WHERE name = 'shard_count'", "doctor.manifest_disagrees"),
        ("UPDATE fact SET value = 4 WHERE name = 'shard_count'", "doctor.part_disagrees"),
        ("UPDATE run SET rows = rows + 1", "doctor.manifest_disagrees"),
        ("INSERT INTO garbage SELECT name, 0 FROM part LIMIT 1", "doctor.manifest_disagrees"),
        ("DELETE FROM run", "doctor.ids_incomplete"),
        ("DELETE FROM part", "doctor.leftover"),
        ("DELETE FROM fact", "doctor.database_damaged"),
    ],
)
def test_a_manifest_that_disagrees_with_the_files_is_noticed(
    layout: Layout, statement: str, code: str
) -> None:
    manifest_says(layout, statement)
    assert code in codes(doctor_log(layout.folder))


def test_no_flipped_bit_in_the_manifest_goes_unnoticed_if_it_changes_what_it_says(
    layout: Layout, rng: np.random.Generator
) -> None:
    def said() -> list[object] | None:
        try:
            with closing(sqlite3.connect(f"file:{layout.manifest}?immutable=1", uri=True)) as base:
                return [
                    base.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                    for table in ("part", "run", "consumed")
                ] + base.execute("SELECT value FROM fact WHERE name = 'shard_count'").fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return None

    whole = layout.manifest.read_bytes()
    before = said()
    noticed = 0
    for place in rng.integers(len(whole), size=250).tolist():
        layout.manifest.write_bytes(whole)
        flip(layout.manifest, place, int(rng.integers(8)))
        if said() != before:
            noticed += 1
            assert doctor_log(layout.folder) != [], place
    assert noticed > 10


@pytest.mark.parametrize("name", ["manifest.sqlite", "identity.sqlite"])
def test_a_database_that_is_gone_or_no_database_is_an_error(layout: Layout, name: str) -> None:
    path = layout.folder / name
    path.write_bytes(b"no database at all" * 100)
    assert "doctor.database_damaged" in codes(doctor_log(layout.folder))
    path.unlink()
    assert "doctor.database_missing" in codes(doctor_log(layout.folder))


def test_identities_that_do_not_follow_from_their_claims_are_noticed(layout: Layout) -> None:
    with closing(sqlite3.connect(layout.folder / "identity.sqlite")) as base:
        base.execute("UPDATE node SET person = NULL")
        base.commit()
    found = doctor_log(layout.folder)
    assert set(codes(found)) == {"doctor.identity_disagrees"}


def reindexed(layout: Layout, **changed: object) -> Path:
    path = a_part(layout, ".path")
    facts, arrays = map_arrays(path)
    arrays = {name: array.copy() for name, array in arrays.items()}
    for name, change in changed.items():
        if name in facts:
            facts[name] = change
        else:
            arrays[name] = change(arrays[name])  # type: ignore[operator]
    write_arrays(path, facts, arrays)
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"time": lambda array: array + 1},
        {"starts": lambda array: array[:-1]},
        {"customer_key": lambda array: array[::-1].copy()},
        {"code": np.zeros_like},
        {"code": lambda array: array + 7},
        {"code": lambda array: array[:-1]},
        {"channel_code": lambda array: array + 1},
        {"event_names": ["pay", "visit", "سفارش", "x"]},
        {"channels": ["app"]},
    ],
)
def test_a_path_index_that_says_something_else_is_noticed(layout: Layout, changed: dict[str, object]) -> None:
    path = reindexed(layout, **changed)
    found = doctor_log(layout.folder)
    assert set(codes(found)) == {"doctor.index_disagrees"}
    assert {finding.path for finding in found} == {path}


def rewritten(layout: Layout, query: str) -> None:
    """Replace a part by the rows of a query over it, and let the manifest know its size and CRC."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from safar.store.parts import file_crc, read_rows

    path = a_part(layout)
    table = read_rows(path)
    order = {
        "reversed": np.arange(table.num_rows)[::-1],
        "swapped": np.array([1, 0, *range(2, table.num_rows)]),
        "doubled": np.array([0, *range(table.num_rows)]),
    }[query]
    pq.write_table(table.take(pa.array(order)), path)
    manifest_says(
        layout,
        f"UPDATE part SET bytes = {path.stat().st_size}, crc = {file_crc(path)}, rows = {len(order)}"
        f" WHERE name = '{path.stem}'",
    )


@pytest.mark.parametrize("how", ["reversed", "swapped", "doubled"])
def test_rows_out_of_order_are_noticed(layout: Layout, how: str) -> None:
    rewritten(layout, how)
    assert "doctor.part_disagrees" in codes(doctor_log(layout.folder))


@pytest.mark.parametrize("twin_rows", [1 << 24, 10])
def test_an_event_that_stands_twice_is_noticed(
    layout: Layout, twin_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_parts, "_TWIN_ROWS", twin_rows)
    assert doctor_log(layout.folder) == []
    part = a_part(layout)
    again = f"{part.stem[:16]}-00000000-L0-{part.stem[-4:]}"
    for ending in (".parquet", ".path"):
        shutil.copy(part.with_suffix(ending), layout.parts / (again + ending))
    manifest_says(
        layout,
        f"INSERT INTO part SELECT '{again}', shard, level, '{again[:25]}', rows, first_sequence, first_at, last_at,"
        f" bytes, crc FROM part WHERE name = '{part.stem}'",
    )
    (found,) = doctor_log(layout.folder)
    assert found.code == "doctor.event_twice"
    assert again in found.message


def test_an_id_that_no_run_knows_is_noticed(layout: Layout) -> None:
    path = a_part(layout, ".ids")
    hashes = IdRun.open(path).hashes()
    write_run(path, hashes[1:])
    manifest_says(layout, f"UPDATE run SET rows = {len(hashes) - 1} WHERE name = '{path.stem}'")
    (found,) = doctor_log(layout.folder)
    assert found.code == "doctor.ids_incomplete"
    assert found.message.startswith("1 events of ")


def test_leftovers_and_strangers_are_notes(layout: Layout) -> None:
    (layout.parts / "0000000000000000-aaaaaaaa-L0-0000.parquet").write_bytes(b"half")
    (layout.parts / "0000000000000000-aaaaaaaa.ids.tmp").write_bytes(b"half")
    (layout.parts / "notes.txt").write_text("mine")
    (layout.segments / "1-1-a.new").write_bytes(b"")
    (layout.segments / "notes.txt").write_text("mine")
    found = doctor_log(layout.folder)
    assert sorted(codes(found)) == ["doctor.leftover"] * 3 + ["doctor.unknown_file"] * 2
    assert {finding.severity for finding in found} == {Severity.NOTE}
    with Log.open(layout.folder) as log:
        log.compact()
    assert (layout.parts / "notes.txt").read_text() == "mine"


def test_what_is_no_home_is_said(tmp_path: Path) -> None:
    assert codes(doctor(tmp_path)) == ["doctor.home_missing"]
    assert codes(doctor(tmp_path / "nowhere")) == ["doctor.home_missing"]


def test_an_interrupted_restore_is_an_error(home: Path) -> None:
    (home / ".restored").mkdir()
    assert codes(doctor(home)) == ["doctor.restore_unfinished"]


def test_a_home_that_others_may_read_is_a_warning(home: Path) -> None:
    home.chmod(0o755)
    (found,) = doctor(home)
    assert (found.code, found.severity) == ("doctor.open_to_others", Severity.WARNING)


def test_a_link_inside_a_home_is_an_error(home: Path, layout: Layout) -> None:
    (layout.parts / "elsewhere").symlink_to(home)
    assert "doctor.no_access" in codes(doctor(home))


def test_a_disk_without_room_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_module, "NEARLY_FULL_BYTES", 1 << 60)
    assert codes(doctor(home)) == ["doctor.disk_nearly_full"]
    monkeypatch.setattr(doctor_module, "FULL_BYTES", 1 << 60)
    assert codes(doctor(home)) == ["doctor.disk_full"]


def registry_says(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "registry.sqlite")) as base:
        for statement in statements:
            base.execute(statement)
        base.commit()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE workspace SET calendar = 'mayan'", "doctor.workspace_setting_unknown"),
        ("UPDATE workspace SET time_zone = 'Asia/Atlantis'", "doctor.workspace_setting_unknown"),
        ("DELETE FROM workspace WHERE workspace_id = 'other'", "doctor.folder_without_workspace"),
        ("DELETE FROM workspace WHERE workspace_id = 'shop'", "doctor.database_damaged"),
        ("DROP TABLE workspace", "doctor.database_damaged"),
        ("PRAGMA user_version = 99", "doctor.database_too_new"),
    ],
)
def test_what_is_wrong_with_the_registry_is_said(home: Path, statement: str, code: str) -> None:
    registry_says(home, statement)
    assert set(codes(doctor(home))) == {code}


def test_the_people_s_database_is_checked_as_a_database(home: Path) -> None:
    with closing(sqlite3.connect(home / "app.sqlite")) as base:
        base.execute("CREATE TABLE member (name TEXT)")
        base.execute("PRAGMA user_version = 4000")
    assert doctor(home) == []
    (home / "app.sqlite").write_bytes(b"no database at all" * 100)
    assert codes(doctor(home)) == ["doctor.database_damaged"]


def test_every_kind_of_finding_is_documented(root: Path) -> None:
    page = (root / "docs" / "concepts" / "doctor.md").read_text(encoding="utf-8")
    assert [code for code in KINDS if f"`{code}`" not in page] == []


def test_every_kind_of_finding_is_brought_about_here(root: Path) -> None:
    # the database server is a matter of the people's door
    files = [Path(__file__), root / "tests" / "doors" / "web" / "test_tables.py"]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [code for code in KINDS if f'"{code}"' not in source] == []
