"""What the checks of a survey find: a code, where, and how grave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from safar.vocabulary.errors import Json

Severity = Literal["error", "warning"]

#: Every code with how grave it is and what it means. An error keeps a survey from being published.
CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    "survey.no_questions": ("error", "Nothing is asked."),
    "survey.no_language": ("error", "The survey names no language it is written in."),
    "survey.too_large": ("error", "There is more of something than a survey may hold."),
    "survey.partly_checked": ("warning", "The logic is too intricate to follow every way of answering."),
    "page.empty": ("warning", "A page has no questions, and is never seen."),
    "page.unreachable": ("error", "No way of answering leads to the page."),
    "question.unreachable": ("error", "No way of answering shows the question."),
    "question.dead_end": ("error", "The question must be answered and cannot be."),
    "question.no_parts": ("error", "The question has nothing to choose, rate or find."),
    "question.bounds_crossed": ("error", "The least asked for is more than the most."),
    "question.two_others": ("error", "Two choices ask for words of one's own; an answer keeps those of one."),
    "choice.empty": ("error", "A choice has neither words nor a picture."),
    "choice.reserved": ("error", "A row is called as the control for “not applicable” is."),
    "words.none": ("error", "The question has no words in any language."),
    "words.missing": ("warning", "Words are missing in a language; readers see those of the first."),
    "words.placeholder_lost": ("warning", "A translation lacks a placeholder that the first language has."),
    "words.placeholder_unknown": ("error", "A placeholder names nothing that there is."),
    "words.placeholder_later": ("warning", "A placeholder names an answer that is not given by then."),
    "condition.unknown": ("error", "A condition looks at something that there is not."),
    "condition.later": ("error", "A condition looks at an answer that is not given by then."),
    "condition.no_choice": ("error", "A condition looks for a choice that the question does not have."),
    "condition.no_value": ("error", "A condition compares with nothing."),
    "condition.repeated": (
        "warning",
        "A condition looks at a repeated question without saying for which choice.",
    ),
    "jump.from_nowhere": ("error", "A jump leaves a page that there is not."),
    "jump.to_nowhere": ("error", "A jump leads to a page or an ending that there is not."),
    "jump.never": ("warning", "No way of answering takes the jump."),
    "loop.endless": ("error", "Respondents can come into a circle that no answer leaves."),
    "loop.possible": ("warning", "A jump leads back; some answers lead out again."),
    "calculation.after_nothing": ("error", "A calculation follows a page that there is not."),
    "calculation.unknown": ("error", "A calculation names something that there is not."),
    "calculation.later": ("error", "A calculation takes an answer that is not given by then."),
    "calculation.by_zero": ("error", "A calculation divides by zero."),
    "calculation.no_number": ("error", "A calculation takes a text for a number."),
    "repeat.nothing": (
        "error",
        "A page is repeated for the choices of a question that there is not, or has none.",
    ),
    "repeat.later": ("error", "A page is repeated for choices that are not made by then."),
    "repeat.within": ("error", "A page is repeated for a question that is itself asked again and again."),
    "ending.unreachable": ("warning", "No way of answering leads to the ending."),
    "ending.none_fits": ("warning", "Some answers fit no ending: those respondents see the usual thanks."),
    "ending.redirect": ("error", "An ending leads to an address that is not https."),
    "quota.to_nowhere": ("error", "A full quota leads to an ending that there is not."),
    "quota.never": ("warning", "No way of answering falls under the quota."),
    "quota.closed": ("warning", "A quota takes nobody."),
    "comments.on_nothing": ("error", "Words are to explain an answer that the survey does not ask for."),
    "comments.on_many": ("error", "Words are to explain a question that gives no single answer."),
    "key.twice": ("warning", "Two questions share a question key: one respondent then answers it twice."),
    "key.other_scale": (
        "error",
        "Two questions share a question key and differ in metric, scale or direction.",
    ),
    "scale.too_few": ("error", "A scale has fewer than two points."),
    "scale.of_many": ("error", "The rows of a scale take one answer each, not several."),
    "tree.twice": ("error", "Two places of a menu have one id."),
    "tree.no_right": ("error", "No place of the menu is right, or one that is right is not there."),
    "click.no_picture": ("error", "There is no picture to click on."),
    "click.no_right": ("warning", "No area of the picture is right."),
    "click.outside": ("error", "An area reaches beyond the picture."),
    "consent.no_purpose": ("warning", "A consent names no purpose, and changes none of the customer's."),
    "date.unreadable": ("error", "A first or last day is no day."),
    "phone.region": ("error", "There is no such country of telephone numbers."),
    "version.key_changed": (
        "error",
        "A question key measures something else than it did under earlier answers.",
    ),
    "version.part_removed": ("warning", "A choice or row is gone that earlier answers may have."),
    "version.part_renamed": (
        "warning",
        "A choice or row is called otherwise; earlier answers would read so too.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or may be meant otherwise.

    Attributes
    ----------
    code
        One of `CODES`.
    path
        Where: ``pages[p1].questions[q1].choices[c1]``, ``jumps[0]``, ``quotas[q]``, ``endings[e]``; with a field after
        it where one is meant, such as ``.title``.
    facts
        What a sentence about it needs: names, numbers, languages.
    """

    code: str
    path: str
    facts: Mapping[str, Json] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return CODES[self.code][0]


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that keep a survey from being published."""
    return tuple(each for each in findings if each.severity == "error")
