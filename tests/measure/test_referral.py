"""Referral: rate, chain, K and value by hand; the simulated company's share is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, paths, together
from logs import write
from safar.demo.parameters import parameters
from safar.measure.referral import Bringer, ReferralQuestion, ReferralRefused, referral
from safar.measure.referral_links import Links, earned_persons, links
from safar.store.log import Log
from safar.vocabulary.interval import wilson
from safar.vocabulary.window import Window


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def who(customer: str, at: str, **properties: str):
    return an_event("identify", at, customer=customer, properties=properties)


def test_who_brought_whom_by_hand(log: Log) -> None:
    """ali brings sara (by code) and reza (by id); sara brings mina; omid comes by a code of nobody, lale by herself."""
    write(
        log,
        together(
            paths(
                {
                    "ali": "order_placed 09:00 1000 USD",
                    "sara": "order_placed 10d 09:00 400 USD > order_placed 20d 09:00 100 USD",
                    "reza": "order_placed 12d 09:00 300 USD",
                    "mina": "order_placed 30d 09:00 200 USD",
                    "omid": "order_placed 31d 09:00 200 USD",
                    "lale": "order_placed 32d 09:00 600 USD > page 200d 09:00",
                },
                on="2026-01-01",
            ),
            an_event("referral_made", "2026-01-05", customer="ali", properties={"referral_code": "A1"}),
            an_event("referral_made", "2026-01-15", customer="sara", properties={"referral_code": "S1"}),
            who("sara", "2026-01-10", referral_code="A1"),
            who("reza", "2026-01-12", referred_by="ali"),
            who("mina", "2026-01-30", referral_code="S1"),
            who("omid", "2026-01-31", referral_code="X9"),
            who("ali", "2026-02-01", referred_by="mina"),  # a circle: mina came through him
        ),
    )
    found = referral(log, ReferralQuestion(within=timedelta(days=100)))
    assert found.referral_rate is not None
    assert (found.referral_rate.value, found.referral_rate.interval) == (5 / 6, wilson(5, 6))
    assert (found.referrals_made, found.referred, found.generations) == (2, 5, (2, 1))
    assert found.bringers == (Bringer("ali", 2, 3, 2), Bringer("sara", 1, 1, 1))
    assert found.k_factor is not None
    assert (found.k_factor.value, found.k_factor.n) == (3 / 6, 6)
    assert found.multiplier == 2.0
    assert found.value_others is None  # lale alone
    assert found.value_referred is not None
    assert found.value_referred.value == pytest.approx((5 + 3 + 2 + 2 + 10) / 5)
    assert [(note.code, dict(note.facts).get("count")) for note in found.notes][:2] == [
        ("referral.unknown_code", 1),
        ("referral.circular", 1),
    ]
    assert log.ids_of(earned_persons(log, ["referral"])) == log.ids_of(links(log).referred)


def test_only_the_window_is_counted(log: Log) -> None:
    write(
        log,
        together(
            paths(
                {"ali": "order_placed 09:00 1 USD", "sara": "order_placed 1d 09:00 1 USD > page 40d 09:00"}
            ),
            an_event("referral_made", "2026-03-21T10:00", customer="ali", properties={"referral_code": "A1"}),
            who("sara", "2026-03-22", referral_code="A1"),
        ),
    )
    day = Window.from_us(*(1_774_137_600_000_000 + place * 86_400_000_000 for place in (0, 1)))  # 22 March
    found = referral(log, ReferralQuestion(window=day, within=timedelta(days=10)))
    assert found.referral_rate is not None
    assert (found.referral_rate.value, found.referral_rate.n, found.referrals_made) == (1.0, 1, 0)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
def test_no_circle_is_left(pairs: list[tuple[int, int]]) -> None:
    found = Links.of(pairs)
    generation = found.generation()
    through = dict(zip(found.person.tolist(), found.by.tolist(), strict=True))
    assert set(generation) == set(through)
    for person, by in through.items():
        assert generation[person] == generation.get(by, 0) + 1
    assert sum(brought for brought, _, _ in found.chains().values()) == len(through)


def test_the_simulated_company_brings_as_many_as_planted(demo_folder: Path) -> None:
    """A tenth come through a friend where one is found; early customers have none, so a little fewer do."""
    with Log.open(demo_folder / "var/demo/workspaces/demo/log") as log:
        found = referral(log, ReferralQuestion()).referral_rate
    assert found is not None
    planted = parameters().referral.share
    # The company ends now, so it is another one each hour: a tenth is within the interval or above.
    assert 0.7 * planted < found.value
    assert found.interval.low < planted


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ReferralRefused, match="followed for"):
        ReferralQuestion(within=timedelta(0))
