"""The pages of comments, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from safar.doors.web.design.drawings import Drawing
from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Column, Table, Tone, changed
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import AskedNames, asked_names
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from . import drawings
from .aspect_queries import ASPECT_NAMES
from .labels import NO_EMOTION
from .labels import SENTIMENTS as SENTIMENT_NUMBERS
from .queries import CommentFacts, Tally, TopicName, TopicTally
from .words import LANG, LANGUAGES, SENTIMENTS, TONES, emotion_in_words, kind_in_words

#: Letters of a question beside a comment at most.
_LONGEST: Final = 60
#: What a file holds at most.
MOST_IN_FILE: Final = {"csv": 1_000_000, "xlsx": 200_000}


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads somewhere."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class AspectLink:
    """An aspect that a comment speaks of: its name, how the comment feels about it, and where its comments are."""

    name: str
    feels: str
    tone: Tone
    href: str


@dataclass(frozen=True, slots=True)
class CommentCard:
    """One comment of the list.

    Attributes
    ----------
    key
        Marks it in the page.
    words, lang
        As it was written, and its language for readers aloud; empty where that is not one.
    when, at
        For the reader, and in ISO 8601.
    sentiment, tone, certainty
        The sentiment in words, how it is coloured, and how sure; a member's word is not measured.
    read_by
        That the larger model read it; empty where the small one alone did.
    badges
        Emotion and kind where they say something.
    topics
        With the lists of their comments.
    aspects
        What it speaks of and how it feels about that.
    facts
        Question, answer, channel: names and values.
    customer, customer_href
        Whose it is; empty where that is not known.
    href
        Where its labels are explained and corrected.
    alike, alike_href
        That others say the same, and where they are; empty where none does.
    """

    key: str
    words: str
    lang: str
    when: str
    at: str
    sentiment: str
    tone: Tone
    certainty: str
    read_by: str
    badges: tuple[str, ...]
    topics: tuple[Link, ...]
    aspects: tuple[AspectLink, ...]
    facts: tuple[str, ...]
    customer: str
    customer_href: str
    href: str
    alike: str
    alike_href: str


@dataclass(frozen=True, slots=True)
class Share:
    """The comments of one sentiment: its name, how it is coloured, their count and share, and where they are."""

    name: str
    tone: Tone
    count: str
    share: str
    percent: int
    href: str


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """What the list of comments is given.

    Attributes
    ----------
    tabs
        The second navigation.
    counted
        How many comments there are, as a sentence.
    read
        Until when the log was read, as a sentence.
    shares
        Negative, neutral, positive.
    over_time, time_table, by_topic, topic_table
        Drawings and the tables that say the same; None where there is too little to draw.
    cards
        The comments of the page; None for who may not read single ones.
    query, next_query
        The filters, and the next page; the latter empty at the end.
    is_first
        Whether this is the first page.
    take_away
        What a file holds at most, as a sentence; empty for who may not export.
    empty
        What stands where no comments are.
    summary_href
        Where these comments are summed up; empty for who may not read them.
    numbers
        How scripts write numbers for the reader: a tag of BCP 47.
    """

    tabs: tuple[Tab, ...]
    counted: str
    read: str
    shares: tuple[Share, ...]
    over_time: Drawing | None
    time_table: Table | None
    by_topic: Drawing | None
    topic_table: Table | None
    cards: tuple[CommentCard, ...] | None
    query: str
    next_query: str
    is_first: bool
    take_away: str
    empty: EmptyState | None
    summary_href: str
    numbers: str


class Pages:
    """Says comments in the words of one reader of a workspace."""

    def __init__(self, workspace: Workspace, locale: Locale, capabilities: frozenset[str]) -> None:
        self.workspace, self.locale, self.capabilities = workspace, locale, capabilities

    @cached_property
    def asked(self) -> AskedNames:
        """What surveys and questions are called, for this reader."""
        return asked_names(self.workspace, self.locale.language)

    def address(self, name: str, **named: object) -> str:
        """Return the address of a page of this app."""
        return reverse(name, kwargs={"workspace_id": self.workspace.workspace_id, **named})

    def topic_name(self, topic: TopicName) -> str:
        """Return what a topic is called in the reader's language, else in another one."""
        return topic.said(self.locale.language)

    def aspect_name(self, aspect: str) -> str:
        """Return what an aspect is called in the reader's language; its id where nobody named it."""
        return said(ASPECT_NAMES.get(aspect, {}), self.locale.language, "en") or visible(aspect)

    def list(
        self,
        found: Sequence[CommentFacts] | None,
        tallies: dict,  # type: ignore[type-arg]
        topics: Sequence[TopicTally],
        *,
        query: str,
        next_after: tuple[object, int] | None,
        is_first: bool,
        has_any: bool,
        read_at: object,
    ) -> CommentsPage:
        """Return the list of comments."""
        whole = Tally()
        for each in tallies.values():
            whole = whole.with_those_of(each)
        stretches = drawings.stretches(tallies, self.locale)
        names = {each.topic.public_id: self.topic_name(each.topic) for each in topics}
        told = [each for each in topics if each.tally.n]
        can_export = {Capability.EXPORT, Capability.SEE_CUSTOMERS} <= set(self.capabilities)
        return CommentsPage(
            tabs=tabs(self.workspace, "comments"),
            counted=self._counted(whole.n),
            read=filled(_("Read up to %(when)s"), when=self.locale.datetime(read_at)) if read_at else "",  # type: ignore[arg-type]
            shares=self._shares(whole, query),
            over_time=drawings.over_time(stretches, self.locale) if len(stretches) > 1 else None,
            time_table=drawings.time_table(stretches, self.locale) if len(stretches) > 1 else None,
            by_topic=drawings.by_topic(told, names, self.locale) if told else None,
            topic_table=drawings.topic_table(told, names, self.locale) if told else None,
            cards=None if found is None else tuple(self.card(each) for each in found),
            query=query,
            next_query=changed(query, after=cursor(*next_after)) if next_after else "",  # type: ignore[arg-type]
            is_first=is_first,
            take_away=self._take_away() if can_export and whole.n else "",
            empty=None if whole.n else self._empty(has_any=has_any),
            summary_href=f"{self.address('comments-summary')}?{query}" if found else "",
            numbers=self.locale.numbers_tag,
        )

    def card(self, facts: CommentFacts) -> CommentCard:
        """Return one comment of a list, without personal data."""
        base = self.address("comments")
        emotion = [] if facts.emotion == NO_EMOTION else [emotion_in_words(facts.emotion)]
        kind = [] if facts.kind == "other" else [kind_in_words(facts.kind)]
        actionable = [_("Something can be done")] if facts.is_actionable else []
        alike = filled(
            ngettext("%(count)s other says the same", "%(count)s others say the same", facts.alike),
            count=self.locale.number(facts.alike),
        )
        return CommentCard(
            key=str(facts.comment_id),
            # Without personal data: a list is read over shoulders; the words as written stand on the page of one.
            words=visible(facts.text) if facts.text.isprintable() else facts.text,
            lang=LANG.get(facts.language, ""),
            when=self.locale.datetime(facts.occurred_at),
            at=facts.occurred_at.isoformat(),
            sentiment=str(SENTIMENTS[facts.sentiment]),
            tone=TONES[facts.sentiment],
            certainty=_("said by a member")
            if "sentiment" in facts.said
            else filled(_("%(share)s sure"), share=self.locale.percent(facts.probability)),
            read_by=_("read by the larger model") if facts.read_by == "larger" else "",
            badges=(*emotion, *kind, *actionable),
            topics=tuple(
                Link(self.topic_name(each), f"{base}?{urlencode({'topic': each.public_id})}")
                for each in facts.topics
            ),
            aspects=tuple(
                AspectLink(
                    self.aspect_name(aspect),
                    str(SENTIMENTS[SENTIMENT_NUMBERS[sentiment]]),
                    TONES[SENTIMENT_NUMBERS[sentiment]],
                    f"{base}?{urlencode({'aspect': aspect})}",
                )
                for aspect, sentiment, _words in facts.aspects
            ),
            facts=tuple(self.facts(facts)),
            customer=visible(facts.customer_id),
            customer_href=customer_href(self.workspace, facts.customer_id) if facts.customer_id else "",
            href=self.address("comment", comment_id=facts.comment_id),
            alike=alike if facts.alike else "",
            alike_href=f"{base}?{urlencode({'alike': facts.same_as})}" if facts.alike else "",
        )

    def facts(self, facts: CommentFacts) -> Iterable[str]:
        """Yield what is known of a comment beside its words: question, answer, channel, language."""
        if facts.is_message:
            yield _("Message to support")
        else:
            if facts.survey:
                yield visible(self.asked.survey(facts.survey))
            if facts.question_key:
                yield cut(visible(self.asked.question(facts.question_key)), _LONGEST)
        if facts.value is not None:
            said_of = facts.verbatim
            most = None if said_of is None else said_of.scale_max
            number = self.locale.number(facts.value)
            yield (
                number
                if most is None
                else filled(_("%(value)s of %(most)s"), value=number, most=self.locale.number(most))
            )
        if facts.channel:
            yield channel_in_words(facts.channel)
        yield str(LANGUAGES.get(facts.language, facts.language))

    def _counted(self, n: int) -> str:
        return filled(
            npgettext("what customers wrote", "%(count)s comment", "%(count)s comments", n),
            count=self.locale.number(n),
        )

    def _shares(self, whole: Tally, query: str) -> tuple[Share, ...]:
        if not whole.n:
            return ()
        base = self.address("comments")
        counts = {-1: whole.negative, 0: whole.neutral, 1: whole.positive}
        return tuple(
            Share(
                name=str(SENTIMENTS[sentiment]),
                tone=TONES[sentiment],
                count=self.locale.number(count),
                share=self.locale.percent(count / whole.n),
                percent=round(100 * count / whole.n),
                href=f"{base}?{changed(query, sentiment=str(sentiment))}",
            )
            for sentiment, count in counts.items()
        )

    def _take_away(self) -> str:
        most = {form: self.locale.number(count) for form, count in MOST_IN_FILE.items()}
        return filled(_("At most %(csv)s comments as CSV, %(xlsx)s in a workbook"), **most)

    def _empty(self, *, has_any: bool) -> EmptyState:
        if has_any:
            return EmptyState(
                _("No comment is like this"),
                _("Take out one of the filters."),
                _("All comments"),
                self.address("comments"),
            )
        return self.no_comments()

    def no_comments(self) -> EmptyState:
        """Return what stands where nobody has written anything yet."""
        return EmptyState(
            _("No comments yet"),
            _(
                "What customers write in answers to surveys and in messages to support is read and labelled here."
            ),
            _("To the surveys"),
            self.address("surveys"),
        )


