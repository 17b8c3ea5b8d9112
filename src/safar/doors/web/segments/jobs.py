"""Background work of the app of segments: keeping all of them current."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from safar.doors.web.homes import current_home
from safar.doors.web.work.jobs import Progress, every, job
from safar.vocabulary.errors import SafarError

from .models import Segment
from .services import catch_up

logger: Final = logging.getLogger("safar.segments")


@job("segments.catch_up_one", name=_("Members of the segments of a workspace"), resumable=True)
def catch_up_one(workspace_id: str) -> dict[str, object]:
    """Bring the segments of one workspace up to date, after one of them was defined."""
    found = catch_up(current_home().workspace(workspace_id))
    return {"looked_at": 0 if found is None else found.looked_at}


@every(timedelta(minutes=1), "segments.catch_up", name=_("Members of segments"))
def catch_up_all(progress: Progress) -> dict[str, object]:
    """Bring the segments of all workspaces up to date."""
    places = Segment.objects.filter(is_archived=False).values_list("workspace_id", flat=True).distinct()
    looked_at = 0
    for done, place in enumerate(sorted(places)):
        progress.report(done)
        try:
            found = catch_up(current_home().workspace(place))
        except SafarError as error:  # trouble with one workspace troubles no other
            logger.warning("the segments of %s could not be brought up to date: %s", place, error.code)
            continue
        looked_at += 0 if found is None else found.looked_at
    return {"looked_at": looked_at}
