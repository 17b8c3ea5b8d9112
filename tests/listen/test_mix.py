"""Mix or real: a paradox by hand, parts that add up, both directions alike, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest

from builders import an_event, together
from safar.listen.answer_rows import Which
from safar.listen.groups import By, Groups
from safar.listen.mix import MixQuestion, NothingToSplit, mix, split_change
from safar.store.log import Log


def of(*sides: tuple[str, int, float]) -> tuple[np.ndarray, Groups]:
    """Return answers: of each group so many, each of this worth."""
    names = ("app", "shop", "phone")
    worth = np.concatenate([np.full(count, value) for _, count, value in sides])
    codes = np.concatenate([np.full(count, names.index(name)) for name, count, _ in sides])
    return worth, Groups(names, codes)


def test_no_group_changed_but_the_score_did() -> None:
    """80 % app at 1 and 20 % shop at 0 turn into half and half: all of the -0.3 is mix."""
    found = split_change(of(("app", 50, 1.0), ("shop", 50, 0.0)), of(("app", 80, 1.0), ("shop", 20, 0.0)))
    assert found.total.value == pytest.approx(-0.3)
    assert found.within.value == 0.0
    assert found.mix.value == pytest.approx(-0.3)
    assert {part.name: round(part.mix, 4) for part in found.groups} == {"app": -0.105, "shop": -0.195}


def test_by_hand_with_both() -> None:
    """Shares .5/.5 → .75/.25, means 2/4 → 3/4: within = .625 · 1, mix = .25 · 2.5 - .25 · 4 = -.375."""
    before = of(("app", 2, 2.0), ("shop", 2, 4.0))
    now = of(("app", 3, 3.0), ("shop", 1, 4.0))
    found = split_change(now, before)
    assert found.total.value == pytest.approx(0.25)
    assert found.within.value == pytest.approx(0.625)
    assert found.mix.value == pytest.approx(-0.375)
    assert found.interaction == pytest.approx(0.25)
    turned = split_change(before, now)
    assert turned.within.value == pytest.approx(-0.625)
    assert turned.mix.value == pytest.approx(0.375)


def test_a_new_group_is_all_mix() -> None:
    found = split_change(of(("app", 6, 1.0), ("phone", 4, 5.0)), of(("app", 10, 1.0)))
    assert found.total.value == pytest.approx(1.6)
    assert found.within.value == 0.0
    assert found.mix.value == pytest.approx(1.6)
    phone = next(part for part in found.groups if part.name == "phone")
    assert (phone.score_before, phone.score_now, phone.share_now) == (None, 5.0, 0.4)
    assert [part.name for part in found.groups] == ["phone", "app"]


def test_the_parts_add_up_whatever_the_answers(rng: np.random.Generator) -> None:
    for _ in range(50):
        now, before = (
            (rng.normal(size=size), Groups(("a", "b", "c"), rng.integers(0, 3, size)))
            for size in rng.integers(1, 30, 2)
        )
        found = split_change(now, before)
        assert found.within.value + found.mix.value == pytest.approx(found.total.value, abs=1e-12)
        parts = sum(part.within + part.mix for part in found.groups)
        assert parts == pytest.approx(found.total.value, abs=1e-9)


def test_intervals_hold_their_level(rng: np.random.Generator) -> None:
    shares = {"now": np.array([0.6, 0.3, 0.1]), "before": np.array([0.4, 0.4, 0.2])}
    means = {"now": np.array([10.0, 30.0, -20.0]), "before": np.array([15.0, 20.0, -20.0])}
    rise = means["now"] - means["before"]
    within = float(((shares["now"] + shares["before"]) / 2 * rise).sum())
    total = float((shares["now"] * means["now"]).sum() - (shares["before"] * means["before"]).sum())
    truths = total, within, total - within
    held, rounds = np.zeros(3), 600
    for _ in range(rounds):
        drawn = []
        for when, size in (("now", 250), ("before", 300)):
            codes = rng.choice(3, size, p=shares[when])
            drawn.append((rng.normal(means[when][codes], 25.0), Groups(("a", "b", "c"), codes)))
        found = split_change(*drawn)
        held += [
            truth in part.interval
            for truth, part in zip(truths, (found.total, found.within, found.mix), strict=True)
        ]
    assert (held / rounds > 0.92).all()
    assert (held / rounds < 0.98).all()


def test_from_the_log(log: Log, day) -> None:
    events = []
    for on, channel, value, count in (
        (20, "web", 10, 8), (20, "app", 0, 2), (21, "web", 10, 5), (21, "app", 0, 5),
    ):  # fmt: skip
        events += [
            an_event(
                "survey_answered",
                f"2026-03-{on}T12:00",
                customer=f"{on}{channel}{number}",
                channel=channel,
                properties={
                    "question_key": "nps", "metric": "nps", "scale_min": 0, "scale_max": 10, "value": value,
                },
            )
            for number in range(count)
        ]  # fmt: skip
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()
    question = MixQuestion(Which("nps"), day(21), day(20), By("channel"))
    split = mix(log, question).split
    assert (split.total.value, split.within.value) == (-60.0, 0.0)
    assert split.mix.value == -60.0
    with pytest.raises(NothingToSplit, match="the window before"):
        mix(log, MixQuestion(Which("nps"), day(21), day(10), By("channel")))
