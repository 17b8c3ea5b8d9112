"""How the words sound that customers wrote at a step: the share of negative comments, beside what they scored."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.comments.queries import Filters, tally_of
from safar.doors.web.design.words import filled

from .panel_parts import Term
from .reading import Reading

_INSTANT: Final = timedelta(microseconds=1)


def sounds_at(reading: Reading, step_id: str) -> Term | None:
    """Return how comments to the questions of a step sound, of everybody in the period; None where nobody wrote any.

    Of a persona or a segment nothing is said: comments are labelled for everybody, and their list tells segments apart.
    """
    question = reading.question
    if question is None or reading.state.whom:
        return None
    zone, window = ZoneInfo(reading.workspace.time_zone), question.window
    filters = Filters(
        map_id=reading.opened.public_id,
        step_id=step_id,
        since=None if window is None else window.start.astimezone(zone).date(),
        until=None if window is None else (window.end - _INSTANT).astimezone(zone).date(),
    )
    found = tally_of(reading.workspace, filters)
    share = found.negative_share
    if share is None:
        return None
    locale = reading.locale
    sure = filled(
        _("%(interval)s, of %(count)s comments"),
        interval=locale.percent_interval(share.interval.low, share.interval.high),
        count=locale.number(found.n),
    )
    address = reverse("comments", kwargs={"workspace_id": reading.workspace.workspace_id})
    return Term(_("Sound negative"), locale.percent(share.value), sure, f"{address}?{filters.query(locale)}")
