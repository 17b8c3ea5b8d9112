"""The pages of the wizard in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from safar.collect.look import ColumnLook
from safar.collect.mapping_columns import columns_of
from safar.collect.preview import PreviewRow
from safar.collect.roles import MOMENT_ROLES, SINGLE
from safar.doors.web.design.paging import cursor
from safar.doors.web.design.parts import EmptyState, Step, steps
from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.design.table import Cell, Column, Row, Table, Tone
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import SafarError
from safar.vocabulary.money import Money

from .models import FileImport
from .queries import ImportFacts, KnownMapping
from .telling import mapping_in_words
from .understanding import Understanding
from .words import KINDS, ROLE_GROUPS, ROLE_NAMES, doubt_in_words, reason_in_words

#: Columns that can be looked through on a page; the rest stays as proposed.
MOST_COLUMNS: Final = 150
_COLUMNS_OF_PREVIEW: Final = 60
_EXAMPLES: Final = 3
_LONGEST_EXAMPLE: Final = 40
_NEARLY_ALL: Final = 0.99
_RIGHT_TO_LEFT: Final = "\u200f"

STATES: Final[dict[str, tuple[Promise | str, Tone]]] = {
    "waiting": (pgettext_lazy("state of an import", "Waiting for you"), "soft"),
    "trying": (pgettext_lazy("state of an import", "Being tried"), "info"),
    "tried": (pgettext_lazy("state of an import", "Tried, not imported"), "soft"),
    "running": (pgettext_lazy("state of an import", "Under way"), "info"),
    "stopped": (pgettext_lazy("state of an import", "Stopped half-way"), "warn"),
    "failed": (pgettext_lazy("state of an import", "Failed"), "bad"),
    "finished": (pgettext_lazy("state of an import", "Imported"), "good"),
    "undoing": (pgettext_lazy("state of an import", "Being undone"), "info"),
    "undone": (pgettext_lazy("state of an import", "Undone"), "soft"),
}
FORMATS: Final[dict[str, str]] = {
    "delimited": "CSV",
    "jsonl": "JSON Lines",
    "excel": "Excel",
    "parquet": "Parquet",
    "xes": "XES",
}


def state_of(facts: ImportFacts) -> tuple[str, Tone]:
    """Return where an import stands, and the tone of its badge."""
    name, tone = STATES[facts.state]
    return str(name), tone


def address(name: str, facts: ImportFacts | FileImport, workspace_id: str) -> str:
    """Return an address of one import."""
    return reverse(name, kwargs={"workspace_id": workspace_id, "import_id": facts.import_id})


def imports_table(
    found: Sequence[ImportFacts],
    following: str,
    workspace: Workspace,
    locale: Locale,
    *,
    is_first: bool,
    can_export: bool,
) -> Table:
    """Return the list of imports."""
    columns = (
        Column("file", _("File")),
        Column("state", _("State")),
        Column("when", _("When"), "when"),
        Column("who", _("Who")),
        Column("taken", _("Rows taken"), "number"),
        Column("rejected", _("Rows rejected"), "number"),
    )
    rows = tuple(_row(each, workspace.workspace_id, locale) for each in found)
    return Table(
        _("Imports, newest first"),
        columns,
        rows,
        next_query=f"after={cursor(following)}" if following else "",
        first_query="" if is_first else "from=start",
        can_export=can_export,
    )


def _row(facts: ImportFacts, workspace_id: str, locale: Locale) -> Row:
    report = facts.report
    state, tone = state_of(facts)
    return Row(
        (
            Cell(facts.file_name, href=address("import", facts, workspace_id)),
            Cell(state, tone=tone),
            Cell(locale.datetime(facts.started_at), value=facts.started_at),
            Cell(facts.who or _("at the terminal")),
            _count(report.rows_imported if report else None, locale),
            _count(report.rows_rejected if report else None, locale),
        ),
        key=facts.import_id,
    )


def _count(number: int | None, locale: Locale) -> Cell:
    return Cell(locale.number(number), value="" if number is None else number)


def no_imports(workspace_id: str) -> EmptyState:
    """Return what stands where nothing was imported yet."""
    return EmptyState(
        _("Bring in what happened before today"),
        _(
            "A file of orders, visits or answers becomes events of your customers, and every page fills with their "
            "history. Before anything is kept you see what each column is taken for, and a dry run says what would be "
            "imported. Afterwards an import can be taken back as a whole."
        ),
        _("Import a file"),
        reverse("import-new", kwargs={"workspace_id": workspace_id}),
    )


def wizard_steps(facts: ImportFacts | None, current: int, workspace_id: str) -> tuple[Step, ...]:
    """Return the steps; those that were done can be gone back to until the import begins."""
    names = [_("File"), _("Columns"), _("Dry run"), _("Import")]
    hrefs = None
    if facts and facts.report is None:
        hrefs = [
            "",
            address("import-columns", facts, workspace_id),
            address("import-trial", facts, workspace_id),
            "",
        ]
    return steps(names, current, hrefs)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list."""

    value: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ColumnCard:
    """A column of the file, and what it stands for.

    Attributes
    ----------
    place
        In the file, from 0; the form's field is ``role-<place>``.
    name, examples, holds
        Its name, its first values, what they seem to be.
    groups
        What it may stand for: heading and options.
    meaning
        What it stands for now.
    mistake
        What is wrong with some of its values; may be empty.
    """

    place: int
    name: str
    examples: tuple[str, ...]
    holds: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    meaning: str
    mistake: str = ""
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell as it stands in the file; ``mistake`` says what is wrong with it."""

    text: str
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A row as it stands in the file; ``mistake`` says what is wrong with the whole row."""

    number: str
    cells: tuple[PreviewCell, ...]
    mistake: str = ""
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """What the step of the columns shows."""

    facts: ImportFacts
    file_line: str
    sentences: tuple[str, ...]
    doubts: tuple[str, ...]
    refusal: str
    refusal_detail: str
    is_written: bool
    is_said: bool
    asks_event_name: bool
    templates: tuple[KnownMapping, ...]
    cards: tuple[ColumnCard, ...]
    columns_more: str
    heads: tuple[str, ...]
    lines: tuple[PreviewLine, ...]
    mistakes_title: str
    mistakes: tuple[PreviewLine, ...]
    events: tuple[tuple[str, str, str, str], ...]


