"""A designed map in a notebook, and how it is lived: the numbers of its page, as tables and as one sheet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from safar.act.questions import kind_of, of_log
from safar.maps import lived_tables
from safar.maps.anatomy import JourneyMap, read
from safar.maps.editing import checked
from safar.maps.lived import LivedMap, lived_map
from safar.maps.lived_question import LivedQuestion, lived_question
from safar.maps.sheet_file import read_file
from safar.observe.behind import CellRefused
from safar.observe.conformance_question import ConformanceQuestion
from safar.observe.promises import PromiseQuestion
from safar.show.locale import Locale
from safar.show.maps.lived_poster import lived_poster
from safar.show.maps.poster_drawing import draw_poster
from safar.store.table import Table
from safar.vocabulary.errors import Json
from safar.vocabulary.interval import DEFAULT_LEVEL

from .asking import Asking
from .charts import Chart
from .inputs import Filter, Group, Stretch
from .note_sentences import sentence
from .sources import Source

#: A map: its file as `safar map export` writes it (JSON or CSV), its JSON, or the map itself.
Designed = str | os.PathLike[str] | Mapping[str, Json] | JourneyMap


@dataclass(frozen=True)
class LivedMapFound:
    """How a designed map is lived.

    Attributes
    ----------
    answer
        The typed answer: every number with its interval.
    document
        The map as it was designed.
    question
        What was asked about it.
    """

    answer: LivedMap
    document: JourneyMap
    question: LivedQuestion
    _source: Source
    _locale: Locale

    @property
    def table(self) -> Table:
        """One row a step: see `safar.maps.lived_tables.steps_table`."""
        return lived_tables.steps_table(self.document, self.answer, language=self._locale.language)

    @property
    def scores(self) -> Table:
        """One row a score of a step."""
        return lived_tables.scores_table(self.answer)

    @property
    def promises(self) -> Table:
        """One row a promise of a step."""
        return lived_tables.promises_table(self.answer)

    @property
    def pains(self) -> Table:
        """One row a pain, the heaviest first."""
        return lived_tables.pains_table(self.answer)

    @property
    def voices(self) -> Table:
        """One row a voice: what customers wrote, without personal data."""
        return lived_tables.voices_table(self.answer)

    @property
    def moves(self) -> Table | None:
        """One row a move that customers made, on the map or beside it; None where no step is bound to events."""
        walked = self.answer.conformance
        return None if walked is None else walked.moves_table

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers must know, as sentences."""
        return tuple(map(sentence, self.answer.notes))

    def chart(self, locale: Locale | None = None) -> Chart:
        """Return the map as one sheet, with its river and its lines of emotion.

        Parameters
        ----------
        locale
            In whose digits and direction, and in which language of the map; English ones when None.

        Raises
        ------
        EmptyDrawing
            The map has no steps.
        """
        return Chart(draw_poster(lived_poster(self.document, self.answer, locale or self._locale)).svg)

    def customers(self, limit: int = 100, /, **cell: str | int | None) -> list[str]:
        """Return the ids of customers behind one number of the map.

        Parameters
        ----------
        limit
            At most so many.
        **cell
            Which number: ``step="pay", number="lost"``, ``source="cart", target="visit"``, or of a promise
            ``promise="two-days", number="broken"``.

        Raises
        ------
        CellRefused
            There is no such number.
        """
        asked = self._question_behind(cell.pop("promise", None))
        behind = kind_of(asked).behind(self._source, asked, cell, limit=limit)
        return self._source.ids_of(behind.persons)

    def _question_behind(self, promise: str | int | None) -> ConformanceQuestion | PromiseQuestion:
        if promise is None:
            if self.question.conformance is None:
                raise CellRefused("No step of the map is bound to events.", hint="Bind its steps first.")
            return self.question.conformance
        for step in self.question.steps:
            for each in step.promises:
                if each.promise_id == promise:
                    return self.question.promise(each)
        raise CellRefused(f"The map has no promise {promise!r}.", hint="The table `promises` has their ids.")

    def _repr_html_(self) -> str:
        return f"{self.chart()._repr_html_()}{self.table._repr_html_()}"

    def __repr__(self) -> str:
        return f"<LivedMap: {self.table!r}>"


class MapQuestions(Asking):
    """How designed maps are lived; of a home and of a log."""

    def lived_map(
        self,
        designed: Designed,
        *,
        window: Stretch | None = None,
        channels: Sequence[str] = (),
        where: Sequence[Filter] = (),
        segment: Group | None = None,
        level: float = DEFAULT_LEVEL,
    ) -> LivedMapFound:
        """Ask how a designed map is lived; see `safar.maps.lived.lived_map`.

        ``log.lived_map("shop.json").table`` has the numbers that its page shows.

        Parameters
        ----------
        designed
            The file of a map, as ``safar map export`` and the page write it; its JSON; or the map.

        Raises
        ------
        NeedsALog, MapUnreadable, SheetRefused, BindingUnreadable
        """
        said = self.inputs()
        document = _read(designed)
        question = lived_question(
            document, window=said.window(window), among=said.among(channels, where, segment), level=level
        )
        found = of_log(partial(lived_map, executor=self._executor))(self._source, question)
        return LivedMapFound(found, document, question, self._source, self.locale)


def _read(designed: Designed) -> JourneyMap:
    if isinstance(designed, JourneyMap):
        return designed
    if isinstance(designed, Mapping):
        return checked(read(dict(designed)))
    return read_file(Path(designed).read_bytes())
