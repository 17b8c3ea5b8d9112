"""Parts of a journey map by their kind and id: found, put in, taken out, changed.

The document is frozen: what changes it gives another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from .anatomy import Card, JourneyMap, Lane, Stage, Step
from .checks import unknown

Part = TypeVar("Part", bound=Stage | Step | Lane | Card)

_IDS: Final[dict[type, Callable[[Any], str]]] = {
    Stage: attrgetter("stage_id"),
    Step: attrgetter("step_id"),
    Lane: attrgetter("lane_id"),
    Card: attrgetter("card_id"),
}


def part_of(document: JourneyMap, kind: str, part_id: str) -> Any:
    """Return a part of a map.

    Raises
    ------
    UnknownPart
    """
    if kind == "map":
        return document
    parts = parts_of(document, kind)
    place = place_of(parts, part_id)
    if place is None:
        raise unknown(kind, part_id)
    return parts[place]


def parts_of(document: JourneyMap, kind: str) -> tuple[Any, ...]:
    """Return the parts of a kind, in order; steps of whatever stage."""
    return document.steps if kind == "step" else tuple(getattr(document, f"{kind}s"))


def ids_of(parts: Sequence[Any]) -> list[str]:
    """Return the ids of parts of one kind."""
    return list(map(_IDS[type(parts[0])], parts)) if parts else []


def place_of(parts: Sequence[Any], part_id: str) -> int | None:
    """Return where the part of an id stands among those of its kind; None where it does not."""
    ids = ids_of(parts)
    return ids.index(part_id) if part_id in ids else None


def replaced(document: JourneyMap, kind: str, part_id: str, change: Callable[[Any], Any]) -> JourneyMap:
    """Return the map with one part changed."""
    if kind == "map":
        return change(document)  # type: ignore[no-any-return]
    if kind == "step":
        stage = stage_of(document, part_id)
        return replaced(document, "stage", stage.stage_id, lambda found: _with_step(found, part_id, change))
    parts = parts_of(document, kind)
    place = place_of(parts, part_id)
    if place is None:
        raise unknown(kind, part_id)
    return replace(document, **{f"{kind}s": (*parts[:place], change(parts[place]), *parts[place + 1 :])})


def _with_step(stage: Stage, step_id: str, change: Callable[[Any], Any]) -> Stage:
    steps = tuple(change(step) if step.step_id == step_id else step for step in stage.steps)
    return replace(stage, steps=steps)


def stage_of(document: JourneyMap, step_id: str) -> Stage:
    """Return the stage that a step stands in."""
    return next(stage for stage in document.stages if any(step.step_id == step_id for step in stage.steps))


def inserted(parts: Sequence[Part], part: Part, before: str) -> tuple[Part, ...]:
    """Put a part before the one of an id; at the end where there is none."""
    place = place_of(parts, before)
    if place is None:
        return (*parts, part)
    return (*parts[:place], part, *parts[place:])


def without(parts: Sequence[Part], part_id: str) -> tuple[Part, ...]:
    """Return the others."""
    place = place_of(parts, part_id)
    return tuple(parts) if place is None else (*parts[:place], *parts[place + 1 :])


def following(parts: Sequence[Any], part_id: str) -> str:
    """Return the id of what stands behind a part; empty at the end."""
    ids = ids_of(parts)
    place = ids.index(part_id) + 1
    return ids[place] if place < len(ids) else ""
