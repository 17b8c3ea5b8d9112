"""What is lived beside a map is brought onto it: a way as a move, an event as a step."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import happening
from safar.doors.web.homes import current_home
from safar.doors.web.maps import services
from safar.doors.web.maps.queries import OpenMap
from safar.maps.anatomy import Binding, Step
from safar.maps.edits import AddMove, AddStep
from safar.maps.lived_question import BindingUnreadable
from safar.maps.placing import placed
from safar.observe.executors import shared_executor
from safar.observe.rule_text import text_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .form import SheetState
from .openings import parts_of
from .scene import Scene


def added(workspace: Workspace, opened: OpenMap, key: str, *, by: Actor, locale: Locale) -> str | None:
    """Bring what a key names onto the map; return what was done in words, None where it names nothing that fits.

    Raises
    ------
    EditRefused, MapArchived
    """
    word, rest = parts_of(key)
    scene = Scene(workspace, locale, opened.document, None, SheetState())
    edits: list[Any] = []
    words = ""
    if word == "move" and len(rest) == 2 and all(opened.document.step(step) for step in rest):
        edits.append(AddMove(source=rest[0], target=rest[1]))
        words = filled(
            _("The way from “%(source)s” to “%(target)s” is on the map now."),
            source=scene.step_name(rest[0]),
            target=scene.step_name(rest[1]),
        )
    elif word == "unmapped" and rest and rest[0].strip() and opened.document.stages:
        step = Step(
            step_id=f"s{secrets.token_hex(5)}",
            name=_names(rest[0], (*opened.document.languages, locale.language)),
            binding=Binding(events=text_of(StepRule(rest[0], (rest[0],)))),
        )
        log = current_home().log(workspace.workspace_id)
        try:
            edits += placed(log, opened.document, step, executor=shared_executor())
        except BindingUnreadable:
            edits.append(AddStep(stage_id=opened.document.stages[-1].stage_id, step=step))
        words = filled(
            _(
                "“%(step)s” is a step of the map now, where customers mostly do it. It can be moved in the editor."
            ),
            step=scene.step_name(step),
        )
    if not edits:
        return None
    services.apply(workspace, opened.public_id, edits, base=opened.revision, by=by)
    return words


def _names(event_name: str, languages: Iterable[str]) -> dict[str, str]:
    """Return what an event is called, in those of the languages that the product speaks."""
    found = {}
    for language in languages:
        if language in dict(settings.LANGUAGES):
            with override(language):
                found[language] = str(happening(event_name).words)
    return found
