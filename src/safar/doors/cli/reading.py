"""Options that outrank what a file says of itself, and what its mapping says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

if TYPE_CHECKING:
    from safar.collect.mapping import FileOptions, Mapping

Command = TypeVar("Command", bound=Callable[..., Any])

_META = f"{__name__}.reading"
_OPTIONS = {
    "encoding": "How its text is encoded, such as windows-1256.",
    "delimiter": "What parts its columns: one character, or whitespace.",
    "sheet": "Which sheet of a workbook.",
    "layout": "The order in its dates: ymd, dmy, mdy, compact, epoch_s, epoch_ms or epoch_us.",
    "calendar": "The calendar of its dates: gregorian, jalali or hijri.",
    "time_zone": "The clock that wrote it, as in Asia/Tehran. Default: the workspace's.",
    "decimal": "The decimal mark of its numbers: . or ,",
}


@dataclass(slots=True)
class Reading:
    """What the command line says about a file. None: nothing."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    layout: str | None = None
    calendar: str | None = None
    time_zone: str | None = None
    decimal: str | None = None

    def file_options(self) -> FileOptions:
        """Return what is said about the file, for looking at it before there is a mapping."""
        from safar.collect.mapping import FileOptions

        return FileOptions(**self._said("encoding", "delimiter", "sheet"))

    def over(self, mapping: Mapping) -> Mapping:
        """Return the mapping with what is said here in place of what it says.

        Raises
        ------
        MappingWrong
            A value that no mapping may have.
        """
        from safar.collect.mapping_file import mapping_toml, parse_mapping

        changed = msgspec.structs.replace(
            mapping,
            file=msgspec.structs.replace(mapping.file, **self._said("encoding", "delimiter", "sheet")),
            time=msgspec.structs.replace(mapping.time, **self._said("layout", "calendar")),
            number=msgspec.structs.replace(mapping.number, **self._said("decimal")),
        )
        return parse_mapping(mapping_toml(changed), name="the mapping with the options")

    def _said(self, *names: str) -> dict[str, Any]:
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def reading_options(command: Command) -> Command:
    """Give a command the options of `Reading`; it receives them as its argument before the others."""

    def remember(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if parameter.name:
            setattr(ctx.meta.setdefault(_META, Reading()), parameter.name, value)

    for name, text in reversed(_OPTIONS.items()):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, expose_value=False, callback=remember, help=text)(command)
    return command


pass_reading = click.decorators.pass_meta_key(_META)
