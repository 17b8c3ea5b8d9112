"""Background work of sheets: maps that take longer to live through than a reader waits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from safar.doors.web.design.answers import kept_answer
from safar.doors.web.homes import current_home
from safar.doors.web.maps.queries import map_of
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.jobs import Progress, job
from safar.doors.web.work.walks import walks_told
from safar.show.locale import Locale

from .asking import compute, question_of, window_between
from .errors import MapGone
from .whom import chosen, whoms


@job(
    "living.map",
    name=gettext_lazy("Journey map as it was lived"),
    needs=Capability.SEE_NUMBERS,
    resumable=True,
    lane="heavy",
)
def live_map(
    progress: Progress,
    *,
    workspace_id: str,
    map_id: str,
    revision: int,
    whom: str,
    since: int | None,
    until: int | None,
    hidden: list[str],
) -> dict[str, object]:
    """Find out how a map was lived and keep the answer; its page shows it then."""
    home = current_home()
    workspace = home.workspace(workspace_id)
    opened = map_of(workspace, map_id, revision=revision)
    who = None if opened is None else chosen(whoms(workspace, opened.document, Locale("en")), whom)
    if opened is None or who is None:
        raise MapGone("The map or the segment is gone.", hint="Open the list of maps.")
    question = question_of(opened, who, window_between(since, until), tuple(hidden))
    with walks_told(progress):
        kept = kept_answer(workspace_id, home.log(workspace_id), compute, question)
    return {"events": int(kept.answer.provenance.rows_read)}
