"""The page Change explained: both splits of a difference, between times and between groups."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, plain


@pytest.fixture
def two_quarters(tell) -> None:
    """Ninety answers in each of two quarters: late deliveries rise from a tenth to a half, and take two points."""
    rng = np.random.default_rng(6)
    events = [an_event("order_placed", days_ago(0), customer="x", amount=1_000, currency="IRR")]
    for quarter, share in ((100, 0.1), (10, 0.5)):
        for number in range(90):
            name, late = f"c{quarter}-{number}", rng.random() < share
            day = quarter + int(rng.integers(0, 60))
            value = int(np.clip(rng.integers(3, 6) - 2 * late, 1, 5))
            told = {
                "question_key": "ease",
                "metric": "rating",
                "scale_min": 1,
                "scale_max": 5,
                "value": value,
            }
            events += [
                an_event(
                    "order_delivered", days_ago(day + 3), customer=name, properties={"late_days": int(late)}
                ),
                an_event(
                    "survey_answered",
                    days_ago(day),
                    customer=name,
                    channel=("sms", "email")[number % 2],
                    properties=told,
                ),
            ]
    tell(*events)


def test_the_change_and_its_parts_are_those_of_the_library(
    let_in, shop, desk, two_quarters, web_home
) -> None:
    import json

    from safar.act.questions import kind_of
    from safar.observe.question_json import read

    page = let_in("en", "analyst").get(desk("/change_explained")).content.decode()
    said = html.unescape(re.search(r'<pre dir="ltr"><code>(.*?)</code></pre>', page, re.DOTALL)[1])
    question = read(json.loads(said))
    found = kind_of(question).ask(web_home.log(shop.workspace_id), question)
    assert found.split.total.value < -0.4
    text = plain(page)
    assert f"from {found.score_before.value:.2f} to {found.score_now.value:.2f}" in text
    assert "It is real: the same groups of customers answer otherwise." in text
    part = found.touchpoints.parts[0]
    cells = cells_of(page, "t0")
    assert cells[:3] == ["Late delivery", f"{part.mean_before:.1%}", f"{part.mean_now:.1%}"]
    assert cells[3].startswith(f"−{abs(part.exposure.value):.2f}")
    assert "Late delivery: lived through by" in text
    assert [cells_of(page, row)[0] for row in ("g0", "g1")] in (["sms", "email"], ["email", "sms"])
    assert page.count('class="drawing drawing-bridge"') == 2
    assert "Had it: before" in text


def test_two_groups_of_the_same_time(let_in, desk, two_quarters) -> None:
    rule = "did order_delivered [late_days > 0]"
    page = let_in("en", "analyst").get(
        desk("/change_explained"),
        {"span": "182", "group": rule, "beside": "did not order_delivered [late_days > 0]"},
    )
    text = plain(page.content.decode())
    assert " against " in text
    assert "Score: the group" in text


def test_what_cannot_be_asked_is_said(let_in, desk, two_quarters) -> None:
    browser = let_in("en", "analyst")
    rule = "did order_delivered"
    same = browser.get(desk("/change_explained"), {"group": rule, "beside": rule})
    assert same.status_code == 422
    assert "Both groups are the same." in plain(same.content.decode())
    assert browser.get(desk("/change_explained"), {"group": "((("}).status_code == 422
    none = plain(browser.get(desk("/change_explained?question_key=nps")).content.decode())
    assert "Nobody has answered it yet" in none
    few = plain(browser.get(desk("/change_explained?span=365")).content.decode())
    assert "Too few answers to compare" in few
