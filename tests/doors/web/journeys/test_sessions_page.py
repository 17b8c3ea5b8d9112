"""The page Sessions: counts with their interval, pauses by channel, beginnings and ends, who left at once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, plain


@pytest.fixture
def three_sessions(tell) -> None:
    """In the app c0 visits and looks at a product 40 minutes later; on the web c1 visits twice within 10 minutes."""
    start = days_ago(5)
    minute = (days_ago(5, 13) - start) / 60
    tell(
        an_event("page", start, customer="c0", channel="app"),
        an_event("product_viewed", start + 40 * minute, customer="c0", channel="app"),
        an_event("page", start, customer="c1", channel="web"),
        an_event("page", start + 10 * minute, customer="c1", channel="web"),
    )


def test_how_many_and_how_long(let_in, desk, three_sessions) -> None:
    text = let_in("en", "analyst").get(desk("/sessions")).content.decode()
    assert cells_of(text, "s0") == ["Visited", "2", "2", "1", "50.0%"]
    assert cells_of(text, "s1") == ["Looked at a product", "1", "1", "1", "100.0%"]
    read = plain(text)
    assert "each ends after a pause of 30 minutes" in read
    assert "half have more than 1, a tenth more than 1.8" in read
    assert "Most sessions begin with “Visited”: 66.7%." in read
    assert (
        "Of frequent beginnings, “Looked at a product” is most often all there is: 100.0% leave at once."
        in read
    )


def test_a_pause_of_its_own_for_a_channel(let_in, desk, three_sessions) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/sessions?gap-app=1h")).content.decode()
    assert cells_of(text, "s0") == ["Visited", "2", "1", "0", "0.0%"]
    assert cells_of(text, "s1") == ["Looked at a product", "0", "1", "0", "—"]
    assert "by “app” after 1 hour" in plain(text)
    short = browser.get(desk("/sessions?gap=5m&gap-app=1h")).content.decode()
    assert cells_of(short, "s0")[1:4] == ["3", "2", "2"]
    wrong = browser.get(desk("/sessions?gap-app=soon"))
    assert wrong.status_code == 422


def test_who_began_ended_and_left(let_in, desk, three_sessions) -> None:
    browser = let_in("en", "analyst")
    text = unescape(browser.get(desk("/sessions")).content.decode())
    row = re.search(r'<tr id="row-s0">.*?</tr>', text, re.DOTALL)
    assert row
    links = re.findall(r'href="([^"]+)"', row[0])
    found = [set(re.findall(r"/customer\?id=(c\d)", browser.get(link).content.decode())) for link in links]
    assert found == [{"c0", "c1"}, {"c0", "c1"}, {"c0"}]
    assert "Customers with a session of nothing else than “Visited”" in plain(
        browser.get(links[2]).content.decode()
    )


def test_the_drawings_can_be_taken_away(let_in, desk, three_sessions) -> None:
    browser = let_in("en", "analyst")
    for drawing, says in (("entries", "Visited"), ("depths", "1 step"), ("lengths", "minute")):
        answer = browser.get(desk(f"/sessions?export=svg&drawing={drawing}"))
        assert answer.headers["Content-Type"].startswith("image/svg+xml")
        assert says in plain(answer.content.decode())
    lines = browser.get(desk("/sessions?export=csv")).getvalue().decode().splitlines()
    assert "page,2,2,1" in lines[1]


def test_nothing_happened(let_in, desk, three_sessions) -> None:
    read = plain(let_in("en", "analyst").get(desk("/sessions?step=never")).content.decode())
    assert "Nothing happened here" in read


def test_what_is_sent_to_customers_makes_no_session_unless_asked_for(
    let_in, desk, tell, three_sessions
) -> None:
    tell(an_event("campaign_sent", days_ago(9), customer="c0", channel="email"))
    browser = let_in("en", "analyst")
    usual = browser.get(desk("/sessions")).content.decode()
    assert cells_of(usual, "s0") == ["Visited", "2", "2", "1", "50.0%"]
    assert "Campaign sent" not in plain(usual)
    assert "only what customers do themselves" in plain(usual)
    whole = plain(text := browser.get(desk("/sessions?events=all")).content.decode())
    assert cells_of(text, "s1")[1:] == ["1", "1", "1", "100.0%"]
    assert "all events, also what is done to customers" in whole
    assert "it opens sessions that nobody made" in whole
    # a step that names it is seen
    named = browser.get(desk("/sessions?step=campaign_sent&step=page")).content.decode()
    assert cells_of(named, "s1")[1:] == ["1", "1", "1", "100.0%"]


def test_a_time_without_data_says_from_when_to_when_there_are_some(let_in, desk, three_sessions) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/sessions?since=2031-01-01&gap=1h")).content.decode()
    day = days_ago(5)
    said = re.search(r"The data go from (.+?) to (.+?)\.", plain(text))
    assert said
    assert said[1] == said[2]
    assert {str(day.day), str(day.year)} <= set(re.findall(r"\d+", said[1]))
    assert 'href="?gap=1h&amp;period=all"' in text
    assert "No data in this period" in plain(browser.get(desk("/sessions?until=2001-01-01")).content.decode())


def test_months_of_the_readers_calendar(let_in, desk, tell, three_sessions) -> None:
    before = days_ago(5).replace(day=1) - timedelta(days=1)
    tell(an_event("order_placed", before, customer="c7", channel="till", amount=100, currency="IRR"))
    browser = let_in("en", "analyst")
    this = browser.get(desk("/sessions?period=month")).content.decode()
    assert cells_of(this, "s0") == ["Visited", "2", "2", "1", "50.0%"]
    last = browser.get(desk("/sessions?period=last-month")).content.decode()
    assert cells_of(last, "s0")[1:] == ["1", "1", "1", "100.0%"]
    assert "Visited" not in "".join(cells_of(last, "s0"))


def test_a_rule_that_cannot_be_read_says_where(let_in, desk, three_sessions) -> None:
    browser = let_in("en", "analyst")
    text = plain(browser.get(desk("/sessions?step=page+%5D+b")).content.decode())
    assert "Look near “] b”." in text
    segment = plain(browser.get(desk("/sessions?segment=did+page+%3E+x")).content.decode())
    assert "Look near “" in segment
