"""Drawings as files: SVG that stands alone, PNG without a browser, and a real browser beside it."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

import safar
from drawn import SVG, of_class, read
from safar.show.drawing import (
    Bar,
    FlowEdge,
    FlowNode,
    FontsMissing,
    FunnelRate,
    FunnelSeries,
    FunnelStep,
    HeatCell,
    HeatHead,
    Series,
    SeriesPoint,
    Tick,
    document,
    draw_bars,
    draw_flow,
    draw_funnel,
    draw_heat,
    draw_series,
    png,
    standalone,
)
from safar.show.drawing.canvas import Canvas, joined
from safar.show.drawing.lettering import text_width
from safar.show.drawing.paint import LABEL, WORDS

STATIC = Path(safar.__file__).parent / "doors" / "web" / "static"


def a_line(words: str, direction="rtl", **options) -> str:
    """One line of words in the middle of a sheet."""
    canvas = Canvas(240, 40, direction=direction)
    canvas.words(120, 26, words, WORDS, anchor="middle", **options)
    return canvas.svg("drawing-test", title="A line", drawing_id="line")


def pixels(picture: bytes) -> tuple[int, int, list[bytes]]:
    """Read a PNG of 8 bits with alpha: width, height, and the rows of bytes (PNG 1.2, filters 0 to 4)."""
    width, height, depth, colours = struct.unpack(">IIBB", picture[16:26])
    assert (depth, colours) == (8, 6)
    body, place = b"", 8
    while place < len(picture):
        (size,) = struct.unpack(">I", picture[place : place + 4])
        if picture[place + 4 : place + 8] == b"IDAT":
            body += picture[place + 8 : place + 8 + size]
        place += 12 + size
    flat, rows, above = zlib.decompress(body), [], bytes(width * 4)
    for row in range(height):
        start = row * (width * 4 + 1)
        kind, line = flat[start], bytearray(flat[start + 1 : start + 1 + width * 4])
        for at in range(len(line)):
            left, up = (line[at - 4] if at >= 4 else 0), above[at]
            corner = above[at - 4] if at >= 4 else 0
            nearest = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
            line[at] = (line[at] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
        above = bytes(line)
        rows.append(above)
    return width, height, rows


def inked(picture: bytes) -> list[int]:
    """Return the columns in which something dark stands."""
    width, _, rows = pixels(picture)
    return [column for column in range(width) if any(row[column * 4] < 128 for row in rows)]


def runs(columns: list[int]) -> int:
    return 1 + sum(after - before > 1 for before, after in pairwise(columns))


def test_a_file_stands_alone() -> None:
    text = standalone(a_line("سفر"))
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"')
    drawing = read(text)
    assert [child.tag.removeprefix(SVG) for child in drawing] == ["title", "rect", "text"]
    assert drawing[1].attrib == {"width": "100%", "height": "100%", "fill": "#ffffff"}
    assert drawing.get("font-family") == "Vazirmatn, Inter, sans-serif"
    (words,) = of_class(drawing, "drawing-words")
    assert (words.get("fill"), words.get("font-size")) == ("#1d2327", "12")


def test_a_picture_has_the_size_asked_for() -> None:
    for scale, size in ((1, (240, 40)), (2.5, (600, 100))):
        picture = png(a_line("x"), scale=scale)
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture[16:24]) == size


@pytest.mark.parametrize("scale", [0, 0.2, 9, float("nan")])
def test_sizes_without_sense_are_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        png(a_line("x"), scale=scale)


def test_letters_of_arabic_script_are_joined() -> None:
    # Four letters in one stroke; parted by non-joiners each stands alone.
    assert runs(inked(png(a_line("ببب"), scale=2))) == 1
    assert runs(inked(png(a_line("ب\u200cب\u200cب"), scale=2))) == 3


def test_words_run_in_the_readers_direction() -> None:
    # The dash is the longest stroke: after the digits, so on the left for a reader of Persian.
    for direction, last in (("rtl", 0), ("ltr", -1)):
        columns = inked(png(a_line("12 —", direction), scale=2))
        parts = [[columns[0]]]
        for before, column in pairwise(columns):
            if column - before > 1:
                parts.append([])
            parts[-1].append(column)
        lengths = [len(part) for part in parts]
        assert lengths[last] == max(lengths)
        assert lengths.count(max(lengths)) == 1


def test_both_scripts_have_letters_and_none_is_a_box() -> None:
    for words in ("سفر مشتری", "رحلة العميل", "journey", "۱۲٬۳۴۵٫۶٪", "١٢٣", "12,345.6%", "«…» × − ±"):
        assert inked(png(a_line(words))), words
    # What is missing leaves nothing: a picture never shows the box of an unknown letter.
    assert inked(png(a_line("\u4e2d"))) == []


def test_without_its_fonts_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "FONTS", tmp_path)
    with pytest.raises(FontsMissing, match="missing"):
        png(a_line("x"))


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    """A page with the styles and the fonts of the people's door, in Persian."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        styles = "".join(
            (STATIC / "css" / f"{name}.css").read_text() for name in ("tokens", "base", "drawings")
        )
        for font in (STATIC / "vendor").glob("*.woff2"):
            kept = base64.b64encode(font.read_bytes()).decode()
            styles = styles.replace(f"../vendor/{font.name}", f"data:font/woff2;base64,{kept}")
        opened.set_content(
            f'<html lang="fa" dir="rtl" data-theme="light"><style>{styles}</style><body>سفر abc</body></html>'
        )
        opened.evaluate("document.fonts.ready.then(() => true)")
        yield opened
        browser.close()


