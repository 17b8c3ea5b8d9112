"""Every way through a survey, followed with answers that stand for all answers.

What the walk does is not told a second time: it is asked. At each page every mix of the answers that the logic can tell
apart is given, and the walk goes on. Two respondents who see the same page, and of whom all that is yet to be looked at
is the same, go on alike, so only one of them is followed. Where that is too much, `Ways.is_whole` says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Final

import msgspec

from .anatomy import Answer, Survey
from .conditions import Condition
from .logic import REFERENCES, leaves, number_of
from .samples import conditions_of, samples, texts_for, uses_of
from .walk import Walk, key_of

#: More mixes of answers, in all and at one page, are not followed.
MOST_MIXES: Final = 2_000
_MOST_AT_ONCE: Final = 512
_MOST_BEGINNINGS: Final = 64


@dataclass(slots=True)
class Ways:
    """Where respondents can come.

    Attributes
    ----------
    is_whole
        Whether every way was followed; if not, there may be more than is told here.
    pages, questions, endings
        Ids of what is seen.
    jumps
        Places of the jumps that are taken.
    back
        Those that lead back to what was seen before.
    circles
        Ids of the pages, in the survey's order, among which respondents go round for ever.
    dead_ends
        Ids of questions that are seen, must be answered, and cannot be.
    """

    is_whole: bool = True
    pages: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    jumps: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)
    circles: tuple[str, ...] = ()
    dead_ends: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Place:
    """A respondent on his way, and those of his answers that the logic looks at."""

    walk: Walk
    answers: dict[str, Answer]


def ways(survey: Survey) -> Ways:
    """Return where respondents of a survey can come, whatever they answer.

    Examples
    --------
    >>> from safar.listen.questionnaire.anatomy import Jump, Page
    >>> from safar.listen.questionnaire.questions import Nps, Text
    >>> survey = Survey(
    ...     pages=(
    ...         Page(page_id="one", questions=(Nps(question_id="nps"),)),
    ...         Page(page_id="two", questions=(Text(question_id="why"),)),
    ...     ),
    ...     jumps=(Jump(after="one", to="end"),),
    ... )
    >>> sorted(ways(survey).pages)
    ['one']
    """
    return _Following(survey).followed()


class _Following:
    """Follows the ways of one survey."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        uses = uses_of(survey)
        self._samples = {
            each.question_id: samples(each, uses.get(each.question_id)) for each in survey.questions
        }
        self._looked_at = {name for name in uses if name in self._samples}
        self._order = {page.page_id: place for place, page in enumerate(survey.pages)}
        self._names_from = _names_from(survey)
        self._leads_back = any(
            self._order.get(jump.to, len(self._order)) <= self._order.get(jump.after, -1)
            for jump in survey.jumps
        )
        self._found = Ways(is_whole=all(self._samples[name].is_whole for name in self._looked_at))
        self._mixes = 0

    def followed(self) -> Ways:
        places: dict[Hashable, _Place] = {}
        leads: dict[Hashable, set[Hashable]] = {}
        ends: set[Hashable] = set()
        waiting = [(self._state(place), place) for place in self._beginnings()]
        while waiting:
            state, place = waiting.pop()
            if state in places:
                continue
            places[state] = place
            leads[state] = set()
            if place.walk.is_over:
                self._found.endings.add(place.walk.ended)
                ends.add(state)
            elif self._mixes >= MOST_MIXES:
                self._found.is_whole = False
                ends.add(state)  # nobody knows where it leads
            else:
                following = [(self._state(after), after) for after in self._after(place)]
                leads[state] = {there for there, _ in following}
                waiting += following
        round_about = {places[state].walk.way[-1].page_id for state in _circling(ends, leads)}
        self._found.circles = tuple(sorted(round_about, key=self._order.__getitem__))
        return self._found

    def _beginnings(self) -> Iterator[_Place]:
        """Yield respondents who open the survey, with all that a link can bring along."""
        survey = self._survey
        named = list(_tested(conditions_of(survey)))
        brought = [self._brought(each.name, named) for each in survey.hidden]
        is_told_apart = any(name == "respondent.language" for name, _ in named)
        languages = survey.languages if is_told_apart else survey.languages[:1]
        mixes = product(languages or ("",), *brought)
        for language, *values in islice(mixes, _MOST_BEGINNINGS):
            hidden = dict(zip((each.name for each in survey.hidden), values, strict=True))
            yield _Place(Walk.begin(survey, language=language, seed=0, hidden=hidden), {})
        if next(mixes, None) is not None:
            self._found.is_whole = False

    def _brought(self, name: str, named: Iterable[tuple[str, float | str | None]]) -> tuple[str, ...]:
        """Return what stands for all that a hidden field can hold."""
        constants = tuple(
            dict.fromkeys(value for of, value in named if of == f"hidden.{name}" and value is not None)
        )
        if any(each.value == f"hidden.{name}" for each in self._survey.calculations) or len(constants) > 3:
            self._found.is_whole = False
        texts = texts_for(tuple(str(each) for each in constants)) if constants else ()
        numbers = (number_of(each) for each in constants)
        return (
            "",
            *texts,
            *(f"{at:g}" for each in numbers if each is not None for at in (each - 1, each, each + 1)),
        )

    def _after(self, place: _Place) -> Iterator[_Place]:
        """Yield where a page leads, with every mix of answers that the logic tells apart."""
        survey, walk = self._survey, place.walk
        step = walk.way[-1]
        page = survey.pages[self._order[step.page_id]]
        asked = [each.question_id for each in page.questions if each.question_id in self._looked_at]
        # also what is required is without an answer at first, and shows or hides other questions meanwhile
        mixes = product(*(self._given(each) for each in asked))
        self._found.pages.add(page.page_id)
        for mix in islice(mixes, _MOST_AT_ONCE):
            self._mixes += 1
            given = {key_of(name, step.item): answer for name, answer in zip(asked, mix, strict=True)}
            answers = {
                **place.answers,
                **{key: answer for key, answer in given.items() if answer is not None},
            }
            if self._is_left(walk, answers):
                yield self._next(walk, answers)
        if next(mixes, None) is not None:
            self._found.is_whole = False

    def _given(self, question_id: str) -> tuple[Answer | None, ...]:
        """Return answers to a question, with none at all: also what is required has none at first."""
        answers = self._samples[question_id].answers
        return answers if None in answers else (*answers, None)

    def _is_left(self, walk: Walk, answers: Mapping[str, Answer]) -> bool:
        """Whether a page can be left; notes what is seen on it."""
        screen = walk.screen(self._survey, answers)
        shown = () if screen is None else screen.questions
        seen = {each.question.question_id for each in shown}
        dead_ends = {each for each in seen if not self._samples[each].answers}
        self._found.questions |= seen
        self._found.dead_ends |= dead_ends
        missing = (
            each.key not in answers and None not in self._samples[each.question.question_id].answers
            for each in shown
            if each.question.question_id in self._looked_at
        )
        return not dead_ends and not any(missing)

    def _next(self, walk: Walk, answers: dict[str, Answer]) -> _Place:
        survey = self._survey
        jump, after = walk.jump(survey, answers), walk.next(survey, answers)
        if jump is not None:
            self._found.jumps.add(survey.jumps.index(jump))
            if not after.is_over and len(after.way) <= len(walk.way):
                self._found.back.add(survey.jumps.index(jump))
        after = msgspec.structs.replace(after, rounds=0)
        known = after.facts(survey, answers).answers
        return _Place(
            after, {key: answer for key, answer in known.items() if key.partition("@")[0] in self._looked_at}
        )

    def _state(self, place: _Place) -> Hashable:
        """Return what decides how a respondent goes on.

        Where no jump leads back, that is the page, and what later pages look at. Where one does, it is the whole way.
        """
        walk = place.walk
        if walk.is_over:
            return walk.ended
        if self._leads_back:
            return msgspec.json.encode((walk, place.answers), order="deterministic")
        names = self._names_from[self._order[walk.way[-1].page_id]]
        answers = {
            key: each for key, each in place.answers.items() if f"question.{key.partition('@')[0]}" in names
        }
        variables = walk.facts(self._survey, place.answers).variables
        kept = {name: value for name, value in variables.items() if f"variable.{name}" in names}
        return msgspec.json.encode(
            (walk.way[-1], walk.hidden, walk.language, answers, kept), order="deterministic"
        )


