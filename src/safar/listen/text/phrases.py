"""Key phrases: the names of things that comments speak of, without a tagger of parts of speech.

A phrase is a run of up to three words between words that say nothing of the topic, or only how it was. Over many
comments phrases are ranked by C-value, which discounts what occurs inside longer phrases alone.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .redaction import without_placeholders
from .stop_words import says_something
from .words import Word, words_with_places

_LONGEST: Final = 3
#: Of one comment.
MOST_OF_ONE: Final = 5
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class KeyPhrase:
    """A phrase of many comments.

    Attributes
    ----------
    text
        As most of them write it.
    count
        Comments in which it occurs.
    score
        C-value: :math:`\\log_2(1 + |a|) (f(a) - \\bar f)`, where :math:`\\bar f` is the mean count of the longer
        phrases that hold it.
    """

    text: str
    count: int
    score: float


def phrases_of(text: str, words: Sequence[Word], *, most: int = MOST_OF_ONE) -> tuple[str, ...]:
    """Return the phrases of one comment as they are written, longer ones first, then in the order of the comment.

    Parameters
    ----------
    text, words
        A comment without personal data, and its words with their places.

    Examples
    --------
    >>> text = "The battery life was great but the charging cable broke"
    >>> phrases_of(text, words_with_places(text))
    ('charging cable broke', 'battery life')
    """
    found: dict[tuple[str, ...], str] = {}
    for run in _runs(words):
        for start in range(0, len(run), _LONGEST):
            part = run[start : start + _LONGEST]
            found.setdefault(tuple(word.text for word in part), text[part[0].start : part[-1].end])
    return tuple(found[words] for words in sorted(found, key=len, reverse=True)[:most])


def key_phrases(texts: Iterable[str], *, most: int = 20, fewest: int = _FEWEST) -> list[KeyPhrase]:
    """Return the phrases that comments share, the weightiest first.

    Parameters
    ----------
    texts
        Comments, redacted or not: words in place of personal data are no phrase.
    most
        So many at most.
    fewest
        Comments in which a phrase must occur.

    Notes
    -----
    Source: K. Frantzi, S. Ananiadou, H. Mima (2000), "Automatic recognition of multi-word terms: the C-value/NC-value
    method", with :math:`\\log_2(1 + |a|)` so that single words count.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    written: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for text in texts:
        plain = without_placeholders(text)
        of_text: dict[tuple[str, ...], str] = {}
        for run in _runs(words_with_places(plain)):
            for part in _parts(run):
                of_text.setdefault(tuple(word.text for word in part), plain[part[0].start : part[-1].end])
        counts.update(of_text.keys())
        for words, spelling in of_text.items():
            written[words][spelling] += 1
    scores = _c_values({words: count for words, count in counts.items() if count >= fewest})
    best = sorted(scores, key=lambda words: (-scores[words], words))
    return [
        KeyPhrase(written[words].most_common(1)[0][0], counts[words], scores[words])
        for words in _apart(best, scores)[:most]
    ]


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield runs of neighbouring words that may name something."""
    run: list[Word] = []
    for word in words:
        if says_something(word.text):
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _parts(run: Sequence[Word]) -> Iterator[Sequence[Word]]:
    for length in range(1, _LONGEST + 1):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]


def _c_values(counts: dict[tuple[str, ...], int]) -> dict[tuple[str, ...], float]:
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for words, count in counts.items():
        for length in range(1, len(words)):
            for start in range(len(words) - length + 1):
                holders[words[start : start + length]].append(count)
    found = {}
    for words, count in counts.items():
        inside = holders.get(words)
        free = count - sum(inside) / len(inside) if inside else count
        found[words] = math.log2(1 + len(words)) * free
    return found


def _apart(best: Sequence[tuple[str, ...]], scores: dict[tuple[str, ...], float]) -> list[tuple[str, ...]]:
    """Leave out phrases whose words a weightier one has already."""
    kept: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for words in best:
        if scores[words] > 0 and not taken.issuperset(words):
            kept.append(words)
            taken.update(words)
    return kept
