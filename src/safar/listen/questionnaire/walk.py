"""A respondent's way through a survey: which page comes next, what is on it, when it is over.

Only a page that is seen leads anywhere: its calculations are done and its jumps are looked at when it is left. A page
whose condition does not hold, or that has nothing to show, is passed over. A jump back to a page that was seen takes
the respondent back: what lay after it is no longer on the way. So each page is on a way at most once, and what is on
the way is all that counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from safar.vocabulary.errors import Refusal

from .anatomy import END, Answer, Answers, Ending, Jump, Page, Quota, Survey
from .arithmetic import calculated
from .logic import Facts, holds, leaves
from .order import shuffled
from .questions import Choice, Part, Question, Statement

#: How often one respondent may be led back by jumps, whatever the survey says.
MOST_ROUNDS: Final = 100


class WalkLost(Refusal, LookupError):
    """Where the respondent was is not in this version of the survey."""

    code = "survey.way_lost"


class WalkEndless(Refusal, RecursionError):
    """The respondent was led in a circle too often."""

    code = "survey.endless"


class Step(Part, frozen=True):
    """A page that is seen; of a repeated page the choice it is seen for."""

    page_id: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as one respondent sees it.

    Attributes
    ----------
    key
        What its answer is kept by: the question's id, in a repeated page ``<question_id>@<choice_id>``.
    choices, rows
        In the respondent's order; empty where the question has none.
    """

    key: str
    question: Question
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """What is seen at once.

    Attributes
    ----------
    item
        The choice that a repeated page is seen for; empty otherwise.
    progress
        From 0 at the first page towards 1.
    """

    page_id: str
    item: str
    questions: tuple[Shown, ...]
    progress: float
    can_go_back: bool


