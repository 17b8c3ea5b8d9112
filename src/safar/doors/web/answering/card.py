"""What the template of one question is given, and what it is drawn with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.logic import Facts
from safar.listen.questionnaire.piping import in_language, piped
from safar.listen.questionnaire.walk import Shown
from safar.show.locale import Locale

from .faces import Face


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose.

    Attributes
    ----------
    value, words
        What is sent, and what is read.
    ends
        Said to who hears the option alone: what the end of the scale means; empty in the middle.
    face
        Of a scale of smileys.
    picture
        Address of one; empty without.
    asks_words
        Whether choosing it asks for words of one's own.
    """

    value: str
    words: str
    is_chosen: bool = False
    ends: str = ""
    face: Face | None = None
    picture: str = ""
    asks_words: bool = False
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its control, its words, the words at its other end, and what is chosen in it."""

    name: str
    words: str
    options: tuple[Option, ...] = ()
    opposite: str = ""
    second: tuple[Option, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A place of a menu."""

    value: str
    words: str
    nodes: tuple[Node, ...]
    is_open: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One question on a page. What a kind does not have is empty.

    Attributes
    ----------
    kind, template
        ``nps``, ``single``, …; and which template draws it.
    key
        Root of the names of its controls.
    label
        Id of its title, which names the control or the group.
    error
        Why the answer was not taken; empty where it was, or none was given.
    value
        What a single control holds.
    low, high
        Words at the ends of a scale.
    hint
        What is taken, in words.
    """

    kind: str
    template: str
    key: str
    title: str
    about: str
    is_required: bool
    error: str = ""
    can_not_apply: bool = False
    does_not_apply: bool = False
    look: str = ""
    options: tuple[Option, ...] = ()
    lines: tuple[Line, ...] = ()
    nodes: tuple[Node, ...] = ()
    value: str = ""
    other: str = ""
    why: str = ""
    low: str = ""
    high: str = ""
    first: str = ""
    second: str = ""
    hint: str = ""
    unit: str = ""
    picture: str = ""
    at_most: int = 0
    at_least: int = 0
    lowest: str = ""
    highest: str = ""
    step: str = ""
    total: int = 0
    total_words: str = ""
    is_multiple: bool = False
    is_whole: bool = False
    accept: str = ""
    files: tuple[Option, ...] = ()
    opened: tuple[str, ...] = ()
    is_grouped: bool = True

    @property
    def anchor(self) -> str:
        """Where an error leads to."""
        return f"q-{self.key}"

    @property
    def described(self) -> str:
        """Ids of what describes the controls, for ``aria-describedby``."""
        parts = ((self.about, "about"), (self.hint, "hint"), (self.error, "error"))
        return " ".join(f"q-{self.key}-{name}" for words, name in parts if words)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a question is drawn with.

    Attributes
    ----------
    facts
        What is known of the respondent, for the places in texts that it fills.
    values
        What stands in the controls, by their names.
    errors
        Why answers were not taken, by key.
    picture_address
        Where a picture of the survey is.
    file_names
        Names of the files that were sent, by id.
    is_unfilled
        The places in texts are filled later, by the page itself.
    picture_size
        Width and height of a picture of the survey; None where it is not known.
    """

    facts: Facts
    locale: Locale
    values: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    picture_address: Callable[[str], str]
    file_names: Mapping[str, str]
    is_unfilled: bool = False
    picture_size: Callable[[str], tuple[int, int] | None] = lambda _: None

    def said(self, words: kinds.Words) -> str:
        """Return words in the respondent's language, their places filled, or as they are for who fills them later."""
        if self.is_unfilled:
            return in_language(words, self.facts.language, *self.facts.survey.languages[:1])
        return piped(words, self.facts, number=self.locale.number, day=self._day)

    def _day(self, iso: str) -> str:
        return self.locale.date(dt.date.fromisoformat(iso))

    def value(self, name: str) -> str:
        """Return what stands in a control."""
        return next(iter(self.values.get(name, ())), "")

    def number(self, value: float) -> str:
        """Return a number as the respondent reads it."""
        return self.locale.number(value)


#: What a kind of question adds to what all cards have, and what makes it.
Body = dict[str, Any]
BodyOf = Callable[[Shown, Any, Drawing], Body]
