"""Who sends slowly, sends too much, or does not read: honest members are answered all the same."""

from __future__ import annotations

import http.client
import socket
import time
from contextlib import ExitStack, suppress
from urllib.parse import urlencode

import pytest

from a_shop import days_ago
from attacked import Shop
from builders import an_event, together
from safar.store.home import Home
from serving import Answered

MANY = 24


def promptly(shop: Shop) -> Answered:
    """Return the page of signing in, which a stranger must have within seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.server.port, timeout=8)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    found = Answered(answer.status, {}, answer.read())
    connection.close()
    return found


def connected(shop: Shop, stack: ExitStack, request: bytes, *, receives: int = 0) -> socket.socket:
    connection = stack.enter_context(socket.socket())
    connection.settimeout(30)
    if receives:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    connection.connect(("127.0.0.1", shop.server.port))
    connection.sendall(request)
    return connection


def test_strangers_who_send_slowly_hold_no_page(shop: Shop) -> None:
    browser = shop.browser()
    browser.form_token()
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {browser.cookie}\r\nContent-Length: 5000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=a"
    )
    with ExitStack() as stack:
        for _ in range(MANY):
            connected(shop, stack, head.encode())
        time.sleep(0.5)
        assert promptly(shop).status == 200


def test_strangers_who_fill_the_room_for_bodies_shut_out_no_form(shop: Shop) -> None:
    browser = shop.browser()
    token = browser.form_token()
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {browser.cookie}\r\nContent-Length: 2000000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
    ).encode()
    with ExitStack() as stack:
        for _ in range(40):
            connection = connected(shop, stack, head)
            with suppress(OSError):  # answered and closed
                connection.sendall(b"a" * 1_999_000)
        assert promptly(shop).status == 200
        form = urlencode({"csrfmiddlewaretoken": token, "language": "en"}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert browser.ask("POST", "/reading", form, kind).status == 302


def test_a_strangers_file_never_reaches_the_disk(shop: Shop) -> None:
    browser = shop.browser()
    browser.form_token()
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {browser.cookie}\r\n"
        "Content-Length: 100000000000\r\nContent-Type: multipart/form-data; boundary=end\r\n\r\n"
        '--end\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    )
    with ExitStack() as stack:
        connection = connected(shop, stack, head.encode())
        connection.sendall(b"A" * (8 << 20))
        assert connection.recv(12) == b"HTTP/1.1 413"
        assert list((shop.home / "uploads.tmp").iterdir()) == []


@pytest.fixture(scope="module")
def many_events(shop: Shop) -> None:
    """Some ten MB of them: more than what the kernels on both ends keep for a reader."""
    text = "x" * 2_000
    with Home.open(shop.home) as home, home.log("shop").writer() as writer:
        for hundred in range(60):
            batch = [
                an_event(
                    "page",
                    days_ago(1 + hundred % 60, number % 24),
                    customer=f"c{number}",
                    properties={"t": text},
                )
                for number in range(100)
            ]
            writer.append(together(*batch))
        writer.sync()


@pytest.mark.usefixtures("many_events")
def test_readers_who_do_not_read_hold_few_pages(shop: Shop) -> None:
    asked = (
        "GET /api/v1/events/export HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {shop.tokens['analyst']}\r\n\r\n"
    )
    with ExitStack() as stack:
        for _ in range(MANY):
            connected(shop, stack, asked.encode(), receives=4096)
        time.sleep(2)
        assert promptly(shop).status == 200
        refused = shop.api("analyst", "GET", "events/export")
        assert (refused.status, refused.json["code"]) == (429, "api.too_many_requests")
        assert int(refused.headers["retry-after"]) > 0
    deadline = time.monotonic() + 20
    while (answer := shop.api("analyst", "GET", "events/export")).status == 429:
        assert time.monotonic() < deadline, "places of readers who left are given back"
        time.sleep(0.2)
    assert answer.body.count(b"\n") == 6_000


def test_a_file_cut_off_is_not_taken_for_a_whole_one(shop: Shop) -> None:
    head = (
        "POST /api/v1/imports?file_name=orders.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000000\r\n"
        f"Authorization: Bearer {shop.tokens['manager']}\r\n\r\n"
    )
    with ExitStack() as stack:
        connection = connected(shop, stack, head.encode() + b"customer,time\na,2025-01-01\n" * 1000)
        time.sleep(0.5)
        connection.shutdown(socket.SHUT_RDWR)
    time.sleep(1)
    assert shop.api("manager", "GET", "imports").json["items"] == []
    assert promptly(shop).status == 200
