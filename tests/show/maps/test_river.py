"""The river of a map: widths, ways, levels, windows, both directions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import of_class, plain, read, texts, titles
from safar.show.drawing import DrawingMismatch, EmptyDrawing, UnsafeLink
from safar.show.drawing.lettering import text_width
from safar.show.maps.river import RiverLoss, RiverMove, RiverStep, draw_river


def river(*counts: float) -> list[RiverStep]:
    """Steps ``s0``, ``s1``, … that so many people reach."""
    return [
        RiverStep(f"s{place}", f"Step {place}", count, f"{count:g}") for place, count in enumerate(counts)
    ]


def drawn(steps, moves=(), **more):
    more = {"title": "A river", "direction": "ltr", "is_fluid": False, **more}
    return read(draw_river(steps, moves, **more))


def bars(drawing) -> list[float]:
    """Heights of the steps, in their order."""
    found = [*of_class(drawing, "drawing-block"), *of_class(drawing, "drawing-block-end")]
    return [float(bar.get("height")) for bar in found if bar.tag.endswith("rect")]


def points(element) -> list[tuple[float, float]]:
    values = [float(each) for each in re.findall(r"-?[0-9.]+", element.get("d"))]
    return list(zip(values[::2], values[1::2], strict=True))


def test_steps_are_as_high_as_their_people_are_many() -> None:
    assert bars(drawn(river(100, 50, 25))) == [88.0, 44.0, 22.0]


def test_a_band_is_as_wide_as_those_who_go() -> None:
    drawing = drawn(river(100, 50), [RiverMove("s0", "s1", 50)])
    (band,) = of_class(drawing, "drawing-ribbon")
    ways = points(band)
    assert ways[0] == (75.0, 8.0)
    assert ways[-1] == (75.0, 52.0)  # 44 of the 88 that stand for a hundred
    assert ways[3][0] == ways[4][0] == 225.0
    assert ways[4][1] - ways[3][1] == 44.0


def test_bands_of_more_than_stand_there_share_the_step() -> None:
    moves = [RiverMove("s0", "s1", 80), RiverMove("s0", "s2", 80)]
    drawing = drawn(river(100, 80, 80), moves)
    starts = [points(band)[0][1] for band in of_class(drawing, "drawing-ribbon")]
    ends = [points(band)[-1][1] for band in of_class(drawing, "drawing-ribbon")]
    unit = 88 / 160  # the second column holds the step and those who pass it
    assert sorted(end - start for start, end in zip(starts, ends, strict=True)) == pytest.approx(
        [50 * unit, 50 * unit], abs=0.1
    )


def test_who_passes_a_step_goes_above_it() -> None:
    drawing = drawn(river(100, 60, 90), [RiverMove("s0", "s1", 60), RiverMove("s0", "s2", 30)])
    long = max(of_class(drawing, "drawing-ribbon"), key=lambda band: len(points(band)))
    middle = [top for along, top in points(long) if along == 225.0]
    (bar,) = [
        group
        for group in drawing.iter()
        if "225 " in group.get("transform", "") and group.find("*[@rx='4']") is not None
    ]
    top_of_step = float(bar.get("transform").split()[1].rstrip(")"))
    assert max(middle) < top_of_step


def test_what_leads_back_is_an_arc_with_its_words_above() -> None:
    moves = [RiverMove("s0", "s1", 9), RiverMove("s1", "s0", 3, "off_map", "18% go back (not on the map)")]
    drawing = drawn(river(10, 9), moves)
    (arc,) = of_class(drawing, "drawing-edge-back")
    assert arc.get("stroke-dasharray") == "5 4"
    assert "18% go back (not on the map)" in texts(drawing)
    assert "Step 1 – Step 0 · 18% go back (not on the map)" in titles(drawing)
    start, end = points(arc)[0][0], points(arc)[-1][0]
    assert start > end


def test_a_designed_loop_is_a_whole_arc() -> None:
    drawing = drawn(river(10, 9), [RiverMove("s1", "s0", 3)])
    assert of_class(drawing, "drawing-edge-back") == []
    (arc,) = of_class(drawing, "drawing-edge")
    assert arc.get("stroke-dasharray") is None


def test_a_skip_is_edged_with_dashes() -> None:
    drawing = drawn(river(10, 4, 9), [RiverMove("s0", "s2", 5, "skip", "5% skip it")])
    (band,) = of_class(drawing, "drawing-river-skip")
    assert band.get("stroke-dasharray") == "4 3"
    assert "5% skip it" in texts(drawing)


def test_losses_fall_beside_their_step_with_their_count() -> None:
    steps = [RiverStep("s0", "Cart", 10, "10", RiverLoss(count=4, text="−4", href="/lost")), *river(0, 6)[1:]]
    drawing = drawn(steps)
    (loss,) = of_class(drawing, "drawing-loss")
    assert points(loss)[0] == (75.0, 96.0 - 4 * 8.8)
    assert "−4" in texts(drawing)
    assert [link.get("href") for link in drawing.iter("{http://www.w3.org/2000/svg}a")] == ["/lost"]


def test_hot_and_unknown_steps_have_shapes_of_their_own() -> None:
    steps = [RiverStep("a", "A", 5, is_hot=True), RiverStep("b", "B", 0, is_known=False)]
    drawing = drawn(steps)
    assert [each.tag.rsplit("}")[-1] for each in of_class(drawing, "drawing-block-end")] == ["rect", "path"]
    assert len(of_class(drawing, "drawing-river-unknown")) == 1
    assert of_class(drawing, "drawing-block") == []


def test_the_start_of_the_line_is_the_first_step() -> None:
    there = draw_river(river(9, 5), [RiverMove("s0", "s1", 5)], title="t", direction="ltr", is_fluid=False)
    back = draw_river(river(9, 5), [RiverMove("s0", "s1", 5)], title="t", direction="rtl", is_fluid=False)
    (here,), (mirrored,) = (of_class(read(svg), "drawing-ribbon") for svg in (there, back))
    assert points(mirrored) == [(300.0 - along, top) for along, top in points(here)]


def test_on_a_page_places_are_parts_of_the_width() -> None:
    svg = draw_river(river(9, 5), title="t", direction="rtl", moves=[])
    drawing = read(svg)
    assert (drawing.get("width"), drawing.get("viewBox")) == ("100%", None)
    assert [each.get("x") for each in drawing.findall(".//{*}svg") if each.get("x")][::2] == ["75%", "25%"]


def test_bands_stretch_on_a_page_and_their_strokes_do_not() -> None:
    drawing = drawn(river(9, 5), [RiverMove("s0", "s1", 5)], is_fluid=True)
    (band,) = of_class(drawing, "drawing-ribbon")
    assert band.get("vector-effect") == "non-scaling-stroke"
    (around,) = [each for each in drawing.findall(".//{*}svg") if each.get("preserveAspectRatio")]
    assert (around.get("preserveAspectRatio"), around.get("viewBox")) == ("none", "0 0 300 136")


def test_a_window_shows_its_columns_at_the_same_scale() -> None:
    steps = river(100, 50, 25, 20)
    moves = [RiverMove(f"s{place}", f"s{place + 1}", 20) for place in range(3)]
    moves.append(RiverMove("s3", "s0", 2, "off_map", "back"))
    drawing = drawn(steps, moves, window=(1, 3))
    assert drawing.get("width") == "300"
    assert bars(drawing) == [44.0, 22.0]
    assert len(of_class(drawing, "drawing-ribbon")) == 3  # what comes in and goes out too
    assert "back" in texts(drawing)
    assert bars(drawn(steps, moves, window=(3, 4))) == [17.6]


def test_what_lies_outside_a_window_cannot_be_reached_by_keyboard() -> None:
    steps = [
        RiverStep(f"s{n}", f"S{n}", 5, href=f"/{n}", loss=RiverLoss(count=1, href=f"/l{n}")) for n in range(4)
    ]
    drawing = drawn(steps, window=(1, 2))
    assert [link.get("href") for link in drawing.iter("{http://www.w3.org/2000/svg}a")] == ["/l1", "/1"]


def test_a_thread_is_lit_and_the_rest_stands_back() -> None:
    drawing = drawn(river(9, 8, 7), thread=["s0", "s1", "s0", "s2"])
    assert len(of_class(drawing, "drawing-river-thread")) == 3
    assert len(of_class(drawing, "drawing-river-ring")) == 3
    assert drawing.find("{*}g").get("opacity") == "0.35"
    assert drawn(river(9)).find("{*}g").get("opacity") is None


@pytest.mark.parametrize(
    ("steps", "more", "error"),
    [
        ([], {}, EmptyDrawing),
        (river(1), {"thread": ["s1"]}, DrawingMismatch),
        (river(1), {"window": (0, 2)}, DrawingMismatch),
        (river(1), {"window": (1, 1)}, DrawingMismatch),
        ([*river(1), *river(1)], {}, DrawingMismatch),
        ([RiverStep("a", "A", 1, href="javascript:alert(1)")], {}, UnsafeLink),
    ],
)
def test_what_does_not_fit_is_refused(steps, more, error) -> None:
    with pytest.raises(error):
        drawn(steps, **more)


def test_a_move_to_nowhere_is_refused() -> None:
    with pytest.raises(DrawingMismatch) as refused:
        drawn(river(1), [RiverMove("s0", "s9", 1)])
    assert refused.value.context == {"step": "s9"}


def boxes(drawing) -> list[tuple[float, float, float, float]]:
    """Where words stand: left, right, top and bottom."""
    found = []
    for text in drawing.iter("{http://www.w3.org/2000/svg}text"):
        size, said = float(text.get("font-size")), plain(text.text)
        wide = text_width(said, size=size)
        left = float(text.get("x")) - {"middle": wide / 2, "end": wide}.get(text.get("text-anchor"), 0.0)
        baseline = float(text.get("y"))
        found.append((left, left + wide, baseline - size * 0.75, baseline))
    return found


def overlaps(found) -> list[tuple[int, int]]:
    return [
        (one, other)
        for one, a in enumerate(found)
        for other, b in enumerate(found[:one])
        if a[0] < b[1] - 0.5 and b[0] < a[1] - 0.5 and a[2] < b[3] - 0.5 and b[2] < a[3] - 0.5
    ]


@pytest.mark.parametrize("count", [12, 60])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_words_never_meet(count: int, data) -> None:
    numbers = st.integers(0, count - 1)
    steps = [
        RiverStep(f"s{place}", "Step", 1000 - place, loss=RiverLoss(count=9, text="−12,345"))
        for place in range(count)
    ]
    said = st.sampled_from(["", "18% go back (not on the map)", "۱۸٪ برمی‌گردند (در نقشه نیست)"])
    ends = data.draw(st.lists(st.tuples(numbers, numbers, said), max_size=8))
    skips = data.draw(st.lists(st.tuples(numbers, st.integers(2, 5)), max_size=6))
    moves = [RiverMove(f"s{a}", f"s{b}", 20, "off_map", words) for a, b, words in ends if a != b]
    moves += [RiverMove(f"s{a}", f"s{a + b}", 15, "skip", "7% skip") for a, b in skips if a + b < count]
    assert overlaps(boxes(drawn(steps, moves, direction=data.draw(st.sampled_from(["ltr", "rtl"]))))) == []


def test_hostile_words_are_only_words() -> None:
    steps = [RiverStep('a"><script>', "<script>alert(1)</script>\u202e", 5, "\x00]]>", key='"><x')]
    drawing = drawn(steps)
    assert not [each for each in drawing.iter() if each.tag.endswith("script")]
    assert "<script>alert(1)</script>\u202e" in titles(drawing)[1]
