"""Verbs of files of answers, for the page, programs and the terminal: look, plan, bring in, take back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from safar.doors.web.answering.brought import brought_files, take_back
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.doors.web.surveys.errors import UnknownSurvey
from safar.doors.web.surveys.queries import Published, published
from safar.doors.web.work.services import start
from safar.listen.questionnaire.response_files import FACTS, HIDDEN, ColumnPlan, FilePlan, targets
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .bringing import (
    FOLDER,
    Tried,
    UnknownFile,
    Waiting,
    bring_in,
    change_plan,
    examples,
    put_away,
    tried,
    waiting_file,
)
from .jobs import bring, take_back_file


class PlanRefused(Refusal, ValueError):
    """A column is not in the file, or is to be something that the survey does not have."""

    code = "results.plan_refused"


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """A file of answers.

    Attributes
    ----------
    waiting
        The file and its plan while it waits; None once it was brought in.
    responses
        How many responses of it are here.
    """

    file_id: str
    waiting: Waiting | None
    responses: int


@dataclass(frozen=True, slots=True)
class FileLook:
    """What a file that waits would bring.

    Attributes
    ----------
    examples
        Up to three different values of each column.
    targets
        What a column may be: facts of the response, controls of the survey, hidden fields.
    tried
        What the first lines say under the plan.
    """

    examples: Mapping[str, tuple[str, ...]]
    targets: tuple[str, ...]
    tried: Tried


def asked_survey(workspace: Workspace, survey_id: str, version: int | None = None) -> Published:
    """Return the published survey whose answers a file holds: the newest version where none is named.

    Raises
    ------
    UnknownSurvey
        There is none, or nothing of it is published.
    """
    asked = published(workspace, survey_id, version)
    if asked is None:
        raise UnknownSurvey("There is no published survey of this id here.", hint="List the surveys.")
    return asked


def answers_files(workspace: Workspace, survey_id: str) -> tuple[AnswersFile, ...]:
    """Return the files of a survey: those that wait first, then what was brought, the newest first."""
    folder = current_home().workspace_folder(workspace.workspace_id) / FOLDER
    brought = {each.file_id: each.count for each in brought_files(workspace, survey_id)}
    found = []
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            waiting = waiting_file(workspace, survey_id, each.name)
        except UnknownFile:  # of another survey
            continue
        found.append(AnswersFile(each.name, waiting, brought.pop(each.name, 0)))
    return (*found, *(AnswersFile(file_id, None, count) for file_id, count in brought.items()))


def answers_file(workspace: Workspace, survey_id: str, file_id: str) -> AnswersFile:
    """Return one file of a survey.

    Raises
    ------
    UnknownFile
    """
    for each in answers_files(workspace, survey_id):
        if each.file_id == file_id:
            return each
    raise UnknownFile("There is no such file of answers here.", hint="List the files, or send it again.")


def look_into(workspace: Workspace, waiting: Waiting) -> FileLook:
    """Read the first lines of a file under its plan; bring nothing in.

    Raises
    ------
    UnknownSurvey
    """
    asked = asked_survey(workspace, waiting.survey_id, waiting.version)
    may_be = (*FACTS, *targets(asked.survey), *(f"{HIDDEN}{each.name}" for each in asked.survey.hidden))
    return FileLook(examples(workspace, waiting), may_be, tried(workspace, waiting, asked))


def plan_file(workspace: Workspace, waiting: Waiting, columns: Mapping[str, str]) -> Waiting:
    """Say what columns of a file are; those that are not named stay as they are.

    Parameters
    ----------
    columns
        By head, one of `FileLook.targets`, or empty to leave the column out.

    Raises
    ------
    PlanRefused
        Nothing is changed.
    UnknownSurvey
    """
    asked = asked_survey(workspace, waiting.survey_id, waiting.version).survey
    known = {"", *FACTS, *targets(asked), *(f"{HIDDEN}{each.name}" for each in asked.hidden)}
    heads = {column.head for column in waiting.plan.columns}
    for head, to in columns.items():
        if head not in heads or to not in known:
            wrong = head if head not in heads else to
            raise PlanRefused(
                f"There is no {wrong[:60]!r}.", hint="Look at the file's columns and at what they may be."
            )
    planned = tuple(ColumnPlan(each.head, columns.get(each.head, each.to)) for each in waiting.plan.columns)
    return change_plan(workspace, waiting, FilePlan(waiting.plan.origin, planned))


def begin_bringing(workspace: Workspace, waiting: Waiting, *, by: Actor) -> str:
    """Bring a file in, in the background; return the id of that work.

    Raises
    ------
    WorkNotAllowed
    """
    work = start(
        bring,
        by=by,
        workspace_id=workspace.workspace_id,
        title=waiting.name[:200],
        survey_id=waiting.survey_id,
        file_id=waiting.file_id,
    )
    record(by, "survey.answers_brought", workspace_id=workspace.workspace_id, target=waiting.name)
    return str(work.work_id)


def begin_taking_back(workspace: Workspace, survey_id: str, file_id: str, *, by: Actor) -> str:
    """Take back what a file brought, in the background; return the id of that work.

    Raises
    ------
    UnknownFile
        It brought nothing that is here.
    WorkNotAllowed
    """
    if file_id not in {each.file_id for each in brought_files(workspace, survey_id)}:
        raise UnknownFile("There is no such file of answers here.", hint="List the files.")
    asked = asked_survey(workspace, survey_id)
    work = start(take_back_file, by=by, workspace_id=workspace.workspace_id, title=file_id, file_id=file_id)
    record(by, "survey.answers_taken_back", workspace_id=workspace.workspace_id, target=asked.survey.key)
    return str(work.work_id)


def bring_now(
    workspace: Workspace, waiting: Waiting, *, by: Actor, report: Callable[[int], None] = lambda _read: None
) -> dict[str, int]:
    """Bring a file in here and now, and remove it; return what `bringing.bring_in` counts.

    Raises
    ------
    UnknownSurvey, TimesUnreadable
    """
    asked = asked_survey(workspace, waiting.survey_id, waiting.version)
    counts = bring_in(workspace, waiting, asked, report)
    put_away(workspace, waiting)
    record(by, "survey.answers_brought", workspace_id=workspace.workspace_id, target=waiting.name)
    return counts


def take_back_now(workspace: Workspace, survey_id: str, file_id: str, *, by: Actor) -> int:
    """Take back what a file brought, here and now; return how many responses went.

    Raises
    ------
    UnknownFile
    """
    if file_id not in {each.file_id for each in brought_files(workspace, survey_id)}:
        raise UnknownFile("There is no such file of answers here.", hint="List the files.")
    gone = take_back(workspace, file_id)
    asked = asked_survey(workspace, survey_id)
    record(by, "survey.answers_taken_back", workspace_id=workspace.workspace_id, target=asked.survey.key)
    return gone


def put_file_away(workspace: Workspace, waiting: Waiting) -> None:
    """Remove a file that waits."""
    put_away(workspace, waiting)
