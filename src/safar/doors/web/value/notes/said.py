"""Ways to say a caveat about value, beside those of journeys."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext, ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.doors.web.journeys.note_sentences import Sentence, shaped
from safar.doors.web.value.clv_form import MODEL_NAMES
from safar.doors.web.value.experience_names import EXPERIENCE_NAMES
from safar.show.locale import Locale
from safar.vocabulary.answer import Note


def with_percent(sentence: str) -> Sentence:
    """Return what says a note whose ``percent`` is a share of a hundred."""

    def said(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        percent = locale.percent(float(Decimal(str(facts.pop("percent")))) / 100)
        return filled(gettext(sentence), percent=percent, **shaped(facts, locale))

    return said


def of_model(sentence: str) -> Sentence:
    """Return what says a note about a ``model`` of purchases, by its name."""

    def said(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        name = str(MODEL_NAMES.get(str(facts.pop("model")), ""))
        return filled(gettext(sentence), model=name, **shaped(facts, locale))

    return said


def of_experience(singular: str, plural: str) -> Sentence:
    """Return what says a note with a ``count`` about an experience, by its name."""

    def said(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        count = int(facts.pop("count"))
        return filled(ngettext(singular, plural, count), count=locale.number(count), **_named(facts))

    return said


def of_experience_alone(sentence: str) -> Sentence:
    """Return what says a note about an experience, by its name."""
    return lambda note, _locale: filled(gettext(sentence), **_named(dict(note.facts)))


def naming(sentence: str) -> Sentence:
    """Return what says a note with ``names``, such as ``city, plan=gold``."""

    def said(note: Note, _locale: Locale) -> str:
        names = str(dict(note.facts)["names"]).split(", ")
        return filled(
            gettext(sentence), names=" · ".join(f"\u2068{visible(cut(name))}\u2069" for name in names)
        )

    return said


def _named(facts: dict[str, str | int]) -> dict[str, str]:
    return {name: str(EXPERIENCE_NAMES.get(str(each), each)) for name, each in facts.items()}
