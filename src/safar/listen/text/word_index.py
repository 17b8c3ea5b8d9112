"""Lists of words and phrases, found in comments at the speed of looking each word up once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .word_forms import forms
from .words import words_of

_ANY_ENDING: Final = "*"
_HALF_SPACE: Final = "\u200c"
#: Words whose entries are remembered; comments repeat a few thousand.
_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry of a list that stands in a comment.

    Attributes
    ----------
    key
        The list.
    entry
        As the list writes it.
    first, last
        The words of the comment that it takes, half open.
    """

    key: str
    entry: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    entry: str
    words: tuple[str, ...]
    is_open: bool


def _itself(word: str) -> tuple[str, ...]:
    return (word,)


class WordIndex:
    """Lists of entries by key, to be looked for in comments.

    Parameters
    ----------
    lists
        By key: words or phrases of any language, compared in one form (`words_of`). A star at the end stands for any
        ending.
    as_they_stand
        Whether words must be those of the list, or may have what languages join to them (`forms`).
    """

    def __init__(self, lists: Mapping[str, Iterable[str]], *, as_they_stand: bool = False) -> None:
        self._forms: Callable[[str], tuple[str, ...]] = _itself if as_they_stand else forms
        self._whole: dict[str, list[_Entry]] = {}
        self._open: dict[str, list[_Entry]] = {}
        self._longest_open = 0
        self._remembered: dict[str, tuple[_Entry, ...]] = {}
        for key, entries in lists.items():
            for entry in entries:
                self._add(key, entry)

    def _add(self, key: str, entry: str) -> None:
        written = {entry, entry.replace(_HALF_SPACE, " ")}
        if not entry.isascii():  # people close up what others write apart
            written.add(entry.replace(" ", _HALF_SPACE))
        for each in written:
            self._add_as_written(key, entry, each)

    def _add_as_written(self, key: str, entry: str, written: str) -> None:
        words = tuple(word for word in words_of(written.rstrip(_ANY_ENDING)) if word[0].isalnum())
        if not words:
            return
        is_open = entry.endswith(_ANY_ENDING)
        made = _Entry(key, entry, words, is_open)
        if is_open and len(words) == 1:
            self._open.setdefault(words[0], []).append(made)
            self._longest_open = max(self._longest_open, len(words[0]))
        else:
            self._whole.setdefault(words[0], []).append(made)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Return the entries that stand in a comment given by its words, in its order; longer ones hide shorter ones.

        Parameters
        ----------
        words
            From `words_of`.
        """
        found = [
            Hit(entry.key, entry.entry, at, at + len(entry.words))
            for at, word in enumerate(words)
            for entry in self._of(word)
            if len(entry.words) == 1 or self._fits(entry, words, at)
        ]
        return _without_hidden(found) if len(found) > 1 else found

    def _fits(self, entry: _Entry, words: Sequence[str], at: int) -> bool:
        """Whether the words after the first are those of the entry."""
        last = len(entry.words) - 1
        if at + last >= len(words):
            return False
        return all(
            any(
                form.startswith(entry.words[place])
                if entry.is_open and place == last
                else form == entry.words[place]
                for form in self._forms(words[at + place])
            )
            for place in range(1, last + 1)
        )

    def _of(self, word: str) -> tuple[_Entry, ...]:
        known = self._remembered.get(word)
        if known is None:
            entries: list[_Entry] = []
            for form in self._forms(word):
                entries += self._whole.get(form, ())
                for length in range(2, min(len(form), self._longest_open) + 1) if self._open else ():
                    entries += self._open.get(form[:length], ())
            known = tuple({(entry.key, entry.words): entry for entry in entries}.values())
            if len(self._remembered) < _REMEMBERED:
                self._remembered[word] = known
        return known


def _without_hidden(found: list[Hit]) -> list[Hit]:
    """Leave out what lies inside a longer entry, and the second entry of one key at one place."""
    longest: dict[int, int] = {}
    for hit in found:
        for at in range(hit.first, hit.last):
            longest[at] = max(longest.get(at, 0), hit.last - hit.first)
    kept: dict[tuple[str, int, int], Hit] = {}
    for hit in found:
        if any(longest[at] <= hit.last - hit.first for at in range(hit.first, hit.last)):
            kept.setdefault((hit.key, hit.first, hit.last), hit)
    return list(kept.values())
