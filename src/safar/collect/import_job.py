"""A file and a mapping that fit together: which of its columns are read, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from .formats import Formats, decide_formats
from .import_record import SOURCE_PREFIX, ColumnFormat, ImportReport
from .mapping import Mapping
from .mapping_columns import columns_of
from .mapping_file import check_columns
from .opening import Limits
from .rows import OpenForeign, Rows, ancestors
from .shape import FileShape, detect_shape, read_rows


@dataclass(frozen=True, slots=True)
class Job:
    """A file and a mapping that fit together."""

    path: Path
    mapping: Mapping
    shape: FileShape
    formats: Formats
    foreign: OpenForeign | None
    limits: Limits

    @classmethod
    def prepared(
        cls, path: Path, mapping: Mapping, *, time_zone: str, foreign: OpenForeign | None, limits: Limits
    ) -> Job:
        """Return a file and a mapping once they fit, with how dates and numbers are written.

        Raises
        ------
        MappingColumnsMissing
        """
        shape = detect_shape(path, mapping.file, foreign=foreign, limits=limits)
        check_columns(mapping, shape.names, loose=shape.format in ("jsonl", "xes"))
        job = cls(path, mapping, shape, Formats(), foreign, limits)
        formats = decide_formats(mapping, job.pieces(), time_zone=time_zone)
        return cls(path, mapping, shape, formats, foreign, limits)

    def columns(self) -> list[str]:
        """Return the columns to take out of the file."""
        named = [column for column, _ in columns_of(self.mapping)]
        if any(rule.rest for rule in self.mapping.event):
            named += self.own_names()
        return list(dict.fromkeys(named))

    def own_names(self) -> list[str]:
        """Return the columns of the file, of nested objects the outermost."""
        names = self.shape.names
        if self.shape.format != "jsonl":
            return list(names)
        known = set(names)
        return [name for name in names if known.isdisjoint(ancestors(name))]

    def pieces(self) -> Iterator[Rows]:
        """Yield the rows of the file."""
        return read_rows(
            self.path, self.shape, wanted=self.columns(), foreign=self.foreign, limits=self.limits
        )

    def report(self, import_id: str, file_name: str) -> ImportReport:
        """Return an empty report."""
        formats = {
            column: ColumnFormat(
                layout=decision.format.layout,
                calendar=decision.format.calendar,
                time_zone="" if decision.zoned else decision.format.time_zone,
                decided_by=decision.decided_by,
            )
            for column, decision in self.formats.times.items()
        }
        decided_by = "mapping" if self.mapping.number.decimal else "file"
        for column, decimal in self.formats.decimals.items():
            formats.setdefault(
                column, ColumnFormat(decimal=decimal or "", decided_by=decided_by if decimal else "nothing")
            )
        return ImportReport(
            import_id=import_id,
            source=SOURCE_PREFIX + import_id if import_id else "",
            state="running" if import_id else "dry_run",
            file=file_name or self.path.name,
            file_bytes=self.shape.size,
            mapping=self.mapping.name,
            shape=msgspec.json.decode(msgspec.json.encode(self.shape)),
            formats=formats,
            started_at=datetime.now(UTC),
        )
