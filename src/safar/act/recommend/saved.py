"""A recommender in a file: one file of arrays that is mapped into memory, so that a process begins at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from safar.store.arrays import ArraysDamaged, map_arrays, write_arrays
from safar.vocabulary.errors import Json
from safar.vocabulary.time_names import CalendarName

from .item_weights import ItemWeights
from .popular import Popularity, Season
from .recommender import Recommender

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_FORM: Final = "safar recommender 1"


def save(recommender: Recommender, path: Path) -> None:
    """Write a recommender to ``path``, whole or not at all."""
    weights = recommender.weights or ItemWeights()
    arrays: dict[str, NDArray[Any]] = {
        "popular": recommender.popularity.counts,
        **_of_sparse("histories", recommender.histories),
        **({} if weights.sparse is None else _of_sparse("sparse", weights.sparse)),
    }
    if recommender.customers.dtype.kind == "U":
        texts = [text.encode() for text in recommender.customers.tolist()]
        arrays["customer_ends"] = np.cumsum([len(text) for text in texts]).astype(np.int64)
        arrays["customer_texts"] = np.frombuffer(b"".join(texts), np.uint8)
    else:
        arrays["customers"] = recommender.customers
    for name, whole in (("left", weights.left), ("right", weights.right)):
        if whole is not None:
            arrays[name] = np.ascontiguousarray(whole).ravel()
    if recommender.season is not None:
        arrays["season"] = recommender.season.index.ravel()
    facts: dict[str, Json] = {
        "form": _FORM,
        "model": recommender.model,
        "items": list(recommender.items),
        "titles": dict(recommender.titles),
        "groups": dict(recommender.groups),
        "has_weights": recommender.weights is not None,
        "calendar": recommender.season.calendar if recommender.season else None,
        "as_of": recommender.popularity.as_of,
        "half_life_days": recommender.popularity.half_life_days,
        "fading_days": recommender.fading_days,
        "learnt_from": recommender.learnt_from,
        "learnt_until": recommender.learnt_until,
        "unknown_items": recommender.unknown_items,
    }
    write_arrays(path, facts, arrays)


def load(path: Path) -> Recommender:
    """Return the recommender that `save` wrote, its arrays mapped from the file and read-only.

    Raises
    ------
    ArraysDamaged
        The file is not what was written.
    """
    facts, arrays = map_arrays(path)
    if facts.get("form") != _FORM:
        raise ArraysDamaged(f"{path.name} holds no recommender.", hint="Learn it anew.")
    items = tuple(facts["items"])
    size = len(items)
    customers = arrays["customers"] if "customers" in arrays else _texts(arrays)
    weights = None
    if facts["has_weights"]:
        sparse = _sparse("sparse", arrays, (size, size)) if "sparse_starts" in arrays else None
        left = arrays["left"].reshape(size, -1) if "left" in arrays else None
        right = arrays["right"].reshape(-1, size) if "right" in arrays else None
        weights = ItemWeights(sparse, left, right)
    calendar = cast("CalendarName | None", facts["calendar"])
    return Recommender(
        facts["model"],
        customers,
        items,
        _sparse("histories", arrays, (len(customers), size)),
        weights,
        Popularity(arrays["popular"], facts["as_of"], facts["half_life_days"]),
        Season(arrays["season"].reshape(size, -1), calendar) if calendar else None,
        facts["titles"],
        facts["groups"],
        facts["fading_days"],
        facts["learnt_from"],
        facts["learnt_until"],
        facts["unknown_items"],
    )


def _of_sparse(name: str, matrix: csr_array) -> dict[str, NDArray[Any]]:
    return {
        f"{name}_starts": matrix.indptr.astype(np.int64),
        f"{name}_columns": matrix.indices.astype(np.int32),
        f"{name}_values": matrix.data,
    }


def _sparse(name: str, arrays: dict[str, NDArray[Any]], shape: tuple[int, int]) -> csr_array:
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes a moment to load

    held = tuple(arrays[f"{name}_{part}"] for part in ("values", "columns", "starts"))
    return csr_array(held, shape=shape)


def _texts(arrays: dict[str, NDArray[Any]]) -> NDArray[Any]:
    whole, ends = arrays["customer_texts"].tobytes(), arrays["customer_ends"].tolist()
    starts = [0, *ends[:-1]]
    return np.array([whole[start:end].decode() for start, end in zip(starts, ends, strict=True)])
