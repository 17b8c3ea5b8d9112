"""Responses that were given elsewhere and are brought in: kept and told to the log like any other, once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
from django.core import signing
from django.db import transaction
from django.db.models import Count, Max

from safar.doors.web import scribe
from safar.doors.web.homes import current_home
from safar.listen.questionnaire.anatomy import END, Answer, Survey
from safar.listen.questionnaire.walk import Step, Walk
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .log_events import BROUGHT, drafts_of, source_of
from .models import Response, State
from .places import published_survey

_PIECE: Final = 500
#: What stands for the file of those whose events other programs told the log.
TOLD: Final = "events"


class BroughtAnswersUnknown(Refusal, LookupError):
    """Answers were brought to questions that the survey does not have."""

    code = "answering.unknown_questions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A complete response that was given elsewhere.

    Attributes
    ----------
    source, own_id
        Where it comes from, such as ``limesurvey``, and what it is called there: brought again it is the same one.
    customer_id
        Empty for somebody unknown.
    answers
        By key, as `listen.questionnaire.anatomy.Answers` has them.
    """

    source: str
    own_id: str
    started_at: datetime
    finished_at: datetime
    answers: Mapping[str, Answer]
    language: str = ""
    channel: str = ""
    customer_id: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """What one file brought: its id, and how many responses of it are here."""

    file_id: str
    count: int


def keep_brought(
    workspace: Workspace,
    survey_id: str,
    version: int,
    brought: Sequence[Brought],
    *,
    file_id: str = "",
    is_told: bool = False,
) -> int:
    """Keep responses that were given elsewhere, and tell the log of them; return how many were not here yet.

    Parameters
    ----------
    version
        The published version whose questions were asked.
    file_id
        The file they come from: `take_back` takes all of it back.
    is_told
        Their events are in the log already and are not written again.

    Raises
    ------
    NowhereToAnswer
        There is no such version.
    BroughtAnswersUnknown
        Nothing was kept.
    """
    survey = published_survey(workspace.workspace_id, survey_id, version)
    known = {question.question_id for question in survey.questions}
    unknown = {key for each in brought for key in each.answers if key.partition("@")[0] not in known}
    if unknown:
        raise BroughtAnswersUnknown(
            f"The survey has no questions {', '.join(sorted(unknown)[:5])}.",
            hint="Name the columns' questions again.",
            questions=[*sorted(unknown)[:5]],
        )
    count = 0
    for start in range(0, len(brought), _PIECE):
        rows = [_row(workspace, survey_id, version, survey, each) for each in brought[start : start + _PIECE]]
        for row in rows:
            row.link = TOLD if is_told else file_id
        count += _keep(rows, survey, is_told=is_told)
    return count


def take_back(workspace: Workspace, file_id: str) -> int:
    """Remove the responses that a file brought, and their events from the log; return how many responses.

    The log first: killed in between, the responses are still there to be taken back. The file can be brought again.
    """
    rows = Response.objects.filter(workspace_id=workspace.workspace_id, kind=BROUGHT, link=file_id)
    one = rows.first()
    if one is None or file_id in {"", TOLD}:
        return 0
    current_home().log(workspace.workspace_id).remove_source(source_of(one))
    removed, _ = rows.delete()
    return removed


def surveys_told(workspace: Workspace) -> frozenset[str]:
    """Return the ids of surveys with responses that show events of other programs."""
    rows = Response.objects.filter(workspace_id=workspace.workspace_id, kind=BROUGHT, link=TOLD)
    return frozenset(rows.values_list("survey_id", flat=True).distinct().order_by())


def forget_untold(workspace: Workspace, survey_id: str, source: str, own_ids: Collection[str]) -> int:
    """Remove responses of a survey that show events which the log has no more; return how many.

    Their import was undone, or they are older than the workspace keeps.

    Parameters
    ----------
    own_ids
        Of those that are still there.
    """
    there = {_derived(workspace.workspace_id, survey_id, source, own_id) for own_id in own_ids}
    rows = Response.objects.filter(
        workspace_id=workspace.workspace_id, survey_id=survey_id, kind=BROUGHT, link=TOLD
    )
    gone = [pk for pk, public_id in rows.values_list("pk", "public_id") if public_id not in there]
    for start in range(0, len(gone), _PIECE):
        Response.objects.filter(pk__in=gone[start : start + _PIECE]).delete()
    return len(gone)


def brought_files(workspace: Workspace, survey_id: str) -> tuple[BroughtFile, ...]:
    """Return what files have brought to a survey, the newest first."""
    rows = Response.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id, kind=BROUGHT)
    found = rows.exclude(link__in=("", TOLD)).values("link").order_by("link")
    counted = found.annotate(count=Count("pk"), newest=Max("pk"))
    files = sorted(counted, key=lambda each: each["newest"], reverse=True)
    return tuple(BroughtFile(each["link"], each["count"]) for each in files)


def _keep(rows: list[Response], survey: Survey, *, is_told: bool) -> int:
    for row in rows:
        row.in_log = is_told
    with transaction.atomic():
        ids = [row.public_id for row in rows]
        here = set(Response.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
        new = list({row.public_id: row for row in rows if row.public_id not in here}.values())
        Response.objects.bulk_create(new, ignore_conflicts=True)
    if is_told:
        return len(new)
    drafts = []
    for row in new:
        answers = msgspec.convert(row.answers, dict[str, Answer])
        drafts += drafts_of(row, survey, Walk.read(row.walk, survey), answers)
    if new:
        scribe.write(new[0].workspace_id, drafts)
        Response.objects.filter(public_id__in=[row.public_id for row in new]).update(in_log=True)
    return len(new)


def _row(workspace: Workspace, survey_id: str, version: int, survey: Survey, brought: Brought) -> Response:
    language = brought.language or (survey.languages[0] if survey.languages else "")
    walk = Walk(
        language=language, hidden=dict(brought.hidden), way=_whole_way(survey, brought.answers), ended=END
    )
    return Response(
        workspace_id=workspace.workspace_id,
        public_id=_derived(workspace.workspace_id, survey_id, brought.source, brought.own_id),
        survey_id=survey_id,
        version=version,
        kind=BROUGHT,
        customer_id=brought.customer_id,
        language=language,
        channel=brought.channel or brought.source,
        hidden=dict(brought.hidden),
        walk=walk.told(),
        answers=msgspec.to_builtins(dict(brought.answers)),
        state=State.COMPLETE,
        started_at=brought.started_at,
        touched_at=brought.finished_at,
        finished_at=brought.finished_at,
        seconds=max(0.0, (brought.finished_at - brought.started_at).total_seconds()),
    )


def _whole_way(survey: Survey, answers: Mapping[str, Answer]) -> tuple[Step, ...]:
    """Return a way over every page: which were seen elsewhere nobody knows, and all that was answered counts."""
    way = []
    for page in survey.pages:
        if not page.repeats_for:
            way.append(Step(page.page_id))
            continue
        mine = {question.question_id for question in page.questions}
        items = dict.fromkeys(
            key.partition("@")[2] for key in answers if key.partition("@")[0] in mine and "@" in key
        )
        way += [Step(page.page_id, item) for item in items]
    return tuple(way)


def _derived(workspace_id: str, survey_id: str, source: str, own_id: str) -> str:
    name = "\n".join((workspace_id, survey_id, source, own_id))
    return signing.b64_encode(hashlib.blake2b(name.encode(), digest_size=16).digest()).decode()
