"""The builder of surveys in a real browser: by pointer, by keyboard, without scripts, by two members at once."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from later import Later
from watched_tabs import Come, members_come

pytestmark = pytest.mark.browser

services = Later("safar.doors.web.surveys.services")
queries = Later("safar.doors.web.surveys.queries")
actors = Later("safar.doors.web.audit.actor")


@pytest.fixture
def come(chromium_browser: Browser, served: str, shop, web_home) -> Iterator[Come]:
    """Bring a member of the shop to a page in a browser of his own."""
    with members_come(chromium_browser, served, shop, forgiven="409 (Conflict)") as come:
        yield come


def draft(shop):
    (facts,) = queries.surveys_of(shop)
    return queries.survey_of(shop, facts.public_id).draft


_BUILDER = re.compile("/surveys/[0-9a-f]{16}$")


def a_png(width: int, height: int) -> bytes:
    """A grey picture."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = piece(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\xcc" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + piece(b"IDAT", rows) + piece(b"IEND", b"")


def saved(page: Page, word: str = "Saved") -> None:
    expect(page.locator("#survey-saved")).to_have_text(word)


def test_a_survey_is_built_by_pointer(come: Come, shop) -> None:
    page = come("listen/surveys/new")
    page.get_by_label("Name").fill("Delivery")
    page.get_by_role("button", name="Begin the survey").click()
    page.wait_for_url(_BUILDER)  # with its scripts
    page.get_by_role("button", name=re.compile(r"Satisfaction \(CSAT\)")).click()
    title = page.get_by_label("Question", exact=True)
    expect(title).to_be_focused()
    title.fill("How was the delivery?")
    saved(page)
    expect(page.frame_locator("#preview").get_by_text("How was the delivery?")).to_be_visible()

    page.get_by_role("link", name="+ Question").click()
    page.get_by_role("button", name=re.compile("Several of many")).click()
    page.get_by_label("Question", exact=True).fill("What went wrong?")
    page.get_by_label("Choices: 1").fill("It was late")
    page.get_by_label("Choices: 1").press("Enter")
    page.get_by_label("Choices: 2").fill("It was broken")
    page.get_by_label("Choices: 2").press("Enter")
    expect(page.get_by_label("Choices: 3")).to_be_focused()
    page.get_by_label("Choices: 3").fill("Something else")
    page.get_by_role("checkbox", name="asks for own words").nth(2).check()
    saved(page)

    page.get_by_role("button", name="+ Condition").click()
    page.get_by_label("What is looked at").select_option(label="How was the delivery?")
    page.get_by_label("How it is compared").select_option("<=")
    page.get_by_label("With what").fill("3")
    saved(page)
    expect(page.locator(".outline-question").nth(1)).to_contain_text(re.compile("is at most.*3"))

    page.get_by_role("link", name="+ Question").click()
    page.get_by_role("button", name=re.compile("In their own words")).click()
    page.get_by_label("Question", exact=True).fill("Anything else?")
    saved(page)
    page.locator("[data-question]").nth(2).drag_to(
        page.locator("[data-question]").nth(1), target_position={"x": 40, "y": 3}
    )
    expect(page.locator("[data-question]").nth(1)).to_contain_text("Anything else?")
    saved(page)

    made = draft(shop)
    assert [each.title["en"] for each in made.questions] == [
        "How was the delivery?",
        "Anything else?",
        "What went wrong?",
    ]
    wrong = made.questions[2]
    assert [(each.words["en"], each.is_other) for each in wrong.choices] == [
        ("It was late", False),
        ("It was broken", False),
        ("Something else", True),
    ]
    (test,) = wrong.show_when.parts
    assert (test.of, test.compares, test.value) == ("question.csat", "<=", 3.0)

    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/ask")
    assert [each.state for each in queries.surveys_of(shop)] == ["open"]


def test_a_survey_is_built_by_keyboard_in_persian(come: Come, shop) -> None:
    page = come("listen/surveys/new", language="fa")
    assert page.evaluate("document.dir") == "rtl"
    page.locator("#id_name").focus()
    page.keyboard.type("تحویل")
    page.keyboard.press("Enter")
    page.wait_for_url(_BUILDER)
    for kind, words in (("nps", "ما را توصیه می‌کنید؟"), ("text", "چرا؟")):
        if kind == "text":
            page.locator("a.outline-add").focus()
            page.keyboard.press("Enter")
        page.locator(f'button[value="new:question:{kind}"]').focus()
        page.keyboard.press("Enter")
        expect(page.locator("#f-title")).to_be_focused()
        page.keyboard.type(words)
        saved(page, "ذخیره شد")
    line = page.locator('a[data-move="question/text"]')
    line.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-question]").nth(0)).to_contain_text("چرا؟")
    expect(line).to_be_focused()
    made = draft(shop)
    assert made.languages == ("fa",)
    assert [each.question_id for each in made.questions] == ["text", "nps"]
    assert made.question("nps").low_words["fa"] == "به هیچ وجه"
    page.locator('a[data-move="question/nps"]').press("Enter")
    expect(page.locator("#f-title")).to_have_value("ما را توصیه می‌کنید؟")
    page.locator(".survey-delete").press("Enter")
    expect(page.locator("[data-question]")).to_have_count(1)
    page.locator('button[value="undo"]').press("Enter")
    expect(page.locator("[data-question]")).to_have_count(2)
    page.locator('button[value="redo"]').press("Enter")
    expect(page.locator("[data-question]")).to_have_count(1)
    page.locator('button[value="redo"]').press("Enter")
    expect(page.locator(".toast")).to_contain_text("هیچ تغییری")


