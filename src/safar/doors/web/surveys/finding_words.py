"""What the check finds, as sentences that say what to do, each with the place where it is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.findings import Finding

from .shown import ending_name, language_name, page_name, part_words, question_name

SENTENCES: Final[dict[str, Promise | str]] = {
    "survey.no_questions": gettext_lazy("Nothing is asked yet: add a question."),
    "survey.no_language": gettext_lazy("Choose a language for the survey."),
    "survey.too_large": gettext_lazy("There is more here than a survey may hold."),
    "survey.partly_checked": gettext_lazy(
        "The logic has too many ways to follow each one: try the survey out."
    ),
    "page.empty": gettext_lazy("The page has no questions, so nobody sees it."),
    "page.unreachable": gettext_lazy("No way of answering leads to this page."),
    "question.unreachable": gettext_lazy("No way of answering shows this question."),
    "question.dead_end": gettext_lazy("The question must be answered, and there is no way to answer it."),
    "question.no_parts": gettext_lazy("There is nothing to choose or to rate yet."),
    "question.bounds_crossed": gettext_lazy("The least that is asked for is more than the most."),
    "question.two_others": gettext_lazy("Two choices ask for own words; let only one do so."),
    "choice.empty": gettext_lazy("A choice has neither words nor a picture."),
    "choice.reserved": gettext_lazy("A row has a name that is kept for “not applicable”."),
    "words.none": gettext_lazy("The question has no words yet."),
    "words.missing": gettext_lazy("Not translated yet; readers see the first language there."),
    "words.placeholder_lost": gettext_lazy(
        "The translation lacks an inserted answer that the first language has."
    ),
    "words.placeholder_unknown": gettext_lazy("An inserted answer names nothing that there is."),
    "words.placeholder_later": gettext_lazy("An inserted answer is given only later in the survey."),
    "condition.unknown": gettext_lazy("A condition looks at something that is not there any more."),
    "condition.later": gettext_lazy("A condition looks at an answer that is given only later."),
    "condition.no_choice": gettext_lazy("A condition looks for a choice that the question does not have."),
    "condition.no_value": gettext_lazy("A condition compares with nothing: give it a value."),
    "condition.repeated": gettext_lazy(
        "A condition looks at a repeated question without saying for which choice."
    ),
    "jump.from_nowhere": gettext_lazy("A jump leaves a page that is not there any more."),
    "jump.to_nowhere": gettext_lazy("A jump leads to a page that is not there any more."),
    "jump.never": gettext_lazy("No way of answering takes this jump."),
    "loop.endless": gettext_lazy("Respondents can come into a circle that no answer leads out of."),
    "loop.possible": gettext_lazy("A jump leads back; make sure that respondents come out again."),
    "calculation.after_nothing": gettext_lazy("A calculation follows a page that is not there any more."),
    "calculation.unknown": gettext_lazy("A calculation names something that is not there."),
    "calculation.later": gettext_lazy("A calculation takes an answer that is given only later."),
    "calculation.by_zero": gettext_lazy("A calculation divides by zero."),
    "calculation.no_number": gettext_lazy("A calculation takes a text for a number."),
    "repeat.nothing": gettext_lazy("The page is repeated for the choices of a question that has none."),
    "repeat.later": gettext_lazy("The page is repeated for choices that are made only later."),
    "repeat.within": gettext_lazy("The page is repeated for a question that is itself repeated."),
    "ending.unreachable": gettext_lazy("No way of answering leads to this ending."),
    "ending.none_fits": gettext_lazy("Some respondents fit no ending; they see the usual thanks."),
    "ending.redirect": gettext_lazy("The address of the button does not begin with https://."),
    "quota.to_nowhere": gettext_lazy("A full quota leads to an ending that is not there any more."),
    "quota.never": gettext_lazy("No way of answering falls under this quota."),
    "quota.closed": gettext_lazy("The quota takes nobody: its limit is zero."),
    "comments.on_nothing": gettext_lazy("The words are to explain a question that is not there any more."),
    "comments.on_many": gettext_lazy("The words are to explain a question that has no single score."),
    "key.twice": gettext_lazy("Two questions have the same key: one person then answers it twice."),
    "key.other_scale": gettext_lazy(
        "Two questions have the same key and different scales. Give one another key."
    ),
    "scale.too_few": gettext_lazy("A scale needs at least two points."),
    "scale.of_many": gettext_lazy("Rows on a scale take one answer each, not several."),
    "tree.twice": gettext_lazy("Two places of the menu are one."),
    "tree.no_right": gettext_lazy("Say where in the menu it is found."),
    "click.no_picture": gettext_lazy("There is no picture to click on yet."),
    "click.no_right": gettext_lazy("No area of the picture is right."),
    "click.outside": gettext_lazy("An area reaches beyond the picture."),
    "consent.no_purpose": gettext_lazy(
        "The consent names no purpose, so it changes nothing at the customer."
    ),
    "date.unreadable": gettext_lazy("The first or last day is no day of the calendar."),
    "phone.region": gettext_lazy("There is no such country of phone numbers."),
    "version.key_changed": gettext_lazy(
        "Answers to this question key were collected on another scale. Give the question another key, or its old scale."
    ),
    "version.part_removed": gettext_lazy("A choice or row is gone that earlier answers may have."),
    "version.part_renamed": gettext_lazy(
        "A choice or row means something else now; earlier answers would read so too. Add a new one instead."
    ),
}

_WAY: Final = re.compile(r"^(\w+)(?:\[([^\]]*)\])?(?:\.questions\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding on a page: where it is, the address of that place, and what to do."""

    at: str
    where: str
    sentence: str
    is_error: bool


