"""The cards of the design, each with a mark that says what it rests on."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.maps.rich_text import rich_text
from safar.doors.web.maps.words import EVIDENCE_NAMES, emotion_name, lane_name
from safar.maps.anatomy import Card, EvidenceKind, Lane
from safar.maps.evidence import CardEvidence

from .cells import CardMark, CardShown, Cell, LaneRow
from .number_words import emotion_value
from .scene import Scene

_LEVELS: Final = {kind: level for level, kind in enumerate(EvidenceKind, start=1)}


def cards_row(scene: Scene, lane: Lane) -> LaneRow:
    """Return a lane of the design as a row."""
    return LaneRow(
        f"lane-{lane.lane_id}",
        lane_name(lane, scene.locale.language, *scene.document.languages),
        cells=tuple(
            Cell(
                step.step_id,
                stage.stage_id,
                stage.stage_id == scene.open_stage,
                step.step_id in scene.hot,
                cards=cards_of(scene, step.step_id, lane),
            )
            for stage, step in scene.columns
        ),
    )


def cards_of(scene: Scene, step_id: str, lane: Lane | None) -> tuple[CardShown, ...]:
    """Return the cards of a step in a lane."""
    if lane is None:
        return ()
    return tuple(card_shown(scene, card) for card in scene.cards(step_id, lane.lane_id))


def card_shown(scene: Scene, card: Card) -> CardShown:
    """Return a card in the reader's words."""
    locale = scene.locale
    emotion = ""
    if card.emotion is not None:
        emotion = filled(
            _("%(name)s (%(value)s)"),
            name=emotion_name(card.emotion),
            value=emotion_value(card.emotion, locale),
        )
    files = ""
    if count := len(card.attachments):
        files = filled(ngettext("%(count)s file", "%(count)s files", count), count=locale.number(count))
    found = scene.evidence.get(card.card_id)
    return CardShown(
        card.card_id,
        rich_text(scene.words(card.text)),
        emotion,
        None if found is None else _mark(scene, found),
        files,
    )


def _mark(scene: Scene, found: CardEvidence) -> CardMark:
    strength = scene.locale.percent(found.strength)
    return CardMark(
        found.kind.value,
        str(EVIDENCE_NAMES[found.kind]),
        _LEVELS[found.kind],
        filled(
            _("Rests on: %(kind)s, strength %(strength)s"),
            kind=str(EVIDENCE_NAMES[found.kind]),
            strength=strength,
        ),
    )
