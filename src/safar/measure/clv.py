"""Customer lifetime value: what customers brought, and what they will bring within a horizon, with how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.calendar import to_day
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Estimate, Interval
from safar.vocabulary.time_zone import day_starts
from safar.vocabulary.window import Window

from .backtest import BackTest, Progress, back_tested, silent, within
from .clv_answer import CLVAnswer, CLVQuestion, GroupValue, ValueRefused, group_value
from .future_margin import Forecast, FutureMargin
from .ordered import purchases
from .purchases import Purchases
from .repeat_counts import Floats
from .repeat_models import MODELS, fitted, spend_of
from .simple_value import simple_value

if TYPE_CHECKING:
    from safar.store.log import Log

__all__ = ["CLVAnswer", "CLVQuestion", "GroupValue", "NoMargins", "ValueRefused", "clv", "customer_value"]

#: Days from which on seasons come twice.
_TWO_YEARS: Final = 730
#: Beyond this share of margin nothing is left that a model of spending could be fitted to.
_MOST_SERVING: Final = 0.95
#: A hundred for each of three windows that are looked back from, for the fit, for what to expect, and for draws.
_STEPS: Final = 600
#: Answers kept for who asks again of the same log.
_KEPT: Final = 8


class NoMargins(Refusal, ValueError):
    """No order has an amount above 0."""

    code = "clv.no_margins"


def clv(log: Log, question: CLVQuestion | None = None, *, progress: Progress = silent) -> CLVAnswer:
    """Answer what the customers of a log are worth; see `customer_value`.

    Asked again of a log that has not changed, it costs nothing.

    Parameters
    ----------
    progress
        Told how many steps of how many are done; what it raises ends the work.

    Raises
    ------
    NothingBought, NobodyBoughtTwice, NoMargins
    """
    asked = question or CLVQuestion()
    return _answered(_Seen(log, log.version, progress), asked)


def customer_value(
    known: Purchases, question: CLVQuestion | None = None, *, progress: Progress = silent
) -> CLVAnswer:
    """Answer what customers are worth: models are back-tested, the best one is fitted, and its totals corrected.

    Parameters
    ----------
    known
        Their orders. ``until``, ``currency``, ``margin_share`` and ``time_zone`` of the question are those of these.
    question
        How far ahead, and at what rates.

    Returns
    -------
    CLVAnswer
        Notes: those of the orders, of the fit and of the values; the model chosen (``clv.model_chosen``); by how much
        totals were corrected (``clv.corrected``), or that too little is known to (``clv.not_back_tested``); a back-test
        shorter than the horizon (``clv.back_test_shorter``); everybody who bought once counted as a customer still
        (``clv.alive_by_assumption``); less than two years known, so that a season is not told from a trend
        (``clv.seasons_unknown``); the discount rate (``clv.discounted``); no inflation (``clv.no_inflation``).

    Raises
    ------
    NobodyBoughtTwice, NoMargins

    Examples
    --------
    >>> import numpy as np
    >>> from safar.measure.clv import CLVQuestion, customer_value
    >>> from safar.measure.purchases import purchases_of
    >>> rng = np.random.default_rng(7)
    >>> days = np.datetime64("2025-01-01") + rng.integers(0, 365, 900)
    >>> orders = purchases_of(rng.integers(0, 300, 900), days, rng.gamma(4, 25, 900), currency="USD")
    >>> answer = customer_value(orders, CLVQuestion(horizon_days=90))
    >>> len(answer.customers), bool(answer.total.value.value in answer.total.value.interval)
    (275, True)
    """
    asked = question or CLVQuestion()
    rng = np.random.default_rng(asked.seed)
    orders = known.in_late_prices(asked.inflation)
    spend = spend_of(orders)
    if spend is None:
        raise NoMargins(
            "No order has an amount above 0.",
            hint="Import amounts with the orders, or ask for purchases alone.",
        )
    models = MODELS if asked.model is None else (asked.model,)
    backtest = back_tested(
        orders,
        asked.horizon_days,
        models,
        level=asked.level,
        rng=rng,
        progress=within(progress, 0, 300, _STEPS),
    )
    fit = fitted(backtest.model, orders.counts)
    progress(400, _STEPS)
    forecast = Forecast(fit, spend, orders, asked.rates)
    future = _corrected(forecast.expected(), backtest.factor)
    progress(500, _STEPS)
    historic = orders.total_margin
    answer = CLVAnswer(
        orders.customers,
        future.value,
        future.margin,
        future.nominal,
        future.purchases,
        fit.p_alive(),
        historic,
        _NOTHING,
        backtest,
        simple_value(orders),
        forecast,
        known.currency,
        _notes(known, forecast, backtest, asked),
        Provenance(asked, known.version, known.rows_read),
        asked,
    )
    drawing = within(progress, 500, _STEPS, _STEPS)
    whole = replace(answer, total=group_value(answer, np.arange(len(orders)), progress=drawing))
    progress(_STEPS, _STEPS)
    return whole


def _corrected(future: FutureMargin, factor: float) -> FutureMargin:
    # the factor is of money: what orders bring may have risen while fewer came
    return FutureMargin(
        future.purchases, future.margin * factor, future.nominal * factor, future.value * factor
    )


def _notes(known: Purchases, forecast: Forecast, backtest: BackTest, asked: CLVQuestion) -> tuple[Note, ...]:
    found = [*known.notes, *forecast.fit.notes, *forecast.spend.notes]
    if backtest.windows:
        if asked.model is None:
            found.append(Note.of("clv.model_chosen", model=backtest.model, windows=len(backtest.windows)))
        found.append(Note.of("clv.corrected", percent=round(100 * (backtest.factor - 1))))
        if backtest.days < asked.horizon_days:
            found.append(Note.of("clv.back_test_shorter", days=backtest.days, horizon=asked.horizon_days))
    else:
        found.append(Note.of("clv.not_back_tested", model=backtest.model))
    if int(known.age.max()) < _TWO_YEARS:
        found.append(Note.of("clv.seasons_unknown", days=int(known.age.max()) + 1))
    once = int((known.frequency == 0).sum())
    if backtest.model == "bgnbd" and once:
        found.append(Note.of("clv.alive_by_assumption", count=once))
    found.append(Note.of("clv.discounted", percent=f"{100 * asked.discount_rate:g}"))
    if not asked.inflation:
        found.append(Note.of("clv.no_inflation"))
    return tuple(found)


#: Stands for a total until it is worked out.
_NOTHING: Final = GroupValue(
    0, Estimate(0.0, Interval(0.0, 0.0), 0), Estimate(0.0, Interval(0.0, 0.0), 0), 0.0, 0.0
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A log as it was at a version; equal to itself then. Who waits is no part of what is asked."""

    log: Log
    version: str
    progress: Progress

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Seen) and (self.log.layout.folder, self.version) == (
            other.log.layout.folder,
            other.version,
        )

    def __hash__(self) -> int:
        return hash((self.log.layout.folder, self.version))


