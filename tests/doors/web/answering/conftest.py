"""Surveys to answer: published in a shop of their own, with links to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from safar.store.home import Home
from safar.store.registry import Workspace

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Asked:
    """A published survey and a link to it."""

    workspace: Workspace
    survey_id: str
    token: str

    @property
    def address(self) -> str:
        return f"/s/{self.token}"


@pytest.fixture
def ask(shop: Workspace) -> Callable[..., Asked]:
    """Publish a survey, and make a link to it."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.inviting.services import make_link
    from safar.doors.web.surveys import services
    from safar.listen.questionnaire.anatomy import read

    def ask(document: dict[str, Any], kind: str = "open", **link: Any) -> Asked:
        by = Actor("system")
        survey_id = services.create(shop, read(document), by=by)
        services.publish(shop, survey_id, by=by)
        made = make_link(shop, survey_id, kind, by=by, **link)
        return Asked(shop, survey_id, made.token)

    return ask


def a_survey(*pages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A survey in English and Persian of these pages of questions."""
    return {
        "format": "safar.survey/1",
        "key": "asked",
        "name": {"en": "How are we doing?", "fa": "حال ما چطور است؟"},
        "languages": ["en", "fa"],
        "pages": [
            {"page_id": f"p{place}", "questions": list(questions)} for place, questions in enumerate(pages, 1)
        ],
    } | more


def nps(**more: Any) -> dict[str, Any]:
    return {"kind": "nps", "question_id": "nps", "title": {"en": "Recommend?", "fa": "توصیه؟"}} | more


def text(question_id: str = "why", **more: Any) -> dict[str, Any]:
    return {"kind": "text", "question_id": question_id, "title": {"en": "Why?", "fa": "چرا؟"}} | more


def single(question_id: str, *choices: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "single",
        "question_id": question_id,
        "title": {"en": question_id, "fa": question_id},
        "choices": [{"choice_id": each, "words": {"en": each, "fa": each}} for each in choices],
    } | more


class Respondent:
    """Somebody who answers page by page without JavaScript, on the forms that he is shown."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser = browser
        self.address = address
        self.page = browser.get(address)

    @property
    def html(self) -> str:
        return self.page.content.decode()

    @property
    def form(self) -> dict[str, str]:
        """What the form carries."""
        return dict(_HIDDEN.findall(self.html))

    @property
    def heading(self) -> str:
        return re.findall(r"<h1[^>]*>(.*?)</h1>", self.html)[0]

    @property
    def errors(self) -> list[str]:
        return re.findall(r'class="error".*?</svg>([^<]*)', self.html)

    def send(self, form: dict[str, str] | None = None, /, **controls: Any) -> Any:
        """Send the page, and look where that leads."""
        sent = {**(self.form if form is None else form), "_does": "next"}
        sent |= {name.replace("__", "."): value for name, value in controls.items()}
        answer = self.browser.post(self.address, sent)
        self.page = self.browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer
        return answer


@pytest.fixture
def respond(browser: Any) -> Callable[[str], Respondent]:
    """Let somebody open an address."""
    return lambda address: Respondent(browser, address)


@pytest.fixture
def heard(web_home: Home, shop: Workspace) -> Callable[[str], list[Any]]:
    """Ask the log of the shop."""
    return lambda query: web_home.log(shop.workspace_id).sql(query).rows()
