"""What raises or lowers the risk of leaving: Cox's model over what the beginnings of lifetimes say, put right first.

What beginnings say comes as texts of any kind: here they become numbers and groups that a model can bear, and each that
it cannot is left out and named.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval
from safar.vocabulary.many_looks import adjusted

from . import aft, cox
from .aft import AftFit
from .cox import CoxFit
from .survival_inputs import Design, Flags, Floats, SurvivalRefused

Texts = NDArray[np.object_]
#: Rarer values are put together: a factor of a handful of people says nothing.
FEWEST_OF_VALUE: Final = 10
MOST_VALUES: Final = 12
MOST_PROPERTIES: Final = 24
OTHERS: Final = "…"
_FEWEST_NUMBERS: Final = 5
#: A number that ranks subjects nearly as the length itself does is a length: it explains nothing.
_GROWS: Final = 0.8
_PROPORTIONAL_BELOW: Final = 0.05


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that bears on the risk.

    Attributes
    ----------
    name
        The property.
    value, beside
        Of a property with few values: which one, compared with which, the most frequent; empty of a number. A value
        that is not told is empty too, and then ``beside`` is not.
    step
        Of a number: how much more of it, about the spread of half of all; 1 of a value.
    customers
        Who have the value; all for a number.
    hazard_ratio
        By what factor the risk is higher, others alike: above 1 they leave sooner.
    p_value
        Of no difference, corrected (Holm) for looking at all factors.
    changes_with_time
        Whether the factor is another early than late; ``time_ratio`` says it better then.
    time_ratio
        By what factor the time is stretched: above 1 they stay longer; None where no model of time was needed.
    """

    name: str
    value: str
    beside: str
    step: float
    customers: int
    hazard_ratio: Estimate
    p_value: float
    changes_with_time: bool
    time_ratio: Estimate | None

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance, though many are looked at."""
        return self.p_value < 1 - self.hazard_ratio.interval.level


@dataclass(frozen=True, slots=True)
class Factors:
    """What bears on the risk, the largest factors first among those that are clear.

    Attributes
    ----------
    factors
        Empty where no model could be fitted.
    cox, aft
        The models; ``aft`` where a factor changes with time.
    notes
        ``lifetimes.incomplete`` (beginnings that lack a number, left out), ``lifetimes.unfit`` (properties that say
        nothing more: one value, an id, what others say already), ``lifetimes.grows_with_time``,
        ``lifetimes.no_model``, and those of the models.
    """

    factors: tuple[Factor, ...]
    cox: CoxFit | None
    aft: AftFit | None
    notes: tuple[Note, ...]

    @property
    def table(self) -> Table:
        """One row a factor."""
        rows = self.factors
        return Table.of(
            {
                "property": [each.name for each in rows],
                "value": [each.value for each in rows],
                "compared_with": [each.beside for each in rows],
                "step": [each.step for each in rows],
                "customers": [each.customers for each in rows],
                **estimates("hazard_ratio", [each.hazard_ratio for each in rows]),
                "p_value": [each.p_value for each in rows],
                "changes_with_time": [each.changes_with_time for each in rows],
                **estimates("time_ratio", [each.time_ratio for each in rows]),
            }
        )


def factors_of(
    durations: Floats,
    observed: Flags,
    columns: Mapping[str, Texts],
    *,
    level: float = DEFAULT_LEVEL,
    are_chosen: bool = True,
) -> Factors:
    """Return what bears on the risk of leaving.

    Parameters
    ----------
    durations, observed
        As in `safar.measure.survival.fit`.
    columns
        By property: a text for each subject, empty where it is not told.
    are_chosen
        Whether somebody chose the properties: then a number that grows with the length itself stays in.

    Notes
    -----
    A property all of whose values are numbers, five different ones or more, is taken as a number; any other as groups,
    the rarer ones together. What follows from properties before it is left out. Where Schoenfeld's residuals say that a
    factor changes with time, an accelerated failure time model is fitted beside Cox's: of Weibull's, the log-normal and
    the log-logistic the one with the least AIC. Factors are associations.
    """
    numbers, groups, unfit = _sorted_out(columns)
    growing = [] if are_chosen else sorted(name for name, each in numbers.items() if _grows(each, durations))
    numbers = {name: each for name, each in numbers.items() if name not in growing}
    whole = np.ones(len(durations), np.bool_)
    for each in numbers.values():
        whole &= np.isfinite(each)
    covariates: dict[str, NDArray[Any]] = {}
    for name in (name for name in columns if name in numbers or name in groups):
        values = numbers[name][whole] if name in numbers else _together(groups[name][whole], observed[whole])
        added = _what_adds(covariates, name, values) if len(covariates) < MOST_PROPERTIES else None
        if added is None:
            unfit.append(name)
        else:
            covariates[name] = added
    notes = (
        *_named("lifetimes.grows_with_time", growing),
        *notes_with_facts([("lifetimes.incomplete", int((~whole).sum()))]),
        *_named("lifetimes.unfit", unfit),
    )
    if not covariates:
        return Factors((), None, None, notes)
    try:
        fitted = cox.fit(durations[whole], observed[whole], covariates)
    except SurvivalRefused:
        return Factors((), None, None, (*notes, Note.of("lifetimes.no_model")))
    changing = _changing(fitted)
    stretched = _aft(durations[whole], observed[whole], covariates) if changing else None
    return Factors(
        _factors(fitted, stretched, covariates, changing, level),
        fitted,
        stretched,
        (*notes, *fitted.notes),
    )


def _named(code: str, names: Sequence[str]) -> tuple[Note, ...]:
    return (Note.of(code, count=len(names), names=", ".join(names)),) if names else ()


def _sorted_out(columns: Mapping[str, Texts]) -> tuple[dict[str, Floats], dict[str, Texts], list[str]]:
    """Return properties that are numbers, those of few values, and the names of those that are neither."""
    numbers: dict[str, Floats] = {}
    groups: dict[str, Texts] = {}
    unfit: list[str] = []
    for name, texts in columns.items():
        told = set(texts.tolist()) - {""}
        values = {text: _number(text) for text in told}
        if len(told) >= _FEWEST_NUMBERS and not any(math.isnan(value) for value in values.values()):
            values[""] = math.nan
            numbers[name] = np.array([values[text] for text in texts.tolist()], np.float64)
        elif len(told) > max(MOST_VALUES, len(texts) // 2) or any(text[0] in "[{" for text in told):
            unfit.append(name)  # a name of each, or a list
        else:
            groups[name] = texts
    return numbers, groups, unfit


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _grows(values: Floats, durations: Floats) -> bool:
    """Tell whether a number ranks subjects nearly as the length does."""
    known = np.isfinite(values)
    if known.sum() < FEWEST_OF_VALUE:
        return False
    one, other = _ranks(values[known]), _ranks(durations[known])
    spread = float(one.std() * other.std())
    return spread > 0 and float(((one - one.mean()) * (other - other.mean())).mean()) / spread > _GROWS


def _ranks(values: Floats) -> Floats:
    _known, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    found: Floats = (ends - counts / 2)[places]
    return found


def _together(texts: Texts, observed: Flags) -> NDArray[np.str_]:
    """Return values with the rare ones, and those of whom nobody left, put together."""
    counts, left = Counter(texts.tolist()), Counter(texts[observed].tolist())
    kept = [
        text for text, count in counts.most_common(MOST_VALUES) if count >= FEWEST_OF_VALUE and left[text]
    ]
    # Of a group of whom nobody left the factor would be 0: those put together grow until somebody has.
    while kept and len(kept) < len(counts) and not sum(left[text] for text in counts if text not in kept):
        kept.pop()
    return np.array([text if text in kept else OTHERS for text in texts.tolist()])


def _what_adds(before: Mapping[str, NDArray[Any]], name: str, values: NDArray[Any]) -> NDArray[Any] | None:
    """Return a property as far as it says something that those before it do not, None where it says nothing.

    One value may follow from others ("no internet" of a service that comes with it): it joins what is compared with.
    """
    known, counts = np.unique(values, return_counts=True)
    if len(known) < 2:
        return None
    tried = [values]
    if values.dtype.kind == "U" and len(known) > 2:
        most = known[np.argmax(counts)]
        tried += [np.where(values == value, most, values) for value in known if value != most]
    for each in tried:
        try:
            Design.of({**before, name: each}, len(each)).checked()
        except SurvivalRefused:
            continue
        return each
    return None


def _changing(fitted: CoxFit) -> frozenset[str]:
    """Return the columns whose factor changes with time."""
    p_values = adjusted([each.p_value for each in fitted.proportionality])
    return frozenset(
        each.name for each, p in zip(fitted.proportionality, p_values, strict=True) if p < _PROPORTIONAL_BELOW
    )


def _aft(durations: Floats, observed: Flags, covariates: Mapping[str, NDArray[Any]]) -> AftFit | None:
    """Return the accelerated failure time model that fits best; lengths of 0 have no logarithm and count as half of the
    shortest one above.
    """
    above = durations[durations > 0]
    if not len(above):
        return None
    lengths = np.where(durations > 0, durations, above.min() / 2)
    fits = []
    for family in aft.FAMILIES:
        try:
            fits.append(aft.fit(lengths, observed, covariates, family=family))
        except SurvivalRefused:
            continue
    return min(fits, key=lambda fit: fit.aic, default=None)


def _factors(
    fitted: CoxFit,
    stretched: AftFit | None,
    covariates: Mapping[str, NDArray[Any]],
    changing: frozenset[str],
    level: float,
) -> tuple[Factor, ...]:
    hazard = fitted.hazard_ratios(level)
    time = {} if stretched is None else stretched.time_ratios(level)
    p_values = dict(zip(fitted.names, adjusted(fitted.table.column("p_value")), strict=True))
    found = []
    for name, values in covariates.items():
        levels = fitted.levels.get(name)
        step = 1.0 if levels else _step(values)
        for value in levels[1:] if levels else ("",):
            column = f"{name}={value}" if levels else name
            found.append(
                Factor(
                    name,
                    value,
                    levels[0] if levels else "",
                    step,
                    int((values == value).sum()) if levels else len(values),
                    _times(hazard[column], step),
                    p_values[column],
                    column in changing,
                    _times(time[column], step) if column in time else None,
                )
            )
    return tuple(sorted(found, key=lambda each: (not each.is_clear, -abs(math.log(each.hazard_ratio.value)))))


def _step(values: Floats) -> float:
    """Return a round number near the distance between the quartiles: a difference between people that is common."""
    low, high = np.quantile(values, [0.25, 0.75])
    spread = float(high - low) or float(values.std())
    return float(f"{spread:.1g}")


def _times(ratio: Estimate, step: float) -> Estimate:
    """Return the factor of so many units of a number, from that of one."""
    if step == 1:
        return ratio
    around = ratio.interval
    return Estimate(ratio.value**step, Interval(around.low**step, around.high**step, around.level), ratio.n)
