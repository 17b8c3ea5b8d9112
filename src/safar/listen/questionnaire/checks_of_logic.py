"""Checks of conditions, jumps, calculations, repeated pages, endings and quotas: does all they name exist, in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safar.vocabulary.errors import Json
from safar.vocabulary.text import fold

from . import questions as kinds
from .anatomy import END, Survey
from .conditions import Condition, Test
from .findings import Finding
from .logic import REFERENCES, is_day, leaves, number_of
from .paths import asked, page_of, page_path
from .piping import named
from .precedence import Precedence
from .rough_ways import RoughWays

_ORDERS = ("<", "<=", ">", ">=")
_CHOOSES = ("has", "lacks", "=", "!=")
_BARE = ("answered", "unanswered")


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a condition stands.

    Attributes
    ----------
    path
        Of the condition.
    shown
        Path of what it shows; empty for what is looked at when a page is left.
    after
        Id of the page that is left; empty where every answer may be looked at.
    """

    path: str
    shown: str = ""
    after: str = ""


def conditions(survey: Survey) -> Iterator[Finding]:
    """Yield conditions that look at nothing, at what comes later, or for what cannot be."""
    precedence = Precedence(survey)
    for where, condition in _conditions(survey):
        for test in leaves(condition):
            yield from _tested(survey, precedence, where, test)


def _conditions(survey: Survey) -> Iterator[tuple[_Where, Condition | None]]:
    for page in survey.pages:
        yield _Where(f"{page_path(page)}.show_when", shown=page_path(page)), page.show_when
    for path, _, question in asked(survey):
        yield _Where(f"{path}.show_when", shown=path), question.show_when
    for place, jump in enumerate(survey.jumps):
        yield _Where(f"jumps[{place}].when", after=jump.after), jump.when
    for place, each in enumerate(survey.calculations):
        yield _Where(f"calculations[{place}].when", after=each.after), each.when
    for ending in survey.endings:
        yield _Where(f"endings[{ending.ending_id}].when"), ending.when
    for quota in survey.quotas:
        yield _Where(f"quotas[{quota.quota_id}].when"), quota.when


def _tested(survey: Survey, precedence: Precedence, where: _Where, test: Test) -> Iterator[Finding]:
    facts: dict[str, Json] = {"of": test.of, "value": test.value}
    kind, _, rest = test.of.partition(".")
    if not _exists(survey, test.of):
        yield Finding("condition.unknown", where.path, facts)
        return
    if test.compares not in _BARE and (test.value is None or test.value == ""):
        yield Finding("condition.no_value", where.path, facts)
        return
    if test.compares in _ORDERS and number_of(test.value) is None and not is_day(str(test.value)):
        yield Finding("condition.no_value", where.path, facts)
    choices = _choosable(survey, test.of)
    if test.compares in _CHOOSES and choices is not None and not _is_choice(test.value, choices):
        yield Finding("condition.no_choice", where.path, facts)
    if kind == "question":
        if not _in_time(survey, precedence, where, test.of):
            yield Finding("condition.later", where.path, facts)
        elif _is_open(survey, where, rest):
            yield Finding("condition.repeated", where.path, facts)


def _exists(survey: Survey, of: str) -> bool:
    """Whether there is what a test looks at."""
    kind, _, rest = of.partition(".")
    if kind == "variable":
        return any(each.name == rest for each in survey.variables)
    if kind == "hidden":
        return any(each.name == rest for each in survey.hidden)
    if kind != "question":
        return of == "respondent.language"
    name, _, row = rest.partition(".")
    question_id, _, item = name.partition("@")
    question, page = survey.question(question_id), page_of(survey, question_id)
    if question is None or page is None:
        return False
    repeated = survey.question(page.repeats_for) if page.repeats_for else None
    items = [each.choice_id for each in getattr(repeated, "choices", ())]
    return (not item or item in items) and (not row or row in _rows(question))


def _rows(question: kinds.Question) -> list[str]:
    """Return the rows that an answer may have."""
    rows = [each.choice_id for each in getattr(question, "rows", ())]
    if isinstance(question, kinds.Dual):
        return [f"{row}.{side}" for row in rows for side in ("first", "second")]
    if isinstance(question, kinds.Ranking | kinds.ConstantSum):
        return [each.choice_id for each in question.choices]
    return ["other"] if isinstance(question, kinds.Goal) else rows


def _choosable(survey: Survey, of: str) -> list[str] | None:
    """Return what can be chosen where a test looks; None where words or numbers may be anything."""
    kind, _, rest = of.partition(".")
    if of == "respondent.language":
        return list(survey.languages)
    name, _, row = rest.partition(".")
    question = survey.question(name.partition("@")[0]) if kind == "question" else None
    if question is None or any(each.is_other for each in getattr(question, "choices", ())):
        return None
    if isinstance(question, kinds.Matrix):
        return [each.choice_id for each in question.columns] if row and not question.is_scale else None
    chooses = kinds.Single | kinds.Multiple | kinds.Ranking | kinds.TreeTest | kinds.FirstClick | kinds.Goal
    return list(named(question)) if isinstance(question, chooses) and not row else None


