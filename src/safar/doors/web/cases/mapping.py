"""What is behind cases becomes a card on the map: an opportunity at its step, with the cases as its evidence."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.maps import opportunities
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .report import Opportunity


def put_on_map(workspace: Workspace, found: Opportunity, *, since: datetime, by: Actor) -> str:
    """Put an opportunity on its map; return the card's id.

    Raises
    ------
    UnknownMap
        The map, or its step, is there no more.
    MapArchived, EditRefused
    """
    opened = opportunities.opened_at(workspace, found.map_id, found.step_id)
    query = {"which": "all", "step": found.step_id, "cause": found.cause}
    card_id = opportunities.add_opportunity(
        workspace,
        opened,
        opportunities.Opportunity(
            found.step_id,
            text=lambda locale: said(found.names, locale.language, "en"),
            evidence=lambda locale: _words(found, locale),
            link=f"{reverse('cases', kwargs={'workspace_id': workspace.workspace_id})}?{urlencode(query)}",
            n=found.people,
            newest_on=found.newest_at.date(),
        ),
        by=by,
    )
    record(
        by,
        "opportunity.added",
        workspace_id=workspace.workspace_id,
        target=said(opened.document.name, *opened.document.languages, "en"),
        after={"cases": found.cases, "since": since.date().isoformat()},
    )
    return card_id


def _words(found: Opportunity, locale: Locale) -> str:
    """Return what the evidence says, in the language of the moment."""
    people = ngettext(
        "%(people)s customer in %(cases)s cases", "%(people)s customers in %(cases)s cases", found.people
    ) % {"people": locale.number(found.people), "cases": locale.number(found.cases)}
    if found.severity is None:
        return people
    severity = _("severity %(share)s (n = %(n)s)") % {
        "share": locale.percent(found.severity),
        "n": locale.number(found.n),
    }
    return f"{people}, {severity}" if locale.language == "en" else f"{people}، {severity}"
