"""The numbers of Today, as the library gave them: raw, with how sure each is, its caveats and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar, cast

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.design.reader import Reader
from safar.doors.web.members.policies import Capability
from safar.doors.web.today.periods import CHOICES, USUAL, Chosen, Stretch, chosen
from safar.doors.web.today.queries import TodayAnswers, last_event_at, today_answers
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import Estimate
from safar.vocabulary.money import Money
from safar.vocabulary.time_names import Language

from .credentials import ApiRequest, Token
from .shapes import (
    EstimateShape,
    MoneyShape,
    NoteShape,
    ProvenanceShape,
    WindowShape,
    estimate,
    money,
    note,
    provenance,
)

router = Router(tags=["Numbers"])
Window = TypeVar("Window")


class CountPoint(WindowShape):
    """A count in one stretch of the period; null where the data end before it."""

    is_partial: bool
    value: int | None


class MoneyPoint(WindowShape):
    """A sum in one stretch of the period."""

    is_partial: bool
    value: MoneyShape | None


class EstimatePoint(WindowShape):
    """An estimate in one stretch of the period; null where nothing was observed."""

    is_partial: bool
    value: EstimateShape | None


class Fact(Schema):
    """What all facts have: caveats, and where the numbers came from."""

    unit: str
    notes: list[NoteShape]
    provenance: ProvenanceShape


class CountFact(Fact):
    """A count: exact, so without an interval."""

    value: int
    before: int
    trend: list[CountPoint]


class MoneyFact(Fact):
    """Sums of one currency."""

    currency: str
    ordered: MoneyShape
    refunded: MoneyShape
    value: MoneyShape = Field(description="Ordered less refunded.")
    before: MoneyShape
    orders: int = Field(description="Orders with an amount in this currency.")
    trend: list[MoneyPoint]


class EstimateFact(Fact):
    """An estimate: its value, its interval and the count behind it; null where nothing was observed."""

    value: EstimateShape | None
    before: EstimateShape | None
    trend: list[EstimatePoint]


class Today(Schema):
    """How customers fared in a period. Where the data end before it does, so does the window."""

    period: str
    grouping: str
    window: WindowShape
    before: WindowShape = Field(description="What `before` of each fact speaks of.")
    is_empty: bool = Field(description="The workspace has no events at all.")
    history_starts_at: AwareDatetime | None = Field(
        description="Set when the log begins inside the window before: counts are then no fair comparison."
    )
    customers: CountFact
    new_customers: CountFact
    events: CountFact
    orders: CountFact
    revenue: list[MoneyFact] = Field(
        description="One for each currency, the workspace's first; never added up."
    )
    conversion: EstimateFact
    response: EstimateFact
    nps: EstimateFact
    csat: EstimateFact
    ces: EstimateFact


Period = Literal["7d", "30d", "90d", "month", "year"]
assert set(Period.__args__) == {each.key for each in CHOICES}  # type: ignore[attr-defined]


@router.get("today", auth=Token(Capability.SEE_NUMBERS), response=Today)
def today(
    request: ApiRequest,
    period: Annotated[Period, Query(description="How far back.")] = USUAL,
    by: Annotated[
        Literal["", "day", "week", "month"],
        Query(description="The stretches of the trends; as usual if empty."),
    ] = "",
) -> Today:
    """Return the numbers of Today, in the calendar and time zone of the workspace."""
    workspace = request.auth.workspace
    window = chosen(
        period, by, now=timezone.now(), locale=locale_of(workspace), last_event_at=last_event_at(workspace)
    )
    return _Shaped(today_answers(workspace, window)).all()


def locale_of(workspace: Workspace) -> Locale:
    """Return how the workspace cuts time."""
    return Reader(cast("Language", workspace.language), calendar=workspace.calendar).locale(workspace)


class _Shaped:
    """The answers in the API's shapes."""

    def __init__(self, answers: TodayAnswers) -> None:
        self._answers = answers
        self._chosen: Chosen = answers.chosen

    def all(self) -> Today:
        found, window = self._answers, self._chosen
        seen, said = found.overview, found.overview.overviews
        return Today(
            period=window.choice.key,
            grouping=window.cut.unit,
            window=WindowShape(start=window.window.start, end=window.window.end),
            before=WindowShape(start=window.before.start, end=window.before.end),
            is_empty=found.is_empty,
            history_starts_at=found.history_starts_at,
            customers=self._count("customer", [each.customers for each in said]),
            new_customers=self._count("customer", [each.new_customers for each in said]),
            events=self._count("event", [each.events for each in said]),
            orders=self._count("order", [each.orders for each in said]),
            revenue=self._revenue(),
            conversion=self._estimate(
                "share of visitors", [each.conversion for each in said], seen.notes, seen.provenance
            ),
            response=self._estimate(
                "share of invitations",
                [each.estimate for each in found.response.responses],
                found.response.notes,
                found.response.provenance,
            ),
            nps=self._estimate(
                "points from -100 to 100",
                [None if each is None else each.estimate for each in found.nps.scores],
                found.nps.notes,
                found.nps.provenance,
            ),
            csat=self._estimate(
                "share of answers 4 or 5 on the scale 1 to 5",
                [None if each is None else each.estimate for each in found.csat.scores],
                found.csat.notes,
                found.csat.provenance,
            ),
            ces=self._estimate(
                "mean answer on the scale 1 to 7",
                [None if each is None else each.mean for each in found.ces.scores],
                found.ces.notes,
                found.ces.provenance,
            ),
        )

    def _count(self, unit: str, values: Sequence[int]) -> CountFact:
        overview = self._answers.overview
        return CountFact(
            unit=unit,
            value=values[0],
            before=values[1],
            trend=self._trend(CountPoint, values, lambda value: value),
            notes=[note(each) for each in overview.notes],
            provenance=provenance(overview.provenance),
        )

    def _revenue(self) -> list[MoneyFact]:
        answer = self._answers.revenue
        return [
            MoneyFact(
                unit="minor units",
                currency=one.currency,
                ordered=_money(one.revenues[0].ordered),
                refunded=_money(one.revenues[0].refunded),
                value=_money(one.revenues[0].net),
                before=_money(one.revenues[1].net),
                orders=one.revenues[0].orders,
                trend=self._trend(MoneyPoint, [each.net for each in one.revenues], _money),
                notes=[note(each) for each in answer.notes],
                provenance=provenance(answer.provenance),
            )
            for one in answer.by_currency
        ]

    def _estimate(
        self, unit: str, values: Sequence[Estimate | None], notes: Sequence[Note], origin: Provenance
    ) -> EstimateFact:
        return EstimateFact(
            unit=unit,
            value=estimate(values[0]),
            before=estimate(values[1]),
            trend=self._trend(EstimatePoint, values, estimate),
            notes=[note(each) for each in notes],
            provenance=provenance(origin),
        )

    def _trend(self, point: type, values: Sequence[Window], shaped: Callable[[Window], object]) -> list[Any]:
        cut = self._chosen.cut
        return [
            point(
                **_ends(stretch),
                is_partial=stretch.is_partial,
                value=None if stretch.is_after_data else shaped(value),
            )
            for stretch, value in zip(cut.stretches, self._chosen.of_cut(values), strict=True)
        ]


def _ends(stretch: Stretch) -> dict[str, datetime]:
    return {"start": stretch.window.start, "end": stretch.window.end}


def _money(amount: Money) -> MoneyShape:
    return cast("MoneyShape", money(amount.minor, amount.currency))
