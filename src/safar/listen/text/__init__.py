"""What comments say, understood on this machine: language, sentiment, emotion, kind, aspects."""

from .emotion import EMOTIONS, Emotion, Emotions
from .labels import Label, label, label_in_pieces
from .language import Language, language_of
from .sentiment import SENTIMENTS, Sentiment, Sentiments, Why, WordWeight

__all__ = [
    "EMOTIONS",
    "SENTIMENTS",
    "Emotion",
    "Emotions",
    "Label",
    "Language",
    "Sentiment",
    "Sentiments",
    "Why",
    "WordWeight",
    "label",
    "label_in_pieces",
    "language_of",
]
