from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_builders import EXAMPLES, ListSink, a_file, a_mapping, csv_of, tried, utc
from safar.collect import importing
from safar.collect.delimited import CellTooLong
from safar.collect.import_record import (
    ImportBusy,
    ImportIdRefused,
    UnknownImport,
    import_folder,
    import_report,
    imports_in,
)
from safar.collect.importing import ImportProgress, import_file, try_import
from safar.collect.mapping_file import load_mapping, parse_mapping
from safar.store.log import Log
from safar.vocabulary.event import EventColumns

FILE = """
customer,at,n
a,2026-01-01,1
b,2026-01-02,2
b,2026-01-02,2
,2026-01-03,3
c,soon,4
"""
MAPPING = a_mapping('[time]\nlayout = "ymd"', event='name = "visited"\nat = "at"\nproperties = { n = "n" }')


def run(path: Path, sink: ListSink, **options: object) -> importing.ImportReport:
    return import_file(path, MAPPING, sink, folder=path.parent / "imports", **options)  # type: ignore[arg-type]


def test_a_report_says_what_was_done(tmp_path: Path) -> None:
    sink = ListSink()
    report = run(a_file(tmp_path, FILE), sink)
    assert (report.state, report.file, report.mapping) == ("finished", "file.csv", "test")
    assert (report.rows, report.rows_imported, report.rows_rejected, report.events) == (5, 3, 2, 3)
    assert (report.events_by_name, report.customers, report.repeated) == ({"visited": 3}, 2, 0)
    assert (report.first_at, report.last_at) == (utc("2026-01-01"), utc("2026-01-02"))
    assert report.rejected_by_reason == {"row.customer_missing": 1, "row.time_unreadable": 1}
    assert [(row.row, row.reason) for row in report.first_rejected] == [
        (5, "row.customer_missing"),
        (6, "row.time_unreadable"),
    ]
    assert report.first_events[0].properties == {"n": "1"}
    assert report.shape["encoding"] == "utf-8"
    assert {event.source for event in sink.events} == {report.source} == {f"import:{report.import_id}"}
    assert sink.synced == [3]


def test_the_record_is_kept_and_listed_newest_first(tmp_path: Path) -> None:
    folder = tmp_path / "imports"
    assert imports_in(folder) == []
    first = run(a_file(tmp_path, FILE), ListSink(), source="import:20260101-a")
    second = run(a_file(tmp_path, FILE), ListSink())
    assert [report.import_id for report in imports_in(folder)] == [second.import_id, "20260101-a"]
    assert import_report(folder, "import:20260101-a") == first
    own = import_folder(folder, "20260101-a")
    assert load_mapping(own.mapping_path) == MAPPING
    with pytest.raises(UnknownImport, match="20260101-b"):
        import_report(folder, "20260101-b")
    with pytest.raises(ImportIdRefused):
        import_report(folder, "../../etc")


def test_rejected_rows_are_written_with_number_reason_and_cells(tmp_path: Path) -> None:
    report = run(a_file(tmp_path, FILE + 'd,2026-01-04\n"é, x",,5\n'), ListSink())
    path = import_folder(tmp_path / "imports", report.import_id).rejects_path
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["row", "reason", "sentence", "customer", "at", "n"]
    assert [(row[0], row[1], row[3:]) for row in rows[1:]] == [
        ("5", "row.customer_missing", ["", "2026-01-03", "3"]),
        ("6", "row.time_unreadable", ["c", "soon", "4"]),
        ("7", "row.cells", ["d", "2026-01-04"]),
        ("8", "row.time_missing", ["é, x", "", "5"]),
    ]
    assert rows[2][2] == "at: 'soon' is not a date or time."


def test_mended_rejects_can_be_imported_by_the_same_mapping(tmp_path: Path) -> None:
    report = run(a_file(tmp_path, FILE), ListSink())
    rejects = import_folder(tmp_path / "imports", report.import_id).rejects_path
    mended = rejects.read_text("utf-8-sig").replace(",,2026", ",d,2026").replace(",soon,", ",2026-01-05,")
    sink = ListSink()
    again = run(a_file(tmp_path, mended, "mended.csv"), sink)
    assert again.rows_rejected == 0
    assert [(event.customer, event.at) for event in sink.events] == [
        ("d", utc("2026-01-03")),
        ("c", utc("2026-01-05")),
    ]


def test_a_dry_run_says_the_same_and_keeps_nothing(tmp_path: Path) -> None:
    path = a_file(tmp_path, FILE)
    dry, real = tried(path, MAPPING), run(path, ListSink())
    assert (dry.state, dry.import_id, dry.source) == ("dry_run", "", "")
    for field in (
        "rows",
        "events",
        "events_by_name",
        "rejected_by_reason",
        "first_rejected",
        "first_events",
        "customers",
    ):
        assert getattr(dry, field) == getattr(real, field)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file.csv", "imports"]
    assert len(list((tmp_path / "imports").iterdir())) == 1


