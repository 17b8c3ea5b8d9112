"""What counts as a step of a path: each event name by itself, or rules that gather several under one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.paths import PathShard
from safar.vocabulary.errors import Refusal

from .conditions import Condition
from .joint import Joint, joint_codes

#: The code of an event that is no step.
NO_STEP: Final = -1
#: More steps than this make a picture that nobody reads and a table that does not fit.
MOST_STEPS: Final = 4_000


class StepsRefused(Refusal, ValueError):
    """The rules do not say what a step is."""

    code = "steps.refused"


@dataclass(frozen=True, slots=True)
class StepRule:
    """Events that count as one step.

    Parameters
    ----------
    name
        Of the step.
    event_names
        An event with one of these names is this step; one of any name when empty.
    channels
        Only when it came by one of these; by any when empty.
    where
        Only when all of these hold.

    Raises
    ------
    StepsRefused
        The rule has no name, or takes every event: then it says nothing.
    """

    name: str
    event_names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if not self.name or not (self.event_names or self.channels or self.where):
            raise StepsRefused(
                f"The step {self.name!r} names no events.",
                hint="Give the step a name and at least one event name, channel or condition.",
            )


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events a question sees at all; every one where nothing is said.

    Parameters
    ----------
    channels
        Those that came by one of these.
    where
        Those for which all of these hold.
    without
        None with one of these names.
    """

    channels: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    without: tuple[str, ...] = ()


EVERY_EVENT: Final = EventFilter()


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one question, numbered, for all shards alike.

    Attributes
    ----------
    names
        Of the steps, in the order of their numbers.
    rules
        What the first numbers stand for; empty when each event name is its own step.
    rest_by_name
        An event that no rule takes is the step of its name; otherwise it is no step.
    """

    names: tuple[str, ...]
    rules: tuple[StepRule, ...] = ()
    rest_by_name: bool = False

    @classmethod
    def of(cls, shards: Sequence[PathShard], rules: Sequence[StepRule] = ()) -> Steps:
        """Return the steps of the rules; without rules each event name of the shards, in the order of the alphabet.

        Raises
        ------
        StepsRefused
            Two rules have one name, or there are more than `MOST_STEPS` steps.
        """
        names = tuple(rule.name for rule in rules) or tuple(
            sorted({name for shard in shards for name in shard.event_names})
        )
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise StepsRefused(
                f"Two steps are called {doubled[0]!r}.",
                hint="Put their event names under one rule.",
                step=doubled[0],
            )
        return cls(_checked(names), tuple(rules), not rules)

    @classmethod
    def apart(cls, shards: Sequence[PathShard], rule: StepRule) -> Steps:
        """Return the steps of one rule, and of each event name for what it leaves.

        Raises
        ------
        StepsRefused
            It leaves events of the name that it goes by itself, or there are more than `MOST_STEPS` steps.
        """
        takes_all = rule.event_names if not rule.channels and not rule.where else ()
        names = {name for shard in shards for name in shard.event_names} - set(takes_all)
        if rule.name in names:
            raise StepsRefused(
                f"The step {rule.name!r} takes some events of that name, and leaves others.",
                hint="Give the step a name that no event has.",
                step=rule.name,
            )
        return cls(_checked((rule.name, *sorted(names))), (rule,), rest_by_name=True)

    def codes(
        self, shard: PathShard, seen: EventFilter = EVERY_EVENT
    ) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int32]]:
        """Return an array aligned with the shard's rows and a table: a row's step is ``table[codes[row]]``.

        An event that no rule takes, or that is not seen, is `NO_STEP`. Of several rules that take an event the first
        one wins.
        """
        codes, table, _ = self._coded(shard, seen, by_channel=False)
        return codes, table

    def codes_by_channel(
        self, shard: PathShard, seen: EventFilter = EVERY_EVENT
    ) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int32], NDArray[np.int64]]:
        """Return what `codes` does, of codes that differ by channel, and for each code the place of its channel."""
        return self._coded(shard, seen, by_channel=True)

    def _coded(
        self, shard: PathShard, seen: EventFilter, *, by_channel: bool
    ) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int32], NDArray[np.int64]]:
        joint, takes = compiled(shard, self.rules, seen, by_channel=by_channel)
        table = np.full(len(joint.event), NO_STEP, np.int32)
        if self.rest_by_name and shard.event_names:
            places = {name: place for place, name in enumerate(self.names)}
            # a name that is missing here is taken by a rule as a whole
            table = np.array([places.get(name, NO_STEP) for name in shard.event_names], np.int32)[joint.event]
        for number in reversed(range(len(self.rules))):
            table[takes[number]] = number
        table[~takes[-1]] = NO_STEP
        return joint.codes, table, joint.channel


def _checked(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MOST_STEPS:
        raise StepsRefused(
            f"The log has {len(names):,} event names; a question takes at most {MOST_STEPS:,} steps.",
            hint="Gather event names under step rules.",
        )
    return names


def marked(
    shard: PathShard, rules: Sequence[tuple[StepRule | None, int]], seen: EventFilter = EVERY_EVENT
) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
    """Return an array aligned with the shard's rows and a table: a row has the bits ``table[array[row]]``.

    Unlike `Steps`, an event gets the bits of every rule that takes it; None takes every event. An event that is not
    seen has no bits.
    """
    joint, table = jointly_marked(shard, rules, seen)
    return joint.codes, table


def jointly_marked(
    shard: PathShard, rules: Sequence[tuple[StepRule | None, int]], seen: EventFilter
) -> tuple[Joint, NDArray[np.int64]]:
    """Return what `marked` does, with all that is known of the codes."""
    joint, takes = compiled(shard, [rule for rule, _ in rules if rule is not None], seen)
    table = np.zeros(len(joint.event), np.int64)
    each = iter(takes[:-1])
    for rule, bit in rules:
        table[takes[-1] if rule is None else next(each) & takes[-1]] |= bit
    return joint, table


def compiled(
    shard: PathShard, rules: Sequence[StepRule], seen: EventFilter, *, by_channel: bool = False
) -> tuple[Joint, list[NDArray[np.bool_]]]:
    """Return the shard's codes and which of them each rule takes, and at last which are seen."""
    asked = [*(condition for rule in rules for condition in rule.where), *seen.where]
    conditions = list(dict.fromkeys(asked))
    by_channel |= bool(seen.channels) or any(rule.channels for rule in rules)
    joint = joint_codes(shard, conditions, by_channel=by_channel)

    def taken(names: Sequence[str], channels: Sequence[str], where: Sequence[Condition]) -> NDArray[np.bool_]:
        found = np.ones(len(joint.event), np.bool_)
        if names:
            found &= np.array([name in names for name in shard.event_names], np.bool_)[joint.event]
        if channels:
            found &= np.array([channel in channels for channel in shard.channels], np.bool_)[joint.channel]
        for condition in where:
            found &= joint.holds[:, conditions.index(condition)]
        return found

    takes = [taken(rule.event_names, rule.channels, rule.where) for rule in rules]
    is_seen = taken((), seen.channels, seen.where)
    if seen.without:
        is_seen &= np.array([name not in seen.without for name in shard.event_names], np.bool_)[joint.event]
    return joint, [*takes, is_seen]
