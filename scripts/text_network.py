"""How the network of `safar.listen.text.network` learns: gradients by hand, one core, the same numbers from every run.

A filter's answer depends on the words of one view only, so the way back touches few words and costs less than the way
there. Vectors of words learn by AdaGrad comment by comment; filters and heads by Adam in batches. Words are left out at
random, and answers of filters as well (dropout; Srivastava et al. 2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safar.listen.text.network import WIDEST, look

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """What is learnt from.

    Attributes
    ----------
    rows, ends
        Of `safar.listen.text.network.parts_of`.
    targets
        Of shape ``comments, classes``, all heads side by side: probabilities that sum to one within a head.
    open
        Classes that may be the answer; the others of the head are left out, as neutral where a set has no neutral
        comments. A head of which none is open is not learnt from the comment.
    weight
        Of each comment and head.
    heads
        Where the classes of each head begin, and how many there are in all.
    """

    rows: NDArray[np.int32]
    ends: NDArray[np.int64]
    targets: Floats
    open: NDArray[np.bool_]
    weight: Floats
    heads: NDArray[np.int64]


@dataclass(slots=True)
class Weights:
    """What has been learnt."""

    vectors: Floats
    filters: Floats
    widths: NDArray[np.int64]
    heads: Floats
    bias: Floats


def begin(vectors: Floats, filters: int, classes: int, rng: np.random.Generator) -> Weights:
    """Return weights to begin with: ``filters`` of each width."""
    size = vectors.shape[1]
    widths = np.repeat(np.arange(1, WIDEST + 1), filters).astype(np.int64)
    looks = rng.uniform(-1, 1, (len(widths), WIDEST, size)) / np.sqrt(size * widths)[:, None, None]
    looks *= np.arange(WIDEST)[None, :, None] < widths[:, None, None]
    heads = rng.uniform(-1, 1, (len(widths), classes)) / np.sqrt(len(widths))
    return Weights(
        vectors.astype(np.float32),
        looks.astype(np.float32),
        widths,
        heads.astype(np.float32),
        np.zeros(classes, np.float32),
    )


def learn(
    task: Task,
    weights: Weights,
    chosen: NDArray[np.intp],
    *,
    epochs: int,
    seed: int,
    rate: float = 1e-3,
    word_rate: float = 0.01,
    forget: float = 0.5,
    skip: float = 0.1,
) -> None:
    """Change the weights by what the chosen comments say; rates fall to zero in a straight line."""
    rng = np.random.default_rng(seed)
    tally = np.zeros_like(weights.vectors)
    moments = [
        np.zeros((2, *each.shape), np.float32) for each in (weights.filters, weights.heads, weights.bias)
    ]
    total = epochs * len(chosen)
    for epoch in range(epochs):
        order = rng.permutation(chosen)
        _epoch(
            order, task.rows, task.ends, task.targets, task.open, task.weight, task.heads, weights.vectors, tally,
            weights.filters, weights.widths, weights.heads, weights.bias, moments[0], moments[1], moments[2],
            epoch * len(chosen), total, rate, word_rate, forget, skip, int(rng.integers(2**31)),
        )  # fmt: skip


@njit(cache=True)
def _adam(weights, gradient, moments, rate, step):  # type: ignore[no-untyped-def]
    flat, slope, first, second = weights.ravel(), gradient.ravel(), moments[0].ravel(), moments[1].ravel()
    low, high = 1 - 0.9**step, 1 - 0.999**step
    for each in range(len(flat)):
        first[each] += 0.1 * (slope[each] - first[each])
        second[each] += 0.001 * (slope[each] * slope[each] - second[each])
        flat[each] -= rate * (first[each] / low / (np.sqrt(second[each] / high) + 1e-8) + 0.01 * flat[each])
        slope[each] = 0


@njit(cache=True)
def _epoch(  # type: ignore[no-untyped-def]  # noqa: C901, PLR0912, PLR0915, PLR0917 - one pass over the comments, compiled
    order, rows, ends, targets, is_open, weight, head_starts, vectors, tally, filters, widths, heads, bias,
    filter_moments, head_moments, bias_moments, done, total, rate, word_rate, forget, skip, seed,
):  # fmt: skip
    np.random.seed(seed)
    batch = 64
    count, widest, size = filters.shape
    edge, classes = widest - 1, heads.shape[1]
    longest = 0
    for text in order:
        longest = max(longest, ends[text + 1] - ends[text])
    words = np.zeros((longest + 2 * edge, size), np.float32)
    slopes = np.zeros_like(words)
    kept = np.zeros((longest, rows.shape[1]), np.int64)
    strongest, at = np.zeros(count, np.float32), np.zeros(count, np.int32)
    filter_slope, head_slope, bias_slope = np.zeros_like(filters), np.zeros_like(heads), np.zeros_like(bias)
    logits, slope = np.zeros(classes, np.float32), np.zeros(classes, np.float32)
    for number in range(len(order)):
        text = order[number]
        fall = 1 - (done + number) / total
        first, length = ends[text], min(ends[text + 1] - ends[text], 250)
        words[: length + 2 * edge] = 0
        slopes[: length + 2 * edge] = 0
        for word in range(length):
            kept[word] = 0
            if np.random.random() < skip:
                continue
            whole = np.random.random() >= skip
            for part in range(rows.shape[1]):
                if part or whole:
                    kept[word, part] = rows[first + word, part]
                    if kept[word, part]:
                        words[word + edge] += vectors[kept[word, part]]
        look(words, length, filters, widths, strongest, at)
        for each in range(count):
            if np.random.random() < forget:
                strongest[each], at[each] = 0, -1
            else:
                strongest[each] /= 1 - forget
        slope[:] = 0
        for head in range(len(head_starts) - 1):
            begin, stop = head_starts[head], head_starts[head + 1]
            if weight[text, head] == 0:
                continue
            top = np.float32(-1e30)
            for each in range(begin, stop):
                logits[each] = bias[each]
                for chosen in range(count):
                    if at[chosen] >= 0:
                        logits[each] += strongest[chosen] * heads[chosen, each]
                if is_open[text, each]:
                    top = max(top, logits[each])
            sum_of = np.float32(0)
            for each in range(begin, stop):
                logits[each] = np.exp(logits[each] - top) if is_open[text, each] else 0
                sum_of += logits[each]
            for each in range(begin, stop):
                if is_open[text, each]:
                    slope[each] = weight[text, head] * (logits[each] / sum_of - targets[text, each])
        bias_slope += slope / batch
        for chosen in range(count):
            last = at[chosen]
            if last < 0:
                continue
            pull = np.float32(0)
            for each in range(classes):
                pull += slope[each] * heads[chosen, each]
                head_slope[chosen, each] += slope[each] * strongest[chosen] / batch
            pull /= 1 - forget
            for back in range(widths[chosen]):
                place = last + edge - back
                for each in range(size):
                    filter_slope[chosen, back, each] += pull * words[place, each] / batch
                    slopes[place, each] += pull * filters[chosen, back, each]
        for word in range(length):
            for part in range(rows.shape[1]):
                row = kept[word, part]
                if row:
                    for each in range(size):
                        pull = slopes[word + edge, each]
                        tally[row, each] += pull * pull
                        if tally[row, each] > 0:
                            vectors[row, each] -= word_rate * fall * pull / np.sqrt(tally[row, each] + 1e-4)
        if number % batch == batch - 1:
            step = (done + number) // batch + 1
            _adam(filters, filter_slope, filter_moments, rate * fall, step)
            _adam(heads, head_slope, head_moments, rate * fall, step)
            _adam(bias, bias_slope, bias_moments, rate * fall, step)