def file_columns() -> tuple[Column, ...]:
    """Return the columns of a file of comments."""
    return (
        Column("at", _("When"), "when"),
        Column("text", _("Comment, personal data taken out")),
        Column("language", _("Language"), "code"),
        Column("sentiment", _("Sentiment"), "code"),
        Column("probability", _("Probability of the sentiment"), "number"),
        Column("read_by", _("Model that read the sentiment"), "code"),
        Column("emotion", _("Emotion"), "code"),
        Column("kind", _("Kind"), "code"),
        Column("actionable", _("Something can be done")),
        Column("topics", _("Topics")),
        Column("aspects", _("Aspects"), "code"),
        Column("survey", _("Survey")),
        Column("question", _("Question"), "code"),
        Column("value", _("Answer"), "number"),
        Column("channel", _("Channel"), "code"),
        Column("event", _("Event"), "code"),
    )


def file_row(facts: CommentFacts, pages: Pages) -> tuple[object, ...]:
    """Return a comment as a line of a file."""
    return (
        facts.occurred_at,
        facts.text,
        facts.language,
        {-1: "negative", 0: "neutral", 1: "positive"}[facts.sentiment],
        round(facts.probability, 4),
        facts.read_by,
        facts.emotion,
        facts.kind,
        facts.is_actionable,
        ", ".join(pages.topic_name(each) for each in facts.topics),
        " ".join(f"{aspect}:{sentiment}" for aspect, sentiment, _words in facts.aspects),
        facts.survey,
        facts.question_key,
        facts.value,
        facts.channel,
        str(facts.event_id),
    )
