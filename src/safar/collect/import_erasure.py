"""Erasing a person from the records of imports: what was shown and what was rejected names customers too."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from .import_record import ImportReport, import_folders, write_whole
from .rows import as_text

#: Where the row itself starts in a rejects file, after its number, the reason and the sentence.
_CELLS_FROM: Final = 3


def erase_from_imports(folder: Path, texts: Collection[str]) -> int:
    """Erase a person from the records of imports: rejected rows and shown events that name one of their ids.

    Parameters
    ----------
    folder
        The workspace's folder of imports.
    texts
        The person's ids, addresses and numbers, as they stand in files. A cell names the person when it is one of them;
        JSON in a cell when one of its values is; JSON that cannot be read when it holds one anywhere.

    Returns
    -------
    int
        How many rows and events were erased.

    Raises
    ------
    ImportBusy
        When an import runs: its records are still being written.
    """
    person = frozenset(filter(None, texts))
    erased = 0
    for each in import_folders(folder):
        with each.locked():
            stored = each.load()
            erased += _erase_from_report(stored.report, person) + _erase_from_rejects(
                each.rejects_path, person
            )
            each.save(stored.report, fingerprint=stored.fingerprint, rows_durable=stored.rows_durable)
    return erased


def _erase_from_report(report: ImportReport, person: frozenset[str]) -> int:
    before = len(report.first_events) + len(report.first_rejected)
    report.first_events = [event for event in report.first_events if event.customer_id not in person]
    report.first_rejected = [row for row in report.first_rejected if not _names(row.cells, person)]
    return before - len(report.first_events) - len(report.first_rejected)


def _erase_from_rejects(path: Path, person: frozenset[str]) -> int:
    if not path.exists():
        return 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    kept = [row for row in rows if not _names(row[_CELLS_FROM:], person)]
    if len(kept) < len(rows):
        content = io.StringIO(newline="")
        csv.writer(content).writerows(kept)
        write_whole(path, content.getvalue().encode("utf-8-sig"))
    return len(rows) - len(kept)


def _names(cells: Sequence[str], person: frozenset[str]) -> bool:
    """Whether a row names the person in a cell, or in the JSON that a cell holds."""
    if any(cell.strip() in person for cell in cells):
        return True
    return any(_names_in_json(cell, person) for cell in cells if cell.lstrip().startswith(("{", "[")))


def _names_in_json(text: str, person: frozenset[str]) -> bool:
    try:
        return any(word in person for word in _leaves(msgspec.json.decode(text)))
    except (msgspec.DecodeError, RecursionError):
        return any(word in text for word in person)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield as_text(value)