def finding_views(
    survey: Survey, findings: Iterable[Finding], language: str, *, number: Callable[[int], str] = str
) -> tuple[FindingView, ...]:
    """Return findings as sentences; texts that lack a translation come together, a line for each language.

    Parameters
    ----------
    number
        Shapes the numbers of pages and texts.
    """
    found: list[FindingView] = []
    untranslated: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for each in findings:
        at = place_of(each.path)
        if each.code == "words.missing":
            named = each.facts.get("languages")
            for code in named if isinstance(named, list) else ():
                untranslated[str(code)] = untranslated.get(str(code), 0) + 1
            continue
        if (each.code, at) in seen:
            continue
        seen.add((each.code, at))
        sentence = str(SENTENCES[each.code])
        found.append(
            FindingView(
                at, place_name(survey, at, language, number=number), sentence, each.severity == "error"
            )
        )
    for code, count in untranslated.items():
        sentence = filled(
            _("Texts that are not translated yet: %(count)s. Readers see the first language there."),
            count=number(count),
        )
        found.append(FindingView("translation", language_name(code), sentence, is_error=False))
    return tuple(found)


def place_of(path: str) -> str:
    """Return the place of the builder that a finding's path means.

    >>> place_of("pages[p1].questions[q1].choices[c]"), place_of("pages[p1]"), place_of("jumps[0].to")
    ('question/q1', 'page/p1', 'jumps/0')
    """
    way = _WAY.match(path)
    kind, name, question = way.groups() if way else ("", None, None)
    if question:
        return f"question/{question}"
    if kind == "pages":
        return f"page/{name}" if name else "add"
    if kind in {"endings", "quotas", "jumps", "calculations", "variables", "hidden"} and name is not None:
        return f"{kind}/{name}"
    return "settings"


def place_name(survey: Survey, at: str, language: str, *, number: Callable[[int], str] = str) -> str:
    """Return what a place of the builder is called."""
    kind, _slash, name = at.partition("/")
    if kind == "question":
        question = survey.question(name)
        return "" if question is None else question_name(survey, question, language)
    if kind == "page":
        at_page = next((n for n, page in enumerate(survey.pages, 1) if page.page_id == name), 0)
        return page_name(survey, survey.pages[at_page - 1], number(at_page), language) if at_page else ""
    if kind == "endings":
        ending = next((each for each in survey.endings if each.ending_id == name), None)
        return "" if ending is None else ending_name(survey, ending, language)
    if kind == "quotas":
        quota = next((each for each in survey.quotas if each.quota_id == name), None)
        return _("Quota") if quota is None else part_words(survey, quota.name, language) or _("Quota")
    named = {
        "jumps": _("Jump"),
        "calculations": _("Calculation"),
        "variables": _("Variable"),
        "hidden": _("Hidden field"),
        "add": _("Questions"),
    }
    return named.get(kind, _("Settings"))
