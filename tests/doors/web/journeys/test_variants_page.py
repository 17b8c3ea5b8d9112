"""The page Variants: whole paths with their coverage, repeats as one, steps of one's own, who took a path."""

from __future__ import annotations

import re
from urllib.parse import quote

from page_rows import cells_of, plain


def test_paths_with_coverage(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk("/variants")).content.decode()
    assert cells_of(text, "v0") == ["Visited → Visited", "4", "40.0%", "40.0%"]
    assert cells_of(text, "v1") == ["Visited → Looked at a product", "3", "30.0%", "70.0%"]
    assert cells_of(text, "v2") == ["Visited → Looked at a product → Placed an order", "3", "30.0%", "100.0%"]
    read = plain(text)
    assert "The most frequent path is taken by 4 customers: 40.0% of all." in read
    assert "2 paths cover half of all." in read
    assert "All paths are drawn." in read


def test_arrows_point_as_one_reads(let_in, desk, ten_paths) -> None:
    text = let_in("fa", "analyst").get(desk("/variants")).content.decode()
    assert " ← " in cells_of(text, "v0")[0]
    assert cells_of(text, "v0")[1:] == ["۴", "۴۰٫۰٪", "۴۰٫۰٪"]


def test_repeats_count_once_and_own_steps(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    once = browser.get(desk("/variants?collapse=on")).content.decode()
    assert ["Visited", "4", "40.0%", "40.0%"] in [cells_of(once, f"v{place}") for place in range(3)]
    own = browser.get(desk("/variants?step=" + quote("Act: product_viewed, order_placed"))).content.decode()
    assert cells_of(own, "v0") == ["Act", "3", "50.0%", "50.0%"]
    assert cells_of(own, "v1") == ["Act → Act", "3", "50.0%", "100.0%"]


def test_few_listed_say_what_they_leave_out(let_in, desk, ten_paths) -> None:
    read = plain(let_in("en", "analyst").get(desk("/variants?most=1")).content.decode())
    assert "Those drawn cover 40.0% of all; 2 rarer paths are not drawn." in read
    assert "Paths differ much: those listed cover only 40.0%." in read


def test_customers_of_a_path(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk("/variants")).content.decode().replace("&amp;", "&")
    row = re.search(r'<tr id="row-v1">.*?href="([^"]+)"', text, re.DOTALL)
    assert row
    shown = browser.get(row[1]).content.decode()
    assert set(re.findall(r"/customer\?id=(c\d)", shown)) == {"c3", "c4", "c5"}
    assert "Customers who took the path Visited → Looked at a product" in plain(shown)


def test_no_event_fits(let_in, desk, ten_paths) -> None:
    read = plain(let_in("en", "analyst").get(desk("/variants?step=never")).content.decode())
    assert "Nothing happened here" in read
