"""The board of topics and the page of one, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from safar.doors.web.design.drawings import Drawing
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Table
from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.page import tabs
from safar.doors.web.work.queries import WorkFacts
from safar.maps.anatomy import said
from safar.show.trend import TrendPoint, trend

from .drawings import negative_in_words, over_time, stretches, time_table
from .page import CommentCard, Pages
from .queries import CommentFacts, Tally
from .topic_mapping import TopicPlace
from .topic_queries import ProposalFacts, TopicFacts

#: Pixels of the column that the drawing of one topic stands in.
_WIDE: Final = 760.0


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic on the board.

    Attributes
    ----------
    public_id, name, words
        What it is called, and what tells of it.
    size, negative, score
        How many comments, the share of negative ones with its interval, and where their answers stand; empty texts
        where nothing is known.
    drawing
        The share of negative ones over time; empty with too little.
    quotes
        The newest comments, for who may read them.
    href, comments_href
        Where it is changed, and where its comments are.
    """

    public_id: str
    name: str
    words: tuple[str, ...]
    size: str
    negative: str
    score: str
    drawing: str
    quotes: tuple[CommentCard, ...]
    href: str
    comments_href: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A topic that was discovered, to be taken or not."""

    key: str
    name: str
    words: tuple[str, ...]
    size: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """What the board is given.

    Attributes
    ----------
    tabs
        The second navigation.
    cards, archived
        Topics in use, and those put away.
    can_edit, can_map
        Whether the reader may change topics, and put them on maps.
    proposal_href
        Where what was discovered is looked at; empty without a proposal that is ready.
    work
        The discovery under way; None without one.
    address
        Of this page.
    empty
        What stands where no topics are.
    """

    tabs: tuple[Tab, ...]
    cards: tuple[TopicCard, ...]
    archived: tuple[TopicCard, ...]
    can_edit: bool
    proposal_href: str
    discover_href: str
    new_href: str
    can_map: bool
    merge_href: str
    quality_href: str
    work: WorkFacts | None
    address: str
    empty: EmptyState | None


@dataclass(frozen=True, slots=True)
class TopicPage:
    """What the page of one topic is given."""

    tabs: tuple[Tab, ...]
    card: TopicCard
    over_time: Drawing | None
    time_table: Table | None
    is_archived: bool
    can_edit: bool
    board_href: str
    acts: Mapping[str, str]
    to_map_href: str
    tell_href: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """What the page of discovered topics is given."""

    tabs: tuple[Tab, ...]
    topics: tuple[Proposed, ...]
    found_in: str
    today: tuple[str, ...]
    board_href: str
    take_href: str
    aside_href: str


def board_page(
    pages: Pages,
    topics: Sequence[TopicFacts],
    trends: Mapping[str, Mapping[date, Tally]],
    quotes: Mapping[str, Sequence[CommentFacts]],
    proposal: ProposalFacts | None,
) -> BoardPage:
    """Return the board of topics."""
    can_edit = Capability.LABEL_COMMENTS in pages.capabilities
    cards = [(each, topic_card(pages, each, trends, quotes)) for each in topics]
    is_live = proposal is not None and not proposal.is_ready and proposal.work is not None
    return BoardPage(
        tabs=tabs(pages.workspace, "topics"),
        cards=tuple(card for facts, card in cards if not facts.is_archived),
        archived=tuple(card for facts, card in cards if facts.is_archived),
        can_edit=can_edit,
        proposal_href=pages.address("topics-proposal", proposal_id=proposal.public_id)
        if can_edit and proposal is not None and proposal.is_ready
        else "",
        discover_href=pages.address("topics-discover"),
        new_href=pages.address("topic-new"),
        can_map=Capability.EDIT_MAPS in pages.capabilities,
        merge_href=pages.address("topics-merge"),
        quality_href=pages.address("label-quality"),
        work=proposal.work if proposal is not None and is_live and can_edit else None,
        address=pages.address("topics"),
        empty=None
        if topics
        else EmptyState(
            _("No topics yet"),
            _("They are discovered by themselves once 200 comments are there. You may also add one by hand."),
        ),
    )


def topic_card(
    pages: Pages,
    facts: TopicFacts,
    trends: Mapping[str, Mapping[date, Tally]],
    quotes: Mapping[str, Sequence[CommentFacts]],
) -> TopicCard:
    """Return a topic of the board."""
    public_id = facts.name.public_id
    score = (
        filled(
            _("%(share)s of the way up the scale, of %(count)s answers"),
            share=pages.locale.percent(facts.mean_height),
            count=pages.locale.number(facts.answers),
        )
        if facts.mean_height is not None
        else ""
    )
    name = pages.topic_name(facts.name)
    return TopicCard(
        public_id=public_id,
        name=name,
        words=facts.words,
        size=_count(pages, facts.tally.n),
        negative=negative_in_words(facts.tally, pages.locale) if facts.tally.n else "",
        score=score,
        drawing=_drawing(pages, name, public_id, trends.get(public_id, {})),
        quotes=tuple(pages.card(each) for each in quotes.get(public_id, ())),
        href=pages.address("topic", topic_id=public_id),
        comments_href=f"{pages.address('comments')}?{urlencode({'topic': public_id})}",
    )


def _drawing(pages: Pages, name: str, public_id: str, days: Mapping[date, Tally]) -> str:
    found = stretches(days, pages.locale, period="month")
    if len(found) < 3:
        return ""
    points = [
        TrendPoint(
            each.name,
            None if share is None else share.value,
            negative_in_words(each.tally, pages.locale),
            None if share is None else share.interval.low,
            None if share is None else share.interval.high,
        )
        for each in found
        for share in [each.tally.negative_share]
    ]
    title = filled(_("Share of negative comments about %(name)s over time"), name=name)
    return trend(points, title=title, trend_id=f"topic-{public_id}", reach=(0.0, 1.0))


def topic_page(pages: Pages, facts: TopicFacts, card: TopicCard, days: Mapping[date, Tally]) -> TopicPage:
    """Return the page of one topic.

    Parameters
    ----------
    days
        Its comments by day.
    """
    found = stretches(days, pages.locale)
    is_drawn = len(found) > 1
    acts = ("names", "words", "split", "archive")
    return TopicPage(
        tabs=tabs(pages.workspace, "topics"),
        card=card,
        over_time=over_time(found, pages.locale, wide=_WIDE) if is_drawn else None,
        time_table=time_table(found, pages.locale) if is_drawn else None,
        is_archived=facts.is_archived,
        can_edit=Capability.LABEL_COMMENTS in pages.capabilities,
        board_href=pages.address("topics"),
        acts={act: pages.address(f"topic-{act}", topic_id=facts.name.public_id) for act in acts},
        to_map_href=pages.address("topic-to-map", topic_id=facts.name.public_id),
        tell_href=f"{pages.address('case-telling-new')}?{urlencode({'topic': facts.name.key})}"
        if {Capability.SEND_SURVEYS, Capability.SEE_CUSTOMERS} <= pages.capabilities
        else "",
    )


def step_choices(pages: Pages, places: Sequence[TopicPlace]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the steps that a topic can be put at, in groups by their maps: with how much was heard there of it."""
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for place in places:
        name = said(place.step_names, pages.locale.language, "en") or place.step_id
        if place.comments:
            name = f"{name} · {_count(pages, place.comments)}"
        of_map = said(place.map_names, pages.locale.language, "en") or place.map_id
        groups.setdefault(place.map_id, (of_map, []))[1].append((f"{place.map_id}.{place.step_id}", name))
    return list(groups.values())


def _count(pages: Pages, comments: int) -> str:
    count = npgettext("what customers wrote", "%(count)s comment", "%(count)s comments", comments)
    return filled(count, count=pages.locale.number(comments))


def proposal_page(pages: Pages, proposal: ProposalFacts, topics: Sequence[TopicFacts]) -> ProposalPage:
    """Return the page of what was discovered."""
    told = _count(pages, proposal.comments)
    return ProposalPage(
        tabs=tabs(pages.workspace, "topics"),
        topics=tuple(
            Proposed(
                each.key,
                each.name,
                each.words[:12],
                negative_in_words(Tally(each.negative, each.comments - each.negative), pages.locale),
            )
            for each in proposal.topics
        ),
        found_in=filled(_("Found in the newest %(comments)s. Nothing is changed yet."), comments=told),
        today=tuple(pages.topic_name(each.name) for each in topics if not each.is_archived),
        board_href=pages.address("topics"),
        take_href=pages.address("topics-take", proposal_id=proposal.public_id),
        aside_href=pages.address("topics-aside", proposal_id=proposal.public_id),
    )
