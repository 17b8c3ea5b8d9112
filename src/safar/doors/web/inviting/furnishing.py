"""Rounds for a demo: whom its log says was invited, who answered, and who was left alone and why."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from safar.doors.web.homes import current_home
from safar.listen.contact_budget import Candidate, Verdict, judge
from safar.store.home import region_of
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

from .budgets import budget_of
from .contacts import reached
from .links import personal_token
from .models import Invitation, OptOut, Round

_OPEN_FOR: Final = timedelta(days=14)
_REMINDED: Final = timedelta(days=4)
#: Whom something happened to so lately waits for his text message.
_LATELY: Final = timedelta(days=5)
#: Of so many customers without an invitation it is said why.
_MOST_LEFT_ALONE: Final = 250
#: One of so many asked to be left alone.
_ONE_IN_OPTED_OUT: Final = 40
_RATE: Final = 0.6


@dataclass(frozen=True, slots=True)
class DemoRound:
    """A round of a demo.

    Attributes
    ----------
    survey_key
        As the log names the survey.
    name
        In the demo's language.
    event_name
        What the customers were asked after.
    """

    survey_id: str
    survey_key: str
    name: str
    event_name: str
    channel: str


@dataclass(slots=True)
class _Told:
    """What the log knows: invitations by customer, answers by invitation and by customer."""

    sent: list[tuple[str, str, datetime, str, str]] = field(default_factory=list)
    answered: dict[str, datetime] = field(default_factory=dict)
    asked_at: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    answered_at: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))


def furnish(
    workspace: Workspace, rounds: Sequence[DemoRound], present: datetime, span: timedelta
) -> dict[str, int]:
    """Give a demo rounds of invitations as its log tells them; return how many customers have which status.

    Whoever the log says was sent a survey has an invitation, and answered it where an answer names it. Whom the event
    happened to without one is judged as the budget of contacts would have judged him then.
    """
    log = current_home().log(workspace.workspace_id)
    told = _read(log, present - 2 * span, present)
    window, counts = Window(present - span, present), dict[str, int]()
    for each in rounds:
        row = Round(
            workspace_id=workspace.workspace_id,
            public_id=_digest(workspace, "round", each.survey_key, each.channel),
            survey_id=each.survey_id,
            name=each.name,
            channel=each.channel,
            trigger=Round.Trigger.EVENT,
            event_names=[each.event_name],
            delay=timedelta(hours=24),
            rate=_RATE,
            remind_after=_REMINDED,
            open_for=_OPEN_FOR,
            looked_until=present,
            is_drawn=True,
            # a demo mails nobody by itself; text messages are sent by whoever takes the list
            stopped_at=present if each.channel == Round.Channel.EMAIL else None,
            created_at=present - span,
        )
        made = [*_invited(row, each, told, window), *_left_alone(workspace, row, each, told, window)]
        with transaction.atomic():
            row.save()
            for invitation in made:
                invitation.of_round = row
            Invitation.objects.bulk_create(made, batch_size=500)
            OptOut.objects.bulk_create(
                (
                    OptOut(workspace_id=row.workspace_id, customer_id=each.customer_id, at=each.judged_at)
                    for each in made
                    if each.status == Invitation.Status.OPTED_OUT
                ),
                ignore_conflicts=True,
            )
        for invitation in made:
            counts[str(invitation.status)] = counts.get(str(invitation.status), 0) + 1
    return counts


def _read(log: Log, since: datetime, until: datetime) -> _Told:
    told = _Told()
    query = """
        SELECT event_name, customer_id, occurred_at, channel, properties FROM events
        WHERE event_name IN ('survey_sent', 'survey_answered') AND occurred_at >= ? AND occurred_at < ?
        ORDER BY occurred_at
    """
    for name, customer, at, channel, properties in log.sql(query, [since, until]).rows():
        said = json.loads(properties or "{}")
        invitation = str(said.get("invitation_id") or "")
        if name == "survey_sent":
            told.sent.append((str(said.get("survey") or ""), customer, at, channel, invitation))
            told.asked_at[customer].append(at)
        else:
            told.answered_at[customer].append(at)
            if invitation:
                told.answered.setdefault(invitation, at)
    return told


def _invited(row: Round, asked: DemoRound, told: _Told, window: Window) -> Iterable[Invitation]:
    """Yield the invitations that the log tells."""
    seen: set[tuple[str, str]] = set()
    for survey, customer, at, channel, invitation in told.sent:
        if survey != asked.survey_key or channel != asked.channel or at < window.start:
            continue
        if (customer, invitation) in seen:
            continue
        seen.add((customer, invitation))
        answered_at = told.answered.get(invitation)
        ends_at = at + _OPEN_FOR
        status = Invitation.Status.SENT if ends_at > window.end else Invitation.Status.LAPSED
        if answered_at is not None:
            status = Invitation.Status.ANSWERED
        yield Invitation(
            workspace_id=row.workspace_id,
            survey_id=row.survey_id,
            public_id=_free_id(row, invitation),
            customer_id=customer,
            about=invitation[:40],
            status=status,
            token=personal_token(),
            judged_at=at,
            sent_at=at,
            told_at=at,
            reminded_at=at + _REMINDED if answered_at is None and at + _REMINDED < window.end else None,
            opened_at=answered_at,
            answered_at=answered_at,
            ends_at=ends_at,
        )


def _left_alone(
    workspace: Workspace, row: Round, asked: DemoRound, told: _Told, window: Window
) -> Iterable[Invitation]:
    """Yield whom the event happened to without an invitation, each with the reason that held then."""
    log = current_home().log(workspace.workspace_id)
    happened = dict(
        log.sql(
            """
            SELECT customer_id, max(occurred_at) AS at FROM events
            WHERE event_name = ? AND occurred_at >= ? AND occurred_at < ? GROUP BY customer_id
            """,
            [asked.event_name, window.start, window.end],
        ).rows()
    )
    invited = {
        customer
        for survey, customer, at, *_ in told.sent
        if survey == asked.survey_key and at >= window.start
    }
    # each time the same, and those of every week alike
    alone = sorted(happened.keys() - invited, key=lambda each: _digest(workspace, asked.channel, each))
    known = reached(log, alone[:_MOST_LEFT_ALONE], asked.channel, region_of(workspace))
    for customer in alone[:_MOST_LEFT_ALONE]:
        at = happened[customer]
        verdict = _verdict(workspace, row, customer, at, told, has_address=bool(known[customer].address))
        waits = verdict is Verdict.ASK and at > window.end - _LATELY and asked.channel == Round.Channel.SMS
        status = Invitation.Status.NOT_SAMPLED if verdict is Verdict.ASK else Invitation.Status(str(verdict))
        yield Invitation(
            workspace_id=row.workspace_id,
            survey_id=row.survey_id,
            public_id=_digest(workspace, row.public_id, customer),
            customer_id=customer,
            status=Invitation.Status.WAITING if waits else status,
            token=personal_token() if waits else None,
            judged_at=at,
            ends_at=at + _OPEN_FOR if waits else None,
        )


def _verdict(
    workspace: Workspace, row: Round, customer: str, at: datetime, told: _Told, *, has_address: bool
) -> Verdict:
    def before(moments: Mapping[str, list[datetime]]) -> list[datetime]:
        return [each for each in moments.get(customer, ()) if each < at]

    candidate = Candidate(
        customer_id=customer,
        asked_at=before(told.asked_at),
        answered_at=max(before(told.answered_at), default=None),
        has_address=has_address,
        has_opted_out=int(_digest(workspace, "stop", customer), 16) % _ONE_IN_OPTED_OUT == 0,
    )
    return judge(candidate, budget_of(workspace), at, rate=row.rate, seed=row.public_id)


def _free_id(row: Round, invitation: str) -> str:
    """Return the log's own id of an invitation, so that nobody counts as asked twice; another where it is taken."""
    is_free = invitation and len(invitation) <= 16
    if is_free and not Invitation.objects.filter(public_id=invitation).exists():
        return invitation
    return hashlib.blake2b(f"{row.public_id}\0{invitation}".encode(), digest_size=8).hexdigest()


def _digest(workspace: Workspace, *parts: str) -> str:
    told = "\0".join((workspace.workspace_id, *parts))
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
