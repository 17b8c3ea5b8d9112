"""Posters: what stands on the sheet, where, in both directions, and nothing over anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from drawn import numbers, of_class, plain, read, texts
from posters import CARD, a_poster
from safar.show.drawing import EmptyDrawing, png
from safar.show.drawing.lettering import text_width
from safar.show.maps.blocks import MOST_LINES
from safar.show.maps.poster import Part, whole
from safar.show.maps.poster_drawing import draw_poster, row_heights


def words_of(sheet) -> str:
    return " ".join(texts(read(sheet.svg)))


def test_the_sheet_says_all_of_the_map() -> None:
    said = words_of(draw_poster(a_poster()))
    for words in (
        "Online purchase",
        "As lived, over as designed",
        "Mina",
        "Fact 4",
        "Stage 2",
        "Step 5",
        "Flow",
        "beside the map",
        "CSAT",
        "n = 640",
        "Courier",
        "In two days",
        "58%",
        "Made on a day.",
        "Safar",
    ):
        assert words in said


def test_columns_run_from_the_start_of_the_line() -> None:
    found = {}
    for language in ("en", "fa"):
        sheet = draw_poster(a_poster(language=language))
        places = {plain(text.text): float(text.get("x")) for text in read(sheet.svg).findall(".//{*}text")}
        found[language] = [places[f"Step {place}"] for place in range(6)]
        assert sheet.width == 128 + 6 * 150 + 52
    assert found["en"] == [26 + 128 + 10 + 150 * place for place in range(6)]
    assert found["fa"] == [1080 - each for each in found["en"]]


def test_a_part_has_its_columns_and_rows_and_no_facts() -> None:
    sheet = draw_poster(a_poster(), Part((2, 4), (2, 4), 200.0, "2 / 3", is_first=False))
    said = words_of(sheet)
    assert sheet.width == 128 + 400 + 52
    assert [f"Step {place}" in said for place in range(6)] == [False, False, True, True, False, False]
    assert ["Scores" in said, "Flow" in said, "Fact 0" in said, "Mina" in said] == [True, False, False, False]
    assert "2 / 3" in said


def test_a_sheet_is_as_high_as_its_rows() -> None:
    poster = a_poster()
    everything, less = draw_poster(poster), draw_poster(poster, Part((0, 6), (0, 6)))
    assert everything.height - less.height == pytest.approx(row_heights(poster, whole(poster))[6])


def placed(element, left: float = 0.0, top: float = 0.0) -> Iterator[tuple[float, float, float, float, str]]:
    """Where words stand on the whole sheet: left, right, top, bottom."""
    if (moved := re.match(r"translate\(([0-9.-]+) ([0-9.-]+)\)", element.get("transform", ""))) is not None:
        left, top = left + float(moved[1]), top + float(moved[2])
    if element.tag.endswith("}svg") and element.get("x"):
        left, top = left + float(element.get("x")), top + float(element.get("y"))
    if element.tag.endswith("}text"):
        size, said = float(element.get("font-size")), plain(element.text)
        wide = text_width(said, size=size, is_bold=element.get("font-weight") == "600")
        at = (
            left
            + float(element.get("x"))
            - {"middle": wide / 2, "end": wide}.get(element.get("text-anchor"), 0)
        )
        baseline = top + float(element.get("y"))
        yield at, at + wide, baseline - size * 0.75, baseline, said
    for child in element:
        yield from placed(child, left, top)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("count", [1, 12, 60])
def test_no_words_stand_over_others_or_beyond_the_sheet(language: str, count: int) -> None:
    sheet = draw_poster(a_poster(count, language=language, stages=min(count, 5)))
    found = sorted(placed(read(sheet.svg)), key=lambda box: box[2])
    for number, (left, right, _top, bottom, said) in enumerate(found):
        assert left >= 0, said
        assert right <= sheet.width + 0.5, said
        assert bottom <= sheet.height, said
        for other in found[number + 1 :]:
            if other[2] >= bottom:
                break
            is_apart = other[0] >= right - 0.5 or other[1] <= left + 0.5 or other[2] >= bottom - 0.5
            assert is_apart, (said, other[4])


@pytest.mark.parametrize(
    "card",
    [
        "x" * 5000,
        "word " * 1000,
        "\u202e\u2067\u2069\u2069 turned \u2066",
        "🚚📦 emoji 🏳️‍🌈",
        "<script>alert(1)</script> ]]> &amp; \x00 \ud800".encode("utf-8", "surrogatepass").decode(
            "utf-8", "replace"
        ),
        "\n\n\n",
    ],
)
def test_hostile_cards_are_only_words(card: str) -> None:
    sheet = draw_poster(a_poster(card=card))
    drawing = read(sheet.svg)
    assert not [each for each in drawing.iter() if each.tag.endswith("script")]
    assert not re.search("[\u202a-\u202e\U0001f000-\U0001faff]", sheet.svg)
    assert sheet.height < 1400 + 2 * MOST_LINES * 18
    for text in texts(drawing):
        assert text.count("\u2069") == 0
    assert png(sheet.svg, scale=0.25)[:4] == b"\x89PNG"


def test_every_isolate_of_a_line_ends_in_it() -> None:
    for text in read(draw_poster(a_poster(card="\u2068a\u2069 \u2068" + "b " * 60)).svg).findall(
        ".//{*}text"
    ):
        said = text.text or ""
        assert sum(said.count(mark) for mark in "\u2066\u2067\u2068") == said.count("\u2069"), said


def test_a_long_card_ends_with_an_ellipsis() -> None:
    said = texts(read(draw_poster(a_poster(card="word " * 1000)).svg))
    assert sum(each.endswith("…") for each in said) == 7  # six voices and a pain


def test_persian_keeps_its_half_spaces() -> None:
    said = words_of(draw_poster(a_poster(language="fa")))
    assert "نمی\u200cدانم" in said
    assert CARD["fa"].split()[0] in said


def test_a_missed_goal_is_told_by_shape_as_well() -> None:
    drawing = read(draw_poster(a_poster(1, stages=1)).svg)
    (bar,) = of_class(drawing, "drawing-bar-below")
    (goal,) = of_class(drawing, "poster-goal")
    assert float(bar.get("width")) == pytest.approx(0.58 * 130, abs=0.1)
    assert numbers([goal], "x")[0] - float(bar.get("x")) == pytest.approx(0.9 * 130 - 1, abs=0.1)


def test_a_map_without_steps_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_poster(a_poster(1, stages=1, steps=()))
