"""The page What if: before and after an edit, the assumption, who makes the edited move."""

from __future__ import annotations

import re

from page_rows import cells_of, plain

ALL_CONVERT = "from1=product_viewed&much1=100"


def test_as_it_is(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/what-if")).content.decode()
    assert cells_of(text, "completion")[:2] == ["Completion", "30.0%"]
    assert cells_of(text, "steps")[:2] == ["Steps of a path", "2.30"]
    assert "Nothing is edited yet" in plain(text)


def test_those_who_left_convert(let_in, desk, ten_paths) -> None:
    # Of ten paths six come to the product, and three of these order: were none to leave there, six would.
    text = let_in("en", "analyst").get(desk(f"/what-if?{ALL_CONVERT}")).content.decode()
    completion = [cell.replace("\u200e", "") for cell in cells_of(text, "completion")]
    assert [completion[place] for place in (1, 3, 5)] == ["30.0%", "60.0%", "+30.00"]
    moves = {cells_of(text, row)[1]: cells_of(text, row)[2:] for row in ("e0", "e1")}
    assert moves == {
        "Nothing more": ["3", "3", "50.0%", "0.0%"],
        "Placed an order": ["3", "3", "50.0%", "100.0%"],
    }
    assert "It is assumed that those who are moved go on like those who are already there." in plain(text)
    assert "Of 10 paths about 3 more would convert." in plain(text)


def test_a_chance_is_set_and_scaled(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    for edit in ("how1=set&much1=75", "how1=scale&much1=150"):
        address = desk(f"/what-if?from1=product_viewed&to1=*converted&{edit}")
        assert cells_of(browser.get(address).content.decode(), "completion")[3] == "45.0%"


def test_who_makes_the_edited_move(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk(f"/what-if?{ALL_CONVERT}")).content.decode().replace("&amp;", "&")
    row = next(f"e{place}" for place in (0, 1) if cells_of(text, f"e{place}")[1] == "Nothing more")
    link = re.search(r'href="([^"]*behind[^"]*)"', text[text.index(f'id="row-{row}"') :])
    assert link is not None
    shown = browser.get(link[1]).content.decode()
    assert set(re.findall(r"/customer\?id=(c\d)", shown)) == {"c3", "c4", "c5"}


def test_an_edit_without_a_percent_is_refused(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/what-if?from1=page"))
    assert answer.status_code == 422
    assert "Say how many percent." in answer.content.decode()


def test_a_time_without_paths_is_no_error(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/what-if?period=own&since=2001-01-01&until=2001-01-31"))
    assert answer.status_code == 200
    assert "No data in this period" in answer.content.decode()
