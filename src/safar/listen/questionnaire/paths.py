"""Where a finding is: paths of parts of a survey."""

from __future__ import annotations

from collections.abc import Iterator

from .anatomy import Page, Survey
from .questions import Question


def page_path(page: Page) -> str:
    """Return the path of a page."""
    return f"pages[{page.page_id}]"


def asked(survey: Survey) -> Iterator[tuple[str, Page, Question]]:
    """Yield every question with its path and its page."""
    for page in survey.pages:
        for question in page.questions:
            yield f"{page_path(page)}.questions[{question.question_id}]", page, question


def page_of(survey: Survey, question_id: str) -> Page | None:
    """Return the page that a question is on, or None."""
    return next((page for _, page, each in asked(survey) if each.question_id == question_id), None)
