"""A workspace's own labels: they count only when they are measured to be better than the rule."""

from __future__ import annotations

import random

import pytest

from safar.listen.text.custom_labels import (
    CorrectionsUneven,
    CustomLabels,
    CustomLabelsDamaged,
    Predicted,
    train,
)
from safar.vocabulary.interval import share

WORDS = [
    "order",
    "app",
    "colour",
    "box",
    "late",
    "size",
    "phone",
    "street",
    "door",
    "week",
    "name",
    "page",
    "time",
    "card",
    "list",
    "photo",
    "price",
    "shop",
]


def corrections(count: int, seed: int, *, rule_is_right: float) -> tuple[list[str], list[str], list[str]]:
    """Return comments that are about gifts when they say so, and a rule that knows it some of the time."""
    rng = random.Random(seed)
    texts, labels, by_rule = [], [], []
    for place in range(count):
        label = ("yes", "no")[place % 2]
        words = rng.sample(WORDS, 6)
        if label == "yes":
            words[rng.randrange(6)] = rng.choice(("gift", "present", "birthday"))
        texts.append(" ".join(words))
        labels.append(label)
        by_rule.append(label if rng.random() < rule_is_right else {"yes": "no", "no": "yes"}[label])
    return texts, labels, by_rule


def test_it_takes_over_from_a_rule_that_is_worse() -> None:
    texts, labels, by_rule = corrections(160, 1, rule_is_right=0.6)
    learnt = train(texts, labels, by_rule)
    assert learnt.takes_over
    assert learnt.accuracy.value > 0.85
    assert learnt.accuracy.n == learnt.rule_accuracy.n == 160
    assert learnt.rule_accuracy == share(sum(map(str.__eq__, labels, by_rule)), 160)
    assert (learnt.counts, learnt.missing) == ({"no": 79, "yes": 79}, {})  # two are near-duplicates
    fresh, truth, said = corrections(400, 2, rule_is_right=0.6)
    right = sum(found.label == each for found, each in zip(learnt.predict(fresh, said), truth, strict=True))
    assert right / 400 in learnt.accuracy.interval  # measured on others, true of these


def test_it_does_not_take_over_from_a_rule_that_is_right() -> None:
    learnt = train(*corrections(120, 3, rule_is_right=1.0))
    assert learnt.is_trained
    assert not learnt.takes_over


def test_labels_that_follow_nothing_are_not_learnt() -> None:
    texts, labels, by_rule = corrections(120, 4, rule_is_right=0.5)
    rng = random.Random(4)
    rng.shuffle(labels)
    learnt = train(texts, labels, by_rule)
    assert not learnt.takes_over
    assert 0.35 < learnt.accuracy.value < 0.65


def test_too_few_corrections_say_what_is_missing_and_repeat_the_rule() -> None:
    texts, labels, by_rule = corrections(50, 5, rule_is_right=0.5)
    learnt = train(texts[:45], labels[:45], by_rule[:45], fewest=23)
    assert (learnt.missing, learnt.accuracy, learnt.takes_over) == ({"no": 1}, None, False)
    assert learnt.predict(["gift"], ["maybe"]) == [Predicted("maybe", 1.0)]
    assert learnt.why("gift", "no") == ()
    one = train(texts[:30:2], ["yes"] * 15, by_rule[:30:2], fewest=10)
    assert not one.is_trained
    assert train([], [], []).rule_accuracy is None


def test_near_duplicates_do_not_raise_the_accuracy() -> None:
    rng = random.Random(6)
    texts = [" ".join(rng.sample(WORDS, 8)) for _ in range(15)]
    labels = ["yes", "no", "no", "yes", "yes", "no", "yes", "no", "yes", "no", "no", "no", "yes", "no", "yes"]
    learnt = train(texts * 6, labels * 6, ["no"] * 90, fewest=5)
    assert learnt.counts == {"no": 8, "yes": 7}
    assert learnt.accuracy.value < 0.75, "each comment is known by heart, and none is foreseen"


def test_why_is_the_words() -> None:
    learnt = train(*corrections(160, 1, rule_is_right=0.6))
    text = "page a birthday card"
    weights = {text[each.start : each.end]: each.weight for each in learnt.why(text, "no")}
    assert learnt.predict([text], ["no"])[0].label == "yes"
    assert max(weights, key=lambda word: weights[word]) == "birthday"


def test_what_was_learnt_is_kept_as_bytes() -> None:
    texts, labels, by_rule = corrections(80, 7, rule_is_right=0.7)
    learnt = train(texts, labels, by_rule)
    again = CustomLabels.from_bytes(learnt.as_bytes())
    assert again.predict(texts, by_rule) == learnt.predict(texts, by_rule)
    assert (again.accuracy, again.rule_accuracy, again.counts, again.takes_over, again.missing) == (
        learnt.accuracy,
        learnt.rule_accuracy,
        learnt.counts,
        learnt.takes_over,
        learnt.missing,
    )
    for damaged in (b"", b"PK\x03\x04", learnt.as_bytes()[:200], b"\x80\x04pickle"):
        with pytest.raises(CustomLabelsDamaged):
            CustomLabels.from_bytes(damaged)


def test_three_labels_and_odd_texts() -> None:
    odd = ["", "😀", "\ud800", "x" * 20_000]
    texts = [odd[place % 4] + chr(0x1F600 + place) for place in range(60)]
    labels = ["a", "b", "c", "a"] * 15
    learnt = train(texts, labels, labels, fewest=10)
    assert learnt.is_trained
    assert {each.label for each in learnt.predict(texts, labels)} <= {"a", "b", "c"}


def test_lengths_must_agree() -> None:
    for case in ((["a"], [], []), (["a"], ["x"], [])):
        with pytest.raises(CorrectionsUneven):
            train(*case)
