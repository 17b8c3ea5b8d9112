"""What an uploaded file is understood to be: told from it, from what a person says, and from a mapping chosen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar, cast

from safar.collect.import_record import import_folder
from safar.collect.look import FileLook, look_at
from safar.collect.mapping import Mapping
from safar.collect.mapping_file import mapping_toml, parse_mapping
from safar.collect.preview import Preview, preview, raw_preview
from safar.collect.proposing import Proposal, propose_mapping
from safar.collect.roles import IGNORED, PROPERTY
from safar.doors.web.homes import current_home
from safar.store.foreign import parquet
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .errors import FileGone
from .models import FileImport
from .reading import Reading

_MOST_KEPT: Final = 24
_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a file would be imported as things stand.

    Attributes
    ----------
    look
        What it seems to hold.
    mapping
        How its columns become events; None while that is refused.
    roles
        What each column stands for, where the mapping is drafted.
    is_written
        Whether the mapping was chosen or written whole, so that columns have no roles of their own.
    preview
        Its first rows, with their mistakes once there is a mapping.
    refusal
        Why it cannot be imported so.
    doubts
        What a person should look at: column and kind of doubt.
    """

    look: FileLook
    mapping: Mapping | None
    roles: dict[str, str]
    is_written: bool
    preview: Preview
    refusal: Refusal | None = None
    proposal: Proposal | None = None

    @property
    def toml(self) -> str:
        """The mapping as a file."""
        return mapping_toml(self.mapping) if self.mapping else ""


def upload_path(row: FileImport) -> Path:
    """Return where the uploaded file is.

    Raises
    ------
    FileGone
        It was removed: after the import, by a member, or because a person in it was erased.
    """
    path = import_folder(current_home().imports_folder(row.workspace_id), row.import_id).upload_path
    if not path.is_file():
        raise FileGone(
            f"The file of import {row.import_id} is not there any more.",
            hint="Upload it again.",
            import_id=row.import_id,
        )
    return path


def zone_of(row: FileImport, workspace: Workspace) -> str:
    """Return the clock that wrote the file, where neither its texts nor a mapping say."""
    return Reading.of(row.reading).time_zone or workspace.time_zone


def mapping_of(row: FileImport, workspace: Workspace) -> Mapping:
    """Return the mapping by which the file would be imported.

    Raises
    ------
    Refusal
        There is none that fits.
    """
    reading = Reading.of(row.reading)
    if row.written:
        return reading.over(parse_mapping(row.written))
    return reading.over(_proposal(row, workspace, _look(upload_path(row), reading)).mapping)


def understand(row: FileImport, workspace: Workspace) -> Understanding:
    """Return how the file is understood.

    Raises
    ------
    FileGone
    Refusal
        The file cannot be read at all in the way that is said.
    """
    path, reading = upload_path(row), Reading.of(row.reading)
    look = _look(path, reading)
    mapping, proposal, refusal = None, None, None
    try:
        if row.written:
            mapping = reading.over(parse_mapping(row.written))
        else:
            proposal = _proposal(row, workspace, look)
            mapping = reading.over(proposal.mapping)
        shown = _shown(path, mapping, zone_of(row, workspace))
    except Refusal as error:
        refusal = error
        shown = raw_preview(path, look.shape, foreign=parquet)
    rest = {column.name: IGNORED if column.kind == "empty" else PROPERTY for column in look.columns}
    roles = dict(proposal.roles) if proposal else {**rest, **row.roles}
    return Understanding(look, mapping, roles, bool(row.written), shown, refusal, proposal)


def _proposal(row: FileImport, workspace: Workspace, look: FileLook) -> Proposal:
    known = set(look.shape.names)
    return propose_mapping(
        look,
        currency=workspace.currency,
        roles={name: role for name, role in row.roles.items() if name in known},
        unit=row.unit,
        event_name=row.event_name,
    )


def _look(path: Path, reading: Reading) -> FileLook:
    options = reading.file_options()
    return _once(
        ("look", *_stamp(path), str(options)),
        lambda: look_at(path, options, foreign=parquet),
    )


def _shown(path: Path, mapping: Mapping, zone: str) -> Preview:
    return _once(
        ("preview", *_stamp(path), mapping_toml(mapping), zone),
        lambda: preview(path, mapping, time_zone=zone, foreign=parquet),
    )


def _stamp(path: Path) -> tuple[Hashable, ...]:
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns


def _once(key: Hashable, make: Callable[[], Found]) -> Found:
    """Return what was made for the key before: a file on its way in does not change."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return cast("Any", _kept[key])  # type: ignore[no-any-return]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made
