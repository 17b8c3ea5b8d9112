"""`safar customer`: show or erase one customer."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

import click

from safar.vocabulary.digits import ARABIC_DIGITS, LATIN_DIGITS, PERSIAN_DIGITS, fold_digits
from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .identity import ids, merge, unmerge
from .output import Form, form_options, say, write_record, write_rows

if TYPE_CHECKING:
    from safar.store.log import Log


class EraseNotConfirmed(Refusal, ValueError):
    """Erasing was not confirmed by typing the customer's id."""

    code = "cli.erase_not_confirmed"


class CustomerUnknown(Refusal, LookupError):
    """No event and no merge of the workspace names that id."""

    code = "cli.customer_unknown"


@click.group(short_help="Show or erase one customer.")
@place_options
def customer() -> None:
    """Show or erase one customer of a workspace; say which ids are one person."""


for _command in (ids, merge, unmerge):
    customer.add_command(_command)


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
    from safar.store.timeline import TimelineEvent

    with asked.open_log() as log:
        events = log.timeline(customer_id, limit=limit)
    first = ("occurred_at", "event_name", "channel", "amount", "currency", "properties", "original_id")
    names = [*first, *(field.name for field in dataclasses.fields(TimelineEvent) if field.name not in first)]
    write_rows(form, names, [[getattr(event, name) for name in names] for event in events])
    if not events:
        say(f"No event of {customer_id!r}.")


@customer.command(short_help="Erase a customer, and prove it.")
@click.argument("customer_id")
@click.option("--yes", is_flag=True, help="Do not ask for the id to be typed again.")
@click.option("--unknown", is_flag=True, help="Search for traces of an id even though nobody is known by it.")
@place_options
@form_options
@pass_asked
def erase(asked: Asked, *, customer_id: str, yes: bool, unknown: bool, form: Form) -> None:
    """Erase the person behind CUSTOMER_ID: events, identity, rejected rows. It cannot be undone.

    What is printed is the proof: what was removed, and how much was searched afterwards without finding a trace.
    Keep it; it names nobody.
    """
    from safar.store.erasure import erase_customer

    with asked.open_home() as home:
        workspace_id = asked.workspace_of(home)
        if not unknown:
            _check_known(home.log(workspace_id), customer_id)
        if not yes:
            _confirm(customer_id, workspace_id)
        proof = erase_customer(home, workspace_id, customer_id)
    write_record(form, proof.as_json())


def _check_known(log: Log, customer_id: str) -> None:
    """Return when anything is known of the customer: a mistyped id must not earn a proof of erasure.

    Raises
    ------
    CustomerUnknown
        It names the same id in other digits when that one is known.
    """

    def is_known(candidate: str) -> bool:
        return bool(log.timeline(candidate, limit=1)) or bool(log.identity.history(candidate))

    if is_known(customer_id):
        return
    latin = fold_digits(customer_id)
    others = (
        latin,
        *(latin.translate(str.maketrans(LATIN_DIGITS, d)) for d in (PERSIAN_DIGITS, ARABIC_DIGITS)),
    )
    near = next((other for other in others if other != customer_id and is_known(other)), None)
    raise CustomerUnknown(
        f"No customer is known by the id {customer_id!r}; nothing was erased.",
        hint=f"Did you mean {near!r}?" if near else "Say --unknown to search for traces of it all the same.",
        near=near,
    )


def _confirm(customer_id: str, workspace_id: str) -> None:
    """Return once the id was typed again.

    Raises
    ------
    EraseNotConfirmed
        Another text was typed, or nobody is there to type.
    """
    typed = ""
    if sys.stdin.isatty():
        say(f"This erases every event of {customer_id} from {workspace_id}, for ever.")
        typed = click.prompt("Type the id to go on", default="", show_default=False, err=True)
    if typed != customer_id:
        raise EraseNotConfirmed(
            f"Erasing {customer_id!r} was not confirmed; nothing was erased.",
            hint="Type the id when asked, or say --yes.",
        )
