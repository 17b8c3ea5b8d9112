"""A workspace's own labels, learnt from the corrections of its members, and measured before they count.

The rule or the shipped model labels first. Members confirm or correct; once there are enough corrections of each label,
a classifier learns from them what the rule says and what the words say. It takes over only when it does clearly better
than the rule on comments that it has not seen.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Fault, Refusal
from safar.vocabulary.interval import Estimate, share

from .features import Buckets, buckets_of, buckets_of_words
from .near_duplicates import groups
from .sentiment import WordWeight
from .words import words_with_places

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

#: Different comments with each label from which a classifier is trained.
FEWEST_OF_EACH: Final = 20
#: Most corrections that are learnt from, the latest.
MOST_CORRECTIONS: Final = 10_000
_BITS: Final = 18
_FOLDS: Final = 5
#: How surely the classifier must be better than the rule: one-sided sign test.
_LEVEL: Final = 0.05
#: Inverse strength of the penalty on weights, and how much the rule's own label weighs beside the words.
_FREEDOM: Final = 1.0
_RULE_WEIGHT: Final = 3.0


class CorrectionsUneven(Refusal, ValueError):
    """Texts, labels and what the rule says are not of one length."""

    code = "custom_labels.uneven"


class CustomLabelsDamaged(Fault, ValueError):
    """Bytes that hold no classifier."""

    code = "custom_labels.damaged"


@dataclass(frozen=True, slots=True)
class Predicted:
    """A label, and how probable the classifier holds it."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class CustomLabels:
    """What was learnt from corrections, and how well.

    Attributes
    ----------
    labels
        In alphabetical order.
    counts
        Different comments with each label: near-duplicates count once.
    accuracy
        Share of corrections that the classifier gets right when it is trained without them, with Wilson's interval;
        None where there was too little to train.
    rule_accuracy
        That of the rule on the same corrections; None without corrections.
    takes_over
        Whether the classifier is clearly better than the rule, and its labels should be used.
    missing
        How many different comments each label still lacks before a classifier is trained.
    """

    labels: tuple[str, ...]
    counts: dict[str, int]
    accuracy: Estimate | None
    rule_accuracy: Estimate | None
    takes_over: bool
    missing: dict[str, int]
    _buckets: NDArray[np.uint32] = field(repr=False)
    _weights: NDArray[np.float32] = field(repr=False)
    _of_rule: NDArray[np.float32] = field(repr=False)
    _bias: NDArray[np.float32] = field(repr=False)

    @property
    def is_trained(self) -> bool:
        """Whether there is a classifier at all; without one `predict` repeats the rule."""
        return len(self._bias) > 0

    def predict(self, texts: Sequence[str], by_rule: Sequence[str]) -> list[Predicted]:
        """Return the classifier's label of each comment.

        Parameters
        ----------
        texts
            Comments.
        by_rule
            What the rule says of each. A label that nobody ever corrected tells nothing.

        Raises
        ------
        CorrectionsUneven
        """
        _check_lengths(texts, by_rule)
        if not self.is_trained:
            return [Predicted(said, 1.0) for said in by_rule]
        scores = self._scores(buckets_of(list(texts), _BITS), by_rule)
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        probabilities = odds / odds.sum(axis=1, keepdims=True)
        return [Predicted(self.labels[int(row.argmax())], float(row.max())) for row in probabilities]

    def why(self, text: str, by_rule: str) -> tuple[WordWeight, ...]:
        """Return what each word adds to the score of the predicted label, beyond the mean of all labels.

        In the order of the comment; empty where there is no classifier.
        """
        words = words_with_places(text)
        if not self.is_trained or not words:
            return ()
        buckets = buckets_of_words([[word.text for word in words]], _BITS)
        best = int(self._scores(buckets, [by_rule])[0].argmax())
        rows = self._rows(buckets.bucket)
        shares = (rows[:, best] - rows.mean(axis=1)) / np.sqrt(max(1, len(buckets.bucket)))
        spans = buckets.last_word - buckets.first_word + 1
        weights = np.zeros(len(words))
        for back in range(3):
            reaches = spans > back
            np.add.at(weights, buckets.last_word[reaches] - back, (shares / spans)[reaches])
        return tuple(
            WordWeight(text[word.start : word.end], word.start, word.end, float(weight))
            for word, weight in zip(words, weights, strict=True)
        )

    def as_bytes(self) -> bytes:
        """Return what `from_bytes` reads: arrays without code in them."""
        held = io.BytesIO()
        estimates = [self.accuracy, self.rule_accuracy]
        np.savez_compressed(
            held,
            labels=np.array(self.labels, np.str_),
            counts=np.array([self.counts[label] for label in self.labels], np.int64),
            right=np.array(
                [-1 if each is None else round(each.value * each.n) for each in estimates], np.int64
            ),
            of=np.array([0 if each is None else each.n for each in estimates], np.int64),
            takes_over=np.array(self.takes_over),
            buckets=self._buckets,
            weights=self._weights,
            of_rule=self._of_rule,
            bias=self._bias,
        )
        return held.getvalue()

    @classmethod
    def from_bytes(cls, held: bytes) -> CustomLabels:
        """Return what `as_bytes` wrote.

        Raises
        ------
        CustomLabelsDamaged
        """
        try:
            with np.load(io.BytesIO(held), allow_pickle=False) as arrays:
                labels = tuple(map(str, arrays["labels"]))
                counts = dict(zip(labels, arrays["counts"].tolist(), strict=True))
                accuracy, rule_accuracy = (
                    None if right < 0 else share(right, of)
                    for right, of in zip(arrays["right"].tolist(), arrays["of"].tolist(), strict=True)
                )
                return cls(
                    labels,
                    counts,
                    accuracy,
                    rule_accuracy,
                    bool(arrays["takes_over"]),
                    _missing(counts, FEWEST_OF_EACH),
                    arrays["buckets"],
                    arrays["weights"],
                    arrays["of_rule"],
                    arrays["bias"],
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as wrong:
            raise CustomLabelsDamaged(
                f"The classifier cannot be read: {wrong}.", hint="Train it again from the corrections."
            ) from None

    def _scores(self, buckets: Buckets, by_rule: Sequence[str]) -> NDArray[np.float64]:
        place = {label: at for at, label in enumerate(self.labels)}
        scores = np.tile(self._bias.astype(np.float64), (len(by_rule), 1))
        for row, said in enumerate(by_rule):
            of_text = buckets.bucket[buckets.end[row] : buckets.end[row + 1]]
            scores[row] += self._rows(of_text).sum(axis=0) / np.sqrt(max(1, len(of_text)))
            if said in place:
                scores[row] += self._of_rule[place[said]]
        return scores

    def _rows(self, of_text: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return the weights of n-grams; those that no correction had weigh nothing."""
        at = np.minimum(np.searchsorted(self._buckets, of_text), len(self._buckets) - 1)
        known = self._buckets[at] == of_text
        return np.where(known[:, None], self._weights[at], 0.0).astype(np.float64)


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    by_rule: Sequence[str],
    *,
    fewest: int = FEWEST_OF_EACH,
    seed: int = 0,
) -> CustomLabels:
    """Return what corrections teach, with its measured accuracy beside that of the rule.

    Parameters
    ----------
    texts
        Comments that members looked at, the latest last; of more than `MOST_CORRECTIONS` the latest count.
    labels
        What the members say: sentiments, or topics, or ``yes`` and ``no`` for one topic. Confirmations count as much as
        corrections; without them the accuracy is that on comments the rule got wrong.
    by_rule
        What the rule or the shipped model says of the same comments.
    fewest
        Different comments with each label from which a classifier is trained; there must be two labels.
    seed
        Of the folds.

    Raises
    ------
    CorrectionsUneven
        The three are not of one length.

    Notes
    -----
    Logistic regression over hashed n-grams and the rule's label. Accuracy is that of five-fold cross-validation with
    near-duplicates in one fold. It takes over when of the comments on which it and the rule disagree it wins so many
    that a fair coin would do so at most once in twenty times (one-sided sign test). Source: Q. McNemar (1947).
    """
    _check_lengths(texts, labels)
    _check_lengths(texts, by_rule)
    texts, labels, by_rule = (list(each[-MOST_CORRECTIONS:]) for each in (texts, labels, by_rule))
    near = _near_groups(texts)
    different = dict.fromkeys(zip(labels, near.tolist(), strict=True))
    counts = dict(sorted(Counter(label for label, _ in different).items()))
    missing = _missing(counts, fewest)
    right_by_rule = [said == label for said, label in zip(by_rule, labels, strict=True)]
    rule_accuracy = share(sum(right_by_rule), len(labels))
    names = tuple(counts)
    if missing or len(names) < 2:
        none, table = np.zeros(0, np.float32), np.zeros((0, 0), np.float32)
        return CustomLabels(
            names, counts, None, rule_accuracy, False, missing, np.zeros(0, np.uint32), table, table, none
        )
    import sklearn.linear_model  # noqa: F401, PLC0415 - late; only threads of what is loaded are limited
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    rows = _rows_of(texts, by_rule, names)
    with threadpool_limits(1):  # so small a problem is solved sooner by one thread than by two that wait
        right = _right_unseen(rows, labels, near, seed)
        buckets, weights, of_rule, bias = _fitted(rows, labels, names)
    wins = sum(mine and not rules for mine, rules in zip(right, right_by_rule, strict=True))
    losses = sum(rules and not mine for mine, rules in zip(right, right_by_rule, strict=True))
    return CustomLabels(
        names,
        counts,
        share(sum(right), len(labels)),
        rule_accuracy,
        _sign_test(wins, losses) <= _LEVEL,
        missing,
        buckets,
        weights,
        of_rule,
        bias,
    )


def _check_lengths(texts: Sequence[str], others: Sequence[str]) -> None:
    if len(texts) != len(others):
        raise CorrectionsUneven(
            f"{len(texts)} comments and {len(others)} labels do not go together.",
            hint="Give one label for each comment.",
        )


def _missing(counts: Mapping[str, int], fewest: int) -> dict[str, int]:
    return {label: fewest - count for label, count in counts.items() if count < fewest}


#: Features of a comment by number: buckets of n-grams from 0, the rule's label below.
_Row = dict[int, float]


def _rows_of(texts: Sequence[str], by_rule: Sequence[str], names: Sequence[str]) -> list[_Row]:
    buckets = buckets_of(list(texts), _BITS)
    rows = []
    for place, said in enumerate(by_rule):
        of_text = buckets.bucket[buckets.end[place] : buckets.end[place + 1]]
        found, counts = np.unique(of_text, return_counts=True)
        row = dict(zip(found.tolist(), (counts / np.sqrt(max(1, len(of_text)))).tolist(), strict=True))
        if said in names:
            row[-1 - names.index(said)] = _RULE_WEIGHT
        rows.append(row)
    return rows


def _near_groups(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return a number for each comment, the same for near-duplicates: they must not be learnt from and tested on."""
    found = np.arange(len(texts))
    for group in groups(texts):
        found[list(group)] = group[0]
    return found


def _right_unseen(
    rows: Sequence[_Row], labels: Sequence[str], near: NDArray[np.int64], seed: int
) -> list[bool]:
    """Return whether each comment gets its label from a classifier that was trained without it."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - only for those who train
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415 - only for those who train

    wanted = np.array(labels)
    matrix = DictVectorizer().fit_transform(rows)
    right = np.zeros(len(labels), bool)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    for known, unseen in folds.split(matrix, wanted, near):
        if len(set(wanted[known])) > 1:
            model = _model().fit(matrix[known], wanted[known])
            right[unseen] = model.predict(matrix[unseen]) == wanted[unseen]
    return [bool(each) for each in right]


def _fitted(
    rows: Sequence[_Row], labels: Sequence[str], names: Sequence[str]
) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return buckets in order, their weights, those of the rule's labels, and the bias."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - only for those who train

    vectorizer = DictVectorizer()
    model = _model().fit(vectorizer.fit_transform(rows), labels)
    weights, bias = model.coef_, model.intercept_
    if len(names) == 2:  # one row for two labels: for the second, against the first
        weights, bias = np.vstack([-weights[0] / 2, weights[0] / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    columns = vectorizer.vocabulary_
    buckets = sorted(feature for feature in columns if feature >= 0)
    of_rule = np.zeros((len(names), len(names)), np.float32)
    for feature, column in columns.items():
        if feature < 0:
            of_rule[-1 - feature] = weights[:, column] * _RULE_WEIGHT
    kept = weights[:, [columns[bucket] for bucket in buckets]].T.astype(np.float32)
    return np.array(buckets, np.uint32), np.ascontiguousarray(kept), of_rule, bias.astype(np.float32)


def _model() -> LogisticRegression:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only for those who train

    return LogisticRegression(C=_FREEDOM, max_iter=100, tol=1e-2, class_weight="balanced")


def _sign_test(wins: int, losses: int) -> float:
    """Return how probable so many wins or more are among disagreements when neither is better."""
    disagreements = wins + losses
    if disagreements == 0:
        return 1.0
    at_least: int = sum(comb(disagreements, each) for each in range(wins, disagreements + 1))
    # exact in whole numbers, for thousands of disagreements too
    return float(Fraction(at_least, 2**disagreements))
