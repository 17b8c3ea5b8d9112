"""Sankeys and strips of variants."""

from __future__ import annotations

import pytest

from drawn import SVG, numbers, of_class, plain, read, texts, titles
from safar.show.drawing import (
    DrawingMismatch,
    EmptyDrawing,
    SankeyLink,
    SankeyNode,
    Variant,
    VariantHeads,
    VariantStep,
    bundled,
    draw_sankey,
    draw_variants,
)

NODES = [
    SankeyNode("0:cart", 0, "Cart", 100, "100", "focus"),
    SankeyNode("1:end", 1, "Left", 55, "55", "end"),
    SankeyNode("1:help", 1, "Help", 15, "15"),
    SankeyNode("1:pay", 1, "Pay", 30, "30", href="/rows"),
    SankeyNode("2:pay", 2, "Pay", 45, "45"),
]
LINKS = [
    SankeyLink("0:cart", "1:pay", 30, "30"),
    SankeyLink("0:cart", "1:help", 15, "15"),
    SankeyLink("0:cart", "1:end", 55, "55"),
    SankeyLink("1:pay", "2:pay", 30, "30"),
    SankeyLink("1:help", "2:pay", 15, "15"),
]


def sankey(direction="ltr", **options):
    return read(draw_sankey(NODES, LINKS, title="After the cart", direction=direction, **options))


def spans(outline: str) -> tuple[float, float, float, float]:
    """Where a band begins and ends on its first and on its second side."""
    points = [
        float(each)
        for each in outline.replace("M", " ").replace("C", " ").replace("L", " ").strip("Z").split()
    ]
    return points[1], points[-1], points[7], points[9]


def test_blocks_stand_by_count_with_the_ended_lowest() -> None:
    drawing = sankey()
    names = [words for words in texts(drawing) if words.isalpha()]
    assert names == ["Cart", "Pay", "Help", "Left", "Pay"]
    assert len(of_class(drawing, "drawing-block")) == 4
    (ended,) = of_class(drawing, "drawing-block-end")
    assert float(ended.get("y", "")) == max(
        numbers(of_class(drawing, "drawing-block") + of_class(drawing, "drawing-block-end"), "y")
    )
    (hatched,) = of_class(drawing, "drawing-hatched")
    assert hatched.get("fill") == "url(#sankey-end)"


def test_heights_and_bands_follow_counts() -> None:
    drawing = sankey()
    heights = numbers(of_class(drawing, "drawing-block"), "height")
    assert heights == [340, 102, 51, 153]
    widths = [spans(band.get("d", "")) for band in of_class(drawing, "drawing-ribbon")]
    assert [(round(begins[1] - begins[0]), round(begins[3] - begins[2])) for begins in widths] == [
        (102, 102),
        (102, 102),
        (51, 51),
        (51, 51),
    ]
    (out,) = of_class(drawing, "drawing-ribbon-end")
    begin, end, *_ = spans(out.get("d", ""))
    assert round(end - begin) == 187


def test_bands_leave_in_the_order_in_which_they_arrive() -> None:
    drawing = sankey()
    bands = {
        title: spans(mark[1].get("d", ""))
        for mark in of_class(drawing, "drawing-mark")
        if (title := plain(mark[0].text)).startswith("Cart –")
    }
    pay, help_, left = (bands[f"Cart – {name}"] for name in ("Pay · 30", "Help · 15", "Left · 55"))
    assert pay[0] < pay[1] == help_[0] < help_[1] == left[0] < left[1]


def test_columns_run_with_reading() -> None:
    left, right = sankey(heads=("0", "1", "2")), sankey("rtl", heads=("0", "1", "2"))
    width = float(left.get("width", ""))
    ends = [
        float(block.get("x", "")) + float(block.get("width", ""))
        for block in of_class(right, "drawing-block")
    ]
    mirrored = [width - x for x in numbers(of_class(left, "drawing-block"), "x")]
    assert ends == pytest.approx(mirrored, abs=0.11)
    assert texts(left)[:3] == ["0", "1", "2"]


