"""What imports keep beside the log. An erasure takes the person's lines out of rejected rows and reports.

A file that came in through a page may be packed, so that nobody can tell whom it names: an erasure removes it whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from safar.collect.import_record import ImportFolder
from safar.collect.longest_cell import ANY_LENGTH, longest_cell

from .disk import new_file, sync_folder
from .needles import apart
from .own_words import PERSONAL
from .traces import ERASED

if TYPE_CHECKING:
    from .erasure_search import Search, Sought


class Beside:
    """The folder of a workspace's imports, held so that no import runs meanwhile.

    Raises
    ------
    ImportBusy
        An import is running; from ``__enter__``.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder if folder is not None and folder.is_dir() else None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        if self.folder is not None:
            with ExitStack() as held:
                for path in sorted(self.folder.iterdir()):
                    if path.is_dir():
                        held.enter_context(ImportFolder(path).locked())
                self._held = held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def remove(self, ids: Collection[str], sought: Sought) -> int:
        """Take out every rejected row, and every entry of a report about customers, with an id or a text sought."""
        if self.folder is None:
            return 0
        lines = _Lines(frozenset(ids), sought)
        for path in sorted(self.folder.rglob("*")):
            if path.suffix == ".csv":
                lines.rejects(path)
            elif path.suffix == ".json":
                lines.report(path)
            elif path == ImportFolder(path.parent).upload_path:
                path.unlink()
                sync_folder(path.parent)
                lines.removed += 1
        return lines.removed

    def search(self, search: Search) -> None:
        """Search every file."""
        if self.folder is not None:
            search.folder(self.folder)


class _Lines:
    def __init__(self, ids: frozenset[str], sought: Sought) -> None:
        self._ids = ids
        self._sought = sought
        self.removed = 0

    def rejects(self, path: Path) -> None:
        """Take rows out of a file of rejected rows; its header names columns, not customers."""
        text = io.StringIO(path.read_text("utf-8-sig"), newline="")
        with longest_cell(ANY_LENGTH):  # a row is often rejected for being endless
            rows = list(csv.reader(text))
        kept = [row for place, row in enumerate(rows) if not place or not self._gives_away(*row)]
        if len(kept) == len(rows):
            return
        self.removed += len(rows) - len(kept)
        out = io.StringIO(newline="")
        csv.writer(out).writerows(kept)
        _write(path, out.getvalue().encode("utf-8-sig"))

    def report(self, path: Path) -> None:
        """Take entries out of a report."""
        said = json.loads(path.read_bytes())
        removed = self.removed
        for part in (said, said.get("report")) if isinstance(said, dict) else ():
            if isinstance(part, dict):
                for key in PERSONAL:
                    if key in part:
                        part[key] = self._without(part[key])
        if self.removed > removed:
            _write(path, json.dumps(said, ensure_ascii=False, indent=2).encode())

    def _without(self, value: Any) -> Any:
        if isinstance(value, list):
            kept = [each for each in value if not self._holds(each)]
            self.removed += len(value) - len(kept)
            return kept
        if isinstance(value, dict):
            kept_keys = {key: self._without(each) for key, each in value.items() if not self._gives_away(key)}
            self.removed += len(value) - len(kept_keys)
            return kept_keys
        if isinstance(value, str) and self._gives_away(value):
            self.removed += 1
            return ERASED
        return value

    def _holds(self, value: Any) -> bool:
        if isinstance(value, list):
            return any(map(self._holds, value))
        if isinstance(value, dict):
            return any(map(self._holds, [*value, *value.values()]))
        return isinstance(value, str) and self._gives_away(value)

    def _gives_away(self, *texts: str) -> bool:
        return not self._ids.isdisjoint(map(str.strip, texts)) or bool(
            self._sought.unpacked.found_in(apart(texts)).any()
        )


def _write(path: Path, content: bytes) -> None:
    with new_file(path) as temporary:
        temporary.write_bytes(content)
    sync_folder(path.parent)
