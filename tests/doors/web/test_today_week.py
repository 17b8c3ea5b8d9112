"""What changed this week on the page Today: in three languages, with links, and when there is nothing to say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from a_shop import days_ago
from bound_map import a_step
from builders import an_event
from safar.doors.web.today.periods import week_so_far
from safar.maps.anatomy import JourneyMap, Stage
from safar.show.locale import Locale

FA = Locale("fa")


def panel(response) -> str:
    """Return the panel as a person reads it."""
    found = re.search(r'<section class="card week".*?</section>', response.content.decode(), re.DOTALL)
    assert found
    text = re.sub(r"<[^>]+>", " ", found[0])
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f\u061c\u00a0]", " ", unescape(text)).split())


@pytest.fixture
def address(shop) -> str:
    return f"/w/{shop.workspace_id}/today"


@pytest.fixture
def a_jump(tell) -> None:
    """Two events a day of ten customers for three weeks; in the last week of data two hundred more have each one."""
    tell(
        *(
            an_event("page", days_ago(days, 11), customer=f"c{each}", channel="web")
            for days in range(8, 40)
            for each in range(20)
        ),
        *(
            an_event("cart_viewed", days_ago(days, 12), customer=f"new{days}-{each}", channel="app")
            for days in range(8, 15)
            for each in range(60)
        ),
    )


def test_a_week_of_the_workspace_up_to_where_the_data_end() -> None:
    now = datetime(2026, 11, 25, 9, 40, tzinfo=UTC)  # a Wednesday; weeks begin on Saturday
    week = week_so_far(now=now, locale=FA, last_event_at=now - timedelta(minutes=50))
    assert (FA.range(*week.days), FA.range(*week.before_days)) == (
        "۳۰ آبان تا ۴ آذر ۱۴۰۵",
        "۲۳ تا ۲۷ آبان ۱۴۰۵",
    )
    assert week.now.start == datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    assert week.now.end == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    assert week.before.end == datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    assert week.now.duration == week.before.duration
    assert not week.is_over


def test_on_its_first_day_a_week_tells_nothing_so_the_last_one_does() -> None:
    now = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)  # a Saturday
    week = week_so_far(now=now, locale=FA, last_event_at=None)
    assert week.is_over
    assert (FA.range(*week.days), FA.range(*week.before_days)) == ("۲۳ تا ۲۹ آبان ۱۴۰۵", "۱۶ تا ۲۲ آبان ۱۴۰۵")
    assert week.now.start == week.before.end


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fa", "مشتریان بیشتری آمدند"),
        ("ar", "جاء عملاء أكثر"),
        ("en", "More customers came"),
    ],
)
def test_what_moved_is_told_with_numbers_and_interval(let_in, address, a_jump, language, said) -> None:
    text = panel(let_in(language, "owner").get(address))
    sentence = text[text.index(said) :]
    assert re.search(r"\d", sentence)
    assert {"fa": "بازهٔ ۹۵٪", "ar": "فترة ثقة ٩٥٪", "en": "95% interval"}[language] in sentence
    assert {"fa": "« سبد خرید را دید »", "ar": "« اطّلع على السلة »", "en": "Looked into the cart"}[
        language
    ] in text
    assert "cart_viewed" not in text  # what programs call it
    assert {
        "fa": "کانال « اپ »",  # an isolate is a blank here
        "ar": "القناة « التطبيق »",
        "en": "the channel app",
    }[language] in text
    assert "Benjamini" in text or "بنیامینی" in text or "بنياميني" in text


def test_its_rows_are_for_those_who_may_see_customers(let_in, address, a_jump) -> None:
    viewer = let_in("en", "viewer").get(address).content.decode()
    assert "/events?" not in viewer
    owner = let_in("en", "owner")
    found = re.search(r'href="(/w/[^"]+/events\?name=cart_viewed[^"]+)"', owner.get(address).content.decode())
    assert found
    rows = owner.get(unescape(found[1]))
    assert rows.status_code == 200
    assert "new" in rows.content.decode()


def test_nothing_moved_is_an_answer(let_in, address, tell) -> None:
    tell(
        *(
            an_event("page", days_ago(days, 11), customer=f"c{each}")
            for days in range(1, 40)
            for each in range(20)
        )
    )
    text = panel(let_in("en").get(address))
    assert "Nothing moved beyond chance." in text
    assert "compared with the same days of the week before" in text


def test_a_young_log_has_no_week_before(let_in, address, tell) -> None:
    tell(*(an_event("page", days_ago(0, 0), customer=f"c{each}") for each in range(40)))
    text = panel(let_in("en").get(address))
    assert "does not reach back over the week before" in text
    assert "Benjamini" not in text


def test_what_got_worse_leads_to_where_it_hurts(let_in, shop, address, tell) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.maps.services import create

    steps = (a_step("come", "page"), a_step("back", "order_returned"))
    bound = JourneyMap(
        name={"en": "Shop"},
        languages=("en",),
        stages=(Stage(stage_id="all", name={"en": "All"}, steps=steps),),
    )
    map_id = create(shop, bound, by=SYSTEM)
    returns = [
        an_event("order_returned", days_ago(days, 12), customer=f"c{each}", currency="IRR", amount=1)
        for days in range(8, 15)
        for each in range(60)
    ]
    orders = [
        an_event("order_placed", days_ago(days, 11), customer=f"c{each}", currency="IRR", amount=5)
        for days in range(15, 40)
        for each in range(60)
    ]
    tell(*orders, *returns)
    page = unescape(let_in("en", "viewer").get(address).content.decode())
    risk = f"/w/{shop.workspace_id}/value/value_at_risk"
    step = f"/w/{shop.workspace_id}/journeys/maps/{map_id}?about=step.back"
    assert f'<a href="{step}">Its step on the map</a>' in page
    assert f'<a href="{risk}">What it costs</a>' in page
    assert "Fewer orders were placed" in page
    assert f'<a href="/w/{shop.workspace_id}/journeys">Painful steps on the map</a>' in page
    assert f'<a href="{risk}">What bad experiences cost</a>' in page


def test_what_got_better_leads_to_no_pain(let_in, address, a_jump) -> None:
    assert "Something got worse" not in panel(let_in("en", "owner").get(address))
