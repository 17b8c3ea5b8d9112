"""What is opened beside a sheet: a number with its definition, interval, n and rows; a step with all that is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .openings import OF_STEP, parts_of
from .panel_evidence import evidence_panel
from .panel_facts import customers_panel, fitness_panel
from .panel_numbers import emotion_panel, money_panel, score_panel, unhappy_panel
from .panel_parts import PanelScene, PanelShown
from .panel_promises import promise_panel, promises_panel
from .panel_step import (
    count_panel,
    move_panel,
    pain_panel,
    step_panel,
    time_panel,
    unmapped_panel,
    voices_panel,
)
from .scene import Scene

_PANELS: Final[dict[str, Callable[[str, Sequence[str], PanelScene], PanelShown | None]]] = {
    "step": step_panel,
    "count": count_panel,
    "time": time_panel,
    "move": move_panel,
    "unmapped": unmapped_panel,
    "score": score_panel,
    "unhappy": unhappy_panel,
    "emotion": emotion_panel,
    "voices": voices_panel,
    "pain": pain_panel,
    "promise": promise_panel,
    "revenue": money_panel,
    "cost": money_panel,
    "fitness": fitness_panel,
    "coverage": fitness_panel,
    "promises": promises_panel,
    "evidence": evidence_panel,
    "customers": customers_panel,
}


def panel(key: str, at: PanelScene) -> PanelShown | None:
    """Return the panel of a key; None where the map has no such number."""
    word, rest = parts_of(key)
    maker = _PANELS.get("count" if word in OF_STEP else word)
    return maker(key, rest, at) if maker is not None else None


def first_key(scene: Scene) -> str:
    """Return what is opened where nothing is asked for: what hurts most; empty for nothing."""
    if scene.lived is None or not scene.lived.pains:
        return ""
    worst = scene.lived.pains[0]
    reading = scene.reading(worst.step)
    places = [place for place, pain in enumerate(reading.pains if reading else ()) if pain == worst]
    return f"pain.{worst.step}.{places[0]}" if places else ""
