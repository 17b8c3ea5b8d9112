"""The second navigation of the desk Customers: customers, segments, personas."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.parts import Tab
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

#: Name of the address, what the tab is called, what it takes to see it.
_TABS: Final[tuple[tuple[str, Promise | str, Capability], ...]] = (
    ("customers", pgettext_lazy("tab", "Customers"), Capability.SEE_CUSTOMERS),
    ("segments", pgettext_lazy("tab", "Segments"), Capability.SEE_NUMBERS),
    ("personas", pgettext_lazy("tab", "Personas"), Capability.SEE_NUMBERS),
)


def tabs(workspace: Workspace, capabilities: AbstractSet[str], current: str) -> tuple[Tab, ...]:
    """Return the tabs that a reader may open; ``current`` is the address name of the open one."""
    found = []
    for address, name, needs in _TABS:
        if needs not in capabilities:
            continue
        try:
            href = reverse(address, kwargs={"workspace_id": workspace.workspace_id})
        except NoReverseMatch:  # an installation without this part of the desk
            continue
        found.append(Tab(str(name), href, address == current))
    return tuple(found)
