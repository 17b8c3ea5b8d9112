"""How often the models of comments are right, how sure they may be, how fast they are.

    make bench-text
    make bench-text ARGS=--larger  # the larger model, an extra, on a part of the comments: it reads some tens a second

The test parts were not learnt from (`scripts/text_sets.py`; a test proves it). Of sets without neutral comments the
likelier of negative and positive is the answer. Speed is that of one core, comments of all sets mixed.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

from text_sets import EMOTION, Example, few_of, testing
from text_typing import WAYS

from safar.listen.text.calibration import LANGUAGES, calibration_error
from safar.listen.text.emotion import EMOTIONS, Emotions
from safar.listen.text.language import language_of
from safar.listen.text.larger import LargerSentiments
from safar.listen.text.model_file import FOLDER
from safar.listen.text.sentiment import SENTIMENTS, STRENGTHS, Sentiments
from safar.vocabulary.interval import wilson

Ints = NDArray[np.intp]
#: Comments of a set that the larger model reads at most, of every other one, and those that are typed in other ways.
LARGER_READS = {"fa_snappfood": 1_500, "fa_deepsentipers": 1_000, "ar_ajgt": 1_000, "en_sst2": 1_000}
LARGER_READS_OF_OTHERS = 200
LARGER_TYPED = {"fa_snappfood": 400, "ar_ajgt": 400}
#: Of a language, where its calibration is looked at: with a thousand, chance alone is some three points.
LARGER_CALIBRATED = 5_120


def macro_f1(truth: Ints, given: Ints) -> float:
    """Return the mean of the F1 of the classes that occur in truth."""
    scores = []
    for each in np.unique(truth):
        right = ((truth == each) & (given == each)).sum()
        scores.append(2 * right / ((truth == each).sum() + (given == each).sum()))
    return float(np.mean(scores))


def sentiment(
    model: Sentiments | LargerSentiments, examples: Sequence[Example], way: str | None = None
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Return the true labels, those given, and the probability stated for those."""
    texts = [WAYS[way](each.text) if way else each.text for each in examples]
    stated = model.probabilities(texts).astype(np.float64)
    binary = np.array([each.is_binary for each in examples])
    stated[binary, 1] = 0
    stated /= stated.sum(axis=1, keepdims=True)
    truth = np.array([each.sentiment for each in examples], np.intp)
    return truth, stated.argmax(axis=1), stated.max(axis=1)


def interval(right: NDArray[np.bool_]) -> str:
    found = wilson(int(right.sum()), len(right))
    return f"{100 * found.low:.1f}–{100 * found.high:.1f}"


