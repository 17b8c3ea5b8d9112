"""What people write in a notebook, as the parts of which questions are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from safar.observe.among import EVERYBODY, Among, Segment
from safar.observe.conditions import Condition
from safar.observe.rule_text import condition_of, rule_of
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.observe.time_text import TimeUnreadable, instant_of, length_of
from safar.vocabulary.time_zone import time_zone
from safar.vocabulary.window import Window

#: A step: the text of a rule (`rule_text.rule_of`), or the rule.
Rule: TypeAlias = str | StepRule
#: A length of time: ``"7d"``, ``"1h 30m"``, or a `timedelta`.
Length: TypeAlias = str | timedelta
#: A day or an instant.
Moment: TypeAlias = str | date | datetime
#: A stretch of time: ``"2026-01-01..2026-03-01"``, its two ends, or a `Window`. The second end is not in it.
Stretch: TypeAlias = str | tuple[Moment, Moment] | Window
#: A condition: its text (`rule_text.condition_of`), or the condition.
Filter: TypeAlias = str | Condition
#: A segment: its text (`segment_text.segment_of`), or the segment.
Group: TypeAlias = str | Segment


class Inputs:
    """How texts are read: against the names of events that there are, days in a time zone.

    Parameters
    ----------
    event_names
        Others are refused, and the nearest is named.
    zone
        IANA name of the time zone in which days begin.
    """

    def __init__(self, event_names: Iterable[str], zone: str) -> None:
        self._names = frozenset(event_names)
        self._zone = zone

    def rule(self, rule: Rule) -> StepRule:
        """Return a rule.

        Raises
        ------
        RuleUnreadable, UnknownEventName
        """
        return rule_of(rule, event_names=self._names) if isinstance(rule, str) else rule

    def rules(self, rules: Sequence[Rule]) -> tuple[StepRule, ...]:
        """Return several rules; of one text, that rule alone."""
        return tuple(map(self.rule, [rules] if isinstance(rules, str) else rules))

    def maybe_rule(self, rule: Rule | None) -> StepRule | None:
        """Return a rule; None for any event."""
        return None if rule is None else self.rule(rule)

    def segment(self, segment: Group) -> Segment:
        """Return a segment.

        Raises
        ------
        RuleUnreadable, UnknownEventName, SegmentRefused
        """
        return segment_of(segment, event_names=self._names) if isinstance(segment, str) else segment

    def window(self, stretch: Stretch | None) -> Window | None:
        """Return a stretch of time; None for all of it.

        Raises
        ------
        TimeUnreadable, NaiveInstant, WindowReversed
        """
        if stretch is None or isinstance(stretch, Window):
            return stretch
        ends: Sequence[Moment] = stretch.split("..") if isinstance(stretch, str) else stretch
        if len(ends) != 2:
            raise TimeUnreadable(
                f"{stretch!r} is no stretch of time.",
                hint="Write its two ends, such as 2026-01-01..2026-03-01.",
            )
        return Window(*map(self._instant, ends))

    def among(self, channels: Sequence[str], where: Sequence[Filter], segment: Group | None) -> Among:
        """Return among whom and what to look.

        Raises
        ------
        RuleUnreadable, UnknownEventName, SegmentRefused
        """
        if not channels and not where and segment is None:
            return EVERYBODY
        filters = [where] if isinstance(where, str) else where
        return Among(
            (channels,) if isinstance(channels, str) else tuple(channels),
            tuple(condition_of(each) if isinstance(each, str) else each for each in filters),
            None if segment is None else self.segment(segment),
        )

    def _instant(self, moment: Moment) -> datetime:
        if isinstance(moment, datetime):
            return moment
        if isinstance(moment, str):
            found = instant_of(moment)
            if "T" in moment.upper() or ":" in moment:
                return found
            moment = found.date()
        return datetime.combine(moment, time(), time_zone(self._zone))


def length(given: Length) -> timedelta:
    """Return a length of time.

    Raises
    ------
    DurationUnreadable
    """
    return length_of(given) if isinstance(given, str) else given


def maybe_length(given: Length | None) -> timedelta | None:
    """Return a length of time; None for none."""
    return None if given is None else length(given)
