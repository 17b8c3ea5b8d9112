"""A condition as rows of a form: what is looked at, how, and with what; groups of rows within.

Control names grow from a prefix: ``show_when.join`` says how the rows are joined (empty: there is no condition), row 0
is ``show_when.0.of``, ``.compares`` and ``.value``, and a group in its place has a ``show_when.0.join`` of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.design.asked_number import number_in
from safar.doors.web.design.words import filled
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.conditions import AllOf, AnyOf, Comparison, Condition, NoneOf, Test
from safar.show.locale import Locale
from safar.vocabulary.digits import parse_number

from .shown import language_name, part_words, question_name

_JOINS: Final[dict[str, type[AllOf | AnyOf | NoneOf]]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
JOIN_WORDS: Final[tuple[tuple[str, Promise | str], ...]] = (
    ("all", gettext_lazy("all of these hold")),
    ("any", gettext_lazy("any of these holds")),
    ("none", gettext_lazy("none of these holds")),
)
COMPARISON_WORDS: Final[dict[str, Promise | str]] = {
    "=": pgettext_lazy("comparison", "is"),
    "!=": pgettext_lazy("comparison", "is not"),
    "<": pgettext_lazy("comparison", "is less than"),
    "<=": pgettext_lazy("comparison", "is at most"),
    ">": pgettext_lazy("comparison", "is more than"),
    ">=": pgettext_lazy("comparison", "is at least"),
    "has": pgettext_lazy("comparison", "was answered with"),
    "lacks": pgettext_lazy("comparison", "was not answered with"),
    "contains": pgettext_lazy("comparison", "contains the words"),
    "answered": pgettext_lazy("comparison", "was answered"),
    "unanswered": pgettext_lazy("comparison", "was not answered"),
}
_OFFERED: Final[dict[str, tuple[str, ...]]] = {
    "number": ("<=", ">=", "=", "!=", "<", ">", "answered", "unanswered"),
    "choice": ("has", "lacks", "answered", "unanswered"),
    "text": ("contains", "=", "!=", "answered", "unanswered"),
    "language": ("=", "!="),
}
_MOST_ROWS: Final = 40
_DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class Looked:
    """Something that a test may look at, and what it can be compared with."""

    name: str
    label: str
    sort: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """One test, or a group of tests, of a condition on a page."""

    prefix: str
    group: ConditionView | None
    of: str
    looked: tuple[Looked, ...]
    compares: str
    comparisons: tuple[tuple[str, str], ...]
    value: str
    choices: tuple[tuple[str, str], ...]
    takes_value: bool
    is_number: bool


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition on a page; ``join`` is empty where there is none."""

    prefix: str
    join: str
    joins: tuple[tuple[str, str], ...]
    rows: tuple[RowView, ...]
    can_group: bool


def looked_at(survey: Survey, language: str) -> tuple[Looked, ...]:
    """Return everything that a condition of the survey may look at, in the order it is asked."""
    found: list[Looked] = []
    for question in survey.questions:
        name = question_name(survey, question, language)
        found += _of_question(survey, question, name, language)
    found += [
        Looked(f"variable.{each.name}", f"{_('Variable')}: {each.name}", "number")
        for each in survey.variables
    ]
    found += [
        Looked(f"hidden.{each.name}", f"{_('Hidden field')}: {each.name}", "text") for each in survey.hidden
    ]
    languages = tuple((each, language_name(each)) for each in survey.languages)
    return (*found, Looked("respondent.language", _("Language of the respondent"), "language", languages))


def condition_view(
    survey: Survey,
    condition: Condition | None,
    prefix: str,
    looked: Sequence[Looked],
    language: str,
    *,
    depth: int = 0,
) -> ConditionView:
    """Return a condition as rows."""
    parts: Sequence[Condition]
    if condition is None:
        join, parts = "", ()
    elif isinstance(condition, Test):
        join, parts = "all", (condition,)
    else:
        join = next(name for name, kind in _JOINS.items() if isinstance(condition, kind))
        parts = condition.parts
    by_name = {each.name: each for each in looked}
    rows = tuple(
        _row(survey, part, f"{prefix}.{number}", by_name, language, depth=depth)
        for number, part in enumerate(parts)
    )
    joins = tuple((name, str(words)) for name, words in JOIN_WORDS)
    return ConditionView(prefix, join, joins, rows, depth + 1 < _DEEPEST)


