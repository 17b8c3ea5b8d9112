"""Posters as PDF: sizes, faces, several sheets, the same bytes again."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from datetime import UTC, datetime

import pytest

from posters import a_poster
from safar.show.drawing import FontsMissing, document
from safar.show.maps.paper import SIZES, Paper, UnknownPaper, parts_on, pdf
from safar.show.maps.poster import Part
from safar.show.maps.poster_drawing import head_height, row_heights


def unpacked(file: bytes) -> str:
    """Return all of a PDF as text: its objects, and its streams unpacked."""
    found = [file.decode("latin-1")]
    for stream in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            found.append(zlib.decompress(stream[1]).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found)


def pages(file: bytes) -> list[tuple[float, float]]:
    """Return the size of each page, millimetres."""
    boxes = re.findall(r"/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]", unpacked(file))
    return [(round(float(wide) * 25.4 / 72), round(float(tall) * 25.4 / 72)) for wide, tall in boxes]


@pytest.mark.parametrize(
    ("size", "orientation", "millimetres"),
    [
        ("A4", "landscape", (297, 210)),
        ("A3", "portrait", (297, 420)),
        ("A2", "landscape", (594, 420)),
        ("A1", "portrait", (594, 841)),
        ("A0", "landscape", (1189, 841)),
    ],
)
def test_a_page_has_the_size_asked_for(size, orientation, millimetres) -> None:
    assert set(pages(pdf(a_poster(3), Paper(size, orientation)))) == {millimetres}


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_both_faces_are_embedded_and_words_can_be_taken(language) -> None:
    said = unpacked(pdf(a_poster(3, language=language), Paper("A2")))
    assert set(re.findall(r"/BaseFont\s*/[A-Z]+\+([A-Za-z-]+)", said)) == {
        "Vazirmatn-Regular",
        "Vazirmatn-SemiBold",
    }
    assert "/FontFile2" in said
    assert "/ToUnicode" in said
    assert "/Subtype /Image" not in said


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext on this machine")
def test_the_words_are_those_of_the_map(tmp_path) -> None:
    (tmp_path / "map.pdf").write_bytes(pdf(a_poster(3), Paper("A2")))
    said = subprocess.run(["pdftotext", tmp_path / "map.pdf", "-"], capture_output=True, check=True).stdout
    assert "Online purchase" in said.decode()


def test_the_same_poster_is_the_same_file() -> None:
    poster = a_poster(2, stages=1)
    made_at = datetime(2026, 11, 22, tzinfo=UTC)
    assert pdf(poster, Paper("A4"), made_at=made_at) == pdf(poster, Paper("A4"), made_at=made_at)


def test_what_can_be_read_stands_on_one_sheet() -> None:
    (part,) = parts_on(a_poster(6), Paper("A2"))
    assert (part.window, part.rows, part.label, part.is_first) == ((0, 6), (0, 7), "", True)


@pytest.mark.parametrize("size", SIZES)
def test_sixty_steps_lie_on_as_many_sheets_as_they_need_and_none_is_lost(size) -> None:
    poster = a_poster(60, stages=12)
    parts = parts_on(poster, Paper(size), lambda number, of: f"{number} of {of}")
    shown = [(column, row) for part in parts for column in range(*part.window) for row in range(*part.rows)]
    assert sorted(shown) == [(column, row) for column in range(60) for row in range(7)]
    assert [part.label for part in parts] == [f"{n + 1} of {len(parts)}" for n in range(len(parts))]
    assert [part.is_first for part in parts] == [True] + [False] * (len(parts) - 1)
    assert all(part.window[0] % 5 == 0 and part.window[1] % 5 == 0 for part in parts)  # stages stay whole
    assert len(parts) > 1


def test_each_sheet_can_be_read() -> None:
    poster, paper = a_poster(60, stages=12), Paper("A4")
    wide, tall = (side - 16 for side in paper.millimetres)
    for part in parts_on(poster, paper):
        units = 128 + 52 + (part.window[1] - part.window[0]) * part.column
        heights = row_heights(poster, part)[part.rows[0] : part.rows[1]]
        millimetres = min(wide / units, tall / (head_height(poster, part) + sum(heights)))
        assert 12 * millimetres / 25.4 * 72 >= 4.4


def test_a_stage_wider_than_a_sheet_is_cut() -> None:
    parts = parts_on(a_poster(30, stages=1), Paper("A4"))
    assert [part.window[1] - part.window[0] for part in parts] == [10, 10, 10]  # 12 would fit, and leave 6


def test_parts_that_are_low_stand_under_one_another_and_others_on_pages_of_their_own() -> None:
    low, high = a_poster(60, stages=12), a_poster(30, stages=6, card="word " * 200)
    assert (len(parts_on(low, Paper("A2"))), len(pages(pdf(low, Paper("A2"))))) == (3, 1)
    assert (len(parts_on(high, Paper("A4"))), len(pages(pdf(high, Paper("A4"))))) == (4, 3)


@pytest.mark.parametrize(
    ("steps", "stages", "card", "size"),
    [(25, 5, "word " * 20, "A4"), (33, 6, "word " * 60, "A4")],
)
def test_all_sheets_have_one_scale_one_edge_and_columns_of_one_width(steps, stages, card, size) -> None:
    poster, paper = a_poster(steps, stages=stages, card=card), Paper(size)
    parts = parts_on(poster, paper)
    assert len(parts) > 1
    assert len({part.column for part in parts}) == 1
    drawn = unpacked(pdf(poster, paper))
    scales = re.findall(r"q ([0-9.]+) 0 0 -\1 [0-9.]+ [0-9.]+ cm", drawn)
    assert len({round(float(scale), 3) for scale in scales}) == 1
    # The ground of a sheet is drawn from the sheet's own corner.
    edges = re.findall(r"q ([0-9.]+) 0 0 -[0-9.]+ ([0-9.]+) [0-9.]+ cm(?:\s*/\S+ cs \S+ scn)?\s*0 0 m", drawn)
    assert len(edges) >= len(parts)
    assert len({round(float(edge), 1) for _scale, edge in edges}) == 1


@pytest.mark.parametrize("bad", [{"size": "B5"}, {"orientation": "upside down"}])
def test_other_paper_is_refused(bad) -> None:
    with pytest.raises(UnknownPaper) as refused:
        Paper(**bad)
    assert refused.value.context == bad


def test_words_of_typst_are_only_words() -> None:
    poster = a_poster(1, stages=1, title='#panic("x") $a$ "quoted" \\ *b*', card='#import "@preview/x:1.0.0"')
    assert pages(pdf(poster, Paper("A4"))) == [(297, 210)]


def test_without_faces_there_is_no_poster(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(document, "FONTS", tmp_path)
    with pytest.raises(FontsMissing):
        pdf(a_poster(1, stages=1), Paper())


def test_a_part_says_what_it_shows() -> None:
    assert Part((0, 3), (1, 2)) == Part((0, 3), (1, 2), 150.0, "", is_first=True)
