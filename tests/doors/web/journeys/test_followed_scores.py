"""Scores of surveys are watched as saved questions are: on Today, told when they leave their interval."""

from __future__ import annotations

from typing import Any

import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.store.registry import Workspace

jobs = Later("safar.doors.web.journeys.jobs")
models = Later("safar.doors.web.journeys.models")
hooks = Later("safar.doors.web.hooks.services")
deliveries = Later("safar.doors.web.hooks.models")
actors = Later("safar.doors.web.audit.actor")


def answers(value: int, count: int, days: int, name: str) -> list[Any]:
    properties = {
        "question_key": "nps",
        "metric": "nps",
        "scale_min": 0,
        "scale_max": 10,
        "direction": "higher_is_better",
        "value": value,
    }
    return [
        an_event("survey_answered", days_ago(days), customer=f"{name}{number}", properties=properties)
        for number in range(count)
    ]


def plain(answer: Any) -> str:
    """The page without the marks that keep numbers apart from words."""
    return answer.content.decode().translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f")))


def read() -> int:
    return int(jobs.read_saved.run(Later("safar.doors.web.work.registry").Progress(), {})["raised"])


@pytest.fixture
def asked(shop: Workspace) -> dict[str, str]:
    return {"key": "nps", "kind": "nps:0-10", "span": "90d", "title": "NPS"}


def test_a_score_that_leaves_its_interval_is_told(
    shop: Workspace, tell: Any, let_in: Any, asked: dict[str, str]
) -> None:
    browser = let_in("en", "analyst")
    hook = hooks.create(shop, "https://receiver.example/", ["score.alert"], by=actors.SYSTEM)
    hooks.change(shop, hook, is_on=True, by=actors.SYSTEM)
    tell(*answers(9, 60, 20, "a"), *answers(3, 20, 20, "b"))
    browser.post(f"/w/{shop.workspace_id}/journeys/saved/score", asked)
    saved = models.SavedQuestion.objects.get()
    assert (saved.kind, saved.is_pinned, saved.is_watched) == ("score-points", True, True)
    assert saved.reference["value"] == 50.0
    assert saved.reference["n"] == 80
    tell(*answers(9, 5, 10, "c"))
    assert read() == 0
    tell(*answers(1, 90, 5, "d"))
    assert read() == 1
    alert = models.Alert.objects.get()
    assert alert.now["n"] == 175
    assert deliveries.Delivery.objects.get().kind == "score.alert"
    page = plain(browser.get(f"/w/{shop.workspace_id}/journeys/saved"))
    assert "NPS" in page
    assert "The score is −25.7 now" in page
    found = browser.get(f"/w/{shop.workspace_id}/journeys/saved/{saved.pk}")
    assert found["Location"].endswith("/listen/scores/one?key=nps&kind=nps%3A0-10&span=90d")
    assert "Watch it no more" in browser.get(found["Location"]).content.decode()
    browser.post(f"/w/{shop.workspace_id}/journeys/saved/score", asked)
    assert not models.SavedQuestion.objects.exists()


def test_nothing_is_watched_before_somebody_answered(
    shop: Workspace, let_in: Any, asked: dict[str, str]
) -> None:
    let_in("en", "analyst").post(f"/w/{shop.workspace_id}/journeys/saved/score", asked)
    assert not models.SavedQuestion.objects.exists()
