"""`safar customer ids`, `merge` and `unmerge`: which ids are one person, and changing one's mind about it."""

from __future__ import annotations

import dataclasses
import getpass

import click

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_record, write_rows

_HISTORY = ("at", "action", "reason", "customer_id", "other_id", "by", "note", "why")


@click.command(short_help="Show which ids are one person, and why.")
@click.argument("customer_id")
@place_options
@form_options
@pass_asked
def ids(asked: Asked, *, customer_id: str, form: Form) -> None:
    """Show every union, refusal and undoing that concerns an id, oldest first. The ids themselves are said beside."""
    with asked.open_log() as log:
        entries = log.identity.history(customer_id)
        together = log.identity.ids_of(log.identity.person_of(customer_id))
    write_rows(form, _HISTORY, [[getattr(entry, name) for name in _HISTORY] for entry in entries])
    say(f"One person: {', '.join(together)}")


@click.command(short_help="Make one person of two ids.")
@click.argument("first")
@click.argument("second")
@click.option("--reason", default="", help="Why, in your words; it is kept.")
@place_options
@form_options
@pass_asked
def merge(asked: Asked, *, first: str, second: str, reason: str, form: Form) -> None:
    """Make one person of the persons of two ids. `safar customer unmerge` takes it back."""
    with asked.open_log() as log:
        person = log.identity.merge(first, second, reason, _by())
        together = log.identity.ids_of(person)
    write_record(form, {"person": person, "ids": together})


@click.command(short_help="Take an id out of a person.")
@click.argument("person")
@click.argument("customer_id")
@place_options
@form_options
@pass_asked
def unmerge(asked: Asked, *, person: str, customer_id: str, form: Form) -> None:
    """Take CUSTOMER_ID, with whatever had come with it, out of PERSON. The same evidence does not join them again."""
    with asked.open_log() as log:
        split = log.identity.unmerge(person, customer_id, _by())
    write_record(form, dataclasses.asdict(split))


def _by() -> str:
    """Return whose decision it is: the account of this machine."""
    return f"terminal:{getpass.getuser()}"
