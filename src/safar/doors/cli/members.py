"""`safar members`: people who may sign in."""

from __future__ import annotations

import dataclasses
import os

import click

from .asked import Asked, pass_asked, place_options
from .output import Form, called, form_options, say, write_record, write_rows

DEFAULT_URL = "http://127.0.0.1:8000"


@click.group(short_help="People who may sign in.")
@place_options
def members() -> None:
    """People of the company who may sign in to the pages. Customers are never members."""


@members.command("list", short_help="List the members.")
@click.option("--all", "everyone", is_flag=True, help="Of every workspace.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, everyone: bool, form: Form) -> None:
    """List the members of the workspace, by address."""
    with asked.open_tables() as home:
        from safar.doors.web.members.queries import list_members

        found = list_members(None if everyone else asked.workspace_of(home))
    names = ("email", "name", "language", "roles", "is_active", "last_sign_in_at")
    records = [dataclasses.asdict(member) | {"roles": dict(member.roles)} for member in found]
    write_rows(form, names, [[record[name] for name in names] for record in records])


@members.command(short_help="Add a member, or change one.")
@click.argument("email")
@click.option("--name", default="", help="As colleagues read it, in any script.")
@click.option(
    "--language",
    default="",
    help="What the member reads: fa, ar or en. Default: as the member's browser asks.",
)
@click.option("--role", default="viewer", show_default=True, help="owner, manager, analyst, agent or viewer.")
@click.option(
    "--administrator/--no-administrator",
    "is_administrator",
    default=None,
    help="Looks after the installation: workspaces, backups, everybody's new passwords. Default: as it is.",
)
@place_options
@form_options
@pass_asked
def add(
    asked: Asked,
    *,
    email: str,
    name: str,
    language: str,
    role: str,
    is_administrator: bool | None,
    form: Form,
) -> None:
    """Add a member to the workspace; one who is there already gets the new name, language and role."""
    with asked.open_tables() as home:
        from safar.doors.web.members.services import add_member

        workspace_id = asked.workspace_of(home)
        member = add_member(email, name, language, workspace_id, role, is_administrator=is_administrator)
    say(f"Sign-in link: {called()} members link {member.email}")
    facts = {"email": member.email, "name": member.name, "language": language}
    write_record(form, facts | {"workspace_id": workspace_id, "role": role})


@members.command(short_help="Remove a member.")
@click.argument("email")
@click.option("--all", "everywhere", is_flag=True, help="From every workspace.")
@place_options
@form_options
@pass_asked
def remove(asked: Asked, *, email: str, everywhere: bool, form: Form) -> None:
    """Remove a member from the workspace, and end the member's sessions. The last owner stays."""
    with asked.open_tables() as home:
        from safar.doors.web.members.services import remove_member

        member = remove_member(email, None if everywhere else asked.workspace_of(home))
    write_record(form, {"email": member.email, "name": member.name, "is_active": member.is_active})


@members.command(short_help="Print a link that signs a member in, once.")
@click.argument("email")
@click.option(
    "--url", default="", help=f"Where the pages are. Default: $SAFAR_PUBLIC_URL, else {DEFAULT_URL}."
)
@place_options
@pass_asked
def link(asked: Asked, *, email: str, url: str) -> None:
    """Print a link that signs a member in, once, within 15 minutes."""
    with asked.open_tables():
        from safar.doors.web.members.services import create_sign_in_link

        click.echo(create_sign_in_link(email, url or os.environ.get("SAFAR_PUBLIC_URL") or DEFAULT_URL))


@members.command(short_help="Print a link to a new password.")
@click.argument("email")
@click.option(
    "--url", default="", help=f"Where the pages are. Default: $SAFAR_PUBLIC_URL, else {DEFAULT_URL}."
)
@place_options
@pass_asked
def reset(asked: Asked, *, email: str, url: str) -> None:
    """Print a link where a member chooses a new password, once, within an hour. A second factor stays."""
    with asked.open_tables():
        from safar.doors.web.members.services import create_reset_link

        click.echo(create_reset_link(email, url or os.environ.get("SAFAR_PUBLIC_URL") or DEFAULT_URL))


@members.command("reset-two-factor", short_help="Take a lost second factor away.")
@click.argument("email")
@place_options
@form_options
@pass_asked
def reset_two_factor(asked: Asked, *, email: str, form: Form) -> None:
    """Take the second factor of a member away who lost phone and recovery codes, and end the member's sessions."""
    with asked.open_tables():
        from safar.doors.web.members.services import reset_two_factor as take_away

        member = take_away(email)
    write_record(form, {"email": member.email, "name": member.name})
