"""What a survey found, counted from its responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from statistics import median
from typing import Final

import msgspec

from safar.doors.web.answering.ended import EndedResponse, ended_numbers, ended_responses, public_ids
from safar.doors.web.answering.queries import ResponseFacts, answers_that_count
from safar.doors.web.surveys.queries import promised_cell, published
from safar.listen.questionnaire.anatomy import Answers, Survey
from safar.listen.questionnaire.gathering import Counter as Tally
from safar.listen.questionnaire.gathering import SurveyCounts, counts_in_steps
from safar.listen.questionnaire.tally import SurveyTally, found
from safar.listen.questionnaire.walk import WalkLost
from safar.store.registry import Workspace

from .counting import Count, count_of
from .pieces import Cells, Facet, counted, gathered

#: Responses that are counted while a page is waited for: about half a second.
AT_ONCE: Final = 5_000
COMPLETE: Final = "complete"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which responses.

    Attributes
    ----------
    language, channel, version
        Only these; all when empty or 0.
    is_complete
        Only those that came to their end; else those given up as well.
    without
        Marks of quality whose responses are left out.
    """

    language: str = ""
    channel: str = ""
    version: int = 0
    is_complete: bool = True
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """What a survey found.

    Attributes
    ----------
    survey
        Its newest published version.
    found
        See `SurveyTally`.
    states, marks
        All responses that ended, by how they did and by marks of quality.
    languages, channels, versions
        Those that there are, the commonest first.
    typical_seconds
        Median time of those that were counted and whose time is known; None without any.
    text_ids
        By the number that a tally's text has: the public id of its response.
    read
        All responses that ended.
    least_cell
        Where it is more than 1, nothing is told of fewer, of no part of the responses alone, and of new ones only once
        so many have come: what is told now less what was told before is never of fewer.
    """

    survey: Survey
    found: SurveyTally
    states: Mapping[str, int]
    marks: Mapping[str, int]
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    versions: tuple[int, ...]
    typical_seconds: float | None
    text_ids: Mapping[int, str]
    first_at: datetime | None
    last_at: datetime | None
    read: int
    least_cell: int = 1


@dataclass(frozen=True, slots=True)
class BeingCounted:
    """More responses are left to count than a page waits for: how many are counted, of how many."""

    counted: int
    of: int


def results(workspace: Workspace, survey_id: str, wanted: Wanted) -> Results | None:
    """Return what all responses say, however long counting takes; None while nothing is published.

    What was counted once is not counted again: see `counting`.
    """
    found = _results(workspace, survey_id, wanted, None)
    assert not isinstance(found, BeingCounted)
    return found


def results_at_once(workspace: Workspace, survey_id: str, wanted: Wanted) -> Results | BeingCounted | None:
    """Return what all responses say, where few of them are left to count: `count_all` counts the others."""
    return _results(workspace, survey_id, wanted, AT_ONCE)


def count_all(workspace: Workspace, survey_id: str, report: Callable[[int, int], None]) -> int:
    """Count what is left to count, while others look at what is counted; return of how many responses.

    Parameters
    ----------
    report
        Told how many are counted, of how many.
    """
    asked = _asked(workspace, survey_id)
    if asked is None:
        return 0
    there = _numbers(workspace, survey_id, asked.least_cell)
    count_of(workspace, survey_id, asked).count(there.told_of, report)
    return len(there.told_of)


def _results(
    workspace: Workspace, survey_id: str, wanted: Wanted, most: int | None
) -> Results | BeingCounted | None:
    asked = _asked(workspace, survey_id)
    if asked is None:
        return None
    wanted = wanted if asked.least_cell == 1 else Wanted()
    count = count_of(workspace, survey_id, asked)
    with count.gate:
        there = _numbers(workspace, survey_id, asked.least_cell)
        left = count.left(there.told_of)
        if most is not None and left > most:
            return BeingCounted(len(there.told_of) - left, len(there.told_of))
        count.count(there.told_of)
        known: _Known | None = count.answers.get(wanted)
        if known is not None and known.survey == asked and known.held == there.held:
            return known.results
        found = _found(count, asked, wanted, there)
        count.answers[wanted] = _Known(asked, there.held, found)
        return found


