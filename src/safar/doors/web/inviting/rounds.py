"""Rounds: asking some customers, once or whenever something happens to them, within the budget of contacts."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.doors.web.mail import can_mail
from safar.doors.web.segments.queries import segment_of
from safar.doors.web.surveys.queries import published
from safar.doors.web.work.services import start
from safar.listen.contact_budget import Candidate, ContactBudget, Verdict, judge
from safar.store.home import region_of
from safar.store.registry import Workspace

from .budgets import budget_of
from .contacts import History, Reached, add_invitations, histories_told, opted_out, reached
from .errors import NotPublished, RoundRefused, UnknownRound
from .links import personal_token
from .models import Budget, Invitation, Round

_LONGEST_NAME: Final = 120
_LONGEST: Final = timedelta(days=366)
#: Customers judged in one transaction.
AT_ONCE: Final = 200
#: Of so many customers who are named one by one it is said at once who is asked; more are judged in the background.
_AT_THE_SPOT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """Whom to ask, how and when.

    Parameters
    ----------
    channel
        ``email`` or ``sms``: mails are sent where the installation has a server; of both the personal links can be
        taken away as a file.
    segment_id
        Public id of the segment that is asked; with ``event_names`` only those of it are asked.
    customer_ids
        Whom to ask at once, instead of a segment.
    event_names, delay
        Ask each customer so long after one of these events.
    rate
        The share that is asked, 0…1.
    remind_after
        So long after an invitation without an answer it is reminded of, once.
    open_for
        How long an invitation can be answered.
    subject, words
        By language; usual ones where empty.
    """

    name: str
    channel: str
    segment_id: str = ""
    customer_ids: tuple[str, ...] = ()
    event_names: tuple[str, ...] = ()
    delay: timedelta = timedelta(0)
    rate: float = 1.0
    remind_after: timedelta | None = None
    open_for: timedelta = timedelta(days=14)
    subject: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def start_round(workspace: Workspace, survey_id: str, plan: RoundPlan, *, by: Actor) -> str:
    """Begin to ask; return the round's public id. Invitations are made and sent in the background.

    A few customers who are named one by one are judged at once, so that the caller can look who is asked.

    Raises
    ------
    NotPublished
        The survey has nothing that could be answered.
    RoundRefused
        The plan asks nobody, or cannot be carried out.
    """
    _check(workspace, plan)
    if published(workspace, survey_id) is None:
        raise NotPublished("The survey is not published.", hint="Publish it first.")
    now = timezone.now()
    named = tuple(dict.fromkeys(plan.customer_ids))
    is_at_the_spot = 0 < len(named) <= _AT_THE_SPOT
    people = (
        _look_up(workspace, plan.channel, [(each, "") for each in named], now) if is_at_the_spot else None
    )
    with transaction.atomic():
        row = Round.objects.create(
            workspace_id=workspace.workspace_id,
            public_id=secrets.token_hex(8),
            survey_id=survey_id,
            name=plan.name.strip()[:_LONGEST_NAME],
            channel=plan.channel,
            trigger=Round.Trigger.EVENT if plan.event_names else Round.Trigger.NOW,
            segment_id=plan.segment_id,
            event_names=list(plan.event_names),
            delay=plan.delay if plan.event_names else None,
            rate=plan.rate,
            remind_after=plan.remind_after,
            open_for=plan.open_for,
            subject=dict(plan.subject),
            words=dict(plan.words),
            named=[] if is_at_the_spot else list(named),
            is_drawn=is_at_the_spot,
            looked_until=now,
            created_by=by.member,
            created_at=now,
        )
        if people is not None:
            _judge(workspace, row, people, now)
        record(by, "survey.round_started", workspace_id=workspace.workspace_id, target=row.name)
        look_soon(workspace.workspace_id)
    return str(row.public_id)


def stop_round(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Ask nobody further; invitations that are out can still be answered.

    Raises
    ------
    UnknownRound
    """
    with transaction.atomic():
        rows = Round.objects.select_for_update()
        row = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
        if row is None:
            raise UnknownRound("There is no such round here.", hint="Look at the rounds of the survey.")
        if row.stopped_at is None:
            row.stopped_at = timezone.now()
            row.save(update_fields=["stopped_at"])
            record(by, "survey.round_stopped", workspace_id=workspace.workspace_id, target=row.name)