def _is_choice(value: float | str | None, choices: list[str]) -> bool:
    """Whether a value is a choice, or a number, which choices may stand for as well."""
    return number_of(value) is not None or fold(str(value)) in {fold(each) for each in choices}


def _in_time(survey: Survey, precedence: Precedence, where: _Where, name: str) -> bool:
    """Whether an answer can be there when a condition is looked at."""
    if where.shown:
        return precedence.is_given(name, where.shown)
    page = page_of(survey, name.partition(".")[2].partition(".")[0].partition("@")[0])
    if not where.after or page is None or survey.page(where.after) is None:
        return True
    return page.page_id == where.after or precedence.is_before(page.page_id, where.after)


def _is_open(survey: Survey, where: _Where, rest: str) -> bool:
    """Whether a repeated question is looked at from elsewhere without saying for which choice."""
    name = rest.partition(".")[0]
    page = page_of(survey, name.partition("@")[0])
    is_own = page is not None and (
        where.after == page.page_id or where.shown.startswith(f"{page_path(page)}")
    )
    return page is not None and bool(page.repeats_for) and "@" not in name and not is_own


def jumps(survey: Survey) -> Iterator[Finding]:
    """Yield jumps from nowhere and to nowhere."""
    for place, jump in enumerate(survey.jumps):
        if survey.page(jump.after) is None:
            yield Finding("jump.from_nowhere", f"jumps[{place}].after", {"page": jump.after})
        if jump.to != END and survey.page(jump.to) is None and not _is_ending(survey, jump.to):
            yield Finding("jump.to_nowhere", f"jumps[{place}].to", {"to": jump.to})


def calculations(survey: Survey) -> Iterator[Finding]:
    """Yield calculations that cannot be done."""
    precedence = Precedence(survey)
    for place, each in enumerate(survey.calculations):
        path, name = f"calculations[{place}]", each.value
        if survey.page(each.after) is None:
            yield Finding("calculation.after_nothing", f"{path}.after", {"page": each.after})
        if not any(variable.name == each.variable for variable in survey.variables):
            yield Finding("calculation.unknown", f"{path}.variable", {"name": each.variable})
        if isinstance(name, str) and name.startswith(REFERENCES):
            if not _exists(survey, name):
                yield Finding("calculation.unknown", f"{path}.value", {"name": name})
            elif name.startswith("question.") and not _in_time(
                survey, precedence, _Where(path, after=each.after), name
            ):
                yield Finding("calculation.later", f"{path}.value", {"name": name})
        elif each.does != "set" and number_of(name) is None:
            yield Finding("calculation.no_number", f"{path}.value", {"value": name})
        elif each.does == "divide" and number_of(name) == 0:
            yield Finding("calculation.by_zero", f"{path}.value", {})


def repeats(survey: Survey) -> Iterator[Finding]:
    """Yield pages that are repeated for nothing."""
    precedence = Precedence(survey)
    for page in survey.pages:
        if not page.questions:
            yield Finding("page.empty", page_path(page), {"page": page.page_id})
        if not page.repeats_for:
            continue
        path, facts = f"{page_path(page)}.repeats_for", {"question": page.repeats_for}
        question, own = survey.question(page.repeats_for), page_of(survey, page.repeats_for)
        if (
            question is None
            or own is None
            or not isinstance(question, kinds.Multiple | kinds.Single | kinds.Ranking)
        ):
            yield Finding("repeat.nothing", path, dict(facts))
        elif own.repeats_for:
            yield Finding("repeat.within", path, dict(facts))
        elif own.page_id == page.page_id or not precedence.is_before(own.page_id, page.page_id):
            yield Finding("repeat.later", path, dict(facts))


def endings(survey: Survey) -> Iterator[Finding]:
    """Yield endings that lead to addresses which are not safe."""
    for ending in survey.endings:
        if ending.redirect and not ending.redirect.startswith("https://"):
            yield Finding(
                "ending.redirect", f"endings[{ending.ending_id}].redirect", {"address": ending.redirect}
            )


def quotas(survey: Survey) -> Iterator[Finding]:
    """Yield quotas that lead nowhere, take nobody, or count nobody."""
    rough = RoughWays(survey)
    for quota in survey.quotas:
        path = f"quotas[{quota.quota_id}]"
        if quota.then != END and not _is_ending(survey, quota.then):
            yield Finding("quota.to_nowhere", f"{path}.then", {"to": quota.then})
        if not quota.limit:
            yield Finding("quota.closed", f"{path}.limit", {})
        if not rough.can_hold(quota.when):
            yield Finding("quota.never", f"{path}.when", {})


def _is_ending(survey: Survey, name: str) -> bool:
    return any(each.ending_id == name for each in survey.endings)
