"""Every question by its name: those about lived journeys, and those about what customers are worth and why.

Doors read this one registry, so a question that stands here is a page, a call of the API, a command and a line in a
notebook, with the same numbers in each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from safar.explain.change_rows import ChangeExplainedQuestion, change_explained
from safar.explain.clv_by_segment import CLVBySegmentQuestion, clv_by_segment
from safar.explain.driver_rows import DriversQuestion, drivers_of
from safar.explain.experiments.logged import ExperimentQuestion, logged_experiment
from safar.explain.experiments.release import ReleaseQuestion, release
from safar.explain.kano_rows import KanoQuestion, kano_of
from safar.explain.mediation_rows import MediationQuestion, mediated
from safar.explain.path_model_rows import PathModelQuestion, path_model_of
from safar.explain.penalty_reward_rows import PenaltyRewardQuestion, annoys_and_delights
from safar.explain.value_at_risk import ValueAtRiskQuestion, value_at_risk
from safar.explain.value_what_if import ValueWhatIfQuestion, value_what_if
from safar.measure.backlog import BacklogQuestion, backlog
from safar.measure.baskets import BasketsQuestion, baskets
from safar.measure.churn import ChurnQuestion, churn
from safar.measure.clv import CLVQuestion, clv
from safar.measure.cost_to_serve import CostQuestion, cost_to_serve
from safar.measure.lifetimes import SurvivalQuestion, lifetimes
from safar.measure.referral import ReferralQuestion, referral
from safar.measure.revenue_retention import RevenueRetentionQuestion, revenue_retention
from safar.measure.rfm import RFMQuestion, rfm
from safar.measure.service import ServiceQuestion, service
from safar.measure.wallet import WalletQuestion, wallet
from safar.observe.question_shapes import refused
from safar.observe.questions import KINDS as JOURNEYS
from safar.observe.questions import Kind, add_kinds, kind_named, kind_of
from safar.observe.walk import Lived
from safar.store.log import Log
from safar.vocabulary.errors import Refusal
from safar.vocabulary.progress import tell

from .action_values import NextBestActionQuestion, next_best_action
from .recommend.asked import RecommendationsQuestion, recommendations

__all__ = ["KINDS", "VALUE", "NeedsALog", "kind_named", "kind_of", "of_log"]


#: What questions of every kind ask of chance and of time. Chance is drawn by NumPy and scikit-learn, whose seeds are no
#: larger; ten thousand samples tell an interval to its last digit; a day of a hundred years ago is no day of a log.
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "seed": (0, 2**32 - 2),
    "resamples": (2, 10_000),
    "within_days": (0, 36_500),
    "before_days": (0, 36_500),
}


class NeedsALog(Refusal, TypeError):
    """The question reads more than paths: amounts, answers, properties of a log."""

    code = "question.needs_a_log"


def of_log(answer: Callable[[Log, Any], Any]) -> Callable[..., Any]:
    """Return how a question that only a log answers is asked of whatever has paths."""

    def ask(lived: Lived, question: object, **_: object) -> Any:
        if not isinstance(lived, Log):
            raise NeedsALog(
                f"{type(lived).__name__} has paths alone, and this question reads more.",
                hint="Ask a log: `safar.open(folder)`.",
            )
        _check(question)
        return answer(lived, question)

    return ask


def _check(question: object) -> None:
    for name, (least, most) in _BOUNDS.items():
        value = getattr(question, name, None)
        if value is not None and not least <= value <= most:
            raise refused(f"/{name}", value, f"a number from {least:,} to {most:,}")


#: Those about value, in the order of their pages.
VALUE: Final[tuple[Kind, ...]] = (
    Kind("clv", CLVQuestion, of_log(partial(clv, progress=tell))),
    Kind("clv_by_segment", CLVBySegmentQuestion, of_log(clv_by_segment)),
    Kind("rfm", RFMQuestion, of_log(rfm)),
    Kind("baskets", BasketsQuestion, of_log(baskets)),
    Kind("wallet", WalletQuestion, of_log(wallet)),
    Kind("churn", ChurnQuestion, of_log(churn)),
    Kind("survival", SurvivalQuestion, of_log(lifetimes)),
    Kind("revenue_retention", RevenueRetentionQuestion, of_log(revenue_retention)),
    Kind("referral", ReferralQuestion, of_log(referral)),
    Kind("service", ServiceQuestion, of_log(service)),
    Kind("backlog", BacklogQuestion, of_log(backlog)),
    Kind("cost_to_serve", CostQuestion, of_log(cost_to_serve)),
    Kind("drivers", DriversQuestion, of_log(drivers_of)),
    Kind("change_explained", ChangeExplainedQuestion, of_log(change_explained)),
    Kind("penalty_reward", PenaltyRewardQuestion, of_log(annoys_and_delights)),
    Kind("kano", KanoQuestion, of_log(kano_of)),
    Kind("path_model", PathModelQuestion, of_log(path_model_of)),
    Kind("mediation", MediationQuestion, of_log(mediated)),
    Kind("value_at_risk", ValueAtRiskQuestion, of_log(value_at_risk)),
    Kind("value_what_if", ValueWhatIfQuestion, of_log(value_what_if)),
    Kind("experiment", ExperimentQuestion, of_log(logged_experiment)),
    Kind("release", ReleaseQuestion, of_log(release)),
    Kind("recommendations", RecommendationsQuestion, of_log(recommendations)),
    Kind("next_best_action", NextBestActionQuestion, of_log(next_best_action)),
)

add_kinds(VALUE)
#: Every kind by its name.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType({**JOURNEYS, **{kind.name: kind for kind in VALUE}})
