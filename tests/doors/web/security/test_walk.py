"""Every address and every operation, asked by everybody: who may not learns nothing and changes nothing.

What is expected follows from what each view and operation declares: a view without a declaration fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from safar.store.home import Home
from two_workspaces import ROLES, Company, mentions, state_of

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: Values of addresses that belong to no workspace.
_COMMON = {
    "token": "not-a-token",
    "rest": "nothing-here",
    "days": "30",
    "name": "nothing",
    "path": "nothing",
    "act": "try",
    "kind": "flow",
    "form": "svg",
    "number": "1",
    "key": "nothing",
}
#: What is asked behind the address, by how its pattern ends.
_QUERIES = {"ask/new/foreseen": "segment={segment_id}&channel=email&share=100"}
#: Leads to the first page of the settings that the role may see; some roles may see none.
_LEADING = {"w/<slug:workspace_id>/settings"}
#: What a stranger may be shown: a page for everybody, the way to sign in, or that the method is wrong.
_BODYLESS = {301, 302, 405}


@dataclass(frozen=True)
class Address:
    """One address of the people's door."""

    pattern: str
    needed: Any
    is_of_workspace: bool
    parameters: tuple[str, ...]

    def of(self, company: Company, *, in_place: str = "") -> str:
        """Return the address with the ids of a company, in the workspace of another where one is named."""
        values = {**_COMMON, **company.ids, "workspace_id": in_place or company.place}
        if "/value/" in self.pattern:
            values["kind"] = "clv"
        unknown = set(self.parameters) - values.keys()
        assert not unknown, f"{self.pattern}: tell `two_workspaces` what a {', '.join(unknown)} is"
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(values[found[1]], safe=""), self.pattern)
        query = next((each for end, each in _QUERIES.items() if self.pattern.endswith(end)), "")
        return f"{path}?{query.format(**values)}" if query else path


def _patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        route = before + str(each.pattern).lstrip("^")
        if getattr(each, "namespace", None) == "api":
            continue  # its operations are walked below
        if hasattr(each, "url_patterns"):
            yield from _patterns(each.url_patterns, route)
        else:
            yield re.sub(r"\(\?P<(\w+)>[^)]*\)\$?", r"<\1>", route), each.callback


def _addresses() -> list[Address]:
    from django.urls import get_resolver

    found = []
    for route, view in _patterns(get_resolver().url_patterns):
        parameters = tuple(re.findall(r"<(?:\w+:)?(\w+)>", route))
        needed = getattr(view, "needed", None)
        assert needed is not None, (
            f"/{route} does not declare who may enter: guard it, or say that it is public"
        )
        found.append(Address(route, needed, route.startswith("w/<"), parameters))
    assert len(found) > 20
    return found


def _is_capability(needed: object) -> bool:
    from safar.doors.web.members.policies import Capability

    return isinstance(needed, Capability)


