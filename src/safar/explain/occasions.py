"""Occasions: each time a customer comes through a step, with what he lived through there, out of lived paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.observe.steps import StepRule, marked
from safar.vocabulary.errors import Refusal

from .columns import Floats

if TYPE_CHECKING:
    from safar.observe.among import Among
    from safar.store.paths import PathShard

Ints = NDArray[np.int64]

_MICROSECOND: Final = timedelta(microseconds=1)
_NOTHING: Final = frozenset({"", "null", '""'})
#: Bits of a mask of 64 that experiences have to share with the step.
_MOST_EXPERIENCES: Final = 30
#: The property that names the channel of an event.
CHANNEL: Final = "@channel"


class ExperienceRefused(Refusal, ValueError):
    """The experiences of a step cannot be told from events."""

    code = "experience.refused"


@dataclass(frozen=True, slots=True)
class Experience:
    """Something that happens to some who come through a step.

    Parameters
    ----------
    name
        Of the experience, such as ``late_delivery``.
    shown_by
        Events that show it.
    within
        At most so long after the occasion; with a common property, before it too.
    among
        Only occasions with such an event can have it, and of the others it is not known whether they would: parcels
        that were brought, conversations that took place. All occasions when None.
    before
        Names of experiences of the same occasion that come before this one and may lead to it: a comparison holds
        them equal.
    """

    name: str
    shown_by: StepRule
    within: timedelta = timedelta(days=30)
    among: StepRule | None = field(default=None, kw_only=True)
    before: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if not self.name or self.within < timedelta(0):
            raise ExperienceRefused(
                f"The experience {self.name!r} within {self.within} cannot be.",
                hint="Give it a name and a duration that is not below zero, such as 30 days.",
            )


@dataclass(frozen=True, slots=True)
class Occasions:
    """Occasions of some customers, by customer and time.

    Attributes
    ----------
    person
        ``uint64``: keys.
    at
        ``int64``: microseconds UTC.
    had
        Shape (occasions, experiences): 1, 0, or NaN where it cannot be known.
    had_before
        The same shape: how often the customer had it shown before the occasion.
    earlier
        How many occasions the customer had before.
    since_last_days, since_first_days
        Since his occasion before (NaN for the first), and since his first event of all.
    known
        Properties of the occasion, one array of texts or numbers each, in the order asked for.
    """

    person: NDArray[np.uint64]
    at: Ints
    had: Floats
    had_before: Floats
    earlier: Floats
    since_last_days: Floats
    since_first_days: Floats
    known: tuple[NDArray[Any], ...]


def occasions_of(
    shard: PathShard,
    step: StepRule,
    experiences: Sequence[Experience],
    *,
    same: str,
    pause: timedelta,
    known: Sequence[str],
    among: Among,
) -> Occasions:
    """Return the occasions of one shard; see `safar.explain.step_experience.StepExperienceQuestion`."""
    shard = among.of(shard)
    rules: list[tuple[StepRule | None, int]] = [(step, 1)]
    for place, each in enumerate(experiences):
        rules.append((each.shown_by, 2 << (2 * place)))
        if each.among is not None:
            rules.append((each.among, 4 << (2 * place)))
    codes, table = marked(shard, rules, among.seen)
    rows, owner = owned(shard, table[codes] != 0)
    bits = table[codes[rows]]
    steps = np.flatnonzero(bits & 1)
    steps = steps[_begin(owner[steps], shard.time[rows[steps]], pause // _MICROSECOND)]
    of, at = owner[steps], shard.time[rows[steps]]
    matcher = _Matcher.of(shard, same, rows, owner, steps)
    had = np.zeros((len(steps), len(experiences)))
    before = np.zeros_like(had)
    for place, each in enumerate(experiences):
        shown = np.flatnonzero(bits & (2 << (2 * place)))
        within = each.within // _MICROSECOND
        had[matcher.occasions_of(shown, within), place] = 1.0
        before[:, place] = np.searchsorted(shown, steps) - np.searchsorted(owner[shown], of)
        if each.among is not None:
            could = np.zeros(len(steps), np.bool_)
            could[matcher.occasions_of(np.flatnonzero(bits & (4 << (2 * place))), within)] = True
            had[~could & (had[:, place] == 0), place] = np.nan
    first = np.searchsorted(of, of)
    since = np.full(len(steps), np.nan)
    since[1:] = np.where(of[1:] == of[:-1], np.diff(at) / 86_400_000_000, np.nan)
    return Occasions(
        shard.person[of],
        at,
        had,
        before,
        (np.arange(len(steps)) - first).astype(np.float64),
        since,
        (at - shard.time[shard.first[of]]) / 86_400_000_000,
        tuple(_known(shard, name, rows[steps]) for name in known),
    )


def owned(shard: PathShard, wanted: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the wanted rows of the shard's persons, by person and time, and whose they are."""
    order = np.argsort(shard.first, kind="stable")
    first, end = shard.first[order].astype(np.int64), shard.end[order].astype(np.int64)
    rows = np.flatnonzero(wanted)
    place = np.searchsorted(first, rows, side="right") - 1
    mine = place >= 0
    mine[mine] = rows[mine] < end[place[mine]]
    rows, owner = rows[mine], order[place[mine]]
    by_person = np.argsort(owner, kind="stable")
    return rows[by_person], owner[by_person].astype(np.int64)


