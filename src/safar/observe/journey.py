"""A designed journey as the journey engine sees it: steps that events belong to, and the moves between them."""

from __future__ import annotations

from dataclasses import dataclass

from safar.vocabulary.errors import Refusal

from .steps import StepRule


class JourneyRefused(Refusal, ValueError):
    """The journey's moves do not fit its steps."""

    code = "journey.refused"


@dataclass(frozen=True, slots=True)
class Journey:
    """What was designed.

    Parameters
    ----------
    steps
        In the order of the design, the first step first. An event that two rules take belongs to the first of them.
    moves
        Pairs of names of steps: whoever is at the one may go on to the other. Staying at a step is always allowed.
    starts, ends
        Names of steps where a journey may begin, or end well; the first and the last step when empty.

    Raises
    ------
    JourneyRefused
        A move, a start or an end names no step.
    """

    steps: tuple[StepRule, ...]
    moves: tuple[tuple[str, str], ...]
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.steps]
        if not names:
            raise JourneyRefused("The journey has no steps.", hint="Bind at least one step to events.")
        for name in (*self.starts, *self.ends, *(end for move in self.moves for end in move)):
            if name not in names:
                raise JourneyRefused(
                    f"The journey has no step {name!r}.", hint="Name one of its steps.", step=name
                )
        object.__setattr__(self, "starts", self.starts or (names[0],))
        object.__setattr__(self, "ends", self.ends or (names[-1],))
