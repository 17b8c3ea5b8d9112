"""`safar log`: look after a workspace's log."""

from __future__ import annotations

import dataclasses
import sys
from datetime import date, datetime

import click

from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .doctor import report
from .output import Form, form_options, say, write_record
from .progress import progress


class ForgetNotConfirmed(Refusal, ValueError):
    """Forgetting old events was not confirmed."""

    code = "cli.forget_not_confirmed"


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
        done = opened.compact(settle=settle)
    write_record(form, dataclasses.asdict(done))


@log.command(short_help="Check the log to the last byte.")
@place_options
@form_options
@pass_asked
@click.pass_context
def verify(ctx: click.Context, asked: Asked, form: Form) -> None:
    """Check every checksum, manifest entry and index of the workspace's log. Changes nothing; exit code as `doctor`."""
    from safar.store.doctor_log import doctor_log

    with asked.open_home() as home:
        folder = home.workspace_folder(asked.workspace_of(home)) / "log"
    report(ctx, form, doctor_log(folder))


@log.command(short_help="Publish paths for a cluster or for notebooks elsewhere.")
@click.argument("address")
@click.option(
    "--property", "properties", multiple=True, metavar="NAME", help="Publish this property of events, too."
)
@place_options
@form_options
@pass_asked
def publish(asked: Asked, *, address: str, properties: tuple[str, ...], form: Form) -> None:
    """Publish everybody's path at ADDRESS, a folder or such as s3://bucket/folder. Customers' ids stay here."""
    from safar.store.published import publish as written

    with asked.open_log() as opened, progress("Publishing") as tell:
        done = written(
            opened.paths(),
            address,
            properties,
            told=lambda done, whole: tell(done / whole, f"{done} of {whole}"),
        )
    write_record(form, dataclasses.asdict(done))


@log.command(short_help="Forget what happened before a day.")
@click.argument("day")
@click.option("--yes", is_flag=True, help="Do not ask.")
@place_options
@form_options
@pass_asked
def forget(asked: Asked, *, day: str, yes: bool, form: Form) -> None:
    """Forget every event that occurred before DAY, a date in the workspace's calendar and time zone. For good."""
    from safar.vocabulary.dates import parse_date
    from safar.vocabulary.time_zone import time_zone

    with asked.open_home() as home:
        workspace = home.workspace(asked.workspace_of(home))
        opened = home.log(workspace.workspace_id)
        first: date = parse_date(day, calendar=workspace.calendar)
        instant = datetime(first.year, first.month, first.day, tzinfo=time_zone(workspace.time_zone))
        if not yes:
            ((count,),) = opened.sql("select count(*) from events where occurred_at < ?", [instant]).rows()
            say(f"{count:,} events of {workspace.workspace_id} occurred before {instant.isoformat()}.")
            if not (sys.stdin.isatty() and click.confirm("Forget them, for good?", err=True)):
                raise ForgetNotConfirmed(
                    "Nothing was forgotten.", hint="Answer yes when asked, or say --yes."
                )
        report = opened.forget_before(instant)
    write_record(form, dataclasses.asdict(report))
