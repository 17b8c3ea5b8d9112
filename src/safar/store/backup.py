"""Backing up a home while it serves: one consistent copy in a folder, with the hash of every file."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import safar
from safar.vocabulary.errors import Refusal

from .backup_list import FILES, BackupList, Listed
from .disk import NO_ROOM, disk_full, sync_folder
from .home import REGISTRY
from .identity import FILE as IDENTITY
from .manifest import Snapshot, snapshot_of
from .segment import MAGIC, all_segments, salvage
from .sqlite_file import SqliteFileDamaged
from .sqlite_read import COMPANIONS, copy_database, read_only

if TYPE_CHECKING:
    from .home import Home
    from .log import Log

_PIECE: Final = 1 << 20
#: Parts are copied while compaction goes on, so often; what is new after that is copied while it waits.
_ROUNDS: Final = 5
#: Folders of a home that a restore uses; they are not part of it.
STAGING: Final = ".restoring"
#: The app tables as rows, where they are not a file of the home.
APP_TABLES: Final = "app-tables.jsonl"
BEFORE: Final = "before-restore-"
_PASSED_OVER: Final = frozenset({"roll", "lock"})
_UNFINISHED: Final = (".lock", ".tmp", ".new")
_PASSED_OVER_ENDINGS: Final = (*COMPANIONS, *_UNFINISHED)


class BackupTargetRefused(Refusal, ValueError):
    """A backup cannot be written there."""

    code = "backup.target_refused"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was backed up.

    ``made_at`` is aware UTC: everything acknowledged before it is in the backup. ``damaged`` names files that were not
    whole where they were copied from: see `safar doctor`. A workspace whose database is damaged is copied as it lies.
    """

    folder: Path
    made_at: datetime
    workspaces: tuple[str, ...]
    files: int
    bytes: int
    damaged: tuple[str, ...]


def backup(
    home: Home,
    target: str | os.PathLike[str],
    *,
    workspace_id: str | None = None,
    progress: Callable[[int], None] = lambda _bytes: None,
    write_tables: Callable[[Path], object] | None = None,
) -> BackupReport:
    """Write a backup of a home, or of one workspace, into a new folder in ``target``. Others go on working meanwhile.

    Parameters
    ----------
    home
        The open home. Writers are not held up; compaction waits while the last small files are copied.
    target
        A folder outside the home; made when absent. The backup is ``safar-backup-<instant>`` in it; while it is being
        written its name ends in ``.partial``.
    workspace_id
        Only this workspace, its keys and settings, without the members of the home.
    progress
        Told now and then how many bytes are copied; what it raises ends the backup, and what was written is removed.
    write_tables
        Writes the app tables into the file it is given, where a server keeps them; not called for one workspace.

    Raises
    ------
    UnknownWorkspace
        There is no workspace of this id.
    BackupTargetRefused
        The target lies in the home.
    DiskFull
        There is no room for it; what was written is removed.
    """
    into = Path(target).absolute()
    if into.resolve().is_relative_to(home.folder.resolve()):
        raise BackupTargetRefused(
            f"{into} lies in the home {home.folder}, and would be lost with it.",
            hint="Choose a folder elsewhere, best on another disk.",
            target=str(into),
        )
    if workspace_id is not None:
        home.workspace(workspace_id)
    made_at = datetime.now(UTC)
    name = f"safar-backup-{made_at:%Y%m%dT%H%M%SZ}" + (f"-{workspace_id}" if workspace_id else "")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    while (into / name).exists() or (into / f"{name}.partial").exists():
        name += f"-{secrets.token_hex(2)}"
    partial = into / f"{name}.partial"
    partial.mkdir(mode=0o700)
    try:
        copy = _Copy(home, partial / FILES, progress)
        copy.everything(workspace_id, write_tables)
        found = BackupList(
            made_at, safar.__version__, copy.workspaces, copy.folders(), copy.files, tuple(copy.damaged)
        )
        found.write(partial)
        partial.rename(into / name)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        if error.errno in NO_ROOM:
            raise disk_full(into, error) from error
        raise
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    sync_folder(into)
    size = sum(listed.bytes for listed in copy.files.values())
    return BackupReport(into / name, made_at, copy.workspaces, len(copy.files), size, tuple(copy.damaged))


