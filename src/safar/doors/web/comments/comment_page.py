"""The page of one comment: its words, why it has its labels, and who corrected them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from safar.doors.web.design.parts import Tab
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import visible
from safar.doors.web.surveys.page import tabs

from .page import CommentCard, Pages
from .queries import CommentFacts, CorrectionFacts
from .why import Piece, pieces, strongest
from .words import SENTIMENTS, kind_in_words


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One correction: what was changed, by whom and when, and where it can be taken back; empty where it cannot."""

    words: str
    by: str
    undo_href: str


@dataclass(frozen=True, slots=True)
class CommentPage:
    """What the page of one comment is given.

    Attributes
    ----------
    tabs
        The second navigation.
    card
        The comment.
    pieces
        Its words, those marked that spoke for a sentiment.
    why
        The same as sentences.
    aspects
        What it speaks of, each with its sentiment.
    corrections
        The last first.
    list_href, label_href
        Back to the list; where the form is sent.
    """

    tabs: tuple[Tab, ...]
    card: CommentCard
    pieces: tuple[Piece, ...]
    why: tuple[str, ...]
    corrections: tuple[CorrectionLine, ...]
    list_href: str
    label_href: str


def comment_page(pages: Pages, facts: CommentFacts, corrections: Sequence[CorrectionFacts]) -> CommentPage:
    """Return the page of a comment."""
    card = pages.card(facts)
    cut = pieces(visible(facts.words) if facts.words.isprintable() else facts.words)
    return CommentPage(
        tabs=tabs(pages.workspace, "comments"),
        card=card,
        pieces=cut,
        why=(*_why(cut), *_of_the_larger_model(facts)),
        corrections=tuple(_correction(pages, facts, each) for each in corrections),
        list_href=pages.address("comments"),
        label_href=pages.address("comment-label", comment_id=facts.comment_id),
    )


def _why(found: tuple[Piece, ...]) -> list[str]:
    told = []
    negative, positive = strongest(found, "negative"), strongest(found, "positive")
    if negative:
        words = quoted(negative)
        told.append(filled(_("For negative spoke most: %(words)s."), words=words))
    if positive:
        words = quoted(positive)
        told.append(filled(_("For positive spoke most: %(words)s."), words=words))
    if not told:
        told.append(_("No word speaks clearly for a sentiment."))
    return told


def _of_the_larger_model(facts: CommentFacts) -> list[str]:
    """Return that a second reading took part, which gives no words."""
    if facts.read_by == "small" or "sentiment" in facts.said:
        return []
    return [
        _(
            "The larger model read the whole sentence as well. It has no words to show: those marked are what the small"
            " model read, which is one part of the sum."
        )
    ]


def quoted(words: Sequence[str]) -> str:
    """Return words in the quotation marks of the reader's language, one after the other."""
    # Not isolated one by one: the direction of the whole is that of their letters.
    return _(", ").join(_("“%(word)s”") % {"word": each} for each in words)


def _correction(pages: Pages, facts: CommentFacts, each: CorrectionFacts) -> CorrectionLine:
    names = {"sentiment": _("Sentiment"), "kind": _("Kind"), "topics": _("Topics")}
    told = filled(
        _("%(label)s: “%(after)s” instead of “%(before)s”"),
        label=names[each.field],
        after=_label(pages, each, each.after),
        before=_label(pages, each, each.before),
    )
    by = filled(
        _("%(who)s, %(when)s"), who=each.by or _("somebody who is gone"), when=pages.locale.datetime(each.at)
    )
    undo = (
        pages.address("comment-undo", comment_id=facts.comment_id, correction_id=each.correction_id)
        if each.can_undo
        else ""
    )
    return CorrectionLine(told, by, undo)


def _label(pages: Pages, correction: CorrectionFacts, value: Any) -> str:
    """Return a label that a correction names, in words."""
    if correction.field == "sentiment":
        return str(SENTIMENTS.get(value, value))
    if correction.field == "kind":
        return kind_in_words(value)
    topics = [correction.topics[each] for each in value if each in correction.topics]
    return _(", ").join(map(pages.topic_name, topics)) or _("none")
