"""Live audiences: who is in each of many segments now, kept current by looking only at those whom something concerns.

Membership of a person depends on this person's events and on the instant alone. So, after events arrived, only the
persons they belong to are looked at again; beside these, persons of whom an identity changed, and persons for whom an
instant has come at which time alone may change something: each look tells the next such instant. Whatever cannot be
told apart by that (events were erased, an import was undone, the log was restored) is computed as a whole. The result
is exactly what a full recomputation of the same instant gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from safar.observe.among import Segment
from safar.observe.overview import NOT_BY_CUSTOMER
from safar.observe.segment_kernels import NEVER, newest_marked
from safar.observe.segment_membership import Membership
from safar.observe.segment_text import segment_text_of
from safar.observe.walk import mapped
from safar.store.disk import exclusive
from safar.store.log import Log
from safar.store.paths import Aliases, Paths, PathShard
from safar.store.shelf import ReadersOverrun, Sight
from safar.vocabulary.window import to_microseconds

from .audience_state import Held, Keys, Seen, Standings, column, free_places, set_column, words_for

FILE: Final = "audiences"
#: From this share of all persons on, all are looked at: gathering so many costs more.
_MOST_SHARE: Final = 0.5
_FEW: Final = 4_096
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class AudienceChange:
    """What became of one segment.

    Attributes
    ----------
    size
        Members now.
    entered, left
        Keys, ascending, of those who were not members at the last look and are, and the other way round. Persons who
        became part of another person, or were erased, have left.
    is_new
        The segment was not kept before, or was defined otherwise: then nobody is said to have entered or left.
    """

    size: int
    entered: Keys
    left: Keys
    is_new: bool


@dataclass(frozen=True, slots=True)
class AudienceChanges:
    """What one look at the log found.

    Attributes
    ----------
    version
        Of the log.
    now
        Microseconds UTC at which membership holds.
    customers
        Persons in the log.
    looked_at
        Persons who were looked at.
    is_whole
        Everybody was.
    segments
        By their ids.
    """

    version: str
    now: int
    customers: int
    looked_at: int
    is_whole: bool
    segments: Mapping[str, AudienceChange]


class AudienceKeeper:
    """Keeps the members of the segments of one log in a folder. Several threads and processes may: they take turns.

    Parameters
    ----------
    folder
        Made when it is not there. What is lost or damaged in it is made anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: tuple[tuple[int, int], Held] | None = None

    def catch_up(
        self,
        log: Log,
        segments: Mapping[str, Segment],
        *,
        now: datetime | None = None,
        executor: Executor | None = None,
    ) -> AudienceChanges:
        """Bring the members of segments up to what the log shows now.

        Parameters
        ----------
        segments
            All of them, by ids that stay; others are forgotten.
        now
            The instant at which membership holds; the log's present, its newest event, when None.
        executor
            Who walks.

        Raises
        ------
        ReadersOverrun
            Files of the log vanished under every try.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(self._folder / "lock", wait=True):
            for _ in range(_TRIES):
                try:
                    return self._caught_up(_Look(log, log.sight(), segments, now, executor))
                except FileNotFoundError:
                    continue
        raise ReadersOverrun(
            "The files of the log changed under the audiences five times.", hint="Try again."
        )

    def held(self) -> Held | None:
        """Return what is kept; None before the first look."""
        path = self._folder / FILE
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        stamp = found.st_ino, found.st_mtime_ns
        if self._known is None or self._known[0] != stamp:
            held = Held.read(path)
            if held is None:
                return None
            self._known = stamp, held
        return self._known[1]

    def members(self, segment_id: str) -> Keys:
        """Return the keys of a segment's members, ascending; nobody of one that is not kept."""
        held = self.held()
        if held is None or segment_id not in held.columns:
            return np.zeros(0, np.uint64)
        return held.standings.persons[held.standings.members(held.columns[segment_id][1])]

    def latest(
        self, segment_id: str, *, limit: int, after: tuple[int, int] | None = None
    ) -> list[tuple[int, int]]:
        """Return members by what they did last, newest first: pairs of when, in microseconds UTC, and the key.

        Parameters
        ----------
        after
            The last pair seen.
        """
        held = self.held()
        if held is None or segment_id not in held.columns:
            return []
        standings = held.standings
        rows = np.flatnonzero(standings.members(held.columns[segment_id][1]))
        active, persons = standings.active[rows], standings.persons[rows]
        if after is not None:
            behind = (active < after[0]) | ((active == after[0]) & (persons < np.uint64(after[1])))
            active, persons = active[behind], persons[behind]
        if len(active) > limit:  # only those who can be among the first are sorted
            least = np.partition(active, len(active) - limit)[len(active) - limit]
            first = active >= least
            active, persons = active[first], persons[first]
        order = np.lexsort((persons, active))[::-1][:limit]
        return list(zip(active[order].tolist(), persons[order].tolist(), strict=True))

    def _caught_up(self, look: _Look) -> AudienceChanges:
        before = self.held()
        after, changes = look.caught_up(before)
        if before is not after:
            path = self._folder / FILE
            after.write(path)
            found = path.stat()
            self._known = (found.st_ino, found.st_mtime_ns), after
        return changes


