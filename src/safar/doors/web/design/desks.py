"""The desks in the order of the navigation."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Desk:
    """One place of the navigation.

    Attributes
    ----------
    key
        What a view's context calls ``desk`` when this one is open.
    name
        In the reader's language.
    address
        The name of its first address, which takes ``workspace_id``.
    needs
        The capability without which it is not offered; a value of `members.policies.Capability`.
    """

    key: str
    name: Promise | str
    address: str
    needs: str


DESKS: Final = (
    Desk("today", pgettext_lazy("desk", "Today"), "today", "see_numbers"),
    Desk("journeys", pgettext_lazy("desk", "Journeys"), "journeys", "see_numbers"),
    Desk("customers", pgettext_lazy("desk", "Customers"), "customers", "see_customers"),
    # Who sees no single customer sees how many are in a segment.
    Desk("customers", pgettext_lazy("desk", "Customers"), "segments", "see_numbers"),
    Desk("listen", pgettext_lazy("desk", "Listen"), "surveys", "see_numbers"),
    Desk("value", pgettext_lazy("desk", "Value"), "value", "see_numbers"),
    Desk("events", pgettext_lazy("desk", "Events"), "events", "see_customers"),
    Desk("imports", pgettext_lazy("desk", "Imports"), "imports", "import"),
    # Whoever may see any of its pages may see this one.
    Desk("settings", pgettext_lazy("desk", "Settings"), "settings", "see_health"),
)


def desks_for(capabilities: AbstractSet[str]) -> list[Desk]:
    """Return the desks that somebody with these capabilities is offered; of two doors to one, the first he may take."""
    offered = {desk.key: desk for desk in reversed(DESKS) if desk.needs in capabilities}
    return [desk for desk in DESKS if offered.get(desk.key) is desk]
