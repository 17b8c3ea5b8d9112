"""Questions about whole paths: flow, variants, funnel, retention, sessions, paths, matrix, patterns, conformance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from safar.observe.anchors import Direction, Occurrence
from safar.observe.conformance import ConformanceAnswer, ConformanceQuestion
from safar.observe.flow import FlowAnswer, FlowQuestion
from safar.observe.funnel import FunnelAnswer, FunnelOrder, FunnelQuestion
from safar.observe.funnel_breakdown import FunnelBreakdown
from safar.observe.journey import Journey
from safar.observe.paths_around import PathsAnswer, PathsQuestion
from safar.observe.patterns import PatternsAnswer, PatternsQuestion
from safar.observe.retention import RetentionAnswer, RetentionQuestion, Returned
from safar.observe.sessions import SessionsAnswer, SessionsQuestion
from safar.observe.step_matrix import StepMatrixAnswer, StepMatrixQuestion
from safar.observe.variants import VariantsAnswer, VariantsQuestion
from safar.vocabulary.calendar import Period

from .answers import NotebookAnswer
from .asking import Asking
from .inputs import Filter, Group, Length, Rule, Stretch, length, maybe_length


class PathQuestions(Asking):
    """Which ways customers go."""

    def flow(
        self,
        steps: Sequence[Rule] = (),
        *,
        window: Stretch | None = None,
        pause: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[FlowAnswer]:
        """Ask which step follows which, how often, and after how long; see `FlowQuestion`."""
        said = self.inputs()
        among = said.among(channels, where, segment)
        return self.ask(
            FlowQuestion(said.rules(steps), said.window(window), pause=maybe_length(pause), among=among)
        )

    def variants(
        self,
        most: int = 50,
        *,
        steps: Sequence[Rule] = (),
        window: Stretch | None = None,
        pause: Length | None = None,
        collapse_repeats: bool = False,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[VariantsAnswer]:
        """Ask which whole paths are the most frequent; see `VariantsQuestion`."""
        said = self.inputs()
        return self.ask(
            VariantsQuestion(
                most,
                said.rules(steps),
                said.window(window),
                pause=maybe_length(pause),
                collapse_repeats=collapse_repeats,
                among=said.among(channels, where, segment),
            )
        )

    def funnel(
        self,
        steps: Sequence[Rule],
        *,
        within: Length,
        window: Stretch | None = None,
        order: Literal["ordered", "strict", "unordered"] = "ordered",
        first_only: bool = False,
        exclusions: Sequence[Rule] = (),
        pause: Length | None = None,
        hold: str | None = None,
        by: str | Sequence[Group] | FunnelBreakdown | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[FunnelAnswer]:
        """Ask how many go from one step to the next; see `FunnelQuestion`.

        Parameters
        ----------
        by
            A property (``"plan"``), several segments, or a `FunnelBreakdown`.
        """
        said = self.inputs()
        if isinstance(by, str):
            by = FunnelBreakdown(by)
        elif by is not None and not isinstance(by, FunnelBreakdown):
            by = FunnelBreakdown(segments=tuple(map(said.segment, by)))
        return self.ask(
            FunnelQuestion(
                said.rules(steps),
                length(within),
                window=said.window(window),
                order=FunnelOrder(order),
                first_only=first_only,
                exclusions=said.rules(exclusions),
                pause=maybe_length(pause),
                hold=hold,
                by=by,
                among=said.among(channels, where, segment),
            )
        )

    def retention(
        self,
        *,
        every: Period = "week",
        window: Stretch | None = None,
        begins: Rule | None = None,
        returns: Rule | None = None,
        most: int = 12,
        returned: Literal["in", "in_or_after"] = "in",
        own_clock: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[RetentionAnswer]:
        """Ask how many of those who began in a period come back in the ones that follow; see `RetentionQuestion`.

        Periods are those of the workspace's calendar, week and time zone.

        Parameters
        ----------
        window
            Cohorts are the periods that touch it; all there are when None.
        own_clock
            Follow each customer by stretches of this length from the moment they began: ``"1d"`` for "N-day"
            retention. By the periods when None.
        """
        said = self.inputs()
        return self.ask(
            RetentionQuestion(
                said.window(window) or self.everything(),
                every,
                said.maybe_rule(begins),
                said.maybe_rule(returns),
                most=most,
                returned=Returned(returned),
                every=maybe_length(own_clock),
                calendar=self.locale.calendar,
                week_starts=self.locale.week_starts,
                time_zone=self.locale.time_zone,
                among=said.among(channels, where, segment),
            )
        )

    def sessions(
        self,
        gap: Length = "30m",
        *,
        gaps: Mapping[str, Length] | None = None,
        steps: Sequence[Rule] = (),
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[SessionsAnswer]:
        """Ask how many sessions there are, how long, and where they begin and end; see `SessionsQuestion`.

        Parameters
        ----------
        gap
            A session ends after so long without a step.
        gaps
            Other lengths for events of some channels: ``{"app": "5m"}``.
        """
        said = self.inputs()
        return self.ask(
            SessionsQuestion(
                length(gap),
                said.rules(steps),
                said.window(window),
                pauses=tuple((channel, length(each)) for channel, each in (gaps or {}).items()),
                among=said.among(channels, where, segment),
            )
        )

    def paths(
        self,
        *,
        after: Rule | None = None,
        before: Rule | None = None,
        depth: int = 6,
        steps: Sequence[Rule] = (),
        most: int = 12,
        window: Stretch | None = None,
        every: bool = False,
        collapse_repeats: bool = False,
        timed: bool = False,
        pause: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[PathsAnswer]:
        """Ask what customers do after a step, or before it; see `PathsQuestion`.

        Parameters
        ----------
        after, before
            The step to look from, one of the two; from the start of paths on when neither is given.
        every
            From every time a path comes to it; from the first time otherwise.
        """
        said = self.inputs()
        return self.ask(
            PathsQuestion(
                said.maybe_rule(after if before is None else before),
                Direction.AFTER if before is None else Direction.BEFORE,
                depth,
                said.rules(steps),
                most,
                window=said.window(window),
                occurrence=Occurrence.EVERY if every else Occurrence.FIRST,
                collapse_repeats=collapse_repeats,
                timed=timed,
                pause=maybe_length(pause),
                among=said.among(channels, where, segment),
            )
        )

    def step_matrix(
        self,
        positions: int = 10,
        *,
        steps: Sequence[Rule] = (),
        anchor: Rule | None = None,
        window: Stretch | None = None,
        collapse_repeats: bool = False,
        pause: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
        versus: Group | None = None,
    ) -> NotebookAnswer[StepMatrixAnswer]:
        """Ask which share of paths stands at which step, position by position; see `StepMatrixQuestion`.

        Parameters
        ----------
        versus
            The segment to compare with; nobody when None.
        """
        said = self.inputs()
        return self.ask(
            StepMatrixQuestion(
                positions,
                said.rules(steps),
                said.maybe_rule(anchor),
                window=said.window(window),
                collapse_repeats=collapse_repeats,
                pause=maybe_length(pause),
                among=said.among(channels, where, segment),
                versus=None if versus is None else said.among(channels, where, versus),
            )
        )

    def patterns(
        self,
        pattern: str,
        *,
        steps: Sequence[Rule] = (),
        most: int = 10,
        window: Stretch | None = None,
        pause: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[PatternsAnswer]:
        """Ask how many paths fit a pattern, such as ``cart > [^pay]* > end``; see `PatternsQuestion`."""
        said = self.inputs()
        return self.ask(
            PatternsQuestion(
                pattern,
                said.rules(steps),
                most,
                window=said.window(window),
                pause=maybe_length(pause),
                among=said.among(channels, where, segment),
            )
        )

    def conformance(
        self,
        steps: Sequence[Rule],
        moves: Sequence[str | tuple[str, str]] = (),
        *,
        starts: Sequence[str] = (),
        ends: Sequence[str] = (),
        contacts: Rule | None = None,
        window: Stretch | None = None,
        pause: Length | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
    ) -> NotebookAnswer[ConformanceAnswer]:
        """Ask whether customers walk a journey as it was designed; see `ConformanceQuestion`.

        Parameters
        ----------
        steps
            In the order of the design.
        moves
            Which step may follow which: names of steps, ``"visit > product > cart"`` or pairs of them; each step leads
            to the next when empty.
        starts, ends
            Names of steps where it may begin, and end well; the first and the last when empty.
        """
        said = self.inputs()
        rules = said.rules(steps)
        ways = [each.split(">") if isinstance(each, str) else each for each in moves]
        main_line = [rule.name for rule in rules]
        designed = [[name.strip() for name in way] for way in ways] or [main_line]
        journey = Journey(
            rules, tuple(move for way in designed for move in pairwise(way)), tuple(starts), tuple(ends)
        )
        return self.ask(
            ConformanceQuestion(
                journey,
                said.window(window),
                pause=maybe_length(pause),
                contacts=said.maybe_rule(contacts),
                among=said.among(channels, where, segment),
            )
        )
