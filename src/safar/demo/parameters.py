"""The parameter file `truth.toml`, typed: a missing, misspelt or mistyped entry is refused."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

EXPERIENCES: Final = (
    "late_delivery",
    "payment_error",
    "repeated_explanation",
    "wrong_description",
    "damaged_parcel",
)


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class History(_Part, frozen=True):
    """How far back the company goes, in days."""

    days: int


class Purchase(_Part, frozen=True):
    """BG/NBD parameters (rates a week) and how first orders come about."""

    r: float
    alpha: float
    a: float
    b: float
    never_share: float
    first_lag_weeks: float
    at_once_share: float
    growth: float


class Spend(_Part, frozen=True):
    """What an order holds."""

    taste_sd: float
    order_sd: float
    lines: tuple[float, ...]
    quantity_two_share: float
    coupon_share: float
    coupon_discounts: tuple[float, ...]
    shipping_usd: float
    free_shipping_from_usd: float


class CurrencyRate(_Part, frozen=True):
    """Units for a dollar at `until`, yearly inflation, and the step of prices in units."""

    rate: float
    inflation: float
    step: float


class Tier(_Part, frozen=True):
    """A kind of town: a confounder."""

    late: float
    promise_days: int
    taste: float
    stays: float


class Strain(_Part, frozen=True):
    """What bulky goods and peaks do."""

    bulky_late_logit: float
    peak_late_logit: float
    peak_taste: float
    peak_repeat_logit: float


class Experience(_Part, frozen=True):
    """What one bad experience does; units in the file."""

    satisfaction: dict[Literal["delivery", "product", "support", "ease", "overall"], float]
    leave: float
    rate: float
    taste: float
    contact: float


class Mediation(_Part, frozen=True):
    """How lost satisfaction makes people leave."""

    leave_per_satisfaction_lost: float


class Exposure(_Part, frozen=True):
    """How often bad things happen."""

    wrong_description: float
    damaged_parcel: float
    late_more_days: float
    payment_further_failure: float
    lost_after_payment_error: float
    base_contact: float
    handover_without_question: float


class Payment(_Part, frozen=True):
    """Payments of one country."""

    fails: float
    on_delivery: float


class Trouble(_Part, frozen=True):
    """The recent change worth finding."""

    days: int
    cities: tuple[str, ...]
    late: float


class SupportChannel(_Part, frozen=True):
    """One way to reach support."""

    share: float
    repeat: float
    minutes: float
    hours: float
    cost: float


class Support(_Part, frozen=True):
    """What happens in conversations."""

    reopen: float
    reopen_if_repeated: float
    thanks: float
    cost_spread: float
    handed_over_costs: float
    reopened_costs: float


class Returns(_Part, frozen=True):
    """Shares of delivered orders that come back."""

    base: float
    wrong_description: float
    damaged_parcel: float


class Satisfaction(_Part, frozen=True):
    """How felt quality comes about."""

    mood_weight: float
    mood_leaving: float
    noise_sd: float
    nps_memory: float


class Question(_Part, frozen=True):
    """How felt quality becomes an answer."""

    shift: Literal["delivery", "product", "support", "ease", "overall"]
    level: float
    thresholds: tuple[float, ...]


class Response(_Part, frozen=True):
    """Who answers."""

    base: float
    extremes: float
    anger: float
    loyal: float
    verbatim: float
    verbatim_angry: float


class Invitations(_Part, frozen=True):
    """Who is asked."""

    post_purchase: float
    post_delivery: float
    post_support: float
    relational_every_days: int
    relational: float


class Arm(_Part, frozen=True):
    """One arm of an experiment: the share of customers it gets, and the share of those who keep a wish."""

    share: float
    wishes: float


class Trial(_Part, frozen=True):
    """An experiment: when it ran, in days before `until`, and what each arm brings."""

    name: str
    from_days: int
    to_days: int
    arms: dict[str, Arm]
    further_wish: float


class KanoSurvey(_Part, frozen=True):
    """Features asked about twice: whom, when, and how they are seen."""

    before_days: int
    of_days: int
    asked: float
    answered: float
    features: dict[
        str, dict[Literal["must_be", "one_dimensional", "attractive", "indifferent", "reverse"], float]
    ]


class Wallet(_Part, frozen=True):
    """What customers spend in all shops: whom it is asked, and the share that they spend here."""

    country: str
    waves: int
    before_days: int
    of_days: int
    asked: float
    answered: float
    a: float
    b: float


class Steps(_Part, frozen=True):
    """Probabilities of what follows what in a visit."""

    landing: tuple[float, ...]
    home: tuple[float, ...]
    list: tuple[float, ...]
    search: tuple[float, ...]
    zero: tuple[float, ...]
    product: tuple[float, ...]
    cart_add: tuple[float, ...]
    cart: tuple[float, ...]
    checkout: tuple[float, ...]
    help: tuple[float, ...]


class Visits(_Part, frozen=True):
    """How often people come and what they do."""

    strangers_per_customer: float
    stranger_returns: float
    research_per_order: float
    background_per_week: float
    away_per_week: float
    app_share: float
    app_visits: float
    zero_result_share: float
    store_visits_per_order: float
    stranger: Steps
    customer: Steps


class Origin(_Part, frozen=True):
    """Weights of one origin of visits."""

    stranger: float
    customer: float
    order: float


class Campaigns(_Part, frozen=True):
    """Messages the company sends."""

    every_days: int
    email_consent: float
    sms_consent: float
    reach: float
    opened: float
    clicked: float


class Referral(_Part, frozen=True):
    """How customers bring customers."""

    share: float


class People(_Part, frozen=True):
    """Who the customers are."""

    careful: float
    deal_hunter: float
    loyal: float
    women: float
    gives_phone: float
    gives_email: float
    guest_first: float


class Season(_Part, frozen=True, rename={"first": "from", "last": "to"}):
    """Days of a calendar's year, month and day, ends included, on which more or fewer come."""

    name: str
    calendar: str
    first: tuple[int, int]
    last: tuple[int, int]
    factor: float
    strain: int
    countries: tuple[str, ...]


class Hours(_Part, frozen=True):
    """Weights of the hours of a day, and the factor of a weekend's day."""

    usual: tuple[float, ...]
    ramadan: tuple[float, ...]
    weekend: float


class Parameters(_Part, frozen=True):
    """All of `truth.toml`; the meaning and unit of each number stand there."""

    history: History
    sizes: dict[str, int]
    purchase: Purchase
    spend: Spend
    currencies: dict[str, CurrencyRate]
    tiers: dict[str, Tier]
    strain: Strain
    experience: dict[str, Experience]
    mediation: Mediation
    exposure: Exposure
    payment: dict[str, Payment]
    trouble: Trouble
    order_channels: dict[str, float]
    support_channels: dict[str, SupportChannel]
    support: Support
    returns: Returns
    satisfaction: Satisfaction
    questions: dict[str, Question]
    response: Response
    invitations: Invitations
    trial: Trial
    kano: KanoSurvey
    wallet: Wallet
    visits: Visits
    origins: dict[str, Origin]
    campaigns: Campaigns
    referral: Referral
    people: People
    season: tuple[Season, ...]
    hours: Hours


@cache
def parameters() -> Parameters:
    """Return what `truth.toml` says."""
    text = files("safar.demo").joinpath("truth.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Parameters)
