"""The count of a survey's responses, kept up: what came in is counted, what is gone is taken out.

Each look compares the numbers that there are with those that were counted, so it matters not who added or removed what,
or in which process: the count is that of exactly the responses that are there. Whole pieces are kept in a table as
well; another process, and this one after a restart, counts only what is in none of them.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import msgspec
from django.db import DatabaseError, transaction

from safar.doors.web.answering.ended import ended_numbers, ended_responses
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.gathering import Counter
from safar.store.registry import Workspace

from . import pieces
from .models import CountedPiece
from .pieces import Cells, Piece

logger: Final = logging.getLogger("safar.results")

#: Responses of a piece that is kept in the table.
PIECE: Final = 1_000
#: Of other shapes: what a newer Safar counts otherwise.
_FORMAT: Final = 1
_SURVEYS: Final = 64
_WORDS: Final = 5_000


class Count:
    """What is counted of one survey in this process.

    Parameters
    ----------
    survey
        Whose questions are counted.
    """

    def __init__(self, workspace: Workspace, survey_id: str, survey: Survey) -> None:
        self.workspace, self.survey_id = workspace, survey_id
        self._counter = Counter(survey)
        self.shape = shape_of(survey)
        #: Held by who looks at the count, or changes it.
        self.gate = threading.RLock()
        #: What was found last, by what was wanted; empty as soon as anything changes.
        self.answers: dict[Any, Any] = {}
        self._pieces: list[Piece] = []
        self._whole: Cells = {}
        self._known: set[int] = set()
        self._words: dict[int, dict[str, list[str]]] = {}

    @property
    def cells(self) -> Cells:
        """What was counted, by facet; not to be changed."""
        return self._whole

    def left(self, numbers: Collection[int]) -> int:
        """Return how many of these responses are not counted yet; pieces in the table are taken in."""
        with self.gate:
            wanted = set(numbers)
            self._take_out(self._known - wanted)
            if len(wanted) - len(self._known) >= PIECE:
                self._take_kept(wanted)
            return len(wanted) - len(self._known)

    def count(self, numbers: Collection[int], report: Callable[[int, int], None] | None = None) -> None:
        """Count exactly these responses, as far as they are there.

        Parameters
        ----------
        report
            Told how many are counted of how many, now and then; others may look in between.
        """
        wanted = set(numbers)
        self.left(wanted)
        with self.gate:
            new = sorted(wanted - self._known)
        for start in range(0, len(new), PIECE):
            if report is not None:
                report(len(wanted) - len(new) + start, len(wanted))
            with self.gate:
                self._take_in([each for each in new[start : start + PIECE] if each not in self._known])

    def words(self, question_id: str, texts: Sequence[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
        """Return texts with their words, which pieces of the table do not have."""
        missing = sorted({number for number, text in texts if not text and number not in self._words})
        if missing:
            if len(self._words) > _WORDS:
                self._words.clear()
            for response in ended_responses(self.workspace, self.survey_id, missing):
                own = self._words.setdefault(response.number, {})
                for key, answer in response.answers.items():
                    if answer.text:
                        own.setdefault(key.partition("@")[0], []).append(answer.text)
        found, given = [], dict[int, list[str]]()
        for number, text in texts:
            if number not in given:
                given[number] = sorted(self._words.get(number, {}).get(question_id, []))
            words = text or (given[number].pop() if given[number] else "")
            if words:
                found.append((number, words))
        return tuple(found)

    def _take_in(self, numbers: Sequence[int]) -> None:
        if not numbers:
            return
        new = pieces.counted(ended_responses(self.workspace, self.survey_id, numbers), self._counter)
        self.answers.clear()
        self._known |= new.numbers
        pieces.add(self._whole, new.cells)
        tail = next((piece for piece in self._pieces if not piece.is_sealed), None)
        if tail is None:
            self._pieces.append(new)
            tail = new
        else:
            tail.numbers |= new.numbers
            pieces.add(tail.cells, new.cells)
        if len(tail.numbers) >= PIECE:
            tail.is_sealed = True
            self._keep([tail])

    def _take_out(self, gone: set[int]) -> None:
        if not gone:
            return
        self.answers.clear()
        for number in gone:
            self._words.pop(number, None)
        changed = []
        for place, piece in enumerate(self._pieces):
            if gone & piece.numbers:
                rest = sorted(piece.numbers - gone)
                again = pieces.counted(ended_responses(self.workspace, self.survey_id, rest), self._counter)
                again.is_sealed = piece.is_sealed
                self._pieces[place] = again
                changed.append(again)
        self._pieces = [piece for piece in self._pieces if piece.numbers]
        self._whole, self._known = {}, set()
        for piece in self._pieces:
            self._known |= piece.numbers
            pieces.add(self._whole, piece.cells)
        forget(self.workspace, self.survey_id, gone)
        self._keep([piece for piece in changed if piece.is_sealed and piece.numbers])

    def _take_kept(self, wanted: set[int]) -> None:
        rows = CountedPiece.objects.filter(
            workspace_id=self.workspace.workspace_id, survey_id=self.survey_id, shape=self.shape
        )
        for row in rows.order_by("pk"):
            piece = _read(row)
            if piece is not None and piece.numbers <= wanted and not piece.numbers & self._known:
                self.answers.clear()
                self._pieces.append(piece)
                self._known |= piece.numbers
                pieces.add(self._whole, piece.cells)

    def _keep(self, found: Sequence[Piece]) -> None:
        """Keep pieces in the table; where it takes none now, they are counted again some time."""
        rows = [
            CountedPiece(
                workspace_id=self.workspace.workspace_id,
                survey_id=self.survey_id,
                shape=self.shape,
                piece=pieces.told(piece),
            )
            for piece in found
        ]
        try:
            with transaction.atomic():
                CountedPiece.objects.bulk_create(rows)
        except DatabaseError as error:
            logger.warning("what was counted of %s is not kept: %s", self.survey_id, error)


_counts: OrderedDict[tuple[str, str, str, int], Count] = OrderedDict()
_lock: Final = threading.Lock()


def count_of(workspace: Workspace, survey_id: str, survey: Survey) -> Count:
    """Return the count of a survey in this process."""
    key = (workspace.workspace_id, survey_id, shape_of(survey), survey.least_cell)
    with _lock:
        found = _counts.get(key)
        if found is None:
            found = _counts[key] = Count(workspace, survey_id, survey)
        _counts.move_to_end(key)
        while len(_counts) > _SURVEYS:
            _counts.popitem(last=False)
    return found


def shape_of(survey: Survey) -> str:
    """Return what counting a survey depends on: counts of the same shape add up."""
    shape = f"{_FORMAT} {Counter(survey).shape}"
    return hashlib.blake2b(shape.encode(), digest_size=16).hexdigest()


def forget(workspace: Workspace, survey_id: str, gone: Collection[int]) -> None:
    """Remove from the table what was counted of responses that are gone."""
    rows = CountedPiece.objects.filter(workspace_id=workspace.workspace_id, survey_id=survey_id)
    lost = set(gone)
    for row in rows:
        piece = _read(row)
        if piece is None or lost & piece.numbers:
            row.delete()


def sweep(workspace: Workspace) -> int:
    """Remove what was counted of responses that are gone, what is kept twice, and other shapes than the newest.

    Returns
    -------
    int
        Pieces that were removed.
    """
    removed = 0
    rows = CountedPiece.objects.filter(workspace_id=workspace.workspace_id)
    for survey_id in set(rows.order_by().values_list("survey_id", flat=True)):
        complete, others = ended_numbers(workspace, survey_id)
        there, seen, newest = {*complete, *others}, set[int](), ""
        for row in rows.filter(survey_id=survey_id).order_by("-pk"):
            newest = newest or row.shape
            piece = _read(row)
            if piece is None or row.shape != newest or not piece.numbers <= there or piece.numbers & seen:
                row.delete()
                removed += 1
            else:
                seen |= piece.numbers
    return removed


def _read(row: CountedPiece) -> Piece | None:
    try:
        return pieces.read(bytes(row.piece))
    except msgspec.MsgspecError:
        return None
