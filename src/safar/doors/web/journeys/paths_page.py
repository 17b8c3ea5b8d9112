"""The page Paths: what comes after a step, or came before it, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.anchors import Direction
from safar.observe.paths_around import PathLink, PathNode, PathsAnswer
from safar.show.journeys.paths import PathsWords, paths_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, share

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .paths_form import PathsForm
from .words import interval_in_words, paths_in_words, share_with_interval, step_names

#: Rows of a table on the page; a file has them all.
_MOST_ROWS: Final = 40
#: Places of columns: of the connections how often and how long, of the steps how many end.
_COUNT, _GAP, _ENDED = 3, 6, 5


def shown_paths(asked: Asked) -> Shown:
    """Return what stands around a step in the reader's words."""
    answer: PathsAnswer = asked.answer
    if not answer.paths:
        return Shown(
            empty=EmptyState(
                _("No path comes here"),
                _("Ask about a longer period, with fewer conditions, or from another step."),
            )
        )
    called = step_names({node.step for node in answer.nodes if node.step})
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked, called),
        drawings=(_drawing(asked, called),),
        tables=(_links_table(asked, called), _nodes_table(asked, called)),
    )


def _is_back(asked: Asked) -> bool:
    return bool(asked.question.direction is Direction.BEFORE)


def _name(step: str | None, depth: int, bundled: int, asked: Asked, called: Any) -> str:
    """Return what a step at a depth is called; of None the edge of paths, or the others."""
    if step is not None:
        return str(called[step])
    if depth == 0:
        return (
            pgettext("paths", "End of the path")
            if _is_back(asked)
            else pgettext("paths", "Start of the path")
        )
    return filled(
        ngettext("%(count)s other step", "%(count)s other steps", bundled), count=asked.locale.number(bundled)
    )


def _node_name(node: PathNode, asked: Asked, called: Any) -> str:
    return _name(node.step, node.depth, node.bundled, asked, called)


def _ended_words(asked: Asked) -> str:
    return pgettext("paths", "Began here") if _is_back(asked) else pgettext("paths", "Ended here")


def _going_on(answer: PathsAnswer) -> Estimate | None:
    """Return the share of paths that go on from the step; from an edge of paths: that have more than one step."""
    nodes = [node for node in answer.nodes if node.depth == (0 if answer.nodes[0].step else 1)]
    return share(answer.paths - sum(node.ended for node in nodes), answer.paths) if answer.paths else None


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    anchor: PathNode = answer.nodes[0]
    on = _going_on(answer)
    assert on is not None, "there are paths"
    if anchor.step is None:
        goes = _("Longer than one step")
    else:
        goes = _("Something came before") if _is_back(asked) else _("Go on from there")
    figures = [
        Figure(
            pgettext("flow", "Paths"),
            locale.number(answer.paths),
            filled(
                _("of %(customers)s"), customers=paths_in_words(answer.customers, locale, are_visits=False)
            ),
            asked.behind({"depth": 0, "step": anchor.step}),
        ),
        Figure(
            goes,
            locale.percent(on.value, decimals=1),
            filled(
                _("%(level)s interval: %(interval)s"),
                level=locale.percent(on.interval.level),
                interval=interval_in_words(on, locale),
            ),
        ),
    ]
    if anchor.step is not None:
        figures.append(
            Figure(
                _("Nothing came before") if _is_back(asked) else _("End there"),
                locale.number(anchor.ended),
                href=asked.behind({"depth": 0, "step": anchor.step, "ended": 1}) if anchor.ended else "",
            )
        )
    return tuple(figures)


