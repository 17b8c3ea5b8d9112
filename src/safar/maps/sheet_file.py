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
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count, pairwise
from typing import Any, Final

import msgspec

from safar.vocabulary.digits import fold_digits, parse_number
from safar.vocabulary.errors import Json, Refusal, SafarError, nearest
from safar.vocabulary.text import fold

from .anatomy import JourneyMap, LaneKind, read, told
from .editing import checked
from .sheet_names import CellWrong, PartNames

MOST_BYTES: Final = 5 << 20
_MOST_ROWS: Final = 10_000
_TOLD: Final = 5
_KINDS: Final = ("map", "stage", "step", "lane", "move", "card")
#: After these come ``text.<language>`` and ``about.<language>``.
_COLUMNS: Final = (
    "kind", "id", "stage", "step", "lane", "to", "emotion", "owner", "events", "question_keys", "tags", "promises",
    "revenue", "cost", "can_begin", "can_end", "nested", "personas", "evidence", "attachments", "languages", "state",
    "pause",
)  # fmt: skip
_WORDS: Final = re.compile(r"(text|about)\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")
#: What a spreadsheet would compute; a quotation mark before it is taken off again.
_FORMULA: Final = re.compile(r"'*[ \u00a0]*[=+\-@\t\r\n|%＝＋－＠]")
_SEPARATOR: Final = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)
_ARABIC: Final = re.compile("[\u0620-\u064a\u067e\u0686\u0698\u06a9\u06af]{2}")
_TRUE: Final = frozenset({"yes", "true", "1", "x", "بله", "آری", "نعم"})
_FALSE: Final = frozenset({"", "no", "false", "0", "نه", "خیر", "لا"})


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
        writer.writerow([_cell(row.get(name, "")) for name in names])
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
    data = _Reading(wrong).document(rows)
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
        **_words("text", document.name),
        **_words("about", document.about),
    }
    for lane in document.lanes:
        yield {"kind": "lane", "id": lane.lane_id, "lane": lane.kind.value, **_words("text", lane.name)}
    for stage in document.stages:
        yield {
            "kind": "stage",
            "id": stage.stage_id,
            **_words("text", stage.name),
            **_words("about", stage.about),
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
                "promises": _json(binding.promises),
                "revenue": binding.revenue,
                "cost": binding.cost,
                "can_begin": "yes" if step.can_begin else "",
                "can_end": "yes" if step.can_end else "",
                "nested": step.nested,
                **_words("text", step.name),
                **_words("about", step.about),
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
            "evidence": _json(card.evidence),
            "attachments": card.attachments,
            **_words("text", card.text),
        }


def _languages(document: JourneyMap) -> list[str]:
    texts = [document.name, document.about, *(card.text for card in document.cards)]
    texts += [words for stage in document.stages for words in (stage.name, stage.about)]
    texts += [words for step in document.steps for words in (step.name, step.about)]
    texts += [lane.name for lane in document.lanes]
    used = sorted({language for words in texts for language in words})
    return list(dict.fromkeys((*document.languages, *used)))


def _words(what: str, words: Mapping[str, str]) -> dict[str, str]:
    return {f"{what}.{language}": text for language, text in words.items()}


