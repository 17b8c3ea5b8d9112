"""What every walk over lived paths needs to know: the steps, the stretch of time, and when a path ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

from .steps import StepRule, Steps

if TYPE_CHECKING:
    from safar.store.paths import PathShard

Part = TypeVar("Part")

_EVER: Final = (-(1 << 62), 1 << 62)


class PauseRefused(Refusal, ValueError):
    """No path ends after such a pause."""

    code = "walk.pause_refused"


@dataclass(frozen=True, slots=True)
class Walk:
    """How each person's events become paths.

    Attributes
    ----------
    steps
        What counts as a step.
    since, until
        Microseconds; only events in ``since <= time < until`` are seen.
    pause
        Microseconds without a step after which a path ends; 0 where a customer has one path.
    """

    steps: Steps
    since: int
    until: int
    pause: int

    @classmethod
    def of(
        cls,
        shards: Sequence[PathShard],
        rules: Sequence[StepRule],
        window: Window | None,
        pause: timedelta | None,
    ) -> Walk:
        """Return the walk of a question; everything ever, and one path a customer, where nothing is said.

        Raises
        ------
        StepsRefused
        """
        return cls(Steps.of(shards, rules), *cls.bounds(window, pause))

    @staticmethod
    def bounds(window: Window | None, pause: timedelta | None) -> tuple[int, int, int]:
        """Return since, until and pause as the kernels take them."""
        since, until = _EVER if window is None else (window.start_us, window.end_us)
        return since, until, 0 if pause is None else pause // timedelta(microseconds=1)

    def over(self, shard: PathShard) -> Any:
        """Return what every kernel takes first: the shard's arrays, what its codes mean, where paths begin and end."""
        codes, table = self.steps.codes(shard)
        return shard.first, shard.end, shard.time, codes, table, self.since, self.until, self.pause


def checked_pause(pause: timedelta | None) -> None:
    """Check that a pause can end a path.

    Raises
    ------
    PauseRefused
    """
    if pause is not None and pause <= timedelta(0):
        raise PauseRefused(
            f"A pause of {pause} ends no path.", hint="Give a duration above zero, such as 30m."
        )


def mapped(
    executor: Executor | None, work: Callable[[PathShard], Part], shards: Sequence[PathShard]
) -> Iterable[Part]:
    """Do the work for each shard, side by side where there is an executor; in the order of the shards."""
    return (executor.map if executor else map)(work, shards)
