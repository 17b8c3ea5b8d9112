"""A lived map as its two strips: which moves are drawn, what stands beside them, and where they lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from safar.maps.anatomy import JourneyMap, Step
from safar.maps.emotion import Emotion
from safar.maps.lived import LivedMap
from safar.show.drawing.canvas import joined
from safar.show.locale import Locale

from .emotion import EmotionLine, EmotionPoint, EmotionStep, EmotionWords, draw_emotion
from .river import RiverLoss, RiverMove, RiverStep, draw_river
from .strip import COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterable

#: More arcs than this above a river, and more skips in it, are a knot that nobody reads.
MOST_ARCS: Final = 8
MOST_SKIPS: Final = 6
#: Ways that fewer than this share of those at a step take are left out.
_LEAST: Final = 0.01


@dataclass(frozen=True, slots=True)
class RiverWords:
    """What a river says, and where its marks lead.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    name
        Of a step, in the reader's language.
    people
        How many reach a step, such as “7,400 people”.
    lost
        Walks that end here and should not, and of how many, such as “4,900 of 12,300 walks end here”.
    back, aside
        A share of those at a step who go back, or ahead, on a way that is not on the map: a whole sentence.
    skip
        A share of those at a step who skip others, and the names of those.
    turn, jump, past
        The same in two words beside the line, whose colour and dashes say what it is.
    step_href, lost_href
        By step id; None for nowhere.
    move_href
        By the ids of source and target; None for nowhere.
    """

    title: str
    name: Callable[[Step], str]
    people: Callable[[int], str]
    lost: Callable[[int, int], str]
    back: Callable[[str], str]
    aside: Callable[[str], str]
    skip: Callable[[str, Sequence[str]], str]
    turn: Callable[[str], str]
    jump: Callable[[str], str]
    past: Callable[[str], str]
    step_href: Callable[[str], str | None] = field(default=lambda _step: None)
    lost_href: Callable[[str], str | None] = field(default=lambda _step: None)
    move_href: Callable[[str, str], str | None] = field(default=lambda _source, _target: None)


@dataclass(frozen=True, slots=True)
class MovesShown:
    """The moves that a river draws, and how many it leaves out.

    Attributes
    ----------
    moves
        `safar.observe.conformance.MoveLived`: all that the design allows, the most taken of the others.
    hidden
        Ways skipped or off the map that are not drawn.
    """

    moves: tuple[Any, ...]
    hidden: int


def moves_shown(lived: LivedMap) -> MovesShown:
    """Return which moves of a lived map are drawn."""
    if lived.conformance is None:
        return MovesShown((), 0)
    by_kind: dict[str, list[Any]] = {}
    for move in sorted(lived.conformance.moves, key=lambda move: -move.customers):
        by_kind.setdefault(str(move.kind), []).append(move)
    designed = by_kind.get("designed", [])
    skips, arcs = by_kind.get("skip", []), by_kind.get("off_map", [])
    kept = [*_worth(skips)[:MOST_SKIPS], *_worth(arcs)[:MOST_ARCS]]
    return MovesShown((*designed, *kept), len(skips) + len(arcs) - len(kept))


def _worth(moves: Iterable[Any]) -> list[Any]:
    return [move for move in moves if move.share is None or move.share.value >= _LEAST]


def hot_steps(lived: LivedMap) -> frozenset[str]:
    """Return the steps that hurt most: at least half as much as the worst one, and at most a third of all.

    A step hurts as much as its pains weigh together: people times severity.
    """
    weights = {step.step: sum(pain.weight for pain in step.pains) for step in lived.steps}
    ranked = sorted((step for step in weights if weights[step] > 0), key=lambda step: -weights[step])
    most = max(1, len(lived.steps) // 3)
    return frozenset(step for step in ranked[:most] if weights[step] >= weights[ranked[0]] / 2)


def river_drawing(
    document: JourneyMap,
    lived: LivedMap,
    locale: Locale,
    words: RiverWords,
    *,
    window: tuple[int, int] | None = None,
    thread: Sequence[str] = (),
    column: float = COLUMN,
    is_fluid: bool = True,
    drawing_id: str = "river",
) -> str:
    """Return the river of a lived map as an SVG element.

    Parameters
    ----------
    document, lived
        The map as designed and as lived.
    locale
        Digits and direction of the reader.
    words
        What the drawing says and where it leads.
    window, thread, column, is_fluid, drawing_id
        See `safar.show.maps.river.draw_river`; steps of the thread that the map no longer has are left out.

    Raises
    ------
    EmptyDrawing
        The map has no steps.
    """
    hot = hot_steps(lived)
    places = {step.step_id: place for place, step in enumerate(document.steps)}
    names = {step.step_id: words.name(step) for step in document.steps}
    walked = {step.step: step for step in lived.conformance.steps} if lived.conformance else {}
    steps = [
        _river_step(step, lived, walked.get(step.step_id), locale, words, is_hot=step.step_id in hot)
        for step in document.steps
    ]
    moves = []
    for move in moves_shown(lived).moves:
        if move.source not in places or move.target not in places:
            continue
        share = locale.percent(move.share.value) if move.share else locale.number(move.customers)
        beside = whole = ""
        if str(move.kind) == "off_map":
            is_back = places[move.target] < places[move.source]
            beside = (words.turn if is_back else words.jump)(share)
            whole = (words.back if is_back else words.aside)(share)
        elif str(move.kind) == "skip":
            beside = words.past(share)
            whole = words.skip(share, [names[step] for step in move.skipped if step in names])
        about = f"{names[move.source]} – {names[move.target]}"
        moves.append(
            RiverMove(
                move.source,
                move.target,
                move.customers,
                str(move.kind),  # type: ignore[arg-type]
                beside,
                key=f"{move.source}>{move.target}",
                title=joined(about, words.people(move.customers), whole),
                href=words.move_href(move.source, move.target),
            )
        )
    return draw_river(
        steps,
        moves,
        title=words.title,
        direction=locale.direction,
        window=window,
        thread=[step for step in thread if step in places],
        column=column,
        is_fluid=is_fluid,
        drawing_id=drawing_id,
    )


def _river_step(
    step: Step, lived: LivedMap, walked: Any | None, locale: Locale, words: RiverWords, *, is_hot: bool
) -> RiverStep:
    reading = lived.step(step.step_id)
    name = words.name(step)
    if walked is None or reading is None or reading.customers is None:
        return RiverStep(
            step.step_id, name, 0.0, key=step.step_id, href=words.step_href(step.step_id), is_known=False
        )
    loss = None
    if reading.lost is not None and reading.lost.value > 0:
        over = walked.decided
        count = round(reading.lost.value * over)
        loss = RiverLoss(
            count=reading.lost.value * reading.customers,
            text=locale.compact(-count),
            title=joined(name, words.lost(count, over)),
            key=f"{step.step_id}:lost",
            href=words.lost_href(step.step_id),
        )
    return RiverStep(
        step.step_id,
        name,
        reading.customers,
        words.people(reading.customers),
        loss,
        is_hot,
        key=step.step_id,
        href=words.step_href(step.step_id),
    )


def emotion_drawing(
    document: JourneyMap,
    lived: LivedMap | None,
    believed: Mapping[str, Emotion],
    locale: Locale,
    words: EmotionWords,
    *,
    name: Callable[[Step], str],
    told: Callable[[EmotionLine, Emotion], str],
    href: Callable[[str, EmotionLine], str | None] = lambda _step, _line: None,
    window: tuple[int, int] | None = None,
    column: float = COLUMN,
    is_fluid: bool = True,
    drawing_id: str = "emotion",
) -> str:
    """Return the lines of emotion of a map as an SVG element.

    Parameters
    ----------
    document
        The map.
    lived
        What was said and shown; None for a map that is only designed.
    believed
        By step id: what the team believes, see `safar.maps.emotion.beliefs`.
    locale
        Direction of the reader.
    words
        What the drawing says.
    name
        Of a step, in the reader's language.
    told
        An emotion in the reader's words: the value, its interval and n.
    href
        Where a point leads, by step id and line.
    window, column, is_fluid, drawing_id
        See `safar.show.maps.emotion.draw_emotion`.

    Raises
    ------
    EmptyDrawing
        The map has no steps.
    """

    def point(step: str, line: EmotionLine, emotion: Emotion | None) -> EmotionPoint | None:
        if emotion is None:
            return None
        ends = emotion.interval
        return EmotionPoint(
            value=emotion.value,
            text=told(line, emotion),
            low=None if ends is None else ends.low,
            high=None if ends is None else ends.high,
            key=f"{step}:{line}",
            href=href(step, line),
        )

    steps = []
    for step in document.steps:
        reading = lived.step(step.step_id) if lived else None
        steps.append(
            EmotionStep(
                name(step),
                said=point(step.step_id, "said", reading.said if reading else None),
                behaved=point(step.step_id, "behaved", reading.behaved if reading else None),
                believed=point(step.step_id, "believed", believed.get(step.step_id)),
            )
        )
    return draw_emotion(
        steps,
        words,
        direction=locale.direction,
        window=window,
        column=column,
        is_fluid=is_fluid,
        drawing_id=drawing_id,
    )
