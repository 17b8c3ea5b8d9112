"""What parts of a survey are called on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.listen.questionnaire.anatomy import Ending, Page, Survey
from safar.listen.questionnaire.questions import Question, Words
from safar.maps.anatomy import said

from .kinds import WORDS
from .question_keys import kind_of

#: As languages call themselves; others are shown by their code.
_LANGUAGES: Final = {
    "fa": "فارسی",
    "ar": "العربية",
    "en": "English",
    "ckb": "کوردی",
    "tr": "Türkçe",
    "az": "Azərbaycanca",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ru": "Русский",
    "ur": "اردو",
    "ps": "پښتو",
}
_RIGHT_TO_LEFT: Final = frozenset({"fa", "ar", "ckb", "ur", "ps", "he"})


def language_name(language: str) -> str:
    """Return a language named in itself; its code where that is not known."""
    return _LANGUAGES.get(language, language)


def known_languages() -> tuple[tuple[str, str], ...]:
    """Return languages to offer, by code and name."""
    return tuple(_LANGUAGES.items())


def direction(language: str) -> str:
    """Return ``"rtl"`` or ``"ltr"``."""
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def survey_name(survey: Survey, language: str) -> str:
    """Return what a survey is called."""
    return said(survey.name, language, *survey.languages) or pgettext("survey", "Survey without a name")


def part_words(survey: Survey, words: Words, language: str) -> str:
    """Return words in a language, else in the survey's; empty without any."""
    return said(words, language, *survey.languages)


def question_name(survey: Survey, question: Question, language: str) -> str:
    """Return a question in few words: its title, else its kind."""
    title = " ".join(part_words(survey, question.title, language).split())
    return title or str(WORDS[kind_of(question)].name)


def page_name(survey: Survey, page: Page, number: str, language: str) -> str:
    """Return what a page is called: its name, else its number."""
    named = part_words(survey, page.name, language)
    return named or _("Page %(number)s") % {"number": number}


def ending_name(survey: Survey, ending: Ending, language: str) -> str:
    """Return what an ending is called."""
    return part_words(survey, ending.title, language) or _("Thank you")
