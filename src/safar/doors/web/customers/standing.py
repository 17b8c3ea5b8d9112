"""Where a customer stands on each of the workspace's journeys."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from safar.doors.web.design.answers import answer
from safar.doors.web.events.words import cut, visible
from safar.doors.web.homes import current_home
from safar.doors.web.segments.choices import journeys_of
from safar.observe.thread import ThreadQuestion, Visit, thread
from safar.show.locale import Locale
from safar.store.registry import Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """The step of a journey at which somebody stands.

    Attributes
    ----------
    map_id, map_name
        Of the map.
    step
        Its name.
    visit
        His stay there: since when, how many events.
    """

    map_id: str
    map_name: str
    step: str
    visit: Visit


@dataclass(frozen=True, slots=True)
class StandsAt:
    """A journey and the step at which a customer stands on it, in the reader's words, and where his walk is shown."""

    journey: str
    step: str
    since: str
    href: str


def standing(workspace: Workspace, person: str, language: str) -> tuple[Standing, ...]:
    """Return where a person stands on each journey that he was ever on; names in the reader's language."""
    place, log = workspace.workspace_id, current_home().log(workspace.workspace_id)
    found = []
    for each in journeys_of(workspace, language):
        walk = answer(place, log, thread, ThreadQuestion(each.journey, person, pause=each.pause))
        if walk.stands_at is not None:
            step = dict(each.steps).get(walk.stands_at.step, walk.stands_at.step)
            found.append(Standing(each.map_id, each.name, step, walk.stands_at))
    return tuple(found)


def standing_line(workspace: Workspace, found: Standing, person: str, locale: Locale) -> StandsAt:
    """Return where somebody stands in the reader's words."""
    named = {"workspace_id": workspace.workspace_id, "map_id": found.map_id}
    return StandsAt(
        cut(visible(found.map_name), 80),
        cut(visible(found.step), 80),
        locale.date(found.visit.first_at),
        f"{reverse('living-thread', kwargs=named)}?{urlencode({'customer': person})}",
    )
