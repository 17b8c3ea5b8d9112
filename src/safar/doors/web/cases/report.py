"""How cases fared in a stretch of time: counts, shares with their intervals, what was behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate, share

from .models import Case, Status
from .working import working_time_of


@dataclass(frozen=True, slots=True)
class Behind:
    """How often one root cause, rule or outcome was told.

    Attributes
    ----------
    key, names
        Its id, and what it is called by language; the name of a rule stands under the empty language.
    n
        Cases.
    of_all
        Their share of those that were closed, or opened.
    """

    key: str
    names: Mapping[str, str]
    n: int
    of_all: Estimate | None


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How cases fared.

    Attributes
    ----------
    opened, closed, live
        Opened and closed within the time; not closed now.
    in_time
        Of those closed, the share that was closed before it was due.
    reopened
        Of those opened, the share that was closed and opened again.
    escalated
        Of those opened, the share that was escalated.
    hours_to_close
        Median of the working time from opening to closing, in hours; None where none was closed.
    causes, outcomes, rules
        The commonest first.
    """

    opened: int
    closed: int
    live: int
    in_time: Estimate | None
    reopened: Estimate | None
    escalated: Estimate | None
    hours_to_close: float | None
    causes: tuple[Behind, ...]
    outcomes: tuple[Behind, ...]
    rules: tuple[Behind, ...]


def case_report(workspace: Workspace, since: datetime, until: datetime) -> CaseReport:
    """Return how the cases of a workspace fared from one instant up to another."""
    rows = Case.objects.filter(workspace_id=workspace.workspace_id)
    opened = list(rows.filter(opened_at__gte=since, opened_at__lt=until).select_related("rule"))
    closed = list(rows.filter(closed_at__gte=since, closed_at__lt=until).select_related("root_cause"))
    working = working_time_of(workspace)
    hours = [
        working.between(case.opened_at, case.closed_at) / timedelta(hours=1)
        for case in closed
        if case.closed_at is not None
    ]
    in_time = sum(case.closed_at is not None and case.closed_at <= case.due_at for case in closed)
    return CaseReport(
        opened=len(opened),
        closed=len(closed),
        live=rows.exclude(status=Status.CLOSED).count(),
        in_time=share(in_time, len(closed)),
        reopened=share(sum(case.reopened_count > 0 for case in opened), len(opened)),
        escalated=share(sum(case.escalated > 0 for case in opened), len(opened)),
        hours_to_close=median(hours) if hours else None,
        causes=_counted(
            [(case.root_cause.public_id, dict(case.root_cause.names)) for case in closed if case.root_cause],
            len(closed),
        ),
        outcomes=_counted([(case.outcome, {}) for case in closed if case.outcome], len(closed)),
        rules=_counted([(case.rule_name, {"": case.rule_name}) for case in opened], len(opened)),
    )


def _counted(found: list[tuple[str, dict[str, str]]], of: int) -> tuple[Behind, ...]:
    names = dict(found)
    counts = Counter(key for key, _names in found)
    return tuple(Behind(key, names[key], n, share(n, of)) for key, n in counts.most_common())


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Something that is behind cases at one step of a map.

    Attributes
    ----------
    map_id, step_id, cause
        Where, and the public id of what; empty texts where the cases say no step or no cause yet.
    names
        Of the root cause, by language.
    cases, people
        How many cases, of how many customers.
    severity
        How bad it felt, from 0 (the best answer there is) to 1 (the worst): the mean over the answers on scales; a
        case without one counts as the mean of the others. None where no case had one.
    n
        Answers behind the severity.
    weight
        People times severity: what the list is ordered by.
    live
        Cases of them that are not closed.
    topics
        What their comments are about, the commonest first.
    newest_at
        When the newest of them was opened.
    """

    map_id: str
    step_id: str
    cause: str
    names: Mapping[str, str]
    cases: int
    people: int
    severity: float | None
    n: int
    weight: float
    live: int
    topics: tuple[str, ...]
    newest_at: datetime


def opportunities(workspace: Workspace, since: datetime) -> tuple[Opportunity, ...]:
    """Return what is behind the cases opened since an instant, by step and root cause, the heaviest first."""
    rows = Case.objects.filter(workspace_id=workspace.workspace_id, opened_at__gte=since)
    groups: defaultdict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in rows.select_related("root_cause"):
        cause = "" if case.root_cause is None else case.root_cause.public_id
        groups[case.map_id, case.step_id, cause].append(case)
    found = [_opportunity(key, cases) for key, cases in groups.items()]
    return tuple(sorted(found, key=lambda each: (-each.weight, -each.people, each.step_id, each.cause)))


def _opportunity(key: tuple[str, str, str], cases: list[Case]) -> Opportunity:
    map_id, step_id, cause = key
    depths = [depth for case in cases if (depth := _depth(case)) is not None]
    severity = sum(depths) / len(depths) if depths else None
    # an erased customer has no id any more: each such case was somebody
    people = len({case.customer_id or case.public_id for case in cases})
    topics = Counter(topic for case in cases for topic in case.topics)
    return Opportunity(
        map_id,
        step_id,
        cause,
        {} if cases[0].root_cause is None else dict(cases[0].root_cause.names),
        len(cases),
        people,
        severity,
        len(depths),
        people * (0.5 if severity is None else severity),
        sum(case.status != Status.CLOSED for case in cases),
        tuple(topic for topic, _count in topics.most_common(3)),
        max(case.opened_at for case in cases),
    )


def _depth(case: Any) -> float | None:
    """Return how far down its scale the answer of a case is, from 0 to 1."""
    if (
        case.value is None
        or case.scale_min is None
        or case.scale_max is None
        or case.scale_min >= case.scale_max
    ):
        return None
    height = (case.value - case.scale_min) / (case.scale_max - case.scale_min)
    return float(height if case.is_lower_better else 1 - height)
