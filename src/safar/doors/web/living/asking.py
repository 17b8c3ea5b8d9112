"""The lived side of a map: kept, computed while the reader waits, or in the background where it takes long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.answers import Kept, kept_answer
from safar.doors.web.homes import current_home
from safar.doors.web.journeys.asking import Underway, ask
from safar.doors.web.maps.queries import OpenMap
from safar.doors.web.work.services import start
from safar.maps.lived import LivedMap, lived_map
from safar.maps.lived_question import LivedQuestion, lived_question
from safar.maps.scores import StepScore
from safar.observe.executors import shared_executor
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import Window, from_microseconds

from .whom import Whom

#: Lanes that money rules are read for alone.
OF_MONEY = "value"


def question_of(
    opened: OpenMap, whom: Whom, window: Window | None, hidden: tuple[str, ...] = ()
) -> LivedQuestion:
    """Return what a sheet asks; what only hidden lanes would show is not asked.

    Raises
    ------
    Refusal
        A rule of the map cannot be read.
    """
    question = lived_question(opened.document, window=window, among=whom.among)
    if OF_MONEY not in hidden:
        return question
    return replace(question, steps=tuple(replace(step, revenue=None, cost=None) for step in question.steps))


def ask_lived(
    workspace: Workspace, opened: OpenMap, whom: Whom, question: LivedQuestion, *, title: str, by: Actor
) -> Kept[LivedMap] | Underway:
    """Return how a map was lived, or the background work that finds it out."""
    window = question.window
    hides_money = all(step.revenue is None and step.cost is None for step in question.steps)

    def begin() -> str:
        from .jobs import live_map  # noqa: PLC0415 - the job calls back to this module

        work = start(
            live_map,
            by=by,
            workspace_id=workspace.workspace_id,
            title=title,
            map_id=opened.public_id,
            revision=opened.revision,
            whom=whom.key,
            since=None if window is None else window.start_us,
            until=None if window is None else window.end_us,
            hidden=[OF_MONEY] if hides_money else [],
        )
        return str(work.work_id)

    found: Kept[Any] | Underway = ask(workspace, question, by=by, title=title, answers=compute, begin=begin)
    return found


def compute(log: Log, question: LivedQuestion) -> LivedMap:
    """Answer in this thread and those of the executor."""
    return lived_map(log, question, executor=shared_executor())


def score_before(
    workspace: Workspace, question: LivedQuestion, step_id: str, question_key: str
) -> StepScore | None:
    """Return a score in the stretch of time before that of a question; None where there is none, or no such stretch.

    Only the answers to this one question are read.
    """
    window = question.window
    step = next((each for each in question.steps if each.step_id == step_id), None)
    if window is None or step is None or 2 * window.start_us - window.end_us < 0:
        return None
    alone = replace(
        question,
        steps=(
            replace(
                step,
                events=None,
                question_keys=(question_key,),
                tags=(),
                promises=(),
                revenue=None,
                cost=None,
            ),
        ),
        moves=(),
        starts=(),
        ends=(),
        window=window.before(),
    )
    place = workspace.workspace_id
    reading = kept_answer(place, current_home().log(place), compute, alone).answer.steps[0]
    return next((each for each in reading.scores if each.question_key == question_key), None)


def window_between(since: int | None, until: int | None) -> Window | None:
    """Return the window that a job was told of."""
    return (
        None if since is None or until is None else Window(from_microseconds(since), from_microseconds(until))
    )


def today() -> datetime:
    """Return now: evidence decays until today."""
    return datetime.now(UTC)
