"""Mediation: how much of what an experience does to return and spending goes through satisfaction?

Journey → experience → value: a late parcel disappoints, and the disappointed come back less; or they come back less
whatever they feel, because a rival is faster. What is done about it differs.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .columns import Columns, codes_of, enough, percentiles
from .known_before import KnownBefore
from .resampling import least_squares, products

if TYPE_CHECKING:
    from .step_experience import StepExperienceAnswer

_FEWEST: Final = 30
_REPEATED: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Mediation:
    """The parts of what an experience does to an outcome.

    Attributes
    ----------
    a
        What the experience does to satisfaction, in points.
    b
        What a point of satisfaction goes with in the outcome, at the same experience.
    total
        The outcome with the experience less without it.
    direct
        What of it does not go through satisfaction.
    indirect
        What does: ``a × b``. ``direct + indirect == total``.
    share
        Indirect over total; its interval is wide, or infinite, where the total may be 0. None where direct and indirect
        part have different signs: each hides some of the other, and no part of a whole is told.
    standard_errors
        Of ``a``, ``b``, ``total`` and ``direct`` by the textbook, as if rows were independent.
    hidden_correlation
        What is hidden in both satisfaction and outcome, such as mood, makes the indirect part 0 when what it leaves in
        both correlates like this, -1…1. The nearer to 0 the more fragile.
    n
        Rows with everything.
    notes
        ``mediation.incomplete``: rows with a gap, left out; ``mediation.no_share``: both parts have different signs;
        ``mediation.assumption``: nothing hidden may move both satisfaction and outcome, whatever the evidence for the
        total is.
    """

    a: Estimate
    b: Estimate
    total: Estimate
    direct: Estimate
    indirect: Estimate
    share: Estimate | None
    standard_errors: Mapping[str, float]
    hidden_correlation: float
    n: int
    notes: tuple[Note, ...]

    @property
    def table(self) -> Table:
        """One row a part."""
        parts = ("a", "b", "total", "direct", "indirect", "share")
        return Table.of({"part": list(parts), **estimates("effect", [getattr(self, name) for name in parts])})


def fit(
    exposure: ArrayLike,
    satisfaction: ArrayLike,
    outcome: ArrayLike,
    *,
    known: Mapping[str, ArrayLike | Sequence[Any]] | None = None,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    level: float = DEFAULT_LEVEL,
    resamples: int = 1_000,
    seed: int = 1,
) -> Mediation:
    """Return the direct and the indirect part of what an experience does.

    Two straight lines: satisfaction on the experience, :math:`M = i_1 + aX + \\gamma_1 C`, and the outcome on both,
    :math:`Y = i_2 + c'X + bM + \\gamma_2 C`. Indirect is :math:`ab`, direct :math:`c'`, total their sum.

    Parameters
    ----------
    exposure
        1 or 0, or how much of it.
    satisfaction
        The answer that stands between.
    outcome
        Return as 1 or 0 (its probability is then explained), orders, spending or its logarithm.
    known
        What was known before, held equal; see `doubly_robust.fit`.
    customers
        Whose each row is: resampled together.
    level, resamples, seed
        Of the bootstrap.

    Raises
    ------
    TooFewRows, ColumnsRefused

    Notes
    -----
    Where the two parts have different signs there is suppression, and a share of the total misleads (D. MacKinnon, J.
    Krull, C. Lockwood 2000, Prevention Science 1): none is given.

    Assumes that a point of satisfaction means the same with and without the experience, and that nothing hidden moves
    both satisfaction and outcome. Mood often does: who is content by nature answers higher and stays longer, which
    makes ``b``, and with it the indirect part, too large. ``hidden_correlation`` says how much of that it takes.

    Source: R. Baron, D. Kenny (1986), Journal of Personality and Social Psychology 51; K. Preacher, A. Hayes (2008),
    Behavior Research Methods 40 (bootstrap); K. Imai, L. Keele, T. Yamamoto (2010), Statistical Science 25
    (assumptions; the correlation of what is left). Checked against pingouin 0.7.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> late = rng.random(4000) < 0.3
    >>> csat = 4 - 1.5 * late + rng.normal(0, 1, 4000)
    >>> spent = 20 - 2 * late + 4 * csat + rng.normal(0, 5, 4000)
    >>> found = fit(late, csat, spent, resamples=200)
    >>> round(found.indirect.value), round(found.direct.value)
    (-6, -2)
    """
    columns = Columns.of({"exposure": exposure, "satisfaction": satisfaction, "outcome": outcome})
    before = KnownBefore.of(known or {}, len(columns)).matrix
    whole = ~np.isnan(columns.values).any(axis=1)
    rows = np.flatnonzero(whole)
    enough(len(rows), _FEWEST + 3 * before.shape[1])
    who = None if customers is None else codes_of(customers, len(columns))[rows]
    if who is not None:
        who = np.unique(who, return_inverse=True)[1].astype(np.int64)
    x, m, y = columns.values[rows].T
    design = np.column_stack([np.ones(len(rows)), before[rows], x, m, y])
    width = design.shape[1]
    base, (at_x, at_m, at_y) = list(range(width - 3)), range(width - 3, width)
    every = np.concatenate(
        [
            (design.T @ design)[None],
            products(design, resamples, np.random.default_rng(seed), customers=who),
        ]
    )
    beside = _beside(every, width - 3)
    of_m = least_squares(beside, 1, [0])
    of_y = least_squares(beside, 2, [0, 1])
    whole_effect = least_squares(beside, 2, [0])[:, 0]
    a, direct, b = of_m[:, 0], of_y[:, 0], of_y[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = a * b / whole_effect
    parts = {"a": a, "b": b, "total": whole_effect, "direct": direct, "indirect": a * b}
    is_opposed = bool(a[0] * b[0] * direct[0] < 0)
    left_m = m - design[:, [*base, at_x]] @ least_squares(every[0], at_m, [*base, at_x])
    left_total = y - design[:, [*base, at_x]] @ least_squares(every[0], at_y, [*base, at_x])
    left_direct = y - design[:, [*base, at_x, at_m]] @ least_squares(every[0], at_y, [*base, at_x, at_m])
    errors = {
        "a": _error(every[0], [*base, at_x], left_m, -1),
        "b": _error(every[0], [*base, at_x, at_m], left_direct, -1),
        "total": _error(every[0], [*base, at_x], left_total, -1),
        "direct": _error(every[0], [*base, at_x, at_m], left_direct, -2),
    }
    n = len(rows)
    notes = [Note.of("mediation.assumption")]
    if n < len(columns):
        notes.insert(0, Note.of("mediation.incomplete", count=len(columns) - n))
    if is_opposed:
        notes.insert(0, Note.of("mediation.no_share"))
    estimates_of = {
        name: percentiles(float(each[0]), each[1:], n=n, level=level) for name, each in parts.items()
    }
    return Mediation(
        **estimates_of,
        share=None if is_opposed else percentiles(float(share[0]), share[1:], n=n, level=level),
        standard_errors=errors,
        hidden_correlation=float(
            left_m @ left_total / math.sqrt((left_m @ left_m) * (left_total @ left_total))
        ),
        n=n,
        notes=tuple(notes),
    )


def of_step(
    table: StepExperienceAnswer,
    experience: str,
    question_key: str,
    *,
    outcome: str = "returned",
    level: float = DEFAULT_LEVEL,
    resamples: int = 1_000,
    seed: int = 1,
) -> Mediation:
    """Return the parts of what an experience at a step does through the answers to a question.

    Parameters
    ----------
    table
        Occasions; `step_experience.StepExperienceQuestion.answers` names the question key.
    experience, question_key
        Which.
    outcome
        ``returned``, ``orders`` or ``value``.
    level, resamples, seed
        As of `fit`.
    """
    return fit(
        table.had[experience],
        table.answers[question_key],
        {"returned": table.returned, "orders": table.orders, "value": table.value}[outcome],
        known=table.known_for(experience),
        customers=table.person,
        level=level,
        resamples=resamples,
        seed=seed,
    )


def _beside(sums: NDArray[np.float64], base: int) -> NDArray[np.float64]:
    """Return the sums of products of the last columns beside the first ones: of what those leave of them.

    The first ones are many and the same in every line, so they are taken out once. What is added to their diagonal lets
    columns repeat one another, or be empty in a sample, and is far below what is told.
    """
    known = sums[:, :base, :base].copy()
    places = np.arange(base)
    known[:, places, places] = known[:, places, places] * (1 + _REPEATED) + _REPEATED
    across = sums[:, :base, base:]
    taken = np.linalg.solve(known, across)
    return np.asarray(sums[:, base:, base:] - across.transpose(0, 2, 1) @ taken)


def _error(sums: NDArray[np.float64], on: list[int], left: NDArray[np.float64], place: int) -> float:
    inverse = np.linalg.pinv(sums[np.ix_(on, on)], hermitian=True)
    return math.sqrt(float(left @ left) / (len(left) - len(on)) * float(inverse[place, place]))
