from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_builders import a_file, a_mapping, csv_of, imported, tried, utc
from safar.collect import rows as rows_module
from safar.collect.formats import TimeUndecided, TimeUnknown
from safar.collect.mapping import Mapping

FOUR = """
customer,order,placed,paid,shipped,delivered,total
c1,o1,2026-01-01 10:00,2026-01-01 10:05,2026-01-02,2026-01-05,100
c2,o2,2026-01-01 11:00,,,,50
c1,o3,2026-01-03 09:00,2026-01-03 09:01,,,25
"""
FOUR_RULES = """
    name = "order_placed"
    at = "placed"
    amount = "total"
    properties = { order_id = "order" }
    [[event]]
    name = "order_paid"
    at = "paid"
    [[event]]
    name = "order_shipped"
    at = "shipped"
    [[event]]
    name = "order_delivered"
    at = "delivered"
"""


def four(head: str = "") -> Mapping:
    return a_mapping(f'currency = "EUR"\n{head}', event=FOUR_RULES)


def test_a_row_is_as_many_events_as_it_has_instants_in_file_order(tmp_path: Path) -> None:
    events = imported(a_file(tmp_path, FOUR), four())
    assert [(event.customer, event.name, event.at) for event in events] == [
        ("c1", "order_placed", utc("2026-01-01 10:00")),
        ("c1", "order_paid", utc("2026-01-01 10:05")),
        ("c1", "order_shipped", utc("2026-01-02")),
        ("c1", "order_delivered", utc("2026-01-05")),
        ("c2", "order_placed", utc("2026-01-01 11:00")),
        ("c1", "order_placed", utc("2026-01-03 09:00")),
        ("c1", "order_paid", utc("2026-01-03 09:01")),
    ]
    assert [(event.amount, event.currency, event.properties) for event in events[:2]] == [
        (10_000, "EUR", {"order_id": "o1"}),
        (0, "", {}),
    ]
    assert len({event.event_id for event in events}) == 7


def test_a_row_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    path = a_file(tmp_path, FOUR.replace("2026-01-05", "2026-02-30"))
    mapping = four('[time]\nlayout = "ymd"')
    assert [event.customer for event in imported(path, mapping)] == ["c2", "c1", "c1"]
    report = tried(path, mapping)
    assert (report.rows, report.rows_imported, report.rows_rejected) == (3, 2, 1)
    (rejected,) = report.first_rejected
    assert (rejected.row, rejected.reason) == (2, "row.time_unreadable")
    assert rejected.sentence.startswith("delivered: '2026-02-30': The gregorian calendar has no 2026-02-30.")
    assert rejected.cells == [
        "c1",
        "o1",
        "2026-01-01 10:00",
        "2026-01-01 10:05",
        "2026-01-02",
        "2026-02-30",
        "100",
    ]


def test_a_row_without_any_instant_says_so(tmp_path: Path) -> None:
    path = a_file(tmp_path, FOUR + "c4,o4,,,,,10\n")
    report = tried(path, four())
    assert report.first_rejected[0].sentence == "No date or time: placed is empty."
    assert report.rejected_by_reason == {"row.time_missing": 1}


