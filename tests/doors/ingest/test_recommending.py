"""Items on a page of a shop: over a real socket, and in a real browser on a page of another origin."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from builders import an_event, together
from safar.store.home import Home
from serving import Answered, Server, events
from web_site import WebSite

ANN, BEN = "0b5c1d2e-0000-4000-8000-000000000001", "کاربر 2"
NAMES = {"tea": "چای <b>سبز</b>", "pot": "قوری", "coffee": "Coffee", "mill": "Mill"}
SITE = "https://shop.example"


def goods(item: str) -> dict[str, Any]:
    return {"items": [{"product_id": item, "name": NAMES[item]}]}


def signed(secret: str, customer: str, seconds: float = 600) -> dict[str, str]:
    """Return what the shop's server writes into a customer's page, as the documentation tells it."""
    until = int(time.time() + seconds)
    key, text = hashlib.sha256(secret.encode()).digest(), f"recommendations.{until}.{customer}"
    made = hmac.new(key, text.encode(), "sha256").hexdigest()
    return {"customer": customer, "until": str(until), "signature": made}


@pytest.fixture
def own_secret(shop: Any) -> str:
    """The secret of a key that the shop's own server keeps."""
    with Home.open(shop.home) as home:
        return home.create_key("shop", name="server")[1]


@pytest.fixture
def server(shop: Any, own_secret: str, served: Callable[..., Server]) -> Server:
    """A shop where tea goes with pots and coffee with mills; Ann has tea, Ben has coffee."""
    lines = [
        (f"c{number}", item)
        for number in range(40)
        for item in (("tea", "pot"), ("coffee", "mill"))[number % 2]
    ]
    told = [
        an_event("order_placed", f"2026-03-{1 + place // 4:02} 09:00", customer=who, properties=goods(item))
        for place, (who, item) in enumerate([*lines, (ANN, "tea"), (BEN, "coffee")])
    ]
    told += [
        an_event(
            "item_changed",
            "2026-03-01 08:00",
            customer="catalogue",
            properties={"product_id": item, "url": f"/{item}", "image_url": "javascript:alert(1)"},
        )
        for item in NAMES
    ]
    with Home.open(shop.home) as home, home.log("shop").writer() as writer:
        writer.append(together(*told))
        writer.sync()
    return served()


def ask(server: Server, *, origin: str = SITE, key: str = "", **more: object) -> Answered:
    query = urlencode({"key": key or server.secret, **more})
    return server.ask("GET", f"/i/recommendations?{query}", headers={"Origin": origin}, secret="")


def learnt(server: Server, **more: object) -> list[dict[str, str]]:
    """Return what a visitor is shown once it is learnt."""
    ends = time.monotonic() + 30
    while not (items := ask(server, **more).json["items"]) and time.monotonic() < ends:
        time.sleep(0.05)
    return items


def test_who_is_proven_is_shown_what_goes_with_his_own(server: Server, own_secret: str) -> None:
    first, *_ = learnt(server, **signed(own_secret, ANN))
    assert first == {
        "item": "pot",
        "name": NAMES["pot"],
        "link": "/pot",
        "picture": "",
        "because": NAMES["tea"],
    }
    assert learnt(server, **signed(own_secret, BEN))[0]["because"] == "Coffee"
    answer = ask(server, count=1, **signed(own_secret, ANN))
    assert len(answer.json["items"]) == 1
    assert len(answer.json["decision"]) == 36
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["cache-control"] == "private, no-store"


def test_an_id_alone_tells_nothing_of_anybody(server: Server) -> None:
    """Neither reasons nor the order of the list, nor what is missing in it, differ from what a stranger is shown."""
    stranger = learnt(server)
    assert {each["item"] for each in stranger} == set(NAMES)
    assert {each["because"] for each in stranger} == {""}
    for named in ("customer", "visitor"):
        for known in (ANN, BEN, "c0", ANN.upper(), "catalogue", "x" * 5_000):
            for again in (0, 1):
                assert ask(server, again=again, **{named: known}).json["items"] == stranger, (named, known)


def test_a_signature_is_for_one_customer_for_a_while_by_a_server_of_the_workspace(
    shop: Any, server: Server, own_secret: str
) -> None:
    learnt(server)
    with Home.open(shop.home) as home:
        other = home.create_workspace("Other").workspace_id
        foreign, gone = home.create_key(other, name="server")[1], home.create_key("shop", name="gone")
        home.revoke_key(gone[0].key_id)
    good = signed(own_secret, ANN)
    assert ask(server, **good).json["items"][0]["because"] == NAMES["tea"]
    for wrong in (
        {**good, "customer": BEN},
        {**good, "until": str(int(good["until"]) + 1)},
        {**good, "until": "soon"},
        {**good, "until": "9" * 40},
        {**good, "signature": good["signature"][:-1]},
        {**good, "signature": "ن" * 64},
        signed(own_secret, ANN, -1),
        signed(own_secret, ANN, 200_000),
        signed(server.secret, ANN),
        signed(foreign, ANN),
        signed(gone[1], ANN),
    ):
        answer = ask(server, **wrong)
        assert (answer.status, answer.json["code"]) == (403, "ingest.signature_refused"), wrong
        assert "items" not in answer.json


