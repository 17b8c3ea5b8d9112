"""Funnels, ranked bars and matrices: lengths, intervals, tints."""

from __future__ import annotations

import itertools

import pytest

from drawn import SVG, numbers, of_class, read, texts, titles
from safar.show.drawing import (
    Bar,
    DrawingMismatch,
    EmptyDrawing,
    FunnelHeads,
    FunnelLoss,
    FunnelRate,
    FunnelSeries,
    FunnelStep,
    HeatCell,
    HeatHead,
    draw_bars,
    draw_funnel,
    draw_heat,
)


def a_series(label: str, *rates: float) -> FunnelSeries:
    first = FunnelStep("Visit", "100", FunnelRate(1.0, "100%"))
    others = [
        FunnelStep(
            f"Step {place}",
            f"{rate:.0%} of 100",
            FunnelRate(rate, f"{rate:.0%}", rate - 0.1, rate + 0.1),
            FunnelRate(0.5, "half"),
            FunnelLoss(f"lost {place}", href=f"/lost/{place}"),
            f"{place} min",
            href=f"/step/{place}",
        )
        for place, rate in enumerate(rates, 1)
    ]
    return FunnelSeries(label, (first, *others))


def funnel(*series: FunnelSeries, direction="ltr", **options):
    return read(draw_funnel(series, title="To payment", direction=direction, **options))


def test_bars_are_as_long_as_rates_and_losses_fill_the_rest() -> None:
    drawing = funnel(a_series("All", 0.5, 0.2))
    track = numbers(of_class(drawing, "drawing-track"), "width")[0]
    bars = of_class(drawing, "drawing-bar")
    assert numbers(bars, "width") == pytest.approx([track, track / 2, track / 5], abs=0.1)
    assert len(set(numbers(bars, "x"))) == 1
    losses = of_class(drawing, "drawing-loss")
    assert numbers(losses, "width") == pytest.approx([track / 2, track * 0.3], abs=0.1)
    start = numbers(bars, "x")[0]
    assert numbers(losses, "x") == pytest.approx([start + track / 2, start + track / 5], abs=0.1)


def test_the_interval_is_a_whisker() -> None:
    drawing = funnel(a_series("All", 0.5))
    bar = of_class(drawing, "drawing-bar")[0]
    start, track = float(bar.get("x", "")), float(bar.get("width", ""))
    whole, *ends = of_class(drawing, "drawing-whisker")
    reach = [float(whole.get(name, "")) for name in ("x1", "x2")]
    assert reach == pytest.approx([start + 0.4 * track, start + 0.6 * track], abs=0.1)
    assert [end.get("x1") for end in ends] == [whole.get("x1"), whole.get("x2")]


def test_both_rates_the_loss_and_the_time_are_written() -> None:
    drawing = funnel(a_series("All", 0.5), heads=FunnelHeads("Customers", "Of all", "Of before"))
    assert texts(drawing) == [
        *("Customers", "Of all", "Of before", "Visit", "100", "100%"),
        *("lost 1", "1 min", "Step 1", "50% of 100", "50%", "half"),
    ]
    assert "Step 1 · 50% of 100 · Of all 50% · Of before half" in titles(drawing)
    assert [link.get("href") for link in drawing.iter(f"{SVG}a")] == ["/lost/1", "/step/1"]


def test_on_a_telephone_words_stand_over_bars() -> None:
    drawing = funnel(a_series("All", 0.5), heads=FunnelHeads("Customers", "Of all", "Of before"), width=358)
    assert drawing.get("width") == "358"
    assert numbers(of_class(drawing, "drawing-track"), "width") == [334, 334]
    assert "Of all 50% · Of before half" in texts(drawing)
    for words in drawing.iter(f"{SVG}text"):
        assert 12 <= float(words.get("x", "")) <= 346


