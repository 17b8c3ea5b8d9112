"""Which questions the answers of a log were given to."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.listen.answer_counts import answers
from safar.listen.surveys import QUESTION
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

#: How far back the questions are looked for, and how many are offered.
_BACK: Final = timedelta(days=400)
_MOST: Final = 60


def question_keys(workspace: Workspace) -> tuple[str, ...]:
    """Return the keys of questions that were answered in the last year of the log, those with most answers first."""
    log = current_home().log(workspace.workspace_id)
    last = log.info().last_at
    if last is None:
        return ()
    day = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return answer(workspace.workspace_id, log, _keys, Window(day - _BACK, day))


def _keys(log: Log, window: Window) -> tuple[str, ...]:
    column = answers(log, window).fields[QUESTION]
    counts = {text: int((column.values == code).sum()) for code, text in enumerate(column.texts) if text}
    there = sorted((text for text, count in counts.items() if count), key=lambda text: (-counts[text], text))
    return tuple(there[:_MOST])