def test_a_server_with_its_key_in_a_header_says_who_it_is(server: Server, own_secret: str) -> None:
    learnt(server)
    path = f"/i/recommendations?{urlencode({'customer': ANN})}"
    shown = server.ask("GET", path, secret=own_secret)
    assert (shown.status, shown.json["items"][0]["because"]) == (200, NAMES["tea"])
    from_a_page = server.ask("GET", path, headers={"Origin": SITE}, secret=server.secret)
    without_origin = server.ask("GET", path, secret=server.secret)
    in_the_address = server.ask("GET", f"{path}&key={own_secret}", secret="")
    for answer in (from_a_page, without_origin, in_the_address):
        assert answer.status == 200
        assert {each["because"] for each in answer.json["items"]} == {""}
    same_origin = server.ask("GET", path, headers={"Origin": server.address}, secret=own_secret)
    assert {each["because"] for each in same_origin.json["items"]} == {""}, (
        "a page that shows it proves nothing"
    )


def test_the_item_of_a_page_brings_what_goes_with_it(server: Server) -> None:
    learnt(server)
    assert ask(server, item="coffee", count=2).json["items"][0]["item"] == "mill"
    found = ask(server, item="tea").json["items"]
    assert found[0]["item"] == "pot"
    assert {each["item"] for each in found} == {"pot", "coffee", "mill"}, "each once, and not the page's own"
    assert {each["because"] for each in found} == {""}
    assert ask(server, item="no such thing").json["items"] == learnt(server)


def test_other_sites_and_unknown_keys_are_told_nothing(server: Server) -> None:
    learnt(server)
    elsewhere = ask(server, origin="https://other.example")
    assert (elsewhere.status, elsewhere.json["code"]) == (403, "ingest.origin_refused")
    assert "access-control-allow-origin" not in elsewhere.headers
    assert "items" not in elsewhere.json
    assert ask(server, key="sfr_nobody").status == 401
    assert server.ask("POST", "/i/recommendations", {}, secret="").status == 405
    for count in ("0", "-1", "1e9", "٣", "9" * 500):
        assert 1 <= len(ask(server, count=count).json["items"]) <= 4


def test_a_key_may_ask_so_often(shop: Any, served: Callable[..., Server]) -> None:
    server = served(limits={"recommendations_per_second": 3})
    answers = [ask(server) for _ in range(8)]
    assert {answer.status for answer in answers} == {200, 429}
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.headers["retry-after"] == "1"


def test_who_is_erased_is_forgotten_at_once(shop: Any, server: Server, own_secret: str) -> None:
    ann, ben = signed(own_secret, ANN), signed(own_secret, BEN)
    assert learnt(server, **ann)[0]["because"] == NAMES["tea"]
    with Home.open(shop.home) as home, home.log("shop") as log:
        assert log.erase(ANN, seal_seconds=20).events_removed == 1
    assert ask(server, **ann).json["items"] == [], "until it is learnt anew nothing is shown"
    assert {each["because"] for each in learnt(server, **ann)} == {""}
    assert learnt(server, **ben)[0]["because"] == "Coffee"


