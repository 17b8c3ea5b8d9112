"""The second navigation of Settings and of the installation: what this member is offered."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.parts import Tab
from safar.doors.web.members.policies import Capability

#: Pages of a workspace's settings: key (also the name of the address), name, what it needs.
PAGES: Final[tuple[tuple[str, Promise | str, Capability], ...]] = (
    ("settings-workspace", pgettext_lazy("settings", "Workspace"), Capability.CHANGE_WORKSPACE),
    ("settings-members", pgettext_lazy("settings", "Members"), Capability.MANAGE_MEMBERS),
    ("settings-keys", pgettext_lazy("settings", "Keys"), Capability.MANAGE_KEYS),
    ("settings-webhooks", pgettext_lazy("settings", "Webhooks"), Capability.CHANGE_RULES),
    ("settings-changes", pgettext_lazy("settings", "Changes"), Capability.SEE_CHANGES),
    ("settings-health", pgettext_lazy("settings", "Health"), Capability.SEE_HEALTH),
)
#: Pages of the installation, for administrators.
INSTALLATION_PAGES: Final[tuple[tuple[str, Promise | str], ...]] = (
    ("installation-health", pgettext_lazy("settings", "Health")),
    ("installation-backups", _("Backups")),
    ("installation-workspaces", _("Workspaces")),
    ("installation-changes", pgettext_lazy("settings", "Changes")),
)


def first_page(capabilities: AbstractSet[Capability]) -> str | None:
    """Return the first page of the settings that somebody may see; None when there is none."""
    return next((key for key, _name, needed in PAGES if needed in capabilities), None)


def settings_tabs(workspace_id: str, capabilities: AbstractSet[Capability], current: str) -> list[Tab]:
    """Return the pages of the settings that somebody with these capabilities may see."""
    return [
        Tab(str(name), reverse(key, kwargs={"workspace_id": workspace_id}), key == current)
        for key, name, needed in PAGES
        if needed in capabilities
    ]


def installation_tabs(current: str) -> list[Tab]:
    """Return the pages of the installation."""
    return [Tab(str(name), reverse(key), key == current) for key, name in INSTALLATION_PAGES]