def by_source(examples: Sequence[Example]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for each in examples:
        found.setdefault(each.source, []).append(each)
    return found


def line(*cells: object) -> None:
    print(f"| {' | '.join(str(cell) for cell in cells)} |")


def head(*cells: str) -> None:
    print()
    line(*cells)
    line(*["---"] * len(cells))


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def report_sentiment(model: Sentiments | LargerSentiments, examples: Sequence[Example]) -> None:
    truth, given, stated = sentiment(model, examples)
    right = truth == given
    sources = np.array([each.source for each in examples])
    languages = np.array([each.language for each in examples])
    binary = np.array([each.is_binary for each in examples])
    head("set", "comments", "accuracy", "95 %", "macro-F1", "calibration error")
    for source in by_source(examples):
        of = sources == source
        figures = macro_f1(truth[of], given[of]), calibration_error(stated[of], right[of])
        line(
            source,
            f"{of.sum():,}",
            percent(right[of].mean()),
            interval(right[of]),
            *(percent(each) for each in figures),
        )
    head("language", "comments", "calibration error")
    for language in LANGUAGES:
        of = languages == language
        line(language, f"{of.sum():,}", percent(calibration_error(stated[of], right[of])))
    head("language", "truth", *SENTIMENTS)
    for language in LANGUAGES:
        of = (languages == language) & ~binary
        for each, word in enumerate(SENTIMENTS):
            counts = ((truth == each) & (given == other) & of for other in range(3))
            line(language, word, *(f"{found.sum():,}" for found in counts))


def report_strength(model: Sentiments, examples: Sequence[Example]) -> None:
    rows = [(each.text, each.strength + 2) for each in examples if each.strength is not None]
    truth, given = (
        np.array([label for _, label in rows]),
        model.strengths([text for text, _ in rows]).argmax(axis=1),
    )
    print(
        f"\nStrength: accuracy {percent((truth == given).mean())}, macro-F1 {percent(macro_f1(truth, given))}"
    )
    head("truth", *(str(each) for each in STRENGTHS), "F1")
    for each, strength in enumerate(STRENGTHS):
        counts = [int(((truth == each) & (given == other)).sum()) for other in range(5)]
        line(strength, *counts, f"{200 * counts[each] / ((truth == each).sum() + (given == each).sum()):.0f}")


def report_typing(model: Sentiments | LargerSentiments, examples: Sequence[Example]) -> None:
    """Print what is lost, in points of accuracy, when the same comments are typed otherwise."""
    sources = {source: rows for source, rows in by_source(examples).items() if len(rows) > 300}
    head("typed with", *sources)
    plain = {source: np.mean(np.equal(*sentiment(model, rows)[:2])) for source, rows in sources.items()}
    for way in WAYS:
        lost = (
            plain[source] - np.mean(np.equal(*sentiment(model, rows, way)[:2]))
            for source, rows in sources.items()
        )
        line(way, *(percent(float(each)) for each in lost))


def report_emotion(model: Emotions, examples: Sequence[Example]) -> None:
    """Print figures of each set among the emotions that it knows."""
    head("set", "comments", "accuracy", "95 %", "macro-F1", "calibration error")
    for source, rows in by_source(examples).items():
        truth = np.array([EMOTIONS.index(EMOTION[str(each.emotion)]) for each in rows])
        known = np.unique(truth)
        stated = model.probabilities([each.text for each in rows]).astype(np.float64)[:, known]
        stated /= stated.sum(axis=1, keepdims=True)
        given = known[stated.argmax(axis=1)]
        right = truth == given
        figures = right.mean(), macro_f1(truth, given), calibration_error(stated.max(axis=1), right)
        line(
            source,
            f"{len(rows):,}",
            percent(figures[0]),
            interval(right),
            *(percent(each) for each in figures[1:]),
        )


def report_language(examples: Sequence[Example]) -> None:
    head("language", "comments", "fa", "ar", "en", "mixed", "und")
    for language in LANGUAGES:
        found = language_of([each.text for each in examples if each.language == language])
        shares = (found.count(each) / len(found) for each in (*LANGUAGES, "mixed", "und"))
        line(language, f"{len(found):,}", *(percent(each) for each in shares))


def report_speed(examples: Sequence[Example]) -> None:
    texts = [each.text for each in examples if len(each.text) <= 280][:20_000]
    letters = np.mean([len(text) for text in texts])
    print(f"\n{len(texts):,} comments of {letters:.0f} letters on average, one core of {platform.machine()}:")
    sentiments, emotions = Sentiments.load(), Emotions.load()
    for name, work in (
        ("language", lambda: language_of(texts)),
        ("language and sentiment", lambda: sentiments.probabilities(texts)),
        ("language and emotion", lambda: emotions.probabilities(texts)),
    ):
        work()
        started = time.process_time()
        work()
        print(f"- {name}: {len(texts) / (time.process_time() - started):,.0f} a second")
    for path in sorted(FOLDER.glob("*.npz")):
        print(f"- {path.name}: {path.stat().st_size / 1e6:.2f} MB")


def report_larger(examples: Sequence[Example]) -> None:
    """Print what the larger model reads of some comments, and the small one of the same."""
    few = [examples[at] for at in few_of(examples, LARGER_READS, LARGER_READS_OF_OTHERS)]
    larger = LargerSentiments.load()
    for name, model in (("small", Sentiments.load()), ("larger", larger)):
        print(f"\nThe {name} model:")
        started = time.process_time()
        report_sentiment(model, few)
        print(f"\n{len(few) / (time.process_time() - started):,.0f} comments a second of one core")
    report_typing(larger, [examples[at] for at in few_of(examples, LARGER_TYPED)])
    print(f"\nMost memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def report_calibration(examples: Sequence[Example], language: str) -> None:
    """Print how far the larger model's probabilities are off in a language, and how far perfect ones would be."""
    own = [each for each in examples if each.language == language]
    rng = np.random.default_rng(1)
    few = [own[at] for at in rng.permutation(len(own))[:LARGER_CALIBRATED]]
    truth, given, stated = sentiment(LargerSentiments.load(), few)
    chance = [calibration_error(stated, rng.random(len(few)) < stated) for _ in range(200)]
    head("language", "comments", "calibration error", "of perfect probabilities, mean", "95 % below")
    line(
        language,
        f"{len(few):,}",
        percent(calibration_error(stated, truth == given)),
        percent(float(np.mean(chance))),
        percent(float(np.quantile(chance, 0.95))),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--larger", action="store_true", help="the larger model, and the small one beside it")
    parser.add_argument(
        "--calibration", choices=LANGUAGES, help="of the larger model, in this language alone"
    )
    asked = parser.parse_args()
    folder = Path(os.environ.get("SAFAR_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        raise SystemExit(
            f"text: the labelled sets are not at {folder}; SAFAR_SHARED_DATA names another folder."
        )
    rows = testing(folder)
    told = [each for each in rows if each.sentiment is not None]
    if asked.calibration:
        report_calibration(told, asked.calibration)
        return
    if asked.larger:
        report_larger(told)
        return
    report_sentiment(Sentiments.load(), told)
    report_strength(Sentiments.load(), told)
    report_typing(Sentiments.load(), told)
    report_emotion(Emotions.load(), [each for each in rows if each.emotion is not None])
    report_language(rows)
    report_speed(rows)


if __name__ == "__main__":
    main()