def shown(page: Page, svg: str) -> None:
    page.evaluate(
        "svg => { document.body.innerHTML = svg; return document.fonts.ready.then(() => true) }", svg
    )


_LETTERS = """() => { const text = document.querySelector('svg text'); const said = text.textContent;
  return [...said].map((letter, place) => [letter, text.getExtentOfChar(place).x]) }"""


@pytest.mark.browser
@pytest.mark.parametrize("words", ["۱۵ مهر", "۱۵٪*", "۱۲٬۳۴۵ نفر"])
def test_digits_stay_together_in_a_browser(page: Page, words: str) -> None:
    for line in (words, joined(words, "۳۷ روز")):
        shown(page, a_line(line))
        places = [(letter, x) for letter, x in page.evaluate(_LETTERS) if "۰" <= letter <= "۹"]
        for (letter, before), (other, after) in pairwise(places[: sum("۰" <= each <= "۹" for each in words)]):
            assert before < after, (line, letter, other)


@pytest.mark.browser
def test_what_is_read_first_stands_on_the_right(page: Page) -> None:
    shown(page, a_line(joined("add_to_cart", "۱۲ نفر")))
    places = dict(reversed([tuple(each) for each in page.evaluate(_LETTERS)]))
    assert places["ن"] < places["۱"] < places["a"] < places["t"]


@pytest.mark.browser
@pytest.mark.parametrize(
    "words",
    [
        "Payment gateway error",
        "add_to_wishlist",
        "12,345 customers",
        "خطای درگاه پرداخت",
        "درخواست بازگشت کالا",
        "رحلة العميل الأولى",
        "۱۲٬۳۴۵ نفر · ۷٫۵٪",
    ],
)
@pytest.mark.parametrize("lettering", [WORDS, LABEL], ids=["regular", "semibold"])
def test_widths_are_near_what_a_browser_draws(page: Page, words: str, lettering) -> None:
    canvas = Canvas(400, 40, direction="rtl")
    canvas.words(200, 26, words, lettering)
    shown(page, canvas.svg("drawing-test", title="", drawing_id="line"))
    drawn = page.evaluate("() => document.querySelector('svg text').getComputedTextLength()")
    estimated = text_width(words, size=lettering.size, is_bold=lettering.is_bold)
    assert 0.95 * drawn < estimated < 1.2 * drawn


def gallery(direction) -> list[str]:
    link = "/rows"
    nodes = [FlowNode(name, f"سبد {name}", 9, "۹ نفر", href=link) for name in "abc"]
    edges = [
        FlowEdge("a", "b", 9, "۹", "۳ روز", href=link),
        FlowEdge("b", "c", 4, "۴", "۱ روز"),
        FlowEdge("c", "a", 1, "۱"),
    ]
    steps = tuple(FunnelStep(name, "۹", FunnelRate(0.5, "۵۰٪", 0.4, 0.6), href=link) for name in "abc")
    points = tuple(SeriesPoint(value, f"{value}", href=link) for value in (1, 2, 3))
    return [
        draw_flow(nodes, edges, title="جریان", direction=direction),
        draw_funnel([FunnelSeries("همه", steps)], title="قیف", direction=direction),
        draw_heat(
            [HeatHead("هفتهٔ ۱")],
            [HeatHead("۰")],
            [[HeatCell(1, "۱۰۰٪", href=link)]],
            title="بازگشت",
            direction=direction,
        ),
        draw_series(
            [Series("سفارش", points)],
            labels="abc",
            ticks=[Tick(0, "۱ مهر")],
            value_ticks=[Tick(0, "۰")],
            title="سفارش",
            direction=direction,
        ),
        draw_bars([Bar("جست‌وجو", -0.2, "−۲۰٪", -0.3, -0.1, href=link)], title="فرق", direction=direction),
    ]


@pytest.mark.browser
@pytest.mark.parametrize("direction", ["rtl", "ltr"])
def test_nothing_that_is_written_leaves_the_sheet(page: Page, direction) -> None:
    for svg in gallery(direction):
        shown(page, svg)
        outside = page.evaluate(
            """() => { const sheet = document.querySelector('svg').viewBox.baseVal;
              return [...document.querySelectorAll('svg text')].map(text => [text.textContent, text.getBBox()])
                .filter(([, box]) => box.x < -1 || box.x + box.width > sheet.width + 1
                  || box.y < -1 || box.y + box.height > sheet.height + 2).map(([said]) => said) }"""
        )
        assert outside == []


@pytest.mark.browser
def test_drawings_with_links_are_accessible_and_reached_by_keyboard(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for place, svg in enumerate(gallery("rtl")):
        shown(page, f"<main><h1>سفر</h1>{svg}</main>")
        found = Axe().run(page, context="main", options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]})
        assert [each["id"] for each in found.response["violations"]] == [], place
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.tagName") == "a"


@pytest.mark.browser
def test_pages_bring_their_own_colours(page: Page) -> None:
    shown(page, draw_bars([Bar("a", 1, "1")], title="", direction="ltr"))
    page.evaluate("() => document.documentElement.dataset.theme = 'dark'")
    colours = page.evaluate(
        """() => ['.drawing-bar', '.drawing-label', '.drawing-track'].map(
          name => getComputedStyle(document.querySelector(name)).fill)"""
    )
    page.evaluate("() => document.documentElement.dataset.theme = 'light'")
    assert colours == ["rgb(70, 184, 175)", "rgb(233, 237, 238)", "rgb(36, 45, 50)"]
