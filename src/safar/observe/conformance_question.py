"""What can be asked about a designed journey and its lived paths, and what is answered; see `conformance`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .journey import Journey
from .journey_moves import DESIGNED, OFF_MAP, SKIP, STAY
from .steps import StepRule
from .walk import checked_pause

#: More steps than this are on no map, and their pairs in no table that fits.
MOST_JOURNEY_STEPS: Final = 200
#: Within so long somebody tries the same thing again, where nobody says otherwise.
USUAL_RETRY: Final = timedelta(minutes=30)
#: For so long a contact is about the step before it, where nobody says otherwise.
USUAL_CONTACT: Final = timedelta(days=7)


class ConformanceRefused(Refusal, ValueError):
    """The question about a designed journey makes no sense."""

    code = "conformance.refused"


@dataclass(frozen=True, slots=True)
class ConformanceQuestion:
    """Do customers walk a journey as it was designed?

    Parameters
    ----------
    journey
        Steps, moves between them, where it begins and ends well.
    window
        Only what happened in this stretch of time counts; everything when None. Where somebody came from and whether he
        went on is known from before and after it.
    pause
        So long without a step ends a passage: the next step begins another. A customer has one passage when None.
    contacts
        Events by which customers turn to support; nobody is said to do so when None.
    retry_within
        The same thing done three times in so long is tried again and again.
    contact_within
        For so long after a step a contact is about it.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    ConformanceRefused, PauseRefused, ImpossibleLevel
    """

    journey: Journey
    window: Window | None = None
    pause: timedelta | None = field(default=None, kw_only=True)
    contacts: StepRule | None = field(default=None, kw_only=True)
    retry_within: timedelta = field(default=USUAL_RETRY, kw_only=True)
    contact_within: timedelta = field(default=USUAL_CONTACT, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if len(self.journey.steps) > MOST_JOURNEY_STEPS:
            raise ConformanceRefused(
                f"The journey has {len(self.journey.steps)} steps; a map has at most {MOST_JOURNEY_STEPS}.",
                hint="Put some of them on a nested map.",
            )
        if min(self.retry_within, self.contact_within) <= timedelta(0):
            raise ConformanceRefused(
                "Nothing is tried again, and nobody turns to support, within no time.",
                hint="Give a length of time above zero, such as 30m or 7d.",
            )
        checked_pause(self.pause)
        normal_quantile(self.level)


class MoveKind(StrEnum):
    """What the design says of a move."""

    #: It is on the map.
    DESIGNED = "designed"
    #: It leads on, over steps that the map puts between.
    SKIP = "skip"
    #: The map does not lead there.
    OFF_MAP = "off_map"
    #: The same step again.
    STAY = "stay"


#: By what `journey_moves` calls them.
KINDS: Final = {
    STAY: MoveKind.STAY,
    DESIGNED: MoveKind.DESIGNED,
    SKIP: MoveKind.SKIP,
    OFF_MAP: MoveKind.OFF_MAP,
}


@dataclass(frozen=True, slots=True)
class StepLived:
    """How one step was lived.

    Attributes
    ----------
    step
        Its name.
    customers, passages, events
        How many customers and passages were at it, and how many events it took.
    began, ended
        Passages whose first, and whose last step it is.
    open
        Passages that stand here and may still go on: the pause is not over. They have not ended.
    decided
        Passages that were at it last more than a pause before the log ends: whether they went on is known.
    lost
        Of the passages that are decided here, the share that ended here though the
        journey does not; None where the journey may end, and where there are none. Of late nobody can be lost yet: to
        count those who went on soon would flatter. The interval takes passages of one customer as one cluster.
    again
        Customers who came back to it: left it for another step and reached it again in one passage.
    skipped
        Passages that went past it: where it lies on the shortest designed path between two steps that were done one
        after the other, or before the first one.
    retried
        Passages in which one and the same event of the step came three times within ``retry_within``, whatever lay
        between. What people do several times though nothing is wrong does not count: pages, searches, carts, messages,
        answers; nor does what the company does.
    went_back
        Passages that went from it to an earlier step to which the map does not lead; both in the window.
    contacted
        Passages that turned to support within ``contact_within`` after it, before any other step and passage; both in
        the window.
    lost_customers, skipped_customers, retried_customers, went_back_customers, contacted_customers
        How many customers those passages are of.
    median_to_next, p90_to_next
        Time from its last event to the next step, whichever it is: exact quantiles over all moves; None without any.
    """

    step: str
    customers: int
    passages: int
    events: int
    began: int
    ended: int
    open: int
    decided: int
    lost: Estimate | None
    again: int
    skipped: int
    retried: int
    went_back: int
    contacted: int
    lost_customers: int
    skipped_customers: int
    retried_customers: int
    went_back_customers: int
    contacted_customers: int
    median_to_next: timedelta | None
    p90_to_next: timedelta | None


@dataclass(frozen=True, slots=True)
class MoveLived:
    """One step followed by another.

    Attributes
    ----------
    source, target
        Names of steps.
    kind
        See `MoveKind`.
    count, customers
        How often, and by how many customers at least once.
    share
        Of all moves that leave the source, with an interval clustered by customer; None of staying.
    median_gap, p90_gap
        Time from the last event of the one to the first of the other: exact quantiles; None of staying.
    skipped
        The steps that a skip goes past, in the order of the design.
    """

    source: str
    target: str
    kind: MoveKind
    count: int
    customers: int
    share: Estimate | None
    median_gap: timedelta | None
    p90_gap: timedelta | None
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What customers did themselves on the way, between two steps of one passage, and no step takes."""

    event_name: str
    count: int
    customers: int