def test_the_least_of_a_column_are_put_together() -> None:
    nodes = [SankeyNode("0:a", 0, "A", 21, "21", "focus")]
    nodes += [SankeyNode(f"1:{place}", 1, f"S{place}", place, str(place)) for place in range(1, 7)]
    links = [SankeyLink("0:a", f"1:{place}", place, str(place)) for place in range(1, 7)]
    found, joined = bundled(
        nodes,
        links,
        most=2,
        words=lambda column, hidden, count: (f"{hidden} others in {column}", f"{count:g}"),
        count_words=lambda count: f"{count:g}",
    )
    assert [(node.node, node.count, node.kind) for node in found] == [
        ("0:a", 21, "focus"),
        ("1:5", 5, "step"),
        ("1:6", 6, "step"),
        ("others:1", 10, "others"),
    ]
    assert found[-1].label == "4 others in 1"
    assert [(link.source, link.target, link.count, link.text) for link in joined] == [
        ("0:a", "others:1", 10, "10"),
        ("0:a", "1:5", 5, "5"),
        ("0:a", "1:6", 6, "6"),
    ]
    drawing = read(draw_sankey(found, joined, title="", direction="ltr"))
    assert len(of_class(drawing, "drawing-block-others")) == 1


def test_one_beyond_is_not_bundled_since_it_saves_nothing() -> None:
    nodes = [SankeyNode(str(place), 0, "", place) for place in range(3)]
    found, _ = bundled(nodes, [], most=2, words=lambda *_: ("", ""), count_words=str)
    assert found == nodes


def test_a_sankey_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_sankey([], [], title="", direction="ltr")
    with pytest.raises(DrawingMismatch, match="neighbouring"):
        draw_sankey(NODES, [SankeyLink("0:cart", "2:pay", 1)], title="", direction="ltr")
    with pytest.raises(DrawingMismatch, match="neighbouring"):
        draw_sankey(NODES, [SankeyLink("0:cart", "1:none", 1)], title="", direction="ltr")
    with pytest.raises(DrawingMismatch, match="share a name"):
        draw_sankey([*NODES, NODES[0]], [], title="", direction="ltr")


WAYS = [
    Variant(
        (VariantStep("v", "Visit"), VariantStep("c", "Cart", "×3"), VariantStep("v", "Visit")),
        0.5,
        "50",
        "50%",
        "50%",
    ),
    Variant((VariantStep("c", "Cart", href="/rows"),), 0.25, "25", "25%", "75%"),
]


def ways(direction="ltr", **options):
    return read(draw_variants(WAYS, title="The commonest ways", direction=direction, **options))


def test_a_step_has_one_tint_wherever_it_comes() -> None:
    tints = [step.get("class", "").split()[1] for step in of_class(ways(), "drawing-chevron")]
    assert tints == ["drawing-tint-0", "drawing-tint-1", "drawing-tint-0", "drawing-tint-1"]


def test_shares_are_bars_and_words() -> None:
    drawing = ways(heads=VariantHeads("Paths", "Covered", "Way"))
    bars = numbers(of_class(drawing, "drawing-bar"), "width")
    assert bars == [64, 32]
    assert texts(drawing)[:7] == ["Paths", "Covered", "Way", "50", "50%", "50%", "Visit"]
    assert titles(drawing)[1] == "50 · 50% · Visit, Cart, Visit"


def test_chevrons_point_where_reading_goes() -> None:
    def tip(drawing) -> float:
        outline = (
            of_class(drawing, "drawing-chevron")[0].get("d", "").replace("M", "").replace("L", " ").split()
        )
        return float(outline[4]) - float(outline[0])

    assert tip(ways()) > 30
    assert tip(ways("rtl")) == pytest.approx(-tip(ways()), abs=0.11)


def test_a_long_way_ends_in_an_ellipsis_and_is_told_whole() -> None:
    drawing = ways(most_steps=2)
    assert len(of_class(drawing, "drawing-chevron")) == 3
    assert "…" in texts(drawing)
    assert "50 · 50% · Visit, Cart, Visit" in titles(drawing)
    assert [link.get("href") for link in drawing.iter(f"{SVG}a")] == ["/rows"]


def test_no_way_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_variants([], title="", direction="ltr")
