"""The pages of segments, and what the desk Customers shows of them: roles, forms without and with JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from a_shop import an_answer, days_ago
from builders import an_event
from looking import faults
from safar.store.home import Home
from safar.store.registry import Workspace

ROLES = ("viewer", "agent", "analyst", "manager", "owner")
LOYAL = "did order_placed >= 2"


def of_segments():
    from safar.doors.web.segments.models import Segment

    return Segment.objects


def changes():
    from safar.doors.web.audit.models import Change

    return Change.objects.filter(action__startswith="segment.")


def at(shop: Workspace, rest: str = "", **query: str) -> str:
    return f"/w/{shop.workspace_id}/customers{rest}" + (f"?{urlencode(query)}" if query else "")


def shown(page: str) -> list[str]:
    """Return whom a table lists."""
    return re.findall(r'<th scope="row".*?<bdi>(.*?)</bdi>', page, re.DOTALL)


def plain(page: str) -> str:
    return page.replace("\u2068", "").replace("\u2069", "")


@pytest.fixture
def peopled(tell, web_home: Home, shop: Workspace) -> None:
    def order(days: int, who: str, amount: int):
        return an_event("order_placed", days_ago(days), customer=who, amount=amount, currency="IRR")

    tell(
        order(9, "ali", 1_000),
        order(8, "ali", 2_000),
        order(7, "mina", 6_000),
        order(3, "mina", 1_000),
        order(6, "reza", 10_000),
        an_answer("nps", 3, 5, "mina"),
        an_answer("nps", 9, 4, "ali"),
        an_event("page", days_ago(1), customer="looks"),
    )
    web_home.log(shop.workspace_id).ask_to_seal()
    web_home.log(shop.workspace_id).compact()


@pytest.fixture
def define(shop: Workspace, let_in):
    """Define a segment of the shop, looked at once; return its id."""

    def define(name: str = "Loyal", text: str = LOYAL) -> str:
        from safar.doors.web.audit.actor import SYSTEM
        from safar.doors.web.segments.services import catch_up
        from safar.doors.web.segments.services import define as defined

        public_id = defined(shop, name, text, by=SYSTEM)
        catch_up(shop)
        return public_id

    return define


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_does_what_it_may(let_in, shop, peopled, define, role: str) -> None:
    public_id, browser = define(), let_in("en", role)
    may_edit, sees_members = role in {"analyst", "manager", "owner"}, role != "viewer"
    page = browser.get(at(shop, f"/segments/{public_id}"))
    text = plain(page.content.decode())
    assert page.status_code == 200
    assert "50% of everybody who ever came" in text
    assert ("mina" in text) is sees_members
    assert (shown(text) == ["mina", "ali"]) is sees_members
    assert (f"/segments/{public_id}/edit" in text) is may_edit
    listed = browser.get(at(shop, "/segments")).content.decode()
    assert "Loyal" in listed
    assert ("/segments/new" in listed) is may_edit
    allowed = 200 if may_edit else 403
    assert browser.get(at(shop, "/segments/new")).status_code == allowed
    assert browser.post(at(shop, "/segments/preview"), {}).status_code == allowed
    assert browser.get(at(shop, f"/segments/{public_id}/edit")).status_code == allowed
    archived = browser.post(at(shop, f"/segments/{public_id}/archive"))
    assert archived.status_code == (302 if may_edit else 403)
    assert of_segments().get().is_archived is may_edit
    assert browser.get(at(shop, "", segment=public_id)).status_code == (200 if sees_members else 403)


def test_a_viewer_enters_the_desk_by_its_segments(let_in, shop: Workspace) -> None:
    page = let_in("en", "viewer").get(f"/w/{shop.workspace_id}/today").content.decode()
    assert f'href="{at(shop, "/segments")}"' in page
    assert f'href="{at(shop)}"' not in page
    agent = let_in("en", "agent").get(f"/w/{shop.workspace_id}/today").content.decode()
    assert f'href="{at(shop)}"' in agent


def test_a_segment_is_built_without_javascript(let_in, shop: Workspace, peopled) -> None:
    browser = let_in("fa", "analyst")
    first = browser.get(at(shop, "/segments/new")).content.decode()
    assert 'name="p.0.what"' in first
    fields = {"view": "visual", "name": "وفادار", "p.kind": "all", "p.0.kind": "did", "p.0.what": "order_placed",
              "p.0.often": "least", "p.0.count": "۲"}  # fmt: skip
    added = browser.post(at(shop, "/segments/new"), fields | {"do": "add.answered"}).content.decode()
    assert 'id="p-1-which"' in added
    assert 'value="order_placed"' in added
    wrong = browser.post(
        at(shop, "/segments/new"), fields | {"p.1.kind": "answered", "p.1.of": "nps", "do": "save"}
    )
    assert wrong.status_code == 422
    assert 'href="#p-1-value"' in wrong.content.decode()
    assert not of_segments().exists()
    answered = {"p.1.kind": "answered", "p.1.of": "nps", "p.1.comparison": "at_least", "p.1.value": "۹"}
    counted = plain(
        browser.post(at(shop, "/segments/new"), fields | answered | {"do": "count"}).content.decode()
    )
    assert "۲۵٪ از همهٔ کسانی که تاکنون آمده‌اند" in counted
    saved = browser.post(at(shop, "/segments/new"), fields | answered | {"do": "save"})
    made = of_segments().get()
    assert saved.headers["Location"] == at(shop, f"/segments/{made.public_id}")
    assert (made.name, made.text) == ("وفادار", "did order_placed >= 2; last nps >= ۹")
    assert list(changes().values_list("action", "target")) == [("segment.defined", "وفادار")]


def test_a_definition_as_text_and_by_hand_are_two_views_of_one(let_in, shop: Workspace, peopled) -> None:
    browser, address = let_in("en", "analyst"), at(shop, "/segments/new")
    text = {"view": "text", "name": "x", "text": "did order_placed >= 2; hos city"}
    wrong = browser.post(address, text | {"do": "view.visual"}).content.decode()
    assert "<mark>hos</mark>" in wrong
    assert 'id="segment-text"' in wrong
    right = text | {
        "text": "did order_placed >= 2; any (has city; did page)".replace("has city", "has city?")
    }
    by_hand = browser.post(address, right | {"do": "view.visual"}).content.decode()
    assert 'name="p.1.0.of"' in by_hand
    fields = dict(re.findall(r'<input [^>]*name="(p\.[^"]*|name|view)"[^>]* value="([^"]*)"', by_hand))
    for block in by_hand.split("<select ")[1:]:
        name, chosen = re.match(r'name="([^"]*)"', block), re.search(r'value="([^"]*)" selected', block)
        if name and chosen and chosen.start() < block.index("</select>"):
            fields[name[1]] = chosen[1]
    again = browser.post(address, fields | {"do": "view.text"}).content.decode()
    told = re.search(r"<textarea[^>]*>(.*?)</textarea>", again)
    assert told is not None
    assert told[1] == "did order_placed &gt;= 2; any (has city?; did page)"


def test_a_name_is_needed_and_taken_once(let_in, shop: Workspace, peopled, define) -> None:
    define("Loyal")
    browser = let_in("en", "analyst")
    for name in ("", "Loyal"):
        sent = {"view": "text", "name": name, "text": "did page", "do": "save"}
        answer = browser.post(at(shop, "/segments/new"), sent)
        assert answer.status_code == 422
        assert "segment-name-error" in answer.content.decode()
    assert of_segments().count() == 1


def test_a_changed_definition_is_another_one(let_in, shop: Workspace, peopled, define) -> None:
    public_id = define()
    sent = {"view": "text", "name": "Big", "text": "spent >= 100 IRR", "do": "save"}
    answer = let_in("en", "analyst").post(at(shop, f"/segments/{public_id}/edit"), sent)
    assert answer.status_code == 302
    row = of_segments().get()
    assert (row.name, row.text) == ("Big", "spent >= 100 IRR")


def test_a_hostile_name_is_text_everywhere(let_in, shop: Workspace, peopled, define) -> None:
    public_id = define("<script>x</script>\u202e", 'has "<b>city" = "<i>x"')
    browser = let_in("en", "owner")
    for address in (
        at(shop, "/segments"),
        at(shop, f"/segments/{public_id}"),
        at(shop, f"/segments/{public_id}/edit"),
        at(shop, f"/segments/{public_id}/archive"),
        at(shop, "", segment=public_id),
    ):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert "<script>x" not in page.content.decode()
        assert "<b>city" not in page.content.decode()


def test_an_id_of_another_workspace_is_not_found(let_in, web_home, shop, peopled, define) -> None:
    from safar.doors.web.members.services import add_member

    public_id = define()
    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-other")
    browser = let_in("en", "owner")
    add_member("sara@example.com", "سارا", "en", other.workspace_id, "owner")
    for rest in (f"/segments/{public_id}", f"/segments/{public_id}/edit", f"/segments/{public_id}/archive"):
        assert browser.get(at(other, rest)).status_code == 404
    assert browser.get(at(other, "", segment=public_id)).status_code == 404
    assert browser.post(at(other, f"/segments/{public_id}/archive")).status_code == 404
    assert browser.get(at(shop, "/segments/nothing")).status_code == 404
    assert not of_segments().get().is_archived


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-spent", ["reza", "mina", "ali", "looks"]),
        ("spent", ["ali", "mina", "reza", "looks"]),
        ("-score", ["ali", "mina"]),
        ("score", ["mina", "ali"]),
        ("last", ["reza", "ali", "mina", "looks"]),
        ("", ["looks", "mina", "ali", "reza"]),
        ("nonsense", ["looks", "mina", "ali", "reza"]),
    ],
)
def test_the_list_stands_in_the_order_asked_for(let_in, shop: Workspace, peopled, sort, order) -> None:
    page = let_in("en", "agent").get(at(shop, "", sort=sort)).content.decode()
    assert shown(page)[: len(order)] == order
    assert len(shown(page)) == 4


def test_the_list_is_of_a_segment_and_says_of_which_each_is(let_in, shop, peopled, define) -> None:
    loyal = define()
    define("Critics", "last nps <= 6")
    browser = let_in("en", "agent")
    page = browser.get(at(shop, "", segment=loyal, sort="-spent")).content.decode()
    assert shown(page) == ["mina", "ali"]
    assert "Critics, Loyal" in page
    assert shown(browser.get(at(shop, "", segment=loyal, q="reza")).content.decode()) == []
    assert shown(browser.get(at(shop, "", segment=loyal, q="mina")).content.decode()) == ["mina"]


def test_a_file_holds_what_the_list_shows(let_in, shop: Workspace, peopled, define) -> None:
    file = let_in("en", "analyst").get(at(shop, "", segment=define(), sort="-spent", export="csv"))
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["mina", "ali"]


def test_a_profile_names_the_segments_and_shows_messages_whole(
    let_in, shop: Workspace, tell, peopled, define
) -> None:
    text = "سلام " * 60
    tell(
        an_event("message_received", days_ago(2), customer="ali", properties={"text": text}),
        an_event(
            "identify", days_ago(2), customer="ali", properties={"city": "قم", "consent": {"sms": True}}
        ),
        an_event(
            "identify", days_ago(1), customer="ali", properties={"city": "یزد", "consent": {"sms": False}}
        ),
    )
    define()
    browser = let_in("en", "agent")
    page = plain(browser.get(f"/w/{shop.workspace_id}/customer?id=ali").content.decode())
    assert text.strip() in page
    assert "Loyal" in page
    assert "NPS: 9 of 10 · would recommend" in page
    assert page.index("یزد") < page.index("قم")
    assert page.index(">Withdrawn ") < page.index(">Given ")
    for kind, count in (
        ("messages", 1),
        ("orders", 2),
        ("answers", 1),
        ("visits", 0),
        ("person", 2),
        ("", 6),
    ):
        of_kind = browser.get(f"/w/{shop.workspace_id}/customer?id=ali&kind={kind}").content.decode()
        assert len(re.findall('class="event-name"', of_kind)) == count, kind


@pytest.fixture
def page(chromium_browser: Browser, served: str, let_in) -> Iterator[Page]:
    from django.conf import settings
    from django.db import connections

    name, browser = settings.SESSION_COOKIE_NAME, let_in("en", "owner")
    with chromium_browser.new_context(base_url=served, reduced_motion="reduce", locale="en-GB") as context:
        context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": served}])
        connections.close_all()
        yield context.new_page()


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


@pytest.mark.browser
def test_a_segment_is_built_by_keyboard_alone_and_counted_meanwhile(
    page: Page, shop: Workspace, peopled
) -> None:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(at(shop, "/segments/new"))
    page.get_by_label("Name").focus()
    page.keyboard.type("Loyal")
    page.wait_for_timeout(700)
    assert [url for url in asked if url.endswith("preview")] == []  # nothing is wrong before anything is said
    press(page, "Tab Tab Tab Tab")  # past the two views and the choice of the group
    expect(page.locator("#p-0-what")).to_be_focused()
    page.keyboard.type("order_placed")
    expect(page.locator(".live-size")).to_contain_text("75%")
    page.locator("#part > fieldset > .adding > summary").focus()
    press(page, "Enter Tab Tab Tab Tab")
    expect(page.locator("button[value='add.answered']")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#p-1-which")).to_be_focused()
    expect(page.locator("#segment-news")).to_have_text("A condition was added.")
    press(page, "Tab")
    page.keyboard.type("nps")
    press(page, "Tab ArrowDown ArrowDown ArrowDown Tab")
    page.keyboard.type("9")
    expect(page.locator(".live-size")).to_contain_text("25%")
    page.locator("button[value='up.1']").focus()
    press(page, "Enter")
    expect(page.locator("#p-0-which")).to_be_focused()
    assert faults(page) == []
    page.locator("button[value='save']").focus()
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Loyal")
    expect(page.locator(".rows tbody th")).to_have_text(["ali"])
    assert of_segments().get().text == "did order_placed; last nps >= 9"
    assert said == []


@pytest.mark.browser
def test_a_fault_of_the_text_is_underlined_while_one_types(page: Page, shop: Workspace, peopled) -> None:
    page.goto(at(shop, "/segments/new"))
    page.get_by_role("button", name="Text").click()
    page.get_by_label("Definition as text").fill("did page; hos city")
    expect(page.locator(".faulty mark")).to_have_text("hos")
    page.get_by_label("Definition as text").fill("did page")
    expect(page.locator(".live-size")).to_contain_text("25%")
    assert faults(page) == []
    page.route("**/segments/preview", lambda route: route.abort())
    page.get_by_label("Definition as text").fill("did page; has city?")
    expect(page.locator("[data-live] > [data-broken]")).to_be_visible()
