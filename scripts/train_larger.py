"""Train what the larger model of sentiment has over the vectors of its encoder (`safar.listen.text.larger`).

    make train-text

The second step, after `train_text`. Reads the same sets and keeps the same comments out; of each set a seeded sample,
since an encoder reads fifty comments a second: 6 minutes of one core, kept in ``build/text-training``. Then:

1. A logistic regression over the vectors, without a fifth of the comments.
2. The n-grams of the small model, without that fifth too: the small model itself has learnt from all.
3. On the fifth: how the sum of both becomes probabilities, for each language.
4. The logistic regression again, with all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import text_linear as linear
import train_text
from numpy.typing import NDArray
from text_sets import Example, few_of, fold_of, learning
from threadpoolctl import threadpool_limits
from train_text import HELD_OUT, Floats, Rows

from safar.listen.text.calibration import LANGUAGES, Calibration
from safar.listen.text.larger import LARGER_MODEL, LargerSentiments, log_of, sentence_of
from safar.listen.text.linear import Linear
from safar.listen.text.model_file import write
from safar.listen.text.sentiment import POSITIVE_AGAINST_NEGATIVE, Sentiments
from safar.listen.text.words import words_of

#: Comments of a set that are read, at most, and of every other one.
MOST = {"fa_snappfood": 2_000, "fa_deepsentipers": 2_000, "ar_ajgt": 1_500, "en_sst2": 1_800}
MOST |= dict.fromkeys(("fa_service", "ar_service", "en_service"), 500)
MOST_OF_OTHERS = 200
#: One of so many parts is held out: few are read, so more than of the small model.
FOLDS = 5
#: How much the likelihood counts beside the squares of the weights, of vectors of this length.
STRENGTH, LENGTH = 0.005, 20.0
#: How freely a language may differ from all, and how much our own short comments count.
OF_ITS_OWN, OURS = 0.7, 2.0


def read_by_encoder(examples: Sequence[Example]) -> Floats:
    """Return the vectors of comments."""
    return train_text.vectors_of([sentence_of(each.text, each.language) for each in examples], "larger")


def head_of(
    vectors: Floats, rows: Rows, languages: Sequence[str], chosen: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return weights and biases over the encoder's vectors, of each language and of others, from the chosen rows.

    Those of a language are those of all and what it adds of its own (Daumé 2007).
    """
    middle, named = vectors[chosen].mean(axis=0), np.array(languages)
    plain = (vectors - middle) * np.float32(LENGTH)
    of_language = [(named == language)[:, None] * np.float32(OF_ITS_OWN) for language in LANGUAGES]
    matrix = np.hstack(
        [plain, *(plain * each for each in of_language), *(LENGTH / 4 * each for each in of_language)]
    )
    weight = np.where(rows.is_ours, np.float32(OURS), np.float32(1))
    found, bias = linear.likeliest(
        matrix[chosen].astype(np.float32), rows.targets[chosen, :3], rows.open[chosen, :3], weight[chosen],
        strength=STRENGTH, steps=300,
    )  # fmt: skip
    blocks = found[: 4 * train_text.ENCODED].reshape(4, train_text.ENCODED, 3)
    own = np.vstack([found[4 * train_text.ENCODED :] * LENGTH / 4, np.zeros((1, 3))]) * OF_ITS_OWN
    weights = np.stack([*(blocks[0] + each * OF_ITS_OWN for each in blocks[1:]), blocks[0]]) * LENGTH
    return weights.astype(np.float32), (bias + own - middle @ weights).astype(np.float32)


def logits_of(vectors: Floats, weights: Floats, bias: Floats, languages: Sequence[str]) -> Floats:
    """Return what a head says of vectors."""
    return LargerSentiments(Sentiments.load(), weights, bias, Sentiments.load().calibration).logits(
        vectors, languages
    )


def beside(examples: Sequence[Example], rows: Rows, held_out: NDArray[np.bool_]) -> Floats:
    """Return logarithms of the probabilities that the small model's n-grams give to comments they did not learn."""
    words = [words_of(each.text) for each in examples]
    arrays = train_text.grams(rows, words, ~held_out, 0) | train_text.sides(rows, words, ~held_out)
    places = np.flatnonzero(held_out)
    out = [words[at] for at in places]
    logits = Linear.of(arrays, "sentiment_grams").logits_of_words(out)
    logits += Linear.of(arrays, "sides_grams").logits_of_words(out) * POSITIVE_AGAINST_NEGATIVE / 2
    languages = [examples[at].language for at in places]
    return log_of(calibration_of(logits, rows.at(places), languages).probabilities(logits, languages))


def calibration_of(logits: Floats, rows: Rows, languages: Sequence[str]) -> Calibration:
    """Return how logits become probabilities, found on comments of sets: ours are easier than what comes."""
    told, named = (rows.weight[:, 0] > 0) & ~rows.is_ours, np.array(languages)
    fits = [
        linear.calibrate(logits[of], rows.targets[of, :3], rows.open[of, :3])
        for of in (*(told & (named == language) for language in LANGUAGES), told)
    ]
    return Calibration(np.array([each[0] for each in fits], np.float32), np.array([each[1] for each in fits]))


def main() -> None:
    """Train and write."""
    every = [each for each in learning(train_text.shared_folder()) if each.sentiment is not None]
    held_out = np.array([fold_of(each, FOLDS) == HELD_OUT for each in every])
    small = np.zeros((len(every), 3), np.float32)
    small[held_out] = beside(every, train_text.rows_of_examples(every), held_out)
    sample = np.array(few_of(every, MOST, MOST_OF_OTHERS))
    examples, out = [every[at] for at in sample], np.flatnonzero(held_out[sample])
    rows, vectors = train_text.rows_of_examples(examples), read_by_encoder(examples)
    print(f"{len(examples):,} comments, {len(out):,} of them held out", flush=True)
    languages = [each.language for each in examples]
    head = head_of(vectors, rows, languages, ~held_out[sample])
    unseen, few = [examples[at] for at in out], rows.at(out)
    by_words, by_sentence = small[sample[out]], logits_of(vectors[out], *head, [languages[at] for at in out])
    for name, logits in (("words", by_words), ("sentence", by_sentence), ("both", by_words + by_sentence)):
        train_text.report(name, unseen, logits, few, 0)
    calibration = calibration_of(by_words + by_sentence, few, [each.language for each in unseen])
    weights, bias = head_of(vectors, rows, languages, np.ones(len(examples), bool))
    arrays = {
        "weights": weights,
        "bias": bias,
        "temperature_sentiment": calibration.temperature,
        "shift_sentiment": calibration.shift,
    }
    print(write(LARGER_MODEL, arrays), flush=True)


if __name__ == "__main__":
    with threadpool_limits(1):  # two runs on one machine write the same bytes
        main()
