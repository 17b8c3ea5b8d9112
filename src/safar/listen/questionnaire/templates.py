"""Surveys to begin with: complete, in Persian, Arabic and English.

A template is a TOML file beside this module that holds a survey as `anatomy.told` tells it. Question keys are those of
the field and of the simulated company (``nps``, ``csat_delivery``, ``ces_support`` …), so that waves combine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from safar.vocabulary.errors import Refusal
from safar.vocabulary.templates import told_template

from .anatomy import Survey, read
from .quality import minutes
from .questions import Statement, Words

#: In the order they are offered in.
TEMPLATES: Final = (
    "relational",
    "post_purchase",
    "delivery",
    "support",
    "onboarding",
    "exit",
    "servqual",
    "kano",
    "employee_pulse",
    "benchmark",
)
LANGUAGES: Final = ("fa", "ar", "en")


class UnknownTemplate(Refusal, LookupError):
    """There is no template of this name."""

    code = "survey.unknown_template"


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """What is said of a template where one is chosen.

    Attributes
    ----------
    questions
        How many are asked of who sees them all.
    minutes
        How long that takes at most, as far as it is read and clicked; at least 1.
    """

    key: str
    name: Words
    about: Words
    languages: tuple[str, ...]
    questions: int
    minutes: int


def templates() -> tuple[TemplateFacts, ...]:
    """Return what there is to begin with, in the order it is offered in."""
    return tuple(map(_facts, TEMPLATES))


@cache
def template(key: str) -> Survey:
    """Return the survey of a template.

    Raises
    ------
    UnknownTemplate

    Examples
    --------
    >>> template("delivery").name["en"]
    'Delivery'
    """
    return read({"languages": LANGUAGES, **told_template(__package__, key, TEMPLATES, UnknownTemplate)})


def _facts(key: str) -> TemplateFacts:
    survey = template(key)
    asked = sum(not isinstance(question, Statement) for question in survey.questions)
    return TemplateFacts(key, survey.name, survey.about, survey.languages, asked, minutes(survey))
