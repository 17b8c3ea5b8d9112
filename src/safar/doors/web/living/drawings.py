"""The two drawings of a sheet, in the reader's words: the river of people, and the lines of emotion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.maps.emotion import Emotion
from safar.show.drawing.canvas import EmptyDrawing
from safar.show.maps.emotion import EmotionLine, EmotionWords
from safar.show.maps.lived import RiverWords, emotion_drawing, moves_shown, river_drawing
from safar.show.maps.strip import COLUMN

from .cells import LaneRow, Legend, Narrow
from .number_words import emotion_sure, emotion_value, joined, people
from .scene import Scene

#: What the narrowest telephone, of 320 CSS pixels, leaves to a drawing.
_TELEPHONE: Final = 200.0


def river_row(scene: Scene, thread: Sequence[str] = ()) -> LaneRow | None:
    """Return the river as a row; None where no step is bound to events, or nobody did any."""
    lived, locale = scene.lived, scene.locale
    if lived is None or lived.conformance is None or scene.is_unwalked:
        return None
    words = river_words(scene)
    hidden = moves_shown(lived).hidden
    said = ""
    if hidden:
        said = filled(
            ngettext(
                "%(count)s rare way beside the map is not drawn.",
                "%(count)s rare ways beside the map are not drawn.",
                hidden,
            ),
            count=locale.number(hidden),
        )

    def draw(window: tuple[int, int] | None, drawing_id: str) -> str:
        return river_drawing(
            scene.document,
            lived,
            locale,
            words,
            window=window,
            thread=thread,
            column=_column(window),
            drawing_id=drawing_id,
        )

    return LaneRow(
        "flow",
        _("Flow"),
        _("customers"),
        drawing=draw(None, "river"),
        narrow=tuple(_narrow(scene, draw, "river")),
        legend=river_legend(),
        said=said,
    )


def river_legend() -> tuple[Legend, ...]:
    """Return what the colours and lines of the river are."""
    return (
        Legend("band", _("they go on as designed")),
        Legend("skip", _("they skip steps")),
        Legend("arc", _("a way that is not on the map")),
        Legend("lost", _("their walk ends here")),
        Legend("hot", _("it hurts most here")),
    )


def emotion_row(scene: Scene) -> LaneRow | None:
    """Return the lines of emotion as a row; None where nobody knows any."""
    locale, lived = scene.locale, scene.lived
    known = any(
        reading.said is not None or reading.behaved is not None for reading in (lived.steps if lived else ())
    )
    if not known and not scene.beliefs:
        return None
    words, told = emotion_words(scene), emotion_told(scene)
    names: dict[EmotionLine, str] = {"said": words.said, "behaved": words.behaved, "believed": words.believed}

    def draw(window: tuple[int, int] | None, drawing_id: str) -> str:
        return emotion_drawing(
            scene.document,
            lived,
            scene.beliefs,
            locale,
            words,
            name=scene.step_name,
            told=told,
            href=lambda step, line: scene.about(f"emotion.{step}.{line}"),
            window=window,
            column=_column(window),
            drawing_id=drawing_id,
        )

    lines: tuple[EmotionLine, ...] = ("said", "behaved", "believed") if lived is not None else ("believed",)
    return LaneRow(
        "emotion",
        _("Emotion"),
        filled(_("%(low)s to %(high)s"), low=locale.signed(-2), high=locale.signed(2)),
        drawing=draw(None, "emotion"),
        narrow=tuple(_narrow(scene, draw, "emotion")),
        legend=tuple(
            Legend(line, filled(_("%(name)s (%(level)s band)"), name=names[line], level=locale.percent(0.95)))
            if line == "said"
            else Legend(line, names[line])
            for line in lines
        ),
    )


def _narrow(scene: Scene, draw: Callable[[tuple[int, int] | None, str], str], name: str) -> Iterator[Narrow]:
    """Yield a drawing for each stage that has steps."""
    first = 0
    for stage in scene.document.stages:
        last = first + len(stage.steps)
        if stage.steps:
            try:
                svg = draw((first, last), f"{name}-{stage.stage_id}")
            except EmptyDrawing:
                svg = ""
            yield Narrow(stage.stage_id, len(stage.steps), stage.stage_id == scene.open_stage, svg)
        first = last


def _column(window: tuple[int, int] | None) -> float:
    """Return how wide a column is at the least: those of a stage share the width of a telephone."""
    return COLUMN if window is None else min(COLUMN, _TELEPHONE / (window[1] - window[0]))


def _listed(names: Sequence[str]) -> str:
    return " · ".join(f"\u2068{name}\u2069" for name in names)


def river_words(scene: Scene) -> RiverWords:
    """Return what a river says, and where its marks lead."""
    locale = scene.locale
    conformance = scene.lived.conformance if scene.lived is not None else None
    return RiverWords(
        title=filled(
            _(
                "How %(count)s went along the journey: people at each step, those who fell away, went back or past."
            ),
            count=people(conformance.customers if conformance else 0, locale),
        ),
        name=scene.step_name,
        people=lambda count: people(count, locale),
        lost=lambda count, of: filled(
            ngettext("%(count)s of %(of)s walk ends here", "%(count)s of %(of)s walks end here", count),
            count=locale.number(count),
            of=locale.number(of),
        ),
        back=lambda share: filled(_("%(share)s of those who go on turn back (not on the map)"), share=share),
        aside=lambda share: filled(
            _("%(share)s of those who go on jump ahead (not on the map)"), share=share
        ),
        past=lambda share: filled(_("%(share)s skip steps"), share=share),
        turn=lambda share: filled(_("%(share)s turn back"), share=share),
        jump=lambda share: filled(_("%(share)s jump ahead"), share=share),
        skip=lambda share, skipped: filled(
            _("%(share)s skip %(steps)s"), share=share, steps=_listed(skipped)
        ),
        step_href=lambda step: scene.about(f"step.{step}"),
        lost_href=lambda step: scene.about(f"lost.{step}"),
        move_href=lambda source, target: scene.about(f"move.{source}.{target}"),
    )


def emotion_words(scene: Scene) -> EmotionWords:
    """Return what the lines of emotion are called."""
    return EmotionWords(
        title=_("How people feel at each step: said, shown by behaviour, believed by the team."),
        said=_("Said in answers and comments"),
        behaved=_("Shown by behaviour"),
        believed=_("Believed by the team"),
        value=lambda value: emotion_value(value, scene.locale),
    )


def emotion_told(scene: Scene) -> Callable[[EmotionLine, Emotion], str]:
    """Return what says an emotion: the value, how sure, of how many."""

    def told(_line: EmotionLine, emotion: Emotion) -> str:
        return joined(emotion_value(emotion.value, scene.locale), emotion_sure(emotion, scene.locale))

    return told
