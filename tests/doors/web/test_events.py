"""The desk Events: who may see it, what the filters find, one event, the live part, files, hostile events."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from a_shop import days_ago
from builders import an_event
from safar.store.registry import Workspace

ORDER = {"order_id": "o1", "city": "قم"}
HOSTILE = '<img src=x onerror="alert(1)">\u202e[moc.rognad]\x00'


def changes():
    from safar.doors.web.audit.models import Change

    return Change.objects


def at(shop: Workspace, rest: str = "") -> str:
    return f"/w/{shop.workspace_id}/events{rest}"


def names(page: str) -> list[str]:
    """What the list says happened, newest first: as the log calls it."""
    return re.findall(r'<tr id="event-.*?<time.*?data-dialog>.*?<bdi>([^<]*)</bdi></a>', page, re.DOTALL)


@pytest.fixture
def three(tell) -> None:
    tell(
        an_event("order_placed", days_ago(3), customer="c/1", amount=2_500_000, currency="IRR", properties=ORDER),
        an_event("رضایت", days_ago(2), customer="c2", channel="app", source="key:shop", properties={"n": 12}),
        an_event("page", days_ago(1), customer="c/1", properties={"path": "/"}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("agent", 200), ("analyst", 200), ("manager", 200), ("owner", 200)]
)
def test_who_may_see_customers_sees_events(
    let_in, shop: Workspace, three: None, role: str, status: int
) -> None:
    browser = let_in("en", role)
    page = browser.get(at(shop))
    assert page.status_code == status
    assert ("Visited" in page.content.decode()) is (status == 200)
    assert browser.get(at(shop, "/event?of=")).status_code == (403 if status == 403 else 404)


def test_a_stranger_signs_in_first_and_another_workspace_has_nothing_here(
    let_in, browser, web_home, shop, three
) -> None:
    assert browser.get(at(shop)).status_code == 302
    member = let_in("en", "owner")
    web_home.create_workspace("Other", workspace_id=f"other-{shop.workspace_id}")
    assert member.get(f"/w/other-{shop.workspace_id}/events").status_code == 404


def test_events_stand_newest_first_in_the_readers_words(let_in, shop: Workspace, three: None) -> None:
    page = let_in("fa", "agent").get(at(shop)).content.decode()
    assert len(names(page)) == 3
    assert names(page)[1] == "رضایت"
    assert "۲۵۰٬۰۰۰" in page
    assert f'href="/w/{shop.workspace_id}/customer?id=c%2F1"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=page", ["Visited"]),
        ("channel=app", ["رضایت"]),
        ("source=key:shop", ["رضایت"]),
        ("source=import:never", []),
        ("customer=c/1", ["Visited", "Placed an order"]),
        ("property=n&value=۱۲", ["رضایت"]),
        ("property=city", ["Placed an order"]),
        ("since={2}&until={2}", ["رضایت"]),
        ("name=never", []),
    ],
)
def test_filters_find(let_in, shop: Workspace, three: None, query: str, found: list[str]) -> None:
    day = days_ago(2)
    page = let_in("en", "agent").get(at(shop, "?" + query.replace("{2}", f"{day:%Y/%m/%d}"))).content.decode()
    assert names(page) == found


def test_what_finds_nothing_says_which_filter_to_leave_out(let_in, shop: Workspace, three: None) -> None:
    page = let_in("en", "agent").get(at(shop, "?name=page&channel=app")).content.decode()
    assert "No event fits all of this" in page
    assert 'href="?channel=app">Whatever happened' in page
    assert 'href="?name=page">On every channel' in page


def test_keys_and_files_are_offered_as_sources_by_their_names(
    let_in, shop: Workspace, web_home, three
) -> None:
    from safar.doors.web.imports.models import FileImport

    web_home.create_key(shop.workspace_id, name="shop")
    for import_id, added in (("1a", 3), ("1b", None)):
        FileImport.objects.create(
            workspace_id=shop.workspace_id, import_id=import_id, file_name=f"{import_id}.csv", added=added
        )
    page = let_in("en", "agent").get(at(shop, "?source=import:1c")).content.decode()
    offered = re.search(r'<select name="source".*?</select>', page, re.DOTALL)[0]
    assert re.findall(r'<option value="([^"]*)"(?: selected)?>([^<]*)<', offered) == [
        ("", "Every source"),
        ("import:1c", "import:1c"),
        ("key:shop", "shop"),
        ("import:1a", "1a.csv"),
    ]
    assert 'href="?">From every source' in page


def test_days_in_the_wrong_order_are_told(let_in, shop: Workspace, three: None) -> None:
    page = let_in("en", "agent").get(at(shop, "?since=2026-02-02&until=2026-02-01")).content.decode()
    assert "This day lies before the first one." in page


def test_an_empty_workspace_leads_on_by_role(let_in, shop: Workspace) -> None:
    assert "Nothing has happened here yet" in let_in("en", "agent").get(at(shop)).content.decode()


def test_data_that_ended_long_ago_are_said_so(let_in, shop: Workspace, tell) -> None:
    tell(an_event("page", days_ago(9)))
    assert "nothing has come since" in let_in("en", "agent").get(at(shop)).content.decode()


def test_older_pages_join_without_gap(let_in, shop: Workspace, tell) -> None:
    tell(*(an_event(f"e{number:03}", days_ago(1)) for number in range(120)))
    browser, query, seen = let_in("en", "agent"), "", []
    while True:
        page = browser.get(at(shop, f"?{query}")).content.decode()
        seen += names(page)
        older = re.search(r'rel="next" href="\?([^"]*)"', page)
        if older is None:
            break
        query = older[1].replace("&amp;", "&")
    assert seen == [f"e{number:03}" for number in reversed(range(120))]


def test_the_live_part_costs_nothing_until_something_comes(
    let_in, shop: Workspace, tell, three: None
) -> None:
    browser = let_in("en", "agent")
    page = browser.get(at(shop)).content.decode()
    version, top = re.findall(r'data-version="([^"]+)" data-top="([^"]+)"', page)[0]
    asked = {"version": version, "top": top}
    part = {"HTTP_HX_REQUEST_TYPE": "partial"}
    assert browser.get(at(shop), asked, **part).status_code == 204
    tell(
        an_event("cart_added", days_ago(0, 0), customer="new"),
        an_event("page", days_ago(30), customer="late"),
    )
    answer = browser.get(at(shop), asked, **part)
    rows = answer.content.decode()
    assert answer.status_code == 200
    assert names(rows) == ["Put into the cart", "Visited", "رضایت", "Placed an order", "Visited"]
    assert len(re.findall(r'class="is-new"', rows)) == 1
    assert 'data-news="\u20681\u2069 new event"' in rows
    assert "<html" not in rows


def test_one_event_shows_all_of_it(let_in, shop: Workspace, tell) -> None:
    deep = {"a": {"b": [1, {"c": "د"}]}, HOSTILE: HOSTILE, "long": "x" * 1_000_000}
    tell(
        an_event(HOSTILE, days_ago(1), customer=HOSTILE.replace("\x00", ""), channel=HOSTILE, properties=deep)
    )
    browser = let_in("fa", "agent")
    listed = browser.get(at(shop)).content.decode()
    href = re.search(r'href="([^"]*/events/event\?of=[^"]*)"', listed)
    assert href is not None
    page = browser.get(href[1]).content.decode()
    for shown in (listed, page):
        assert "<img" not in shown
        assert "\x00" not in shown
        assert len(shown) < 60_000
    assert "a.b" in page
    assert "[1, {&quot;c&quot;: &quot;د&quot;}]" in page
    part = browser.get(href[1], HTTP_HX_REQUEST_TYPE="partial").content.decode()
    assert "<html" not in part and "a.b" in part  # noqa: PT018 - one sight


@pytest.mark.parametrize("of", ["bad", "WyJhIl0", "WzFd"])
def test_an_address_that_was_tampered_with_is_refused(let_in, shop: Workspace, of: str) -> None:
    assert let_in("en", "agent").get(at(shop, f"/event?of={of}")).status_code == 400
    assert let_in("en", "agent").get(at(shop, f"?before={of}")).status_code == 400


def test_a_file_holds_what_the_filters_find(let_in, shop: Workspace, three: None) -> None:
    answer = let_in("en", "analyst").get(at(shop, "?export=csv&customer=c/1"))
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [row["Event name"] for row in rows] == ["page", "order_placed"]
    assert (rows[1]["Amount"], rows[1]["Currency"], rows[1]["Customer"]) == ("2500000", "IRR", "c/1")
    assert json.loads(rows[1]["Properties"]) == {"order_id": "o1", "city": "قم"}
    noted = changes().get(action="events.exported")
    assert (noted.workspace_id, noted.after) == (shop.workspace_id, {"form": "csv"})
    assert "c/1" not in noted.target and noted.target  # noqa: PT018 - of a customer the digest alone


def test_a_sheet_can_be_taken_away_too_and_not_by_everybody(let_in, shop: Workspace, three: None) -> None:
    browser = let_in("fa", "agent")
    assert browser.get(at(shop, "?export=csv")).status_code == 403
    assert changes().filter(action="events.exported").count() == 0
    assert "export=csv" not in browser.get(at(shop)).content.decode()


def test_a_form_that_no_file_has_is_refused_and_not_noted(let_in, shop: Workspace, three: None) -> None:
    assert let_in("en", "analyst").get(at(shop, "?export=pdf")).status_code == 400
    assert changes().filter(action="events.exported").count() == 0


def test_properties_are_laid_flat(web_home) -> None:
    from safar.doors.web.events.page import flattened

    assert list(flattened('{"a":{"b":1,"c":{}},"d":[1]}')) == [("a.b", "1"), ("a.c", "{}"), ("d", "[1]")]
    assert list(flattened("broken")) == [("", "broken")]
