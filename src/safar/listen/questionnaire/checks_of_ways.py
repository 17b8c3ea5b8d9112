"""Checks of the ways through a survey: what nobody reaches, what nobody can leave."""

from __future__ import annotations

from collections.abc import Iterator

from safar.vocabulary.errors import Json

from .anatomy import END, Survey
from .findings import Finding
from .paths import asked, page_path
from .rough_ways import RoughWays
from .samples import samples
from .walk import leads
from .ways import Ways, ways


def led(survey: Survey) -> Iterator[Finding]:
    """Yield what is out of reach, dead ends, and circles."""
    found = ways(survey)
    if found.is_whole:
        yield from _by_ways(survey, found)
    else:
        yield Finding("survey.partly_checked", "pages")
        yield from _roughly(survey)


def _by_ways(survey: Survey, found: Ways) -> Iterator[Finding]:
    yield from _unreached(survey, found.pages, found.questions)
    yield from _dead_ends(survey, found.dead_ends)
    if found.circles:
        pages: list[Json] = list(found.circles)
        yield Finding("loop.endless", f"pages[{found.circles[0]}]", {"pages": pages, "is_sure": True})
    for place, jump in enumerate(survey.jumps):
        facts: dict[str, Json] = {"after": jump.after, "to": jump.to}
        if place not in found.jumps and jump.after in found.pages and leads(survey, jump.to):
            yield Finding("jump.never", f"jumps[{place}]", facts)
        elif place in found.back and jump.after not in found.circles:
            yield Finding("loop.possible", f"jumps[{place}]", facts)
    of_quotas = {quota.then for quota in survey.quotas}
    for ending in survey.endings:
        if ending.ending_id not in found.endings | of_quotas:
            yield Finding("ending.unreachable", f"endings[{ending.ending_id}]", {"ending": ending.ending_id})
    if survey.endings and END in found.endings:
        yield Finding("ending.none_fits", "endings")


def _roughly(survey: Survey) -> Iterator[Finding]:
    rough = RoughWays(survey)
    pages = rough.reachable()
    questions = {
        each.question_id
        for _, page, each in asked(survey)
        if page.page_id in pages and rough.can_hold(each.show_when)
    }
    yield from _unreached(survey, pages, questions)
    yield from _dead_ends(
        survey,
        {
            each.question_id
            for each in survey.questions
            if each.question_id in questions and not samples(each).answers
        },
    )
    order = {page.page_id: place for place, page in enumerate(survey.pages)}
    for page in survey.pages:
        back = [
            place
            for place, jump in enumerate(survey.jumps)
            if jump.after == page.page_id and order.get(jump.to, len(order)) <= order[page.page_id]
        ]
        if not back or page.page_id not in pages:
            continue
        if rough.can_be_left_forwards(page):
            for place in back:
                jump = survey.jumps[place]
                yield Finding("loop.possible", f"jumps[{place}]", {"after": jump.after, "to": jump.to})
        else:
            yield Finding("loop.endless", page_path(page), {"pages": [page.page_id], "is_sure": False})


def _unreached(survey: Survey, pages: set[str], questions: set[str]) -> Iterator[Finding]:
    for page in survey.pages:
        if page.questions and page.page_id not in pages:
            yield Finding("page.unreachable", page_path(page), {"page": page.page_id})
    for path, page, question in asked(survey):
        if page.page_id in pages and question.question_id not in questions:
            yield Finding("question.unreachable", path, {"question": question.question_id})


def _dead_ends(survey: Survey, questions: set[str]) -> Iterator[Finding]:
    for path, _, question in asked(survey):
        if question.question_id in questions:
            yield Finding("question.dead_end", path, {"question": question.question_id})
