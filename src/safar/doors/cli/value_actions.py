"""`safar value actions`: what each next best action brings, and what was learnt would have brought."""

from __future__ import annotations

from typing import Any

import click

from safar.doors.notebook.note_sentences import sentence

from .asked import Asked, pass_asked, place_options
from .numbers import NUMBER
from .output import Form, form_options, say, write_rows
from .progress import progress


@click.command(short_help="What next best actions bring, and what was learnt would have brought.")
@click.option(
    "--event", "events", multiple=True, metavar="NAME", help="What counts. Default: orders. Repeatable."
)
@click.option(
    "--within", type=NUMBER, default=7, show_default=True, help="For so many days after a decision."
)
@click.option(
    "--counted",
    type=click.Choice(("any", "how_many", "amount")),
    default="any",
    show_default=True,
    help="Whether it happens, how often, or its amount.",
)
@click.option("--currency", metavar="CODE", help="Of amounts. Default: that of the most events.")
@click.option("--level", type=NUMBER, default=95, show_default=True, help="Of intervals, in percent.")
@place_options
@form_options
@pass_asked
def actions(
    asked: Asked,
    /,
    *,
    events: tuple[str, ...],
    within: float,
    counted: Any,
    currency: str | None,
    level: float,
    form: Form,
) -> None:
    """Say what each next best action brings beside doing nothing, from the decisions of a workspace.

    \b
    safar value actions
    safar value actions --event coupon_redeemed --within 14
    """
    from safar.act.action_values import (
        NextBestActionQuestion,
        next_best_action,
    )

    with asked.open_log() as log, progress("Weighing decisions"):
        question = NextBestActionQuestion(tuple(events), within, counted, currency, level=level / 100)
        answer = next_best_action(log, question)
    table = answer.table.columns()
    write_rows(form, tuple(table), zip(*table.values(), strict=True))
    found = answer.off_policy
    say(
        f"{answer.decisions:,} decisions brought {found.logged.value:.4g} each; what was learnt would have brought"
        f" {found.best.value:.4g} ({found.best.interval.low:.4g} to {found.best.interval.high:.4g}),"
        f" {found.gain.value:+.4g} ({found.gain.interval.low:+.4g} to {found.gain.interval.high:+.4g}) more,"
        f" as sure as {found.effective_n:,.0f} decisions of its own would be."
    )
    for note in answer.notes:
        say(sentence(note))
