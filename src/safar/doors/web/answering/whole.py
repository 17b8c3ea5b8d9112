"""A whole response at once, as programs and kiosks send it: answers by the names of controls, in any nesting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from safar.listen.questionnaire.anatomy import Answer, Survey
from safar.listen.questionnaire.reading_answers import read_answer
from safar.listen.questionnaire.refusals import AnswerMissing, AnswerRefused
from safar.listen.questionnaire.walk import Step, Walk, key_of
from safar.store.home import region_of

from . import tickets
from .interface import locale_of
from .keeping import KEEPER
from .passage import Moved, Sent
from .places import Place

#: A clock that is further behind is wrong: the response then counts as so long ago.
_LONGEST_AGO: Final = timedelta(days=3_660)
_LONGEST_TAKEN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeResponse:
    """A response with all its answers.

    Attributes
    ----------
    name
        What its sender calls it: sent again it is the same response. A new one each time when empty.
    controls
        Texts by the names of controls, as forms send them.
    started_at, ended_at
        When, by the sender's clock; now when None.
    """

    language: str
    controls: Mapping[str, Sequence[str]]
    name: str = ""
    customer_id: str = ""
    channel: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    visitor: str = ""


def keep_whole(place: Place, whole: WholeResponse, *, takes_parts: bool = False) -> Moved:
    """Keep a whole response; its answers are in the log then.

    Parameters
    ----------
    takes_parts
        Take what can be taken: the respondent of a kiosk has gone, and cannot be asked again. Where something is
        missing that must be there, the response is given up.

    Raises
    ------
    AnswerRefused
        An answer is not one that its question takes, or one is missing that must be there: nothing was kept.
    """
    now = timezone.now()
    ended_at = min(max(whole.ended_at or now, now - _LONGEST_AGO), now)
    public_id = tickets.derived_id(place, whole.name) if whole.name else tickets.new_id()
    ticket = tickets.Ticket(
        public_id,
        place.version,
        min(max(whole.started_at or ended_at, ended_at - _LONGEST_TAKEN), ended_at),
        {**whole.hidden, **place.hidden},
    )
    language = whole.language if whole.language in place.survey.languages else place.survey.languages[0]
    answers, refused = _read(place, place.survey, ticket, whole.controls, language)
    if refused and not takes_parts:
        raise next(iter(refused.values()))
    if not takes_parts:
        _check_whole(place.survey, ticket, answers, language)
    return KEEPER.keep(
        Sent(
            place=place,
            ticket=ticket,
            at=now,
            answers=answers,
            language=language,
            channel=whole.channel,
            customer_id=whole.customer_id,
            visitor=whole.visitor,
            ended_at=ended_at,
            is_timed=whole.started_at is not None,
            gives_up=takes_parts,
        )
    )


def controls_of(data: Mapping[str, Any], within: str = "") -> dict[str, list[str]]:
    """Return answers of a JSON body by the names of controls; what is nested is named after dots.

    >>> controls_of({"nps": 9, "liked": ["price"], "agree": {"speed": "yes"}, "ok": True})
    {'nps': ['9'], 'liked': ['price'], 'agree.speed': ['yes'], 'ok': ['yes']}
    """
    found: dict[str, list[str]] = {}
    for name, value in data.items():
        whole = f"{within}{name}"
        if isinstance(value, Mapping):
            found |= controls_of(value, f"{whole}.")
        elif isinstance(value, list | tuple):
            found[whole] = [_text(each) for each in value]
        elif value is not None:
            found[whole] = [_text(value)]
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _read(
    place: Place,
    survey: Survey,
    ticket: tickets.Ticket,
    controls: Mapping[str, Sequence[str]],
    language: str,
) -> tuple[dict[str, Answer], dict[str, AnswerRefused]]:
    """Read the answers to all questions; those of repeated pages for each thing that they were sent for."""
    calendar, region = locale_of(language, place.workspace).calendar, region_of(place.workspace)
    answers: dict[str, Answer] = {}
    refused: dict[str, AnswerRefused] = {}
    for page in survey.pages:
        asked = survey.question(page.repeats_for) if page.repeats_for else None
        items = [choice.choice_id for choice in getattr(asked, "choices", ())] if page.repeats_for else [""]
        for question in page.questions:
            for item in items:
                key = key_of(question.question_id, item)
                try:
                    answer = read_answer(question, controls, key=key, calendar=calendar, region=region)
                except AnswerRefused as error:
                    refused[key] = error
                    continue
                if answer is not None:
                    answers[key] = answer
    return answers, refused


def _check_whole(
    survey: Survey, ticket: tickets.Ticket, answers: Mapping[str, Answer], language: str
) -> None:
    walk = Walk.begin(survey, language=language, seed=ticket.seed, hidden=ticket.hidden)
    walk = walk.through(survey, answers)
    missing = walk.missing(survey, answers)
    if missing:
        last: Step = walk.way[-1]
        raise AnswerMissing(
            f"{missing[0]} must be answered.",
            hint="Send an answer to every required question on the respondent's way.",
            question_id=missing[0],
            key=missing[0],
            missing=list(missing),
            page_id=last.page_id,
        )
