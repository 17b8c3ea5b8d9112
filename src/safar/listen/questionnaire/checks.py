"""Checking a survey before it is published: what is missing, what leads nowhere, what nobody can reach or leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import Final

from .anatomy import Survey
from .checks_of_keys import keys
from .checks_of_logic import calculations, conditions, endings, jumps, quotas, repeats
from .checks_of_questions import questions
from .checks_of_ways import led
from .checks_of_words import words
from .findings import Finding, errors

#: What a survey may hold at most.
MOST: Final = {
    "pages": 200,
    "questions": 500,
    "jumps": 500,
    "calculations": 500,
    "quotas": 200,
    "endings": 100,
}
#: What a wrong condition brings about by itself.
_CONSEQUENCES: Final = frozenset({"page.unreachable", "question.unreachable", "jump.never"})


def check(survey: Survey) -> tuple[Finding, ...]:
    """Return what is wrong with a survey, or may be: errors first, each in the order of the survey.

    Notes
    -----
    What is said of ways (unreachable, endless, dead ends) holds: what is called out of reach, no respondent reaches,
    and where no error is found, every respondent can reach an ending. The ways of answering are followed one by one
    (`ways`); where they are too many, conditions are looked at by themselves (`rough_ways`), which finds less out of
    reach and calls a circle endless unless the page that leads back can by itself be left.

    Examples
    --------
    >>> from safar.listen.questionnaire.anatomy import Jump, Page
    >>> from safar.listen.questionnaire.questions import Nps
    >>> page = Page(page_id="p", questions=(Nps(question_id="nps", title={"en": "Would you recommend us?"}),))
    >>> [(each.code, each.path) for each in check(Survey(pages=(page,), jumps=(Jump(after="p", to="p"),)))]
    [('loop.endless', 'pages[p]')]
    """
    if not any(page.questions for page in survey.pages):
        return (Finding("survey.no_questions", "pages"), *_size(survey))
    found = list(chain.from_iterable(look(survey) for look in _LOOKS))
    if not any(each.code == "survey.too_large" for each in found):
        found += _of_own_cause(led(survey), {each.path for each in errors(found)})
    return tuple(sorted(found, key=lambda each: each.severity != "error"))


def _of_own_cause(found: Iterable[Finding], wrong: Collection[str]) -> Iterator[Finding]:
    """Yield what is not merely because a condition is wrong, which was said already."""
    for each in found:
        causes = {f"{each.path}.{field}" for field in ("show_when", "repeats_for", "when")}
        if each.code not in _CONSEQUENCES or not causes & set(wrong):
            yield each


def _size(survey: Survey) -> Iterator[Finding]:
    for part, most in MOST.items():
        count = len(getattr(survey, part))
        if count > most:
            yield Finding("survey.too_large", part, {"count": count, "most": most})


_LOOKS: Final[tuple[Callable[[Survey], Iterator[Finding]], ...]] = (
    _size,
    questions,
    words,
    conditions,
    jumps,
    calculations,
    repeats,
    endings,
    quotas,
    keys,
)
