"""Headers, static files and failing pages."""

from __future__ import annotations

import gzip
import re

import pytest

from safar.doors.web.design.headers import CONTENT_SECURITY_POLICY

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_every_answer_carries_the_headers(browser) -> None:
    page = browser.get("/sign-in")
    asset = re.search(r'href="(/static/[^"]+all\.css)"', page.content.decode())
    assert asset
    for answer in (page, browser.get(asset[1]), browser.get("/nothing/here"), browser.get("/")):
        assert {name: answer[name] for name in HEADERS} == HEADERS
    assert page["Cache-Control"] == "no-store"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_no_page_has_inline_scripts_or_styles(let_in, a_month) -> None:
    browser = let_in()
    for address in ("/", "/nothing", "/sign-out"):
        text = browser.get(address, follow=True).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", text), address


def test_a_strange_host_is_refused(web_home) -> None:
    from django.test import Client

    assert Client(SERVER_NAME="evil.example").get("/sign-in").status_code == 400


def test_static_files_are_named_by_what_they_hold(browser) -> None:
    page = browser.get("/sign-in").content.decode()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) >= 5
    assert len({address.split("/")[2] for address in addresses}) == 1
    for address in addresses:
        found = browser.get(address)
        assert found.status_code == 200, address
        assert found["Cache-Control"] == "public, max-age=31536000, immutable"


def test_text_is_packed_where_the_browser_can_unpack_it(browser) -> None:
    from safar.doors.web.design.static_files import static_address, static_files

    address = static_address("css/base.css")
    plain = browser.get(address)
    packed = browser.get(address, headers={"accept-encoding": "br, gzip"})
    assert (plain.has_header("Content-Encoding"), packed["Content-Encoding"]) == (False, "gzip")
    assert gzip.decompress(packed.content) == plain.content == static_files()[1]["css/base.css"].plain
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"
    assert not plain.cookies
    font = browser.get(static_address("vendor/inter-latin.woff2"), headers={"accept-encoding": "gzip"})
    assert (font["Content-Type"], font.has_header("Content-Encoding")) == ("font/woff2", False)


@pytest.mark.parametrize(
    "name",
    [
        "../settings.py",
        "css/../../settings.py",
        "/etc/passwd",
        "css/none.css",
        "vendor/.stamp",
        "%2e%2e/settings.py",
    ],
)
def test_only_listed_files_are_sent(browser, name) -> None:
    assert browser.get(f"/static/0123456789abcdef/{name}").status_code == 404


def test_an_old_address_finds_the_file_but_is_not_kept(browser) -> None:
    found = browser.get("/static/0123456789abcdef/css/base.css")
    assert (found.status_code, found["Cache-Control"]) == (200, "no-cache")


def test_a_file_that_is_not_there_has_no_address(web_home) -> None:
    from safar.doors.web.design.static_files import static_address

    with pytest.raises(KeyError, match=r"frontend\.py"):
        static_address("vendor/none.js")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fa", "در این نشانی چیزی نیست"),
        ("ar", "لا شيء في هذا العنوان"),
        ("en", "There is nothing at this address"),
    ],
)
def test_what_is_not_there_is_said_in_the_readers_language(browser, language, title) -> None:
    missing = browser.get("/nothing/here", headers={"accept-language": language})
    assert missing.status_code == 404
    assert title in missing.content.decode()


@pytest.mark.parametrize(
    ("language", "title"),
    [("fa", "مشکلی از سوی ما پیش آمد"), ("ar", "حدث خلل من جانبنا"), ("en", "Something broke on our side")],
)
def test_a_bug_shows_a_number_that_the_log_has_too(web_home, caplog, language, title) -> None:
    from django.test import RequestFactory

    from safar.doors.web.design.failures import server_error

    with caplog.at_level("ERROR", logger="safar.web"):
        broken = server_error(RequestFactory().get("/w/x/today", headers={"accept-language": language}))
    assert broken.status_code == 500
    text = broken.content.decode()
    assert title in text
    number = re.search(r"<code>(\w{8})</code>", text)
    assert number
    assert f"failure {number[1]} at /w/x/today" in caplog.text


def test_a_fault_does_not_tell_strangers_about_the_machine(web_home, caplog) -> None:
    from django.http import HttpResponse
    from django.test import RequestFactory

    from safar.doors.web.design.failures import FailurePages
    from safar.doors.web.secret import SecretUnsafe

    middleware = FailurePages(lambda request: HttpResponse("unused"))
    request = RequestFactory().get("/", headers={"HX-Request-Type": "partial"})
    with caplog.at_level("ERROR", logger="safar.web"):
        shown = middleware.process_exception(request, SecretUnsafe("/srv/home/secret.key can be read."))
    assert shown is not None
    assert shown.status_code == 500
    text = shown.content.decode()
    assert "/srv/home" not in text
    assert "/srv/home" in caplog.text
    assert "web.secret_unsafe" in text
    assert "<html" not in text  # htmx asked for a part
    assert middleware.process_exception(request, ZeroDivisionError()) is None
