"""Answers of many at once, in several processes: quotas are exact, and a killed process loses and doubles nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .conftest import Asked, a_survey, nps, single, text

_PROGRAM = Path(__file__).parents[3] / "answering_process.py"


def begin(home: Path, asked: Asked, **wishes: Any) -> subprocess.Popen[str]:
    """Start a process that answers as soon as it is let go."""
    database = (
        {"SAFAR_DATABASE_URL": os.environ["TEST_DATABASE_URL"]} if "TEST_DATABASE_URL" in os.environ else {}
    )
    process = subprocess.Popen(
        [
            sys.executable,
            str(_PROGRAM),
            str(home),
            asked.workspace.workspace_id,
            asked.survey_id,
            json.dumps(wishes),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **database},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def let_go(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def said(process: subprocess.Popen[str]) -> list[list[str]]:
    """Wait for a process; return what it has kept. A line cut short by its death was said to nobody."""
    output, _ = process.communicate(timeout=60)
    return [line.split() for line in output.split("\n")[:-1]]


def test_a_quota_is_exact_over_threads_and_processes(ask: Any, web_home: Any, heard: Any) -> None:
    from safar.doors.web.answering.queries import quota_counts

    women = {"type": "test", "of": "question.sex", "compares": "has", "value": "f"}
    asked = ask(
        a_survey(
            [single("sex", "f", "m")],
            [nps(is_required=True)],
            endings=[{"ending_id": "full", "when": {"type": "any"}}, {"ending_id": "thanks"}],
            quotas=[
                {"quota_id": "women", "limit": 7, "when": women, "then": "full"},
                {"quota_id": "all", "limit": 30},
            ],
        )
    )
    answers = [{"sex": ["f"], "nps": ["9"]}] * 4 + [{"sex": ["m"], "nps": ["1"]}, {"sex": ["m"]}]
    processes = [
        begin(web_home.folder, asked, times=18, threads=8, controls=answers, takes_parts=True)
        for _ in range(2)
    ]
    let_go(*processes)
    states = Counter(state for process in processes for _, state in said(process))
    # of 24 women 7, all 6 men who said all; 6 men who did not count nowhere
    assert states == {"complete": 13, "screened": 17, "stopped": 6}
    assert quota_counts(asked.workspace, asked.survey_id) == {"women": 7, "all": 13}
    complete = "select count(*) from events where event_name = 'survey_completed'"
    assert heard(complete) == [(13,)]
    stopped = "select properties->>'is_screened', count(*) from events where event_name = 'survey_stopped'"
    assert heard(f"{stopped} group by all order by 2") == [(None, 6), ("true", 17)]
    endings = "select distinct properties->>'ending' from events where properties->>'is_complete' = 'true'"
    assert heard(f"{endings} and event_name = 'survey_completed'") == [("thanks",)]


def test_who_is_decided_to_be_one_too_many_is_led_away_at_once(ask: Any, respond: Any) -> None:
    condition = {"type": "test", "of": "question.city", "compares": "has", "value": "a"}
    asked = ask(
        a_survey(
            [single("city", "a", "b")],
            [nps()],
            endings=[{"ending_id": "full", "title": {"en": "We have enough"}, "when": {"type": "any"}}],
            quotas=[{"quota_id": "q", "limit": 1, "when": condition, "then": "full"}],
        )
    )
    for _ in range(2):
        someone = respond(asked.address)
        someone.send(city="a")
    assert 'name="nps"' in someone.html  # nobody is complete yet
    someone.send(nps="9")
    late = respond(asked.address)
    late.send(city="a")
    assert late.heading == "We have enough"
    welcome = respond(asked.address)
    welcome.send(city="b")
    assert 'name="nps"' in welcome.html


@pytest.mark.crash
def test_a_killed_process_loses_and_doubles_no_answer(ask: Any, web_home: Any, heard: Any) -> None:
    from safar.doors.web.answering.models import Response
    from safar.doors.web.answering.services import write_waiting

    asked = ask(a_survey([nps(), text()]))
    kept: list[list[str]] = []
    for first in (1, 25):
        process = begin(web_home.folder, asked, times=100_000, threads=4)
        let_go(process)
        assert process.stdout is not None
        kept += [process.stdout.readline().split() for _ in range(first)]
        process.send_signal(signal.SIGKILL)
        kept += said(process)
    assert len(kept) >= 26
    write_waiting()
    told = {name for name, _ in kept}
    in_table = set(Response.objects.filter(state="complete", in_log=True).values_list("public_id", flat=True))
    assert told <= in_table
    assert not Response.objects.filter(in_log=False).exists()
    per_response = "select properties->>'response_id', event_name, count(*) from events group by 1, 2"
    web_home.log(asked.workspace.workspace_id).compact()
    found = heard(per_response)
    assert {name for name, _, _ in found} == in_table
    assert {count for _, _, count in found} == {1}
    assert len(found) == 2 * len(in_table)


@pytest.mark.crash
def test_a_death_between_the_tables_and_the_log_is_made_up_for(ask: Any, web_home: Any, heard: Any) -> None:
    from safar.doors.web.answering.services import write_waiting

    asked = ask(a_survey([nps()]))
    process = begin(web_home.folder, asked, times=1, dies="before the log")
    let_go(process)
    assert (said(process), process.returncode) == ([], 9)
    assert heard("select count(*) from events") == [(0,)]
    assert [write_waiting(), write_waiting()] == [1, 0]
    assert heard("select event_name, count(*) from events group by 1 order by 1") == [
        ("survey_answered", 1),
        ("survey_completed", 1),
    ]


def test_one_answer_that_cannot_be_kept_harms_no_other(
    ask: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from safar.doors.web.answering import keeping, passage
    from safar.doors.web.answering.places import place_for_programs
    from safar.doors.web.answering.whole import WholeResponse, keep_whole

    asked = ask(a_survey([nps(), text()]))
    place = place_for_programs(asked.workspace, asked.survey_id)

    def broken(row: Any, sent: Any, others: Any) -> Any:
        if "why" in sent.answers:
            raise ZeroDivisionError
        time.sleep(0.02)  # so that others wait, and come as a group
        return passage.moved(row, sent, others)

    monkeypatch.setattr(keeping, "moved", broken)

    def answer(number: int) -> str:
        controls = {"nps": ["9"]} | ({"why": ["x"]} if number == 3 else {})
        try:
            return str(keep_whole(place, WholeResponse(language="en", controls=controls)).row.state)
        except ZeroDivisionError:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(answer, range(8))) == {"complete": 7, "refused": 1}
    assert heard("select count(*) from events where event_name = 'survey_completed'") == [(7,)]


def test_a_full_disk_keeps_the_answer_and_tells_the_log_later(
    ask: Any, respond: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.answering import keeping
    from safar.doors.web.answering.services import write_waiting

    class Full:
        @staticmethod
        def write(*_: object) -> None:
            raise OSError(28, "No space left on device")

    someone = respond(ask(a_survey([nps()])).address)
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "scribe", Full)
        assert someone.send(nps="5").status_code == 303
    assert someone.heading == "Thank you"
    assert heard("select count(*) from events") == [(0,)]
    assert write_waiting() == 1
    assert heard("select count(*) from events") == [(2,)]


@pytest.fixture
def elsewhere(web_home: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Another connection to SQLite's tables, which can hold their lock; here nobody waits for it long."""
    import sqlite3

    from django.db import connection

    from safar.doors.web.answering import keeping

    if connection.vendor != "sqlite":
        pytest.skip("A server has no one lock for all.")
    monkeypatch.setattr(keeping, "_PAUSES", (0.01, 0.01))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=20")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        yield other
    connection.close()


