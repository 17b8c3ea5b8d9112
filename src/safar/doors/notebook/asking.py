"""What every question in a notebook needs: whose paths, how texts are read, who does the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, overload

from safar.act.questions import kind_of
from safar.observe.attribution import AttributionAnswer
from safar.observe.attribution_question import AttributionQuestion
from safar.observe.compare import CompareAnswer, CompareQuestion
from safar.observe.conformance import ConformanceAnswer, ConformanceQuestion
from safar.observe.flow import FlowAnswer, FlowQuestion
from safar.observe.funnel import FunnelAnswer, FunnelQuestion
from safar.observe.goals import GoalsAnswer, GoalsQuestion
from safar.observe.paths_around import PathsAnswer, PathsQuestion
from safar.observe.patterns import PatternsAnswer, PatternsQuestion
from safar.observe.promises import PromiseAnswer, PromiseQuestion
from safar.observe.question_json import read
from safar.observe.retention import RetentionAnswer, RetentionQuestion
from safar.observe.searches import SearchesAnswer, SearchesQuestion
from safar.observe.series import SeriesAnswer, SeriesQuestion
from safar.observe.sessions import SessionsAnswer, SessionsQuestion
from safar.observe.step_matrix import StepMatrixAnswer, StepMatrixQuestion
from safar.observe.variants import VariantsAnswer, VariantsQuestion
from safar.observe.web_pages import PagesAnswer, PagesQuestion
from safar.observe.what_if import WhatIfAnswer, WhatIfQuestion
from safar.show.locale import Locale
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Json
from safar.vocabulary.window import Window

from .answers import NotebookAnswer
from .inputs import Inputs
from .sources import Source


# Verbs write out every parameter, the common ones too: a notebook completes them and a checker knows them.
class Asking:
    """Lived paths that can be asked.

    Parameters
    ----------
    source
        A log, published paths or a table of events.
    locale
        Whose calendar, week and time zone hold where a question does not say: English ones and UTC when None.
    notes
        What every answer says before its own caveats.
    executor
        Who walks the shards.
    closes
        Called at the end.
    """

    def __init__(
        self,
        source: Source,
        *,
        locale: Locale | None = None,
        notes: Sequence[Note] = (),
        executor: Executor | None = None,
        closes: Callable[[], None] | None = None,
    ) -> None:
        self._source = source
        self.locale = locale or Locale("en")
        self._notes = tuple(notes)
        self._executor = executor
        self._closes = closes

    @property
    def event_names(self) -> tuple[str, ...]:
        """The names of all events, in the order of the alphabet."""
        return tuple(sorted({name for shard in self._source.paths().shards for name in shard.event_names}))

    @property
    def events(self) -> int:
        """How many events there are."""
        return self._source.paths().rows

    @property
    def customers(self) -> int:
        """How many customers have events."""
        return sum(len(shard.first) for shard in self._source.paths().shards)

    @overload
    def ask(self, question: FlowQuestion) -> NotebookAnswer[FlowAnswer]: ...
    @overload
    def ask(self, question: VariantsQuestion) -> NotebookAnswer[VariantsAnswer]: ...
    @overload
    def ask(self, question: FunnelQuestion) -> NotebookAnswer[FunnelAnswer]: ...
    @overload
    def ask(self, question: RetentionQuestion) -> NotebookAnswer[RetentionAnswer]: ...
    @overload
    def ask(self, question: SessionsQuestion) -> NotebookAnswer[SessionsAnswer]: ...
    @overload
    def ask(self, question: PathsQuestion) -> NotebookAnswer[PathsAnswer]: ...
    @overload
    def ask(self, question: StepMatrixQuestion) -> NotebookAnswer[StepMatrixAnswer]: ...
    @overload
    def ask(self, question: AttributionQuestion) -> NotebookAnswer[AttributionAnswer]: ...
    @overload
    def ask(self, question: PatternsQuestion) -> NotebookAnswer[PatternsAnswer]: ...
    @overload
    def ask(self, question: SeriesQuestion) -> NotebookAnswer[SeriesAnswer]: ...
    @overload
    def ask(self, question: PagesQuestion) -> NotebookAnswer[PagesAnswer]: ...
    @overload
    def ask(self, question: SearchesQuestion) -> NotebookAnswer[SearchesAnswer]: ...
    @overload
    def ask(self, question: GoalsQuestion) -> NotebookAnswer[GoalsAnswer]: ...
    @overload
    def ask(self, question: PromiseQuestion) -> NotebookAnswer[PromiseAnswer]: ...
    @overload
    def ask(self, question: CompareQuestion) -> NotebookAnswer[CompareAnswer]: ...
    @overload
    def ask(self, question: WhatIfQuestion) -> NotebookAnswer[WhatIfAnswer]: ...
    @overload
    def ask(self, question: ConformanceQuestion) -> NotebookAnswer[ConformanceAnswer]: ...
    @overload
    def ask(self, question: Mapping[str, Json] | object) -> NotebookAnswer[Any]: ...

    def ask(self, question: object) -> NotebookAnswer[Any]:
        """Ask a question: one of `safar.observe`, or its JSON (``{"kind": "flow", "pause": "30m"}``).

        Raises
        ------
        UnknownQuestion, QuestionRefused
        """
        asked = read(dict(question)) if isinstance(question, Mapping) else question
        answer = kind_of(asked).ask(self._source, asked, executor=self._executor)
        return NotebookAnswer(answer, asked, self._source, self.locale, self._notes)

    def inputs(self) -> Inputs:
        """Return how texts are read: against the names of events here, days in the time zone that holds here."""
        return Inputs(self.event_names, self.locale.time_zone)

    def everything(self) -> Window:
        """Return the whole time of the paths."""
        first, last = self._source.paths().span or (0, 0)
        return Window.from_us(first, last + 1)
