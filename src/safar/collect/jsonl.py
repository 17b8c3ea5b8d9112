"""JSON lines: one object a line, nested objects reached by a dotted path (``context.page.url``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec
import numpy as np

from .delimited import text_of
from .opening import Opened
from .rows import BrokenRow, Rows

_LINES_AT_A_TIME: Final = 10_000
_DEEPEST: Final = 6
_DECODER: Final = msgspec.json.Decoder(dict[str, object])

Record = Mapping[str, object]


def dotted_names(records: Iterable[Record]) -> tuple[str, ...]:
    """Return every name in these records, in order of appearance: an object's own name, then the paths into it.

    >>> dotted_names([{"type": "page", "context": {"page": {"url": "/"}}}])
    ('type', 'context', 'context.page', 'context.page.url')
    """
    found: dict[str, None] = {}
    for record in records:
        _walk(record, "", found, _DEEPEST)
    return tuple(found)


def _walk(record: Record, prefix: str, found: dict[str, None], deeper: int) -> None:
    for name, value in record.items():
        found.setdefault(prefix + name)
        if isinstance(value, dict) and deeper:
            _walk(value, f"{prefix}{name}.", found, deeper - 1)


def column_of(records: Sequence[Record], name: str) -> list[object]:
    """Return one column: the value under that very name, else at that dotted path, else None."""
    first, _, rest = name.partition(".")
    inner = [record.get(first) for record in records]
    for part in rest.split(".") if rest else ():
        inner = [value.get(part) if value.__class__ is dict else None for value in inner]
    if not rest or not any(name in record for record in records):
        return inner
    return [record.get(name, value) for record, value in zip(records, inner, strict=True)]


def read_jsonl(source: Opened, encoding: str, wanted: Collection[str] | None) -> Iterator[Rows]:
    """Yield the objects of a file of JSON lines.

    Parameters
    ----------
    wanted
        The columns to take out; None takes every name that each piece has.
    """
    lines = text_of(source, encoding)
    number = 1
    while piece := list(islice(lines, _LINES_AT_A_TIME)):
        yield _piece(piece, number, wanted, source.read_bytes / max(1, source.size))
        number += len(piece)


def _piece(lines: list[str], first: int, wanted: Collection[str] | None, done: float) -> Rows:
    records: list[Record] = []
    wholes: list[str] = []
    numbers: list[int] = []
    broken: list[BrokenRow] = []
    for number, raw in enumerate(lines, start=first):
        line = raw.strip()
        if not line:
            continue
        try:
            records.append(_DECODER.decode(line))
        except UnicodeEncodeError:
            broken.append(
                BrokenRow(
                    number, "row.encoding", "bytes", [line.encode("utf-8", "backslashreplace").decode()]
                )
            )
        except (msgspec.DecodeError, RecursionError) as error:
            broken.append(BrokenRow(number, "row.json", str(error), [line]))
        else:
            wholes.append(line)
            numbers.append(number)
    return record_rows(records, wholes, numbers, wanted, done=done, broken=broken)


def record_rows(
    records: Sequence[Record],
    wholes: list[str],
    numbers: Sequence[int],
    wanted: Collection[str] | None,
    *,
    done: float,
    broken: list[BrokenRow] | None = None,
) -> Rows:
    """Return records (JSON objects, XES events) as a piece of a table."""
    names = tuple(wanted) if wanted is not None else dotted_names(records)
    return Rows(
        names,
        {name: column_of(records, name) for name in names},
        np.array(numbers, dtype=np.int64),
        wholes,
        typed=True,
        as_lines=True,
        broken=broken or [],
        done=done,
    )
