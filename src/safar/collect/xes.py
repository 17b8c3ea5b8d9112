"""XES event logs (IEEE 1849): streamed, so that a log larger than memory can be read, and hardened.

Each event becomes a row. Attributes of its trace are columns with the prefix ``case:``; an attribute inside another is
reached by a dotted path (``cost.currency``). Types are kept: int, float and boolean become values, dates stay the text
that they are.

A document type declaration is refused outright: XES needs none, and entities are how XML files attack memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final
from xml.parsers import expat

import msgspec

from safar.vocabulary.errors import Refusal

from .jsonl import record_rows
from .opening import Opened
from .rows import Rows

_BLOCK: Final = 1 << 18
_EVENTS_AT_A_TIME: Final = 10_000
_DEEPEST: Final = 32

Value = str | int | float | bool


class XmlRefused(Refusal, ValueError):
    """XML that is broken, or that asks for what no event log needs (a document type, entities, endless nesting)."""

    code = "import.xml_refused"


def _boolean(text: str) -> Value:
    folded = text.strip().lower()
    return folded == "true" if folded in {"true", "false"} else text


def _number(read: Callable[[str], int | float]) -> Callable[[str], Value]:
    def value(text: str) -> Value:
        try:
            return read(text)
        except ValueError:
            return text

    return value


#: What the typed attributes of XES become. A value that is not of its type stays text.
_TYPES: Final[dict[str, Callable[[str], Value]]] = {
    "string": str,
    "date": str,
    "id": str,
    "int": _number(int),
    "float": _number(float),
    "boolean": _boolean,
}
_HOLDERS: Final = frozenset({"list", "container"})


class _Reader:
    """Takes the parser's calls and collects events."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        self._trace: dict[str, object] = {}
        self._event: dict[str, object] | None = None
        self._in_trace = False
        self._skipping = 0
        self._path: list[str] = []
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        tag = tag.rpartition(":")[2]
        self._depth += 1
        if self._depth > _DEEPEST:
            raise XmlRefused(
                f"The file nests elements more than {_DEEPEST} deep.",
                hint="This is no XES event log.",
                limit=_DEEPEST,
            )
        if self._depth == 1 and tag != "log":
            raise XmlRefused(
                f"The file starts with <{tag}>, not with <log>.",
                hint="Only XES is read of all XML.",
                element=tag,
            )
        if self._skipping or tag == "global":
            self._skipping += 1
        elif tag == "trace":
            self._in_trace, self._trace = True, {}
        elif tag == "event":
            self._event = (
                {f"case:{key}": value for key, value in self._trace.items()} if self._in_trace else {}
            )
        elif self._event is not None or self._in_trace:
            self._attribute(tag, attributes)

    def _attribute(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in _TYPES and tag not in _HOLDERS:
            self._path.append("")
            return
        self._path.append(attributes.get("key", ""))
        if tag in _HOLDERS:
            return
        name = ".".join(filter(None, self._path))
        target = self._trace if self._event is None else self._event
        if name in target:
            name = next(f"{name}_{again}" for again in range(2, 1 << 20) if f"{name}_{again}" not in target)
        target[name] = _TYPES[tag](attributes.get("value", ""))

    def end(self, tag: str) -> None:
        """Close an element."""
        tag = tag.rpartition(":")[2]
        self._depth -= 1
        if self._skipping:
            self._skipping -= 1
        elif tag == "event" and self._event is not None:
            self.events.append(self._event)
            self._event = None
        elif tag == "trace":
            self._in_trace = False
        elif self._path:
            self._path.pop()


def read_xes(source: Opened, wanted: Collection[str] | None) -> Iterator[Rows]:
    """Yield the events of a XES log in file order; a row's number is the event's place in the file, from 1.

    Raises
    ------
    XmlRefused
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    taken = 0
    while True:
        block = source.read(_BLOCK)
        try:
            parser.Parse(block or b"", not block)
        except expat.ExpatError as error:
            raise XmlRefused(
                f"The XML is broken at line {error.lineno}, column {error.offset + 1}: "
                f"{expat.ErrorString(error.code)}.",
                hint="Export the log again.",
                line=error.lineno,
                column=error.offset + 1,
            ) from error
        while len(reader.events) >= _EVENTS_AT_A_TIME or (not block and reader.events):
            piece, reader.events = reader.events[:_EVENTS_AT_A_TIME], reader.events[_EVENTS_AT_A_TIME:]
            yield _piece(piece, taken, wanted, source.read_bytes / max(1, source.size))
            taken += len(piece)
        if not block:
            return


def _piece(events: list[dict[str, object]], taken: int, wanted: Collection[str] | None, done: float) -> Rows:
    wholes = [msgspec.json.encode(event).decode() for event in events]
    return record_rows(events, wholes, range(taken + 1, taken + len(events) + 1), wanted, done=done)


def _no_doctype(*_: object) -> None:
    raise XmlRefused(
        "The file declares a document type or entities.",
        hint="No event log needs them, and they can be an attack: remove the declaration.",
    )
