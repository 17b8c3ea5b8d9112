"""Whose journey a sheet shows: everybody's, that of a persona, or that of a segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.personas.queries import PersonaFacts, personas_of
from safar.doors.web.segments.queries import SegmentFacts, segments_of
from safar.maps.anatomy import JourneyMap, said
from safar.observe.among import EVERYBODY, Among, Segment
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .number_words import joined

#: More than this make no bar; further segments are chosen from the list beside it.
MOST_IN_BAR: Final = 8
PERSONA: Final = "persona-"
SEGMENT: Final = "segment-"


@dataclass(frozen=True, slots=True)
class Whom:
    """Those whom a sheet can be about.

    Attributes
    ----------
    key
        In addresses; empty for everybody.
    name, about
        In the reader's words; ``about`` how many they are, empty where nobody counted.
    segment
        Who they are; None for everybody.
    query
        Of the sheet about them.
    is_current
        Whether the sheet is about them.
    is_drifting
        Whether they have begun to live otherwise than the persona was described.
    """

    key: str
    name: str
    about: str = ""
    segment: Segment | None = None
    query: str = ""
    is_current: bool = False
    is_drifting: bool = False

    @property
    def among(self) -> Among:
        """The same as questions ask it."""
        return EVERYBODY if self.segment is None else Among(segment=self.segment)

    @property
    def persona(self) -> str | None:
        """Public id of the persona; None where it is none."""
        return self.key.removeprefix(PERSONA) if self.key.startswith(PERSONA) else None


def everybody() -> Whom:
    """Return all customers."""
    return Whom("", _("Everybody"))


def whoms(workspace: Workspace, document: JourneyMap, locale: Locale) -> tuple[Whom, ...]:
    """Return whom a sheet of the workspace can be about: everybody first, then personas, then segments."""
    personas = _personas_of(workspace, document)
    behind = {facts.segment_id for facts in personas}
    return (
        everybody(),
        *(_persona(facts, document, locale) for facts in personas),
        *(_segment(facts, locale) for facts in segments_of(workspace) if facts.public_id not in behind),
    )


def chosen(all_of: tuple[Whom, ...], key: str) -> Whom | None:
    """Return the one of a key, or None."""
    return next((each for each in all_of if each.key == key), None)


def bar(all_of: tuple[Whom, ...], current: Whom | None, query: Callable[[str], str]) -> tuple[Whom, ...]:
    """Return those who stand in the bar, the chosen one among them, with the queries of their sheets; all when None."""
    shown = list(all_of if current is None else all_of[:MOST_IN_BAR])
    if current is not None and current not in shown:
        shown[-1] = current
    return tuple(
        replace(each, query=query(each.key), is_current=current is not None and each.key == current.key)
        for each in shown
    )


def _personas_of(workspace: Workspace, document: JourneyMap) -> tuple[PersonaFacts, ...]:
    """Return the personas whose members are known: those whom the map is about in its order, then all others.

    Whom a map is drawn for says who stands first, not whose journey it can show: anybody's members walk it.
    """
    found = {facts.public_id: facts for facts in personas_of(workspace) if facts.segment is not None}
    first = tuple(found.pop(each) for each in document.personas if each in found)
    return (*first, *found.values())


def _persona(facts: PersonaFacts, document: JourneyMap, locale: Locale) -> Whom:
    name = said(facts.name, locale.language, *document.languages) or facts.public_id
    about = _size_in_words(facts.size, facts.value_share, locale)
    return Whom(f"{PERSONA}{facts.public_id}", name, about, facts.segment, is_drifting=facts.is_drifting)


def _segment(facts: SegmentFacts, locale: Locale) -> Whom:
    about = _size_in_words(facts.size, facts.value_share, locale)
    return Whom(f"{SEGMENT}{facts.public_id}", facts.name, about, facts.segment)


def _size_in_words(size: int | None, value_share: float | None, locale: Locale) -> str:
    """Return how many customers they are, and how much of all value is theirs."""
    found = []
    if size is not None:
        words = ngettext("%(count)s customer", "%(count)s customers", size)
        found.append(filled(words, count=locale.number(size)))
    if value_share is not None:
        share = locale.percent(value_share, decimals=int(0 < value_share < 0.1))
        found.append(filled(_("%(share)s of value"), share=share))
    return joined(*found)
