"""Tables: heads that sort, cells that escape, what stands in an empty one; cursors of their pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from safar.doors.web.design.paging import BadCursor, cursor, read_cursor
from safar.doors.web.design.parts import EmptyState, steps
from safar.doors.web.design.table import Cell, Column, Row, Table, changed
from safar.doors.web.design.words import filled

COLUMNS = (
    Column("name", "Name", sortable=True),
    Column("id", "Id", "code"),
    Column("n", "Orders", "number", sortable=True),
)


def rendered(web_home, name: str, **context: object) -> str:
    from django.template.loader import render_to_string

    from safar.doors.web.design.reader import Reader

    return " ".join(render_to_string(f"design/{name}.html", {"reader": Reader("en"), **context}).split())


def test_a_click_on_a_head_sorts_and_a_second_one_turns_the_order() -> None:
    def heads(sort: str):
        return [
            (head.query, head.aria_sort) for head in Table("", COLUMNS, (), sort=sort, query="day=1").heads
        ]

    assert heads("") == [("day=1&sort=name", "none"), ("", ""), ("day=1&sort=n", "none")]
    assert heads("name") == [("day=1&sort=-name", "ascending"), ("", ""), ("day=1&sort=n", "none")]
    assert heads("-name")[0] == ("day=1&sort=name", "descending")


def test_a_query_keeps_what_is_not_changed() -> None:
    assert changed("q=%D8%B3+%26&after=x&q=2", after="", sort="-n") == "q=%D8%B3+%26&q=2&sort=-n"


def test_what_customers_call_themselves_is_never_markup(web_home) -> None:
    row = Row(
        (Cell("<b>سارا</b>", href="/c?a=1&b=2"), Cell("c-1"), Cell("۵", tone="warn", value=5)), key="c-1"
    )
    html = rendered(
        web_home, "table", table=Table("Customers", COLUMNS, (row,), can_export=True, query="q=1")
    )
    assert (
        '<th scope="row" class="is-text" data-name="Name"><a href="/c?a=1&amp;b=2"><bdi>&lt;b&gt;سارا&lt;/b&gt;</'
        in html
    )
    assert '<td class="is-code" data-name="Id"><bdi dir="ltr">c-1</bdi></td>' in html
    assert '<bdi class="badge is-warn">۵</bdi>' in html
    assert 'href="?q=1&amp;export=csv"' in html
    assert 'href="?q=1&amp;export=xlsx"' in html


@pytest.mark.parametrize("low", ["1", "\u2212۳ هزار"])
def test_an_interval_stands_below_its_number(web_home, low: str) -> None:
    inner = filled("%(low)s to %(high)s", low=low, high="9")
    text = filled("%(amount)s (%(interval)s)", amount="<4>", interval=inner)
    table = Table("", COLUMNS, (Row((Cell(text), Cell("a"), Cell(text))),))
    found = rendered(web_home, "table", table=table)
    assert found.count('<span class="interval">(') == 1  # of the number, not of the name
    assert "<4>" not in found


def test_who_may_not_take_rows_away_is_not_offered_to(web_home) -> None:
    html = rendered(
        web_home, "table", table=Table("Customers", COLUMNS, (Row((Cell("a"), Cell("b"), Cell("c"))),))
    )
    assert "export" not in html


def test_an_empty_table_says_what_would_be_there(web_home) -> None:
    nobody = EmptyState("No customers yet", "They come.", "Import a file", "/import")
    html = rendered(web_home, "table", table=Table("Customers", COLUMNS, (), empty=nobody, can_export=True))
    assert "<table" not in html
    assert "No customers yet" in html
    assert '<a class="button" href="/import">Import a file</a>' in html


def test_a_wizard_goes_back_to_what_is_done_and_never_ahead() -> None:
    found = [(step.state, step.href) for step in steps(["file", "columns", "done"], 1, ["/1", "/2", "/3"])]
    assert found == [("done", "/1"), ("current", ""), ("todo", "")]


@given(some.text(max_size=50), some.integers(), some.datetimes(timezones=some.just(UTC)))
def test_a_cursor_comes_back_as_it_was(name: str, number: int, instant: datetime) -> None:
    text = cursor(name, number, instant)
    assert read_cursor(text, str, int, datetime) == (name, number, instant)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_an_instant_of_a_cursor_is_in_utc() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    found = read_cursor(cursor(datetime(2026, 8, 22, 3, 30, tzinfo=tehran)), datetime)
    assert found == (datetime(2026, 8, 22, tzinfo=UTC),)
    assert found[0].tzinfo is UTC


def test_no_cursor_is_the_start() -> None:
    assert read_cursor("", str, int) is None


@given(some.text(min_size=1, max_size=60))
def test_what_we_did_not_make_is_refused(text: str) -> None:
    with pytest.raises(BadCursor) as refused:
        read_cursor(text, str, int)
    assert refused.value.code == "page.bad_cursor"


@pytest.mark.parametrize(
    ("values", "types"),
    [
        (("a",), (int,)),
        ((1,), (str,)),
        ((True,), (int,)),
        (("a", 1), (str,)),
        (("yesterday",), (datetime,)),
        (("2026-08-22",), (datetime,)),
    ],
)
def test_a_cursor_of_another_list_is_refused(values, types) -> None:
    with pytest.raises(BadCursor):
        read_cursor(cursor(*values), *types)