def _begin(owner: Ints, time: Ints, pause: int) -> NDArray[np.bool_]:
    """Return which events of a step begin an occasion: not those soon after another one."""
    begins = np.ones(len(owner), np.bool_)
    if pause and len(owner):
        begins[1:] = (owner[1:] != owner[:-1]) | (np.diff(time) >= pause)
    return begins


@dataclass(frozen=True, slots=True)
class _Matcher:
    """Which occasion an event belongs to."""

    owner: Ints
    time: Ints
    steps: Ints
    key: Ints | None  # of each row: person and value of the common property, -1 where there is none
    keys: Ints  # of occasions, ascending
    places: Ints  # of these among the occasions

    @classmethod
    def of(cls, shard: PathShard, same: str, rows: Ints, owner: Ints, steps: Ints) -> _Matcher:
        time = shard.time[rows]
        if not same:
            return cls(owner, time, steps, None, np.zeros(0, np.int64), np.zeros(0, np.int64))
        column = shard.rows.column(same)
        value = column.codes[rows].astype(np.int64)
        nothing = np.fromiter((text in _NOTHING for text in column.values), np.bool_, len(column.values))
        key = np.where(nothing[value], -1, owner * len(column.values) + value)
        keys, places = np.unique(key[steps], return_index=True)
        return cls(owner, time, steps, key, keys[keys >= 0], places[keys >= 0].astype(np.int64))

    def occasions_of(self, events: Ints, within: int) -> Ints:
        """Return the places of the occasions that these events belong to: the one with the same value of the common
        property; without one, the customer's last one up to the event."""
        if self.key is None:
            place = np.searchsorted(self.steps, events, side="right") - 1
            there = place >= 0
        else:
            found = np.minimum(np.searchsorted(self.keys, self.key[events]), max(len(self.keys) - 1, 0))
            there = (
                (self.keys[found] == self.key[events]) if len(self.keys) else np.zeros(len(events), np.bool_)
            )
            place = self.places[found] if len(self.keys) else found
        events, place = events[there], place[there]
        step = self.steps[place]
        near = np.abs(self.time[events] - self.time[step]) <= within
        return np.asarray(place[near & (self.owner[events] == self.owner[step])])


