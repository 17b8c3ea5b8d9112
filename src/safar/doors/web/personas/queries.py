"""What others read of personas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from safar.doors.web.segments.queries import SegmentFacts, segment_of
from safar.doors.web.work.queries import WorkFacts, work_of
from safar.maps.anatomy import Words, said
from safar.observe.among import Segment
from safar.store.registry import Workspace

from .drafting import Asked, Found
from .models import DraftRun, Persona


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """One habit of a persona's members, as usual and of late; see `safar.act.persona_drift.Shift`."""

    name: str
    before: float
    now: float
    effect: float
    low: float
    high: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """Something that a customer of the persona said; ``place`` names its event, empty for what was heard elsewhere."""

    quote_id: int
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class PersonaFacts:
    """A persona.

    Attributes
    ----------
    name, story
        By language; the story by its parts (`stories.STORY_PARTS`).
    channels
        Those it prefers, as the log names them.
    picture_type
        Empty where its initials stand for it.
    segment
        Who is of it; None where its segment is gone.
    size, share, value_share
        How many customers, which share of all, and of what all have spent; None while they are not counted.
    quotes
        The newest first.
    shifts
        Its members' habits of late beside the usual ones, the largest effect first.
    described_at, looked_at
        When the usual habits were taken, and when they were compared last.
    """

    public_id: str
    name: Words
    story: dict[str, Words]
    channels: tuple[str, ...]
    picture_type: str
    segment_id: str
    segment_facts: SegmentFacts | None
    quotes: tuple[QuoteFacts, ...]
    shifts: tuple[ShiftFacts, ...]
    looked_at: datetime | None

    @property
    def segment(self) -> Segment | None:
        """Who is of it; None where its segment is gone."""
        return None if self.segment_facts is None else self.segment_facts.segment

    @property
    def size(self) -> int | None:
        """How many customers; None while they are not counted."""
        return None if self.segment_facts is None else self.segment_facts.size

    @property
    def share(self) -> float | None:
        """Of all customers, 0…1; None while they are not counted."""
        return None if self.segment_facts is None else self.segment_facts.share

    @property
    def value_share(self) -> float | None:
        """Of what all customers spent, 0…1; None while it is not counted."""
        return None if self.segment_facts is None else self.segment_facts.value_share

    @property
    def is_drifting(self) -> bool:
        """Whether its members have begun to live otherwise."""
        return any(shift.is_clear for shift in self.shifts)

    def initial(self, *languages: str) -> str:
        """Return the letter that stands for it."""
        return said(self.name, *languages).strip()[:1]


@dataclass(frozen=True, slots=True)
class DriftingPersona:
    """A persona whose members have begun to live otherwise: its name by language, and all shifts as last seen."""

    public_id: str
    name: Words
    shifts: tuple[ShiftFacts, ...]
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A search for groups: what was asked, what was found (None while it is looked for), and the work that looks."""

    public_id: str
    asked: Asked
    found: Found | None
    work: WorkFacts | None
    made_at: datetime


def personas_of(workspace: Workspace) -> tuple[PersonaFacts, ...]:
    """Return the personas of a workspace, in the order they were made."""
    rows = Persona.objects.filter(workspace_id=workspace.workspace_id, is_archived=False)
    return tuple(_facts(workspace, row) for row in rows.order_by("id").prefetch_related("quotes"))


def drifting_personas(workspace: Workspace) -> tuple[DriftingPersona, ...]:
    """Return the personas whose members have begun to live otherwise, in the order they were made."""
    rows = Persona.objects.filter(workspace_id=workspace.workspace_id, is_archived=False).exclude(shifts=[])
    found = (
        DriftingPersona(public_id, dict(name), tuple(ShiftFacts(**each) for each in shifts), looked_at)
        for public_id, name, shifts, looked_at in rows.order_by("id").values_list(
            "public_id", "name", "shifts", "looked_at"
        )
    )
    return tuple(each for each in found if any(shift.is_clear for shift in each.shifts))


def persona_of(workspace: Workspace, public_id: str) -> PersonaFacts | None:
    """Return one persona, or None."""
    row = Persona.objects.filter(
        workspace_id=workspace.workspace_id, public_id=public_id, is_archived=False
    ).first()
    return None if row is None else _facts(workspace, row)


def picture_of(workspace: Workspace, public_id: str) -> tuple[bytes, str] | None:
    """Return the picture of a persona and its media type; None where it has none."""
    row = Persona.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    return None if row is None or not row.picture_type else (bytes(row.picture), str(row.picture_type))


def run_of(workspace: Workspace, run_id: str) -> RunFacts | None:
    """Return a search for groups, or None."""
    row = DraftRun.objects.filter(workspace_id=workspace.workspace_id, public_id=run_id).first()
    return None if row is None else _run(workspace, row)


def runs_of(workspace: Workspace, *, most: int = 5) -> tuple[RunFacts, ...]:
    """Return the newest searches for groups."""
    rows = DraftRun.objects.filter(workspace_id=workspace.workspace_id).order_by("-id")[:most]
    return tuple(_run(workspace, row) for row in rows)


def run_under_way(workspace: Workspace) -> RunFacts | None:
    """Return the search for groups that waits or runs, or None: there is at most one."""
    runs = runs_of(workspace, most=20)
    return next((run for run in runs if run.work is not None and not run.work.has_ended), None)


def _run(workspace: Workspace, row: DraftRun) -> RunFacts:
    return RunFacts(
        row.public_id,
        msgspec.convert(row.asked, Asked),
        msgspec.convert(row.found, Found) if row.found else None,
        work_of(row.work_id, workspace.workspace_id) if row.work_id else None,
        row.made_at,
    )


def _facts(workspace: Workspace, row: Any) -> PersonaFacts:
    quotes = sorted(row.quotes.all(), key=lambda quote: -quote.pk)
    return PersonaFacts(
        public_id=row.public_id,
        name=dict(row.name),
        story={part: dict(words) for part, words in row.story.items()},
        channels=tuple(row.channels),
        picture_type=row.picture_type,
        segment_id=row.segment_id,
        segment_facts=segment_of(workspace, row.segment_id),
        quotes=tuple(QuoteFacts(quote.pk, quote.text, quote.place) for quote in quotes),
        shifts=tuple(ShiftFacts(**shift) for shift in row.shifts),
        looked_at=row.looked_at,
    )
