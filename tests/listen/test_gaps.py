"""Changes and gaps: the published cases, many looked at together, and what so many answers can show."""

from __future__ import annotations

import numpy as np
import pytest

from safar.listen.answer_counts import Scale
from safar.listen.detectable import ImpossiblePower, answers_needed, detectable_change, spread_of
from safar.listen.gaps import gap, together
from safar.listen.scoring import Score, score_of, scoring_of
from safar.vocabulary.many_looks import adjusted

NPS = scoring_of("nps", Scale(0, 10))
SHARE = scoring_of("goal", Scale(0, 1))


def nps(promoters: int, passives: int, detractors: int) -> Score:
    found = score_of(NPS, np.repeat([10.0, 7.0, 0.0], [promoters, passives, detractors]))
    assert found is not None
    return found


def done(count: int, n: int) -> Score:
    found = score_of(SHARE, np.repeat([1.0, 0.0], [count, n - count]))
    assert found is not None
    return found


def test_a_difference_of_two_shares_is_newcombes() -> None:
    found = gap(done(56, 70), done(48, 80))
    assert found is not None
    change = found.change
    assert [round(each, 4) for each in (change.value, change.interval.low, change.interval.high)] == [
        0.2,
        0.0524,
        0.3339,
    ]
    assert found.is_clear


def test_a_change_of_nps_beside_the_published_one() -> None:
    """40/30/30 to 50/30/20: z-tests of the score give p .07941 (n = 100 each) and .00045 (400; adjusted .00047)."""
    small, large = gap(nps(50, 30, 20), nps(40, 30, 30)), gap(nps(200, 120, 80), nps(160, 120, 120))
    assert small is not None
    assert large is not None
    assert (small.change.value, large.change.value) == (20.0, 20.0)
    assert small.p_value == pytest.approx(0.07941, abs=0.004)
    assert large.p_value == pytest.approx(0.00047, abs=0.0001)
    assert (small.is_clear, large.is_clear) == (False, True)
    assert large.change.interval.low == pytest.approx(8.826, abs=0.3)
    assert large.change.interval.high == pytest.approx(31.174, abs=0.3)


def test_too_few_get_no_verdict_and_nobody_no_gap() -> None:
    few = gap(done(9, 9), done(0, 90))
    assert few is not None
    assert few.p_value < 0.001
    assert not few.is_clear
    assert gap(None, done(1, 2)) is None


def test_many_gaps_are_judged_together() -> None:
    clear, chance = gap(done(60, 100), done(40, 100)), gap(done(58, 100), done(44, 100))
    assert clear is not None
    assert chance is not None
    assert clear.is_clear
    assert chance.is_clear
    alone, other, nothing = together([clear, chance, None])
    assert nothing is None
    assert alone is not None
    assert other is not None
    assert alone.adjusted == pytest.approx(2 * clear.p_value)
    assert other.adjusted == chance.p_value
    nine = together([chance] * 9)
    assert [each.is_clear for each in nine if each] == [False] * 9
    assert all(each.is_clear for each in together([chance] * 9, method="bh") if each)


def test_p_values_adjusted_as_r_does() -> None:
    """``p.adjust(c(.01, .02, .03, .04, .05), …)`` of R."""
    p_values = [0.01, 0.02, 0.03, 0.04, 0.05]
    assert adjusted(p_values) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert adjusted(p_values, method="bh") == pytest.approx([0.05] * 5)
    assert adjusted([]) == []


def test_holm_keeps_the_chance_of_any_mistake(rng: np.random.Generator) -> None:
    mistakes = sum(min(adjusted(rng.random(12).tolist())) < 0.05 for _ in range(2_000))
    assert 0.035 < mistakes / 2_000 < 0.065


def test_the_smallest_change_and_how_many_it_needs() -> None:
    score = nps(500, 300, 200)
    assert spread_of(score) == pytest.approx(6_100)
    assert [answers_needed(6_100, points) for points in (5, -10)] == [3831, 958]
    assert detectable_change(6_100, 958) == pytest.approx(10.0, abs=0.005)
    assert detectable_change(6_100, 100, other_n=10_000) == pytest.approx(21.99, abs=0.01)
    for ask in (
        lambda: detectable_change(1, 0),
        lambda: answers_needed(1, 0),
        lambda: detectable_change(1, 9, power=1),
    ):
        with pytest.raises(ImpossiblePower):
            ask()


def test_a_change_of_that_size_is_noticed_four_times_in_five(rng: np.random.Generator) -> None:
    n, before = 400, np.array([0.4, 0.3, 0.3])
    step = detectable_change(10_000 * (0.7 - 0.1**2), n) / 200
    after = before + np.array([step, 0.0, -step])
    noticed, rounds = 0, 1_000
    for _ in range(rounds):
        found = gap(nps(*rng.multinomial(n, after)), nps(*rng.multinomial(n, before)))
        assert found is not None
        noticed += found.is_clear
    assert 0.76 <= noticed / rounds <= 0.85
