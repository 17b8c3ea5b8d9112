"""The editor of a map in a real browser: by keyboard alone, by pointer, two members at once, offline, scriptless."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from looking import COLOURS, faults
from safar.maps.anatomy import Binding, Card, JourneyMap, Lane, LaneKind, Move, Stage, Step
from watched_tabs import Come, members_come

pytestmark = pytest.mark.browser


@pytest.fixture
def come(chromium_browser: Browser, served: str, shop, web_home) -> Iterator[Come]:
    """Bring a member of the shop to a page in a browser of his own."""
    with members_come(chromium_browser, served, shop, forgiven="net::ERR") as come:
        yield come


@pytest.fixture
def a_map(shop, web_home) -> str:
    """A map with two stages, three steps, two lanes and two cards."""
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.maps import services

    steps = [Step(step_id=each, name={"en": each.title()}) for each in ("see", "look", "pay")]
    document = JourneyMap(
        name={"en": "Shopping"},
        languages=("en", "fa"),
        lanes=(Lane(lane_id="act", kind=LaneKind.ACTION), Lane(lane_id="feel", kind=LaneKind.EMOTION)),
        stages=(
            Stage(stage_id="before", name={"en": "Before"}, steps=tuple(steps[:2])),
            Stage(stage_id="buying", name={"en": "Buying"}, steps=tuple(steps[2:])),
        ),
        moves=(Move(source="see", target="look"), Move(source="look", target="pay")),
        cards=(
            Card(card_id="c1", step_id="see", lane_id="act", text={"en": "Sees the ad"}),
            Card(card_id="c2", step_id="pay", lane_id="act", text={"en": "Pays by card"}),
        ),
    )
    return services.create(shop, document, by=SYSTEM)


def the_map(shop, map_id: str) -> JourneyMap:
    """Return the map as it is kept."""
    from django.db import connections

    from safar.doors.web.maps import queries

    found = queries.map_of(shop, map_id)
    connections.close_all()
    assert found is not None
    return found.document


def is_saved(page: Page) -> None:
    expect(page.locator("#map-state")).to_have_attribute("data-state", "saved")


def texts(document: JourneyMap, lane_id: str) -> dict[str, list[str]]:
    """Return the English texts of a lane by step."""
    found = {
        step.step_id: [card.text.get("en", "") for card in document.cards_at(step.step_id, lane_id)]
        for step in document.steps
    }
    return {step: cards for step, cards in found.items() if cards}


def in_english(label: str) -> str:
    """Return what a field is called that holds a text in English."""
    return f"\u2068{label}\u2069 (\u2068English\u2069)"


def adding(lane: str, step: str = "Payment") -> str:
    """Return what the link is called that adds a card."""
    return f"Add a card: \u2068{lane}\u2069, \u2068{step}\u2069"


def test_a_map_is_built_by_keyboard_alone(come: Come, shop, a_month) -> None:
    page = come("journeys/maps/new")
    press = page.keyboard.press

    def type_into(label: str, text: str) -> None:
        page.get_by_label(label, exact=True).first.focus()
        page.keyboard.type(text)

    type_into("Name", "A first journey")
    page.get_by_role("button", name="Make the map").focus()
    press("Enter")
    page.get_by_role("link", name="Add the first stage").focus()
    press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    type_into("Name", "Buying")
    press("Enter")
    expect(page.locator(".map-stages")).to_contain_text("Buying")
    map_id = page.locator("#map-editor").get_attribute("data-map")
    press("Escape")
    stage = page.locator("[data-panel^='stage/']")
    expect(stage).to_be_focused()
    press("ArrowDown")
    expect(page.get_by_role("link", name="Add a step")).to_be_focused()
    press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Payment")
    is_saved(page)
    rule = page.get_by_label("Events that mean that somebody is here")
    rule.focus()
    page.keyboard.type("order_placed")
    expect(page.locator(".map-reach")).to_have_text("60 customers · 60 events")
    is_saved(page)
    expect(page.locator(".map-steps")).to_contain_text("measured")
    press("Escape")
    expect(page.locator("[data-panel^='step/']")).to_be_focused()
    press("ArrowDown")  # what the customer does
    expect(page.get_by_role("link", name=adding("What the customer does"))).to_be_focused()
    press("Enter")
    expect(page.get_by_label("Text", exact=True)).to_be_focused()
    page.keyboard.type("Pays **at once**")
    is_saved(page)
    press("Escape")
    expect(page.locator("[data-panel^='card/']")).to_be_focused()
    expect(page.locator(".map-card strong")).to_have_text("at once")
    for lane in ("What the customer does", "Touchpoints and channels", "Thinking", "Emotion"):
        press("ArrowDown")
        expect(page.get_by_role("link", name=adding(lane))).to_be_focused()
    press("Enter")
    expect(page.locator("#panel")).to_contain_text("What people feel here")
    page.get_by_role("radio", name="delighted").focus()
    press("Space")
    is_saved(page)
    expect(page.locator(".map-emotion")).to_contain_text("delighted")
    press("Escape")
    page.get_by_role("link", name="Versions").focus()
    press("Enter")
    type_into("Name", "First draft")
    type_into("What was decided (optional)", "Begin with buying.")
    page.get_by_role("button", name="Keep the version").focus()
    press("Enter")
    expect(page.get_by_role("link", name="First draft")).to_be_visible()

    kept = the_map(shop, str(map_id))
    (stage_kept,) = kept.stages
    (step,) = stage_kept.steps
    assert (stage_kept.name, step.name) == ({"en": "Buying"}, {"en": "Payment"})
    assert step.binding == Binding(events="order_placed")
    assert sorted((card.text.get("en", ""), card.emotion) for card in kept.cards) == [
        ("", 2.0),
        ("Pays **at once**", None),
    ]


def test_parts_are_moved_by_keys_and_by_pointer_alike_and_undone(come: Come, shop, a_map: str) -> None:
    page = come(f"journeys/maps/{a_map}/edit")
    card = page.locator("[data-panel='card/c1']")
    card.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#map-news")).to_contain_text("moved to")
    expect(card).to_be_focused()
    is_saved(page)
    assert texts(the_map(shop, a_map), "act") == {"look": ["Sees the ad"], "pay": ["Pays by card"]}
    page.keyboard.press("Control+z")
    expect(page.locator("#cell-see-act .map-card")).to_have_count(1)
    assert texts(the_map(shop, a_map), "act") == {"see": ["Sees the ad"], "pay": ["Pays by card"]}
    page.get_by_role("button", name="Redo").click()
    expect(page.locator("#cell-look-act .map-card")).to_have_count(1)

    page.locator("#card-c1").drag_to(page.locator("#cell-pay-act .map-add"))
    expect(page.locator("#cell-pay-act .map-card")).to_have_count(2)
    is_saved(page)
    assert texts(the_map(shop, a_map), "act") == {"pay": ["Pays by card", "Sees the ad"]}

    page.locator("[data-panel='step/look']").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#step-look")).to_have_attribute("data-stage", "buying")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("th[id^=step-]").last).to_have_id("step-look")
    is_saved(page)
    assert [
        (stage.stage_id, [each.step_id for each in stage.steps]) for stage in the_map(shop, a_map).stages
    ] == [
        ("before", ["see"]),
        ("buying", ["pay", "look"]),
    ]
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#map-news")).to_have_text("It cannot go further that way.")
    page.keyboard.press("Delete")
    expect(page.locator("#step-look")).to_have_count(0)
    page.locator("[data-panel='stage/buying']").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("th[id^=stage-]").first).to_have_id("stage-buying")
    page.locator("[data-panel='lane/feel']").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("tr[id^=lane-]").first).to_have_id("lane-feel")
    is_saved(page)
    kept = the_map(shop, a_map)
    assert [stage.stage_id for stage in kept.stages] == ["buying", "before"]
    assert [lane.lane_id for lane in kept.lanes] == ["feel", "act"]


def test_from_right_to_left_the_arrows_follow_the_line(come: Come, shop, a_map: str) -> None:
    page = come(f"journeys/maps/{a_map}/edit", language="fa")
    see, look = page.locator("[data-panel='step/see']"), page.locator("[data-panel='step/look']")
    see.focus()
    page.keyboard.press("ArrowLeft")
    expect(look).to_be_focused()
    page.keyboard.press("Alt+ArrowRight")
    is_saved(page)
    assert [step.step_id for step in the_map(shop, a_map).steps] == ["look", "see", "pay"]
    assert page.locator("#step-look").bounding_box()["x"] > page.locator("#step-see").bounding_box()["x"]


def test_two_members_edit_at_once_and_both_keep_their_work(come: Come, shop, a_map: str) -> None:
    sara = come(f"journeys/maps/{a_map}/edit?at=card/c1")
    ali = come(f"journeys/maps/{a_map}/edit?at=card/c2", name="Ali")
    expect(sara.locator(".map-present")).to_contain_text("Ali\u2069 is at")
    sara.get_by_label(in_english("Text")).fill("Sees the ad at night")
    ali.get_by_label(in_english("Text")).fill("Pays in the app")
    is_saved(sara)
    is_saved(ali)
    expect(sara.locator("#card-c2")).to_contain_text("Pays in the app")
    expect(ali.locator("#card-c1")).to_contain_text("Sees the ad at night")
    assert texts(the_map(shop, a_map), "act") == {"see": ["Sees the ad at night"], "pay": ["Pays in the app"]}


def test_the_same_text_at_once_is_a_conflict_with_both_texts(come: Come, shop, a_map: str) -> None:
    sara = come(f"journeys/maps/{a_map}/edit?at=step/pay")
    ali = come(f"journeys/maps/{a_map}/edit?at=step/pay", name="Ali")
    mine, his = (page.get_by_label(in_english("Name")) for page in (sara, ali))
    is_saved(sara)
    sara.context.set_offline(True)
    mine.fill("Checkout")
    his.fill("Paying")
    is_saved(ali)
    sara.context.set_offline(False)
    conflict = sara.locator(".map-conflict")
    expect(conflict).to_contain_text("Checkout")
    expect(conflict).to_contain_text("Paying")
    expect(sara.locator("#map-news")).to_contain_text("was not made")
    expect(mine).to_have_value("Paying")
    assert faults(sara) == []
    assert the_map(shop, a_map).step("pay").name == {"en": "Paying"}
    conflict.get_by_role("button", name="Keep mine").click()
    expect(conflict).to_have_count(0)
    expect(mine).to_have_value("Checkout")
    assert the_map(shop, a_map).step("pay").name == {"en": "Checkout"}
    expect(his).to_have_value("Checkout")


def test_what_cannot_be_sent_is_kept_and_sent_again(come: Come, shop, a_map: str) -> None:
    page = come(f"journeys/maps/{a_map}/edit?at=card/c1")
    is_saved(page)
    page.context.set_offline(True)
    page.get_by_label(in_english("Text")).fill("Written on a train")
    expect(page.locator("#map-state")).to_have_attribute("data-state", "unsaved")
    expect(page.locator("#map-state")).to_contain_text("Not saved yet")
    page.context.set_offline(False)
    is_saved(page)
    assert texts(the_map(shop, a_map), "act")["see"] == ["Written on a train"]
    assert page.evaluate("localStorage.length") == 0, "nothing of a map stays in a browser"


def test_an_edit_that_is_refused_says_why_and_the_others_are_kept(come: Come, shop, a_map: str) -> None:
    page = come(f"journeys/maps/{a_map}/edit?at=step/pay")
    rule = page.get_by_label("Events that mean that somebody is here")
    rule.fill("order_placed [")
    expect(page.locator(".map-reach")).to_have_class(re.compile("is-bad"))
    page.get_by_label("Who answers for it").fill("Finance")
    is_saved(page)
    step = the_map(shop, a_map).step("pay")
    assert (step.binding.events, step.owner) == ("", "Finance")


def test_a_rule_is_built_from_what_the_log_has(come: Come, shop, a_map: str, a_month) -> None:
    page = come(f"journeys/maps/{a_map}/edit?at=step/pay")
    page.get_by_text("Choose from the log").click()
    page.get_by_role("checkbox", name=re.compile("order_placed")).check()
    rule = page.get_by_label("Events that mean that somebody is here")
    expect(rule).to_have_value("order_placed")
    expect(page.locator(".map-reach")).to_have_text("60 customers · 60 events")
    page.get_by_label("Property").first.fill("order_id")
    page.get_by_label("Value; several").first.fill("o1 | o2")
    expect(rule).to_have_value("order_placed [order_id = o1 | o2]")
    expect(page.locator(".map-reach")).to_have_text("2 customers · 2 events")
    is_saved(page)
    assert the_map(shop, a_map).step("pay").binding.events == "order_placed [order_id = o1 | o2]"


def test_one_stage_at_a_time_on_a_phone(come: Come, a_map: str) -> None:
    page = come(f"journeys/maps/{a_map}/edit", viewport={"width": 390, "height": 844})
    expect(page.locator("#step-see")).to_be_visible()
    expect(page.locator("#step-pay")).to_be_hidden()
    page.get_by_label("Stage", exact=True).select_option("Buying")
    expect(page.locator("#step-pay")).to_be_visible()
    expect(page.locator("#step-see")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert faults(page) == []
    page.locator("[data-panel='card/c2']").click()
    expect(page.get_by_label(in_english("Text"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert faults(page) == []


def test_axe_finds_nothing_in_the_panels(come: Come, a_map: str, a_month) -> None:
    page = come(f"journeys/maps/{a_map}/edit", language="fa")
    for place in (
        "card/c1",
        "step/pay",
        "stage/before",
        "lane/act",
        "moves",
        "new-lane",
        "new-card/pay/feel",
    ):
        page.goto(f"{page.url.split('?')[0]}?at={place}")
        expect(page.locator("#panel-title")).to_be_visible()
        assert (place, faults(page)) == (place, [])
        page.emulate_media(color_scheme="dark")
        assert (place, faults(page, COLOURS)) == (place, [])
        page.emulate_media(color_scheme="light")


def test_without_javascript_every_form_edits(come: Come, shop, a_map: str) -> None:
    page = come(f"journeys/maps/{a_map}/edit", java_script_enabled=False)
    page.get_by_role("link", name=adding("Emotion", "Pay")).click()
    page.get_by_role("radio", name="annoyed").check()
    page.get_by_label("Text", exact=True).fill("Too many fields")
    page.get_by_role("button", name="Add the card").click()
    expect(page.get_by_label(in_english("Text"))).to_have_value("Too many fields")
    page.get_by_label(in_english("Text")).fill("Far too many fields")
    page.locator("#panel form[data-edits=auto]").first.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="3 Pay").click()
    page.get_by_label("Events that mean that somebody is here").fill("order_placed")
    page.locator("[data-key=section-events]").get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Moves").click()
    page.get_by_label("From").select_option("pay")
    page.get_by_label("To", exact=True).select_option("see")
    page.get_by_role("button", name="Add the move").click()
    page.get_by_role("button", name="Undo").click()
    kept = the_map(shop, a_map)
    assert texts(kept, "feel") == {"pay": ["Far too many fields"]}
    assert [card.emotion for card in kept.cards_at("pay", "feel")] == [-1.0]
    assert kept.step("pay").binding.events == "order_placed"
    assert len(kept.moves) == 2
