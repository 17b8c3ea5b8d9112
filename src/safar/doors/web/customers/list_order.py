"""In which order the list of customers stands, and how an address says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.paging import cursor, read_cursor
from safar.observe.among import Among
from safar.observe.customer_ranking import CustomerRankingQuestion, RankBy, RankingPlace

#: What stands at the end of a list's cursor where nothing is known of the last customer.
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class ListOrder:
    """One order of the list.

    Attributes
    ----------
    key
        What ``?sort=`` calls it: a column's key, ``-`` before it where the greatest stands first; empty for the usual
        order, those first who were here last.
    name
        In the reader's language.
    by
        What it is by.
    """

    key: str
    name: Promise | str
    by: RankBy

    @property
    def ascending(self) -> bool:
        """Whether the least stands first."""
        return bool(self.key) and not self.key.startswith("-")


ORDERS: Final = (
    ListOrder("", _("Here last"), RankBy.ACTIVE),
    ListOrder("last", _("Away longest"), RankBy.ACTIVE),
    ListOrder("-spent", _("Spent most"), RankBy.SPENT),
    ListOrder("spent", _("Spent least"), RankBy.SPENT),
    ListOrder("-score", _("Answered best"), RankBy.SCORE),
    ListOrder("score", _("Answered worst"), RankBy.SCORE),
)
_BY_KEY: Final = {each.key: each for each in ORDERS} | {"-last": ORDERS[0]}
#: The scale whose newest answer is what customers are put in order by.
SCORE: Final = "nps"


def order_of(key: str) -> ListOrder:
    """Return the order of a key; the usual one for what is no key."""
    return _BY_KEY.get(key, ORDERS[0])


def ranking_question(
    order: ListOrder, among: Among, currency: str, after: str, *, limit: int = 25
) -> CustomerRankingQuestion:
    """Return the question of a page.

    Raises
    ------
    BadCursor
    """
    of = {RankBy.SPENT: currency, RankBy.SCORE: SCORE, RankBy.ACTIVE: ""}[order.by]
    return CustomerRankingQuestion(
        order.by, of, read_place(after), ascending=order.ascending, among=among, limit=limit
    )


def place_text(place: RankingPlace) -> str:
    """Return a place in an order as text for an address."""
    return cursor(_UNKNOWN if place.value is None else repr(place.value), place.key)


def read_place(text: str) -> RankingPlace | None:
    """Return the place that a text names; None for the empty one.

    Raises
    ------
    BadCursor
    """
    found = read_cursor(text, str, int)
    return (
        None if found is None else RankingPlace(None if found[0] == _UNKNOWN else float(found[0]), found[1])
    )