def _ask(browser: Any, method: str, address: str) -> tuple[int, bytes, str]:
    answer = browser.generic(method, address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body, answer.headers.get("Location", "")


def _enter(browser: Any, member: Any) -> None:
    browser.logout()
    browser.force_login(member)


@pytest.fixture(autouse=True)
def _calm(web_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let walks go as fast as they can: how often somebody may ask and guess has tests of its own."""
    from safar.doors.web.answering import visitors
    from safar.doors.web.api import credentials
    from safar.doors.web.api.rates import Rates

    for module, name in ((visitors, "_GUESSING"), (visitors, "_SENDING"), (credentials, "_rates")):
        monkeypatch.setattr(module, name, Rates(100_000, 100_000))


def test_every_address_declares_whom_it_is_for(web_home: Home) -> None:
    known = {"public", "member", "administrator"}
    for address in _addresses():
        assert address.needed in known or _is_capability(address.needed), address
        assert _is_capability(address.needed) == address.is_of_workspace, (
            f"/{address.pattern}: an address of a workspace is guarded by a capability, and no other is"
        )


def test_a_stranger_is_shown_the_way_in_and_nothing_else(
    web_home: Home, browser: Any, ours: Company, theirs: Company
) -> None:
    before = state_of(web_home, theirs)
    for address in _addresses():
        for method in _METHODS:
            status, body, location = _ask(browser, method, address.of(theirs))
            said = f"{method} /{address.pattern}: {status}"
            assert not mentions(body, theirs), said
            if address.needed == "public":
                assert status < 500, said
            else:
                assert status in _BODYLESS, said
                assert status == 405 or location.startswith("/sign-in"), f"{said} {location}"
    assert state_of(web_home, theirs) == before


@pytest.mark.parametrize("role", ROLES)
def test_for_another_workspaces_member_there_is_nothing(
    web_home: Home, browser: Any, ours: Company, theirs: Company, role: str
) -> None:
    before = state_of(web_home, theirs)
    _enter(browser, ours.members[role])
    for address in _addresses():
        if not address.is_of_workspace:
            continue
        for method in _METHODS:
            status, body, _ = _ask(browser, method, address.of(theirs))
            assert status in {404, 405}, f"{method} /{address.pattern}: {status}"
            assert not mentions(body.replace(theirs.place.encode(), b""), theirs), address
    assert state_of(web_home, theirs) == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_enters_what_it_may_and_nothing_else(
    web_home: Home, browser: Any, ours: Company, theirs: Company, role: str
) -> None:
    from safar.doors.web.members.policies import ALLOWED

    before = state_of(web_home, theirs)
    for address in _addresses():
        taken = set()
        for method in ("GET", "POST"):
            _enter(browser, ours.members[role])
            status, body, _ = _ask(browser, method, address.of(ours))
            said = f"{role}: {method} /{address.pattern}: {status}"
            assert status < 500, said
            assert not mentions(body, theirs), said
            taken.add(status)
            if _is_capability(address.needed) and address.needed not in ALLOWED[role]:
                assert status in {403, 405}, said
            if address.needed == "administrator":
                assert status in {404, 405}, said
        assert taken != {405}, f"/{address.pattern} takes neither GET nor POST"
        if address.pattern in _LEADING:
            continue
        if address.needed == "member" or (_is_capability(address.needed) and address.needed in ALLOWED[role]):
            assert taken - {403, 405}, f"{role} may, and is refused: /{address.pattern}"
    assert state_of(web_home, theirs) == before


def test_ids_of_another_workspace_name_nothing_in_ours(
    web_home: Home, browser: Any, ours: Company, theirs: Company
) -> None:
    before = state_of(web_home, theirs)
    walked = 0
    for address in _addresses():
        own = (
            set(address.parameters)
            - ({"workspace_id"} if address.is_of_workspace else set())
            - _COMMON.keys()
        )
        if not own or address.needed == "administrator":
            continue
        for method in ("GET", "POST"):
            _enter(browser, ours.members["owner"])
            status, body, _ = _ask(
                browser, method, address.of(theirs, in_place=ours.place if address.is_of_workspace else "")
            )
            assert status in {404, 405}, f"{method} /{address.pattern}: {status}"
            assert not mentions(body.replace(theirs.ids["customer_id"].encode(), b""), theirs), address
            walked += status == 404
    assert walked >= 8
    assert state_of(web_home, theirs) == before


def test_administrators_alone_enter_the_installation(
    web_home: Home, browser: Any, ours: Company, theirs: Company
) -> None:
    member = ours.members["viewer"]
    member.is_administrator = True
    member.save()
    for address in _addresses():
        if address.needed != "administrator":
            continue
        _enter(browser, member)
        statuses = {_ask(browser, method, address.of(ours))[0] for method in ("GET", "POST")}
        assert statuses <= {200, 302, 400, 404, 405, 422}, address
        assert address.parameters or statuses & {200, 302, 400}, address


# The API


def _operations() -> list[tuple[str, str, Any]]:
    from safar.doors.web.api.door import API, operations

    found = operations(API)
    assert len(found) > 20
    return found


def _call(browser: Any, method: str, path: str, company: Company, secret: str = "") -> Any:
    values = {**_COMMON, **company.ids}
    filled = re.sub(r"{(\w+)}", lambda found: quote(values[found[1]], safe=""), path)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    answer = browser.generic(method.upper(), filled, b"{}", content_type="application/json", headers=headers)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def _code(answer: Any) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return str(answer.json()["code"])


@pytest.mark.parametrize(
    "shown", ["nothing", "rubbish", "revoked", "expired", "of a member who left", "a cookie"]
)
def test_without_a_valid_token_the_api_says_nothing(
    web_home: Home, browser: Any, ours: Company, theirs: Company, shown: str
) -> None:
    secret = {"rubbish": "sft_" + "x" * 43, **ours.refused_secrets}.get(shown, "")
    if shown == "of a member who left":
        from safar.doors.web.members.services import remove_member

        remove_member(ours.members["manager"].email, ours.place)
        secret = ours.secrets["manager"]
    if shown == "a cookie":
        browser.force_login(ours.members["owner"])
    before = state_of(web_home, ours)
    for path, method, _operation in _operations():
        answer = _call(browser, method, path, ours, secret)
        assert answer.status_code == 401, f"{method} {path}"
        assert _code(answer) == "api.unauthorized"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert not mentions(answer.body, ours)
    assert state_of(web_home, ours) == before


@pytest.mark.parametrize("role", ROLES)
def test_a_token_does_what_its_members_role_allows(
    web_home: Home, browser: Any, ours: Company, theirs: Company, role: str
) -> None:
    from safar.doors.web.api.door import guard_of
    from safar.doors.web.members.policies import ALLOWED

    before = state_of(web_home, theirs)
    for path, method, operation in _operations():
        needed = guard_of(operation).needed
        answer = _call(browser, method, path, ours, ours.secrets[role])
        said = f"{role}: {method} {path}: {answer.status_code}"
        if needed is not None and needed not in ALLOWED[role]:
            assert answer.status_code == 403, said
            assert _code(answer) == "api.forbidden", said
        else:
            assert answer.status_code < 500, said
            assert answer.status_code != 401, said
            if answer.status_code == 403:
                assert _code(answer) != "api.forbidden", said
        assert not mentions(answer.body, theirs), said
    assert state_of(web_home, theirs) == before


def test_a_read_only_token_changes_nothing(web_home: Home, browser: Any, ours: Company) -> None:
    from safar.doors.web.api.door import changes_something

    before = state_of(web_home, ours)
    refused = 0
    for path, method, operation in _operations():
        answer = _call(browser, method, path, ours, ours.secrets["read-only"])
        if changes_something(operation):
            assert answer.status_code == 403, f"{method} {path}"
            assert _code(answer) == "api.read_only"
            refused += 1
        else:
            assert answer.status_code in {200, 404, 422}, f"{method} {path}: {answer.status_code}"
    assert refused >= 8
    after = state_of(web_home, ours)
    known = before.pop("changes")
    noted = [each for each in after.pop("changes") if each not in known]
    assert [each["action"] for each in noted] == ["survey.responses_taken"], "who took a file away is noted"
    assert after == before


def test_a_token_finds_nothing_of_another_workspace(
    web_home: Home, browser: Any, ours: Company, theirs: Company
) -> None:
    before = state_of(web_home, theirs)
    for path, method, _operation in _operations():
        if "{" not in path.replace("{kind}", ""):  # a kind of question is everybody's
            continue
        answer = _call(browser, method, path, theirs, ours.secrets["owner"])
        said = f"{method} {path}: {answer.status_code}"
        hidden = answer.body
        for shown in (theirs.ids["customer_id"], theirs.ids["email"]):
            hidden = hidden.replace(shown.encode(), b"")  # what was asked for may be said back
        assert not mentions(hidden, theirs), said
        is_customer = "{customer_id}" in path and method == "get"
        assert answer.status_code in ({200, 404} if is_customer else {404, 422}), said
        if is_customer and answer.status_code == 200:
            assert not answer.json().get("items"), said
    assert state_of(web_home, theirs) == before


def test_a_token_of_two_workspaces_opens_only_its_own(
    web_home: Home, browser: Any, ours: Company, theirs: Company
) -> None:
    from safar.doors.web.members.models import Membership

    owner = ours.members["owner"]
    Membership.objects.create(member=owner, workspace_id=theirs.place, role="owner")
    before = state_of(web_home, theirs)
    for path, method, _operation in _operations():
        answer = _call(browser, method, path, theirs, ours.secrets["owner"])
        assert answer.status_code < 500, f"{method} {path}"
    assert state_of(web_home, theirs) == before


def test_a_cursor_of_another_workspace_opens_nothing(
    web_home: Home, browser: Any, ours: Company, theirs: Company
) -> None:
    for resource in ("changes", "events", f"customers/{theirs.ids['customer_id']}/timeline", "work"):
        found = _call(browser, "get", f"/api/v1/{resource}?limit=1", theirs, theirs.secrets["owner"]).json()
        if found["next"] is None:
            continue
        answer = _call(
            browser, "get", f"/api/v1/{resource}?limit=50&cursor={found['next']}", ours, ours.secrets["owner"]
        )
        assert answer.status_code == 200
        hidden = answer.body.replace(theirs.ids["customer_id"].encode(), b"")
        assert not mentions(hidden, theirs), resource


def test_ids_here_are_what_the_api_takes(ours: Company) -> None:
    UUID(ours.ids["work_id"])
    named = {name for path, _, _ in _operations() for name in re.findall(r"{(\w+)}", path)}
    assert named <= ours.ids.keys() | _COMMON.keys()
