"""Scores over the API: the library's numbers, of one's own workspace, for those who may see them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from a_shop import days_ago
from answers_said import an_answer
from builders import an_event
from safar.listen.answer_rows import Which
from safar.listen.score import ScoreQuestion, score
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.vocabulary.window import Window


@pytest.fixture
def ask(shop: Workspace, browser: Any) -> Any:
    """Ask the API as a viewer of the shop, with a token that may only read."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    member = add_member("viewer@example.com", "viewer", "en", shop.workspace_id, "viewer")
    headers = {"Authorization": f"Bearer {create_token(member, shop.workspace_id, 'script')[1]}"}

    def ask(path: str, body: Any = None) -> Any:
        if body is None:
            return browser.get(f"/api/v1/{path}", headers=headers)
        return browser.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    return ask


@pytest.fixture
def answered(tell: Any) -> None:
    tell(
        *(an_answer("nps", 10, who=f"w{number}", at=days_ago(5), survey="after") for number in range(6)),
        *(
            an_answer("nps", 0, who=f"a{number}", at=days_ago(5), channel="app", marks=["speeder"])
            for number in range(2)
        ),
        *(an_answer("nps", 10, who=f"b{number}", at=days_ago(50)) for number in range(3)),
        an_answer("sat", 5, metric="csat", at=days_ago(5)),
        an_answer("sat", 7, metric="csat", scale=(1, 7), who="t", at=days_ago(5)),
    )


@pytest.mark.usefixtures("answered")
def test_every_score_is_listed(ask: Any) -> None:
    items = ask("scores").json()["items"]
    assert [(each["question_key"], each["kind"], each["answers"]) for each in items] == [
        ("nps", "nps:0-10", 11),
        ("sat", "csat:1-5", 1),
        ("sat", "csat:1-7", 1),
    ]
    assert items[0]["score"]["value"] == pytest.approx(100 * 7 / 11)
    late = ask(f"scores?{urlencode({'start': days_ago(10).isoformat()})}").json()["items"]
    assert late[0]["answers"] == 8


@pytest.mark.usefixtures("answered")
def test_a_score_with_all_that_can_be_asked_of_it(ask: Any, web_home: Home, shop: Workspace) -> None:
    now = {"start": days_ago(10).isoformat(), "end": days_ago(0).isoformat()}
    before = {"compared_start": days_ago(60).isoformat(), "compared_end": days_ago(10).isoformat()}
    found = ask("scores/nps", {**now, **before, "every": "month", "by": "channel"}).json()
    expected = score(
        web_home.log(shop.workspace_id),
        ScoreQuestion(Which("nps"), (Window(days_ago(10), days_ago(0)),)),
    ).scores[0]
    assert expected is not None
    assert expected.estimate is not None
    assert found["score"]["value"] == expected.estimate.value == 50.0
    assert found["score"]["interval"]["low"] == expected.estimate.interval.low
    assert (found["before"]["value"], found["change"]["change"]["value"]) == (100.0, -50.0)
    assert found["marks"] == {"speeder": 2}
    assert [(each["name"], each["score"]["value"]) for each in found["groups"]] == [
        ("web", 100.0),
        ("app", -100.0),
    ]
    assert found["split"]["within"]["value"] == 0.0
    assert found["split"]["mix"]["value"] == -50.0
    assert sum(part["mix"] for part in found["split"]["groups"]) == pytest.approx(-50.0)
    assert sum(point["score"]["n"] for point in found["trend"] if point["score"]) == 8
    assert [each["count"] for each in found["distribution"]] == [2, *[0] * 9, 6]
    assert found["kind"] == "nps:0-10"


@pytest.mark.usefixtures("answered")
def test_the_split_of_a_weighted_score_says_that_it_is_not_weighted(ask: Any, tell: Any) -> None:
    tell(an_answer("nps", 0, who="then", at=days_ago(50), channel="app"))
    now = {"start": days_ago(10).isoformat(), "end": days_ago(0).isoformat()}
    before = {"compared_start": days_ago(60).isoformat(), "compared_end": days_ago(10).isoformat()}
    asked = {**now, **before, "by": "channel"}
    plain = ask("scores/nps", asked).json()
    assert "mix.unweighted" not in {each["code"] for each in plain["notes"]}
    margins = [{"by": "channel", "shares": {"web": 0.5, "app": 0.5}}]
    weighed = ask("scores/nps", {**asked, "margins": margins}).json()
    assert weighed["split"] == plain["split"]
    assert [each["code"] for each in weighed["notes"]].count("mix.unweighted") == 1


def test_what_must_be_known_beside_a_score(ask: Any, tell: Any) -> None:
    tell(
        *(
            an_event(
                "survey_sent",
                days_ago(9),
                customer=f"c{number}",
                properties={"survey": "after", "invitation_id": f"i{number}"},
            )
            for number in range(4)
        ),
        an_answer("nps", 10, who="c0", at=days_ago(8), survey="after", invitation_id="i0"),
        an_answer("nps", 0, who="x", at=days_ago(1), survey="after"),
        *(
            an_event(
                f"survey_{how}",
                days_ago(1),
                customer=how,
                properties={"survey": "after", "response_id": f"r{place}"} | said,
            )
            for place, (how, said) in enumerate(
                (("completed", {}), ("stopped", {}), ("stopped", {"is_screened": True}))
            )
        ),
    )
    found = ask("scores/nps", {"start": days_ago(10).isoformat()}).json()
    assert found["definition"]["meaning"].startswith("شاخص خالص مروجان")  # the shop speaks Persian
    assert "p + d" in found["definition"]["method"]
    assert (found["response_rate"]["value"], found["response_rate"]["n"]) == (0.25, 4)
    assert (found["completion_rate"]["value"], found["completion_rate"]["n"]) == (0.5, 2)
    # one promoter, one detractor: a variance of 10,000; (1.960 + 0.842) · √(10,000 · 2/2)
    assert found["detectable_change"] == pytest.approx(280.16, abs=0.01)
    assert {"code": "completion.screened", "facts": {"count": 1}} in found["notes"]


@pytest.mark.usefixtures("answered")
def test_weights_and_marks(ask: Any) -> None:
    start = {"start": days_ago(10).isoformat()}
    margins = [{"by": "channel", "shares": {"web": 0.5, "app": 0.5}}]
    found = ask("scores/nps", {**start, "margins": margins}).json()
    assert found["score"]["value"] == pytest.approx(0.0)
    assert found["effective_n"] == pytest.approx(6.0)
    assert ask("scores/nps", {**start, "leave_out": ["speeder"]}).json()["score"]["value"] == 100.0


@pytest.mark.usefixtures("answered")
def test_what_is_refused_says_why(ask: Any) -> None:
    mixed = ask("scores/sat", {})
    assert (mixed.status_code, mixed.json()["code"]) == (422, "score.mixed_scales")
    assert ask("scores/sat", {"kind": "csat:1-7"}).json()["score"]["n"] == 1
    unknown = ask("scores/npss", {})
    assert unknown.json()["code"] == "score.unknown_key"
    off = ask("scores/nps", {"margins": [{"by": "channel", "shares": {"web": 0.5}}]})
    assert off.json()["code"] == "weighting.margin_refused"
    assert ask("scores/nps", {"segment_id": "another"}).status_code == 404
    assert ask("scores/nps", {"colour": "red"}).status_code == 422
