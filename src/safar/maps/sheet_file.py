"""A map as a table for spreadsheets: a row for each step and each card, and for what they stand in; and back.

What was written is read back exactly. A table that people made needs less: a row for each step with its stage, a row
for each card with its step and its lane, all by their names; ids, lanes, stages and the line from step to step are
filled in.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from safar.vocabulary.errors import Refusal, SafarError, nearest

from .anatomy import JourneyMap, read
from .editing import checked
from .sheet_cells import (
    WORDS,
    harmed,
    harmless_cell,
    json_cell,
    words_cells,
)
from .sheet_names import CellWrong
from .sheet_reading import SheetReading

MOST_BYTES: Final = 5 << 20
_MOST_ROWS: Final = 10_000
_TOLD: Final = 5
#: After these come ``text.<language>`` and ``about.<language>``.
_COLUMNS: Final = (
    "kind", "id", "stage", "step", "lane", "to", "emotion", "owner", "events", "question_keys", "tags", "promises",
    "revenue", "cost", "can_begin", "can_end", "nested", "personas", "evidence", "attachments", "languages", "state",
    "pause",
)  # fmt: skip
_SEPARATOR: Final = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)
_ARABIC: Final = re.compile("[\u0620-\u064a\u067e\u0686\u0698\u06a9\u06af]{2}")


class SheetRefused(Refusal, ValueError):
    """The table is no journey map; ``context["rows"]`` says which rows, as a spreadsheet numbers them."""

    code = "map.sheet_refused"


def read_file(content: bytes) -> JourneyMap:
    """Return the map of a file: JSON as `safar.maps.anatomy.told` gives it, or a table.

    Raises
    ------
    MapUnreadable, SheetRefused, EditRefused, RuleUnreadable, DurationUnreadable
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        try:
            data = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise SheetRefused(
                "The file holds no JSON.", hint="Export a map to see how one looks."
            ) from error
        return checked(read(data))
    return read_sheet(content)


