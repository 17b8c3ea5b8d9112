"""The sheet that a map is drawn on, as a template is given it: stages → steps × lanes, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.maps.anatomy import Card, JourneyMap, Lane, LaneKind, Stage, said
from safar.show.locale import Locale

from .rich_text import plain_text, rich_text
from .sheet_lines import Arc, Curve, arcs, curves
from .words import COMPUTED, emotion_name, lane_name

_TONES: Final = {1: "good", 0: "even", -1: "bad"}


@dataclass(frozen=True, slots=True)
class CardView:
    """A card in its cell."""

    card_id: str
    html: SafeString
    plain: str
    is_missing: bool
    emotion: str
    tone: str
    comments: str
    pictures: tuple[str, ...]
    files: str
    evidence: str
    personas: str


@dataclass(frozen=True, slots=True)
class CellView:
    """Where a step meets a lane."""

    step_id: str
    lane_id: str
    stage_id: str
    cards: tuple[CardView, ...]
    add_name: str
    curve: Curve | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane: its name, and a cell for each step."""

    lane_id: str
    kind: str
    name: str
    cells: tuple[CellView, ...]
    takes_cards: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """The head of a step."""

    step_id: str
    stage_id: str
    number: str
    name: str
    is_missing: bool
    is_bound: bool
    owner: str
    comments: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class StageView:
    """The head of a stage; one without steps has a column of its own to put some."""

    stage_id: str
    name: str
    about: str
    columns: int
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """All of it.

    Attributes
    ----------
    language
        Of the texts.
    columns
        One for each step, and for each stage without any.
    arcs, arcs_height
        Branches and loops; how high their row is.
    """

    language: str
    stages: tuple[StageView, ...]
    lanes: tuple[LaneView, ...]
    columns: tuple[tuple[str, str], ...]
    arcs: tuple[Arc, ...]
    arcs_height: int
    moves: str


def sheet_view(
    document: JourneyMap,
    locale: Locale,
    *,
    language: str,
    comments: Mapping[str, int] | None = None,
    pictures: frozenset[str] = frozenset(),
    stage: str = "",
) -> SheetView:
    """Return the sheet of a map.

    Parameters
    ----------
    language
        Which texts are shown; those that are missing in it are shown in the map's first one, and say so.
    comments
        How many are open, by target.
    pictures
        Ids of attachments that are pictures.
    stage
        Only this stage, for narrow screens without JavaScript; all of them when empty or unknown.
    """
    stages = tuple(each for each in document.stages if each.stage_id == stage) or document.stages
    drawn = _Drawn(document, language, locale, comments or {}, pictures)
    columns = tuple(_columns(stages))
    places = {step_id: place for place, (step_id, _stage) in enumerate(columns) if step_id}
    lines = tuple(arcs(document, places, len(columns), mirrored=locale.direction == "rtl"))
    return SheetView(
        language=language,
        stages=tuple(_stage_view(each, drawn) for each in stages),
        lanes=tuple(_lane_view(each, drawn, columns) for each in document.lanes),
        columns=columns,
        arcs=lines,
        arcs_height=max((arc.height for arc in lines), default=0) + 8,
        moves=_moves_in_words(document, locale),
    )


def _moves_in_words(document: JourneyMap, locale: Locale) -> str:
    following = {
        (one.step_id, other.step_id) for one, other in zip(document.steps, document.steps[1:], strict=False)
    }
    more = sum((each.source, each.target) not in following for each in document.moves)
    if not document.moves:
        return _("None yet")
    said_more = ngettext("%(count)s branch or loop", "%(count)s branches and loops", more)
    return _("One after another") if not more else said_more % {"count": locale.number(more)}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What every part is drawn from."""

    document: JourneyMap
    language: str
    locale: Locale
    comments: Mapping[str, int]
    pictures: frozenset[str]

    def said(self, words: dict[str, str]) -> str:
        return said(words, self.language, *self.document.languages)

    def is_missing(self, words: dict[str, str]) -> bool:
        return bool(words) and not words.get(self.language)

    def comments_at(self, place: str) -> str:
        return self.count(self.comments.get(place, 0))

    def count(self, number: int) -> str:
        return self.locale.number(number) if number else ""


def _columns(stages: tuple[Stage, ...]) -> Iterator[tuple[str, str]]:
    for stage in stages:
        yield from ((step.step_id, stage.stage_id) for step in stage.steps)
        if not stage.steps:
            yield "", stage.stage_id


def _stage_view(stage: Stage, drawn: _Drawn) -> StageView:
    numbers = {step.step_id: place for place, step in enumerate(drawn.document.steps, 1)}
    return StageView(
        stage_id=stage.stage_id,
        name=drawn.said(stage.name),
        about=drawn.said(stage.about),
        columns=max(1, len(stage.steps)),
        steps=tuple(
            StepView(
                step_id=step.step_id,
                stage_id=stage.stage_id,
                number=drawn.locale.number(numbers[step.step_id]),
                name=drawn.said(step.name),
                is_missing=drawn.is_missing(step.name),
                is_bound=bool(step.binding.events),
                owner=step.owner,
                comments=drawn.comments_at(f"step/{step.step_id}"),
                is_first=not place,
            )
            for place, step in enumerate(stage.steps)
        ),
    )


def _lane_view(lane: Lane, drawn: _Drawn, columns: tuple[tuple[str, str], ...]) -> LaneView:
    document = drawn.document
    name = lane_name(lane, drawn.language, *document.languages)
    cards: dict[str, list[Card]] = {}
    for card in document.cards:
        if card.lane_id == lane.lane_id:
            cards.setdefault(card.step_id, []).append(card)
    lines = curves(columns, cards) if lane.kind is LaneKind.EMOTION else {}
    steps = {step.step_id: drawn.said(step.name) for step in document.steps}
    firsts = {stage.steps[0].step_id for stage in document.stages if stage.steps}
    return LaneView(
        lane_id=lane.lane_id,
        kind=lane.kind.value,
        name=name,
        cells=tuple(
            CellView(
                step_id=step_id,
                lane_id=lane.lane_id,
                stage_id=stage_id,
                cards=tuple(_card_view(each, drawn) for each in cards.get(step_id, ())),
                add_name=filled(_("Add a card: %(lane)s, %(step)s"), lane=name, step=steps.get(step_id, "")),
                curve=lines.get(step_id),
                is_first=step_id in firsts or not step_id,
            )
            for step_id, stage_id in columns
        ),
        takes_cards=lane.kind not in COMPUTED,
    )


def _card_view(card: Card, drawn: _Drawn) -> CardView:
    text = drawn.said(card.text)
    emotion = "" if card.emotion is None else emotion_in_words(card.emotion, drawn.locale)
    return CardView(
        card_id=card.card_id,
        html=rich_text(text),
        plain=plain_text(text) or emotion or _("Empty card"),
        is_missing=drawn.is_missing(card.text),
        emotion=emotion,
        tone="" if card.emotion is None else _TONES[(card.emotion > 0) - (card.emotion < 0)],
        comments=drawn.comments_at(f"card/{card.card_id}"),
        pictures=tuple(each for each in card.attachments if each in drawn.pictures),
        files=drawn.count(sum(each not in drawn.pictures for each in card.attachments)),
        evidence=drawn.count(len(card.evidence)),
        personas=drawn.count(len(card.personas)),
    )


def emotion_in_words(emotion: float, locale: Locale) -> str:
    """Return an emotion as its number and its word."""
    return filled("%(value)s · %(name)s", value=locale.signed(emotion), name=emotion_name(emotion))