def invite(
    workspace: Workspace,
    row: Round,
    occasions: Sequence[tuple[str, str]],
    now: datetime,
    *,
    after_case: bool = False,
) -> Mapping[str, int]:
    """Judge customers for a round and keep the verdicts; return how many got which.

    Exact when two do so at once: the budget's row is locked meanwhile. Whoever was judged for the same occasion before
    stays as he was. The log is read before anything is locked, and no transaction holds many customers: respondents
    send their answers into the same tables.

    Parameters
    ----------
    occasions
        Any id of a customer, and what it is about (an event id, or empty).
    after_case
        Somebody has put right what the customer said: that he answered lately, or was asked the same, is no reason to
        leave him alone. All others are.
    """
    counts: Counter[str] = Counter()
    for start_at in range(0, len(occasions), AT_ONCE):
        wanted = _not_judged(workspace, row, occasions[start_at : start_at + AT_ONCE])
        if wanted:
            people = _look_up(workspace, row.channel, wanted, now)
            counts += _judge(workspace, row, people, now, after_case=after_case)
    return dict(counts)


@dataclass(frozen=True, slots=True)
class _People:
    """What the log knows of those who are to be judged.

    Attributes
    ----------
    occasions
        Persons, and what it is about.
    longest
        How far back their histories go.
    """

    occasions: Sequence[tuple[str, str]]
    histories: Mapping[str, History]
    reached: Mapping[str, Reached]
    longest: timedelta


