"""What every answer carries beside its numbers: caveats as data, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .errors import Refusal
from .window import Window


class NoWindows(Refusal, ValueError):
    """A question about no stretch of time has no answer."""

    code = "question.no_windows"


@dataclass(frozen=True, slots=True)
class Note:
    """A caveat that a reader of the numbers must know.

    Attributes
    ----------
    code
        Dotted, stable, never translated; pages map it to a sentence in three languages.
    facts
        What the sentence needs: pairs of a name and a count or a text.

    Examples
    --------
    >>> Note.of("nps.other_scale", count=12)
    Note(code='nps.other_scale', facts=(('count', 12),))
    """

    code: str
    facts: tuple[tuple[str, int | str], ...] = ()

    @classmethod
    def of(cls, code: str, **facts: int | str) -> Note:
        """Return the note with its facts by name."""
        return cls(code, tuple(facts.items()))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an answer came from: enough to ask again and get the same.

    Attributes
    ----------
    question
        The frozen question that was asked.
    log_version
        The log's version then; a later version may hold other events.
    rows_read
        Events behind the numbers of the first window.
    """

    question: object
    log_version: str
    rows_read: int


def checked_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the windows as a tuple.

    Raises
    ------
    NoWindows
        There are none.
    """
    checked = tuple(windows)
    if not checked:
        raise NoWindows(
            "The question names no window of time.",
            hint="Ask about at least one, for example the last 30 days.",
        )
    return checked


def notes_with_facts(counts: Sequence[tuple[str, int]]) -> tuple[Note, ...]:
    """Return a note ``(code, count=…)`` for each count that is not zero, in the order given."""
    return tuple(Note.of(code, count=count) for code, count in counts if count)
