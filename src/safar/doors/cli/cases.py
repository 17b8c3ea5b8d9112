"""`safar case`: who somebody has to get back to, and the rules that say so."""

from __future__ import annotations

from typing import Any

import click

from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_record, write_rows

_LISTED = (
    "case_id",
    "rule_name",
    "customer_id",
    "priority",
    "status",
    "owner",
    "due_at",
    "is_late",
    "value",
    "step_id",
)
_QUEUES = ("unassigned", "late", "live", "closed", "all")


class CaseMissing(Refusal, LookupError):
    """The workspace has no such case."""

    code = "cli.case_unknown"


@click.group(short_help="Cases: who somebody has to get back to.")
@place_options
def case() -> None:
    """Cases of a workspace: see the queue, try and run the rules, close what is dealt with."""


@case.command("list", short_help="List the cases.")
@click.option("--which", type=click.Choice(_QUEUES), default="live", show_default=True)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many cases."
)
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, which: str, limit: int, form: Form) -> None:
    """List the cases of the workspace, the earliest due first."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.cases.queries import QueueQuestion, cases_of

        found = cases_of(workspace, QueueQuestion(which), limit=limit).cases
    write_rows(form, _LISTED, [[_values(each)[name] for name in _LISTED] for each in found])


@case.command(short_help="Show a case with its history.")
@click.argument("case_id")
@place_options
@form_options
@pass_asked
def show(asked: Asked, case_id: str, *, form: Form) -> None:
    """Show the case CASE_ID and its history, the newest entry first."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.cases.queries import case_of, entries_of

        found = case_of(workspace, case_id)
        if found is None:
            raise CaseMissing(f"There is no case {case_id!r}.", hint="List them: safar case list.")
        entries = entries_of(workspace, case_id)
    say(
        f"{found.rule_name or 'opened by hand'}: {found.customer_id} ({found.status}, due {found.due_at.isoformat()})"
    )
    names = ("at", "kind", "by", "text")
    write_rows(form, names, [[getattr(entry, name) for name in names] for entry in entries])


@case.command(short_help="List the rules.")
@place_options
@form_options
@pass_asked
def rules(asked: Asked, *, form: Form) -> None:
    """List the rules that open cases, by name."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.cases.queries import rules_of

        found = rules_of(workspace)
    names = ("public_id", "name", "is_on", "priority", "due_minutes", "quiet_days", "opened", "live", "text")
    write_rows(form, names, [[getattr(each, name) for name in names] for each in found])


@case.command("try", short_help="Say what a rule would have opened.")
@click.argument("text")
@place_options
@form_options
@pass_asked
def try_(asked: Asked, text: str, *, form: Form) -> None:
    """Run the rule TEXT, such as "nps <= 6 and top <= 10", over the last 30 days without opening anything."""
    from safar.act.loop_rule_text import loop_condition_of
    from safar.act.loop_rules import LoopRule

    rule = LoopRule(loop_condition_of(text))
    with asked.open_workspace() as workspace:
        from safar.doors.web.cases.rule_trial import tried

        found = tried(workspace, rule)
    names = ("heard", "fits", "opened", "customers", "busiest", "since", "until", "is_cut")
    write_record(form, {name: getattr(found, name) for name in names})


@case.command(short_help="Let the rules look at what has arrived.")
@place_options
@form_options
@pass_asked
def look(asked: Asked, *, form: Form) -> None:
    """Let the rules look at what has arrived since the last look; a serving process does so each minute."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.cases.services import look_now

        opened = look_now(workspace)
    write_record(form, {"opened": opened})


@case.command(short_help="Say when something that is asked now is due.")
@click.argument("minutes", type=click.IntRange(1, 1_000_000))
@place_options
@form_options
@pass_asked
def due(asked: Asked, minutes: int, *, form: Form) -> None:
    """Say when MINUTES of working time from now are over, by the workspace's hours and days off."""
    from datetime import UTC, datetime, timedelta

    with asked.open_workspace() as workspace:
        from safar.doors.web.cases.working import working_time_of

        now = datetime.now(UTC)
        at = working_time_of(workspace).add(now, timedelta(minutes=minutes))
    write_record(form, {"asked_at": now, "due_at": at})


def _values(found: Any) -> dict[str, object]:
    return {"case_id": found.public_id} | {
        name: getattr(found, name) for name in _LISTED if name != "case_id"
    }
