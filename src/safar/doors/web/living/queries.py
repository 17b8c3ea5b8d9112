"""What sheets read: the map, what the log has, the customers behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from safar.doors.web.homes import current_home
from safar.doors.web.journeys.known import Known
from safar.doors.web.journeys.queries import BehindAnswer, known
from safar.doors.web.maps.queries import OpenMap, map_of
from safar.maps.lived import LivedMap
from safar.maps.pains import Opening
from safar.observe.customers import customer_facts
from safar.observe.promise_rows import PromiseMade, PromiseOutcome, promises_made
from safar.observe.promises import PromiseQuestion
from safar.observe.questions import behind_any
from safar.store.log import Log
from safar.store.registry import Workspace

from .openings import openings

if TYPE_CHECKING:
    from .reading import Reading

__all__ = ["BEHIND_ROWS", "Behind", "Known", "PromiseOf", "behind", "known", "opened"]

#: Customers of one page of a list.
BEHIND_ROWS: Final = 50


def opened(workspace: Workspace, public_id: str) -> OpenMap | None:
    """Return a map of the workspace as it is now, or None."""
    return map_of(workspace, public_id)


@dataclass(frozen=True, slots=True)
class PromiseOf:
    """A promise of the map as it was made to one customer."""

    promise_id: str
    made: PromiseMade


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the customers behind a number.

    Attributes
    ----------
    found
        The customers.
    promises
        What was promised them, in their order and the last due first, of a number that counts promises; else None.
    """

    found: BehindAnswer
    promises: tuple[PromiseOf, ...] | None


def behind(reading: Reading, key: str, after: int | None) -> Behind | None:
    """Return a page of the customers behind a number; None where the sheet has no such number.

    Raises
    ------
    CellRefused
    """
    kept, question = reading.kept, reading.question
    found = () if kept is None or question is None else openings(key, question, kept.answer)
    if kept is None or not found:
        return None
    log = current_home().log(reading.workspace.workspace_id)
    numbers = [(each.question, dict(each.cell)) for each in found]
    behind_it = behind_any(log, numbers, limit=BEHIND_ROWS, after=after)
    facts = customer_facts(log, log.ids_of(behind_it.persons)) if len(behind_it.persons) else []
    answer = BehindAnswer(tuple(facts), int(behind_it.persons[-1]) if behind_it.has_more else None)
    return Behind(answer, _promises(log, kept.answer, found, [each.customer_id for each in facts]))


def _promises(
    log: Log, lived: LivedMap, found: Sequence[Opening], customers: Sequence[str]
) -> tuple[PromiseOf, ...] | None:
    """Return what was promised to customers; None where what opens them counts no promises."""
    asked = [(each.question, dict(each.cell)) for each in found]
    counted = [(each, cell["number"]) for each, cell in asked if isinstance(each, PromiseQuestion)]
    if not counted:
        return None
    named = {each.opening.question: each.promise_id for step in lived.steps for each in step.promises}
    rows = [
        PromiseOf(named[question], made)
        for question, outcome in counted
        for made in promises_made(log, question, customers, cast("PromiseOutcome", outcome))
    ]
    places = {customer_id: place for place, customer_id in enumerate(customers)}
    return tuple(sorted(rows, key=lambda row: (places[row.made.customer_id], -row.made.due_at.timestamp())))
