"""Journey maps: documents that several write at once."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.maps import queries, services
from safar.doors.web.maps.facts import EditFacts, MapFacts, OpenMap, SnapshotFacts
from safar.doors.web.maps.shown import edits_without_sources, without_sources
from safar.doors.web.members.policies import Capability
from safar.maps import anatomy
from safar.maps.edits import edits_schema, read_edits, told_edits
from safar.maps.fitting import fitted
from safar.maps.merging import told_conflict
from safar.maps.templates import TEMPLATES, template

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .problems import Invalid, NotHere
from .revisions import IfMatch, Revision, base_of
from .shapes import Body, Page

router = Router(tags=["Maps"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_EDIT: Final = Token(Capability.EDIT_MAPS)
MapId = Annotated[str, Path(max_length=16)]
_DOCUMENT: Final = "As `GET maps/schema` describes it under `map`."
_EDITS: Final = "As `GET maps/schema` describes them under `edits`."


class MapShape(Schema):
    """A map, without its document."""

    map_id: str
    name: dict[str, str] = Field(description="By language.")
    state: str = Field(description="`as_is` or `to_be`.")
    stages: int
    steps: int
    languages: list[str]
    revision: int = Field(description="The newest; it grows with every change.")
    changed_at: AwareDatetime
    changed_by: str
    is_archived: bool


class WholeMap(MapShape):
    """A map with its document. The header `ETag` holds the revision of the document."""

    document: dict[str, Any] = Field(description=_DOCUMENT)


class NewMap(Body):
    """A map to make: of a document, or of a template."""

    document: dict[str, Any] | None = Field(default=None, description=_DOCUMENT)
    template: Annotated[str, Field(max_length=40)] = Field(
        default="", description="Key of a template, where no document is given."
    )


class TemplateShape(Schema):
    """A template."""

    key: str
    name: dict[str, str]
    about: dict[str, str]
    stages: int
    steps: int


class Edits(Body):
    """Changes to make to a map."""

    base: Revision | None = Field(
        default=None, description="The revision they are based on; the newest when left out."
    )
    edits: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=500)] = Field(description=_EDITS)


class Replacement(Body):
    """The document that a map is to have."""

    base: Revision | None = Field(
        default=None, description="The revision it is based on; the newest when left out."
    )
    document: dict[str, Any] = Field(description=_DOCUMENT)


class ConflictShape(Schema):
    """An edit that was not done, because somebody else had changed the same since `base`."""

    edit: dict[str, Any] = Field(
        description="What was to be done; send it again on the new revision to insist."
    )
    target: str = Field(description="What both wrote, such as `card/c1/text/fa`.")
    kept: Any = Field(description="What stands there; null where the part was removed.")
    second_card: str = Field(description="Id of the card that a text was kept as; empty where it was not.")


class Applied(Schema):
    """What came of edits."""

    revision: int
    edits: list[dict[str, Any]] = Field(description="What was done.")
    conflicts: list[ConflictShape]
    document: dict[str, Any]


class EditShape(Schema):
    """What made a revision."""

    revision: int
    kind: str = Field(description="`edit`, `undo`, `redo` or `restore`.")
    by: str
    at: AwareDatetime
    edits: list[dict[str, Any]]
    is_undone: bool


class SnapshotShape(Schema):
    """A named version."""

    snapshot_id: int
    name: str
    decided: str = Field(description="What was decided then.")
    revision: int
    by: str
    at: AwareDatetime


class NewSnapshot(Body):
    """A version to keep."""

    name: Annotated[str, Field(min_length=1, max_length=160)]
    decided: Annotated[str, Field(max_length=4_000)] = ""


class Schemas(Schema):
    """JSON Schemas of maps and of their edits."""

    map: dict[str, Any]
    edits: dict[str, Any]


@router.get("maps", auth=_SEE, response=Page[MapShape])
def list_maps(
    request: ApiRequest, archived: Annotated[bool, Query(description="Those in the archive instead.")] = False
) -> Page[MapShape]:
    """List the maps, the one changed last first: all on one page."""
    found = queries.maps_of(request.auth.workspace, archived=archived)
    return Page(items=[MapShape(**_fields(each)) for each in found], next=None)


@router.get("maps/schema", auth=_SEE, response=Schemas)
def map_schema(request: ApiRequest) -> Schemas:
    """Return the JSON Schemas of maps and of their edits."""
    return Schemas(map=anatomy.schema(), edits=edits_schema())


@router.get("maps/templates", auth=_SEE, response=Page[TemplateShape])
def list_templates(request: ApiRequest) -> Page[TemplateShape]:
    """List the templates that a map can be made of: all on one page."""
    found = [(key, template(key)) for key in TEMPLATES]
    items = [
        TemplateShape(
            key=key, name=each.name, about=each.about, stages=len(each.stages), steps=len(each.steps)
        )
        for key, each in found
    ]
    return Page(items=items, next=None)


@router.post("maps", auth=_EDIT, response={201: WholeMap})
def create_map(
    request: ApiRequest, new: NewMap, response: HttpResponse, idempotency_key: IdempotencyKey = ""
) -> Status[WholeMap]:
    """Make a map."""
    if (new.document is None) == (not new.template):
        raise Invalid("Give either a document or a template.", hint="GET maps/templates lists the templates.")
    caller = request.auth
    document = (
        fitted(template(new.template), caller.log) if new.document is None else anatomy.read(new.document)
    )

    def make() -> WholeMap:
        public_id = services.create(caller.workspace, document, by=caller.actor)
        return _whole(request, _found(request, public_id))

    made = once(request, idempotency_key, make, shape=WholeMap)
    response["ETag"] = f'"{made.revision}"'
    return Status(201, made)


@router.get("maps/{map_id}", auth=_SEE, response=WholeMap)
def read_map(
    request: ApiRequest,
    map_id: MapId,
    response: HttpResponse,
    revision: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="As it was then; the newest when left out.")
    ] = None,
) -> WholeMap:
    """Return a map with its document; what cards rest on is said without words and links to who sees no customers."""
    opened = queries.map_of(request.auth.workspace, map_id, revision=revision)
    if opened is None:
        raise _missing()
    response["ETag"] = f'"{opened.revision}"'
    return _whole(request, opened)


@router.post("maps/{map_id}/edits", auth=_EDIT, response=Applied)
def edit_map(
    request: ApiRequest, map_id: MapId, said: Edits, response: HttpResponse, if_match: IfMatch = ""
) -> Applied:
    """Change a map by edits, all or none. What others have changed since `base` stays: an edit of the same comes back
    as a conflict, everything else is done."""
    edits = read_edits(said.edits)
    base = _base(request, map_id, said.base, if_match)
    caller = request.auth
    return _applied(services.apply(caller.workspace, map_id, edits, base=base, by=caller.actor), response)


@router.put("maps/{map_id}", auth=_EDIT, response=Applied)
def replace_map(
    request: ApiRequest, map_id: MapId, said: Replacement, response: HttpResponse, if_match: IfMatch = ""
) -> Applied:
    """Bring a map to another document: it becomes the edits in which it differs from `base`, done as `edits` are."""
    document = anatomy.read(said.document)
    base = _base(request, map_id, said.base, if_match)
    caller = request.auth
    return _applied(
        services.replace(caller.workspace, map_id, document, base=base, by=caller.actor), response
    )


@router.delete("maps/{map_id}", auth=_EDIT, response=MapShape)
def archive_map(request: ApiRequest, map_id: MapId) -> MapShape:
    """Put a map into the archive, where it can be read and taken out again. A second time changes nothing."""
    services.archive(request.auth.workspace, map_id, by=request.auth.actor)
    return MapShape(**_fields(_found(request, map_id).facts))


@router.post("maps/{map_id}/unarchive", auth=_EDIT, response=MapShape)
def unarchive_map(request: ApiRequest, map_id: MapId) -> MapShape:
    """Take a map out of the archive. A second time changes nothing."""
    services.archive(request.auth.workspace, map_id, is_archived=False, by=request.auth.actor)
    return MapShape(**_fields(_found(request, map_id).facts))


@router.get("maps/{map_id}/edits", auth=_SEE, response=Page[EditShape])
def list_edits(
    request: ApiRequest, map_id: MapId, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Page[EditShape]:
    """List the newest changes of a map, the newest first: on one page."""
    _found(request, map_id)
    found = queries.edits_of(request.auth.workspace, map_id, limit=limit)
    return Page(items=[_edit(request, each) for each in found], next=None)


@router.get("maps/{map_id}/snapshots", auth=_SEE, response=Page[SnapshotShape])
def list_snapshots(request: ApiRequest, map_id: MapId) -> Page[SnapshotShape]:
    """List the named versions of a map, the newest first: all on one page."""
    _found(request, map_id)
    found = queries.snapshots_of(request.auth.workspace, map_id)
    return Page(items=[_snapshot(each) for each in found], next=None)


@router.post("maps/{map_id}/snapshots", auth=_EDIT, response={201: SnapshotShape})
def keep_snapshot(
    request: ApiRequest, map_id: MapId, new: NewSnapshot, idempotency_key: IdempotencyKey = ""
) -> Status[SnapshotShape]:
    """Keep the map as it is now under a name."""
    caller = request.auth

    def make() -> SnapshotShape:
        made = services.snapshot(caller.workspace, map_id, new.name, decided=new.decided, by=caller.actor)
        found = queries.snapshots_of(caller.workspace, map_id)
        return _snapshot(next(each for each in found if each.snapshot_id == made))

    return Status(201, once(request, idempotency_key, make, shape=SnapshotShape))


@router.get("maps/{map_id}/snapshots/{snapshot_id}", auth=_SEE, response=WholeMap)
def read_snapshot(
    request: ApiRequest, map_id: MapId, snapshot_id: Annotated[int, Path(ge=1, le=2**62)]
) -> WholeMap:
    """Return a map as a named version kept it."""
    opened = queries.snapshot_of(request.auth.workspace, map_id, snapshot_id)
    if opened is None:
        raise _missing()
    return _whole(request, opened)


@router.post("maps/{map_id}/snapshots/{snapshot_id}/restore", auth=_EDIT, response=Applied)
def restore_snapshot(
    request: ApiRequest,
    map_id: MapId,
    snapshot_id: Annotated[int, Path(ge=1, le=2**62)],
    response: HttpResponse,
) -> Applied:
    """Bring a map back to a named version, as one change."""
    caller = request.auth
    return _applied(services.restore(caller.workspace, map_id, snapshot_id, by=caller.actor), response)


def _base(request: ApiRequest, map_id: str, said: int | None, if_match: str) -> int:
    """Return the revision that a change is based on; the newest one where the request names none."""
    named = base_of(said, if_match)
    return _found(request, map_id).revision if named is None else named


def _found(request: ApiRequest, map_id: str) -> OpenMap:
    opened = queries.map_of(request.auth.workspace, map_id)
    if opened is None:
        raise _missing()
    return opened


def _missing() -> NotHere:
    return NotHere("There is no such map, or no such version of it.", hint="GET maps lists the maps.")


def _fields(facts: MapFacts) -> dict[str, Any]:
    found = {name: getattr(facts, name) for name in MapShape.model_fields if name != "map_id"}
    return found | {"map_id": facts.public_id, "languages": list(facts.languages)}


def _sees_customers(request: ApiRequest) -> bool:
    return Capability.SEE_CUSTOMERS in request.auth.capabilities


def _whole(request: ApiRequest, opened: OpenMap) -> WholeMap:
    fields = _fields(opened.facts) | {"revision": opened.revision}
    document = opened.document if _sees_customers(request) else without_sources(opened.document)
    return WholeMap(document=anatomy.told(document), **fields)


def _applied(done: services.Applied, response: HttpResponse) -> Applied:
    response["ETag"] = f'"{done.revision}"'
    return Applied(
        revision=done.revision,
        edits=told_edits(done.edits),
        conflicts=[
            ConflictShape(
                edit=told_conflict(each)["edit"],
                target=each.target,
                kept=each.kept,
                second_card=each.second_card,
            )
            for each in done.conflicts
        ],
        document=anatomy.told(done.document),
    )


def _edit(request: ApiRequest, facts: EditFacts) -> EditShape:
    fields = {name: getattr(facts, name) for name in EditShape.model_fields}
    if not _sees_customers(request):
        fields["edits"] = edits_without_sources(facts.edits)
    return EditShape(**fields)


def _snapshot(facts: SnapshotFacts) -> SnapshotShape:
    return SnapshotShape(**{name: getattr(facts, name) for name in SnapshotShape.model_fields})
