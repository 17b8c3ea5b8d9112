"""A survey as a kiosk holds it: every page in every language at once, and the logic that leads from one to the next.

A kiosk may be without a line for days, so its page can ask nobody. What it sends later is walked again here, by the
same logic that every other response goes through: the kiosk's own is only for the eyes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.utils import translation

from safar.listen.questionnaire.anatomy import END, Page, Survey
from safar.listen.questionnaire.logic import Facts
from safar.listen.questionnaire.piping import in_language
from safar.listen.questionnaire.questions import File
from safar.listen.questionnaire.walk import Shown, key_of

from .card import Card, Drawing
from .cards import card_of
from .interface import Tongue, locale_of, tongue
from .page import piped_name
from .places import Place

#: After so many seconds without a touch the next respondent is awaited; an address may say otherwise, within bounds.
IDLE_SECONDS: Final = 60
LEAST_IDLE, MOST_IDLE = 5, 600


@dataclass(frozen=True, slots=True)
class KioskSheet:
    """One page of questions in one language; ``place`` names it, with the thing that a repeated page is asked for."""

    place: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class KioskEnding:
    """An ending in one language."""

    ending_id: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class KioskLanguage:
    """The survey in one language."""

    tongue: Tongue
    title: str
    sheets: tuple[KioskSheet, ...]
    endings: tuple[KioskEnding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskPage:
    """What a kiosk holds.

    Attributes
    ----------
    logic
        Conditions, jumps and calculations, as JSON-able data.
    idle
        Seconds without a touch until the next respondent is awaited.
    version
        That is asked: what was answered without a line is read by it, whatever is published meanwhile.
    """

    tongue: Tongue
    title: str
    company: str
    spoken: tuple[KioskLanguage, ...]
    logic: dict[str, Any]
    action: str
    worker: str
    scope: str
    idle: int
    is_test: bool
    version: int
    languages: tuple[Tongue, ...] = ()
    is_embedded: bool = False
    is_kiosk: bool = True


def spoken(place: Place, language: str, picture_address: Callable[[str], str]) -> KioskLanguage:
    """Return the survey of a kiosk in one language; its buttons speak it too."""
    survey = place.survey
    locale = locale_of(language, place.workspace)
    facts = Facts(survey, {}, {}, {}, language)
    drawing = Drawing(facts, locale, {}, {}, picture_address, {}, is_unfilled=True)
    reads = (language, *survey.languages[:1])
    with translation.override(tongue(language).interface):
        sheets = tuple(
            KioskSheet(
                key_of(page.page_id, item), tuple(card_of(each, drawing) for each in _shown(page, item))
            )
            for page in survey.pages
            for item in _items(survey, page)
        )
    return KioskLanguage(
        tongue=tongue(language),
        title=piped_name(survey, language),
        sheets=sheets,
        endings=tuple(
            KioskEnding(each.ending_id, in_language(each.title, *reads), in_language(each.about, *reads))
            for each in survey.endings
        ),
    )


def logic(survey: Survey) -> dict[str, Any]:
    """Return what decides the way of a respondent, as JSON-able data."""
    return {
        "end": END,
        "goes_back": survey.can_go_back,
        "pages": [
            {
                "id": page.page_id,
                "when": _told(page.show_when),
                "repeats": page.repeats_for,
                "questions": [
                    {
                        "id": each.question_id,
                        "when": _told(each.show_when),
                        "required": each.is_required,
                        "kind": str(each.__struct_config__.tag),
                        "scale": _columns(each),
                    }
                    for each in page.questions
                    if not isinstance(each, File)
                ],
            }
            for page in survey.pages
        ],
        "jumps": [{"after": each.after, "to": each.to, "when": _told(each.when)} for each in survey.jumps],
        "endings": [{"id": each.ending_id, "when": _told(each.when)} for each in survey.endings],
        "variables": {each.name: each.begins for each in survey.variables},
        "hidden": {each.name: each.fallback for each in survey.hidden},
        "calculations": [msgspec.to_builtins(each) for each in survey.calculations],
    }


def _told(condition: Any) -> Any:
    return None if condition is None else msgspec.to_builtins(condition)


def _columns(question: Any) -> list[str]:
    """Return the columns of a table whose answers are points."""
    return [each.choice_id for each in question.columns] if getattr(question, "is_scale", False) else []


def _items(survey: Survey, page: Page) -> tuple[str, ...]:
    if not page.repeats_for:
        return ("",)
    asked = survey.question(page.repeats_for)
    return tuple(each.choice_id for each in getattr(asked, "choices", ()))


def _shown(page: Page, item: str) -> Iterator[Shown]:
    for each in page.questions:
        if not isinstance(each, File):  # a kiosk has no files of its respondents
            yield Shown(
                key_of(each.question_id, item), each, getattr(each, "choices", ()), getattr(each, "rows", ())
            )
