"""Saved questions: kept at a stable address, pinned to Today, watched, told of, acknowledged, and all of it noted."""

from __future__ import annotations

import pytest

from a_shop import days_ago
from builders import an_event
from mailing import subject_of, text_of
from page_rows import plain

QUERY = "step=page&step=product_viewed&within=5d"


@pytest.fixture
def save(desk):
    """Save a question by the page's form; return its key."""

    def save(browser, query: str = QUERY, kind: str = "funnel", title: str = "To the product") -> int:
        from safar.doors.web.journeys.models import SavedQuestion

        form = {"kind": kind, "query": query, "title": title, "notes": "Of the spring."}
        assert browser.post(desk("/saved/new"), form).status_code == 302
        return SavedQuestion.objects.latest("pk").pk

    return save


def noted() -> list[str]:
    from safar.doors.web.audit.models import Change

    return list(
        Change.objects.filter(action__startswith="question.").order_by("pk").values_list("action", flat=True)
    )


def read_saved() -> dict[str, object]:
    from safar.doors.web.journeys.jobs import read_saved as job
    from safar.doors.web.work.jobs import Progress

    return job.call(Progress())


def test_a_saved_question_keeps_its_address(let_in, desk, ten_paths, save) -> None:
    browser = let_in("en", "analyst")
    saved_id = save(browser)
    answer = browser.get(desk(f"/saved/{saved_id}"), follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer.redirect_chain[0][0].endswith(f"/journeys/funnel?{QUERY}&saved={saved_id}")
    assert "To the product" in text
    assert "Of the spring." in text
    assert "60.0% (31.3% to 83.2%)" in plain(text)
    listed = browser.get(desk("/saved")).content.decode()
    assert f'href="{desk(f"/saved/{saved_id}")}"' in listed
    assert noted() == ["question.saved"]


def test_title_and_notes_change_and_it_goes(let_in, desk, ten_paths, save) -> None:
    from safar.doors.web.journeys.models import SavedQuestion

    browser = let_in("en", "analyst")
    saved_id = save(browser)
    assert "To the product" in browser.get(desk(f"/saved/{saved_id}/edit")).content.decode()
    assert browser.post(desk(f"/saved/{saved_id}/edit"), {"title": "", "notes": ""}).status_code == 422
    browser.post(desk(f"/saved/{saved_id}/edit"), {"title": "Renamed", "notes": "Other words"})
    found = SavedQuestion.objects.get(pk=saved_id)
    assert (found.title, found.notes) == ("Renamed", "Other words")
    assert browser.get(desk(f"/saved/{saved_id}/delete")).status_code == 200
    assert SavedQuestion.objects.count() == 1
    browser.post(desk(f"/saved/{saved_id}/delete"))
    assert not SavedQuestion.objects.exists()
    assert noted() == ["question.saved", "question.changed", "question.deleted"]


def test_what_a_saved_question_asks_is_replaced(let_in, desk, ten_paths, save) -> None:
    from safar.doors.web.journeys.models import SavedQuestion

    browser = let_in("en", "analyst")
    saved_id = save(browser)
    other = f"step=page&step=order_placed&within=5d&saved={saved_id}"
    assert (
        "This page asks something else than what is saved."
        in browser.get(desk(f"/funnel?{other}")).content.decode()
    )
    browser.post(desk(f"/saved/{saved_id}/do/replace"), {"query": other})
    assert SavedQuestion.objects.get(pk=saved_id).query == "step=page&step=order_placed&within=5d"
    assert "something else" not in browser.get(desk(f"/saved/{saved_id}"), follow=True).content.decode()


def test_a_pinned_question_stands_on_today(let_in, desk, shop, ten_paths, save) -> None:
    browser = let_in("en", "analyst")
    saved_id = save(browser)
    browser.post(desk(f"/saved/{saved_id}/do/pin"))
    text = browser.get(f"/w/{shop.workspace_id}/today").content.decode()
    assert "Pinned questions" in text
    assert f'href="{desk(f"/saved/{saved_id}")}"' in text
    assert "60.0%" in plain(text)
    assert "95% interval: 31.3% to 83.2%, n = 10" in plain(text)
    browser.post(desk(f"/saved/{saved_id}/do/unpin"))
    assert "Pinned questions" not in browser.get(f"/w/{shop.workspace_id}/today").content.decode()
    assert noted() == ["question.saved", "question.pinned", "question.unpinned"]


def test_an_alert_when_the_number_leaves_its_interval(let_in, desk, shop, ten_paths, save, tell) -> None:
    from safar.doors.web.journeys.models import Alert, Reading

    browser = let_in("en", "analyst")
    saved_id = save(browser)
    browser.post(desk(f"/saved/{saved_id}/do/watch"))
    assert read_saved() == {"raised": 0}
    tell(an_event("page", days_ago(4), customer="one more"))
    assert read_saved() == {"raised": 0}, "6 of 11 lies within what 6 of 10 had"
    tell(*(an_event("page", days_ago(4), customer=f"n{number}") for number in range(80)))
    assert read_saved() == {"raised": 1}, "6 of 91 does not"
    assert read_saved() == {"raised": 0}
    tell(*(an_event("page", days_ago(3), customer=f"m{number}") for number in range(80)))
    assert read_saved() == {"raised": 0}, "one that is open is enough"
    assert [round(each.value, 3) for each in Reading.objects.order_by("pk")] == [0.6, 0.545, 0.066, 0.035]
    text = plain(browser.get(f"/w/{shop.workspace_id}/today").content.decode())
    assert "Conversion is 6.6% now (3.1% to 13.6%). It was 60.0% (31.3% to 83.2%)." in text
    assert "left its interval" in browser.get(desk("/saved")).content.decode()
    alert = Alert.objects.get()
    assert browser.post(desk(f"/alerts/{alert.pk}")).status_code == 302
    assert "left its interval" not in browser.get(desk("/saved")).content.decode()
    assert read_saved() == {"raised": 0}, "from now on it is compared with what it is now"
    assert noted() == [
        "question.saved", "question.watched", "question.alert_raised", "question.alert_acknowledged",
    ]  # fmt: skip


def test_a_mail_tells_who_saved_it(let_in, desk, ten_paths, save, tell, mail_server) -> None:
    from django.test import override_settings

    browser = let_in("en", "analyst")
    saved_id = save(browser)
    browser.post(desk(f"/saved/{saved_id}/do/watch"))
    tell(*(an_event("page", days_ago(4), customer=f"n{number}") for number in range(80)))
    with override_settings(PUBLIC_URL="https://cx.example"):
        read_saved()
        [mail] = mail_server.wait_for(1)
    assert mail["To"] == "sara@example.com"
    assert subject_of(mail) == "To the product has changed"
    assert "Conversion is 6.7% now. It was 60.0%, in the interval 31.3% to 83.2%." in plain(text_of(mail))
    assert f"https://cx.example{desk(f'/saved/{saved_id}')}" in text_of(mail)


def test_counts_are_pinned_but_not_watched(let_in, desk, ten_paths, save) -> None:
    from safar.doors.web.journeys.models import SavedQuestion

    browser = let_in("en", "analyst")
    saved_id = save(browser, "", "flow", "All ways")
    assert browser.post(desk(f"/saved/{saved_id}/do/pin")).status_code == 302
    assert browser.post(desk(f"/saved/{saved_id}/do/watch")).status_code == 400
    assert browser.post(desk(f"/saved/{saved_id}/do/else")).status_code == 404
    found = SavedQuestion.objects.get()
    assert (found.is_pinned, found.is_watched) == (True, False)


@pytest.mark.parametrize("role", ["agent", "viewer"])
def test_who_may_not_save_may_read(let_in, desk, shop, ten_paths, save, role: str) -> None:
    from django.test import Client

    from safar.doors.web.journeys.models import SavedQuestion
    from safar.doors.web.members.services import add_member

    saved_id = save(let_in("en", "analyst"))
    other = Client(SERVER_NAME="127.0.0.1")
    other.force_login(add_member("x@example.com", "X", "en", shop.workspace_id, role))
    text = other.get(desk(f"/saved/{saved_id}"), follow=True).content.decode()
    assert "To the product" in text
    assert "/do/pin" not in text
    for address in (
        "/saved/new",
        f"/saved/{saved_id}/do/pin",
        f"/saved/{saved_id}/edit",
        f"/saved/{saved_id}/delete",
    ):
        assert other.post(desk(address), {"title": "X", "kind": "flow"}).status_code == 403
    found = SavedQuestion.objects.get()
    assert (found.title, found.is_pinned) == ("To the product", False)


def test_a_made_up_kind_is_not_saved(let_in, desk) -> None:
    from safar.doors.web.journeys.models import SavedQuestion

    form = {"kind": "everything", "query": "", "title": "X"}
    assert let_in("en", "analyst").post(desk("/saved/new"), form).status_code == 404
    assert not SavedQuestion.objects.exists()


def test_a_title_is_seen_and_turns_no_line(let_in, desk, ten_paths, save) -> None:
    from safar.doors.web.journeys.models import SavedQuestion

    browser = let_in("en", "analyst")
    form = {"kind": "flow", "query": "", "title": "\u200b\u202e\u3164"}
    assert browser.post(desk("/saved/new"), form).status_code == 422
    assert not SavedQuestion.objects.exists()
    save(browser, title="\u202eراه\u200cها \u200b")
    assert SavedQuestion.objects.get().title == "راه\u200cها"


def test_a_text_in_a_title_stays_a_text(let_in, desk, ten_paths, save) -> None:
    browser = let_in("en", "analyst")
    save(browser, title="<img src=x onerror=alert(1)>")
    text = browser.get(desk("/saved")).content.decode()
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_readings_are_kept_a_while(let_in, desk, ten_paths, save) -> None:
    from safar.doors.web.journeys.metric import Metric
    from safar.doors.web.journeys.models import Reading
    from safar.doors.web.journeys.services import note_reading

    saved_id = save(let_in("en", "analyst"))
    for number in range(205):
        note_reading(saved_id, Metric(float(number), None, number), str(number))
    values = list(Reading.objects.order_by("pk").values_list("value", flat=True))
    assert values == [float(number) for number in range(5, 205)]
