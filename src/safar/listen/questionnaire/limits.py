"""How large a survey may be: more than anybody asks, and less than what makes its pages slow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from safar.vocabulary.errors import Refusal

from .anatomy import Survey, told
from .texts import all_texts

MOST_PAGES: Final = 200
MOST_QUESTIONS: Final = 500
#: Choices, rows, columns, places or areas of one question, and of all questions.
MOST_PARTS: Final = 300
MOST_PARTS_IN_ALL: Final = 20_000
#: Endings, quotas, variables, hidden fields, jumps or calculations.
MOST_RULES: Final = 500
MOST_LANGUAGES: Final = 60
LONGEST_TEXT: Final = 20_000
#: The whole survey as JSON.
MOST_BYTES: Final = 5 << 20
#: A language as BCP 47 writes it, such as ``fa``, ``ar-EG`` or ``zh-Hant``; no longer than tables keep.
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_LONGEST_LANGUAGE: Final = 16
#: Control signs, but for line ends and tabs; halves of signs that stand alone.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class SurveyTooLarge(Refusal, ValueError):
    """A survey has more of something than can be asked; ``context`` says of what, how many, and the most."""

    code = "survey.too_large"


class LanguageUnreadable(Refusal, ValueError):
    """A survey has texts in something that is no language."""

    code = "survey.language_unreadable"


class SignRefused(Refusal, ValueError):
    """A text of a survey holds a control sign, which nobody can read."""

    code = "survey.sign_refused"


def check_limits(survey: Survey) -> None:
    """Check that a draft is one that pages can show and respondents can read.

    Raises
    ------
    SurveyTooLarge, LanguageUnreadable, SignRefused
    """
    for what, count, most in _counts(survey):
        if count > most:
            raise _too_large(what, count, most)
    whole = told(survey)
    for text in _strings(whole):
        if _UNSEEN.search(text):
            raise SignRefused(
                f"The text {text[:40]!r} holds a control sign.", hint="Type it again.", text=ascii(text[:40])
            )
    size = len(msgspec.json.encode(whole))
    if size > MOST_BYTES:
        raise _too_large("bytes", size, MOST_BYTES)
    for path, words in all_texts(survey):
        for language, text in words.items():
            _check_language(language, path)
            if len(text) > LONGEST_TEXT:
                raise _too_large(f"letters in the text {path}", len(text), LONGEST_TEXT)
    for language in survey.languages:
        _check_language(language, "languages")


def _too_large(what: str, count: int, most: int) -> SurveyTooLarge:
    return SurveyTooLarge(
        f"The survey has {count:,} {what}; at most {most:,} can be asked.",
        hint="Split it into several surveys.",
        what=what,
        count=count,
        most=most,
    )


def _counts(survey: Survey) -> Iterator[tuple[str, int, int]]:
    yield "pages", len(survey.pages), MOST_PAGES
    yield "questions", len(survey.questions), MOST_QUESTIONS
    yield "languages", len(survey.languages), MOST_LANGUAGES
    for name in ("endings", "quotas", "variables", "hidden", "jumps", "calculations"):
        yield name, len(getattr(survey, name)), MOST_RULES
    whole = 0
    for question in survey.questions:
        for name in ("choices", "rows", "columns", "nodes", "areas"):
            count = _parts(getattr(question, name, ()))
            whole += count
            yield f"{name} in the question {question.question_id}", count, MOST_PARTS
    yield "choices in all", whole, MOST_PARTS_IN_ALL


def _parts(parts: tuple[Any, ...]) -> int:
    return len(parts) + sum(_parts(getattr(each, "nodes", ())) for each in parts)


def _check_language(language: str, path: str) -> None:
    if len(language) > _LONGEST_LANGUAGE or not _LANGUAGE.fullmatch(language):
        raise LanguageUnreadable(
            f"{language[:40]!r} is no language (at {path}).",
            hint="Write languages as fa, ar, en, pt-BR or zh-Hant.",
            language=language[:40],
        )


def _strings(value: Any) -> Iterator[str]:
    """Yield every text of JSON-able data, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
