"""“You said, we did” by mail: to whom it is about, once each, with an end to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings

from a_shop import days_ago
from builders import an_event
from drawn_answers import said
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
queries = Later("safar.doors.web.cases.queries")
models = Later("safar.doors.web.cases.models")
writing = Later("safar.doors.web.inviting.writing")
tellings = Later("safar.doors.web.cases.tellings")
mailing = Later("safar.doors.web.cases.mailing")
jobs = Later("safar.doors.web.cases.jobs")
inviting = Later("safar.doors.web.inviting.models")
actors = Later("safar.doors.web.audit.actor")
work = Later("safar.doors.web.work.jobs")


@pytest.fixture
def cause(shop: Workspace, tell: Callable[..., None]) -> str:
    """Cases of four customers, closed for the same cause; Mina has one of another cause as well."""
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6", quiet_days=0), by=actors.SYSTEM)
    late, dear = (str(rules.name_cause(shop, {"en": name}, by=actors.SYSTEM)) for name in ("Late", "Dear"))
    people = ("mina", "omid", "sara", "reza")
    tell(
        *(
            an_event("identify", days_ago(9), customer=each, properties={"email": f"{each}@example.com"})
            for each in people
            if each != "reza"
        ),
        said(2, "mina", minutes_ago=9, key="price"),
    )

    def close(cause: str) -> None:
        assert services.look_now(shop)
        for case in queries.cases_of(shop, queries.QueueQuestion()).cases:
            services.close(
                shop,
                case.public_id,
                services.Closing(cause, "solved"),
                version=case.version,
                by=actors.SYSTEM,
            )

    close(dear)
    tell(*(said(3, each, minutes_ago=place) for place, each in enumerate(people, 1)))
    close(late)
    return late


def statuses() -> dict[str, str]:
    return dict(models.Told.objects.values_list("customer_id", "status"))


def test_each_is_mailed_once_and_can_end_it(
    shop: Workspace, cause: str, mail_server: Any, browser: Any
) -> None:
    inviting.OptOut.objects.create(workspace_id=shop.workspace_id, customer_id="sara")
    with override_settings(PUBLIC_URL="https://cx.example"):
        made = tellings.tell(
            shop, "Faster", {"en": "We are faster now"}, tellings.Audience(cause), by=actors.SYSTEM
        )
        assert set(statuses().values()) == {"waiting"}
        # what a living process holds is left to it, what a dead one held is not
        models.Told.objects.filter(customer_id="omid").update(claimed_at=datetime.now(UTC))
        for _ in range(2):
            jobs.tell_all.call(work.Progress())
        done = {"mina": "sent", "sara": "opted_out", "reza": "no_address"}
        assert statuses() == {**done, "omid": "waiting"}
        models.Told.objects.filter(customer_id="omid").update(claimed_at=days_ago(1))
        for _ in range(2):
            jobs.tell_all.call(work.Progress())
    assert statuses() == {**done, "omid": "sent"}
    letters = mail_server.wait_for(2)
    assert sorted(each["To"] for each in letters) == ["mina@example.com", "omid@example.com"]
    assert {each["Subject"] for each in letters} == {"Faster"}
    assert (
        letters[0]["Message-ID"]
        == f"<told.{made}.{models.Told.objects.get(customer_id='mina').pk}@cx.example>"
    )
    text = letters[0].get_payload(decode=True).decode()
    assert text.startswith("We are faster now")
    (path,) = re.findall(r"https://cx\.example(/s/\S+/stop)", text)
    assert browser.get(path).status_code == 200
    assert not inviting.OptOut.objects.filter(customer_id="mina").exists()
    assert browser.post(path).status_code == 200
    assert inviting.OptOut.objects.filter(workspace_id=shop.workspace_id, customer_id="mina").exists()
    assert browser.post(path.replace("/s/", "/s/x")).status_code == 404


def test_only_the_cases_it_is_about_say_so_and_the_log_hears_once(
    shop: Workspace, cause: str, web_home: Home
) -> None:
    tellings.tell(shop, "Faster", {"en": "We are faster"}, tellings.Audience(cause), by=actors.SYSTEM)
    assert set(statuses().values()) == {"listed"}, "nothing is mailed here"
    told = models.CaseEntry.objects.filter(kind="told").values_list("case__customer_id", "case__question_key")
    assert sorted(told) == [(each, "nps") for each in ("mina", "omid", "reza", "sara")]
    models.Told.objects.update(in_log=False)  # as a process leaves them that is killed behind the transaction
    assert mailing.write_told(shop) == 4
    assert mailing.write_told(shop) == 0
    query = "SELECT customer_id FROM events WHERE event_name = 'told_what_was_done' ORDER BY customer_id"
    rows = web_home.log(shop.workspace_id).sql(query).rows()
    assert [customer for (customer,) in rows] == ["mina", "omid", "reza", "sara"]


@pytest.mark.parametrize(
    ("language", "end"),
    [
        ("fa", "اگر نمی‌خواهید دیگر از شما بپرسیم:"),
        ("ar", "كي لا نسألك بعد الآن:"),
        ("en", "To be asked no more:"),
    ],
)
def test_a_letter_ends_in_its_own_language(
    shop: Workspace, mail_server: Any, language: str, end: str
) -> None:
    note = writing.Note("mina", "m1", language, "Faster", "We are faster now")
    with override_settings(PUBLIC_URL="https://cx.example"):
        writing.send_note(shop, note, "mina@example.com")
    (letter,) = mail_server.wait_for(1)
    assert letter.get_payload(decode=True).decode().splitlines()[2].endswith(end)


def test_who_cannot_be_mailed_is_counted_before_anybody_is_told(
    shop: Workspace, cause: str, mail_server: Any, let_in: Any
) -> None:
    inviting.OptOut.objects.create(workspace_id=shop.workspace_id, customer_id="sara")
    place, asked = (
        f"/w/{shop.workspace_id}/listen/cases/told/new",
        {"cause": cause, "days": "90", "do": "count"},
    )
    browser = let_in("en", "manager")
    told = "2 of 4 cannot be mailed · No address is known: 1 · Does not want mails: 1"
    with override_settings(PUBLIC_URL="https://cx.example"):
        page = re.sub("[\u2066-\u2069]", "", browser.post(place, asked).content.decode())
    assert told in page
    assert "cannot be mailed" not in browser.post(place, asked).content.decode(), "nobody is mailed from here"
    audience = tellings.audience_of(shop, tellings.Audience(cause))
    assert tellings.unreached(shop, audience) == {"no_address": 1, "opted_out": 1}
    assert not models.Told.objects.exists()
