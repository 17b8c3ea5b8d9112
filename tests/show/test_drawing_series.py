"""Lines over time: from left to right, gaps, bands, ghosts, marks."""

from __future__ import annotations

import pytest

from drawn import SVG, numbers, of_class, read, texts, titles
from safar.show.drawing import (
    DrawingMismatch,
    EmptyDrawing,
    Ghost,
    Series,
    SeriesPoint,
    Tick,
    draw_series,
)


def a_line(*values: float | None, label: str = "Orders", **options) -> Series:
    return Series(label, tuple(SeriesPoint(value, f"{value}", **options) for value in values))


def drawn(*series: Series, direction="ltr", **options):
    count = len(series[0].points)
    options = {
        "labels": [f"day {place}" for place in range(count)],
        "ticks": [Tick(0, "first"), Tick(count - 1, "last")],
        "value_ticks": [Tick(0, "0"), Tick(10, "10")],
        **options,
    }
    return read(draw_series(series, title="Orders by day", direction=direction, **options))


def track(path) -> list[tuple[float, float]]:
    flat = [
        float(each) for each in path.get("d", "").replace("M", " ").replace("L", " ").replace("Z", "").split()
    ]
    return list(zip(flat[::2], flat[1::2], strict=True))


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_time_runs_from_left_to_right_in_every_language(direction) -> None:
    drawing = drawn(a_line(0, 5, 10), direction=direction)
    (line,) = of_class(drawing, "drawing-line")
    (first, middle, last) = track(line)
    assert first[0] < middle[0] < last[0]
    assert first[1] > middle[1] > last[1]
    assert middle[1] == pytest.approx((first[1] + last[1]) / 2, abs=0.1)
    assert middle[0] == pytest.approx((first[0] + last[0]) / 2, abs=0.1)
    assert numbers(of_class(drawing, "drawing-dot"), "cx") == sorted(
        numbers(of_class(drawing, "drawing-dot"), "cx")
    )


def test_a_gap_parts_the_line_and_a_lonely_point_stays() -> None:
    drawing = drawn(a_line(1, 2, None, 3, None, 4, 5))
    assert [len(track(line)) for line in of_class(drawing, "drawing-line")] == [2, 2]
    assert len(of_class(drawing, "drawing-dot")) == 5


def test_a_stretch_that_is_not_over_is_hollow_and_reached_by_dashes() -> None:
    series = Series(
        "Orders", (SeriesPoint(1, "1"), SeriesPoint(2, "2"), SeriesPoint(3, "3", is_partial=True))
    )
    drawing = drawn(series)
    unsure, sure = of_class(drawing, "drawing-line")
    assert (unsure.get("stroke-dasharray"), sure.get("stroke-dasharray")) == ("2 3", None)
    assert (len(track(unsure)), len(track(sure))) == (2, 2)
    assert len(of_class(drawing, "drawing-hollow")) == 1
    assert len(of_class(drawing, "is-partial")) == 1


def test_the_band_is_the_interval_and_is_parted_by_gaps() -> None:
    points = (
        SeriesPoint(5, "5", 0, 10),
        SeriesPoint(5, "5", 2, 8),
        SeriesPoint(5, "5"),
        SeriesPoint(5, "5", 4, 6),
    )
    drawing = drawn(Series("Rate", points))
    first, second = (track(band) for band in of_class(drawing, "drawing-band"))
    (line,) = of_class(drawing, "drawing-line")
    zero, ten = (
        numbers([line], "y1")[0]
        for line in (*of_class(drawing, "drawing-axis")[:1], *of_class(drawing, "drawing-rule"))
    )
    assert [point[1] for point in first] == pytest.approx(
        [ten, zero + 0.8 * (ten - zero), zero + 0.2 * (ten - zero), zero], abs=0.1
    )
    assert second[1][0] - second[0][0] == pytest.approx(8)
    assert track(line)[0][1] == pytest.approx((zero + ten) / 2, abs=0.1)


