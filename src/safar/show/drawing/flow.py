"""A flow: which step follows which, as boxes in ranks and curves as wide as their count.

Steps run from the start of the line to its end; what goes back is dashed and of another colour. Boxes are the taller
and denser the more often a step is lived. A line's count and median gap stand beside it where there is room without
covering anything, the widest lines first; what is left out is in the line's title.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from .canvas import DrawingMismatch, EmptyDrawing
from .flow_marks import FlowEdge, FlowNode, FlowSheet
from .lettering import Direction

Orientation = Literal["auto", "across", "down"]
_ROOM: Final = 1180.0


def draw_flow(
    nodes: Sequence[FlowNode],
    edges: Sequence[FlowEdge],
    *,
    title: str,
    direction: Direction,
    orientation: Orientation = "auto",
    room: float = _ROOM,
    drawing_id: str = "flow",
) -> str:
    """Draw a flow as an SVG element.

    Parameters
    ----------
    nodes
        Steps; where two could stand in either order, the earlier in the list comes first.
    edges
        Between them, at most one from a node to another.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading.
    orientation
        ``across`` the line of reading, ``down`` the page (narrower, for long flows and for telephones), or ``auto``:
        across where it fits.
    room
        The width that fits, units.
    drawing_id
        Unique on the page.

    Returns
    -------
    str
        One ``<svg>`` element at its own size; put it where it can be scrolled.

    Raises
    ------
    EmptyDrawing
        There are no nodes.
    DrawingMismatch
        An edge names a node that is not there, or two nodes share a name.

    Examples
    --------
    >>> nodes = [FlowNode("cart", "Cart", 20, "20"), FlowNode("pay", "Pay", 12, "12")]
    >>> edges = [FlowEdge("cart", "pay", 12, "12", "3 min"), FlowEdge("pay", "cart", 2, "2")]
    >>> drawing = draw_flow(nodes, edges, title="From cart to payment", direction="ltr")
    >>> drawing.count("drawing-edge-back-head")
    1
    """
    if not nodes:
        raise EmptyDrawing(
            "A flow needs at least one step.", hint="Choose a longer window, or fewer filters."
        )
    places = {node.node: place for place, node in enumerate(nodes)}
    if len(places) < len(nodes):
        raise DrawingMismatch("Two nodes of a flow share a name.", hint="Give each node a name of its own.")
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in places:
                raise DrawingMismatch(
                    f"An edge names {end!r}, which is no node.", hint="Draw the node as well.", node=end
                )
    sheet = FlowSheet(nodes, edges, is_down=orientation == "down")
    if orientation == "auto" and sheet.width > room:
        sheet = FlowSheet(nodes, edges, is_down=True)
    return sheet.drawn(title, direction, drawing_id)
