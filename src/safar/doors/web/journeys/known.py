"""What the forms of questions about journeys offer to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from safar.observe.steps import StepRule
from safar.store.presence import Present
from safar.vocabulary.time_names import CalendarName
from safar.vocabulary.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step of a map: the events that it is bound to, its name by language, and the languages of its map."""

    rule: StepRule
    name: Mapping[str, str]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a form offers to choose from.

    Attributes
    ----------
    present
        What the log has.
    first_at, last_at
        The instants of its first and its last event; None without any.
    question_keys
        Returns the keys of the questions whose answers have scores: looked up by the forms that offer them alone.
    working_time
        Returns when people of the workspace are at work; None where there is no workspace.
    map_steps
        Returns the steps of maps that are bound to events.
    question_words
        Returns what is asked with question keys, in the reader's language; a key that no survey asks is not there.
    number_keys
        Returns the keys of the questions that are answered with a number without a scale, such as an amount.
    segments
        Returns the names and the rules of the segments of the workspace.
    currency
        ISO 4217 code of the workspace's money; empty where there is no workspace.
    calendar, time_zone
        Those of the workspace: what all its members are to read alike is counted by them. None and empty without one.
    """

    present: Present
    first_at: datetime | None
    last_at: datetime | None
    question_keys: Callable[[], tuple[str, ...]] = tuple
    working_time: Callable[[], WorkingTime | None] = lambda: None
    map_steps: Callable[[], tuple[BoundStep, ...]] = tuple
    question_words: Callable[[], Mapping[str, str]] = dict
    number_keys: Callable[[], tuple[str, ...]] = tuple
    segments: Callable[[], tuple[tuple[str, str], ...]] = tuple
    currency: str = ""
    calendar: CalendarName | None = None
    time_zone: str = ""

    def questions(self) -> tuple[tuple[str, str], ...]:
        """Return the question keys whose answers have scores, each with its words: choices of a field."""
        words = self.question_words()
        return tuple((key, words.get(key) or key) for key in self.question_keys())
