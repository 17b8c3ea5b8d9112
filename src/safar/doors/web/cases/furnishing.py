"""Cases for a demo: usual rules run over the last weeks of its log, and most of what they opened was dealt with."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from safar.doors.web.audit.actor import SYSTEM
from safar.doors.web.homes import current_home
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import from_microseconds

from .following import active_rules, begin_following, open_for
from .hearing import heard_of, places_of
from .models import Case, CaseEntry, EntryKind, Outcome, RootCause, Rule, Status
from .reading import heard_events
from .rule_services import RuleDraft, define_rule, name_cause
from .usual import USUAL_CAUSES, USUAL_RULES
from .working import working_time_of

#: So much of the log the rules are run over, and so much of that is not dealt with yet.
_WEEKS: Final = timedelta(days=56)
_RECENT: Final = timedelta(days=2)


def furnish(workspace: Workspace, language: str) -> int:
    """Give a demo root causes, rules, and the cases they would have opened lately; return how many cases.

    A workspace that has rules or root causes is left as it is. The same log gives the same cases.
    """
    place = workspace.workspace_id
    if (
        Rule.objects.filter(workspace_id=place).exists()
        or RootCause.objects.filter(workspace_id=place).exists()
    ):
        return 0
    causes = {name_cause(workspace, names, by=SYSTEM): topics for names, topics in USUAL_CAUSES}
    for each in USUAL_RULES:
        draft = RuleDraft(
            each.names[language],
            each.text,
            each.priority,
            each.due_minutes,
            each.quiet_days,
            "",
            "",
            each.escalations,
        )
        define_rule(workspace, draft, by=SYSTEM)
    log = current_home().log(place)
    present = _present(log)
    if present is None:
        return 0
    with transaction.atomic():
        cases = _opened(workspace, log, present)
        for case in cases:
            _deal(workspace, case, causes, present)
        begin_following(workspace)
    return len(cases)


def _present(log: Log) -> datetime | None:
    present = log.sight().present
    return None if present is None else min(from_microseconds(present), datetime.now(UTC))


def _opened(workspace: Workspace, log: Log, present: datetime) -> list[Case]:
    places, rules = (
        places_of(workspace),
        [each for each in active_rules(workspace) if each.rule.trigger == "answer"],
    )
    heard = heard_of(workspace, heard_events(log, present - _WEEKS, present), places)
    found: list[Case] = []
    for each in sorted(heard, key=lambda each: each.at):
        wanting = [rule for rule in rules if rule.rule.when.holds(each)][:1]
        found += open_for(workspace, wanting, [each], places, now=each.at + timedelta(seconds=40))
    return found


def _deal(workspace: Workspace, case: Case, causes: dict[str, frozenset[str]], present: datetime) -> None:
    """Let most older cases be closed, some of them late; of the recent ones let some be taken up or wait."""
    drawn = hashlib.blake2b(case.heard_key.encode(), digest_size=4).digest()
    is_recent = present - case.opened_at < _RECENT
    if is_recent or drawn[0] < 40:
        case.status = (Status.NEW, Status.NEW, Status.OPEN, Status.WAITING)[drawn[1] % 4]
        if case.status == Status.WAITING:
            case.waiting_since = case.opened_at + timedelta(hours=3)
        if drawn[2] < 60:
            case.owner = None
        case.save()
        return
    working = working_time_of(workspace)
    minutes = 30 + drawn[1] * (case.rule.due_minutes if case.rule is not None else 480) // 220
    case.closed_at = min(working.add(case.opened_at, timedelta(minutes=minutes)), present)
    about = set(case.topics)
    fitting = [key for key, topics in causes.items() if topics & about] or list(causes)[-2:]
    cause = RootCause.objects.get(public_id=fitting[drawn[2] % len(fitting)])
    outcomes = (Outcome.SOLVED, Outcome.SOLVED, Outcome.COMPENSATED, Outcome.EXPLAINED, Outcome.UNREACHED)
    case.status, case.root_cause, case.outcome = Status.CLOSED, cause, outcomes[drawn[3] % len(outcomes)]
    case.closed_by, case.version = case.owner, 2
    case.save()
    CaseEntry.objects.create(
        case=case,
        kind=EntryKind.CLOSED,
        at=case.closed_at,
        member=case.owner,
        facts={"root_cause": cause.public_id, "outcome": case.outcome},
    )
