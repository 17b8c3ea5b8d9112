"""Bridges and scatters: where pieces begin and end, what leans which way, where points and names stand."""

from __future__ import annotations

import pytest

from drawn import numbers, of_class, read, texts
from safar.show.drawing import (
    Axes,
    BridgeStep,
    DrawingMismatch,
    EmptyDrawing,
    ScatterPoint,
    draw_bridge,
    draw_scatter,
)

STEPS = [
    BridgeStep("March", 100, "100", is_total=True),
    BridgeStep("Left", -40, "−40"),
    BridgeStep("New", 20, "+20"),
    BridgeStep("April", 80, "80", is_total=True),
]
AXES = Axes("How well", "How much", 50.0, 0.25, ("a", "b", "c", "d"))


def test_pieces_begin_where_those_before_them_ended() -> None:
    drawing = read(draw_bridge(STEPS, title="March to April", direction="ltr"))
    (track,) = set(numbers(of_class(drawing, "drawing-track"), "width"))
    (ground,) = set(numbers(of_class(drawing, "drawing-bar-other"), "x"))
    assert numbers(of_class(drawing, "drawing-bar-other"), "width") == pytest.approx(
        [track, track * 0.8], abs=0.1
    )
    (left,), (new,) = of_class(drawing, "drawing-bar-below"), of_class(drawing, "drawing-bar")
    assert numbers([left, new], "width") == pytest.approx([track * 0.4, track * 0.2], abs=0.1)
    assert numbers([left, new], "x") == pytest.approx([ground + track * 0.6] * 2, abs=0.1)
    assert len(of_class(drawing, "drawing-hatched")) == 1


def test_from_right_to_left_a_bridge_is_turned_round() -> None:
    drawing = read(draw_bridge(STEPS, title="March to April", direction="rtl", width=700))
    ends = [
        left + wide
        for left, wide in zip(
            numbers(of_class(drawing, "drawing-bar-other"), "x"),
            numbers(of_class(drawing, "drawing-bar-other"), "width"),
            strict=True,
        )
    ]
    assert ends[0] == pytest.approx(ends[1], abs=0.1)
    assert ends[0] > 350


def test_a_bridge_may_go_below_the_ground() -> None:
    steps = [
        BridgeStep("a", 10, "10", is_total=True),
        BridgeStep("b", -30, "−30"),
        BridgeStep("c", -20, "−20", is_total=True),
    ]
    drawing = read(draw_bridge(steps, title="Down", direction="ltr", width=340))
    assert len(of_class(drawing, "drawing-axis")) == 1


def test_a_bridge_without_steps_or_ground_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_bridge([], title="", direction="ltr")
    with pytest.raises(DrawingMismatch):
        draw_bridge(STEPS[1:], title="", direction="ltr")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_points_grow_along_the_line_and_upward(direction) -> None:
    points = [
        ScatterPoint("Price", 20, 0.1, "1", "20 · 0.1"),
        ScatterPoint("Delivery", 80, 0.4, "2", "80 · 0.4", 0.3, 0.5),
    ]
    drawing = read(draw_scatter(points, AXES, title="What matters", direction=direction))
    dots = of_class(drawing, "drawing-terminal-end")
    across, down = numbers(dots, "cx"), numbers(dots, "cy")
    assert (across[0] < across[1]) == (direction == "ltr")
    assert down[0] > down[1]
    assert len(of_class(drawing, "drawing-whisker")) == 1
    assert {"Price", "Delivery"} <= set(texts(drawing))
    drawn = [each.get("class") for each in drawing.iter() if each.get("class")]
    assert drawn.index("drawing-whisker") < drawn.index("drawing-terminal-end")  # no interval crosses a point


def test_names_that_would_cover_others_are_left_out() -> None:
    points = [ScatterPoint(f"A rather long name {place}", 50.0, 0.25, str(place)) for place in range(6)]
    drawing = read(draw_scatter(points, AXES, title="All alike", direction="ltr"))
    named = [text for text in texts(drawing) if "rather" in text]
    assert len(named) == 2  # one on either side
    assert len(of_class(drawing, "drawing-terminal-end")) == 6


def test_no_points_are_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_scatter([], AXES, title="", direction="ltr")
