"""Background work of the desk Journeys: questions that take longer than a reader waits."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy

from safar.doors.web.design.answers import kept_answer
from safar.doors.web.homes import current_home
from safar.doors.web.hooks.services import announce
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.jobs import Progress, every, job
from safar.doors.web.work.walks import walks_told
from safar.observe.question_json import read
from safar.vocabulary.errors import SafarError

from .asking import compute
from .letters import send_alert, told_of
from .models import SavedQuestion
from .reading import read_number

logger: Final = logging.getLogger("safar.journeys")


@job(
    "journeys.answer",
    name=gettext_lazy("Answer to a question"),
    needs=Capability.SEE_NUMBERS,
    resumable=True,
    lane="heavy",
)
def answer_question(progress: Progress, *, workspace_id: str, question: dict[str, Any]) -> dict[str, object]:
    """Answer a question and keep the answer; its page shows it then."""
    asked = read(question)
    with walks_told(progress):
        kept = kept_answer(workspace_id, current_home().log(workspace_id), compute, asked)
    return {"events": int(kept.answer.provenance.rows_read)}


@every(
    timedelta(hours=1), "journeys.read_saved", name=gettext_lazy("Reading of saved questions"), lane="heavy"
)
def read_saved(progress: Progress) -> dict[str, object]:
    """Read the numbers of the saved questions that are pinned or watched; tell where one has left its interval."""
    rows = SavedQuestion.objects.filter(Q(is_pinned=True) | Q(is_watched=True)).order_by("id")
    raised = 0
    for done, saved in enumerate(rows.iterator()):
        progress.report(done)
        try:
            workspace = current_home().workspace(saved.workspace_id)
            alert = read_number(workspace, saved)
        except SafarError as error:  # trouble with one question troubles no other
            logger.warning("a saved question of %s could not be read: %s", saved.workspace_id, error.code)
            continue
        if alert is not None:
            raised += 1
            send_alert(alert, workspace)
            announce(workspace, "score.alert", told_of(alert))
    return {"raised": raised}
