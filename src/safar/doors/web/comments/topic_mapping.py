"""A topic becomes a card on a map: an opportunity at a step, with its comments as the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.maps import opportunities
from safar.doors.web.maps.queries import map_of, maps_of
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .errors import TopicNotHere
from .facts import Tally
from .filters import Filters, rows_of
from .models import About
from .queries import tally_of
from .topic_queries import board


@dataclass(frozen=True, slots=True)
class TopicPlace:
    """A step of a map that a topic can be put at.

    Attributes
    ----------
    map_names, step_names
        By language.
    comments
        How many comments about the topic answer the questions of the step.
    """

    map_id: str
    map_names: Mapping[str, str]
    step_id: str
    step_names: Mapping[str, str]
    comments: int


def places_for(workspace: Workspace, topic_id: str) -> tuple[TopicPlace, ...]:
    """Return the steps of all maps, as they stand there, each with the topic's comments that were heard at it."""
    about = About.objects.filter(
        comment__book__workspace_id=workspace.workspace_id, topic__public_id=topic_id
    )
    counted = about.order_by().values_list("comment__asked__question_key").annotate(n=Count("pk"))
    heard = dict(counted)
    found = []
    for facts in maps_of(workspace):
        opened = map_of(workspace, facts.public_id)
        for step in opened.document.steps if opened else ():
            comments = sum(heard.get(key, 0) for key in step.binding.question_keys)
            found.append(
                TopicPlace(facts.public_id, dict(facts.name), step.step_id, dict(step.name), comments)
            )
    return tuple(found)


def put_on_map(workspace: Workspace, topic_id: str, map_id: str, step_id: str, *, by: Actor) -> str:
    """Put a topic at a step of a map as an opportunity; return the card's id.

    Its evidence are the comments about it that answer questions of the step; all comments about it where none do.

    Raises
    ------
    TopicNotHere
        Or it has no comments.
    UnknownMap
        The map, or its step, is not there.
    MapArchived, EditRefused
    """
    topic = next((each for each in board(workspace) if each.name.public_id == topic_id), None)
    if topic is None or not topic.tally.n:
        raise TopicNotHere(
            f"There is no topic {topic_id} with comments.", hint="Look at the board of topics."
        )
    opened = opportunities.opened_at(workspace, map_id, step_id)
    filters = Filters(topic=topic_id, map_id=map_id, step_id=step_id)
    tally = tally_of(workspace, filters)
    if not tally.n:
        filters, tally = Filters(topic=topic_id), topic.tally
    query = {"topic": topic_id} | ({"step": f"{map_id}.{step_id}"} if filters.step_id else {})
    newest_on = rows_of(workspace, filters).order_by("-on").values_list("on", flat=True).first()
    card_id = opportunities.add_opportunity(
        workspace,
        opened,
        opportunities.Opportunity(
            step_id,
            text=lambda locale: topic.name.said(locale.language),
            evidence=lambda locale: _words(tally, locale),
            link=f"{reverse('comments', kwargs={'workspace_id': workspace.workspace_id})}?{urlencode(query)}",
            n=tally.n,
            newest_on=newest_on or timezone.now().date(),
        ),
        by=by,
    )
    name = topic.name.said(workspace.language)
    record(by, "topic.mapped", workspace_id=workspace.workspace_id, target=name, after={"comments": tally.n})
    return card_id


def _words(tally: Tally, locale: Locale) -> str:
    """Return what the evidence says, in the language of the moment."""
    count = npgettext("what customers wrote", "%(count)s comment", "%(count)s comments", tally.n)
    share = tally.negative_share
    return _("%(comments)s, %(share)s of them negative") % {
        "comments": count % {"count": locale.number(tally.n)},
        "share": locale.percent(None if share is None else share.value),
    }