def columns_page(
    facts: ImportFacts,
    known: Understanding,
    templates: Sequence[KnownMapping],
    workspace: Workspace,
    locale: Locale,
) -> ColumnsPage:
    """Return the step of the columns."""
    row = facts.row
    assert row
    wrong = _mistakes_by_column(known)
    names = known.look.shape.names
    heads = known.preview.names[:_COLUMNS_OF_PREVIEW]
    more = len(names) - MOST_COLUMNS
    return ColumnsPage(
        facts=facts,
        file_line=_file_line(known, facts.size, locale),
        sentences=tuple(mapping_in_words(known.mapping, locale)) if known.mapping else (),
        doubts=_doubts(known, workspace, locale),
        refusal=locale.shape(sentence_of(known.refusal.code)) if known.refusal else "",
        refusal_detail=str(known.refusal) if known.refusal else "",
        is_written=known.is_written,
        is_said=bool(row.reading or row.roles or row.unit or row.event_name or row.written),
        asks_event_name=not known.is_written and not set(known.roles.values()) & {"event", *MOMENT_ROLES},
        templates=tuple(templates),
        cards=tuple(_card(place, known, wrong, locale) for place in range(min(len(names), MOST_COLUMNS))),
        columns_more=filled(
            ngettext(
                "%(count)s column more stays as proposed.", "%(count)s columns more stay as proposed.", more
            ),
            count=locale.number(more),
        )
        if more > 0
        else "",
        heads=heads,
        lines=tuple(_line(each, heads, locale) for each in known.preview.rows),
        mistakes_title=_mistakes_title(known, locale),
        mistakes=tuple(_line(each, heads, locale) for each in known.preview.mistakes),
        events=tuple(
            (
                event.event_name,
                event.customer_id,
                locale.datetime(event.occurred_at),
                _amount_text(event.amount, event.currency, locale),
            )
            for event in known.preview.events[:5]
        ),
    )


def _amount_text(amount: int, currency: str, locale: Locale) -> str:
    return locale.money(Money(amount, currency)) if currency else ""


