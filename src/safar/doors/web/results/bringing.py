"""Bringing in answers that were collected elsewhere: the file, the plan of its columns, and what came of it.

A file waits below the workspace's folder with its plan beside it until it is brought in or put away; a week later it
is gone either way. Bringing in twice changes nothing: a response is known by the file's tool and its own id there.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Final

import msgspec

from safar.collect.shape import detect_shape, read_rows
from safar.collect.times import detect_time_format, read_instants
from safar.doors.web.answering.brought import Brought, keep_brought
from safar.doors.web.homes import current_home
from safar.doors.web.surveys.queries import Published
from safar.listen.questionnaire.questions import Date
from safar.listen.questionnaire.response_files import (
    CUSTOMER,
    FINISHED,
    LANGUAGE,
    OWN_ID,
    STARTED,
    FilePlan,
    LineRead,
    proposed,
    read_line,
)
from safar.store.home import region_of
from safar.store.registry import Workspace
from safar.vocabulary.dates import DateFormat
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_names import CalendarName

#: Lines that a plan is tried on before anything is brought in.
TRIED: Final = 200
_MOST_BYTES: Final = 200 * 2**20
_PIECE: Final = 1 << 20
_AT_ONCE: Final = 500
_KEPT_FOR: Final = timedelta(days=7)
#: Below the workspace's folder.
FOLDER: Final = "brought"
_SHOWN: Final = 20


class FileTooLarge(Refusal, ValueError):
    """A file of answers is larger than is taken here."""

    code = "results.file_too_large"


class UnknownFile(Refusal, LookupError):
    """There is no such file of answers, or it was put away."""

    code = "results.unknown_file"


class TimesUnreadable(Refusal, ValueError):
    """The column of times holds no times, or they read two ways."""

    code = "results.times_unreadable"


class Waiting(msgspec.Struct, frozen=True):
    """A file that waits.

    Attributes
    ----------
    file_id
        What addresses name it by.
    survey_id, version
        Whose answers, and which version's questions they are read as.
    """

    file_id: str
    survey_id: str
    version: int
    name: str
    at: datetime
    plan: FilePlan


@dataclass(frozen=True, slots=True)
class Tried:
    """What the first lines of a file say under a plan.

    Attributes
    ----------
    lines
        Lines that were read.
    answers
        How many of them answer each question.
    problems
        By head and code: how often, and a text that shows it.
    unfinished
        Lines that the file itself calls unfinished: they are left out.
    """

    lines: int
    answers: dict[str, int]
    problems: tuple[tuple[str, str, int, str], ...]
    unfinished: int


def keep_file(workspace: Workspace, published: Published, name: str, source: IO[bytes]) -> Waiting:
    """Keep an uploaded file, and propose what its columns are.

    Raises
    ------
    FileTooLarge, NoRows, FormatUnknown, FileUnreadable
        Nothing was kept.
    """
    _tidy(workspace)
    file_id = secrets.token_hex(8)
    folder = _folder(workspace) / file_id
    folder.mkdir(parents=True, mode=0o700)
    try:
        ending = Path(name).suffix.lower()[:8]
        path = folder / f"answers{ending if ending.isascii() else ''}"
        size = 0
        with path.open("wb") as kept:
            while piece := source.read(_PIECE):
                size += len(piece)
                if size > _MOST_BYTES:
                    raise FileTooLarge(
                        f"The file has more than {_MOST_BYTES >> 20} MB.", hint="Split it into several files."
                    )
                kept.write(piece)
        heads = next(_lines_of(path), ((), {}))[0]
        waiting = Waiting(
            file_id,
            published.public_id,
            published.version,
            Path(name).name[:200],
            datetime.now(UTC),
            proposed(published.survey, heads),
        )
        _write(folder, waiting)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return waiting


def waiting_file(workspace: Workspace, survey_id: str, file_id: str) -> Waiting:
    """Return a file that waits.

    Raises
    ------
    UnknownFile
    """
    folder = _folder(workspace) / file_id
    try:
        found = msgspec.json.decode((folder / "plan.json").read_bytes(), type=Waiting)
    except (OSError, msgspec.MsgspecError):
        found = None
    if not file_id.isalnum() or found is None or found.survey_id != survey_id:
        raise UnknownFile("There is no such file of answers here.", hint="Send it again.")
    return found


def change_plan(workspace: Workspace, waiting: Waiting, plan: FilePlan) -> Waiting:
    """Keep another plan for a file that waits."""
    changed = msgspec.structs.replace(waiting, plan=plan)
    _write(_folder(workspace) / waiting.file_id, changed)
    return changed


def put_away(workspace: Workspace, waiting: Waiting) -> None:
    """Remove a file that waits."""
    shutil.rmtree(_folder(workspace) / waiting.file_id, ignore_errors=True)


def examples(workspace: Workspace, waiting: Waiting) -> dict[str, tuple[str, ...]]:
    """Return three different values of each column, as they stand in the file."""
    found: dict[str, dict[str, None]] = {}
    for place, (_, cells) in enumerate(_lines(workspace, waiting)):
        for head, text in cells.items():
            if text.strip() and len(found.setdefault(head, {})) < 3:
                found[head].setdefault(text.strip()[:60])
        if place == TRIED:
            break
    return {head: tuple(texts) for head, texts in found.items()}


def tried(workspace: Workspace, waiting: Waiting, published: Published) -> Tried:
    """Read the first lines of a file under its plan; bring nothing in."""
    answers: Counter[str] = Counter()
    problems: dict[tuple[str, str], list[str]] = {}
    lines = unfinished = 0
    for read in _reads(workspace, waiting, published):
        lines += 1
        unfinished += not read.is_complete
        answers.update(list(read.answers))
        for problem in read.problems:
            problems.setdefault((problem.head, problem.code), []).append(problem.text)
        if lines == TRIED:
            break
    told = tuple(
        (head, code, len(texts), next((text for text in texts if text), ""))
        for (head, code), texts in list(problems.items())[:_SHOWN]
    )
    return Tried(lines, dict(answers), told, unfinished)


def bring_in(
    workspace: Workspace,
    waiting: Waiting,
    published: Published,
    report: Callable[[int], None],
) -> dict[str, int]:
    """Bring the answers of a file in; return how many lines were read, came in, were there, unfinished or empty.

    Raises
    ------
    TimesUnreadable
        Nothing was brought in.
    """
    times = _time_format(workspace, waiting)
    counts = {"read": 0, "new": 0, "unfinished": 0, "empty": 0, "problems": 0}
    group: list[Brought] = []

    def send() -> None:
        counts["new"] += keep_brought(
            workspace, waiting.survey_id, waiting.version, group, file_id=waiting.file_id
        )
        group.clear()
        report(counts["read"])

    for place, read in enumerate(_reads(workspace, waiting, published), 1):
        counts["read"] += 1
        counts["problems"] += len(read.problems)
        if not read.is_complete:
            counts["unfinished"] += 1
        elif not read.answers:
            counts["empty"] += 1
        else:
            group.append(_brought(waiting, read, place, times))
        if len(group) == _AT_ONCE:
            send()
    send()
    counts["there"] = counts["read"] - counts["new"] - counts["unfinished"] - counts["empty"]
    return counts


def _brought(
    waiting: Waiting, read: LineRead, place: int, times: Callable[[str], datetime | None]
) -> Brought:
    finished = times(read.facts.get(FINISHED, "")) or times(read.facts.get(STARTED, "")) or waiting.at
    started = times(read.facts.get(STARTED, "")) or finished
    return Brought(
        source=waiting.plan.origin,
        # without an id of its own a line is known by what it says and where it stands in the file
        own_id=read.facts.get(OWN_ID) or _digest(read, place),
        started_at=min(started, finished),
        finished_at=finished,
        answers=read.answers,
        language=read.facts.get(LANGUAGE, "")[:16],
        channel="import",
        customer_id=read.facts.get(CUSTOMER, "")[:255],
        hidden=read.hidden,
    )


def _digest(read: LineRead, place: int) -> str:
    said = msgspec.json.encode([place, dict(read.facts), dict(read.answers)], order="sorted")
    return hashlib.blake2b(said, digest_size=12).hexdigest()


def _time_format(workspace: Workspace, waiting: Waiting) -> Callable[[str], datetime | None]:
    """Return what reads the file's instants.

    Raises
    ------
    TimesUnreadable
    """
    formats: dict[str, DateFormat] = {}
    for fact in (FINISHED, STARTED):
        head = waiting.plan.column_of(fact)
        if head is None:
            continue
        texts = [
            _plain(cells.get(head, ""))
            for _, (_, cells) in zip(range(20_000), _lines(workspace, waiting), strict=False)
        ]
        found = detect_time_format(texts)
        if found is None or found.rival:
            raise TimesUnreadable(
                f"The times of the column {head!r} cannot be read"
                + (": day and month may be either way round." if found else "."),
                hint="Write them as 2026-03-21 09:30, or leave the column out.",
                column=head,
            )
        formats[fact] = DateFormat(found.layout, found.calendar, workspace.time_zone)

    def read(text: str) -> datetime | None:
        for each in formats.values():
            instants, refused = read_instants([_plain(text)], each)
            if text and not refused:
                return datetime.fromtimestamp(int(instants[0]) / 1e6, UTC)
        return None

    return read


def _plain(text: str) -> str:
    """Return an instant without what Google Forms says of its zone: the workspace's clock is taken for it."""
    return text.partition(" GMT")[0].partition(" UTC")[0].strip()