def write_sheet(document: JourneyMap) -> bytes:
    """Return a map as CSV that every spreadsheet opens: UTF-8 with a mark, formulas made harmless."""
    languages = _languages(document)
    names = [*_COLUMNS, *(f"{what}.{language}" for what in ("text", "about") for language in languages)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for row in _rows(document):
        writer.writerow([harmless_cell(row.get(name, "")) for name in names])
    return text.getvalue().encode("utf-8-sig")


def read_sheet(content: bytes) -> JourneyMap:
    """Return the map of a table, as `write_sheet` gives it or as people write it.

    Parameters
    ----------
    content
        CSV in UTF-8, in UTF-16 with its mark, or in the code page 1256 of Windows; separated by commas,
        semicolons or tabs, or by what a first line ``sep=`` says. Digits of any script. Rows in any order; a stage,
        a step or a lane is meant by its id or by its name in any language.

    Raises
    ------
    SheetRefused
        Which rows are wrong, and why; the first five of them.
    RuleUnreadable, DurationUnreadable, EditRefused
        A rule of a step cannot be read.
    """
    rows = list(_records(_decoded(content)))
    wrong: list[tuple[int, CellWrong]] = []
    data = SheetReading(wrong).document(rows)
    if wrong:
        raise _refused(wrong)
    try:
        return checked(read(data))
    except SafarError as error:
        if error.code == "map.unreadable":
            raise SheetRefused(error.message, hint="Look at ids: each is given once.") from error
        raise


# ---- writing


def _rows(document: JourneyMap) -> Iterator[Mapping[str, Any]]:
    yield {
        "kind": "map",
        "languages": document.languages,
        "state": document.state.value,
        "pause": document.pause,
        "personas": document.personas,
        **words_cells("text", document.name),
        **words_cells("about", document.about),
    }
    for lane in document.lanes:
        yield {"kind": "lane", "id": lane.lane_id, "lane": lane.kind.value, **words_cells("text", lane.name)}
    for stage in document.stages:
        yield {
            "kind": "stage",
            "id": stage.stage_id,
            **words_cells("text", stage.name),
            **words_cells("about", stage.about),
        }
        for step in stage.steps:
            binding = step.binding
            yield {
                "kind": "step",
                "id": step.step_id,
                "stage": stage.stage_id,
                "owner": step.owner,
                "events": binding.events,
                "question_keys": binding.question_keys,
                "tags": binding.tags,
                "promises": json_cell(binding.promises),
                "revenue": binding.revenue,
                "cost": binding.cost,
                "can_begin": "yes" if step.can_begin else "",
                "can_end": "yes" if step.can_end else "",
                "nested": step.nested,
                **words_cells("text", step.name),
                **words_cells("about", step.about),
            }
    for move in document.moves:
        yield {"kind": "move", "step": move.source, "to": move.target}
    for card in document.cards:
        yield {
            "kind": "card",
            "id": card.card_id,
            "step": card.step_id,
            "lane": card.lane_id,
            "emotion": card.emotion,
            "personas": card.personas,
            "evidence": json_cell(card.evidence),
            "attachments": card.attachments,
            **words_cells("text", card.text),
        }


def _languages(document: JourneyMap) -> list[str]:
    texts = [document.name, document.about, *(card.text for card in document.cards)]
    texts += [words for stage in document.stages for words in (stage.name, stage.about)]
    texts += [words for step in document.steps for words in (step.name, step.about)]
    texts += [lane.name for lane in document.lanes]
    used = sorted({language for words in texts for language in words})
    return list(dict.fromkeys((*document.languages, *used)))


# ---- reading


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise SheetRefused(
            "The file is larger than 5 MB.", hint="A map is far smaller: is this the right file?"
        )
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        # So Excel saves “CSV” in Persian and Arabic Windows. Every byte is a sign there: words have to come of it.
        arabic = "" if wide else content.decode("cp1256")
        if _ARABIC.search(arabic) and "\x00" not in arabic:
            return arabic
        raise SheetRefused("The file is no text in UTF-8.", hint="Save it as “CSV UTF-8”.") from error


def _records(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows as a spreadsheet numbers them, without empty ones."""
    told = _SEPARATOR.match(text)  # as Excel writes it above the header
    text, skipped = (text[told.end() :], 1) if told else (text, 0)
    header = text.partition("\n")[0]
    separator = told[1] if told else max((",", ";", "\t"), key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise SheetRefused(
            f"Row {reader.line_num} is no CSV: {error}.", hint="Save it as “CSV UTF-8”."
        ) from error
    names = [name.strip() for name in lines[0]] if lines else []
    known = [name in _COLUMNS or WORDS.fullmatch(name) is not None or not name for name in names]
    if not all(known) or "kind" not in names:
        odd = next((name for name, fits in zip(names, known, strict=True) if not fits), "")
        raise SheetRefused(
            f"There is no column {odd!r}." if odd else "The first row has no column kind.",
            hint=nearest(odd, _COLUMNS)
            or "Columns are kind, id, stage, step, lane, text.en, text.fa, text.ar …",
            rows=[1],
        )
    if len(lines) > _MOST_ROWS:
        raise SheetRefused(f"{len(lines)} rows are more than a map has.", hint="Is this the right file?")
    for number, line in enumerate(lines[1:], 2 + skipped):
        if any(cell.strip() for cell in line):
            yield number, {name: harmed(cell) for name, cell in zip(names, line, strict=False) if name}


def _refused(wrong: list[tuple[int, CellWrong]]) -> SheetRefused:
    first = sorted(wrong, key=lambda each: each[0])[:_TOLD]
    more = len(wrong) - len(first)
    told_rows = "; ".join(f"row {number}: {what.sentence()}" for number, what in first)
    message = f"{told_rows}; and {more} more" if more else told_rows
    return SheetRefused(
        message if message.endswith("?") else f"{message}.",
        hint="Mend these rows and send the file again; nothing was kept.",
        rows=[number for number, _ in first],
    )
