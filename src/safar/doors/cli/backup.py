"""`safar backup` and `safar restore`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from .asked import Asked, home_option, pass_asked
from .output import Form, form_options, say, write_record

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(short_help="Back up the home to a folder, also while serving.")
@click.argument("target", type=_FOLDER)
@click.option("--only", metavar="ID", help="Only this workspace, its keys and settings, without the members.")
@home_option
@form_options
@pass_asked
@click.pass_context
def backup(ctx: click.Context, asked: Asked, *, target: Path, only: str | None, form: Form) -> None:
    """Write a backup of the home into a new folder in TARGET. Nobody has to stop working for it.

    The exit code is 1 when a file was not whole where it was copied from; the backup is written all the same.
    """
    from safar.doors.web.backups import back_up

    with asked.open_home() as home:
        written = back_up(home, target, workspace_id=only)
    write_record(form, dataclasses.asdict(written))
    if written.damaged:
        say(f"Not whole where they were copied from: {', '.join(written.damaged)}. `safar doctor` says more.")
        ctx.exit(1)


@click.command(short_help="Restore a backup into a new home.")
@click.argument("source", type=_FOLDER)
@click.option(
    "--replace", is_flag=True, help="Also where the home holds something; that is moved aside in it."
)
@home_option
@form_options
@pass_asked
def restore(asked: Asked, *, source: Path, replace: bool, form: Form) -> None:
    """Make a home of the backup SOURCE, a folder `safar-backup-…`. Every hash is checked before anything moves."""
    from safar.store.backup import APP_TABLES
    from safar.store.home import default_home
    from safar.store.restore import restore as put_back

    restored = put_back(source, asked.home or default_home(), replace=replace)
    if (restored.folder / APP_TABLES).is_file():
        from safar.doors.web.setup import prepare  # only such a home needs its tables brought back

        prepare(restored.folder)
    write_record(form, dataclasses.asdict(restored))
