"""Questions about value: what customers are worth, how they are sorted, what orders hold, what goes elsewhere."""

from __future__ import annotations

from datetime import date

from safar.explain.clv_by_segment import CLVBySegmentAnswer, CLVBySegmentQuestion
from safar.measure.baskets import BasketsAnswer, BasketsQuestion
from safar.measure.clv import CLVAnswer, CLVQuestion
from safar.measure.repeat_models import Model
from safar.measure.rfm import RFMAnswer, RFMQuestion
from safar.measure.wallet import Asks, WalletAnswer, WalletQuestion
from safar.vocabulary.dates import parse_date
from safar.vocabulary.interval import DEFAULT_LEVEL

from .answers import NotebookAnswer
from .asking import Asking
from .inputs import Group

#: A day, or its text: ``2026-03-21``.
Day = date | str


class ValueQuestions(Asking):
    """What customers are worth; of a home and of a log."""

    def clv(
        self,
        *,
        horizon_days: int = 365,
        discount_rate: float = 0.1,
        inflation: float = 0.0,
        margin_share: float = 1.0,
        currency: str | None = None,
        until: Day | None = None,
        model: Model | None = None,
        level: float = DEFAULT_LEVEL,
        draws: int = 400,
        seed: int = 1405,
    ) -> NotebookAnswer[CLVAnswer]:
        """Ask what customers are worth; see `CLVQuestion`.

        ``answer.total`` has the sum with its interval, ``answer.backtest`` how earlier predictions did.

        Raises
        ------
        NeedsALog, NothingBought, NobodyBoughtTwice, NoMargins, ValueRefused
        """
        return self.ask(
            CLVQuestion(
                until=day_of(until),
                currency=currency,
                margin_share=margin_share,
                time_zone=self.locale.time_zone,
                horizon_days=horizon_days,
                discount_rate=discount_rate,
                inflation=inflation,
                model=model,
                level=level,
                draws=draws,
                seed=seed,
            )
        )

    def clv_by_segment(
        self,
        *segments: Group,
        horizon_days: int = 365,
        discount_rate: float = 0.1,
        inflation: float = 0.0,
        margin_share: float = 1.0,
        currency: str | None = None,
        until: Day | None = None,
        model: Model | None = None,
    ) -> NotebookAnswer[CLVBySegmentAnswer]:
        """Ask what the customers of each segment are worth; see `CLVBySegmentQuestion`.

        ``log.clv_by_segment("Regulars: did order_placed >= 3", "Returners: did order_returned")``.

        Raises
        ------
        NeedsALog, NothingBought, NobodyBoughtTwice, NoMargins, ValueRefused, RuleUnreadable, UnknownEventName
        """
        said = self.inputs()
        return self.ask(
            CLVBySegmentQuestion(
                until=day_of(until),
                currency=currency,
                margin_share=margin_share,
                time_zone=self.locale.time_zone,
                horizon_days=horizon_days,
                discount_rate=discount_rate,
                inflation=inflation,
                model=model,
                segments=tuple(map(said.segment, segments)),
            )
        )

    def rfm(self, *, currency: str | None = None, until: Day | None = None) -> NotebookAnswer[RFMAnswer]:
        """Ask how lately, how often and for how much customers bought; see `RFMQuestion`.

        Raises
        ------
        NeedsALog, NothingBought
        """
        return self.ask(RFMQuestion(day_of(until), currency, self.locale.time_zone))

    def baskets(
        self,
        *,
        products: int = 100,
        fewest_orders: int = 10,
        currency: str | None = None,
        until: Day | None = None,
    ) -> NotebookAnswer[BasketsAnswer]:
        """Ask what an order is worth and which products are bought together; see `BasketsQuestion`.

        Raises
        ------
        NeedsALog, NothingBought, BasketsRefused
        """
        return self.ask(
            BasketsQuestion(
                day_of(until), currency, self.locale.time_zone, products=products, fewest_orders=fewest_orders
            )
        )

    def wallet(
        self,
        question_key: str = "spend_everywhere",
        *,
        asks: Asks = "everywhere",
        days: int = 30,
        currency: str | None = None,
        most: int = 100,
        level: float = DEFAULT_LEVEL,
    ) -> NotebookAnswer[WalletAnswer]:
        """Ask what share of their spending on such things customers spend here; see `WalletQuestion`.

        Parameters
        ----------
        question_key
            The question of a survey whose answers say what they spend.
        asks, days
            ``everywhere``, here included, or ``elsewhere`` alone; in so many days before the answer.

        Raises
        ------
        NeedsALog, NothingBought, WalletRefused
        """
        return self.ask(WalletQuestion(question_key, asks, days, currency, most, level))


def day_of(said: Day | None) -> date | None:
    """Return a day; None where none is said."""
    return parse_date(said) if isinstance(said, str) else said