def _tested(conditions: Iterable[Condition | None]) -> Iterator[tuple[str, float | str | None]]:
    """Yield what is looked at with what it is compared with."""
    for condition in conditions:
        for test in leaves(condition):
            yield test.of, test.value


def _names_from(survey: Survey) -> list[set[str]]:
    """Return for each page what it and later ones look at: ``question.q1``, ``variable.x``."""
    from_here = {_name(of) for of, _ in _tested(each.when for each in survey.endings)}
    found: list[set[str]] = []
    for page in reversed(survey.pages):
        own: list[Condition | None] = [page.show_when, *(each.show_when for each in page.questions)]
        own += [each.when for each in survey.jumps if each.after == page.page_id]
        own += [each.when for each in survey.calculations if each.after == page.page_id]
        from_here |= {_name(of) for of, _ in _tested(own)}
        from_here |= {
            _name(each.value)
            for each in survey.calculations
            if each.after == page.page_id
            and isinstance(each.value, str)
            and each.value.startswith(REFERENCES)
        }
        if page.repeats_for:
            from_here.add(f"question.{page.repeats_for}")
        found.append(set(from_here))
    return found[::-1]


def _name(of: str) -> str:
    """Return the name of a question without row and choice, and any other name as it is."""
    kind, _, rest = of.partition(".")
    return f"question.{rest.partition('.')[0].partition('@')[0]}" if kind == "question" else of


def _circling(ends: set[Hashable], leads: Mapping[Hashable, set[Hashable]]) -> set[Hashable]:
    """Return the states that lie in a circle from which no end can be reached."""
    comes_from: dict[Hashable, set[Hashable]] = {state: set() for state in leads}
    for state, following in leads.items():
        for each in following:
            comes_from[each].add(state)
    reaching, waiting = set(ends), list(ends)
    while waiting:
        for each in comes_from[waiting.pop()] - reaching:
            reaching.add(each)
            waiting.append(each)
    left = leads.keys() - reaching
    while loose := {each for each in left if not leads[each] & left or not comes_from[each] & left}:
        left -= loose
    return left
