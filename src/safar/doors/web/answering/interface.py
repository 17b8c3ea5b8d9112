"""In which language a survey speaks to a respondent, and in which the buttons around it do.

The survey has languages of its own. The interface knows three; in a survey's other languages its buttons speak the one
that its readers most likely read too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.listen.questionnaire.anatomy import Survey
from safar.show.locale import LANGUAGES, Locale
from safar.store.registry import Workspace
from safar.vocabulary.time_names import CalendarName, Language

#: Languages written from right to left, and those that their readers most likely read beside.
_RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi", "azb", "glk"})
_BESIDE: Final[dict[str, Language]] = {
    "azb": "fa",
    "ckb": "ar",
    "glk": "fa",
    "ps": "fa",
    "tg": "fa",
    "prs": "fa",
}
#: What languages call themselves, of those that surveys in these countries are likely to have.
_NAMES: Final = LANGUAGE_NAMES | {
    "az": "Azərbaycanca",
    "azb": "تۆرکجه",
    "bn": "বাংলা",
    "ckb": "کوردی",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hy": "Հայերեն",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ku": "Kurdî",
    "pl": "Polski",
    "prs": "دری",
    "ps": "پښتو",
    "pt": "Português",
    "ru": "Русский",
    "tg": "Тоҷикӣ",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of a survey.

    Attributes
    ----------
    code, name
        The name is in the language itself.
    direction
        ``rtl`` or ``ltr``.
    interface
        In which the buttons speak.
    """

    code: str
    name: str
    direction: str
    interface: Language

    @property
    def font(self) -> str:
        """Which letters it is written in, as far as styles care: ``arabic`` or ``other``."""
        return "arabic" if self.direction == "rtl" and self.code not in {"he", "yi", "dv"} else "other"


def tongue(code: str) -> Tongue:
    """Return a language by its code.

    >>> tongue("ckb").direction, tongue("ckb").interface, tongue("de").interface
    ('rtl', 'ar', 'en')
    """
    plain = code.partition("-")[0].lower()
    return Tongue(
        code, _NAMES.get(plain, code), "rtl" if plain in _RIGHT_TO_LEFT else "ltr", _interface(plain)
    )


def chosen_language(survey: Survey, request: HttpRequest, *, wanted: Sequence[str]) -> str:
    """Return the language a respondent reads first: the first of those wanted that the survey has, else the first one
    that his browser asks for, else the survey's own."""
    accepted = [code for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    for code in (*wanted, *accepted):
        for own in survey.languages:
            if code and own.lower() in (code.lower(), code.partition("-")[0].lower()):
                return own
    return survey.languages[0] if survey.languages else "en"


def locale_of(language: str, workspace: Workspace) -> Locale:
    """Return how numbers and days are written for a respondent."""
    interface = tongue(language).interface
    calendar = None if interface == "en" or workspace.language != interface else workspace.calendar
    return Locale(
        interface,
        calendar=cast("CalendarName | None", calendar),
        time_zone=workspace.time_zone,
        currency=workspace.currency,
    )


def _interface(plain: str) -> Language:
    return next((each for each in LANGUAGES if each == plain), _BESIDE.get(plain, "en"))