def test_lines_are_told_apart_by_dash_and_by_shape() -> None:
    lines = [a_line(place, place + 1, label=f"Line {place}") for place in range(8)]
    drawing = drawn(*lines)
    looks = {
        (path.get("class"), path.get("stroke-dasharray"))
        for path in of_class(drawing, "drawing-line")
        if path.tag == f"{SVG}path"
    }
    assert len(looks) == len({dash for _, dash in looks}) == 8
    first = [
        dot.tag.removeprefix(SVG)
        for place in range(4)
        for dot in of_class(drawing, f"drawing-series-{place}")
        if "dot" in dot.get("class", "")
    ]
    assert first == ["circle"] * 3 + ["rect"] * 3 + ["path"] * 6
    assert texts(drawing)[4:12] == [f"Line {place}" for place in range(8)]


def test_the_legend_stands_where_reading_begins() -> None:
    lines = a_line(1, 2, label="One"), a_line(2, 3, label="Two")

    def places(direction) -> list[float]:
        words = [
            each
            for each in drawn(*lines, direction=direction).iter(f"{SVG}text")
            if "drawing-words" in each.get("class", "")
        ]
        return numbers(words, "x")

    left, right = places("ltr"), places("rtl")
    assert left[0] < left[1]
    assert right == pytest.approx([760 - x for x in left])


def test_a_ghost_is_pale_and_told() -> None:
    drawing = drawn(a_line(1, 2, 3), ghosts=[Ghost("A year before", (2, None, 4), ("2", "–", "4"))])
    assert len(of_class(drawing, "drawing-ghost")) == 1  # its legend: a lonely value is no line
    drawing = drawn(a_line(1, 2, 3), ghosts=[Ghost("A year before", (2, 3, None), ("2", "3", "–"))])
    assert len(of_class(drawing, "drawing-ghost")) == 2
    assert titles(drawing)[1] == "day 0\nOrders: 1\nA year before: 2"


def test_what_is_unusual_is_ringed_and_says_why() -> None:
    series = Series("Orders", (SeriesPoint(1, "1"), SeriesPoint(9, "9", anomaly="above 2–6", href="/day/1")))
    drawing = drawn(series)
    assert len(of_class(drawing, "drawing-anomaly")) == 1
    assert "day 1 · 9 · above 2–6" in titles(drawing)
    assert [link.get("href") for link in drawing.iter(f"{SVG}a")] == ["/day/1"]


def test_below_zero_the_zero_line_is_drawn() -> None:
    ticks = [Tick(-5, "−5"), Tick(5, "5")]
    drawing = drawn(a_line(-5, 5), value_ticks=ticks)
    levels = [line for line in of_class(drawing, "drawing-axis") if line.get("y1") == line.get("y2")]
    assert len(levels) == 1
    bottom, top = numbers(of_class(drawing, "drawing-rule"), "y1")
    assert numbers(levels, "y1") == pytest.approx([(bottom + top) / 2], abs=0.1)


def test_ticks_that_would_meet_leave_out_words_not_marks() -> None:
    ticks = [Tick(place, f"a long name {place}") for place in range(30)]
    drawing = drawn(a_line(*range(30)), ticks=ticks, width=360.0)
    marks = [line for line in of_class(drawing, "drawing-axis") if line.get("x1") == line.get("x2")]
    assert len(marks) == 30
    assert 3 <= len([words for words in texts(drawing) if words.startswith("a long")]) <= 5


def test_many_points_are_a_line_with_its_last_point() -> None:
    drawing = drawn(a_line(*range(200)))
    assert len(of_class(drawing, "drawing-dot")) == 1


def test_lines_of_different_length_are_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_series([], labels=[], ticks=[], value_ticks=[], title="", direction="ltr")
    with pytest.raises(DrawingMismatch):
        drawn(a_line(1, 2), a_line(1))
    with pytest.raises(DrawingMismatch):
        drawn(*[a_line(1, 2)] * 9)
    with pytest.raises(DrawingMismatch):
        drawn(a_line(1, 2), ghosts=[Ghost("", (1,))])
