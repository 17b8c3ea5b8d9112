"""Pages of background work: who sees what, what follows itself, what the buttons do."""

from __future__ import annotations

import re

import pytest

from safar.store.registry import Workspace

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def jobs(web_home):
    import work_jobs

    return work_jobs


@pytest.fixture
def asked(shop: Workspace, jobs):
    """Start a piece of work in a member's name; return it."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.work.services import start

    def asked(member, job=jobs.fail, title="orders.csv", **arguments):
        arguments = arguments or {"how": "defect"}
        return start(
            job, by=Actor("member", member), workspace_id=shop.workspace_id, title=title, **arguments
        )

    return asked


@pytest.fixture
def done(web_home):
    """Do everything that waits."""
    from safar.doors.web.work.worker import Worker

    return Worker().run_waiting


@pytest.fixture
def people(shop: Workspace):
    from safar.doors.web.members.services import add_member

    return {
        role: add_member(f"{role}@example.com", role.title(), "en", shop.workspace_id, role)
        for role in ("manager", "analyst", "viewer")
    }


@pytest.fixture
def as_(browser, people):
    def as_(role: str):
        browser.force_login(people[role])
        return browser

    return as_


def piece_of(work, workspace: Workspace | None = None) -> str:
    """The address of a piece of work, as if it were of a workspace."""
    from django.urls import reverse

    workspace_id = work.workspace_id if workspace is None else workspace.workspace_id
    return reverse("work-piece", args=[workspace_id, work.work_id])


def text_of(response) -> str:
    return response.content.decode()


def state_of(work) -> str:
    work.refresh_from_db()
    return work.status


def test_a_member_sees_his_own_work_and_a_manager_everybodys(shop, people, as_, asked) -> None:
    asked(people["analyst"], title="mine.csv")
    asked(people["manager"], title="managers.csv")
    address = f"/w/{shop.workspace_id}/work"
    own = text_of(as_("analyst").get(address))
    assert ("mine.csv" in own, "managers.csv" in own) == (True, False)
    everybodys = text_of(as_("manager").get(address))
    assert ("mine.csv" in everybodys, "managers.csv" in everybodys) == (True, True)
    assert everybodys.index("managers.csv") < everybodys.index("mine.csv")
    nothing = text_of(as_("viewer").get(address))
    assert "Nothing has been done in the background yet" in nothing


def test_a_list_goes_on_by_key(shop, people, as_, asked) -> None:
    for number in range(35):
        asked(people["analyst"], title=f"file-{number:02}.csv")
    browser = as_("analyst")
    first = text_of(browser.get(f"/w/{shop.workspace_id}/work"))
    assert re.findall(r"file-\d\d", first) == [f"file-{number:02}" for number in range(34, 4, -1)]
    (following,) = re.findall(r'rel="next" href="\?([^"]+)"', first)
    second = text_of(browser.get(f"/w/{shop.workspace_id}/work?{following}"))
    assert re.findall(r"file-\d\d", second) == [f"file-{number:02}" for number in range(4, -1, -1)]
    assert 'rel="next"' not in second
    assert 'href="?"' in second
    assert browser.get(f"/w/{shop.workspace_id}/work?after=nonsense").status_code == 400


def test_a_part_follows_itself_until_it_has_ended(shop, people, as_, asked, done) -> None:
    work = asked(people["analyst"])
    address = piece_of(work)
    then = f"/w/{shop.workspace_id}/imports"
    browser = as_("analyst")
    live = browser.get(f"{address}?then={then}", headers=PART)
    assert f'hx-get="{address}?then=' in text_of(live)
    assert "<html" not in text_of(live)
    assert "HX-Redirect" not in live.headers
    done()
    ended = browser.get(f"{address}?then={then}", headers=PART)
    assert "hx-get" not in text_of(ended)
    assert ended.headers["HX-Redirect"] == then
    assert "Something broke on our side" in text_of(ended)
    for elsewhere in ("https://evil.example/", "//evil.example", "/w/another/today"):
        answer = browser.get(address, {"then": elsewhere}, headers=PART)
        assert "HX-Redirect" not in answer.headers
    whole = text_of(browser.get(address))
    assert "<html" in whole
    assert "work.defect" in whole


def test_the_buttons_cancel_and_retry(shop, people, as_, asked, done) -> None:
    work = asked(people["analyst"])
    address = piece_of(work)
    browser = as_("analyst")
    assert browser.get(f"{address}/cancel").status_code == 405
    answer = browser.post(f"{address}/cancel")
    assert (answer.status_code, answer.url) == (302, f"/w/{shop.workspace_id}/work")
    assert state_of(work) == "cancelled"
    back = f"/w/{shop.workspace_id}/today"
    assert browser.post(f"{address}/retry", {"next": back}).url == back
    assert state_of(work) == "waiting"
    done()
    assert browser.post(f"{address}/retry", {"next": "https://evil.example/"}).url.startswith("/w/")
    assert state_of(work) == "waiting"


def test_what_is_not_for_a_member_is_not_there(shop, people, as_, asked, done, web_home) -> None:
    from safar.doors.web.members.services import add_member

    work = asked(people["manager"])
    address = piece_of(work)
    for role in ("analyst", "viewer"):
        browser = as_(role)
        assert browser.get(address).status_code == 404
        assert browser.post(f"{address}/cancel").status_code == 404
    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-b")
    stranger = add_member("b@example.com", "", "en", other.workspace_id, "owner")
    browser.force_login(stranger)
    assert browser.post(f"{address}/cancel").status_code == 404
    assert browser.get(piece_of(work, other)).status_code == 404
    assert browser.post(f"{piece_of(work, other)}/cancel").status_code == 404
    assert state_of(work) == "waiting"


def test_who_may_do_such_work_may_follow_it_but_not_end_it(shop, people, as_, asked, jobs) -> None:
    from safar.doors.web.members.services import add_member

    owner = add_member("o@example.com", "", "en", shop.workspace_id, "owner")
    work = asked(owner, jobs.add, numbers=[1])
    assert as_("analyst").get(piece_of(work)).status_code == 404
    counting = asked(owner, jobs.count, file="x", to=1)
    followed = text_of(as_("manager").get(piece_of(counting)))
    assert f"{counting.work_id}/cancel" in followed


def test_the_sign_in_the_bar_says_what_goes_on_and_what_failed_until_it_was_seen(
    shop, people, as_, asked, done
) -> None:
    today, works = f"/w/{shop.workspace_id}/today", f"/w/{shop.workspace_id}/work"
    browser = as_("analyst")
    assert "work-sign" not in text_of(browser.get(today))
    asked(people["analyst"])
    assert "1 piece of your work is under way" in text_of(browser.get(today))
    done()
    assert "1 piece of your work failed" in text_of(browser.get(today))
    assert "work-sign" not in text_of(as_("manager").get(today))
    browser = as_("analyst")
    assert "orders.csv" in text_of(browser.get(works))
    assert "work-sign" not in text_of(browser.get(today))


@pytest.mark.parametrize(
    ("language", "state", "line"),
    [("fa", "انجام شد", "۳ از ۳"), ("ar", "تم", "٣ من ٣"), ("en", "Done", "3 of 3 (100%)")],
)
def test_work_is_told_in_the_readers_words(shop, let_in, asked, jobs, done, language, state, line) -> None:
    from safar.doors.web.members.models import Member

    browser = let_in(language, "manager")
    asked(Member.objects.get(), jobs.add, title="سفارش.csv", numbers=[1, 2, 3])
    done()
    page = text_of(browser.get(f"/w/{shop.workspace_id}/work"))
    assert state in page
    assert line in page.replace("\u2068", "").replace("\u2069", "")
