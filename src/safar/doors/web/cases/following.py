"""Rules follow the log: each answer is looked at once, by every rule, and opens its cases in the same transaction."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from safar.act.case_owners import Candidate, owner_of
from safar.act.loop_rule_text import loop_condition_of
from safar.act.loop_rules import Heard, LoopRule, Opened, Priority, decide
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_who_may
from safar.store.arrivals import Mark, arrivals, mark_now
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.working_time import WorkingTime

from .hearing import FOLLOWED, Places, heard_of, not_heard, places_of, worth_of
from .models import LIVE, Case, CaseEntry, EntryKind, Follow, Rule
from .public_ids import new_id
from .silences import silences
from .working import working_time_of

logger: Final = logging.getLogger("safar.cases")

#: A rule that opens more in a day is mistaken: the rest is left alone, and who looks after rules is told.
MOST_A_DAY: Final = 500
#: Silences last for days: they are looked for once an hour.
_SILENCES_EVERY: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look did.

    Attributes
    ----------
    heard
        How much was heard since the last one.
    opened
        Keys of the cases it opened.
    """

    heard: int
    opened: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule that is on, as it is kept and as it decides."""

    row: Rule
    rule: LoopRule


def rule_of(row: Rule) -> LoopRule:
    """Return what a kept rule decides by.

    Raises
    ------
    RuleUnreadable, LoopRuleRefused
        It was written for another version of the language.
    """
    return LoopRule(
        loop_condition_of(row.text),
        Priority(row.priority),
        timedelta(minutes=row.due_minutes),
        timedelta(days=row.quiet_days),
    )


def active_rules(workspace: Workspace) -> list[ActiveRule]:
    """Return the rules that are on, in the order they were made."""
    found = []
    for row in Rule.objects.filter(workspace_id=workspace.workspace_id, is_on=True).order_by("id"):
        try:
            found.append(ActiveRule(row, rule_of(row)))
        except Refusal as refusal:
            logger.warning("a rule of %s cannot be read: %s", workspace.workspace_id, refusal.code)
    return found


def begin_following(workspace: Workspace) -> None:
    """Follow the log of a workspace from now on, where nobody follows it yet or nothing was listened for."""
    mark = mark_now(current_home().log(workspace.workspace_id), FOLLOWED)
    Follow.objects.update_or_create(
        workspace_id=workspace.workspace_id, defaults={"sequence": mark.sequence, "seen": mark.seen}
    )


def look(workspace: Workspace, *, now: datetime | None = None) -> Looked:
    """Look at what has arrived in the log since the last look, and open cases for it.

    Killed at any instant, the next look does what is left: the place in the log and the cases are kept together.
    """
    rules = active_rules(workspace)
    follow = Follow.objects.filter(workspace_id=workspace.workspace_id).first()
    if not rules or follow is None:
        return Looked(0, ())
    at = now or timezone.now()
    log = current_home().log(workspace.workspace_id)
    before = Mark(follow.sequence, bytes(follow.seen))
    events, mark = arrivals(log, FOLLOWED, before)
    wants_silences = follow.silences_at is None or at - follow.silences_at >= _SILENCES_EVERY
    places = places_of(workspace)
    heard = heard_of(workspace, events, places)
    if wants_silences:
        heard += heard_silences(workspace, rules, now=at)
    if (mark, wants_silences) == (before, False) and not heard:
        return Looked(0, ())
    with transaction.atomic():
        held = Follow.objects.select_for_update().get(pk=follow.pk)
        if (held.sequence, bytes(held.seen)) != (before.sequence, before.seen):
            return Looked(0, ())  # another process has looked meanwhile
        opened = open_for(workspace, rules, heard, places, now=at)
        held.sequence, held.seen = mark.sequence, mark.seen
        if wants_silences:
            held.silences_at = at
        held.save()
    return Looked(len(heard), tuple(case.pk for case in opened))


def heard_silences(workspace: Workspace, rules: Sequence[ActiveRule], *, now: datetime) -> list[Heard]:
    """Return the silences that rules wait for."""
    log, found = current_home().log(workspace.workspace_id), []
    wanted = {
        (each.rule.trigger, each.rule.silent_days)
        for each in rules
        if each.rule.trigger != "answer" and each.rule.silent_days is not None
    }
    for kind, days in sorted(wanted):
        silent = list(silences(log, kind, days, now=now))
        worth = worth_of(workspace, [each.customer_id for each in silent])
        found += [not_heard(each, worth[each.customer_id], now=now) for each in silent]
    return found


def open_for(
    workspace: Workspace,
    rules: Sequence[ActiveRule],
    heard: Sequence[Heard],
    places: Places,
    *,
    now: datetime,
) -> list[Case]:
    """Open the cases that rules want for what was heard; in a transaction of the caller."""
    opener = _Opener(workspace, places, now)
    found = []
    for active in rules:
        before = _before(active.row, {each.customer_id for each in heard})
        today = Case.objects.filter(rule=active.row, opened_at__gt=now - _DAY).count()
        for each in heard:
            if decide(active.rule, each, before[each.customer_id], now=now) != "opens":
                continue
            if today >= MOST_A_DAY:
                logger.warning("the rule %s opens too many cases a day", active.row.public_id)
                break
            made = opener.open(active, each)
            if made is not None:
                found.append(made)
                before[each.customer_id].append(Opened(each.at, is_open=True))
                today += 1
    return found


def _before(row: Rule, customers: set[str]) -> dict[str, list[Opened]]:
    """Return the cases that a rule opened for customers before."""
    found: dict[str, list[Opened]] = defaultdict(list)
    ids = sorted(customers)
    for start in range(0, len(ids), 500):
        rows = Case.objects.filter(rule=row, customer_id__in=ids[start : start + 500])
        for customer, at, status in rows.values_list("customer_id", "heard_at", "status"):
            found[customer].append(Opened(at, is_open=status in LIVE))
    return found


class _Opener:
    """Opens cases of one look: who is there to take them is read once."""

    def __init__(self, workspace: Workspace, places: Places, now: datetime) -> None:
        self._workspace, self._places, self._now = workspace, places, now
        self._working: WorkingTime = working_time_of(workspace)
        self._members = {
            member.pk: member for member in members_who_may(workspace.workspace_id, Capability.HANDLE_CASES)
        }
        owned = Case.objects.filter(
            workspace_id=workspace.workspace_id, status__in=LIVE, owner__in=self._members
        )
        self._load = Counter(owned.values_list("owner", flat=True))

    def open(self, active: ActiveRule, heard: Heard) -> Case | None:
        """Open a case; None where this was heard before."""
        row, places = active.row, self._places.of(heard.question_key)
        owner = self._owner(row, [place.owner for place in places if place.owner], heard.language)
        made, is_new = Case.objects.get_or_create(
            rule=row,
            heard_key=heard.key,
            defaults={
                "workspace_id": self._workspace.workspace_id,
                "public_id": new_id(),
                "rule_name": row.name,
                "customer_id": heard.customer_id,
                "heard_at": heard.at,
                "question_key": heard.question_key[:200],
                "metric": heard.metric[:40],
                "value": heard.value,
                "scale_min": None if heard.scale is None else heard.scale[0],
                "scale_max": None if heard.scale is None else heard.scale[1],
                "is_lower_better": not heard.higher_is_better,
                "words": heard.words,
                "language": heard.language[:8],
                "sentiment": heard.sentiment[:10],
                "topics": sorted(heard.topics),
                "map_id": places[0].map_id if places else "",
                "step_id": places[0].step_id if places else "",
                "priority": row.priority,
                "owner": owner,
                "team": row.team,
                "opened_at": self._now,
                "due_at": self._working.add(self._now, timedelta(minutes=row.due_minutes)),
            },
        )
        if not is_new:
            return None
        if owner is not None:
            self._load[owner.pk] += 1
        CaseEntry.objects.create(
            case=made,
            kind=EntryKind.OPENED,
            at=self._now,
            facts={"rule": row.name, "owner": "" if owner is None else str(owner)},
        )
        return made

    def _owner(self, row: Rule, step_owners: Sequence[str], language: str) -> Any:
        candidates = [
            Candidate(member.pk, (member.name, member.email), member.language, self._load[member.pk])
            for member in self._members.values()
        ]
        chosen = owner_of(
            candidates,
            step_owners=step_owners,
            language=language,
            chosen=None if row.owner is None else row.owner.pk,
        )
        return None if chosen is None else self._members[chosen.key]
