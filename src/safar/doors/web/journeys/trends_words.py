"""Numbers over time in the reader's words: what a line, a period and a value are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, in_words, visible
from safar.observe.lines import AMOUNT, By, LineName
from safar.observe.measures import Measure
from safar.observe.series import SeriesQuestion
from safar.show.locale import Locale
from safar.vocabulary.interval import FEWEST_FOR_VERDICT, Estimate
from safar.vocabulary.money import EXPONENTS, Money
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window

_LONGEST: Final = 40
#: In a stretch of time longer than this the names of months need their year.
_A_YEAR: Final = timedelta(days=360)


@dataclass(frozen=True, slots=True)
class TrendsWords:
    """What stands on the page of a series.

    Attributes
    ----------
    question, locale
        Asked and reader.
    has_currencies
        Whether lines of more than one currency stand side by side, so that each names its own.
    """

    question: SeriesQuestion
    locale: Locale
    has_currencies: bool

    def line(self, name: LineName) -> str:
        """Return what a line is called."""
        words = self._bare(name)
        if not self.has_currencies or not name.currency:
            return words
        return f"{words} · {self.currency(name.currency)}"

    def currency(self, code: str) -> str:
        """Return what a currency is called; its code where nobody knows it."""
        return self.locale.currency_name(code) if code in EXPONENTS else visible(code)

    def _bare(self, name: LineName) -> str:
        by = self.question.breakdown
        if name.is_total:
            return pgettext("line", "All")
        if name.is_rest:
            return pgettext("line", "Others")
        if not name.name:
            return pgettext("group", "without a value")
        if by is not None and by.by is By.CHANNEL:
            return channel_in_words(name.name)
        if by is not None and by.by is By.EVENT:
            return in_words(name.name)
        return cut(visible(name.name), _LONGEST)

    def stretch(self, window: Window) -> str:
        """Return what a period is called in the reader's calendar."""
        periodic = self.question.periodic
        if periodic.period == "hour":
            return self.locale.datetime(window.start, "short")
        return self.locale.period(_day(window, periodic.time_zone), periodic.period)

    def tick(self, window: Window) -> str:
        """Return the same in few letters, for the axis."""
        periodic = self.question.periodic
        if periodic.period == "hour":
            return self.locale.time(window.start)
        is_long = self.question.window.duration > _A_YEAR and periodic.period in {"month", "quarter"}
        return self.locale.period(_day(window, periodic.time_zone), periodic.period, short=not is_long)

    def value(self, value: float | None, currency: str = "") -> str:
        """Return a value of the series."""
        metric, locale = self.question.metric, self.locale
        if value is None:
            return locale.number(None)
        if metric.measure is Measure.CONVERSION:
            return locale.percent(value, decimals=1)
        if metric.of == AMOUNT and currency in EXPONENTS:
            return locale.money(_money(value, currency))
        return locale.number(round(value) if metric.is_count else value)

    def axis(self, value: float | None, currency: str = "") -> str:
        """Return a value on the axis."""
        metric, locale = self.question.metric, self.locale
        if value is None:
            return locale.number(None)
        if metric.measure is Measure.CONVERSION:
            return locale.percent(value, decimals=0 if round(value * 100, 6) == round(value * 100) else 1)
        if metric.of == AMOUNT and currency in EXPONENTS:
            return locale.amount(_money(value, currency))
        return locale.compact(value) if abs(value) >= 1 else locale.number(value)

    def interval(self, estimate: Estimate | None, currency: str = "") -> str:
        """Return how sure a value is."""
        if estimate is None:
            return ""
        low, high = estimate.interval.low, estimate.interval.high
        if self.question.metric.measure is Measure.CONVERSION:
            return self.locale.percent_interval(low, high, decimals=1)
        return filled(
            _("%(low)s to %(high)s"), low=self.value(low, currency), high=self.value(high, currency)
        )

    def change(self, change: Estimate | None, currency: str = "") -> str:
        """Return by how much a value differs, with its sign: of counts in percent, of shares in percentage points."""
        metric, locale = self.question.metric, self.locale
        if change is None:
            return locale.number(None)
        if metric.is_count:
            return locale.signed_percent(change.value - 1, decimals=1)
        if metric.measure is Measure.CONVERSION:
            return locale.points(change.value)
        if metric.of == AMOUNT and currency in EXPONENTS:
            return locale.money(_money(change.value, currency), signed=True)
        return locale.signed(change.value)

    def is_clear(self, change: Estimate) -> bool:
        """Whether a change is more than chance: counts change by a factor, which is 1 where nothing changes."""
        nothing = 1 if self.question.metric.is_count else 0
        return change.n >= FEWEST_FOR_VERDICT and nothing not in change.interval


def _day(window: Window, time_zone: str) -> int:
    return int(local_days([window.start_us], time_zone)[0])


def _money(value: float, currency: str) -> Money:
    return Money(round(value * 10 ** EXPONENTS[currency]), currency)
