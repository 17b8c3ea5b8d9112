"""`safar keys`: the keys with which machines send events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .asked import Asked, pass_asked, place_options
from .numbers import NUMBER
from .output import Form, form_options, say, write_record, write_rows

if TYPE_CHECKING:
    from safar.store.home import Home
    from safar.store.keys import Key


@click.group(short_help="Keys with which machines send events.")
@place_options
def keys() -> None:
    """Keys with which machines send events into a workspace."""


@keys.command("list", short_help="List the keys.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, form: Form) -> None:
    """List the workspace's keys, revoked ones too. Secrets are shown once, when a key is created."""
    with asked.open_home() as home:
        found = home.keys(asked.workspace_of(home))
    names = ("key_id", "name", "channel", "origins", "requests_per_second", "created_at", "revoked_at")
    write_rows(form, names, [[_record(key)[name] for name in names] for key in found])


@keys.command(short_help="Create a key and show its secret, once.")
@click.argument("name")
@click.option("--channel", default="", help="The channel of events that name none, such as web or app.")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    help="A web origin that browsers may send from; repeatable. Without any it is a server's key; apps take *.",
)
@click.option("--rate", type=NUMBER, help="Requests per second that it may send. Default: the door's own.")
@place_options
@form_options
@pass_asked
def create(
    asked: Asked, *, name: str, channel: str, origins: tuple[str, ...], rate: float | None, form: Form
) -> None:
    """Create a key and show its secret, once."""
    with asked.open_home() as home:
        key, secret = home.create_key(
            asked.workspace_of(home), name=name, channel=channel, origins=origins, requests_per_second=rate
        )
    say("Keep the secret: it is not shown again.")
    write_record(form, {"secret": secret} | _record(key))


@keys.command(short_help="Revoke a key.")
@click.argument("key")
@place_options
@form_options
@pass_asked
def revoke(asked: Asked, key: str, form: Form) -> None:
    """Revoke KEY, named by its id or by its name. Every process refuses it within a second."""
    with asked.open_home() as home:
        revoked = home.revoke_key(_key_id(home, asked.workspace_of(home), key))
    say(f"Revoked {revoked.name}.")
    write_record(form, _record(revoked))


def _key_id(home: Home, workspace_id: str, named: str) -> str:
    """Return the id of the key in use that has this name; anything else is taken for an id."""
    in_use = [key for key in home.keys(workspace_id) if key.revoked_at is None]
    return next((key.key_id for key in in_use if key.name == named), named)


def _record(key: Key) -> dict[str, object]:
    return {name: getattr(key, name) for name in key.__slots__}
