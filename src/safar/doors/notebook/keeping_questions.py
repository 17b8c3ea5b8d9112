"""Questions about keeping customers: who leaves, what is kept of revenue, who brings whom, how they are served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from safar.measure.backlog import BacklogAnswer, BacklogQuestion
from safar.measure.churn import ChurnAnswer, ChurnQuestion, Method, Order
from safar.measure.churn_model import Learner
from safar.measure.cost_to_serve import CostAnswer, CostQuestion, Rate, rate
from safar.measure.first_contact import FirstContactRules
from safar.measure.lifetimes import (
    SUBSCRIPTION_CANCELLED,
    SUBSCRIPTION_STARTED,
    LifetimesAnswer,
    SurvivalQuestion,
)
from safar.measure.referral import ReferralAnswer, ReferralQuestion
from safar.measure.revenue_retention import PeriodLength, RevenueRetentionAnswer, RevenueRetentionQuestion
from safar.measure.service import By, ClockName, ServiceAnswer, ServiceQuestion
from safar.vocabulary.interval import DEFAULT_LEVEL
from safar.vocabulary.periods import Periodic
from safar.vocabulary.working_time import WorkingTime

from .answers import NotebookAnswer
from .asking import Asking
from .inputs import Length, Stretch, length


class KeepingQuestions(Asking):
    """Who leaves and who is kept; of a home and of a log."""

    def churn(
        self,
        *,
        horizon_days: int = 90,
        active_days: int = 365,
        method: Method = "classifier",
        learner: Learner = "logistic",
        order: Order = "expected_loss",
        most: int = 100,
        currency: str | None = None,
        margin_share: float = 1.0,
    ) -> NotebookAnswer[ChurnAnswer]:
        """Ask which customers are about to stay away, why, and what that costs; see `ChurnQuestion`.

        ``answer.at_risk`` has reasons and losses, ``answer.report`` how good such a forecast was.

        Raises
        ------
        NeedsALog, NothingBought, ChurnRefused
        """
        return self.ask(
            ChurnQuestion(
                horizon_days,
                active_days,
                method=method,
                learner=learner,
                order=order,
                most=most,
                currency=currency,
                margin_share=margin_share,
            )
        )

    def survival(
        self,
        begins: str | Sequence[str] = SUBSCRIPTION_STARTED,
        ends: str | Sequence[str] = SUBSCRIPTION_CANCELLED,
        *,
        by: str | None = None,
        same: str | None = None,
        silent_days: int | None = None,
        properties: Sequence[str] | None = (),
        window: Stretch | None = None,
        after_days: Sequence[int] = (30, 90, 180, 365),
    ) -> NotebookAnswer[LifetimesAnswer]:
        """Ask how long from one event to another; see `SurvivalQuestion`.

        ``log.survival("order_placed", "order_placed")`` is the time to the second order, with ``silent_days=90`` how
        long customers stay until they order nothing for 90 days; ``answer.risks`` says what goes with leaving sooner.

        Raises
        ------
        NeedsALog, LifetimesRefused
        """
        return self.ask(
            SurvivalQuestion(
                _names(begins),
                _names(ends),
                by=by,
                same=same,
                silent_days=silent_days,
                properties=None if properties is None else tuple(properties),
                window=self.inputs().window(window),
                after_days=tuple(after_days),
            )
        )

    def revenue_retention(
        self,
        *,
        period: PeriodLength = "month",
        most: int = 12,
        apart: int = 1,
        currency: str | None = None,
        earned_by: Sequence[str] = (),
    ) -> NotebookAnswer[RevenueRetentionAnswer]:
        """Ask what the customers of a period bring in the next, in months of the workspace's calendar.

        See `RevenueRetentionQuestion`.

        Raises
        ------
        NeedsALog, NothingBought, RevenueRetentionRefused
        """
        locale = self.locale
        return self.ask(
            RevenueRetentionQuestion(
                period=period,
                most=most,
                apart=apart,
                currency=currency,
                calendar=locale.calendar,
                week_starts=locale.week_starts,
                time_zone=locale.time_zone,
                earned_by=tuple(earned_by),
            )
        )

    def referral(
        self, *, within: Length = "180d", window: Stretch | None = None, currency: str | None = None
    ) -> NotebookAnswer[ReferralAnswer]:
        """Ask how many new customers came through others, and what those are worth; see `ReferralQuestion`.

        Raises
        ------
        NeedsALog, ReferralRefused
        """
        return self.ask(ReferralQuestion(self.inputs().window(window), length(within), currency))

    def service(
        self,
        *,
        by: By | None = None,
        working: WorkingTime | None = None,
        targets: Mapping[ClockName, Length] | None = None,
        waits_for_customer: bool = False,
        first_contact: FirstContactRules | None = None,
        window: Stretch | None = None,
    ) -> NotebookAnswer[ServiceAnswer]:
        """Ask how fast customers are answered and helped, and how often at first contact; see `ServiceQuestion`.

        Parameters
        ----------
        targets
            What was promised: ``{"first_response": "1h"}``.

        Raises
        ------
        NeedsALog, ServiceRefused
        """
        promised: tuple[tuple[ClockName, timedelta], ...] = tuple(
            (name, length(within)) for name, within in (targets or {}).items()
        )
        return self.ask(
            ServiceQuestion(
                self.inputs().window(window),
                working,
                promised,
                waits_for_customer=waits_for_customer,
                by=by,
                first_contact=first_contact or FirstContactRules(),
            )
        )

    def backlog(
        self,
        *,
        every: Literal["day", "week", "month", "quarter", "year"] = "week",
        window: Stretch | None = None,
    ) -> NotebookAnswer[BacklogAnswer]:
        """Ask how many conversations were open at the end of each period of the workspace's calendar.

        See `BacklogQuestion`.

        Raises
        ------
        NeedsALog
        """
        locale = self.locale
        periodic = Periodic(every, locale.calendar, locale.week_starts, locale.time_zone)
        return self.ask(BacklogQuestion(self.inputs().window(window) or self.everything(), periodic))

    def cost_to_serve(
        self,
        rates: Mapping[str, Decimal | str] | Sequence[Rate] = (),
        *,
        currency: str | None = None,
        window: Stretch | None = None,
        most: int = 100,
        level: float = DEFAULT_LEVEL,
    ) -> NotebookAnswer[CostAnswer]:
        """Ask what serving customers costs, by channel, by reason and by customer; see `CostQuestion`.

        ``answer.reason_table`` has a row a topic, ``answer.customer_table`` those who cost most.

        Parameters
        ----------
        rates
            What a conversation costs by its channel, in whole units of ``currency``:
            ``{"phone": "3.50", "": "0.80"}``, ``""`` for all other channels. What conversations say themselves when
            empty. `Rate` where answers cost something on top.
        currency
            Needed with rates by channel.

        Raises
        ------
        NeedsALog, CostsRefused, NotAnAmount, UnknownCurrency
        """
        told = (
            tuple(rate(channel, amount, "0", currency or "") for channel, amount in rates.items())
            if isinstance(rates, Mapping)
            else tuple(rates)
        )
        return self.ask(CostQuestion(told, self.inputs().window(window), currency, most, level))


def _names(said: str | Sequence[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)