class _Copy:
    """Copies a home file by file and remembers what it has copied."""

    def __init__(self, home: Home, folder: Path, progress: Callable[[int], None]) -> None:
        self.home = home
        self._folder = folder
        self._progress = progress
        self._copied = 0
        self.workspaces: tuple[str, ...] = ()
        self.files: dict[str, Listed] = {}
        self.damaged: list[str] = []
        folder.mkdir(mode=0o700)

    def everything(
        self, workspace_id: str | None, write_tables: Callable[[Path], object] | None = None
    ) -> None:
        """Copy the registry, what stands beside it, then imports and log of each workspace that the copy names."""
        self._registry(workspace_id)
        workspaces = self.home.folder / "workspaces"
        if workspace_id is None:
            for path in sorted(self.home.folder.iterdir()):
                if path.name != REGISTRY and path != workspaces:
                    self._tree(path)
            if write_tables is not None:
                write_tables(self._folder / APP_TABLES)
                self._note(self._folder / APP_TABLES)
        for each in self.workspaces:
            try:
                self._workspace(workspaces / each)
            except SqliteFileDamaged as damage:  # the others must have their backup all the same
                self._as_it_lies(workspaces / each)
                broken = Path(str(damage.context["path"]))
                self.damaged.append(broken.relative_to(self.home.folder).as_posix())

    def folders(self) -> tuple[str, ...]:
        """Return every folder of the copy; on disk when it returns."""
        found = [path for path in sorted(self._folder.rglob("*")) if path.is_dir()]
        for path in [self._folder, *found]:
            sync_folder(path)
        return tuple(path.relative_to(self._folder).as_posix() for path in found)

    def file(self, source: Path, *, size: int | None = None, crc: int | None = None) -> None:
        """Copy a file, or its first ``size`` bytes; note it as damaged when its CRC-32 is not ``crc``.

        Raises
        ------
        FileNotFoundError
            It is gone; nothing was copied.
        """
        with source.open("rb") as reading:
            target = self._target(source if source.suffix != ".open" else source.with_suffix(".wal"))
            sha256, found, left = hashlib.sha256(), 0, size
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                while piece := reading.read(_PIECE if left is None else min(_PIECE, left)):
                    sha256.update(piece)
                    found = zlib.crc32(piece, found) if crc is not None else 0
                    left = None if left is None else left - len(piece)
                    rest = memoryview(piece)
                    while rest:
                        rest = rest[os.write(handle, rest) :]
                    self._copied += len(piece)
                    self._progress(self._copied)
                os.fsync(handle)
                name = target.relative_to(self._folder).as_posix()
                self.files[name] = Listed(os.fstat(handle).st_size, sha256.hexdigest())
            finally:
                os.close(handle)
        if crc is not None and found != crc:
            self.damaged.append(name)

    def database(self, source: Path) -> Path:
        """Copy a SQLite file as it is at one instant; return the copy."""
        target = self._target(source)
        copy_database(source, target)
        self._note(target)
        return target

    def forget(self, source: Path) -> None:
        """Remove a file from the copy."""
        target = self._target(source)
        target.unlink(missing_ok=True)
        self.files.pop(target.relative_to(self._folder).as_posix(), None)

    def has(self, source: Path) -> bool:
        """Tell whether a file has been copied."""
        return source.relative_to(self.home.folder).as_posix() in self.files

    def make(self, *folders: Path) -> None:
        """Make the folders in the copy that stand for these."""
        for folder in folders:
            self._make(folder)

    def _make(self, folder: Path) -> None:
        (self._folder / folder.relative_to(self.home.folder)).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _target(self, source: Path) -> Path:
        target = self._folder / source.relative_to(self.home.folder)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return target

    def _note(self, target: Path) -> None:
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self.files[target.relative_to(self._folder).as_posix()] = Listed(target.stat().st_size, sha256)

    def _registry(self, workspace_id: str | None) -> None:
        copy = self.database(self.home.folder / REGISTRY)
        with closing(sqlite3.connect(copy, isolation_level=None)) as base:
            if workspace_id is not None:
                base.execute("DELETE FROM key WHERE workspace_id <> ?", (workspace_id,))
                base.execute("DELETE FROM workspace WHERE workspace_id <> ?", (workspace_id,))
                base.execute("VACUUM")
            rows = base.execute("SELECT workspace_id FROM workspace ORDER BY workspace_id").fetchall()
        self.workspaces = tuple(each for (each,) in rows)
        if workspace_id is not None:
            with copy.open("rb") as file:
                os.fsync(file.fileno())
            self._note(copy)

    def _workspace(self, folder: Path) -> None:
        self._make(folder)
        # Before the log: what an import says it has brought must be in the log that is copied.
        for path in sorted(folder.glob("*")):
            if path.name != "log":
                self._tree(path)
        if (folder / "log" / "manifest.sqlite").is_file():
            _LogCopy(self, self.home.log(folder.name)).make()

    def _as_it_lies(self, folder: Path) -> None:
        """Copy what cannot be opened byte by byte, for whoever will mend it."""
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                self._make(path)
            elif path.is_file() and path.name not in _PASSED_OVER and not path.name.endswith(_UNFINISHED):
                with suppress(FileNotFoundError):
                    self.file(path)

    def _tree(self, path: Path) -> None:
        """Copy a file or a folder that is no log, as it stands; what vanishes meanwhile was not to stay."""
        name = path.name
        if path.is_symlink() or name in _PASSED_OVER or name.endswith(_PASSED_OVER_ENDINGS):
            return
        if name == STAGING or name.startswith(BEFORE):
            return
        if path.is_dir():
            self._make(path)
            for each in sorted(path.iterdir()):
                self._tree(each)
        elif path.suffix == ".sqlite":
            self.database(path)
        elif path.is_file():
            try:
                self.file(path)
            except FileNotFoundError:
                return


