"""What Today shows of personas: those whose members have begun to live otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .page import drift_sentence, persona_address, shown_name
from .queries import drifting_personas


@dataclass(frozen=True, slots=True)
class DriftLine:
    """A persona that nobody lives like any more.

    Attributes
    ----------
    title, sentence, when
        Which persona, what has shifted most, and when that was seen, in the reader's words.
    href, accept_href
        Where it is looked into, and where it is accepted as how they live now.
    """

    title: str
    sentence: str
    when: str
    href: str
    accept_href: str


def drift_lines(workspace: Workspace, locale: Locale) -> tuple[DriftLine, ...]:
    """Return the personas that need attention, those first that were described first; nothing is computed for it."""
    return tuple(
        DriftLine(
            filled(_("Persona: %(name)s"), name=shown_name(each.name, locale)),
            drift_sentence(each.shifts, locale),
            locale.datetime(each.looked_at) if each.looked_at is not None else "",
            persona_address(workspace, each.public_id),
            persona_address(workspace, each.public_id, "persona-portrait"),
        )
        for each in drifting_personas(workspace)
    )
