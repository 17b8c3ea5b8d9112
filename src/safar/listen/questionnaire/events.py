"""What answers become in the log: an event for each question key, and one that says how it ended.

===================  ============================================================================================
kind                 question keys and values
===================  ============================================================================================
nps … slider         ``<key>``: the point, with its scale and direction
single, multiple     ``<key>``: ``choices``; what was typed for “other” is ``other``
matrix               ``<key>.<row>``: a point, or ``choices``
dual                 ``<key>.<row>.first`` and ``<key>.<row>.second``: points
differential         ``<key>.<row>``: a point
ranking              ``<key>.<choice>``: the rank, 1 is best
constant sum         ``<key>.<choice>``: the part, of 0 to the total
text                 its words as ``verbatim`` of the score they explain, else of an event of their own
number               ``<key>``: the number
date                 ``<key>``: ``day``, ISO
phone, email, file   ``<key>``: that it was given; what, the response keeps
consent              ``<key>``: 1 or 0, ``purpose``; and an `identify` that tells the consent
tree, first click    ``<key>``: 1 found or 0, how directly, where first, how long
goal                 ``<key>``: 2 done, 1 partly, 0 not; what for in ``choices``, why not as ``verbatim``
===================  ============================================================================================

In a repeated page ``<key>`` is ``<key>.<choice>``, for what is rated is another thing. “Not applicable” has no value
and the choice `NOT_APPLICABLE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from safar.listen.answer_counts import Scale
from safar.listen.surveys import HIGHER_IS_BETTER, IS_SCREENED, LOWER_IS_BETTER
from safar.vocabulary.event import ANONYMOUS_ID, IDENTIFY
from safar.vocabulary.lifecycle import SURVEY_ANSWERED, SURVEY_COMPLETED, SURVEY_STOPPED

from . import questions as kinds
from .anatomy import Answer, Answers, Survey
from .reading_tasks import places
from .walk import Walk, answers_on_the_way, key_of

NOT_APPLICABLE: Final = "not_applicable"
(_ANSWERED,), (_COMPLETED,), (_STOPPED,) = SURVEY_ANSWERED, SURVEY_COMPLETED, SURVEY_STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is told with every answer of one respondent.

    Attributes
    ----------
    response_id
        Unique in the workspace; the events' ids are made of it.
    survey_id, version
        Of the survey, as the workspace knows it.
    customer_id
        Whose answers; of somebody unknown an id of the response's own. Never empty.
    is_known
        Whether that is a customer; a visitor otherwise, who becomes one only by an address that identifies.
    ended_at
        When the last page was sent, or was given up.
    is_screened
        Whether a full quota turned the respondent away: he did not give up.
    seconds
        How long it took; None where nobody measured.
    marks
        Of quality, such as ``speeder``.
    wave, step, weight
        The wave it belongs to, the step of a map it speaks of, its design weight.
    """

    response_id: str
    survey_id: str
    version: int
    customer_id: str
    ended_at: datetime
    is_known: bool = True
    is_complete: bool = True
    is_screened: bool = False
    channel: str = ""
    invitation_id: str = ""
    seconds: float | None = None
    marks: tuple[str, ...] = ()
    wave: str = ""
    step: str = ""
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event to write; the same key is the same event, however often it is written."""

    key: tuple[str, ...]
    name: str
    customer_id: str
    occurred_at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""


def events_of(survey: Survey, walk: Walk, answers: Answers, response: Response) -> tuple[Draft, ...]:
    """Return the events of a response that is complete, or was given up: to be written once.

    Parameters
    ----------
    answers
        All that was ever answered; what is not on the way becomes no event.

    Returns
    -------
    tuple of Draft
        ``survey_answered`` in the order of the survey, `identify` where consents or addresses were given, and last
        ``survey_completed`` or ``survey_stopped``; who was turned away by a quota stopped, and the event says so.
    """
    counting = answers_on_the_way(survey, walk, answers)
    own = _of_response(survey, walk, response)
    explained = dict(_comments(survey, counting))
    heard: list[tuple[str, dict[str, Any]]] = []
    traits: list[tuple[str, dict[str, Any]]] = []
    for key, answer in counting.items():
        question_id, _, item = key.partition("@")
        question = survey.question(question_id)
        if question is None or key in explained.values():
            continue
        words = explained.get(key, "")
        root = ".".join(filter(None, (question.question_key, item)))
        for part, said in _said(survey, question, answer):
            facts = {"item": item} if item else {}
            if words:
                facts |= {"verbatim": counting[words].text, "verbatim_key": _key(survey, words)}
            heard.append((".".join(filter(None, (root, part))), {**facts, **said}))
        if trait := _trait(question, answer, response):
            traits.append((key, trait))
    return (
        *(_draft(_ANSWERED, key, {**own, "question_key": key, **said}, response) for key, said in heard),
        *(_draft(IDENTIFY, key, trait, response) for key, trait in traits),
        _end(survey, walk, answers, own, response),
    )


def _draft(name: str, about: str, properties: Mapping[str, Any], response: Response) -> Draft:
    return Draft(
        key=("survey", response.response_id, name, about),
        name=name,
        customer_id=response.customer_id,
        occurred_at=response.ended_at,
        properties=properties,
        channel=response.channel,
    )


def _of_response(survey: Survey, walk: Walk, response: Response) -> dict[str, Any]:
    """Return what every event of a response says."""
    told: dict[str, Any] = {
        "survey": survey.key,
        "survey_id": response.survey_id,
        "survey_version": response.version,
        "response_id": response.response_id,
        "language": walk.language,
        "is_complete": response.is_complete,
    }
    optional = {
        "invitation_id": response.invitation_id,
        "marks": list(response.marks),
        "wave": response.wave,
        "step": response.step,
        "weight": response.weight,
        "hidden": {name: value for name, value in walk.hidden.items() if value},
    }
    return told | {name: value for name, value in optional.items() if value}


def _end(survey: Survey, walk: Walk, answers: Answers, own: dict[str, Any], response: Response) -> Draft:
    told = dict(own)
    if response.seconds is not None:
        told["duration_seconds"] = round(response.seconds, 3)
    if variables := dict(walk.facts(survey, answers).variables):
        told["variables"] = variables
    if walk.is_over:
        told["ending"] = walk.ended
    elif walk.way:
        told["page"] = walk.way[-1].page_id
    if response.is_screened:
        told[IS_SCREENED] = True
    return _draft(_COMPLETED if response.is_complete else _STOPPED, "", told, response)


def _comments(survey: Survey, counting: Answers) -> Iterator[tuple[str, str]]:
    """Yield answers with the first text that explains each: keys of both, where both were given."""
    taken = set()
    for key, answer in counting.items():
        question_id, _, item = key.partition("@")
        question = survey.question(question_id)
        if not isinstance(question, kinds.Text) or not question.comments_on or not answer.text:
            continue
        about = next(
            (each for each in (key_of(question.comments_on, item), question.comments_on) if each in counting),
            "",
        )
        is_one = isinstance(survey.question(question.comments_on), EXPLAINED)
        if about and about not in taken and is_one:
            taken.add(about)
            yield about, key


def _key(survey: Survey, key: str) -> str:
    question_id, _, item = key.partition("@")
    question = survey.question(question_id)
    return ".".join(filter(None, (question.question_key if question else question_id, item)))


def _trait(question: kinds.Question, answer: Answer, response: Response) -> dict[str, Any]:
    """Return what an answer tells of the customer himself: a consent, or an address where the question says so."""
    if isinstance(question, kinds.Consent) and question.purpose and answer.value is not None:
        visitor = {} if response.is_known else {ANONYMOUS_ID: response.customer_id}
        return {"consent": {question.purpose: answer.value == 1}, **visitor}
    if isinstance(question, kinds.Phone | kinds.Email) and question.identifies and answer.text:
        return {question.metric: answer.text}
    return {}


def _said(survey: Survey, question: kinds.Question, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what follows the question's key, and what that event says."""
    metric = {"metric": question.metric}
    if isinstance(question, kinds.Text) and question.comments_on:
        metric["about"] = _key(survey, question.comments_on)
    if answer.does_not_apply:
        yield "", {**metric, "choices": [NOT_APPLICABLE]}
        return
    for part, said in _SAYS[type(question)](question, answer):
        yield part, {**metric, **said}


