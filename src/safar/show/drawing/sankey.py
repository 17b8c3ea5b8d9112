"""What comes before or after a step: columns of blocks, bands between them as wide as their count.

Columns run from the start of the line to its end. In a column blocks stand by count, the largest on top; what was
bundled stands below, and paths that ended lowest of all, hatched, their bands too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from .canvas import Canvas, DrawingMismatch, EmptyDrawing, Mark, hatch, joined, room_for
from .lettering import Direction
from .paint import (
    ANAR,
    BLOCK,
    BLOCK_END,
    BLOCK_OTHERS,
    LABEL,
    RIBBON,
    RIBBON_END,
    RIBBON_OTHERS,
    SMALL,
    Lettering,
    Paint,
)

SankeyKind = Literal["step", "focus", "others", "end"]

_MARGIN: Final = 12.0
_BLOCK: Final = 12.0
_ROW: Final = 32.0
_GAP: Final = 8.0
_HEAD: Final = 26.0
_TALL: Final = 340.0
_SPREAD: Final = (118.0, 172.0)
_LAST: Final[dict[SankeyKind, int]] = {"focus": 0, "step": 0, "others": 1, "end": 2}
_NAME: Final = Lettering("drawing-label", 12.0, LABEL.colour, 600, has_halo=True)
_COUNT: Final = Lettering("drawing-small", 11.0, SMALL.colour, 400, has_halo=True)


@dataclass(frozen=True, slots=True)
class SankeyNode(Mark):
    """A step at one distance from the step asked about.

    Attributes
    ----------
    node
        What links call it; unique over all columns, such as ``"2:cart"``.
    column
        From 0, in the order of time.
    label
        Its name.
    count
        How many are here.
    text
        The count in the reader's words.
    kind
        ``focus`` the step asked about; ``others`` bundled steps; ``end`` paths that are over (or had not begun).
    """

    node: str
    column: int
    label: str
    count: float
    text: str = ""
    kind: SankeyKind = "step"


@dataclass(frozen=True, slots=True)
class SankeyLink(Mark):
    """How many went from a node to one of the next column."""

    source: str
    target: str
    count: float
    text: str = ""


def bundled(
    nodes: Sequence[SankeyNode],
    links: Sequence[SankeyLink],
    *,
    most: int,
    words: Callable[[int, int, float], tuple[str, str]],
    count_words: Callable[[float], str],
) -> tuple[list[SankeyNode], list[SankeyLink]]:
    """Put all but the largest steps of each column together.

    Parameters
    ----------
    nodes, links
        As for `draw_sankey`.
    most
        Steps a column keeps, besides the step asked about, ends and others; two or more beyond are bundled.
    words
        ``(column, hidden, count) -> (label, text)`` of a bundle, in the reader's words.
    count_words
        ``count -> text`` of a link that stands for several.

    Returns
    -------
    tuple of lists
        Nodes and links to draw; a bundle is called ``"others:<column>"`` and joins one that is there already.
    """
    columns: dict[int, list[SankeyNode]] = {}
    for node in nodes:
        columns.setdefault(node.column, []).append(node)
    names: dict[str, str] = {}
    found: list[SankeyNode] = []
    for column, members in sorted(columns.items()):
        steps = sorted((node for node in members if node.kind == "step"), key=lambda node: -node.count)
        over = steps[most:] if len(steps) > most + 1 else []
        hidden = [*over, *(node for node in members if node.kind == "others" and over)]
        names.update({node.node: f"others:{column}" for node in hidden})
        found += [node for node in members if node.node not in names]
        if hidden:
            count = sum(node.count for node in hidden)
            label, text = words(column, len(hidden), count)
            found.append(SankeyNode(f"others:{column}", column, label, count, text, "others"))
    sums: dict[tuple[str, str], list[SankeyLink]] = {}
    for link in links:
        ends = names.get(link.source, link.source), names.get(link.target, link.target)
        sums.setdefault(ends, []).append(link)
    joined_links = [
        replace(parts[0], source=source, target=target)
        if len(parts) == 1
        else SankeyLink(source, target, count := sum(part.count for part in parts), count_words(count))
        for (source, target), parts in sums.items()
    ]
    return found, joined_links


def draw_sankey(
    nodes: Sequence[SankeyNode],
    links: Sequence[SankeyLink],
    *,
    title: str,
    direction: Direction,
    heads: Sequence[str] = (),
    drawing_id: str = "sankey",
) -> str:
    """Draw columns of steps and what flows between them as an SVG element.

    Parameters
    ----------
    nodes
        Blocks; up to some 12 in a column read well (`bundled`).
    links
        From a column to the next.
    title
        What is drawn, for those who do not see it: a whole sentence.
    direction
        Of reading.
    heads
        Words over the columns; none for no heads.
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
        A link names a node that is not there or does not lead to the next column, or two nodes share a name.

    Examples
    --------
    >>> nodes = [SankeyNode("0:cart", 0, "Cart", 9, "9", "focus"), SankeyNode("1:pay", 1, "Pay", 6, "6"),
    ...          SankeyNode("1:end", 1, "Left", 3, "3", "end")]
    >>> links = [SankeyLink("0:cart", "1:pay", 6), SankeyLink("0:cart", "1:end", 3)]
    >>> draw_sankey(nodes, links, title="After the cart", direction="ltr").count("drawing-ribbon-end")
    1
    """
    if not nodes:
        raise EmptyDrawing(
            "A Sankey drawing needs at least one step.", hint="Choose a longer window, or fewer filters."
        )
    by_name = {node.node: node for node in nodes}
    if len(by_name) < len(nodes):
        raise DrawingMismatch(
            "Two nodes share a name.", hint="Give each node a name of its own, with its column."
        )
    for link in links:
        ends = by_name.get(link.source), by_name.get(link.target)
        if ends[0] is None or ends[1] is None or ends[1].column != ends[0].column + 1:
            raise DrawingMismatch(
                f"A link from {link.source!r} to {link.target!r} does not join two neighbouring columns.",
                hint="Draw both nodes, one column apart.",
                source=link.source,
                target=link.target,
            )
    return _Sankey(nodes, links, by_name, heads).drawn(title, direction, drawing_id)


class _Sankey:
    """Where blocks stand and bands meet them."""

    def __init__(
        self,
        nodes: Sequence[SankeyNode],
        links: Sequence[SankeyLink],
        by_name: dict[str, SankeyNode],
        heads: Sequence[str],
    ) -> None:
        self.by_name = by_name
        self.links = links
        self.heads = heads
        count = max(node.column for node in nodes) + 1
        self.columns: list[list[SankeyNode]] = [[] for _ in range(count)]
        for node in nodes:
            self.columns[node.column].append(node)
        for column in self.columns:
            column.sort(key=lambda node: (_LAST[node.kind], -node.count))
        largest = max(sum(node.count for node in column) for column in self.columns)
        self.unit = _TALL / largest if largest else 0.0
        names = [line for node in nodes for line in (node.label, node.text)]
        self.spread = _BLOCK + 6 + room_for(names, LABEL, least=_SPREAD[0], most=_SPREAD[1]) + 26
        self.tops: dict[str, float] = {}
        self.height = 0.0
        head = _HEAD if heads else 0.0
        for column in self.columns:
            top = _MARGIN + head
            for node in column:
                self.tops[node.node] = top
                top += max(self._tall(node), _ROW) + _GAP
            self.height = max(self.height, top)
        self.width = 2 * _MARGIN + self.spread * count - 20

    def _tall(self, node: SankeyNode) -> float:
        return max(node.count * self.unit, 2.0)

    def drawn(self, title: str, direction: Direction, drawing_id: str) -> str:
        """Return the drawing."""
        canvas = Canvas(self.width, self.height + 2.0, direction=direction)
        canvas.define(hatch(drawing_id, "end", ANAR))
        hatched = Paint("drawing-hatched", fill=f"url(#{drawing_id}-end)")
        for column, head in enumerate(self.heads[: len(self.columns)]):
            canvas.words(_MARGIN + column * self.spread, _MARGIN + 8, head, SMALL, room=self.spread - 12)
        self._ribbons(canvas)
        for column, nodes in enumerate(self.columns):
            for node in nodes:
                self._node(canvas, node, _MARGIN + column * self.spread, hatched)
        return canvas.svg("drawing-sankey", title=title, drawing_id=drawing_id)

    def _ribbons(self, canvas: Canvas) -> None:
        leaving = dict(self.tops)
        arriving = dict(self.tops)
        bands: dict[int, tuple[float, float, float]] = {}
        by_target = sorted(
            range(len(self.links)), key=lambda place: (self.tops[self.links[place].target], place)
        )
        tops: dict[int, float] = {}
        for place in by_target:
            link = self.links[place]
            tops[place] = leaving[link.source]
            leaving[link.source] += link.count * self.unit
        by_source = sorted(
            range(len(self.links)), key=lambda place: (self.tops[self.links[place].source], place)
        )
        for place in by_source:
            link = self.links[place]
            bands[place] = (tops[place], arriving[link.target], max(link.count * self.unit, 0.8))
            arriving[link.target] += link.count * self.unit
        for place in sorted(bands, key=lambda place: -bands[place][2]):
            self._ribbon(canvas, self.links[place], *bands[place])

    def _ribbon(self, canvas: Canvas, link: SankeyLink, top: float, to_top: float, wide: float) -> None:
        source, target = self.by_name[link.source], self.by_name[link.target]
        start = _MARGIN + source.column * self.spread + _BLOCK
        end = _MARGIN + target.column * self.spread
        half = (start + end) / 2
        kinds = {source.kind, target.kind}
        paint = RIBBON_END if "end" in kinds else RIBBON_OTHERS if "others" in kinds else RIBBON
        about = joined(f"{source.label} – {target.label}", link.text)
        with canvas.mark("drawing-mark", link, title=about):
            canvas.path(
                [
                    ("M", (start, top)),
                    ("C", (half, top, half, to_top, end, to_top)),
                    ("L", (end, to_top + wide)),
                    ("C", (half, to_top + wide, half, top + wide, start, top + wide)),
                    ("Z", ()),
                ],
                paint,
            )

    def _node(self, canvas: Canvas, node: SankeyNode, along: float, hatched: Paint) -> None:
        top, tall = self.tops[node.node], self._tall(node)
        paint = {"end": BLOCK_END, "others": BLOCK_OTHERS}.get(node.kind, BLOCK)
        with canvas.mark("drawing-mark", node, title=joined(node.label, node.text)):
            if node.kind == "end":
                canvas.rect(along, top, _BLOCK, tall, paint.tinted(0.25), radius=2)
                canvas.rect(along, top, _BLOCK, tall, hatched, radius=2)
            else:
                length = _BLOCK + (3 if node.kind == "focus" else 0)
                canvas.rect(along - (length - _BLOCK), top, length, tall, paint, radius=3)
            middle = top + max(tall, _ROW) / 2 if tall >= _ROW else top + _ROW / 2 - 1
            room = self.spread - _BLOCK - 26
            canvas.words(along + _BLOCK + 6, middle - 2, node.label, _NAME, room=room, is_name=True)
            canvas.words(along + _BLOCK + 6, middle + 12, node.text, _COUNT, room=room)
