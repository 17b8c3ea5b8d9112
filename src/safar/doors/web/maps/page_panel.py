"""What stands beside the sheet: the part of a map that is open, with everything that can be changed of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.maps.anatomy import (
    JourneyMap,
    LaneKind,
)
from safar.show.locale import Locale

from .edit_forms import NEW, Control, EditForm, Press, told
from .page_card import card_panel, new_card_panel
from .page_step import step_panel
from .panel_parts import (
    Asked,
    Blanks,
    Choices,
    Panel,
    Section,
    order,
    translations,
)
from .words import LANE_NAMES, lane_name


def panel_of(
    document: JourneyMap, place: str, locale: Locale, *, language: str, choices: Choices
) -> Panel | None:
    """Return the panel of a place; None where there is no such part."""
    kind, _slash, rest = place.partition("/")
    make = _PANELS.get(kind)
    return make(Asked(document, locale, language, choices), rest) if make else None


def _stage_panel(asked: Asked, stage_id: str) -> Panel | None:
    stages = asked.document.stages
    stage = next((each for each in stages if each.stage_id == stage_id), None)
    if stage is None:
        return None
    blanks = Blanks()
    blanks.words(asked, "stage.name", stage_id, pgettext("part of a map", "Name"), stage.name)
    blanks.words(asked, "stage.about", stage_id, _("About it"), stage.about, kind="text")
    step_id = NEW
    add = told("step.add", stage_id=stage_id, step={"step_id": step_id})
    return Panel(
        place=f"stage/{stage_id}",
        eyebrow=pgettext("part of a map", "Stage"),
        title=asked.said(stage.name) or _("Stage without a name"),
        form=blanks.form(),
        sections=translations(
            asked,
            stage_id,
            ("stage.name", pgettext("part of a map", "Name"), stage.name),
            ("stage.about", _("About it"), stage.about, "text"),
        ),
        presses=(
            Press(pgettext("part of a map", "Add a step"), (add,), then="step"),
            *order(asked, [each.stage_id for each in stages], stage_id, "stage.move"),
            Press(_("Remove the stage"), (told("stage.remove", of=stage_id),), then="none", is_danger=True),
        ),
    )


def _lane_panel(asked: Asked, lane_id: str) -> Panel | None:
    lanes = asked.document.lanes
    lane = next((each for each in lanes if each.lane_id == lane_id), None)
    if lane is None:
        return None
    blanks = Blanks()
    blanks.words(asked, "lane.name", lane_id, pgettext("part of a map", "Name"), lane.name)
    return Panel(
        place=f"lane/{lane_id}",
        eyebrow=pgettext("part of a map", "Lane"),
        title=lane_name(lane, asked.language, *asked.document.languages),
        form=blanks.form(),
        sections=translations(asked, lane_id, ("lane.name", pgettext("part of a map", "Name"), lane.name)),
        presses=(
            *order(asked, [each.lane_id for each in lanes], lane_id, "lane.move"),
            Press(_("Remove the lane"), (told("lane.remove", of=lane_id),), then="none", is_danger=True),
        ),
        takes_comments=True,
    )


def _new_stage_panel(asked: Asked, _rest: str) -> Panel:
    control = Control(f"0:name.{asked.language}", pgettext("part of a map", "Name"), language=asked.language)
    edit = told("stage.add", of=NEW)
    form = EditForm((edit,), (control,), then="stage", submit=_("Add the stage"))
    return Panel("new-stage", pgettext("part of a map", "Stage"), _("New stage"), form)


def _new_lane_panel(asked: Asked, _rest: str) -> Panel:
    there = {lane.kind for lane in asked.document.lanes}
    control = Control(
        f"0:lane.name.{asked.language}", _("Name of a lane of your own"), language=asked.language
    )
    edit = told("lane.add", lane={"lane_id": NEW, "kind": LaneKind.OWN.value})
    presses = tuple(
        Press(str(name), (told("lane.add", lane={"lane_id": NEW, "kind": kind.value}),), then="lane")
        for kind, name in LANE_NAMES.items()
        if kind is not LaneKind.OWN and kind not in there
    )
    return Panel(
        "new-lane",
        pgettext("part of a map", "Lane"),
        _("New lane"),
        EditForm((edit,), (control,), then="lane", submit=_("Add the lane")),
        sections=(Section("lanes", _("Lanes that maps usually have"), presses=presses, is_open=True),),
    )


def _moves_panel(asked: Asked, _rest: str) -> Panel:
    steps = {step.step_id: asked.step_name(step) for step in asked.document.steps}
    presses = tuple(
        Press(
            filled(
                _("Remove the move from %(source)s to %(target)s"),
                source=steps[move.source],
                target=steps[move.target],
            ),
            (told("move.remove", source=move.source, target=move.target),),
        )
        for move in asked.document.moves
    )
    controls = (
        Control("0:source", pgettext("move", "From"), "select", choices=asked.step_choices()),
        Control("0:target", pgettext("move", "To"), "select", choices=asked.step_choices()),
    )
    return Panel(
        "moves",
        pgettext("part of a map", "Moves"),
        _("Who may go where"),
        EditForm((told("move.add"),), controls, then="moves", submit=_("Add the move"))
        if len(steps) > 1
        else None,
        sections=(Section("moves", _("Moves of the map"), presses=presses, is_open=True),),
    )


_PANELS: Final[dict[str, Callable[[Asked, str], Panel | None]]] = {
    "stage": _stage_panel,
    "step": step_panel,
    "lane": _lane_panel,
    "card": card_panel,
    "new-card": new_card_panel,
    "new-stage": _new_stage_panel,
    "new-lane": _new_lane_panel,
    "moves": _moves_panel,
}
