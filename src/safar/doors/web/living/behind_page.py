"""The customers behind a number of a sheet, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import Crumb, EmptyState
from safar.doors.web.design.table import Table, changed
from safar.doors.web.design.words import filled

from .behind_rows import behind_rows
from .openings import parts_of
from .panel_parts import PanelShown
from .queries import Behind
from .reading import Reading
from .scene import Scene
from .sheet import sheet_address

#: Counts of walks at a step of which the customers are counted too.
_COUNTED: Final = frozenset({"lost", "skipped", "retried", "went_back", "contacted"})


@dataclass(frozen=True, slots=True)
class BehindPage:
    """What the template of a list of customers is given.

    Attributes
    ----------
    crumbs
        The sheet.
    title, scope
        Which number, of when and whom.
    value, sure
        The number, and how sure it is.
    meaning, method
        What it says, and how its interval was found.
    total
        How many customers are behind it on all pages; empty where nobody counted them.
    found
        How many stand here.
    table
        The customers.
    """

    crumbs: tuple[Crumb, ...]
    title: str
    scope: str
    value: str
    sure: str
    meaning: str
    method: str
    total: str
    found: str
    table: Table


def behind_page(reading: Reading, shown: PanelShown, behind: Behind, *, is_first: bool) -> BehindPage:
    """Return a page of the customers behind the number of a panel."""
    answer, locale, state = behind.found, reading.locale, reading.state
    scene = reading.scene()
    own = sheet_address(reading.workspace, reading.opened.public_id)
    named = changed(state.query(), about=shown.key)
    following = "" if answer.next_after is None else changed(named, after=cursor(answer.next_after))
    count = len(answer.customers)
    found = filled(
        ngettext("%(count)s customer on this page", "%(count)s customers on this page", count),
        count=locale.number(count),
    )
    title = " · ".join(f"\u2068{part}\u2069" for part in (shown.title, shown.kicker) if part)
    columns, rows = behind_rows(reading, behind)
    return BehindPage(
        crumbs=(Crumb(scene.words(reading.opened.document.name) or _("Journey map"), f"{own}?{named}"),),
        title=title,
        scope=reading.scope,
        value=shown.value,
        sure=shown.sure,
        meaning=shown.meaning,
        method=shown.method,
        total=_total(reading, scene, shown.key),
        found=found if is_first and not following else f"{found}.",
        table=Table(
            caption=_("Customers behind the number"),
            columns=columns,
            rows=rows,
            next_query=following,
            first_query="" if is_first else named,
            empty=EmptyState(
                _("Nobody is behind this number"),
                _("The log has changed since it was shown, or it was nought."),
                _("Back to the map"),
                f"{own}?{state.query()}",
            ),
        ),
    )


def _total(reading: Reading, scene: Scene, key: str) -> str:
    """Return how many customers are behind a number, where the map itself counted them."""
    count = _counted(scene, key)
    if count is None:
        return ""
    return filled(
        ngettext(
            "%(count)s customer is behind this number.", "%(count)s customers are behind this number.", count
        ),
        count=reading.locale.number(count),
    )


def _counted(scene: Scene, key: str) -> int | None:
    word, rest = parts_of(key)
    conformance = scene.lived.conformance if scene.lived is not None else None
    if scene.lived is None or conformance is None:
        return None
    at = rest[0] if rest else ""
    walked, reading = scene.walked(at), scene.reading(at)
    counts: dict[str, dict[tuple[str, ...], int]] = {
        "customers": {(): conformance.customers},
        "move": {(each.source, each.target): each.customers for each in conformance.moves},
        "unmapped": {(each.event_name,): each.customers for each in conformance.unmapped},
        "pain": {(at, str(n)): each.people for n, each in enumerate(reading.pains if reading else ())},
        "promise": {
            (each.promise_id, "broken"): each.broken_customers
            for step in scene.lived.steps
            for each in step.promises
        },
        "step": {(at,): walked.customers} if walked is not None else {},
    }
    if word in _COUNTED and walked is not None:
        return int(getattr(walked, f"{word}_customers"))
    return counts.get(word, {}).get(tuple(rest))
