"""What is known of customers before they are asked: when they were, what they agreed to, where they can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from safar.listen.surveys import INVITATION, SURVEYS
from safar.observe.told import told_by_each
from safar.store.log import Log
from safar.store.newest import key_of_id
from safar.store.registry import Workspace
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.phone import e164
from safar.vocabulary.window import Window

from .models import Invitation, OptOut

_SECOND: Final = timedelta(seconds=1)
_EMAIL: Final = ("email", "e_mail")
_PHONE: Final = ("phone", "mobile", "telephone")


@dataclass(slots=True)
class History:
    """When somebody was asked, and when he answered last."""

    asked: dict[int, datetime] = field(default_factory=dict)
    same_survey_at: datetime | None = None
    answered_at: datetime | None = None

    def note_answer(self, at: datetime) -> None:
        """Take an answer in."""
        self.answered_at = at if self.answered_at is None else max(self.answered_at, at)


def histories_told(
    log: Log, persons: Sequence[str], now: datetime, longest: timedelta
) -> Mapping[str, History]:
    """Return what the log knows that happened to each person in the last while; reads the log, and no table.

    Parameters
    ----------
    persons
        Ids that persons go by.
    longest
        How far back it matters.
    """
    found = {person: History() for person in persons}
    by_key = {key_of_id(person): person for person in persons}
    told_rows = log.rows(SURVEYS, Window(now - longest, now + _SECOND))
    told_rows = told_rows.where(np.isin(told_rows.person, np.fromiter(by_key, np.uint64, len(by_key))))
    each_row = zip(
        told_rows.person.tolist(),
        told_rows.time.tolist(),
        told_rows.fields[INVITATION].values.tolist(),
        told_rows.are(SURVEY_ANSWERED).tolist(),
        strict=True,
    )
    for key, time, invitation, is_answer in each_row:
        history, at = found[by_key[key]], datetime.fromtimestamp(time / 1e6, UTC)
        if is_answer:
            history.note_answer(at)
        else:
            history.asked[invitation] = at
    return found


def add_invitations(
    histories: Mapping[str, History], workspace: Workspace, survey_id: str, now: datetime, longest: timedelta
) -> None:
    """Add our own invitations to what the log knows of persons, which has many of them already, by the same key."""
    rows = Invitation.objects.filter(
        workspace_id=workspace.workspace_id, customer_id__in=list(histories), judged_at__gt=now - longest
    ).filter(status__in=Invitation.ASKED)
    for row in rows.iterator():
        history, at = histories[row.customer_id], row.sent_at or row.judged_at
        history.asked[key_of_id(row.public_id)] = at
        if row.survey_id == survey_id:
            history.same_survey_at = max(history.same_survey_at or at, at)
        if row.answered_at is not None:
            history.note_answer(row.answered_at)


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody can be reached.

    Attributes
    ----------
    address
        An e-mail address, or a phone number in E.164; empty where none is known.
    consents
        By purpose, whether it stands.
    """

    address: str
    language: str
    consents: Mapping[str, bool]


def reached(log: Log, customer_ids: Sequence[str], channel: str, region: str) -> Mapping[str, Reached]:
    """Return how each of some customers can be reached by ``email`` or ``sms``: one search in the log for all."""
    found = {}
    for customer_id, answer in told_by_each(log, customer_ids).items():
        traits: dict[str, Any] = {
            each.name.replace("-", "_").casefold(): each.now.value for each in answer.properties
        }
        address = ""
        for name in _EMAIL if channel == "email" else _PHONE:
            address = address or _address(traits.get(name), channel, region)
        language = str(traits.get("language") or "")[:16]
        consents = {each.purpose: each.is_given for each in answer.consents}
        found[customer_id] = Reached(address, language, consents)
    return found


def opted_out(workspace: Workspace, persons: Sequence[str]) -> frozenset[str]:
    """Return those who asked not to be asked again."""
    rows = OptOut.objects.filter(workspace_id=workspace.workspace_id, customer_id__in=persons)
    return frozenset(rows.values_list("customer_id", flat=True))


def _address(value: object, channel: str, region: str) -> str:
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    try:
        if not text:
            return ""
        return fold_email(text) if channel == "email" else e164(text, region)
    except Refusal:  # nobody can be reached there
        return ""
