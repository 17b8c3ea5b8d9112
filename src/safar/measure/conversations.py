"""Conversations as columns: who said what when, when each was open, and which clocks ran.

From a log (`conversations`), or from arrays of any source (`Conversations.of`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.extracts import Extract, Field
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import (
    CONVERSATION_RESOLVED,
    CONVERSATION_STARTED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
)
from safar.vocabulary.window import Window
from safar.vocabulary.working_time import WorkingTime

from .whole_time import whole_time
from .work_clock import WorkClock

if TYPE_CHECKING:
    from safar.store.log import Log

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: What happens in a conversation, by its place: the codes of `conversation_kernels`.
KINDS: Final = (
    "started",
    "asked",
    "answered",
    "bot_answered",
    "paused",
    "resumed",
    "resolved",
    "reopened",
    "handed_over",
)
STARTED, ASKED, ANSWERED, BOT_ANSWERED, PAUSED, RESUMED, RESOLVED, REOPENED, HANDED_OVER = range(len(KINDS))

CONVERSATION_REOPENED: Final = frozenset({"conversation_reopened"})
CONVERSATION_PAUSED: Final = frozenset({"conversation_paused"})
CONVERSATION_RESUMED: Final = frozenset({"conversation_resumed"})
CONVERSATION_HANDED_OVER: Final = frozenset({"conversation_handed_over"})
_KIND_OF: Final[Mapping[int, frozenset[str]]] = {
    STARTED: CONVERSATION_STARTED,
    ASKED: MESSAGE_RECEIVED,
    ANSWERED: MESSAGE_SENT,
    PAUSED: CONVERSATION_PAUSED,
    RESUMED: CONVERSATION_RESUMED,
    RESOLVED: CONVERSATION_RESOLVED,
    REOPENED: CONVERSATION_REOPENED,
    HANDED_OVER: CONVERSATION_HANDED_OVER,
}
_KEY, _CHANNEL, _TOPIC, _BOT = "conversation", "channel", "topic", "bot"
_COST, _CURRENCY = "cost", "currency"
_MOVES: Final = Extract(
    frozenset().union(*_KIND_OF.values()),
    (
        Field(_KEY, "properties->>'conversation_id'", "key"),
        Field(_CHANNEL, "channel", "text"),
        Field(_TOPIC, "properties->>'topic'", "text"),
        # a first answer by a machine is none
        Field(_BOT, "coalesce(properties->>'bot', properties->>'automatic')", "text"),
    ),
)
#: What a conversation says it cost, each time it is resolved.
_COSTS: Final = Extract(
    _MOVES.names,
    (
        Field(_KEY, "properties->>'conversation_id'", "key"),
        Field(_COST, "try_cast(properties->>'cost' AS DOUBLE)", "real"),
        Field(_CURRENCY, "coalesce(properties->>'currency', '')", "text"),
    ),
)
_SAYS_NO: Final = frozenset({"", "false", "0"})


class ConversationsRefused(Refusal, ValueError):
    """The columns cannot be those of conversations."""

    code = "service.conversations_refused"


@dataclass(frozen=True, eq=False)
class Conversations:
    """Conversations and what happened in each.

    Attributes
    ----------
    customer
        Whose each conversation is: keys of persons where they come from a log, otherwise as given.
    channel, topic
        Text of each, as its first move that says one has it.
    starts
        ``int64`` of shape (conversations + 1,): where the moves of each begin.
    kind, time
        Of each move: a place in `KINDS`, and microseconds UTC; by conversation and time.
    until
        The first instant that was not watched, in microseconds UTC.
    version
        The log's version; empty where there is no log.
    left_out
        Moves that name no conversation.
    """

    customer: NDArray[Any]
    channel: NDArray[np.str_]
    topic: NDArray[np.str_]
    starts: Ints
    kind: NDArray[np.int8]
    time: Ints
    until: int
    version: str = ""
    left_out: int = 0

    @classmethod
    def of(
        cls,
        conversation: ArrayLike,
        kind: ArrayLike,
        time: ArrayLike,
        *,
        customer: ArrayLike | None = None,
        channel: ArrayLike | None = None,
        topic: ArrayLike | None = None,
        until: int | None = None,
        version: str = "",
        left_out: int = 0,
    ) -> Conversations:
        """Return conversations from one row a move, in any order; of one instant in the order given.

        Parameters
        ----------
        conversation
            Which one: any label.
        kind
            Texts of `KINDS`, or their places.
        time
            Microseconds UTC (``int64``).
        customer, channel, topic
            Of each row; the first that is not empty holds for the conversation. The conversation stands for its
            customer when None.
        until
            The first instant that was not watched, in microseconds UTC; just after the last move when None.

        Raises
        ------
        ConversationsRefused
        """
        keys, times = np.asarray(conversation), np.asarray(time, np.int64)
        kinds = _kinds(np.asarray(kind))
        if not len(keys) == len(kinds) == len(times):
            raise ConversationsRefused(
                f"There are {len(keys):,} conversations, {len(kinds):,} kinds and {len(times):,} times.",
                hint="Give one of each for every move.",
            )
        known, places = np.unique(keys, return_inverse=True)
        order = np.lexsort((times, places))  # stable: of one instant as given
        places = places[order].astype(np.int64)
        starts = np.searchsorted(places, np.arange(len(known) + 1)).astype(np.int64)
        first = order[starts[:-1]] if len(known) else order
        return cls(
            known if customer is None else np.asarray(customer)[first],
            _said_first(channel, places, order, len(known)),
            _said_first(topic, places, order, len(known)),
            starts,
            kinds[order],
            times[order],
            int(times.max()) + 1 if until is None and len(times) else until or 0,
            version,
            left_out,
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def begun_at(self) -> Ints:
        """When each began, in microseconds UTC."""
        return self.time[self.starts[:-1]]

    @cached_property
    def turns(self) -> tuple[Ints, Ints, Ints]:
        """Every time one was opened or closed: its conversation, when, and 1 for opened or −1 for closed."""
        of = np.repeat(np.arange(len(self)), np.diff(self.starts))
        opens = np.zeros(len(self.time), np.bool_)
        opens[self.starts[:-1]] = True
        opens |= self.kind == REOPENED
        rows = np.flatnonzero(opens | (self.kind == RESOLVED))
        # To resolve what is resolved, or open what is open, is no turn.
        turns = np.ones(len(rows), np.bool_)
        turns[1:] = (of[rows[1:]] != of[rows[:-1]]) | (opens[rows[1:]] != opens[rows[:-1]])
        rows = rows[turns]
        return of[rows], self.time[rows], np.where(opens[rows], 1, -1)

    def those(self, mask: Flags) -> Conversations:
        """Return some of the conversations."""
        rows = np.repeat(mask, np.diff(self.starts))
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[mask])]).astype(np.int64)
        return Conversations(
            self.customer[mask],
            self.channel[mask],
            self.topic[mask],
            starts,
            self.kind[rows],
            self.time[rows],
            self.until,
            self.version,
            self.left_out,
        )

    def clocked(self, working: WorkingTime | None = None, *, waits_for_customer: bool = False) -> Clocked:
        """Return how long each took.

        Parameters
        ----------
        working
            When somebody is at work; always when None.
        waits_for_customer
            Whether the clock of the resolution stands still from each answer until the customer's next message, beside
            the pauses that are told.
        """
        from .conversation_kernels import walk_conversations  # noqa: PLC0415 - compiled code only when needed

        clock = WorkClock.of(working, self.time, np.array([self.until], np.int64))
        size, moves = len(self), len(self.time)
        found = Clocked(
            np.empty(size, np.int64),
            np.empty(size, np.int64),
            np.empty(size, np.int64),
            np.zeros((size, 5), np.int64),
            np.empty(moves, np.int64),
            np.empty(moves, np.int64),
            np.empty(moves, np.int64),
            int(clock.at(np.array([self.until], np.int64))[0]),
            clock.at(self.begun_at),
        )
        gaps = walk_conversations(
            self.starts, self.kind, clock.at(self.time), waits_for_customer, *found.arrays
        )
        return found.cut(gaps)


@dataclass(frozen=True, eq=False)
class Clocked:
    """How long conversations took, by the work clock, in microseconds.

    Attributes
    ----------
    first_response
        From the beginning to the first answer by a person; −1 where there is none.
    resolution
        Open and not paused, up to the last time it was resolved; −1 where it never was.
    open_for
        Open and not paused, up to the last move.
    counts
        Of shape (conversations, 5): messages of the customer before the first resolution; how often resolved, reopened,
        handed over; whether resolved at the end.
    gap_of, gap_begins, gap_ends
        For each next response its conversation, when the customer began to wait and when they were answered; −1 while
        they wait.
    now
        What the clock shows at the present.
    begun
        What it showed when each began.
    """

    first_response: Ints
    resolution: Ints
    open_for: Ints
    counts: Ints
    gap_of: Ints
    gap_begins: Ints
    gap_ends: Ints
    now: int
    begun: Ints

    @property
    def arrays(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
        """The arrays that the walk fills."""
        return (
            self.first_response,
            self.resolution,
            self.open_for,
            self.counts,
            self.gap_of,
            self.gap_begins,
            self.gap_ends,
        )

    def cut(self, gaps: int) -> Clocked:
        """Return the same with so many next responses."""
        return Clocked(
            self.first_response,
            self.resolution,
            self.open_for,
            self.counts,
            self.gap_of[:gaps],
            self.gap_begins[:gaps],
            self.gap_ends[:gaps],
            self.now,
            self.begun,
        )


def conversations(log: Log, window: Window | None = None) -> Conversations:
    """Return the conversations of a log that began in a stretch of time, with all that happened in them up to now.

    Read are ``conversation_started``, ``message_received``, ``message_sent``, ``conversation_paused``, ``_resumed``,
    ``_resolved``, ``_reopened`` and ``_handed_over`` with a ``conversation_id``; a message sent with ``bot`` or
    ``automatic`` true is a machine's.
    """
    everything = whole_time(log)
    rows = log.rows(_MOVES, everything)
    kinds = np.full(len(rows), -1, np.int8)
    for code, names in _KIND_OF.items():
        kinds[rows.are(names)] = code
    bot = rows.fields[_BOT]
    is_bot = np.fromiter((text.lower() not in _SAYS_NO for text in bot.texts), np.bool_, len(bot.texts))
    if len(is_bot):
        kinds[(kinds == ANSWERED) & is_bot[bot.values]] = BOT_ANSWERED
    named = rows.fields[_KEY].values != 0
    found = Conversations.of(
        rows.fields[_KEY].values[named],
        kinds[named],
        rows.time[named],
        customer=rows.person[named],
        channel=_texts(rows.fields[_CHANNEL].texts, rows.fields[_CHANNEL].values[named]),
        topic=_texts(rows.fields[_TOPIC].texts, rows.fields[_TOPIC].values[named]),
        until=everything.end_us,
        version=rows.version,
        left_out=int((~named).sum()),
    )
    if window is None:
        return found
    begun = found.begun_at
    return found.those((begun >= window.start_us) & (begun < window.end_us))


def told_costs(log: Log) -> tuple[Floats, NDArray[np.str_]]:
    """Return what each conversation of a log says it cost, and in which currency, in the order of `conversations`.

    Any of its events may say ``cost``, a number of whole units of its ``currency``; several are added up. NaN where
    none does; the currency is the first that is told.
    """
    rows = log.rows(_COSTS, whole_time(log))
    keys = rows.fields[_KEY].values
    known, places = np.unique(keys[keys != 0], return_inverse=True)
    cost = rows.fields[_COST].values[keys != 0]
    told = np.isfinite(cost) & (cost >= 0)
    total = np.bincount(places[told], cost[told], len(known)).astype(np.float64)
    total[np.bincount(places[told], minlength=len(known)) == 0] = np.nan
    column = rows.fields[_CURRENCY]
    texts = _texts(column.texts, column.values[keys != 0])
    found = np.full(len(known), "", np.dtype("U3"))
    named = np.flatnonzero(told & (texts != ""))[::-1]
    found[places[named]] = texts[named]
    return total, found


def _texts(texts: tuple[str, ...], codes: NDArray[Any]) -> NDArray[np.str_]:
    return np.array(texts or ("",))[codes] if len(codes) else np.zeros(0, np.str_)


def _kinds(given: NDArray[Any]) -> NDArray[np.int8]:
    if given.dtype.kind in "iu":
        wrong = (given < 0) | (given >= len(KINDS))
        places = given
    else:
        known, codes = np.unique(given.astype(str), return_inverse=True)
        of = np.array([KINDS.index(text) if text in KINDS else -1 for text in known.tolist()] or [-1])
        places, wrong = of[codes], of[codes] < 0
    if wrong.any():
        raise ConversationsRefused(
            f"{given[wrong][0]!s} is nothing that happens in a conversation.",
            hint=f"Use one of {', '.join(KINDS)}.",
        )
    return places.astype(np.int8)


def _said_first(given: ArrayLike | None, places: Ints, order: Ints, size: int) -> NDArray[np.str_]:
    """Return of each conversation the first text that is not empty."""
    if given is None:
        return np.zeros(size, np.str_)
    texts = np.asarray(given).astype(str)[order]
    said = np.flatnonzero(texts != "")
    found = np.zeros(size, texts.dtype)
    found[places[said][::-1]] = texts[said][::-1]
    return found