@dataclass(frozen=True, slots=True)
class _Known:
    survey: Survey
    held: tuple[int, ...]
    results: Results


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Responses that ended, by their numbers.

    Attributes
    ----------
    told_of
        Those that are counted; among them are those that are not complete.
    held
        Complete ones that are held back: where the least cell is more than 1, new responses are told of only once so
        many have come.
    """

    told_of: frozenset[int]
    held: tuple[int, ...]


def response_count(workspace: Workspace, survey_id: str) -> int:
    """Return how many responses to a survey ended."""
    return sum(map(len, ended_numbers(workspace, survey_id)))


def _numbers(workspace: Workspace, survey_id: str, least: int) -> _Numbers:
    complete, others = ended_numbers(workspace, survey_id)
    told = len(complete) - len(complete) % least
    return _Numbers(frozenset(complete[:told]).union(others), tuple(complete[told:]))


def _asked(workspace: Workspace, survey_id: str) -> Survey | None:
    """Return the newest version of a survey, with the least cell that it ever promised."""
    newest = published(workspace, survey_id)
    if newest is None:
        return None
    return msgspec.structs.replace(newest.survey, least_cell=promised_cell(workspace, survey_id))


def _found(count: Count, survey: Survey, wanted: Wanted, there: _Numbers) -> Results:
    chosen = gathered(count.cells, lambda facet: is_wanted(facet, wanted))
    counts = chosen.counts if survey.least_cell == 1 else _in_steps(count, survey, there.told_of)
    told = _with_words(found(survey, counts), count)
    numbers = {number for question in told.questions for number, _ in question.texts}
    states: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    versions: Counter[int] = Counter()
    for facet, responses in chain(_sizes(count.cells), _sizes(_behind(count, survey, there.held))):
        states[facet.state] += responses
        languages[facet.language] += responses
        channels[facet.channel] += responses
        versions[facet.version] += responses
        for mark in facet.marks:
            marks[mark] += responses
    return Results(
        survey,
        told,
        dict(states),
        dict(marks),
        _commonest(languages),
        _commonest(channels),
        tuple(sorted(versions, reverse=True)),
        median(chosen.seconds) if chosen.seconds else None,
        public_ids(count.workspace, sorted(numbers)),
        chosen.first_at,
        chosen.last_at,
        states.total(),
        survey.least_cell,
    )


def _in_steps(count: Count, survey: Survey, told_of: Collection[int]) -> SurveyCounts:
    """Return what was answered, each question told of in steps of the least cell."""
    ended = ended_responses(count.workspace, count.survey_id, sorted(told_of))
    complete = sorted(
        ((each.number, each.answers) for each in ended if is_wanted(each, Wanted())), key=lambda pair: pair[0]
    )
    return counts_in_steps(survey, complete)


def _behind(count: Count, survey: Survey, held: Sequence[int]) -> Cells:
    """Return what is counted of responses that are held back: how many there are is no secret."""
    return counted(ended_responses(count.workspace, count.survey_id, held), Tally(survey)).cells


def _sizes(cells: Cells) -> Iterator[tuple[Facet, int]]:
    return ((facet, cell.responses) for facet, cell in cells.items())


def _with_words(told: SurveyTally, count: Count) -> SurveyTally:
    questions = (
        replace(each, texts=count.words(each.question.question_id, each.texts)) if each.texts else each
        for each in told.questions
    )
    return replace(told, questions=tuple(questions))


def is_wanted(facts: EndedResponse | Facet, wanted: Wanted) -> bool:
    """Return whether a response is one of those asked for; who was turned away by a quota never is."""
    states = {COMPLETE} if wanted.is_complete else {COMPLETE, "stopped"}
    return (
        facts.state in states
        and wanted.language in {"", facts.language}
        and wanted.channel in {"", facts.channel}
        and wanted.version in {0, facts.version}
        and not set(wanted.without) & set(facts.marks)
    )


def given_answers(workspace: Workspace, facts: ResponseFacts) -> Answers:
    """Return the answers of a response that count, by the version it was begun in."""
    asked = published(workspace, facts.survey_id, facts.version)
    if asked is None:
        return {}
    try:
        return answers_that_count(asked.survey, facts)
    except WalkLost:  # brought in from elsewhere: every answer counts
        return dict(facts.answers)


def _commonest(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted((name for name in counts if name), key=lambda name: (-counts[name], name)))
