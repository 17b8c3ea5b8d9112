"""Responses to surveys: give one, read them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import FileResponse
from django.http.response import HttpResponseBase
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.answering import queries
from safar.doors.web.answering.places import (
    NowhereToAnswer,
    TakesNoAnswers,
    check_shows_single,
    place_for_programs,
)
from safar.doors.web.answering.queries import ResponseFacts
from safar.doors.web.answering.whole import WholeResponse, controls_of, keep_whole
from safar.doors.web.audit.services import record
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.members.policies import Capability
from safar.doors.web.results import files, made_files
from safar.doors.web.results.files import FileAsked
from safar.doors.web.results.jobs import begin_file, make_file
from safar.doors.web.results.queries import Wanted, response_count
from safar.doors.web.surveys.queries import Published, published
from safar.doors.web.work.queries import work_of
from safar.show.locale import Locale

from .credentials import ApiRequest, Token
from .problems import PREFIX, NotAllowed
from .shapes import Body, Cursor, Page, Texts

router = Router(tags=["Surveys"])
_SEE: Final = Token(Capability.SEE_CUSTOMERS)
_SEND: Final = Token(Capability.SEND_SURVEYS)
_FILES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": files.SPSS_TYPE,
}
SurveyId = Annotated[str, Path(max_length=16)]
ResponseId = Annotated[str, Path(max_length=22)]


class BegunFile(Schema):
    """A file that is being written: fetch it from `address`, which answers 202 until it is there."""

    work_id: str
    address: str


class NewResponse(Body):
    """A complete response, as another program asked for it."""

    answers: dict[str, Any] = Field(
        description="By question id: a point, a choice id, a list of them, a text; tables as objects by row. The names"
        ' are those of a form\'s controls, so `nps.na` or `{"nps": {"na": true}}` says that it does not apply.',
        examples=[{"nps": 9, "why": "Quick and kind.", "agree": {"price": 4, "speed": 5}}],
    )
    language: str = Field(default="", max_length=16, description="Of the survey; its first one when empty.")
    customer_id: str = Field(default="", max_length=512, description="Whose; somebody unknown when empty.")
    channel: str = Field(default="", max_length=32, description="Such as `phone`; `api` when empty.")
    hidden: Texts = Field(default_factory=dict, description="Hidden fields of the survey.")
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = Field(default=None, description="Now when null; never later than now.")
    name: str = Field(
        default="",
        max_length=200,
        description="Of your own: a response of this name is kept once, however often sent.",
    )


class ResponseShape(Schema):
    """A response."""

    response_id: str
    survey_id: str
    survey_version: int
    state: str = Field(
        description="`open`, `complete`, `screened` (a quota was full) or `stopped` (given up)."
    )
    language: str
    channel: str
    customer_id: str
    invitation_id: str
    hidden: dict[str, str]
    started_at: AwareDatetime
    finished_at: AwareDatetime | None
    seconds: float | None
    marks: list[str] = Field(description="Of quality, such as `speeder`.")
    answers: dict[str, Any] = Field(description="By key: value, choices, text, rows.")


@router.post("surveys/{survey_id}/responses", auth=_SEND, response={201: ResponseShape})
def give_response(request: ApiRequest, survey_id: SurveyId, new: NewResponse) -> Status[ResponseShape]:
    """Give a complete response. Its answers are in the log when this is answered."""
    place = place_for_programs(request.auth.workspace, survey_id)
    if place.over:
        raise TakesNoAnswers("The survey is closed.", hint="Reopen it, then send the response again.")
    whole = WholeResponse(
        language=new.language,
        controls=controls_of(new.answers),
        name=new.name,
        customer_id=new.customer_id,
        channel=new.channel,
        hidden=new.hidden,
        started_at=new.started_at,
        ended_at=new.ended_at,
    )
    moved = keep_whole(place, whole)
    return Status(201, _shape(queries.response_facts(moved.row)))


@router.get("surveys/{survey_id}/responses", auth=_SEE, response=Page[ResponseShape])
def list_responses(
    request: ApiRequest,
    survey_id: SurveyId,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many items.")] = 50,
) -> Page[ResponseShape]:
    """List the responses to a survey, newest first; those that were given for trying are left out."""
    place_for_programs(request.auth.workspace, survey_id)  # a survey that is not there is 404
    check_shows_single(request.auth.workspace, survey_id)
    key = read_cursor(cursor, int)
    found = queries.responses_of(
        request.auth.workspace, survey_id, before=None if key is None else key[0], limit=limit
    )
    return Page(
        items=[_shape(each) for each in found.responses],
        next=None if found.next_before is None else cursor_of(found.next_before),
    )


@router.get(
    "surveys/{survey_id}/responses/file",
    auth=Token(Capability.EXPORT),
    openapi_extra={
        "responses": {
            200: {
                "description": "The responses, as a file.",
                "content": {
                    media: {"schema": {"type": "string", "format": "binary"}} for media in _FILES.values()
                },
            }
        }
    },
    response={202: BegunFile},
)
def take_responses(
    request: ApiRequest,
    survey_id: SurveyId,
    form: Annotated[
        Literal["csv", "xlsx", "sav"], Query(description="CSV, a workbook, or SPSS with labels.")
    ] = "csv",
    words: Annotated[bool, Query(description="Choices as they read, instead of their ids.")] = False,
    language: Annotated[Literal["fa", "ar", "en"], Query(description="Of questions and choices.")] = "en",
) -> HttpResponseBase | Status[BegunFile]:
    """Take the complete responses away, oldest first; not where a survey promises that single ones are shown to nobody.
    Of more than 5,000 the file is written in the background: 202 says where to fetch it. Needs `see_customers` as well.
    """
    caller = request.auth
    newest = _may_take(request, survey_id)
    asked = FileAsked(form, Wanted(), words, "rtl" if language in {"fa", "ar"} else "ltr")
    locale = Locale(language, time_zone=caller.workspace.time_zone)
    record(
        caller.actor,
        "survey.responses_taken",
        workspace_id=caller.workspace.workspace_id,
        target=survey_id,
    )
    if response_count(caller.workspace, survey_id) > made_files.AT_ONCE:
        return _begun(survey_id, begin_file(caller.workspace, newest, asked, locale, by=caller.actor))
    return files.answers_file(caller.workspace, survey_id, newest.survey, asked, locale)


@router.get(
    "surveys/{survey_id}/responses/file/{work_id}",
    auth=Token(Capability.EXPORT),
    openapi_extra={
        "responses": {
            200: {
                "description": "The file.",
                "content": {
                    media: {"schema": {"type": "string", "format": "binary"}} for media in _FILES.values()
                },
            }
        }
    },
    response={202: BegunFile},
)
def take_made_file(
    request: ApiRequest, survey_id: SurveyId, work_id: UUID
) -> HttpResponseBase | Status[BegunFile]:
    """Take away a file that was written in the background: 202 while it is, 404 once it is gone, a day later."""
    _may_take(request, survey_id)
    work = work_of(work_id, request.auth.workspace.workspace_id)
    if (
        work is None
        or work.kind != make_file.kind
        or (work.result or {}).get("survey_id", survey_id) != survey_id
    ):
        raise NowhereToAnswer("There is no such file here.", hint="Ask for the responses again.")
    if not work.has_ended:
        return _begun(survey_id, work.work_id)
    told: dict[str, Any] = dict(work.result or {})
    found = made_files.opened(request.auth.workspace, str(told.get("file_id", "")))
    if found is None:
        raise NowhereToAnswer("There is no such file here.", hint="Ask for the responses again.")
    return FileResponse(found, as_attachment=True, filename=str(told["name"]))


def _may_take(request: ApiRequest, survey_id: str) -> Published:
    """Return the survey whose single responses the caller may take away."""
    caller = request.auth
    if Capability.SEE_CUSTOMERS not in caller.capabilities:
        raise NotAllowed("The role does not allow see_customers.", hint="An owner or manager can change it.")
    place_for_programs(caller.workspace, survey_id)  # a survey that is not there is 404
    check_shows_single(caller.workspace, survey_id)
    newest = published(caller.workspace, survey_id)
    if newest is None:
        raise NowhereToAnswer("There is no such survey here.", hint="List the surveys.")
    return newest


def _begun(survey_id: str, work_id: str) -> Status[BegunFile]:
    address = f"{PREFIX}surveys/{survey_id}/responses/file/{work_id}"
    return Status(202, BegunFile(work_id=work_id, address=address))


@router.get("responses/{response_id}", auth=_SEE, response=ResponseShape)
def get_response(request: ApiRequest, response_id: ResponseId) -> ResponseShape:
    """Return one response."""
    found = queries.response_of(request.auth.workspace, response_id)
    if found is None:
        raise NowhereToAnswer("There is no such response here.", hint="List the responses to a survey.")
    check_shows_single(request.auth.workspace, found.survey_id)
    return _shape(found)


def _shape(facts: ResponseFacts) -> ResponseShape:
    return ResponseShape(
        response_id=facts.public_id,
        survey_id=facts.survey_id,
        survey_version=facts.version,
        state=facts.state,
        language=facts.language,
        channel=facts.channel,
        customer_id=facts.customer_id,
        invitation_id=facts.invitation_id,
        hidden=dict(facts.hidden),
        started_at=facts.started_at,
        finished_at=facts.finished_at,
        seconds=facts.seconds,
        marks=list(facts.marks),
        answers=queries.told_answers(facts.answers),
    )
