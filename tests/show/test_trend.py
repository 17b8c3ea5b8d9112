"""The trend: what is drawn where, in words of SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.show.trend import HEIGHT, WIDTH, EmptyTrend, TrendPoint, trend, trend_reach

SVG = "{http://www.w3.org/2000/svg}"


def drawn(points: list[TrendPoint], **options) -> ET.Element:
    return ET.fromstring(trend(points, title="Orders by day", **options))


def of_class(drawing: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in drawing.iter() if name in element.get("class", "").split()]


def test_bars_rise_from_zero_in_proportion() -> None:
    drawing = drawn([TrendPoint("a", 0, "0"), TrendPoint("b", 2, "2"), TrendPoint("c", 4, "4")], kind="bars")
    heights = [float(bar.get("height", "")) for bar in of_class(drawing, "trend-bar")]
    assert heights == [0.0, 27.0, 54.0]
    lefts = [float(bar.get("x", "")) for bar in of_class(drawing, "trend-bar")]
    assert lefts == sorted(lefts)


def test_a_sum_below_zero_hangs_under_the_line() -> None:
    drawing = drawn([TrendPoint("a", 10, "10"), TrendPoint("b", -10, "-10")], kind="bars")
    above, below = of_class(drawing, "trend-bar")
    (zero,) = of_class(drawing, "trend-zero")
    assert float(zero.get("y1", "")) == 32.0
    assert (float(above.get("y", "")), float(below.get("y", ""))) == (5.0, 32.0)


def test_a_gap_parts_the_line() -> None:
    points = [
        TrendPoint(str(place), value, "") for place, value in enumerate([1.0, 2.0, None, 3.0, None, 4.0, 5.0])
    ]
    lines = of_class(drawn(points), "trend-line")
    assert [len(line.get("points", "").split()) for line in lines] == [2, 1, 2]
    assert len(of_class(drawn(points), "trend-dot")) == 5


def test_the_band_covers_the_interval_and_is_cut_where_it_would_flatten_the_line() -> None:
    points = [TrendPoint("a", 0.5, "", 0.4, 0.6), TrendPoint("b", 0.6, "", 0.0, 1.0)]
    drawing = drawn(points)
    (band,) = of_class(drawing, "trend-band")
    heights = [float(corner.split(",")[1]) for corner in band.get("points", "").split()]
    assert min(heights) == 5.0
    assert max(heights) == 59.0
    dots = [float(dot.get("cy", "")) for dot in of_class(drawing, "trend-dot")]
    assert dots[0] - dots[1] > 20  # the change of 0.1 is still seen


def test_the_band_is_parted_where_an_interval_is_not_to_be_drawn() -> None:
    points = [
        TrendPoint("a", 1, "", 0, 2),
        TrendPoint("b", 1, "", 0, 2),
        TrendPoint("c", 1, ""),
        TrendPoint("d", 1, "", 0, 2),
    ]
    bands = of_class(drawn(points), "trend-band")
    assert [len(band.get("points", "").split()) for band in bands] == [4, 4]
    rights = [max(float(corner.split(",")[0]) for corner in band.get("points", "").split()) for band in bands]
    third = float(of_class(drawn(points), "trend-dot")[2].get("cx", ""))
    assert rights[0] < third


def test_a_scale_puts_its_ends_at_foot_and_head() -> None:
    points = [TrendPoint("a", -100, ""), TrendPoint("b", 0, ""), TrendPoint("c", 100, "")]
    reach = trend_reach(points[1:2], limits=(-100, 100))
    assert reach == (-100, 100)
    heights = [float(dot.get("cy", "")) for dot in of_class(drawn(points, reach=reach), "trend-dot")]
    assert heights == [59.0, 32.0, 5.0]


@pytest.mark.parametrize(
    ("most", "high"),
    [(0.066, 0.08), (0.1, 0.1), (0.5, 0.5), (0.51, 0.6), (0.9, 1.0), (1.0, 1.0), (0.0, 1.0), (0.0021, 0.003)],
)
def test_an_open_scale_ends_at_the_next_round_number(most: float, high: float) -> None:
    assert trend_reach([TrendPoint("a", most, "")], limits=(0.0, None)) == (0.0, high)


def test_nothing_known_draws_only_fields_to_rest_on() -> None:
    drawing = drawn([TrendPoint("a", None, "no answers"), TrendPoint("b", None, "no answers")])
    assert of_class(drawing, "trend-line") == []
    assert [field.find(f"{SVG}title").text for field in of_class(drawing, "trend-field")] == [
        "a: no answers",
        "b: no answers",
    ]


def test_it_says_what_it_is_and_that_a_stretch_is_not_whole() -> None:
    drawing = drawn(
        [TrendPoint("a", 1, "1"), TrendPoint("b", 1, "1", is_partial=True)], kind="bars", trend_id="t1"
    )
    assert (drawing.get("role"), drawing.get("aria-labelledby"), drawing.get("direction")) == (
        "img",
        "t1",
        "ltr",
    )
    title = drawing.find(f"{SVG}title")
    assert title is not None
    assert (title.get("id"), title.text) == ("t1", "Orders by day")
    assert [bar.get("class") for bar in of_class(drawing, "trend-bar")] == [
        "trend-bar",
        "trend-bar is-partial",
    ]


def test_a_line_goes_on_with_dashes_to_a_stretch_that_is_not_whole() -> None:
    points = [TrendPoint(name, 1, "1") for name in "ab"] + [TrendPoint("c", 2, "2", is_partial=True)]
    lines = [
        (line.get("class"), len((line.get("points") or "").split()))
        for name in ("trend-line", "trend-line is-partial")
        for line in drawn(points).iter(f"{SVG}polyline")
        if line.get("class") == name
    ]
    assert lines == [("trend-line", 2), ("trend-line is-partial", 2)]
    alone = drawn([TrendPoint("a", 1, "1", is_partial=True)])
    assert [line.get("class") for line in alone.iter(f"{SVG}polyline")] == ["trend-line"]


def test_words_cannot_break_out() -> None:
    text = trend([TrendPoint("<b>", 1, "\"'&")], title="<script>alert(1)</script>")
    assert "<script" not in text
    assert "<b>" not in text
    assert "style=" not in text


def test_a_trend_of_nothing_is_refused() -> None:
    with pytest.raises(EmptyTrend):
        trend([], title="Orders")


numbers = st.one_of(st.none(), st.floats(-1e12, 1e12))


@given(st.lists(numbers, min_size=1, max_size=400), st.sampled_from(["bars", "line"]))
def test_everything_stays_inside(values: list[float | None], kind: str) -> None:
    points = [
        TrendPoint(
            str(place),
            value,
            str(value),
            None if value is None else value - 1,
            None if value is None else value + 1,
        )
        for place, value in enumerate(values)
    ]
    drawing = ET.fromstring(trend(points, title="t", kind=kind))  # type: ignore[arg-type]
    for element in drawing.iter():
        for name, most in (("x", WIDTH), ("cx", WIDTH), ("y", HEIGHT), ("cy", HEIGHT), ("height", HEIGHT)):
            assert 0 <= float(element.get(name, 0)) <= most