def condition_sent(fields: Mapping[str, str], prefix: str, *, depth: int = 0) -> Condition | None:
    """Return the condition of the controls of a form; None where there is none."""
    kind = _JOINS.get(fields.get(f"{prefix}.join", ""))
    if kind is None:
        return None
    parts: list[Condition] = []
    for number in range(_MOST_ROWS):
        at = f"{prefix}.{number}"
        if f"{at}.join" in fields and depth + 1 < _DEEPEST:
            group = condition_sent(fields, at, depth=depth + 1)
            if group is not None:
                parts.append(group)
        elif fields.get(f"{at}.of"):
            parts.append(_test_sent(fields, at))
    return kind(parts=tuple(parts))


def pressed(condition: Condition | None, do: str, prefix: str, looked: Sequence[Looked]) -> Condition | None:
    """Return the condition after a button of it was pressed: ``add``, ``group`` or ``remove`` at a prefix.

    Parameters
    ----------
    do
        Such as ``add:show_when.1`` or ``remove:show_when.0``.
    """
    verb, _colon, at = do.partition(":")
    steps = map(number_in, at.removeprefix(prefix).strip(".").split("."))
    way = [place for place in steps if place is not None]
    if verb == "remove":
        return _removed(condition, way)
    part: Condition = _begun(looked) if verb == "add" else AllOf(parts=(_begun(looked),))
    return _added(condition, way, part)


def in_words(survey: Survey, condition: Condition | None, language: str, locale: Locale) -> str:
    """Return a condition as one sentence part; empty where there is none."""
    if condition is None:
        return ""
    looked = {each.name: each for each in looked_at(survey, language)}
    return _told(condition, looked, locale)


def _told(condition: Condition, looked: Mapping[str, Looked], locale: Locale) -> str:
    if isinstance(condition, Test):
        seen = looked.get(condition.of)
        value = "" if condition.value is None else str(condition.value)
        if isinstance(condition.value, float):
            value = locale.shape(f"{condition.value:g}")
        if seen is not None:
            value = dict(seen.choices).get(value, value)
        what = filled(_("“%(name)s”"), name=_short(seen.label)) if seen is not None else condition.of
        words = COMPARISON_WORDS[condition.compares]
        if condition.compares in {"answered", "unanswered"}:
            return filled(_("%(what)s %(compares)s"), what=what, compares=str(words))
        return filled(_("%(what)s %(compares)s %(value)s"), what=what, compares=str(words), value=value)
    joint = pgettext("condition", " and ") if isinstance(condition, AllOf) else pgettext("condition", " or ")
    told = joint.join(
        _told(each, looked, locale) if isinstance(each, Test) else f"({_told(each, looked, locale)})"
        for each in condition.parts
    )
    return filled(_("not (%(conditions)s)"), conditions=told) if isinstance(condition, NoneOf) else told


def _short(label: str) -> str:
    return label if len(label) <= 48 else f"{label[:46]}…"


def _of_question(survey: Survey, question: kinds.Question, name: str, language: str) -> list[Looked]:
    at = f"question.{question.question_id}"

    def named(parts: Sequence[kinds.Choice]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (each.choice_id, part_words(survey, each.words, language) or each.choice_id) for each in parts
        )

    def rows(parts: Sequence[kinds.Choice], sort: str = "number", *choices: tuple[str, str]) -> list[Looked]:
        return [Looked(f"{at}.{row}", f"{name} · {words}", sort, choices) for row, words in named(parts)]

    match question:
        case kinds.Single() | kinds.Multiple() | kinds.Goal():
            found = [Looked(at, name, "choice", named(question.choices))]
        case kinds.Consent():
            found = [Looked(at, name, "choice", (("yes", _("Yes")), ("no", _("No"))))]
        case kinds.Matrix() if not question.is_scale:
            found = rows(question.rows, "choice", *named(question.columns))
        case kinds.Matrix() | kinds.Differential():
            found = rows(question.rows)
        case kinds.Dual():
            sides = (("first", question.first_words), ("second", question.second_words))
            found = [
                Looked(
                    f"{each.name}.{side}", f"{each.label} · {_side(survey, words, side, language)}", "number"
                )
                for each in rows(question.rows)
                for side, words in sides
            ]
        case kinds.Ranking() | kinds.ConstantSum():
            found = rows(question.choices)
        case kinds.Statement() | kinds.File() | kinds.TreeTest() | kinds.FirstClick():
            found = []
        case kinds.Scored() | kinds.Number():
            found = [Looked(at, name, "number")]
        case _:
            found = [Looked(at, name, "text")]
    return found


