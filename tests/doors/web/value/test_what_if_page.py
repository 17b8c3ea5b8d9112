"""The page What if of the desk Value: sliders, before and after, with JavaScript and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, figures_of, plain
from watched_tabs import watched_tabs

LATE = "left_late_delivery"


@pytest.fixture
def deliveries(tell) -> None:
    """A hundred and fifty orders 300 days ago, a third of them late: two points less, and fewer come again."""
    rng = np.random.default_rng(4)
    events = []
    for number in range(150):
        late, name = number % 3 == 0, f"c{number}"
        value = int(np.clip(rng.integers(3, 6) - 2 * late, 1, 5))
        scale = {"question_key": "csat_delivery", "metric": "csat", "scale_min": 1, "scale_max": 5}
        brought = {"order_id": f"o{number}", "late_days": int(late)}
        money = {"amount": 900_000, "currency": "IRR"}
        events += [
            an_event(
                "order_placed", days_ago(300), customer=name, properties={"order_id": f"o{number}"}, **money
            ),
            an_event("order_delivered", days_ago(297), customer=name, properties=brought),
            an_event("survey_answered", days_ago(295), customer=name, properties={**scale, "value": value}),
        ]
        if rng.random() < 0.16 * value:
            again = {"order_id": f"a{number}"}
            events.append(an_event("order_placed", days_ago(250), customer=name, properties=again, **money))
    events.append(an_event("search_performed", days_ago(1), customer="c1", properties={"result_count": 0}))
    tell(*events)


def test_nothing_is_moved_yet(let_in, desk, deliveries) -> None:
    page = let_in("en", "analyst").get(desk("/value_what_if")).content.decode()
    assert "No slider is moved yet" in plain(page)
    assert "It is assumed that who is spared an experience" in plain(page)
    assert "drawing-bridge" not in page
    assert len(cells_of(page, "e0")) == len(cells_of(page, "value")) == 2  # no columns of zeros
    assert "→" not in "".join(value for value, _sure in figures_of(page).values())
    slider = re.search(rf'<input type="range" name="{LATE}"[^>]*>', page)[0]
    assert 'value="100"' in slider
    assert 'max="200"' in slider


def test_before_and_after_are_those_of_the_library(let_in, shop, desk, deliveries, web_home) -> None:
    from safar.explain.usual_experiences import usual_steps
    from safar.explain.value_what_if import Left, ValueWhatIfQuestion, value_what_if

    log = web_home.log(shop.workspace_id)
    step = usual_steps(log.present().names)["order"]
    found = value_what_if(log, ValueWhatIfQuestion(step, (Left("late_delivery", 0.5),)))
    moves = found.moves
    assert moves.satisfaction.value > 0
    page = let_in("en", "analyst").get(desk(f"/value_what_if?{LATE}=50")).content.decode()
    figures = figures_of(page)
    assert (
        figures["csat_delivery"][0]
        == f"{moves.now.satisfaction.value:.2f} → {moves.after.satisfaction.value:.2f}"
    )
    assert figures["Rests on"][0] == f"{found.n}"
    cells = cells_of(page, "e0")
    part = moves.parts[0]
    assert cells[:3] == ["Late delivery", f"{part.share_now:.1%}", f"{part.share_after:.1%}"]
    assert page.count('class="drawing drawing-bridge"') == 2  # wide, and for telephones
    assert "csat_delivery" in plain(page)


def test_without_javascript_the_sliders_are_a_form(let_in, desk, deliveries) -> None:
    browser = let_in("fa", "analyst")
    page = browser.get(desk("/value_what_if")).content.decode()
    form = page.partition('<form class="card question')[2].partition("</form>")[0]
    assert 'method="get"' in form
    names = re.findall(r'<input type="range" name="(\w+)"', form)
    assert names == [LATE]
    asked = browser.get(desk("/value_what_if"), {LATE: "۵۰"})
    assert asked.status_code == 200
    assert 'value="50"' in re.search(rf'<input type="range" name="{LATE}"[^>]*>', asked.content.decode())[0]
    assert browser.get(desk("/value_what_if"), {LATE: "250"}).status_code == 422


def test_each_step_has_its_own_sliders(let_in, desk, deliveries) -> None:
    page = let_in("en", "analyst").get(desk(f"/value_what_if?step=search&{LATE}=50")).content.decode()
    assert re.findall(r'<input type="range" name="(\w+)"', page) == ["left_nothing_found"]
    form = page.partition('<form class="card question')[2]
    assert 'href="?"' in form
    assert 'href="?step=search" aria-current="page"' in form
    assert "Too few answers after this step" in plain(page)


@pytest.fixture
def tab(chromium_browser: Browser, served: str, let_in, desk, deliveries) -> Iterator[Page]:
    """A tab of an analyst who reads Persian, on a telephone, with the answer that is there."""
    with watched_tabs(chromium_browser, served) as opened:
        page = opened(let_in("fa", "analyst"), viewport={"width": 390, "height": 844})
        page.goto(desk("/value_what_if"))
        # models are loaded when they are first asked: that may take longer than a page waits
        expect(page.locator(".figures")).to_be_visible(timeout=60_000)
        yield page


@pytest.mark.browser
def test_numbers_follow_a_slider_by_keyboard_right_to_left(tab: Page, desk) -> None:
    slider = tab.locator(f"input[name={LATE}]")
    before = tab.locator(".figures strong").first.inner_text()
    entries = tab.evaluate("history.length")
    slider.focus()
    for _ in range(4):
        tab.keyboard.press("ArrowRight")  # right to left, the right arrow makes it less
    assert slider.input_value() == "80"
    assert slider.get_attribute("aria-valuetext") == "۸۰٪"
    expect(tab.locator(".drawing-bridge:visible")).to_be_visible()
    expect(tab.locator(".figures strong").first).not_to_have_text(before)
    assert "←" in tab.locator(".figures strong").first.inner_text()
    expect(slider).to_be_focused()
    assert parse_qs(urlsplit(tab.url).query)[LATE] == ["80"]
    assert tab.evaluate("history.length") == entries  # nobody goes back through every place of a slider
    assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    tab.keyboard.press("Home")
    expect(tab.locator("#row-e0 td").nth(1)).to_contain_text("۰٫۰٪")
    tab.get_by_role("link", name="نگه‌داشتن این برآورد").press("Enter")
    expect(tab.get_by_label("چه خواهد شد")).to_have_value("تحویل دیر: ۰٪ دفعات کنونی")
    assert not tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    tab.get_by_role("button", name="نگه دارید").press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("تحویل دیر: ۰٪ دفعات کنونی")


@pytest.mark.browser
def test_numbers_follow_a_slider_while_a_finger_holds_it(tab: Page) -> None:
    slider = tab.locator(f"input[name={LATE}]")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + box["width"] / 2, middle)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=4)  # towards the beginning of the line: less
    expect(tab.locator(".drawing-bridge:visible")).to_be_visible()  # it was not let go yet
    tab.mouse.up()
    assert 30 <= int(slider.input_value()) <= 70
