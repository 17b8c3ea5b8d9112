"""What counts as a step of a path: each event name by itself, or rules that gather several under one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.paths import PathShard
from safar.vocabulary.errors import Refusal

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
        An event with one of these names is this step.
    channels
        Only when it came by one of these; by any when empty.
    """

    name: str
    event_names: tuple[str, ...]
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name or not self.event_names:
            raise StepsRefused(
                f"The step {self.name!r} names no events.",
                hint="Give the step a name and at least one event name.",
            )


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one question, numbered, for all shards alike.

    Attributes
    ----------
    names
        Of the steps, in the order of their numbers.
    rules
        What each number stands for; empty when each event name is its own step.
    """

    names: tuple[str, ...]
    rules: tuple[StepRule, ...] = ()

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
        if len(names) > MOST_STEPS:
            raise StepsRefused(
                f"The log has {len(names):,} event names; a question takes at most {MOST_STEPS:,} steps.",
                hint="Gather event names under step rules.",
            )
        return cls(names, tuple(rules))

    def codes(self, shard: PathShard) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int32]]:
        """Return an array aligned with the shard's rows and a table: a row's step is ``table[codes[row]]``.

        An event that no rule takes is `NO_STEP`. Of several rules that take an event the first one wins.
        """
        if not self.rules:
            places = {name: place for place, name in enumerate(self.names)}
            table = np.array([places[name] for name in shard.event_names], np.int32)
            return shard.code, table
        if not any(rule.channels for rule in self.rules):
            return shard.code, self._table(shard.event_names, "")
        width = len(shard.channels)
        codes = shard.code.astype(np.uint32) * np.uint32(width) + shard.channel_code
        table = np.stack([self._table(shard.event_names, channel) for channel in shard.channels], axis=1)
        return codes, np.ascontiguousarray(table.reshape(-1))

    def _table(self, event_names: Sequence[str], channel: str) -> NDArray[np.int32]:
        table = np.full(len(event_names), NO_STEP, np.int32)
        for number, rule in reversed(list(enumerate(self.rules))):
            if rule.channels and channel not in rule.channels:
                continue
            table[[name in rule.event_names for name in event_names]] = number
        return table


def marked(
    shard: PathShard, rules: Sequence[tuple[StepRule, int]]
) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
    """Return an array aligned with the shard's rows and a table: a row has the bits ``table[array[row]]``.

    Unlike `Steps`, an event gets the bits of every rule that takes it.
    """
    by_channel = any(rule.channels for rule, _ in rules)
    channels = shard.channels if by_channel else ("",)
    table = np.zeros((len(shard.event_names), len(channels)), np.int64)
    for rule, bit in rules:
        named = np.array([name in rule.event_names for name in shard.event_names], np.bool_)
        through = np.array([not rule.channels or channel in rule.channels for channel in channels], np.bool_)
        table[np.outer(named, through)] |= bit
    if not by_channel:
        return shard.code, table[:, 0].copy()
    codes = shard.code.astype(np.uint32) * np.uint32(len(channels)) + shard.channel_code
    return codes, table.reshape(-1)
