"""Comments: what customers wrote, with its labels, corrected; what they speak of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.comments import queries, services
from safar.doors.web.comments.aspect_queries import aspect_board
from safar.doors.web.comments.errors import UnknownComment
from safar.doors.web.comments.queries import CommentFacts, Filters, Tally
from safar.doors.web.comments.rereading import SecondReading, second_reading, switch_second_reading
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.listen.text import Model

from .credentials import ApiRequest, Token
from .shapes import Body, Cursor, EstimateShape, Page, estimate

router = Router(tags=["Comments"])
_SEE: Final = Token(Capability.SEE_CUSTOMERS)
_SEE_NUMBERS: Final = Token(Capability.SEE_NUMBERS)
_RULES: Final = Token(Capability.CHANGE_RULES)
_LABEL: Final = Token(Capability.LABEL_COMMENTS)

Sentiment = Literal["negative", "neutral", "positive"]
Kind = Literal["complaint", "request", "praise", "other"]
CommentId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_NUMBERS: Final[dict[str, int]] = {"negative": -1, "neutral": 0, "positive": 1}
_NAMES: Final[dict[int, Sentiment]] = {-1: "negative", 0: "neutral", 1: "positive"}
_BANDS: Final = {"low": 0, "middle": 1, "high": 2}


class CommentFilters(Schema):
    """Which comments; what is left out takes all."""

    q: str = Field(default="", max_length=200, description="Words that all stand in a comment.")
    language: Literal["", "fa", "ar", "en", "mixed", "und"] = ""
    sentiment: Literal["", "negative", "neutral", "positive"] = ""
    topic: str = Field(default="", max_length=16, description="A topic's id; `-` for comments without any.")
    aspect: str = Field(default="", max_length=40, description="What it speaks of, such as `delivery`.")
    feels: Literal["", "negative", "neutral", "positive"] = Field(
        default="", description="With `aspect`: how it feels about that, whatever the whole comment says."
    )
    emotion: str = Field(default="", max_length=20)
    kind: Literal["", "complaint", "request", "praise", "other"] = ""
    score: Literal["", "low", "middle", "high"] = Field(
        default="",
        description="How good the answer is that the comment came with, by its metric's own rules.",
    )
    question: str = Field(
        default="", max_length=200, description="A question key; `-` for messages to support."
    )
    survey: str = Field(default="", max_length=200)
    map: str = Field(default="", max_length=16, description="A map's id, with `step`.")
    step: str = Field(default="", max_length=64, description="A step of that map.")
    segment: str = Field(default="", max_length=16, description="A segment's id: what its members wrote.")
    customer: str = Field(default="", max_length=1_000)
    since: date | None = Field(default=None, description="First day of the workspace's time zone.")
    until: date | None = Field(default=None, description="Last day, taken in.")
    actionable: bool = False

    def asked(self) -> Filters:
        """Return the filters as the app takes them."""
        return Filters(
            text=self.q,
            language=self.language,
            sentiment=_NUMBERS.get(self.sentiment),
            topic=self.topic,
            aspect=self.aspect,
            feels=_NUMBERS.get(self.feels),
            emotion=self.emotion,
            kind=self.kind,
            band=_BANDS.get(self.score),
            asked=self.question,
            survey=self.survey,
            map_id=self.map if self.step else "",
            step_id=self.step if self.map else "",
            segment=self.segment,
            customer=self.customer,
            since=self.since,
            until=self.until,
            actionable=self.actionable,
        )


class TopicNameShape(Schema):
    """A topic as it is named."""

    topic_id: str
    names: dict[str, str] = Field(description="By language.")


class AspectShape(Schema):
    """Something that a comment speaks of, with the sentiment of its clauses."""

    aspect: str
    sentiment: str
    words: list[str]


class CommentShape(Schema):
    """What a customer wrote, with its labels."""

    comment_id: int
    event_id: UUID
    occurred_at: AwareDatetime
    text: str = Field(description="Without personal data.")
    verbatim: str | None = Field(description="As it was written; null unless it is asked for.")
    customer_id: str | None = Field(description="Whose it is; null unless verbatims are asked for.")
    language: str
    sentiment: Sentiment
    probability: float = Field(description="Of that sentiment, calibrated.")
    read_by: Model = Field(
        description="Which model read the sentiment: `larger` where that one read it a second time."
    )
    emotion: str
    kind: str
    is_actionable: bool
    aspects: list[AspectShape]
    topics: list[TopicNameShape]
    said: list[str] = Field(description="Which labels a member gave: `sentiment`, `kind`, `topics`.")
    is_message: bool
    survey: str
    question_key: str
    metric: str
    value: float | None
    channel: str


class TallyShape(Schema):
    """How many comments there are of each sentiment."""

    negative: int
    neutral: int
    positive: int
    negative_share: EstimateShape | None


class DayTally(TallyShape):
    """The comments of one civil day."""

    on: date


class AspectTallyShape(Schema):
    """What is said of an aspect, and in the days before."""

    aspect: str
    names: dict[str, str] = Field(description="By language.")
    comments: TallyShape = Field(description="By how they feel about this aspect.")
    before: TallyShape
    change: EstimateShape | None = Field(
        description="Of the share of negative ones; null where either side has no comment."
    )
    is_clear: bool = Field(
        description="Whether the change is more than chance, for so many aspects looked at together (Holm)."
    )


class AspectBoardShape(Schema):
    """What comments speak of."""

    since: date | None = Field(description="First day; null without any comment.")
    until: date | None = Field(description="Last day, taken in: that of the newest comment.")
    before_since: date | None = Field(description="First of as many days before.")
    comments: int = Field(description="All of these days, those that speak of no aspect too.")
    aspects: list[AspectTallyShape] = Field(description="The most spoken of first.")


class SecondReadingShape(Schema):
    """How far the larger model is with the comments."""

    is_installed: bool = Field(description="Whether the extra `larger-text` is there.")
    is_on: bool
    comments: int = Field(description="All comments.")
    read: int = Field(description="Those that the larger model has read.")


class SecondReadingChange(Body):
    """Whether the larger model reads comments a second time."""

    is_on: bool


class LabelChange(Body):
    """What a comment says, by who read it; what is left out stays. A label that is right is confirmed by naming it."""

    sentiment: Sentiment | None = None
    kind: Kind | None = None
    topics: Annotated[list[str], Field(max_length=20)] | None = Field(
        default=None, description="Ids of all its topics."
    )


@router.get("comments", auth=_SEE, response=Page[CommentShape])
def list_comments(
    request: ApiRequest,
    filters: Query[CommentFilters],
    verbatim: Annotated[bool, Query(description="Also the words as written, and whose they are.")] = False,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many items.")] = 50,
) -> Page[CommentShape]:
    """List comments, newest first, each by itself though others say the same."""
    key = read_cursor(cursor, datetime, int)
    found = queries.page_of_comments(
        request.auth.workspace,
        filters.asked(),
        after=None if key is None else (key[0], key[1]),
        limit=limit,
        with_words=verbatim,
        fold_alike=False,
    )
    return Page(
        items=[_comment(each) for each in found.comments],
        next=None if found.next_after is None else cursor_of(*found.next_after),
    )


@router.get("comments/tally", auth=_SEE_NUMBERS, response=TallyShape)
def tally_comments(request: ApiRequest, filters: Query[CommentFilters]) -> TallyShape:
    """Count comments by sentiment."""
    whole = Tally()
    for each in queries.tallies_by_day(request.auth.workspace, filters.asked()).values():
        whole = whole.with_those_of(each)
    return tally_shape(whole)


@router.get("comments/days", auth=_SEE_NUMBERS, response=Page[DayTally])
def comments_by_day(request: ApiRequest, filters: Query[CommentFilters]) -> Page[DayTally]:
    """Count comments by civil day and sentiment: days without any are left out."""
    found = queries.tallies_by_day(request.auth.workspace, filters.asked())
    return Page(items=[DayTally(on=on, **tally_shape(each).dict()) for on, each in found.items()], next=None)


@router.get("comments/aspects", auth=_SEE_NUMBERS, response=AspectBoardShape)
def comments_by_aspect(
    request: ApiRequest,
    filters: Query[CommentFilters],
    days: Annotated[int, Query(ge=1, le=3_660, description="To the newest comment.")] = 90,
) -> AspectBoardShape:
    """Tell what comments of the last days speak of, how they feel about it, and what changed since the days before.
    `since` and `until` are not looked at."""
    found = aspect_board(request.auth.workspace, filters.asked(), days)
    return AspectBoardShape(
        since=found.since,
        until=found.until,
        before_since=found.before_since,
        comments=found.comments,
        aspects=[
            AspectTallyShape(
                aspect=each.aspect,
                names=dict(each.names),
                comments=tally_shape(each.now),
                before=tally_shape(each.before),
                change=estimate(each.change),
                is_clear=each.is_clear,
            )
            for each in found.aspects
        ],
    )


@router.get("comments/second-reading", auth=_SEE_NUMBERS, response=SecondReadingShape)
def get_second_reading(request: ApiRequest) -> SecondReading:
    """Tell whether the larger model reads comments a second time, and how far it is."""
    return second_reading(request.auth.workspace)


@router.put("comments/second-reading", auth=_RULES, response=SecondReadingShape)
def put_second_reading(request: ApiRequest, change: SecondReadingChange) -> SecondReading:
    """Switch the second reading on or off. It is refused where the larger model is not installed."""
    caller = request.auth
    switch_second_reading(caller.workspace, is_on=change.is_on, by=caller.actor)
    return second_reading(caller.workspace)


@router.get("comments/{comment_id}", auth=_SEE, response=CommentShape)
def get_comment(request: ApiRequest, comment_id: CommentId) -> CommentShape:
    """Return a comment with its labels and the words as written."""
    return _comment(_found(request, comment_id))


@router.patch("comments/{comment_id}", auth=_LABEL, response=CommentShape)
def label_comment(request: ApiRequest, comment_id: CommentId, change: LabelChange) -> CommentShape:
    """Correct the labels of a comment, or confirm them: that is learned from."""
    caller = request.auth
    services.correct(
        caller.workspace,
        comment_id,
        by=caller.actor,
        sentiment=None if change.sentiment is None else _NUMBERS[change.sentiment],
        kind=change.kind,
        topics=change.topics,
    )
    return _comment(_found(request, comment_id))


def _found(request: ApiRequest, comment_id: int) -> CommentFacts:
    found = queries.comment_of(request.auth.workspace, comment_id)
    if found is None:
        raise UnknownComment(f"There is no comment {comment_id}.", hint="List the comments.")
    return found


def _comment(facts: CommentFacts) -> CommentShape:
    return CommentShape(
        comment_id=facts.comment_id,
        event_id=facts.event_id,
        occurred_at=facts.occurred_at,
        text=facts.text,
        verbatim=None if facts.verbatim is None else facts.verbatim.text,
        customer_id=facts.customer_id or None,
        language=facts.language,
        sentiment=_NAMES[facts.sentiment],
        probability=facts.probability,
        read_by=facts.read_by,
        emotion=facts.emotion,
        kind=facts.kind,
        is_actionable=facts.is_actionable,
        aspects=[
            AspectShape(aspect=aspect, sentiment=sentiment, words=list(words))
            for aspect, sentiment, words in facts.aspects
        ],
        topics=[TopicNameShape(topic_id=each.public_id, names=dict(each.names)) for each in facts.topics],
        said=sorted(facts.said),
        is_message=facts.is_message,
        survey=facts.survey,
        question_key=facts.question_key,
        metric=facts.metric,
        value=facts.value,
        channel=facts.channel,
    )


def tally_shape(tally: Tally) -> TallyShape:
    """Return counts as the API shows them."""
    share = tally.negative_share
    return TallyShape(
        negative=tally.negative,
        neutral=tally.neutral,
        positive=tally.positive,
        negative_share=estimate(share),
    )
