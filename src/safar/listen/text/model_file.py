"""The trained models: arrays in files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Where ``make train-text`` writes and `read` looks.
FOLDER: Final = Path(__file__).with_name("models")
#: Sentiment, strength and emotion.
MODEL: Final = "comments"

Arrays = Mapping[str, NDArray[Any]]


@cache
def read(name: str) -> Arrays:
    """Return the arrays of one model; kept for the life of the process."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def write(name: str, arrays: Arrays) -> Path:
    """Write one model: the same bytes from the same arrays, whenever they are written."""
    path = FOLDER / f"{name}.npz"
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **dict(sorted(arrays.items())))
    return path