@lru_cache(maxsize=_KEPT)
def _answered(seen: _Seen, asked: CLVQuestion) -> CLVAnswer:
    known = purchases(seen.log, asked.orders)
    served = _served(seen.log, known) if asked.less_serving else None
    if served is None:
        answer = customer_value(known, asked, progress=seen.progress)
        notes = (Note.of("clv.served_elsewhere"),) if asked.less_serving else ()
    else:
        costs, share = served
        answer = customer_value(known.with_margins_of(1 - share), asked, progress=seen.progress)
        answer = replace(answer, historic=_less_their_own(answer.historic, costs, share))
        notes = (Note.of("clv.served", percent=f"{100 * share:.1f}"),)
    origin = replace(answer.provenance, question=asked)
    return replace(answer, notes=(*answer.notes, *notes), provenance=origin)


def _served(log: Log, known: Purchases) -> tuple[Floats, float] | None:
    """Return what it cost so far to serve each customer, and which share of all their margin that is; None where no
    conversation says it in their currency.
    """
    from .cost_to_serve import CostQuestion, cost_to_serve  # noqa: PLC0415 - of those alone who ask for it

    if known.currency is None:
        return None
    first = Window.from_us(0, int(day_starts([to_day(known.until)], known.time_zone)[0]))
    found = cost_to_serve(log, CostQuestion(window=first, currency=known.currency))
    costs = np.zeros(len(known))
    place = np.minimum(np.searchsorted(known.customers, found.customers), len(known) - 1)
    mine = known.customers[place] == found.customers
    costs[place[mine]] = found.costs[mine]
    total = float(known.total_margin.sum())
    if not costs.any() or total <= 0:
        return None
    return costs, min(float(costs.sum()) / total, _MOST_SERVING)


def _less_their_own(historic: Floats, costs: Floats, share: float) -> Floats:
    """Return what each brought less their own costs: in all as much as the same share of everybody's margin."""
    before = historic / (1 - share)
    return before - costs * (share * float(before.sum()) / float(costs.sum()))
