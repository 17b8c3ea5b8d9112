"""How often the models of comments are right, how sure they may be, how fast they are.

    make bench-text

The test parts were not learnt from (`scripts/text_sets.py`; a test proves it). Of sets without neutral comments the
likelier of negative and positive is the answer. Speed is that of one core, comments of all sets mixed.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

from text_sets import EMOTION, Example, testing  # noqa: E402 - found through the path above
from text_typing import WAYS  # noqa: E402 - found as the one above

from safar.listen.text.calibration import LANGUAGES, calibration_error  # noqa: E402 - found as those above
from safar.listen.text.emotion import EMOTIONS, Emotions  # noqa: E402 - found as those above
from safar.listen.text.language import language_of  # noqa: E402 - found as those above
from safar.listen.text.model_file import FOLDER  # noqa: E402 - found as those above
from safar.listen.text.sentiment import SENTIMENTS, STRENGTHS, Sentiments  # noqa: E402 - found as those above
from safar.vocabulary.interval import wilson  # noqa: E402 - found as those above

Ints = NDArray[np.intp]


def macro_f1(truth: Ints, given: Ints) -> float:
    """Return the mean of the F1 of the classes that occur in truth."""
    scores = []
    for each in np.unique(truth):
        right = ((truth == each) & (given == each)).sum()
        scores.append(2 * right / ((truth == each).sum() + (given == each).sum()))
    return float(np.mean(scores))


def sentiment(
    model: Sentiments, examples: Sequence[Example], way: str | None = None
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


def report_sentiment(model: Sentiments, examples: Sequence[Example]) -> None:
    head("set", "comments", "accuracy", "95 %", "macro-F1", "calibration error")
    for source, rows in by_source(examples).items():
        truth, given, stated = sentiment(model, rows)
        right = truth == given
        figures = right.mean(), macro_f1(truth, given), calibration_error(stated, right)
        line(
            source,
            f"{len(rows):,}",
            percent(figures[0]),
            interval(right),
            *(percent(each) for each in figures[1:]),
        )
    by_language = {each: [row for row in examples if row.language == each] for each in LANGUAGES}
    head("language", "comments", "calibration error")
    for language, rows in by_language.items():
        truth, given, stated = sentiment(model, rows)
        line(language, f"{len(rows):,}", percent(calibration_error(stated, truth == given)))
    head("language", "truth", *SENTIMENTS)
    for language, rows in by_language.items():
        truth, given, _ = sentiment(model, [each for each in rows if not each.is_binary])
        for each, word in enumerate(SENTIMENTS):
            line(language, word, *(f"{((truth == each) & (given == other)).sum():,}" for other in range(3)))


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


def report_typing(model: Sentiments, examples: Sequence[Example]) -> None:
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


def main() -> None:
    folder = Path(os.environ.get("SAFAR_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        raise SystemExit(
            f"text: the labelled sets are not at {folder}; SAFAR_SHARED_DATA names another folder."
        )
    rows = testing(folder)
    told = [each for each in rows if each.sentiment is not None]
    report_sentiment(Sentiments.load(), told)
    report_strength(Sentiments.load(), told)
    report_typing(Sentiments.load(), told)
    report_emotion(Emotions.load(), [each for each in rows if each.emotion is not None])
    report_language(rows)
    report_speed(rows)


if __name__ == "__main__":
    main()
