"""What the desk Customers reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from safar.doors.web.design.answers import answer
from safar.doors.web.events.queries import sources
from safar.doors.web.homes import current_home
from safar.doors.web.segments.queries import MembershipFacts
from safar.doors.web.work.queries import WorkFacts, work_of
from safar.observe.among import Among
from safar.observe.customer_ranking import (
    CustomerRankingAnswer,
    CustomerRankingQuestion,
    customer_ranking,
    members_among,
)
from safar.observe.customer_search import CustomerSearchAnswer, CustomerSearchQuestion, search_customers
from safar.observe.customers import (
    CustomerFacts,
    RecentCustomersAnswer,
    RecentCustomersQuestion,
    SurveyAnswer,
    customer_facts,
    recent_customers,
)
from safar.observe.events import EventsAnswer, EventsQuestion, LoggedEvent, events, every_event
from safar.observe.told import ToldAnswer, ToldQuestion, told
from safar.store.log import Log
from safar.store.merge_history import MergeEntry
from safar.store.newest import EventPlace
from safar.store.presence import Present
from safar.store.registry import Workspace
from safar.vocabulary.lifecycle import SURVEY_ANSWERED

from .in_segments import of_customers
from .models import Erasure
from .scores import answer_of
from .services import is_known
from .standing import Standing, standing

#: Events of one page of a timeline.
TIMELINE_EVENTS: Final = 60
_MOST_EXPORTED: Final = 1_000_000
#: Answers of one customer that are drawn.
_MOST_ANSWERS: Final = 300
#: Customers in a file, and how many of them are read at once.
MOST_IN_FILE: Final = 100_000
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class CustomerProfile:
    """What is known of one person.

    Attributes
    ----------
    facts, told
        What he did and said, in numbers; each property with the event that said it, and consents.
    history
        How the ids came together, newest entry first.
    answers
        What he answered on scales, newest first.
    segments
        In which ones he is now.
    standing
        Where he stands on each journey.
    sources
        What the sources of events are called.
    """

    facts: CustomerFacts
    told: ToldAnswer
    history: tuple[MergeEntry, ...]
    answers: tuple[SurveyAnswer, ...]
    segments: tuple[MembershipFacts, ...]
    standing: tuple[Standing, ...]
    sources: Mapping[str, str]


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


def profile(workspace: Workspace, customer_id: str, language: str = "en") -> CustomerProfile | None:
    """Return what is known of the person of any id; None for an id that the workspace has never seen.

    Names of journeys and steps are in a language.
    """
    if not is_known(workspace, customer_id):
        return None
    log = current_home().log(workspace.workspace_id)
    (facts,) = customer_facts(log, [customer_id])
    person = facts.customer_id
    entries = {entry: None for each in facts.ids for entry in log.identity.history(each)}
    known = sources(workspace)
    return CustomerProfile(
        facts,
        told(log, ToldQuestion(person)),
        tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)),
        _answers(log, person),
        tuple(of_customers(workspace, [person]).get(person, ())),
        standing(workspace, person, language),
        {**known.files, **known.keys},
    )


def _answers(log: Log, person: str) -> tuple[SurveyAnswer, ...]:
    """Return what a person answered on scales, newest first."""
    question = EventsQuestion(
        tuple(sorted(SURVEY_ANSWERED)), customer_id=person, whole=True, limit=_MOST_ANSWERS
    )
    found = (answer_of(event) for event in events(log, question).events)
    return tuple(each for each in found if each is not None)


def timeline(
    workspace: Workspace,
    customer_id: str,
    *,
    names: tuple[str, ...] = (),
    channel: str = "",
    before: EventPlace | None = None,
) -> EventsAnswer:
    """Return a page of a person's events, newest first; all, or those of some names or of a channel."""
    question = EventsQuestion(
        names=names,
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


def ranking(workspace: Workspace, question: CustomerRankingQuestion) -> CustomerRankingAnswer:
    """Return a page of customers in an order."""
    place = workspace.workspace_id
    return answer(place, current_home().log(place), customer_ranking, question)


def search(workspace: Workspace, text: str, among: Among) -> CustomerSearchAnswer:
    """Return whom a text means, of those among whom one looks."""
    place, log = workspace.workspace_id, current_home().log(workspace.workspace_id)
    found = answer(place, log, search_customers, CustomerSearchQuestion(text[:300]))
    if among.segment is None:
        return found
    members = members_among(log, among, [facts.customer_id for facts in found.customers])
    return replace(found, customers=tuple(facts for facts in found.customers if facts.customer_id in members))


def to_take_away(
    workspace: Workspace, text: str, question: CustomerRankingQuestion
) -> Iterator[tuple[CustomerFacts, datetime | None]]:
    """Yield the customers that a text means, for a file; without one those of a ranking, in its order."""
    if text:
        yield from ((facts, facts.last_at) for facts in search(workspace, text, question.among).customers)
        return
    log, left = current_home().log(workspace.workspace_id), MOST_IN_FILE
    asked = replace(question, after=None)
    while left:
        found = customer_ranking(log, replace(asked, limit=min(left, _AT_ONCE)))
        yield from ((each.facts, each.active_at) for each in found.customers)
        left -= len(found.customers)
        if found.next_after is None:
            return
        asked = replace(asked, after=found.next_after)


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
