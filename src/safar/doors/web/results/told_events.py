"""Answers that other programs told the log as events, shown as responses to the survey of the same name.

Whoever sends ``survey_answered`` events has the scores at once; with the survey written here as well, its results,
responses and files have them too. Nothing is written into the log: the events are there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from safar.doors.web.answering.brought import Brought, forget_untold, keep_brought
from safar.doors.web.homes import current_home
from safar.doors.web.surveys.queries import Published
from safar.listen.questionnaire.anatomy import Answer
from safar.listen.questionnaire.questions import Text
from safar.listen.questionnaire.told_answers import Place, answer_of, places_of
from safar.listen.surveys import VERBATIM
from safar.observe.events import EventsQuestion, LoggedEvent, every_event
from safar.store.registry import Workspace
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.window import Window

_AT_ONCE: Final = 500
_MOST_EVENTS: Final = 10_000_000
_SOURCE: Final = "events"
#: Answers to one invitation that lie further apart are of two responses.
_APART: Final = timedelta(hours=6)
#: As `_own_id` names them.
_OWN_IDS: Final = f"""
SELECT DISTINCT named, CASE WHEN named IS NULL THEN event_id END FROM (
    SELECT coalesce(nullif(properties->>'response_id', ''), nullif(properties->>'invitation_id', '')) AS named, event_id
    FROM events WHERE event_name IN ({", ".join(f"'{name}'" for name in sorted(SURVEY_ANSWERED))})
    AND properties->>'survey' = ? AND coalesce(properties->>'survey_id', '') = ''
)
"""  # noqa: S608 - names of ours
_DECODER: Final = msgspec.json.Decoder(dict[str, Any])


def adopt(
    workspace: Workspace,
    published: Published,
    window: Window,
    *,
    most: int,
    report: Callable[[int], None] = lambda _: None,
) -> int:
    """Show answers of a stretch of time as responses; return how many are new.

    Events that Safar's own surveys wrote are left out, for they have their responses; so are answers that no question
    of the survey takes.

    Parameters
    ----------
    most
        At most so many responses, the newest.
    """
    survey = published.survey
    places = places_of(survey)
    comment_of = {
        question.comments_on: question for question in survey.questions if isinstance(question, Text)
    }
    found: dict[str, _Gathered] = {}
    question = EventsQuestion(names=tuple(SURVEY_ANSWERED), window=window, limit=_MOST_EVENTS, whole=True)
    log = current_home().log(workspace.workspace_id)
    for read, event in enumerate(every_event(log, question)):
        if read % 10_000 == 0:
            report(len(found))
        told = _told(event)
        place = places.get(str(told.get("question_key", "")))
        if place is None or told.get("survey") != survey.key or told.get("survey_id"):
            continue
        answer = answer_of(place, told)
        if answer is None:
            continue
        own_id = _own_id(event, told)
        if own_id not in found and len(found) >= most:
            break
        gathered = found.setdefault(own_id, _Gathered(event, told))
        gathered.take(place, answer, event.occurred_at)
        words, comment = told.get(VERBATIM), comment_of.get(place.question.question_id)
        if isinstance(words, str) and words.strip() and comment is not None:
            gathered.answers[comment.question_id] = Answer(text=words[: comment.at_most])
    rows = [gathered.brought(own_id) for own_id, gathered in found.items()]
    rows.reverse()  # in the order in which they came
    return sum(
        keep_brought(
            workspace,
            published.public_id,
            published.version,
            rows[start : start + _AT_ONCE],
            is_told=True,
        )
        for start in range(0, len(rows), _AT_ONCE)
    )


def forget_gone(workspace: Workspace, published: Published) -> int:
    """Remove the responses of a survey whose events the log has no more; return how many."""
    table = current_home().log(workspace.workspace_id).sql(_OWN_IDS, [published.survey.key])
    own_ids = {str(named or UUID(str(event_id))) for named, event_id in table.rows()}
    return forget_untold(workspace, published.public_id, _SOURCE, own_ids)


class _Gathered:
    """The answers of one response, gathered from its events."""

    def __init__(self, event: LoggedEvent, told: dict[str, Any]) -> None:
        self._event, self._told = event, told
        self._first = self._last = event.occurred_at
        self.answers: dict[str, Answer] = {}

    def take(self, place: Place, answer: Answer, at: datetime) -> None:
        """Take one answer in; of two to the same question or row the newest, which comes first."""
        if at < self._last - _APART:
            return
        key = place.question.question_id
        if place.row:
            self.answers.setdefault(key, Answer(rows={})).rows.setdefault(place.row, answer)
        else:
            self.answers.setdefault(key, answer)
        self._first = min(self._first, at)

    def brought(self, own_id: str) -> Brought:
        """Return them as a response."""
        return Brought(
            source=_SOURCE,
            own_id=own_id,
            started_at=self._first,
            finished_at=self._last,
            answers=self.answers,
            language=str(self._told.get("language") or "")[:16],
            channel=self._event.channel,
            customer_id=self._event.customer_id,
        )


def _told(event: LoggedEvent) -> dict[str, Any]:
    try:
        return _DECODER.decode(event.properties or b"{}")
    except msgspec.MsgspecError:
        return {}


def _own_id(event: LoggedEvent, told: dict[str, Any]) -> str:
    """Return what answers of one response have in common: its id, its invitation, else each stands alone."""
    named = told.get("response_id") or told.get("invitation_id")
    return str(named) if named else str(event.event_id)
