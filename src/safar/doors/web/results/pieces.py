"""What is counted of responses, piece by piece: pieces add up, whoever counted them, in whichever order.

A piece is of certain responses and of no others. When one of them is gone, that piece alone is counted again. Within a
piece what can be chosen between above the results (language, channel, version, ending, marks) is counted apart, so any
choice is answered by adding up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from safar.doors.web.answering.ended import EndedResponse
from safar.listen.questionnaire.gathering import Counter, SurveyCounts


class Facet(msgspec.Struct, frozen=True):
    """What responses are told apart by."""

    language: str
    channel: str
    version: int
    state: str
    marks: tuple[str, ...]


class Cell(msgspec.Struct):
    """What is counted of the responses of one facet.

    Attributes
    ----------
    seconds
        How long the complete ones took where that is known, in any order.
    """

    responses: int = 0
    seconds: list[float] = []
    first_at: datetime | None = None
    last_at: datetime | None = None
    counts: SurveyCounts = msgspec.field(default_factory=SurveyCounts)

    def take(self, response: EndedResponse, counter: Counter) -> None:
        """Count one response in."""
        self.responses += 1
        # what was brought in may hold one time alone: it began and ended at once, and took nobody knows how long
        if response.seconds and response.state == "complete":
            self.seconds.append(response.seconds)
        self._ended(response.finished_at, response.finished_at)
        counter.take(self.counts, response.number, response.answers)

    def add(self, other: Cell) -> None:
        """Take in what was counted of other responses of the facet."""
        self.responses += other.responses
        self.seconds += other.seconds
        self._ended(other.first_at, other.last_at)
        self.counts.add(other.counts)

    def _ended(self, first: datetime | None, last: datetime | None) -> None:
        if first is not None and (self.first_at is None or first < self.first_at):
            self.first_at = first
        if last is not None and (self.last_at is None or last > self.last_at):
            self.last_at = last


Cells = dict[Facet, Cell]


@dataclass(slots=True)
class Piece:
    """What is counted of the responses of certain numbers; a sealed one takes no more."""

    numbers: set[int] = field(default_factory=set)
    cells: Cells = field(default_factory=dict)
    is_sealed: bool = False


class _Told(msgspec.Struct, array_like=True):
    """A piece as it is kept: of words the numbers alone, so that nobody's words outlive his response."""

    numbers: list[int]
    cells: list[tuple[Facet, Cell]]


_TOLD: Final = msgspec.msgpack.Decoder(_Told)


def told(piece: Piece) -> bytes:
    """Return a piece as it is kept: whose words are the newest is in it, the words are not."""
    cells = []
    for facet, cell in piece.cells.items():
        bare = Cell()
        bare.add(cell)
        for counts in bare.counts.questions.values():
            counts.texts = [(number, "") for number, _ in counts.texts]
        cells.append((facet, bare))
    return msgspec.msgpack.encode(_Told(sorted(piece.numbers), cells))


def read(data: bytes) -> Piece:
    """Return a piece as `told` gives it.

    Raises
    ------
    msgspec.MsgspecError
        It is none.
    """
    found = _TOLD.decode(data)
    return Piece(set(found.numbers), dict(found.cells), is_sealed=True)


def counted(responses: Iterable[EndedResponse], counter: Counter) -> Piece:
    """Count responses."""
    piece = Piece()
    cells = piece.cells
    for response in responses:
        piece.numbers.add(response.number)
        facet = Facet(response.language, response.channel, response.version, response.state, response.marks)
        cell = cells.get(facet)
        if cell is None:
            cell = cells[facet] = Cell()
        cell.take(response, counter)
    return piece


def add(own: Cells, other: Cells) -> None:
    """Take in what was counted of other responses."""
    for facet, cell in other.items():
        mine = own.get(facet)
        if mine is None:
            mine = own[facet] = Cell()
        mine.add(cell)


def gathered(cells: Cells, is_wanted: Callable[[Facet], bool]) -> Cell:
    """Return what was counted of the responses that are wanted."""
    whole = Cell()
    for facet, cell in cells.items():
        if is_wanted(facet):
            whole.add(cell)
    return whole