def test_tables_that_others_hold_for_long_keep_what_was_typed_on_the_page(
    ask: Any, respond: Any, heard: Any, browser: Any, elsewhere: Any
) -> None:
    from safar.doors.web.answering.models import Response

    asked = ask(a_survey([nps(is_required=True), text()]))
    kiosk = ask(a_survey([nps()], key="kiosk"), "kiosk")
    someone = respond(asked.address)
    assert someone.send(why="x").status_code == 422
    elsewhere.execute("BEGIN IMMEDIATE")
    refused = someone.send(nps="4", why="سلام & hello")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert "please send them again" in someone.html
    assert "سلام &amp; hello" in someone.html
    waiting = {"name": "1", "language": "en", "started_at": 1e9, "ended_at": 1e9, "controls": {}}
    later = browser.post(f"{kiosk.address}/kiosk/responses", waiting, content_type="application/json")
    assert (later.status_code, later.json()) == (503, {"state": "later"})
    elsewhere.execute("ROLLBACK")
    assert not Response.objects.exclude(state="open").exists()
    assert someone.send(nps="4", why="سلام & hello").status_code == 303
    assert heard("select count(*) from events where event_name = 'survey_completed'") == [(1,)]


def test_tables_that_fail_once_the_answer_is_kept_are_not_the_respondents_business(
    ask: Any, respond: Any, heard: Any, elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.answering import keeping
    from safar.doors.web.answering.models import Response
    from safar.doors.web.answering.services import write_waiting

    someone = respond(ask(a_survey([nps()])).address)
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "tell_others", lambda *_: elsewhere.execute("BEGIN IMMEDIATE"))
        assert someone.send(nps="5").status_code == 303
    assert someone.heading == "Thank you"
    assert heard("select count(*) from events") == [(2,)]
    elsewhere.execute("ROLLBACK")
    assert list(Response.objects.values_list("state", "in_log")) == [("complete", False)]
    assert write_waiting() == 0  # this process knows that the log has it
    assert list(Response.objects.values_list("state", "in_log")) == [("complete", True)]


def test_the_sweep_tells_all_and_one_damaged_log_holds_up_no_other(
    ask: Any, shop: Any, respond: Any, web_home: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.answering import keeping, services
    from safar.doors.web.answering.models import Response
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.hooks.models import Delivery, Webhook
    from safar.doors.web.hooks.services import create

    class Full:
        @staticmethod
        def write(*_: object) -> None:
            raise OSError(28, "No space left on device")

    create(shop, "https://example.com/hook", ["response.completed"], by=SYSTEM)
    Webhook.objects.update(is_on=True)
    asked = ask(a_survey([nps()]))
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "scribe", Full)
        for _ in range(5):
            respond(asked.address).send(nps="9")
    broken = web_home.create_workspace("A broken one")
    lost = Response.objects.order_by("pk").first()
    lost.pk, lost.public_id, lost.workspace_id = 0, "of another", broken.workspace_id
    lost.save(force_insert=True)
    places = services.published_survey
    monkeypatch.setattr(
        services, "published_survey", lambda _place, *names: places(shop.workspace_id, *names)
    )
    manifest = web_home.log(broken.workspace_id).layout.manifest
    web_home.close_logs()
    whole = manifest.read_bytes()
    manifest.write_bytes(b"no database")
    monkeypatch.setattr(services, "_PIECE", 2)
    assert services.write_waiting() == 5
    assert [row.public_id for row in Response.objects.filter(in_log=False)] == ["of another"]
    assert heard("select count(*) from events where event_name = 'survey_completed'") == [(5,)]
    assert Delivery.objects.count() == 5
    manifest.write_bytes(whole)  # the home is of all tests
