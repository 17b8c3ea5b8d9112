"""A learnt policy as JSON: sums over decisions, nothing of any single customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from safar.vocabulary.errors import Json

from .action_rules import Action
from .next_best_action import EPSILON, ActionModel, Policy


def policy_text(policy: Policy) -> dict[str, Json]:
    """Return what a policy has learnt, as JSON has it."""
    return {
        "version": policy.version,
        "models": {
            name: {
                "precision": model.precision.tolist(),
                "products": model.products.tolist(),
                "squares": model.squares,
                "n": model.n,
                "ridge": model.ridge,
            }
            for name, model in policy.models.items()
        },
    }


def policy_of(
    told: Mapping[str, Any], actions: Sequence[Action], features: int, *, epsilon: float = EPSILON
) -> Policy:
    """Return the policy of a text for the actions there are now.

    Actions it has not learnt about begin with nothing; what it learnt about others, or from other features, is passed
    over.
    """
    policy = Policy.new(actions, features, epsilon=epsilon)
    models = dict(policy.models)
    for name, found in told.get("models", {}).items():
        if name in models and len(found["products"]) == features:
            models[name] = ActionModel(
                np.array(found["precision"], np.float64),
                np.array(found["products"], np.float64),
                float(found["squares"]),
                int(found["n"]),
                float(found["ridge"]),
            )
    return replace(policy, models=models, version=int(told.get("version", 0)))
