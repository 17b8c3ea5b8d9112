"""The desk Value of another company: no page, file, list or saved question of it opens for anybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from safar.store.home import Home
from two_workspaces import Company, mentions, state_of

#: What stands behind the address of a page: itself, the page with a further table, its files, who is behind a number.
WAYS = (
    "",
    "?export=csv",
    "?export=xlsx",
    "?export=parquet&table=customer_table",
    "/behind",
    "/behind?export=csv",
)


@pytest.fixture
def pages(web_home: Home) -> list[str]:
    from safar.doors.web.journeys.kinds import pages_of

    found = [page.key for page in pages_of("value")]
    assert len(found) > 15
    return found


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def test_no_page_or_file_of_another_company_opens(
    browser: Any, ours: Company, theirs: Company, pages: list[str]
) -> None:
    browser.force_login(ours.members["owner"])
    for below in ("", *(f"/{page}{way}" for page in pages for way in WAYS)):
        answer = browser.get(f"/w/{theirs.place}/value{below}")
        assert answer.status_code == 404, below
        assert not mentions(body_of(answer), theirs), below


def test_a_stranger_is_led_to_the_door(browser: Any, theirs: Company, pages: list[str]) -> None:
    for page in pages:
        answer = browser.get(f"/w/{theirs.place}/value/{page}?export=csv")
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/sign-in"), page


def test_a_saved_question_of_another_company_names_nothing_in_ours(
    web_home: Home, browser: Any, ours: Company, theirs: Company, pages: list[str]
) -> None:
    before = state_of(web_home, theirs)
    browser.force_login(ours.members["owner"])
    saved_id = theirs.ids["saved_worth_id"]
    for below, method in (
        ("", "get"),
        ("/edit", "get"),
        ("/edit", "post"),
        ("/delete", "post"),
        ("/do/pin", "post"),
    ):
        answer = getattr(browser, method)(f"/w/{ours.place}/journeys/saved/{saved_id}{below}")
        assert answer.status_code in ({404, 405} if not below else {404}), (below, method)
        assert not mentions(body_of(answer), theirs), below
    for page in pages:
        answer = browser.get(f"/w/{ours.place}/value/{page}?saved={saved_id}")
        assert answer.status_code == 200, page
        assert not mentions(body_of(answer), theirs), page
    own = browser.get(f"/w/{ours.place}/value/clv?saved={ours.ids['saved_worth_id']}")
    assert f"{ours.word} worth" in body_of(own).decode(), "one's own is shown"
    assert state_of(web_home, theirs) == before


def test_a_token_asks_its_own_log_alone(browser: Any, ours: Company, theirs: Company) -> None:
    from safar.act.questions import VALUE

    for kind in VALUE:
        for asked in ({}, {"workspace_id": theirs.place}, {"workspace": theirs.place}):
            answer = browser.post(
                f"/api/v1/questions/{kind.name}",
                json.dumps(asked),
                content_type="application/json",
                headers={"Authorization": f"Bearer {ours.secrets['owner']}"},
            )
            said = body_of(answer)
            assert answer.status_code in ({200, 422} if not asked else {422}), kind.name
            assert not mentions(said.replace(theirs.place.encode(), b""), theirs), kind.name
