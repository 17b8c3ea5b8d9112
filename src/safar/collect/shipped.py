"""The mappings that come with Safar, for files that many people have."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final

from .mapping import Mapping
from .mapping_columns import columns_of
from .mapping_file import load_mapping

_FOLDER: Final = Path(__file__).with_name("shipped")


@cache
def shipped_mappings() -> tuple[Mapping, ...]:
    """Return the mappings that come with Safar, by name."""
    return tuple(load_mapping(path) for path in sorted(_FOLDER.glob("*.toml")))


def shipped_mapping(name: str) -> Mapping | None:
    """Return the one of that name."""
    return next((mapping for mapping in shipped_mappings() if mapping.name == name), None)


def fits(mapping: Mapping, names: Collection[str], format_: str = "delimited") -> bool:
    """Whether a file with these columns has all that a mapping needs.

    In JSON lines and XES columns may be missing from the first rows; there half of what it names must be known.
    """
    if mapping.file.format not in (None, format_) or mapping.file.columns:
        return False
    wanted = {column for column, _ in columns_of(mapping)} - set(mapping.file.optional)
    if not wanted:
        return False
    met = sum(1 for column in wanted if column in names)
    return met == len(wanted) if format_ not in ("jsonl", "xes") else met >= len(wanted) / 2
