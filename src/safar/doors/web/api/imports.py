"""Files on their way in: sent, understood, tried, imported, taken back."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal

import msgspec
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.collect.mapping_file import mapping_toml
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.imports import services
from safar.doors.web.imports.errors import UploadCutOff
from safar.doors.web.imports.queries import FileImport, ImportFacts, import_of, imports_of
from safar.doors.web.imports.understanding import mapping_of
from safar.doors.web.imports.uploading import most_bytes, room_for, shown_name, too_large
from safar.doors.web.members.policies import Capability

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .problems import NotHere
from .shapes import Body, Cursor, Page, plain

router = Router(tags=["Imports"])
_GUARD = Token(Capability.IMPORT)
_PIECE: Final = 1 << 18
ImportId = Annotated[str, Path(min_length=1, max_length=64)]


class ImportShape(Schema):
    """One import."""

    import_id: str
    file_name: str
    bytes: int
    started_at: AwareDatetime
    who: str
    state: str = Field(
        description="waiting, trying, tried, running, stopped, failed, finished, undoing or undone."
    )
    version: int | None = Field(description="Grows when what is said about the file changes.")
    work_id: str | None = Field(description="The background work that is about it, now or last.")
    report: dict[str, Any] | None = Field(description="What the import did; null before it began.")
    trial: dict[str, Any] | None = Field(description="What the last dry run found.")


class MappingShape(Schema):
    """How a file is read."""

    version: int
    mapping: str = Field(description="TOML, as the page on imports explains it.")


class MappingChange(MappingShape, Body):
    """How to read a file."""

    mapping: Annotated[str, Field(max_length=200_000)] = Field(
        description="TOML; empty leaves it to what the file looks like."
    )


class Run(Body):
    """How to import."""

    keeps_file: bool = Field(default=False, description="Keep the file when it is imported.")


@router.get("imports", auth=_GUARD, response=Page[ImportShape])
def list_imports(
    request: ApiRequest, cursor: Cursor = "", limit: Annotated[int, Query(ge=1, le=100)] = 25
) -> Page[ImportShape]:
    """List imports, newest first."""
    key = read_cursor(cursor, str)
    found, before = imports_of(
        request.auth.workspace.workspace_id, before="" if key is None else key[0], limit=limit
    )
    return Page(items=[_shape(each) for each in found], next=cursor_of(before) if before else None)


@router.post(
    "imports",
    auth=_GUARD,
    response={201: ImportShape},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def send_file(
    request: ApiRequest,
    file_name: Annotated[str, Query(min_length=1, max_length=300, description="As pages show it.")],
    idempotency_key: IdempotencyKey = "",
) -> Status[ImportShape]:
    """Take in a file, which is the whole body of the request: CSV, JSON Lines, Excel, Parquet or XES, packed or not."""
    caller = request.auth
    place = caller.workspace.workspace_id
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    with room_for(announced):
        import_id, arriving = services.new_place(place)
        arriving.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            size, digest = 0, hashlib.sha256()
            with arriving.open("wb") as file:
                while piece := request.read(_PIECE):
                    size += len(piece)
                    if size > most_bytes():
                        raise too_large(size)
                    file.write(piece)
                    digest.update(piece)
            if size < announced:
                raise UploadCutOff("The body ends within the file.", hint="Send the file again.")
        except BaseException:
            services.throw_away(arriving)
            raise

        def make() -> ImportShape:
            services.receive(
                caller.workspace, import_id, arriving, file_name=shown_name(file_name), by=caller.actor
            )
            return _shape(_found(request, import_id))

        try:
            made = once(request, idempotency_key, make, shape=ImportShape, digest=digest.hexdigest())
        except BaseException:
            services.throw_away(arriving)
            raise
        if made.import_id != import_id:  # it was sent before
            services.throw_away(arriving)
    return Status(201, made)


@router.get("imports/{import_id}", auth=_GUARD, response=ImportShape)
def get_import(request: ApiRequest, import_id: ImportId) -> ImportShape:
    """Return one import."""
    return _shape(_found(request, import_id))


@router.get("imports/{import_id}/mapping", auth=_GUARD, response=MappingShape)
def get_mapping(request: ApiRequest, import_id: ImportId) -> MappingShape:
    """Return how the file would be read: as was said, else as it looks."""
    row = _row(request, import_id)
    return MappingShape(version=row.version, mapping=mapping_toml(mapping_of(row, request.auth.workspace)))


@router.put("imports/{import_id}/mapping", auth=_GUARD, response=MappingShape)
def set_mapping(request: ApiRequest, import_id: ImportId, change: MappingChange) -> MappingShape:
    """Say how the file is read. `version` is the one that was read before: of two changes at once one is refused."""
    caller = request.auth
    row = services.write_mapping(
        _row(request, import_id), change.mapping, version=change.version, by=caller.actor
    )
    return MappingShape(version=row.version, mapping=mapping_toml(mapping_of(row, caller.workspace)))


@router.post("imports/{import_id}/{act}", auth=_GUARD, response={202: ImportShape})
def begin(
    request: ApiRequest, import_id: ImportId, act: Literal["try", "run", "undo"], how: Run | None = None
) -> Status[ImportShape]:
    """Begin a dry run, the import, or taking it back; it goes on in the background."""
    caller = request.auth
    if act == "undo":
        _found(request, import_id)
        services.start_undo(caller.workspace, import_id, by=caller.actor)
    elif act == "try":
        services.start_trial(_row(request, import_id), caller.workspace, by=caller.actor)
    else:
        services.start_import(
            _row(request, import_id),
            caller.workspace,
            keeps_file=how is not None and how.keeps_file,
            by=caller.actor,
        )
    return Status(202, _shape(_found(request, import_id)))


def _found(request: ApiRequest, import_id: str) -> ImportFacts:
    found = import_of(request.auth.workspace.workspace_id, import_id)
    if found is None:
        raise NotHere("There is no such import here.", hint="List the imports to see the ids.")
    return found


def _row(request: ApiRequest, import_id: str) -> FileImport:
    row = _found(request, import_id).row
    if row is None:
        raise NotHere(
            "The import was made at the terminal; its file is not here.", hint="Send the file again."
        )
    return row


def _shape(found: ImportFacts) -> ImportShape:
    return ImportShape(
        import_id=found.import_id,
        file_name=found.file_name,
        bytes=found.size,
        started_at=found.started_at,
        who=found.who,
        state=found.state,
        version=None if found.row is None else found.row.version,
        work_id=None if found.work is None else found.work.work_id,
        report=None if found.report is None else plain(msgspec.to_builtins(found.report)),
        trial=None if found.trial is None else plain(msgspec.to_builtins(found.trial)),
    )
