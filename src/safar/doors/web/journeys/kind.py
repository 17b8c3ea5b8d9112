"""What a kind of question brings to its page: a form, and how its answer is shown. All else the desk does alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Table
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .forms import QuestionForm
from .metric import Metric, Unit

#: Units of drawings on wide pages and on telephones.
_WIDE: Final = 940.0
_NARROW: Final = 340.0
#: The name of a number of the answer, by the names of its analysis.
Cell = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at the head of a page: its name, how sure it is or what it is made of, where it leads."""

    name: str
    value: str
    sure: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about the answer, and the cell that it speaks of: the key of a table's row, empty for none, and the
    place of the column."""

    sentence: str
    row: str = ""
    column: int = 0


@dataclass(frozen=True, slots=True)
class NextStep:
    """What can be done with an answer: what its button says, and where it leads."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of the answer.

    Attributes
    ----------
    key
        Unique on the page: ``export=svg&drawing=<key>`` takes it away.
    name
        A heading, and what its scrolling frame is called.
    svg
        As `safar.show.drawing` made it.
    narrow
        The same for telephones; empty where the first one scrolls.
    said
        What is hidden, or how to read it.
    """

    key: str
    name: str
    svg: str
    narrow: str = ""
    said: str = ""

    @classmethod
    def in_both_widths(cls, key: str, name: str, drawn: Callable[..., str], *, said: str = "") -> Drawing:
        """Return a drawing for wide pages and for telephones; ``drawn`` takes ``width`` and ``drawing_id``."""
        wide = drawn(width=_WIDE, drawing_id=key)
        return cls(key, name, wide, drawn(width=_NARROW, drawing_id=f"{key}-narrow"), said)


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer in the reader's words.

    Attributes
    ----------
    figures
        At the head.
    findings
        What stands out, each with the row it speaks of.
    next_steps
        What can be done with it, below what stands out.
    drawings
        From top to bottom.
    tables
        Below them. The rows' keys are what findings name.
    empty
        What to say instead where nothing was found.
    extra
        For the kind's own template.
    """

    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    empty: EmptyState | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and for whom it is shown.

    Attributes
    ----------
    workspace, locale
        Whose, and who reads.
    form
        The valid form; ``form.cleaned_data`` holds what concerns the showing alone.
    question, answer
        Of the library.
    query
        The state of the page as a query, without ``?``.
    sort
        By which column the reader wants the table; empty for the order of the answer.
    behind
        Returns where the customers behind a cell are listed; empty for who may not see them.
    may_save
        Whether the reader may keep questions and estimates.
    """

    workspace: Workspace
    locale: Locale
    form: QuestionForm
    question: Any
    answer: Any
    query: str
    sort: str
    behind: Callable[[Cell], str]
    may_save: bool = False


_MORE: Final = gettext_lazy("Days, channels, customers, conditions")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPage:
    """One page of a desk.

    Attributes
    ----------
    key
        In addresses: ``journeys/<key>``; no two desks have the same.
    name
        In the second navigation, and as the title.
    lead
        The question it answers, as one.
    form
        Asks for the question; ``form.question()`` returns one of `safar.act.questions`.
    shown
        Puts the answer into the reader's words.
    differs
        How its number differs from those of neighbouring pages: a sentence in which their keys stand as placeholders,
        which become links.
    meaning, method
        What the numbers mean, and how they are counted.
    template
        Shows the answer; the usual one shows figures, findings, drawings and tables one below another.
    form_template
        Shows the fields of the kind's own.
    scripts
        Further modules of JavaScript.
    group
        One name in the second navigation for kinds that follow each other and are tabs of one page; empty for a kind
        that has a place of its own.
    beside
        Pages that are no questions, shown as tabs after the kind's own: the name of an address, and what it is called.
    cell_words
        Returns which customers a cell stands for, as a title; the parts of the cell where None.
    further_tables
        Tables of the answer besides ``table`` that leave as files: the attribute, and what it is called. Those without
        rows are not offered.
    customer_list
        What the answer's ``customer_table`` is called, which leaves as a file for those who may see customers and take
        rows away; empty for an answer without one.
    nothing
        What stands where the library refuses because there is nothing to answer with, by the codes of its refusals: a
        heading and a sentence.
    more
        What the fields that are folded away are about.
    asks_in_notes
        Facts of the answer's notes that name a question by its key: pages show its words.
    desk
        On which it stands: ``journeys``, or that of an app which adds its pages to `kinds`.
    metric, metric_name, metric_unit
        Returns the one number of an answer that a saved question follows (None where this answer has none), what it is
        called, and its unit; a kind without one can be saved, not pinned or watched.
    """

    key: str
    name: Promise | str
    lead: Promise | str
    form: type[QuestionForm]
    shown: Callable[[Asked], Shown]
    meaning: Promise | str
    method: Promise | str
    template: str = "journeys/answer.html"
    form_template: str = "journeys/fields.html"
    scripts: tuple[str, ...] = ()
    differs: Promise | str = ""
    group: Promise | str = ""
    beside: tuple[tuple[str, Promise | str], ...] = ()
    cell_words: Callable[[Cell, Locale], str] | None = None
    further_tables: tuple[tuple[str, Promise | str], ...] = ()
    customer_list: Promise | str = ""
    nothing: Mapping[str, tuple[Promise | str, Promise | str]] = field(default_factory=dict)
    more: Promise | str = _MORE
    asks_in_notes: tuple[str, ...] = ()
    desk: str = "journeys"
    metric: Callable[[Any], Metric | None] | None = None
    metric_name: Promise | str = ""
    metric_unit: Unit = "share"
