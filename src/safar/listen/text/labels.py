"""All that is understood of a comment at once: language, sentiment, emotion, kind, aspects, phrases, redaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, get_args

from safar.vocabulary.errors import nearest

from .aspects import DEFAULT, AspectFound, AspectWords, aspects_of
from .emotion import EMOTIONS, Emotions
from .kinds import Kind, kinds_of
from .language import Language, language_of
from .larger import LargerSentiments, ModelMissing
from .phrases import phrases_of
from .redaction import redact, without_placeholders
from .sentiment import SENTIMENTS, Sentiment, Sentiments
from .words import words_with_places

#: What reads the sentiment of comments: the model that comes with Safar, or an extra that reads better and slowly.
Model = Literal["small", "larger"]
MODELS: Final[tuple[Model, ...]] = get_args(Model)
_LOADED: Final[Mapping[str, Callable[[], Sentiments | LargerSentiments]]] = {
    "small": Sentiments.load,
    "larger": LargerSentiments.load,
}
#: Characters from which a comment is understood; all of it is redacted. Longer ones are documents, not comments.
READ_CHARACTERS: Final = 5_000
_PIECE: Final = 1_000
#: A letter, a digit, a picture or a face: without any there is nothing that a model could weigh.
_SAYS_SOMETHING: Final = re.compile(
    r"[^\W_]|[\u2190-\u2bff\U0001f000-\U0001faff]|[:;=][-^]?[()|/*dp]", re.IGNORECASE
)
#: Of negative, neutral and positive; they sum to one.
Probabilities = tuple[float, float, float]
_NEUTRAL: Final = tuple(float(each == "neutral") for each in SENTIMENTS)
_NO_EMOTION: Final = tuple(float(each == "none") for each in EMOTIONS)


@dataclass(frozen=True, slots=True)
class Label:
    """What is understood of one comment.

    Attributes
    ----------
    language
        ``fa``, ``ar``, ``en``, ``mixed``, or ``und`` where nothing tells.
    sentiment, probability
        The most probable one and its calibrated probability: of comments labelled at 0.8, four out of five are right.
    probabilities
        Of negative, neutral, positive.
    emotion, emotion_probability
        The most probable one, and its probability.
    kind
        ``request``, ``complaint``, ``praise`` or ``other``.
    is_actionable
        Whether there is something to do about it.
    aspects
        What it speaks about, each with the words that told and the sentiment of their clauses.
    phrases
        The names of things in it, as written.
    redacted
        The comment without personal data: the text to keep, to show and to analyse.
    """

    language: Language
    sentiment: Sentiment
    probability: float
    probabilities: Probabilities
    emotion: str
    emotion_probability: float
    kind: Kind
    is_actionable: bool
    aspects: tuple[AspectFound, ...]
    phrases: tuple[str, ...]
    redacted: str


def label(
    texts: Sequence[str],
    *,
    aspects: AspectWords = DEFAULT,
    model: Model = "small",
    known: Sequence[Probabilities | None] | None = None,
) -> list[Label]:
    """Return what is understood of each comment. Nothing leaves this machine; threads may call it together.

    Parameters
    ----------
    texts
        Comments as written. Those without a letter, a digit or a face are neutral, of language ``und``.
    aspects
        The lists of words of a workspace.
    model
        What reads the sentiment of whole comments, and so their kind: ``small`` comes with Safar, ``larger`` is an
        extra (`safar.listen.text.larger`), a hundred times slower. The rest is read alike.
    known
        Sentiments of these comments that were read before, comment by comment, and stand for what `model` would say;
        None for one that is to be read. Left out, all are read.

    Raises
    ------
    ModelMissing
        Where the larger model is not installed.

    Notes
    -----
    Personal data are taken out first and nothing else sees them. Of a comment longer than `READ_CHARACTERS` the
    beginning is read, and all is redacted. The same comment gets the same label in any batch.

    Examples
    --------
    >>> found, = label(["غذا عالی بود ولی پیک خیلی دیر رسید، لطفا با ۰۹۱۲۳۴۵۶۷۸۹ تماس بگیرید"])
    >>> found.language, [each.aspect for each in found.aspects], found.redacted
    ('fa', ['taste', 'delivery'], 'غذا عالی بود ولی پیک خیلی دیر رسید، لطفا با [شماره تلفن] تماس بگیرید')
    """
    before = known if known is not None else [None] * len(texts)
    return list(_in_pieces(zip(texts, before, strict=True), aspects, _loaded(model)))


def label_in_pieces(
    texts: Iterable[str], *, aspects: AspectWords = DEFAULT, model: Model = "small"
) -> Iterator[Label]:
    """Yield what is understood of each comment, holding a thousand of them at a time.

    Parameters
    ----------
    texts, aspects, model
        As in `label`; read as it goes, so a million of them need no more memory than a thousand.

    Raises
    ------
    ModelMissing
    """
    return _in_pieces(((text, None) for text in texts), aspects, _loaded(model))


def _loaded(model: Model) -> Sentiments | LargerSentiments:
    if model not in _LOADED:
        raise ModelMissing(f"There is no model {model!r}.", hint=nearest(model, MODELS), model=model)
    return _LOADED[model]()


def _in_pieces(
    rows: Iterable[tuple[str, Probabilities | None]],
    aspects: AspectWords,
    whole: Sentiments | LargerSentiments,
) -> Iterator[Label]:
    left = iter(rows)
    pieces = iter(lambda: list(islice(left, _PIECE)), [])
    return (found for piece in pieces for found in _labels(piece, aspects, whole))


def _labels(
    rows: Sequence[tuple[str, Probabilities | None]],
    aspects: AspectWords,
    whole: Sentiments | LargerSentiments,
) -> list[Label]:
    texts = [text for text, _known in rows]
    languages = language_of([text[:READ_CHARACTERS] for text in texts])
    redacted = [redact(text, language=language).text for text, language in zip(texts, languages, strict=True)]
    read = [without_placeholders(text[:READ_CHARACTERS]) for text in redacted]
    weights = whole.probabilities(read, languages)
    for place, (_text, known) in enumerate(rows):
        if known is not None:
            weights[place] = known
    emotions = Emotions.load().probabilities(read, languages)
    for place, text in enumerate(read):
        if not _SAYS_SOMETHING.search(text):
            weights[place], emotions[place] = _NEUTRAL, _NO_EMOTION
    words = [words_with_places(text) for text in read]
    found = aspects_of(read, words, Sentiments.load(), weights, aspects=aspects)
    kinds = kinds_of(
        [[word.text for word in of_text] for of_text in words],
        weights,
        [bool(each) for each in found],
        languages,
    )
    return [
        Label(
            language=languages[place],
            sentiment=SENTIMENTS[int(weights[place].argmax())],
            probability=float(weights[place].max()),
            probabilities=(float(weights[place][0]), float(weights[place][1]), float(weights[place][2])),
            emotion=EMOTIONS[int(emotions[place].argmax())],
            emotion_probability=float(emotions[place].max()),
            kind=kinds[place].kind,
            is_actionable=kinds[place].is_actionable,
            aspects=found[place],
            phrases=phrases_of(read[place], words[place]),
            redacted=redacted[place],
        )
        for place in range(len(texts))
    ]
