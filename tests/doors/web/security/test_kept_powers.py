"""Powers that somebody keeps in his pocket are worth nothing once he has lost them."""

from __future__ import annotations

from typing import Any

import pytest

from safar.store.home import Home
from safar.store.registry import Workspace

PASSWORD = "a caravan of 7 camels"


def _refused(token: str) -> None:
    from safar.doors.web.members.errors import ResetLinkRefused
    from safar.doors.web.members.services import redeem_reset_link

    with pytest.raises(ResetLinkRefused):
        redeem_reset_link(token, PASSWORD)


@pytest.fixture
def pair(shop: Workspace) -> tuple[Any, Any]:
    """An owner, and a member who works in his workspace alone."""
    from safar.doors.web.members.services import add_member

    owner = add_member("owner@example.com", "Owner", "en", shop.workspace_id, "owner")
    add_member("other@example.com", "Other", "en", shop.workspace_id, "owner")
    return owner, add_member("sara@example.com", "Sara", "en", shop.workspace_id, "viewer")


def _link(owner: Any) -> str:
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.services import create_reset_link

    return create_reset_link("sara@example.com", "", by=Actor("member", owner)).rpartition("/")[2]


def test_a_reset_link_opens_no_workspace_that_its_maker_does_not_own(
    web_home: Home, shop: Workspace, pair: tuple[Any, Any]
) -> None:
    from safar.doors.web.members.services import add_member

    token = _link(pair[0])
    foreign = web_home.create_workspace("Foreign", workspace_id=f"{shop.workspace_id}-f", language="en")
    add_member("sara@example.com", "Sara", "en", foreign.workspace_id, "owner")
    _refused(token)


@pytest.mark.parametrize("role", ["manager", None])
def test_a_reset_link_ends_with_the_ownership_of_its_maker(
    shop: Workspace, pair: tuple[Any, Any], role: str | None
) -> None:
    from safar.doors.web.members.services import change_role, remove_member

    token = _link(pair[0])
    if role:
        change_role("owner@example.com", shop.workspace_id, role)
    else:
        remove_member("owner@example.com", shop.workspace_id)
    _refused(token)


def test_a_reset_link_of_an_owner_works_while_he_is_one(pair: tuple[Any, Any]) -> None:
    from safar.doors.web.members.services import redeem_reset_link

    assert redeem_reset_link(_link(pair[0]), PASSWORD) == pair[1]


def test_a_session_number_that_no_table_holds_ends_no_session(let_in: Any) -> None:
    browser = let_in("en")
    for number in ("9" * 30, "9" * 5_000):
        answer = browser.post("/me/sessions", {"session": number})
        assert answer.status_code in {302, 400, 404}
    assert browser.get("/me/sessions").status_code == 200
