"""Taking out all that one source brought: the undoing of an import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from safar.collect.evidence import Evidence, evidence_of
from safar.vocabulary.event import ALIAS, IDENTIFY

from .parts import read_rows, row_group_count
from .rewrite import OfSource, Rewriter
from .schema import columns_of
from .segment import wait_until_sealed
from .withdrawal import ends, turned

if TYPE_CHECKING:
    from .log import Log

#: So many links are taken back at one stroke: what memory must hold of a source, at some 400 bytes each.
LINKS_AT_ONCE: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class RemovalReport:
    """What was taken out of the log.

    Attributes
    ----------
    events, parts_rewritten, parts_dropped
        Of the log.
    bytes_freed
        Of Parquet; the files go when no reader needs them.
    ids_parted
        Ids that had been joined to another by what only these events said, and no longer are.
    """

    events: int
    parts_rewritten: int
    parts_dropped: int
    bytes_freed: int
    ids_parted: int


def remove_source(log: Log, source: str, *, seal_seconds: float) -> RemovalReport:
    """Take out every event of ``source``; see `Log.remove_source`."""
    with log.alone() as compactor:
        wait_until_sealed(log.layout.segments, seconds=seal_seconds)
        compactor.compact()
        # First, while the events that say who is who are still there: after a death the next removal does it again.
        parted = _withdraw(log, source)
        done = Rewriter(log.layout, log.manifest).remove(OfSource(source))
    return RemovalReport(
        done.rows, done.parts_rewritten, done.parts_dropped, done.bytes_before - done.bytes_after, parted
    )


def _withdraw(log: Log, source: str) -> int:
    """Take back what the events of ``source`` say about who is who; return how many ids came apart.

    The caller holds the log's lock and has compacted it. The events themselves are left where they are, so that after
    a death this can be done again.
    """
    parted = 0
    for gone in _said_by(log, source):
        kept = _Kept(gone)
        for evidence in _evidence(log, source, own=False):
            kept.add(evidence)
        parted += log.identity.withdraw(gone, kept.evidence)
    return parted


def _said_by(log: Log, source: str) -> Iterator[Evidence]:
    gone = Evidence()
    for evidence in _evidence(log, source, own=True):
        for customer_id, flags in evidence.ids.items():
            gone.name(customer_id, flags)
        for link, at in evidence.links.items():
            gone.link(*link, at)
        if len(gone.links) + len(gone.ids) >= LINKS_AT_ONCE:
            yield gone
            gone = Evidence()
    if gone.ids:
        yield gone


def _evidence(log: Log, source: str, *, own: bool) -> Iterator[Evidence]:
    """Read, row group by row group, what the events of the source say, or what all the others say."""
    names = pa.array([IDENTIFY, ALIAS])
    for part in log.manifest.snapshot().parts:
        path = log.layout.parquet(part.name)
        for group in range(row_group_count(path)):
            deciding = read_rows(path, [group], ["event_name", "source"])
            of_source = pc.equal(deciding.column("source"), source)
            meant = pc.and_(
                pc.is_in(deciding.column("event_name"), names), of_source if own else pc.invert(of_source)
            )
            if pc.any(meant).as_py():
                yield evidence_of(columns_of(read_rows(path, [group]).filter(meant)), log.identity.rules)


class _Kept:
    """Gathers, of what the other events say, that which touches what is taken back."""

    def __init__(self, gone: Evidence) -> None:
        self.evidence = Evidence()
        self._gone = gone
        self._holdings = {(link.reason, link.anchor) for link in gone.links}

    def add(self, evidence: Evidence) -> None:
        own = self.evidence
        for customer_id in self._gone.ids.keys() & evidence.ids.keys():
            own.name(customer_id, evidence.ids[customer_id])
        for link, at in evidence.links.items():
            if link[:2] in self._holdings or turned(link) in self._gone.links:
                own.links[link] = min(at, own.links.get(link, at))
                for customer_id in ends(link):
                    own.name(customer_id, evidence.ids[customer_id])
