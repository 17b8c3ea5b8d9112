"""May this customer be asked now? The budget of contacts, over all surveys.

Being asked costs patience. So one rule for the whole workspace says how often anybody is asked, how long he is left
alone after an answer, and how long until the same survey may come again. Whoever is not asked is told why: the reason
is a status like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from safar.vocabulary.errors import Refusal

_LONGEST: Final = timedelta(days=3_660)


class BudgetRefused(Refusal, ValueError):
    """No such budget can be kept."""

    code = "contact_budget.refused"


class Verdict(StrEnum):
    """Whether somebody is asked, or why not; the first reason that holds, in this order."""

    ASK = "ask"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    NOT_SAMPLED = "not_sampled"
    NO_ADDRESS = "no_address"
    ASKED_LATELY = "asked_lately"
    QUARANTINE = "quarantine"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class ContactBudget:
    """How often a customer may be asked, over all surveys and channels.

    Parameters
    ----------
    most
        At most so many invitations …
    within
        … in any stretch this long that ends now. A reminder is no new invitation.
    quarantine
        How long nobody is asked anything after an answer.
    same_survey_after
        How long until the same survey may be sent again.
    consent
        The purpose that must have been agreed to; empty where none is needed.

    Raises
    ------
    BudgetRefused
        A number below zero, or a stretch beyond ten years.
    """

    most: int = 2
    within: timedelta = timedelta(days=30)
    quarantine: timedelta = timedelta(days=14)
    same_survey_after: timedelta = timedelta(days=90)
    consent: str = ""

    def __post_init__(self) -> None:
        stretches = (self.within, self.quarantine, self.same_survey_after)
        if self.most < 0 or any(not timedelta(0) <= each <= _LONGEST for each in stretches):
            raise BudgetRefused(
                "A budget of contacts has a count of at least 0 and stretches between 0 days and ten years.",
                hint="Give a count such as 2 and days such as 30.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who might be asked.

    Attributes
    ----------
    asked_at
        When he was invited to any survey.
    same_survey_at
        When he was invited to this one last.
    answered_at
        When he answered any survey last.
    """

    customer_id: str
    asked_at: Sequence[datetime] = ()
    same_survey_at: datetime | None = None
    answered_at: datetime | None = None
    has_address: bool = True
    has_consent: bool = True
    has_opted_out: bool = False


def judge(
    candidate: Candidate, budget: ContactBudget, at: datetime, *, rate: float = 1.0, seed: str = ""
) -> Verdict:
    """Return whether a candidate may be asked at an instant, or the first reason against it.

    Parameters
    ----------
    rate
        The share of candidates that is asked at all, 0…1.
    seed
        What the sample is drawn for; the same seed and customer always fall alike.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 21, tzinfo=UTC)
    >>> judge(Candidate(customer_id="c1", answered_at=now - timedelta(days=3)), ContactBudget(), now)
    <Verdict.QUARANTINE: 'quarantine'>
    """
    lately = sum(at - budget.within < asked <= at for asked in candidate.asked_at)
    reasons = {
        Verdict.OPTED_OUT: candidate.has_opted_out,
        Verdict.NO_CONSENT: bool(budget.consent) and not candidate.has_consent,
        Verdict.NOT_SAMPLED: not is_sampled(candidate.customer_id, rate, seed),
        Verdict.NO_ADDRESS: not candidate.has_address,
        Verdict.ASKED_LATELY: _within(candidate.same_survey_at, budget.same_survey_after, at),
        Verdict.QUARANTINE: _within(candidate.answered_at, budget.quarantine, at),
        Verdict.BUDGET: lately >= budget.most,
    }
    return next((verdict for verdict, holds in reasons.items() if holds), Verdict.ASK)


def is_sampled(customer_id: str, rate: float, seed: str) -> bool:
    """Return whether a customer falls into a sample of this rate; by a digest, so that nobody is drawn twice anew.

    Source: BLAKE2b (RFC 7693) of seed and id, its first 8 bytes as a fraction of 2⁶⁴.
    """
    digest = hashlib.blake2b(
        f"{seed}\0{customer_id}".encode("utf-8", "surrogatepass"), digest_size=8
    ).digest()
    return int.from_bytes(digest, "big") < rate * 2**64


def _within(then: datetime | None, stretch: timedelta, at: datetime) -> bool:
    return then is not None and at - then < stretch
