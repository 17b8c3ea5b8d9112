"""Who handles a case thanks its customer by mail: where that can be and he may be mailed; the case says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.test import override_settings

from a_shop import days_ago
from builders import an_event
from drawn_answers import said
from later import Later
from mailing import subject_of
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
thanking = Later("safar.doors.web.cases.thanking")
errors = Later("safar.doors.web.cases.errors")
models = Later("safar.doors.web.cases.models")
forgetting = Later("safar.doors.web.cases.forgetting")
jobs = Later("safar.doors.web.cases.jobs")
inviting = Later("safar.doors.web.inviting.models")
budgets = Later("safar.doors.web.inviting.services")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")
tokens = Later("safar.doors.web.members.tokens")
work = Later("safar.doors.web.work.jobs")


@pytest.fixture
def mails(mail_server: Any) -> Iterator[Any]:
    """An installation that sends mails to customers."""
    with override_settings(PUBLIC_URL="https://cx.example"):
        yield mail_server


@pytest.fixture
def cause(shop: Workspace) -> str:
    return str(rules.name_cause(shop, {"en": "Late"}, by=actors.SYSTEM))


@pytest.fixture
def case(shop: Workspace, tell: Callable[..., None]) -> str:
    """A case of Mina, who wrote in English and whose address is known."""
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6"), by=actors.SYSTEM)
    tell(
        an_event("identify", days_ago(9), customer="mina", properties={"email": "mina@example.com"}),
        said(3, "mina", words="The parcel came late again"),
    )
    services.look_now(shop)
    models.Case.objects.update(language="en")
    return str(models.Case.objects.get().public_id)


def plain(text: str) -> str:
    """Return a text without the marks that keep words of two directions apart."""
    return text.translate(dict.fromkeys(range(0x2066, 0x206A)))


def entries(case: str) -> list[str]:
    rows = models.CaseEntry.objects.filter(case__public_id=case, kind="thanked").order_by("pk")
    return [row.facts["status"] for row in rows]


def test_closing_thanks_by_mail_once(shop: Workspace, case: str, cause: str, let_in: Any, mails: Any) -> None:
    browser = let_in("en", "agent")
    at = f"/w/{shop.workspace_id}/listen/cases/{case}"
    page = browser.get(at).content.decode()
    assert "What is said, in" in page
    assert "The customer can be reached: an address is known, and nothing speaks against a mail." in page
    closing = {"do": "close", "version": "1", "root_cause": cause, "outcome": "solved", "is_thanked": "on"}
    sent = browser.post(f"{at}/do", {**closing, "thanks": "Thank you, Mina. <b>"})
    assert sent.status_code == 302
    assert entries(case) == ["waiting"]
    for _ in range(2):
        jobs.tell_all.call(work.Progress())
    assert entries(case) == ["waiting", "sent"]
    (letter,) = mails.wait_for(1)
    assert (letter["To"], plain(subject_of(letter))) == ("mina@example.com", f"{shop.name} thanks you")
    assert letter.get_payload(decode=True).decode().startswith("Thank you, Mina. <b>")
    assert letter["List-Unsubscribe"].strip().startswith("<https://cx.example/s/")
    page = browser.get(at).content.decode()
    assert "The customer was thanked by mail." in page
    assert 'value="thank"' not in page, "once is enough"
    again = browser.post(f"{at}/do", {"do": "thank", "version": "2", "thanks": "Again"})
    assert again.status_code == 422
    assert models.Thanked.objects.count() == 1


def test_an_open_case_thanks_once_and_its_end_once_more(
    shop: Workspace, case: str, cause: str, let_in: Any, mails: Any
) -> None:
    browser, at = let_in("en", "agent"), f"/w/{shop.workspace_id}/listen/cases/{case}"
    page = unescape(plain(browser.get(at).content.decode()))
    looking = f"Thank you for telling us. You wrote to {shop.name}, and we are looking into it."
    assert page.count(looking) == 1
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "fields of one page have ids of their own"
    assert browser.post(f"{at}/do", {"do": "thank", "version": "1", "thanks": ""}).status_code == 302
    assert entries(case) == ["waiting"]
    assert models.Case.objects.values_list("status", flat=True).get() != "closed"
    assert 'value="thank"' not in browser.get(at).content.decode(), "once is enough"
    with pytest.raises(errors.CaseNotSo):
        thanking.thank(shop, case, "Again", by=actors.SYSTEM)
    services.close(shop, case, services.Closing(cause, "solved"), version=1, by=actors.SYSTEM)
    assert thanking.thank(shop, case, "", by=actors.SYSTEM) == "waiting"
    services.reopen(shop, case, "", version=2, by=actors.SYSTEM)
    assert 'value="thank"' in browser.get(at).content.decode(), "there is something new to say"
    first, second = (plain(row.text) for row in models.Thanked.objects.order_by("pk"))
    assert first.startswith(looking)
    assert "put right what we could" in second
    jobs.tell_all.call(work.Progress())
    assert [letter["To"] for letter in mails.wait_for(2)] == ["mina@example.com"] * 2


def test_of_two_who_thank_at_once_one_does(
    shop: Workspace, case: str, mails: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, asked = "safar.doors.web.cases.thanking.may_hear", thanking.may_hear

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(where, asked)
        assert thanking.thank(shop, case, "First", by=actors.SYSTEM) == "waiting"
        return asked(*given)

    monkeypatch.setattr(where, meanwhile)
    with pytest.raises(errors.CaseNotSo):
        thanking.thank(shop, case, "Second", by=actors.SYSTEM)
    assert [row.text for row in models.Thanked.objects.all()] == ["First"]
    assert entries(case) == ["waiting"]


def test_programs_thank_from_an_open_case(shop: Workspace, case: str, mails: Any, browser: Any) -> None:
    member = members.add_member("omar@example.com", "Omar", "ar", shop.workspace_id, "agent")
    _, secret = tokens.create_token(member, shop.workspace_id, "robot", can_write=True)

    def thank(said: dict[str, str]) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        return browser.post(f"/api/v1/cases/{case}/thanks", said, "application/json", headers=headers)

    answer = thank({"text": "Thank you, Mina."})
    assert (answer.status_code, answer.json()["kind"], answer.json()["facts"]) == (
        201,
        "thanked",
        {"status": "waiting"},
    )
    assert models.Thanked.objects.get().text == "Thank you, Mina."
    again = thank({})
    assert (again.status_code, again.json()["code"]) == (422, "cases.not_so")


REASONS = {
    "opted_out": "the customer does not want mails.",
    "no_consent": "the customer has not agreed to it.",
    "no_address": "no address of the customer is known.",
    "budget": "the customer has heard from us as often as the budget of contacts allows.",
}


@pytest.mark.parametrize("why", list(REASONS))
def test_who_may_not_be_mailed_is_not_and_the_case_says_why_before_and_after(
    shop: Workspace, case: str, cause: str, let_in: Any, mails: Any, why: str
) -> None:
    from dataclasses import replace

    from safar.doors.web.inviting.queries import budget_of

    if why == "opted_out":
        inviting.OptOut.objects.create(workspace_id=shop.workspace_id, customer_id="mina")
    elif why == "no_address":
        models.Case.objects.update(customer_id="nobody")
    else:
        change = {"consent": "surveys"} if why == "no_consent" else {"most": 0}
        budgets.change_budget(shop, replace(budget_of(shop), **change), by=actors.SYSTEM)
    browser, at = let_in("en", "agent"), f"/w/{shop.workspace_id}/listen/cases/{case}"
    before = browser.get(at).content.decode()
    assert f"No thanks by mail: {REASONS[why]} Say it in another way:" in before
    assert "Thank you for telling us." in before, "the words are there to be said in another way"
    assert 'value="thank"' not in before
    assert 'name="is_thanked"' not in before
    closing = {"do": "close", "version": "1", "root_cause": cause, "outcome": "solved", "is_thanked": "on"}
    browser.post(f"{at}/do", closing)  # as a page would that was opened earlier
    jobs.tell_all.call(work.Progress())
    assert entries(case) == [why]
    assert mails.taken == []
    page = browser.get(at).content.decode()
    assert page.count(f"No thanks by mail: {REASONS[why]}") == 3, "in the toast, the history, above the words"


def test_without_mail_nothing_is_promised(shop: Workspace, case: str, cause: str, let_in: Any) -> None:
    browser, at = let_in("en", "agent"), f"/w/{shop.workspace_id}/listen/cases/{case}"
    assert "Thank the customer by mail" not in browser.get(at).content.decode()
    closing = {"do": "close", "version": "1", "root_cause": cause, "outcome": "solved", "is_thanked": "on"}
    assert browser.post(f"{at}/do", closing).status_code == 302
    assert entries(case) == []
    assert browser.post(f"{at}/do", {"do": "thank", "version": "2"}).status_code == 404
    with pytest.raises(errors.CaseNotSo):
        thanking.thank(shop, case, "", by=actors.SYSTEM)


def test_thanks_are_forgotten_with_the_customer(shop: Workspace, case: str, cause: str, mails: Any) -> None:
    services.close(shop, case, services.Closing(cause, "solved"), version=1, by=actors.SYSTEM)
    assert thanking.thank(shop, case, "", by=actors.SYSTEM) == "waiting"
    row = models.Thanked.objects.get()
    assert (row.language, row.text.startswith("Thank you for telling us.")) == ("en", True)
    forgetting.forget(shop, ["mina"])
    assert not models.Thanked.objects.exists()
    jobs.tell_all.call(work.Progress())
    assert mails.taken == []
    with pytest.raises(errors.UnknownCase):
        thanking.thank(shop, case, "", by=actors.SYSTEM)


def test_from_a_case_and_from_what_is_behind_cases_everybody_is_told(
    let_in: Callable[..., Any], shop: Workspace, case: str, cause: str
) -> None:
    at = f"/w/{shop.workspace_id}/listen/cases"
    new = f"{at}/told/new?cause={cause}"
    manager = let_in("en", "manager")
    assert new not in manager.get(f"{at}/{case}").content.decode()  # nothing is done yet
    services.close(shop, case, services.Closing(cause, "solved"), version=1, by=actors.SYSTEM)
    for page in (f"{at}/{case}", f"{at}/behind"):
        assert f'href="{new}"' in manager.get(page).content.decode()
    assert f'<option value="{cause}" selected>' in manager.get(new).content.decode()
    agent = let_in("en", "agent")
    for page in (f"{at}/{case}", f"{at}/behind"):
        assert "told/new" not in agent.get(page).content.decode()
