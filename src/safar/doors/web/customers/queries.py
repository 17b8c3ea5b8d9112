"""What the desk Customers reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.doors.web.work.queries import WorkFacts, work_of
from safar.observe.customer_search import CustomerSearchAnswer, CustomerSearchQuestion, search_customers
from safar.observe.customers import (
    CustomerFacts,
    RecentCustomersAnswer,
    RecentCustomersQuestion,
    customer_facts,
    recent_customers,
)
from safar.observe.events import EventsAnswer, EventsQuestion, LoggedEvent, events, every_event
from safar.store.merge_history import MergeEntry
from safar.store.newest import EventPlace
from safar.store.presence import Present
from safar.store.registry import Workspace

from .models import Erasure
from .services import is_known

#: Events of one page of a timeline.
TIMELINE_EVENTS: Final = 60
_MOST_EXPORTED: Final = 1_000_000
#: Customers in a file, and how many of them are read at once.
MOST_IN_FILE: Final = 100_000
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """What is known of one person: facts and traits, and how the ids came together, newest entry first."""

    facts: CustomerFacts
    history: tuple[MergeEntry, ...]


@dataclass(frozen=True, slots=True)
class ErasureFacts:
    """One erasure.

    Attributes
    ----------
    digest
        What stands for the person.
    asked_at
        Aware UTC instant.
    proof
        `safar.store.erasure.ErasureProof` as JSON; empty until it is done.
    work
        The background work that does it; None when that is long forgotten.
    """

    erasure_id: str
    digest: str
    asked_at: datetime
    proof: Mapping[str, Any]
    work: WorkFacts | None


def profile(workspace: Workspace, customer_id: str) -> CustomerProfile | None:
    """Return what is known of the person of any id; None for an id that the workspace has never seen."""
    if not is_known(workspace, customer_id):
        return None
    log = current_home().log(workspace.workspace_id)
    (facts,) = customer_facts(log, [customer_id])
    entries = {entry: None for each in facts.ids for entry in log.identity.history(each)}
    return CustomerProfile(facts, tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)))


def timeline(
    workspace: Workspace,
    customer_id: str,
    *,
    name: str = "",
    channel: str = "",
    before: EventPlace | None = None,
) -> EventsAnswer:
    """Return a page of a person's events, newest first."""
    question = EventsQuestion(
        names=(name,) if name else (),
        channels=(channel,) if channel else (),
        customer_id=customer_id,
        before=before,
        limit=TIMELINE_EVENTS,
        whole=True,
    )
    return events(current_home().log(workspace.workspace_id), question)


def recent(workspace: Workspace, before: tuple[int, int] | None) -> RecentCustomersAnswer:
    """Return a page of customers, those first who were active last."""
    place = workspace.workspace_id
    return answer(place, current_home().log(place), recent_customers, RecentCustomersQuestion(before))


def to_take_away(workspace: Workspace, text: str) -> Iterator[tuple[CustomerFacts, datetime | None]]:
    """Yield the customers that a text means, for a file; without one all, those first who were active last."""
    if text:
        yield from ((facts, facts.last_at) for facts in search(workspace, text).customers)
        return
    log, before, left = current_home().log(workspace.workspace_id), None, MOST_IN_FILE
    while left:
        found = recent_customers(log, RecentCustomersQuestion(before, limit=min(left, _AT_ONCE)))
        yield from found.customers
        left -= len(found.customers)
        before = found.next_before
        if before is None:
            return


def search(workspace: Workspace, text: str) -> CustomerSearchAnswer:
    """Return whom a text means."""
    place = workspace.workspace_id
    return answer(place, current_home().log(place), search_customers, CustomerSearchQuestion(text[:300]))


def present(workspace: Workspace) -> Present:
    """Return what names and channels the workspace's log has."""
    return current_home().log(workspace.workspace_id).present()


def every_event_of(workspace: Workspace, customer_id: str) -> Iterator[LoggedEvent]:
    """Yield all events of a person, newest first."""
    question = EventsQuestion(customer_id=customer_id, limit=_MOST_EXPORTED)
    return every_event(current_home().log(workspace.workspace_id), question)


def erasure_of(workspace: Workspace, erasure_id: object) -> ErasureFacts | None:
    """Return an erasure of the workspace, or None."""
    found = Erasure.objects.filter(workspace_id=workspace.workspace_id, erasure_id=erasure_id).first()
    if found is None:
        return None
    work = work_of(found.work_id, workspace.workspace_id) if found.work_id else None
    return ErasureFacts(str(found.erasure_id), found.digest, found.asked_at, found.proof, work)
