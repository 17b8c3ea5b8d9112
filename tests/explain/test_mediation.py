"""Mediation: as a peer computes it, and what is planted is found."""

from __future__ import annotations

import numpy as np
import pytest

from safar.explain import mediation
from safar.explain.columns import TooFewRows
from safar.vocabulary.answer import Note

#: Covariances of pingouin's data set ``mediation`` (100 rows): X, M, Y. All that least squares reads of it.
COVARIANCES = np.array(
    [
        [3.04030303, 1.70565657, 1.20434343],
        [1.70565657, 3.61656566, 2.36585859],
        [1.20434343, 2.36585859, 4.15868687],
    ]
)


def with_covariances(wanted: np.ndarray, n: int) -> np.ndarray:
    """Return rows with just these covariances."""
    raw = np.random.default_rng(42).normal(size=(n, len(wanted)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return white @ np.linalg.cholesky(wanted).T


def test_as_pingouin_computes_it() -> None:
    """pingouin 0.7.0, mediation_analysis: a, total, direct, indirect with their errors.

    Its ``b`` is that of a line without X (0.6542); here it is that beside X, whose product with a is the indirect part.
    """
    x, m, y = with_covariances(COVARIANCES, 100).T
    found = mediation.fit(x, m, y)
    assert [round(each.value, 4) for each in (found.a, found.total, found.direct, found.indirect)] == [
        0.5610,
        0.3961,
        0.0396,
        0.3565,
    ]
    errors = {name: round(error, 4) for name, error in found.standard_errors.items()}
    assert {name: errors[name] for name in ("a", "total", "direct")} == {
        "a": 0.0945,
        "total": 0.1112,
        "direct": 0.1096,
    }
    assert COVARIANCES[1, 2] / COVARIANCES[1, 1] == pytest.approx(0.6542, abs=5e-5)
    assert found.a.value * found.b.value == pytest.approx(found.indirect.value)
    assert found.direct.value + found.indirect.value == pytest.approx(found.total.value)
    assert 0.15 < found.indirect.interval.low < 0.30
    assert 0.45 < found.indirect.interval.high < 0.60


def a_shop(n: int, seed: int, *, mood: float = 0.0) -> tuple[np.ndarray, ...]:
    """Late parcels cost 2 directly and 1.5 points of satisfaction, each worth 4; remote people are late and poor."""
    rng = np.random.default_rng(seed)
    remote = rng.random(n) < 0.4
    late = rng.random(n) < np.where(remote, 0.5, 0.15)
    hidden = rng.normal(size=n)
    csat = 4 - 1.5 * late - 0.3 * remote + mood * hidden + rng.normal(size=n)
    spent = 20 - 2 * late - 6 * remote + 4 * csat + 4 * mood * hidden + rng.normal(0, 5, n)
    return late.astype(float), csat, spent, remote


def test_parts_are_found_beside_what_was_known_before() -> None:
    late, csat, spent, remote = a_shop(20_000, 1)
    found = mediation.fit(late, csat, spent, known={"remote": remote}, resamples=100)
    for part, truth in {"a": -1.5, "b": 4, "direct": -2, "indirect": -6, "total": -8, "share": 0.75}.items():
        assert getattr(found, part).value == pytest.approx(truth, rel=0.06)
    naive = mediation.fit(late, csat, spent, resamples=20)
    assert naive.total.value < -10


def test_parts_of_different_signs_have_no_share() -> None:
    late, csat, spent, remote = a_shop(2_000, 5)
    repaired = spent + 5 * late  # a voucher for each late parcel: +3 directly, −6 through satisfaction
    found = mediation.fit(late, csat, repaired, known={"remote": remote}, resamples=50)
    assert (found.direct.value > 0, found.indirect.value < 0) == (True, True)
    assert found.share is None
    assert found.notes == (Note.of("mediation.no_share"), Note.of("mediation.assumption"))
    assert found.table.column("effect")[-1] is None
    plain = mediation.fit(late, csat, spent, known={"remote": remote}, resamples=50)
    assert plain.share is not None
    assert plain.share.value == plain.indirect.value / plain.total.value
    assert plain.notes == (Note.of("mediation.assumption"),)


def test_intervals_cover() -> None:
    covered = 0
    for seed in range(60):
        late, csat, spent, remote = a_shop(250, 100 + seed)
        found = mediation.fit(late, csat, spent, known={"remote": remote}, resamples=200, level=0.9)
        covered += -6 in found.indirect.interval
    assert covered / 60 == pytest.approx(0.9, abs=0.09)


def test_a_hidden_mood_enlarges_the_indirect_part_and_is_warned_of() -> None:
    late, csat, spent, remote = a_shop(20_000, 2, mood=1.0)
    found = mediation.fit(late, csat, spent, known={"remote": remote}, resamples=20)
    assert found.indirect.value < -8
    assert found.total.value == pytest.approx(-8, abs=0.6)
    assert found.notes == (Note.of("mediation.no_share"), Note.of("mediation.assumption"))
    assert 0.4 < found.hidden_correlation < 0.9


def test_gaps_customers_and_too_few() -> None:
    late, csat, spent, _ = a_shop(400, 3)
    csat[:50] = np.nan
    found = mediation.fit(late, csat, spent, customers=np.arange(400) // 2, resamples=50)
    assert (found.n, found.notes[0]) == (350, Note.of("mediation.incomplete", count=50))
    assert found.table.column("part") == ["a", "b", "total", "direct", "indirect", "share"]
    with pytest.raises(TooFewRows):
        mediation.fit(late[:20], csat[:20], spent[:20])