class _LogCopy:
    """Copies one log: parts while others work, the rest while nobody compacts or erases."""

    def __init__(self, copy: _Copy, log: Log) -> None:
        self._copy = copy
        self._log = log
        self._copied: set[str] = set()

    def make(self) -> None:
        layout = self._log.layout
        self._copy.make(layout.segments, layout.parts, layout.scratch)
        for _ in range(_ROUNDS):
            copied, _ = self._parts(self._log.manifest.snapshot())
            if not copied:
                break
        with self._log.alone():
            copy = self._copy.database(layout.manifest)
            self._copy.database(layout.folder / IDENTITY)
            with read_only(copy) as connection:
                snapshot = snapshot_of(connection)
            _, lost = self._parts(snapshot)
            self._copy.damaged += [path.relative_to(self._copy.home.folder).as_posix() for path in lost]
            self._segments(snapshot)
        named = {part.name for part in snapshot.parts} | set(snapshot.runs)
        for name in self._copied - named:
            for path in layout.files_of(name):
                self._copy.forget(path)

    def _parts(self, snapshot: Snapshot) -> tuple[int, list[Path]]:
        """Copy the files of a snapshot that have not been copied; return how many there were, and which are gone."""
        layout = self._log.layout
        wanted = [
            *((part.name, layout.parquet(part.name), part.crc) for part in snapshot.parts),
            *((part.name, layout.path_index(part.name), None) for part in snapshot.parts),
            *((name, layout.run(name), None) for name in snapshot.runs),
        ]
        missing = [each for each in wanted if not self._copy.has(each[1])]
        lost = []
        for name, path, crc in missing:
            self._copied.add(name)
            try:
                self._copy.file(path, crc=crc)
            except FileNotFoundError:  # merged away meanwhile, or lost
                lost.append(path)
        return len(missing), lost

    def _segments(self, snapshot: Snapshot) -> None:
        """Copy whole frames of the segments that are not compacted."""
        segments = self._log.layout.segments
        for path in segments.glob("*.damaged"):
            self._copy.file(path)
        for path in all_segments(segments):
            if path.stem in snapshot.consumed:
                continue
            for name in (path, path.with_suffix(".wal")):  # its writer may seal it meanwhile
                try:
                    found = salvage(name)
                    if found.frames:
                        self._copy.file(name, size=found.frames[-1].end)
                    elif found.damage or name.stat().st_size > len(MAGIC):
                        self._copy.file(name)
                except FileNotFoundError:
                    continue
                break
