"""Edits of a chain: some of those who make one move make another one, or a move becomes more or less likely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal, nearest

from .chain import Chain

Floats = NDArray[np.float64]


class WhatIfRefused(Refusal, ValueError):
    """An edit of paths that cannot be made."""

    code = "what_if.refused"


class EditKind(Enum):
    """How a move is edited."""

    #: A share of those who make it make another one instead. No other move changes.
    MOVE = "move"
    #: It gets a chance. All other moves from the same step keep their proportions among each other.
    SET = "set"
    #: Its chance is multiplied. All other moves from the same step keep their proportions among each other.
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of one move.

    Parameters
    ----------
    source
        The step it starts from; None for the start of paths.
    target
        The step it goes to, or the conversion; None: the path ends.
    kind
        See `EditKind`.
    amount
        A share from 0 to 1 to move, a chance from 0 to 1 to set, or a factor from 0 on.
    moved_to
        Where those who are moved go instead; None: the path ends. Only for `EditKind.MOVE`.

    Raises
    ------
    WhatIfRefused

    Examples
    --------
    Of those who now leave after the cart, a fifth pays instead:

    >>> Edit("cart", None, EditKind.MOVE, 0.2, "pay").raised
    'pay'
    """

    source: str | None
    target: str | None
    kind: EditKind
    amount: float
    moved_to: str | None = None

    def __post_init__(self) -> None:
        most = np.inf if self.kind is EditKind.SCALE else 1.0
        if not 0 <= self.amount <= most:
            raise WhatIfRefused(
                f"A move cannot be edited by {self.amount}.",
                hint="Give a share from 0 to 1, or a factor from 0 on.",
                amount=self.amount,
            )
        is_move = self.kind is EditKind.MOVE
        if (is_move and self.target == self.moved_to) or (not is_move and self.moved_to is not None):
            raise WhatIfRefused(
                f"An edit of the kind {self.kind.value!r} cannot go to {self.moved_to!r}.",
                hint="Name where those who are moved go; other edits move nobody to a place of their own.",
            )
        if self.source is None and self.raised is None:
            raise WhatIfRefused("A path that has no step is none.", hint="Name the step it starts with.")

    @property
    def raised(self) -> str | None:
        """Where more go than before, as far as the edit itself says."""
        return self.moved_to if self.kind is EditKind.MOVE else self.target


def place_of(places: Mapping[str, int], counts: NDArray[np.int64], name: str) -> int:
    """Return the place of a step that somebody does.

    Raises
    ------
    WhatIfRefused
    """
    if name not in places:
        raise WhatIfRefused(
            f"There is no step {name!r}.", hint=nearest(name, places) or "Name one of the steps.", step=name
        )
    if not counts[:, places[name]].any():
        raise WhatIfRefused(
            f"Nobody does {name!r}, so that nobody knows what follows.",
            hint="Name a step that somebody does, or look at a longer stretch of time.",
            step=name,
        )
    return places[name]


def edited(
    chain: Chain, edits: Sequence[Edit], places: Mapping[str, int], counts: NDArray[np.int64]
) -> Chain:
    """Return the chain, or all of many, after the edits.

    Parameters
    ----------
    places
        Of steps, and of the conversion, as targets.
    counts
        Moves of everybody, of shape (steps + 1, steps + 2).

    Raises
    ------
    WhatIfRefused
    """
    chances = chain.chances.copy()
    for edit in edits:
        source = chain.steps if edit.source is None else place_of(places, counts, edit.source)
        rows = chances[..., source, :]
        chances[..., source, :] = edited_rows(rows, edit, places, counts)
    return Chain(chances, chain.seconds)


def edited_rows(rows: Floats, edit: Edit, places: Mapping[str, int], counts: NDArray[np.int64]) -> Floats:
    """Return chances of moves from one step, of shape (…, steps + 2), after an edit.

    Raises
    ------
    WhatIfRefused
    """
    nothing = rows.shape[-1] - 1
    target = nothing if edit.target is None else place_of(places, counts, edit.target)
    found = rows.copy()
    old = rows[..., target]
    if edit.kind is EditKind.MOVE:
        other = nothing if edit.moved_to is None else place_of(places, counts, edit.moved_to)
        found[..., target] -= old * edit.amount
        found[..., other] += old * edit.amount
        return found
    new = np.full_like(old, edit.amount) if edit.kind is EditKind.SET else old * edit.amount
    first_new, first_old = float(new.reshape(-1)[0]), float(old.reshape(-1)[0])
    if first_new > 1 or (first_old == 1 and first_new != 1):
        raise WhatIfRefused(
            f"The move from {edit.source!r} to {edit.target!r} has a chance of {first_old:.3g};"
            f" it cannot become {first_new:.3g}.",
            hint="Give less; where there is no other move from the step, move some of them elsewhere.",
            chance=first_old,
        )
    new = np.where(old < 1, np.minimum(new, 1.0), old)  # a sample may know no other move
    scale = np.divide(1 - new, 1 - old, out=np.ones_like(old), where=old < 1)
    found *= scale[..., None]
    found[..., target] = np.where(rows.sum(axis=-1) > 0, new, old)
    return found
