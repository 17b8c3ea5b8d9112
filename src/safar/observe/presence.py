"""Presence: how many customers had each event, or came by each channel, in two windows, and how many in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

Kind = Literal["event", "channel"]


class WindowsOverlap(Refusal, ValueError):
    """The window to compare with does not lie before the other."""

    code = "presence.windows_overlap"


@dataclass(frozen=True, slots=True)
class PresenceQuestion:
    """How many customers had each event, or came by each channel, now and before?

    Parameters
    ----------
    now, before
        ``before`` ends at or before the start of ``now``.
    of
        ``"event"`` or ``"channel"``.

    Raises
    ------
    WindowsOverlap
    """

    now: Window
    before: Window
    of: Kind = "event"

    def __post_init__(self) -> None:
        if self.before.end > self.now.start:
            raise WindowsOverlap(
                f"The window before ends at {self.before.end.isoformat()}, after {self.now.start.isoformat()}.",
                hint="Compare a window with one that ends before it starts.",
            )


@dataclass(frozen=True, slots=True)
class Presence:
    """Counts of one event name or channel.

    Attributes
    ----------
    now, before, both
        Customers with at least one such event in the window; in both windows.
    events_now, events_before
        The events themselves.
    """

    now: int
    before: int
    both: int
    events_now: int
    events_before: int


@dataclass(frozen=True, slots=True)
class PresenceAnswer:
    """By event name or channel, those with the most events first."""

    of: Mapping[str, Presence]
    provenance: Provenance


def presence(log: Log, question: PresenceQuestion) -> PresenceAnswer:
    """Answer how many customers had each event, or came by each channel, in both windows.

    A customer counts once in a window, however many events he had: so counts of two windows compare as pairs.

    Parameters
    ----------
    log
        Where the events are.
    question
        Windows, and whether by event or by channel.
    """
    paths = log.paths()
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for shard in paths.shards:
        for text, found in _of_shard(shard, question).items():
            counts[text] = [a + b for a, b in zip(counts[text], found, strict=True)]
    there = {text: Presence(*found) for text, found in counts.items() if found[3] or found[4]}
    ordered = sorted(there, key=lambda text: (-there[text].events_now - there[text].events_before, text))
    return PresenceAnswer(
        {text: there[text] for text in ordered},
        Provenance(question, paths.version, sum(each.events_now for each in there.values())),
    )


def _of_shard(shard: PathShard, question: PresenceQuestion) -> dict[str, list[int]]:
    from safar.store.window_kernels import count_by_code  # noqa: PLC0415 - compiled code only when needed

    is_event = question.of == "event"
    texts = shard.event_names if is_event else shard.channels
    counts = np.zeros((len(texts), 5), np.int64)
    count_by_code(
        shard.first,
        shard.end,
        shard.time,
        shard.code if is_event else shard.channel_code,
        question.now.start_us,
        question.now.end_us,
        question.before.start_us,
        question.before.end_us,
        counts,
    )
    return dict(zip(texts, counts.tolist(), strict=True))