def test_a_survey_is_built_without_javascript(come: Come, shop) -> None:
    page = come("listen/surveys/new", java_script_enabled=False)
    page.get_by_label("Name").fill("Support")
    page.get_by_role("button", name="Begin the survey").click()
    page.wait_for_url(_BUILDER)  # with its scripts
    page.get_by_role("button", name=re.compile("One of several")).click()
    page.get_by_label("Question", exact=True).fill("How did you reach us?")
    page.get_by_label("Choices: 1").fill("Phone")
    page.get_by_label("Choices: 2").fill("Chat")
    page.get_by_role("button", name="Move number 2 up").click()
    page.get_by_role("button", name="Several at once").or_(page.get_by_text("Several at once")).click()
    page.get_by_label("One on each line").fill("E-mail\nA shop")
    page.get_by_role("button", name="Add them").click()
    page.get_by_role("link", name="+ Question").click()
    page.get_by_role("button", name=re.compile(r"Effort \(CES\)")).click()
    page.get_by_label("Question", exact=True).fill("It was easy.")
    page.get_by_role("button", name="+ Condition").click()
    page.get_by_label("With what").select_option(label="E-mail")
    page.get_by_role("button", name="Save", exact=True).last.click()
    made = draft(shop)
    assert [each.words["en"] for each in made.question("single").choices] == [
        "Chat",
        "Phone",
        "E-mail",
        "A shop",
    ]
    (test,) = made.question("ces").show_when.parts
    assert (test.compares, test.value) == ("has", made.question("single").choices[2].choice_id)
    assert made.question("ces").title == {"en": "It was easy."}


def test_two_members_write_at_once_and_nothing_is_lost(come: Come, shop) -> None:
    from surveys_of_tests import a_survey

    made = services.create(shop, a_survey(), by=actors.SYSTEM)
    sara = come(f"listen/surveys/{made}?at=question/nps")
    omid = come(f"listen/surveys/{made}?at=question/nps", name="Omid")
    sara.get_by_label("Question", exact=True).fill("Mine")
    saved(sara)
    omid.get_by_label("A line of help beneath").fill("From 0 to 10")
    saved(omid)
    expect(omid.get_by_label("Question", exact=True)).to_have_value("Mine")
    sara.get_by_label("A line of help beneath").fill("Zero to ten")
    expect(sara.get_by_role("alert")).to_contain_text("yours “Zero to ten”, theirs “From 0 to 10”")
    expect(sara.get_by_label("A line of help beneath")).to_have_value("Zero to ten")
    sara.get_by_role("button", name="Keep mine").click()
    saved(sara)
    assert draft(shop).question("nps").about == {"en": "Zero to ten"}


def test_areas_are_drawn_on_the_picture(come: Come, shop) -> None:
    page = come("listen/surveys/new")
    page.get_by_label("Name").fill("Findability")
    page.get_by_role("button", name="Begin the survey").click()
    page.wait_for_url(_BUILDER)  # with its scripts
    page.get_by_role("button", name=re.compile("Where would they click")).click()
    page.get_by_label("Question", exact=True).fill("Where is the cart?")
    saved(page)
    expect(page.locator("[data-board]")).to_have_count(0)
    page.get_by_label("Picture").set_input_files(
        {"name": "page.png", "mimeType": "image/png", "buffer": a_png(400, 200)}
    )
    board = page.locator("[data-board]")
    expect(board).to_be_visible()
    board.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-board] img').naturalWidth === 400")
    frame = board.bounding_box()
    assert frame

    def at(x: float, y: float) -> tuple[float, float]:
        return frame["x"] + frame["width"] * x / 100, frame["y"] + frame["height"] * y / 100

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        page.mouse.move(*at(*start))
        page.mouse.down()
        page.mouse.move(*at(*end), steps=3)
        page.mouse.up()

    drag((50, 20), (80, 60))
    box = page.locator("[data-area]")
    expect(page.get_by_label("Areas of the picture: 1")).to_be_focused()  # to be called something
    saved(page)
    drag((55, 30), (45, 40))  # moved as a whole
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        box.press(key)
    expect(page.get_by_label("height")).to_have_value(re.compile(r"^4[01]"))
    page.get_by_label("Areas of the picture: 1").fill("Cart")
    saved(page)
    expect(box).to_have_text("Cart")
    expect(page.locator("#survey-saved")).to_have_text("Saved")
    page.reload()
    (area,) = draft(shop).questions[0].areas
    drawn = (area.x, area.y, area.width, area.height)
    assert drawn == pytest.approx((0.42, 0.29, 0.30, 0.41), abs=0.012)
    assert page.locator("[data-area]").evaluate("box => box.style.left") == f"{100 * area.x:g}%"
