"""Attribution: which touches get credit for conversions, by several models side by side, and what they cost."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import Estimate

from .among import EVERYBODY
from .attribution_models import as_shares, removal_effects, shapley_of_rate
from .attribution_question import AttributionQuestion, Model
from .attribution_walk import (
    CONVERSIONS,
    CONVERTERS,
    LOST,
    OPEN,
    PLACES,
    TOUCHED_CUSTOMERS,
    UNTOUCHED,
    UNTOUCHED_CUSTOMERS,
    WORTHLESS,
    Credits,
    TouchWalk,
    credits_of_shard,
    none_of,
)
from .behind import Adds, Cell, CellRefused, place_in
from .jackknife import left_out, share_estimate
from .walk import Lived, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths


@dataclass(frozen=True, slots=True)
class Worth:
    """What a touch name brought and cost, in one currency.

    Attributes
    ----------
    currency
        None where the value is a bare number.
    value
        Credited, in whole units of the currency.
    cost
        Recorded in the window; None where nothing is.
    cost_per_conversion
        Cost by credited conversion; None without either.
    return_on_spend
        Value by cost; None without a cost. 2 means: twice the cost came in.
    """

    currency: str | None
    value: float
    cost: float | None
    cost_per_conversion: float | None
    return_on_spend: float | None


@dataclass(frozen=True, slots=True)
class Credit:
    """What one touch name gets by one model.

    Attributes
    ----------
    name
        None: all rarer ones together.
    model
        By which.
    conversions
        Credited; over all names they add up to the conversions with touches.
    share
        Of these, with its interval; None where nobody converts, and for `Model.SHAPLEY_RATE`: rates of seldom sets of
        names are too uncertain for intervals that hold their level.
    worth
        One for each currency.
    """

    name: str | None
    model: Model
    conversions: float
    share: Estimate | None
    worth: tuple[Worth, ...]


@dataclass(frozen=True, slots=True)
class TouchName:
    """How often a name touched.

    Attributes
    ----------
    name
        None: all rarer ones together.
    touches
        In counted paths.
    customers
        How many customers were touched.
    """

    name: str | None
    touches: int
    customers: int


@dataclass(frozen=True, slots=True)
class AttributionAnswer:
    """Who gets what.

    Attributes
    ----------
    names
        Most touches first.
    credits
        By model in the order of the question, then in the order of ``names``.
    conversions
        All of them; so many of them had no touch (``untouched``) and are nobody's.
    converters, customers
        Customers who converted; customers who were touched.
    paths
        Sequences of touches that ended with a conversion or with nothing.
    """

    names: tuple[TouchName, ...]
    credits: tuple[Credit, ...]
    conversions: int
    untouched: int
    converters: int
    customers: int
    paths: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a name, model and currency; one with a null ``currency`` where no conversion is worth anything."""
        none = Worth(None, 0.0, None, None, None)
        rows = [(credit, worth) for credit in self.credits for worth in credit.worth or (none,)]
        touched = self.conversions - self.untouched
        shares = estimates("share", [credit.share for credit, _ in rows])
        shares["share"] = [credit.conversions / touched if touched else None for credit, _ in rows]
        counts = {name.name: name for name in self.names}
        return Table.of(
            {
                "name": [credit.name for credit, _ in rows],
                "model": [credit.model.value for credit, _ in rows],
                "touches": [counts[credit.name].touches for credit, _ in rows],
                "customers": [counts[credit.name].customers for credit, _ in rows],
                "conversions": [credit.conversions for credit, _ in rows],
                **shares,
                **{
                    name: [getattr(worth, name) for _, worth in rows]
                    for name in ("currency", "value", "cost", "cost_per_conversion", "return_on_spend")
                },
            }
        )

    def of(self, model: Model) -> dict[str | None, Credit]:
        """Return the credits of one model by name."""
        return {credit.name: credit for credit in self.credits if credit.model is model}


