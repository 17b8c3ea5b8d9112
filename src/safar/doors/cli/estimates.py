"""`safar estimate`: what was said of changes beforehand, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import click

from safar.vocabulary.interval import Estimate, Interval

from .asked import Asked, pass_asked, place_options
from .numbers import NUMBER
from .output import Form, form_options, say, write_record, write_rows
from .value import Day

_LISTED: Final = (
    "estimate_id",
    "name",
    "metric",
    "currency",
    "value",
    "low",
    "high",
    "due_on",
    "outcome",
    "is_inside",
    "is_hit",
    "error",
)


@click.group(short_help="Estimates made beforehand, and what came.")
@place_options
def estimate() -> None:
    """Estimates of a workspace: keep one before a change, score it when it has come, see how good they are."""


@estimate.command("list", short_help="List the estimates, and how good they have been.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, form: Form) -> None:
    """List the estimates, the newest first; to standard error how many held, and what that says."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.estimates.queries import (
            calibration_of,
            estimates_of,
        )

        found = estimates_of(workspace)
    together = calibration_of(found)
    if together is not None:
        from safar.doors.notebook.note_sentences import sentence

        say(f"{together.hits.value:.0%} of {together.hits.n} held; {together.level:.0%} would be right.")
        for note in together.notes:
            say(sentence(note))
    write_rows(form, _LISTED, [[_values(each)[name] for name in _LISTED] for each in found])


def _number(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command a number and the ends of its interval."""
    options = (
        click.argument("value", type=NUMBER),
        click.argument("low", type=NUMBER),
        click.argument("high", type=NUMBER),
        click.option("--currency", default="", help="ISO 4217 code. Default: it is no money."),
        click.option(
            "--level", type=NUMBER, default=95, show_default=True, help="Of the interval, in percent."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@estimate.command(short_help="Keep an estimate.")
@click.argument("name")
@click.argument("metric")
@_number
@click.option("--due", type=Day(), metavar="DAY", help="The day from which the outcome can be told.")
@click.option("--notes", default="", help="What should be known of it.")
@place_options
@form_options
@pass_asked
def add(
    asked: Asked,
    /,
    *,
    name: str,
    metric: str,
    value: float,
    low: float,
    high: float,
    currency: str,
    level: float,
    due: date | None,
    notes: str,
    form: Form,
) -> None:
    """Keep that the change NAME will move METRIC by VALUE, between LOW and HIGH.

    \b
    safar estimate add "Halve late deliveries" "revenue a year" 6.2e6 4.1e6 9.0e6 --currency IRR
    """
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.estimates.queries import estimate_of
        from safar.doors.web.estimates.services import keep

        said = Estimate(value, Interval(low, high, level / 100), 0)
        made = keep(
            workspace,
            name,
            metric,
            said,
            by=Actor.at_terminal(),
            currency=currency,
            due_on=due,
            notes=notes,
        )
        found = estimate_of(workspace, made)
    write_record(form, _values(found))


@estimate.command(short_help="Score an estimate by what came.")
@click.argument("estimate_id")
@_number
@click.option("--measured-by", required=True, help="A release, an experiment, whatever measured it.")
@place_options
@form_options
@pass_asked
def score(
    asked: Asked,
    /,
    *,
    estimate_id: str,
    value: float,
    low: float,
    high: float,
    currency: str,
    level: float,
    measured_by: str,
    form: Form,
) -> None:
    """Say that of the estimate ESTIMATE_ID came VALUE, between LOW and HIGH. It is done once."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.estimates import services
        from safar.doors.web.estimates.queries import estimate_of

        came = Estimate(value, Interval(low, high, level / 100), 0)
        services.score(
            workspace, estimate_id, came, by=Actor.at_terminal(), measured_by=measured_by, currency=currency
        )
        found = estimate_of(workspace, estimate_id)
    write_record(form, _values(found))


def _values(found: Any) -> dict[str, object]:
    said, score = found.estimate, found.score
    return {
        "estimate_id": found.public_id,
        "name": found.name,
        "metric": found.metric,
        "currency": found.currency or None,
        "value": said.value,
        "low": said.interval.low,
        "high": said.interval.high,
        "due_on": found.due_on,
        "outcome": None if score is None else score.outcome.value,
        "is_inside": None if score is None else score.is_inside,
        "is_hit": None if score is None else score.is_hit,
        "error": None if score is None else score.error,
    }
