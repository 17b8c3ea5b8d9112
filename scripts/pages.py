"""The pages of the people's door, once: what pictures are taken of, what accessibility and weight are tested on, and
what the time to the first paint is measured of.

A new page adds a line here.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """One page.

    Attributes
    ----------
    name
        Of its pictures and tests.
    address
        With ``{w}`` for the workspace.
    states
        Further addresses of the same page by the state they show: ``empty``, ``failing``, ``loading``. ``{empty}`` is
        a workspace without events.
    signed_in
        Whether a member looks at it, or a stranger.
    needs_data
        Whether it is only there in a workspace with the events of the pictures' shop.
    """

    name: str
    address: str
    states: dict[str, str] = field(default_factory=dict)
    signed_in: bool = True
    needs_data: bool = False


PLACES = (
    Place(
        "today",
        "/w/{w}/today",
        {
            "year": "/w/{w}/today?period=year",
            "empty": "/w/{empty}/today",
            "failing": "/w/{w}/today?period=31d",
            "missing": "/w/nobody/today",
        },
    ),
    Place("design", "/design", {"failing": "/design?after=x"}),
    Place("design-confirm", "/design/confirm"),
    Place("events", "/w/{w}/events", {"empty": "/w/{empty}/events", "failing": "/w/{w}/events?before=x"}),
    Place("customers", "/w/{w}/customers", {"empty": "/w/{empty}/customers"}),
    Place(
        "customer",
        "/w/{w}/customer?id=cus-0000113",
        {"missing": "/w/{w}/customer?id=nobody"},
        needs_data=True,
    ),
    Place("imports", "/w/{w}/imports"),
    Place("import-new", "/w/{w}/imports/new"),
    Place("work", "/w/{w}/work"),
    Place("settings-workspace", "/w/{w}/settings/workspace"),
    Place("settings-members", "/w/{w}/settings/members"),
    Place("settings-keys", "/w/{w}/settings/keys"),
    Place("settings-changes", "/w/{w}/settings/changes"),
    Place("settings-health", "/w/{w}/settings/health"),
    Place("me", "/me"),
    Place("me-password", "/me/password"),
    Place("me-sessions", "/me/sessions"),
    Place("me-tokens", "/me/tokens"),
    Place("me-workspaces", "/me/workspaces"),
    Place("installation", "/installation", needs_data=True),
    Place("installation-backups", "/installation/backups", needs_data=True),
    Place("forgotten", "/forgotten", signed_in=False),
    Place("sign-in", "/sign-in", {"failing": "/sign-in/not-a-link"}, signed_in=False),
)