class _Look:
    """One look at a log."""

    def __init__(
        self,
        log: Log,
        sight: Sight,
        segments: Mapping[str, Segment],
        now: datetime | None,
        executor: Executor | None,
    ) -> None:
        self._log = log
        self._sight = sight
        self._segments = segments
        self._executor = executor
        self._now = (sight.present or 0) if now is None else to_microseconds(now)
        self._texts = {each: segment_text_of(segment) for each, segment in segments.items()}

    def caught_up(self, before: Held | None) -> tuple[Held, AudienceChanges]:
        """Return what is held afterwards, and what changed."""
        seen = self._seen()
        old = before if before is not None and self._goes_on(before.seen, seen) else None
        known = {} if before is None else before.columns
        kept = {
            each: known[each] for each in self._texts if each in known and known[each][0] == self._texts[each]
        }
        is_same = old is not None and kept == known and len(kept) == len(self._texts)
        if is_same and old is not None and (old.seen.version, old.seen.now) == (seen.version, seen.now):
            return old, self._nothing(old)
        added = [each for each in self._texts if each not in kept]
        places = free_places([place for _, place in kept.values()], len(added))
        columns = kept | {each: (self._texts[each], place) for each, place in zip(added, places, strict=True)}
        words = words_for(place for _, place in columns.values())
        persons = None if old is None or not kept else self._concerned(old, seen)
        if old is None or persons is None:
            persons = None
            standings = self._standings(self._log.paths_at(self._sight), columns, words)
        else:
            fresh = self._standings(
                self._log.paths_at(self._sight, persons) if len(persons) else None, kept, words
            )
            standings = Standings.together([old.standings.without(persons), fresh], words)
            if added:
                standings = self._with_columns(standings, {each: columns[each] for each in added}, words)
        held = Held(seen, columns, standings)
        return held, self._changes(before, held, persons, frozenset(kept))

    def _seen(self) -> Seen:
        view = self._sight.view
        snapshot = view.snapshot
        return Seen(
            lineage=str(self._log.layout.manifest.stat().st_ino),
            version=self._sight.version,
            generation=snapshot.generation,
            next_sequence=snapshot.next_sequence,
            rows=sum(part.rows for part in snapshot.parts),
            parts=frozenset(part.name for part in snapshot.parts),
            tail=self._log.customers_in_tail(self._sight),
            aliases=self._sight.aliases,
            now=self._now,
        )

    @staticmethod
    def _goes_on(before: Seen, now: Seen) -> bool:
        """Tell whether the log has only grown, and time only passed, since it was seen last."""
        arrived = now.next_sequence - before.next_sequence
        return (
            before.lineage == now.lineage
            and before.generation <= now.generation
            and before.now <= now.now
            and arrived >= 0
            and before.rows + arrived == now.rows
        )

    def _concerned(self, old: Held, seen: Seen) -> Keys | None:
        """Return the persons whose membership may have changed; None where they are too many to gather."""
        parts = [part for part in self._sight.view.snapshot.parts if part.name not in old.seen.parts]
        since = old.seen.next_sequence
        # What was in no part may have come into one in another order, or not at all.
        ids = [self._log.customers_in(self._sight, [part.name for part in parts], since=since)]
        ids += [seen.tail, old.seen.tail]
        # Events of one instant under several ids follow the order of files.
        moved = self._log.customers_in(
            self._sight, [part.name for part in parts if part.first_sequence < since]
        )
        several = np.union1d(seen.aliases.ids, seen.aliases.persons)
        ids.append(np.intersect1d(moved, several, assume_unique=True))
        persons = [
            seen.aliases.persons_of(np.unique(np.concatenate(ids))),
            _changed(old.seen.aliases, seen.aliases),
        ]
        persons.append(old.standings.persons[old.standings.due <= seen.now])
        found = np.unique(np.concatenate(persons))
        return None if len(found) > max(_FEW, _MOST_SHARE * len(old.standings.persons)) else found

    def _standings(
        self, paths: Paths | None, columns: Mapping[str, tuple[str, int]], words: int
    ) -> Standings:
        wanted = [(place, self._segments[each]) for each, (_, place) in columns.items()]
        work = partial(_of_shard, segments=wanted, now=self._now, words=words)
        return Standings.together(mapped(self._executor, work, () if paths is None else paths.shards), words)

    def _with_columns(
        self, standings: Standings, added: Mapping[str, tuple[str, int]], words: int
    ) -> Standings:
        """Return the standings with further segments, for which everybody is looked at."""
        fresh = self._standings(self._log.paths_at(self._sight), added, words)
        for _, place in added.values():
            set_column(standings.bits, place, fresh.members(place))
        return Standings(
            standings.persons, standings.bits, np.minimum(standings.due, fresh.due), standings.active
        )

    def _changes(
        self, before: Held | None, held: Held, persons: Keys | None, kept: frozenset[str]
    ) -> AudienceChanges:
        everybody = held.standings.persons
        old = Standings.empty(1) if before is None else before.standings
        concerned = np.union1d(old.persons, everybody) if persons is None else persons
        was, now = old.bits_of(concerned), held.standings.bits_of(concerned)
        none = np.zeros(0, np.uint64)
        found = {}
        for each, (_, place) in held.columns.items():
            size = int(np.count_nonzero(held.standings.members(place)))
            if each not in kept:
                found[each] = AudienceChange(size, none, none, is_new=True)
                continue
            then, here = column(was, place), column(now, place)
            found[each] = AudienceChange(size, concerned[here & ~then], concerned[then & ~here], is_new=False)
        looked_at = len(everybody) if persons is None else len(persons)
        return AudienceChanges(
            held.seen.version, held.seen.now, len(everybody), looked_at, persons is None, found
        )

    @staticmethod
    def _nothing(held: Held) -> AudienceChanges:
        none = np.zeros(0, np.uint64)
        sizes = {
            each: int(np.count_nonzero(held.standings.members(place)))
            for each, (_, place) in held.columns.items()
        }
        return AudienceChanges(
            held.seen.version,
            held.seen.now,
            len(held.standings.persons),
            0,
            False,
            {each: AudienceChange(size, none, none, is_new=False) for each, size in sizes.items()},
        )


