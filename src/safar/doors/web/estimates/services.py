"""Verbs of estimates: keep one, score it, delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate
from safar.vocabulary.money import exponent
from safar.vocabulary.names import visible_line

from .errors import AlreadyScored, EstimateRefused, UnitsDiffer, UnknownEstimate
from .models import KeptEstimate

_LONGEST: Final = 160
#: Numbers beyond this are no estimates, and sums of them no numbers.
_LARGEST: Final = 1e18
#: Outside of these levels an interval is nothing to score by.
LEVELS: Final = (0.5, 0.999)


@dataclass(frozen=True, slots=True)
class Behind:
    """What a number comes from: a question as JSON and the version of the log that answered it."""

    question: Mapping[str, Any] = field(default_factory=dict)
    log_version: str = ""


SAID: Final = Behind()


def keep(
    workspace: Workspace,
    name: str,
    metric: str,
    estimate: Estimate,
    *,
    by: Actor,
    currency: str = "",
    due_on: date | None = None,
    notes: str = "",
    behind: Behind = SAID,
) -> str:
    """Keep an estimate; return its public id. What was said is never changed.

    Raises
    ------
    EstimateRefused, UnknownCurrency
    """
    name, metric = visible_line(name), visible_line(metric)
    _check(estimate)
    if not name or not metric or max(len(name), len(metric)) > _LONGEST:
        raise EstimateRefused(
            f"{name[:40]!r} of {metric[:40]!r} is no estimate.",
            hint=f"Give a name and what it is of, of 1 to {_LONGEST} characters that are seen.",
        )
    if currency:
        exponent(currency)
    ends = estimate.interval
    with transaction.atomic():
        row = KeptEstimate.objects.create(
            workspace_id=workspace.workspace_id,
            name=name,
            metric=metric,
            currency=currency,
            value=estimate.value,
            low=ends.low,
            high=ends.high,
            level=ends.level,
            n=estimate.n,
            notes=notes.strip(),
            question=dict(behind.question),
            log_version=behind.log_version,
            made_by=by.member,
            due_on=due_on,
        )
        record(
            by,
            "estimate.kept",
            workspace_id=workspace.workspace_id,
            target=name,
            after={"metric": metric, "value": estimate.value, "low": ends.low, "high": ends.high},
        )
    return str(row.public_id)


def score(
    workspace: Workspace,
    public_id: str,
    outcome: Estimate,
    *,
    by: Actor,
    measured_by: str,
    currency: str = "",
    behind: Behind = SAID,
) -> None:
    """Note what came of an estimate. It is done once.

    Raises
    ------
    UnknownEstimate, AlreadyScored, EstimateRefused
    UnitsDiffer
        Another currency, or another level.
    """
    _check(outcome)
    measured_by = visible_line(measured_by)
    if not measured_by:
        raise EstimateRefused(
            "Nothing says what measured it.", hint="Name a release, an experiment, a report."
        )
    with transaction.atomic():
        row = _locked(workspace, public_id)
        if row.outcome is not None:
            raise AlreadyScored(f"The estimate {row.name!r} is scored.", hint="Keep another one.")
        if (row.currency, row.level) != (currency, outcome.interval.level):
            raise UnitsDiffer(
                f"The estimate is in {row.currency or 'no currency'} at {row.level}, the outcome in"
                f" {currency or 'no currency'} at {outcome.interval.level}.",
                hint="Measure the outcome in the unit and at the level of the estimate.",
            )
        row.outcome, row.outcome_n = outcome.value, outcome.n
        row.outcome_low, row.outcome_high = outcome.interval.low, outcome.interval.high
        row.outcome_from = measured_by[:200]
        row.outcome_question, row.outcome_version = dict(behind.question), behind.log_version
        row.scored_at, row.scored_by = timezone.now(), by.member
        row.save()
        record(
            by,
            "estimate.scored",
            workspace_id=workspace.workspace_id,
            target=row.name,
            before={"value": row.value},
            after={"outcome": outcome.value, "outcome_from": row.outcome_from},
        )


def delete(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Delete an estimate that was not scored yet: those that were, count for how good estimates are.

    Raises
    ------
    UnknownEstimate, AlreadyScored
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        if row.outcome is not None:
            raise AlreadyScored(f"The estimate {row.name!r} is scored.", hint="Scored estimates stay.")
        record(by, "estimate.deleted", workspace_id=workspace.workspace_id, target=row.name)
        row.delete()


def _check(estimate: Estimate) -> None:
    ends, (least, most) = estimate.interval, LEVELS
    numbers = (estimate.value, ends.low, ends.high)
    if not all(abs(each) <= _LARGEST for each in numbers) or estimate.value not in ends:
        raise EstimateRefused(
            f"{estimate.value} from {ends.low} to {ends.high} is no estimate.",
            hint="Give numbers, the value within the interval.",
        )
    if not least <= ends.level <= most:
        raise EstimateRefused(
            f"Nothing can be scored at the level {ends.level}.",
            hint=f"Give {least} to {most}; 0.95 is usual.",
        )


def _locked(workspace: Workspace, public_id: str) -> KeptEstimate:
    rows = KeptEstimate.objects.select_for_update()
    row = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if row is None:
        raise UnknownEstimate("There is no such estimate here.", hint="Look at the list of estimates.")
    return row
