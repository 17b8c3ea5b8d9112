"""Next best action: for each customer the one that promises most, and always a little chance for the others.

What an action brings is learnt from what it brought. Who only ever does what seems best never learns that something
else is better; so every allowed action keeps a floor of chance, which is also what makes later judgement possible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Json

from .action_rules import Action, Allowed, checked_actions
from .decisions import NOTHING, Decision, ImpossibleDecision, digest_of

Floats = NDArray[np.float64]

#: Draws by which the chance of being best is found.
_DRAWS: Final = 400
#: The chance that explores, shared by all allowed actions.
EPSILON: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class ActionModel:
    """What one action brings, linear in what is known of a customer.

    Attributes
    ----------
    precision
        Shape (features, features): ridge plus the sum of outer products seen.
    products
        Shape (features,): sum of features times outcomes.
    squares
        Sum of squares of outcomes.
    n
        Outcomes seen.
    ridge
        What was added at the start.
    """

    precision: Floats
    products: Floats
    squares: float
    n: int
    ridge: float

    @classmethod
    def empty(cls, features: int, *, ridge: float = 1.0) -> ActionModel:
        """Return a model that has seen nothing."""
        return cls(ridge * np.eye(features), np.zeros(features), 0.0, 0, ridge)

    def seen(self, features: ArrayLike, outcomes: ArrayLike) -> ActionModel:
        """Return the model with more outcomes: shapes (rows, features) and (rows,)."""
        rows, got = np.asarray(features, np.float64), np.asarray(outcomes, np.float64)
        return replace(
            self,
            precision=self.precision + rows.T @ rows,
            products=self.products + rows.T @ got,
            squares=self.squares + float(got @ got),
            n=self.n + len(got),
        )

    @property
    def coefficients(self) -> Floats:
        """The ridge estimate, shape (features,)."""
        return np.linalg.solve(self.precision, self.products).astype(np.float64)

    @property
    def noise(self) -> float:
        """The variance of an outcome around what is expected; 1 until a few are seen."""
        free = self.n - len(self.products)
        if free < 3:
            return 1.0
        coefficients = self.coefficients
        seen = self.precision - self.ridge * np.eye(len(coefficients))
        left = self.squares + float(coefficients @ (seen @ coefficients - 2 * self.products))
        return max(left / free, 1e-12)

    def expected(self, features: ArrayLike) -> Floats:
        """Return what the action is expected to bring, by row."""
        found: Floats = np.asarray(features, np.float64) @ self.coefficients
        return found

    def spread(self, features: ArrayLike) -> Floats:
        """Return the standard deviation of what is expected, by row."""
        rows = np.asarray(features, np.float64)
        solved = np.linalg.solve(self.precision, rows.T).T
        found: Floats = np.sqrt(np.maximum((rows * solved).sum(axis=1), 0.0) * self.noise)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """How actions are chosen.

    Attributes
    ----------
    actions
        All there are, but `NOTHING`.
    models
        Of each action and of `NOTHING`, by name.
    costs
        What doing an action costs, in the unit of outcomes; 0 where none is told.
    epsilon
        The chance that is shared evenly by all allowed actions.
    way
        ``greedy``: the rest goes to the best. ``thompson``: the rest goes to each action by the chance that it is best,
        as far as is known.
    version
        Counts how often it learnt.
    """

    actions: tuple[Action, ...]
    models: Mapping[str, ActionModel]
    costs: Mapping[str, float] = field(default_factory=dict)
    epsilon: float = EPSILON
    way: Literal["greedy", "thompson"] = "thompson"
    version: int = 0

    @classmethod
    def new(
        cls,
        actions: Sequence[Action],
        features: int,
        *,
        costs: Mapping[str, float] | None = None,
        epsilon: float = EPSILON,
        way: Literal["greedy", "thompson"] = "thompson",
        ridge: float = 1.0,
    ) -> Policy:
        """Return a policy that knows nothing.

        Parameters
        ----------
        actions
            What can be done.
        features
            How many numbers are known of a customer, a constant 1 among them.
        costs
            By name of an action.
        epsilon
            Above 0, up to 1.
        way, ridge
            As of `Policy` and `ActionModel`.

        Raises
        ------
        ImpossibleDecision
        """
        if not 0 < epsilon <= 1:
            raise ImpossibleDecision(
                f"An epsilon of {epsilon} leaves nothing to learn from.",
                hint="Give a number above 0, such as 0.1.",
            )
        known = checked_actions(actions)
        names = [*(each.name for each in known), NOTHING]
        models = {name: ActionModel.empty(features, ridge=ridge) for name in names}
        return cls(known, models, dict(costs or {}), epsilon, way)

    def probabilities(self, features: ArrayLike, allowed: Allowed, *, seed: int = 0) -> dict[str, float]:
        """Return the chance of each allowed action for one customer; none is below ``epsilon`` over their number.

        Parameters
        ----------
        features
            Shape (features,).
        allowed
            What rules leave.
        seed
            Of the draws of ``thompson``.
        """
        row = np.asarray(features, np.float64)[None, :]
        names = allowed.actions
        worth = np.array([self.models[name].expected(row)[0] - self.costs.get(name, 0.0) for name in names])
        if self.way == "greedy":
            best = (worth == worth.max()) / (worth == worth.max()).sum()
        else:
            spread = np.array([self.models[name].spread(row)[0] for name in names])
            drawn = worth + spread * np.random.default_rng(seed).standard_normal((_DRAWS, len(names)))
            best = np.bincount(drawn.argmax(axis=1), minlength=len(names)) / _DRAWS
        chances = self.epsilon / len(names) + (1 - self.epsilon) * best
        return dict(zip(names, (chances / chances.sum()).tolist(), strict=True))

    def decide(
        self,
        customer_id: str,
        features: ArrayLike,
        allowed: Allowed,
        now: datetime,
        *,
        rng: np.random.Generator,
        context: Mapping[str, Json] | None = None,
    ) -> Decision:
        """Choose an action for one customer by chance, and return the decision with all chances.

        Parameters
        ----------
        customer_id, features
            Who, and what is known of him, shape (features,).
        allowed
            What rules leave: `allowed_actions`.
        now
            When.
        rng
            Where the chance comes from.
        context
            What the features were made of; only its digest is kept. The features themselves when None.
        """
        chances = self.probabilities(features, allowed, seed=int(rng.integers(1 << 31)))
        names = list(chances)
        action = names[int(rng.choice(len(names), p=list(chances.values())))]
        told: Mapping[str, Json] = (
            {"features": np.asarray(features, np.float64).tolist()} if context is None else context
        )
        return Decision(
            customer_id,
            now,
            action,
            tuple(chances.items()),
            allowed.withheld,
            f"{self.way} {self.version}",
            digest_of(told),
        )

    def learnt(self, actions: Sequence[str], features: ArrayLike, outcomes: ArrayLike) -> Policy:
        """Return the policy that has seen what actions brought.

        Parameters
        ----------
        actions
            What was done, a row each.
        features
            Shape (rows, features).
        outcomes
            Shape (rows,).

        Raises
        ------
        ImpossibleDecision
            An action is not one of the policy's.
        """
        rows, got = np.asarray(features, np.float64), np.asarray(outcomes, np.float64)
        names = np.array(list(actions), object)
        unknown = sorted(set(names.tolist()) - set(self.models))
        if unknown or not len(names) == len(rows) == len(got):
            raise ImpossibleDecision(
                f"Outcomes of {unknown or 'rows that do not fit'} cannot be learnt from.",
                hint="Give one known action, one row of features and one outcome each.",
            )
        models = {
            name: model.seen(rows[names == name], got[names == name]) for name, model in self.models.items()
        }
        return replace(self, models=models, version=self.version + 1)
