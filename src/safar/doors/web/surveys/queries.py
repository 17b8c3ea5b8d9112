"""What others read of surveys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from django.db.models import F

from safar.listen.questionnaire.anatomy import Survey as Document
from safar.listen.questionnaire.questions import Number, Words
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from .drafts import document_of
from .models import Survey, SurveyPicture, SurveyVersion
from .question_keys import AskedKey, asked_keys

State = Literal["draft", "open", "closed"]
#: Where an answer stands in the words of a question.
_PLACE: Final = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """A survey on a list.

    Attributes
    ----------
    name
        Of the draft, by language.
    key
        What events of its answers call it.
    version
        Number of the newest published version; 0 before the first.
    languages
        Of the draft, its first one first.
    question_count
        Of the draft.
    has_changes
        Whether the draft differs from the newest version.
    """

    public_id: str
    name: Words
    key: str
    state: State
    version: int
    languages: tuple[str, ...]
    question_count: int
    is_archived: bool
    has_changes: bool
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Published:
    """A published version, as it is asked: it never changes."""

    public_id: str
    version: int
    survey: Document
    published_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """A survey with its draft, the revision it is at, and the newest published version (None before the first)."""

    public_id: str
    facts: SurveyFacts
    draft: Document
    revision: int
    published: Published | None


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A published version and who published it, with what he said is new."""

    number: int
    survey: Document
    published_at: datetime
    published_by: str
    note: str


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A question key that published surveys ask: what it means, and which surveys ask it."""

    asked: AskedKey
    survey_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedNames:
    """What surveys and question keys are called in one language, by what the events of their answers call them.

    Attributes
    ----------
    surveys, questions
        Name by key; of a question, as the newest version that asks it has it.
    units
        What the numbers are that a question asks for, such as rials, by its key.
    """

    surveys: Mapping[str, str]
    questions: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)

    def survey(self, key: str) -> str:
        """Return what a survey is called: its key where it is none of this workspace's."""
        return self.surveys.get(key) or key

    def question(self, key: str) -> str:
        """Return what is asked with a question key: the key itself where no published survey asks it."""
        return self.questions.get(key) or key


def surveys_of(workspace: Workspace, *, archived: bool = False) -> tuple[SurveyFacts, ...]:
    """Return the surveys of a workspace, or those of its archive: the one changed last first."""
    rows = Survey.objects.filter(workspace_id=workspace.workspace_id, is_archived=archived)
    rows = rows.select_related("changed_by").order_by("-changed_at", "-pk")
    newest = _newest_documents(workspace)
    return tuple(_facts(row, newest.get(row.pk, "")) for row in rows)


def survey_of(workspace: Workspace, public_id: str) -> OpenSurvey | None:
    """Return a survey with its draft, or None."""
    row = _row(workspace, public_id)
    if row is None:
        return None
    version = SurveyVersion.objects.filter(survey=row, number=row.version).first()
    return OpenSurvey(
        public_id=row.public_id,
        facts=_facts(row, version.document if version else ""),
        draft=document_of(row.document),
        revision=row.revision,
        published=None if version is None else _published(row.public_id, version),
    )


def published(workspace: Workspace, public_id: str, version: int | None = None) -> Published | None:
    """Return a published version of a survey, the newest where none is named; None where there is none.

    Whether the survey still collects is another matter: `state_of`.
    """
    rows = SurveyVersion.objects.filter(
        survey__workspace_id=workspace.workspace_id, survey__public_id=public_id
    )
    found = rows.filter(number=F("survey__version") if version is None else version).first()
    return None if found is None else _published(public_id, found)


def state_of(workspace: Workspace, public_id: str) -> State | None:
    """Return whether a survey collects answers; None where there is none."""
    rows = Survey.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    return rows.values_list("state", flat=True).first()


def newest_of(workspace: Workspace, public_id: str) -> tuple[State, int] | None:
    """Return whether a survey collects, and the number of its newest version (0 before the first); None without one."""
    rows = Survey.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    return rows.values_list("state", "version").first()


