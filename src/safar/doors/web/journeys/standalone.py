"""An answer as one page of HTML that needs nothing else: its sentences lead to the cells that they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from safar.doors.web.design.fact import Definition
from safar.doors.web.design.static_files import FOLDER
from safar.show.locale import Locale

from .kind import Drawing, Figure, Finding
from .page import JourneyPage

_SHEETS: Final = ("tokens", "standalone", "drawings")


@dataclass(frozen=True, slots=True)
class StandaloneTable:
    """A table whose cells can be led to: ``id`` of a cell is ``<row>-<number of the column>``."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]


@dataclass(frozen=True, slots=True)
class StandalonePage:
    """What the template of the file is given."""

    title: str
    lead: str
    workspace: str
    scope: str
    asked_at: str
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    drawings: tuple[Drawing, ...]
    tables: tuple[StandaloneTable, ...]
    definition: Definition | None
    style: SafeString


def standalone_page(page: JourneyPage, locale: Locale) -> StandalonePage:
    """Return an answer as the file shows it: nothing in it leads to the pages it came from."""
    shown = page.shown
    assert shown is not None
    return StandalonePage(
        title=str(page.kind.name),
        lead=str(page.kind.lead),
        workspace=page.workspace.name,
        scope=page.scope,
        asked_at=locale.datetime(timezone.now()),
        figures=shown.figures,
        findings=shown.findings,
        drawings=shown.drawings,
        tables=tuple(
            StandaloneTable(
                table.caption,
                tuple(column.name for column in table.columns),
                tuple(
                    (
                        row.key or f"r{number}",
                        tuple(
                            (f"{row.key or f'r{number}'}-{place}", cell.text, column.kind == "number")
                            for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True))
                        ),
                    )
                    for number, row in enumerate(table.rows)
                ),
            )
            for table in shown.tables
        ),
        definition=page.definition,
        style=_style(),
    )


def _style() -> SafeString:
    """Return the styles of the file; the fonts of the machine do, for nothing is fetched."""
    sheets = [(Path(FOLDER) / "css" / f"{name}.css").read_text("utf-8") for name in _SHEETS]
    # Faces of fonts are fetched by address; a file that stands alone has none.
    tokens = sheets[0].partition(":root {")
    return mark_safe("\n".join([f":root {{{tokens[2]}", *sheets[1:]]))  # noqa: S308 - our own style sheets
