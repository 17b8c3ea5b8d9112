"""Values of a property as people read them: one label for spellings that mean the same, however many there are.

Labels are told apart by 64-bit keys, so that counts of many shards and machines are put together without their texts;
the texts of the few that are shown are asked for afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.store.pathindex import narrow
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.text import fold

from .shelf import Shelf

if TYPE_CHECKING:
    from safar.store.paths import PathShard

Keys = NDArray[np.uint64]

#: The key of "no value".
NO_LABEL: Final = 0
#: The key under which everything is counted together.
EVERYTHING: Final = (1 << 64) - 1
#: Names that stand for what every event has beside its properties.
CHANNEL: Final = "@channel"
EVENT: Final = "@event"

_MOST_BYTES: Final = 1 << 29
_DECODER: Final = msgspec.json.Decoder()


class Shape(Enum):
    """How a value becomes a label."""

    #: As it was sent.
    PLAIN = "plain"
    #: A path or an address: its path alone, readable, without query, fragment and a slash at the end.
    PAGE = "page"
    #: An address: its host, without ``www.``.
    HOST = "host"
    #: Words typed by people, folded: see `safar.vocabulary.text.fold`.
    TERM = "term"


def text_of_value(value: str) -> str:
    """Return a value, given as JSON, as a text: texts are themselves, all else is its JSON.

    >>> text_of_value('"a"'), text_of_value("3"), text_of_value("")
    ('a', '3', '')
    """
    found = _decoded(value)
    return found if isinstance(found, str) else value


def number_of_value(value: str) -> float:
    """Return a value, given as JSON, as a number; NaN where it is none.

    >>> number_of_value("3.5"), number_of_value('"۱۲"'), number_of_value("true")
    (3.5, 12.0, nan)
    """
    found = _decoded(value)
    if isinstance(found, bool):
        return float("nan")
    if isinstance(found, int | float):
        return float(found)
    if isinstance(found, str):
        try:
            return float(parse_number(found))
        except Refusal:
            return float("nan")
    return float("nan")


def _decoded(value: str) -> Any:
    if not value:
        return None
    try:
        return _DECODER.decode(value)
    except msgspec.MsgspecError:
        return value


def _page(text: str) -> str:
    """Return the path of an address or a path, as people read it.

    >>> _page("https://shop.example/fa/p/12/?utm_source=x#top"), _page("/%DA%A9%D8%AA%D8%A7%D8%A8/"), _page("https://a.b")
    ('/fa/p/12', '/کتاب', '/')
    """
    text = text.strip()
    if "://" in text:
        try:
            text = urlsplit(text).path or "/"
        except ValueError:
            return text
    path = text.partition("?")[0].partition("#")[0]
    readable = unquote(path, errors="replace") if "%" in path else path
    return readable.rstrip("/") or ("/" if readable else "")


def _host(text: str) -> str:
    """Return the host of an address.

    >>> _host("https://www.google.com/search"), _host("android-app://com.slack"), _host("newsletter")
    ('google.com', 'com.slack', 'newsletter')
    """
    text = text.strip()
    try:
        host = urlsplit(text).hostname if "://" in text else None
    except ValueError:
        host = None
    return (host or text).removeprefix("www.")


_SHAPES: Final[Mapping[Shape, Callable[[str], str]]] = {
    Shape.PLAIN: str,
    Shape.PAGE: _page,
    Shape.HOST: _host,
    Shape.TERM: fold,
}


def key_of(label: str) -> int:
    """Return the key of a label: `NO_LABEL` for the empty one."""
    if not label:
        return NO_LABEL
    return int.from_bytes(
        hashlib.blake2b(label.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a property says of every row of a shard.

    Attributes
    ----------
    codes
        Aligned with the rows: places of values as they were sent; 0 where there is none.
    group
        ``int32``: the group of each value; values of one group have one label.
    keys
        The key of each group's label, ascending, so that group 0 is "no value".
    """

    codes: NDArray[np.unsignedinteger[Any]]
    group: NDArray[np.int32]
    keys: Keys
    _values: tuple[Any, ...]
    _firsts: tuple[int, ...]

    def value(self, code: int) -> str:
        """Return the text behind a code, as it was sent."""
        place = max(int(np.searchsorted(self._firsts, code, side="left")) - 1, 0)
        return text_of_value(self._values[place][code - self._firsts[place]])

    def places(self, wanted: Keys, otherwise: int) -> NDArray[np.int32]:
        """Return for each code the place of its label among the wanted keys."""
        order = np.argsort(wanted)
        spots = np.minimum(np.searchsorted(wanted[order], self.keys), max(len(wanted) - 1, 0))
        is_there = wanted[order][spots] == self.keys if len(wanted) else np.zeros(len(self.keys), np.bool_)
        by_group = np.where(is_there, order[spots] if len(wanted) else 0, otherwise).astype(np.int32)
        return by_group[self.group]


_shelf: Shelf[Labelled] = Shelf(
    _MOST_BYTES, lambda made: made.codes.nbytes + made.group.nbytes + made.keys.nbytes
)


