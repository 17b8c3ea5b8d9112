"""What pages and programs read of segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Sum
from numpy.typing import NDArray

from safar.act.audience_state import column as column_of
from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.observe.among import Segment as Definition
from safar.observe.customers import CustomerFacts, customer_facts
from safar.observe.executors import shared_executor
from safar.observe.segment_size import SegmentSizeAnswer, SegmentSizeQuestion, segment_size
from safar.observe.segment_text import segment_of as read_segment
from safar.store.log import Log
from safar.store.newest import key_of_id
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .keeping import definition_of, keeper_of
from .models import Movement, Segment, SizeOfDay

#: Members of one page.
MEMBERS_ROWS: Final = 50
#: So many of the last who came and left are shown.
_LAST: Final = 20
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """A segment.

    Attributes
    ----------
    public_id, name, text, is_archived
        As kept; the text is its definition without the name.
    segment
        What it defines: takes part in questions as `safar.observe.among.Among.segment`.
    size, customers, value_share, size_at
        Members and customers in all, the members' share of value, and when that was; None until it was looked at.
    entered, left
        How many came and left in the last 7 days.
    created_at, created_by, changed_at, changed_by
        When and by whom; an empty text for who is gone.
    """

    public_id: str
    name: str
    text: str
    segment: Definition
    size: int | None
    customers: int | None
    value_share: float | None
    size_at: datetime | None
    entered: int
    left: int
    is_archived: bool
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str

    @property
    def share(self) -> float | None:
        """The members' part of all customers; None where that is not known."""
        return self.size / self.customers if self.size is not None and self.customers else None


@dataclass(frozen=True, slots=True)
class DayFacts:
    """How large a segment was at the end of a day, and who came and left on it."""

    on: date
    size: int
    customers: int
    value_share: float | None
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class MovementFacts:
    """That a customer came into a segment (``entered``) or left it."""

    customer_id: str
    at: datetime
    entered: bool


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Members of a segment, those first who did something last.

    Attributes
    ----------
    customers
        Each with when he did something last.
    next_after
        Where the next page starts; None at the end.
    """

    customers: tuple[tuple[CustomerFacts, datetime], ...]
    next_after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """That a customer is in a segment, and since when; None where that is not remembered."""

    public_id: str
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """How large a segment is just now.

    Attributes
    ----------
    size, customers
        Members, and customers in all.
    value_share
        The members' part of all that was spent in ``currency``; None where nothing was.
    """

    size: int
    customers: int
    value_share: float | None
    currency: str

    @property
    def share(self) -> float | None:
        """The part of all customers; None where there are none."""
        return self.size / self.customers if self.customers else None


def segments_of(workspace: Workspace, *, archived: bool = False) -> tuple[SegmentFacts, ...]:
    """Return the segments of a workspace by name; those that were put away with ``archived``."""
    rows = Segment.objects.filter(workspace_id=workspace.workspace_id, is_archived=archived)
    return _facts(workspace, rows.select_related("created_by", "changed_by").order_by("name", "id"))


def segment_of(workspace: Workspace, public_id: str) -> SegmentFacts | None:
    """Return a segment of the workspace, an archived one too; None where it has none such."""
    rows = Segment.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    return next(iter(_facts(workspace, rows.select_related("created_by", "changed_by"))), None)


def history_of(workspace: Workspace, public_id: str, *, days: int = 365) -> tuple[DayFacts, ...]:
    """Return how large a segment was at the end of each of the last days, oldest first; nothing for unknown ones."""
    rows = SizeOfDay.objects.filter(
        segment__workspace_id=workspace.workspace_id, segment__public_id=public_id
    ).order_by("-on")[:days]
    found = [
        DayFacts(row.on, row.size, row.customers, row.value_share, row.entered, row.left) for row in rows
    ]
    return tuple(reversed(found))


def movements_of(workspace: Workspace, public_id: str, limit: int = _LAST) -> tuple[MovementFacts, ...]:
    """Return who came into a segment and left it last, newest first; without those the log has no more."""
    rows = list(
        Movement.objects.filter(
            segment__workspace_id=workspace.workspace_id, segment__public_id=public_id
        ).order_by("-id")[:limit]
    )
    names = _ids(workspace, [int(row.person, 16) for row in rows])
    return tuple(
        MovementFacts(names[int(row.person, 16)], row.at, row.has_entered)
        for row in rows
        if int(row.person, 16) in names
    )


def members_page(
    workspace: Workspace, public_id: str, *, limit: int = MEMBERS_ROWS, after: tuple[int, int] | None = None
) -> MembersPage:
    """Return a page of a segment's members, as of when it was looked at last."""
    keeper = keeper_of(workspace.workspace_id)
    pairs = keeper.latest(public_id, limit=limit + 1, after=after) if _is_here(workspace, public_id) else []
    shown = pairs[:limit]
    log = current_home().log(workspace.workspace_id)
    names = _ids(workspace, [key for _, key in shown])
    there = [(at, names[key]) for at, key in shown if key in names]
    facts = customer_facts(log, [customer_id for _, customer_id in there])
    customers = tuple(
        (each, datetime.fromtimestamp(at / 1e6, UTC)) for each, (at, _) in zip(facts, there, strict=True)
    )
    return MembersPage(customers, shown[-1] if len(pairs) > limit else None)


