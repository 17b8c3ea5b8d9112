"""How a map is lived: the numbers of its sheet, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.design.answers import answer as kept
from safar.doors.web.living.at_risk import risks_of
from safar.doors.web.maps.queries import OpenMap, map_of
from safar.doors.web.members.policies import Capability
from safar.doors.web.personas.queries import persona_of
from safar.maps.comparing import compare_lived
from safar.maps.lived import LivedMap, lived_map
from safar.maps.lived_question import LivedQuestion, lived_question
from safar.observe.among import EVERYBODY, Among
from safar.observe.customers import customer_facts
from safar.observe.executors import shared_executor
from safar.observe.promise_rows import PromiseOutcome, promises_made
from safar.observe.segment_text import segment_of
from safar.observe.thread import ThreadQuestion, thread
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

from .credentials import ApiRequest, Token
from .lived_rows import (
    ComparedShape,
    PromiseMadeShape,
    ThreadShape,
    compared_shape,
    made_shape,
    thread_shape,
)
from .lived_shapes import Beside, LivedShape, lived_shape
from .problems import Invalid, NotHere
from .questions import answering, customers_of, in_time
from .shapes import Page

router = Router(tags=["Maps"])

CustomerId = Annotated[str, Path(max_length=512, description="Any of their ids.")]
MapId = Annotated[str, Path(max_length=16)]


class Asked(Schema):
    """Of which time, and whose."""

    since: AwareDatetime | None = Field(
        default=None, description="From this instant; all time when left out."
    )
    until: AwareDatetime | None = Field(default=None, description="Before this instant.")
    segment: str = Field(
        default="",
        max_length=2_000,
        description="Only these customers, such as `did pay >= 2; did not refund`.",
    )
    persona: str = Field(default="", max_length=40, description="Only the customers of this persona.")


class AskedWhole(Asked):
    """Of which time, whose, and how much."""

    risk: bool = Field(
        default=False,
        description="Tell what is at risk at the steps too: it takes a while, and is worked out in the background.",
    )


class AskedBeside(Asked):
    """Two stretches of time, or two groups of customers."""

    with_since: AwareDatetime | None = Field(default=None, description="The other side: from this instant.")
    with_until: AwareDatetime | None = Field(default=None, description="The other side: before this instant.")
    with_segment: str = Field(
        default="", max_length=2_000, description="The other side: only these customers."
    )
    with_persona: str = Field(default="", max_length=40, description="The other side: only of this persona.")


class AskedPromises(Asked):
    """Of which time, whose, and which promises."""

    outcome: PromiseOutcome = "broken"
    limit: int = Field(default=100, ge=1, le=500, description="At most so many customers.")
    cursor: str = Field(
        default="", max_length=2_000, description="`next` of the page before; left out for the first page."
    )


@router.get("maps/{map_id}/lived", auth=Token(Capability.SEE_NUMBERS), response=LivedShape)
def read_lived(request: ApiRequest, map_id: MapId, asked: Annotated[AskedWhole, Query()]) -> LivedShape:
    """Answer how a map is lived, as its sheet shows it: with what the team believes, what cards rest on, and where
    asked for what is at risk. Two questions are answered at once; one is stopped after 20 seconds."""
    caller = request.auth
    opened, question = _asked_of(request, map_id, asked)
    beside = Beside(
        opened.document,
        asked.persona or None,
        timezone.now().astimezone(ZoneInfo(caller.workspace.time_zone)).date(),
        asked.risk,
        risks_of(caller.workspace, question) if asked.risk else None,
        Capability.SEE_CUSTOMERS in caller.capabilities,
    )
    return lived_shape(opened.public_id, opened.revision, _lived(request, question), beside)


@router.get("maps/{map_id}/lived/compared", auth=Token(Capability.SEE_NUMBERS), response=ComparedShape)
def compare(request: ApiRequest, map_id: MapId, asked: Annotated[AskedBeside, Query()]) -> ComparedShape:
    """Compare how a map is lived in two stretches of time, or by two groups of customers: every number on both sides,
    with the difference and whether it stands out among all that are compared."""
    opened, question = _asked_of(request, map_id, asked)
    workspace = request.auth.workspace
    other = lived_question(
        opened.document,
        window=_window(asked.with_since, asked.with_until),
        among=_among(workspace, asked.with_segment, asked.with_persona),
    )
    sides = _lived(request, question), _lived(request, other)
    return compared_shape(opened.public_id, opened.revision, compare_lived(*sides), *sides)


@router.get(
    "maps/{map_id}/lived/customers/{customer_id}",
    auth=Token(Capability.SEE_CUSTOMERS),
    response=ThreadShape,
)
def read_thread(
    request: ApiRequest,
    map_id: MapId,
    customer_id: CustomerId,
    asked: Annotated[Asked, Query()],
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many walks.")] = 20,
) -> ThreadShape:
    """Tell the walks of one customer on a map, the newest first, and where they stand now."""
    _opened, question = _asked_of(request, map_id, asked)
    log = request.auth.log
    if question.journey is None:
        raise NotHere("No step of this map is bound to events.", hint="Bind its steps first.")
    if not customer_facts(log, [customer_id])[0].events:
        raise NotHere("Nobody is known by this id.", hint="GET customers lists the customers.")
    with answering(), in_time():
        found = thread(
            log, ThreadQuestion(question.journey, customer_id, question.window, pause=question.pause)
        )
    return thread_shape(found, limit)


@router.get(
    "maps/{map_id}/lived/promises/{promise_id}",
    auth=Token(Capability.SEE_CUSTOMERS),
    response=Page[PromiseMadeShape],
)
def read_promises(
    request: ApiRequest,
    map_id: MapId,
    promise_id: Annotated[str, Path(max_length=40)],
    asked: Annotated[AskedPromises, Query()],
) -> Page[PromiseMadeShape]:
    """List a promise of a map as it was made to single customers: when it was due, when it was kept, how late. `limit`
    counts customers; all promises to one stand on one page, the last one made first."""
    _opened, question = _asked_of(request, map_id, asked)
    bound = next(
        (each for step in question.steps for each in step.promises if each.promise_id == promise_id), None
    )
    if bound is None:
        raise NotHere("There is no such promise on this map.", hint="GET maps/{map_id}/lived names them.")
    promised, log = question.promise(bound), request.auth.log
    ids, following = customers_of(
        log, promised, {"number": asked.outcome}, limit=asked.limit, cursor=asked.cursor
    )
    made = promises_made(log, promised, ids, asked.outcome)
    return Page[PromiseMadeShape](items=[made_shape(each) for each in made], next=following)


def _asked_of(request: ApiRequest, map_id: str, asked: Asked) -> tuple[OpenMap, LivedQuestion]:
    """Return the map and the question that its sheet asks."""
    workspace = request.auth.workspace
    opened = map_of(workspace, map_id)
    if opened is None:
        raise NotHere("There is no such map.", hint="GET maps lists the maps.")
    among = _among(workspace, asked.segment, asked.persona)
    return opened, lived_question(opened.document, window=_window(asked.since, asked.until), among=among)


def _lived(request: ApiRequest, question: LivedQuestion) -> LivedMap:
    caller = request.auth
    with answering():
        return kept(caller.workspace.workspace_id, caller.log, _answered, question, exact=True)


def _answered(log: Log, question: LivedQuestion) -> LivedMap:
    with in_time():
        return lived_map(log, question, executor=shared_executor())


def _among(workspace: Workspace, segment: str, persona: str) -> Among:
    if segment.strip() and persona:
        raise Invalid("Give a segment or a persona.", hint="A persona is a segment with a story.")
    if not persona:
        return Among(segment=segment_of(segment)) if segment.strip() else EVERYBODY
    found = persona_of(workspace, persona)
    if found is None or found.segment is None:
        raise NotHere("There is no such persona, or its segment is gone.", hint="Look at the page Personas.")
    return Among(segment=found.segment)


def _window(since: datetime | None, until: datetime | None) -> Window | None:
    if since is None and until is None:
        return None
    if since is None or until is None or since >= until:
        raise Invalid("A window has a beginning before its end.", hint="Give both since and until, or none.")
    return Window(since, until)
