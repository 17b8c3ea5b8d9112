"""How two lived maps beside each other, a customer's walks and single promises stand in the API."""

from __future__ import annotations

from ninja import Schema
from pydantic import AwareDatetime, Field

from safar.maps.comparing import LivedComparison
from safar.maps.lived import LivedMap
from safar.observe.promise_rows import PromiseMade
from safar.observe.thread import ThreadAnswer, Visit

from .shapes import EstimateShape, NoteShape, ProvenanceShape, estimate, note, provenance


class DifferenceShape(Schema):
    """How one number differs."""

    step_id: str = Field(description="Empty for the whole map.")
    number: str = Field(
        description="`fitness`, `coverage`, `reach`, `lost`, `retried`, `went_back`, `contacted`, `score`, `said` or"
        " `kept`."
    )
    of: str = Field(description="What a score or a promise is of; else empty.")
    one: EstimateShape | None
    other: EstimateShape | None
    difference: EstimateShape | None = Field(description="`other - one`.")
    p_value: float
    stands_out: bool = Field(description="It is clear among all that are compared.")


class ComparedShape(Schema):
    """Two lived maps of one design beside each other."""

    map_id: str
    revision: int
    differences: list[DifferenceShape]
    false_discovery_rate: float
    notes: list[NoteShape]
    one: ProvenanceShape
    other: ProvenanceShape


class VisitShape(Schema):
    """A stay at one step."""

    step_id: str
    first_at: AwareDatetime
    last_at: AwareDatetime
    events: int
    move: str | None = Field(
        description="How they came: `designed`, `skip`, `off_map` or `stay`; null at first."
    )
    skipped: list[str]


class WalkShape(Schema):
    """One walk of the journey."""

    visits: list[VisitShape]
    is_open: bool = Field(description="It may still go on.")
    has_arrived: bool


class ThreadShape(Schema):
    """The walks of one customer."""

    customer_id: str = Field(description="The id that they go by.")
    walks: list[WalkShape] = Field(description="The newest first.")
    earlier: int = Field(description="How many older walks are not told.")
    stands_at: VisitShape | None = Field(description="The last stay of all, whatever the window.")
    stands_open: bool
    notes: list[NoteShape]
    provenance: ProvenanceShape


class PromiseMadeShape(Schema):
    """A promise to one customer, and what became of it."""

    customer_id: str
    begun_at: AwareDatetime
    due_at: AwareDatetime
    outcome: str = Field(description="`kept`, `broken` or `open`.")
    kept_at: AwareDatetime | None = Field(description="Null for never.")
    late_seconds: float | None = Field(
        description="After it was due, until it was kept or the log ended; null where it is not broken."
    )


def compared_shape(
    map_id: str, revision: int, found: LivedComparison, one: LivedMap, other: LivedMap
) -> ComparedShape:
    """Return two lived maps beside each other as the API shows them."""
    return ComparedShape(
        map_id=map_id,
        revision=revision,
        differences=[
            DifferenceShape(
                step_id=each.step,
                number=each.number,
                of=each.of,
                one=estimate(each.one),
                other=estimate(each.other),
                difference=estimate(each.difference),
                p_value=each.p_value,
                stands_out=each.stands_out,
            )
            for each in found.differences
        ],
        false_discovery_rate=found.rate,
        notes=[note(each) for each in found.notes],
        one=provenance(one.provenance),
        other=provenance(other.provenance),
    )


def thread_shape(found: ThreadAnswer, most: int) -> ThreadShape:
    """Return the newest walks of a customer as the API shows them."""
    return ThreadShape(
        customer_id=found.customer_id,
        walks=[
            WalkShape(
                visits=[_visit(each) for each in walk.visits],
                is_open=walk.is_open,
                has_arrived=walk.has_arrived,
            )
            for walk in found.passages[::-1][:most]
        ],
        earlier=max(len(found.passages) - most, 0),
        stands_at=None if found.stands_at is None else _visit(found.stands_at),
        stands_open=found.stands_open,
        notes=[note(each) for each in found.notes],
        provenance=provenance(found.provenance),
    )


def _visit(found: Visit) -> VisitShape:
    return VisitShape(
        step_id=found.step,
        first_at=found.first_at,
        last_at=found.last_at,
        events=found.events,
        move=None if found.move is None else found.move.value,
        skipped=list(found.skipped),
    )


def made_shape(found: PromiseMade) -> PromiseMadeShape:
    """Return a promise to one customer as the API shows it."""
    return PromiseMadeShape(
        customer_id=found.customer_id,
        begun_at=found.begun_at,
        due_at=found.due_at,
        outcome=found.outcome,
        kept_at=found.kept_at,
        late_seconds=None if found.late is None else found.late.total_seconds(),
    )