def test_a_longer_export_adds_only_what_is_new_and_twins_stay_two(tmp_path: Path) -> None:
    first, again, longer = ListSink(), ListSink(), ListSink()
    run(a_file(tmp_path, FILE), first)
    run(a_file(tmp_path, FILE), again)
    assert len(first.ids) == 3
    assert again.ids == first.ids
    run(a_file(tmp_path, FILE + "b,2026-01-02,2\na,2026-01-01,1\nd,2026-01-09,9\n"), longer)
    assert [(event.customer, event.at.day) for event in longer.events if event.event_id not in first.ids] == [
        ("b", 2), ("a", 1), ("d", 9),
    ]  # fmt: skip


def test_the_same_rows_under_another_name_are_other_events(tmp_path: Path) -> None:
    path, first, other = a_file(tmp_path, FILE), ListSink(), ListSink()
    run(path, first)
    renamed = parse_mapping(
        (tmp_path / "imports" / next((tmp_path / "imports").iterdir()).name / "mapping.toml")
        .read_text()
        .replace('"test"', '"other"')
    )
    import_file(path, renamed, other, folder=tmp_path / "imports")
    assert first.ids.isdisjoint(other.ids)


def test_the_file_name_the_packing_and_the_other_columns_of_a_key_do_not_matter(tmp_path: Path) -> None:
    mapping = a_mapping('key = ["order"]', event='name = "order_placed"\nat = "at"')
    early = a_file(tmp_path, "customer,order,at,state\na,1,2026-01-01,new\nb,2,2026-01-02,new\n", "early.csv")
    late = a_file(tmp_path, "state,order,at,customer\ndone,1,2026-01-01,a\nnew,3,2026-01-03,c\n", "late.csv")
    sinks = ListSink(), ListSink()
    for path, sink in zip((early, late), sinks, strict=True):
        import_file(path, mapping, sink, folder=tmp_path / "imports")
    assert [event.customer for event in sinks[1].events if event.event_id not in sinks[0].ids] == ["c"]


def test_ids_that_events_have_already_are_kept(tmp_path: Path) -> None:
    uuid = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
    path = a_file(tmp_path, f"id,customer,at\n{uuid},a,2026-01-01\n{uuid},b,2026-01-02\n,c,2026-01-03\n")
    mapping = a_mapping('event_id = "id"', event='name = "x"\nat = "at"\n[[event]]\nname = "y"\nat = "at"')
    sink = ListSink()
    report = import_file(path, mapping, sink, folder=tmp_path / "imports")
    assert [(event.customer, event.name) for event in sink.events] == [
        ("a", "x"),
        ("a", "y"),
        ("c", "x"),
        ("c", "y"),
    ]
    assert sink.events[0].event_id.hex() == uuid.replace("-", "")
    assert len(sink.ids) == 4
    assert (report.repeated, report.rows_imported) == (2, 3)


def test_progress_grows_to_the_end_with_an_estimate(tmp_path: Path) -> None:
    rows = [("customer", "at", "n"), *((f"c{n % 50}", "2026-01-01", n) for n in range(120_000))]
    seen: list[ImportProgress] = []
    try_import(a_file(tmp_path, csv_of(rows)), MAPPING, progress=seen.append)
    assert [each.rows for each in seen] == [*range(10_000, 120_001, 10_000)]
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    assert seen[-1].done == 1
    assert seen[-1].seconds_left == 0
    assert all(each.seconds_left is not None and each.seconds_left >= 0 for each in seen)