def _file_line(known: Understanding, size: int, locale: Locale) -> str:
    """Return what kind of file it is, in a line."""
    shape = known.preview.shape
    parts = [FORMATS[shape.format]]
    if shape.packing:
        parts.append(shape.packing)
    parts.append(size_in_words(size, locale))
    if shape.encoding and shape.format == "delimited":
        parts.append(shape.encoding.removesuffix("-sig").upper())
    if shape.delimiter and shape.format == "delimited":
        shown = {"\t": _("tab"), "whitespace": _("blanks")}.get(shape.delimiter, shape.delimiter)
        parts.append(filled(_("columns parted by %(mark)s"), mark=shown))
    if shape.sheet:
        parts.append(filled(_("sheet %(sheet)s"), sheet=shape.sheet))
    if shape.format in ("delimited", "excel"):
        parts.append(_("first row names the columns") if shape.header else _("no row names the columns"))
    count = len(shape.names)
    parts.append(filled(ngettext("%(count)s column", "%(count)s columns", count), count=locale.number(count)))
    # Each part keeps its own direction, and the line that of the page, whatever it begins with.
    mark = "" if locale.language == "en" else _RIGHT_TO_LEFT
    return mark + " · ".join(f"\u2068{part}\u2069" for part in parts)


def _doubts(known: Understanding, workspace: Workspace, locale: Locale) -> tuple[str, ...]:
    choices = known.proposal.choices if known.proposal else ()
    return tuple(doubt_in_words(choice, locale, workspace.currency) for choice in choices if choice.is_doubt)


def _mistakes_by_column(known: Understanding) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in (*known.preview.rows, *known.preview.mistakes):
        if row.rejection and row.rejection.column:
            found.setdefault(
                row.rejection.column, reason_in_words(row.rejection.reason, row.rejection.column)
            )
    return found


def _card(place: int, known: Understanding, wrong: dict[str, str], locale: Locale) -> ColumnCard:
    name = known.look.shape.names[place]
    column = known.look.column(name)
    role = known.roles.get(name, "property")
    groups = tuple(
        (
            str(heading),
            tuple(Option(value, str(label), value == role) for value, label in names.items()),
        )
        for heading, names in ROLE_GROUPS
    )
    return ColumnCard(
        place=place,
        name=name,
        examples=tuple(_short(text) for text in column.examples[:_EXAMPLES]),
        holds=_holds(column, locale),
        groups=groups,
        meaning=_written_meaning(name, known) if known.is_written else str(ROLE_NAMES.get(role, role)),
        mistake=wrong.get(name, ""),
        is_key=role in (*SINGLE, *MOMENT_ROLES),
    )


def _holds(column: ColumnLook, locale: Locale) -> str:
    """Return what a column seems to hold: dates and their calendar, numbers, how much of it is filled."""
    parts = [str(KINDS[column.kind])]
    if column.time:
        calendars = {"jalali": _("Jalali"), "hijri": _("Hijri"), "gregorian": _("Gregorian")}
        parts.append(calendars.get(column.time.calendar, ""))
    if 0 < column.filled_share < 1:
        decimals = 1 if column.filled_share > _NEARLY_ALL else 0
        share = locale.percent(min(column.filled_share, 0.999), decimals=decimals)
        parts.append(filled(_("%(share)s filled"), share=share))
    return " · ".join(filter(None, parts))


def _written_meaning(name: str, known: Understanding) -> str:
    """Return where a written mapping uses a column."""
    places = [place for column, place in columns_of(known.mapping) if column == name] if known.mapping else []
    return ", ".join(dict.fromkeys(places)) or str(_("Not used"))


def _mistakes_title(known: Understanding, locale: Locale) -> str:
    found = known.preview
    if not found.rejected:
        return ""
    return filled(
        ngettext(
            "%(count)s of the first %(rows)s rows would be rejected",
            "%(count)s of the first %(rows)s rows would be rejected",
            found.rejected,
        ),
        count=locale.number(found.rejected),
        rows=locale.number(found.rows_looked_at),
    )


def _line(row: PreviewRow, heads: Sequence[str], locale: Locale) -> PreviewLine:
    why = row.rejection
    reason = reason_in_words(why.reason, why.column) if why else ""
    is_in_cell = bool(why and why.column in heads)
    cells = tuple(
        PreviewCell(text, reason if why and is_in_cell and head == why.column else "")
        for head, text in zip(heads, row.cells, strict=False)
    )
    cells += (PreviewCell(""),) * (len(heads) - len(cells))
    return PreviewLine(locale.number(row.number), cells, "" if is_in_cell else reason, why is not None)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"


def sentence_for(error: SafarError, locale: Locale) -> str:
    """Return what an error means, in the reader's language."""
    return locale.shape(sentence_of(error.code))
