"""What comments speak of, found in the comments themselves: a proposal of topics that people then edit.

Comments are vectors of weighted words, whatever their language, beside the aspects that their words tell of: these are
what comments of different languages share. Words that say nothing of the topic, or only how it was, are left out first;
that matters more than the method.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal
from safar.vocabulary.text import fold

from .aspects import DEFAULT, AspectWords
from .redaction import redact, without_placeholders
from .stop_words import says_something
from .topic_document import Assigned, Topic, Topics, TopicWord
from .word_forms import forms
from .words import words_with_places

__all__ = ["FEWEST_TEXTS", "Assigned", "TooFewTexts", "Topic", "TopicWord", "Topics", "discover"]

#: Comments below which their words say more about those who wrote than about topics.
FEWEST_TEXTS: Final = 30
#: Comments that are looked at; of more, evenly chosen ones.
MOST_TEXTS: Final = 20_000
_MOST_TOPICS: Final = 15
#: Words of one language that a topic gets, and the least weight of one.
_WORDS: Final = 8
_LEAST_WEIGHT: Final = 0.15
#: A language is named in a topic when it has this share of its comments.
_LEAST_SHARE: Final = 0.05
#: A word is looked at when it is in so many comments at least, and in no more than this share of those of its language.
_FEWEST_COMMENTS: Final = 3
_LARGEST_SHARE: Final = 0.35
#: Directions that the vectors are turned into before they are grouped.
_DIRECTIONS: Final = 40
_NAMED_BY: Final = 3
#: Words of a name stand together in so many comments at least.
_FEWEST_TOGETHER: Final = 2
_EXAMPLE_LETTERS: Final = (15, 220)
_SMALL: Final = 1e-12
#: Before an aspect's name among the words of a comment; no word begins so.
_ASPECT: Final = "# "


class TooFewTexts(Refusal, ValueError):
    """Too few comments of any one language to find topics in."""

    code = "topics.too_few"


@dataclass(frozen=True, slots=True)
class _Said:
    """Comments as counted words.

    Attributes
    ----------
    texts, languages
        Redacted comments, and the language of each.
    words
        Of each comment, in their commonest form, without those that say nothing.
    written
        How a word is written most.
    spoken_in
        The language of most comments that hold a word.
    """

    texts: list[str]
    languages: list[str]
    words: list[Counter[str]]
    written: dict[str, str]
    spoken_in: dict[str, str]


def discover(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    topic_count: int | None = None,
    seed: int = 0,
    aspects: AspectWords = DEFAULT,
) -> Topics:
    """Return topics of the comments, those of most comments first, each named by up to three words.

    Parameters
    ----------
    texts
        Comments, redacted or not: they are redacted before anything of them is kept.
    languages
        Of each, as `language_of` says. Those without one of ``fa``, ``ar`` and ``en`` are left out.
    topic_count
        How many. By default :math:`\\sqrt{n / 15}`, 3 to 15.
    seed
        The same seed finds the same topics in the same comments.
    aspects
        Lists of words by which comments of several languages meet.

    Raises
    ------
    TooFewTexts
        Fewer than `FEWEST_TEXTS` comments say anything.

    Notes
    -----
    A comment is its TF-IDF words (length 1) and its aspects (length 1), turned into 40 directions by a truncated SVD
    and grouped by k-means on the sphere. The words of a topic are those of the largest c-TF-IDF in each of its
    languages, here :math:`f_{w,t} (f_{w,t} / f_w) \\log(1 + \\bar n / f_w)` relative to the largest, with counts of
    comments. Sources: S. Deerwester et al. (1990), latent semantic analysis; I. Dhillon, D. Modha (2001), spherical
    k-means; M. Grootendorst (2022), c-TF-IDF. SVD and k-means of scikit-learn.
    """
    said = _said(texts, languages)
    if len(said.texts) < FEWEST_TEXTS:
        raise TooFewTexts(
            f"{len(said.texts)} comments say something; topics need {FEWEST_TEXTS}.",
            hint="Wait for more comments, or write topics by hand.",
            comments=len(said.texts),
            least=FEWEST_TEXTS,
        )
    import sklearn.cluster  # noqa: F401, PLC0415 - a second of imports; only threads of what is loaded are limited
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    rows = [words | told for words, told in zip(_weighed(said), _told(said, aspects), strict=True)]
    count = topic_count or min(_MOST_TOPICS, max(3, round(math.sqrt(len(said.texts) / 15))))
    with threadpool_limits(1):  # two threads would wait for each other more than they work
        vectors = _directions(rows, seed)
        belongs, centres = _grouped(vectors, max(1, count), seed)
    sizes = np.bincount(belongs, minlength=len(centres))
    words = _strongest(said, belongs, len(centres))
    topics = Topics()
    for group in np.argsort(-sizes, kind="stable").tolist():
        if words[group]:
            members = np.flatnonzero(belongs == group)
            weights = {word.word: word.weight for _, word in words[group]}
            example = _nearest(said, members, vectors[members] @ centres[group], weights)
            of_most = Counter(said.languages[at] for at in members.tolist()).most_common(1)[0][0]
            spoken = [word for language, word in words[group] if language == of_most]
            name = _name(said, members, spoken or [word for _, word in words[group]])
            topics = topics.with_topic(name, tuple(word for _, word in words[group]), example=example)
    return topics


def _said(texts: Sequence[str], languages: Sequence[str]) -> _Said:
    """Return the comments that say something, evenly thinned out where there are too many."""
    step = max(1, -(-len(texts) // MOST_TEXTS))
    kept, of, raw = [], [], []
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    spoken: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, language in list(zip(texts, languages, strict=True))[::step]:
        if language not in {"fa", "ar", "en"}:
            continue
        redacted = redact(text, language=language).text
        plain = without_placeholders(redacted)
        places = [word for word in words_with_places(plain) if says_something(word.text)]
        if places:
            kept.append(redacted)
            of.append(language)
            raw.append([word.text for word in places])
            for each in places:
                written[each.text][plain[each.start : each.end]] += 1
                spoken[each.text][language] += 1
    base = _bases(Counter(word for words in raw for word in set(words)))
    for word, into in base.items():
        if into != word:
            written[into].update(written[word])
            spoken[into].update(spoken[word])
    return _Said(
        kept,
        of,
        [Counter(base[word] for word in words) for words in raw],
        {word: written[word].most_common(1)[0][0] for word in set(base.values())},
        {word: spoken[word].most_common(1)[0][0] for word in set(base.values())},
    )


def _bases(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the commonest form of each word among those that occur: قیمتش counts as قیمت."""
    found = {
        word: max(
            (form for form in forms(word) if counts.get(form, 0) >= counts[word]),
            key=lambda form: (counts[form], -len(form)),
        )
        for word in counts
    }
    return {word: found[base] for word, base in found.items()}


