"""The pages of paths: around a step, position by position, by a pattern; who is behind a number of each."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

from page_rows import cells_of, plain


def customers_behind(browser, page: str, row: str, link: int = 0) -> set[str]:
    """Return the customers whom a link of a row leads to."""
    found = re.search(rf'<tr id="row-{row}">.*?</tr>', unescape(page), re.DOTALL)
    assert found, f"no row {row}"
    shown = browser.get(re.findall(r'href="([^"]+)"', found[0])[link]).content.decode()
    return set(re.findall(r"/customer\?id=(c\d)", shown))


def test_what_comes_after_a_step(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/paths?anchor=page")).content.decode()
    # Wilson's 95% intervals of 6/10, 4/10 and 3/6
    assert cells_of(text, "l0")[:8] == [
        "Visited", "Looked at a product", "1", "6", "6", "60.0% (31.3% to 83.2%)", "2 days", "2 days",
    ]  # fmt: skip
    assert cells_of(text, "l1")[1:6] == ["Visited", "1", "4", "4", "40.0% (16.8% to 68.7%)"]
    assert cells_of(text, "l2")[1:7] == ["Placed an order", "2", "3", "3", "50.0% (18.8% to 81.2%)", "1 day"]
    assert cells_of(text, "n1")[5] == "3", "c3, c4, c5 end with the product"
    read = plain(text)
    assert "Straight after it, most often: “Looked at a product”, 60.0% (31.3% to 83.2%)." in read
    assert "Most paths that end on the way end with “Visited”, 1 step after it: 4." in read
    assert customers_behind(browser, text, "n1", 1) == {"c3", "c4", "c5"}
    assert customers_behind(browser, text, "l2") == {"c0", "c1", "c2"}
    assert re.findall(r'data-key="(\d ended)"', text) == ["2 ended", "3 ended"]


def test_what_came_before_a_step(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/paths?anchor=order_placed&direction=before")).content.decode()
    assert cells_of(text, "l0")[:4] == ["Looked at a product", "Placed an order", "1", "3"]
    assert cells_of(text, "l1")[:4] == ["Visited", "Looked at a product", "2", "3"]
    assert "Something came before" in plain(text)
    assert re.findall(r'data-key="(\d ended)"', text) == ["3 ended"]


def test_an_anchor_named_like_another_event(let_in, desk, ten_paths) -> None:
    address = desk("/paths?anchor=" + quote("page: order_placed") + "&direction=before")
    answer = let_in("en", "analyst").get(address)
    assert answer.status_code == 200
    assert "What came before “page (order_placed)”, step by step" in plain(answer.content.decode())


def test_no_path_comes_to_the_step(let_in, desk, ten_paths) -> None:
    read = plain(let_in("en", "analyst").get(desk("/paths?anchor=never")).content.decode())
    assert "No path comes here" in read


def test_position_by_position(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/step_matrix?positions=3")).content.decode()
    rows = [cells_of(text, key) for key in re.findall(r'id="row-(m[^"]+)"', text)]
    assert rows == [
        ["1", "Visited", "10", "100.0% (72.2% to 100.0%)"],
        ["2", "Looked at a product", "6", "60.0% (31.3% to 83.2%)"],
        ["2", "Visited", "4", "40.0% (16.8% to 68.7%)"],
        ["3", "Has ended", "7", "70.0% (39.7% to 89.2%)"],
        ["3", "Placed an order", "3", "30.0% (10.8% to 60.3%)"],
    ]
    last = re.findall(r'id="row-(m3-[^"]+)"', text)[0]
    assert customers_behind(browser, text, last) == {f"c{number}" for number in range(3, 10)}


def test_positions_beside_others(let_in, desk, ten_paths) -> None:
    address = desk("/step_matrix?positions=2&segment=did+product_viewed&versus=did+not+product_viewed")
    text = let_in("en", "analyst").get(address).content.decode()
    rows = {
        tuple(cells_of(text, key)[:2]): cells_of(text, key) for key in re.findall(r'id="row-(m[^"]+)"', text)
    }
    assert rows["2", "Looked at a product"][2:5] == ["6", "100.0% (61.0% to 100.0%)", "0.0% (0.0% to 49.0%)"]
    assert rows["2", "Looked at a product"][5].endswith("may be chance"), "six and four are too few"


def test_a_pattern(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(
        desk("/patterns?pattern=" + quote("product_viewed > [^order_placed]* > end"))
    ).content.decode()
    read = plain(text)
    assert "95% interval: 10.8% to 60.3%, of 10 customers" in read
    assert cells_of(text, "w0") == ["Looked at a product", "3", "100.0%"]
    assert cells_of(text, "p1") == ["2", "3", "100.0% (43.9% to 100.0%)"]
    assert customers_behind(browser, text, "w0") == {"c3", "c4", "c5"}


def test_patterns_that_nobody_fits_or_reads(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    assert "No path fits this pattern" in plain(
        browser.get(desk("/patterns?pattern=" + quote("order_placed > page"))).content.decode()
    )
    for pattern, why in (
        ("page > (page", "cannot be read. Look near “(page”."),
        ("never > page", "names a step that there is not"),
    ):
        answer = browser.get(desk("/patterns?pattern=" + quote(pattern)))
        assert (answer.status_code, why in plain(answer.content.decode())) == (422, True)


def test_the_three_are_tabs_of_one_page(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/step_matrix?period=all")).content.decode()
    assert re.findall(r'aria-current="page">([^<]+)</a>', text)[-2:] == ["Paths", "Position by position"]
    assert "/journeys/patterns?period=all" in text
