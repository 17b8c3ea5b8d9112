"""Places in lists that nobody was given: refused, never a failure."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from safar.store.registry import Workspace

_LISTS = {
    "events?before=": 4,
    "events?top=": 4,
    "customers?before=": 2,
    "customer?id=c1&before=": 4,
    "settings/changes?before=": 1,
    "imports?before=": 1,
}


@pytest.mark.parametrize("number", [10**30, -(10**30), -1, 2**63, 2**64, 0])
@pytest.mark.parametrize("page", _LISTS)
@pytest.mark.usefixtures("a_month")
def test_a_made_up_place_of_a_list_is_refused(let_in: Any, shop: Workspace, page: str, number: int) -> None:
    browser = let_in("en", "owner")
    places = [[number] * _LISTS[page], [*[number] * 3, "zz"], [*[number] * 3, "\ud800"], ["\0"], [number]]
    for place in places:
        text = base64.urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()
        answer = browser.get(f"/w/{shop.workspace_id}/{page}{text}")
        assert answer.status_code in {200, 400, 404}, place
