"""The sheet: what is turned round, what is escaped, where marks may lead."""

from __future__ import annotations

import pytest

from drawn import SVG, numbers, of_class, plain, read, texts, titles
from safar.show.drawing import Mark, UnsafeLink
from safar.show.drawing.canvas import Canvas, joined
from safar.show.drawing.paint import BAR, LABEL, RULE


def a_sheet(direction="ltr", **options) -> Canvas:
    canvas = Canvas(100, 50, direction=direction, **options)
    canvas.rect(10, 5, 30, 8, BAR)
    canvas.line(0, 1, 90, 1, RULE)
    canvas.path([("M", (10, 2)), ("L", (20, 3, 30, 4)), ("Z", ())], RULE)
    canvas.words(10, 20, "سبد", LABEL)
    canvas.words(50, 20, "mid", LABEL, anchor="middle")
    canvas.words(90, 20, "end", LABEL, anchor="end")
    return canvas


def drawn(canvas: Canvas):
    return read(canvas.svg("drawing-test", title="A sheet", drawing_id="sheet"))


def test_from_left_to_right_places_are_what_they_say() -> None:
    drawing = drawn(a_sheet())
    assert numbers(of_class(drawing, "drawing-bar"), "x") == [10]
    assert numbers(of_class(drawing, "drawing-label"), "x") == [10, 50, 90]
    anchors = [words.get("text-anchor") for words in of_class(drawing, "drawing-label")]
    assert anchors == [None, "middle", "end"]
    assert [path.get("d") for path in drawing.iter(f"{SVG}path")] == ["M10 2L20 3 30 4Z"]


def test_from_right_to_left_all_is_mirrored() -> None:
    drawing = drawn(a_sheet("rtl"))
    assert numbers(of_class(drawing, "drawing-bar"), "x") == [60]
    assert numbers(of_class(drawing, "drawing-bar"), "width") == [30]
    assert numbers(of_class(drawing, "drawing-label"), "x") == [90, 50, 10]
    anchors = [words.get("text-anchor") for words in of_class(drawing, "drawing-label")]
    assert anchors == ["end", "middle", None]
    assert [path.get("d") for path in drawing.iter(f"{SVG}path")] == ["M90 2L80 3 70 4Z"]


def test_an_axis_of_time_is_not_mirrored_but_its_words_are_the_readers() -> None:
    drawing = drawn(a_sheet("rtl", is_turned=False))
    assert numbers(of_class(drawing, "drawing-bar"), "x") == [10]
    assert [words.text for words in of_class(drawing, "drawing-label")][1] == "\u2067\u200fmid\u2069"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_drawing_is_never_turned_by_the_page(direction) -> None:
    assert drawn(a_sheet(direction)).get("direction") == "ltr"


def test_names_from_data_keep_their_own_direction() -> None:
    canvas = Canvas(100, 50, direction="rtl")
    canvas.words(10, 20, "add_to_cart", LABEL, is_name=True)
    assert [words.text for words in of_class(drawn(canvas), "drawing-label")] == [
        "\u2066\u200eadd_to_cart\u2069"
    ]


def test_nothing_that_is_written_can_be_read_as_markup() -> None:
    evil = "</text><script>alert(1)</script>\"'&\x00\x0b\ud800"
    canvas = Canvas(100, 50, direction="ltr")
    with canvas.mark("drawing-mark", Mark(key=evil, title=evil, href=f"/a?b={evil}")):
        canvas.words(10, 20, evil, LABEL)
    drawing = read(canvas.svg("drawing-test", title=evil, drawing_id='i"d'))
    said = "</text><script>alert(1)</script>\"'&"
    assert texts(drawing) == [said]
    assert titles(drawing) == [said, said]
    (group,) = of_class(drawing, "drawing-mark")
    (link,) = drawing.iter(f"{SVG}a")
    assert (group.get("data-key"), link.get("href"), link.get("aria-label")) == (said, f"/a?b={said}", said)
    assert drawing.get("aria-labelledby") == 'i"d'


@pytest.mark.parametrize(
    "href", ["/customers?x=a:b", "#cell", "?q=1", "https://a.example/x", "rows/1:2", "HTTP://a.example"]
)
def test_a_mark_leads_into_the_pages_or_to_the_web(href: str) -> None:
    canvas = Canvas(10, 10, direction="ltr")
    with canvas.mark("drawing-mark", Mark(href=href)):
        pass
    drawing = drawn(canvas)
    assert [link.get("href") for link in drawing.iter(f"{SVG}a")] == [href]
    assert drawing.get("role") == "group"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "\tjavascript:x",
        "java\nscript:x",
        "vbscript:x",
    ],
)
def test_a_mark_leads_nowhere_else(href: str) -> None:
    canvas = Canvas(10, 10, direction="ltr")
    with pytest.raises(UnsafeLink), canvas.mark("drawing-mark", Mark(href=href)):
        pass


def test_a_drawing_without_links_is_one_picture() -> None:
    drawing = drawn(a_sheet())
    assert drawing.get("role") == "img"
    assert titles(drawing)[0] == "A sheet"
    assert not list(drawing.iter(f"{SVG}style")) + list(drawing.iter(f"{SVG}script"))
    assert not [element for element in drawing.iter() if "style" in element.attrib]


def test_parts_are_joined_where_they_say_something() -> None:
    assert plain(joined("12", "", "3 min")) == "12 · 3 min"
    assert joined("", "") == ""
