"""Signing in and out over HTTP, and what a reader chooses for himself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def link(shop) -> str:
    """The path of a fresh sign-in link."""
    from safar.doors.web.members.services import add_member, create_sign_in_link

    add_member("sara@example.com", "سارا", "fa", shop.workspace_id)
    return urlsplit(create_sign_in_link("sara@example.com", "http://127.0.0.1")).path


def test_a_stranger_is_told_how_to_get_in(browser, shop) -> None:
    asked = browser.get(f"/w/{shop.workspace_id}/today")
    assert (asked.status_code, asked["Location"]) == (302, f"/sign-in?next=/w/{shop.workspace_id}/today")
    page = browser.get(asked["Location"])
    assert page.status_code == 200
    assert "safar members link you@example.com" in page.content.decode()


def test_looking_at_a_link_does_not_use_it_up(browser, link, shop) -> None:
    for method in (browser.get, browser.head, browser.get):
        assert method(link).status_code == 200
    assert "_auth_user_id" not in browser.session
    signed_in = browser.post(link)
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")
    assert browser.get("/")["Location"] == f"/w/{shop.workspace_id}/today"
    assert browser.get("/sign-in")["Location"] == "/"


def test_a_used_link_lets_nobody_in_and_says_so(browser, link) -> None:
    from django.test import Client

    browser.post(link)
    other = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": "ar"})
    refused = other.post(link)
    assert refused.status_code == 403
    assert "لم يعد رابط الدخول هذا صالحًا" in refused.content.decode()
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize(
    ("asked", "language"), [("fa-IR,fa;q=0.9", "fa"), ("ar", "ar"), ("de,en;q=0.5", "en"), ("de", "en")]
)
def test_a_member_of_no_language_reads_as_his_browser_asks(web_home, shop, asked: str, language: str) -> None:
    from django.test import Client

    from safar.doors.web.members.services import add_member, create_sign_in_link

    add_member("open@example.com", "", "", shop.workspace_id)
    browser = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": asked})
    browser.post(urlsplit(create_sign_in_link("open@example.com", "http://127.0.0.1")).path)
    today = f"/w/{shop.workspace_id}/today"
    assert f'<html lang="{language}"' in browser.get(today).content.decode()
    browser.post("/reading", {"digits": "latin"})
    assert f'<html lang="{language}"' in browser.get(today).content.decode(), "other choices leave it open"
    browser.post("/reading", {"language": "ar"})
    assert '<html lang="ar"' in browser.get(today).content.decode()


def test_the_session_gets_a_new_key_at_sign_in(browser, link) -> None:
    session = browser.session
    session["before"] = "planted"
    session.save()
    planted = session.session_key
    browser.cookies["safar_session"] = planted
    browser.post(link)
    assert browser.session.session_key != planted


def test_signing_out_ends_the_session(let_in) -> None:
    browser = let_in()
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out")["Location"] == "/sign-in"
    assert browser.get("/")["Location"] == "/sign-in?next=/"


def test_forms_without_their_token_are_refused(web_home, link) -> None:
    from django.test import Client

    strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True, headers={"accept-language": "fa-IR"})
    refused = strict.post(link)
    assert refused.status_code == 403
    assert "فرم پذیرفته نشد" in refused.content.decode()
    page = strict.get(link).content.decode()
    token = re.search(
        r'action="/sign-in/[^"]+">\s*<input type="hidden" name="csrfmiddlewaretoken" value="(\w+)"', page
    )
    assert token
    assert strict.post(link, {"csrfmiddlewaretoken": token[1]}).status_code == 302


def test_cookies_stay_out_of_scripts(browser, link) -> None:
    browser.get(link)
    browser.post(link)
    for name in ("safar_session", "safar_csrf"):
        assert browser.cookies[name]["httponly"]
        assert browser.cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("header", "language", "direction"),
    [
        ("fa-IR,fa;q=0.9", "fa", "rtl"),
        ("ar-SA", "ar", "rtl"),
        ("de,en;q=0.5", "en", "ltr"),
        ("", "en", "ltr"),
        ("xx,ar;q=0.1", "ar", "rtl"),
    ],
)
def test_a_stranger_reads_what_his_browser_asks_for(browser, header, language, direction) -> None:
    page = browser.get("/sign-in", headers={"accept-language": header})
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert page["Content-Language"] == language


def test_a_stranger_chooses_a_language_and_keeps_it(browser) -> None:
    chosen = browser.post("/reading", {"language": "ar", "next": "/sign-in?next=/x"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/sign-in?next=/x")
    assert '<html lang="ar" dir="rtl">' in browser.get("/sign-in").content.decode()


def test_a_member_chooses_one_thing_and_keeps_the_rest(let_in) -> None:
    from safar.doors.web.members.models import Member

    browser = let_in("ar")
    browser.post("/reading", {"calendar": "hijri", "digits": "latin", "theme": "dark"})
    browser.post("/reading", {"language": "en"})
    member = Member.objects.get()
    assert (member.language, member.calendar, member.digits) == ("en", "hijri", "latin")
    assert 'data-theme="dark"' in browser.get("/", follow=True).content.decode()


def test_nonsense_changes_nothing(let_in) -> None:
    from safar.doors.web.members.models import Member

    browser = let_in("fa")
    assert browser.post("/reading", {"language": "tlh", "next": "/"}).status_code == 302
    assert Member.objects.get().language == "fa"
    browser.cookies["safar_theme"] = '"><script>'
    assert "<script>" not in browser.get("/sign-in", follow=True).content.decode().replace("<script src", "")


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil", " "],
)
def test_no_redirect_leaves_this_host(browser, address) -> None:
    assert browser.post("/reading", {"language": "fa", "next": address})["Location"] == "/"