def _weighed(said: _Said) -> list[dict[str, float]]:
    """Return the TF-IDF weights of the words of each comment, of length 1."""
    counts = Counter(word for row in said.words for word in row)
    speakers = Counter(said.languages)
    inverse = {
        word: math.log((1 + len(said.texts)) / (1 + count)) + 1
        for word, count in counts.items()
        if _FEWEST_COMMENTS <= count <= max(_FEWEST_COMMENTS, _LARGEST_SHARE * speakers[said.spoken_in[word]])
    }
    return [
        _of_length_one(
            {word: (1 + math.log(n)) * inverse[word] for word, n in row.items() if word in inverse}
        )
        for row in said.words
    ]


def _told(said: _Said, aspects: AspectWords) -> list[dict[str, float]]:
    """Return the aspects that the words of each comment tell of, of length 1."""
    return [
        _of_length_one({_ASPECT + mention.aspect: 1.0 for mention in aspects.find(text)})
        for text in said.texts
    ]


def _of_length_one(row: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in row.values()))
    return {name: weight / length for name, weight in row.items()}


def _directions(rows: Sequence[Mapping[str, float]], seed: int) -> NDArray[np.float64]:
    """Return each comment as a vector of length 1 in a few directions."""
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - a second of imports, only for who discovers
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - a second of imports, only for who discovers

    matrix = DictVectorizer().fit_transform(rows)
    if matrix.shape[1] < 2:  # everybody says the same
        return np.ones((len(rows), 1))
    count = max(1, min(_DIRECTIONS, matrix.shape[0] - 1, matrix.shape[1] - 1))
    vectors: NDArray[np.float64] = TruncatedSVD(count, random_state=seed).fit_transform(matrix)
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float64] = vectors / np.maximum(lengths, _SMALL)
    return unit


