"""Items for one customer now: recommenders are kept ready, so that a page of a shop can wait for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from safar.act.recommend.interactions import InteractionsRefused
from safar.act.recommend.kept import KeptRecommenders, Offered
from safar.doors.web.members.policies import Capability

from .credentials import ApiRequest, Token
from .customers import CustomerId

router = Router(tags=["Customers"])
_SEE: Final = Token(Capability.SEE_CUSTOMERS, is_reading=True)
_KEPT: Final = KeptRecommenders(in_background=True)


class ItemShape(Schema):
    """An item to show."""

    item: str
    title: str = Field(description="What it is called; its id where nobody said.")
    score: float = Field(description="Comparable within one list; 0 where it is shown because many buy it.")
    because: str | None = Field(description="The customer's item that speaks for it most.")
    because_title: str = Field(description="What that is called; empty without one.")
    link: str = Field(description="Of its page, as `item_changed` said; empty where nobody did.")
    picture: str
    group: str


class ItemsShape(Schema):
    """Items to show one customer, best first."""

    model: str = Field(description="Empty as long as orders do not say what they hold.")
    items: list[ItemShape]


@router.get("customers/{customer_id}/recommendations", auth=_SEE, response=ItemsShape)
def recommendations(
    request: ApiRequest,
    customer_id: CustomerId,
    count: Annotated[int, Query(ge=1, le=100, description="At most so many items.")] = 20,
    again: Annotated[bool, Query(description="Whether items the customer has had may come again.")] = False,
    never: Annotated[
        list[str], Query(max_length=200, description="Ids of items that may not be shown.")
    ] = [],  # noqa: B006 - copied by pydantic
) -> HttpResponse:
    """Return the items to show a customer now, as of a minute ago: none that is out of stock.

    Who is not known, or said no to recommendations, is shown what many buy.
    """
    workspace_id, log = request.auth.workspace.workspace_id, request.auth.log
    try:
        learnt = _KEPT.of(workspace_id, log)
    except InteractionsRefused:  # a page of a shop shows nothing then, and no error
        return _answer("", ())
    shown = _KEPT.shown(workspace_id, log, customer_id, count, again=again, never=frozenset(never))
    return _answer(learnt.model, shown)


def _answer(model: str, items: Sequence[Offered]) -> HttpResponse:
    """Return `ItemsShape` as it is written: a shop's page waits for it, and checking it again would take a third."""
    body = msgspec.json.encode({"model": model, "items": items})
    return HttpResponse(body, content_type="application/json")
