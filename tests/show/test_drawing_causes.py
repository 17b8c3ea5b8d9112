"""Boxes and arrows: where arrows begin and end, which way they work, telephones and both directions."""

from __future__ import annotations

import pytest

from drawn import numbers, of_class, read, texts
from safar.show.drawing import CauseArrow, CauseBox, DrawingMismatch, EmptyDrawing, draw_causes

BOXES = [
    CauseBox("late", "Late", 0, 1),
    CauseBox("content", "Content", 1, 0),
    CauseBox("back", "Comes back", 2, 1, "−12", is_goal=True),
]
ARROWS = [
    CauseArrow("late", "content", 1.0, "−1.8", "down"),
    CauseArrow("content", "back", 0.5, "+4"),
    CauseArrow("late", "back", 0.0, "−1", "open"),
]


def test_arrows_run_from_box_to_box() -> None:
    drawing = read(draw_causes(BOXES, ARROWS, title="What lateness does", direction="ltr"))
    (late, content) = of_class(drawing, "drawing-sheet")
    (back,) = of_class(drawing, "drawing-terminal-end")
    (line,) = of_class(drawing, "drawing-axis")
    (start,), (wide,), (goal,) = numbers([late], "x"), numbers([late], "width"), numbers([back], "x")
    assert numbers([line], "x1") == pytest.approx([start + wide], abs=0.2)
    assert numbers([line], "x2") == pytest.approx([goal - 2 - 9], abs=0.2)
    assert numbers([line], "y1") == numbers([line], "y2")
    assert numbers([content], "y")[0] < numbers([late], "y")[0]
    assert {"Late", "Content", "Comes back", "−12", "−1.8", "+4", "−1"} <= set(texts(drawing))


def test_thickness_and_dashes_say_how_much_and_which_way() -> None:
    drawing = read(draw_causes(BOXES, ARROWS, title="What lateness does", direction="ltr"))
    (less,), (more,), (open_,) = (
        of_class(drawing, name) for name in ("drawing-edge-back", "drawing-edge", "drawing-axis")
    )
    assert numbers([less, more, open_], "stroke-width") == [6.0, 3.7, 1.4]
    assert [each.get("stroke-dasharray") for each in (less, more, open_)] == ["5 4", None, "2 4"]


def test_from_right_to_left_it_is_turned_round_and_on_a_telephone_it_runs_down() -> None:
    turned = read(draw_causes(BOXES, ARROWS, title="x", direction="rtl"))
    late, _ = of_class(turned, "drawing-sheet")
    (back,) = of_class(turned, "drawing-terminal-end")
    assert numbers([late], "x")[0] > numbers([back], "x")[0]
    narrow = read(draw_causes(BOXES, ARROWS, title="x", direction="ltr", width=340))
    tops = numbers([*of_class(narrow, "drawing-sheet"), *of_class(narrow, "drawing-terminal-end")], "y")
    assert tops == sorted(tops)
    assert len(set(tops)) == 3


def test_numbers_do_not_stand_on_one_another() -> None:
    boxes = [CauseBox(str(n), f"Box {n}", n % 2, n // 2) for n in range(4)]
    arrows = [CauseArrow("0", "3", 0.5, "+0.11"), CauseArrow("2", "1", 0.5, "+0.22")]
    drawing = read(draw_causes(boxes, arrows, title="A cross", direction="ltr"))
    (one, other) = of_class(drawing, "drawing-on-edge")
    (x, y), (to_x, to_y) = (numbers([each], "x") + numbers([each], "y") for each in (one, other))
    assert abs(x - to_x) > 30 or abs(y - to_y) >= 16


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(EmptyDrawing):
        draw_causes([], [], title="x", direction="ltr")
    for source, target in (("late", "late"), ("late", "rain")):
        with pytest.raises(DrawingMismatch, match="joins no two boxes"):
            draw_causes(BOXES, [CauseArrow(source, target, 1, "1")], title="x", direction="ltr")