def member_keys(workspace: Workspace, public_id: str) -> NDArray[np.uint64]:
    """Return the keys of a segment's members, ascending, as of when it was looked at last; nobody of an unknown one."""
    if not _is_here(workspace, public_id):
        return np.zeros(0, np.uint64)
    return keeper_of(workspace.workspace_id).members(public_id)


def memberships_of(workspace: Workspace, ids: Sequence[str]) -> Mapping[str, tuple[MembershipFacts, ...]]:
    """Return in which segments customers are, by the ids that were asked for."""
    held = keeper_of(workspace.workspace_id).held()
    rows = list(
        Segment.objects.filter(workspace_id=workspace.workspace_id, is_archived=False).order_by("name", "id")
    )
    if held is None or not rows or not ids:
        return dict.fromkeys(ids, ())
    log = current_home().log(workspace.workspace_id)
    keys = {each: key_of_id(log.identity.person_of(each)) for each in ids}
    persons = np.unique(np.array(list(keys.values()), np.uint64))
    since = _since(rows, persons.tolist())
    bits = held.standings.bits_of(persons)
    found: dict[int, list[MembershipFacts]] = {int(key): [] for key in persons}
    for row in rows:
        column = held.columns.get(row.public_id)
        if column is None:
            continue
        for key, is_member in zip(persons.tolist(), column_of(bits, column[1]).tolist(), strict=True):
            if is_member:
                found[key].append(MembershipFacts(row.public_id, row.name, since.get((row.pk, key))))
    return {each: tuple(found[key]) for each, key in keys.items()}


def sized(workspace: Workspace, segment: Definition) -> SegmentSize:
    """Return how large a segment is just now: counted, not estimated."""
    question = SegmentSizeQuestion(Definition("", segment.did, segment.also, segment.now), workspace.currency)
    log = current_home().log(workspace.workspace_id)
    found = answer(workspace.workspace_id, log, _sized, question)
    return SegmentSize(found.size, found.customers, found.value_share, workspace.currency)


def preview(workspace: Workspace, text: str) -> SegmentSize:
    """Return how large the segment of a text is just now.

    Raises
    ------
    RuleUnreadable, SegmentRefused
    """
    return sized(workspace, read_segment(text))


def _sized(log: Log, question: SegmentSizeQuestion) -> SegmentSizeAnswer:
    return segment_size(log, question, executor=shared_executor())


def _facts(workspace: Workspace, rows: Iterable[Segment]) -> tuple[SegmentFacts, ...]:
    found = list(rows)
    today = datetime.now(ZoneInfo(workspace.time_zone)).date()
    moved = {
        day["segment"]: (day["came"] or 0, day["went"] or 0)
        for day in SizeOfDay.objects.filter(segment__in=found, on__gt=today - _WEEK)
        .values("segment")
        .annotate(came=Sum("entered"), went=Sum("left"))
    }
    facts = []
    for row in found:
        try:
            definition = definition_of(row)
        except Refusal:  # written for another version of the language: it is told in the log of the server
            continue
        entered, left = moved.get(row.pk, (0, 0))
        facts.append(
            SegmentFacts(
                public_id=row.public_id,
                name=row.name,
                text=row.text,
                segment=definition,
                size=row.size,
                customers=row.customers,
                value_share=row.value_share,
                size_at=row.size_at,
                entered=entered,
                left=left,
                is_archived=row.is_archived,
                created_at=row.created_at,
                created_by=str(row.created_by) if row.created_by is not None else "",
                changed_at=row.changed_at,
                changed_by=str(row.changed_by) if row.changed_by is not None else "",
            )
        )
    return tuple(facts)


def _is_here(workspace: Workspace, public_id: str) -> bool:
    return Segment.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id).exists()


def _ids(workspace: Workspace, keys: Sequence[int]) -> dict[int, str]:
    """Return the id that each person of these keys goes by; without those the log has no more."""
    log = current_home().log(workspace.workspace_id)
    names = log.ids_of(np.array(sorted(set(keys)), np.uint64)) if keys else []
    return {key_of_id(name): name for name in names}


def _since(rows: Sequence[Segment], persons: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """Return when persons came into segments last, where that is still kept."""
    entered = Movement.objects.filter(
        segment__in=rows, person__in=[f"{key:016x}" for key in persons], has_entered=True
    ).order_by("id")
    return {(row.segment.pk, int(row.person, 16)): row.at for row in entered.select_related("segment")}