def test_the_first_filled_of_several_columns_is_the_instant(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,late\na,2026-01-01,2026-02-01\nb,,2026-02-02\nc,,\n")
    mapping = a_mapping(event='name = "x"\nat = ["at", "late"]')
    assert [(event.customer, event.at.month) for event in imported(path, mapping)] == [("a", 1), ("b", 2)]
    assert tried(path, mapping).first_rejected[0].sentence == "No date or time: at and late is empty."


def test_each_column_of_instants_may_be_written_in_its_own_way(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,shamsi\na,1700000000,1402/08/23\n")
    mapping = a_mapping(
        '[time]\ntime_zone = "Asia/Tehran"',
        event="""
        name = "x"
        at = "at"
        [[event]]
        name = "y"
        at = { column = "shamsi", calendar = "jalali", layout = "ymd" }
        """,
    )
    assert [event.at for event in imported(path, mapping)] == [
        utc("2023-11-14 22:13:20"),
        utc("2023-11-13 20:30"),
    ]
    formats = tried(path, mapping).formats
    assert (formats["at"].layout, formats["at"].decided_by, formats["at"].time_zone) == (
        "epoch_s",
        "file",
        "",
    )
    assert (formats["shamsi"].calendar, formats["shamsi"].decided_by) == ("jalali", "mapping")


def test_names_of_events_come_from_columns(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        'customer,at,what\na,2026-01-01,"pay, later"\nb,2026-01-01,\nc,2026-01-01,' + "x" * 256 + "\n",
    )
    mapping = a_mapping(event='name = "{what}"\nat = "at"')
    assert [event.name for event in imported(path, mapping)] == ["pay, later"]
    assert tried(path, mapping).rejected_by_reason == {"row.name_missing": 1, "row.text_too_long": 1}
    prefixed = a_mapping(event='name = "did {what}"\nat = "at"')
    assert [event.name for event in imported(path, prefixed)] == ["did pay, later"]


def test_channels_are_constant_or_in_a_column_and_a_rule_goes_before_the_mapping(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,where\na,2026-01-01,web\nb,2026-01-01,\n")
    mapping = a_mapping(
        'channel = "{where}"',
        event='name = "x"\nat = "at"\n[[event]]\nname = "y"\nat = "at"\nchannel = "store"',
    )
    assert [(event.name, event.channel) for event in imported(path, mapping)] == [
        ("x", "web"), ("y", "store"), ("x", ""), ("y", "store"),
    ]  # fmt: skip


def test_rows_left_out_are_counted_under_their_reason_and_not_rejected(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,kind\n,2026-01-01,test\nb,2026-01-01,real\nc,2026-01-01,draft\n")
    mapping = a_mapping(
        """
        [[skip]]
        reason = "Test orders"
        when = [{ column = "kind", equals = "test" }]
        [[skip]]
        reason = "Drafts"
        when = [{ column = "kind", equals = "draft" }]
        """
    )
    report = tried(path, mapping)
    assert (report.events, report.rows_rejected, report.rows_left_out) == (
        1,
        0,
        {"Test orders": 1, "Drafts": 1},
    )
    assert report.rows == report.rows_imported + report.rows_rejected + sum(report.rows_left_out.values())


def test_equal_instants_keep_the_order_of_the_file(tmp_path: Path) -> None:
    cells = [("customer", "at", "n"), *(("a", "2026-01-01 10:00", n) for n in range(500))]
    mapping = a_mapping(event='name = "x"\nat = "at"\nproperties = { n = { column = "n", type = "number" } }')
    events = imported(a_file(tmp_path, csv_of(cells)), mapping)
    assert [event.properties["n"] for event in events] == list(range(500))


def test_a_day_first_column_is_read_day_first(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at\na,5/3/2016 12:00\nb,29/2/2016 01:16\n")
    assert [event.at for event in imported(path, a_mapping())] == [
        utc("2016-03-05 12:00"),
        utc("2016-02-29 01:16"),
    ]


def test_what_reads_day_first_and_month_first_is_asked_about(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at\na,5/3/2016\nb,6/3/2016\n")
    with pytest.raises(TimeUndecided, match="'at' reads day first and month first alike: '5/3/2016'"):
        imported(path, a_mapping())
    american = a_mapping('[time]\nlayout = "mdy"')
    assert [event.at for event in imported(path, american)] == [utc("2016-05-03"), utc("2016-06-03")]


def test_a_column_in_doubt_is_written_as_the_others_of_its_file(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,later\na,5/3/2016,29/3/2016\n")
    mapping = a_mapping(event='name = "x"\nat = "at"\n[[event]]\nname = "y"\nat = "later"')
    assert [event.at for event in imported(path, mapping)] == [utc("2016-03-05"), utc("2016-03-29")]


def test_a_day_above_12_far_down_the_file_decides(tmp_path: Path) -> None:
    early = [("a", f"{n % 12 + 1}/1/2016 {n // 60 % 24}:{n % 60:02}") for n in range(60_000)]
    path = a_file(tmp_path, csv_of([("customer", "at"), *early, ("a", "13/1/2016")]))
    report = tried(path, a_mapping())
    assert (report.formats["at"].layout, report.events) == ("dmy", 60_001)


def test_a_column_that_holds_no_dates_is_named_with_its_values(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at\na,soon\nb,later\n")
    with pytest.raises(TimeUnknown, match="'at' holds no dates that can be told: 'soon', 'later'"):
        imported(path, a_mapping())


def test_the_clock_of_the_workspace_reads_what_names_no_zone(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at\na,2026-01-01 00:00\nb,2026-01-01T00:00:00Z\n")
    found = imported(path, a_mapping(), time_zone="Asia/Tehran")
    assert [event.at for event in found] == [utc("2025-12-31 20:30"), utc("2026-01-01")]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["2026-01-01", "2026-01-02", "x", ""]),
        st.sampled_from("12?"),
    ),
    max_size=40,
)


@given(ROWS, st.integers(1, 7))
def test_how_a_file_is_cut_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], at_a_time: int
) -> None:
    mapping = a_mapping(
        """
        currency = "EUR"
        [time]
        layout = "ymd"
        [number]
        decimal = "."
        """,
        customer='id = "customer"\ntraits = { n = "n" }',
        event="""
        name = "x"
        at = "at"
        amount = "n"
        [[event]]
        name = "once"
        at = "at"
        key = ["customer"]
        [[event]]
        name = "order"
        at = "at"
        per = ["customer", "at"]
        amount = "n"
        items = { n = "n" }
        """,
    )
    path = a_file(tmp_path_factory.mktemp("cut"), csv_of([("customer", "at", "n"), *rows]))
    whole = imported(path, mapping)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("safar.collect.delimited.rows_at_a_time", lambda columns: at_a_time)
        assert rows_module.rows_at_a_time(3) > 40
        cut = imported(path, mapping)
    without_source = [
        [(event.event_id, event.name, event.amount, event.properties) for event in found]
        for found in (whole, cut)
    ]
    assert without_source[0] == without_source[1]
