"""Which comments are wanted, and the rows of the tables that these are."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from functools import reduce
from operator import and_
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from safar.doors.web.design.date_field import typed_day
from safar.doors.web.homes import current_home
from safar.doors.web.maps.queries import map_of
from safar.doors.web.segments.queries import member_keys
from safar.listen.verbatims import ids_of_person, keys_among, keys_of
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.text import fold

from .keeping import signed
from .models import About, Asked, Comment, Mention, Topic

#: What `Filters.asked` says of messages to support, which answer no question.
MESSAGES = "-"
#: What `Filters.topic` says of comments without any.
NO_TOPIC = "-"
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """Which comments. What is left empty takes all.

    Attributes
    ----------
    text
        Words that all stand in a comment, in any order, as search compares them.
    language, emotion, kind
        As the labels are called.
    sentiment, band
        -1, 0, 1, and `labels.Band`; None for all.
    topic
        Public id of a topic, or `NO_TOPIC`.
    aspect, feels
        Id of an aspect that a comment speaks of; with -1, 0, 1 only those that feel so about it, whatever the whole
        comment says.
    asked
        Key of a question, or `MESSAGES`.
    survey
        Name of a survey.
    metric
        Of the question, such as ``nps``.
    map_id, step_id
        Public id of a map, and a step of it: the answers to its questions.
    segment
        Public id of a segment: what its members of today wrote.
    customer
        Any id of a customer.
    channel
        As the log has it.
    since, until
        Civil dates of the workspace, both taken in.
    actionable
        Only what somebody could do something about.
    same_as
        Only comments that say the same: `models.Comment.same_as`.
    """

    text: str = ""
    language: str = ""
    sentiment: int | None = None
    topic: str = ""
    aspect: str = ""
    feels: int | None = None
    emotion: str = ""
    kind: str = ""
    band: int | None = None
    asked: str = ""
    survey: str = ""
    metric: str = ""
    map_id: str = ""
    step_id: str = ""
    segment: str = ""
    customer: str = ""
    channel: str = ""
    since: date | None = None
    until: date | None = None
    actionable: bool = False
    same_as: int | None = None

    def query(self, locale: Locale) -> str:
        """Return the address query of these comments, without ``?``: of steps, questions, scores and days so far.

        Parameters
        ----------
        locale
            Of the reader: days are read in the calendar that he types them in.
        """
        named = {
            "step": f"{self.map_id}.{self.step_id}" if self.step_id else "",
            "question": self.asked,
            "metric": self.metric,
            "score": "" if self.band is None else str(int(self.band)),
            "since": typed_day(self.since, locale) if self.since else "",
            "until": typed_day(self.until, locale) if self.until else "",
        }
        return urlencode({name: value for name, value in named.items() if value})

    @property
    def are_any(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, each.name) != each.default for each in fields(self))


def question_keys_of_step(workspace: Workspace, map_id: str, step_id: str) -> tuple[str, ...]:
    """Return the keys of the questions that a step of a map is bound to; none where there is no such step."""
    found = map_of(workspace, map_id)
    step = None if found is None else found.document.step(step_id)
    return () if step is None else step.binding.question_keys


def rows_of(workspace: Workspace, filters: Filters) -> QuerySet[Comment]:
    """Return the comments that are wanted, in no order."""
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id)
    conditions = [
        *_plain(filters),
        *_of_questions(workspace, filters),
        *_of_words(filters),
        *_of_aspects(workspace, filters),
        *_of_others(workspace, filters),
    ]
    return rows.filter(reduce(and_, conditions, Q()))


def _plain(filters: Filters) -> list[Q]:
    given = {
        "language": filters.language or None,
        "sentiment": filters.sentiment,
        "emotion": filters.emotion or None,
        "kind": filters.kind or None,
        "band": filters.band,
        "channel": filters.channel or None,
        "on__gte": filters.since,
        "on__lte": filters.until,
        "is_actionable": True if filters.actionable else None,
        "same_as": filters.same_as,
    }
    found = [Q(**{name: value}) for name, value in given.items() if value is not None]
    if filters.asked == MESSAGES:
        found.append(Q(asked=None))
    return found


def _of_questions(workspace: Workspace, filters: Filters) -> list[Q]:
    """Return conditions on the question; by number, for the table of questions is small and that of comments is not."""
    rows = Asked.objects.filter(book__workspace_id=workspace.workspace_id)
    found = []
    if filters.asked and filters.asked != MESSAGES:
        found.append(rows.filter(question_key=filters.asked))
    if filters.survey:
        found.append(rows.filter(survey=filters.survey))
    if filters.metric:
        found.append(rows.filter(metric=filters.metric))
    if filters.step_id:
        keys = question_keys_of_step(workspace, filters.map_id, filters.step_id)
        found.append(rows.filter(question_key__in=keys))
    return [Q(asked__in=list(each.values_list("pk", flat=True))) for each in found]


def _of_words(filters: Filters) -> list[Q]:
    return [Q(folded__contains=word) for word in fold(filters.text).split()[:_MOST_WORDS]]


def _of_aspects(workspace: Workspace, filters: Filters) -> list[Q]:
    """Return the condition on the aspect; as one list of numbers, for it is read from one index alone."""
    if not filters.aspect:
        return []
    rows = Mention.objects.filter(book__workspace_id=workspace.workspace_id, aspect=filters.aspect)
    if filters.feels is not None:
        rows = rows.filter(sentiment=filters.feels)
    if filters.since is not None:
        rows = rows.filter(on__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(on__lte=filters.until)
    return [Q(pk__in=rows.values("comment"))]


def _of_others(workspace: Workspace, filters: Filters) -> list[Q]:
    """Return conditions that other tables decide: topics, members of segments, who is who."""
    found = []
    about = About.objects.filter(comment=OuterRef("pk"), topic__is_archived=False)
    if filters.topic == NO_TOPIC:
        found.append(Q(~Exists(about)))
    elif filters.topic:
        topics = Topic.objects.filter(
            book__workspace_id=workspace.workspace_id, public_id=filters.topic
        ).values_list("pk", flat=True)
        found.append(Q(Exists(About.objects.filter(comment=OuterRef("pk"), topic__in=list(topics)))))
    if filters.segment:
        log = current_home().log(workspace.workspace_id)
        found.append(_whose(keys_among(log, member_keys(workspace, filters.segment)).tolist()))
    if filters.customer:
        log = current_home().log(workspace.workspace_id)
        found.append(_whose(list(keys_of(ids_of_person(log, filters.customer)).values())))
    return found


def _whose(keys: list[int]) -> Q:
    """Return the condition that a comment came with one of these keys, however many they are."""
    numbers = json.dumps([signed(key) for key in keys])
    each = (
        "SELECT value::bigint FROM json_array_elements_text(%s::json)"
        if connection.vendor == "postgresql"
        else "SELECT value FROM json_each(%s)"
    )
    return Q(whose__in=RawSQL(each, [numbers]))  # noqa: S611 - the numbers are a parameter
