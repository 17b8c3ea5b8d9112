"""Share of wallet: how much of what customers spend on such things they spend here, where that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.extracts import Extract, Field
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile
from safar.vocabulary.interval_by_customer import mean_by_customer
from safar.vocabulary.lifecycle import SURVEY_ANSWERED

from .ordered import PurchasesQuestion, purchases
from .purchases import Purchases
from .whole_time import whole_time

if TYPE_CHECKING:
    from safar.store.log import Log

Floats = NDArray[np.float64]
Asks = Literal["everywhere", "elsewhere"]
_DAY_US: Final = 86_400_000_000
_ANSWERS: Final = Extract(
    SURVEY_ANSWERED,
    (
        Field("key", "coalesce(properties->>'question_key', '')", "text"),
        Field("value", "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
    ),
)


class WalletRefused(Refusal, ValueError):
    """Amounts that cannot be what customers spend."""

    code = "wallet.refused"


def share_of_wallet(
    here: ArrayLike, everywhere: ArrayLike, *, level: float = DEFAULT_LEVEL
) -> Estimate | None:
    """Return the share of customers' spending on such things that they spend here; None below two customers.

    Parameters
    ----------
    here
        What each customer spent here in a time, such as from `Purchases.occasions`.
    everywhere
        What they say they spend on such things in the same time, here included: an answer of a survey. Customers of
        whom it is not known (NaN) or 0 are left out.

    Returns
    -------
    Estimate
        Of all spending, so that large customers count more; ``n`` is the customers known.

    Raises
    ------
    WalletRefused
        Different lengths, negative amounts, or more spent here than everywhere.

    Notes
    -----
    A ratio of sums with the interval of a ratio estimator (Cochran 1977, §6.3), cut to 0…1. It is as good as what
    people remember; who answers may differ from who does not.

    Examples
    --------
    >>> share_of_wallet([20, 30, 50], [100, 40, 60]).value
    0.5
    """
    ours, whole = np.asarray(here, np.float64), np.asarray(everywhere, np.float64)
    if ours.shape != whole.shape or ours.ndim != 1:
        raise WalletRefused("The two have different lengths.", hint="Give one of each for every customer.")
    known = np.isfinite(whole) & (whole > 0) & np.isfinite(ours)
    ours, whole = ours[known], whole[known]
    wrong = (ours < 0) | (ours > whole)
    if wrong.any():
        raise WalletRefused(
            f"{int(wrong.sum())} customers spent less than nothing here, or more than everywhere.",
            hint="Ask about the same time and the same kind of things, in the same currency.",
            count=int(wrong.sum()),
        )
    scale = float(whole.mean()) if len(whole) else 1.0
    size = whole / scale
    found = mean_by_customer(
        float(ours.sum() / scale),
        len(ours),
        len(ours),
        squares=float(((ours / scale) ** 2).sum()),
        products=float((ours / scale * size).sum()),
        n_squares=float((size**2).sum()),
        level=level,
    )
    if found is None:
        return None
    return Estimate(
        found.value,
        Interval(max(found.interval.low, 0.0), min(found.interval.high, 1.0), level),
        len(ours),
    )


@dataclass(frozen=True, slots=True)
class WalletQuestion:
    """What share of their spending on such things do customers spend here?

    Parameters
    ----------
    question_key
        The question of a survey whose answers say what they spend: numbers in whole units of the currency.
    asks
        Whether it asks what they spend everywhere, here included, or elsewhere alone.
    days
        In how many days before the answer.
    currency
        ISO 4217 code of orders and answers; that of most orders when None.
    most
        So many of those who spend most elsewhere are listed.
    level
        Confidence level of the interval.

    Raises
    ------
    WalletRefused, ImpossibleLevel, UnknownCurrency
    """

    question_key: str = "spend_everywhere"
    asks: Asks = "everywhere"
    days: int = 30
    currency: str | None = None
    most: int = 100
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        PurchasesQuestion(currency=self.currency)
        if not self.question_key.strip() or not 1 <= self.days <= 3_660 or self.most < 1:
            raise WalletRefused(
                f"What was spent in {self.days} days cannot be read from answers to {self.question_key!r}.",
                hint="Name a question, and 1 to 3660 days.",
            )


@dataclass(frozen=True, eq=False)
class WalletAnswer:
    """What share is spent here, of all who said it last.

    Attributes
    ----------
    share
        Of all they spend; None below two customers.
    here, everywhere
        ``float64`` by customer: what they spent in the time before their answer, in whole units of the currency.
    elsewhere
        Ids of those who spend most elsewhere, with what they spend here and everywhere.

    Notes: customers who say less than they spent here count as spending all of it here (``wallet.said_less``).
    """

    share: Estimate | None
    here: Floats
    everywhere: Floats
    elsewhere: tuple[tuple[str, float, float], ...]
    currency: str | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row: the share with its interval, customers, and what they spend here and everywhere in all."""
        return Table.of(
            {
                **estimates("share", [self.share]),
                "customers": [len(self.here)],
                "currency": [self.currency or ""],
                "here": [float(self.here.sum())],
                "everywhere": [float(self.everywhere.sum())],
            }
        )

    @property
    def customer_table(self) -> Table:
        """One row for each of those who spend most elsewhere."""
        return Table.of(
            {
                "customer_id": [customer for customer, _, _ in self.elsewhere],
                "here": [here for _, here, _ in self.elsewhere],
                "everywhere": [whole for _, _, whole in self.elsewhere],
                "elsewhere": [whole - here for _, here, whole in self.elsewhere],
            }
        )


