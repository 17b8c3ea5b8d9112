"""The page of keys in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.store.keys import Key
from safar.store.registry import Workspace

from .queries import Arrived, SourceUse
from .snippets import Snippet


@dataclass(frozen=True, slots=True)
class KeyPage:
    """One key, right after it was made or later.

    Attributes
    ----------
    key
        Its name, id and settings.
    secret
        Shown this once; empty later.
    facts
        Pairs of a name and what it is, in the reader's words.
    snippets
        Ways to send an event with it; none for a revoked one.
    proof
        Whether an event has come.
    """

    key: Key
    secret: str
    facts: tuple[tuple[str, str], ...]
    snippets: tuple[Snippet, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether an event has come in with a key.

    Attributes
    ----------
    has_arrived
        The page asks again until it has.
    sentence
        The same in the reader's words.
    address
        Where to ask.
    """

    has_arrived: bool
    sentence: str
    address: str


def keys_table(
    workspace: Workspace,
    keys: list[Key],
    uses: dict[str, SourceUse] | None,
    locale: Locale,
    *,
    can_export: bool,
) -> Table:
    """Return the keys, those in use first, the newest of them at the front."""
    ordered = sorted(keys, key=lambda key: (key.revoked_at is not None, -key.created_at.timestamp()))
    return Table(
        caption=_("Keys of this workspace"),
        columns=(
            Column("name", pgettext("of a key", "Name")),
            Column("state", _("State")),
            Column("channel", _("Channel"), "code"),
            Column("origins", _("Allowed web origins"), "code"),
            Column("rate", _("Requests a second"), "number"),
            Column("created", pgettext("a key", "Made"), "when"),
            Column("used", _("Last used"), "when"),
        ),
        rows=tuple(_row(workspace, key, _last_used(key, uses, locale), locale) for key in ordered),
        can_export=can_export,
        empty=EmptyState(
            _("There is no key yet"),
            _(
                "A key lets your shop, site or app send events into this workspace. Make one for each of them."
            ),
        ),
    )


def _row(workspace: Workspace, key: Key, last_used: Cell, locale: Locale) -> Row:
    address = reverse("settings-key", kwargs={"workspace_id": workspace.workspace_id, "key_id": key.key_id})
    state = Cell(_("in use"), tone="good") if key.revoked_at is None else Cell(_("revoked"), tone="soft")
    return Row(
        (
            Cell(key.name, href=address),
            state,
            Cell(key.channel or "—", value=key.channel),
            Cell(" ".join(key.origins) or "—", value=" ".join(key.origins)),
            Cell("—", value="")
            if key.requests_per_second is None
            else Cell(locale.number(key.requests_per_second), value=key.requests_per_second),
            Cell(locale.date(key.created_at), value=key.created_at),
            last_used,
        ),
        key=key.key_id,
    )


def _last_used(key: Key, uses: dict[str, SourceUse] | None, locale: Locale) -> Cell:
    """Return when the last event came with a key; an event from before it was made came with its namesake."""
    if uses is None:
        return Cell("—", value="")
    use = uses.get(key.source)
    if use is None or use.last_at < key.created_at:
        return Cell(_("never"), value="")
    return Cell(locale.datetime(use.last_at), value=use.last_at)


def key_facts(key: Key, locale: Locale) -> tuple[tuple[str, str], ...]:
    """Return what a key is, name by name."""
    facts = [
        (_("Id"), key.key_id),
        (_("Channel"), key.channel or "—"),
        (_("Allowed web origins"), " ".join(key.origins) or _("none: browsers may not send with it")),
        (
            _("Requests a second"),
            _("the door's own limit")
            if key.requests_per_second is None
            else locale.number(key.requests_per_second),
        ),
        (pgettext("a key", "Made"), locale.datetime(key.created_at)),
    ]
    if key.revoked_at is not None:
        facts.append((pgettext("a key", "Revoked"), locale.datetime(key.revoked_at)))
    return tuple(facts)


def proof_of(workspace: Workspace, key: Key, found: Arrived | None, locale: Locale, now: datetime) -> Proof:
    """Return whether an event has come, in the reader's words."""
    address = reverse(
        "settings-key-arrived", kwargs={"workspace_id": workspace.workspace_id, "key_id": key.key_id}
    )
    if found is None:
        return Proof(
            has_arrived=False, sentence=_("Waiting for the first event with this key…"), address=address
        )
    many = ngettext(
        "The first event arrived: %(name)s, %(when)s. %(count)s event so far.",
        "The first event arrived: %(name)s, %(when)s. %(count)s events so far.",
        found.events,
    )
    return Proof(
        has_arrived=True,
        sentence=filled(
            many,
            name=found.event_name,
            when=locale.relative(found.first_at, now),
            count=locale.number(found.events),
        ),
        address=address,
    )
