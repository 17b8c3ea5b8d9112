"""What a question gives in a notebook: the typed answer, its table, its caveats, its drawing, the customers behind."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from safar.act.questions import kind_of
from safar.observe.answer_parts import part, part_names
from safar.observe.question_json import question_key, told
from safar.show.journeys.drawings import drawing
from safar.show.locale import Locale
from safar.store.table import Table
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Json

from .charts import Chart
from .note_sentences import sentence
from .sources import Source

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class NotebookAnswer(Generic[Answer]):
    """The answer to one question.

    Attributes
    ----------
    answer
        The typed answer: every number with its unit and interval.
    question
        What was asked.
    """

    answer: Answer
    question: Any
    _source: Source
    _locale: Locale
    _before: tuple[Note, ...] = ()

    @property
    def table(self) -> Table:
        """Its main table: ``.table.arrow``, ``.table.pandas()``, ``.table.polars()``."""
        found: Table = getattr(self.answer, "table")  # noqa: B009 - every answer has one; the type of all is not known
        return found

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all its tables: ``main``, ``totals`` (its single numbers), and what else there is."""
        return part_names(self.answer)

    def part(self, name: str) -> Table:
        """Return one of its tables: ``answer.part("groups")`` of a funnel that is told apart.

        Raises
        ------
        UnknownPart
        """
        return part(self.answer, name)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers must know, as sentences."""
        return tuple(map(sentence, (*self._before, *getattr(self.answer, "notes", ()))))

    @property
    def json(self) -> dict[str, Json]:
        """The question as JSON: the API, the terminal and saved questions read it."""
        return told(self.question)

    @property
    def key(self) -> str:
        """A text that stands for the question: equal ones have the same."""
        return question_key(self.question)

    def chart(self, locale: Locale | None = None) -> Chart:
        """Return the drawing of the answer.

        Parameters
        ----------
        locale
            In whose digits, calendar and direction; English ones when None.

        Raises
        ------
        EmptyDrawing
            There is nothing to draw.
        """
        return Chart(drawing(self.answer, locale or self._locale))

    def customers(self, limit: int = 100, /, **cell: str | int | None) -> list[str]:
        """Return the ids of customers behind one number of the answer.

        Parameters
        ----------
        limit
            At most so many.
        **cell
            Which number, by the columns of its table: ``answer.customers(source="cart", target="pay")``.

        Raises
        ------
        CellRefused
            There is no such number, or no single customers are behind it.
        """
        behind = kind_of(self.question).behind(self._source, self.question, cell, limit=limit)
        return self._source.ids_of(behind.persons)

    def _repr_html_(self) -> str:
        notes = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in self.notes)
        return f"{self.table._repr_html_()}{notes}"

    def __repr__(self) -> str:
        return f"<{type(self.answer).__name__}: {self.table!r}>"