def _findings(asked: Asked, called: Any) -> tuple[Finding, ...]:
    """Return what comes next most often, where most paths end, what takes longest."""
    answer, locale = asked.answer, asked.locale
    found = []
    if answer.links:
        link: PathLink = answer.links[0]
        if link.source is None:
            words = (
                _("Most paths end with “%(step)s”: %(share)s of them.")
                if _is_back(asked)
                else _("Most paths start with “%(step)s”: %(share)s of them.")
            )
        else:
            words = (
                _("Straight before it, most often: “%(step)s”, %(share)s.")
                if _is_back(asked)
                else _("Straight after it, most often: “%(step)s”, %(share)s.")
            )
        found.append(
            Finding(
                filled(
                    words,
                    step=_target(link, asked, called),
                    share=share_with_interval(link.share, locale),
                ),
                "l0",
                _COUNT,
            )
        )
    nodes = [(place, node) for place, node in enumerate(answer.nodes) if node.depth and node.ended]
    if nodes:
        place, node = max(nodes, key=lambda each: each[1].ended)
        words = (
            _("Most paths that begin on the way begin with “%(step)s”, %(depth)s before it: %(count)s.")
            if _is_back(asked)
            else _("Most paths that end on the way end with “%(step)s”, %(depth)s after it: %(count)s.")
        )
        found.append(
            Finding(
                filled(
                    words,
                    step=_node_name(node, asked, called),
                    depth=_depth(node.depth, locale),
                    count=locale.number(node.ended),
                ),
                f"n{place}" if place < _MOST_ROWS else "",
                _ENDED,
            )
        )
    slow = _slowest(answer)
    if slow is not None:
        before, after = _ends(slow, asked, called)
        found.append(
            Finding(
                filled(
                    _(
                        "Of the frequent moves, from “%(source)s” to “%(target)s” takes longest: half of them more than"
                        " %(gap)s."
                    ),
                    source=before,
                    target=after,
                    gap=locale.duration(slow.median_gap),
                ),
                f"l{answer.links.index(slow)}",
                _GAP,
            )
        )
    return tuple(found)


def _slowest(answer: PathsAnswer) -> PathLink | None:
    """Return the move with the longest median among those listed that a twentieth of all paths take."""
    timed = [
        link
        for link in answer.links[:_MOST_ROWS]
        if link.median_gap is not None and link.count * 20 >= answer.paths
    ]
    return max(timed, key=lambda link: link.median_gap or timedelta(0), default=None)


def _depth(depth: int, locale: Locale) -> str:
    return filled(ngettext("%(count)s step", "%(count)s steps", depth), count=locale.number(depth))


def _bundled(asked: Asked, depth: int) -> int:
    return next((node.bundled for node in asked.answer.nodes if node.depth == depth and node.bundled), 0)


def _target(link: PathLink, asked: Asked, called: Any) -> str:
    return _name(link.target, link.depth + 1, _bundled(asked, link.depth + 1), asked, called)


def _ends(link: PathLink, asked: Asked, called: Any) -> tuple[str, str]:
    """Return the two steps of a move in the order of time."""
    near = _name(link.source, link.depth, _bundled(asked, link.depth), asked, called)
    far = _target(link, asked, called)
    return (far, near) if _is_back(asked) else (near, far)


def _node_cell(node: PathNode, *, ended: bool = False) -> dict[str, str | int | None]:
    return {"depth": node.depth, "step": node.step, **({"ended": 1} if ended else {})}


def _link_cell(link: PathLink) -> dict[str, str | int | None]:
    return {"depth": link.depth, "source": link.source, "target": link.target}


def _drawing(asked: Asked, called: Any) -> Drawing:
    answer, locale = asked.answer, asked.locale

    def href(part: PathNode | PathLink) -> str | None:
        return asked.behind(_link_cell(part) if isinstance(part, PathLink) else _node_cell(part)) or None

    anchor = _node_name(answer.nodes[0], asked, called)
    title = (
        filled(_("What came before “%(step)s”, step by step."), step=anchor)
        if _is_back(asked)
        else filled(_("What comes after “%(step)s”, step by step."), step=anchor)
    )
    return Drawing(
        key="paths",
        name=title.removesuffix("."),
        svg=paths_drawing(
            answer,
            locale,
            PathsWords(
                title=f"{title} {_('The tables below have the same numbers.')}",
                start=anchor,
                ended=_ended_words(asked),
                others=lambda number: filled(_("%(number)s others"), number=number),
                step=lambda step: str(called[step]),
            ),
            href=href,
            ended_href=lambda node: asked.behind(_node_cell(node, ended=True)) or None,
        ),
        said=_("A band is as wide as its paths are many. Hatched is where paths begin.")
        if _is_back(asked)
        else _("A band is as wide as its paths are many. Hatched is where paths end."),
    )