def test_two_series_are_told_apart_without_colour() -> None:
    drawing = funnel(a_series("Tehran", 0.5), a_series("Others", 0.4))
    assert texts(drawing)[:2] == ["Tehran", "Others"]
    others = of_class(drawing, "drawing-bar-other")
    assert len(others) == 3  # the legend and two steps
    assert {bar.get("stroke") for bar in others} == {"#2f4b8f"}
    assert {bar.get("stroke") for bar in of_class(drawing, "drawing-bar")} == {None}
    assert "Others · Step 1 · 40% of 100 · 40% · half" in titles(drawing)


def test_from_right_to_left_bars_begin_on_the_right() -> None:
    left, right = funnel(a_series("All", 0.5)), funnel(a_series("All", 0.5), direction="rtl")
    for one, other in zip(of_class(left, "drawing-bar"), of_class(right, "drawing-bar"), strict=True):
        end = float(other.get("x", "")) + float(other.get("width", ""))
        assert end == pytest.approx(760 - float(one.get("x", "")), abs=0.11)


def test_thirty_steps_have_a_row_each() -> None:
    drawing = funnel(a_series("All", *(1 - place / 40 for place in range(1, 30))))
    tops = numbers(of_class(drawing, "drawing-bar"), "y")
    assert len(tops) == 30
    assert min(after - before for before, after in itertools.pairwise(tops)) >= 33
    assert tops[-1] + 18 < float(drawing.get("height", ""))


@pytest.mark.parametrize(("width", "apart"), [(760.0, 0.0), (330.0, 17.0)])
def test_times_of_two_series_have_a_line_of_their_own_where_it_is_narrow(width: float, apart: float) -> None:
    drawing = funnel(a_series("Old", 0.5), a_series("New", 0.4), width=width)
    lines = {"".join(each.itertext()): float(each.get("y", "")) for each in drawing.iter(f"{SVG}text")}
    (times,) = (height for words, height in lines.items() if words.count("1 min") == 2)
    (lost,) = {height for words, height in lines.items() if "lost 1" in words}
    assert times - lost == apart


def test_a_funnel_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_funnel([], title="", direction="ltr")
    with pytest.raises(EmptyDrawing):
        draw_funnel([FunnelSeries("", ())], title="", direction="ltr")
    for series in ([a_series("", 0.5), a_series("")], [a_series("")] * 3):
        with pytest.raises(DrawingMismatch):
            draw_funnel(series, title="", direction="ltr")


def bars(*said: Bar, direction="ltr", **options):
    return read(draw_bars(said, title="What differs", direction=direction, **options))


def test_bars_begin_at_zero_and_lean_both_ways() -> None:
    drawing = bars(Bar("More", 3.0, "+3"), Bar("Less", -1.0, "−1"))
    (track, _) = of_class(drawing, "drawing-track")
    start, width = float(track.get("x", "")), float(track.get("width", ""))
    (more,), (less,) = of_class(drawing, "drawing-bar"), of_class(drawing, "drawing-bar-below")
    zero = start + width / 4
    assert (float(more.get("x", "")), float(more.get("width", ""))) == pytest.approx(
        (zero, width * 0.75), abs=0.1
    )
    assert (float(less.get("x", "")), float(less.get("width", ""))) == pytest.approx(
        (start, width / 4), abs=0.1
    )
    assert len(of_class(drawing, "drawing-hatched")) == 1
    axis = of_class(drawing, "drawing-axis")
    assert numbers(axis, "x1") == pytest.approx([zero, zero], abs=0.1)
    assert numbers(axis, "y2")[0] == pytest.approx(numbers(axis, "y1")[1])  # one line down


def test_above_its_bar_a_name_is_not_crossed_by_the_line_of_zero() -> None:
    drawing = bars(Bar("More", 3.0, "+3"), Bar("Less", -1.0, "−1"), width=320)
    tops = numbers(of_class(drawing, "drawing-axis"), "y1")
    names = numbers(of_class(drawing, "drawing-label"), "y")
    assert [top - name for top, name in zip(tops, names, strict=True)] == pytest.approx([3.0, 3.0])


