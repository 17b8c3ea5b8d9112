"""Panels of the facts above a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, in_words
from safar.doors.web.journeys.page import address_of
from safar.observe.conformance import MoveKind

from .number_words import (
    length_in_words,
    people,
    share_between,
    sure_of_share,
)
from .panel_parts import MOST, PanelScene, PanelShown, Section, Term, known, period_pairs, way_term


def fitness_panel(key: str, _rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return how well the map fits, and what is lived beside it."""
    scene, locale = at.scene, at.scene.locale
    found = scene.lived.conformance if scene.lived else None
    if found is None or found.fitness is None:
        return None
    often = sorted(found.moves, key=lambda move: -move.count)
    beside = [move for move in often if move.kind is MoveKind.OFF_MAP]
    past = [move for move in often if move.kind is MoveKind.SKIP]
    coverage: tuple[Term, ...] = ()
    if found.coverage is not None:
        coverage = (
            Term(
                _("Steps that were due and done"),
                locale.percent(found.coverage.value),
                sure_of_share(found.coverage, locale),
                at.rows("coverage"),
            ),
        )
    return PanelShown(
        key,
        _("Map fits reality"),
        "",
        locale.percent(found.fitness.value),
        sure_of_share(found.fitness, locale),
        _(
            "Of all moves from one step to another, the share that the map knows: designed, or past some of its steps."
        ),
        share_between(found.fitness.interval, locale),
        known(
            Section(_("Coverage"), coverage),
            Section(
                _("Lived, but not on the map"),
                tuple(way_term(scene, move, both=True) for move in beside[:MOST]),
            ),
            Section(_("Past some steps"), tuple(way_term(scene, move, both=True) for move in past[:MOST])),
            Section(
                _("Done on the way, and no step takes it"),
                tuple(
                    Term(
                        in_words(each.event_name),
                        people(each.customers, locale),
                        href=scene.about(f"unmapped.{each.event_name}"),
                    )
                    for each in found.unmapped[:MOST]
                ),
            ),
        ),
        at.rows(key),
        f"{address_of(scene.workspace, 'flow')}?{urlencode(period_pairs(scene))}",
    )


def customers_panel(key: str, _rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return who was on the journey."""
    scene, locale = at.scene, at.scene.locale
    found = scene.lived.conformance if scene.lived else None
    if found is None:
        return None
    channels: dict[str, int] = {}
    for step in scene.lived.steps if scene.lived else ():
        for channel, count in step.channels:
            channels[channel] = channels.get(channel, 0) + count
    ranked = sorted(channels.items(), key=lambda each: -each[1])[:MOST]
    return PanelShown(
        key,
        _("On the journey"),
        "",
        people(found.customers, locale),
        filled(
            ngettext("%(count)s walk", "%(count)s walks", found.passages), count=locale.number(found.passages)
        ),
        _(
            "Customers who did at least one step of the map in this period. A walk ends after the pause of the map."
        ),
        filled(_("Pause: %(pause)s"), pause=length_in_words(scene.document.pause, locale)),
        known(
            Section(
                _("Events by channel"),
                tuple(
                    Term(channel_in_words(name) if name else _("no channel"), locale.number(count))
                    for name, count in ranked
                ),
            )
        ),
        at.rows(key),
        f"{address_of(scene.workspace, 'flow')}?{urlencode(period_pairs(scene))}",
    )
