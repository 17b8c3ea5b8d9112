"""Where a browser puts signs, percent signs and units, whatever stands before the number."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from safar.show.locale import Locale
from safar.vocabulary.money import Money

pytestmark = pytest.mark.browser

#: A Persian letter, a Latin one, a digit, nothing: each of them moves unmarked neighbours of digits.
BEFORE = ["", "ب ", "b ", "۷ ", "7 ", "— "]
FA, AR, LATIN = Locale("fa"), Locale("ar"), Locale("ar", digits="latin")


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def from_left_to_right(page: Page, before: str, text: str, looked_at: str) -> str:
    """Return the characters of ``looked_at`` as they stand on a line from right to left, seen from the left."""
    page.set_content(f'<p dir="rtl" style="font: 20px sans-serif">{before}{text} پایان</p>')
    places = page.evaluate(
        """([before, text]) => {
            const node = document.querySelector("p").firstChild
            return [...text].map((letter, index) => {
                const range = document.createRange()
                range.setStart(node, before.length + index)
                range.setEnd(node, before.length + index + 1)
                return [range.getBoundingClientRect().left, letter]
            })
        }""",
        [before, text],
    )
    return "".join(letter for _, letter in sorted(places) if letter in looked_at)


@pytest.mark.parametrize(
    ("text", "looked_at", "expected"),
    [
        (FA.signed(-5), "−۵", "−۵"),
        (FA.signed(5), "+۵", "+۵"),
        (FA.percent(0.5), "۵۰٪", "۵۰٪"),
        (FA.percent(-0.5), "−۵۰٪", "−۵۰٪"),
        (FA.signed_percent(0.5), "+۵۰٪", "+۵۰٪"),
        (FA.money(Money(-500, "SEK")), "−۵S", "S−۵"),
        (FA.money(Money(500, "SEK")), "۵S", "S۵"),
        (FA.money(Money(-500, "USD")), "−۵د", "د−۵"),
        (FA.compact(-5000), "−۵ه", "ه−۵"),
        (FA.date(20687, "short"), "۱۴۰۵/۳", "۱۴۰۵/۰۵/۳۱"),
        (AR.signed(-5), "−٥", "٥−"),
        (AR.signed(5), "+٥", "٥+"),
        (AR.percent(0.5), "٥٠٪", "٪٥٠"),
        (AR.percent(-0.5), "−٥٠٪", "٪٥٠−"),
        (AR.money(Money(-500, "SEK")), "−٥S", "S٥−"),
        (AR.date(20687, "short"), "٢٨٠٦/", "٢٠٢٦/٨/٢٢"),
        (LATIN.signed(-5), "−5", "−5"),
        (LATIN.percent(0.5), "50%", "50%"),
        (LATIN.percent(-0.5), "−50%", "−50%"),
    ],
)
def test_signs_and_units_stand_alike_after_anything(
    page: Page, text: str, looked_at: str, expected: str
) -> None:
    seen = {before: from_left_to_right(page, before, text, looked_at) for before in BEFORE}
    assert set(seen.values()) == {expected}, json.dumps(seen, ensure_ascii=False)
