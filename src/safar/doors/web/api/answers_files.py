"""Answers that were collected elsewhere: a file is sent, its columns are planned, it is brought in, or taken back."""

from __future__ import annotations

import io
from typing import IO, Annotated, Any, Final, cast

from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.imports.errors import UploadCutOff
from safar.doors.web.imports.uploading import most_bytes, room_for, shown_name, too_large
from safar.doors.web.members.policies import Capability
from safar.doors.web.results import bring_services
from safar.doors.web.results.bring_services import AnswersFile, FileLook
from safar.doors.web.results.bringing import UnknownFile, Waiting, keep_file

from .credentials import ApiRequest, Token
from .shapes import Body, Page

router = Router(tags=["Surveys"])
_GUARD: Final = Token(Capability.IMPORT)
SurveyId = Annotated[str, Path(max_length=16)]
FileId = Annotated[str, Path(max_length=32)]


class AnswersColumn(Schema):
    """A column of a file of answers."""

    head: str
    to: str = Field(description="What it is: one of `targets`; empty where it is left out.")
    examples: list[str] = Field(description="Up to three different values.")


class AnswersProblem(Schema):
    """What the first lines hold that their questions cannot take."""

    head: str
    code: str
    count: int
    example: str


class AnswersFileShape(Schema):
    """A file of answers: one that waits, or what one brought."""

    file_id: str
    file_name: str = Field(description="Empty once it was brought in: the file is gone then.")
    is_waiting: bool
    sent_at: AwareDatetime | None
    survey_version: int | None = Field(description="Whose questions its answers are read as.")
    origin: str = Field(description="`limesurvey`, `formbricks`, `google_forms` or `table`; else empty.")
    responses: int = Field(description="How many responses of it are here.")


class AnswersFileLook(AnswersFileShape):
    """A file that waits, as it would be read."""

    columns: list[AnswersColumn]
    targets: list[str] = Field(
        description="What a column may be: `@id`, `@finished`, …, questions by their controls, `@hidden.…`."
    )
    lines: int = Field(description="First lines that were tried.")
    answers: dict[str, int] = Field(description="How many of them answer each question.")
    unfinished: int = Field(description="Lines that the file calls unfinished: they are left out.")
    problems: list[AnswersProblem]


class AnswersPlan(Body):
    """What columns of a file are."""

    columns: Annotated[dict[str, Annotated[str, Field(max_length=300)]], Field(max_length=2_000)] = Field(
        description="By head, one of `targets`; empty to leave a column out. What is not named stays."
    )


class BegunWork(Schema):
    """Background work that was begun: ask `GET work/{work_id}`."""

    work_id: str


@router.get("surveys/{survey_id}/answers-files", auth=_GUARD, response=Page[AnswersFileShape])
def list_answers_files(request: ApiRequest, survey_id: SurveyId) -> Page[AnswersFileShape]:
    """List files of answers that wait, and what others brought: all on one page."""
    bring_services.asked_survey(request.auth.workspace, survey_id)
    found = bring_services.answers_files(request.auth.workspace, survey_id)
    return Page(items=[AnswersFileShape(**_fields(each)) for each in found], next=None)