def labelled(
    shard: PathShard, names: tuple[str, ...], shape: Shape, *, taken: NDArray[Any] | None = None
) -> Labelled:
    """Return what the first of some properties that has a value says of every row.

    Parameters
    ----------
    names
        Properties as of `Condition`, or `CHANNEL` or `EVENT` alone. Further ones are read only where rows need them.
    taken
        Which rows matter; all when None.
    """
    if names[0] in {CHANNEL, EVENT}:
        codes, texts = (
            (shard.channel_code, shard.channels) if names[0] == CHANNEL else (shard.code, shard.event_names)
        )
        return Labelled(codes, *_of_texts(texts))
    columns = [shard.rows.column(names[0])]
    missing = columns[0].codes == 0
    if taken is not None:
        missing &= taken.astype(np.bool_, copy=False)
    for name in names[1:]:
        if not missing.any():
            break
        columns.append(shard.rows.column(name))
        missing &= columns[-1].codes == 0
    key = (names[: len(columns)], shape)
    return _shelf.get(columns[0].codes, key, lambda: _labelled(columns, shape))


@lru_cache(maxsize=64)
def _of_texts(
    texts: tuple[str, ...],
) -> tuple[NDArray[np.int32], Keys, tuple[tuple[str, ...]], tuple[int]]:
    """Return what a `Labelled` of channels or names of events has beside its codes: shards share them."""
    found = np.array([key_of(text) for text in texts], np.uint64)
    keys, group = np.unique(np.append(found, np.uint64(NO_LABEL)), return_inverse=True)
    values = ("", *(msgspec.json.encode(text).decode() for text in texts))
    return group[:-1].astype(np.int32), keys, (values,), (-1,)


def _labelled(columns: list[Any], shape: Shape) -> Labelled:
    codes = columns[0].codes
    firsts, count = [0], len(columns[0].values)
    for column in columns[1:]:
        wide = codes.astype(np.uint32)
        gaps = np.flatnonzero((codes == 0) & (column.codes != 0))
        wide[gaps] = column.codes[gaps].astype(np.uint32) + np.uint32(count - 1)
        firsts.append(count - 1)
        count += len(column.values) - 1
        codes = narrow(wide, count)
    shaped = _SHAPES[shape]
    found = np.zeros(count, np.uint64)
    place = 1
    for column in columns:
        for text in list(column.values)[1:]:
            found[place] = key_of(shaped(text_of_value(text)))
            place += 1
    keys, group = np.unique(np.append(found, np.uint64(NO_LABEL)), return_inverse=True)
    values = tuple(column.values for column in columns)
    return Labelled(codes, group[:-1].astype(np.int32), keys, values, tuple(firsts))


def shown(text: str, shape: Shape) -> str:
    """Return how a text is shown under its label: words typed by people as they typed them, all else as the label."""
    return " ".join(text.split()) if shape is Shape.TERM else _SHAPES[shape](text)


def key_of_text(text: str, shape: Shape) -> int:
    """Return the key of a text's label."""
    return key_of(_SHAPES[shape](text))


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts by label: ``rows`` of shape (labels, …) beside ascending ``keys``."""

    keys: Keys
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, keys: Keys, rows: NDArray[np.int64]) -> Counted:
        """Return the labels that count anything; one row more than keys counts everything, under `EVERYTHING`."""
        whole = np.append(keys, np.uint64(EVERYTHING)) if len(rows) > len(keys) else keys
        there = rows.reshape(len(rows), -1).any(axis=1)
        return cls(whole[there], rows[there])

    def parted(self) -> tuple[list[int], Counted]:
        """Return what counts everything, and the labels."""
        is_total = self.keys == np.uint64(EVERYTHING)
        total: list[int] = self.rows[is_total].sum(axis=0).tolist()
        return total, Counted(self.keys[~is_total], self.rows[~is_total])

    def merged(self, other: Counted) -> Counted:
        """Return the counts of both."""
        keys, places = np.unique(np.concatenate([self.keys, other.keys]), return_inverse=True)
        rows = np.zeros((len(keys), *self.rows.shape[1:]), np.int64)
        np.add.at(rows, places, np.concatenate([self.rows, other.rows]))
        return Counted(keys, rows)

    def count(self, key: int, column: int) -> int:
        """Return one count of a label; 0 where it has none."""
        return int(self.rows[self.keys == np.uint64(key), column].sum())

    def top(self, most: int, column: int = 0) -> Counted:
        """Return those with the largest counts in a column, largest first; of equal ones the smaller key first."""
        sizes = self.rows if self.rows.ndim == 1 else self.rows[:, column]
        order = np.argsort(-sizes, kind="stable")[:most]
        return Counted(self.keys[order], self.rows[order])


@dataclass(frozen=True, slots=True)
class Spellings:
    """How labels are spelled: by key, each text as it was sent and how often."""

    of: Mapping[int, Mapping[str, int]]

    def merged(self, other: Spellings) -> Spellings:
        """Return the counts of both."""
        found = {key: dict(texts) for key, texts in self.of.items()}
        for key, texts in other.of.items():
            mine = found.setdefault(key, {})
            for text, count in texts.items():
                mine[text] = mine.get(text, 0) + count
        return Spellings(found)

    def usual(self, key: int) -> str:
        """Return the most frequent spelling of a label; of equally frequent ones the first of the alphabet."""
        texts = self.of.get(key, {})
        return min(texts, key=lambda text: (-texts[text], text)) if texts else ""


def spellings(found: Labelled, wanted: Keys, counts: NDArray[np.int64]) -> Spellings:
    """Return how the wanted labels are spelled, from counts by code."""
    codes = np.flatnonzero((counts > 0) & np.isin(found.keys[found.group], wanted))
    told: dict[int, dict[str, int]] = {}
    for code in codes.tolist():
        texts = told.setdefault(int(found.keys[found.group[code]]), {})
        text = found.value(code)
        texts[text] = texts.get(text, 0) + int(counts[code])
    return Spellings(told)
