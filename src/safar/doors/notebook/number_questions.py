"""Questions about numbers: attribution, time series, web pages, searches, goals, promises, comparison, what if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from safar.observe.attribution import AttributionAnswer
from safar.observe.attribution_question import AttributionQuestion, Model
from safar.observe.chain_edits import Edit
from safar.observe.compare import CompareAnswer, CompareQuestion
from safar.observe.goals import GoalsAnswer, GoalsQuestion
from safar.observe.lines import Breakdown, By
from safar.observe.measures import Measure, Metric
from safar.observe.promises import PromiseAnswer, PromiseQuestion
from safar.observe.question_json import read
from safar.observe.question_shapes import shape_of
from safar.observe.searches import SearchesAnswer, SearchesQuestion
from safar.observe.series import SeriesAnswer, SeriesQuestion
from safar.observe.series_time import Beside
from safar.observe.web_pages import PagesAnswer, PagesBy, PagesQuestion
from safar.observe.what_if import WhatIfAnswer, WhatIfQuestion
from safar.vocabulary.errors import Json
from safar.vocabulary.periods import Periodic

from .answers import NotebookAnswer
from .asking import Asking
from .inputs import Filter, Group, Length, Rule, Stretch, length, maybe_length


class NumberQuestions(Asking):
    """What the ways of customers amount to."""

    def attribution(
        self,
        conversion: Rule,
        *,
        touches: Sequence[Rule] = (),
        by: str = "@channel",
        value: str | None = "@amount",
        models: Sequence[str] = (),
        lookback: Length = "30d",
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[AttributionAnswer]:
        """Ask which touches get credit for conversions; see `AttributionQuestion`.

        Parameters
        ----------
        models
            ``first``, ``last``, ``linear``, ``decay``, ``markov``, ``shapley`` …; all of them when empty.
        """
        said = self.inputs()
        return self.ask(
            AttributionQuestion(
                said.rule(conversion),
                said.rules(touches),
                by=by,
                value=value,
                models=tuple(map(Model, models)) or tuple(Model),
                lookback=length(lookback),
                window=said.window(window),
                among=said.among(channels, where, segment),
            )
        )

    def series(
        self,
        rule: Rule | None = None,
        *,
        measure: Literal[
            "events",
            "customers",
            "new_customers",
            "sum",
            "mean",
            "conversion",
            "events_per_customer",
            "sessions",
        ] = "events",
        of: str = "",
        also: Rule | None = None,
        gap: Length | None = None,
        every: Literal["hour", "day", "week", "month", "quarter", "year"] = "day",
        window: Stretch | None = None,
        breakdown: str | Sequence[Group] | Breakdown | None = None,
        beside: Literal["nothing", "previous", "season"] = "nothing",
        season: str | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[SeriesAnswer]:
        """Ask how a number goes over time; see `SeriesQuestion`.

        Parameters
        ----------
        rule
            The events that count; all of them when None.
        measure, of, also, gap
            See `Metric`: ``of`` a property for sums and means, ``also`` another step for conversion, ``gap`` for
            sessions.
        every
            Periods of the workspace's calendar, week and time zone.
        breakdown
            One line each for ``"channel"``, ``"event"`` or the values of a property, or for several segments.
        beside
            With what each point is compared.
        """
        said = self.inputs()
        metric = Metric(
            Measure(measure), said.maybe_rule(rule), said.maybe_rule(also), of, pause=maybe_length(gap)
        )
        locale = self.locale
        return self.ask(
            SeriesQuestion(
                said.window(window) or self.everything(),
                metric,
                Periodic(every, locale.calendar, locale.week_starts, locale.time_zone),
                breakdown=self._breakdown(breakdown),
                beside=Beside(beside),
                season=season,
                among=said.among(channels, where, segment),
            )
        )

    def pages(
        self,
        by: Literal["page", "title", "referrer", "source", "medium", "campaign", "channel"] = "page",
        *,
        views: Rule | None = None,
        of: Sequence[str] = (),
        gap: Length = "30m",
        most: int = 100,
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[PagesAnswer]:
        """Ask which pages are viewed, where visits begin and end, and where they come from; see `PagesQuestion`."""
        said = self.inputs()
        question = PagesQuestion(
            PagesBy(by),
            said.window(window),
            of=tuple(of),
            pause=length(gap),
            most=most,
            among=said.among(channels, where, segment),
        )
        return self.ask(question if views is None else replace(question, views=said.rule(views)))

    def searches(
        self,
        *,
        searches: Rule | None = None,
        finds: Rule | None = None,
        gap: Length = "30m",
        most: int = 100,
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[SearchesAnswer]:
        """Ask what is searched, and whether it is found; see `SearchesQuestion`."""
        said = self.inputs()
        question = SearchesQuestion(
            said.window(window),
            pause=length(gap),
            most=most,
            among=said.among(channels, where, segment),
        )
        if searches is not None:
            question = replace(question, searches=said.rule(searches))
        if finds is not None:
            question = replace(question, finds=said.rule(finds))
        return self.ask(question)

    def goals(
        self,
        goals: Sequence[Rule] = (),
        *,
        gap: Length = "30m",
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[GoalsAnswer]:
        """Ask how many visits reach a goal, and how many leave a cart or a checkout; see `GoalsQuestion`."""
        said = self.inputs()
        question = GoalsQuestion(
            window=said.window(window), pause=length(gap), among=said.among(channels, where, segment)
        )
        return self.ask(replace(question, goals=said.rules(goals)) if goals else question)

    def promise(
        self,
        begins: Rule,
        kept_by: Rule,
        within: Length,
        *,
        same: str = "",
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[PromiseAnswer]:
        """Ask how often whoever does the one gets the other in time; see `PromiseQuestion`."""
        said = self.inputs()
        return self.ask(
            PromiseQuestion(
                said.rule(begins),
                said.rule(kept_by),
                length(within),
                same,
                window=said.window(window),
                among=said.among(channels, where, segment),
            )
        )

    def compare(
        self,
        one: NotebookAnswer[Any] | Mapping[str, Json] | object,
        other: NotebookAnswer[Any] | Mapping[str, Json] | object,
        *,
        names: tuple[str, str] = ("A", "B"),
        false_discovery_rate: float = 0.05,
    ) -> NotebookAnswer[CompareAnswer]:
        """Ask what differs most between two answers to one question; see `CompareQuestion`.

        Parameters
        ----------
        one, other
            Answers, questions, or questions as JSON: of one kind, the same but for segment, window, channels or filter.
        """
        return self.ask(
            CompareQuestion(
                _question(one), _question(other), names=names, false_discovery_rate=false_discovery_rate
            )
        )

    def what_if(
        self,
        conversion: Rule,
        edits: Sequence[Edit | Mapping[str, Json]] = (),
        *,
        steps: Sequence[Rule] = (),
        contacts: Sequence[str] = (),
        window: Stretch | None = None,
        pause: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[WhatIfAnswer]:
        """Ask what would happen if paths went on differently from some step; see `WhatIfQuestion`.

        Parameters
        ----------
        edits
            `Edit`, or its JSON: ``{"source": "cart", "target": None, "kind": "scale", "amount": 0.5}``.
        """
        said = self.inputs()
        return self.ask(
            WhatIfQuestion(
                said.rule(conversion),
                said.rules(steps),
                tuple(
                    shape_of(Edit).read(dict(edit), f"/edits/{place}") if isinstance(edit, Mapping) else edit
                    for place, edit in enumerate(edits)
                ),
                contacts=tuple(contacts),
                window=said.window(window),
                pause=maybe_length(pause),
                among=said.among(channels, where, segment),
            )
        )

    def _breakdown(self, by: str | Sequence[Group] | Breakdown | None) -> Breakdown | None:
        if by is None or isinstance(by, Breakdown):
            return by
        if not isinstance(by, str):
            return Breakdown(By.SEGMENT, segments=tuple(map(self.inputs().segment, by)))
        return Breakdown(By(by)) if by in {"channel", "event"} else Breakdown(By.PROPERTY, by)


def _question(asked: object) -> Any:
    if isinstance(asked, NotebookAnswer):
        return asked.question
    return read(dict(asked)) if isinstance(asked, Mapping) else asked