@router.post(
    "surveys/{survey_id}/answers-files",
    auth=_GUARD,
    response={201: AnswersFileLook},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def send_answers_file(
    request: ApiRequest,
    survey_id: SurveyId,
    file_name: Annotated[str, Query(min_length=1, max_length=300, description="With its ending, as .csv.")],
) -> Status[AnswersFileLook]:
    """Take in a file of answers, which is the whole body: CSV or Excel as LimeSurvey, Formbricks and Google Forms
    export it, or any table with a line a response. Nothing is brought in yet; a file waits for a week."""
    caller = request.auth
    asked = bring_services.asked_survey(caller.workspace, survey_id)
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > most_bytes():
        raise too_large(announced)
    with room_for(announced):
        body = cast("IO[bytes]", _Announced(request, announced))
        waiting = keep_file(caller.workspace, asked, shown_name(file_name), body)
    return Status(201, _look(request, waiting))


@router.get("surveys/{survey_id}/answers-files/{file_id}", auth=_GUARD, response=AnswersFileLook)
def look_at_answers_file(request: ApiRequest, survey_id: SurveyId, file_id: FileId) -> AnswersFileLook:
    """Return a file of answers; of one that waits its columns, and what its first lines say under the plan."""
    found = bring_services.answers_file(request.auth.workspace, survey_id, file_id)
    if found.waiting is not None:
        return _look(request, found.waiting, found.responses)
    return AnswersFileLook(
        **_fields(found), columns=[], targets=[], lines=0, answers={}, unfinished=0, problems=[]
    )


@router.patch("surveys/{survey_id}/answers-files/{file_id}", auth=_GUARD, response=AnswersFileLook)
def plan_answers_file(
    request: ApiRequest, survey_id: SurveyId, file_id: FileId, plan: AnswersPlan
) -> AnswersFileLook:
    """Say what columns of a file that waits are; the answer says what its first lines then say."""
    waiting = _waiting(request, survey_id, file_id)
    return _look(request, bring_services.plan_file(request.auth.workspace, waiting, plan.columns))


@router.post("surveys/{survey_id}/answers-files/{file_id}/run", auth=_GUARD, response={202: BegunWork})
def bring_answers_file(request: ApiRequest, survey_id: SurveyId, file_id: FileId) -> Status[BegunWork]:
    """Bring in the answers of a file, in the background. Each line comes in once, however often it is sent."""
    caller = request.auth
    waiting = _waiting(request, survey_id, file_id)
    work_id = bring_services.begin_bringing(caller.workspace, waiting, by=caller.actor)
    return Status(202, BegunWork(work_id=work_id))


@router.post("surveys/{survey_id}/answers-files/{file_id}/undo", auth=_GUARD, response={202: BegunWork})
def take_answers_file_back(request: ApiRequest, survey_id: SurveyId, file_id: FileId) -> Status[BegunWork]:
    """Take back what a file brought, from the responses and from the log, in the background."""
    caller = request.auth
    work_id = bring_services.begin_taking_back(caller.workspace, survey_id, file_id, by=caller.actor)
    return Status(202, BegunWork(work_id=work_id))


@router.delete("surveys/{survey_id}/answers-files/{file_id}", auth=_GUARD, response=AnswersFileShape)
def put_answers_file_away(request: ApiRequest, survey_id: SurveyId, file_id: FileId) -> AnswersFileShape:
    """Remove a file that waits. What it brought stays: that is taken back with `undo`."""
    found = bring_services.answers_file(request.auth.workspace, survey_id, file_id)
    bring_services.put_file_away(request.auth.workspace, _waiting(request, survey_id, file_id))
    return AnswersFileShape(**_fields(found))


class _Announced(io.RawIOBase):
    """The body of a request, which must be as long as it was announced to be."""

    def __init__(self, request: ApiRequest, announced: int) -> None:
        self._request, self._left = request, announced

    def readable(self) -> bool:
        """Whether it can be read: once."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next piece.

        Raises
        ------
        UploadCutOff
        """
        piece = self._request.read(size)
        self._left -= len(piece)
        if not piece and self._left > 0:
            raise UploadCutOff("The body ends within the file.", hint="Send the file again.")
        return piece


def _waiting(request: ApiRequest, survey_id: str, file_id: str) -> Waiting:
    found = bring_services.answers_file(request.auth.workspace, survey_id, file_id)
    if found.waiting is None:
        raise UnknownFile("The file was brought in already.", hint="Send it again, or take it back.")
    return found.waiting


def _look(request: ApiRequest, waiting: Waiting, responses: int = 0) -> AnswersFileLook:
    look: FileLook = bring_services.look_into(request.auth.workspace, waiting)
    return AnswersFileLook(
        **_fields(AnswersFile(waiting.file_id, waiting, responses)),
        columns=[
            AnswersColumn(head=each.head, to=each.to, examples=list(look.examples.get(each.head, ())))
            for each in waiting.plan.columns
        ],
        targets=list(look.targets),
        lines=look.tried.lines,
        answers=look.tried.answers,
        unfinished=look.tried.unfinished,
        problems=[
            AnswersProblem(head=head, code=code, count=count, example=example)
            for head, code, count, example in look.tried.problems
        ],
    )


def _fields(found: AnswersFile) -> dict[str, Any]:
    waiting = found.waiting
    return {
        "file_id": found.file_id,
        "file_name": "" if waiting is None else waiting.name,
        "is_waiting": waiting is not None,
        "sent_at": None if waiting is None else waiting.at,
        "survey_version": None if waiting is None else waiting.version,
        "origin": "" if waiting is None else waiting.plan.origin,
        "responses": found.responses,
    }
