"""Service: how fast customers are answered and helped, how often at first contact, how often again, at what backlog.

Clocks run in working time, stand still while a conversation is paused, and stop where it is resolved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean, normal_quantile, share
from safar.vocabulary.window import Window
from safar.vocabulary.working_time import WorkingTime

from .conversations import Clocked, Conversations, conversations
from .first_contact import FirstContact, FirstContactRules, answers_of, first_contact
from .quantiles import quantile

if TYPE_CHECKING:
    from safar.store.log import Log

Ints = NDArray[np.int64]
ClockName = Literal["first_response", "next_response", "resolution"]
CLOCKS: Final[tuple[ClockName, ...]] = get_args(ClockName)
By = Literal["channel", "topic"]
_US: Final = 1_000_000


class ServiceRefused(Refusal, ValueError):
    """The question about service makes no sense."""

    code = "service.refused"


@dataclass(frozen=True, slots=True)
class ServiceQuestion:
    """How fast and how well are customers served?

    Parameters
    ----------
    window
        Conversations that began in this stretch of time; all of them when None. What happens in them may come after it.
    working
        When somebody is at work: clocks stand still else. Always when None.
    targets
        For each clock of `CLOCKS` that has one, the longest that was promised, in working time.
    waits_for_customer
        Whether the clock of the resolution also stands still from an answer until the customer's next message.
    by
        ``channel`` or ``topic``: numbers for each of them beside all.
    first_contact
        What counts as resolved at first contact.
    level
        Confidence level of the intervals.

    Raises
    ------
    ServiceRefused, ImpossibleLevel
    """

    window: Window | None = None
    working: WorkingTime | None = None
    targets: tuple[tuple[ClockName, timedelta], ...] = ()
    waits_for_customer: bool = False
    by: By | None = None
    first_contact: FirstContactRules = field(default_factory=FirstContactRules)
    level: float = DEFAULT_LEVEL

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        for name, target in self.targets:
            if name not in CLOCKS or target <= timedelta(0):
                raise ServiceRefused(
                    f"{target} is no target for {name!r}.",
                    hint=f"Clocks are {', '.join(CLOCKS)}; a target is longer than nothing.",
                )
        if self.by not in {None, *get_args(By)}:
            raise ServiceRefused(f"{self.by!r} parts no conversations.", hint="Use channel or topic.")


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something took, in seconds (of working time where there is one).

    Attributes
    ----------
    name
        ``first_response``: from the beginning to the first answer by a person. ``next_response``: from a customer's
        message after an answer to the next answer; a resolution ends the waiting. ``resolution``: open and not paused,
        up to the last time it was resolved.
    n
        How many are over.
    waiting
        How many are not.
    median, p90, mean
        Of those that are over; None where none is.
    kept
        The share within the target, with Wilson's interval; None without a target. Whoever waits longer than that
        already counts as not kept, whoever may still be answered in time does not count yet.
    negative
        How many end before they begin, as told: they count as they are.
    """

    name: str
    n: int
    waiting: int
    median: Estimate | None
    p90: Estimate | None
    mean: Estimate | None
    kept: Estimate | None
    negative: int = 0


