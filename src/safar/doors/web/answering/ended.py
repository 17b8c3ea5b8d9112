"""Responses that ended, as they are counted: their numbers, and of those that are wanted what counting needs.

A response that ended is never changed again; it can only be removed. So whoever knows the numbers that there are, and
what he counted of which, knows what is left to count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast

from safar.listen.questionnaire.anatomy import Answer
from safar.listen.questionnaire.on_the_way import OnTheWay
from safar.listen.questionnaire.walk import WalkLost
from safar.store.registry import Workspace

from .models import Response, State
from .places import NowhereToAnswer, published_survey

_ANSWERS: Final = msgspec.json.Decoder(dict[str, Answer])
_MARKS: Final = msgspec.json.Decoder(tuple[str, ...])
#: Numbers that one question to the tables names.
_PIECE: Final = 500
_ENDED: Final = (State.COMPLETE, State.SCREENED, State.STOPPED)


@dataclass(frozen=True, slots=True)
class EndedResponse:
    """One response that ended.

    Attributes
    ----------
    number
        Grows with every response of the installation that begins.
    state
        ``complete``, ``screened`` or ``stopped``.
    answers
        Those that count: they were on the way.
    """

    number: int
    public_id: str
    customer_id: str
    version: int
    language: str
    channel: str
    state: str
    marks: tuple[str, ...]
    seconds: float | None
    started_at: datetime
    finished_at: datetime | None
    answers: dict[str, Answer]


def ended_numbers(workspace: Workspace, survey_id: str) -> tuple[list[int], list[int]]:
    """Return the numbers of the complete responses to a survey, and of the others that ended; both ascending."""
    rows = Response.objects.filter(
        workspace_id=workspace.workspace_id, survey_id=survey_id, is_test=False, state__in=_ENDED
    )
    complete, others = [], []
    for number, state in rows.order_by().values_list("pk", "state").iterator(10_000):
        (complete if state == State.COMPLETE else others).append(number)
    return sorted(complete), sorted(others)


def ended_responses(workspace: Workspace, survey_id: str, numbers: Sequence[int]) -> Iterator[EndedResponse]:
    """Yield the responses of these numbers that are there; of ascending numbers in their order."""
    rows = Response.objects.filter(
        workspace_id=workspace.workspace_id, survey_id=survey_id, is_test=False, state__in=_ENDED
    ).order_by("pk")
    place = workspace.workspace_id
    for start in range(0, len(numbers), _PIECE):
        for (
            number, public_id, customer_id, version, language, channel, state, marks, seconds, started_at,
            finished_at, walk, answers,
        ) in (
            rows.filter(pk__in=numbers[start : start + _PIECE])
            .annotate(
                own_marks=Cast("marks", TextField()),
                own_walk=Cast("walk", TextField()),
                own_answers=Cast("answers", TextField()),
            )
            .values_list(
                "pk", "public_id", "customer_id", "version", "language", "channel", "state", "own_marks", "seconds",
                "started_at", "finished_at", "own_walk", "own_answers",
            )
        ):  # fmt: skip
            yield EndedResponse(
                number,
                public_id,
                customer_id,
                version,
                language,
                channel,
                state,
                _MARKS.decode(marks),
                seconds,
                started_at,
                finished_at,
                _counting(place, survey_id, version, walk, _ANSWERS.decode(answers)),
            )


def public_ids(workspace: Workspace, numbers: Sequence[int]) -> dict[int, str]:
    """Return the public ids of responses by their numbers."""
    rows = Response.objects.filter(workspace_id=workspace.workspace_id).order_by()
    found: dict[int, str] = {}
    for start in range(0, len(numbers), _PIECE):
        found |= dict(rows.filter(pk__in=numbers[start : start + _PIECE]).values_list("pk", "public_id"))
    return found


def _counting(
    workspace_id: str, survey_id: str, version: int, walk: str, answers: dict[str, Answer]
) -> dict[str, Answer]:
    try:
        return _way_of(workspace_id, survey_id, version).answers(walk, answers)
    except NowhereToAnswer:
        return {}
    except WalkLost:  # brought in from elsewhere: every answer counts
        return answers


@lru_cache(64)
def _way_of(workspace_id: str, survey_id: str, version: int) -> OnTheWay:
    return OnTheWay(published_survey(workspace_id, survey_id, version))