class Walk(Part, frozen=True, kw_only=True):
    """Where a respondent is; frozen, and JSON by `told` and `read`.

    Parameters
    ----------
    way
        What was seen, in this order; the last is what is seen now, or was seen last.
    hidden
        What the link brought along.
    seed
        Decides the order of what is shuffled.
    ended
        The id of the ending once it is over; `END` where the survey has none that fits.
    rounds
        How often a jump has led back.
    """

    language: str
    seed: int = 0
    hidden: dict[str, str] = {}
    way: tuple[Step, ...] = ()
    ended: str = ""
    rounds: int = 0

    @classmethod
    def begin(
        cls, survey: Survey, *, language: str, seed: int, hidden: Mapping[str, str] | None = None
    ) -> Walk:
        """Return the walk of a respondent who opens the survey.

        Parameters
        ----------
        hidden
            Fields that the link brings; those the survey does not name are left out.
        """
        known = {each.name: (hidden or {}).get(each.name, "") or each.fallback for each in survey.hidden}
        walk = cls(language=language, seed=seed, hidden=known)
        return walk._onwards(survey, {}, _places(survey))

    @classmethod
    def read(cls, data: Any, survey: Survey) -> Walk:
        """Return the walk of data as `told` gives it.

        Raises
        ------
        WalkLost
            The data is no walk, or one through pages that this survey does not have.
        """
        try:
            walk = msgspec.convert(data, cls)
        except msgspec.ValidationError as wrong:
            raise _lost(str(wrong)) from wrong
        for step in walk.way:
            if survey.page(step.page_id) is None:
                raise _lost(f"there is no page {step.page_id!r}")
        return walk

    def told(self) -> dict[str, Any]:
        """Return the walk as JSON-able data."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    @property
    def is_over(self) -> bool:
        """Whether an ending is reached."""
        return bool(self.ended)

    def in_language(self, language: str) -> Walk:
        """Return the walk of a respondent who reads on in another language."""
        return replace(self, language=language)

    def facts(self, survey: Survey, answers: Answers) -> Facts:
        """Return what is known where the respondent is: answers on the way, variables, hidden fields.

        Parameters
        ----------
        answers
            All that was ever answered; those that are not on the way are left out.
        """
        known: dict[str, Answer] = {}
        begins = {each.name: each.begins for each in survey.variables}
        facts = Facts(survey, known, begins, self.hidden, self.language)
        for step in self.way:
            page = _page(survey, step)
            facts = replace(facts, item=step.item, item_of=page.repeats_for)
            _look(page, facts, known, answers)
            if self.is_over or step is not self.way[-1]:
                facts = replace(facts, variables=calculated(facts, page.page_id))
        return replace(facts, item="", item_of="") if self.is_over else facts

    def screen(self, survey: Survey, answers: Answers) -> Screen | None:
        """Return what is seen now; None once it is over.

        The answers of this very page count: a question that one of them makes appear is there as soon as it is given.
        """
        if self.is_over:
            return None
        step = self.way[-1]
        page = _page(survey, step)
        facts = self.facts(survey, answers)
        own = {key_of(each.question_id, step.item) for each in page.questions}
        before = {key: answer for key, answer in facts.answers.items() if key not in own}
        questions = _look(page, facts, before, answers)
        if page.is_shuffled:
            questions = shuffled(
                questions, seed=self.seed, place=page.page_id, name=lambda each: each.question_id
            )
        return Screen(
            page_id=step.page_id,
            item=step.item,
            questions=tuple(self._shown(question, step) for question in questions),
            progress=self._progress(survey, facts),
            can_go_back=survey.can_go_back and len(self.way) > 1,
        )

    def missing(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        """Return the keys of required questions of this page that have no answer, in the order they are seen."""
        screen = self.screen(survey, answers)
        return tuple(
            each.key
            for each in (() if screen is None else screen.questions)
            if each.question.is_required
            and not isinstance(each.question, Statement)
            and each.key not in answers
        )

    def next(self, survey: Survey, answers: Answers) -> Walk:
        """Return the walk after this page. Whether all that is required was answered, `missing` says.

        Raises
        ------
        WalkEndless
            Jumps led the respondent back more than `MOST_ROUNDS` times.
        """
        if self.is_over:
            return self
        jump = self.jump(survey, answers)
        if jump is not None:
            return self.led_to(survey, answers, jump.to)
        step = self.way[-1]
        items = _items(_page(survey, step), self.facts(survey, answers))
        return self._onwards(survey, answers, _places(survey, after=step, items=items))

    def jump(self, survey: Survey, answers: Answers) -> Jump | None:
        """Return the jump that is taken after this page; None where it leads to the one that follows."""
        if self.is_over:
            return None
        after, facts = self.way[-1].page_id, self._left(survey, answers)
        leading = (each for each in survey.jumps if each.after == after and leads(survey, each.to))
        return next((each for each in leading if holds(each.when, facts)), None)

    def through(self, survey: Survey, answers: Answers) -> Walk:
        """Return the walk as far as these answers take it: to an ending, or to a page where one is missing.

        Raises
        ------
        WalkEndless
        """
        walk = self
        while not walk.is_over and not walk.missing(survey, answers):
            walk = walk.next(survey, answers)
        return walk

    def led_to(self, survey: Survey, answers: Answers, to: str) -> Walk:
        """Return the walk led to a page, an ending or `END`, as a jump does, or a quota that is full.

        Raises
        ------
        WalkEndless
        """
        page = survey.page(to)
        if page is not None:
            return self._onwards(survey, answers, _places(survey, first=page))
        if any(each.ending_id == to for each in survey.endings):
            return replace(self, ended=to)
        return self._onwards(survey, answers, ())

    def back(self, survey: Survey) -> Walk:
        """Return the walk on the page before; as it is where one may not go back, or there is none."""
        if self.is_over or not survey.can_go_back or len(self.way) < 2:
            return self
        return replace(self, way=self.way[:-1])

    def ending(self, survey: Survey) -> Ending | None:
        """Return how it ended: one without words where the survey has none that fits; None while it goes on."""
        if not self.is_over:
            return None
        known = (each for each in survey.endings if each.ending_id == self.ended)
        return next(known, Ending(ending_id=END))

    def quotas(self, survey: Survey, answers: Answers) -> tuple[Quota, ...]:
        """Return the quotas that count this respondent, as far as it is decided: all of them once it is over."""
        facts = self.facts(survey, answers)
        behind = {step.page_id for step in (self.way if self.is_over else self.way[:-1])}
        passed = {
            question.question_id
            for page in survey.pages
            if page.page_id in behind
            for question in page.questions
        }
        fixed = {each.name for each in survey.variables} - {each.variable for each in survey.calculations}
        return tuple(
            quota
            for quota in survey.quotas
            if (self.is_over or all(_is_decided(test.of, passed, fixed) for test in leaves(quota.when)))
            and holds(quota.when, facts)
        )

    def turned_away(self, survey: Survey, answers: Answers, full: Collection[str]) -> Quota | None:
        """Return the first quota that counts this respondent and is full; None where he is welcome.

        Parameters
        ----------
        full
            Ids of the quotas that take nobody any more.
        """
        return next((each for each in self.quotas(survey, answers) if each.quota_id in full), None)

    def _left(self, survey: Survey, answers: Answers) -> Facts:
        """Return what is known once this page is left."""
        facts = self.facts(survey, answers)
        if self.is_over or not self.way:
            return facts
        return replace(facts, variables=calculated(facts, self.way[-1].page_id))

    def _onwards(
        self, survey: Survey, answers: Answers, places: Iterable[tuple[Page, Iterable[str] | None]]
    ) -> Walk:
        """Return the walk on the first of these places that has something to show, or over."""
        facts = self._left(survey, answers)
        for page, items in places:
            for item in _items(page, facts) if items is None else items:
                step = Step(page.page_id, item)
                before = self._before(step, survey, answers, facts)
                here = replace(before, item=item, item_of=page.repeats_for)
                if holds(page.show_when, here) and _look(page, here, dict(here.answers), answers):
                    return self._on(step)
        ending = next(
            (each for each in survey.endings if holds(each.when, replace(facts, item="", item_of=""))), None
        )
        return replace(self, ended=END if ending is None else ending.ending_id)

    def _before(self, step: Step, survey: Survey, answers: Answers, facts: Facts) -> Facts:
        """Return what is known when this step is come to: again, only what lay before it."""
        if step not in self.way:
            return facts
        before = replace(self, way=self.way[: self.way.index(step)], ended="")
        return before._left(survey, answers)

    def _on(self, step: Step) -> Walk:
        if step not in self.way:
            return replace(self, way=(*self.way, step), ended="")
        if self.rounds >= MOST_ROUNDS:
            raise WalkEndless(
                f"The survey led back to page {step.page_id!r} more than {MOST_ROUNDS} times.",
                hint="Check the jumps of the survey: safar survey check",
                page_id=step.page_id,
            )
        way = (*self.way[: self.way.index(step)], step)
        return replace(self, way=way, ended="", rounds=self.rounds + 1)

    def _shown(self, question: Question, step: Step) -> Shown:
        choices: tuple[Choice, ...] = getattr(question, "choices", ())
        rows: tuple[Choice, ...] = getattr(question, "rows", ())
        if getattr(question, "is_shuffled", False):
            choices, rows = (
                shuffled(
                    parts,
                    seed=self.seed,
                    place=question.question_id,
                    name=lambda each: each.choice_id,
                    stays=lambda each: each.stays,
                )
                for parts in (choices, rows)
            )
        return Shown(key_of(question.question_id, step.item), question, choices, rows)

    def _progress(self, survey: Survey, facts: Facts) -> float:
        """Return the share of the survey that lies before the farthest page of the way."""
        order = {page.page_id: place for place, page in enumerate(survey.pages)}
        farthest = 0.0
        for step in self.way:
            items = _items(_page(survey, step), facts)
            within = items.index(step.item) / len(items) if step.item in items else 0.0
            farthest = max(farthest, (order[step.page_id] + within) / len(survey.pages))
        return farthest


def key_of(question_id: str, item: str = "") -> str:
    """Return what an answer is kept by: of a repeated page ``<question_id>@<choice_id>``."""
    return f"{question_id}@{item}" if item else question_id


def answers_on_the_way(survey: Survey, walk: Walk, answers: Answers) -> dict[str, Answer]:
    """Return the answers that count: to questions that were seen on the way to where the respondent is."""
    return dict(walk.facts(survey, answers).answers)


def _look(page: Page, facts: Facts, known: dict[str, Answer], answers: Answers) -> tuple[Question, ...]:
    """Return the questions of a page that are seen, and add their answers to those known.

    One after the other: a question sees the answers to those before it.
    """
    facts = replace(facts, answers=known)
    seen = []
    for question in page.questions:
        if holds(question.show_when, facts):
            seen.append(question)
            key = key_of(question.question_id, facts.item)
            if key in answers:
                known[key] = answers[key]
    return tuple(seen)


def _places(
    survey: Survey, *, first: Page | None = None, after: Step | None = None, items: tuple[str, ...] = ()
) -> Iterator[tuple[Page, Iterable[str] | None]]:
    """Yield pages that may come, with the items they may come for (all that were chosen when None).

    Parameters
    ----------
    first
        Begin with this page; with the first one when None.
    after
        Begin with what comes after this step, whose page comes for these ``items``.
    """
    pages = list(survey.pages)
    if after is not None:
        page = _page(survey, after)
        rest = items[items.index(after.item) + 1 :] if after.item in items else ()
        yield page, rest
        pages = pages[pages.index(page) + 1 :]
    elif first is not None:
        pages = pages[pages.index(first) :]
    yield from ((page, None) for page in pages)


def _items(page: Page, facts: Facts) -> tuple[str, ...]:
    """Return the choices that a page is seen for, in the survey's order; one empty item for a page seen once."""
    if not page.repeats_for:
        return ("",)
    question = facts.survey.question(page.repeats_for)
    answer = facts.answers.get(page.repeats_for)
    if question is None or answer is None:
        return ()
    choices: tuple[Choice, ...] = getattr(question, "choices", ())
    return tuple(each.choice_id for each in choices if each.choice_id in answer.choices)


def leads(survey: Survey, to: str) -> bool:
    """Return whether a jump leads anywhere; one that does not is not taken, and is found by the checks."""
    return to == END or survey.page(to) is not None or any(each.ending_id == to for each in survey.endings)


def _is_decided(name: str, passed: Collection[str], fixed: Collection[str]) -> bool:
    """Whether what a test looks at will not change before the end."""
    kind, _, rest = name.partition(".")
    if kind == "question":
        return rest.partition(".")[0].partition("@")[0] in passed
    return rest in fixed if kind == "variable" else True


def _page(survey: Survey, step: Step) -> Page:
    page = survey.page(step.page_id)
    if page is None:
        raise _lost(f"there is no page {step.page_id!r}")
    return page


def _lost(problem: str) -> WalkLost:
    return WalkLost(f"The way through the survey is lost: {problem}.", hint="Begin the survey again.")
