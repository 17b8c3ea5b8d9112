"""How many customers a segment has, and what share of all that was spent is theirs."""

from __future__ import annotations

import threading
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from safar.store.orders import AMOUNT, CURRENCY, ORDERS
from safar.vocabulary.answer import Provenance
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.money import exponent
from safar.vocabulary.window import Window

from .among import Segment
from .walk import mapped

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

_ALWAYS: Final = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Spending:
    """What each customer spent in one currency: orders less returns.

    Attributes
    ----------
    persons
        ``uint64``: keys of those who ordered or returned something, ascending.
    amounts
        ``float64``: in minor units, beside ``persons``.
    """

    persons: NDArray[np.uint64]
    amounts: NDArray[np.float64]

    def share_of(self, members: NDArray[np.uint64]) -> float | None:
        """Return what share of all that was spent these customers spent; None where nothing was, on balance."""
        return self.share_in(self.beside(members))

    def share_in(self, amounts: NDArray[np.float64]) -> float | None:
        """Return what share of all that was spent these amounts of it are; None where nothing was, on balance."""
        total = float(self.amounts.sum())
        return float(amounts.sum()) / total if total > 0 else None

    def beside(self, persons: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Return what each of these persons spent."""
        if not len(self.persons):
            return np.zeros(len(persons))
        places = np.minimum(np.searchsorted(self.persons, persons), len(self.persons) - 1)
        return np.where(self.persons[places] == persons, self.amounts[places], 0.0)


#: Of each log the spending at its last version, by currency: asked for by every size while a segment is defined.
_kept: Final[WeakKeyDictionary[Log, dict[str, tuple[str, Spending]]]] = WeakKeyDictionary()
_lock: Final = threading.Lock()


def spending(log: Log, currency: str) -> Spending:
    """Return what everybody spent in a currency; kept until the log changes."""
    version = log.version
    with _lock:
        found = _kept.get(log, {}).get(currency)
    if found is not None and found[0] == version:
        return found[1]
    rows = log.rows(ORDERS, _ALWAYS)
    codes = [place for place, text in enumerate(rows.fields[CURRENCY].texts) if text == currency]
    rows = rows.where(np.isin(rows.fields[CURRENCY].values, codes))
    amounts = rows.fields[AMOUNT].values.astype(np.float64)
    persons, places = np.unique(rows.person, return_inverse=True)
    signed = np.where(rows.are(ORDER_PLACED), amounts, -amounts)
    made = Spending(persons, np.bincount(places, signed, len(persons)).astype(np.float64))
    with _lock:
        _kept.setdefault(log, {})[currency] = rows.version, made
    return made


@dataclass(frozen=True, slots=True)
class SegmentSizeQuestion:
    """How large is a segment?

    Parameters
    ----------
    segment
        Which.
    currency
        ISO 4217 code of the currency in which value is shared out.

    Raises
    ------
    UnknownCurrency
    """

    segment: Segment
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)


@dataclass(frozen=True, slots=True)
class SegmentSizeAnswer:
    """How large a segment is: counted, not estimated.

    Attributes
    ----------
    size, customers
        Members, and customers in all.
    value_share
        Of what everybody spent (orders less returns, in the currency) the part of the members: 0 to 1 as long as
        nobody returned more than he ordered. None where nothing was spent on balance.
    """

    size: int
    customers: int
    value_share: float | None
    provenance: Provenance

    @property
    def share(self) -> float | None:
        """The part of all customers; None where there are none."""
        return self.size / self.customers if self.customers else None


def segment_size(
    log: Log, question: SegmentSizeQuestion, *, executor: Executor | None = None
) -> SegmentSizeAnswer:
    """Answer how many customers are in a segment now, and what share of value they have."""
    paths = log.paths()

    def members_of(shard: PathShard) -> tuple[int, NDArray[np.uint64]]:
        return len(shard.first), question.segment.of(shard).person

    found = list(mapped(executor, members_of, paths.shards))
    members = np.concatenate([np.zeros(0, np.uint64), *(persons for _, persons in found)])
    return SegmentSizeAnswer(
        len(members),
        sum(count for count, _ in found),
        spending(log, question.currency).share_of(members),
        Provenance(question, paths.version, paths.rows),
    )
