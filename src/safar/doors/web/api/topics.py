"""Topics: what comments are about; edited, discovered anew, taken over."""

from __future__ import annotations

from typing import Annotated, Final

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.comments import topic_queries, topic_services
from safar.doors.web.comments.errors import TopicNotHere
from safar.doors.web.comments.topic_mapping import put_on_map
from safar.doors.web.comments.topic_queries import ProposalFacts, TopicFacts
from safar.doors.web.members.policies import Capability

from .comments import TallyShape, tally_shape
from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Page

router = Router(tags=["Comments"])
_SEE_NUMBERS: Final = Token(Capability.SEE_NUMBERS)
_LABEL: Final = Token(Capability.LABEL_COMMENTS)
_EDIT_MAPS: Final = Token(Capability.EDIT_MAPS)
TopicId = Annotated[str, Path(max_length=16)]
ProposalId = Annotated[str, Path(max_length=16)]
Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=60)]


class TopicShape(Schema):
    """A topic of the workspace."""

    topic_id: str
    names: dict[str, str]
    words: list[str] = Field(description="What tells of it, the strongest first.")
    is_archived: bool
    comments: TallyShape
    mean_height: float | None = Field(
        description="Where the answers of its comments stand on their scales, 0 the worst to 1 the best, on average."
    )
    answers: int


class Names(Body):
    """What a topic is called, by language; one is enough. Of a change: what is left out stays, "" takes a name away."""

    fa: str = Field(default="", max_length=120)
    ar: str = Field(default="", max_length=120)
    en: str = Field(default="", max_length=120)


class NewTopic(Body):
    """A topic that is made by hand."""

    names: Names
    words: Words


class TopicChange(Body):
    """What is to be otherwise; what is left out stays."""

    names: Names | None = None
    add_words: Words | None = None
    remove_words: Words | None = None
    is_archived: bool | None = None


class Merge(Body):
    """Topics to become one: the first, with the words of all."""

    topics: Annotated[list[str], Field(min_length=2, max_length=50)]


class TopicSplit(Body):
    """Words of a topic that become a topic of their own."""

    words: Words
    names: Names


class StepOfMap(Body):
    """A step of a map."""

    map_id: Annotated[str, Field(min_length=1, max_length=16)]
    step_id: Annotated[str, Field(min_length=1, max_length=40)]


class TopicOnMap(Schema):
    """The card that a topic became."""

    card_id: str


class ProposedTopicShape(Schema):
    """A topic that was discovered."""

    key: str
    name: str
    words: list[str] = Field(description="What tells of it, the strongest first.")
    comments: int = Field(description="How many it would have.")
    negative: int


class ProposalShape(Schema):
    """What was discovered anew; nothing is replaced before it is taken."""

    proposal_id: str
    is_ready: bool
    work_id: str = Field(description="The work that discovers; empty once it is forgotten.")
    work_status: str
    error_code: str = Field(description="Why it failed; empty where it did not.")
    asked_at: AwareDatetime
    comments: int = Field(description="In so many newest comments.")
    topics: list[ProposedTopicShape] = Field(description="The largest first.")


class Taking(Body):
    """Which discovered topics are taken over."""

    topics: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=200)] = (
        Field(description="Their keys.")
    )
    replaces: bool = Field(default=False, description="Whether today's topics go to the archive.")


class TakenTopics(Schema):
    """How many topics were taken over."""

    taken: int


@router.get("topics", auth=_SEE_NUMBERS, response=Page[TopicShape])
def list_topics(request: ApiRequest) -> Page[TopicShape]:
    """List the topics of the workspace, the largest first, those of the archive last: all on one page."""
    return Page(items=[_shape(each) for each in topic_queries.board(request.auth.workspace)], next=None)


@router.post("topics", auth=_LABEL, response={201: TopicShape})
def add_shape(request: ApiRequest, new: NewTopic, idempotency_key: IdempotencyKey = "") -> Status[TopicShape]:
    """Add a topic of words. Comments are assigned in the background."""
    caller = request.auth

    def make() -> TopicShape:
        made = topic_services.add(caller.workspace, new.names.dict(), new.words, by=caller.actor)
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=TopicShape))


@router.post("topics/merge", auth=_LABEL, response=TopicShape)
def merge_topics(request: ApiRequest, merge: Merge) -> TopicShape:
    """Make one topic of several: the first, with the words of all."""
    topic_services.merge(request.auth.workspace, merge.topics, by=request.auth.actor)
    return _shape(_found(request, merge.topics[0]))


@router.post("topics/proposals", auth=_LABEL, response={202: ProposalShape})
def discover_topics(request: ApiRequest) -> Status[ProposalShape]:
    """Have topics discovered anew in the background. What was proposed before and not taken is forgotten."""
    caller = request.auth
    made = topic_services.ask_to_discover(caller.workspace, by=caller.actor)
    return Status(202, _proposal(_proposed(request, made)))


@router.get("topics/proposals", auth=_LABEL, response=Page[ProposalShape])
def list_proposals(request: ApiRequest) -> Page[ProposalShape]:
    """List what was discovered and is not taken yet: the last discovery, if any."""
    found = topic_queries.proposal_of(request.auth.workspace)
    return Page(items=[] if found is None else [_proposal(found)], next=None)