def _side(survey: Survey, words: kinds.Words, side: str, language: str) -> str:
    """Return what one of the two ratings of a row is called."""
    usual = {"first": _("first rating"), "second": _("second rating")}
    return part_words(survey, words, language) or usual[side]


def _row(
    survey: Survey,
    part: Condition,
    prefix: str,
    looked: Mapping[str, Looked],
    language: str,
    *,
    depth: int,
) -> RowView:
    everything = tuple(looked.values())
    if not isinstance(part, Test):
        group = condition_view(survey, part, prefix, everything, language, depth=depth + 1)
        return RowView(prefix, group, "", (), "", (), "", (), takes_value=False, is_number=False)
    seen = looked.get(part.of) or Looked(part.of, part.of, "text")
    offered = _OFFERED[seen.sort]
    names = offered if part.compares in offered else (*offered, part.compares)
    value = (
        "" if part.value is None else f"{part.value:g}" if isinstance(part.value, float) else str(part.value)
    )
    return RowView(
        prefix,
        None,
        part.of,
        everything if part.of in looked else (seen, *everything),
        part.compares,
        tuple((each, str(COMPARISON_WORDS[each])) for each in names),
        value,
        seen.choices,
        takes_value=part.compares not in {"answered", "unanswered"},
        is_number=seen.sort == "number",
    )


def _test_sent(fields: Mapping[str, str], at: str) -> Test:
    compares: Any = fields.get(f"{at}.compares", "")
    if compares not in get_args(Comparison):
        compares = "answered"
    text = fields.get(f"{at}.value", "").strip()[:400]
    value: float | str | None = text or None
    if compares in {"answered", "unanswered"}:
        value = None
    elif text and compares not in {"has", "lacks", "contains"}:
        try:
            value = float(parse_number(text, decimal="."))
        except ValueError:
            value = text
    return Test(of=fields[f"{at}.of"][:200], compares=compares, value=value)


def fitted(condition: Condition | None, looked: Sequence[Looked]) -> Condition | None:
    """Return a condition in which each test compares in a way that what it looks at can be compared."""
    if condition is None:
        return None
    if isinstance(condition, Test):
        seen = next((each for each in looked if each.name == condition.of), None)
        if seen is None or condition.compares in _OFFERED[seen.sort]:
            return condition
        return _begun((seen,))
    kind = type(condition)
    return kind(parts=tuple(each for each in (fitted(part, looked) for part in condition.parts) if each))


def _begun(looked: Sequence[Looked]) -> Test:
    seen = looked[0]
    first = seen.choices[0][0] if seen.choices else None
    compares: Any = _OFFERED[seen.sort][0]
    if seen.sort == "number":
        return Test(of=seen.name, compares=compares, value=None)
    return Test(of=seen.name, compares=compares, value=first)


def _added(condition: Condition | None, way: Sequence[int], part: Condition) -> Condition:
    if condition is None:
        return AllOf(parts=(part,))
    if isinstance(condition, Test):
        return AllOf(parts=(condition, part))
    kind = type(condition)
    if not way:
        return kind(parts=(*condition.parts, part))
    return kind(
        parts=tuple(
            _added(each, way[1:], part) if number == way[0] else each
            for number, each in enumerate(condition.parts)
        )
    )


def _removed(condition: Condition | None, way: Sequence[int]) -> Condition | None:
    if condition is None or isinstance(condition, Test) or not way:
        return None
    kept = [
        _removed(each, way[1:]) if number == way[0] else each for number, each in enumerate(condition.parts)
    ]
    parts = tuple(each for each in kept if each is not None)
    return type(condition)(parts=parts) if parts else None
