"""The one number of an answer that is followed over time, and when it has left the interval that it had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, Interval, difference, is_clear

#: A share of something (0 to 1), how many there are, a length of time in seconds; points (-100 to 100) or the mean of
#: answers, as scores are.
Unit = Literal["share", "count", "seconds", "points", "mean"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A number at one time.

    Attributes
    ----------
    value
        In its unit.
    interval
        How sure; None for a count, which is a fact about the log.
    n
        How many are behind it.
    """

    value: float
    interval: Interval | None
    n: int

    @classmethod
    def of(cls, estimate: Estimate | None) -> Metric | None:
        """Return an estimate as a metric; None for none."""
        return None if estimate is None else cls(estimate.value, estimate.interval, estimate.n)

    @classmethod
    def read(cls, told: dict[str, Any]) -> Metric | None:
        """Return what `told` gave; None for nothing."""
        if not told:
            return None
        interval = None if told["low"] is None else Interval(told["low"], told["high"])
        return cls(told["value"], interval, told["n"])

    @property
    def told(self) -> dict[str, float | int | None]:
        """As JSON."""
        low, high = (None, None) if self.interval is None else (self.interval.low, self.interval.high)
        return {"value": self.value, "low": low, "high": high, "n": self.n}

    def has_left(self, before: Metric) -> bool:
        """Whether the number lies outside of the interval that it had, by more than chance.

        A new estimate lies outside of a 95% interval more often than once in twenty times, for it varies too: so the
        difference of both must be clear as well (`safar.vocabulary.interval.difference`).
        """
        if self.interval is None or before.interval is None or self.value in before.interval:
            return False
        return is_clear(
            difference(
                Estimate(self.value, self.interval, self.n), Estimate(before.value, before.interval, before.n)
            )
        )


def value_in_words(value: float, unit: Unit, locale: Locale) -> str:
    """Return a value in the reader's words."""
    if unit == "share":
        return locale.percent(value, decimals=1)
    if unit == "seconds":
        return locale.duration(timedelta(seconds=value))
    if unit in {"points", "mean"}:
        return locale.number(value, decimals=1 if unit == "points" else 2)
    return locale.number(round(value))


def interval_in_words(metric: Metric, unit: Unit, locale: Locale) -> str:
    """Return how sure a metric is; empty for a count."""
    if metric.interval is None:
        return ""
    if unit == "share":
        return locale.percent_interval(metric.interval.low, metric.interval.high, decimals=1)
    return filled(
        _("%(low)s to %(high)s"),
        low=value_in_words(metric.interval.low, unit, locale),
        high=value_in_words(metric.interval.high, unit, locale),
    )
