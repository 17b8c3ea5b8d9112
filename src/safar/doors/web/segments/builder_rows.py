"""The builder as the page shows it: a row for each part with its fields, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.events.words import happening, visible

from .building import kind_names
from .choices import Choices
from .draft import DEEPEST, GROUPS, KINDS, Draft, Path
from .forms import Editing

Control = Literal["text", "lines", "number", "day", "select"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row.

    Attributes
    ----------
    name, control_id
        Of the form, and of the page.
    label
        In the reader's language.
    control
        What it is.
    value
        What stands in it.
    role
        Which part of the row it is: the page hides what another field makes idle.
    options
        Of a select: groups of values and names; a group without a name stands first.
    suggestions
        The id of the list that is offered; empty for none.
    placeholder, error
        May be empty.
    """

    name: str
    control_id: str
    label: str
    control: Control
    value: str
    role: str = ""
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    suggestions: str = ""
    placeholder: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a row: what it sends, and what it is called."""

    value: str
    name: str
    sign: str


@dataclass(frozen=True, slots=True)
class Row:
    """One part.

    Attributes
    ----------
    path
        Where it stands, as names of fields have it: ``0.1``; empty for all of it.
    row_id, title
        Of the page, and what it is called.
    kind, is_group
        Of the part.
    choice
        The select of a group: all, any or none of it.
    fields
        Of a part.
    rows
        Of a group.
    adds
        Kinds that can be added to a group: what a button sends, and what the kind is called.
    acts
        What can be done with the part.
    error
        Of the part as a whole.
    is_focused
        Whether the reader goes on here.
    """

    path: str
    row_id: str
    title: str
    kind: str
    is_group: bool
    choice: Field | None
    fields: tuple[Field, ...]
    rows: tuple[Row, ...]
    adds: tuple[Act, ...]
    acts: tuple[Act, ...]
    error: str
    is_focused: bool


def builder_row(editing: Editing, choices: Choices) -> Row:
    """Return all of the builder: the row of the outermost group."""
    return _Rows(editing, choices).row(editing.draft, (), 1)


class _Rows:
    def __init__(self, editing: Editing, choices: Choices) -> None:
        self._editing = editing
        self._choices = choices
        self._names = kind_names()

    def row(self, draft: Draft, path: Path, siblings: int) -> Row:
        """Return the row of a part that has so many siblings, itself among them."""
        is_group = draft.is_group
        inside = tuple(
            self.row(each, (*path, place), len(draft.inside)) for place, each in enumerate(draft.inside)
        )
        return Row(
            path=".".join(map(str, path)),
            row_id=f"part-{'-'.join(map(str, path))}" if path else "part",
            title=_("Group") if is_group else self._names.get(draft.kind, draft.kind),
            kind=draft.kind,
            is_group=is_group,
            choice=self._choice(draft, path) if is_group else None,
            fields=() if is_group else tuple(_FIELDS[draft.kind](self, draft.values, path)),
            rows=inside,
            adds=self._adds(path) if is_group else (),
            acts=self._acts(path, siblings) if path else (),
            error=self._editing.errors.get((path, ""), ""),
            is_focused=self._editing.focus == path,
        )

    def _adds(self, path: Path) -> tuple[Act, ...]:
        kinds = (*KINDS, *(GROUPS if len(path) < DEEPEST else ()))
        at = "".join(f".{place}" for place in path)
        left_out = set[str]()
        if not self._choices.journeys:
            left_out.add("step")
        return tuple(Act(f"add{at}.{kind}", self._names[kind], "") for kind in kinds if kind not in left_out)

    def _acts(self, path: Path, siblings: int) -> tuple[Act, ...]:
        at = ".".join(map(str, path))
        found = []
        if path[-1]:
            found.append(Act(f"up.{at}", _("Move up"), "↑"))
        if path[-1] < siblings - 1:
            found.append(Act(f"down.{at}", _("Move down"), "↓"))
        before = self._editing.draft.at((*path[:-1], path[-1] - 1)) if path[-1] else None
        if before is not None and before.is_group:
            found.append(Act(f"in.{at}", _("Move into the group before it"), "⤵"))
        if len(path) > 1:
            found.append(Act(f"out.{at}", _("Move out of the group"), "⤴"))
        elif len(path) <= DEEPEST:
            found.append(Act(f"wrap.{at}", _("Make a group of it"), "( )"))
        found.append(Act(f"remove.{at}", _("Take away"), "✕"))
        return tuple(found)

    def _choice(self, draft: Draft, path: Path) -> Field:
        options = (
            ("all", _("All of this is true")),
            ("any", _("At least one of this is true")),
            ("none", _("None of this is true")),
        )
        return self._select(path, "kind", _("Of what follows"), draft.kind, options)

    def field(
        self,
        path: Path,
        name: str,
        label: str,
        values: Mapping[str, str],
        control: Control = "text",
        *,
        role: str = "",
        suggestions: str = "",
        placeholder: str = "",
    ) -> Field:
        """Return a field in which one types."""
        return Field(
            self._name(path, name),
            self._id(path, name),
            label,
            control,
            values.get(name, ""),
            role,
            suggestions=suggestions,
            placeholder=placeholder,
            error=self._editing.errors.get((path, name), ""),
        )

    def select(
        self,
        path: Path,
        name: str,
        label: str,
        values: Mapping[str, str],
        options: tuple[tuple[str, str], ...],
        *,
        role: str = "",
    ) -> Field:
        """Return a field from which one chooses."""
        return self._select(path, name, label, values.get(name, ""), options, role=role)

    def _select(
        self,
        path: Path,
        name: str,
        label: str,
        value: str,
        options: tuple[tuple[str, str], ...],
        *,
        role: str = "",
    ) -> Field:
        error = self._editing.errors.get((path, name), "")
        return Field(
            self._name(path, name),
            self._id(path, name),
            label,
            "select",
            value,
            role,
            (("", options),),
            error=error,
        )

    @staticmethod
    def _name(path: Path, name: str) -> str:
        return ".".join(("p", *map(str, path), name))

    @staticmethod
    def _id(path: Path, name: str) -> str:
        return "-".join(("p", *map(str, path), name))

    def did(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of what was done."""
        what = self.field(
            path,
            "what",
            pgettext("condition", "What happened"),
            values,
            suggestions="event-names",
            placeholder=str(happening("order_placed").words),
        )
        return [what, *self.often(values, path), *self.when(values, path)]

    def order(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of one thing after another."""
        return [
            self.field(
                path,
                "what",
                _("What happened, in this order: one thing on a line"),
                values,
                "lines",
                placeholder="\n".join(
                    str(happening(name).words) for name in ("product_viewed", "order_placed")
                ),
            ),
            self.field(path, "within", _("All of it within (may be empty)"), values, "number"),
            self.select(path, "unit", _("Unit"), values, _units()),
            *self.when(values, path),
        ]

    def has(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of what is known of somebody."""
        of = self.field(path, "of", _("Property"), values, suggestions="property-names", placeholder="city")
        return [of, *self.comparison(values, path)]

    def answered(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of what was answered."""
        which = (("newest", _("The last answer")), ("any", _("Any answer")))
        return [
            self.select(path, "which", _("Which answer"), values, which),
            self.field(
                path,
                "of",
                _("To the scale or question"),
                values,
                suggestions="question-names",
                placeholder="nps",
            ),
            *self.comparison(values, path),
            *self.when(values, path),
        ]

    def spent(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of how much was spent."""
        options = (
            ("at_least", _("At least")),
            ("above", _("More than")),
            ("at_most", _("At most")),
            ("below", _("Less than")),
        )
        known = {"currency": self._choices.currency, **values}
        return [
            self.select(path, "comparison", _("Orders less returns"), values, options),
            self.field(path, "amount", pgettext("of money", "Amount"), values, "number"),
            self.field(path, "currency", _("Currency"), known),
            *self.when(values, path),
        ]

    def ordered(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of how often was ordered."""
        return [*self.often(values, path), *self.when(values, path)]

    def step(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of the step of a journey."""
        groups = tuple(
            (
                visible(journey.name),
                tuple((f"{journey.map_id}/{step_id}", visible(name)) for step_id, name in journey.steps),
            )
            for journey in self._choices.journeys
        )
        reached = (("at", _("Stands there now")), ("reached", _("Was there once")))
        step = Field(
            self._name(path, "step"),
            self._id(path, "step"),
            _("Step of a journey"),
            "select",
            values.get("step", ""),
            options=groups,
            error=self._editing.errors.get((path, "step"), ""),
        )
        return [step, self.select(path, "reached", _("When"), values, reached)]

    def text(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the field of a part as text."""
        return [self.field(path, "text", _("As text"), values, "lines", placeholder="did order_placed >= 2")]

    def often(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of how often."""
        options = (
            ("some", _("At least once")),
            ("least", _("At least …")),
            ("most", _("At most …")),
            ("exactly", _("Exactly …")),
            ("between", _("From … to …")),
            ("never", _("Never")),
        )
        return [
            self.select(path, "often", _("How often"), values, options, role="often"),
            self.field(path, "count", pgettext("how often", "Times"), values, "number", role="count"),
            self.field(path, "most", pgettext("how often", "up to"), values, "number", role="most"),
        ]

    def when(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of the time that counts."""
        options = (
            ("", _("Ever")),
            ("last", _("In the last …")),
            ("days", _("Between two days")),
        )
        return [
            self.select(path, "when", _("When"), values, options, role="when"),
            self.field(
                path, "last", pgettext("of a length of time", "So many"), values, "number", role="last"
            ),
            self.select(path, "last_unit", _("Unit"), values, _units(), role="last"),
            self.field(path, "since", _("From the day"), values, "day", role="days"),
            self.field(path, "until", _("To the day"), values, "day", role="days"),
        ]

    def comparison(self, values: Mapping[str, str], path: Path) -> list[Field]:
        """Return the fields of a comparison and its value."""
        options = (
            ("is", _("is")),
            ("is_not", _("is not")),
            ("above", _("is above")),
            ("at_least", _("is at least")),
            ("below", _("is below")),
            ("at_most", _("is at most")),
            ("contains", _("contains")),
            ("is_there", _("is known")),
            ("is_missing", _("is not known")),
        )
        return [
            self.select(path, "comparison", _("How"), values, options, role="comparison"),
            self.field(path, "value", _("Value (several: a | b)"), values, role="value"),
        ]


def _units() -> tuple[tuple[str, str], ...]:
    return (("d", _("days")), ("w", _("weeks")), ("h", _("hours")))


_FIELDS: Final[dict[str, Callable[[_Rows, Mapping[str, str], Path], list[Field]]]] = {
    "did": _Rows.did,
    "order": _Rows.order,
    "has": _Rows.has,
    "answered": _Rows.answered,
    "spent": _Rows.spent,
    "ordered": _Rows.ordered,
    "step": _Rows.step,
    "text": _Rows.text,
}
