"""Files of a map: pictures and PDFs alone, told by their bytes, kept below the workspace's folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import IO, Final

from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.doors.web.imports.uploading import shown_name
from safar.store.disk import sync_folder
from safar.store.registry import Workspace

from .errors import AttachmentRefused, UnknownMap
from .facts import AttachmentFacts
from .models import Attachment
from .revisions import locked, new_id
from .telling import attachment_facts

MOST_BYTES: Final = 5 << 20
#: Of one map.
MOST_FILES: Final = 200
#: How files of each kind begin; what a browser would run, such as SVG and HTML, is none of them.
_BEGINNINGS: Final = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF87a"),
    ("image/gif", b"GIF89a"),
    ("application/pdf", b"%PDF-"),
)
#: How names of each kind end, the usual one first.
_ENDINGS: Final = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
_FOLDER: Final = "attachments"


def attach(
    workspace: Workspace, public_id: str, uploaded: IO[bytes], name: str, *, by: Actor
) -> AttachmentFacts:
    """Keep a file of a map. What it is, is told by how it begins; name and declared type tell nothing.

    Raises
    ------
    UnknownMap, MapArchived
    AttachmentRefused
        It is larger than 5 MB, empty, no picture and no PDF, or one too many.
    """
    content = uploaded.read(MOST_BYTES + 1)
    content_type = sniffed(content)
    if len(content) > MOST_BYTES or not content_type:
        raise AttachmentRefused(
            "Only pictures (PNG, JPEG, WebP, GIF) and PDF files of at most 5 MB are kept.",
            hint="Make the picture smaller, or save it as PNG.",
            most_bytes=MOST_BYTES,
        )
    file_id, path = new_id(), None
    try:
        with transaction.atomic():
            row = locked(workspace, public_id)
            if Attachment.objects.filter(journey_map=row).count() >= MOST_FILES:
                raise AttachmentRefused(
                    f"A map has at most {MOST_FILES} files.", hint="Remove those that no card shows."
                )
            path = file_of(workspace, file_id)
            _write(path, content)
            made = Attachment.objects.create(
                journey_map=row,
                public_id=file_id,
                name=shown_name(name)[:255],
                content_type=content_type,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                member=by.member,
            )
            record(
                by,
                "map.file_attached",
                workspace_id=workspace.workspace_id,
                target=row.name,
                after={"file": made.name, "bytes": made.size},
            )
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise
    return attachment_facts(made)


def detach(workspace: Workspace, public_id: str, file_id: str, *, by: Actor) -> None:
    """Remove a file of a map for good.

    Raises
    ------
    UnknownMap, MapArchived
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        found = Attachment.objects.filter(journey_map=row, public_id=file_id).first()
        if found is None:
            raise UnknownMap("There is no such file.", hint="It may have been removed.")
        record(
            by,
            "map.file_removed",
            workspace_id=workspace.workspace_id,
            target=row.name,
            before={"file": found.name},
        )
        found.delete()
        # A row without its file would be a fault; a file without a row is only room.
        transaction.on_commit(lambda: file_of(workspace, file_id).unlink(missing_ok=True))


def sniffed(content: bytes) -> str:
    """Return the content type of a picture or PDF as its first bytes say; empty for anything else.

    >>> sniffed(b"GIF89a..."), sniffed(b"<svg xmlns=...>"), sniffed(b"RIFF....WEBPVP8 ")
    ('image/gif', '', 'image/webp')
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for kind, beginning in _BEGINNINGS if content.startswith(beginning)), "")


def served_name(name: str, content_type: str) -> str:
    """Return what a file is called where it is saved: its end says what its bytes are, whatever it came as.

    >>> served_name("Desk.JPEG", "image/jpeg"), served_name("desk.html", "image/png")
    ('Desk.JPEG', 'desk.html.png')
    """
    endings = _ENDINGS[content_type]
    return name if name.lower().endswith(endings) else name + endings[0]


def file_of(workspace: Workspace, file_id: str) -> Path:
    """Return where a file is kept; its id is one that we gave, never a name from outside."""
    return current_home().workspace_folder(workspace.workspace_id) / _FOLDER / file_id


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