def attribution(
    log: Lived, question: AttributionQuestion, *, executor: Executor | None = None
) -> AttributionAnswer:
    """Answer which touches get credit for conversions.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        Conversion, touches, models.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    AttributionAnswer
        Notes: conversions without any touch, which are nobody's (``attribution.untouched``); paths last touched less
        than a lookback before the end, which count as lost and may still convert (``attribution.open``); conversions
        that are worth nothing that can be counted (``attribution.worthless``); names put together
        (``attribution.rarest_together``); costs of names that touched nobody (``attribution.costs_elsewhere``), and of
        everybody beside touches of some (``attribution.costs_of_everybody``); that
        a model has no intervals (``attribution.no_interval``).

    Notes
    -----
    A conversion's touches are those since the conversion before, at most a lookback older. Touches that led to nothing
    within the lookback, and those after the last conversion, are a path that is lost. Shares carry intervals from
    leaving out groups of customers; credit in conversions and worth is a share of what is known, and carries none.
    """
    paths = log.paths()
    walk = TouchWalk.of(paths, question)
    found = reduce(
        Credits.merged, mapped(executor, partial(credits_of_shard, walk=walk), paths.shards), none_of(walk)
    ).settled()
    touches = found.touches.tolist()
    order = sorted(range(len(walk.names)), key=lambda place: (-touches[place], place))
    order = [place for place in order if touches[place]]
    names = tuple(
        TouchName(walk.names[place], touches[place], int(found.customers[place])) for place in order
    )
    tallies = found.tallies.tolist()
    touched = tallies[CONVERSIONS] - tallies[UNTOUCHED]
    total_worth = found.worth[:, 0].sum(axis=1)
    told = []
    for model in question.models:
        shares = _shares(found, model)
        for place in order:
            mine = shares[:, place]
            value = found.worth[:, PLACES[model], place] if model in PLACES else total_worth * mine[0]
            conversions = touched * float(mine[0])
            is_told = touched and model is not Model.SHAPLEY_RATE
            share = share_estimate(mine, tallies[CONVERTERS], question.level) if is_told else None
            worth = _worth(walk, found, walk.names[place], conversions, value)
            told.append(Credit(walk.names[place], model, conversions, share, worth))
    return AttributionAnswer(
        names=names,
        credits=tuple(told),
        conversions=tallies[CONVERSIONS],
        untouched=tallies[UNTOUCHED],
        converters=tallies[CONVERTERS],
        customers=tallies[TOUCHED_CUSTOMERS],
        paths=touched + tallies[LOST],
        notes=_notes(question, walk, found),
        provenance=Provenance(question, paths.version, paths.rows),
    )


def _shares(found: Credits, model: Model) -> NDArray[np.float64]:
    """Return each name's share of the conversions, for everybody and, where it has intervals, without each group."""
    if model is Model.MARKOV:
        return as_shares(removal_effects(left_out(found.edges)))
    if model is Model.SHAPLEY_RATE:
        return as_shares(shapley_of_rate(found.sets[None].astype(np.float64)))
    return as_shares(left_out(found.credit[:, PLACES[model]]))


def _worth(
    walk: TouchWalk, found: Credits, name: str | None, conversions: float, value: NDArray[np.float64]
) -> tuple[Worth, ...]:
    told = []
    for unit, currency in enumerate(walk.units):
        cost = found.costs.get((name, currency)) if name is not None and currency is not None else None
        if cost is None and not found.has_worth(unit):
            continue
        told.append(
            Worth(
                currency=currency,
                value=float(value[unit]),
                cost=cost,
                cost_per_conversion=cost / conversions if cost is not None and conversions > 0 else None,
                return_on_spend=float(value[unit]) / cost if cost else None,
            )
        )
    return tuple(told)


def _notes(question: AttributionQuestion, walk: TouchWalk, found: Credits) -> tuple[Note, ...]:
    tallies = found.tallies.tolist()
    touched = {name for name, count in zip(walk.names, found.touches.tolist(), strict=True) if count}
    elsewhere = {name for name, _ in found.costs if name not in touched}
    notes = []
    if tallies[UNTOUCHED]:
        customers = tallies[UNTOUCHED_CUSTOMERS]
        notes.append(Note.of("attribution.untouched", count=tallies[UNTOUCHED], customers=customers))
    counts = {
        "open": tallies[OPEN],
        "worthless": tallies[WORTHLESS],
        "rarest_together": walk.rarer,
        "costs_elsewhere": len(elsewhere),
    }
    notes += [Note.of(f"attribution.{name}", count=count) for name, count in counts.items() if count]
    if Model.SHAPLEY_RATE in question.models and tallies[CONVERSIONS]:
        notes.append(Note.of("attribution.no_interval", model=Model.SHAPLEY_RATE.value))
    if found.costs and question.among != EVERYBODY:
        notes.append(Note.of("attribution.costs_of_everybody"))
    return tuple(notes)


def adds_to_attribution(paths: Paths, question: AttributionQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a number of the answer.

    ``name``: they were touched; with ``model``, one that the walk gives credit by (for `Model.MARKOV` and
    `Model.SHAPLEY_RATE`: any): they give it credit. Without a name, ``number``: ``conversions`` or ``untouched``.

    Raises
    ------
    CellRefused
    """
    models = {each.value: each if each in PLACES else Model.LINEAR for each in Model}
    asked = cell.get("model")
    if asked is not None and asked not in models:
        raise CellRefused(f"There is no model {asked!r}.", hint=f"Name one of: {', '.join(models)}.")
    model = models[str(asked or Model.LINEAR.value)]
    walk = TouchWalk.of(paths, replace(question, models=(model,)))
    if "name" not in cell:
        numbers: dict[str | None, int] = {"conversions": CONVERSIONS, "untouched": UNTOUCHED}
        spot = place_in(numbers, cell, "number")
        return lambda shard: bool(credits_of_shard(shard, walk).tallies[spot])
    place = place_in({name: place for place, name in enumerate(walk.names)}, cell, "name")
    if asked is None:
        return lambda shard: bool(credits_of_shard(shard, walk).touches[place])
    spot = PLACES[model]
    return lambda shard: bool(credits_of_shard(shard, walk).credit[:, spot, place].any())