def _changed(before: Aliases, now: Aliases) -> Keys:
    """Return the persons, as they were and as they are, of ids that changed their person."""
    ids = np.union1d(before.ids, now.ids)
    was, are = before.persons_of(ids), now.persons_of(ids)
    differs = was != are
    return np.concatenate([ids[differs], was[differs], are[differs]])


def _of_shard(shard: PathShard, segments: Sequence[tuple[int, Segment]], now: int, words: int) -> Standings:
    """Return who of a shard is in which of some segments."""
    people = len(shard.first)
    bits = np.zeros((people, words), np.uint64)
    due = np.full(people, NEVER, np.int64)
    membership = Membership(shard, now)
    for place, segment in segments:
        if segment.now is None:
            found = membership.of(segment.parts)
            due = np.minimum(due, found.due)
        else:  # what is true of a fixed instant stays so
            found = Membership(shard, segment.now).of(segment.parts)
        set_column(bits, place, found.holds)
    marks = (~shard.codes_in(NOT_BY_CUSTOMER)).astype(np.int64)
    done, active = np.empty(people, np.int8), np.empty(people, np.int64)
    newest_marked(shard.first, shard.end, shard.time, shard.code, marks, -NEVER, NEVER, done, active)
    return Standings(shard.person, bits, due, np.where(done > 0, active, 0))
