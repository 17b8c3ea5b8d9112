"""Whether a condition holds: tests of answers, variables and hidden fields.

A question that was not answered equals nothing and has nothing: ``!=`` and ``lacks`` hold for it, all else but
``unanswered`` does not. A test of something that does not exist never holds; the checks find it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from safar.vocabulary.digits import NumberAmbiguous, NumberUnreadable, parse_number
from safar.vocabulary.text import fold

from .anatomy import Answer, Answers, Survey
from .conditions import AllOf, AnyOf, Comparison, Condition, Test

#: A number or a text.
Value = float | str
#: How the name of something that tests and calculations look at begins.
REFERENCES: Final = ("question.", "variable.", "hidden.", "respondent.")


class Facts(msgspec.Struct, frozen=True):
    """What is known of one respondent.

    Attributes
    ----------
    survey
        What is asked.
    answers
        By question id; of a repeated page by ``<question_id>@<choice_id>``.
    variables
        As they stand.
    hidden
        What the link brought along.
    language
        In which the respondent reads.
    item
        The choice that a repeated page is asked for just now; answers of that page are those of the item.
    item_of
        Id of the question it was chosen at.
    """

    survey: Survey
    answers: Answers = {}
    variables: Mapping[str, float | str] = {}
    hidden: Mapping[str, str] = {}
    language: str = ""
    item: str = ""
    item_of: str = ""

    def answer(self, name: str) -> Answer | None:
        """Return the answer to ``<question_id>`` or ``<question_id>@<choice_id>``, or a row of it after dots.

        Within a repeated page a question of that page is the item's.
        """
        question, *rows = name.split(".")
        found = self.answers.get(f"{question}@{self.item}") if self.item and "@" not in question else None
        if found is None:
            found = self.answers.get(question)
        return found if not rows or found is None else found.rows.get(".".join(rows))


def holds(condition: Condition | None, facts: Facts) -> bool:
    """Return whether a condition holds; one that is not there does.

    Examples
    --------
    >>> from safar.listen.questionnaire.anatomy import Answer, Page, Survey
    >>> from safar.listen.questionnaire.questions import Nps
    >>> survey = Survey(pages=(Page(page_id="p", questions=(Nps(question_id="nps"),)),))
    >>> unhappy = Test(of="question.nps", compares="<=", value=6)
    >>> holds(unhappy, Facts(survey, {"nps": Answer(value=3)})), holds(unhappy, Facts(survey))
    (True, False)
    """
    if condition is None:
        return True
    if isinstance(condition, Test):
        return _tested(condition, facts)
    parts = (holds(part, facts) for part in condition.parts)
    if isinstance(condition, AllOf):
        return all(parts)
    return any(parts) if isinstance(condition, AnyOf) else not any(parts)


def leaves(condition: Condition | None) -> Iterator[Test]:
    """Yield every test of a condition, as it is written."""
    if isinstance(condition, Test):
        yield condition
    elif condition is not None:
        for part in condition.parts:
            yield from leaves(part)


def value_of(name: str, facts: Facts) -> Value | None:
    """Return the number or the text that stands for ``question.q``, ``variable.x``, ``hidden.y``; None without."""
    seen = _seen(name, facts)
    if seen is None:
        return None
    return seen.number if seen.number is not None else seen.only or None


def number_of(value: Value | None) -> float | None:
    """Return what is a number, or reads as one in digits of any of the three scripts."""
    if isinstance(value, float | int):
        return float(value)
    if not value:
        return None
    try:
        return float(parse_number(value, decimal="."))
    except (NumberUnreadable, NumberAmbiguous):
        return None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a test looks at: a number, ids of what was chosen, words; none of them where nothing was answered."""

    number: float | None = None
    chosen: tuple[str, ...] = ()
    text: str = ""
    is_answered: bool = True

    @property
    def only(self) -> str:
        """The one choice, or the words where there was nothing to choose."""
        if self.chosen:
            return self.chosen[0] if len(self.chosen) == 1 else ""
        return self.text


_NOTHING: Final = _Seen(is_answered=False)


def _seen(name: str, facts: Facts) -> _Seen | None:
    """Return what a name stands for; None where there is no such thing."""
    kind, _, rest = name.partition(".")
    looked = _LOOKS.get(kind)
    return looked(rest, facts) if looked is not None else None


def _answered(name: str, facts: Facts) -> _Seen | None:
    answer = facts.answer(name)
    if answer is None:
        is_asked = facts.survey.question(name.partition(".")[0].partition("@")[0]) is not None
        return _NOTHING if is_asked else None
    return _Seen(answer.value, answer.choices, answer.text)


def _variable(name: str, facts: Facts) -> _Seen | None:
    value = facts.variables.get(name)
    if value is None:
        return None
    return _text(value) if isinstance(value, str) else _Seen(float(value))


def _hidden(name: str, facts: Facts) -> _Seen | None:
    known = next((each for each in facts.survey.hidden if each.name == name), None)
    if known is None:
        return None
    value = facts.hidden.get(name, "") or known.fallback
    return _text(value) if value else _NOTHING


def _respondent(name: str, facts: Facts) -> _Seen | None:
    return _text(facts.language) if name == "language" else None


def _text(text: str) -> _Seen:
    """Return what is seen of a text that was not answered: it is the one thing chosen, too."""
    return _Seen(number_of(text), (text,), text)


_LOOKS: Final[Mapping[str, Callable[[str, Facts], _Seen | None]]] = {
    "question": _answered,
    "variable": _variable,
    "hidden": _hidden,
    "respondent": _respondent,
}


def _tested(test: Test, facts: Facts) -> bool:
    seen = _seen(test.of, facts)
    return seen is not None and _COMPARES[test.compares](seen, test.value)


def _equals(seen: _Seen, value: Value | None) -> bool:
    """Whether the two are the same number; or, where either is none, the same text to a reader."""
    wanted, own = number_of(value), seen.number if seen.number is not None else number_of(seen.only)
    if wanted is not None and own is not None:
        return own == wanted
    return value is not None and bool(seen.only) and fold(seen.only) == fold(str(value))


def _ordered(compare: Callable[[float | str, float | str], bool]) -> Callable[[_Seen, Value | None], bool]:
    """Compare numbers; or days, both written in ISO."""

    def compared(seen: _Seen, value: Value | None) -> bool:
        wanted, own = number_of(value), seen.number if seen.number is not None else number_of(seen.only)
        if wanted is not None and own is not None:
            return compare(own, wanted)
        return isinstance(value, str) and is_day(value) and is_day(seen.only) and compare(seen.only, value)

    return compared


def is_day(text: str) -> bool:
    """Return whether a text is a day as ISO writes it."""
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdecimal()


def _has(seen: _Seen, value: Value | None) -> bool:
    return any(fold(each) == fold(str(value)) for each in seen.chosen)


def _contains(seen: _Seen, value: Value | None) -> bool:
    words = fold(str(value or ""))
    return bool(words) and words in fold(seen.text)


_COMPARES: Final[Mapping[Comparison, Callable[[_Seen, Value | None], bool]]] = {
    "=": _equals,
    "!=": lambda seen, value: not _equals(seen, value),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "has": _has,
    "lacks": lambda seen, value: not _has(seen, value),
    "contains": _contains,
    "answered": lambda seen, _: seen.is_answered,
    "unanswered": lambda seen, _: not seen.is_answered,
}
