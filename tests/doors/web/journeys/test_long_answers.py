"""Answers that take longer than a reader waits: computed in the background, with progress, cancelled, kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

QUERY = "step=page&step=product_viewed"


@pytest.fixture
def impatient(monkeypatch):
    """A reader who waits for nothing."""
    from safar.doors.web.journeys import asking

    monkeypatch.setattr(asking, "PATIENCE", timedelta(seconds=-1))


@pytest.fixture
def shards(web_home, shop, ten_paths) -> int:
    """Return how many shards the log has: more than one, a walk that can be ended in the middle."""
    log = web_home.log(shop.workspace_id)
    log.compact()
    found = len(log.paths().shards)
    assert found > 1
    return found


def work_now() -> int:
    from safar.doors.web.work.worker import Worker

    return Worker().run_waiting()


def test_it_is_computed_in_the_background_and_kept(let_in, desk, ten_paths, impatient, shards) -> None:
    from safar.doors.web.work.models import Work

    browser = let_in("en", "analyst")
    text = browser.get(desk(f"/funnel?{QUERY}")).content.decode()
    assert "This answer takes a while" in text
    assert re.search(r'class="work"[^>]*hx-get="', text)
    again = browser.get(desk(f"/funnel?{QUERY}")).content.decode()
    assert "This answer takes a while" in again
    assert Work.objects.filter(kind="journeys.answer").count() == 1, "who asks again waits for the same"
    assert work_now() == 1
    work = Work.objects.get(kind="journeys.answer")
    assert (work.status, work.result) == ("succeeded", {"events": 23})
    assert (work.done, work.total) == (shards, shards)
    shown = browser.get(desk(f"/funnel?{QUERY}")).content.decode()
    assert "60.0%" in shown
    assert Work.objects.filter(kind="journeys.answer").count() == 1


def test_it_can_be_cancelled_and_asked_again(let_in, desk, shop, ten_paths, impatient, shards) -> None:
    from safar.doors.web.work.models import Work

    browser = let_in("en", "analyst")
    browser.get(desk(f"/funnel?{QUERY}"))
    work = Work.objects.get(kind="journeys.answer")
    browser.post(f"/w/{shop.workspace_id}/work/{work.work_id}/cancel")
    text = browser.get(desk(f"/funnel?{QUERY}")).content.decode()
    assert "Cancelled" in text
    browser.post(f"/w/{shop.workspace_id}/work/{work.work_id}/retry")
    assert work_now() == 1
    assert "60.0%" in browser.get(desk(f"/funnel?{QUERY}")).content.decode()


def test_what_another_process_computed_is_computed_here(let_in, desk, impatient, shards) -> None:
    from safar.doors.web.work.models import Work

    browser = let_in("en", "analyst")
    browser.get(desk(f"/funnel?{QUERY}"))
    Work.objects.filter(kind="journeys.answer").update(status="succeeded")
    assert "60.0%" in browser.get(desk(f"/funnel?{QUERY}")).content.decode()
    assert Work.objects.filter(kind="journeys.answer").count() == 1


def test_what_failed_is_told_once_and_begun_anew(let_in, desk, impatient, shards) -> None:
    from safar.doors.web.work.models import Work

    browser = let_in("en", "analyst")
    browser.get(desk(f"/funnel?{QUERY}"))
    Work.objects.filter(kind="journeys.answer").update(status="failed", error_code="fault")
    assert "Something broke on our side." in browser.get(desk(f"/funnel?{QUERY}")).content.decode()
    browser.get(desk(f"/funnel?{QUERY}"))
    assert Work.objects.filter(kind="journeys.answer").count() == 2
