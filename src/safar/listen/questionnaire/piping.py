"""Filling answers and hidden fields into words: ``You chose {{question.city}}.``"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from .anatomy import Answer
from .logic import Facts, value_of
from .questions import Date, Question, TreeNode, Words

#: The choice that a repeated page is asked for.
ITEM: Final = "item"
_PLACE: Final = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
#: What stands between the parts of a list.
_BETWEEN: Final = {"fa": "، ", "ar": "، "}


def plain_number(number: float) -> str:
    """Return a number in Latin digits, without a point where it is whole."""
    return f"{number:.10g}"


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names that a text has placeholders for, in their order.

    >>> placeholders("{{hidden.name}}, how was {{ question.product }}?")
    ('hidden.name', 'question.product')
    """
    return tuple(_PLACE.findall(text))


def in_language(words: Words, *languages: str) -> str:
    """Return the text in the first of these languages it is written in; in any when it is in none of them.

    >>> in_language({"fa": "سلام", "en": "Hello"}, "ar", "en")
    'Hello'
    """
    found = next((words[each] for each in languages if words.get(each)), "")
    return found or next(filter(None, words.values()), "")


def piped(
    words: Words,
    facts: Facts,
    *,
    language: str = "",
    number: Callable[[float], str] = plain_number,
    day: Callable[[str], str] = str,
) -> str:
    """Return a text as this respondent reads it: plain text, to be escaped like any.

    Parameters
    ----------
    words
        By language; what is not written in the respondent's language is taken in the survey's first.
    language
        Another than the respondent's.
    number, day
        How numbers and days (ISO) are written; the doors know the locale.

    Notes
    -----
    A choice is named by its words, “other” by what was typed, several with commas between. What is not known, not
    answered or not on the way leaves nothing.

    Examples
    --------
    >>> from safar.listen.questionnaire.anatomy import Hidden, Survey
    >>> survey = Survey(hidden=(Hidden(name="order"),))
    >>> piped({"en": "Your order {{hidden.order}}"}, Facts(survey, hidden={"order": "A17"}), language="en")
    'Your order A17'
    """
    reads = (language or facts.language, *facts.survey.languages[:1])
    text = in_language(words, *reads)
    if "{{" not in text:
        return text
    telling = _Telling(facts, reads, number, day)
    return _PLACE.sub(lambda found: telling.said(found[1]), text)


class _Telling:
    """What stands for a placeholder, for one respondent in his languages."""

    def __init__(
        self, facts: Facts, reads: Sequence[str], number: Callable[[float], str], day: Callable[[str], str]
    ) -> None:
        self._facts = facts
        self._reads = reads
        self._number = number
        self._day = day

    def said(self, name: str) -> str:
        """Return the words of a placeholder, empty when there are none."""
        kind, _, rest = name.partition(".")
        if name == ITEM:
            return self._choice(self._facts.item_of, self._facts.item)
        if kind == "question":
            return self._answer(rest)
        value = value_of(name, self._facts)
        return self._number(value) if isinstance(value, float | int) else value or ""

    def _answer(self, name: str) -> str:
        question_id = name.partition(".")[0].partition("@")[0]
        question, answer = self._facts.survey.question(question_id), self._facts.answer(name)
        if question is None or answer is None:
            return ""
        if answer.choices:
            said = [self._words(question, answer, each) for each in answer.choices if each]
            return _BETWEEN.get(self._reads[0], ", ").join(filter(None, said))
        if answer.text:
            return self._day(answer.text) if isinstance(question, Date) else answer.text
        return "" if answer.value is None else self._number(answer.value)

    def _choice(self, question_id: str, choice_id: str) -> str:
        question = self._facts.survey.question(question_id)
        answer = self._facts.answers.get(question_id)
        return "" if question is None or answer is None else self._words(question, answer, choice_id)

    def _words(self, question: Question, answer: Answer, choice_id: str) -> str:
        """Return what a choice is called, or what was typed for it."""
        for each in getattr(question, "choices", ()):
            if each.choice_id == choice_id and each.is_other:
                own = answer.rows.get("other", answer)
                return own.text
        return in_language(named(question).get(choice_id, {}), *self._reads)


def named(question: Question) -> Mapping[str, Words]:
    """Return the words of all that can be chosen at a question, by id: choices, columns, places, areas."""
    found = {
        part.choice_id: part.words
        for field in ("choices", "columns")
        for part in getattr(question, field, ())
    }
    found |= {area.area_id: area.words for area in getattr(question, "areas", ())}
    return found | dict(_nodes(getattr(question, "nodes", ())))


def _nodes(nodes: Sequence[TreeNode]) -> Iterator[tuple[str, Words]]:
    for node in nodes:
        yield node.node_id, node.words
        yield from _nodes(node.nodes)
