"""Paths around a step as a drawing: column by column what follows, or what came before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from safar.show.drawing import SankeyLink, SankeyNode, draw_sankey
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.paths_around import PathLink, PathNode, PathsAnswer, PathsQuestion


@dataclass(frozen=True, slots=True)
class PathsWords:
    """What a drawing says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    start
        Where paths are followed from when no step is named.
    ended
        Paths that go no farther.
    others
        How many steps are bundled, already in the reader's digits.
    step
        What a step is called.
    """

    title: str = "What follows, step by step."
    start: str = "All paths"
    ended: str = "End"
    others: Callable[[str], str] = "{} others".format
    step: Callable[[str], str] = str


def paths_drawing(
    answer: PathsAnswer,
    locale: Locale,
    words: PathsWords = PathsWords(),
    *,
    href: Callable[[PathNode | PathLink], str | None] = lambda _part: None,
    ended_href: Callable[[PathNode], str | None] = lambda _node: None,
    drawing_id: str = "paths",
) -> str:
    """Return paths around a step as an SVG element; where the question looks before it, the columns run backwards.

    Parameters
    ----------
    answer
        Nodes and links by depth.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where a node or a link leads.
    ended_href
        Where those lead whose paths end at a node (backwards: begin).
    drawing_id
        See `safar.show.drawing.sankey.draw_sankey`.

    Raises
    ------
    EmptyDrawing
        No path comes to the step.
    """
    question = cast("PathsQuestion", answer.provenance.question)
    is_back = question.direction.value == "before"
    over = [node for node in answer.nodes if node.ended and node.depth < question.depth]
    deepest = max((node.depth + (node in over) for node in answer.nodes), default=0)
    nodes = [
        _node(node, deepest - node.depth if is_back else node.depth, locale, words, href(node))
        for node in answer.nodes
    ]
    links = []
    for link in answer.links:
        ends = [_name(link.depth, link.source), _name(link.depth + 1, link.target)]
        source, target = reversed(ends) if is_back else ends
        links.append(SankeyLink(source, target, link.count, locale.number(link.count), href=href(link)))
    for depth in sorted({node.depth for node in over}):
        ended = [node for node in over if node.depth == depth]
        column, count = (deepest - depth - 1 if is_back else depth + 1), sum(node.ended for node in ended)
        end = f"{depth + 1} ended"
        nodes.append(SankeyNode(end, column, words.ended, count, locale.number(count), "end", key=end))
        for node in ended:
            ends = [_name(depth, node.step), end]
            source, target = reversed(ends) if is_back else ends
            links.append(
                SankeyLink(source, target, node.ended, locale.number(node.ended), href=ended_href(node))
            )
    return draw_sankey(nodes, links, title=words.title, direction=locale.direction, drawing_id=drawing_id)


def _node(node: PathNode, column: int, locale: Locale, words: PathsWords, href: str | None) -> SankeyNode:
    label = words.start if node.depth == 0 else words.others(locale.number(node.bundled))
    return SankeyNode(
        _name(node.depth, node.step),
        column,
        label if node.step is None else words.step(node.step),
        node.count,
        locale.number(node.count),
        "focus" if node.depth == 0 else "others" if node.step is None else "step",
        key=_name(node.depth, node.step),
        href=href,
    )


def _name(depth: int, step: str | None) -> str:
    return f"{depth} others" if step is None else f"{depth} step {step}"
