"""What others read of responses, as frozen facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Count, Max, QuerySet

from safar.listen.questionnaire.anatomy import Answer, Survey
from safar.listen.questionnaire.walk import Walk, answers_on_the_way
from safar.store.registry import Workspace

from .models import QuotaCount, Response, ResponseFile, State
from .passage import answers_of
from .places import published_survey

_PIECE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFacts:
    """One respondent's response.

    Attributes
    ----------
    state
        ``open``, ``complete``, ``screened`` (a full quota turned him away) or ``stopped`` (given up).
    kind
        Of the link it came by.
    customer_id
        Empty for somebody unknown.
    seconds
        How long it took; None until it ended.
    marks
        Of quality, such as ``speeder``.
    answers
        All that was ever answered, by key; `answers_that_count` leaves out what is not on the way any more.
    """

    public_id: str
    survey_id: str
    version: int
    state: str
    kind: str
    language: str
    channel: str
    customer_id: str
    invitation_id: str
    hidden: Mapping[str, str]
    started_at: datetime
    touched_at: datetime
    finished_at: datetime | None
    seconds: float | None
    marks: tuple[str, ...]
    is_test: bool
    walk: Mapping[str, object]
    answers: Mapping[str, Answer]

    @property
    def is_complete(self) -> bool:
        """Whether it came to an end that counts."""
        return self.state == State.COMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A response as results read it.

    Attributes
    ----------
    number
        Grows with every response of the installation: where to read on.
    answers
        Those that were on the way, by key.
    """

    number: int
    public_id: str
    version: int
    language: str
    channel: str
    kind: str
    customer_id: str
    invitation_id: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    state: str
    marks: tuple[str, ...]
    hidden: Mapping[str, str]
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class ResponsesPage:
    """Responses, newest first, and where the next page begins (None on the last one)."""

    responses: tuple[ResponseFacts, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class ResponseCount:
    """How many responses a survey has, those for trying left out.

    Attributes
    ----------
    responses
        That ended or were given up: what the log knows.
    complete, open_now
        That came to an end that counts, and that wait for their respondents.
    last_at
        When a page was sent last.
    """

    responses: int
    complete: int
    open_now: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that a respondent sent; its content comes by its address."""

    public_id: str
    response_id: str
    question_id: str
    name: str
    content_type: str
    size: int


def responses_of(
    workspace: Workspace,
    survey_id: str,
    *,
    before: int | None = None,
    limit: int = 50,
    state: str = "",
    tests: bool = False,
) -> ResponsesPage:
    """Return responses to a survey, newest first.

    Parameters
    ----------
    before
        ``next_before`` of the page before.
    state
        Only those that stand so; all when empty.
    tests
        Those that were given for trying, and count nowhere, instead of the others.
    """
    rows = _rows(workspace, survey_id).filter(is_test=tests).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if state:
        rows = rows.filter(state=state)
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return ResponsesPage(
        tuple(response_facts(row) for row in shown), shown[-1].pk if len(found) > limit else None
    )


def response_of(workspace: Workspace, public_id: str) -> ResponseFacts | None:
    """Return a response by its public id, or None."""
    row = Response.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    return None if row is None else response_facts(row)


def given(
    workspace: Workspace,
    survey_id: str,
    *,
    after: int = 0,
    limit: int = 5_000,
    states: Collection[str] = (State.COMPLETE, State.STOPPED, State.SCREENED),
) -> Iterator[Given]:
    """Yield responses to a survey with the answers that count, by their numbers; those for trying are left out.

    Parameters
    ----------
    after
        The number that was read last.
    """
    rows = _rows(workspace, survey_id).filter(pk__gt=after, is_test=False, state__in=list(states))
    for row in rows.order_by("pk")[:limit].iterator(_PIECE):
        survey = published_survey(workspace.workspace_id, survey_id, row.version)
        yield Given(
            number=row.pk,
            public_id=row.public_id,
            version=row.version,
            language=row.language,
            channel=row.channel,
            kind=row.kind,
            customer_id=row.customer_id,
            invitation_id=row.invitation_id,
            started_at=row.started_at,
            finished_at=row.finished_at,
            seconds=row.seconds,
            state=row.state,
            marks=tuple(row.marks),
            hidden=row.hidden,
            answers=answers_on_the_way(survey, Walk.read(row.walk, survey), answers_of(row)),
        )


def response_counts(workspace: Workspace) -> dict[str, ResponseCount]:
    """Return how many responses each survey of a workspace has, by its public id; without those that have none."""
    rows = (
        Response.objects.filter(workspace_id=workspace.workspace_id, is_test=False)
        .values("survey_id", "state")
        .annotate(count=Count("pk"), last=Max("touched_at"))
    )
    by_survey: dict[str, dict[str, tuple[int, datetime]]] = {}
    for row in rows:
        by_survey.setdefault(row["survey_id"], {})[row["state"]] = row["count"], row["last"]
    return {
        survey_id: ResponseCount(
            responses=sum(count for state, (count, _) in states.items() if state != State.OPEN),
            complete=states.get(State.COMPLETE, (0, None))[0],
            open_now=states.get(State.OPEN, (0, None))[0],
            last_at=max(last for _, last in states.values()),
        )
        for survey_id, states in by_survey.items()
    }


def quota_counts(workspace: Workspace, survey_id: str) -> dict[str, int]:
    """Return how many complete responses count against each quota of a survey, by its id."""
    rows = QuotaCount.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id)
    return dict(rows.values_list("quota_id", "count"))


def files_of(workspace: Workspace, public_id: str) -> tuple[FileFacts, ...]:
    """Return the files that came with a response, in the order they came."""
    rows = ResponseFile.objects.filter(workspace_id=workspace.workspace_id, response_id=public_id)
    return tuple(_file_facts(row) for row in rows.order_by("pk"))


def file_of(workspace: Workspace, file_id: str) -> FileFacts | None:
    """Return a file that a respondent sent, or None."""
    row = ResponseFile.objects.filter(workspace_id=workspace.workspace_id, public_id=file_id).first()
    return None if row is None else _file_facts(row)


def _file_facts(row: ResponseFile) -> FileFacts:
    return FileFacts(row.public_id, row.response_id, row.question_id, row.name, row.content_type, row.size)


def answers_that_count(survey: Survey, facts: ResponseFacts) -> dict[str, Answer]:
    """Return the answers of a response to questions that were on its way.

    Parameters
    ----------
    survey
        As it stood in the response's version.

    Raises
    ------
    WalkLost
        The survey is another one.
    """
    return answers_on_the_way(survey, Walk.read(facts.walk, survey), facts.answers)


def told_answers(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Return answers by key as JSON-able data."""
    told: dict[str, Any] = msgspec.to_builtins(dict(answers))
    return told


def response_facts(row: Response) -> ResponseFacts:
    """Return what is told of a response."""
    return ResponseFacts(
        public_id=row.public_id,
        survey_id=row.survey_id,
        version=row.version,
        state=row.state,
        kind=row.kind,
        language=row.language,
        channel=row.channel,
        customer_id=row.customer_id,
        invitation_id=row.invitation_id,
        hidden=row.hidden,
        started_at=row.started_at,
        touched_at=row.touched_at,
        finished_at=row.finished_at,
        seconds=row.seconds,
        marks=tuple(row.marks),
        is_test=row.is_test,
        walk=row.walk,
        answers=answers_of(row),
    )


def _rows(workspace: Workspace, survey_id: str) -> QuerySet[Response]:
    return Response.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id)
