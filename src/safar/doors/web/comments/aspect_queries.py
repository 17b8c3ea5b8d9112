"""What comments speak of and how they feel about it, counted: each aspect, and what changed since the time before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Max

from safar.listen.text.aspects import DEFAULT
from safar.store.registry import Workspace
from safar.vocabulary.interval import FEWEST_FOR_VERDICT, Estimate, difference, p_value_of
from safar.vocabulary.many_looks import adjusted

from .filters import Filters, rows_of
from .models import Comment, Mention
from .queries import NEGATIVE, NEUTRAL, POSITIVE, Tally

#: Names of the aspects that are looked for, by id and language.
ASPECT_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    each.aspect_id: each.names for each in DEFAULT.aspects
}


@dataclass(frozen=True, slots=True)
class AspectTally:
    """What is said of an aspect in a span of days, and in the span of the same length before it.

    Attributes
    ----------
    aspect
        Its id.
    names
        By language.
    now, before
        Comments by how they feel about this aspect, whatever they feel about others.
    change
        Of the share of negative ones, with its interval; None where either side has no comment.
    is_clear
        Whether that is more than chance, for so many aspects that were looked at together (Holm), with ten comments on
        either side at least.
    """

    aspect: str
    names: Mapping[str, str]
    now: Tally
    before: Tally
    change: Estimate | None = None
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class AspectBoard:
    """What comments speak of.

    Attributes
    ----------
    since, until
        First and last day that are counted; None without any comment.
    before_since
        First day of the span before.
    aspects
        The most spoken of first; those that nobody spoke of in either span are left out.
    comments
        All comments of the span, those that speak of no aspect too.
    """

    since: date | None
    until: date | None
    before_since: date | None
    aspects: tuple[AspectTally, ...]
    comments: int


def aspect_board(workspace: Workspace, filters: Filters, days: int) -> AspectBoard:
    """Return what comments of the last days speak of, beside the days before.

    Parameters
    ----------
    filters
        Which comments; its days are not looked at.
    days
        So many civil days, to the newest comment of the workspace: what was brought in late still shows.
    """
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id)
    until = rows.aggregate(last=Max("on"))["last"]
    if until is None:
        return AspectBoard(None, None, None, (), 0)
    since, before = until - timedelta(days=days - 1), until - timedelta(days=2 * days - 1)
    asked_now = replace(filters, since=since, until=until)
    asked_before = replace(filters, since=before, until=since - timedelta(days=1))
    now, earlier = tallies_by_aspect(workspace, asked_now), tallies_by_aspect(workspace, asked_before)
    found = [
        _compared(aspect, now.get(aspect, Tally()), earlier.get(aspect, Tally()))
        for aspect in {**now, **earlier}
    ]
    judged = _judged(sorted(found, key=lambda each: (-each.now.n, -each.before.n, each.aspect)))
    return AspectBoard(since, until, before, judged, rows_of(workspace, asked_now).order_by().count())


def tallies_by_aspect(workspace: Workspace, filters: Filters) -> dict[str, Tally]:
    """Return how many comments speak of each aspect, by how they feel about it."""
    # named one by one, so that of each only the days that are asked for are read from the index
    rows = Mention.objects.filter(
        book__workspace_id=workspace.workspace_id,
        aspect__in=[*ASPECT_NAMES],
        sentiment__in=(NEGATIVE, NEUTRAL, POSITIVE),
    )
    if filters.since is not None:
        rows = rows.filter(on__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(on__lte=filters.until)
    if replace(filters, since=None, until=None).are_any:
        rows = rows.filter(comment__in=rows_of(workspace, filters).values("pk"))
    counts: dict[str, dict[int, int]] = {}
    for aspect, sentiment, n in rows.order_by().values_list("aspect", "sentiment").annotate(n=Count("pk")):
        counts.setdefault(aspect, {})[sentiment] = n
    return {
        aspect: Tally(found.get(NEGATIVE, 0), found.get(NEUTRAL, 0), found.get(POSITIVE, 0))
        for aspect, found in counts.items()
    }


def _compared(aspect: str, now: Tally, before: Tally) -> AspectTally:
    one, other = now.negative_share, before.negative_share
    change = difference(one, other) if one is not None and other is not None else None
    return AspectTally(aspect, ASPECT_NAMES.get(aspect, {}), now, before, change)


def _judged(found: list[AspectTally]) -> tuple[AspectTally, ...]:
    """Return aspects with which of their changes are more than chance, all of them looked at together."""
    larger = iter(adjusted([p_value_of(each.change) for each in found if each.change is not None]))
    judged = []
    for each in found:
        if each.change is not None:
            level = each.change.interval.level
            clear = next(larger) < 1 - level and each.change.n >= FEWEST_FOR_VERDICT
            judged.append(replace(each, is_clear=bool(clear)))
        else:
            judged.append(each)
    return tuple(judged)
