"""The frame of every page, parts that fail, forms with faults, and what the style guide shows."""

from __future__ import annotations

import gzip
import re

import pytest

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_style_guide_is_for_members(browser) -> None:
    answer = browser.get("/design")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/design")


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_style_guide_in_each_language(let_in, language: str) -> None:
    answer = let_in(language).get("/design")
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text
    assert "style=" not in answer.text
    assert not re.findall(r"\son[a-z]+=", answer.text)
    assert "&lt;b&gt;رضایی" in answer.text
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))


def test_pages_go_on_by_key_and_back_to_the_beginning(let_in) -> None:
    browser = let_in("en")
    first = browser.get("/design", {"sort": "-orders"}).text
    names = re.findall(r'<tr id="row-(\d)">', first)
    assert names == ["8", "7", "6", "5", "4", "3"]
    following = re.search(r'rel="next" href="\?([^"]+)"', first)[1].replace("&amp;", "&")
    second = browser.get(f"/design?{following}").text
    assert re.findall(r'<tr id="row-(\d)">', second) == ["2", "1", "0"]
    assert 'rel="next"' not in second
    assert browser.get("/design", {"after": "no-such-place"}).status_code == 400


def test_the_rows_are_a_file_too(let_in) -> None:
    answer = let_in("fa").get("/design", {"export": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "مشتری,شناسه,سفارش‌ها,آخرین حضور,وضعیت"
    assert lines[5] == "'=SUM(A1),c-00004,4936,2026-08-27T14:00:00+03:30,یکی‌شده"


def test_a_form_with_faults_keeps_what_was_typed_and_leads_to_each_fault(let_in) -> None:
    answer = let_in("fa").post(
        "/design", {"name": "سارا", "email": "sara", "amount": "۱۰۱", "day": "۱۴۰۵/۱۳/۰۱"}
    )
    assert answer.status_code == 200
    assert "data-error-summary" in answer.text
    assert '<a href="#id_email">' in answer.text
    assert 'value="سارا"' in answer.text
    assert 'value="۱۰۱"' in answer.text
    assert "بیشترین مقدار پذیرفتنی ۱۰۰ است." in answer.text
    for wrong in ("email", "amount", "day"):
        field = re.search(rf'<input[^>]*name="{wrong}"[^>]*>', answer.text)[0]
        assert 'aria-invalid="true"' in field
        assert f"id_{wrong}_error" in field
        assert f'id="id_{wrong}_error"' in answer.text


def test_what_was_done_is_said_on_the_next_page_and_can_be_undone(let_in) -> None:
    browser = let_in("en")
    sent = {
        "name": "Sara",
        "email": "sara@example.com",
        "password": "twelve letters",
        "amount": "5",
        "day": "2026-08-22",
        "colour": "fa",
        "role": "owner",
        "agrees": "on",
    }
    answer = browser.post("/design", sent, follow=True)
    assert answer.redirect_chain == [("/design", 302)]
    assert '<div class="toast is-success">' in answer.text
    assert 'action="/design/undo"' in answer.text
    assert "toast is-" not in browser.get("/design").text
    assert "toast is-info" in browser.post("/design/undo", follow=True).text


def test_a_confirmation_works_as_a_page(let_in) -> None:
    browser = let_in("en")
    assert "<html" in browser.get("/design/confirm").text
    part = browser.get("/design/confirm", headers=PART)
    assert "<html" not in part.text
    assert 'id="confirm-title"' in part.text
    wrong = browser.post("/design/confirm", {"typed": "c-1"})
    assert wrong.status_code == 422
    assert "Nothing has been changed." in wrong.text
    assert 'value="c-1"' in wrong.text


def test_a_part_whose_session_ended_says_so_in_its_place(browser, shop) -> None:
    address = f"/w/{shop.workspace_id}/today"
    here = {**PART, "HX-Current-URL": f"http://127.0.0.1{address}?period=7d&by=day", "Accept-Language": "en"}
    answer = browser.get(address, headers=here)
    assert answer.status_code == 401
    assert "<html" not in answer.text
    assert "You are signed out" in answer.text
    assert f'href="/sign-in?next=%2Fw%2F{shop.workspace_id}%2Ftoday%3Fperiod%3D7d%26by%3Dday"' in answer.text
    assert browser.get(address).status_code == 302


def test_the_open_desk_is_marked_on_every_screen(let_in, shop) -> None:
    page = let_in("fa").get(f"/w/{shop.workspace_id}/today").text
    # once in the bar, once in the menu of small screens
    assert page.count(f'<a href="/w/{shop.workspace_id}/today" aria-current="page">امروز</a>') == 2


def test_pages_travel_packed_and_files_as_they_are(let_in) -> None:
    browser = let_in("fa")
    page = browser.get("/design", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 16_000
    assert "راهنمای طراحی" in gzip.decompress(page.content).decode()
    rows = browser.get("/design", {"export": "csv"}, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in rows
    assert b"".join(rows.streaming_content).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("page", "next_step"),
    [
        ("listen/comments", "listen/surveys"),
        ("listen/aspects", "listen/surveys"),
        ("listen/scores", "listen/surveys"),
        ("listen/cases?which=live", "listen/cases/rules"),
        ("listen/cases/behind", "listen/cases/rules"),
        ("listen/cases/report", "listen/cases/rules"),
    ],
)
def test_where_nothing_is_yet_a_next_step_is_offered(let_in, shop, page: str, next_step: str) -> None:
    text = let_in("en", "owner").get(f"/w/{shop.workspace_id}/{page}").text
    empty = text.partition('class="nothing"')[2].partition("</section>")[0]
    assert f'class="button" href="/w/{shop.workspace_id}/{next_step}"' in empty
