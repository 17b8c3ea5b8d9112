"""What cards rest on, in files of a map: for who sees customers alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from designed_maps import a_map
from later import Later
from safar.maps.anatomy import Evidence, EvidenceKind

services = Later("safar.doors.web.maps.services")
actors = Later("safar.doors.web.audit.actor")


@pytest.mark.parametrize(("role", "is_told"), [("viewer", False), ("agent", True)])
def test_files_name_no_customers_to_who_sees_none(shop, let_in, role: str, is_told: bool) -> None:
    document = a_map("a", "b", cards={"k": "a"})
    rests_on = Evidence(
        kind=EvidenceKind.ANECDOTE, words={"en": "Ali said"}, link="/w/shop/customer?id=ali", n=37
    )
    cards = (replace(document.cards[0], evidence=(rests_on,)),)
    made = services.create(shop, replace(document, cards=cards), by=actors.SYSTEM)
    browser = let_in("en", role)
    for form in ("json", "csv"):
        answer = browser.get(f"/w/{shop.workspace_id}/journeys/maps/{made}/export.{form}?mode=designed")
        assert answer.status_code == 200
        found = [word in answer.content.decode() for word in ("anecdote", "37", "Ali said", "id=ali")]
        assert found == [True, True, is_told, is_told]
