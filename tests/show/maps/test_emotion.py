"""The lines of emotion: where points stand, gaps, bands, both directions."""

from __future__ import annotations

import re

import pytest

from drawn import numbers, of_class, read, texts, titles
from safar.show.drawing import DrawingMismatch, EmptyDrawing, png
from safar.show.maps.emotion import EmotionPoint, EmotionStep, EmotionWords, draw_emotion

WORDS = EmotionWords("How people feel", "Said", "Shown", "Believed")


def said(*values: float | None, sure: float | None = None) -> list[EmotionStep]:
    return [
        EmotionStep(
            f"Step {place}",
            said=None
            if value is None
            else EmotionPoint(
                value=value,
                low=None if sure is None else value - sure,
                high=None if sure is None else value + sure,
            ),
        )
        for place, value in enumerate(values)
    ]


def drawn(steps, **more):
    return read(draw_emotion(steps, WORDS, **{"direction": "ltr", "is_fluid": False, **more}))


def rings(drawing):
    return [
        each
        for each in drawing.iter()
        if each.get("class") in {"drawing-emotion-ring", "drawing-emotion-ring-below"}
    ]


def test_points_stand_on_the_scale() -> None:
    drawing = drawn(said(2, 0, -2))
    assert numbers(rings(drawing), "cx") == [75.0, 225.0, 375.0]
    assert numbers(rings(drawing), "cy") == [12.0, 72.0, 132.0]
    assert [ring.get("class") for ring in rings(drawing)][2] == "drawing-emotion-ring-below"


def test_what_is_beyond_the_scale_stands_at_its_end() -> None:
    assert numbers(rings(drawn(said(9, -9))), "cy") == [12.0, 132.0]


def test_a_line_has_a_gap_where_nobody_answered() -> None:
    drawing = drawn(said(1, 1, None, 1, None, 1))
    (line,) = of_class(drawing, "drawing-emotion-said")
    assert re.findall(r"[0-9.]+", line.get("d"))[0] == "75"
    assert line.get("d").endswith("225 42")
    assert len(rings(drawing)) == 4


def test_what_is_believed_has_no_gap() -> None:
    point = EmotionPoint(value=1)
    steps = [EmotionStep("A", believed=point), EmotionStep("B"), EmotionStep("C", believed=point)]
    (line,) = of_class(drawn(steps), "drawing-emotion-believed")
    assert line.get("d") == "M75 42C225 42 225 42 375 42"


def test_the_band_is_the_interval() -> None:
    drawing = drawn(said(1, 0, sure=0.5))
    (band,) = of_class(drawing, "drawing-emotion-band")
    assert band.get("d").startswith("M75 27C")
    assert "L225 87" in band.get("d")
    assert band.get("d").endswith("75 57Z")


def test_an_interval_alone_is_a_whisker() -> None:
    drawing = drawn(said(1, None, 0, sure=0.5))
    assert of_class(drawing, "drawing-emotion-band") == []
    assert [each.get("d") for each in of_class(drawing, "drawing-emotion-whisker")] == [
        "M75 27L75 57",
        "M375 57L375 87",
    ]


def test_three_lines_differ_by_dashes_and_shapes() -> None:
    point = EmotionPoint(value=1)
    steps = [EmotionStep("A", point, point, point), EmotionStep("B", point, point, point)]
    drawing = drawn(steps)
    dashes = [
        of_class(drawing, f"drawing-emotion-{name}")[0].get("stroke-dasharray")
        for name in ("said", "behaved", "believed")
    ]
    assert dashes == [None, "1.5 4.5", "7 5"]
    counts = [len(of_class(drawing, f"drawing-emotion-{name}")) for name in ("ring", "diamond", "square")]
    assert counts == [2, 2, 2]


def test_points_say_which_line_they_are_on_and_lead_on() -> None:
    steps = [EmotionStep("Pay", said=EmotionPoint(value=-1, text="−1.0 · n = 9", href="/said"))]
    drawing = drawn(steps)
    assert "Pay · Said −1.0 · n = 9" in titles(drawing)
    assert [link.get("href") for link in drawing.iter("{http://www.w3.org/2000/svg}a")] == ["/said"]


def test_the_start_of_the_line_is_the_first_step() -> None:
    assert numbers(rings(drawn(said(2, 1), direction="rtl")), "cx") == [225.0, 75.0]
    assert texts(drawn(said(2, 1), direction="rtl")) == ["+2", "+0", "-2"]


def test_a_window_cuts_and_keeps_the_scale() -> None:
    drawing = drawn(said(2, 1, 0, -1), window=(2, 4))
    assert drawing.get("width") == "300"
    assert numbers(rings(drawing), "cy") == [72.0, 102.0]
    assert len(of_class(drawing, "drawing-emotion-said")) == 1


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_sixty_steps_make_a_picture(direction) -> None:
    svg = draw_emotion(said(*([1, 0, -1] * 20), sure=0.2), WORDS, direction=direction, is_fluid=False)
    assert png(svg, scale=0.5)[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(rings(read(svg))) == 60


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        drawn([])
    with pytest.raises(DrawingMismatch):
        drawn(said(1), window=(1, 1))
