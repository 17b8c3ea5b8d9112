"""An experiment read whole: arms, whether they came out as planned, and every metric of every arm beside the control.

Metrics looked at together are judged together: one among twenty is "clear" by chance. The primary one, named before the
start, is judged by itself; the others keep the share of false ones among those told low.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.answer import Note, notes_with_facts
from safar.vocabulary.errors import nearest
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.many_looks import Method, adjusted

from .assignment import SampleRatio, sample_ratio
from .cuped import cuped
from .effects import FEW_OF_A_KIND, Effect, effect
from .measured import Kind, Measured, checked_values, is_yes_or_no, mean_of, measured
from .planned_looks import Look, PlannedLooks
from .planning import detectable_effect
from .refusals import ColumnsDoNotFit
from .sequential import AlwaysValid, always_valid

#: Skewness of a difference from which its 95 % interval misses one time in thirty on one side, in sixty on the other.
_SKEWED: Final = 0.3


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of each customer in an experiment.

    Parameters
    ----------
    name
        What it is called.
    values
        One a customer: zeros and ones make a share, other numbers a mean; with ``denominators`` the ratio of the sums.
    denominators
        One a customer, for ratios such as revenue by order.
    before
        What was known of the customer before the assignment, shape (n,) or (n, columns), NaN for nothing: takes noise
        out (CUPED). Not for ratios.
    """

    name: str
    values: ArrayLike
    denominators: ArrayLike | None = field(default=None, kw_only=True)
    before: ArrayLike | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One metric of one arm beside the control.

    Attributes
    ----------
    metric, arm
        Which.
    kind
        ``mean``, ``share`` or ``ratio``.
    control, treated
        The values of both, each with its interval.
    effect
        The difference as it was measured.
    adjusted
        The same less what the time before explains; None where nothing of it is known.
    variance_ratio
        The part of the variance that is left then; 1 where nothing is known.
    always_valid
        What may be said however often one looks, of the adjusted difference where there is one.
    detectable
        The smallest true difference that so many customers show eight times in ten, in the metric's unit.
    p_value
        Of the adjusted difference where there is one, made larger for all that is looked at together.
    is_clear
        Whether it stands out at the level asked for; where looks were planned, only if its bound is reached too.
    look
        What the planned look says of the adjusted difference, or of the plain one; None where none was planned.
    """

    metric: str
    arm: str
    kind: Kind
    control: Estimate
    treated: Estimate
    effect: Effect
    adjusted: Effect | None
    variance_ratio: float
    always_valid: AlwaysValid
    detectable: float
    p_value: float
    is_clear: bool
    look: Look | None = None

    @property
    def best(self) -> Effect:
        """The adjusted effect where there is one, else the plain one."""
        return self.adjusted or self.effect

    @property
    def estimate(self) -> Estimate:
        """The best effect with the interval that holds now: at the planned look, or for one reading at the end."""
        return self.look.estimate if self.look else self.best.absolute


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """What an experiment found.

    Attributes
    ----------
    control
        The arm the others are compared with.
    arms
        Customers of each arm.
    sample_ratio
        Whether arms came out as planned.
    results
        Metric by metric, arm by arm, in the order given.
    level
        Of all intervals.
    notes
        ``experiment.sample_ratio``: arms are not what was planned, and nothing here can be believed before it is known
        why; ``experiment.looked_at``: so many comparisons were judged together; ``experiment.few_events``: so many
        comparisons of shares have fewer than 30 of a kind in an arm; ``experiment.skewed``: so many comparisons of
        means have values so skewed that more customers are needed.
    """

    control: str
    arms: Mapping[str, int]
    sample_ratio: SampleRatio
    results: tuple[ArmResult, ...]
    level: float
    notes: tuple[Note, ...]

    def of(self, metric: str, arm: str | None = None) -> ArmResult:
        """Return one result: of the only other arm where none is named.

        Raises
        ------
        ColumnsDoNotFit
        """
        found = [each for each in self.results if each.metric == metric and arm in (None, each.arm)]
        if len(found) != 1:
            known = ", ".join(sorted({f"{each.metric} of {each.arm}" for each in self.results}))
            raise ColumnsDoNotFit(
                f"There is not one result of {metric!r}, {arm!r}.", hint=f"There are: {known}."
            )
        return found[0]


def experiment(
    arms: Sequence[str] | NDArray[Any],
    metrics: Sequence[Metric],
    *,
    control: str,
    shares: Mapping[str, float] | None = None,
    primary: str | None = None,
    expected_n: int | None = None,
    looks: PlannedLooks | None = None,
    level: float = DEFAULT_LEVEL,
) -> ExperimentResult:
    """Return what an experiment found.

    Parameters
    ----------
    arms
        The arm of each customer.
    metrics
        What was measured; one value for each customer, in the same order.
    control
        The arm that others are compared with.
    shares
        The planned share of each arm; equal ones when None.
    primary
        The metric that decides, named before the start: its arms are judged by Holm's rule among themselves, and the
        rest by Benjamini and Hochberg's. Without one all are judged by Holm's together.
    expected_n
        Customers of an arm and the control together at which sequences are narrowest; as many as there are when None,
        which is right for one reading only.
    looks
        Planned before the start: arms share α among them at each; None for one reading at the end.
    level
        Confidence level.

    Raises
    ------
    ColumnsDoNotFit, TooFewCustomers, ImpossiblePlan

    Assumes that customers were assigned by chance, once, and do not influence each other.

    Examples
    --------
    >>> found = experiment(
    ...     ["old"] * 200 + ["new"] * 200,
    ...     [Metric("bought", [1] * 20 + [0] * 180 + [1] * 44 + [0] * 156)],
    ...     control="old",
    ... )
    >>> round(found.of("bought").effect.absolute.value, 2), found.of("bought").is_clear
    (0.12, True)
    """
    normal_quantile(level)
    rows = _rows_of(arms, control)
    by_name = {metric.name: metric for metric in metrics}
    if len(by_name) < len(metrics) or not metrics or (primary is not None and primary not in by_name):
        raise ColumnsDoNotFit(
            f"The metrics {[metric.name for metric in metrics]} are not different ones with the primary {primary!r}.",
            hint=nearest(primary or "", by_name) or "Name each metric once.",
        )
    asked = _Asked(control, expected_n, level, looks, len(rows) - 1)
    sides = [_sides_of(metric, rows, len(arms)) for metric in metrics]
    found = [side.beside(arm, asked) for side in sides for arm in rows if arm != control]
    pairs = [(side, arm) for side in sides for arm in rows if arm != control]
    checked = sample_ratio({name: len(places) for name, places in rows.items()}, shares)
    notes = [Note.of("experiment.sample_ratio")] if checked.is_off else []
    notes += notes_with_facts(
        [
            ("experiment.looked_at", len(found) if len(found) > 1 else 0),
            ("experiment.few_events", sum(side.has_few(arm, control) for side, arm in pairs)),
            ("experiment.skewed", sum(side.is_skewed(arm, control) for side, arm in pairs)),
        ]
    )
    return ExperimentResult(
        control, checked.counts, checked, _judged(found, primary, level), level, tuple(notes)
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    control: str
    expected_n: int | None
    level: float
    looks: PlannedLooks | None
    other_arms: int

    def look_at(self, found: Effect, treated: int, control: int) -> Look | None:
        """Return what the planned look says of an effect; None where none was planned."""
        if self.looks is None:
            return None
        return self.looks.at(found, treated, control, arms=self.other_arms, level=self.level)


@dataclass(frozen=True, slots=True)
class _Sides:
    """One metric in every arm: as measured, and less what the time before explains."""

    name: str
    plain: Mapping[str, Measured]
    adjusted: Mapping[str, Measured] | None
    variance_ratio: float
    third: Mapping[str, float]

    def beside(self, arm: str, asked: _Asked) -> ArmResult:
        """Return one arm beside the control."""
        treated, control = self.plain[arm], self.plain[asked.control]
        best = self.adjusted or self.plain
        pair = best[arm], best[asked.control]
        adjusted = effect(*pair, level=asked.level) if self.adjusted else None
        plain = effect(treated, control, level=asked.level)
        n = treated.n + control.n
        variance = (pair[0].variance * control.n + pair[1].variance * treated.n) / n
        return ArmResult(
            self.name,
            arm,
            treated.kind,
            control.estimate(asked.level),
            treated.estimate(asked.level),
            plain,
            adjusted,
            self.variance_ratio,
            always_valid(*pair, expected_n=asked.expected_n or n, level=asked.level),
            detectable_effect(variance, treated.n, control.n, level=asked.level),
            (adjusted or plain).p_value,
            is_clear=False,
            look=asked.look_at(adjusted or plain, treated.n, control.n),
        )

    def has_few(self, arm: str, control: str) -> bool:
        """Return whether a share rests on very few who did, or did not."""
        return self.plain[arm].kind == "share" and any(
            each.n * min(each.value, 1 - each.value) < FEW_OF_A_KIND
            for each in (self.plain[arm], self.plain[control])
        )

    def is_skewed(self, arm: str, control: str) -> bool:
        """Return whether the difference is so skewed that its interval misses more on one side."""
        if self.plain[arm].kind == "share":
            return False
        sides = self.plain[arm], self.plain[control]
        spread = sum(each.variance / each.n for each in sides)
        third = self.third[arm] / sides[0].n ** 2 - self.third[control] / sides[1].n ** 2
        return spread > 0 and abs(third) / spread**1.5 > _SKEWED


def _sides_of(metric: Metric, rows: Mapping[str, NDArray[np.int64]], size: int) -> _Sides:
    values = checked_values(metric.values)
    below = None if metric.denominators is None else checked_values(metric.denominators)
    before = None if metric.before is None else np.asarray(metric.before, np.float64)
    if {len(each) for each in (values, below, before) if each is not None} != {size}:
        raise ColumnsDoNotFit(
            f"The metric {metric.name!r} has {len(values)} values for {size} customers.",
            hint="Give one value a customer, in the order of the arms.",
        )
    if below is not None and before is not None:
        raise ColumnsDoNotFit(
            f"The metric {metric.name!r} is a ratio and has a time before.",
            hint="Take noise out of a mean instead: of the numerator, or of the denominator.",
        )
    # a share is one in every arm, also in an arm where by chance everybody has the same
    is_share = below is None and is_yes_or_no(values)
    plain = {
        name: measured(values[places], None if below is None else below[places])
        if is_share or below is not None
        else mean_of(values[places])
        for name, places in rows.items()
    }
    third = {
        name: float(((values[places] - values[places].mean()) ** 3).mean()) for name, places in rows.items()
    }
    if before is None:
        return _Sides(metric.name, plain, None, 1.0, third)
    found = cuped([values[places] for places in rows.values()], [before[places] for places in rows.values()])
    return _Sides(metric.name, plain, dict(zip(rows, found.arms, strict=True)), found.variance_ratio, third)


def _rows_of(arms: Sequence[str] | NDArray[Any], control: str) -> dict[str, NDArray[np.int64]]:
    """Return the places of each arm's customers, the control first."""
    labels: NDArray[Any] = np.asarray(arms)
    names = [str(name) for name in np.unique(labels)]
    if control not in names or len(names) < 2:
        raise ColumnsDoNotFit(
            f"There is no control {control!r} with another arm among {names}.",
            hint=nearest(control, names) or "Name one of the arms.",
        )
    texts = labels.astype(str)
    ordered = [control, *(name for name in names if name != control)]
    return {name: np.flatnonzero(texts == name) for name in ordered}


def _judged(found: Sequence[ArmResult], primary: str | None, level: float) -> tuple[ArmResult, ...]:
    """Return the results with p-values made larger for what is looked at together."""
    p_values = [each.p_value for each in found]

    def judge(places: Sequence[int], method: Method) -> None:
        together = adjusted([found[place].p_value for place in places], method=method)
        for place, p_value in zip(places, together, strict=True):
            p_values[place] = p_value

    judge([place for place, each in enumerate(found) if each.metric == primary], "holm")
    judge(
        [place for place, each in enumerate(found) if each.metric != primary],
        "holm" if primary is None else "bh",
    )
    return tuple(
        replace(
            each,
            p_value=p_value,
            is_clear=_is_clear(each, p_value < 1 - level, decides=each.metric == primary),
        )
        for each, p_value in zip(found, p_values, strict=True)
    )


def _is_clear(result: ArmResult, stands_out: bool, *, decides: bool) -> bool:
    """Return whether a result stands out: at a planned look its bound says so, of metrics besides both must."""
    if result.look is None:
        return stands_out
    return result.look.ends and (decides or stands_out)
