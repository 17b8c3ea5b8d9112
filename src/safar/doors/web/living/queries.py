"""What sheets read: the map, what the log has, the customers behind a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from safar.doors.web.homes import current_home
from safar.doors.web.journeys.forms import Known
from safar.doors.web.journeys.queries import BehindAnswer, known
from safar.doors.web.maps.queries import OpenMap, map_of
from safar.observe.customers import customer_facts
from safar.observe.questions import behind_any
from safar.store.registry import Workspace

from .openings import openings

if TYPE_CHECKING:
    from .reading import Reading

__all__ = ["BEHIND_ROWS", "Known", "behind", "known", "opened"]

#: Customers of one page of a list.
BEHIND_ROWS: Final = 50


def opened(workspace: Workspace, public_id: str) -> OpenMap | None:
    """Return a map of the workspace as it is now, or None."""
    return map_of(workspace, public_id)


def behind(reading: Reading, key: str, after: int | None) -> BehindAnswer | None:
    """Return a page of the customers behind a number; None where the sheet has no such number.

    Raises
    ------
    CellRefused
    """
    kept, question = reading.kept, reading.question
    found = () if kept is None or question is None else openings(key, question, kept.answer)
    if not found:
        return None
    log = current_home().log(reading.workspace.workspace_id)
    numbers = [(each.question, dict(each.cell)) for each in found]
    behind_it = behind_any(log, numbers, limit=BEHIND_ROWS, after=after)
    facts = customer_facts(log, log.ids_of(behind_it.persons)) if len(behind_it.persons) else []
    return BehindAnswer(tuple(facts), int(behind_it.persons[-1]) if behind_it.has_more else None)
