"""The pages of the desk, in the order of its navigation."""

from __future__ import annotations

from typing import Final

from safar.doors.web.journeys.kind import KindPage

from .backlog_page import BACKLOG
from .baskets_page import BASKETS
from .change_page import CHANGE_EXPLAINED
from .churn_page import CHURN
from .clv_by_segment_page import CLV_BY_SEGMENT
from .clv_page import CLV
from .cost_page import COST_TO_SERVE
from .drivers_page import DRIVERS
from .experiment_page import EXPERIMENT
from .kano_page import KANO
from .mediation_page import MEDIATION
from .next_best_action_page import NEXT_BEST_ACTION
from .path_model_page import PATH_MODEL
from .penalty_reward_page import PENALTY_REWARD
from .recommendations_page import RECOMMENDATIONS
from .referral_page import REFERRAL
from .release_page import RELEASE
from .retention_page import REVENUE_RETENTION
from .rfm_page import RFM
from .service_page import SERVICE
from .survival_page import SURVIVAL
from .value_at_risk_page import VALUE_AT_RISK
from .wallet_page import WALLET
from .what_if_page import VALUE_WHAT_IF

#: A further page is one line here: its form and its page stand in a module of its own.
PAGES: Final[tuple[KindPage, ...]] = (
    CLV,
    CLV_BY_SEGMENT,
    RFM,
    BASKETS,
    WALLET,
    CHURN,
    SURVIVAL,
    REVENUE_RETENTION,
    REFERRAL,
    SERVICE,
    BACKLOG,
    COST_TO_SERVE,
    DRIVERS,
    CHANGE_EXPLAINED,
    PENALTY_REWARD,
    KANO,
    PATH_MODEL,
    MEDIATION,
    VALUE_AT_RISK,
    VALUE_WHAT_IF,
    EXPERIMENT,
    RELEASE,
    RECOMMENDATIONS,
    NEXT_BEST_ACTION,
)
