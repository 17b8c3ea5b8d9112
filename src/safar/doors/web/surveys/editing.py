"""What can be done to the order of a survey: add, move, duplicate and take away questions, pages and their like."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from safar.listen.questionnaire.anatomy import Page, Survey
from safar.listen.questionnaire.questions import Question

T = TypeVar("T")

#: The lists of a survey beside its pages, with what names each of their parts; jumps and calculations go by place.
LISTS: Final = {
    "endings": "ending_id",
    "quotas": "quota_id",
    "variables": "name",
    "hidden": "name",
    "jumps": "",
    "calculations": "",
}


def short_id() -> str:
    """Return a new id of a part within its question: no part ever had it, so no answer knows it."""
    return secrets.token_hex(3)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Return the name, with a number behind where it is taken.

    >>> free_name("nps", ["nps", "nps_2"])
    'nps_3'
    """
    known, number, found = set(taken), 1, wanted[:40]
    while found in known:
        number += 1
        found = f"{wanted[: 39 - len(str(number))]}_{number}"
    return found


def with_question(survey: Survey, question: Question, page_id: str, *, after: str = "") -> Survey:
    """Return the survey with one question more, behind another one or at the end of a page."""

    def put(page: Page) -> Page:
        names = [each.question_id for each in page.questions]
        place = names.index(after) + 1 if after in names else len(names)
        return replace(page, questions=(*page.questions[:place], question, *page.questions[place:]))

    if survey.page(page_id) is None:
        new = Page(page_id=free_name(page_id or "page", page_names(survey)), questions=(question,))
        return replace(survey, pages=(*survey.pages, new))
    return with_page_changed(survey, page_id, put)


def with_page_changed(survey: Survey, page_id: str, change: Callable[[Page], Page]) -> Survey:
    """Return the survey with one page changed."""
    pages = tuple(change(page) if page.page_id == page_id else page for page in survey.pages)
    return replace(survey, pages=pages)


def with_question_changed(survey: Survey, question_id: str, change: Callable[[Question], Question]) -> Survey:
    """Return the survey with one question changed."""
    pages = tuple(
        replace(
            page,
            questions=tuple(
                change(each) if each.question_id == question_id else each for each in page.questions
            ),
        )
        for page in survey.pages
    )
    return replace(survey, pages=pages)


def without_question(survey: Survey, question_id: str) -> Survey:
    """Return the survey without a question. What refers to it stays and is found by the check."""
    pages = tuple(
        replace(page, questions=tuple(each for each in page.questions if each.question_id != question_id))
        for page in survey.pages
    )
    return replace(survey, pages=pages)


def question_moved(survey: Survey, question_id: str, by: int) -> Survey:
    """Return the survey with a question one place further up (-1) or down (1), into the next page at the edge."""
    at = next((n for n, page in enumerate(survey.pages) if _place(page, question_id) is not None), None)
    if at is None:
        return survey
    page = survey.pages[at]
    place = _place(page, question_id) or 0
    if 0 <= place + by < len(page.questions):
        return with_page_changed(
            survey, page.page_id, lambda it: replace(it, questions=shifted(it.questions, place, by))
        )
    if not 0 <= at + by < len(survey.pages):
        return survey
    return question_put(survey, question_id, survey.pages[at + by].page_id, 0 if by > 0 else 10_000)


def question_put(survey: Survey, question_id: str, page_id: str, place: int) -> Survey:
    """Return the survey with a question at a place of a page, counted without it."""
    question = survey.question(question_id)
    if question is None or survey.page(page_id) is None:
        return survey
    return with_page_changed(
        without_question(survey, question_id),
        page_id,
        lambda page: replace(page, questions=(*page.questions[:place], question, *page.questions[place:])),
    )


def page_moved(survey: Survey, page_id: str, by: int) -> Survey:
    """Return the survey with a page one place further up or down."""
    place = next((n for n, page in enumerate(survey.pages) if page.page_id == page_id), None)
    return survey if place is None else replace(survey, pages=shifted(survey.pages, place, by))


def with_page(survey: Survey, *, after: str = "") -> tuple[Survey, str]:
    """Return the survey with one empty page more, and the page's id."""
    made = Page(page_id=free_name("page", page_names(survey)))
    place = next((n for n, page in enumerate(survey.pages, 1) if page.page_id == after), len(survey.pages))
    return replace(survey, pages=(*survey.pages[:place], made, *survey.pages[place:])), made.page_id


def page_names(survey: Survey) -> list[str]:
    """Return the ids that pages and endings have: they share one room, for jumps lead to either."""
    return [*(page.page_id for page in survey.pages), *(each.ending_id for each in survey.endings)]


def shifted(parts: tuple[T, ...], place: int, by: int) -> tuple[T, ...]:
    """Return parts with one of them moved; at an edge it stays.

    >>> shifted(("a", "b", "c"), 0, 1), shifted(("a", "b"), 0, -1)
    (('b', 'a', 'c'), ('a', 'b'))
    """
    to = place + by
    if not (0 <= place < len(parts) and 0 <= to < len(parts)):
        return parts
    found = list(parts)
    found.insert(to, found.pop(place))
    return tuple(found)


def list_part(survey: Survey, name: str, part_id: str) -> int | None:
    """Return the place of a part of one of `LISTS`: by its id, or by its number where it has none."""
    parts: tuple[Any, ...] = getattr(survey, name)
    if not LISTS[name]:
        place = int(part_id) if part_id.isdecimal() and len(part_id) < 4 else -1
        return place if 0 <= place < len(parts) else None
    return next((n for n, each in enumerate(parts) if getattr(each, LISTS[name]) == part_id), None)


def with_list_part(survey: Survey, name: str, place: int | None, part: Any) -> Survey:
    """Return the survey with a part of a list replaced, taken away (None) or added at the end (no place)."""
    parts: tuple[Any, ...] = getattr(survey, name)
    if place is None:
        return replace(survey, **{name: (*parts, part)})
    return replace(
        survey, **{name: (*parts[:place], *(() if part is None else (part,)), *parts[place + 1 :])}
    )


def _place(page: Page, question_id: str) -> int | None:
    return next((n for n, each in enumerate(page.questions) if each.question_id == question_id), None)