@pytest.fixture(scope="module")
def chromium_browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_site(
    shop: Any, server: Server, own_secret: str, chromium_browser: Browser
) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser profile on the shop's site, whose server says that the page is Ann's."""
    pages = {}
    site = WebSite(lambda _: pages["every"])
    with Home.open(shop.home) as home:
        _, secret = home.create_key("shop", name="page", channel="web", origins=[site.origin])
    address = server.address
    site.policy = f"default-src 'none'; script-src {address}; connect-src {address}; trusted-types 'none'"
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def begin(
        language: str = "fa", *, init: str = "", proven: bool = True, more: str = ""
    ) -> tuple[BrowserContext, str]:
        direction = "rtl" if language in {"fa", "ar"} else "ltr"
        known = signed(own_secret, ANN).items() if proven else ()
        told = " ".join([*(f'data-{name}="{value}"' for name, value in known), more])
        pages["every"] = (
            f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>Shop</title>'
            f'<script async src="{address}/i/safar.js" data-key="{secret}" data-persist data-recommendations></script>'
            '</head><body><main><h1>Shop</h1><div data-safar-recommendations data-count="3" data-heading="برای شما"'
            f" {told}></div></main></body></html>"
        )
        context = chromium_browser.new_context(locale="en-GB")
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        own = f"localStorage.setItem('safar.anonymous', '\"{ANN}\"')"
        context.add_init_script(f"if (location.protocol === 'http:') {own}")
        if init:
            context.add_init_script(init)
        opened.append(context)
        return context, site.origin

    yield begin
    for context in opened:
        context.close()
    site.close()
    assert wrong == []


@pytest.mark.browser
def test_a_page_of_another_origin_shows_items_in_its_language(
    shop: Any, server: Server, open_site: Callable[..., Any]
) -> None:
    learnt(server)
    context, origin = open_site("fa")
    page = context.new_page()
    page.goto(origin)
    items = page.locator(".safar-items > li")
    expect(items).to_have_count(3)
    expect(page.get_by_role("list", name="برای شما")).to_be_visible()
    expect(items.first.get_by_role("link")).to_have_attribute("href", f"{origin}/pot")
    expect(items.first).to_contain_text("قوری")
    # a name that looks like HTML is read, not run
    expect(items.first.locator(".safar-item-why")).to_have_text("چون «چای <b>سبز</b>» را خریده‌اید")
    assert page.locator(".safar-items b, .safar-items img").count() == 0
    name, why = (items.first.locator(f".safar-item-{part}").bounding_box() for part in ("name", "why"))
    assert name is not None
    assert why is not None
    assert name["x"] + name["width"] > page.viewport_size["width"] / 2, "from the right"

    items.first.get_by_role("link").click()
    page.wait_for_url(f"{origin}/pot")
    page.evaluate("safar.flush()")
    ends = time.monotonic() + 20
    told: list[tuple[str, str, dict[str, Any]]] = []
    while len(told) < 3 and time.monotonic() < ends:
        time.sleep(0.2)
        columns = events(
            shop.home,
            "select event_name, customer_id, properties from events where event_name like 'recommendation%'"
            " order by sequence",
        ).columns()
        told = [
            (name, who, json.loads(said))
            for name, who, said in zip(
                columns["event_name"], columns["customer_id"], columns["properties"], strict=True
            )
        ]
    shown = next(said for name, _, said in told if name == "recommendations_shown")
    clicked = next(said for name, _, said in told if name == "recommendation_clicked")
    assert {who for _, who, _ in told} == {ANN}
    assert (shown["items"][0], len(shown["items"])) == ("pot", 3)
    assert (clicked["item"], clicked["place"], clicked["decision"]) == ("pot", 1, shown["decision"])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("ar", "لأنك اشتريت «چای <b>سبز</b>»"),
        ("en", "Because you bought “چای <b>سبز</b>”"),
        ("xx", "Because you bought"),
    ],
)
def test_the_reason_is_in_the_language_of_the_page(
    server: Server, open_site: Callable[..., Any], language: str, why: str
) -> None:
    learnt(server)
    context, origin = open_site(language)
    page = context.new_page()
    page.goto(origin)
    expect(page.locator(".safar-item-why").first).to_contain_text(why)


@pytest.mark.browser
def test_who_does_not_want_to_be_followed_is_asked_and_shown_nothing(
    server: Server, open_site: Callable[..., Any]
) -> None:
    learnt(server)
    context, origin = open_site("en", init="Object.defineProperty(navigator, 'doNotTrack', {value: '1'})")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(origin, wait_until="networkidle")
    assert page.evaluate("safar.recommend()") == {"decision": "", "items": []}
    assert page.locator(".safar-items").count() == 0
    assert [url for url in asked if "/i/recommendations" in url] == []


@pytest.mark.browser
def test_a_page_may_ask_by_itself(server: Server, own_secret: str, open_site: Callable[..., Any]) -> None:
    learnt(server)
    context, origin = open_site("en")
    page = context.new_page()
    page.goto(origin)
    expect(page.locator(".safar-items > li")).to_have_count(3)
    found = page.evaluate(
        "told => safar.recommend({count: 1, again: true, ...told})", signed(own_secret, ANN)
    )
    assert [each["item"] for each in found["items"]] == ["pot"]
    assert len(found["decision"]) == 36
    beside = page.evaluate("safar.recommend({count: 1, item: 'coffee'})")
    assert [(each["item"], each["because"]) for each in beside["items"]] == [("mill", "")]


@pytest.mark.browser
def test_a_page_of_nobody_in_particular_shows_what_goes_with_its_item(
    server: Server, open_site: Callable[..., Any]
) -> None:
    learnt(server)
    context, origin = open_site("fa", proven=False, more='data-item="tea"')
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(origin)
    items = page.locator(".safar-items > li")
    expect(items).to_have_count(3)
    expect(items.first).to_have_text("قوری")
    assert page.locator(".safar-item-why").count() == 0
    (query,) = (url.partition("?")[2] for url in asked if "/i/recommendations?" in url)
    assert ANN not in query, "nothing of the visitor goes along"
