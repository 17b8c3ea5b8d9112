"""Who would be asked now: the same judgement as a round's, of which nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils import timezone

from safar.doors.web.segments.queries import member_keys, members_page, segment_of
from safar.listen.contact_budget import Verdict
from safar.store.registry import Workspace

from .rounds import judged_now

#: Customers who are judged for a page that is waited for: beyond, shares are told of these.
MOST_JUDGED: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """Who would be asked now, and why others would not.

    Attributes
    ----------
    members
        Customers in the segment, or those that were named.
    verdicts
        By customer; of the first `MOST_JUDGED`. A sample is drawn anew when the round begins, so its size is about
        this.
    """

    members: int
    verdicts: Mapping[str, Verdict]

    @property
    def judged(self) -> int:
        """Of how many it is told."""
        return len(self.verdicts)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many, by verdict."""
        return Counter(map(str, self.verdicts.values()))

    @property
    def asked(self) -> int:
        """How many of those judged would be asked."""
        return self.counts.get(Verdict.ASK, 0)

    def those(self, verdict: str) -> list[str]:
        """Return the customers of one verdict."""
        return [customer_id for customer_id, each in self.verdicts.items() if each == verdict]


def foreseen(
    workspace: Workspace, survey_id: str, segment_id: str, channel: str, rate: float
) -> Foreseen | None:
    """Return who of a segment would be asked now; None where there is no such segment."""
    if segment_of(workspace, segment_id) is None:
        return None
    page = members_page(workspace, segment_id, limit=MOST_JUDGED, after=None)
    ids = [facts.customer_id for facts, _ in page.customers]
    verdicts = judged_now(workspace, survey_id, channel, ids, timezone.now(), rate=rate)
    return Foreseen(members=max(len(member_keys(workspace, segment_id)), len(ids)), verdicts=verdicts)


def foreseen_of(
    workspace: Workspace, survey_id: str, customer_ids: Sequence[str], channel: str, rate: float = 1.0
) -> Foreseen:
    """Return who of some customers, by any id of theirs, would be asked now."""
    ids = list(dict.fromkeys(customer_ids))
    verdicts = judged_now(workspace, survey_id, channel, ids[:MOST_JUDGED], timezone.now(), rate=rate)
    return Foreseen(members=len(ids), verdicts=verdicts)
