"""What tells of an erased customer on maps: evidence that leads to him, and his ids in texts and comments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec
from django.db import transaction

from safar.doors.web.design.paging import told_by_cursor
from safar.store.registry import Workspace

from .models import Comment, JourneyMap, KeptConflict, MapEdit, Snapshot

#: Columns that hold documents and edits as JSON.
_KEPT = (
    (JourneyMap, "workspace_id", ("document",)),
    (MapEdit, "journey_map__workspace_id", ("edits", "inverse")),
    (Snapshot, "journey_map__workspace_id", ("document",)),
    (KeptConflict, "journey_map__workspace_id", ("conflict",)),
)
#: Columns with what people write as plain text.
_WRITTEN: Final[tuple[tuple[Any, str, str], ...]] = (
    (JourneyMap, "workspace_id", "name"),
    (JourneyMap, "workspace_id", "names"),
    (Comment, "journey_map__workspace_id", "text"),
    (Snapshot, "journey_map__workspace_id", "name"),
    (Snapshot, "journey_map__workspace_id", "decided"),
)


#: Keys of documents and edits below which people write.
_PROSE: Final = frozenset({"about", "name", "text", "words"})
_ERASED: Final = "[…]"
_LEAST_TELLING: Final = 6


@transaction.atomic
def forget_customer(workspace: Workspace, traces: Collection[str]) -> int:
    """Take evidence that leads to a customer or one of his events off all maps of a workspace, their earlier revisions
    and versions, and what names him out of texts and comments; return of how many rows.

    Parameters
    ----------
    traces
        The ids of the person and of his events, as links hold them.

    In texts a mark stands for an id afterwards, unless the id may as well be a word or a small number: shorter than six
    characters, or of letters alone.
    """
    if not traces:
        return 0
    names = _names(traces)
    telling = [each for each in traces if len(each) >= _LEAST_TELLING and not each.isalpha()]
    forgetting = _Forgetting(names, _names(telling) if telling else None)
    changed = 0
    for model, of, columns in _KEPT:
        for row in model._default_manager.select_for_update().filter(**{of: workspace.workspace_id}):
            differs = []
            for column in columns:
                told = msgspec.json.decode(getattr(row, column))
                kept = forgetting.without(told)
                if kept != told:
                    setattr(row, column, msgspec.json.encode(kept).decode())
                    differs.append(column)
            if differs:
                row.save(update_fields=differs)
                changed += 1
    for table, of, column in _WRITTEN:
        for row in table._default_manager.select_for_update().filter(**{of: workspace.workspace_id}):
            told = getattr(row, column)
            kept = forgetting.without(told, is_prose=True)
            if kept != told:
                setattr(row, column, kept)
                row.save(update_fields=[column])
                changed += 1
    return changed


def _names(traces: Collection[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(each) for each in sorted(traces))})(?![\w-])")


@dataclass(frozen=True, slots=True)
class _Forgetting:
    """What is looked for: names in links and the words of evidence, and those that nothing else in a text can be."""

    names: re.Pattern[str]
    telling: re.Pattern[str] | None

    def without(self, data: Any, *, is_prose: bool = False) -> Any:
        """Return a document, or edits, without what tells of the customer."""
        if isinstance(data, dict):
            return {
                key: self.without(value, is_prose=is_prose or key in _PROSE) for key, value in data.items()
            }
        if isinstance(data, list):
            return [self.without(each, is_prose=is_prose) for each in data if not self._is_evidence(each)]
        if is_prose and isinstance(data, str) and self.telling is not None:
            return self.telling.sub(_ERASED, data)
        return data

    def _is_evidence(self, each: Any) -> bool:
        """Whether this is evidence whose link or words tell of the customer."""
        if not isinstance(each, dict) or "kind" not in each or not each.keys() & {"link", "words"}:
            return False
        texts = (*_readings(each.get("link", "")), *each.get("words", {}).values())
        return any(self.names.search(text) for text in texts)


def _readings(link: str) -> Iterator[str]:
    """Yield a link as it is written, as it reads decoded, and the places in lists that it holds."""
    yield link
    yield unquote(link)
    for _, value in parse_qsl(link.partition("?")[2].partition("#")[0]):
        yield value
        yield told_by_cursor(value)
