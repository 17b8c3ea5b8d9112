"""Reading answers that are tasks: a place found in a menu, the first click on a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .anatomy import Answer
from .controls import Controls
from .questions import FirstClick, TreeNode, TreeTest
from .refusals import NoPoint


def places(nodes: Sequence[TreeNode], within: str = "") -> Iterator[tuple[str, TreeNode]]:
    """Yield every place of a menu with the id of the one it lies in: outer ones first, empty at the top."""
    for node in nodes:
        yield within, node
        yield from places(node.nodes, node.node_id)


def tree_test(question: TreeTest, sent: Controls) -> Answer | None:
    """Read where it was looked for.

    ``<key>`` is the place that was chosen, ``<key>.opened`` those that were opened before, in turn,
    ``<key>.gave_up`` that none was chosen: an empty text then stands in its place.
    """
    known = {node.node_id for _, node in places(question.nodes)}
    chosen, opened = sent.one(), sent.many("opened")
    for each in (*opened, *filter(None, (chosen,))):
        if each not in known:
            raise sent.no_choice(each)
    if not chosen and not sent.is_yes("gave_up"):
        return None
    return Answer(value=float(chosen in question.right), choices=(*opened, chosen), seconds=sent.seconds())


def first_click(question: FirstClick, sent: Controls) -> Answer | None:
    """Read where it was clicked.

    ``<key>.x`` and ``<key>.y`` are shares of the picture; or pixels, as a form's picture button sends them, with
    ``<key>.width`` and ``<key>.height`` as it is shown.
    """
    typed = [sent.one(name) for name in ("x", "y")]
    if not any(typed):
        return None
    if not all(typed):
        raise sent.refused(NoPoint, "Half of the point is missing.", "Click on the picture.")
    x, y = (
        _share(sent.number(at), sent.one(name), sent)
        for at, name in zip(typed, ("width", "height"), strict=True)
    )
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise sent.refused(NoPoint, "The click is not on the picture.", "Click on the picture.")
    hit = [
        area
        for area in question.areas
        if area.x <= x <= area.x + area.width and area.y <= y <= area.y + area.height
    ]
    return Answer(
        value=float(any(area.is_right for area in hit)),
        choices=tuple(area.area_id for area in hit),
        point=(x, y),
        seconds=sent.seconds(),
    )


def _share(at: float, size: str, sent: Controls) -> float:
    """Return a place as a share of the picture, which is so many pixels long; nowhere on one that has none."""
    whole = sent.number(size) if size else 1.0
    return at / whole if whole > 0 else math.inf
