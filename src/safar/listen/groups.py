"""Groups of answers: by channel, language, survey, version, step or wave, by what was chosen elsewhere, by segment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Rows
from safar.vocabulary.errors import Refusal, nearest

from .answer_counts import to_question
from .answer_rows import CHOICES, RESPONSE
from .surveys import VALUE

ByKind = Literal["channel", "language", "survey", "version", "step", "wave", "question", "segment"]
BY_KINDS: Final[tuple[ByKind, ...]] = get_args(ByKind)

#: Persons of each group of ``segment``, by name.
Segments = Mapping[str, NDArray[np.uint64]]

#: Who answered is in no segment that was named, or did not answer the other question.
NOBODY: Final = ""


class GroupingRefused(Refusal, ValueError):
    """Answers cannot be grouped like this."""

    code = "score.grouping_refused"


@dataclass(frozen=True, slots=True)
class By:
    """What groups answers.

    Parameters
    ----------
    kind
        A side of the answers; ``question`` for what the same response chose at another question; ``segment``.
    key
        The other question's key.

    Raises
    ------
    GroupingRefused
    """

    kind: ByKind
    key: str = ""

    def __post_init__(self) -> None:
        if self.kind not in BY_KINDS:
            raise GroupingRefused(
                f"Answers cannot be grouped by {self.kind!r}.",
                hint=nearest(str(self.kind), BY_KINDS) or f"Use one of {', '.join(BY_KINDS)}.",
            )
        if (self.kind == "question") != bool(self.key):
            raise GroupingRefused(
                "Which question groups the answers?" if not self.key else f"{self.kind} has no key.",
                hint="Write question:<question key>, or a side such as channel alone.",
            )

    @property
    def text(self) -> str:
        """As options and addresses say it: ``channel``, ``question:age``."""
        return f"{self.kind}:{self.key}" if self.key else self.kind

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what such a text says.

        Raises
        ------
        GroupingRefused

        Examples
        --------
        >>> By.read("question:age")
        By(kind='question', key='age')
        """
        kind, _, key = text.strip().partition(":")
        return cls(kind, key)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each of some answers.

    Attributes
    ----------
    names
        Of the groups; an empty one is `NOBODY`.
    codes
        For each answer the place of its group's name.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[str]) -> Self:
        """Return the groups of answers that are named one by one."""
        known = tuple(dict.fromkeys(names))
        places = {name: place for place, name in enumerate(known)}
        return cls(known, np.fromiter((places[name] for name in names), np.int64, len(names)))

    def where(self, mask: NDArray[np.bool_]) -> Groups:
        """Return the groups of some of the answers."""
        return Groups(self.names, self.codes[mask])


def groups_of(rows: Rows, by: By, *, everything: Rows, segments: Segments | None = None) -> Groups:
    """Return the group of each answer.

    Parameters
    ----------
    rows
        The answers, as of `answer_rows.given`.
    by
        What groups them.
    everything
        All answers of the window, for what the same responses chose elsewhere.
    segments
        For ``segment``: the persons of each, by name. Who is in several belongs to the first.

    Raises
    ------
    GroupingRefused
        ``segment`` without segments.
    """
    if by.kind == "question":
        return _of_question(rows, to_question(everything, by.key))
    if by.kind == "segment":
        return _of_segments(rows, segments or {})
    column = rows.fields[by.kind]
    return Groups(column.texts or (NOBODY,), column.values.astype(np.int64))


def _of_segments(rows: Rows, segments: Segments) -> Groups:
    if not segments:
        raise GroupingRefused(
            "Which segments group the answers?", hint="Give at least one segment, with its name."
        )
    names = (*segments, NOBODY)
    codes = np.full(len(rows), len(segments), np.int64)
    for place, persons in reversed(list(enumerate(segments.values()))):
        codes[np.isin(rows.person, persons)] = place
    return Groups(names, codes)


def _of_question(rows: Rows, others: Rows) -> Groups:
    """Return what the same responses chose: the first choice, or the number where there are no choices."""
    named = _chosen(others)
    names = (*dict.fromkeys(named.tolist()), NOBODY)
    places = {name: place for place, name in enumerate(names)}
    their = others.fields[RESPONSE].values
    responses, firsts = np.unique(their, return_index=True)
    codes_there = np.fromiter((places[each] for each in named[firsts].tolist()), np.int64, len(firsts))
    ours = rows.fields[RESPONSE].values
    codes = np.full(len(rows), places[NOBODY], np.int64)
    if len(responses):
        spots = np.minimum(np.searchsorted(responses, ours), len(responses) - 1)
        found = (responses[spots] == ours) & (ours != 0)
        codes[found] = codes_there[spots[found]]
    return Groups(names, codes)


def _chosen(rows: Rows) -> NDArray[np.object_]:
    choices, values = rows.fields[CHOICES], rows.fields[VALUE].values
    firsts = [_first(text) for text in choices.texts]
    found = [
        firsts[code] or (f"{value:g}" if np.isfinite(value) else NOBODY)
        for code, value in zip(choices.values.tolist(), values.tolist(), strict=True)
    ]
    return np.array(found, np.object_)


def _first(text: str) -> str:
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return text
    first = found[0] if isinstance(found, list) and found else NOBODY
    return first if isinstance(first, str) else str(first)
