"""The JavaScript collector in a real browser, on a page of another origin with a strict content security policy."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from safar.store.home import Home
from serving import Server, events, start
from web_site import WebSite

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html lang="fa"><head><meta charset="utf-8"><title>{title}</title>
<script async src="{safar}/i/safar.js" data-key="{key}" {options}></script></head><body>{body}</body></html>"""


class Shop:
    """The site, the server that takes its events, and the events."""

    def __init__(self, home: Path, workspace_id: str, secret: str, site: WebSite, server: Server) -> None:
        self.home = home
        self.workspace_id = workspace_id
        self.secret = secret
        self.site = site
        self.pages: dict[str, str] = {}
        self.server = server
        address = server.address
        site.page = self.pages.get
        site.policy = f"default-src 'none'; script-src {address}; connect-src {address}; trusted-types 'none'"

    def page(self, path: str, *, title: str = "Shoes", options: str = "", body: str = "") -> str:
        """Put a page on the site and return its address."""
        self.pages[path] = HTML.format(
            title=title, safar=self.server.address, key=self.secret, options=options, body=body
        )
        return self.site.origin + path

    def events(self, count: int, event_name: str = "%") -> list[dict[str, Any]]:
        """Return the events of a name once there are so many; never more may come."""
        query = (
            "select event_name, original_id, channel, properties from events where event_name like '{}'"
            " order by occurred_at, sequence"
        )
        deadline = time.monotonic() + 30
        while True:
            rows = events(self.home, query.format(event_name), self.workspace_id).rows()
            if len(rows) >= count:
                break
            assert time.monotonic() < deadline, rows
            time.sleep(0.2)
        assert len(rows) == count, rows
        return [
            {"event": name, "customer": customer, "channel": channel, **json.loads(properties)}
            for name, customer, channel, properties in rows
        ]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser profile of its own; any error a page reports fails the test."""
    opened: list[BrowserContext] = []
    errors: list[str] = []

    def begin(init_script: str = "") -> BrowserContext:
        context = browser.new_context(locale="fa-IR", timezone_id="Asia/Tehran")
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on(
            "console", lambda said: errors.append(said.text) if "Content Security" in said.text else None
        )
        if init_script:
            context.add_init_script(init_script)
        opened.append(context)
        return context

    yield begin
    for context in opened:
        context.close()
    assert errors == []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    folder = tmp_path_factory.mktemp("collector")
    server = start(folder / "home", folder / "errors")
    yield folder / "home", server
    server.stop()


@pytest.fixture
def shop(running: tuple[Path, Server]) -> Iterator[Shop]:
    folder, server = running
    site = WebSite(lambda _: None)
    with Home.open(folder) as home:
        workspace = home.create_workspace("Shop", currency="IRR")
        _, secret = home.create_key(
            workspace.workspace_id, name="website", channel="web", origins=[site.origin]
        )
    yield Shop(folder, workspace.workspace_id, secret, site, server)
    site.close()


def ready(page: Page, address: str) -> Page:
    page.goto(address)
    wait_until(page, "Boolean(window.safar && window.safar.track)")
    return page


def wait_until(page: Page, expression: str) -> None:
    """Return when the expression holds. (Playwright's own way compiles a function, which the page's policy forbids.)"""
    deadline = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def storage(page: Page) -> dict[str, Any]:
    text = "JSON.stringify({local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie})"
    found: dict[str, Any] = json.loads(page.evaluate(text))
    return found


def test_a_page_view(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    context = visit()
    address = shop.page("/shoes", title="کفش‌ها")
    page = ready(context.new_page(), address + "?utm_source=mail&utm_campaign=yalda&token=secret#top")
    (event,) = shop.events(1)
    session = event.pop("session_id")
    assert len(session) == len(event["customer"]) == 36
    assert event == {
        "event": "page",
        "customer": event["customer"],
        "channel": "web",
        "url": address,
        "path": "/shoes",
        "title": "کفش‌ها",
        "context": {
            "page": {"url": address, "path": "/shoes", "title": "کفش‌ها"},
            "campaign": {"source": "mail", "name": "yalda"},
            "locale": "fa-IR",
            "timezone": "Asia/Tehran",
            "device": {"type": "desktop"},
            "library": {"name": "safar.js"},
        },
    }
    kept = storage(page)
    assert kept["cookie"] == ""
    assert kept["local"] == {}
    assert context.cookies() == []


def test_moving_inside_a_page_is_a_page_view_too(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    page = ready(visit().new_page(), shop.page("/"))
    page.evaluate("history.pushState({}, '', '/basket')")
    page.evaluate("history.replaceState({}, '', '/basket')")  # frameworks do so without moving
    page.evaluate("history.replaceState({}, '', '/basket#part')")
    page.evaluate("history.pushState({}, '', '/pay?step=2')")
    page.evaluate("history.back()")
    views = shop.events(4, "page")
    assert [view["path"] for view in views] == ["/", "/basket", "/pay", "/basket"]
    origin = shop.site.origin
    assert [view.get("referrer") for view in views] == [
        None,
        origin + "/",
        origin + "/basket",
        origin + "/pay",
    ]
    assert len({view["session_id"] for view in views}) == 1


def test_searches_are_told_with_their_number_of_results(
    shop: Shop, visit: Callable[..., BrowserContext]
) -> None:
    address = shop.page("/search", body='<ul data-safar-search="کفش قرمز" data-safar-results="۱۲"></ul>')
    page = ready(visit().new_page(), address)
    page.evaluate("safar.search('blue', 0)")
    page.evaluate("safar.search('unknown')")
    found = [(event["query"], event.get("result_count")) for event in shop.events(3, "search_performed")]
    assert found == [("کفش قرمز", 12), ("blue", 0), ("unknown", None)]


def test_who_it_is(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    page = ready(visit().new_page(), shop.page("/", options="data-manual"))
    for call in (
        "safar.track('before', {a: 1})",
        "safar.identify('sara', {city: 'شیراز'})",
        "safar.track('after')",
        "safar.alias('sara@shop')",
        "safar.track('aliased')",
        "safar.reset()",
        "safar.track('reset')",
        "safar.page('Named', {category: 'Shoes'})",
    ):
        page.evaluate(call)
    by_name = {event["event"]: event for event in shop.events(7)}
    visitor = by_name["before"]["customer"]
    assert by_name["before"]["a"] == 1
    assert by_name["identify"]["customer"] == by_name["after"]["customer"] == "sara"
    assert (by_name["identify"]["$anonymous_id"], by_name["identify"]["city"]) == (visitor, "شیراز")
    assert (by_name["alias"]["customer"], by_name["alias"]["$previous_id"]) == ("sara@shop", "sara")
    assert by_name["aliased"]["customer"] == "sara@shop"
    assert by_name["reset"]["customer"] not in {visitor, "sara", "sara@shop"}
    assert by_name["page"]["category"] == "Shoes"
    assert by_name["page"]["customer"] == by_name["reset"]["customer"]


def test_calls_made_before_the_script_came_are_kept(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    early = "window.safar = [['track', 'early', {a: 1}], ['nonsense']]"
    ready(visit(early).new_page(), shop.page("/", options="data-manual"))
    (event,) = shop.events(1)
    assert (event["event"], event["a"]) == ("early", 1)


@pytest.mark.parametrize(("options", "same"), [("", False), ("data-persist", True)])
def test_the_visitors_id_outlives_the_tab_only_where_the_page_says_so(
    shop: Shop, visit: Callable[..., BrowserContext], options: str, same: bool
) -> None:
    context = visit()
    address = shop.page("/", options=options)
    first = ready(context.new_page(), address)
    shop.events(1)
    first.close()
    second = ready(context.new_page(), address)
    views = shop.events(2)
    assert (views[0]["customer"] == views[1]["customer"]) == same
    assert views[0]["session_id"] != views[1]["session_id"]
    assert (storage(second)["local"] != {}) == same
    assert context.cookies() == []


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'doNotTrack', {get: () => '1'})",
        "Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true})",
    ],
)
def test_a_wish_not_to_be_tracked_is_obeyed(
    shop: Shop, visit: Callable[..., BrowserContext], wish: str
) -> None:
    context = visit(wish)
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.method + " " + request.url))
    page = ready(context.new_page(), shop.page("/", options="data-persist", body='<p data-safar-search="x">'))
    for call in (
        "track('x')",
        "identify('sara')",
        "page()",
        "alias('b')",
        "search('y', 1)",
        "reset()",
        "flush()",
    ):
        page.evaluate("safar." + call)
    page.evaluate("history.pushState({}, '', '/basket')")
    page.wait_for_timeout(1500)
    assert storage(page) == {"local": {}, "session": {}, "cookie": ""}
    page.goto("about:blank")
    assert [request for request in sent if request.startswith("POST")] == []
    assert shop.events(0) == []


def test_what_waits_when_the_visitor_leaves_still_arrives(
    shop: Shop, visit: Callable[..., BrowserContext]
) -> None:
    context = visit()
    page = ready(context.new_page(), shop.page("/", options="data-manual"))
    page.evaluate("for (let n = 0; n < 60; n++) safar.track('leaving', {n})")
    page.goto("about:blank")
    assert sorted(event["n"] for event in shop.events(60)) == list(range(60))


def test_events_made_offline_arrive_once_when_the_network_is_back(
    shop: Shop, visit: Callable[..., BrowserContext]
) -> None:
    context = visit()
    page = ready(context.new_page(), shop.page("/", options="data-manual"))
    context.set_offline(True)
    page.evaluate("for (let n = 0; n < 3; n++) safar.track('offline', {n})")
    page.wait_for_timeout(1500)
    assert shop.events(0) == []
    assert len(json.loads(storage(page)["session"]["safar.waiting"])) == 3
    context.set_offline(False)
    assert [event["n"] for event in shop.events(3)] == [0, 1, 2]
    wait_until(page, "sessionStorage.getItem('safar.waiting') === '[]'")


def test_a_retry_sends_the_same_message_ids(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    context = visit()
    page = context.new_page()
    tries: list[dict[str, Any]] = []

    def lose_some(route: Route) -> None:
        assert route.request.headers["content-type"].startswith(
            "text/plain"
        )  # so that no preflight is needed
        tries.append(json.loads(route.request.post_data or ""))
        if len(tries) == 1:
            route.abort()
        elif len(tries) == 2:
            route.fulfill(
                status=503, headers={"Retry-After": "1", "Access-Control-Allow-Origin": "*"}, body="{}"
            )
        elif len(tries) == 3:  # it arrives, and the answer is lost
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/v1/batch", lose_some)
    ready(page, shop.page("/", options="data-manual"))
    page.evaluate("safar.track('once')")
    wait_until(page, "sessionStorage.getItem('safar.waiting') === '[]'")
    assert len(tries) == 4
    assert len({attempt["batch"][0]["messageId"] for attempt in tries}) == 1
    assert len({attempt["batch"][0]["timestamp"] for attempt in tries}) == 1
    assert len({attempt["sentAt"] for attempt in tries}) == 4
    shop.events(1)


def test_a_queue_has_an_end_and_survives_a_reload(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    context = visit()
    page = context.new_page()
    context.route("**/v1/batch", lambda route: route.abort())
    address = shop.page("/", options="data-manual")
    ready(page, address)
    page.evaluate("navigator.sendBeacon = () => false")
    page.evaluate("for (let n = 0; n < 300; n++) safar.track('many', {n})")
    page.wait_for_timeout(1500)
    assert len(json.loads(storage(page)["session"]["safar.waiting"])) == 200
    context.unroute("**/v1/batch")
    ready(page, address)
    assert [event["n"] for event in shop.events(200)] == list(range(100, 300))


def test_what_the_server_refuses_is_not_sent_again(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    context = visit()
    page = ready(context.new_page(), shop.page("/", options="data-manual"))
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate("safar.track('')")
    wait_until(page, "sessionStorage.getItem('safar.waiting') === '[]'")
    page.evaluate("safar.track('good')")
    shop.events(1)
    wait_until(page, "sessionStorage.getItem('safar.waiting') === '[]'")
    assert len(sent) == 2


def test_large_events_go_in_several_requests(shop: Shop, visit: Callable[..., BrowserContext]) -> None:
    page = ready(visit().new_page(), shop.page("/", options="data-manual"))
    page.evaluate("for (let n = 0; n < 12; n++) safar.track('large', {n, text: 'ک'.repeat(7000)})")
    assert [event["n"] for event in shop.events(12)] == list(range(12))


def test_an_event_larger_than_the_door_takes_does_not_hold_up_the_others(
    shop: Shop, visit: Callable[..., BrowserContext]
) -> None:
    page = ready(visit().new_page(), shop.page("/", options="data-manual"))
    page.evaluate("safar.track('too large', {text: 'ک'.repeat(40000)})")
    page.evaluate("safar.track('just right', {text: 'ک'.repeat(15000)})")
    (event,) = shop.events(1)
    assert (event["event"], len(event["text"])) == ("just right", 15000)
    wait_until(page, "sessionStorage.getItem('safar.waiting') === '[]'")


@pytest.mark.parametrize("options", ["data-manual", "data-manual data-persist"])
def test_a_wish_that_comes_later_is_obeyed_from_then_on(
    shop: Shop, visit: Callable[..., BrowserContext], options: str
) -> None:
    context = visit(
        "Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => window.wish === true})"
    )
    page = ready(context.new_page(), shop.page("/", options=options))
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate("safar.identify('sara'); safar.track('x'); window.wish = true; safar.flush()")
    page.wait_for_timeout(1500)
    assert storage(page) == {"local": {}, "session": {}, "cookie": ""}
    page.evaluate("safar.track('y')")
    page.goto("about:blank")
    assert sent == []
    assert shop.events(0) == []


@pytest.mark.parametrize(("options", "count"), [("data-manual", 0), ("data-manual data-persist", 2)])
def test_what_waits_outlives_the_tab_only_where_the_page_says_so(
    shop: Shop, visit: Callable[..., BrowserContext], options: str, count: int
) -> None:
    context = visit("navigator.sendBeacon = () => false")
    context.route("**/v1/batch", lambda route: route.abort())
    address = shop.page("/", options=options)
    tabs = [ready(context.new_page(), address) for _ in range(2)]
    for number, page in enumerate(tabs):
        page.evaluate(f"safar.track('offline', {{n: {number}}})")
    for page in tabs:
        page.close()
    context.unroute("**/v1/batch")
    page = ready(context.new_page(), address)
    page.wait_for_timeout(1500)
    assert sorted(event["n"] for event in shop.events(count)) == list(range(count))
    assert "safar.waiting" not in "".join(storage(page)["local"])
