"""The page Retention: shares with intervals by the calendar and by own clocks, periods that are not over, who came."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from a_shop import days_ago
from builders import an_event
from page_rows import cells_of, plain
from safar.show.locale import Locale


@pytest.fixture
def began() -> str:
    """The civil day in the shop's time zone on which all ten begin."""
    return days_ago(10).astimezone(ZoneInfo("Asia/Tehran")).date().isoformat()


def test_days_that_follow(let_in, desk, ten_paths, began) -> None:
    text = let_in("en", "analyst").get(desk("/retention?cohorts=day")).content.decode()
    # Wilson's 95% intervals of 4/10, 6/10 and 3/10; the third day ends after the last event of the log
    assert cells_of(text, "t1") == ["1 day later", "10", "4", "40.0% (16.8% to 68.7%)"]
    assert cells_of(text, "t2") == ["2 days later", "10", "6", "60.0% (31.3% to 83.2%)"]
    assert 'id="row-t3"' not in text
    assert cells_of(text, f"c{began}-2")[1:] == ["10", "2 days later", "6", "60.0% (31.3% to 83.2%)", "4", ""]
    assert cells_of(text, f"c{began}-3")[3:] == ["3", "30.0% (10.8% to 60.3%)", "7", "not over"]
    assert "30%*" in text
    assert "Hatched cells with an asterisk are not over yet." in text


def test_own_clocks_and_at_any_time_after(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    own = browser.get(desk("/retention?cohorts=month&clock=1d")).content.decode()
    assert cells_of(own, "t1")[2] == "4"
    assert cells_of(own, "t2")[2] == "6"
    rolling = browser.get(desk("/retention?cohorts=day&returned=after")).content.decode()
    assert cells_of(rolling, "t1")[2:] == ["10", "100.0% (72.2% to 100.0%)"]
    assert cells_of(rolling, "t2")[2] == "6"
    assert "1 day later or at any time after, 100.0% of all came back." in plain(rolling)


def test_what_begins_and_what_comes_back(let_in, desk, ten_paths) -> None:
    address = desk("/retention?cohorts=day&begins=product_viewed&returns=order_placed&clock=1d")
    browser = let_in("en", "analyst")
    assert "It is too early to tell" in browser.get(address).content.decode(), "nobody's second day is over"
    nobody = browser.get(desk("/retention?cohorts=day&begins=never")).content.decode()
    assert "Nobody began here" in nobody


def test_customers_of_a_cell_and_those_missing(let_in, desk, ten_paths, began) -> None:
    browser = let_in("en", "analyst")
    text = unescape(browser.get(desk("/retention?cohorts=day")).content.decode())
    for lost, customers in ((0, {"c6", "c7", "c8", "c9"}), (1, {f"c{number}" for number in range(6)})):
        cell = quote(f'{{"cohort":"{began}","lost":{lost},"periods_after":1}}')
        (link,) = {link for link in re.findall(r'href="([^"]*behind[^"]*)"', text) if link.endswith(cell)}
        shown = browser.get(link).content.decode()
        assert set(re.findall(r"/customer\?id=(c\d)", shown)) == customers


def test_months_of_the_readers_calendar_or_another(let_in, desk, ten_paths, began) -> None:
    browser = let_in("fa", "analyst")
    day = days_ago(10).astimezone(ZoneInfo("Asia/Tehran")).date()
    for choice, calendar in (("", "jalali"), ("hijri", "hijri"), ("gregorian", "gregorian")):
        locale = Locale("fa", calendar=calendar)
        text = browser.get(desk(f"/retention?cohorts=month&clock=1d&calendar={choice}")).content.decode()
        assert plain(locale.period(day, "month")) in plain(text)


def test_newest_cohort_against_those_before(let_in, desk, tell) -> None:
    tell(
        *(an_event("page", days_ago(30 + number % 3), customer=f"a{number}") for number in range(30)),
        *(an_event("page", days_ago(29 + number % 3), customer=f"a{number}") for number in range(30)),
        *(an_event("page", days_ago(20), customer=f"b{number}") for number in range(30)),
        an_event("page", days_ago(2), customer="a0"),
    )
    text = plain(let_in("en", "analyst").get(desk("/retention?cohorts=day")).content.decode())
    assert re.search(
        r"Of the newest cohort, “[^”]+”, 0.0% came back 1 day later; of those before it 100.0%:", text
    )
    assert "more than chance" in text
