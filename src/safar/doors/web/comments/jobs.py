"""Background work of the app of comments: reading what customers wrote, topics, learning from corrections."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from safar.doors.web.audit.actor import SYSTEM
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.jobs import Progress, every, job
from safar.vocabulary.errors import SafarError

from .assigning import assign, discover_for, join_alike
from .keeping import catch_up
from .learning import is_due, learn
from .models import Book, Comment, Proposal
from .rereading import read_again
from .topic_services import take

logger: Final = logging.getLogger("safar.comments")

#: From so many comments on, a workspace that has no topics yet gets those that are discovered.
ENOUGH_FOR_TOPICS: Final = 200


@every(timedelta(minutes=1), "comments.catch_up", name=_("Reading and labelling comments"))
def catch_up_all(progress: Progress) -> dict[str, object]:
    """Label what customers wrote since the last look, in every workspace."""
    added = 0
    for place in current_home().workspaces():
        try:
            found = catch_up(place, told=partial(_tell, progress, added))
        except SafarError as error:  # trouble with one workspace troubles no other
            logger.warning("the comments of %s could not be read: %s", place.workspace_id, error.code)
            continue
        added += found.added
        if found.added:
            _first_topics(place.workspace_id)
            # Comments that came while the topics were being edited.
            assign(place.workspace_id, progress.report)
    return {"added": added}


@every(
    timedelta(hours=1),
    "comments.join_alike",
    name=_("Finding comments that say nearly the same"),
    lane="heavy",
)
def join_alike_all(progress: Progress) -> dict[str, object]:
    """Give comments that say nearly the same the same number, in every workspace that has read on since."""
    joined = 0
    for done, place in enumerate(Book.objects.values_list("workspace_id", flat=True)):
        progress.report(done)
        joined += join_alike(place)
    return {"joined": joined}


@every(timedelta(minutes=10), "comments.learn", name=_("Learning from corrected labels"), lane="heavy")
def learn_all(progress: Progress) -> dict[str, object]:
    """Learn from what members said of labels, in every workspace where they said something new."""
    taking = 0
    for done, book in enumerate(Book.objects.order_by("pk")):
        progress.report(done)
        if is_due(book):
            taking += learn(book)
    return {"taking_over": taking}


@every(
    timedelta(minutes=1),
    "comments.read_again",
    name=_("Reading comments a second time with the larger model"),
    lane="heavy",
)
def read_again_all(progress: Progress) -> dict[str, object]:
    """Let the larger model read comments a second time, where a workspace chose it: a turn each minute."""
    return {"read": read_again(progress.report)}


@job("comments.assign_topics", name=_("Assigning comments to topics"), resumable=True)
def assign_topics(progress: Progress, *, workspace_id: str) -> dict[str, object]:
    """Assign comments to topics as these are now."""
    return {"assigned": assign(workspace_id, progress.report)}


@job(
    "comments.discover_topics",
    name=_("Discovery of topics"),
    needs=Capability.LABEL_COMMENTS,
    resumable=True,
    lane="heavy",
)
def discover_topics(progress: Progress, *, workspace_id: str, proposal_id: str) -> dict[str, object]:
    """Discover topics, for somebody to look at."""
    return {"topics": discover_for(workspace_id, proposal_id, progress.report)}


def _first_topics(workspace_id: str) -> None:
    """Discover the first topics of a workspace: they replace nothing."""
    book = Book.objects.get(workspace_id=workspace_id)
    rows = Comment.objects.filter(book=book)
    if book.topics or Proposal.objects.filter(book=book).exists():
        return
    if rows.order_by()[:ENOUGH_FOR_TOPICS].count() < ENOUGH_FOR_TOPICS:
        return
    proposal = Proposal.objects.create(book=book)
    try:
        discover_for(workspace_id, str(proposal.public_id), lambda *_: None)
    except SafarError:  # many comments that say nothing: topics come by hand, or later
        proposal.delete()
        return
    proposal.refresh_from_db()
    keys = list(proposal.sizes)
    take(current_home().workspace(workspace_id), str(proposal.public_id), keys, replaces=False, by=SYSTEM)


def _tell(progress: Progress, before: int, done: int) -> None:
    progress.report(before + done)