def _not_judged(
    workspace: Workspace, row: Round, occasions: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the occasions that are not judged yet."""
    identity = current_home().log(workspace.workspace_id).identity
    by_person = {(identity.person_of(customer_id), about): None for customer_id, about in occasions}
    there = _judged(row, [person for person, _ in by_person])
    return [pair for pair in by_person if pair not in there]


def _judged(row: Round, persons: Sequence[str]) -> set[tuple[str, str]]:
    rows = Invitation.objects.filter(of_round=row, customer_id__in=set(persons))
    return set(rows.values_list("customer_id", "about"))


def _look_up(
    workspace: Workspace, channel: str, occasions: Sequence[tuple[str, str]], now: datetime
) -> _People:
    """Read what the log knows of customers: it takes its time, so never inside a transaction."""
    log, longest = current_home().log(workspace.workspace_id), _longest(budget_of(workspace))
    pairs = list(
        dict.fromkeys((log.identity.person_of(customer_id), about) for customer_id, about in occasions)
    )
    persons = list(dict.fromkeys(person for person, _ in pairs))
    return _People(
        pairs,
        histories_told(log, persons, now, longest),
        reached(log, persons, channel, region_of(workspace)),
        longest,
    )


def _longest(budget: ContactBudget) -> timedelta:
    return max(budget.within, budget.quarantine, budget.same_survey_after)


def _judge(
    workspace: Workspace, row: Round, people: _People, now: datetime, *, after_case: bool = False
) -> Counter[str]:
    """Judge whom the log was asked about, by the tables as they are once they are locked."""
    counts: Counter[str] = Counter()
    with transaction.atomic():
        Budget.objects.get_or_create(workspace_id=workspace.workspace_id)
        Budget.objects.select_for_update().get(workspace_id=workspace.workspace_id)
        now = max(now, timezone.now())  # later than whatever was judged while this waited for the lock
        budget = budget_of(workspace)
        if after_case:
            budget = _after_case(budget)
        persons = list(people.histories)
        there = _judged(row, persons)
        add_invitations(
            people.histories, workspace, row.survey_id, now, max(people.longest, _longest(budget))
        )
        out = opted_out(workspace, persons)
        made: list[Invitation] = []
        for person, about in people.occasions:
            if (person, about) in there:
                continue
            known, history = people.reached[person], people.histories[person]
            candidate = _candidate(person, people, budget, has_opted_out=person in out)
            verdict = judge(candidate, budget, now, rate=row.rate, seed=row.public_id)
            counts[str(verdict)] += 1
            if verdict is Verdict.ASK:  # counts for the next occasion of the same customer
                history.asked[-len(made) - 1] = now
                history.same_survey_at = now
            made.append(_invitation(row, (person, about), verdict, known.language, now))
        Invitation.objects.bulk_create(made)
    return counts


def may_hear(workspace: Workspace, customer_id: str, now: datetime) -> Verdict:
    """Return whether a customer may be mailed after his case, or the first reason against it.

    What holds for asking him again holds for thanking him: whether he wants it, has agreed, has an address, and has not
    heard from the company as often as the budget of contacts allows.
    """
    people = _look_up(workspace, Round.Channel.EMAIL, [(customer_id, "")], now)
    ((person, _about),) = people.occasions
    budget = _after_case(budget_of(workspace))
    add_invitations(people.histories, workspace, "", now, people.longest)
    is_out = person in opted_out(workspace, [person])
    return judge(_candidate(person, people, budget, has_opted_out=is_out), budget, now)


def judged_now(
    workspace: Workspace,
    survey_id: str,
    channel: str,
    customer_ids: Sequence[str],
    now: datetime,
    *,
    rate: float,
) -> Mapping[str, Verdict]:
    """Return for each person whether he would be asked now, or the first reason against it; nothing is kept."""
    people, budget = (
        _look_up(workspace, channel, [(each, "") for each in customer_ids], now),
        budget_of(workspace),
    )
    add_invitations(people.histories, workspace, survey_id, now, people.longest)
    out = opted_out(workspace, list(people.histories))
    return {
        person: judge(
            _candidate(person, people, budget, has_opted_out=person in out),
            budget,
            now,
            rate=rate,
            seed=survey_id,
        )
        for person, _about in people.occasions
    }


def usual_channel() -> Round.Channel:
    """Return how customers are asked where nobody says: by mail where the installation has a server."""
    return Round.Channel.EMAIL if can_mail() else Round.Channel.SMS


def _after_case(budget: ContactBudget) -> ContactBudget:
    """Return a budget for somebody whose case was dealt with: that he answered lately is why there was one."""
    return replace(budget, quarantine=timedelta(0), same_survey_after=timedelta(0))


def _candidate(person: str, people: _People, budget: ContactBudget, *, has_opted_out: bool) -> Candidate:
    known, history = people.reached[person], people.histories[person]
    return Candidate(
        customer_id=person,
        asked_at=tuple(history.asked.values()),
        same_survey_at=history.same_survey_at,
        answered_at=history.answered_at,
        has_address=bool(known.address),
        has_consent=known.consents.get(budget.consent, known.consents.get("", False)),
        has_opted_out=has_opted_out,
    )


def look_soon(place: str) -> None:
    """Let what waits in a workspace be sent within seconds."""
    from .jobs import tick_one  # noqa: PLC0415 - the job calls back to this module

    start(tick_one, by=SYSTEM, workspace_id=place)


def _invitation(
    row: Round, occasion: tuple[str, str], verdict: Verdict, language: str, now: datetime
) -> Invitation:
    person, about = occasion
    asks = verdict is Verdict.ASK
    return Invitation(
        of_round=row,
        workspace_id=row.workspace_id,
        survey_id=row.survey_id,
        public_id=secrets.token_hex(8),
        customer_id=person,
        about=about,
        status=Invitation.Status.WAITING if asks else Invitation.Status(str(verdict)),
        token=personal_token() if asks else None,
        language=language,
        judged_at=now,
        ends_at=now + row.open_for if asks else None,
    )


def _check(workspace: Workspace, plan: RoundPlan) -> None:
    if plan.channel not in Round.Channel.values:
        raise RoundRefused(
            f"Nobody can be asked by {plan.channel!r}.", hint=f"One of {', '.join(Round.Channel.values)}."
        )
    if not plan.name.strip():
        raise RoundRefused("A round needs a name.", hint="Say what it is for: “After delivery, spring”.")
    if not (plan.segment_id or plan.customer_ids or plan.event_names):
        raise RoundRefused("It is not said who is asked.", hint="Choose a segment, customers, or an event.")
    if plan.segment_id and segment_of(workspace, plan.segment_id) is None:
        raise RoundRefused("There is no such segment here.", hint="Choose one of the list.")
    if not 0 < plan.rate <= 1:
        raise RoundRefused(f"A share of {plan.rate} asks nobody.", hint="Between 0 and 1, such as 0.2.")
    stretches = (plan.delay, plan.remind_after or timedelta(0), plan.open_for)
    if any(not timedelta(0) <= each <= _LONGEST for each in stretches) or not plan.open_for:
        raise RoundRefused("A delay is between 0 and 366 days.", hint="Give days such as 14.")
