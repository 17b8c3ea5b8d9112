"""Background work of next best actions: learning from what they brought."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from safar.doors.web.homes import current_home
from safar.doors.web.work.jobs import Progress, every
from safar.vocabulary.errors import SafarError

from .models import OfferedAction
from .services import learn

logger: Final = logging.getLogger("safar.offering")


@every(timedelta(minutes=10), "offering.learn", name=_("Learning what actions bring"))
def learn_all(progress: Progress) -> dict[str, object]:
    """Learn what the actions of all workspaces bring."""
    places = OfferedAction.objects.values_list("workspace_id", flat=True).distinct()
    learnt = 0
    for done, place in enumerate(sorted(places)):
        progress.report(done)
        try:
            learnt += learn(current_home().workspace(place))
        except SafarError as error:  # trouble with one workspace troubles no other
            logger.warning("what actions of %s bring could not be learnt: %s", place, error.code)
    return {"decisions": learnt}
