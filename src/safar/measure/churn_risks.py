"""The risk of each customer to stay away, and what raises it: learnt from days of the past, or by P(alive)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.progress import tell

from . import churn_model, mbgnbd
from .churn_features import DAY_US, FEATURES, Known, Lives, known_at, stayed_away
from .churn_model import ChurnModel, ChurnRefused
from .churn_scores import ChurnScores, scores
from .purchases import purchases_of
from .repeat_counts import Floats

if TYPE_CHECKING:
    from .churn import ChurnQuestion


@dataclass(frozen=True, eq=False)
class Risks:
    """Risks of the customers of now, by feature what raises those of some, and how good such a forecast was."""

    risk: Floats
    raises: Callable[[Known], Mapping[str, Floats]]
    report: ChurnScores | None
    notes: tuple[Note, ...]
    set_right_on: int


def _by_classifier(lived: Lives, now: Known, question: ChurnQuestion) -> Risks:
    cuts = _cuts(lived, question)
    # The oldest days are learnt from, the newest calibrates; one more is held back where there are enough.
    known = []
    for done, cut in enumerate(cuts):
        tell(done, len(cuts) + 3)
        at = known_at(lived, cut, active_days=question.active_days)
        known.append((at, stayed_away(lived, at, cut, question.horizon_days)))
    notes, report = [], None
    if len(cuts) > 2:
        held, gone = known[0]
        earlier = _learnt(known[1:], question)
        tell(len(cuts) + 1, len(cuts) + 3)
        report = scores(earlier.probabilities(held.to_learn), gone, level=question.level)
    else:
        notes.append(Note.of("churn.no_report"))
    if len(cuts) < question.learning_cuts + 2:
        notes.append(Note.of("churn.few_cuts", count=max(len(cuts) - 2, 1), asked=question.learning_cuts))
    model = _learnt(known[: question.learning_cuts + 1], question)
    tell(len(cuts) + 2, len(cuts) + 3)
    return Risks(
        model.probabilities(now.to_learn),
        lambda some: model.contributions(some.to_learn),
        report,
        tuple(notes),
        len(known[0][1]),
    )


def _learnt(known: list[tuple[Known, NDArray[np.bool_]]], question: ChurnQuestion) -> ChurnModel:
    """Return a model learnt from all days but the newest, which calibrates it."""
    learn = known[1:]
    features = {
        name: np.concatenate([each.to_learn[name] for each, _ in learn])
        for name in FEATURES
        if any(np.ptp(np.nan_to_num(each.values[name])) > 0 for each, _ in learn)
    }
    model = churn_model.fit(
        {name: features.get(name, np.zeros(sum(len(gone) for _, gone in learn))) for name in FEATURES},
        np.concatenate([gone for _, gone in learn]),
        learner=question.learner,
    )
    newest, gone = known[0]
    return model.calibrated(newest.to_learn, gone)


def _cuts(lived: Lives, question: ChurnQuestion) -> list[int]:
    """Return the days of the past to look from, newest first: each has a horizon after it and one before it."""
    span = question.horizon_days * DAY_US
    count = min((lived.until - lived.begins) // span - 1, question.learning_cuts + 2)
    if count < 2:
        raise ChurnRefused(
            f"The orders reach over {(lived.until - lived.begins) // DAY_US} days, too few to learn from for a"
            f" horizon of {question.horizon_days}.",
            hint="Ask about a shorter horizon, or with the method p_alive.",
        )
    return [lived.until - place * span for place in range(1, count + 1)]


def _by_p_alive(lived: Lives, now: Known, question: ChurnQuestion) -> Risks:
    """Return the chances of having left for good, by times of orders in any currency."""
    del question
    bought = purchases_of(lived.who, lived.at.astype("datetime64[us]"))
    fitted = mbgnbd.fit_counts(bought.counts)
    alive = fitted.p_alive_by_history()
    risk = 1 - bought.counts.spread(alive)
    of = np.zeros(len(lived.person))
    of[bought.customers.astype(np.int64)] = risk
    usual = usual_values(now).get("overdue", 1.0)

    def raises(some: Known) -> Mapping[str, Floats]:
        overdue = np.maximum(np.nan_to_num(some.values["overdue"]), 1e-9)
        return {"overdue": np.maximum(np.log(overdue / max(usual, 1e-9)), 0.0)}

    return Risks(of[now.place], raises, None, (), len(bought.customers))


#: By method.
RISKS_BY: Final = {"classifier": _by_classifier, "p_alive": _by_p_alive}


def usual_values(now: Known) -> dict[str, float]:
    """Return the median of each feature that somebody has."""
    return {
        name: float(np.nanmedian(values)) for name, values in now.values.items() if not np.isnan(values).all()
    }
