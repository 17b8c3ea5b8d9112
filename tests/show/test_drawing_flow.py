"""Flows: ranks, places, routes, and what is drawn for which line."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn import numbers, of_class, plain, read, texts, titles
from safar.show.drawing import DrawingMismatch, EmptyDrawing, FlowEdge, FlowNode, draw_flow
from safar.show.drawing.flow_layout import curve, layered
from safar.show.drawing.flow_ranks import Box, Line, ranked


def boxes(names: str) -> list[Box]:
    pinned = {"S": "first", "E": "last"}
    return [Box(60, 20, 20, pinned.get(name)) for name in names]


def lines(names: str, *said: str) -> list[Line]:
    """Lines as ``"a>b 12"``."""
    found = []
    for each in said:
        ends, weight = each.split()
        source, target = ends.split(">")
        found.append(Line(names.index(source), names.index(target), float(weight), 2.0))
    return found


def ranks(names: str, *said: str) -> dict[str, int]:
    return dict(zip(names, ranked(boxes(names), lines(names, *said)), strict=True))


def test_a_chain_stands_in_its_order_whatever_the_order_of_the_list() -> None:
    assert ranks("ScabE", "S>a 9", "a>b 8", "b>c 7", "c>E 7") == {"S": 0, "a": 1, "b": 2, "c": 3, "E": 4}


def test_what_runs_against_the_order_weighs_little() -> None:
    assert ranks("ab", "a>b 2", "b>a 9") == {"b": 0, "a": 1}
    assert ranks("abc", "a>b 9", "b>c 9", "c>a 8") == {"a": 0, "b": 1, "c": 2}


def test_a_light_detour_does_not_push_a_step_further() -> None:
    heavy = ranks("abcd", "a>b 5", "b>c 5", "a>c 9", "c>d 9")
    light = ranks("abcd", "a>b 5", "b>c 1", "a>c 9", "c>d 9")
    assert heavy == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert light == {"a": 0, "b": 1, "c": 1, "d": 2}


def test_start_and_end_stand_alone() -> None:
    found = ranks("SabE", "S>E 5", "a>b 1")
    assert found == {"S": 0, "a": 1, "b": 2, "E": 3}


@st.composite
def graphs(draw) -> tuple[list[Box], list[Line]]:
    count = draw(st.integers(1, 12))
    pinned = ["first"] + [None] * count + ["last"]
    found = [
        Box(draw(st.integers(30, 90)), draw(st.integers(8, 30)), draw(st.integers(8, 30)), each)
        for each in pinned
    ]
    ends = st.tuples(st.integers(0, count), st.integers(1, count + 1)).filter(lambda pair: pair[0] != pair[1])
    chosen = draw(st.lists(ends, unique=True, max_size=25))
    return found, [Line(source, target, draw(st.integers(0, 50)), 3.0) for source, target in chosen]


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_boxes_never_meet_and_lines_end_at_their_boxes(graph) -> None:
    found, between = graph
    standing = ranked(found, between)
    assert sorted(set(standing)) == list(range(max(standing) + 1))
    assert [rank for rank in standing if rank in (0, standing[-1])] == [0, standing[-1]]
    layout = layered(found, between, standing, rank_gap=40, gap=10)
    assert layout == layered(found, between, standing, rank_gap=40, gap=10)
    for one, other in combinations(range(len(found)), 2):
        if standing[one] == standing[other]:
            apart = abs(layout.middles[one][1] - layout.middles[other][1])
            upper, lower = sorted((one, other), key=lambda place: layout.middles[place][1])
            assert apart >= found[upper].after + found[lower].before + 10 - 1e-6
        elif standing[one] < standing[other]:
            ends = layout.middles[one][0] + found[one].length / 2
            assert ends + 40 <= layout.middles[other][0] - found[other].length / 2 + 1e-6
    for place, box in enumerate(found):
        assert layout.middles[place][1] - box.before >= -1e-6
        assert layout.middles[place][1] + box.after <= layout.breadth + 1e-6
    for line, route in zip(between, layout.routes, strict=True):
        for end, point in ((line.source, route.points[0]), (line.target, route.points[-1])):
            middle = layout.middles[end]
            assert abs(abs(point[0] - middle[0]) - found[end].length / 2) < 1e-6
            assert abs(point[1] - middle[1]) <= max(found[end].before, found[end].after)
        assert route.is_back == (standing[line.source] > standing[line.target])
        assert bool(route.bulge) == (standing[line.source] == standing[line.target])
        stretches = list(curve(route))
        assert stretches[0][0] == route.points[0]
        assert all(one[-1] == other[0] for one, other in pairwise(stretches))


def test_a_line_over_a_rank_runs_beside_the_box_it_passes() -> None:
    names = "abc"
    found, between = boxes(names), lines(names, "a>b 9", "b>c 9", "a>c 9")
    layout = layered(found, between, ranked(found, between), rank_gap=40, gap=10)
    passing = layout.routes[2]
    (start, end) = passing.points[1:3]
    assert start[1] == end[1]
    assert abs(start[1] - layout.middles[1][1]) >= 20 + 10
    assert (start[0], end[0]) == (100, 160)


A_SHOP = [
    FlowNode("s", "Start", 20, "20", "start"),
    FlowNode("visit", "Visit", 22, "22"),
    FlowNode("cart", "Cart", 12, "12", key="cart", href="/rows?step=cart"),
    FlowNode("pay", "Pay", 6, "6"),
    FlowNode("e", "End", 20, "20", "end"),
]
ITS_LINES = [
    FlowEdge("s", "visit", 20, "20"),
    FlowEdge("visit", "cart", 12, "12", "3 min", href="/rows?edge=1"),
    FlowEdge("cart", "pay", 6, "6", "1 min"),
    FlowEdge("cart", "visit", 2, "2", "9 min"),
    FlowEdge("visit", "visit", 3, "3"),
    FlowEdge("visit", "e", 10, "10"),
    FlowEdge("cart", "e", 4, "4"),
    FlowEdge("pay", "e", 6, "6"),
]


def shop(direction="ltr", **options):
    return read(draw_flow(A_SHOP, ITS_LINES, title="How people buy", direction=direction, **options))


def test_every_line_is_drawn_once_as_what_it_is() -> None:
    drawing = shop()
    assert len(of_class(drawing, "drawing-edge")) == 3  # start, cart, pay
    assert len(of_class(drawing, "drawing-edge-back")) == 2  # one back, one that repeats
    assert len(of_class(drawing, "drawing-edge-out")) == 3
    assert len(of_class(drawing, "drawing-stub-out")) == 2  # those that would pass ranks
    assert len(of_class(drawing, "drawing-node")) == 3
    assert len(of_class(drawing, "drawing-terminal")) == 1
    dashes = {path.get("stroke-dasharray") for path in of_class(drawing, "drawing-edge-back")}
    assert dashes == {"5 4"}
    assert of_class(drawing, "drawing-edge")[0].get("stroke-dasharray") is None


def test_widths_of_lines_and_tints_of_boxes_follow_their_counts() -> None:
    drawing = shop()
    widths = sorted(numbers(of_class(drawing, "drawing-edge"), "stroke-width"))
    assert widths == [3.54, 5.88, 9.0]  # 6, 12 and 20 of 20, from 1.2 to 9
    tints = numbers(of_class(drawing, "drawing-tint"), "fill-opacity")
    assert tints == [0.3, 0.182, 0.111]
    heights = numbers(of_class(drawing, "drawing-sheet"), "height")
    assert heights == [56.0, 48.7, 44.4]


def test_counts_and_gaps_are_written_and_told() -> None:
    drawing = shop()
    said = texts(drawing)
    for words in ("3 min", "1 min", "12", "20", "10", "4"):
        assert words in said
    told = titles(drawing)
    assert "Visit · Cart · 12 · 3 min" in told
    assert "Visit · 3" in told
    assert "Cart · End · 4" in told


def test_right_to_left_is_the_mirror_of_left_to_right() -> None:
    left, right = shop(), shop("rtl")
    width = float(left.get("width", ""))
    boxes_left, boxes_right = of_class(left, "drawing-sheet"), of_class(right, "drawing-sheet")
    mirrored = [width - float(box.get("x", "")) - float(box.get("width", "")) for box in boxes_left]
    assert numbers(boxes_right, "x") == pytest.approx(mirrored, abs=0.11)
    assert numbers(boxes_right, "y") == numbers(boxes_left, "y")
    assert numbers(boxes_left, "x") == sorted(numbers(boxes_left, "x"))


def test_down_the_page_ranks_lie_under_one_another() -> None:
    drawing = shop(orientation="down")
    tops = numbers(of_class(drawing, "drawing-sheet"), "y")
    assert tops == sorted(tops)
    assert tops[1] - tops[0] > 60


def test_what_does_not_fit_across_is_drawn_down() -> None:
    across, down = shop(orientation="across"), shop(orientation="down")
    width = float(across.get("width", ""))
    assert float(down.get("width", "")) < width
    assert shop(room=width).get("width") == across.get("width")
    assert shop(room=width - 1).get("width") == down.get("width")


def test_marks_lead_to_what_is_behind_them() -> None:
    drawing = shop()
    assert [link.get("href") for link in drawing.iter("{http://www.w3.org/2000/svg}a")] == [
        "/rows?edge=1",
        "/rows?step=cart",
    ]
    assert [mark.get("data-key") for mark in of_class(drawing, "drawing-mark") if mark.get("data-key")] == [
        "cart"
    ]


def test_labels_cover_neither_boxes_nor_each_other() -> None:
    """Thirty steps and ninety lines: what is written beside lines stands free."""
    from safar.show.drawing.lettering import text_width

    nodes = [FlowNode(str(place), f"Step number {place}", 100 - place, "1") for place in range(30)]
    edges = [
        FlowEdge(str(place), str((place * step + step) % 30), 900 - 10 * place - step, f"{place}00", "2 h")
        for place in range(30)
        for step in (1, 2, 7)
        if place != (place * step + step) % 30
    ]
    unique = list({(edge.source, edge.target): edge for edge in edges}.values())
    drawing = read(draw_flow(nodes, unique, title="Many", direction="ltr", orientation="down"))
    fields = [
        (
            float(box.get("x", "")),
            float(box.get("y", "")),
            float(box.get("width", "")),
            float(box.get("height", "")),
        )
        for box in of_class(drawing, "drawing-sheet")
    ]
    labels = of_class(drawing, "drawing-halo")
    assert len(labels) > 20
    for label in labels:
        wide = text_width(plain(label.text), size=10.5)
        fields.append((float(label.get("x", "")) - wide / 2, float(label.get("y", "")) - 9, wide, 11))
    for one, other in combinations(fields, 2):
        apart_along = one[0] + one[2] <= other[0] + 0.2 or other[0] + other[2] <= one[0] + 0.2
        apart_down = one[1] + one[3] <= other[1] + 0.2 or other[1] + other[3] <= one[1] + 0.2
        assert apart_along or apart_down


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(EmptyDrawing):
        draw_flow([], [], title="", direction="ltr")
    with pytest.raises(DrawingMismatch, match="share a name"):
        draw_flow([FlowNode("a", "A", 1), FlowNode("a", "B", 1)], [], title="", direction="ltr")
    with pytest.raises(DrawingMismatch, match="'b'"):
        draw_flow([FlowNode("a", "A", 1)], [FlowEdge("a", "b", 1)], title="", direction="ltr")
