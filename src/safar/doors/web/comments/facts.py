"""What is known of comments, topics and labels, for pages and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safar.listen.text import Model
from safar.listen.verbatims import Verbatim
from safar.maps.anatomy import said
from safar.vocabulary.interval import Estimate, share

from .learning import Judged

#: Where the last comment of a page stands.
After = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class TopicName:
    """A topic as it is named.

    Attributes
    ----------
    public_id
        For addresses.
    key
        What the document of topics calls it.
    names
        By language.
    """

    public_id: str
    key: str
    names: Mapping[str, str]

    def said(self, language: str) -> str:
        """Return what it is called in a language; where it has no name there, in another one: English first."""
        return said(self.names, language, "en", "fa", "ar") or self.key


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """A comment with its labels.

    Attributes
    ----------
    comment_id
        For addresses.
    event_id
        Of the event that holds the words.
    text
        Without personal data.
    verbatim
        As it was written; None where the log has it no more, or it was not asked for.
    customer_id
        Whose it is; empty where that was not asked for.
    occurred_at, channel, value, band
        See `safar.doors.web.comments.models.Comment`.
    question_key, survey, metric
        Of the question it was given to; empty for a message.
    is_message
        Whether it was sent to support.
    language, sentiment, probability, emotion, kind, is_actionable
        Its labels. The probability is that of the sentiment.
    read_by
        Which model read the sentiment: ``small``, or ``larger`` where that read it a second time.
    aspects
        What it speaks of: aspect, its sentiment, words.
    topics
        Best first.
    alike
        Other comments that say the same.
    same_as
        What they are found by.
    said
        The labels that a member gave: ``sentiment``, ``kind``, ``topics``.
    """

    comment_id: int
    event_id: UUID
    text: str
    verbatim: Verbatim | None
    customer_id: str
    occurred_at: datetime
    channel: str
    value: float | None
    band: int | None
    question_key: str
    survey: str
    metric: str
    is_message: bool
    language: str
    sentiment: int
    probability: float
    emotion: str
    kind: str
    is_actionable: bool
    aspects: tuple[tuple[str, str, tuple[str, ...]], ...]
    topics: tuple[TopicName, ...]
    alike: int
    same_as: int
    said: frozenset[str]
    read_by: Model = "small"

    @property
    def words(self) -> str:
        """As it was written where that is known, else without personal data."""
        return self.text if self.verbatim is None else self.verbatim.text


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """A page of comments, newest first.

    Attributes
    ----------
    comments
        Those that say the same are one, the newest of them.
    next_after
        Where the next page starts; None at the end.
    """

    comments: tuple[CommentFacts, ...]
    next_after: After | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many comments there are of each sentiment.

    Attributes
    ----------
    negative, neutral, positive
        Counts.
    """

    negative: int = 0
    neutral: int = 0
    positive: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.negative + self.neutral + self.positive

    @property
    def negative_share(self) -> Estimate | None:
        """The share of negative ones with Wilson's interval; None without comments."""
        return share(self.negative, self.n) if self.n else None

    def with_those_of(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(
            self.negative + other.negative, self.neutral + other.neutral, self.positive + other.positive
        )


@dataclass(frozen=True, slots=True)
class TopicTally:
    """How many comments are about a topic.

    Attributes
    ----------
    topic
        Which.
    tally
        By sentiment.
    mean_height
        Where their answers stand on their scales on average, 0 the worst … 1 the best; None without answers.
    answers
        How many came with an answer.
    """

    topic: TopicName
    tally: Tally
    mean_height: float | None
    answers: int


@dataclass(frozen=True, slots=True)
class Offered:
    """What filters can choose from.

    Attributes
    ----------
    questions, surveys, channels, metrics
        Those that comments came with.
    has_messages
        Whether any was a message.
    topics
        Those that are not archived.
    aspects
        Ids of those that comments speak of.
    """

    questions: tuple[str, ...]
    surveys: tuple[str, ...]
    channels: tuple[str, ...]
    has_messages: bool
    topics: tuple[TopicName, ...]
    aspects: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """That a member corrected a label.

    Attributes
    ----------
    correction_id
        For addresses.
    field, before, after
        Which label, what stood there, what was said; topics by their numbers.
    topics
        By their numbers.
    by, at
        Who and when; an empty text for who is gone.
    can_undo
        Whether it is the last one of its label.
    """

    correction_id: int
    field: str
    before: object
    after: object
    topics: Mapping[int, TopicName]
    by: str
    at: datetime
    can_undo: bool


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """How well the labels of a workspace are, and whether what members taught may be used."""

    judged: tuple[Judged, ...]
    learns: bool
