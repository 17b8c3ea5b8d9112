"""Questions about what to do and what it brought: experiments, releases, and items for each customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safar.act.action_values import NextBestActionAnswer, NextBestActionQuestion
from safar.act.decided_outcomes import Counted as CountedAfter
from safar.act.recommend.asked import ModelName, RecommendationsAnswer, RecommendationsQuestion
from safar.explain.experiments.logged import (
    ArmShare,
    Counted,
    ExperimentAnswer,
    ExperimentQuestion,
    LoggedMetric,
)
from safar.explain.experiments.planned_looks import PlannedLooks
from safar.explain.experiments.release import REVENUE, ReleaseAnswer, ReleaseQuestion
from safar.explain.experiments.release_counts import ReleaseMetric
from safar.vocabulary.interval import DEFAULT_LEVEL

from .answers import NotebookAnswer
from .asking import Asking
from .inputs import Group, Rule
from .value_questions import Day, day_of


class ExperimentQuestions(Asking):
    """What experiments brought and what customers would be shown; of a home and of a log."""

    def experiment(
        self,
        name: str = "",
        *,
        control: str = "",
        metrics: Mapping[str, tuple[str, Counted] | str] | None = None,
        primary: str = "",
        shares: Mapping[str, float] | None = None,
        within_days: float | None = None,
        before_days: float = 28.0,
        expected_n: int = 5_000,
        looks: PlannedLooks | None = None,
        currency: str | None = None,
        level: float = DEFAULT_LEVEL,
    ) -> NotebookAnswer[ExperimentAnswer]:
        """Ask what an experiment brought; see `ExperimentQuestion`.

        Parameters
        ----------
        metrics
            By name: an event (the share of customers with it), or an event and what of it is counted:
            ``{"paid": "order_placed", "revenue": ("order_placed", "amount")}``.
        shares
            What each arm was to get.
        expected_n
            Customers at which always-valid intervals are narrowest; the same at every look.
        looks
            Planned before the start, such as ``PlannedLooks(5, look=3)``: ``answer.looks`` has a row for each.

        Raises
        ------
        NeedsALog, UnknownExperiment, ColumnsDoNotFit, TooFewCustomers
        """
        told: list[tuple[str, tuple[str, Counted]]] = [
            (called, (said, "any") if isinstance(said, str) else said)
            for called, said in (metrics or {}).items()
        ]
        return self.ask(
            ExperimentQuestion(
                name,
                control,
                tuple(LoggedMetric(called, (event,), counted) for called, (event, counted) in told),
                primary,
                tuple(ArmShare(arm, share) for arm, share in (shares or {}).items()),
                within_days=within_days,
                before_days=before_days,
                expected_n=expected_n,
                looks=looks,
                currency=currency,
                level=level,
            )
        )

    def release(
        self,
        at: Day | None = None,
        metric: ReleaseMetric = REVENUE,
        *,
        got_it: Group | None = None,
        reached_by: Rule | None = None,
        among: Group | None = None,
        name: str = "",
        period_days: int = 7,
        before_periods: int = 12,
        after_periods: int = 12,
        currency: str | None = None,
        level: float = DEFAULT_LEVEL,
    ) -> NotebookAnswer[ReleaseAnswer]:
        """Ask what moved when a change was released; see `ReleaseQuestion`.

        ``answer.summary`` has the effect and the total, the table a row a period.

        Parameters
        ----------
        at
            The first day with it, in the workspace's time zone; ``after_periods`` before the log's end when None.
        metric
            What it was to move: revenue, ``ReleaseMetric("orders")``, ``ReleaseMetric("score", question_key="nps")`` …
        got_it
            Who got it (``"did app_updated"``); everybody when None.
        reached_by
            Of a release in steps: the event that shows that a customer was reached.

        Raises
        ------
        NeedsALog, ReleaseRefused, TooFewCustomers, NothingBought, NoSuchScore, MixedScales, TooFewRows
        """
        said = self.inputs()
        return self.ask(
            ReleaseQuestion(
                day_of(at),
                metric,
                None if got_it is None else said.segment(got_it),
                said.maybe_rule(reached_by),
                among=None if among is None else said.segment(among),
                name=name,
                period_days=period_days,
                before_periods=before_periods,
                after_periods=after_periods,
                currency=currency,
                time_zone=self.locale.time_zone,
                level=level,
            )
        )

    def recommendations(
        self,
        k: int = 10,
        *,
        model: ModelName | None = None,
        again: bool = False,
        customers: Sequence[str] = (),
        in_stock: Sequence[str] = (),
        never: Sequence[str] = (),
        view_weight: float = 0.0,
    ) -> NotebookAnswer[RecommendationsAnswer]:
        """Ask what customers would be shown, and how well each model would have done; see `RecommendationsQuestion`.

        ``answer.preview`` has the lists, ``answer.recommender`` answers for anybody.

        Raises
        ------
        NeedsALog, InteractionsRefused
        """
        return self.ask(
            RecommendationsQuestion(
                k,
                model,
                again,
                tuple(customers),
                in_stock=tuple(in_stock),
                never=tuple(never),
                view_weight=view_weight,
                calendar=self.locale.calendar,
            )
        )

    def next_best_action(
        self,
        *event_names: str,
        within_days: float = 7.0,
        counted: CountedAfter = "any",
        currency: str | None = None,
        level: float = DEFAULT_LEVEL,
    ) -> NotebookAnswer[NextBestActionAnswer]:
        """Ask what each next best action brings, and what was learnt would have brought; see `NextBestActionQuestion`.

        ``answer.actions`` has a row an action, ``answer.off_policy`` what was learnt against what was done.

        Raises
        ------
        NeedsALog, NothingDecided
        """
        return self.ask(NextBestActionQuestion(event_names, within_days, counted, currency, level=level))