def _links_table(asked: Asked, called: Any) -> Table:
    locale, rows = asked.locale, []
    for place, link in enumerate(asked.answer.links[:_MOST_ROWS]):
        source, target = _ends(link, asked, called)
        rows.append(
            Row(
                (
                    Cell(source),
                    Cell(target),
                    Cell(locale.number(link.depth + 1), value=link.depth + 1),
                    Cell(locale.number(link.count), value=link.count),
                    Cell(locale.number(link.customers), asked.behind(_link_cell(link)), value=link.customers),
                    Cell(share_with_interval(link.share, locale), value=link.share.value),
                    Cell(locale.duration(link.median_gap), value=_seconds(link.median_gap)),
                    Cell(locale.duration(link.p90_gap), value=_seconds(link.p90_gap)),
                ),
                f"l{place}",
            )
        )
    return Table(
        caption=_("Moves, the nearest and most frequent first"),
        columns=(
            Column("from", pgettext("connection", "From")),
            Column("to", pgettext("connection", "To")),
            Column("depth", _("Steps away"), "number"),
            Column("count", _("Times"), "number"),
            Column("customers", _("Customers"), "number"),
            Column("share", _("Share of those there"), "number"),
            Column("median", _("Half take longer than"), "number"),
            Column("p90", _("A tenth takes longer than"), "number"),
        ),
        rows=tuple(rows),
    )


def _nodes_table(asked: Asked, called: Any) -> Table:
    locale, rows = asked.locale, []
    for place, node in enumerate(asked.answer.nodes[:_MOST_ROWS]):
        ended = asked.behind(_node_cell(node, ended=True)) if node.ended else ""
        rows.append(
            Row(
                (
                    Cell(_node_name(node, asked, called)),
                    Cell(locale.number(node.depth), value=node.depth),
                    Cell(locale.number(node.count), value=node.count),
                    Cell(locale.number(node.customers), asked.behind(_node_cell(node)), value=node.customers),
                    Cell(share_with_interval(node.share, locale), value=node.share.value),
                    Cell(locale.number(node.ended), ended, value=node.ended),
                    Cell(locale.duration(node.median_from_anchor), value=_seconds(node.median_from_anchor)),
                ),
                f"n{place}",
            )
        )
    return Table(
        caption=_("Steps, the nearest first"),
        columns=(
            Column("step", pgettext("funnel", "Step")),
            Column("depth", _("Steps away"), "number"),
            Column("count", pgettext("flow", "Paths"), "number"),
            Column("customers", _("Customers"), "number"),
            Column("share", _("Share of all"), "number"),
            Column("ended", _ended_words(asked), "number"),
            Column("median", _("Time between (median)"), "number"),
        ),
        rows=tuple(rows),
    )


def _seconds(span: timedelta | None) -> float | str:
    return "" if span is None else span.total_seconds()


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    names = [cell.get(name) for name in ("step", "source", "target")]
    called = step_names([str(name) for name in names if name])
    depth = cell.get("depth")

    def told(name: str) -> str:
        step = cell.get(name)
        return called[str(step)] if step else _("others, or the edge of the path")

    number = _depth(depth if isinstance(depth, int) else 0, locale)
    if "source" in cell:
        words = _("Customers with “%(source)s” and “%(target)s” side by side, %(number)s away")
        return filled(words, source=told("source"), target=told("target"), number=number)
    if not depth:
        return filled(
            _("Customers whose path goes no farther than “%(step)s”")
            if cell.get("ended")
            else _("Customers whose path comes to “%(step)s”"),
            step=told("step"),
        )
    words = (
        _("Customers whose path goes no farther than “%(step)s”, %(number)s away")
        if cell.get("ended")
        else _("Customers whose path comes to “%(step)s”, %(number)s away")
    )
    return filled(words, step=told("step"), number=number)


#: What the pages of paths are called together.
GROUP: Final = pgettext_lazy("kind of question", "Paths")

PATHS: Final = KindPage(
    key="paths",
    name=pgettext_lazy("kind of question", "Step by step"),
    group=GROUP,
    lead=gettext_lazy("What do customers do after a step, or before it, and how long does it take them?"),
    form=PathsForm,
    shown=shown_paths,
    meaning=gettext_lazy(
        "From one step, what stands next to it, then next to that, and so on. A path is all that a customer did, or one"
        " visit; it is looked at from the first time that it comes to the step, or from every time."
    ),
    method=gettext_lazy(
        "All paths are counted. Shares have Wilson's 95% interval and take a path as the unit: they are too narrow"
        " where one customer has many. Times are exact medians. Two steps at one instant follow each other in the order"
        " they arrived."
    ),
    cell_words=_cell_in_words,
    further_tables=(("node_table", gettext_lazy("Steps, the nearest first")),),
    metric=lambda answer: Metric.of(_going_on(answer)),
    metric_name=gettext_lazy("Share of paths that go on"),
)