@dataclass(frozen=True, slots=True)
class ServiceNumbers:
    """The numbers of one group of conversations.

    Attributes
    ----------
    label
        The channel or topic; empty for all.
    n, open
        Conversations, and how many of them are open now.
    clocks
        In the order of `CLOCKS`.
    reopened
        Of those ever resolved, the share opened again; None where none was.
    first_contact
        Its four definitions.
    """

    label: str
    n: int
    open: int
    clocks: tuple[Clock, ...]
    reopened: Estimate | None
    first_contact: FirstContact


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """The numbers of all conversations first, then by group, the largest first.

    Notes: messages without a conversation (``service.no_conversation``); conversations still open, whose resolution is
    not in any number yet (``service.open``); clocks that end before they begin (``service.negative``).
    """

    groups: tuple[ServiceNumbers, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a group and clock; seconds."""
        rows = [(group, clock) for group in self.groups for clock in group.clocks]
        return Table.of(
            {
                "group": [group.label for group, _ in rows],
                "clock": [clock.name for _, clock in rows],
                "n": [clock.n for _, clock in rows],
                "waiting": [clock.waiting for _, clock in rows],
                **estimates("median_seconds", [clock.median for _, clock in rows]),
                **estimates("p90_seconds", [clock.p90 for _, clock in rows]),
                **estimates("mean_seconds", [clock.mean for _, clock in rows]),
                **estimates("kept_rate", [clock.kept for _, clock in rows]),
            }
        )

    @property
    def shares(self) -> Table:
        """One row a group: how many, how many open, reopened, and resolved at first contact by four definitions."""
        groups = self.groups
        return Table.of(
            {
                "group": [group.label for group in groups],
                "conversations": [group.n for group in groups],
                "open": [group.open for group in groups],
                **estimates("reopen_rate", [group.reopened for group in groups]),
                **estimates("fcr_gross", [group.first_contact.gross for group in groups]),
                **estimates("fcr_net", [group.first_contact.net for group in groups]),
                **estimates("fcr_no_repeat", [group.first_contact.no_repeat for group in groups]),
                **estimates("fcr_asked", [group.first_contact.asked for group in groups]),
            }
        )


def clock(
    name: str,
    lengths_us: Ints,
    *,
    waiting_us: Ints | None = None,
    target: timedelta | None = None,
    level: float = DEFAULT_LEVEL,
) -> Clock:
    """Return what a clock says.

    Parameters
    ----------
    lengths_us
        Of those that are over, in microseconds.
    waiting_us
        How long the others wait so far; none when None.
    target
        The longest that was promised.

    Notes
    -----
    Medians and 90th percentiles have intervals from the order of values alone. The numbers are of those that are over:
    while many still wait, they are too short; then draw a survival curve (`safar.measure.survival`).
    """
    waiting = np.zeros(0, np.int64) if waiting_us is None else waiting_us
    seconds = lengths_us / _US
    kept = None
    if target is not None:
        most = target // timedelta(microseconds=1)
        in_time = int((lengths_us <= most).sum())
        kept = share(in_time, len(lengths_us) + int((waiting > most).sum()), level=level)
    average = mean(math.fsum(seconds), math.fsum(seconds * seconds), len(seconds), level=level)
    return Clock(
        name,
        len(lengths_us),
        len(waiting),
        quantile(seconds, 0.5, level=level),
        quantile(seconds, 0.9, level=level),
        average,
        kept,
        int((lengths_us < 0).sum()),
    )


def service(log: Log, question: ServiceQuestion) -> ServiceAnswer:
    """Answer how fast and how well customers are served, from the conversations of a log.

    Returns
    -------
    ServiceAnswer
        Empty numbers where there are no conversations.
    """
    found = conversations(log)
    inside = np.ones(len(found), np.bool_)
    if question.window is not None:
        begun = found.begun_at
        inside = (begun >= question.window.start_us) & (begun < question.window.end_us)
    return served(found, question, inside=inside, said=answers_of(log, question.first_contact))


def served(
    found: Conversations,
    question: ServiceQuestion,
    *,
    inside: NDArray[np.bool_] | None = None,
    said: Mapping[int, bool] | None = None,
) -> ServiceAnswer:
    """Answer the same of conversations from any source.

    Parameters
    ----------
    inside
        Which of them are asked about; the others are only looked at for repeated contacts. All when None.
    said
        By customer, as in ``found.customer``, whether he said that it was resolved at first contact.
    """
    chosen = np.ones(len(found), np.bool_) if inside is None else inside
    clocked = found.clocked(question.working, waits_for_customer=question.waits_for_customer)
    groups = [("", chosen)]
    if question.by is not None:
        texts = found.channel if question.by == "channel" else found.topic
        known, counts = np.unique(texts[chosen], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        groups += [(str(known[place]), chosen & (texts == known[place])) for place in order]
    numbers = tuple(
        _numbers(label, mask, found=found, clocked=clocked, question=question, said=said or {})
        for label, mask in groups
    )
    negative = max((each.negative for each in numbers[0].clocks), default=0)
    notes = notes_with_facts(
        [
            ("service.no_conversation", found.left_out),
            ("service.open", numbers[0].open),
            ("service.negative", negative),
        ]
    )
    rows = int(np.diff(found.starts)[chosen].sum())
    return ServiceAnswer(numbers, notes, Provenance(question, found.version, rows))


def _numbers(
    label: str,
    mask: NDArray[np.bool_],
    *,
    found: Conversations,
    clocked: Clocked,
    question: ServiceQuestion,
    said: Mapping[int, bool],
) -> ServiceNumbers:
    counts = clocked.counts[mask]
    is_open = counts[:, 4] == 0
    of_gap = mask[clocked.gap_of]
    begins, ends = clocked.gap_begins[of_gap], clocked.gap_ends[of_gap]
    answered = clocked.first_response[mask] >= 0
    so_far = clocked.now - clocked.begun[mask]
    over = {
        "first_response": clocked.first_response[mask][answered],
        "next_response": (ends - begins)[ends >= 0],
        "resolution": clocked.resolution[mask][~is_open],
    }
    waiting = {
        "first_response": so_far[~answered & is_open],
        "next_response": (clocked.now - begins)[ends < 0],
        "resolution": clocked.open_for[mask][is_open],
    }
    targets = dict(question.targets)
    resolved, reopened = int((counts[:, 1] > 0).sum()), int(((counts[:, 1] > 0) & (counts[:, 2] > 0)).sum())
    return ServiceNumbers(
        label,
        int(mask.sum()),
        int(is_open.sum()),
        tuple(
            clock(
                name,
                over[name],
                waiting_us=waiting[name],
                target=targets.get(name),
                level=question.level,
            )
            for name in CLOCKS
        ),
        share(reopened, resolved, level=question.level),
        first_contact(found, clocked, question.first_contact, mask=mask, said=said, level=question.level),
    )