def _json(parts: tuple[msgspec.Struct, ...]) -> str:
    return json.dumps(msgspec.to_builtins(parts), ensure_ascii=False) if parts else ""


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        value = json.dumps(value, ensure_ascii=False) if any(map(_is_odd, value)) else "; ".join(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value


def _is_odd(item: str) -> bool:
    return item != item.strip() or not item or item.startswith("[") or bool(re.search("[;؛]", item))


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
    known = [name in _COLUMNS or _WORDS.fullmatch(name) is not None or not name for name in names]
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
            yield number, {name: _harmed(cell) for name, cell in zip(names, line, strict=False) if name}


def _harmed(cell: str) -> str:
    """Return a cell as it was before it was made harmless."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


class _Reading:
    """Rows on their way to a document; what is wrong is noted, with its row."""

    def __init__(self, wrong: list[tuple[int, CellWrong]]) -> None:
        self._wrong = wrong
        self._row = 0
        self._languages: set[str] = set()
        self._given: set[tuple[str, str]] = set()
        self._numbers = {kind: count(1) for kind in ("stage", "step", "card")}
        self._named = {kind: PartNames(kind) for kind in ("lane", "stage", "step")}
        self._map: dict[str, Any] = {}
        self._lanes: dict[str, dict[str, Any]] = {}
        self._stages: dict[str, dict[str, Any]] = {}
        self._moves: list[dict[str, str]] = []
        self._cards: list[dict[str, Any]] = []

    def document(self, rows: Iterable[tuple[int, dict[str, str]]]) -> dict[str, Any]:
        """Return the document as data: each kind of rows when what it stands in is known."""
        verbs: Mapping[str, Callable[[dict[str, str]], None]] = {
            "map": self._read_map,
            "lane": self._read_lane,
            "stage": self._read_stage,
            "step": self._read_step,
            "move": self._read_move,
            "card": self._read_card,
        }
        turns = {kind: turn for turn, kind in enumerate(verbs)}
        numbered = [(number, row, row.get("kind", "").strip().lower()) for number, row in rows]
        self._given = {(kind, _id(row, "id")) for _number, row, kind in numbered}
        headings = {name for _number, row, _kind in numbered for name in row}
        self._languages = {words[2] for words in map(_WORDS.fullmatch, headings) if words}
        for self._row, row, kind in sorted(numbered, key=lambda each: turns.get(each[2], -1)):
            try:
                if kind not in verbs:
                    raise CellWrong(f"kind {kind!r} is none of {', '.join(_KINDS)}")
                verbs[kind](row)
            except CellWrong as wrong:
                self._wrong.append((self._row, wrong))
            except SafarError as error:
                self._wrong.append((self._row, CellWrong(error.message.rstrip("."))))
        stages = list(self._stages.values())
        if not self._map:
            steps = [step["step_id"] for stage in stages for step in stage["steps"]]
            self._moves += [{"source": a, "target": b} for a, b in pairwise(steps)]
            texts = [*stages, *(step for stage in stages for step in stage["steps"])]
            used = [language for part in texts for language in part["name"]]
            used += [language for card in self._cards for language in card["text"]]
            self._map = {"languages": list(dict.fromkeys(used)) or ["en"]}
        return {
            **told(JourneyMap()),
            **self._map,
            "lanes": list(self._lanes.values()),
            "stages": stages,
            "moves": self._moves,
            "cards": self._cards,
        }

    def _read_map(self, row: dict[str, str]) -> None:
        if self._map:
            raise CellWrong("there is a row of the kind map already")
        state = row.get("state", "").strip() or "as_is"
        if state not in {"as_is", "to_be"}:
            raise CellWrong(f"state {state!r} is neither as_is nor to_be")
        self._map = {
            "name": _read_words(row, "text"),
            "about": _read_words(row, "about"),
            "languages": _items(row, "languages") or ["en"],
            "state": state,
            "pause": fold_digits(row.get("pause", "").strip()) or "30d",
            "personas": _items(row, "personas"),
        }

    def _read_lane(self, row: dict[str, str]) -> None:
        kind = _lane_kind(row.get("lane", ""))
        lane_id = self._new("lane", row, usual=kind)
        self._lanes[lane_id] = {"lane_id": lane_id, "kind": kind, "name": _read_words(row, "text")}

    def _read_stage(self, row: dict[str, str]) -> None:
        stage_id = self._new("stage", row)
        self._stages[stage_id] = {
            "stage_id": stage_id,
            "name": _read_words(row, "text"),
            "about": _read_words(row, "about"),
            "steps": [],
        }

    def _read_step(self, row: dict[str, str]) -> None:
        stage = self._stage(row.get("stage", ""))
        step_id = self._new("step", row)
        stage["steps"].append(
            {
                "step_id": step_id,
                "name": _read_words(row, "text"),
                "about": _read_words(row, "about"),
                "binding": {
                    "events": row.get("events", ""),
                    "question_keys": _items(row, "question_keys"),
                    "tags": _items(row, "tags"),
                    "promises": _objects(row, "promises"),
                    "revenue": row.get("revenue", ""),
                    "cost": row.get("cost", ""),
                },
                "owner": row.get("owner", ""),
                "can_begin": _truth(row, "can_begin"),
                "can_end": _truth(row, "can_end"),
                "nested": row.get("nested", "").strip(),
            }
        )

    def _read_move(self, row: dict[str, str]) -> None:
        source, target = (self._step(row, name) for name in ("step", "to"))
        self._moves.append({"source": source, "target": target})

    def _read_card(self, row: dict[str, str]) -> None:
        step_id, lane_id = self._step(row, "step"), self._lane(row.get("lane", ""))
        self._cards.append(
            {
                "card_id": _id(row, "id") or self._free("card"),
                "step_id": step_id,
                "lane_id": lane_id,
                "text": _read_words(row, "text"),
                "emotion": _emotion(row),
                "personas": _items(row, "personas"),
                "evidence": _objects(row, "evidence"),
                "attachments": _items(row, "attachments"),
            }
        )

    def _new(self, kind: str, row: dict[str, str], usual: str = "") -> str:
        """Return the id of a part that a row makes, and take up its names."""
        given = _id(row, "id")
        part_id = given or usual or self._free(kind)
        if part_id in self._named[kind]:
            raise CellWrong(f"there is a {kind} {part_id!r} already")
        names = _read_words(row, "text")
        self._named[kind].add(part_id, names, row=self._row, is_filled_in=not given)
        return part_id

    def _free(self, kind: str) -> str:
        """Return an id that no row gives."""
        ids = (f"{kind}{number}" for number in self._numbers[kind])
        return next(each for each in ids if (kind, each) not in self._given)

    def _step(self, row: dict[str, str], name: str) -> str:
        cell = row.get(name, "")
        if not fold(cell):
            raise CellWrong(f"{name} is empty: name the step")
        return self._named["step"].meant(cell)

    def _lane(self, cell: str) -> str:
        """Return the lane of an id, a name or a kind; one that is new crosses the steps below the others."""
        found = self._named["lane"].find(cell)
        if found is not None:
            return found
        kind = _lane_kind(cell)
        there = [lane_id for lane_id, lane in self._lanes.items() if lane["kind"] == kind]
        if len(there) > 1:
            raise CellWrong(f"there are {len(there)} lanes of the kind {kind!r}: name one of them")
        if not there:
            self._named["lane"].add(kind, {}, row=self._row, is_filled_in=True)
            self._lanes[kind] = {"lane_id": kind, "kind": kind}
        return there[0] if there else kind

    def _stage(self, cell: str) -> dict[str, Any]:
        """Return the stage of an id or a name; one that is new stands behind the others."""
        if not fold(cell):
            raise CellWrong("the step has no stage")
        stage_id = self._named["stage"].find(cell)
        if stage_id is None:
            stage_id, name = self._free("stage"), {self._language_of(cell): cell.strip()}
            self._named["stage"].add(stage_id, name, row=self._row, is_filled_in=True)
            self._stages[stage_id] = {"stage_id": stage_id, "name": name, "steps": []}
        return self._stages[stage_id]

    def _language_of(self, name: str) -> str:
        """Return the language of a name: by its letters, unless the table is in one of two that share them."""
        if not re.search("[ء-يپچژگکی]", name):
            return "en"
        alike = self._languages & {"fa", "ar"}
        if len(alike) == 1:
            return alike.pop()
        return "fa" if re.search("[پچژگکی]", name) else "ar"


def _read_words(row: Mapping[str, str], what: str) -> dict[str, str]:
    found = {}
    for name, text in row.items():
        named = _WORDS.fullmatch(name)
        if named and named[1] == what and text:
            found[named[2]] = text
    return found


def _id(row: Mapping[str, str], name: str) -> str:
    return fold_digits(row.get(name, "").strip())


def _lane_kind(text: str) -> str:
    named = text.strip().lower().replace(" ", "_")
    kinds = [kind.value for kind in LaneKind]
    if named not in kinds:
        raise CellWrong(f"there is no lane {text!r}", written=named, known=kinds)
    return named


def _items(row: Mapping[str, str], name: str) -> list[str]:
    text = row.get(name, "").strip()
    if text.startswith("["):
        found = _parsed(text, name)
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise CellWrong(f"{name} is no list of texts")
        return found
    return [item.strip() for item in re.split("[;؛]", text) if item.strip()]


def _objects(row: Mapping[str, str], name: str) -> Json:
    text = row.get(name, "").strip()
    return _parsed(text, name) if text else []


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CellWrong(f"{name} is no JSON") from error


def _truth(row: Mapping[str, str], name: str) -> bool:
    text = fold_digits(row.get(name, "").strip().lower())
    if text not in _TRUE | _FALSE:
        raise CellWrong(f"{name} is {text!r}; write yes or nothing")
    return text in _TRUE


def _emotion(row: Mapping[str, str]) -> float | None:
    text = row.get("emotion", "").strip()
    if not text:
        return None
    plain = text.replace("\u2212", "-")
    try:
        found = float(plain)
    except ValueError:
        found = float(parse_number(plain))
    if not -2 <= found <= 2:
        raise CellWrong(f"emotion {text!r} does not lie between -2 and 2")
    return found


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
