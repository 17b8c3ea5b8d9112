"""From a score on Today to those who gave it: its questions on the desk Listen, and what the unhappy wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.comments.labels import Band
from safar.doors.web.comments.queries import Filters
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.civil import to_date

from .periods import Chosen

#: Names and addresses.
Links = tuple[tuple[str, str], ...]
#: The stretch of time of the scores that is nearest to a period of Today; else 30 days.
_SPANS: Final = {"90d": "90d", "year": "365d"}


@dataclass(frozen=True, slots=True)
class ListenAddresses:
    """Where the answers behind a score are read.

    Attributes
    ----------
    scores, comments
        Addresses; of comments empty where the reader may not see single customers.
    """

    scores: str
    comments: str

    @classmethod
    def of_reader(cls, workspace: Workspace, *, sees_customers: bool) -> ListenAddresses:
        """Return the addresses for a reader."""
        named = {"workspace_id": workspace.workspace_id}
        return cls(
            reverse("scores", kwargs=named), reverse("comments", kwargs=named) if sees_customers else ""
        )

    def of(self, metric: str, chosen: Chosen, locale: Locale) -> Links:
        """Return where the questions of a metric are, and the comments to its low answers in the period."""
        asked = urlencode({"metric": metric, "span": _SPANS.get(chosen.choice.key, "30d")})
        found = [(_("Question by question"), f"{self.scores}?{asked}")]
        if self.comments:
            first, end = chosen.days
            low = Filters(metric=metric, band=Band.LOW, since=to_date(first), until=to_date(end - 1))
            found.append((_("What the unhappy wrote"), f"{self.comments}?{low.query(locale)}"))
        return tuple(found)
