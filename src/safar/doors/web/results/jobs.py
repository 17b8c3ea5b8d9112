"""Background work of results: bringing in answers that were collected elsewhere."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.answering.brought import surveys_told, take_back
from safar.doors.web.audit.actor import Actor
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.queries import Published, published
from safar.doors.web.work.jobs import Progress, every, job
from safar.doors.web.work.services import start
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import SafarError
from safar.vocabulary.time_names import Language
from safar.vocabulary.window import Window

from . import bringing, made_files
from .counting import sweep
from .files import FileAsked, keeps_to_itself
from .queries import Wanted, count_all
from .told_events import adopt, forget_gone

logger: Final = logging.getLogger("safar.results")

#: How far back answers are looked for that programs told the log.
_LOOKED_BACK: Final = timedelta(days=3_660)
_MOST_ADOPTED: Final = 100_000


@job(
    "results.count",
    name=gettext_lazy("Counting answers"),
    needs=Capability.SEE_NUMBERS,
    resumable=True,
    lane="heavy",
)
def count(progress: Progress, *, workspace_id: str, survey_id: str) -> dict[str, object]:
    """Count the responses to a survey that nobody has counted yet; its results show them then."""
    workspace = current_home().workspace(workspace_id)
    return {
        "responses": count_all(
            workspace,
            survey_id,
            lambda done, whole: progress.report(done, whole, _("Counting answers")),
        )
    }


@job(
    "results.file",
    name=gettext_lazy("File of answers"),
    needs=Capability.EXPORT,
    resumable=True,
    lane="heavy",
)
def make_file(
    progress: Progress,
    *,
    workspace_id: str,
    survey_id: str,
    file_id: str,
    form: str,
    in_words: bool,
    language: str,
    time_zone: str,
    direction: str,
    wanted: dict[str, Any],
) -> dict[str, object]:
    """Write the answers to a survey into a file; its page offers it then."""
    workspace = current_home().workspace(workspace_id)
    asked = published(workspace, survey_id)
    if asked is None or keeps_to_itself(workspace, survey_id):
        return {}
    size = made_files.make(
        workspace,
        asked,
        FileAsked(form, msgspec.convert(wanted, Wanted), in_words, direction),
        Locale(cast("Language", language), time_zone=time_zone),
        file_id,
        lambda done, whole: progress.report(done, whole, _("Writing answers")),
    )
    return {
        "survey_id": survey_id,
        "file_id": file_id,
        "name": f"{asked.survey.key}.{form}",
        "bytes": size,
    }


def begin_file(
    workspace: Workspace, published: Published, asked: FileAsked, locale: Locale, *, by: Actor
) -> str:
    """Begin to write the answers to a survey into a file; return the work's id."""
    work = start(
        make_file,
        by=by,
        workspace_id=workspace.workspace_id,
        title=f"{published.survey.key}.{asked.form}",
        survey_id=published.public_id,
        file_id=secrets.token_hex(8),
        form=asked.form,
        in_words=asked.in_words,
        language=locale.language,
        time_zone=locale.time_zone,
        direction=asked.direction,
        wanted=msgspec.json.decode(msgspec.json.encode(asked.wanted)),
    )
    return str(work.work_id)


@job(
    "results.bring",
    name=gettext_lazy("Bringing in answers"),
    needs=Capability.IMPORT,
    resumable=True,
    lane="heavy",
)
def bring(progress: Progress, *, workspace_id: str, survey_id: str, file_id: str) -> dict[str, object]:
    """Bring in the answers of a file; going on after a kill brings nothing twice."""
    workspace = current_home().workspace(workspace_id)
    waiting = bringing.waiting_file(workspace, survey_id, file_id)
    asked = published(workspace, survey_id, waiting.version)
    if asked is None:
        raise bringing.UnknownFile("The survey is gone.", hint="Choose another one.")
    counts = bringing.bring_in(
        workspace, waiting, asked, lambda read: progress.report(read, None, _("Reading lines"))
    )
    bringing.put_away(workspace, waiting)
    return dict(counts)


@job(
    "results.adopt",
    name=gettext_lazy("Showing answers that the log has"),
    needs=Capability.IMPORT,
    resumable=True,
    lane="heavy",
)
def adopt_told(progress: Progress, *, workspace_id: str, survey_id: str) -> dict[str, object]:
    """Show answers that programs told the log under a survey's key as responses to it."""
    workspace = current_home().workspace(workspace_id)
    asked = published(workspace, survey_id)
    if asked is None:
        return {"new": 0}
    now = datetime.now(UTC)
    window = Window(now - _LOOKED_BACK, now + timedelta(days=1))
    new = adopt(
        workspace,
        asked,
        window,
        most=_MOST_ADOPTED,
        report=lambda found: progress.report(found, None, _("Reading events")),
    )
    return {"new": new}


@job(
    "results.take_back",
    name=gettext_lazy("Taking back answers that a file brought"),
    needs=Capability.IMPORT,
    resumable=True,
    lane="heavy",
)
def take_back_file(*, workspace_id: str, file_id: str) -> dict[str, object]:
    """Remove what a file brought, from the responses and from the log; going on after a kill finishes it."""
    return {"responses": take_back(current_home().workspace(workspace_id), file_id)}


@every(timedelta(hours=6), "results.forget", name=gettext_lazy("Forgetting answers that the log has no more"))
def forget(progress: Progress) -> dict[str, object]:
    """Remove responses that showed events of other programs which were removed since."""
    removed = 0
    for done, workspace in enumerate(current_home().workspaces()):
        progress.report(done)
        try:
            for survey_id in sorted(surveys_told(workspace)):
                asked = published(workspace, survey_id)
                removed += forget_gone(workspace, asked) if asked is not None else 0
            sweep(workspace)
            made_files.tidy(workspace)
        except SafarError as error:  # trouble with one workspace troubles no other
            logger.warning("answers of %s could not be forgotten: %s", workspace.workspace_id, error.code)
    return {"responses": removed}
