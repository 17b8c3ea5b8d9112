"""The pages of the people's door, once: what pictures are taken of, what accessibility and weight are tested on, and
what the time to the first paint is measured of.

A new page adds a line here; what it shows is made in `furnish.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """A part of a page that is asked for by itself, to be looked at while it is on its way and when it does not come.

    Attributes
    ----------
    asks
        Pattern of its request.
    press
        What to press first; empty for a part that asks unasked.
    busy
        What says that it is on its way; empty where nothing needs to, as it asks again and again.
    broken
        What says that it did not come; empty where the page itself is opened instead.
    """

    asks: str
    press: str = ""
    busy: str = ""
    broken: str = ""


@dataclass(frozen=True)
class Place:
    """One page.

    Attributes
    ----------
    name
        Of its pictures and tests.
    address
        With names of `furnish.Furnished` in braces: ``{w}`` is the workspace.
    states
        Further addresses of the same page by the state they show. `STATUSES` tells which are answered otherwise than
        with 200.
    reader
        Who looks at it: a ``member``, who reads any language; a ``stranger``; somebody who is ``half`` signed in; a
        ``guarded`` member with a second step; a ``newcomer`` to a home that nobody has set up yet.
    press
        What to press to come from the address to the page.
    parts
        Parts of it that are asked for by themselves.
    """

    name: str
    address: str
    states: dict[str, str] = field(default_factory=dict)
    reader: str = "member"
    press: str = ""
    parts: tuple[Part, ...] = ()


#: What a state is answered with, where that is not 200.
STATUSES = {"failing": 400, "refused": 403, "missing": 404, "gone": 410, "broken": 500}

PLACES = (
    Place(
        "today",
        "/w/{w}/today",
        {
            "year": "/w/{w}/today?period=year",
            "empty": "/w/{empty}/today",
            "failing": "/w/{w}/today?period=31d",
            "missing": "/w/nobody/today",
            "broken": "/w/{broken}/today",
        },
        parts=(
            Part(
                "**/today?period=*",
                ".today-choices a:not([aria-current])",
                busy="#today[aria-busy=true]",
                broken="#today > [data-broken]",
            ),
        ),
    ),
    Place("design", "/design", {"failing": "/design?after=x"}),
    Place("design-confirm", "/design/confirm"),
    Place(
        "events",
        "/w/{w}/events",
        {
            "filtered": "/w/{w}/events?name=order_placed&channel=web",
            "nothing": "/w/{w}/events?customer=nobody",
            "empty": "/w/{empty}/events",
            "failing": "/w/{w}/events?before=x",
            "refused": "/w/{seen}/events",
            "broken": "/w/{broken}/events",
        },
        parts=(
            Part("**/events?version=*", broken="#live.is-lost"),
            Part("**/events/event?*", "#events-rows a[data-dialog]", busy="html.is-busy"),
        ),
    ),
    Place("event", "/w/{w}/events/event?of={event}", {"missing": "/w/{w}/events/event"}),
    Place(
        "customers",
        "/w/{w}/customers",
        {
            "found": "/w/{w}/customers?q={customer}",
            "nothing": "/w/{w}/customers?q=nobody",
            "empty": "/w/{empty}/customers",
            "refused": "/w/{seen}/customers",
            "broken": "/w/{broken}/customers",
        },
    ),
    Place("customer", "/w/{w}/customer?id={customer}", {"missing": "/w/{w}/customer?id=nobody"}),
    Place("customer-erase", "/w/{w}/customer/erase?id={customer}"),
    Place("erasure", "/w/{w}/customers/erasures/{erasure}"),
    Place("imports", "/w/{w}/imports", {"empty": "/w/{empty}/imports", "refused": "/w/{seen}/imports"}),
    Place("import-new", "/w/{w}/imports/new"),
    Place("import-columns", "/w/{w}/imports/{waiting}/columns", {"gone": "/w/{w}/imports/{gone}/columns"}),
    Place("import-mapping", "/w/{w}/imports/{waiting}/mapping"),
    Place("import-trial", "/w/{w}/imports/{tried}/trial", {"trying": "/w/{w}/imports/{trying}/trial"}),
    Place(
        "import-report",
        "/w/{w}/imports/{finished}",
        {
            "stopped": "/w/{w}/imports/{stopped}",
            "failed": "/w/{w}/imports/{failed}",
            "undone": "/w/{w}/imports/{undone}",
        },
    ),
    Place(
        "import-running",
        "/w/{w}/imports/{running}",
        parts=(Part("**/w/demo/work/*", busy=".work[aria-busy=true]", broken=".work > [data-broken]"),),
    ),
    Place("import-undo", "/w/{w}/imports/{finished}/undo"),
    Place("works", "/w/{w}/work", {"empty": "/w/{empty}/work"}),
    Place(
        "work",
        "/w/{w}/work/{work-running}",
        {
            "waiting": "/w/{w}/work/{work-waiting}",
            "failed": "/w/{w}/work/{work-failed}",
            "done": "/w/{w}/work/{work-done}",
        },
    ),
    Place("settings-workspace", "/w/{w}/settings/workspace"),
    Place("settings-forget", "/w/{w}/settings/workspace/forget/400"),
    Place("settings-members", "/w/{w}/settings/members", {"refused": "/w/{seen}/settings/members"}),
    Place("settings-member", "/w/{w}/settings/members/{member}"),
    Place("settings-member-remove", "/w/{w}/settings/members/{member}/remove"),
    Place("settings-keys", "/w/{w}/settings/keys", {"empty": "/w/{empty}/settings/keys"}),
    Place("settings-key", "/w/{w}/settings/keys/{key}"),
    Place("settings-key-revoke", "/w/{w}/settings/keys/{key}/revoke"),
    Place("settings-changes", "/w/{w}/settings/changes"),
    Place("settings-health", "/w/{w}/settings/health", {"damaged": "/w/{broken}/settings/health"}),
    Place("me", "/me"),
    Place("me-password", "/me/password"),
    Place("me-confirm", "/me/confirm"),
    Place("me-two-factor", "/me/two-factor"),
    Place("me-two-factor-on", "/me/two-factor", reader="guarded"),
    Place(
        "me-recovery-codes", "/me/two-factor", reader="guarded", press="form[action$='recovery-codes'] button"
    ),
    Place("me-sessions", "/me/sessions"),
    Place("me-tokens", "/me/tokens"),
    Place("me-workspaces", "/me/workspaces"),
    Place("installation-health", "/installation/health"),
    Place("installation-backups", "/installation/backups"),
    Place("installation-backup", "/installation/backups/{backup}"),
    Place("installation-backup-delete", "/installation/backups/{backup}/delete"),
    Place("installation-workspaces", "/installation/workspaces"),
    Place("installation-changes", "/installation/changes"),
    Place("api", "/api/"),
    Place("welcome", "/welcome/{welcome}", reader="newcomer"),
    Place("invitation", "/invitation/{invitation}", reader="stranger"),
    Place("reset", "/reset/{reset}", {"refused": "/reset/no-link"}, reader="stranger"),
    Place("sign-in", "/sign-in", {"link": "/sign-in/not-a-link"}, reader="stranger"),
    Place("sign-in-code", "/sign-in/code", reader="half"),
    Place("forgotten", "/forgotten", reader="stranger"),
)
