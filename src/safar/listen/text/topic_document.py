"""The topics of a workspace as a document: words that people edit, by which comments are assigned.

Discovery proposes topics; from then on they belong to the people who read the comments. A comment is assigned by the
words of the topic that stand in it, so the same comment always gets the same topics, and the words say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec

from safar.vocabulary.errors import Refusal, nearest

from .redaction import without_placeholders
from .word_index import WordIndex
from .words import words_of, words_with_places

#: Topics of one comment, at most.
MOST_TOPICS: Final = 3
#: Weight of words from which a comment speaks of a topic: one strong word, or two weaker ones.
LEAST_SCORE: Final = 0.4
#: Of the best topic's score; what is further behind is an aside.
_BESIDE_THE_BEST: Final = 0.5
_BY_HAND: Final = 1.0


class UnknownTopic(Refusal, LookupError):
    """The document has no such topic."""

    code = "topics.unknown"


class TopicEditRefused(Refusal, ValueError):
    """The edit would leave a topic without a name or without words."""

    code = "topics.edit_refused"


class TopicsWrong(Refusal, ValueError):
    """A document that holds no topics."""

    code = "topics.wrong"


class TopicWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A word or phrase that tells of a topic.

    Attributes
    ----------
    word
        As people write it; compared folded and without beginnings and endings. A star at the end stands for any
        ending.
    weight
        How much it tells, above 0; 1 for the strongest of a discovered topic and for those that people add.
    """

    word: str
    weight: float = _BY_HAND


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What some comments speak of.

    Attributes
    ----------
    topic_id
        Stable within the document; never used again.
    name
        For people; of a discovered topic its three strongest words.
    words
        The strongest first.
    example
        The comment nearest to the centre when it was discovered, redacted.
    is_archived
        Nothing is assigned to it; it can be restored.
    """

    topic_id: str
    name: str
    words: tuple[TopicWord, ...]
    example: str = ""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Assigned:
    """A topic of a comment.

    Attributes
    ----------
    topic_id
        Which.
    score
        Sum of the weights of its words in the comment.
    words
        Those words, as the comment writes them: why.
    """

    topic_id: str
    score: float
    words: tuple[str, ...]


class Topics(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """The topics of a workspace. Edits return another document; this one stays as it is.

    Attributes
    ----------
    topics
        In the order in which people see them.
    issued
        How many ids were ever given out.

    Examples
    --------
    >>> topics = Topics().add("Delivery", ["delivery", "courier", "ارسال", "توصيل"]).add("Price", ["price", "قیمت"])
    >>> [each.topic_id for each in topics.assign(["قیمتش خوبه ولی ارسالش دیر شد"])[0]]
    ['t1', 't2']
    >>> Topics.from_json(topics.as_json()) == topics
    True
    """

    topics: tuple[Topic, ...] = ()
    issued: int = 0

    def topic(self, topic_id: str) -> Topic:
        """Return one topic.

        Raises
        ------
        UnknownTopic
        """
        for each in self.topics:
            if each.topic_id == topic_id:
                return each
        raise UnknownTopic(
            f"There is no topic {topic_id!r}.",
            hint=nearest(topic_id, [each.topic_id for each in self.topics]),
            topic=topic_id,
        )

    def add(self, name: str, words: Sequence[str], *, example: str = "") -> Topics:
        """Return the document with one more topic, of words of equal weight.

        Raises
        ------
        TopicEditRefused
            No name, or no word.
        """
        return self.with_topic(_named(name), tuple(map(TopicWord, _written(words))), example=example)

    def with_topic(self, name: str, words: tuple[TopicWord, ...], *, example: str = "") -> Topics:
        """Return the document with one more topic, of weighted words.

        Raises
        ------
        TopicEditRefused
            No word.
        """
        made = Topic(f"t{self.issued + 1}", name, _with_words(words), example)
        return Topics((*self.topics, made), self.issued + 1)

    def rename(self, topic_id: str, name: str) -> Topics:
        """Return the document with another name for a topic.

        Raises
        ------
        UnknownTopic, TopicEditRefused
        """
        return self._with(msgspec.structs.replace(self.topic(topic_id), name=_named(name)))

    def with_words(self, topic_id: str, words: Sequence[str]) -> Topics:
        """Return the document with more words for a topic; those that it has already become strong.

        Raises
        ------
        UnknownTopic, TopicEditRefused
        """
        found = self.topic(topic_id)
        more = tuple(map(TopicWord, _written(words)))
        kept = tuple(each for each in found.words if each.word not in {word.word for word in more})
        return self._with(msgspec.structs.replace(found, words=more + kept))

    def without_words(self, topic_id: str, words: Sequence[str]) -> Topics:
        """Return the document with fewer words for a topic.

        Raises
        ------
        UnknownTopic, TopicEditRefused
        """
        found = self.topic(topic_id)
        gone = set(words)
        kept = _with_words(tuple(each for each in found.words if each.word not in gone))
        return self._with(msgspec.structs.replace(found, words=kept))

    def merge(self, topic_ids: Sequence[str], name: str | None = None) -> Topics:
        """Return the document with several topics as one: the first, with the words of all.

        Parameters
        ----------
        topic_ids
            Two or more.
        name
            Of the whole; by default that of the first.

        Raises
        ------
        UnknownTopic, TopicEditRefused
        """
        parts = [self.topic(topic_id) for topic_id in dict.fromkeys(topic_ids)]
        if len(parts) < 2:
            raise TopicEditRefused("One topic alone cannot be merged.", hint="Name two or more.")
        weights: dict[str, float] = {}
        for each in (word for part in parts for word in part.words):
            weights[each.word] = max(each.weight, weights.get(each.word, 0.0))
        words = tuple(
            TopicWord(word, weights[word]) for word in sorted(weights, key=lambda word: -weights[word])
        )
        whole = msgspec.structs.replace(
            parts[0], name=_named(name) if name is not None else parts[0].name, words=words
        )
        gone = {part.topic_id for part in parts[1:]}
        return Topics(
            tuple(each for each in self._with(whole).topics if each.topic_id not in gone), self.issued
        )

    def split(self, topic_id: str, words: Sequence[str], name: str) -> Topics:
        """Return the document with some words of a topic in a topic of their own, next to it.

        Parameters
        ----------
        topic_id
            What is split.
        words
            Words of it that leave; some must stay.
        name
            Of the new topic.

        Raises
        ------
        UnknownTopic, TopicEditRefused
        """
        found = self.topic(topic_id)
        leaving = tuple(each for each in found.words if each.word in set(words))
        made = Topic(f"t{self.issued + 1}", _named(name), _with_words(leaving))
        shrunk = self.without_words(topic_id, words)
        place = next(at for at, each in enumerate(shrunk.topics) if each.topic_id == topic_id) + 1
        return Topics((*shrunk.topics[:place], made, *shrunk.topics[place:]), self.issued + 1)

    def archive(self, topic_id: str) -> Topics:
        """Return the document with a topic put away.

        Raises
        ------
        UnknownTopic
        """
        return self._with(msgspec.structs.replace(self.topic(topic_id), is_archived=True))

    def restore(self, topic_id: str) -> Topics:
        """Return the document with a topic brought back.

        Raises
        ------
        UnknownTopic
        """
        return self._with(msgspec.structs.replace(self.topic(topic_id), is_archived=False))

    def assign(self, texts: Sequence[str]) -> list[tuple[Assigned, ...]]:
        """Return the topics of each comment, the best first, up to `MOST_TOPICS`; none where no word tells.

        Parameters
        ----------
        texts
            Comments, redacted or not.
        """
        return [self._assigned(text) for text in texts]

    def as_json(self) -> str:
        """Return the document that `from_json` reads."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Topics:
        """Return what `as_json` wrote.

        Raises
        ------
        TopicsWrong
        """
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
            raise TopicsWrong(f"These are no topics: {wrong}.", hint="Write them with as_json().") from None

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex(
            {
                topic.topic_id: [each.word for each in topic.words]
                for topic in self.topics
                if not topic.is_archived
            }
        )

    @cached_property
    def _weights(self) -> dict[tuple[str, str], float]:
        return {(topic.topic_id, each.word): each.weight for topic in self.topics for each in topic.words}

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(topic.topic_id for topic in self.topics)

    def _assigned(self, text: str) -> tuple[Assigned, ...]:
        plain = without_placeholders(text)
        hits = self._index.find(words_of(plain))
        if not hits:
            return ()
        told: dict[str, dict[str, float]] = {}
        for hit in hits:  # a word said twice tells once
            told.setdefault(hit.key, {})[hit.entry] = self._weights[hit.key, hit.entry]
        scores = {topic_id: sum(words.values()) for topic_id, words in told.items()}
        least = max(LEAST_SCORE, _BESIDE_THE_BEST * max(scores.values()))
        best = sorted(
            (each for each in self._order if scores.get(each, 0.0) >= least), key=lambda each: -scores[each]
        )
        if not best:
            return ()
        written = words_with_places(plain)
        return tuple(
            Assigned(
                topic_id,
                scores[topic_id],
                tuple(
                    dict.fromkeys(
                        plain[written[hit.first].start : written[hit.last - 1].end]
                        for hit in hits
                        if hit.key == topic_id
                    )
                ),
            )
            for topic_id in best[:MOST_TOPICS]
        )

    def _with(self, topic: Topic) -> Topics:
        return Topics(
            tuple(topic if each.topic_id == topic.topic_id else each for each in self.topics), self.issued
        )


def _named(name: str) -> str:
    if not name.strip():
        raise TopicEditRefused("A topic needs a name.", hint="Say what its comments speak of.")
    return name.strip()


def _written(words: Sequence[str]) -> list[str]:
    """Return the words that can be found in a text at all, each once."""
    found = [word.strip() for word in words if any(map(str.isalnum, word))]
    if not found:
        raise TopicEditRefused("No word was given.", hint="Give words or short phrases that comments use.")
    return list(dict.fromkeys(found))


def _with_words(words: tuple[TopicWord, ...]) -> tuple[TopicWord, ...]:
    if not words:
        raise TopicEditRefused(
            "A topic without words gets no comments.", hint="Leave it some words, or archive it."
        )
    return words
