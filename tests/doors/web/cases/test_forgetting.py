"""Cases forget customers: what is older than a workspace keeps, and what its log has no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from builders import an_event
from drawn_answers import said
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
models = Later("safar.doors.web.cases.models")
forgetting = Later("safar.doors.web.cases.forgetting")
hooks = Later("safar.doors.web.hooks.models")
inviting = Later("safar.doors.web.inviting.models")
inviting_forgetting = Later("safar.doors.web.inviting.forgetting")
actors = Later("safar.doors.web.audit.actor")

HOUR = timedelta(hours=1)


@pytest.fixture
def cases(shop: Workspace, tell: Callable[..., None]) -> None:
    """One case of a day ago, one of minutes ago, and one that a member opened."""
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6"), by=actors.SYSTEM)
    tell(
        said(3, "mina", words="The parcel came late", minutes_ago=60 * 24),
        said(2, "sara", words="Nobody answers", minutes_ago=5),
        an_event("page", "2026-01-01", customer="reza"),
    )
    assert services.look_now(shop) == 2
    services.open_by_hand(shop, "reza", "Reza called", by=actors.SYSTEM)


def kept() -> dict[str, str]:
    """Return what cases know of whom."""
    return dict(models.Case.objects.exclude(customer_id="").values_list("customer_id", "words"))


def test_what_is_too_old_is_forgotten(shop: Workspace, cases: None) -> None:
    hook = hooks.Webhook.objects.create(
        workspace_id=shop.workspace_id, public_id="h", url="https://a.example"
    )
    for days in (0, 2):
        hooks.Delivery.objects.create(
            webhook=hook,
            message_id=f"m{days}",
            kind="case.opened",
            body="{}",
            customer_id="mina",
            created_at=datetime.now(UTC) - timedelta(days=days),
        )
    assert forgetting.forget_before(shop, datetime.now(UTC) - 12 * HOUR) == 1
    assert forgetting.forget_before(shop, datetime.now(UTC) - 12 * HOUR) == 0
    assert kept() == {"sara": "Nobody answers", "reza": ""}
    assert models.Case.objects.count() == 3, "for the counts"
    rows = hooks.Delivery.objects.order_by("id").values_list("body", "customer_id", "state")
    assert list(rows) == [("{}", "mina", "waiting"), ("", "", "given_up")]


def test_what_the_log_has_no_more_is_forgotten(shop: Workspace, cases: None, web_home: Home) -> None:
    assert forgetting.forget_gone(shop) == 0
    web_home.log(shop.workspace_id).forget_before(datetime.now(UTC) - 12 * HOUR)
    assert forgetting.forget_gone(shop) == 1
    assert forgetting.forget_gone(shop) == 0
    assert kept() == {"sara": "Nobody answers", "reza": ""}
    for table in (models.Case, models.CaseEntry):
        for row in table.objects.all().values():
            assert "mina" not in str(row)


def test_old_invitations_are_forgotten_and_wishes_are_not(shop: Workspace) -> None:
    now = datetime.now(UTC)
    survey_round = inviting.Round.objects.create(
        workspace_id=shop.workspace_id, public_id="r", survey_id="s", name="x", channel="sms", open_for=HOUR
    )
    for name, status, ends in (
        ("over", "lapsed", now - HOUR),
        ("open", "sent", now + HOUR),
        ("never", "budget", None),
    ):
        inviting.Invitation.objects.create(
            of_round=survey_round,
            workspace_id=shop.workspace_id,
            survey_id="s",
            public_id=name,
            customer_id=name,
            status=status,
            judged_at=now - timedelta(days=9),
            ends_at=ends,
        )
    inviting.OptOut.objects.create(
        workspace_id=shop.workspace_id, customer_id="a", at=now - timedelta(days=9)
    )
    assert inviting_forgetting.forget_before(shop, now - timedelta(days=5)) == 2
    assert list(inviting.Invitation.objects.values_list("customer_id", flat=True)) == ["open"]
    assert inviting.OptOut.objects.count() == 1