def versions_of(workspace: Workspace, public_id: str) -> tuple[VersionFacts, ...]:
    """Return the published versions of a survey, the newest first."""
    rows = SurveyVersion.objects.filter(
        survey__workspace_id=workspace.workspace_id, survey__public_id=public_id
    )
    return tuple(
        VersionFacts(
            row.number,
            document_of(row.document),
            row.published_at,
            _name_of(row.published_by),
            row.note,
        )
        for row in rows.select_related("published_by").order_by("-number")
    )


def keys_of(workspace: Workspace) -> tuple[KeyFacts, ...]:
    """Return the question keys that published surveys of a workspace ask, in the order of their names."""
    found: dict[str, AskedKey] = {}
    surveys: dict[str, dict[str, None]] = {}
    for public_id, document in published_documents(workspace):
        for asked in asked_keys(document):
            found[asked.key] = asked
            surveys.setdefault(asked.key, {})[public_id] = None
    return tuple(KeyFacts(found[key], tuple(surveys[key])) for key in sorted(found))


def asked_names(workspace: Workspace, language: str) -> AskedNames:
    """Return what the surveys of a workspace and their questions are called, in a language where they have it."""
    rows = Survey.objects.filter(workspace_id=workspace.workspace_id).order_by("changed_at", "pk")
    surveys = {
        key: said(names, language, *languages)
        for key, names, languages in rows.values_list("key", "names", "languages")
    }
    questions, units = {}, {}
    newest = _newest_documents(workspace)
    for pk in rows.values_list("pk", flat=True):
        if pk in newest:
            document = document_of(newest[pk])
            for asked in asked_keys(document):
                words = said(asked.title, language, *document.languages)
                questions[asked.key] = " ".join(_PLACE.sub("…", words).split())
            for question in document.questions:
                if isinstance(question, Number):
                    units[question.question_key] = said(question.unit, language, *document.languages)
    return AskedNames(surveys, questions, units)


def published_documents(workspace: Workspace) -> Iterator[tuple[str, Document]]:
    """Yield every published version of a workspace with the public id of its survey, the oldest first."""
    rows = SurveyVersion.objects.filter(survey__workspace_id=workspace.workspace_id).order_by("pk")
    for public_id, document in rows.values_list("survey__public_id", "document"):
        yield public_id, document_of(document)


def promised_cell(workspace: Workspace, public_id: str) -> int:
    """Return the largest least cell that any version or the draft of a survey promises; 1 promises nothing.

    A promise made to respondents is not taken back by publishing another version.
    """
    row = _row(workspace, public_id)
    draft = [] if row is None else [document_of(row.document).least_cell]
    return max([1, *draft, *(each.survey.least_cell for each in versions_of(workspace, public_id))])


def picture_of(workspace: Workspace, public_id: str, picture_id: str) -> tuple[bytes, str] | None:
    """Return a picture of a survey and its media type; None where there is none."""
    row = SurveyPicture.objects.filter(
        survey__workspace_id=workspace.workspace_id, survey__public_id=public_id, public_id=picture_id
    ).first()
    return None if row is None else (bytes(row.data), str(row.content_type))


def _newest_documents(workspace: Workspace) -> dict[int, str]:
    rows = SurveyVersion.objects.filter(
        survey__workspace_id=workspace.workspace_id, number=F("survey__version")
    )
    return dict(rows.values_list("survey_id", "document"))


def _row(workspace: Workspace, public_id: str) -> Survey | None:
    rows = Survey.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    return rows.select_related("changed_by").first()


def _facts(row: Survey, newest: str) -> SurveyFacts:
    return SurveyFacts(
        public_id=row.public_id,
        name=dict(row.names),
        key=row.key,
        state=row.state,
        version=row.version,
        languages=tuple(row.languages),
        question_count=row.questions,
        is_archived=row.is_archived,
        has_changes=row.document != newest,
        created_at=row.created_at,
        changed_at=row.changed_at,
        changed_by=_name_of(row.changed_by),
    )


def _published(public_id: str, row: SurveyVersion) -> Published:
    return Published(public_id, row.number, document_of(row.document), row.published_at)


def _name_of(member: object | None) -> str:
    return "" if member is None else str(member)
