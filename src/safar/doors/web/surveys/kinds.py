"""The kinds of questions in plain words: in groups, each with a sentence that says what it is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from safar.listen.questionnaire.questions import KINDS, Choice, Question, TreeNode, Words

from .editing import short_id

Text = Promise | str


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of question as the menu offers it."""

    kind: str
    name: Text
    sentence: Text
    glyph: str


#: In groups: the name of each, and its kinds.
GROUPS: Final[tuple[tuple[Text, tuple[KindWords, ...]], ...]] = (
    (
        gettext_lazy("Scores"),
        (
            KindWords(
                "nps",
                gettext_lazy("Recommendation (NPS)"),
                gettext_lazy("Would they recommend you? 0 to 10."),
                "10",
            ),
            KindWords(
                "csat",
                gettext_lazy("Satisfaction (CSAT)"),
                gettext_lazy("How satisfied are they? 1 to 5."),
                "☺",
            ),
            KindWords("ces", gettext_lazy("Effort (CES)"), gettext_lazy("Was it easy? 1 to 7."), "7"),
            KindWords(
                "rating",
                pgettext_lazy("kind of question", "Rating"),
                gettext_lazy("Stars, smileys or numbers, on a scale of your own."),
                "★",
            ),
            KindWords(
                "slider",
                gettext_lazy("Slider"),
                gettext_lazy("A point on a line, for example 0 to 100."),
                "◦",
            ),
        ),
    ),
    (
        gettext_lazy("Choices"),
        (
            KindWords(
                "single",
                gettext_lazy("One of several"),
                gettext_lazy("A list, a drop-down or pictures; one is chosen."),
                "◉",
            ),
            KindWords(
                "multiple",
                gettext_lazy("Several of many"),
                gettext_lazy("Any number may be chosen, or at most so many."),
                "☑",
            ),
            KindWords(
                "ranking", gettext_lazy("Ranking"), gettext_lazy("What matters most comes first."), "≡"
            ),
            KindWords(
                "constant_sum",
                gettext_lazy("Sharing out points"),
                gettext_lazy("100 points are divided among several things."),
                "Σ",
            ),
        ),
    ),
    (
        gettext_lazy("Tables"),
        (
            KindWords(
                "matrix",
                gettext_lazy("Table"),
                gettext_lazy("Several rows answered on the same columns."),
                "▦",
            ),
            KindWords(
                "dual",
                gettext_lazy("Two ratings a row"),
                gettext_lazy("How important, and how satisfied? What was expected, and what came?"),
                "◫",
            ),
            KindWords(
                "differential",
                gettext_lazy("Between opposites"),
                gettext_lazy("Slow or fast, cold or friendly: a point between two words."),
                "↔",
            ),
        ),
    ),
    (
        gettext_lazy("Words and facts"),
        (
            KindWords(
                "text",
                pgettext_lazy("kind of question", "Text"),
                gettext_lazy("In their own words, a line or a paragraph."),
                "¶",
            ),
            KindWords(
                "number",
                pgettext_lazy("kind of question", "Number"),
                gettext_lazy("A number, in any digits."),
                "#",
            ),
            KindWords(
                "date",
                pgettext_lazy("kind of question", "Date"),
                gettext_lazy("A day, in the calendar of their language."),
                "▤",
            ),
            KindWords(
                "phone",
                pgettext_lazy("kind of question", "Phone number"),
                gettext_lazy("Checked as it is typed."),
                "☏",
            ),
            KindWords(
                "email",
                pgettext_lazy("kind of question", "E-mail address"),
                gettext_lazy("Checked as it is typed."),
                "@",
            ),
            KindWords(
                "file",
                pgettext_lazy("kind of question", "File"),
                gettext_lazy("A picture, a document or a voice note."),
                "↥",
            ),
            KindWords(
                "consent",
                pgettext_lazy("kind of question", "Consent"),
                gettext_lazy("Agreement to one purpose, kept with the customer."),
                "✓",
            ),
            KindWords(
                "statement",
                pgettext_lazy("kind of question", "Words to read"),
                gettext_lazy("A welcome or an explanation; nothing is asked."),
                "i",
            ),
        ),
    ),
    (
        gettext_lazy("Tasks"),
        (
            KindWords(
                "goal",
                gettext_lazy("Did they get it done?"),
                gettext_lazy("What they came for, whether they did it, and why not."),
                "⚑",
            ),
            KindWords(
                "tree_test",
                gettext_lazy("Where would they look?"),
                gettext_lazy("They look for something in a menu: found, and straight away?"),
                "⎇",
            ),
            KindWords(
                "first_click",
                gettext_lazy("Where would they click?"),
                gettext_lazy("The first click on a picture of a page."),
                "◎",
            ),
        ),
    ),
)

WORDS: Final = {each.kind: each for _name, kinds in GROUPS for each in kinds}
_TYPES: Final[dict[str, Any]] = {str(each.__struct_config__.tag): each for each in KINDS}


def new_question(kind: str, question_id: str, key: str, languages: Iterable[str]) -> Question | None:
    """Return a question of a kind as it begins: with the usual words where there are any; None for no kind."""
    made = _TYPES.get(kind)
    if made is None:
        return None
    given: dict[str, Any] = {"question_id": question_id}
    if kind != "statement":
        given["key"] = key
    ends = _ends(kind)
    if ends is not None:
        given["low_words"], given["high_words"] = (_in(languages, each) for each in ends)
    fields = made.__struct_fields__
    for name, count in (("choices", 2), ("rows", 2), ("columns", 3)):
        if name in fields:
            given[name] = tuple(Choice(choice_id=short_id()) for _each in range(count))
    if "nodes" in fields:
        given["nodes"] = (TreeNode(node_id=short_id(), words=_in(languages, gettext_lazy("First place"))),)
        given["right"] = (given["nodes"][0].node_id,)
    found: Question = made(**given)
    return found


def _ends(kind: str) -> tuple[Text, Text] | None:
    return {
        "nps": (gettext_lazy("Not at all likely"), gettext_lazy("Extremely likely")),
        "csat": (gettext_lazy("Very dissatisfied"), gettext_lazy("Very satisfied")),
        "ces": (gettext_lazy("Strongly disagree"), gettext_lazy("Strongly agree")),
    }.get(kind)


def _in(languages: Iterable[str], text: Text) -> Words:
    """Return a sentence of ours in the languages of a survey that Safar speaks."""
    found = {}
    for language in languages:
        if language in {"fa", "ar", "en"}:
            with translation.override(language):
                found[language] = str(text)
    return found
