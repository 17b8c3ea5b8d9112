"""What every walk over lived paths needs to know: whose, which steps, what stretch of time, when a path ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from safar.store.paths import PathShard
from safar.vocabulary.errors import Refusal
from safar.vocabulary.progress import tell
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .steps import StepRule, Steps

if TYPE_CHECKING:
    from safar.store.paths import Paths

Part = TypeVar("Part")

_EVER: Final = (-(1 << 62), 1 << 62)
#: All shards together are cut into about so many pieces, none of them of less than so many events.
_PIECES: Final = 8
_FEW_ROWS: Final = 1_000_000


class Lived(Protocol):
    """Whatever has lived paths: a log, a table of events, files of paths elsewhere."""

    def paths(self) -> Paths:
        """Return everybody's path now."""


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
    among
        Whose paths, and which events of them are seen.
    """

    steps: Steps
    since: int
    until: int
    pause: int
    among: Among = EVERYBODY

    @classmethod
    def of(
        cls,
        shards: Sequence[PathShard],
        rules: Sequence[StepRule],
        window: Window | None,
        pause: timedelta | None,
        among: Among = EVERYBODY,
    ) -> Walk:
        """Return the walk of a question; everything ever, and one path a customer, where nothing is said.

        Raises
        ------
        StepsRefused
        """
        return cls(Steps.of(shards, rules), *cls.bounds(window, pause), among)

    @staticmethod
    def bounds(window: Window | None, pause: timedelta | None) -> tuple[int, int, int]:
        """Return since, until and pause as the kernels take them."""
        since, until = _EVER if window is None else (window.start_us, window.end_us)
        return since, until, 0 if pause is None else pause // timedelta(microseconds=1)

    def over(self, shard: PathShard) -> Any:
        """Return what every kernel takes first: the shard's arrays, what its codes mean, where paths begin and end."""
        shard = self.among.of(shard)
        codes, table = self.steps.codes(shard, self.among.seen)
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


class Pieces(tuple[PathShard, ...]):
    """Shards that `mapped` takes as they are."""

    __slots__ = ()


def pieces(executor: Executor | None, shards: Sequence[PathShard]) -> Pieces:
    """Return the shards, large ones as several of fewer persons, so that no thread is left with one while others rest.

    Only for threads, who share memory: what goes to other processes goes as it is.
    """
    if isinstance(shards, Pieces) or not isinstance(executor, ThreadPoolExecutor):
        return Pieces(shards)
    rows = [len(shard.time) for shard in shards]
    most = max(sum(rows) // _PIECES, _FEW_ROWS)
    found = []
    for shard, count in zip(shards, rows, strict=True):
        parts = min(round(count / most), len(shard.first))
        edges = [len(shard.first) * place // parts for place in range(parts + 1)] if parts > 1 else []
        found += [shard.of(slice(*edge)) for edge in pairwise(edges)] or [shard]
    return Pieces(found)


def mapped(
    executor: Executor | None, work: Callable[[PathShard], Part], shards: Sequence[PathShard]
) -> Iterator[Part]:
    """Do the work for each shard, side by side where there is an executor; yield in order.

    Large shards are cut in `pieces`; there may be more parts than shards. Who needs to know which part is of which
    shard cuts them first.
    """
    cut = pieces(executor, shards)
    for done, part in enumerate((executor.map if executor else map)(work, cut), start=1):
        tell(done, len(cut))
        yield part