_Says = Iterator[tuple[str, dict[str, Any]]]


def _point(scale: Scale, value: float | None) -> dict[str, Any]:
    """Return a value with its scale; whole numbers are told as such."""
    told: dict[str, Any] = {
        "scale_min": scale.lowest,
        "scale_max": scale.highest,
        "direction": scale.direction,
    }
    return told if value is None else {**told, "value": _number(value)}


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _score(question: kinds.Scored, answer: Answer) -> _Says:
    yield "", _point(question.scale, answer.value)


def _choice(question: kinds.Single | kinds.Multiple, answer: Answer) -> _Says:
    del question
    yield "", {"choices": list(answer.choices), **({"other": answer.text} if answer.text else {})}


def _matrix(question: kinds.Matrix, answer: Answer) -> _Says:
    for row, each in answer.rows.items():
        if each.value is not None:
            yield row, _point(question.scale, each.value)
        else:
            yield row, {"metric": "choice", "choices": list(each.choices)}


def _rows(question: kinds.Dual | kinds.Differential, answer: Answer) -> _Says:
    for row, each in answer.rows.items():
        yield row, _point(question.scale, each.value)


def _ranking(question: kinds.Ranking, answer: Answer) -> _Says:
    scale = Scale(1, len(question.choices), LOWER_IS_BETTER)
    for choice, each in answer.rows.items():
        yield choice, _point(scale, each.value)


