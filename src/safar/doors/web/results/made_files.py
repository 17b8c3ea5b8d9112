"""Files of many answers: made in the background, offered for a day, gone with whoever is erased."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final

from safar.doors.web.homes import current_home
from safar.doors.web.surveys.queries import Published
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .files import FileAsked, Report, answers_file

#: More responses than this are written in the background.
AT_ONCE: Final = 5_000
KEPT_FOR: Final = timedelta(days=1)
_FOLDER: Final = "made"


def make(  # noqa: PLR0917 - what a file is made of, and where
    workspace: Workspace, published: Published, asked: FileAsked, locale: Locale, file_id: str, report: Report
) -> int:
    """Write the answers into a file that waits to be taken away; return its bytes."""
    folder = _folder(workspace)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{file_id}.part"
    size = 0
    made = answers_file(workspace, published.public_id, published.survey, asked, locale, report)
    try:
        with part.open("wb") as kept:
            for piece in made:
                size += kept.write(piece)
        part.replace(folder / file_id)
    finally:
        made.close()
        part.unlink(missing_ok=True)
    return size


def opened(workspace: Workspace, file_id: str) -> IO[bytes] | None:
    """Open a file that waits; None where it is gone."""
    return (_folder(workspace) / file_id).open("rb") if is_there(workspace, file_id) else None


def is_there(workspace: Workspace, file_id: str) -> bool:
    """Return whether a file waits."""
    return file_id.isalnum() and (_folder(workspace) / file_id).is_file()


def tidy(workspace: Workspace) -> None:
    """Remove files that nobody came for within a day."""
    oldest = (datetime.now(UTC) - KEPT_FOR).timestamp()
    folder = _folder(workspace)
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.stat().st_mtime < oldest:
            each.unlink(missing_ok=True)


def forget(workspace: Workspace) -> None:
    """Remove all files that wait: somebody who is in them was erased."""
    shutil.rmtree(_folder(workspace), ignore_errors=True)


def _folder(workspace: Workspace) -> Path:
    return current_home().workspace_folder(workspace.workspace_id) / _FOLDER
