"""One step of a respondent: what he sent, applied to where he was.

Sending a page twice is sending it once: it is the page that says where on the way it belongs, and a way that has gone
further is taken back to it, as the browser's back button does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from safar.listen.questionnaire.anatomy import Answer, Quota, Survey
from safar.listen.questionnaire.quality import Earlier, marks
from safar.listen.questionnaire.walk import Step, Walk

from .models import Response, State
from .places import Place, survey_at
from .tickets import Ticket


class Others(Protocol):
    """What is known of other responses to the survey, exact while a group is kept."""

    def is_full(self, quota: Quota) -> bool:
        """Whether it takes nobody any more."""

    def take(self, quotas: tuple[Quota, ...]) -> Quota | None:
        """Count one response in all of them, or in none where one is full: that one is returned."""

    def earlier(self) -> Iterable[Earlier]:
        """Return what the same visitor has sent before, of late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a respondent sent.

    Attributes
    ----------
    ticket
        Whose response.
    at
        When.
    answers, asked
        What he answered, by key, and the keys of all that he was asked: what is not answered is answered no more.
    page
        The page it was sent from; None for a whole response at once, which a program or a kiosk sends.
    does
        Go on, go back, or stay where he is.
    language
        In which he reads.
    visitor
        A digest that is the same for one browser on one day; empty where it says nothing.
    ended_at
        When a whole response was ended, where that was earlier than now.
    is_timed
        Whether anybody knows how long it took.
    gives_up
        Nobody will come back to it: where it is not over, it ends here.
    """

    place: Place
    ticket: Ticket
    at: datetime
    answers: Mapping[str, Answer]
    asked: frozenset[str] = frozenset()
    page: Step | None = None
    does: Literal["next", "back", "stay"] = "next"
    language: str
    visitor: str = ""
    channel: str = ""
    customer_id: str = ""
    ended_at: datetime | None = None
    is_timed: bool = True
    gives_up: bool = False

    @property
    def survey(self) -> Survey:
        """As it stood when the response was begun."""
        return survey_at(self.place, self.ticket.version)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a response is after what was sent.

    Attributes
    ----------
    row
        The response, changed but not kept.
    walk, answers
        Of it.
    is_stale
        What was sent belongs nowhere on the way any more: nothing was changed.
    missing
        Keys of required questions without an answer: the respondent stays.
    """

    row: Response
    walk: Walk
    answers: dict[str, Answer]
    is_stale: bool = False
    missing: tuple[str, ...] = ()


def moved(row: Response | None, sent: Sent, others: Others) -> Moved:
    """Return where a response is after what was sent; ``row`` is None where it begins."""
    survey = sent.survey
    if row is None:
        row, walk, answers = _begun(sent, survey)
    else:
        walk, answers = walk_of(row, survey), answers_of(row)
    if row.state != State.OPEN:
        return Moved(row, walk, answers, is_stale=True)
    walk = walk.in_language(sent.language)
    if sent.page is not None and sent.page != walk.way[-1]:
        if sent.page not in walk.way or not survey.can_go_back:
            return Moved(row, walk, answers, is_stale=True)
        walk = taken_back(walk, sent.page)
    answers = {key: answer for key, answer in answers.items() if key not in sent.asked} | {**sent.answers}
    missing: tuple[str, ...] = ()
    if sent.page is None:
        walk = walk.through(survey, answers)
        missing = walk.missing(survey, answers)
    elif sent.does == "back":
        walk = walk.back(survey)
    elif sent.does == "next":
        missing = walk.missing(survey, answers)
        if not missing and not _appeared(walk, survey, answers, sent):
            walk = walk.next(survey, answers)
    walk = _with_quotas(row, walk, survey, answers, others, is_test=sent.place.is_test)
    row.walk, row.answers = walk.told(), msgspec.to_builtins(answers)
    row.language, row.touched_at = sent.language, sent.at
    row.step += 1
    if walk.is_over:
        _finish(row, walk, answers, sent, others)
    elif sent.gives_up:
        row.state, row.touched_at = State.STOPPED, sent.ended_at or sent.at
    return Moved(row, walk, answers, missing=missing)


def walk_of(row: Response, survey: Survey) -> Walk:
    """Return where a response is."""
    return Walk.read(row.walk, survey)


def answers_of(row: Response) -> dict[str, Answer]:
    """Return all that was ever answered, by key."""
    return msgspec.convert(row.answers, dict[str, Answer])


def taken_back(walk: Walk, page: Step) -> Walk:
    """Return the walk taken back to a page of its way."""
    return msgspec.structs.replace(walk, way=walk.way[: walk.way.index(page) + 1], ended="")


def _begun(sent: Sent, survey: Survey) -> tuple[Response, Walk, dict[str, Answer]]:
    place, ticket = sent.place, sent.ticket
    walk = Walk.begin(survey, language=sent.language, seed=ticket.seed, hidden=ticket.hidden)
    row = Response(
        workspace_id=place.workspace.workspace_id,
        public_id=ticket.public_id,
        survey_id=place.survey_id,
        version=ticket.version,
        link=place.link,
        kind=place.kind,
        invitation_id=place.invitation_id,
        customer_id=sent.customer_id or place.customer_id or ticket.visitor,
        language=sent.language,
        channel=sent.channel or place.channel,
        hidden=walk.hidden,
        visitor=sent.visitor,
        started_at=ticket.started_at,
        touched_at=sent.at,
        is_test=place.is_test,
    )
    return row, walk, {}


def _appeared(walk: Walk, survey: Survey, answers: Mapping[str, Answer], sent: Sent) -> bool:
    """Whether an answer of the page made a question appear on it that he has not seen yet."""
    screen = walk.screen(survey, answers)
    return screen is not None and any(each.key not in sent.asked for each in screen.questions)


def _with_quotas(
    row: Response,
    walk: Walk,
    survey: Survey,
    answers: Mapping[str, Answer],
    others: Others,
    *,
    is_test: bool,
) -> Walk:
    """Return the walk, led away where a quota that counts the respondent is full."""
    if not survey.quotas or is_test or row.turned_away:
        return walk
    counted = walk.quotas(survey, answers)
    full = (
        others.take(counted)
        if walk.is_over
        else next((each for each in counted if others.is_full(each)), None)
    )
    if full is None:
        return walk
    row.turned_away = full.quota_id
    again = msgspec.structs.replace(walk, ended="")
    return again.led_to(survey, answers, full.then)


def _finish(row: Response, walk: Walk, answers: Mapping[str, Answer], sent: Sent, others: Others) -> None:
    row.state = State.SCREENED if row.turned_away else State.COMPLETE
    row.ending = walk.ended
    row.finished_at = sent.ended_at or sent.at
    row.seconds = max(0.0, (row.finished_at - row.started_at).total_seconds()) if sent.is_timed else None
    row.marks = list(
        marks(
            sent.survey,
            walk,
            answers,
            seconds=row.seconds,
            source=row.visitor,
            ended_at=row.finished_at,
            earlier=others.earlier(),
        )
    )
