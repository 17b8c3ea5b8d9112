"""Background work of personas: looking for groups of customers, and whether members still live as described."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments.queries import segment_of
from safar.doors.web.work.jobs import Progress, every, job
from safar.vocabulary.errors import SafarError

from .drafting import find
from .models import Persona
from .services import asked_by, keep_found, look_again

logger: Final = logging.getLogger("safar.personas")


@job(
    "personas.drafts",
    name=gettext_lazy("Search for groups of customers"),
    needs=Capability.EDIT_MAPS,
    resumable=True,
    lane="heavy",
)
def find_drafts(progress: Progress, *, workspace_id: str, run_id: str) -> dict[str, object]:
    """Look for groups of customers who live alike, and keep what was found."""
    asked = asked_by(workspace_id, run_id)
    if asked is None:
        return {"groups": 0}
    progress.report(0, None, _("Counting habits and comparing numbers of groups"))
    home = current_home()
    among = segment_of(home.workspace(workspace_id), asked.segment_id) if asked.segment_id else None
    found = find(home.log(workspace_id), asked, None if among is None else among.segment)
    keep_found(workspace_id, run_id, found)
    return {"groups": len(found.groups)}


@every(timedelta(days=1), "personas.look", name=gettext_lazy("Look at the habits of personas"), lane="heavy")
def look_at_personas(progress: Progress) -> dict[str, object]:
    """Compare the habits of every persona's members with those it was described by."""
    drifting = 0
    for done, persona in enumerate(Persona.objects.filter(is_archived=False).order_by("id").iterator()):
        progress.report(done)
        try:
            drifting += look_again(current_home().workspace(persona.workspace_id), persona)
        except SafarError as error:  # trouble with one persona troubles no other
            logger.warning("a persona of %s could not be looked at: %s", persona.workspace_id, error.code)
    return {"drifting": drifting}
