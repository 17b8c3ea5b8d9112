"""Pages of cases without JavaScript: the queue, closing, two members at once, rules that are tried, working time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drawn_answers import said
from later import Later
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
queries = Later("safar.doors.web.cases.queries")
models = Later("safar.doors.web.cases.models")
working = Later("safar.doors.web.cases.working")
actors = Later("safar.doors.web.audit.actor")
tokens = Later("safar.doors.web.members.tokens")
members = Later("safar.doors.web.members.services")


def at(shop: Workspace, rest: str = "") -> str:
    return f"/w/{shop.workspace_id}/listen/cases{rest}"


def text_of(answer: Any) -> str:
    """The page without the marks that keep words of two directions apart."""
    marks = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
    return str(answer.content.decode().translate(marks))


@pytest.fixture
def case(shop: Workspace, tell: Callable[..., None]) -> str:
    """A case of Mina that nobody has."""
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6"), by=actors.SYSTEM)
    tell(said(3, "mina", words="The parcel came late <b>again</b>"))
    services.look_now(shop)
    return str(models.Case.objects.get().public_id)


@pytest.fixture
def cause(shop: Workspace) -> str:
    return str(rules.name_cause(shop, {"en": "Late delivery", "fa": "دیررسیدن"}, by=actors.SYSTEM))


def test_from_the_queue_to_the_end(shop: Workspace, case: str, cause: str, let_in: Any) -> None:
    browser = let_in("en", "agent")
    queue = text_of(browser.get(at(shop)))
    assert "Unhappy" in queue
    assert "NPS: 3 of 10" in queue
    assert "&lt;b&gt;again&lt;/b&gt;" in queue
    assert "Nobody's: 1" in queue.replace("&#x27;", "'")
    taken = browser.post(at(shop, f"/{case}/do"), {"do": "take", "version": "1"})
    assert taken.status_code == 302
    assert queries.case_of(shop, case).owner_email == "sara@example.com"
    refused = browser.post(at(shop, f"/{case}/do"), {"do": "close", "version": "2", "text": "A voucher"})
    assert refused.status_code == 422
    assert "A case is closed with what was behind it." in text_of(refused)
    assert "A voucher" in text_of(refused), "what was typed stays"
    closing = {"do": "close", "version": "2", "root_cause": cause, "outcome": "solved", "text": "A voucher"}
    assert browser.post(at(shop, f"/{case}/do"), closing).status_code == 302
    page = text_of(browser.get(at(shop, f"/{case}")))
    assert "Closed. Behind it: Late delivery. Solved for the customer." in page
    assert "Thank you for telling us." in page
    assert "فروشگاه" in page


def test_who_is_late_is_shown_what_he_typed(shop: Workspace, case: str, cause: str, let_in: Any) -> None:
    browser = let_in("en", "agent")
    services.prioritise(shop, case, "urgent", version=1, by=actors.SYSTEM)
    closing = {
        "do": "close",
        "version": "1",
        "root_cause": cause,
        "outcome": "solved",
        "text": "My long report",
    }
    answer = browser.post(at(shop, f"/{case}/do"), closing)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Somebody has changed this case since you opened it." in page
    assert "My long report" in page
    assert 'name="version" value="2"' in page
    assert queries.case_of(shop, case).status == "new"


def test_a_viewer_sees_no_case_and_the_numbers(shop: Workspace, case: str, let_in: Any) -> None:
    browser = let_in("en", "viewer")
    for rest in ("", f"/{case}", "/told"):
        assert browser.get(at(shop, rest)).status_code == 403
    assert browser.post(at(shop, f"/{case}/do"), {"do": "take", "version": "1"}).status_code == 403
    for rest in ("/report", "/behind", "/rules", "/causes", "/working-time"):
        page = text_of(browser.get(at(shop, rest)))
        assert "mina" not in page
        assert "parcel" not in page


def rows(**values: str) -> dict[str, str]:
    given = {"as": "rows", "name": "A rule", "priority": "high", "due_hours": "۴", "quiet_days": "7"}
    return given | {name.replace("_", "-"): value for name, value in values.items()}


def test_a_rule_of_rows_is_tried_and_kept(shop: Workspace, tell: Any, let_in: Any) -> None:
    tell(*[said(value, f"c{value}", minutes_ago=60 * 24 * value + 5) for value in range(10)])
    browser = let_in("fa", "manager")
    sent = rows(
        field_0_0="nps",
        relation_0_0="at_most",
        value_0_0="۶",
        field_1_0="language",
        relation_1_0="is",
        value_1_0="عربی",
    )
    tried = text_of(browser.post(at(shop, "/rules/new"), sent | {"do": "try"}))
    assert "پرونده باز می‌کند وقتی NPS حداکثر ۶ باشد یا زبان «عربی» باشد." in tried
    assert "در ۳۰ روز گذشته ۷ پرونده باز می‌کرد، از ۱۰ موردی که دیده شد." in tried
    assert not models.Rule.objects.exists()
    assert (
        browser.post(at(shop, "/rules/new"), sent | {"do": "save", "manager_hours": "2"}).status_code == 302
    )
    rule = models.Rule.objects.get()
    assert (rule.text, rule.due_minutes, rule.quiet_days, rule.escalations) == (
        "nps <= 6 or language is ar",
        240,
        7,
        [[120, "manager"]],
    )
    page = text_of(browser.get(at(shop, f"/rules/{rule.public_id}")))
    assert 'value="6"' in page
    assert 'value="عربی"' in page
    assert services.look_now(shop) == 0, "what was said before the rule opens nothing"


def test_a_wrong_row_is_marked(shop: Workspace, let_in: Any) -> None:
    sent = rows(field_0_1="nps", relation_0_1="is_not", value_0_1="6", do="save")
    answer = let_in("en", "manager").post(at(shop, "/rules/new"), sent)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)
    assert not models.Rule.objects.exists()


def test_a_deep_rule_stays_text(shop: Workspace, let_in: Any) -> None:
    browser = let_in("en", "manager")
    deep = {"as": "text", "text": "not (nps <= 6 and (topic is delivery or topic is price))", "do": "as_rows"}
    assert "too deep for rows" in text_of(browser.post(at(shop, "/rules/new"), rows() | deep))
    wrong = browser.post(at(shop, "/rules/new"), rows() | {"as": "text", "text": "nps <=", "do": "try"})
    assert wrong.status_code == 422
    assert "nps &lt;=" in text_of(wrong)


def test_working_time_is_changed(shop: Workspace, let_in: Any) -> None:
    browser = let_in("fa", "manager")
    page = text_of(browser.get(at(shop, "/working-time")))
    assert "نوروز" in page
    browser.post(at(shop, "/working-time"), {"do": "weekend", "weekend": "friday", "hours": "۸ تا ۱۶:۳۰"})
    found = working.working_time_of(shop)
    assert list(found.hours) == [((480, 990),)] * 4 + [(), ((480, 990),), ((480, 990),)]
    before = len(found.holidays)
    browser.post(at(shop, "/working-time"), {"do": "holiday", "day": "۱۴۰۵/۱۰/۰۱", "name": "شب یلدا"})
    added = working.working_time_of(shop).holidays[-1]
    assert (added.calendar, added.year, added.month, added.day, added.key) == (
        "jalali",
        1405,
        10,
        1,
        "شب یلدا",
    )
    browser.post(at(shop, "/working-time"), {"do": "remove", "place": str(before)})
    assert len(working.working_time_of(shop).holidays) == before
    wrong = browser.post(at(shop, "/working-time"), {"do": "weekend", "weekend": "none", "hours": "17-9"})
    assert wrong.status_code == 422
    assert working.working_time_of(shop).hours == found.hours


def test_the_api_does_what_the_pages_do(shop: Workspace, case: str, cause: str, browser: Any) -> None:
    member = members.add_member("omar@example.com", "Omar", "ar", shop.workspace_id, "manager")
    _, secret = tokens.create_token(member, shop.workspace_id, "robot", can_write=True)
    shown = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    def ask(method: str, path: str, body: object = None) -> Any:
        send = getattr(browser, method)
        given = {} if body is None else {"data": body, "content_type": "application/json"}
        return send(f"/api/v1/{path}", **given, **shown)

    (found,) = ask("get", "cases?which=unassigned").json()["items"]
    assert (found["case_id"], found["version"], found["words"]) == (
        case,
        1,
        "The parcel came late <b>again</b>",
    )
    changed = ask("patch", f"cases/{case}", {"version": 1, "owner": "omar@example.com", "priority": "urgent"})
    assert (changed.json()["owner"], changed.json()["priority"], changed.json()["version"]) == (
        "omar@example.com",
        "urgent",
        3,
    )
    stale = ask("post", f"cases/{case}/close", {"version": 1, "root_cause": cause, "outcome": "solved"})
    assert (stale.status_code, stale.json()["code"]) == (422, "cases.changed_meanwhile")
    closed = ask(
        "post", f"cases/{case}/close", {"version": 3, "root_cause": cause, "outcome": "solved"}
    ).json()
    assert (closed["status"], closed["root_cause"]["en"]) == ("closed", "Late delivery")
    assert ask("get", "cases/nothing").status_code == 404
    assert ask("get", "cases/report").json()["in_time"]["n"] == 1
    wrong = ask("post", "cases/rules", {"name": "x", "text": "nps <="})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rule.unreadable")
    made = ask("post", "webhooks", {"url": "https://receiver.example/", "kinds": ["case.closed"]}).json()
    assert made["secret"].startswith("whsec_")
    assert made["is_on"] is False
    private = {"url": "http://10.0.0.1/", "kinds": ["case.closed"], "allows_private": True}
    assert ask("post", "webhooks", private).status_code == 403, "an owner alone consents"
