"""What a reader of a score asks, as the address of the page says it: forms and links work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from safar.listen.answer_rows import SIDES, Which
from safar.listen.groups import By, GroupingRefused
from safar.listen.trend import BESIDES, Beside
from safar.listen.weighting import Margin, Weighting
from safar.vocabulary.civil import Period
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal

#: Days of each stretch of time that can be chosen; 0 is all there is.
SPANS: Final[Mapping[str, int]] = {"30d": 30, "90d": 90, "365d": 365, "all": 0}
USUAL_SPAN: Final = "90d"
#: Periods of the trend; the usual one of each span.
EVERY: Final[tuple[Period, ...]] = ("week", "month", "quarter", "year")
USUAL_EVERY: Final[Mapping[str, Period]] = {"30d": "week", "90d": "week", "365d": "month", "all": "month"}
#: Upper limits of weights that can be chosen, times their mean.
LIMITS: Final = ("3", "5")
#: Name of the tick that stands for the weights that came with the answers.
DESIGN: Final = "design"

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of the page of one score.

    Attributes
    ----------
    key, kind
        The question key, and which of its scales; empty where there is one.
    span, every, beside, season
        See `SPANS`; periods of the trend; what each stands beside, and by which calendar's year.
    by
        What breaks it down; None for nothing chosen.
    only
        Pairs of a side and a value that answers are narrowed to.
    segment
        Public id of the segment whose answers count; empty for everybody's.
    leave_out
        Quality marks whose answers do not count.
    weigh
        Groupings whose margins are known, as `By.text`, and `DESIGN`.
    shares
        What was typed as the share of a group in percent: grouping, group, text.
    limit
        Upper limit of weights; empty for none.
    wish
        What was typed as the change that should be noticed, in the score's unit as it is shown.
    """

    key: str
    kind: str = ""
    span: str = USUAL_SPAN
    every: Period | None = None
    beside: Beside = "previous"
    season: str = ""
    by: By | None = None
    only: tuple[tuple[str, str], ...] = ()
    segment: str = ""
    leave_out: tuple[str, ...] = ()
    weigh: tuple[str, ...] = ()
    shares: tuple[tuple[str, str, str], ...] = ()
    limit: str = ""
    wish: str = ""

    @property
    def which(self) -> Which:
        """The answers that are meant."""
        return Which(self.key, self.kind, self.only, self.leave_out)

    @property
    def periods(self) -> Period:
        """Periods of the trend."""
        return self.every or USUAL_EVERY[self.span]

    @property
    def groupings(self) -> tuple[By, ...]:
        """Groupings with a margin, in the order ticked."""
        return tuple(By.read(text) for text in self.weigh if text != DESIGN)

    def share_of(self, by: By, group: str) -> str:
        """Return what was typed as the share of a group."""
        return next((text for of, name, text in self.shares if (of, name) == (by.text, group)), "")

    def weighting(self, groups: Mapping[str, tuple[str, ...]]) -> Weighting | None:
        """Return the weights that are asked for; None for none, and while a share is still to be typed.

        Parameters
        ----------
        groups
            Of each grouping, as `By.text`, its groups.

        Raises
        ------
        MarginRefused, NumberUnreadable
        """
        margins = []
        for by in self.groupings:
            typed = [(group, self.share_of(by, group).strip()) for group in groups.get(by.text, ())]
            if not typed or not all(text for _, text in typed):
                return None
            margins.append(
                Margin(
                    by, tuple((group, float(parse_number(text.rstrip("%٪"))) / 100) for group, text in typed)
                )
            )
        if not margins and DESIGN not in self.weigh:
            return None
        return Weighting(
            tuple(margins),
            uses_design=DESIGN in self.weigh,
            highest=float(self.limit) if self.limit else None,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return the question as names and values of an address, without what is as usual."""
        found = [
            ("key", self.key),
            ("kind", self.kind),
            ("span", self.span if self.span != USUAL_SPAN else ""),
        ]
        found += [("every", self.every or ""), ("beside", self.beside if self.beside != "previous" else "")]
        found += [("season", self.season), ("by", self.by.text if self.by else ""), ("segment", self.segment)]
        found += [(side, value) for side, value in self.only]
        found += [("leave_out", mark) for mark in self.leave_out]
        found += [("weigh", each) for each in self.weigh]
        found += [(f"share:{by}:{group}", text) for by, group, text in self.shares]
        found += [("limit", self.limit), ("wish", self.wish)]
        return [(name, value) for name, value in found if value]

    def query(self, **more: str) -> str:
        """Return the question as a query, with more names and values behind."""
        return urlencode([*self.pairs(), *more.items()])

    def without(self, *names: str) -> list[tuple[str, str]]:
        """Return the pairs but those of some names, for the hidden fields of another form."""
        return [(name, value) for name, value in self.pairs() if name.partition(":")[0] not in names]


def read_asked(data: QueryDict) -> Asked:
    """Return what an address asks; what it cannot mean is as if it were not there."""
    every, beside = data.get("every", ""), data.get("beside", "")
    found = Asked(
        data.get("key", "")[:_MOST],
        data.get("kind", "")[:_MOST],
        data.get("span", "") if data.get("span", "") in SPANS else USUAL_SPAN,
        every if every in EVERY else None,
        beside if beside in BESIDES else "previous",
        data.get("season", "") if data.get("season", "") in {"jalali", "hijri", "gregorian"} else "",
        _by(data.get("by", "")),
        tuple((side, value) for side in SIDES for value in data.getlist(side) if value),
        data.get("segment", "")[:_MOST],
        tuple(dict.fromkeys(mark for mark in data.getlist("leave_out") if mark)),
    )
    weigh = [text for text in dict.fromkeys(data.getlist("weigh")) if text == DESIGN or _by(text)]
    shares = []
    for name, text in data.items():
        head, _, rest = name.partition(":")
        if head == "share" and str(text).strip():
            by = next((each for each in weigh if rest.startswith(f"{each}:")), None)
            if by is not None:
                shares.append((by, rest[len(by) + 1 :], str(text)[:20]))
    return replace(
        found,
        weigh=tuple(weigh),
        shares=tuple(shares),
        limit=data.get("limit", "") if data.get("limit", "") in LIMITS else "",
        wish=data.get("wish", "")[:20],
    )


def _by(text: str) -> By | None:
    try:
        return By.read(text) if text else None
    except GroupingRefused:
        return None


def number_typed(text: str) -> float | None:
    """Return a number typed in any digits; None where it is none."""
    try:
        return float(parse_number(text.rstrip("%٪ "))) if text.strip() else None
    except Refusal:
        return None
