"""Sentiment and emotion of comments, and the words they were read from."""

from __future__ import annotations

import numpy as np
import pytest
from text_typing import WAYS

from safar.listen.text import EMOTIONS, SENTIMENTS, Emotions, Sentiments
from safar.listen.text.model_file import FOLDER

CLEAR = [
    ("غذا سرد بود و خیلی دیر رسید، افتضاح", "negative"),
    ("عالی بود ممنون", "positive"),
    ("اصلا راضی نیستم", "negative"),
    ("خیلی خوشمزه و باکیفیت بود", "positive"),
    ("الخدمة سيئة جدا ولا أنصح بها", "negative"),
    ("مكان رائع وموظفين محترمين", "positive"),
    ("Terrible service, never again", "negative"),
    ("Excellent, thank you!", "positive"),
]


@pytest.fixture(scope="module")
def model() -> Sentiments:
    return Sentiments.load()


def test_clear_comments_in_three_languages(model: Sentiments) -> None:
    found = model.probabilities([text for text, _ in CLEAR]).argmax(axis=1)
    assert [SENTIMENTS[place] for place in found] == [sentiment for _, sentiment in CLEAR]


def test_rows_of_probabilities(model: Sentiments) -> None:
    texts = [text for text, _ in CLEAR] + ["", "👍", "\ud800", "a" * 5_000, "خوب " * 2_000]
    found = model.probabilities(texts)
    assert (found.dtype, found.shape) == (np.float32, (len(texts), 3))
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert model.probabilities([]).shape == (0, 3)
    alone = np.vstack([model.probabilities([text]) for text in texts])
    assert alone == pytest.approx(found, abs=1e-5)
    assert model.strengths(texts).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert model.strengths([]).shape == (0, 5)


@pytest.mark.parametrize("way", sorted(WAYS))
def test_the_way_of_typing_changes_nothing(model: Sentiments, way: str) -> None:
    texts = ["کیفیت غذا می‌تونست بهتر باشه، ۲۵ دقیقه دیر رسید", "کتاب‌ها عالی‌تر از قبله"]
    assert np.array_equal(
        model.probabilities([WAYS[way](text) for text in texts]), model.probabilities(texts)
    )


@pytest.mark.parametrize(
    "text", [*(text for text, _ in CLEAR), "", "!!!", "می خواهم  كتاب‌هايم را", "x " * 300]
)
def test_weights_of_words_add_up(model: Sentiments, text: str) -> None:
    why = model.why(text)
    negative, _, positive = model.probabilities([text])[0]
    assert why.rest + sum(word.weight for word in why.words) == pytest.approx(why.log_odds)
    assert why.log_odds == pytest.approx(float(np.log(positive / negative)), abs=2e-3)
    assert all(text[word.start : word.end] == word.word for word in why.words)


def test_the_words_that_say_so_weigh_most(model: Sentiments) -> None:
    words = {word.word: word.weight for word in model.why("غذا سرد بود ولی پیک عالی بود").words}
    assert min(words, key=words.__getitem__) == "سرد"
    assert max(words, key=words.__getitem__) == "عالی"


def test_emotions_in_three_languages() -> None:
    texts = [
        "I am so happy and excited!",
        "از این برخورد خیلی عصبانی و متنفرم",
        "می‌ترسم، خیلی وحشتناک بود",
        "انا حزين جدا اليوم",
        "So furious with this company, what an outrage",
    ]
    found = Emotions.load().probabilities(texts)
    assert [EMOTIONS[place] for place in found.argmax(axis=1)] == ["joy", "anger", "fear", "sadness", "anger"]
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert Emotions.load().probabilities([]).shape == (0, 6)


def test_all_models_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 5_000_000