@dataclass(frozen=True, slots=True)
class ConformanceAnswer:
    """How a designed journey is lived.

    Attributes
    ----------
    customers, passages
        How many did a step of it.
    steps
        In the order of the design, each of them.
    moves
        Most frequent first; of equal ones in the order of the design.
    unmapped
        Most frequent first; of equal ones by name.
    fitness
        Of all moves, the share that the map knows: designed or skipping. None without moves.
    coverage
        Of the steps that were due, the share that was done: visits of steps over those and what was skipped. None
        without steps. Both intervals are clustered by customer.
    notes
        ``conformance.no_events``: steps that nothing was seen of; ``conformance.few_customers``: fewer than thirty, the
        intervals are rough; ``conformance.open``: passages that may still go on; ``conformance.no_pause``: without a
        pause no passage is over, and ends are where customers stand.
    """

    customers: int
    passages: int
    steps: tuple[StepLived, ...]
    moves: tuple[MoveLived, ...]
    unmapped: tuple[Unmapped, ...]
    fitness: Estimate | None
    coverage: Estimate | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a step: counts, ``lost`` with the ends of its interval, times to the next step."""
        counts = ("customers", "passages", "events", "began", "ended", "open", "again", "skipped")
        behaviour = ("retried", "went_back", "contacted")
        people = tuple(f"{name}_customers" for name in ("lost", "skipped", *behaviour))
        times = ("median_to_next", "p90_to_next")
        plain = ("step", *counts, *behaviour, *people)
        return Table.of(
            {
                **{name: [getattr(step, name) for step in self.steps] for name in plain},
                **estimates("lost", [step.lost for step in self.steps]),
                **{name: [getattr(step, name) for step in self.steps] for name in times},
            }
        )

    @property
    def moves_table(self) -> Table:
        """One row a move: ends, kind, counts, ``share`` with the ends of its interval, gaps, what it skips."""
        ends = ("source", "target", "kind", "count", "customers")
        return Table.of(
            {
                **{name: [getattr(move, name) for move in self.moves] for name in ends},
                **estimates("share", [move.share for move in self.moves]),
                **{name: [getattr(move, name) for move in self.moves] for name in ("median_gap", "p90_gap")},
                "skipped": [" > ".join(move.skipped) for move in self.moves],
            }
        )

    @property
    def unmapped_table(self) -> Table:
        """One row a name of events that no step takes: ``event_name``, ``count``, ``customers``."""
        names = ("event_name", "count", "customers")
        return Table.of({name: [getattr(each, name) for each in self.unmapped] for name in names})
