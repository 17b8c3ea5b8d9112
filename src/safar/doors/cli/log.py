"""`safar log`: look after a workspace's log."""

from __future__ import annotations

import dataclasses

import click

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, write_record


@click.group(short_help="Look after a workspace's log.")
@place_options
def log() -> None:
    """Look after a workspace's log: what it holds, compacting it, checking it."""


@log.command(short_help="Say what the log holds.")
@place_options
@form_options
@pass_asked
def info(asked: Asked, form: Form) -> None:
    """Say what the log holds: events, their span, files and bytes."""
    with asked.open_log() as opened:
        write_record(form, dataclasses.asdict(opened.info()))


@log.command(short_help="Compact what has been sealed.")
@click.option("--settle", is_flag=True, help="Merge until each shard is one part: for a log that rests.")
@place_options
@form_options
@pass_asked
def compact(asked: Asked, *, settle: bool, form: Form) -> None:
    """Compact what has been sealed, and merge small parts. `safar serve` does so by itself."""
    with asked.open_log() as opened:
        opened.ask_to_seal()
        report = opened.compact(settle=settle)
    write_record(form, dataclasses.asdict(report))