def test_without_values_below_zero_there_is_no_axis() -> None:
    drawing = bars(Bar("a", 1.0, "1"), Bar("b", None, "–"))
    assert of_class(drawing, "drawing-axis") == []
    assert len(of_class(drawing, "drawing-bar")) == 1
    assert texts(drawing) == ["a", "1", "b", "–"]


def test_a_wide_interval_does_not_flatten_the_bars() -> None:
    drawing = bars(Bar("a", 1.0, "1", -50.0, 50.0))
    (track,) = of_class(drawing, "drawing-track")
    (bar,) = of_class(drawing, "drawing-bar")
    assert float(bar.get("width", "")) == pytest.approx(float(track.get("width", "")) / 2, abs=0.1)
    assert len(of_class(drawing, "drawing-whisker")) == 1  # no bar at ends that are cut off


def test_tones_and_details() -> None:
    drawing = bars(
        Bar("a", 1.0, "1", detail="9 people", tone="soft", href="/a"), Bar("b", 1.0, "1", tone="other")
    )
    assert (len(of_class(drawing, "drawing-bar-soft")), len(of_class(drawing, "drawing-bar-other"))) == (1, 1)
    assert "9 people" in texts(drawing)
    assert "a · 1 · 9 people" in titles(drawing)


def test_no_bar_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_bars([], title="", direction="ltr")


def heat(*rows: list[HeatCell | None], direction="ltr", **options):
    heads = [HeatHead(f"Row {place}", f"{place}00") for place in range(len(rows))]
    columns = [HeatHead(str(place)) for place in range(len(rows[0]))]
    return read(draw_heat(heads, columns, rows, title="Who came back", direction=direction, **options))


def test_tints_follow_values_and_stay_light_enough_to_read_through() -> None:
    drawing = heat([HeatCell(1.0, "100%"), HeatCell(0.5, "50%"), HeatCell(0.0, "0%"), HeatCell(None, "–")])
    assert numbers(of_class(drawing, "drawing-tint"), "fill-opacity") == [0.46, 0.25, 0.04]
    assert len(of_class(drawing, "drawing-track")) == 1
    assert numbers(of_class(heat([HeatCell(0.5, "")], most=1.0), "drawing-tint"), "fill-opacity") == [0.25]


def test_below_zero_is_another_tint() -> None:
    drawing = heat([HeatCell(-0.2, "−20%"), HeatCell(0.1, "+10%")])
    assert numbers(of_class(drawing, "drawing-tint-below"), "fill-opacity") == [0.46]
    assert numbers(of_class(drawing, "drawing-tint"), "fill-opacity") == [0.25]


def test_what_is_not_over_is_hatched_and_starred() -> None:
    drawing = heat([HeatCell(0.5, "50%"), HeatCell(0.4, "40%", is_partial=True, href="/rows")])
    assert "40%*" in texts(drawing)
    (hatched,) = of_class(drawing, "drawing-hatched")
    assert hatched.get("fill") == "url(#heat-partial)"
    assert "Row 0 · 1 · 40%" in titles(drawing)


def test_heads_sizes_and_missing_cells() -> None:
    drawing = heat([HeatCell(1.0, "a"), None], [None, HeatCell(1.0, "b")], corner="Cohort", sizes="Size")
    assert texts(drawing) == ["Cohort", "Size", "0", "1", "Row 0", "000", "a", "Row 1", "100", "b"]
    assert len(of_class(drawing, "drawing-tint")) == 2


def test_columns_run_with_reading() -> None:
    cells = [HeatCell(0.1, "a"), HeatCell(0.2, "b")]
    left = numbers(of_class(heat(cells), "drawing-tint"), "x")
    right = numbers(of_class(heat(cells, direction="rtl"), "drawing-tint"), "x")
    assert left[0] < left[1]
    assert right[0] > right[1]


def test_a_matrix_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_heat([], [HeatHead("a")], [], title="", direction="ltr")
    with pytest.raises(DrawingMismatch):
        draw_heat([HeatHead("a")], [HeatHead("b")], [[]], title="", direction="ltr")
