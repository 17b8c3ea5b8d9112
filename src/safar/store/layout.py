"""Where the files of one log stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Of the files in a log's ``parts`` folder; any other file there is not Safar's.
PART_ENDINGS: Final = frozenset({".parquet", ".path", ".ids", ".column", ".tmp"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of the log in ``folder``."""

    folder: Path

    @property
    def segments(self) -> Path:
        """Folder of the write-ahead segments."""
        return self.folder / "segments"

    @property
    def parts(self) -> Path:
        """Folder of the parts, their path indexes and the runs of ids."""
        return self.folder / "parts"

    @property
    def manifest(self) -> Path:
        """The manifest."""
        return self.folder / "manifest.sqlite"

    @property
    def lock(self) -> Path:
        """Held by whoever compacts, erases, or restores."""
        return self.folder / "compaction.lock"

    @property
    def scratch(self) -> Path:
        """Where a query that outgrows memory spills."""
        return self.folder / "scratch"

    def parquet(self, part: str) -> Path:
        """The Parquet file of a part."""
        return self.parts / f"{part}.parquet"

    def path_index(self, part: str) -> Path:
        """The path index of a part."""
        return self.parts / f"{part}.path"

    def column(self, part: str, key: str) -> Path:
        """One property of a part's rows, made when first asked for."""
        return self.parts / f"{part}.{key}.column"

    def run(self, name: str) -> Path:
        """A run of ids."""
        return self.parts / f"{name}.ids"

    def files_of(self, name: str) -> tuple[Path, ...]:
        """Every file that may belong to a part, run or segment of that name."""
        return (
            self.parquet(name),
            self.path_index(name),
            self.run(name),
            self.segments / f"{name}.wal",
            *self.parts.glob(f"{name}.*.column"),
        )
