"""Among whom and what a question looks: customers of a segment, events of a channel or with a property."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.paths import present_of
from safar.vocabulary.window import from_microseconds, to_microseconds

from .conditions import Condition
from .segment_parts import Did, Part, SegmentRefused, leaves, rolls
from .shelf import Shelf, owner_of
from .steps import EventFilter

if TYPE_CHECKING:
    from safar.store.paths import PathShard

__all__ = ["EVERYBODY", "Among", "Did", "Segment", "SegmentRefused"]

_Members = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint64]]

#: Fewer persons are looked at faster than remembered.
_WORTH_KEEPING: Final = 4_096

#: Who is in which segment: asked anew by every walk of a question, and by the next question.
_members: Final[Shelf[_Members]] = Shelf(1 << 28, lambda members: sum(array.nbytes for array in members))


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers for whom all of this is true.

    Parameters
    ----------
    name
        Of the segment.
    did
        What they did and did not do.
    also
        What else is true of them; see `segment_parts`.
    now
        The instant at which it must be true: later events do not count, and ``last`` counts back from here. None for
        the present of the log, which is the instant of its newest event.

    Raises
    ------
    SegmentRefused
    """

    name: str
    did: tuple[Did, ...] = ()
    also: tuple[Part, ...] = ()
    now: datetime | None = None

    def __post_init__(self) -> None:
        # One order for one meaning: what they did stands first.
        did = (*self.did, *(part for part in self.also if isinstance(part, Did)))
        object.__setattr__(self, "did", did)
        object.__setattr__(self, "also", tuple(part for part in self.also if not isinstance(part, Did)))
        if self.now is not None:
            object.__setattr__(self, "now", from_microseconds(to_microseconds(self.now)))
        if not self.parts:
            raise SegmentRefused(
                f"The segment {self.name!r} is everybody.", hint="Say what its customers did or did not do."
            )

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that is true of its customers."""
        return (*self.did, *self.also)

    @property
    def is_rolling(self) -> bool:
        """Whether customers come and go by the passing of time alone."""
        return any(map(rolls, leaves(self.parts)))

    def at(self, now: datetime | None) -> Segment:
        """Return the same segment at an instant."""
        return replace(self, now=now)

    def within(self, other: Segment | None) -> Segment:
        """Return the segment of those who are in this one and in another one, by this one's name.

        Raises
        ------
        SegmentRefused
            They are of two instants.
        """
        if other is None:
            return self
        if self.now != other.now and None not in {self.now, other.now}:
            raise SegmentRefused(
                f"{self.name!r} and {other.name!r} are segments of two instants.",
                hint="Give both the same one.",
            )
        return Segment(self.name, (*other.did, *self.did), (*other.also, *self.also), self.now or other.now)

    def of(self, shard: PathShard) -> PathShard:
        """Return the shard with those of its persons who are in the segment."""
        if len(shard.first) < _WORTH_KEEPING:
            return shard.with_persons(*self._members(shard))
        first, end, person = _members.get(
            owner_of(shard.first), self._key(shard), lambda: self._members(shard)
        )
        return shard.with_persons(first, end, person)

    def persons(self, shards: Iterable[PathShard]) -> NDArray[np.uint64]:
        """Return the keys of the persons of all these shards who are in the segment."""
        return np.concatenate([np.zeros(0, np.uint64), *(self.of(shard).person for shard in shards)])

    def _key(self, shard: PathShard) -> Hashable:
        """Return what tells these persons, of all in the memory that they stand in, and this segment."""
        present = present_of(shard) if self.is_rolling and self.now is None else None
        return self, present, shard.first.__array_interface__["data"][0], len(shard.first)

    def _members(self, shard: PathShard) -> _Members:
        from .segment_membership import Membership  # noqa: PLC0415 - compiled code only when needed

        kept = Membership(shard, self.now).of(self.parts).holds
        return shard.first[kept], shard.end[kept], shard.person[kept]


@dataclass(frozen=True, slots=True)
class Among:
    """Among whom and what a question looks; everybody and everything where nothing is said.

    Parameters
    ----------
    channels
        Only events that came by one of these.
    where
        Only events for which all of these hold.
    segment
        Only its customers. What they did counts for that whether or not the question sees it.
    without
        No events with one of these names, such as what a company does to its customers
        (`safar.observe.overview.NOT_BY_CUSTOMER`).
    """

    channels: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    segment: Segment | None = None
    without: tuple[str, ...] = ()

    @property
    def seen(self) -> EventFilter:
        """Which events are seen."""
        return EventFilter(self.channels, self.where, self.without)

    def of(self, shard: PathShard) -> PathShard:
        """Return the shard with those of its persons the question is about."""
        return shard if self.segment is None else self.segment.of(shard)


EVERYBODY: Final = Among()
