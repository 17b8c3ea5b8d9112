"""The part of `doctor` that looks at one log: segments, manifest, parts, runs, identity."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .doctor_parts import check_parts
from .findings import Finding
from .identity import FILE as IDENTITY
from .identity import identity_problems
from .ids import IdRun
from .layout import PART_ENDINGS, Layout
from .manifest import MIGRATIONS as MANIFEST_MIGRATIONS
from .manifest import Snapshot, snapshot_of
from .merge_log import MIGRATIONS as IDENTITY_MIGRATIONS
from .segment import MAGIC, ROLL_REQUEST, salvage
from .sqlite_read import integrity_problems, read_only

_SEGMENT_ENDINGS: Final = frozenset({".new", ".open", ".wal", ".damaged"})


@dataclass(frozen=True, slots=True)
class _Said:
    """What a manifest says."""

    snapshot: Snapshot
    shard_count: int
    run_rows: dict[str, int]
    garbage: frozenset[str]


def doctor_log(folder: Path) -> list[Finding]:
    """Check one log and change nothing; others may write, compact and read meanwhile.

    Returns
    -------
    list of Finding
        Empty when all is well.
    """
    layout = Layout(folder)
    findings = list(
        check_database(
            folder / IDENTITY,
            len(IDENTITY_MIGRATIONS),
            lambda connection: [
                ("doctor.identity_disagrees", text) for text in identity_problems(connection)
            ],
        )
    )
    said: list[_Said] = []

    def read(connection: sqlite3.Connection) -> list[tuple[str, str]]:
        said.append(_read(connection))
        return []

    findings += check_database(layout.manifest, len(MANIFEST_MIGRATIONS), read)
    if not said:
        return [*findings, *_check_segments(layout, frozenset())]
    listed = list(layout.parts.iterdir()) if layout.parts.is_dir() else []
    findings += _check_segments(layout, said[0].snapshot.consumed)
    findings += _check_manifest(layout, said[0])
    findings += check_parts(layout, said[0].snapshot, said[0].shard_count)
    with read_only(layout.manifest) as connection:
        now = _read(connection)
    left = _names(said[0].snapshot) - _names(now.snapshot)
    findings = [finding for finding in findings if finding.path.stem not in left]
    if left & set(said[0].snapshot.runs):  # ids may be in the run that took its place
        findings = [finding for finding in findings if finding.code != "doctor.ids_incomplete"]
    return [*findings, *_leftovers(listed, _names(now.snapshot) | now.garbage | left)]


def check_database(
    path: Path,
    migrations: int | None,
    more: Callable[[sqlite3.Connection], list[tuple[str, str]]],
) -> Iterator[Finding]:
    """Check one SQLite file as such, then what ``more`` finds in it, as codes with sentences.

    ``migrations`` is how many this version knows; None for a file that is not ours to migrate.
    """
    try:
        with read_only(path) as connection:
            wrong = integrity_problems(connection)
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if migrations is not None and version > migrations:
                yield Finding(
                    "doctor.database_too_new",
                    path,
                    f"It has had {version} changes of its tables; this version of Safar knows {migrations}.",
                )
                return
            found = [] if wrong else more(connection)
    except FileNotFoundError:
        yield Finding("doctor.database_missing", path, "The file is not there.")
        return
    except (sqlite3.DatabaseError, KeyError, IndexError, TypeError, ValueError) as error:
        wrong, found = [f"it cannot be read: {error}"], []
    if wrong:
        yield Finding(
            "doctor.database_damaged", path, f"SQLite finds {len(wrong)} fault(s); the first: {wrong[0]}."
        )
    for code, text in found:
        yield Finding(code, path, text)


def _read(connection: sqlite3.Connection) -> _Said:
    facts = dict(connection.execute("SELECT name, value FROM fact"))
    return _Said(
        snapshot_of(connection),
        int(facts["shard_count"]),
        dict(connection.execute("SELECT name, rows FROM run")),
        frozenset(name for (name,) in connection.execute("SELECT name FROM garbage")),
    )


def _names(snapshot: Snapshot) -> frozenset[str]:
    return frozenset([*(part.name for part in snapshot.parts), *snapshot.runs])


def _check_manifest(layout: Layout, said: _Said) -> Iterator[Finding]:
    def wrong(text: str) -> Finding:
        return Finding("doctor.manifest_disagrees", layout.manifest, text)

    shards = said.shard_count
    if shards < 1 or shards & (shards - 1):
        yield wrong(f"It says {shards} shards, which is no power of two.")
    for part in said.snapshot.parts:
        if part.name != f"{part.run}-L{part.level}-{part.shard:04d}" or not 0 <= part.shard < shards:
            yield wrong(f"What it says of the part {part.name} does not fit its name.")
    doomed = _names(said.snapshot) & said.garbage
    if doomed:
        yield wrong(f"It means to delete {len(doomed)} files that are the log, such as {min(doomed)}.")
    for name, rows in said.run_rows.items():
        path = layout.run(name)
        try:
            held = len(IdRun.open(path).rests)
        except (OSError, ValueError, KeyError):
            continue  # said of the file itself
        if held != rows:
            yield wrong(f"It says {rows} ids for {path.name}, which holds {held}.")


def _check_segments(layout: Layout, consumed: frozenset[str]) -> Iterator[Finding]:
    if not layout.segments.is_dir():
        return
    for path in sorted(layout.segments.iterdir()):
        if path.name == ROLL_REQUEST:
            continue
        if path.suffix not in _SEGMENT_ENDINGS:
            yield Finding("doctor.unknown_file", path, "This is no segment.")
        elif path.suffix == ".damaged":
            yield Finding(
                "doctor.segment_set_aside",
                path,
                f"{_bytes(_damage(path))} of this segment could not be read when it was compacted.",
            )
        elif path.suffix == ".new":
            yield Finding("doctor.leftover", path, "A segment that was not begun.")
        elif path.stem not in consumed:
            yield from _check_segment(path)


def _check_segment(path: Path) -> Iterator[Finding]:
    try:
        found = salvage(path)
    except FileNotFoundError:  # sealed or compacted away meanwhile
        sealed = path.with_suffix(".wal")
        if path.suffix == ".open" and sealed.exists():
            yield from _check_segment(sealed)
        return
    if found.damage:
        lost = sum(end - first for first, end in found.damage)
        yield Finding(
            "doctor.segment_damaged",
            path,
            f"{_bytes(lost)} before byte {found.damage[-1][1]} cannot be read, though whole frames follow.",
        )
    if found.torn and path.stat().st_size > len(MAGIC):
        yield Finding("doctor.segment_torn", path, f"{_bytes(found.torn)} behind the last whole frame.")


def _damage(path: Path) -> int:
    found = salvage(path)
    return sum(end - first for first, end in found.damage) + found.torn


def _bytes(count: int) -> str:
    return f"{count} byte{'' if count == 1 else 's'}"


def _leftovers(listed: list[Path], named: frozenset[str]) -> Iterator[Finding]:
    for path in sorted(listed):
        if path.suffix not in PART_ENDINGS:
            yield Finding("doctor.unknown_file", path, "This is no part, path index or run of ids.")
        elif path.name.split(".")[0] not in named:
            yield Finding("doctor.leftover", path, "The manifest does not name this file.")