def _reads(workspace: Workspace, waiting: Waiting, published: Published) -> Iterator[LineRead]:
    calendar = _calendar(workspace, waiting, published)
    region = region_of(workspace)
    for _, cells in _lines(workspace, waiting):
        yield read_line(published.survey, waiting.plan, cells, calendar=calendar, region=region)


def _calendar(workspace: Workspace, waiting: Waiting, published: Published) -> CalendarName:
    """Return the calendar of the answers that are days: that of most of them, told from the file."""
    dates = {each.question_id for each in published.survey.questions if isinstance(each, Date)}
    heads = [column.head for column in waiting.plan.columns if column.to in dates]
    if not heads:
        return "gregorian"
    texts = [
        cells.get(head, "")
        for _, (_, cells) in zip(range(2_000), _lines(workspace, waiting), strict=False)
        for head in heads
    ]
    found = detect_time_format(texts)
    return "gregorian" if found is None else found.calendar


def _lines(workspace: Workspace, waiting: Waiting) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    folder = _folder(workspace) / waiting.file_id
    path = next(each for each in folder.iterdir() if each.stem == "answers")
    return _lines_of(path)


def _lines_of(path: Path) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Yield the heads and the cells of each line."""
    for rows in read_rows(path, detect_shape(path)):
        columns = [rows.texts(name) for name in rows.names]
        for cells in zip(*columns, strict=True):
            yield rows.names, dict(zip(rows.names, cells, strict=True))


def _folder(workspace: Workspace) -> Path:
    return current_home().workspace_folder(workspace.workspace_id) / FOLDER


def _write(folder: Path, waiting: Waiting) -> None:
    temporary = folder / "plan.part"
    temporary.write_bytes(msgspec.json.encode(waiting))
    temporary.replace(folder / "plan.json")


def _tidy(workspace: Workspace) -> None:
    """Remove files that nobody came back for."""
    oldest = (datetime.now(UTC) - _KEPT_FOR).timestamp()
    folder = _folder(workspace)
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.stat().st_mtime < oldest:
            shutil.rmtree(each, ignore_errors=True)
