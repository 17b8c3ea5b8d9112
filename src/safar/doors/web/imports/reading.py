"""What a person says about how a file is written; it outranks what the file and a mapping say."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any, Final

import msgspec

from safar.collect.mapping import FileOptions, Mapping
from safar.collect.mapping_file import mapping_toml, parse_mapping

_FILE: Final = ("encoding", "delimiter", "header", "skip_rows", "sheet")
_TIME: Final = ("layout", "calendar", "time_zone")
_NUMBER: Final = ("decimal",)


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a file is written, as far as a person says it. None: told from the file."""

    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    skip_rows: int | None = None
    sheet: str | None = None
    layout: str | None = None
    calendar: str | None = None
    time_zone: str | None = None
    decimal: str | None = None

    @classmethod
    def of(cls, said: AbstractMapping[str, Any]) -> Reading:
        """Return what a form or a row of the table says."""
        return msgspec.convert({name: value for name, value in said.items() if value not in (None, "")}, cls)

    def as_json(self) -> dict[str, Any]:
        """Return what is said, for the table."""
        return self._said(_FILE + _TIME + _NUMBER)

    def file_options(self) -> FileOptions:
        """Return what is said about the file itself, for looking at it before there is a mapping."""
        return FileOptions(**self._said(_FILE))

    def over(self, mapping: Mapping) -> Mapping:
        """Return the mapping with what is said here in place of what it says.

        Raises
        ------
        MappingWrong
            A value that no mapping may have.
        """
        if not self.as_json():
            return mapping
        changed = msgspec.structs.replace(
            mapping,
            file=msgspec.structs.replace(mapping.file, **self._said(_FILE)),
            time=msgspec.structs.replace(mapping.time, **self._said(_TIME)),
            number=msgspec.structs.replace(mapping.number, **self._said(_NUMBER)),
        )
        return parse_mapping(mapping_toml(changed))

    def _said(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: value for name in names if (value := getattr(self, name)) is not None}
