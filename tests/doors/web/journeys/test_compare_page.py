"""The page Compare: two groups and two stretches of time, what is more than chance, who is behind either side."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, figures_of

GROUPS = "against=groups&one=" + quote("Cart: did cart_added")
WAY = "After “Visited” follows “Put into the cart”"


@pytest.fixture
def forty(tell) -> None:
    """Forty customers visit, twenty of them put something into the cart."""
    told = []
    for number in range(40):
        told.append(an_event("page", days_ago(10), customer=f"c{number}"))
        if number < 20:
            told.append(an_event("cart_added", days_ago(9), customer=f"c{number}"))
    tell(*told)


def test_two_groups(let_in, desk, forty) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk(f"/compare?{GROUPS}")).content.decode()
    rows = [cells_of(text, f"c{place}") for place in range(2)]
    # Of 20 and of none of 20: Wilson's intervals; of the difference Newcombe's.
    assert [
        WAY,
        "100.0% (83.9% to 100.0%)",
        "0.0% (0.0% to 16.1%)",
        "+100.0 (+77.2 to +100.0)",
        "more than chance",
    ] in [[cell.replace("\u200e", "") for cell in row] for row in rows]
    assert figures_of(text)["Differences that are more than chance"] == ("2", "of 2 looked at")
    assert figures_of(text)["A"][0] == "Cart"
    assert figures_of(text)["B"][0] == "All others"


def test_who_is_behind_a_side(let_in, desk, forty) -> None:
    cell = quote('{"side":"one","source":"page","target":"cart_added"}')
    shown = let_in("en", "analyst").get(desk(f"/compare/behind?{GROUPS}&cell={cell}")).content.decode()
    assert set(re.findall(r"/customer\?id=(c\d+)", shown)) == {f"c{number}" for number in range(20)}


def test_the_one_group_is_needed(let_in, desk, forty) -> None:
    answer = let_in("en", "analyst").get(desk("/compare?against=groups"))
    assert answer.status_code == 422
    assert "Say what the one group did." in answer.content.decode()


def test_too_little_to_compare(let_in, desk, forty) -> None:
    assert "Too little to compare" in let_in("en", "analyst").get(desk("/compare")).content.decode()


@pytest.mark.parametrize(
    "about", ["variants", "sessions", "retention", "events", "channels", "pages", "searches", "goals"]
)
def test_other_questions(let_in, desk, forty, about) -> None:
    answer = let_in("en", "analyst").get(desk(f"/compare?about={about}&{GROUPS}"))
    assert answer.status_code == 200


def test_conversion_of_two_groups(let_in, desk, forty) -> None:
    text = (
        let_in("en", "analyst")
        .get(desk(f"/compare?about=funnel&step=page&step=cart_added&{GROUPS}"))
        .content.decode()
    )
    assert cells_of(text, "c0")[0] == "Get to “Put into the cart”, of those at the first step"


def test_the_time_before_is_of_whole_days(let_in, desk, forty, tell) -> None:
    tell(an_event("page", days_ago(120, hour=3), customer="early"))
    text = let_in("en", "analyst").get(desk("/compare?about=events&period=30d")).content.decode()
    said = re.search(r'<pre dir="ltr"><code>(.*?)</code></pre>', text, re.DOTALL)
    assert said is not None
    question = json.loads(html.unescape(said[1]))
    one, before = (
        [datetime.fromisoformat(question[side]["window"][end]) for end in ("start", "end")]
        for side in ("one", "other")
    )
    midnight = days_ago(9, hour=0) + timedelta(days=1)
    # The data end at noon; the time before them is of 30 whole days all the same.
    assert one == [midnight - timedelta(days=30), days_ago(9) + timedelta(microseconds=1)]
    assert before == [midnight - timedelta(days=60), midnight - timedelta(days=30)]
