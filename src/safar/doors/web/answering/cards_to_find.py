"""Questions that ask for a place: in a menu, or on a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.walk import Shown

from .card import Body, BodyOf, Drawing, Node, Option

#: What a picture to click on is wide without JavaScript, in CSS pixels: clicks are measured against it.
CLICK_WIDTH: Final = 320


def _tree(shown: Shown, question: kinds.TreeTest, drawing: Drawing) -> Body:
    opened = tuple(drawing.values.get(f"{shown.key}.opened", ()))
    chosen = drawing.value(shown.key)
    return {
        "nodes": _nodes(question.nodes, _unfolded(question.nodes, opened), chosen, drawing),
        "opened": opened,
    }


def _nodes(
    nodes: Sequence[kinds.TreeNode], unfolded: frozenset[str], chosen: str, drawing: Drawing
) -> tuple[Node, ...]:
    return tuple(
        Node(
            each.node_id,
            drawing.said(each.words),
            _nodes(each.nodes, unfolded, chosen, drawing),
            each.node_id in unfolded,
            each.node_id == chosen,
        )
        for each in nodes
    )


def _unfolded(nodes: Sequence[kinds.TreeNode], opened: Sequence[str]) -> frozenset[str]:
    """Return the places that stand open: the one opened last, and those it lies in."""
    last = opened[-1] if opened else ""
    for each in nodes:
        if each.node_id == last:
            return frozenset({last})
        within = _unfolded(each.nodes, opened)
        if within:
            return within | {each.node_id}
    return frozenset()


def _click(shown: Shown, question: kinds.FirstClick, drawing: Drawing) -> Body:
    x, y = drawing.value(f"{shown.key}.x"), drawing.value(f"{shown.key}.y")
    places = (
        _("Top, at the start"), _("Top, in the middle"), _("Top, at the end"),
        _("Middle, at the start"), _("In the very middle"), _("Middle, at the end"),
        _("Bottom, at the start"), _("Bottom, in the middle"), _("Bottom, at the end"),
    )  # fmt: skip
    size = drawing.picture_size(question.picture) if question.picture else None
    across = (5 / 6, 1 / 2, 1 / 6) if drawing.locale.direction == "rtl" else (1 / 6, 1 / 2, 5 / 6)
    return {
        "picture": drawing.picture_address(question.picture) if question.picture else "",
        "first": x,
        "second": y,
        "total": round(CLICK_WIDTH * size[1] / size[0]) if size else CLICK_WIDTH,
        "options": tuple(
            Option(f"{across[place % 3]:.4f} {(1 + 2 * (place // 3)) / 6:.4f}", words)
            for place, words in enumerate(places)
        ),
    }


TO_FIND: Final[dict[type[kinds.Asked], BodyOf]] = {
    kinds.TreeTest: _tree,
    kinds.FirstClick: _click,
}
