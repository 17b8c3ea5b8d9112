"""Counts of the chosen window against the one before: how many times as many, and how sure."""

from __future__ import annotations

from typing import Final

from safar.vocabulary.interval import Estimate
from safar.vocabulary.interval_by_customer import Clustered, clustering_of, ratio_of_counts

from .queries import TodayAnswers

#: By how much two windows may differ in length and still have customers that can be compared: distinct customers do
#: not grow with time as events do. A change of the clock in a week is less.
_SAME_LENGTH: Final = 0.01


def orders_ratio(answers: TodayAnswers) -> Estimate | None:
    """Return how many times as many orders a day there are; orders of one customer go together."""
    now, before, shared = (
        answers.overview.overviews[0],
        answers.overview.overviews[1],
        answers.overview.shared,
    )
    effect = clustering_of(
        Clustered(now.orders, now.orders_squared),
        Clustered(before.orders, before.orders_squared),
        products=shared.order_products if shared else 0,
    )
    return ratio_of_counts(now.orders, before.orders, exposure=_exposure(answers), clustering=effect)


def customers_ratio(answers: TodayAnswers) -> Estimate | None:
    """Return how many times as many customers there are, those of both windows as pairs; None when the windows are not
    equally long."""
    if abs(_exposure(answers) - 1) > _SAME_LENGTH:
        return None
    now, before, shared = (
        answers.overview.overviews[0],
        answers.overview.overviews[1],
        answers.overview.shared,
    )
    effect = clustering_of(
        Clustered(now.customers, now.customers),
        Clustered(before.customers, before.customers),
        products=shared.customers if shared else 0,
    )
    return ratio_of_counts(now.customers, before.customers, clustering=effect)


def _exposure(answers: TodayAnswers) -> float:
    return answers.chosen.window.duration / answers.chosen.before.duration
