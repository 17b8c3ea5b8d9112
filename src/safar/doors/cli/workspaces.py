"""`safar workspaces`: list, create and change workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .asked import Asked, home_option, pass_asked
from .numbers import NUMBER
from .output import Form, form_options, say, write_record, write_rows

if TYPE_CHECKING:
    from safar.store.home import KeepForEver
    from safar.store.registry import Workspace


@click.group(short_help="List, create and change workspaces.")
@home_option
def workspaces() -> None:
    """List, create and change workspaces: each has its own log, customers, keys and members."""


@workspaces.command("list", short_help="List the workspaces.")
@home_option
@form_options
@pass_asked
def list_(asked: Asked, form: Form) -> None:
    """List the workspaces of the home, oldest first."""
    with asked.open_home() as home:
        records = [_record(workspace) for workspace in home.workspaces()]
    names = (
        "workspace_id",
        "name",
        "language",
        "calendar",
        "time_zone",
        "currency",
        "retention_days",
        "created_at",
    )
    write_rows(form, names, [[record[name] for name in names] for record in records])


@workspaces.command(short_help="Create a workspace.")
@click.argument("name")
@click.option("--id", "workspace_id", metavar="ID", help="Its id. Default: made of the name.")
@click.option("--language", default="en", show_default=True, help="fa, ar or en.")
@click.option("--calendar", default="gregorian", show_default=True, help="gregorian, jalali or hijri.")
@click.option("--time-zone", default="UTC", show_default=True, help="As in Asia/Tehran.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217, as in IRR.")
@home_option
@form_options
@pass_asked
def create(
    asked: Asked,
    *,
    name: str,
    workspace_id: str | None,
    language: str,
    calendar: str,
    time_zone: str,
    currency: str,
    form: Form,
) -> None:
    """Create a workspace, and the home around it when there is none yet."""
    from safar.store.home import Home

    with Home.create(asked.home) as home:
        workspace = home.create_workspace(
            name,
            workspace_id=workspace_id,
            language=language,
            calendar=calendar,
            time_zone=time_zone,
            currency=currency,
        )
        say(f"Created in {home.folder}.")
        if workspace_id is None and not any(letter.isascii() and letter.isalnum() for letter in name):
            say(
                f"Its id is {workspace.workspace_id}: the name has no Latin letter to make one of; --id chooses it."
            )
    write_record(form, _record(workspace))


def _retention(ctx: click.Context, parameter: click.Parameter, value: str | None) -> int | KeepForEver | None:
    """Return the days that were typed in any script, or what stands for ``none``."""
    if value is None:
        return None
    if value.strip().lower() == "none":
        from safar.store.home import KEEP_FOR_EVER

        return KEEP_FOR_EVER
    days = NUMBER.convert(value, parameter, ctx)
    if not days.is_integer():
        raise click.BadParameter(f"{value!r} is not a whole number of days.", ctx, parameter)
    return int(days)


@workspaces.command(short_help="Change the settings of a workspace.")
@click.argument("workspace_id", metavar="ID")
@click.option("--name", help="As people read it, in any script.")
@click.option("--language", help="fa, ar or en.")
@click.option("--calendar", help="gregorian, jalali or hijri.")
@click.option("--time-zone", help="As in Asia/Tehran.")
@click.option("--currency", help="ISO 4217, as in IRR.")
@click.option(
    "--retention-days",
    metavar="N|none",
    callback=_retention,
    help="Forget events older than so many days, once a day while Safar serves; none keeps them for ever.",
)
@home_option
@form_options
@pass_asked
def change(
    asked: Asked,
    *,
    workspace_id: str,
    name: str | None,
    language: str | None,
    calendar: str | None,
    time_zone: str | None,
    currency: str | None,
    retention_days: int | KeepForEver | None,
    form: Form,
) -> None:
    """Change what is named of the workspace ID, and leave the rest."""
    with asked.open_home() as home:
        workspace = home.change_workspace(
            workspace_id,
            name=name,
            language=language,
            calendar=calendar,
            time_zone=time_zone,
            currency=currency,
            retention_days=retention_days,
        )
    write_record(form, _record(workspace))


def _record(workspace: Workspace) -> dict[str, object]:
    return {name: getattr(workspace, name) for name in workspace.__slots__}
