"""Parts that panels are made of: sections, blanks for each language, buttons that put a part elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.design.words import filled
from safar.maps.anatomy import (
    JourneyMap,
    Step,
    Words,
    said,
)
from safar.show.locale import Locale

from .edit_forms import Choice, Control, EditForm, Press, told

#: Blank lines at the end of a list of promises or of evidence.
BLANK_LINES: Final = 1


@dataclass(frozen=True, slots=True)
class Choices:
    """What a panel offers to choose from.

    Attributes
    ----------
    questions
        Keys of survey questions that answers of the log have.
    personas
        Pairs of a public id and a name.
    maps
        Other maps of the workspace, as pairs of a public id and a name.
    members
        Names of those who work here.
    files
        Attachments of the map by their public id.
    """

    questions: tuple[str, ...] = ()
    personas: tuple[tuple[str, str], ...] = ()
    maps: tuple[tuple[str, str], ...] = ()
    members: tuple[str, ...] = ()
    files: dict[str, FileView] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a card."""

    public_id: str
    name: str
    byte_count: int
    is_picture: bool
    href: str
    size: str = ""
    remove: Press | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a panel that can be folded.

    Attributes
    ----------
    key
        Of the page; its own template where there is one: ``events``, ``files``.
    title, lead
        What it is, and a sentence about it.
    form
        Blanks; None without any.
    presses
        Buttons.
    is_open
        Whether it is unfolded at first.
    """

    key: str
    title: str
    lead: str = ""
    form: EditForm | None = None
    presses: tuple[Press, ...] = ()
    is_open: bool = False
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the map, open.

    Attributes
    ----------
    place
        Such as ``card/c1``; see `safar.maps.edits.target`.
    eyebrow, title
        What it is and where; its name.
    form
        Its texts.
    sections
        Everything else.
    presses
        What moves it and takes it away.
    takes_comments
        Whether it can be commented.
    """

    place: str
    eyebrow: str
    title: str
    form: EditForm | None
    sections: tuple[Section, ...] = ()
    presses: tuple[Press, ...] = ()
    takes_comments: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What every panel is made from."""

    document: JourneyMap
    locale: Locale
    language: str
    choices: Choices

    def said(self, words: Words) -> str:
        """Return a text in the language that is being written, else in another one of the map."""
        return said(words, self.language, *self.document.languages)

    @property
    def languages(self) -> tuple[str, ...]:
        """Of the map, the one that is being written first."""
        others = (each for each in self.document.languages if each != self.language)
        return (self.language, *others)

    def step_name(self, step: Step) -> str:
        """Return the number and the name of a step."""
        number = self.document.steps.index(step) + 1
        return f"{self.locale.number(number)}. {self.said(step.name)}"

    def step_choices(self, chosen: str = "") -> tuple[Choice, ...]:
        """Return all steps to choose from."""
        return tuple(
            Choice(step.step_id, self.step_name(step), step.step_id == chosen) for step in self.document.steps
        )


class Blanks:
    """Gathers edits and their controls."""

    def __init__(self) -> None:
        self.edits: list[str] = []
        self.controls: list[Control] = []

    def add(self, edit: str, *controls: Callable[[int], Control]) -> None:
        """Add an edit, and its controls made from its number."""
        number = len(self.edits)
        self.edits.append(edit)
        self.controls += [control(number) for control in controls]

    def words(
        self,
        asked: Asked,
        edit: str,
        of: str,
        label: str,
        words: Words,
        *,
        kind: str = "line",
        others: bool = False,
    ) -> None:
        """Ask for a text in the language that is being written, or in the others of the map."""
        for language in asked.languages[1:] if others else asked.languages[:1]:
            name = language_name(language)
            shown = (
                label
                if len(asked.languages) == 1
                else filled(_("%(label)s (%(language)s)"), label=label, language=name)
            )
            self.add(
                told(edit, of=of, language=language),
                lambda number, shown=shown, language=language: Control(  # type: ignore[misc]
                    f"{number}:text", shown, kind, words.get(language, ""), language=language
                ),
            )

    def form(self) -> EditForm:
        """Return what was gathered."""
        return EditForm(tuple(self.edits), tuple(self.controls))


def translations(
    asked: Asked, of: str, *texts: tuple[str, str, Words] | tuple[str, str, Words, str]
) -> tuple[Section, ...]:
    """Return the section that asks for texts in the other languages of the map; none where there is one language.

    Parameters
    ----------
    texts
        Of each: its edit, its label, the text by language, and its kind of control where that is no ``line``.
    """
    if len(asked.languages) == 1:
        return ()
    blanks = Blanks()
    for edit, label, words, *kind in texts:
        blanks.words(asked, edit, of, label, words, kind=kind[0] if kind else "line", others=True)
    return (Section("translations", _("In other languages"), form=blanks.form()),)


def language_name(language: str) -> str:
    """Return a language named in itself."""
    return LANGUAGE_NAMES.get(language, language)


def order(asked: Asked, ids: Sequence[str], own: str, edit: str, **fields: str) -> tuple[Press, ...]:
    """Return what puts a part before the one that it follows, and behind the one that follows it."""
    place = ids.index(own)
    earlier, later = (
        (_("Move up"), _("Move down"))
        if edit in {"lane.move", "card.move"}
        else (
            _("Move earlier"),
            _("Move later"),
        )
    )
    presses = []
    if place:
        presses.append(Press(earlier, (told(edit, of=own, before=ids[place - 1], **fields),)))
    if place + 1 < len(ids):
        before = ids[place + 2] if place + 2 < len(ids) else ""
        presses.append(Press(later, (told(edit, of=own, before=before, **fields),)))
    return tuple(presses)
