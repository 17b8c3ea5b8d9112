"""Who would be asked now: the same judgement as a round's, of which nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from safar.doors.web.segments.queries import member_keys, members_page, segment_of
from safar.listen.contact_budget import Verdict
from safar.store.registry import Workspace

from .rounds import judged_now

#: Customers who are judged for a page that is waited for: beyond, shares are told of these.
MOST_JUDGED: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Who of a segment would be asked now, and why others would not.

    Attributes
    ----------
    members
        Customers in the segment.
    judged
        Of how many it is told: of the first `MOST_JUDGED`.
    counts
        By verdict. A sample is drawn anew when the round begins, so its size is about this.
    """

    members: int
    judged: int
    counts: Mapping[str, int]

    @property
    def asked(self) -> int:
        """How many of those judged would be asked."""
        return self.counts.get(str(Verdict.ASK), 0)


def foreseen(
    workspace: Workspace, survey_id: str, segment_id: str, channel: str, rate: float
) -> Foreseen | None:
    """Return who of a segment would be asked now; None where there is no such segment."""
    if segment_of(workspace, segment_id) is None:
        return None
    page = members_page(workspace, segment_id, limit=MOST_JUDGED, after=None)
    ids = [facts.customer_id for facts, _ in page.customers]
    counts = Counter(judged_now(workspace, survey_id, channel, ids, timezone.now(), rate=rate).values())
    return Foreseen(
        members=max(len(member_keys(workspace, segment_id)), len(ids)),
        judged=sum(counts.values()),
        counts={str(verdict): count for verdict, count in counts.items()},
    )
