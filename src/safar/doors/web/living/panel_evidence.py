"""Panels of what cards rest on: of the whole map, and the cards that rest on one kind of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut
from safar.doors.web.maps.rich_text import plain_text
from safar.doors.web.maps.words import EVIDENCE_NAMES, emotion_name
from safar.maps.anatomy import Card, EvidenceKind
from safar.maps.evidence import claiming_cards

from .number_words import emotion_value, joined
from .panel_parts import PanelScene, PanelShown, Section, Term, known
from .scene import Scene

#: Cards that a panel lists.
_MOST: Final = 60
_LONGEST: Final = 110


def evidence_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return what the cards of the map rest on, or the cards that rest on one kind of evidence."""
    scene, locale = at.scene, at.scene.locale
    found = scene.whole_evidence
    if found is None or found.share is None:
        return None
    if rest:
        return _kind_panel(key, rest[0], scene)
    return PanelShown(
        key,
        _("Evidence behind the map"),
        "",
        locale.percent(found.share),
        _of_cards(found.cards, scene),
        _(
            "The share of the cards that rest on more than an assumption. Old evidence counts less each month."
        ),
        _(
            "What was lived counts for the period and the customers that the sheet shows: with them the share changes."
        )
        if scene.lived is not None
        else _("The design alone: what was lived is left out here."),
        known(
            Section(
                _("What cards rest on"),
                tuple(
                    Term(
                        str(EVIDENCE_NAMES[kind]),
                        locale.number(count),
                        href=scene.about(f"evidence.{kind.value}") if count else "",
                    )
                    for kind, count in found.counts
                ),
            )
        ),
    )


def cards_section(scene: Scene, heading: str, cards: Sequence[Card]) -> Section:
    """Return cards with what each says and where it lies; the first of many."""
    return Section(
        heading,
        tuple(
            Term(_said(scene, card), scene.step_name(card.step_id), href=scene.about(f"step.{card.step_id}"))
            for card in cards[:_MOST]
        ),
    )


def _kind_panel(key: str, named: str, scene: Scene) -> PanelShown | None:
    kind = next((each for each in EvidenceKind if each.value == named), None)
    if kind is None or scene.whole_evidence is None:
        return None
    cards = [card for card in claiming_cards(scene.document) if scene.evidence[card.card_id].kind is kind]
    hidden = len(cards) - _MOST
    return PanelShown(
        key,
        str(EVIDENCE_NAMES[kind]),
        _("What cards rest on"),
        scene.locale.number(len(cards)),
        _of_cards(scene.whole_evidence.cards, scene),
        method=filled(
            ngettext("%(count)s more is not listed.", "%(count)s more are not listed.", hidden),
            count=scene.locale.number(hidden),
        )
        if hidden > 0
        else "",
        sections=known(cards_section(scene, _("Cards"), cards)),
    )


def _of_cards(count: int, scene: Scene) -> str:
    return filled(
        ngettext("of %(count)s card", "of %(count)s cards", count), count=scene.locale.number(count)
    )


def _said(scene: Scene, card: Card) -> str:
    """Return what a card says in one line: its text, and the emotion that is believed."""
    emotion = ""
    if card.emotion is not None:
        emotion = filled(
            _("%(name)s (%(value)s)"),
            name=emotion_name(card.emotion),
            value=emotion_value(card.emotion, scene.locale),
        )
    return joined(cut(plain_text(scene.words(card.text)), _LONGEST), emotion) or "—"
