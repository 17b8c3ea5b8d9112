"""Tabs of a real browser, of members who are signed in; whatever a page complains of is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from safar.store.registry import Workspace

#: Notes what the policy of content of a page has kept away.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""
Come = Callable[..., Page]


def sign_in(context: BrowserContext, served: str, client: Any) -> None:
    """Give a real browser the session of a signed-in client."""
    from django.conf import settings
    from django.db import connections

    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": served}])
    connections.close_all()  # the server writes to the same database


@contextmanager
def watched_tabs(browser: Browser, served: str, *, forgiven: str = "") -> Iterator[Callable[..., Page]]:
    """Open tabs of signed-in clients; anything that one of their pages complains of fails the test.

    Parameters
    ----------
    forgiven
        Words of complaints that belong to the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(client: Any, **options: Any) -> Page:
        context = browser.new_context(base_url=served, **options)
        contexts.append(context)
        sign_in(context, served, client)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            complaints.extend(page.evaluate("window.violations ?? []"))
        context.close()
    assert [each for each in complaints if not forgiven or forgiven not in each] == []


@contextmanager
def members_come(browser: Browser, served: str, shop: Workspace, *, forgiven: str) -> Iterator[Come]:
    """Bring members of a shop to its pages, each in a browser of his own."""
    from django.test import Client

    from safar.doors.web.members.services import add_member

    with watched_tabs(browser, served, forgiven=forgiven) as opened:

        def come(
            address: str, name: str = "Sara", language: str = "en", role: str = "manager", **options: Any
        ) -> Page:
            client = Client(SERVER_NAME="127.0.0.1")
            client.force_login(
                add_member(f"{name.lower()}@example.com", name, language, shop.workspace_id, role)
            )
            usual = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
            page = opened(client, **usual | options)
            page.context.set_default_timeout(8000)
            page.goto(f"/w/{shop.workspace_id}/{address}")
            return page

        yield come
