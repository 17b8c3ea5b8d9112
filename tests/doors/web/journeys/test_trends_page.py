"""The page Trends: numbers by period and line, beside the same season, who is behind a point."""

from __future__ import annotations

import re
from urllib.parse import quote

from builders import an_event
from page_rows import cells_of, figures_of


def test_a_number_day_by_day(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/trends?event=page&every=day")).content.decode()
    assert [cells_of(text, f"p{day}")[1] for day in range(4)] == ["10", "4", "0", "0"]
    assert figures_of(text)["In the whole time"][0] == "14"


def test_a_share_has_its_interval(let_in, desk, ten_paths) -> None:
    address = desk("/trends?measure=conversion&event=page&also=order_placed")
    text = let_in("en", "analyst").get(address).content.decode()
    # Wilson, 3 of 10.
    assert figures_of(text)["In the whole time"] == ("30.0%", "95% interval: 10.8% to 60.3%")


def test_a_share_needs_the_other_thing(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/trends?measure=conversion&event=page"))
    assert answer.status_code == 422
    assert "Say what they should also have done." in answer.content.decode()


def test_a_line_each(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/trends?by=channel")).content.decode()
    assert [cells_of(text, f"l{line}")[:2] for line in range(3)] == [
        ["web", "17"],
        ["app", "6"],
        ["All", "23"],
    ]
    groups = "&group=" + quote("Buyers: did order_placed")
    text = let_in("en", "analyst").get(desk(f"/trends?event=page{groups}")).content.decode()
    assert cells_of(text, "l0")[:2] == ["Buyers", "3"]


def test_amounts_are_in_their_currency(let_in, desk, ten_paths) -> None:
    text = (
        let_in("en", "analyst").get(desk("/trends?measure=sum&event=order_placed&every=day")).content.decode()
    )
    assert cells_of(text, "p3")[1].replace("\xa0", " ") == "300 IRR"


def test_nowruz_stands_beside_nowruz(let_in, desk, tell) -> None:
    # Nowruz 1403 was the 20th of March 2024, Nowruz 1404 the 21st of March 2025.
    told = [an_event("page", "2024-03-01T12:00Z"), an_event("page", "2025-04-01T12:00Z")]
    told += [an_event("page", "2024-03-20T12:00Z", customer=f"c{number}") for number in range(3)]
    told += [an_event("page", "2025-03-21T12:00Z", customer=f"c{number}") for number in range(6)]
    tell(*told)
    browser, days = let_in("en", "analyst"), "since=2025-03-21&until=2025-03-21&every=day"
    text = browser.get(desk(f"/trends?{days}&beside=jalali")).content.decode()
    assert cells_of(text, "p0")[1] == "6"
    assert cells_of(text, "p0")[3:5] == ["3", "+100.0%"]
    text = browser.get(desk(f"/trends?{days}&beside=gregorian")).content.decode()
    assert cells_of(text, "p0")[3:5] == ["0", "—"]


def test_who_is_behind_a_point(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/trends?event=page&every=day")).content.decode().replace("&amp;", "&")
    row = text[text.index('id="row-p1"') :]
    link = re.search(r'href="([^"]*behind[^"]*)"', row)
    assert link is not None
    found = set(re.findall(r"/customer\?id=(c\d)", browser.get(link[1]).content.decode()))
    assert found == {"c6", "c7", "c8", "c9"}


def test_nothing_happened(let_in, desk, ten_paths) -> None:
    assert (
        "Nothing happened here" in let_in("en", "analyst").get(desk("/trends?event=never")).content.decode()
    )
