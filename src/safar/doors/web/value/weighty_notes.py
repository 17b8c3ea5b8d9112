"""Which caveats of answers about value stand before all others."""

from __future__ import annotations

from typing import Final

#: Those that change how a number may be read at all: whether it is an effect, of which money it is, whether its
#: interval holds.
WEIGHTY: Final = frozenset(
    {
        "before_after.no_comparison",
        "chain.assumption",
        "change.association",
        "churn.no_report",
        "clv.not_back_tested",
        "did.no_times_before",
        "did.not_parallel",
        "experiment.sample_ratio",
        "fit.hessian_not_definite",
        "fit.not_converged",
        "forecasts.too_sure",
        "mediation.assumption",
        "off_policy.few",
        "off_policy.unsupported",
        "path_model.association",
        "purchases.other_currency",
        "purchases.revenue_as_margin",
        "survival.few_events",
        "survival.hazards_not_proportional",
        "value_at_risk.association",
    }
)