def _known(shard: PathShard, name: str, rows: Ints) -> NDArray[Any]:
    """Return a property of the occasions: numbers where all values are, else texts."""
    if name == CHANNEL:
        return np.asarray(np.array(shard.channels, dtype=object)[shard.channel_code[rows]])
    root, *path = name.split(".")
    listed = any(part.isdigit() for part in path)
    column = shard.rows.column(root if listed else name)
    codes, places = np.unique(column.codes[rows], return_inverse=True)
    values = [_value(column.values[code], path if listed else ()) for code in codes.tolist()]
    return np.asarray(np.array(values, dtype=object)[places])


def _value(text: str, path: Sequence[str]) -> Any:
    try:
        found = msgspec.json.decode(text) if text else None
    except msgspec.DecodeError:  # a number that no computer holds
        return None
    for part in path:
        if isinstance(found, list):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, str | int | float | bool) else None


def together(parts: Sequence[Occasions]) -> Occasions:
    """Return the occasions of several shards, by customer and time."""
    person = np.concatenate([each.person for each in parts])
    at = np.concatenate([each.at for each in parts])
    order = np.lexsort((at, person))
    return Occasions(
        person[order],
        at[order],
        np.concatenate([each.had for each in parts])[order],
        np.concatenate([each.had_before for each in parts])[order],
        np.concatenate([each.earlier for each in parts])[order],
        np.concatenate([each.since_last_days for each in parts])[order],
        np.concatenate([each.since_first_days for each in parts])[order],
        tuple(
            _typed(np.concatenate([each.known[place] for each in parts])[order])
            for place in range(len(parts[0].known))
        ),
    )


def _typed(values: NDArray[Any]) -> NDArray[Any]:
    there = [value for value in values.tolist() if value is not None]
    if there and all(isinstance(value, int | float) for value in there):
        return np.array([np.nan if value is None else float(value) for value in values.tolist()])
    return np.array(["" if value is None else str(value) for value in values.tolist()])


def checked_experiences(experiences: Sequence[Experience]) -> None:
    """Check that experiences can be told apart.

    Raises
    ------
    ExperienceRefused
    """
    names = [each.name for each in experiences]
    strangers = sorted({name for each in experiences for name in each.before} - set(names))
    if not names or len(set(names)) < len(names) or len(names) > _MOST_EXPERIENCES or strangers:
        raise ExperienceRefused(
            f"The experiences {', '.join(names) or '(none)'} cannot be told apart"
            + (f"; {', '.join(strangers)} is none of them." if strangers else "."),
            hint=f"Name 1 to {_MOST_EXPERIENCES} experiences, each once.",
        )


@dataclass(frozen=True, slots=True)
class ByPerson:
    """Instants of persons that others are looked up among.

    Attributes
    ----------
    persons
        Keys, ascending.
    instants
        All distinct instants, ascending.
    order
        The rows by person and time.
    keys
        Of the rows in that order: person and instant as one number.
    """

    persons: NDArray[np.uint64]
    instants: Ints
    order: Ints
    keys: Ints

    @classmethod
    def of(cls, person: NDArray[np.uint64], time: Ints) -> ByPerson:
        """Return the rows of these persons and instants, to look others up among."""
        persons, place = np.unique(person, return_inverse=True)
        instants, rank = np.unique(time, return_inverse=True)
        keys = place.astype(np.int64) * (len(instants) + 1) + rank
        order = np.argsort(keys, kind="stable")
        return cls(persons, instants, order, keys[order])

    def up_to(self, person: NDArray[np.uint64], time: Ints, *, itself: bool) -> tuple[Ints, Ints]:
        """Return for each person and instant where the person's rows begin, and where those before it (with
        ``itself`` at it, too) end, among the rows in order."""
        place = np.minimum(np.searchsorted(self.persons, person), max(len(self.persons) - 1, 0))
        there = self.persons[place] == person if len(self.persons) else np.zeros(len(person), np.bool_)
        base = place.astype(np.int64) * (len(self.instants) + 1)
        rank = np.searchsorted(self.instants, time, side="right" if itself else "left")
        begin, end = np.searchsorted(self.keys, base), np.searchsorted(self.keys, base + rank)
        return np.where(there, begin, 0), np.where(there, end, 0)
