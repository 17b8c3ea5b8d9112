"""Webhooks against a real receiver: signed, sent again, replayed, rotated, stopped; and where they never go."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from later import Later
from safar.store.registry import Workspace

delivering = Later("safar.doors.web.hooks.delivering")
services = Later("safar.doors.web.hooks.services")
queries = Later("safar.doors.web.hooks.queries")
models = Later("safar.doors.web.hooks.models")
sending = Later("safar.doors.web.hooks.sending")
signing = Later("safar.doors.web.hooks.signing")
errors = Later("safar.doors.web.hooks.errors")
actors = Later("safar.doors.web.audit.actor")


@dataclass
class Receiver:
    """A real HTTP server that keeps what it is told, and answers as it is told to."""

    status: int = 200
    location: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"done")

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/safar?x=1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hook(shop: Workspace, receiver: Receiver) -> str:
    """A webhook to the receiver that is on, for opened cases."""
    made = services.create(shop, receiver.url, ["case.opened"], allows_private=True, by=actors.SYSTEM)
    services.change(shop, made, is_on=True, by=actors.SYSTEM)
    return str(made)


def due_now() -> None:
    models.Delivery.objects.filter(state="waiting").update(next_at=models.timezone.now())


def test_what_is_announced_arrives_signed(shop: Workspace, hook: str, receiver: Receiver) -> None:
    assert services.announce(shop, "case.opened", {"case_id": "abc", "value": 3}, customer_id="mina") == 1
    assert services.announce(shop, "case.closed", {"case_id": "abc"}) == 0
    assert delivering.deliver_due() == 1
    ((headers, body),) = receiver.taken
    told = json.loads(body)
    assert (told["type"], told["workspace"], told["data"]) == (
        "case.opened",
        shop.workspace_id,
        {"case_id": "abc", "value": 3},
    )
    secret, stamp = queries.secret_shown(shop, hook), int(headers["webhook-timestamp"])
    checked = (headers["webhook-id"], stamp, body, headers["webhook-signature"])
    assert signing.is_signed(secret, *checked, now=time.time())
    assert not signing.is_signed(secret, *checked, now=time.time() + 301)
    assert not signing.is_signed(
        secret, headers["webhook-id"], stamp, body + b" ", checked[3], now=time.time()
    )
    (delivery,) = queries.deliveries_of(shop, hook)
    assert (delivery.state, delivery.attempts, delivery.status, delivery.answer) == (
        "delivered",
        1,
        200,
        "done",
    )
    assert delivering.deliver_due() == 0


def test_off_by_default_it_tells_nobody(shop: Workspace, receiver: Receiver) -> None:
    services.create(shop, receiver.url, ["case.opened"], allows_private=True, by=actors.SYSTEM)
    assert services.announce(shop, "case.opened", {}) == 0
    assert delivering.deliver_due() == 0
    assert receiver.taken == []


def test_a_failure_is_tried_again_later_and_later_with_the_same_id(
    shop: Workspace, hook: str, receiver: Receiver
) -> None:
    receiver.status = 503
    services.announce(shop, "case.opened", {})
    waits = []
    for _ in range(len(delivering.WAITS)):
        before = models.timezone.now()
        assert delivering.deliver_due() == 0
        row = models.Delivery.objects.get()
        waits.append(round((row.next_at - before).total_seconds() / 60))
        assert row.state == "waiting"
        due_now()
    assert waits == [1, 5, 30, 120, 360, 720, 1440]
    delivering.deliver_due()
    assert models.Delivery.objects.get().state == "given_up"
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    receiver.status = 200
    services.replay(shop, hook, models.Delivery.objects.get().pk, by=actors.SYSTEM)
    assert delivering.deliver_due() == 1
    assert receiver.taken[-1][0]["webhook-id"] == receiver.taken[0][0]["webhook-id"]
    assert receiver.taken[-1][1] == receiver.taken[0][1]


def test_a_redirect_is_not_followed(shop: Workspace, hook: str, receiver: Receiver) -> None:
    receiver.status, receiver.location = 302, receiver.url
    services.announce(shop, "case.opened", {})
    assert delivering.deliver_due() == 0
    assert len(receiver.taken) == 1
    assert models.Delivery.objects.get().status == 302


def test_for_a_day_both_secrets_sign(shop: Workspace, hook: str, receiver: Receiver) -> None:
    old = queries.secret_shown(shop, hook)
    new = services.rotate(shop, hook, by=actors.SYSTEM)
    assert new != old
    services.announce(shop, "case.opened", {})
    delivering.deliver_due()
    headers, body = receiver.taken[0]
    told = (headers["webhook-id"], int(headers["webhook-timestamp"]), body, headers["webhook-signature"])
    assert all(signing.is_signed(each, *told, now=time.time()) for each in (old, new))
    models.Webhook.objects.update(rotated_until=models.timezone.now() - timedelta(seconds=1))
    services.announce(shop, "case.opened", {})
    delivering.deliver_due()
    headers, body = receiver.taken[1]
    told = (headers["webhook-id"], int(headers["webhook-timestamp"]), body, headers["webhook-signature"])
    assert [signing.is_signed(each, *told, now=time.time()) for each in (old, new)] == [False, True]


def test_who_takes_nothing_for_days_is_stopped(shop: Workspace, hook: str, receiver: Receiver) -> None:
    receiver.status = 500
    for _ in range(4):
        services.announce(shop, "case.opened", {})
    for _ in range(4):  # once a call: what is left waits for the next
        delivering.deliver_due()
    models.Webhook.objects.update(failing_since=models.timezone.now() - timedelta(days=3))
    assert queries.webhook_of(shop, hook).is_on
    services.announce(shop, "case.opened", {})
    delivering.deliver_due()
    found = queries.webhook_of(shop, hook)
    assert (found.is_on, found.stopped_at is not None, found.failures) == (False, True, 5)
    assert services.announce(shop, "case.opened", {}) == 0
    services.change(shop, hook, is_on=True, by=actors.SYSTEM)
    assert (queries.webhook_of(shop, hook).stopped_at, queries.webhook_of(shop, hook).failures) == (None, 0)


def test_an_erased_customer_is_told_of_no_more(shop: Workspace, hook: str, receiver: Receiver) -> None:
    services.announce(shop, "case.opened", {"customer_id": "mina"}, customer_id="mina")
    services.announce(shop, "case.opened", {"customer_id": "sara"}, customer_id="sara")
    assert services.forget(shop, {"mina"}) == 1
    assert delivering.deliver_due() == 1
    assert [json.loads(body)["data"]["customer_id"] for _, body in receiver.taken] == ["sara"]
    gone = models.Delivery.objects.get(customer_id="")
    assert (gone.body, gone.state) == ("", "given_up")
    with pytest.raises(errors.UnknownWebhook):
        services.replay(shop, hook, gone.pk, by=actors.SYSTEM)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/", "hooks.refused"),
        ("http://example.com/", "hooks.refused"),
        ("https://user:password@example.com/", "hooks.refused"),
        ("https://127.0.0.1/", "hooks.address_private"),
        ("https://10.1.2.3/", "hooks.address_private"),
        ("https://[::1]/", "hooks.address_private"),
        ("https://[::ffff:192.168.0.1]/", "hooks.address_private"),
        ("https://[::127.0.0.1]/", "hooks.address_private"),
        ("https://[2002:7f00:1::]/", "hooks.address_private"),
        ("https://[64:ff9b::7f00:1]/", "hooks.address_private"),
        ("https://169.254.169.254/latest/meta-data", "hooks.address_private"),
    ],
)
def test_where_no_webhook_leads(shop: Workspace, url: str, code: str) -> None:
    with pytest.raises((errors.WebhookRefused, errors.AddressPrivate)) as refused:
        services.create(shop, url, ["case.opened"], by=actors.SYSTEM)
    assert refused.value.code == code
    assert not models.Webhook.objects.exists()


def test_addresses_of_the_link_are_refused_even_with_consent() -> None:
    with pytest.raises(errors.AddressPrivate):
        sending.checked_url("http://169.254.169.254/", allows_private=True)


def test_a_name_that_leads_home_is_refused_when_it_is_looked_up() -> None:
    sent = sending.send("https://localhost:9/x", b"{}", {}, allows_private=False)
    assert (sent.status, sent.answer) == (0, "hooks.address_private")


def test_pages(shop: Workspace, hook: str, receiver: Receiver, let_in: Any) -> None:
    browser = let_in("en", "owner")
    own = f"/w/{shop.workspace_id}/settings/webhooks"
    services.announce(shop, "case.opened", {"case_id": "abc"})
    delivering.deliver_due()
    page = browser.get(f"{own}/{hook}").content.decode()
    assert "A case was opened" in page
    assert "whsec_" not in page
    assert queries.secret_shown(shop, hook) in browser.get(f"{own}/{hook}?secret=shown").content.decode()
    browser.post(f"{own}/{hook}/do", {"do": "replay", "delivery": models.Delivery.objects.get().pk})
    delivering.deliver_due()
    assert len(receiver.taken) == 2
    refused = browser.post(own, {"url": "https://10.0.0.1/", "kinds": ["case.closed"]})
    assert refused.status_code == 422
    assert models.Webhook.objects.count() == 1


def test_only_an_owner_consents_to_private_addresses(shop: Workspace, let_in: Any) -> None:
    browser = let_in("en", "manager")
    own = f"/w/{shop.workspace_id}/settings/webhooks"
    asked = {"url": "http://127.0.0.1:9/", "kinds": ["case.closed"], "allows_private": "on"}
    assert browser.post(own, asked).status_code == 422
    assert not models.Webhook.objects.exists()


@pytest.mark.usefixtures("web_home")
def test_who_answers_a_letter_at_a_time_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safar.doors.web.hooks.sending.MOST_SECONDS", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            reached, _ = server.accept()
            with reached, contextlib.suppress(OSError):
                reached.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    reached.sendall(b"a")
                    time.sleep(0.05)

        thread = threading.Thread(target=trickle)
        thread.start()
        sent = sending.send(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, allows_private=True)
        thread.join(10)
    assert sent.seconds < 8  # it would have gone on for ever
    assert not thread.is_alive()


def test_a_slow_receiver_delays_no_other_workspace(
    web_home: Any, shop: Workspace, receiver: Receiver
) -> None:
    slow_shops = [
        web_home.create_workspace("slow", language="en", time_zone="UTC", currency="USD") for _ in range(3)
    ]
    arrived = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hold() -> None:
            reached, _ = server.accept()
            with reached:
                arrived.wait(10)

        threads = [threading.Thread(target=hold) for _ in slow_shops]
        for thread in threads:
            thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for place, url in (*((each, address) for each in slow_shops), (shop, receiver.url)):
            made = services.create(place, url, ["case.opened"], allows_private=True, by=actors.SYSTEM)
            services.change(place, made, is_on=True, by=actors.SYSTEM)
            for number in range(2):
                services.announce(place, "case.opened", {"case_id": str(number)})

        def look() -> None:
            end = time.monotonic() + 10
            while len(receiver.taken) < 2 and time.monotonic() < end:
                time.sleep(0.01)
            arrived.set()

        looking = threading.Thread(target=look)
        looking.start()
        assert delivering.deliver_due() == 2
        for thread in (*threads, looking):
            thread.join(10)
    assert [json.loads(body)["data"]["case_id"] for _, body in receiver.taken] == ["0", "1"]
    # a receiver that took nothing was tried once, and is left alone with the rest
    tries = models.Delivery.objects.exclude(webhook__workspace_id=shop.workspace_id)
    assert sorted(tries.values_list("attempts", flat=True)) == [0, 0, 0, 1, 1, 1]


def test_two_processes_send_nothing_twice(shop: Workspace, hook: str, receiver: Receiver) -> None:
    for number in range(20):
        services.announce(shop, "case.opened", {"case_id": str(number)})
    sent: list[int] = []

    def deliver() -> None:
        from django.db import connections

        sent.append(delivering.deliver_due())
        connections.close_all()

    threads = [threading.Thread(target=deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(sent) == 20
    told = [json.loads(body)["data"]["case_id"] for _, body in receiver.taken]
    assert sorted(told, key=int) == [str(number) for number in range(20)]
    assert not queries.webhook_of(shop, hook).failures
