"""Every field of a question, a page, an ending …: what it is called, what it is for, and what it is filled in with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = Promise | str
Control = Literal[
    "words",
    "long_words",
    "flag",
    "whole",
    "number",
    "select",
    "text",
    "address",
    "day",
    "several",
    "question",
    "page",
    "choices_of",
    "parts",
    "nodes",
    "right",
    "areas",
    "picture",
    "condition",
    "key",
    "variable",
    "value",
]


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field of a form.

    Attributes
    ----------
    options
        Of a list to choose from: value and name.
    """

    control: Control
    label: Text
    about: Text = ""
    options: tuple[tuple[str, Text], ...] = ()


_DIRECTIONS: Final = (
    ("higher_is_better", _("The higher the better")),
    ("lower_is_better", _("The lower the better")),
)
_RATING_LOOKS: Final = (
    ("stars", _("Stars")),
    ("smileys", _("Smileys")),
    ("numbers", pgettext_lazy("look of a scale", "Numbers")),
)

#: By the name of the field; ``<kind>.<field>`` where a kind has its own.
FIELDS: Final[dict[str, FieldWords]] = {
    "title": FieldWords("long_words", _("Question")),
    "statement.title": FieldWords("long_words", _("Heading")),
    "ending.title": FieldWords("words", _("Heading")),
    "about": FieldWords("long_words", _("A line of help beneath")),
    "ending.about": FieldWords("long_words", _("Text")),
    "survey.about": FieldWords(
        "long_words", _("What it is for"), _("For your team; respondents do not see it.")
    ),
    "name": FieldWords("words", pgettext_lazy("of a survey", "Name")),
    "page.name": FieldWords("words", _("Name of the page"), _("Stands above its questions; may stay empty.")),
    "quota.name": FieldWords("words", _("Name of the quota"), _("For your team; respondents do not see it.")),
    "choices": FieldWords("parts", _("Choices")),
    "goal.choices": FieldWords("parts", _("What people come for")),
    "rows": FieldWords("parts", _("Rows")),
    "columns": FieldWords("parts", _("Columns")),
    "nodes": FieldWords(
        "nodes", _("Menu"), _("A place on each line; a hyphen before a line puts it one level deeper.")
    ),
    "right": FieldWords("right", _("Where it is found"), _("One place or more.")),
    "picture": FieldWords("picture", _("Picture"), _("PNG, JPEG or WebP, below 1 MB.")),
    "areas": FieldWords(
        "areas", _("Areas of the picture"), _("In percent of its width and height, from the top left corner.")
    ),
    "low_words": FieldWords("words", _("Words at the low end")),
    "high_words": FieldWords("words", _("Words at the high end")),
    "first_words": FieldWords("words", _("What the first rating is called")),
    "second_words": FieldWords("words", _("What the second rating is called")),
    "unit": FieldWords("words", _("Unit")),
    "look": FieldWords("select", pgettext_lazy("of a question", "Look"), "", _RATING_LOOKS),
    "single.look": FieldWords(
        "select",
        pgettext_lazy("of a question", "Look"),
        "",
        (("list", _("List")), ("dropdown", _("Drop-down")), ("pictures", _("Pictures"))),
    ),
    "multiple.look": FieldWords(
        "select",
        pgettext_lazy("of a question", "Look"),
        "",
        (("list", _("List")), ("pictures", _("Pictures"))),
    ),
    "pair": FieldWords(
        "select",
        _("The two ratings"),
        "",
        (
            ("importance_satisfaction", _("Importance and satisfaction")),
            ("expectation_perception", _("Expectation and perception")),
        ),
    ),
    "points": FieldWords("whole", _("Points of the scale")),
    "direction": FieldWords("select", _("Direction"), "", _DIRECTIONS),
    "lowest": FieldWords("number", _("Lowest")),
    "highest": FieldWords("number", _("Highest")),
    "slider.lowest": FieldWords("whole", _("Lowest")),
    "slider.highest": FieldWords("whole", _("Highest")),
    "step": FieldWords("whole", _("In steps of")),
    "total": FieldWords("whole", _("Points to share out")),
    "is_scale": FieldWords(
        "flag",
        _("The columns are points of a scale"),
        _("From the worst to the best; rows then have a mean."),
    ),
    "is_multiple": FieldWords("flag", _("Several columns may be chosen in a row")),
    "is_shuffled": FieldWords("flag", _("In a random order"), _("Another one for each respondent.")),
    "is_whole": FieldWords("flag", _("Whole numbers only")),
    "is_long": FieldWords("flag", _("A paragraph rather than a line")),
    "comments_on": FieldWords(
        "question", _("Explains the answer to"), _("The words are then kept with that score.")
    ),
    "at_least": FieldWords("whole", _("At least so many")),
    "at_most": FieldWords("whole", _("At most so many")),
    "text.at_least": FieldWords("whole", _("At least so many signs")),
    "text.at_most": FieldWords("whole", _("At most so many signs")),
    "file.at_most": FieldWords("whole", _("At most so many files")),
    "most_mb": FieldWords("whole", _("At most so many megabytes each")),
    "takes": FieldWords(
        "several",
        _("Kinds of files"),
        "",
        (
            ("image", _("Pictures")),
            ("pdf", "PDF"),
            ("text", pgettext_lazy("kind of file", "Text")),
            ("audio", _("Sound")),
        ),
    ),
    "calendar": FieldWords(
        "select",
        _("Calendar"),
        "",
        (
            ("", _("That of their language")),
            ("jalali", pgettext_lazy("calendar", "Jalali")),
            ("hijri", pgettext_lazy("calendar", "Hijri")),
            ("gregorian", pgettext_lazy("calendar", "Gregorian")),
        ),
    ),
    "earliest": FieldWords("day", _("Earliest day"), _("Gregorian, such as 2026-03-21.")),
    "latest": FieldWords("day", _("Latest day"), _("Gregorian, such as 2026-03-21.")),
    "region": FieldWords(
        "text",
        _("Country of numbers without a prefix"),
        _("Two letters, such as IR. Empty: that of the workspace."),
    ),
    "identifies": FieldWords("flag", _("Answers join the customer with this address or number")),
    "purpose": FieldWords(
        "text", _("Purpose"), _("Such as newsletter or research; the customer's consents then name it.")
    ),
    "asks_why": FieldWords("flag", _("Asks those who did not: why not?")),
    "is_required": FieldWords("flag", _("Must be answered")),
    "can_not_apply": FieldWords("flag", _("Offers “not applicable”"), _("Counts in no score.")),
    "show_when": FieldWords("condition", pgettext_lazy("of a question", "Shown")),
    "repeats_for": FieldWords(
        "choices_of",
        _("Asked once for each choice of"),
        _("The page is repeated; “{{item}}” in a text is the choice."),
    ),
    "page.is_shuffled": FieldWords(
        "flag", _("Questions in a random order"), _("Another one for each respondent.")
    ),
    "key": FieldWords(
        "key", _("Question key"), _("Answers of one key come together: over surveys, channels and years.")
    ),
    "survey.key": FieldWords(
        "text",
        _("Survey key"),
        _("What answers are known by in the log. It stays once the survey is published."),
    ),
    "redirect": FieldWords(
        "address", _("A button leads to"), _("An address that begins with https://; may stay empty.")
    ),
    "when": FieldWords("condition", pgettext_lazy("of a rule", "When")),
    "after": FieldWords("page", _("After the page")),
    "to": FieldWords("page", _("Go to")),
    "then": FieldWords("page", _("Who comes later is led to")),
    "limit": FieldWords("whole", _("At most so many complete responses")),
    "variable": FieldWords("variable", _("Variable")),
    "does": FieldWords(
        "select",
        pgettext_lazy("of a calculation", "What happens"),
        "",
        (
            ("set", _("becomes")),
            ("add", pgettext_lazy("calculation", "plus")),
            ("subtract", pgettext_lazy("calculation", "minus")),
            ("multiply", pgettext_lazy("calculation", "times")),
            ("divide", _("divided by")),
        ),
    ),
    "value": FieldWords("value", _("Value"), _("A number, or an answer.")),
    "begins": FieldWords("number", _("Begins as")),
    "variable.name": FieldWords("text", _("Name in formulas"), _("Latin letters, digits, - and _.")),
    "hidden.name": FieldWords(
        "text",
        _("Name in the link"),
        _("Latin letters, digits, - and _: ?order_id=A17 at the end of a link."),
    ),
    "fallback": FieldWords("text", _("Where the link brings nothing")),
    "can_go_back": FieldWords("flag", _("Respondents may go back")),
    "shows_progress": FieldWords("flag", _("A bar shows how far they are")),
    "least_cell": FieldWords(
        "whole",
        _("Results of fewer respondents are hidden"),
        _("For example 5 in a survey of employees: nobody can be told by his answers."),
    ),
    "words": FieldWords("words", _("Words")),
    "opposite": FieldWords("words", _("The opposite")),
    "is_other": FieldWords("flag", _("asks for own words")),
    "is_exclusive": FieldWords("flag", _("takes the others away")),
    "stays": FieldWords("flag", _("keeps its place")),
    "is_right": FieldWords("flag", _("right")),
}


def field_words(kind: str, name: str) -> FieldWords:
    """Return the words of a field of a kind of part."""
    return FIELDS.get(f"{kind}.{name}") or FIELDS[name]