def wallet(log: Log, question: WalletQuestion) -> WalletAnswer:
    """Answer what share of their spending customers of a log spend here.

    Raises
    ------
    NothingBought
    """
    bought = purchases(log, PurchasesQuestion(currency=question.currency))
    rows = log.rows(_ANSWERS, whole_time(log))
    column = rows.fields["key"]
    asked = np.array([text == question.question_key for text in column.texts] or [False])
    value = rows.fields["value"].values
    tells = np.isfinite(value) & (value >= 0)
    if len(rows):
        tells &= asked[column.values]
    said = np.flatnonzero(tells)
    # Of each the last answer: rows are by time, and the first of the reversed ones is it.
    person, last = np.unique(rows.person[said][::-1], return_index=True)
    chosen = said[::-1][last]
    here = _spent(bought, person, rows.time[chosen], question.days * _DAY_US)
    told = value[chosen]
    everywhere = here + told if question.asks == "elsewhere" else told
    less = everywhere < here
    everywhere = np.where(less, here, everywhere)
    spends = everywhere > 0
    person, here, everywhere = person[spends], here[spends], everywhere[spends]
    order = np.argsort(here - everywhere, kind="stable")[: question.most]
    ids = log.ids_of(person[order]) if len(order) else []
    listed = zip(ids, here[order].tolist(), everywhere[order].tolist(), strict=False)
    return WalletAnswer(
        share_of_wallet(here, everywhere, level=question.level),
        here,
        everywhere,
        tuple(listed),
        bought.currency,
        (
            *notes_with_facts([("wallet.said_less", int(less.sum()))]),
            *(note for note in bought.notes if note.code != "purchases.revenue_as_margin"),
        ),
        Provenance(question, rows.version, len(rows)),
    )


def _spent(bought: Purchases, person: NDArray[Any], at: NDArray[np.int64], span: int) -> Floats:
    """Return what each spent here, less refunds, in the time before an instant."""
    place = np.minimum(np.searchsorted(bought.customers, person), len(bought.customers) - 1)
    known = bought.customers[place] == person
    until = np.full(len(bought.customers), np.iinfo(np.int64).min, np.int64)
    until[place[known]] = at[known]
    of = until[bought.customer]
    inside = (bought.time < of) & (bought.time >= of - span) & (of > np.iinfo(np.int64).min)
    net = np.maximum(np.nan_to_num(bought.amount - bought.refunded), 0.0)
    total = np.bincount(bought.customer[inside], net[inside], len(bought.customers))
    found: Floats = np.where(known, total[place], 0.0)
    return found