def _grouped(
    vectors: NDArray[np.float64], count: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the group of each vector, and the centres."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - takes a second to load

    distinct = len(np.unique(vectors.round(9), axis=0))
    model = KMeans(min(count, distinct), n_init=4, random_state=seed).fit(vectors)
    return model.labels_.astype(np.int64), model.cluster_centers_


def _strongest(said: _Said, belongs: NDArray[np.int64], count: int) -> list[list[tuple[str, TopicWord]]]:
    """Return for each group its words with their languages: by language, the strongest first."""
    within: list[Counter[str]] = [Counter() for _ in range(count)]
    spoken: list[Counter[str]] = [Counter() for _ in range(count)]
    for row, language, group in zip(said.words, said.languages, belongs.tolist(), strict=True):
        within[group].update(row.keys())
        spoken[group][language] += 1
    everywhere: Counter[str] = Counter()
    for counts in within:
        everywhere.update(counts)
    mean = sum(everywhere.values()) / count
    found = []
    for counts, speakers in zip(within, spoken, strict=True):
        words: list[tuple[str, TopicWord]] = []
        for language, size in speakers.most_common():
            if size < max(_FEWEST_COMMENTS, _LEAST_SHARE * speakers.total()):
                continue
            scores = {
                word: n * math.log(1 + mean / everywhere[word]) * (n / everywhere[word])
                for word, n in counts.items()
                if n >= _FEWEST_COMMENTS and said.spoken_in[word] == language
            }
            best = sorted(scores, key=lambda word: (-scores[word], word))[:_WORDS]
            words += [
                (language, TopicWord(said.written[word], round(scores[word] / scores[best[0]], 3)))
                for word in best
                if scores[word] >= _LEAST_WEIGHT * scores[best[0]]
            ]
        found.append(words)
    return found


def _name(said: _Said, members: NDArray[np.int64], words: Sequence[TopicWord]) -> str:
    """Return a word with up to two that stand beside it in comments: of all such the heaviest together.

    So the name of a group in which several matters meet tells of one of them, and no word is said twice in two forms.
    """
    together: Counter[tuple[str, str]] = Counter()
    named = {word.word for word in words}
    for at in members.tolist():
        there = sorted(named & {said.written[word] for word in said.words[at]})
        together.update(permutations(there, 2))

    def around(first: TopicWord) -> list[TopicWord]:
        found = [first]
        for word in words:
            is_beside = together[first.word, word.word] >= _FEWEST_TOGETHER
            if is_beside and len(found) < _NAMED_BY and not any(_are_akin(word, each) for each in found):
                found.append(word)
        return found

    best = max(map(around, words), key=lambda found: sum(word.weight for word in found))
    return " · ".join(word.word for word in sorted(best, key=words.index))


def _are_akin(one: TopicWord, other: TopicWord) -> bool:
    """Return whether two words look like forms of one, as وصل and يوصل: the one is a part of the other."""
    first, second = fold(one.word), fold(other.word)
    return first in second or second in first


def _nearest(
    said: _Said, members: NDArray[np.int64], nearness: NDArray[np.float64], weights: Mapping[str, float]
) -> str:
    """Return of the members near the centre the one with most of the topic's words that reads as a comment."""
    near: list[int] = members[np.argsort(-nearness, kind="stable")][: max(1, len(members) // 2)].tolist()
    shortest, longest = _EXAMPLE_LETTERS
    readable = [at for at in near if shortest <= len(said.texts[at]) <= longest] or near
    told = {at: sum(weights.get(said.written[word], 0.0) for word in said.words[at]) for at in readable}
    best = max(readable, key=lambda at: told[at] / math.sqrt(len(said.texts[at])))
    return said.texts[best]
