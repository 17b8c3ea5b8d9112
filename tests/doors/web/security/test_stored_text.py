"""Whatever people and programs wrote is shown as text: no page runs it, draws it or lets it turn the line around."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, sync_playwright

from a_shop import an_answer, days_ago
from builders import an_event, together
from safar.store.home import Home
from watched_tabs import WATCH

pytestmark = pytest.mark.browser

#: A script, a broken attribute, a template, a string that ends its script, and marks that turn a line around.
_ATTACK = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}${7*7}</title></textarea>`-alert(3)-`"
    "\u202e\u2066"
)


@pytest.fixture(scope="module")
def chromium_browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def hostile(web_home: Home) -> dict[str, Any]:
    """A workspace in which everything that can be named is an attack."""
    from safar.doors.web.administration.services import create_key
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.imports.services import new_place, receive
    from safar.doors.web.members.services import add_member, create_sign_in_link, invite
    from safar.doors.web.members.tokens import create_token
    from safar.doors.web.work.models import Status, Work

    line = _ATTACK[:100]
    workspace = web_home.create_workspace(
        line, workspace_id=f"hostile-{len(web_home.workspaces())}", language="en"
    )
    place = workspace.workspace_id
    member = add_member(
        f"owner.{place}@example.com", _ATTACK[:100], "en", place, "owner", is_administrator=True
    )
    by = Actor("member", member)
    create_key(place, by=by, name=line[:90], channel=line[:90])
    invite(f"new.{place}@example.com", place, "viewer", by=by, base_url="http://127.0.0.1")
    create_token(member, place, line[:70])
    import_id, arriving = new_place(place)
    arriving.parent.mkdir(parents=True, exist_ok=True)
    quoted = line.replace('"', '""')
    arriving.write_text(
        f'customer,time,"{quoted}"\n"{quoted}",2026-01-01T10:00:00Z,"{quoted}"\n', encoding="utf-8"
    )
    receive(workspace, import_id, arriving, file_name=line, by=by)
    work = Work.objects.create(
        kind="imports.undo", lane="default", workspace_id=place, title=line, actor_kind="member", member=member,
        status=Status.FAILED, note=line, error_code="fault",
    )  # fmt: skip
    traits = {"name": _ATTACK, "email": _ATTACK, _ATTACK: _ATTACK}
    with web_home.log(place).writer() as writer:
        writer.append(
            together(
                an_event("identify", days_ago(3), customer=line, properties=traits),
                an_event(
                    line, days_ago(2), customer=line, channel=line[:60], properties={_ATTACK: [_ATTACK]}
                ),
                an_event("order_placed", days_ago(1), customer=line, amount=5, currency="USD"),
                an_answer("nps", 9, 1, line),
            )
        )
        writer.sync()
    values = {
        "workspace_id": place,
        "import_id": import_id,
        "work_id": str(work.work_id),
        "member": str(member.pk),
    }
    return {"place": place, "values": values, "link": create_sign_in_link(member.email, ""), "customer": line}


def _pages(hostile: dict[str, Any]) -> list[str]:
    """Every address that is read, whose ids are known."""
    from django.urls import get_resolver

    def walk(patterns: list[Any], before: str = "") -> Iterator[str]:
        for each in patterns:
            route = before + str(each.pattern)
            if getattr(each, "namespace", None) == "api" or "v1" in route:
                continue
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, route)
            else:
                yield route

    values, found = hostile["values"], []
    for route in walk(get_resolver().url_patterns):
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", route))
        if names <= values.keys():
            found.append("/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: values[name[1]], route))
    attack, customer = quote(_ATTACK, safe=""), quote(hostile["customer"], safe="")
    place = hostile["place"]
    return [
        *found,
        f"/w/{place}/customer?id={customer}",
        f"/w/{place}/customers?text={customer}",
        f"/w/{place}/customers?q={attack}",
        f"/w/{place}/events?name={customer}&property={attack}&value={attack}",
        f"/w/{place}/events?customer={customer}",
        f"/w/{place}/settings/changes?actor={attack}",
        f"/w/{place}/today?period={attack}",
        f"/sign-in?next={attack}",
        f"/{attack}",
    ]


@pytest.mark.timeout(600)
def test_no_page_runs_what_is_stored(chromium_browser: Browser, served: str, hostile: dict[str, Any]) -> None:
    heard: list[str] = []
    seen = attacked = 0
    with chromium_browser.new_context(locale="en-US") as context:
        context.add_init_script(WATCH)
        page = context.new_page()
        # The pages of the installation look at every workspace, and the home has those of all tests before.
        page.set_default_timeout(240_000)
        page.on("dialog", lambda dialog: (heard.append(f"dialog {page.url}"), dialog.dismiss()))
        page.on("pageerror", lambda error: heard.append(f"error {page.url}: {error}"))
        page.goto(f"{served}{hostile['link']}")
        page.locator("main form button, main form input[type=submit]").first.click()
        page.wait_for_url(re.compile("/w/"))
        for address in _pages(hostile):
            answer = page.request.get(served + address, max_redirects=0, timeout=120_000)
            if answer.status == 405 or not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            page.goto(served + address)
            seen += 1
            state = page.evaluate(
                """() => [window.violations, document.querySelectorAll('img[onerror], script:not([src])').length,
                          document.documentElement.outerHTML.includes('&lt;script&gt;alert(1)')]"""
            )
            if state[0] or state[1]:
                heard.append(f"{address}: {json.dumps(state)}")
            attacked += state[2]
            assert "{{49}}" not in answer.text()
    assert heard == []
    assert seen > 25
    assert attacked > 15, "the attacks were not shown at all: the test looks at the wrong pages"
