"""Compiled pieces of walks that keep counts apart by group of customers, and read any column's codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .jackknife import GROUPS


@njit(inline="always")
def group_of(key: np.uint64, seed: np.uint64) -> np.int64:
    """Return the group of a customer's key: the same for the same seed, as good as drawn by chance (splitmix64)."""
    mixed = key + (seed + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((mixed ^ (mixed >> np.uint64(31))) % np.uint64(GROUPS))


@njit(inline="always")
def code_at(raw: NDArray[np.uint8], size: int, row: np.int64 | int) -> np.int64:
    """Return the code of a row from the bytes of an array of codes of ``size`` bytes each, least byte first."""
    if size == 1:
        return np.int64(raw[row])
    spot = row * size
    found = np.int64(raw[spot]) | (np.int64(raw[spot + 1]) << 8)
    if size == 4:
        found |= (np.int64(raw[spot + 2]) << 16) | (np.int64(raw[spot + 3]) << 24)
    return found


def raw_codes(codes: NDArray[np.unsignedinteger[Any]]) -> tuple[NDArray[np.uint8], int]:
    """Return what `code_at` takes: one loop then reads codes of any width."""
    return np.ascontiguousarray(codes).view(np.uint8), codes.itemsize
