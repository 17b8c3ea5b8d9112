"""The people's door of one home for the whole run: Django serves one home a process."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Set
from concurrent import futures
from functools import cache
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

import serving
from a_shop import an_answer, days_ago
from builders import an_event, together
from mailing import MailServer
from safar.doors.web.setup import prepare
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.vocabulary.event import EventColumns

_numbers = count(1)
#: Tables that a migration fills.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def web_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("web") / "home"
    # Playwright keeps an event loop in the thread of the tests while it lives; nothing of Django runs on it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with pytest.MonkeyPatch.context() as starting:
            # Read once; other homes, of processes that a test starts, are not this database's.
            if address := os.environ.get("TEST_DATABASE_URL"):
                starting.setenv("SAFAR_DATABASE_URL", address)
                patch.setenv("TEST_DATABASE_HOME", str(folder))
            prepare(folder)
        from django.db import connections

        from safar.doors.web.design import answers
        from safar.doors.web.homes import current_home

        # What a page shows after a change must not hang on how long a busy machine took for the look before it.
        patch.setattr(answers, "DEAR_SECONDS", 60.0)
        with current_home() as home:
            yield home
            connections.close_all()


@pytest.fixture(scope="module")
def chromium_browser(chromium: str) -> Iterator[Browser]:
    """A real browser."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(web_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server on the home; it must end as it should."""
    errors = tmp_path_factory.mktemp("served") / "errors.txt"
    server = serving.start(web_home.folder, errors, ingest_only=False)
    yield server.address
    assert server.stop() == 0, server.said()


@cache
def _which_hold_rows() -> str:
    """Return the question which tables hold rows, of those that tests fill."""
    from django.db import connection

    return " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})"
        for table in connection.introspection.django_table_names(only_existing=True)
        if table not in KEPT
    )


@pytest.fixture(autouse=True)
def _clean_tables(web_home: Home) -> Iterator[None]:
    older = {each.workspace_id for each in web_home.workspaces()}
    yield
    from django.db import connection, transaction

    with (
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # foreign keys are looked at when it is committed
        cursor.execute(_which_hold_rows())  # one question; deleting from a hundred empty tables takes longer
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    from safar.doors.web.answering import visitors
    from safar.doors.web.design import answers

    with answers._lock:  # what is computed behind readers' backs reads logs that are closed below
        running = [place.running for place in answers._places.values() if place.running is not None]
    futures.wait(running, timeout=60)

    # Guesses are counted by network, and all tests are of one.
    visitors._GUESSING._buckets.clear()
    visitors._SENDING._buckets.clear()
    web_home.close_logs()  # each of hundreds of shops would keep its files open
    _close_down(web_home, older)


def _close_down(home: Home, older: Set[str]) -> None:
    """Take the test's workspaces away: a thousand of them are else backed up, checked and warmed with the next one."""
    from safar.doors.web.scribe import _scribe

    founded = [each.workspace_id for each in home.workspaces() if each.workspace_id not in older]
    with _scribe._lock:
        pens = [pen for each in founded if (pen := _scribe._pens.pop(each, None)) is not None]
    for pen in pens:  # else they would seal what is gone
        pen.close()
    with home._registry.write() as connection:
        for table in ("key", "workspace"):
            connection.executemany(
                f"DELETE FROM {table} WHERE workspace_id = ?",
                [(workspace_id,) for workspace_id in founded],
            )
    for workspace_id in founded:
        shutil.rmtree(home.folder / "workspaces" / workspace_id, ignore_errors=True)


@pytest.fixture
def shop(web_home: Home) -> Workspace:
    """A new, empty workspace."""
    number = next(_numbers)
    return web_home.create_workspace(
        "فروشگاه <تهران>",
        workspace_id=f"shop-{number}",
        language="fa",
        calendar="jalali",
        time_zone="Asia/Tehran",
        currency="IRR",
    )


@pytest.fixture
def browser(web_home: Home):
    """A stranger's browser without JavaScript."""
    from django.test import Client

    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def let_in(shop: Workspace, browser):
    """Sign a member of the shop in, in a language; return his browser."""
    from safar.doors.web.members.services import add_member

    def let_in(language: str = "fa", role: str = "viewer"):
        browser.force_login(add_member("sara@example.com", "سارا", language, shop.workspace_id, role))
        return browser

    return let_in


@pytest.fixture
def usual_role() -> str:
    """Who asks the API where nobody is named."""
    return "manager"


@pytest.fixture
def send(shop: Workspace, browser, usual_role: str) -> Callable[..., Any]:
    """Ask the API as a member of a role, with a token that may write."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    secrets: dict[str, str] = {}

    def send(
        method: str, path: str, body: Any = None, *, role: str = usual_role, raw: bytes = b"", **headers: str
    ) -> Any:
        if role not in secrets:
            member = add_member(f"{role}@example.com", role, "en", shop.workspace_id, role)
            secrets[role] = create_token(member, shop.workspace_id, "script", can_write=True)[1]
        kind = "application/octet-stream" if raw else "application/json"
        data = raw or (b"" if body is None else json.dumps(body).encode())
        headers = {"Authorization": f"Bearer {secrets[role]}", **headers}
        return browser.generic(method.upper(), f"/api/v1/{path}", data, content_type=kind, headers=headers)

    return send


Tell = Callable[..., None]


@pytest.fixture
def tell(web_home: Home, shop: Workspace) -> Tell:
    """Write events of ``days_ago`` at noon UTC into the shop's log."""

    def tell(*batches: EventColumns) -> None:
        with web_home.log(shop.workspace_id).writer() as writer:
            writer.append(together(*batches))
            writer.sync()

    return tell


@pytest.fixture
def a_month(tell: Tell) -> None:
    """Two months of a small shop: 2 visits and 1 order of 2,500,000 rials a day, answers every third day."""
    batches = []
    for days in range(1, 61):
        batches += [
            an_event("page", days_ago(days, 11), customer=f"c{days}"),
            an_event("page", days_ago(days, 11), customer=f"d{days % 5}"),
            an_event(
                "order_placed",
                days_ago(days),
                customer=f"c{days}",
                amount=2_500_000,
                currency="IRR",
                properties={"order_id": f"o{days}"},
            ),
        ]
        if days % 3 == 0:
            invitation = {"invitation_id": f"c{days} {days}"}
            batches += [
                an_event("survey_sent", days_ago(days, 11), customer=f"c{days}", properties=invitation),
                an_answer("nps", 10 if days % 2 else 3, days, f"c{days}"),
                an_answer("csat", 5, days, f"c{days}"),
                an_answer("ces", 6, days, f"c{days}"),
            ]
    tell(*batches)


@pytest.fixture
def mail_server(web_home) -> Iterator[MailServer]:
    """A mail server that the installation knows."""
    from django.test import override_settings

    from safar.doors.web.mail import mail_settings

    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        port = server.server_address[1]
        with override_settings(**mail_settings(f"smtp://127.0.0.1:{port}", "", "cx.example")):
            yield server
        server.shutdown()
        thread.join()
