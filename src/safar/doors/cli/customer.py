"""`safar customer`: show or erase one customer."""

from __future__ import annotations

import dataclasses

import click

from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_rows


class EraseNotConfirmed(Refusal, ValueError):
    """Erasing was not confirmed by typing the customer's id."""

    code = "cli.erase_not_confirmed"


@click.group(short_help="Show or erase one customer.")
@place_options
def customer() -> None:
    """Show or erase one customer of a workspace."""


@customer.command(short_help="Show a customer's events, newest first.")
@click.argument("customer_id")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most this many events."
)
@place_options
@form_options
@pass_asked
def show(asked: Asked, customer_id: str, limit: int, form: Form) -> None:
    """Show the events of the person behind CUSTOMER_ID, under whichever id they came, newest first."""
    from safar.store.timeline import TimelineEvent  # noqa: PLC0415 - help and completion need no store

    with asked.open_log() as log:
        events = log.timeline(customer_id, limit=limit)
    first = ("occurred_at", "event_name", "channel", "amount", "currency", "properties", "original_id")
    names = [*first, *(field.name for field in dataclasses.fields(TimelineEvent) if field.name not in first)]
    write_rows(form, names, [[getattr(event, name) for name in names] for event in events])
    if not events:
        say(f"No event of {customer_id!r}.")