class Dying(ListSink):
    """A sink that fails at the n-th piece."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self._pieces = pieces

    def append(self, columns: EventColumns) -> None:
        if self._pieces == 0:
            raise KeyboardInterrupt
        self._pieces -= 1
        super().append(columns)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safar.collect.delimited.rows_at_a_time", lambda columns: 10)
    monkeypatch.setattr(importing, "_ROWS_PER_CHECKPOINT", 30)


def a_hundred(folder: Path) -> Path:
    rows = [("customer", "at", "n"), *((f"c{n % 7}", "2026-01-01", n % 60) for n in range(100)), ("", "", "")]
    return a_file(folder, csv_of(rows))


@pytest.mark.usefixtures("small_pieces")
def test_an_interrupted_import_goes_on_after_what_is_durable(tmp_path: Path) -> None:
    whole, dying, rest = ListSink(), Dying(5), ListSink()
    folder = tmp_path / "imports"
    expected = import_file(a_hundred(tmp_path), MAPPING, whole, folder=tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(a_hundred(tmp_path), dying)
    assert dying.synced == [30]
    (broken,) = imports_in(folder)
    assert broken.state == "interrupted"
    report = run(a_hundred(tmp_path), rest)
    assert report.import_id == broken.import_id
    assert [event.event_id for event in rest.events] == [event.event_id for event in whole.events[30:]]
    for field in ("rows", "events", "rows_rejected", "events_by_name", "customers", "first_rejected"):
        assert getattr(report, field) == getattr(expected, field)
    assert [each.state for each in imports_in(folder)] == ["finished"]
    assert import_folder(folder, report.import_id).rejects_path.read_text("utf-8-sig").count("\n") == 2


@pytest.mark.usefixtures("small_pieces")
def test_an_import_of_one_s_own_goes_on_under_its_id(tmp_path: Path) -> None:
    path = a_hundred(tmp_path)
    for source in ("import:mine", "import:other"):
        with pytest.raises(KeyboardInterrupt):
            run(path, Dying(5), source=source)
    rest = ListSink()
    assert run(path, rest, source="import:mine").import_id == "mine"
    assert len(rest.events) == 70
    states = {each.import_id: each.state for each in imports_in(tmp_path / "imports")}
    assert states == {"mine": "finished", "other": "interrupted"}


@pytest.mark.usefixtures("small_pieces")
def test_who_is_told_of_the_progress_may_stop_it_and_the_record_says_how_far_it_came(tmp_path: Path) -> None:
    def stop(progress: ImportProgress) -> None:
        if progress.rows == 50:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run(a_hundred(tmp_path), ListSink(), progress=stop, file_name="orders of May.csv")
    (report,) = imports_in(tmp_path / "imports")
    assert (report.state, report.rows, report.events, report.file) == (
        "interrupted",
        50,
        50,
        "orders of May.csv",
    )


def test_a_dry_run_shows_its_events_and_writes_what_it_would_reject(tmp_path: Path) -> None:
    sink = ListSink()
    rejects = tmp_path / "rejects.csv"
    report = try_import(a_file(tmp_path, FILE), MAPPING, sink=sink, rejects=rejects, file_name="سفارش.csv")
    assert (report.file, report.state, len(sink.events)) == ("سفارش.csv", "dry_run", 3)
    assert [line.split(",")[0] for line in rejects.read_text("utf-8-sig").splitlines()] == ["row", "5", "6"]


def test_five_rows_stand_for_each_reason(tmp_path: Path) -> None:
    rows = [("customer", "at", "n"), *[("", "2026-01-01", n) for n in range(30)], ("c", "never", 1)]
    report = try_import(a_file(tmp_path, csv_of(rows)), MAPPING)
    assert {reason: [each.row for each in rows] for reason, rows in report.examples_by_reason.items()} == {
        "row.customer_missing": [2, 3, 4, 5, 6],
        "row.time_unreadable": [32],
    }
    assert report.examples_by_reason["row.time_unreadable"][0].column == "at"


@pytest.mark.usefixtures("small_pieces")
def test_what_is_written_down_as_durable_was_synced_before(tmp_path: Path) -> None:
    folder = tmp_path / "imports"

    class Watching(ListSink):
        def sync(self) -> None:
            stored = [json.loads(path.read_text())["rows_durable"] for path in folder.glob("*/report.json")]
            assert max(stored) <= (self.synced or [0])[-1]
            super().sync()

    sink = Watching()
    run(a_hundred(tmp_path), sink)
    assert sink.synced == [30, 60, 90, 100]


@pytest.mark.usefixtures("small_pieces")
def test_another_file_another_mapping_or_the_wish_start_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(a_hundred(tmp_path), Dying(5))
    for path, options in (
        (a_file(tmp_path, a_hundred(tmp_path).read_text() + "x,2026-01-01,1\n", "other.csv"), {}),
        (a_hundred(tmp_path), {"resume": False}),
        (a_hundred(tmp_path), {"time_zone": "Asia/Tehran"}),
        (a_hundred(tmp_path), {"source": "import:mine"}),
    ):
        sink = ListSink()
        run(path, sink, **options)
        assert len(sink.events) >= 100
    assert sorted(each.state for each in imports_in(tmp_path / "imports")) == ["finished"] * 4 + [
        "interrupted"
    ]


def test_an_import_that_runs_cannot_be_started_again(tmp_path: Path) -> None:
    path = a_file(tmp_path, FILE)

    class Nested(ListSink):
        def append(self, columns: EventColumns) -> None:
            with pytest.raises(ImportBusy, match="is running"):
                run(path, ListSink())
            assert imports_in(tmp_path / "imports")[0].state == "running"
            super().append(columns)

    sink = Nested()
    run(path, sink)
    assert len(sink.events) == 3


@pytest.mark.usefixtures("small_pieces")
def test_a_file_that_breaks_off_says_so_and_keeps_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safar.collect.formats.ENOUGH_ROWS", 10)
    good = a_hundred(tmp_path).read_text()
    path = a_file(tmp_path, good + 'c,2026-01-01,"' + "x" * (2 << 20), "broken.csv")
    sink = ListSink()
    with pytest.raises(CellTooLong):
        run(path, sink)
    (report,) = imports_in(tmp_path / "imports")
    assert report.state == "failed"
    assert report.error is not None
    assert report.error["code"] == "import.cell_too_long"
    assert report.events == len(sink.events) == 100


def test_nothing_is_kept_when_file_and_mapping_do_not_fit(tmp_path: Path) -> None:
    sink = ListSink()
    with pytest.raises(LookupError, match="no column 'at'"):
        run(a_file(tmp_path, "customer,when\na,2026-01-01\n"), sink)
    assert sink.events == []
    assert not (tmp_path / "imports").exists()


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["2026-01-01", "2026-01-02"])), max_size=20),
    st.data(),
)
def test_any_prefix_and_then_the_whole_is_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("prefix")
    cut = data.draw(st.integers(0, len(rows)))
    table = [(customer, at, n % 3) for n, (customer, at) in enumerate(rows)]
    sinks = ListSink(), ListSink()
    for sink, part in zip(sinks, (table[:cut], table), strict=True):
        run(a_file(folder, csv_of([("customer", "at", "n"), *part])), sink)
    assert sinks[0].ids <= sinks[1].ids
    assert len(sinks[1].ids) == len(table)
    assert [event.event_id for event in sinks[0].events] == [
        event.event_id for event in sinks[1].events[:cut]
    ]


def test_a_log_takes_an_import_once_and_gives_it_back(tmp_path: Path) -> None:
    path = a_file(tmp_path, FILE)
    with Log.create(tmp_path / "log") as log:
        with log.writer() as writer:
            report = import_file(path, MAPPING, writer, folder=tmp_path / "imports")
            import_file(path, MAPPING, writer, folder=tmp_path / "imports")
        rows = log.sql(
            "select customer_id, properties->>'n' from events order by occurred_at, sequence"
        ).rows()
        assert rows == [("a", "1"), ("b", "2"), ("b", "2")]
        log.remove_source(report.source)
        assert log.sql("select count(*) from events").one() == (0,)


@pytest.mark.crash
def test_a_killed_import_loses_nothing_and_doubles_nothing(tmp_path: Path, rng: np.random.Generator) -> None:
    rows = [
        ("customer", "at", "n"),
        *((f"c{n % 5000}", f"2026-01-{n % 28 + 1:02}", n % 90_000) for n in range(150_000)),
    ]
    a_file(tmp_path, csv_of(rows))
    a_file(
        tmp_path,
        (EXAMPLES / "event_log.toml")
        .read_text()
        .replace("customer_id", "customer")
        .replace("timestamp", "at")
        .replace("{activity}", "visited"),
        "m.toml",
    )
    script = a_file(
        tmp_path,
        """
        import sys
        from pathlib import Path
        from safar.collect import importing
        from safar.collect.mapping_file import load_mapping
        from safar.store.log import Log
        importing._ROWS_PER_CHECKPOINT = 20_000
        importing.whole_groups = lambda pieces, mapping: (part for piece in pieces for part in cut(piece))
        def cut(piece):
            return [piece.part(start, min(start + 5000, len(piece))) for start in range(0, len(piece), 5000)]
        folder = Path(sys.argv[1])
        with Log.create(folder / "log") as log, log.writer() as writer:
            print("ready", flush=True)
            mapping = load_mapping(folder / "m.toml")
            importing.import_file(folder / "file.csv", mapping, writer, folder=folder / "imports")
            print("done", flush=True)
        """,
        "run.py",
    )
    kills, finished = 0, False
    while not finished:
        process = subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        if kills < 6:
            time.sleep(float(rng.uniform(0.05, 1.2)))
            process.kill()
            kills += 1
        finished = "done" in process.stdout.read()
        process.wait()
        process.stdout.close()
    with Log.open(tmp_path / "log") as log:
        assert log.sql("select count(*), count(distinct event_id) from events").one() == (150_000, 150_000)
        per_row = "select properties->>'n' n, count(*) c from events group by n"
        expected = [(1, 30_000), (2, 60_000)]
        assert log.sql(f"select c, count(*) from ({per_row}) group by c order by c").rows() == expected
    # one that was killed after its end and before its word is begun once more, and adds nothing
    assert {each.state for each in imports_in(tmp_path / "imports")} == {"finished"}
    assert kills >= 2
