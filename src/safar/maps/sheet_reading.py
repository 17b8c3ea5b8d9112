"""From the rows of a table to the document of a map: each kind of rows in turn, what they leave out filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import count, pairwise
from typing import Any, Final

from safar.vocabulary.digits import fold_digits
from safar.vocabulary.errors import SafarError
from safar.vocabulary.text import fold

from .anatomy import JourneyMap, told
from .sheet_cells import (
    WORDS,
    read_emotion,
    read_id,
    read_items,
    read_lane_kind,
    read_objects,
    read_truth,
    read_words,
)
from .sheet_names import CellWrong, PartNames

_KINDS: Final = ("map", "stage", "step", "lane", "move", "card")


class SheetReading:
    """Rows on their way to a document; what is wrong is noted, with its row.

    Parameters
    ----------
    wrong
        Where it is noted.
    """

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
        self._given = {(kind, read_id(row, "id")) for _number, row, kind in numbered}
        headings = {name for _number, row, _kind in numbered for name in row}
        self._languages = {words[2] for words in map(WORDS.fullmatch, headings) if words}
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
            "name": read_words(row, "text"),
            "about": read_words(row, "about"),
            "languages": read_items(row, "languages") or ["en"],
            "state": state,
            "pause": fold_digits(row.get("pause", "").strip()) or "30d",
            "personas": read_items(row, "personas"),
        }

    def _read_lane(self, row: dict[str, str]) -> None:
        kind = read_lane_kind(row.get("lane", ""))
        lane_id = self._new("lane", row, usual=kind)
        self._lanes[lane_id] = {"lane_id": lane_id, "kind": kind, "name": read_words(row, "text")}

    def _read_stage(self, row: dict[str, str]) -> None:
        stage_id = self._new("stage", row)
        self._stages[stage_id] = {
            "stage_id": stage_id,
            "name": read_words(row, "text"),
            "about": read_words(row, "about"),
            "steps": [],
        }

    def _read_step(self, row: dict[str, str]) -> None:
        stage = self._stage(row.get("stage", ""))
        step_id = self._new("step", row)
        stage["steps"].append(
            {
                "step_id": step_id,
                "name": read_words(row, "text"),
                "about": read_words(row, "about"),
                "binding": {
                    "events": row.get("events", ""),
                    "question_keys": read_items(row, "question_keys"),
                    "tags": read_items(row, "tags"),
                    "promises": read_objects(row, "promises"),
                    "revenue": row.get("revenue", ""),
                    "cost": row.get("cost", ""),
                },
                "owner": row.get("owner", ""),
                "can_begin": read_truth(row, "can_begin"),
                "can_end": read_truth(row, "can_end"),
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
                "card_id": read_id(row, "id") or self._free("card"),
                "step_id": step_id,
                "lane_id": lane_id,
                "text": read_words(row, "text"),
                "emotion": read_emotion(row),
                "personas": read_items(row, "personas"),
                "evidence": read_objects(row, "evidence"),
                "attachments": read_items(row, "attachments"),
            }
        )

    def _new(self, kind: str, row: dict[str, str], usual: str = "") -> str:
        """Return the id of a part that a row makes, and take up its names."""
        given = read_id(row, "id")
        part_id = given or usual or self._free(kind)
        if part_id in self._named[kind]:
            raise CellWrong(f"there is a {kind} {part_id!r} already")
        names = read_words(row, "text")
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
        kind = read_lane_kind(cell)
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
