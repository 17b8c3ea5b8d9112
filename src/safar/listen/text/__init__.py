"""What comments say, understood on this machine: language, sentiment, emotion, kind, aspects."""

from .emotion import EMOTIONS, Emotion, Emotions
from .labels import MODELS, Label, Model, Probabilities, label, label_in_pieces
from .language import Language, language_of
from .larger import LargerSentiments, ModelMissing
from .sentiment import SENTIMENTS, Sentiment, Sentiments, Why, WordWeight

__all__ = [
    "EMOTIONS",
    "MODELS",
    "SENTIMENTS",
    "Emotion",
    "Emotions",
    "Label",
    "Language",
    "LargerSentiments",
    "Model",
    "ModelMissing",
    "Probabilities",
    "Sentiment",
    "Sentiments",
    "Why",
    "WordWeight",
    "label",
    "label_in_pieces",
    "language_of",
]