@router.get("topics/proposals/{proposal_id}", auth=_LABEL, response=ProposalShape)
def get_proposal(request: ApiRequest, proposal_id: ProposalId) -> ProposalShape:
    """Return what was discovered, or how far the discovery is."""
    return _proposal(_proposed(request, proposal_id))


@router.post("topics/proposals/{proposal_id}/take", auth=_LABEL, response=TakenTopics)
def take_proposal(request: ApiRequest, proposal_id: ProposalId, taking: Taking) -> TakenTopics:
    """Take discovered topics over; comments are assigned in the background, and the others are forgotten."""
    caller = request.auth
    taken = topic_services.take(
        caller.workspace, proposal_id, taking.topics, replaces=taking.replaces, by=caller.actor
    )
    return TakenTopics(taken=taken)


@router.delete("topics/proposals/{proposal_id}", auth=_LABEL, response=ProposalShape)
def put_proposal_aside(request: ApiRequest, proposal_id: ProposalId) -> ProposalShape:
    """Do without what was discovered."""
    found = _proposal(_proposed(request, proposal_id))
    topic_services.put_aside(request.auth.workspace, proposal_id, by=request.auth.actor)
    return found


@router.get("topics/{topic_id}", auth=_SEE_NUMBERS, response=TopicShape)
def get_shape(request: ApiRequest, topic_id: TopicId) -> TopicShape:
    """Return a topic with its words and how its comments sound."""
    return _shape(_found(request, topic_id))


@router.patch("topics/{topic_id}", auth=_LABEL, response=TopicShape)
def change_shape(request: ApiRequest, topic_id: TopicId, change: TopicChange) -> TopicShape:
    """Rename a topic, change its words, put it away or bring it back."""
    place, by = request.auth.workspace, request.auth.actor
    if change.is_archived is False:
        topic_services.restore(place, topic_id, by=by)
    if change.names is not None:
        topic_services.rename(place, topic_id, change.names.dict(exclude_unset=True), by=by)
    if change.remove_words:
        topic_services.without_words(place, topic_id, change.remove_words, by=by)
    if change.add_words:
        topic_services.with_words(place, topic_id, change.add_words, by=by)
    if change.is_archived:
        topic_services.archive(place, topic_id, by=by)
    return _shape(_found(request, topic_id))


@router.post("topics/{topic_id}/split", auth=_LABEL, response={201: TopicShape})
def split_shape(
    request: ApiRequest, topic_id: TopicId, split: TopicSplit, idempotency_key: IdempotencyKey = ""
) -> Status[TopicShape]:
    """Give some words of a topic to a topic of their own."""
    caller = request.auth

    def make() -> TopicShape:
        made = topic_services.split(
            caller.workspace, topic_id, split.words, split.names.dict(), by=caller.actor
        )
        return _shape(_found(request, made))

    return Status(201, once(request, idempotency_key, make, shape=TopicShape))


@router.post("topics/{topic_id}/opportunity", auth=_EDIT_MAPS, response={201: TopicOnMap})
def put_topic_on_map(
    request: ApiRequest, topic_id: TopicId, place: StepOfMap, idempotency_key: IdempotencyKey = ""
) -> Status[TopicOnMap]:
    """Put a topic at a step of a map as an opportunity, with its comments as the evidence."""
    caller = request.auth

    def make() -> TopicOnMap:
        made = put_on_map(caller.workspace, topic_id, place.map_id, place.step_id, by=caller.actor)
        return TopicOnMap(card_id=made)

    return Status(201, once(request, idempotency_key, make, shape=TopicOnMap))


def _found(request: ApiRequest, topic_id: str) -> TopicFacts:
    for each in topic_queries.board(request.auth.workspace):
        if each.name.public_id == topic_id:
            return each
    raise TopicNotHere(f"There is no topic {topic_id}.", hint="List the topics.")


def _shape(facts: TopicFacts) -> TopicShape:
    return TopicShape(
        topic_id=facts.name.public_id,
        names=dict(facts.name.names),
        words=list(facts.words),
        is_archived=facts.is_archived,
        comments=tally_shape(facts.tally),
        mean_height=facts.mean_height,
        answers=facts.answers,
    )


def _proposed(request: ApiRequest, proposal_id: str) -> ProposalFacts:
    found = topic_queries.proposal_of(request.auth.workspace, proposal_id)
    if found is None:
        raise TopicNotHere(f"There is no proposal {proposal_id}.", hint="It was taken, or put aside.")
    return found


def _proposal(facts: ProposalFacts) -> ProposalShape:
    work = facts.work
    return ProposalShape(
        proposal_id=facts.public_id,
        is_ready=facts.is_ready,
        work_id="" if work is None else str(work.work_id),
        work_status="" if work is None else work.status,
        error_code="" if work is None else work.error_code,
        asked_at=facts.asked_at,
        comments=facts.comments,
        topics=[
            ProposedTopicShape(
                key=each.key,
                name=each.name,
                words=list(each.words),
                comments=each.comments,
                negative=each.negative,
            )
            for each in facts.topics
        ],
    )
