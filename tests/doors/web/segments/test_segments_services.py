"""Segments that are kept: defined, changed, put away, kept current; their size, days, members, movements; the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from a_shop import an_answer, days_ago
from builders import an_event
from later import Later
from safar.observe.rule_scanner import RuleUnreadable
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.segments.services")
queries = Later("safar.doors.web.segments.queries")
errors = Later("safar.doors.web.segments.errors")
models = Later("safar.doors.web.segments.models")
jobs = Later("safar.doors.web.segments.jobs")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")

BUYERS = "did order_placed"


@pytest.fixture
def sara(shop: Workspace) -> Any:
    """An analyst of the shop."""
    return actors.Actor(
        "member", members.add_member("sara@example.com", "Sara", "en", shop.workspace_id, "analyst")
    )


@pytest.fixture
def people(tell: Callable[..., None]) -> None:
    """Three customers: one ordered for 300 rials, one for 100, one only looked; the second is unhappy."""
    tell(
        an_event("page", days_ago(3), customer="looks"),
        an_event("order_placed", days_ago(2), customer="a", amount=300, currency="IRR"),
        an_event("order_placed", days_ago(1), customer="b", amount=100, currency="IRR"),
        an_answer("nps", 3, 1, "b"),
    )


def define(shop: Workspace, by: Any, name: str = "Buyers", text: str = BUYERS) -> str:
    return str(services.define(shop, name, text, by=by))


@pytest.mark.usefixtures("people")
def test_a_segment_is_defined_and_kept_current(shop: Workspace, sara: Any, tell: Any) -> None:
    made = define(shop, sara, text=" ignored:  did order_placed ؛ none (last nps <= ۶)")
    facts = queries.segment_of(shop, made)
    assert (facts.name, facts.text, facts.size, facts.created_by) == (
        "Buyers", "did order_placed; none (last nps <= ۶)", None, "Sara",
    )  # fmt: skip
    assert audit.Change.objects.get(action="segment.defined").target == "Buyers"
    first = services.catch_up(shop)
    facts = queries.segment_of(shop, made)
    assert (first.customers, facts.size, facts.customers, facts.share, facts.value_share) == (
        3,
        1,
        3,
        1 / 3,
        0.75,
    )
    assert (facts.entered, facts.left) == (0, 0)  # nobody enters what has just been defined
    tell(an_event("order_placed", days_ago(0), customer="looks", amount=100, currency="IRR"))
    tell(an_answer("nps", 9, 0, "b"), an_answer("nps", 2, 0, "a"))
    assert jobs.catch_up_all.func(_Quiet()) == {"looked_at": 3}
    facts = queries.segment_of(shop, made)
    assert (facts.size, facts.value_share, facts.entered, facts.left) == (2, 0.4, 2, 1)
    (day,) = queries.history_of(shop, made)
    today = datetime.now(ZoneInfo("Asia/Tehran")).date()
    assert (day.on, day.size, day.customers, day.entered, day.left) == (today, 2, 3, 2, 1)
    moved = {(each.customer_id, each.entered) for each in queries.movements_of(shop, made)}
    assert moved == {("looks", True), ("b", True), ("a", False)}
    assert services.catch_up(shop).looked_at == 0


class _Quiet:
    def report(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.usefixtures("people")
def test_members_come_in_pages_and_customers_know_their_segments(shop: Workspace, sara: Any) -> None:
    everybody = define(shop, sara, "Everybody", "any (did page; did order_placed)")
    buyers = define(shop, sara)
    assert queries.members_page(shop, everybody).customers == ()
    services.catch_up(shop)
    first = queries.members_page(shop, everybody, limit=2)
    rest = queries.members_page(shop, everybody, limit=2, after=first.next_after)
    assert [facts.customer_id for facts, _ in (*first.customers, *rest.customers)] == ["b", "a", "looks"]
    assert rest.next_after is None
    found = queries.memberships_of(shop, ["a", "looks", "nobody"])
    assert {each: [one.public_id for one in of] for each, of in found.items()} == {
        "a": [buyers, everybody], "looks": [everybody], "nobody": [],
    }  # fmt: skip


@pytest.mark.usefixtures("people")
def test_an_erased_customer_leaves_no_movement(shop: Workspace, sara: Any, tell: Any, web_home: Home) -> None:
    made = define(shop, sara)
    services.catch_up(shop)
    tell(an_event("order_placed", days_ago(0), customer="looks"))
    services.catch_up(shop)
    assert [each.customer_id for each in queries.movements_of(shop, made)] == ["looks"]
    web_home.log(shop.workspace_id).erase("looks")
    services.catch_up(shop)
    assert models.Movement.objects.count() == 0
    assert queries.segment_of(shop, made).size == 2


@pytest.mark.usefixtures("people")
def test_a_size_is_there_while_a_definition_is_written(shop: Workspace) -> None:
    found = queries.preview(shop, "spent >= 200 IRR")
    assert (found.size, found.customers, found.value_share, found.currency) == (1, 3, 0.75, "IRR")
    assert queries.preview(shop, "did nothing").value_share == 0
    with pytest.raises(RuleUnreadable):
        queries.preview(shop, "did page >=")


def test_what_is_refused_leaves_nothing(shop: Workspace, sara: Any) -> None:
    made = define(shop, sara)
    for name, text, refusal in (
        ("Buyers", "did page", errors.SegmentNameRefused),
        ("  ", "did page", errors.SegmentNameRefused),
        ("Others", "page", RuleUnreadable),
    ):
        with pytest.raises(refusal):
            services.define(shop, name, text, by=sara)
    with pytest.raises(errors.UnknownSegment):
        services.change(shop, "0" * 16, name="x", by=sara)
    services.archive(shop, made, by=sara)
    with pytest.raises(errors.SegmentArchived):
        services.change(shop, made, name="x", by=sara)
    assert models.Segment.objects.count() == 1
    actions = audit.Change.objects.filter(action__startswith="segment").values_list("action", flat=True)
    assert sorted(actions) == ["segment.archived", "segment.defined"]


@pytest.mark.usefixtures("people")
def test_another_definition_is_another_segment(shop: Workspace, sara: Any) -> None:
    made = define(shop, sara)
    services.catch_up(shop)
    services.change(shop, made, name="Lookers", text="did page", by=sara)
    facts = queries.segment_of(shop, made)
    assert (facts.name, facts.size, queries.history_of(shop, made)) == ("Lookers", None, ())
    services.catch_up(shop)
    facts = queries.segment_of(shop, made)
    assert (facts.size, facts.entered, facts.left) == (1, 0, 0)
    services.archive(shop, made, by=sara)
    assert services.catch_up(shop).segments == {}
    assert queries.segments_of(shop) == ()
    assert [each.public_id for each in queries.segments_of(shop, archived=True)] == [made]


def test_a_workspace_without_segments_costs_nothing(shop: Workspace, web_home: Home) -> None:
    assert services.catch_up(shop) is None
    assert not (web_home.workspace_folder(shop.workspace_id) / "audiences").exists()


# ---- the API


@pytest.fixture
def usual_role() -> str:
    return "analyst"


@pytest.mark.usefixtures("people")
def test_programs_define_read_and_change_segments(shop: Workspace, send: Callable[..., Any]) -> None:
    made = send("post", "segments", {"name": "Buyers", "text": BUYERS})
    assert made.status_code == 201, made.content
    place = f"segments/{made.json()['segment_id']}"
    services.catch_up(shop)
    (listed,) = send("get", "segments", role="viewer").json()["items"]
    assert (listed["size"], listed["customers"], listed["value_share"], listed["text"]) == (2, 3, 1.0, BUYERS)
    preview = send("post", "segments/preview", {"text": "did  page"}, role="viewer").json()
    assert (preview["text"], preview["size"], preview["share"]) == ("did page", 1, 1 / 3)
    page = send("get", f"{place}/members?limit=1", role="agent").json()
    more = send("get", f"{place}/members?limit=1&cursor={page['next']}", role="agent").json()
    assert [each["customer_id"] for each in page["items"] + more["items"]] == ["b", "a"]
    assert len(send("get", f"{place}/history").json()["items"]) == 1
    assert send("get", f"{place}/movements").json()["items"] == []
    changed = send("patch", place, {"name": "Payers", "is_archived": True}).json()
    assert (changed["name"], changed["is_archived"]) == ("Payers", True)
    assert send("get", "segments").json()["items"] == []


@pytest.mark.usefixtures("people")
def test_each_role_does_what_it_may(shop: Workspace, sara: Any, send: Callable[..., Any]) -> None:
    place = f"segments/{define(shop, sara)}"
    assert send("get", place, role="viewer").status_code == 200
    assert send("get", f"{place}/members", role="viewer").status_code == 403
    assert send("get", f"{place}/movements", role="viewer").status_code == 403
    assert send("post", "segments", {"name": "x", "text": BUYERS}, role="agent").status_code == 403
    assert send("patch", place, {"name": "x"}, role="agent").status_code == 403
    assert models.Segment.objects.get().name == "Buyers"


def test_what_is_not_here_or_not_readable_is_said(
    shop: Workspace, sara: Any, send: Callable[..., Any], web_home: Home
) -> None:
    other = web_home.create_workspace("Other")
    strange = define(other, actors.SYSTEM)
    for path in ("", "/history", "/members", "/movements"):
        assert send("get", f"segments/{strange}{path}").status_code == 404
    assert queries.members_page(shop, strange).customers == ()
    assert queries.movements_of(shop, strange) == queries.history_of(shop, strange) == ()
    refused = send("post", "segments", {"name": "x", "text": "did page >="})
    assert (refused.status_code, refused.json()["code"]) == (422, "rule.unreadable")
    assert define(shop, sara) != strange
