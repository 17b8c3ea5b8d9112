"""The page Flow: the same counts in figures, drawing, table and files; who is behind them; what the address says."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, plain
from safar.vocabulary.calendar import to_day


def rows_of(text: str) -> dict[tuple[str, str], list[str]]:
    keys = re.findall(r'<tr id="row-(e\d+)">', text)
    return {(cells[0], cells[1]): cells[2:] for cells in (cells_of(text, key) for key in keys)}


def test_every_connection_is_counted(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/flow")).content.decode()
    found = rows_of(text)
    assert len(found) == 7
    # Shares are of everything that followed something, starts and ends among it: 33 in all.
    assert found["Start", "Visited"] == ["10", "10", "30.3%", "—", "—"]
    assert found["Visited", "Looked at a product"] == ["6", "6", "18.2%", "2 days", "2 days"]
    assert found["Visited", "Visited"] == ["4", "4", "12.1%", "1 day", "1 day"]


def test_the_customers_behind_a_connection(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/flow")).content.decode()
    links = re.findall(r'href="(/w/[^"]*/journeys/flow/behind[^"]*)"', text.replace("&amp;", "&"))
    link = next(each for each in links if "order_placed" in each and "product_viewed" in each)
    page = browser.get(link)
    shown = page.content.decode()
    assert page.status_code == 200
    assert "Customers who went from" in shown
    assert set(re.findall(r"/customer\?id=(c\d)", shown)) == {"c0", "c1", "c2"}


def test_who_may_not_see_customers_sees_numbers_without_links(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "viewer")
    text = browser.get(desk("/flow")).content.decode()
    assert rows_of(text)["Visited", "Visited"][:2] == ["4", "4"]
    assert "/behind" not in text
    cell = quote('{"source":"page","target":"page"}')
    assert browser.get(desk(f"/flow/behind?cell={cell}")).status_code == 403
    assert "export=" not in text
    assert browser.get(desk("/flow?export=csv")).status_code == 403


@pytest.mark.parametrize("cell", ["", "x", "[]", '{"source":"nobody","target":null}', "[" * 4_000])
def test_a_cell_that_is_not_there_is_refused(let_in, desk, ten_paths, cell: str) -> None:
    answer = let_in("en", "analyst").get(desk(f"/flow/behind?cell={quote(cell)}"))
    assert answer.status_code == 400


def test_pages_of_customers_follow_each_other(let_in, desk, tell) -> None:
    tell(*(an_event("page", days_ago(5), customer=f"p{number:03}") for number in range(120)))
    browser = let_in("en", "analyst")
    address = desk("/flow/behind?cell=" + quote('{"source":null,"target":"page"}'))
    seen: list[str] = []
    for _page in range(3):
        shown = browser.get(address).content.decode()
        seen += re.findall(r"/customer\?id=(p\d{3})", shown)
        following = re.search(r'rel="next" href="\?([^"]*)"', shown)
        address = desk(f"/flow/behind?{following[1].replace('&amp;', '&')}") if following else ""
    assert not address
    assert len(seen) == 120
    assert len(set(seen)) == 120


def test_files_have_the_numbers_of_the_library(let_in, desk, ten_paths, web_home, shop) -> None:
    browser = let_in("fa", "analyst")
    answer = browser.get(desk("/flow?export=csv"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{shop.workspace_id}-flow.csv"'
    head, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert head == ["source", "target", "count", "customers", "median_gap_seconds", "p90_gap_seconds"]
    assert ["page", "product_viewed", "6", "6", "172800.0", "172800.0"] in rows
    assert ["", "page", "10", "10", "", ""] in rows
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(browser.get(desk("/flow?export=parquet")).content))
    assert table.num_rows == len(rows)
    assert table.column("count").to_pylist()[0] == 10


def test_drawings_leave_as_files(let_in, desk, ten_paths) -> None:
    browser = let_in("fa", "analyst")
    svg = browser.get(desk("/flow?export=svg&drawing=flow"))
    assert svg.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert svg.content.startswith(b"<?xml")
    assert "بازدید کرد" in svg.content.decode()
    assert b"href" not in svg.content
    assert browser.get(desk("/flow?export=png&drawing=flow")).content.startswith(b"\x89PNG")
    assert browser.get(desk("/flow?export=svg&drawing=nothing")).status_code == 404
    assert browser.get(desk("/flow?export=exe")).status_code == 400


def test_the_page_that_stands_alone(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/flow?export=html")).content.decode()
    links = re.findall(r'href="([^"]*)"', text)
    assert links, "its sentences lead to cells"
    assert all(link.startswith("#") for link in links)
    ids = set(re.findall(r'id="([^"]*)"', text))
    assert {link[1:] for link in links} <= ids
    assert not re.search(r'(?:src|url\()\s*=?\s*["\']?(?:https?:|/)', text), "nothing is fetched"
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_taking_a_file_is_noted(let_in, desk, ten_paths, shop) -> None:
    from safar.doors.web.audit.models import Change

    let_in("en", "analyst").get(desk("/flow?export=png"))
    noted = Change.objects.get(action="journeys.exported")
    assert (noted.workspace_id, noted.after) == (shop.workspace_id, {"form": "png", "kind": "flow"})


def test_the_address_is_the_question(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    by_app = rows_of(browser.get(desk("/flow?channel=app")).content.decode())
    assert by_app == {
        ("Start", "Looked at a product"): ["6", "6", "50.0%", "—", "—"],
        ("Looked at a product", "End"): ["6", "6", "50.0%", "—", "—"],
    }
    steps = rows_of(browser.get(desk("/flow?step=page&step=Buy:+order_placed")).content.decode())
    assert steps["Visited", "Buy"] == ["3", "3", "11.1%", "3 days", "3 days"]  # of 10 + 4 + 3 + 10
    buyers = rows_of(browser.get(desk("/flow?segment=did+order_placed")).content.decode())
    assert buyers["Start", "Visited"][:2] == ["3", "3"]
    pro = rows_of(browser.get(desk("/flow?where=plan+%3D+pro")).content.decode())
    assert pro["Start", "Looked at a product"][:2] == ["6", "6"]
    visits = rows_of(browser.get(desk("/flow?pause=1h")).content.decode())
    assert visits["Start", "Visited"][:2] == ["14", "10"]
    week = rows_of(browser.get(desk("/flow?period=7d")).content.decode())
    assert ("Start", "Visited") in week


def test_days_in_addresses_mean_the_same_to_all_readers(let_in, desk, ten_paths) -> None:
    day = days_ago(8).date()
    for language in ("fa", "ar", "en"):
        browser = let_in(language, "analyst") if language == "fa" else None
        if browser is None:
            from django.test import Client

            from safar.doors.web.members.services import add_member

            browser = Client(SERVER_NAME="127.0.0.1")
            place = desk().split("/")[2]
            browser.force_login(add_member(f"{language}@example.com", "m", language, place, "analyst"))
        answer = browser.get(desk(f"/flow?since={day}&until={day}"))
        assert answer.status_code == 200
        keys = re.findall(r'<tr id="row-(e\d+)">', answer.content.decode())
        assert len(keys) == 2, language  # start → product, product → end


def test_what_cannot_be_read_is_said(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/flow?step=%5B&segment=nonsense"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This question cannot be asked as it is." in text
    assert text.count("data-error-summary") == 1
    assert text.count('href="#q-step"') == text.count('href="#q-segment"') == 1
    assert "row-e0" not in text


def test_buttons_move_steps_without_javascript(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/flow?step=a&step=b&step=c&do=up-step-2&period=30d"))
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query == {"step": ["a", "c", "b"], "period": ["30d"]}


def test_a_part_brings_its_address(let_in, desk, ten_paths) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = let_in("en", "analyst").get(
        desk("/flow?period=&share=90&step=&channel=web&since=&until="), headers=headers
    )
    text = answer.content.decode()
    assert answer.headers["HX-Push-Url"] == desk("/flow?channel=web")
    assert "<html" not in text
    assert "row-e0" in text


def test_a_log_without_events_says_what_to_do(let_in, desk) -> None:
    text = let_in("en", "owner").get(desk("/flow")).content.decode()
    assert "No paths yet" in text


def test_a_question_that_finds_nothing(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/flow?where=plan+%3D+gold")).content.decode()
    assert "Nothing happened here" in text


def test_the_table_is_sorted_by_its_heads(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/flow?sort=-median")).content.decode()
    keys = re.findall(r'<tr id="row-(e\d+)">', text)
    assert cells_of(text, keys[0])[:2] == ["Visited", "Looked at a product"]


def test_the_slider_hides_the_rarest_and_says_so(let_in, desk, ten_paths) -> None:
    text = re.sub("[\u2066-\u2069]", "", let_in("en", "analyst").get(desk("/flow?share=40")).content.decode())
    # 10 and 6 of 33 are 48%: the first two.
    assert "Drawn: 48% of everything that followed something. 5 rarer connections are hidden." in text
    assert len(rows_of(text)) == 7, "the table keeps all of them"


def test_an_open_end_is_where_the_log_ends(let_in, desk, ten_paths) -> None:
    from safar.show.locale import Locale

    browser = let_in("en", "analyst")
    text = plain(browser.get(desk(f"/flow?since={days_ago(8).date()}")).content.decode())
    first, last = (days_ago(days).date() for days in (8, 7))
    days = Locale("en").range(to_day(first), to_day(last) + 1).replace("\u00a0", " ")
    assert f"{days} · everything a customer did is one path" in text
    assert "The days chosen below" in text
