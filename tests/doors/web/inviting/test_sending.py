"""Invitations go out once each: two processes at once, a killed one, a mail server that is away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.inviting.services")
queries = Later("safar.doors.web.inviting.queries")
links = Later("safar.doors.web.inviting.link_files")
jobs = Later("safar.doors.web.inviting.jobs")
models = Later("safar.doors.web.inviting.models")
surveys = Later("safar.doors.web.surveys.services")
actors = Later("safar.doors.web.audit.actor")
work = Later("safar.doors.web.work.jobs")

PEOPLE = ("a", "b", "c", "d", "e", "f")
_PROGRAM = Path(__file__).parents[3] / "asking_process.py"


@pytest.fixture
def survey(shop: Workspace) -> str:
    """A published survey with one question."""
    from safar.listen.questionnaire.anatomy import read

    page = {"page_id": "p", "questions": [{"kind": "nps", "question_id": "q", "title": {"en": "Recommend?"}}]}
    document = read(
        {"format": "safar.survey/1", "key": "relational", "name": {"en": "Relational"}, "pages": [page]}
    )
    public_id = surveys.create(shop, document, by=actors.SYSTEM)
    surveys.publish(shop, public_id, by=actors.SYSTEM)
    return str(public_id)


@pytest.fixture
def asked(shop: Workspace, survey: str, tell: Callable[..., None]) -> Callable[..., str]:
    """Begin a round that asks six customers."""
    tell(
        *(
            an_event(
                "identify",
                days_ago(9),
                customer=each,
                properties={"email": f"{each}@example.com", "phone": "09121234567"},
            )
            for each in PEOPLE
        )
    )

    def ask(channel: str = "email", **more: Any) -> str:
        plan = services.RoundPlan(name="Spring", channel=channel, customer_ids=PEOPLE, **more)
        return str(services.start_round(shop, survey, plan, by=actors.SYSTEM))

    return ask


@pytest.fixture
def public(settings_of: Any) -> Any:
    """An installation that knows its own address."""
    with settings_of(PUBLIC_URL="https://cx.example"):
        yield


def send(shop: Workspace) -> None:
    jobs.tick_one.call(work.Progress(), workspace_id=shop.workspace_id)


def told(home: Home, shop: Workspace) -> list[str]:
    rows = home.log(shop.workspace_id).sql(
        "select customer_id from events where event_name = 'survey_sent' order by customer_id"
    )
    return [row[0] for row in rows.rows()]


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize(("when", "letters"), [("before", 6), ("after", 7)])
def test_a_killed_process_leaves_nobody_out(
    shop: Workspace, asked: Callable[..., str], mail_server: Any, web_home: Home, when: str, letters: int
) -> None:
    round_id = asked()
    port = str(mail_server.server_address[1])
    database = (
        {"SAFAR_DATABASE_URL": os.environ["TEST_DATABASE_URL"]} if "TEST_DATABASE_URL" in os.environ else {}
    )
    found = subprocess.run(
        [sys.executable, _PROGRAM, str(web_home.folder), shop.workspace_id, port, "3", when],
        check=False,
        capture_output=True,
        timeout=60,
        env={**os.environ, **database},
    )
    assert found.returncode == -9, found.stderr.decode()[-2000:]
    assert queries.round_of(shop, round_id).counts == {"sent": 2, "waiting": 4}
    send(shop)  # the one that was being sent is left to the process that may still be at it
    assert queries.round_of(shop, round_id).counts == {"sent": 5, "waiting": 1}
    models.Invitation.objects.filter(status="waiting").update(claimed_at=days_ago(1))
    for _ in range(2):
        send(shop)
    assert queries.round_of(shop, round_id).counts == {"sent": 6}
    taken = mail_server.wait_for(letters)
    # Killed after the server had it, a letter goes out again under its own name: to whoever sorts mails it is one.
    assert len(taken) == letters
    by_letter = Counter((each["Message-ID"], each["To"]) for each in taken)
    assert sorted(to for _, to in by_letter) == [f"{each}@example.com" for each in PEOPLE]
    assert told(web_home, shop) == list(PEOPLE)


@pytest.mark.usefixtures("public")
def test_two_at_once_send_each_letter_once(
    shop: Workspace, asked: Callable[..., str], mail_server: Any, web_home: Home
) -> None:
    from django.db import connections

    def run(_: int) -> None:
        try:
            send(shop)
        finally:
            connections.close_all()

    asked()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(run, range(3)))
    assert sorted(each["To"] for each in mail_server.taken) == [f"{each}@example.com" for each in PEOPLE]
    assert told(web_home, shop) == list(PEOPLE)


@pytest.mark.usefixtures("public")
def test_a_server_that_is_away_loses_nobody(
    shop: Workspace, asked: Callable[..., str], web_home: Home
) -> None:
    from django.test import override_settings

    from safar.doors.web.mail import mail_settings

    round_id = asked()
    with override_settings(**mail_settings("smtp://127.0.0.1:9", "", "cx.example")):
        send(shop)
    assert queries.round_of(shop, round_id).counts == {"waiting": 6}
    assert not models.Invitation.objects.exclude(claimed_at=None).exists()
    assert told(web_home, shop) == []


@pytest.mark.usefixtures("public")
def test_who_asked_to_be_left_alone_meanwhile_gets_no_letter_and_no_reminder(
    shop: Workspace, asked: Callable[..., str], mail_server: Any
) -> None:
    from django.utils import timezone

    round_id = asked(remind_after=timedelta(days=2))
    found, _ = queries.invitations_of(shop, round_id)
    assert services.opt_out(found[0].token, timezone.now())
    send(shop)
    assert queries.round_of(shop, round_id).counts == {"opted_out": 1, "sent": 5}
    assert services.opt_out(found[1].token, timezone.now())
    models.Invitation.objects.filter(status="sent").update(sent_at=days_ago(3))
    send(shop)
    counted = Counter(each["To"] for each in mail_server.wait_for(9))
    assert counted == {"b@example.com": 1, **{f"{each}@example.com": 2 for each in "cdef"}}


@pytest.mark.usefixtures("public")
def test_a_closed_survey_asks_nobody(
    shop: Workspace, survey: str, asked: Callable[..., str], mail_server: Any
) -> None:
    round_id = asked()
    surveys.close(shop, survey, by=actors.SYSTEM)
    send(shop)
    assert (queries.round_of(shop, round_id).counts, mail_server.taken) == ({"waiting": 6}, [])


def test_the_file_of_links_is_taken_once_and_again_only_when_asked(
    shop: Workspace, asked: Callable[..., str], web_home: Home
) -> None:
    round_id = asked("sms")
    first = list(links.link_rows(shop, round_id, len))
    assert [row[0] for row in first] == list(PEOPLE)
    assert first[0][1] == "+989121234567"
    assert list(links.link_rows(shop, round_id, len)) == []
    (mina, *_), _ = queries.invitations_of(shop, round_id)
    assert services.note_answered(mina.token)
    assert list(links.link_rows(shop, round_id, len, again=True)) == first[1:]
    assert told(web_home, shop) == list(PEOPLE)
