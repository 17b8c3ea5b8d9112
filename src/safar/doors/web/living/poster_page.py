"""A sheet as a poster: the same lanes, numbers and cards, in words that paper can show, leading nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.maps.rich_text import plain_text
from safar.doors.web.maps.words import STATE_NAMES
from safar.show.maps.blocks import Block, Chip, Figure, Meter, Quote, Tone, Words
from safar.show.maps.lived import emotion_drawing, river_drawing
from safar.show.maps.poster import (
    CellRow,
    LegendLine,
    Poster,
    PosterFact,
    PosterPersona,
    PosterStage,
    PosterStep,
    StripRow,
)

from .cells import Cell, Item, LaneRow
from .drawings import emotion_told, emotion_words, river_words
from .facts import FactCard
from .scene import Scene
from .whom import Whom

_BULLET: Final = re.compile(r"\s*(?:[-*•]|[0-9۰-۹٠-٩]{1,3}[.)])\s")
_TONES: Final[dict[str, Tone]] = {
    "good": "good",
    "warn": "mid",
    "bad": "bad",
    "better": "good",
    "worse": "bad",
}
_LINES: Final[dict[str, LegendLine]] = {
    "said": "whole",
    "behaved": "dotted",
    "believed": "dashed",
    "band": "band",
    "skip": "skip",
    "arc": "arc",
    "lost": "lost",
    "hot": "hot",
}


def poster_of(
    scene: Scene,
    rows: Sequence[LaneRow],
    facts: Sequence[FactCard],
    *,
    whom: Whom,
    whoms: Sequence[Whom] = (),
    period: str = "",
    made_at: datetime,
) -> Poster:
    """Return what a sheet says as a poster.

    Parameters
    ----------
    scene
        The map, how it was lived, and who reads.
    rows, facts
        Of the same sheet.
    whom, whoms
        Whom it is about, and whom else it could be.
    period
        Of whom and when the numbers are, in the reader's words; empty for a map that is only designed.
    made_at
        When; written at the foot.
    """
    document, locale = scene.document, scene.locale
    state = str(STATE_NAMES[document.state])
    about = (state, period) if scene.lived is not None else (state, _("as designed"))
    return Poster(
        title=scene.words(document.name) or pgettext("map", "Without a name"),
        about=scene.words(document.about),
        language=locale.language,
        direction=locale.direction,
        state=" · ".join(f"\u2068{each}\u2069" for each in about if each),
        stages=tuple(
            PosterStage(scene.stage_name(stage), scene.words(stage.about), len(stage.steps))
            for stage in document.stages
        ),
        steps=tuple(
            PosterStep(scene.step_name(step), scene.words(step.about), step.step_id in scene.hot)
            for _stage, step in scene.columns
        ),
        rows=tuple(_row(scene, row) for row in rows if _says_something(row)),
        facts=tuple(_fact(fact) for fact in facts),
        personas=tuple(
            PosterPersona(each.name, each.about, each.key == whom.key) for each in whoms if len(whoms) > 1
        ),
        foot=_foot(scene, period, made_at),
        brand=_("Safar"),
    )


def _says_something(row: LaneRow) -> bool:
    """Whether a row is worth its room on paper: a lane in which nothing is known says so on the page alone."""
    return row.is_drawing or any(
        cell.cards or any(item.kind != "dash" for item in cell.items) for cell in row.cells
    )


def _fact(fact: FactCard) -> PosterFact:
    note = " · ".join(f"\u2068{each}\u2069" for each in (fact.sure, fact.change_spoken, fact.more) if each)
    return PosterFact(
        fact.name,
        fact.value,
        note,
        _TONES.get(fact.tone, "plain"),
    )


def _foot(scene: Scene, period: str, made_at: datetime) -> tuple[str, ...]:
    locale = scene.locale
    lines = []
    if scene.lived is not None:
        said = period or _("all of the time that there is data of")
        lines.append(
            filled(_("Numbers: %(period)s. Intervals: %(level)s."), period=said, level=locale.percent(0.95))
        )
        lines.append(_("What goes together is no proof of what causes it."))
    lines.append(filled(_("Made on %(day)s with Safar."), day=locale.date(made_at)))
    return tuple(lines)


def _row(scene: Scene, row: LaneRow) -> CellRow | StripRow:
    if row.is_drawing:
        return _strip(scene, row)
    return CellRow(row.name, row.note, tuple(tuple(_blocks(scene, cell)) for cell in row.cells))


def _strip(scene: Scene, row: LaneRow) -> StripRow:
    draw: Callable[[tuple[int, int], float, bool, str], str]
    if row.key == "flow":
        draw = _river(scene)
    else:

        def draw(window: tuple[int, int], column: float, is_fluid: bool, drawing_id: str) -> str:
            return emotion_drawing(
                scene.document,
                scene.lived,
                scene.beliefs,
                scene.locale,
                emotion_words(scene),
                name=scene.step_name,
                told=emotion_told(scene),
                window=window,
                column=column,
                is_fluid=is_fluid,
                drawing_id=drawing_id,
            )

    return StripRow(row.name, row.note, draw, tuple((_LINES[line.key], line.name) for line in row.legend))


def _river(scene: Scene) -> Callable[[tuple[int, int], float, bool, str], str]:
    lived = scene.lived
    assert lived is not None
    words = replace(
        river_words(scene),
        step_href=lambda _step: None,
        lost_href=lambda _step: None,
        move_href=lambda _source, _target: None,
    )

    def draw(window: tuple[int, int], column: float, is_fluid: bool, drawing_id: str) -> str:
        return river_drawing(
            scene.document,
            lived,
            scene.locale,
            words,
            window=window,
            column=column,
            is_fluid=is_fluid,
            drawing_id=drawing_id,
        )

    return draw


def _blocks(scene: Scene, cell: Cell) -> list[Block]:
    found = [block for item in cell.items if item.kind != "dash" for block in _of_item(item)]
    cards = {card.card_id: card for card in scene.document.cards}
    for shown in cell.cards:
        text = _printed(scene.words(cards[shown.card_id].text))
        if text:
            found.append(Words(text))
        if shown.emotion:
            found.append(Words(shown.emotion, "soft", 11))
        if shown.mark is not None:
            found.append(Words(shown.mark.name, "soft", 10.5))
    return found


def _of_item(item: Item) -> list[Block]:
    if item.kind == "pain":
        return [Words(item.text, has_dot=True), *([Words(item.sure, "soft", 10.5)] if item.sure else [])]
    return [_block(item)]


def _block(item: Item) -> Block:
    tone = _TONES.get(item.tone, "plain")
    if item.kind == "chip":
        return Chip(" ".join(filter(None, (item.name, item.text))), tone)
    if item.kind == "quote":
        return Quote(item.text, item.sure)
    if item.kind == "bar":
        share = float(item.bar.width) / 100 if item.bar else None
        goal = float(item.bar.goal) / 100 if item.bar and item.bar.goal else None
        return Meter(item.name, share, item.text, goal, item.sure, bool(item.bar and item.bar.is_bad))
    return Figure(item.name, item.text, item.sure, tone)


def _printed(text: str) -> str:
    """Return the text of a card without its signs, in its own lines."""
    lines = []
    for line in text.splitlines():
        bare = plain_text(line)
        if bare:
            lines.append(f"• {bare}" if _BULLET.match(line) else bare)
    return "\n".join(lines)
