"""The models of repeat buying by name, and what is known of the value of a purchase beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from safar.vocabulary.answer import Note

from . import bgnbd, gamma_gamma, mbgnbd, pareto_nbd
from .gamma_gamma import GammaGamma, NoMeanSpend
from .purchases import Purchases
from .repeat_counts import Floats, RepeatCounts
from .repeat_fit import RepeatFit

Model = Literal["bgnbd", "mbgnbd", "pareto_nbd"]
MODELS: Final[tuple[Model, ...]] = get_args(Model)

_FIT: Final[dict[Model, Callable[[RepeatCounts], RepeatFit]]] = {
    "bgnbd": bgnbd.fit_counts,
    "mbgnbd": mbgnbd.fit_counts,
    "pareto_nbd": pareto_nbd.fit_counts,
}
#: Customers with a known value below which everybody's mean is all that is known.
_FEWEST_SPENDERS: Final = 10


def fitted(model: Model, counts: RepeatCounts) -> RepeatFit:
    """Return a model of repeat buying fitted on counts.

    Raises
    ------
    NobodyBoughtTwice
    """
    return _FIT[model](counts)


@dataclass(frozen=True, slots=True, eq=False)
class Spend:
    """What a purchase of each customer brings.

    Attributes
    ----------
    by_customer
        Margin to expect of a purchase, in whole units of the currency.
    fit
        Gamma-Gamma; None where too little is known, and everybody has the mean of all.
    frequency, mean
        What it was worked out from: purchases of known margin above 0, and their mean; NaN where there are none.
    notes
        ``spend.mean_alone``: fewer than ten customers, or no mean by the model. Those of the fit.
    """

    by_customer: Floats
    fit: GammaGamma | None
    frequency: Floats
    mean: Floats
    notes: tuple[Note, ...]


def spend_of(purchases: Purchases, *, repeat_only: bool = False) -> Spend | None:
    """Return what a purchase of each customer brings; None where no margin above 0 is known.

    Parameters
    ----------
    repeat_only
        Only repeat purchases count, as in the literature, where first ones are of another kind. All of them by default:
        twice as many customers are known then.
    """
    bought = purchases.occasions
    counted = ~np.isnan(bought.margin)
    if repeat_only:
        counted[np.searchsorted(bought.customer, np.arange(len(purchases)))] = False
    count = np.bincount(bought.customer[counted], minlength=len(purchases)).astype(np.float64)
    total = np.bincount(bought.customer[counted], bought.margin[counted], minlength=len(purchases))
    known = (count > 0) & (total > 0)
    if not known.any():
        return None
    mean = np.where(known, total / np.maximum(count, 1), np.nan)
    overall = float(total[known].sum() / count[known].sum())
    alone = Spend(
        np.full(len(purchases), overall),
        None,
        np.where(known, count, 0.0),
        mean,
        (Note.of("spend.mean_alone"),),
    )
    if int(known.sum()) < _FEWEST_SPENDERS or np.unique(mean[known]).size < 2:
        return alone
    # one unit of the currency may be a millionth of what is usual, which Newton's steps need not know
    fit = gamma_gamma.scaled(gamma_gamma.fit(count[known], mean[known] / overall), overall)
    try:
        by_customer = fit.expected_value(count, mean)
    except NoMeanSpend:
        return alone
    return Spend(by_customer, fit, np.where(known, count, 0.0), mean, fit.notes)
