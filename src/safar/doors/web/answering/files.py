"""Files of respondents: told by their bytes, kept below the workspace's folder, served to who sees customers."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.core import signing
from django.db import transaction

from safar.doors.web.homes import current_home
from safar.doors.web.imports.uploading import shown_name
from safar.listen.questionnaire.questions import File
from safar.listen.questionnaire.refusals import AnswerRefused
from safar.store.disk import sync_folder

from .models import ResponseFile

_FOLDER: Final = "answers"
_MB: Final = 1 << 20
#: Of one response: nobody fills a disk through a link.
MOST_FILES: Final = 20
#: How files of each kind begin; what a browser would run, such as SVG and HTML, is none of them.
_BEGINNINGS: Final = (
    ("image", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("image", "image/jpeg", b"\xff\xd8\xff"),
    ("image", "image/gif", b"GIF87a"),
    ("image", "image/gif", b"GIF89a"),
    ("pdf", "application/pdf", b"%PDF-"),
    ("audio", "audio/ogg", b"OggS"),
    ("audio", "audio/flac", b"fLaC"),
    ("audio", "audio/mpeg", b"ID3"),
    ("audio", "audio/mpeg", b"\xff\xfb"),
    ("audio", "audio/mpeg", b"\xff\xf3"),
    ("audio", "audio/webm", b"\x1aE\xdf\xa3"),
)
_ENDINGS: Final = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/flac": (".flac",),
    "audio/mpeg": (".mp3",),
    "audio/webm": (".webm", ".weba"),
    "audio/wav": (".wav",),
    "audio/mp4": (".m4a", ".mp4"),
    "text/plain": (".txt", ".csv", ".md"),
}


class FileRefused(AnswerRefused):
    """A file is empty, too large, or of another kind than the question takes: ``most_mb``."""

    code = "answer.file_refused"


@dataclass(frozen=True, slots=True)
class FileOwner:
    """Whose a file is: the response it comes with, and the key of the question."""

    workspace_id: str
    response_id: str
    key: str


def keep_file(owner: FileOwner, question: File, uploaded: IO[bytes], name: str) -> str:
    """Keep a file of a response, and return its id. What it is, is told by how it begins.

    Raises
    ------
    FileRefused
        Nothing was kept.
    """
    content = uploaded.read(question.most_mb * _MB + 1)
    kind, content_type = sniffed(content)
    is_one_too_many = ResponseFile.objects.filter(response_id=owner.response_id).count() >= MOST_FILES
    if len(content) > question.most_mb * _MB or kind not in question.takes or is_one_too_many:
        raise FileRefused(
            f"Files of {', '.join(question.takes)} of at most {question.most_mb} MB are taken.",
            hint="Take a smaller file, or one of another kind.",
            question_id=question.question_id,
            key=owner.key,
            most_mb=question.most_mb,
        )
    file_id = signing.b64_encode(secrets.token_bytes(16)).decode()
    path = file_path(owner.workspace_id, file_id)
    try:
        with transaction.atomic():
            _write(path, content)
            ResponseFile.objects.create(
                workspace_id=owner.workspace_id,
                public_id=file_id,
                response_id=owner.response_id,
                question_id=owner.key,
                name=shown_name(name)[:255],
                content_type=content_type,
                size=len(content),
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return file_id


def sniffed(content: bytes) -> tuple[str, str]:
    """Return the kind and the content type of a file as its bytes say; empty for anything else.

    >>> sniffed(b"%PDF-1.7"), sniffed(b"MZ\\x90\\x00"), sniffed("سلام".encode())
    (('pdf', 'application/pdf'), ('', ''), ('text', 'text/plain'))
    """
    if content[:4] == b"RIFF" and content[8:12] in {b"WEBP", b"WAVE"}:
        return ("image", "image/webp") if content[8:12] == b"WEBP" else ("audio", "audio/wav")
    if content[4:8] == b"ftyp" and content[8:11] == b"M4A":
        return "audio", "audio/mp4"
    for kind, content_type, beginning in _BEGINNINGS:
        if content.startswith(beginning):
            return kind, content_type
    return ("text", "text/plain") if _is_text(content) else ("", "")


def served_name(name: str, content_type: str) -> str:
    """Return what a file is called where it is saved: its end says what its bytes are, whatever it came as.

    >>> served_name("bill.PDF", "application/pdf"), served_name("bill.html", "text/plain")
    ('bill.PDF', 'bill.html.txt')
    """
    endings = _ENDINGS[content_type]
    return name if name.lower().endswith(endings) else name + endings[0]


def file_path(workspace_id: str, file_id: str) -> Path:
    """Return where a file is kept; its id is one that we gave, never a name from outside."""
    return current_home().workspace_folder(workspace_id) / _FOLDER / file_id


def remove_files(workspace_id: str, file_ids: Iterable[str]) -> None:
    """Remove files whose rows are gone."""
    for file_id in file_ids:
        file_path(workspace_id, file_id).unlink(missing_ok=True)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
