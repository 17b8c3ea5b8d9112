"""What a demo shows from its first page on: segments, personas, a living map, surveys, cases, actions of the company.

Made once, when the demo's workspace has none of them: whatever is changed or archived there stays so.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

import msgspec

from safar.maps.templates import template
from safar.store.registry import Workspace

from .audit.actor import SYSTEM
from .maps.queries import maps_of
from .maps.services import create
from .offering.furnishing import furnish as furnish_actions
from .personas.queries import personas_of
from .personas.services import describe
from .personas.stories import STORY_PARTS
from .segments.queries import segments_of
from .segments.services import catch_up, define
from .showcase_listen import furnish_listening

_MAP: Final = "online_shop"


def furnish_showcase(workspace: Workspace, language: str) -> None:
    """Give a demo its segments, personas and map, once.

    Parameters
    ----------
    workspace
        With the events of the simulated company.
    language
        ``fa``, ``ar`` or ``en``: what the segments are called; maps and personas are told in all three.
    """
    there_are = (
        maps_of(workspace, archived=of) or segments_of(workspace, archived=of) for of in (False, True)
    )
    if any(there_are) or personas_of(workspace):
        return
    made = [_persona(workspace, told, language) for told in _told()]
    catch_up(workspace)
    create(workspace, msgspec.structs.replace(template(_MAP), personas=tuple(made)), by=SYSTEM)
    furnish_listening(workspace, language)
    furnish_actions(workspace)


def _told() -> list[dict[str, Any]]:
    text = files("safar.demo").joinpath("words", "personas.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["persona"]
    return found


def _persona(workspace: Workspace, told: dict[str, Any], language: str) -> str:
    name = told["segment_name"][language]
    segment_id = define(workspace, name, told["segment"], by=SYSTEM)
    story = {part: told[part] for part in STORY_PARTS if part in told}
    return describe(workspace, told["name"], segment_id, story, by=SYSTEM, channels=told["channels"])
