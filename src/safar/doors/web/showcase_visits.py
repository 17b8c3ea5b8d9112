"""What a demo shows of a kiosk and a widget: a short survey of visits, and some months of answers to it.

They are given as those of real visitors are: some are spoilt, some visitors walk away after the first question.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from safar.listen.questionnaire.anatomy import read
from safar.store.registry import Workspace

from .answering.places import place_of
from .answering.whole import WholeResponse, keep_whole
from .audit.actor import SYSTEM
from .inviting.services import make_link
from .surveys.services import create, publish

_SEED: Final = 20_260_321
_DAYS: Final = 100
_VISITS: Final = 260
#: How often each point of the smileys is pressed, from the worst to the best.
_MOODS: Final = (9, 11, 16, 31, 33)
_GOALS: Final = ("buy", "look", "pick_up", "return")
_SHARE_AT_KIOSK: Final = 0.65
_SHARE_GIVEN_UP: Final = 0.17
_SHARE_WITH_WORDS: Final = 0.3
_SITE: Final = "https://shop.example"
_APPEARS: Final = {"pages": ["/cart*", "/help*"], "trigger": "exit", "share": 0.5, "again_after_days": 90}


def furnish_visits(workspace: Workspace, language: str, present: datetime) -> None:
    """Give a demo a survey of visits with a kiosk, a widget and their responses of the last months."""
    told = _told()
    survey_id = create(workspace, read(told["survey"]), by=SYSTEM)
    publish(workspace, survey_id, by=SYSTEM)
    kiosk = make_link(
        workspace, survey_id, "kiosk", by=SYSTEM, name=told["links"]["kiosk"][language], channel="kiosk"
    )
    widget = make_link(
        workspace,
        survey_id,
        "widget",
        by=SYSTEM,
        name=told["links"]["widget"][language],
        origins=[_SITE],
        appears=_APPEARS,
    )
    places = {True: place_of(kiosk.token), False: place_of(widget.token)}
    for is_at_kiosk, whole in _visits(present):
        keep_whole(places[is_at_kiosk], whole, takes_parts=True)


def _visits(present: datetime) -> Iterator[tuple[bool, WholeResponse]]:
    """Yield what visitors answered, the oldest first: whether at the kiosk, and the response; each time the same."""
    drawn, said = random.Random(_SEED), _told()["said"]  # noqa: S311 - a demo, not a secret
    moments = sorted(drawn.random() for _ in range(_VISITS))
    for place, moment in enumerate(moments):
        ended = present - timedelta(days=_DAYS * (1 - moment))
        # shops are open from nine to nine; nobody answers in the future
        ended = min(ended.replace(hour=drawn.randrange(6, 18), minute=drawn.randrange(60)), present)
        language = drawn.choices(("fa", "ar", "en"), (70, 14, 16))[0]
        (mood,) = drawn.choices(range(1, 6), _MOODS)
        controls = {"visit_mood": [str(mood)]}
        if drawn.random() > _SHARE_GIVEN_UP:
            done = drawn.choices(("yes", "partly", "no"), (6, 2, 1) if mood > 3 else (2, 2, 3))[0]
            controls |= {"visit_goal": [drawn.choice(_GOALS)], "visit_goal.done": [done]}
            if drawn.random() < _SHARE_WITH_WORDS:
                controls["visit_why"] = [drawn.choice(said[f"{language}_{'good' if mood > 3 else 'bad'}"])]
        yield (
            drawn.random() < _SHARE_AT_KIOSK,
            WholeResponse(
                name=f"visit-{place}",
                language=language,
                controls=controls,
                started_at=ended - timedelta(seconds=drawn.randrange(9, 75)),
                ended_at=ended,
            ),
        )


@cache
def _told() -> dict[str, Any]:
    text = files("safar.demo").joinpath("words", "visit.toml").read_text("utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found
