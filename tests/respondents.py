"""Surveys drawn by chance, and respondents who answer them by chance: for whatever holds of every survey."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import (
    END,
    Answer,
    Calculation,
    Ending,
    Hidden,
    Jump,
    Page,
    Survey,
    Variable,
)
from safar.listen.questionnaire.conditions import AllOf, AnyOf, Condition, NoneOf, Test
from safar.listen.questionnaire.walk import Walk, WalkEndless

_CHOICES = tuple(kinds.Choice(choice_id=name, words={"en": name}) for name in ("a", "b", "c"))
_OTHER = kinds.Choice(choice_id="o", words={"en": "Other"}, is_other=True)
_NONE = kinds.Choice(choice_id="n", words={"en": "None"}, is_exclusive=True)
_WORDS = ("late", "kind", "late box")
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "has", "lacks", "contains", "answered", "unanswered")


def _questions(name: str) -> st.SearchStrategy[kinds.Question]:
    """Return questions of any kind whose answers logic may look at."""
    common: dict[str, Any] = {
        "question_id": st.just(name),
        "title": st.just({"en": name}),
        "is_required": st.booleans(),
        "can_not_apply": st.sampled_from([False, False, False, True]),
    }
    rows = st.just(_CHOICES[:2])
    return st.one_of(
        st.builds(kinds.Csat, **common),
        st.builds(kinds.Nps, **common),
        st.builds(kinds.Single, choices=st.sampled_from([_CHOICES, (*_CHOICES, _OTHER)]), **common),
        st.builds(
            kinds.Multiple,
            choices=st.sampled_from([_CHOICES, (*_CHOICES, _NONE)]),
            at_least=st.integers(0, 2),
            at_most=st.sampled_from([None, 2, 3]),
            **common,
        ),
        st.builds(kinds.Text, **common),
        st.builds(
            kinds.Number,
            lowest=st.sampled_from([None, 0.0]),
            highest=st.just(9.0),
            is_whole=st.booleans(),
            **common,
        ),
        st.builds(kinds.Consent, purpose=st.just("news"), **common),
        st.builds(kinds.Matrix, rows=rows, columns=st.just(_CHOICES), is_scale=st.booleans(), **common),
        st.builds(kinds.Goal, choices=st.just(_CHOICES), **common),
        st.builds(kinds.Statement, **common),
    )


def _tests(names: list[str]) -> st.SearchStrategy[Test]:
    of = st.sampled_from(
        [*(f"question.{name}" for name in names), "variable.v", "hidden.h", "respondent.language"]
    )
    values = st.sampled_from([0.0, 1.0, 2.0, 4.0, 7.0, 10.0, "a", "b", "o", "n", "۴", "en", *_WORDS])
    return st.builds(Test, of=of, compares=st.sampled_from(_COMPARISONS), value=values)


def _conditions(names: list[str]) -> st.SearchStrategy[Condition]:
    parts = st.lists(_tests(names), max_size=3).map(tuple)
    groups = st.sampled_from([AllOf, AnyOf, NoneOf])
    return st.one_of(_tests(names), st.builds(lambda group, some: group(parts=some), groups, parts))


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """Draw a survey with conditions, jumps in any direction, calculations, repeated pages."""
    sizes = draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    ids = [[f"q{page}{place}" for place in range(size)] for page, size in enumerate(sizes)]
    names = [name for page in ids for name in page]
    maybe = st.one_of(st.none(), st.none(), _conditions(names))
    pages = []
    for number, own in enumerate(ids):
        questions = []
        for name in own:
            question = draw(_questions(name))
            data = {field: getattr(question, field) for field in question.__struct_fields__}
            questions.append(type(question)(**{**data, "show_when": draw(maybe)}))
        repeats = draw(st.sampled_from(["", "", "", "", *names])) if number else ""
        pages.append(
            Page(page_id=f"p{number}", questions=tuple(questions), show_when=draw(maybe), repeats_for=repeats)
        )
    places = st.sampled_from([page.page_id for page in pages])
    targets = st.one_of(places, st.sampled_from([END, "e0", "e1"]))
    takes = st.sampled_from([0.0, 1.0, 3.0, "variable.v", *(f"question.{name}" for name in names)])
    return Survey(
        languages=draw(st.sampled_from([("en",), ("en", "fa")])),
        pages=tuple(pages),
        variables=(Variable(name="v"),),
        hidden=(Hidden(name="h"),),
        jumps=tuple(draw(st.lists(st.builds(Jump, after=places, to=targets, when=maybe), max_size=3))),
        calculations=tuple(
            draw(
                st.lists(
                    st.builds(
                        Calculation,
                        after=places,
                        variable=st.just("v"),
                        does=st.sampled_from(["set", "add", "multiply"]),
                        value=takes,
                        when=maybe,
                    ),
                    max_size=2,
                )
            )
        ),
        endings=(Ending(ending_id="e0", when=draw(maybe)), Ending(ending_id="e1")),
    )


class Respondent:
    """Answers by chance, of few enough answers that what hangs on one of them comes about."""

    def __init__(self, survey: Survey, seed: int) -> None:
        self.survey = survey
        self.seen_pages: set[str] = set()
        self.seen_questions: set[str] = set()
        self.jumps: set[int] = set()
        self._chance = random.Random(seed)
        self.answers: dict[str, Answer] = {}
        self.walk = Walk.begin(
            survey,
            language=self._chance.choice(survey.languages),
            seed=seed,
            hidden={"h": self._chance.choice(["", "4", "a", *_WORDS])},
        )

    def goes(self, *, most: int = 600) -> bool:
        """Go on until an ending is reached; return whether it was within so many pages."""
        for _ in range(most):
            if self.walk.is_over:
                return True
            if not self.takes_a_page():
                return False
        return self.walk.is_over

    def takes_a_page(self) -> bool:
        """Answer a page and leave it; return whether it could be left."""
        survey = self.survey
        for _ in range(4):  # questions may appear when their neighbours are answered
            screen = self.walk.screen(survey, self.answers)
            assert screen is not None
            for shown in screen.questions:
                self.seen_questions.add(shown.question.question_id)
                answer = answer_of(shown.question, self._chance)
                if answer is not None:
                    self.answers[shown.key] = answer
                else:
                    self.answers.pop(shown.key, None)
            self.seen_pages.add(screen.page_id)
        if self.walk.missing(survey, self.answers):
            return False
        jump = self.walk.jump(survey, self.answers)
        if jump is not None:
            self.jumps.add(survey.jumps.index(jump))
        try:
            self.walk = self.walk.next(survey, self.answers)
        except WalkEndless:
            self.walk = Walk.begin(
                survey, language=self.walk.language, seed=self.walk.seed, hidden=self.walk.hidden
            )
        return True


def answer_of(question: kinds.Question, chance: random.Random) -> Answer | None:
    """Return an answer that the question takes; None where it is left out, or cannot be answered."""
    if not question.is_required and chance.random() < 0.25:
        return None
    if question.can_not_apply and chance.random() < 0.2:
        return Answer(does_not_apply=True)
    return next(_answers(question, chance), None)


def _answers(question: kinds.Question, chance: random.Random) -> Iterator[Answer]:
    if isinstance(question, kinds.Scored):
        yield Answer(value=float(chance.choice(question.scale.points)))
    elif isinstance(question, kinds.Single):
        chosen = chance.choice(question.choices)
        yield Answer(choices=(chosen.choice_id,), text=chance.choice(_WORDS) if chosen.is_other else "")
    elif isinstance(question, kinds.Multiple):
        yield from _several(question, chance)
    elif isinstance(question, kinds.Text):
        yield Answer(text=chance.choice((*_WORDS, "a", "4", "12", "kind late", "nothing of it")))
    elif isinstance(question, kinds.Number):
        whole = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 9.0]
        numbers = whole if question.is_whole else [*whole, 1.5, 6.25]
        yield Answer(value=chance.choice(numbers if question.lowest is not None else [*numbers, -3.0]))
    elif isinstance(question, kinds.Consent):
        yield Answer(value=chance.choice([0.0, 1.0]))
    elif isinstance(question, kinds.Matrix):
        columns = [each.choice_id for each in question.columns]
        yield Answer(
            rows={
                row.choice_id: Answer(value=float(1 + chance.randrange(len(columns))))
                if question.is_scale
                else Answer(choices=(chance.choice(columns),))
                for row in question.rows
            }
        )
    elif isinstance(question, kinds.Goal):
        value = chance.choice([0.0, 0.5, 1.0])
        text = chance.choice(("", *_WORDS)) if value < 1 else ""
        yield Answer(value=value, choices=(chance.choice(question.choices).choice_id,), text=text)
    elif isinstance(question, kinds.Date):
        yield Answer(text=dt.date(2026, chance.randint(1, 12), 5).isoformat())


def _several(question: kinds.Multiple, chance: random.Random) -> Iterator[Answer]:
    alone = [each for each in question.choices if each.is_exclusive]
    rest = [each for each in question.choices if not each.is_exclusive]
    if alone and chance.random() < 0.3:
        yield Answer(choices=(alone[0].choice_id,))
    most = len(rest) if question.at_most is None else min(question.at_most, len(rest))
    least = max(question.at_least, 1)
    if least <= most:
        chosen = chance.sample(rest, chance.randint(least, most))
        yield Answer(choices=tuple(each.choice_id for each in question.choices if each in chosen))
