"""What is behind cases becomes a card on the map: an opportunity at its step, with the cases as its evidence."""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.maps import services as maps
from safar.doors.web.maps.queries import map_of
from safar.maps.anatomy import Card, Evidence, EvidenceKind, JourneyMap, Lane, LaneKind, said
from safar.maps.edits import AddCard, AddLane, AnyEdit
from safar.show.locale import LANGUAGES, Locale
from safar.store.registry import Workspace

from .errors import UnknownCase
from .report import Opportunity


def put_on_map(workspace: Workspace, found: Opportunity, *, since: datetime, by: Actor) -> str:
    """Put an opportunity on its map; return the card's id. A map without a lane for opportunities gets one.

    Raises
    ------
    UnknownCase
        The map, or its step, is there no more.
    MapArchived, EditRefused
    """
    opened = map_of(workspace, found.map_id)
    if opened is None or opened.document.step(found.step_id) is None:
        raise UnknownCase("The step is on no map any more.", hint="Look at the list again.")
    lane, edits = _lane(opened.document)
    card_id = f"c{secrets.token_hex(6)}"
    query = {"which": "all", "step": found.step_id, "cause": found.cause}
    link = f"{reverse('cases', kwargs={'workspace_id': workspace.workspace_id})}?{urlencode(query)}"
    languages = [each for each in opened.document.languages if each in LANGUAGES] or ["en"]
    card = Card(
        card_id=card_id,
        step_id=found.step_id,
        lane_id=lane,
        text={each: said(found.names, each, "en") for each in languages},
        evidence=(
            Evidence(
                kind=EvidenceKind.ANSWERS,
                words={each: _words(found, each) for each in languages},
                link=link,
                n=found.people,
                seen_on=found.newest_at.date().isoformat(),
            ),
        ),
    )
    maps.apply(workspace, found.map_id, [*edits, AddCard(card=card)], base=opened.revision, by=by)
    record(
        by,
        "opportunity.added",
        workspace_id=workspace.workspace_id,
        target=said(opened.document.name, *languages),
        after={"cases": found.cases, "since": since.date().isoformat()},
    )
    return card_id


def _lane(document: JourneyMap) -> tuple[str, list[AnyEdit]]:
    """Return the id of the lane for opportunities, and the edit that makes it where there is none."""
    there = next((lane.lane_id for lane in document.lanes if lane.kind == LaneKind.OPPORTUNITY), None)
    if there is not None:
        return there, []
    made = Lane(lane_id=f"l{secrets.token_hex(5)}", kind=LaneKind.OPPORTUNITY)
    return made.lane_id, [AddLane(lane=made)]


def _words(found: Opportunity, language: str) -> str:
    """Return what the evidence says, in a language of the map."""
    with override(language):
        locale = Locale(next(each for each in LANGUAGES if each == language))
        people = ngettext(
            "%(people)s customer in %(cases)s cases", "%(people)s customers in %(cases)s cases", found.people
        ) % {"people": locale.number(found.people), "cases": locale.number(found.cases)}
        if found.severity is None:
            return people
        severity = _("severity %(share)s (n = %(n)s)") % {
            "share": locale.percent(found.severity),
            "n": locale.number(found.n),
        }
        return f"{people}, {severity}" if language == "en" else f"{people}، {severity}"
