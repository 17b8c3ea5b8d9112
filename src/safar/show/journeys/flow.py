"""A flow as a drawing: the most frequent connections, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safar.show.drawing import FlowEdge, FlowNode, draw_flow
from safar.show.drawing.flow import Orientation
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.flow import Edge, FlowAnswer

#: More connections than this are a knot that nobody reads.
MOST_DRAWN: Final = 80
MOST_STEPS: Final = 30

_START, _END = "start", "end"


@dataclass(frozen=True, slots=True)
class FlowCut:
    """The connections of a flow that are drawn, and what is left out.

    Attributes
    ----------
    edges
        Most frequent first.
    shown, all
        How often those that are drawn are taken, and how often any is.
    hidden_edges, hidden_steps
        How many are left out; a step is when none of its connections is drawn.
    """

    edges: tuple[Edge, ...]
    shown: int
    all: int
    hidden_edges: int
    hidden_steps: int

    @property
    def share(self) -> float:
        """Of everything that was taken, what is drawn: 0 to 1."""
        return self.shown / self.all if self.all else 1.0


@dataclass(frozen=True, slots=True)
class FlowWords:
    """What a drawing says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    start, end
        Where paths begin and end.
    step
        What a step is called.
    """

    title: str
    start: str
    end: str
    step: Callable[[str], str] = str


def cut_flow(answer: FlowAnswer, *, share: float = 0.9) -> FlowCut:
    """Return the most frequent connections of a flow that together are ``share`` of everything that was taken.

    Parameters
    ----------
    answer
        The flow; its edges are the most frequent first.
    share
        0 to 1. At most `MOST_DRAWN` connections between at most `MOST_STEPS` steps are kept, whatever it is.
    """
    wanted = share * sum(edge.count for edge in answer.edges)
    kept: list[Edge] = []
    steps: set[str] = set()
    taken = 0
    for edge in answer.edges:
        if taken >= wanted or len(kept) == MOST_DRAWN:
            break
        ends = {end for end in (edge.source, edge.target) if end is not None}
        if len(steps | ends) > MOST_STEPS:
            continue
        steps |= ends
        kept.append(edge)
        taken += edge.count
    lived = {end for edge in answer.edges for end in (edge.source, edge.target) if end is not None}
    return FlowCut(
        edges=tuple(kept),
        shown=taken,
        all=sum(edge.count for edge in answer.edges),
        hidden_edges=len(answer.edges) - len(kept),
        hidden_steps=len(lived - steps),
    )


def flow_drawing(
    answer: FlowAnswer,
    cut: FlowCut,
    locale: Locale,
    words: FlowWords,
    *,
    href: Callable[[Edge], str | None] = lambda _edge: None,
    orientation: Orientation = "across",
    drawing_id: str = "flow",
) -> str:
    """Return a flow as an SVG element.

    Parameters
    ----------
    answer, cut
        The flow and what of it is drawn; see `cut_flow`.
    locale
        Digits, durations and direction of the reader.
    words
        What the drawing says.
    href
        Where a connection leads.
    orientation, drawing_id
        See `safar.show.drawing.flow.draw_flow`.

    Raises
    ------
    EmptyDrawing
        The flow has no connections.
    """
    return draw_flow(
        _nodes(answer, cut, locale, words),
        [_edge(edge, locale, href(edge)) for edge in cut.edges],
        title=words.title,
        direction=locale.direction,
        orientation=orientation,
        drawing_id=drawing_id,
    )


def _nodes(answer: FlowAnswer, cut: FlowCut, locale: Locale, words: FlowWords) -> list[FlowNode]:
    """Return the steps of the connections that are drawn: the most frequent first, starts and ends around them."""
    lived = {step: 0 for edge in cut.edges for step in (edge.source, edge.target) if step is not None}
    for edge in answer.edges:
        if edge.target in lived:
            lived[edge.target] += edge.count
    steps = [
        FlowNode(_node(step), words.step(step), count, locale.number(count), key=step)
        for step, count in sorted(lived.items(), key=lambda each: -each[1])
    ]
    started = [edge for edge in cut.edges if edge.source is None]
    ended = [edge for edge in cut.edges if edge.target is None]
    return [
        *_terminal(started, FlowNode(_START, words.start, 0, kind="start"), locale),
        *steps,
        *_terminal(ended, FlowNode(_END, words.end, 0, kind="end"), locale),
    ]


def _terminal(edges: Sequence[Edge], node: FlowNode, locale: Locale) -> list[FlowNode]:
    if not edges:
        return []
    count = sum(edge.count for edge in edges)
    return [FlowNode(node.node, node.label, count, locale.number(count), node.kind)]


def _edge(edge: Edge, locale: Locale, href: str | None) -> FlowEdge:
    return FlowEdge(
        _START if edge.source is None else _node(edge.source),
        _END if edge.target is None else _node(edge.target),
        edge.count,
        locale.number(edge.count),
        "" if edge.median_gap is None else locale.duration(edge.median_gap),
        href=href,
    )


def _node(step: str) -> str:
    """Return what the drawing calls a step: never as the start or the end."""
    return f"step {step}"
