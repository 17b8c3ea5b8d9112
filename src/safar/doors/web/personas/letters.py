"""What is told when the members of a persona have begun to live otherwise: a letter, and a message for programs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.writing import write_to
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .models import Persona
from .page import drift_sentence, persona_address, shown_name
from .queries import ShiftFacts


def send_drift(persona: Persona, workspace: Workspace) -> bool:
    """Write to who described the persona, where the installation can mail."""
    member = persona.created_by
    if member is None:
        return False

    def words(locale: Locale) -> tuple[str, str]:
        subject = filled(_("Persona: %(name)s"), name=shown_name(persona.name, locale))
        return subject, drift_sentence(tuple(ShiftFacts(**each) for each in persona.shifts), locale)

    return write_to(
        member, workspace, Capability.SEE_NUMBERS, words, persona_address(workspace, persona.public_id)
    )


def told_of(persona: Persona) -> dict[str, object]:
    """Return what programs are told: which persona, and its habits that have clearly shifted, the largest first."""
    return {
        "persona_id": persona.public_id,
        "name": persona.name,
        "segment_id": persona.segment_id,
        "habits": [each for each in persona.shifts if each["is_clear"]],
        "looked_at": persona.looked_at.isoformat(),
    }
