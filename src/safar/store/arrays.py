"""Files of named arrays that can be memory-mapped: a JSON head, the arrays aligned to 64 bytes, a CRC over all."""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Fault, Json

from .disk import new_file

_MAGIC: Final = b"SAFARARR"
_HEAD: Final = struct.Struct(
    "<8sIIQ"
)  # magic, bytes of the JSON head, CRC-32 of sizes, head and arrays, bytes in all
_SIZES: Final = struct.Struct("<IQ")  # what the CRC begins with: both lengths of the head
_ALIGN: Final = 64


class ArraysDamaged(Fault, ValueError):
    """A file of arrays (path index, run of ids) is not what was written."""

    code = "log.index_damaged"


def write_arrays(path: Path, facts: Mapping[str, Json], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write ``facts`` and ``arrays`` to ``path``: temporary name, flush, rename. The folder is not flushed."""
    places: dict[str, Json] = {}
    end = 0
    for name, array in arrays.items():
        end = -(-end // _ALIGN) * _ALIGN
        places[name] = [array.dtype.str, len(array), end]
        end += array.nbytes
    head = json.dumps({"facts": dict(facts), "arrays": places}, ensure_ascii=False).encode()
    first = -(-(_HEAD.size + len(head)) // _ALIGN) * _ALIGN
    pieces: list[bytes | memoryview] = [head, bytes(first - _HEAD.size - len(head))]
    at = 0
    for array in arrays.values():
        padding = -(-at // _ALIGN) * _ALIGN - at
        pieces += [bytes(padding), np.ascontiguousarray(array).data.cast("B") if array.nbytes else b""]
        at += padding + array.nbytes
    crc = zlib.crc32(_SIZES.pack(len(head), first + at))
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
    with new_file(path) as temporary, temporary.open("wb") as file:
        file.write(_HEAD.pack(_MAGIC, len(head), crc, first + at))
        for piece in pieces:
            file.write(piece)


def map_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the facts and the arrays of a file, memory-mapped and read-only.

    Raises
    ------
    ArraysDamaged
        The head or the length is wrong. (`check_arrays` reads every byte.)
    """
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    if len(mapped) < _HEAD.size:
        raise ArraysDamaged(f"{path.name} is too short to be an index.", hint="Run `safar doctor`.")
    magic, head_bytes, _, size = _HEAD.unpack_from(mapped, 0)
    if magic != _MAGIC or size != len(mapped):
        raise ArraysDamaged(f"{path.name} is cut off or not an index.", hint="Run `safar doctor`.")
    first = -(-(_HEAD.size + head_bytes) // _ALIGN) * _ALIGN
    try:
        head = json.loads(bytes(mapped[_HEAD.size : _HEAD.size + head_bytes]))
        arrays = {
            name: np.frombuffer(mapped, dtype=np.dtype(kind), count=count, offset=first + place)
            for name, (kind, count, place) in head["arrays"].items()
        }
        facts: dict[str, Any] = head["facts"]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as garbled:
        raise ArraysDamaged(
            f"The head of {path.name} is not what was written.", hint="Run `safar doctor`."
        ) from garbled
    return facts, arrays


def check_arrays(path: Path) -> None:
    """Read every byte of a file of arrays.

    Raises
    ------
    ArraysDamaged
        It is not what was written.
    """
    data = path.read_bytes()
    if len(data) < _HEAD.size:
        raise ArraysDamaged(f"{path.name} is too short to be an index.", hint="Restore it from a backup.")
    magic, head_bytes, crc, size = _HEAD.unpack_from(data, 0)
    found = zlib.crc32(memoryview(data)[_HEAD.size :], zlib.crc32(_SIZES.pack(head_bytes, size)))
    if magic != _MAGIC or size != len(data) or found != crc:
        raise ArraysDamaged(
            f"The checksum of {path.name} does not match its content.", hint="Restore it from a backup."
        )
