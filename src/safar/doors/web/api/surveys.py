"""Surveys: documents that several write at once, published as versions that never change."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys import queries, services
from safar.doors.web.surveys.queries import OpenSurvey, SurveyFacts, VersionFacts
from safar.doors.web.surveys.readiness import findings_of
from safar.listen.questionnaire import anatomy
from safar.listen.questionnaire.findings import CODES
from safar.listen.questionnaire.templates import template, templates

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .problems import Invalid, NotHere
from .revisions import IfMatch, Revision, base_of
from .shapes import Body, Page

router = Router(tags=["Surveys"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_EDIT: Final = Token(Capability.EDIT_SURVEYS)
_SEND: Final = Token(Capability.SEND_SURVEYS)
SurveyId = Annotated[str, Path(max_length=16)]
_DOCUMENT: Final = "As `GET surveys/schema` describes it."


class SurveyShape(Schema):
    """A survey, without its document."""

    survey_id: str
    name: dict[str, str] = Field(description="By language.")
    key: str = Field(description="What events of its answers call it.")
    state: str = Field(description="`draft`, `open` or `closed`.")
    version: int = Field(description="Number of the newest published version; 0 before the first.")
    languages: list[str]
    questions: int
    has_changes: bool = Field(description="Whether the draft differs from the newest version.")
    changed_at: AwareDatetime
    changed_by: str
    is_archived: bool


class WholeSurvey(SurveyShape):
    """A survey with its draft. The header `ETag` holds the revision of the draft."""

    revision: int = Field(description="The newest of the draft; it grows with every change.")
    document: dict[str, Any] = Field(description=_DOCUMENT)


class NewSurvey(Body):
    """A survey to begin: of a document, or of a template."""

    document: dict[str, Any] | None = Field(default=None, description=_DOCUMENT)
    template: Annotated[str, Field(max_length=40)] = Field(
        default="", description="Key of a template, where no document is given."
    )


class NewDraft(Body):
    """What the draft is to be."""

    base: Revision | None = Field(
        default=None, description="The revision it is based on; the newest when left out."
    )
    document: dict[str, Any] = Field(description=_DOCUMENT)


class Publication(Body):
    """What is said of a version."""

    note: Annotated[str, Field(max_length=2_000)] = Field(default="", description="What is new in it.")
    base: Revision | None = Field(
        default=None,
        description="The revision that was looked at: a draft that was changed since is refused.",
    )


class VersionShape(Schema):
    """A published version."""

    number: int
    published_at: AwareDatetime
    published_by: str
    note: str


class FindingShape(Schema):
    """One thing that is wrong with a draft, or may be."""

    severity: str = Field(description="`error` keeps it from being published, `warning` does not.")
    code: str
    path: str = Field(description="Such as `pages[p1].questions[q1].title`.")
    meaning: str
    facts: dict[str, Any]


class SurveyTemplateShape(Schema):
    """A survey to begin with."""

    key: str
    name: dict[str, str]
    about: dict[str, str]
    languages: list[str]
    questions: int
    minutes: int = Field(description="How long it takes at most.")


class SurveySchema(Schema):
    """The JSON Schema of a survey."""

    survey: dict[str, Any]


@router.get("surveys", auth=_SEE, response=Page[SurveyShape])
def list_surveys(
    request: ApiRequest, archived: Annotated[bool, Query(description="Those in the archive instead.")] = False
) -> Page[SurveyShape]:
    """List the surveys, the one changed last first: all on one page."""
    found = queries.surveys_of(request.auth.workspace, archived=archived)
    return Page(items=[SurveyShape(**_fields(each)) for each in found], next=None)


@router.get("surveys/schema", auth=_SEE, response=SurveySchema)
def survey_schema(request: ApiRequest) -> SurveySchema:
    """Return the JSON Schema of a survey."""
    return SurveySchema(survey=anatomy.schema())


@router.get("surveys/templates", auth=_SEE, response=Page[SurveyTemplateShape])
def list_survey_templates(request: ApiRequest) -> Page[SurveyTemplateShape]:
    """List the surveys that one can begin with: all on one page."""
    items = [
        SurveyTemplateShape(
            key=each.key,
            name=each.name,
            about=each.about,
            languages=list(each.languages),
            questions=each.questions,
            minutes=each.minutes,
        )
        for each in templates()
    ]
    return Page(items=items, next=None)


@router.post("surveys", auth=_EDIT, response={201: WholeSurvey})
def create_survey(
    request: ApiRequest, new: NewSurvey, response: HttpResponse, idempotency_key: IdempotencyKey = ""
) -> Status[WholeSurvey]:
    """Begin a survey as a draft. Where its key is taken, it gets a number behind."""
    if (new.document is None) == (not new.template):
        raise Invalid("Give either a document or a template.", hint="GET surveys/templates lists them.")
    document = template(new.template) if new.document is None else anatomy.read(new.document)
    caller = request.auth

    def make() -> WholeSurvey:
        return _whole(_found(request, services.create(caller.workspace, document, by=caller.actor)))

    made = once(request, idempotency_key, make, shape=WholeSurvey)
    response["ETag"] = f'"{made.revision}"'
    return Status(201, made)


@router.get("surveys/{survey_id}", auth=_SEE, response=WholeSurvey)
def read_survey(request: ApiRequest, survey_id: SurveyId, response: HttpResponse) -> WholeSurvey:
    """Return a survey with its draft."""
    opened = _found(request, survey_id)
    response["ETag"] = f'"{opened.revision}"'
    return _whole(opened)


@router.put("surveys/{survey_id}", auth=_EDIT, response=WholeSurvey)
def replace_survey(
    request: ApiRequest, survey_id: SurveyId, said: NewDraft, response: HttpResponse, if_match: IfMatch = ""
) -> WholeSurvey:
    """Bring the draft to another document. What others have changed elsewhere since `base` stays; where they have
    changed the same, nothing is changed and both texts come back (409)."""
    document = anatomy.read(said.document)
    base = _base(request, survey_id, said.base, if_match)
    services.replace(request.auth.workspace, survey_id, document, base=base, by=request.auth.actor)
    return read_survey(request, survey_id, response)


@router.get("surveys/{survey_id}/check", auth=_SEE, response=Page[FindingShape])
def check_survey(request: ApiRequest, survey_id: SurveyId) -> Page[FindingShape]:
    """Say what is wrong with the draft, or may be: errors first, all on one page."""
    opened = _found(request, survey_id)
    newest = opened.published.survey if opened.published else None
    found = findings_of(request.auth.workspace, opened.draft, newest)
    items = [
        FindingShape(
            severity=each.severity,
            code=each.code,
            path=each.path,
            meaning=CODES[each.code][1],
            facts=dict(each.facts),
        )
        for each in found
    ]
    return Page(items=items, next=None)


@router.post("surveys/{survey_id}/publish", auth=_SEND, response=VersionShape)
def publish_survey(request: ApiRequest, survey_id: SurveyId, said: Publication) -> VersionShape:
    """Publish the draft: it becomes the next version, which never changes, and collects answers from now on. Where the
    newest version is the same, it only collects again."""
    caller = request.auth
    number = services.publish(caller.workspace, survey_id, note=said.note, base=said.base, by=caller.actor)
    found = queries.versions_of(caller.workspace, survey_id)
    return _version(next(each for each in found if each.number == number))


@router.post("surveys/{survey_id}/close", auth=_SEND, response=SurveyShape)
def close_survey(request: ApiRequest, survey_id: SurveyId) -> SurveyShape:
    """Collect no more answers. A second time changes nothing."""
    services.close(request.auth.workspace, survey_id, by=request.auth.actor)
    return SurveyShape(**_fields(_found(request, survey_id).facts))


@router.post("surveys/{survey_id}/reopen", auth=_SEND, response=SurveyShape)
def reopen_survey(request: ApiRequest, survey_id: SurveyId) -> SurveyShape:
    """Collect answers again by the newest version. A second time changes nothing."""
    services.reopen(request.auth.workspace, survey_id, by=request.auth.actor)
    return SurveyShape(**_fields(_found(request, survey_id).facts))


@router.delete("surveys/{survey_id}", auth=_EDIT, response=SurveyShape)
def archive_survey(request: ApiRequest, survey_id: SurveyId) -> SurveyShape:
    """Close a survey and put it into the archive. A second time changes nothing."""
    services.archive(request.auth.workspace, survey_id, by=request.auth.actor)
    return SurveyShape(**_fields(_found(request, survey_id).facts))


@router.post("surveys/{survey_id}/unarchive", auth=_EDIT, response=SurveyShape)
def unarchive_survey(request: ApiRequest, survey_id: SurveyId) -> SurveyShape:
    """Take a survey out of the archive. A second time changes nothing."""
    services.archive(request.auth.workspace, survey_id, is_archived=False, by=request.auth.actor)
    return SurveyShape(**_fields(_found(request, survey_id).facts))


@router.get("surveys/{survey_id}/versions", auth=_SEE, response=Page[VersionShape])
def list_versions(request: ApiRequest, survey_id: SurveyId) -> Page[VersionShape]:
    """List the published versions of a survey, the newest first: all on one page."""
    _found(request, survey_id)
    found = queries.versions_of(request.auth.workspace, survey_id)
    return Page(items=[_version(each) for each in found], next=None)


@router.get("surveys/{survey_id}/versions/{number}", auth=_SEE, response=dict[str, Any])
def read_version(
    request: ApiRequest, survey_id: SurveyId, number: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> dict[str, Any]:
    """Return the document of a published version."""
    found = queries.published(request.auth.workspace, survey_id, number)
    if found is None:
        raise _missing()
    return anatomy.told(found.survey)


def _base(request: ApiRequest, survey_id: str, said: int | None, if_match: str) -> int:
    """Return the revision that a change is based on; the newest one where the request names none."""
    named = base_of(said, if_match)
    return _found(request, survey_id).revision if named is None else named


def _found(request: ApiRequest, survey_id: str) -> OpenSurvey:
    opened = queries.survey_of(request.auth.workspace, survey_id)
    if opened is None:
        raise _missing()
    return opened


def _missing() -> NotHere:
    return NotHere(
        "There is no such survey, or no such version of it.", hint="GET surveys lists the surveys."
    )


def _fields(facts: SurveyFacts) -> dict[str, Any]:
    return {
        "survey_id": facts.public_id,
        "name": facts.name,
        "key": facts.key,
        "state": facts.state,
        "version": facts.version,
        "languages": list(facts.languages),
        "questions": facts.question_count,
        "has_changes": facts.has_changes,
        "changed_at": facts.changed_at,
        "changed_by": facts.changed_by,
        "is_archived": facts.is_archived,
    }


def _whole(opened: OpenSurvey) -> WholeSurvey:
    return WholeSurvey(**_fields(opened.facts), revision=opened.revision, document=anatomy.told(opened.draft))


def _version(facts: VersionFacts) -> VersionShape:
    return VersionShape(
        number=facts.number,
        published_at=facts.published_at,
        published_by=facts.published_by,
        note=facts.note,
    )
