"""Lived paths in a notebook: each question is a method, its parts are written as texts, its answer has a table."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from .experiment_questions import ExperimentQuestions
from .inputs import Group
from .keeping_questions import KeepingQuestions
from .map_questions import MapQuestions
from .number_questions import NumberQuestions
from .path_questions import PathQuestions
from .score_questions import ScoreQuestions
from .sources import InSegment
from .value_questions import ValueQuestions
from .why_questions import WhyQuestions


class Journeys(
    PathQuestions,
    NumberQuestions,
    ScoreQuestions,
    ValueQuestions,
    KeepingQuestions,
    WhyQuestions,
    ExperimentQuestions,
    MapQuestions,
):
    """Lived paths that can be asked about.

    Notes
    -----
    Of every question: ``window`` is a stretch of time (``"2026-01-01..2026-03-01"``, two days, or a `Window`; all time
    when None), ``channels`` and ``where`` say which events it sees (``where=["plan = pro"]``), ``segment`` whose
    (``segment="did pay >= 2"``), ``pause`` after how long without a step a path ends (``"30m"``; a customer has one
    path when None).
    """

    def segment(self, segment: Group) -> Journeys:
        """Return the same for the customers of a segment alone: ``log.segment("did refund").flow()``.

        Raises
        ------
        RuleUnreadable, UnknownEventName, SegmentRefused
        """
        narrowed = InSegment(self._source, self.inputs().segment(segment))
        return Journeys(narrowed, locale=self.locale, notes=self._notes, executor=self._executor)

    def close(self) -> None:
        """Close what was opened."""
        if self._closes is not None:
            self._closes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Journeys of {self.customers:,} customers: {self.events:,} events>"
