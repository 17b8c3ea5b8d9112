"""What pages and programs read of estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from safar.doors.web.members.backend import Member
from safar.explain.experiments.forecast_scores import Calibration, ForecastScore, calibration, scored
from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate, Interval

from .models import KeptEstimate


@dataclass(frozen=True, slots=True)
class EstimateFacts:
    """An estimate, and what came.

    Attributes
    ----------
    public_id, name, metric, currency, notes
        As of `models.KeptEstimate`.
    estimate
        What was said, in whole units.
    question, log_version
        Behind it; empty where somebody said it.
    made_at, made_by
        When, and who.
    due_on
        The day from which the outcome can be told; None where nobody said.
    score
        Beside what came; None while it is open.
    outcome_from, outcome_question
        What it was measured by.
    scored_at, scored_by
        When and by whom.
    """

    public_id: str
    name: str
    metric: str
    currency: str
    notes: str
    estimate: Estimate
    question: Mapping[str, Any]
    log_version: str
    made_at: datetime
    made_by: str
    due_on: date | None
    score: ForecastScore | None
    outcome_from: str
    outcome_question: Mapping[str, Any]
    scored_at: datetime | None
    scored_by: str

    def is_due(self, today: date) -> bool:
        """Whether its outcome could be told, and is not."""
        return self.score is None and self.due_on is not None and self.due_on <= today


def estimates_of(workspace: Workspace) -> tuple[EstimateFacts, ...]:
    """Return all estimates, the newest first."""
    rows = KeptEstimate.objects.filter(workspace_id=workspace.workspace_id).order_by("-id")
    return tuple(_facts(row) for row in rows.select_related("made_by", "scored_by"))


def estimate_of(workspace: Workspace, public_id: str) -> EstimateFacts | None:
    """Return an estimate; None where there is none."""
    rows = KeptEstimate.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    row = rows.select_related("made_by", "scored_by").first()
    return None if row is None else _facts(row)


def calibration_of(found: Sequence[EstimateFacts]) -> Calibration | None:
    """Return how good estimates have been, over those at the level that most have; None where none is scored."""
    scores = [each.score for each in found if each.score is not None]
    if not scores:
        return None
    levels = [each.forecast.interval.level for each in scores]
    usual = max(levels, key=levels.count)
    return calibration([each for each in scores if each.forecast.interval.level == usual])


def _facts(row: KeptEstimate) -> EstimateFacts:
    said = Estimate(row.value, Interval(row.low, row.high, row.level), row.n)
    score = None
    if row.outcome is not None and row.outcome_low is not None and row.outcome_high is not None:
        came = Estimate(row.outcome, Interval(row.outcome_low, row.outcome_high, row.level), row.outcome_n)
        score = scored(said, came)
    return EstimateFacts(
        row.public_id,
        row.name,
        row.metric,
        row.currency,
        row.notes,
        said,
        row.question,
        row.log_version,
        row.made_at,
        _name_of(row.made_by),
        row.due_on,
        score,
        row.outcome_from,
        row.outcome_question,
        row.scored_at,
        _name_of(row.scored_by),
    )


def _name_of(member: Member | None) -> str:
    """Return what a member is called, or the address; nothing of one who is gone."""
    return "" if member is None else member.name or member.email
