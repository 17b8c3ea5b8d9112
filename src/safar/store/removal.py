"""Taking out all that one source brought: the undoing of an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .rewrite import OfSource, Rewriter
from .segment import wait_until_sealed

if TYPE_CHECKING:
    from .log import Log


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """What was taken out of the log. ``bytes_freed`` counts Parquet; the files go when no reader needs them."""

    events: int
    parts_rewritten: int
    parts_dropped: int
    bytes_freed: int


def remove_source(log: Log, source: str, *, seal_seconds: float) -> RemovalReport:
    """Take out every event of ``source``; see `Log.remove_source`."""
    with log.alone() as compactor:
        wait_until_sealed(log.layout.segments, seconds=seal_seconds)
        compactor.compact()
        done = Rewriter(log.layout, log.manifest).remove(OfSource(source))
    return RemovalReport(
        done.rows, done.parts_rewritten, done.parts_dropped, done.bytes_before - done.bytes_after
    )