def _sum(question: kinds.ConstantSum, answer: Answer) -> _Says:
    scale = Scale(0, question.total, HIGHER_IS_BETTER)
    for choice, each in answer.rows.items():
        yield choice, _point(scale, each.value)


def _text(question: kinds.Text, answer: Answer) -> _Says:
    del question
    yield "", {"verbatim": answer.text}


def _plain_number(question: kinds.Number, answer: Answer) -> _Says:
    del question
    yield "", {} if answer.value is None else {"value": _number(answer.value)}


def _date(question: kinds.Date, answer: Answer) -> _Says:
    del question
    yield "", {"day": answer.text}


def _given(question: kinds.Phone | kinds.Email, answer: Answer) -> _Says:
    del question, answer
    yield "", {"is_given": True}


def _files(question: kinds.File, answer: Answer) -> _Says:
    del question
    yield "", {"files": len(answer.files)}


def _consent(question: kinds.Consent, answer: Answer) -> _Says:
    yield (
        "",
        {
            **_point(Scale(0, 1), answer.value),
            **({"purpose": question.purpose} if question.purpose else {}),
        },
    )


def _tree(question: kinds.TreeTest, answer: Answer) -> _Says:
    *opened, chosen = answer.choices
    path = [*opened, *filter(None, (chosen,))]
    within = {node.node_id: outer for outer, node in places(question.nodes)}
    told = {**_point(Scale(0, 1), answer.value), **_seconds(answer), "path": path}
    if path:
        told |= {"first": path[0], "is_first_right": path[0] in _before_right(question, within)}
    if chosen:
        # down all the way: each place lies in the one opened before it, the first at the top
        steps = [("", path[0]), *((a, b) for a, b in pairwise(path) if a != b)]
        told["is_direct"] = all(within.get(inner) == outer for outer, inner in steps)
    else:
        told["is_given_up"] = True
    yield "", told


def _before_right(question: kinds.TreeTest, within: Mapping[str, str]) -> set[str]:
    """Return the places that are right, and those they lie in."""
    found = set()
    for each in question.right:
        place = each
        while place and place not in found:
            found.add(place)
            place = within.get(place, "")
    return found


def _click(question: kinds.FirstClick, answer: Answer) -> _Says:
    del question
    told = {**_point(Scale(0, 1), answer.value), **_seconds(answer), "is_first_right": answer.value == 1}
    if answer.choices:
        told |= {"area": answer.choices[0], "first": answer.choices[0]}
    if answer.point is not None:
        told |= {"x": answer.point[0], "y": answer.point[1]}
    yield "", told


def _seconds(answer: Answer) -> dict[str, float]:
    return {} if answer.seconds is None else {"seconds": answer.seconds}


def _goal(question: kinds.Goal, answer: Answer) -> _Says:
    del question
    value = None if answer.value is None else answer.value * 2
    other = answer.rows["other"].text if "other" in answer.rows else ""
    yield (
        "",
        {
            **_point(Scale(0, 2), value),
            "choices": list(answer.choices),
            **({"other": other} if other else {}),
            **({"verbatim": answer.text} if answer.text else {}),
        },
    )


_SAYS: Final[Mapping[type[kinds.Asked], Callable[[Any, Answer], _Says]]] = {
    kinds.Nps: _score,
    kinds.Csat: _score,
    kinds.Ces: _score,
    kinds.Rating: _score,
    kinds.Slider: _score,
    kinds.Single: _choice,
    kinds.Multiple: _choice,
    kinds.Matrix: _matrix,
    kinds.Dual: _rows,
    kinds.Differential: _rows,
    kinds.Ranking: _ranking,
    kinds.ConstantSum: _sum,
    kinds.Text: _text,
    kinds.Number: _plain_number,
    kinds.Date: _date,
    kinds.Phone: _given,
    kinds.Email: _given,
    kinds.File: _files,
    kinds.Consent: _consent,
    kinds.Statement: lambda _question, _answer: iter(()),
    kinds.TreeTest: _tree,
    kinds.FirstClick: _click,
    kinds.Goal: _goal,
}
#: Kinds whose answer is one event, which a text's words can be kept with.
EXPLAINED: Final = (
    kinds.Scored,
    kinds.Single,
    kinds.Multiple,
    kinds.Number,
    kinds.Consent,
    kinds.TreeTest,
    kinds.FirstClick,
)
