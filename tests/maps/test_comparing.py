"""Two lived maps beside each other: by hand, and no difference where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bound_map import a_step
from builders import an_event, together
from logs import write
from safar.maps.anatomy import JourneyMap, Move, Promise, Stage
from safar.maps.comparing import MapsApart, compare_lived
from safar.maps.lived import LivedMap, lived_map
from safar.maps.lived_question import lived_question
from safar.maps.roll_up import roll_up
from safar.observe.time_text import window_of
from safar.store.log import Log
from safar.vocabulary.event import EventColumns
from safar.vocabulary.interval import difference, share
from safar.vocabulary.many_looks import ImpossibleRate

DOCUMENT = JourneyMap(
    stages=(
        Stage(
            stage_id="s",
            steps=(
                a_step("cart", "cart"),
                a_step(
                    "pay",
                    "pay",
                    question_keys=("csat_pay", "nps"),
                    promises=(Promise(promise_id="p", begins="pay", kept_by="got", within="1d"),),
                ),
                a_step("got", "got", question_keys=("csat_got",)),
            ),
        ),
    ),
    moves=(Move(source="cart", target="pay"), Move(source="pay", target="got")),
    pause="3d",
)


def a_month(
    month: str, customers: int, *, pays: float, satisfied: float, rng: np.random.Generator
) -> EventColumns:
    """Return customers of a month: all fill carts; some pay, get it in an hour, and say how it was."""
    events = []
    for number in range(customers):
        who, day = f"{month}-{number}", f"2026-{month}-{1 + number % 20:02d}"
        events.append(an_event("cart", f"{day}T09:00", customer=who))
        if rng.random() < pays:
            events.append(an_event("pay", f"{day}T10:00", customer=who))
            events.append(an_event("got", f"{day}T11:00", customer=who))
            value = 5 if rng.random() < satisfied else 1
            told = {
                "question_key": "csat_pay",
                "metric": "csat",
                "scale_min": 1,
                "scale_max": 5,
                "value": value,
            }
            events.append(an_event("survey_answered", f"{day}T12:00", customer=who, properties=told))
    return together(*events)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> tuple[LivedMap, ...]:
    """March; April, as March was; May, when fewer pay and they are less satisfied."""
    rng = np.random.default_rng(8)
    with Log.create(tmp_path_factory.mktemp("log") / "log") as log:
        write(log, a_month("03", 600, pays=0.6, satisfied=0.8, rng=rng))
        write(log, a_month("04", 600, pays=0.6, satisfied=0.8, rng=rng))
        write(log, a_month("05", 600, pays=0.4, satisfied=0.5, rng=rng))
        write(log, an_event("end", "2026-07-01"))
        return tuple(
            lived_map(log, lived_question(DOCUMENT, window=window_of(f"2026-{first}-01..2026-{last}-01")))
            for first, last in (("03", "04"), ("04", "05"), ("05", "06"))
        )


def test_what_fell_stands_out(months: tuple[LivedMap, ...]) -> None:
    march, _, may = months
    found = compare_lived(march, may)
    standing = {(each.step, each.number) for each in found.differences if each.stands_out}
    assert standing >= {("cart", "lost"), ("pay", "reach"), ("pay", "score"), ("pay", "said")}
    assert not standing & {("", "fitness"), ("pay", "kept"), ("cart", "retried")}
    lost = found.of("cart", "lost")
    assert lost is not None
    assert march.steps[0].lost is not None
    assert may.steps[0].lost is not None
    assert lost.difference == difference(may.steps[0].lost, march.steps[0].lost)
    assert lost.difference.value == pytest.approx(0.2, abs=0.08)
    score = found.of("pay", "score", "csat_pay · csat · 1-5")
    assert score is not None
    assert score.difference.value < -0.2


def test_what_stayed_does_not(months: tuple[LivedMap, ...]) -> None:
    march, april, _ = months
    assert not any(each.stands_out for each in compare_lived(march, april).differences)
    same = compare_lived(march, march)
    assert {each.difference.value for each in same.differences} == {0.0}
    assert {each.p_value for each in same.differences} == {1.0}


def test_each_reach_is_newcombes_difference(months: tuple[LivedMap, ...]) -> None:
    march, april, _ = months
    found = compare_lived(march, april).of("pay", "reach")
    assert found is not None
    sides = [share(each.steps[1].customers or 0, 600) for each in (march, april)]
    assert sides[0] is not None
    assert sides[1] is not None
    assert found.difference == difference(sides[1], sides[0])


def test_the_p_value_agrees_with_the_interval(months: tuple[LivedMap, ...]) -> None:
    march, _, may = months
    for each in compare_lived(march, may).differences:
        if each.difference.value:
            assert (each.p_value < 0.05) == (0 not in each.difference.interval)


def test_the_table_has_a_row_a_number(months: tuple[LivedMap, ...]) -> None:
    found = compare_lived(*months[:2])
    assert len(found.table) == len(found.differences) > 10
    assert [note.code for note in found.notes] == ["map.overlap"]


def test_other_designs_and_rates_are_refused(months: tuple[LivedMap, ...], tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        other = lived_map(log, lived_question(JourneyMap(stages=DOCUMENT.stages, pause="9d")))
    with pytest.raises(MapsApart, match="moves and pause"):
        compare_lived(months[0], other)
    with pytest.raises(ImpossibleRate):
        compare_lived(*months[:2], rate=1.0)


def test_a_nested_map_rolls_up(tmp_path: Path) -> None:
    def said(key: str, metric: str, value: int, customer: str) -> EventColumns:
        ends = (0, 10) if metric == "nps" else (1, 5)
        told = {
            "question_key": key,
            "metric": metric,
            "scale_min": ends[0],
            "scale_max": ends[1],
            "value": value,
        }
        return an_event("survey_answered", "2026-03-05", customer=customer, properties=told)

    with Log.create(tmp_path / "log") as log:
        write(
            log,
            a_month("03", 40, pays=1.0, satisfied=1.0, rng=np.random.default_rng(1)),
            said("csat_got", "csat", 2, "x"),
            said("nps", "nps", 3, "y"),
            an_event("end", "2026-07-01"),
        )
        found = roll_up(lived_map(log, lived_question(DOCUMENT)))
    assert found.customers == 40
    assert [(step, score.metric, score.question_key) for step, score in found.worst_scores] == [
        ("pay", "nps", "nps"),
        ("got", "csat", "csat_got"),
    ]
    assert found.worst_said is not None
    assert (found.worst_said[0], found.worst_said[1].value) == ("got", -1.0)
    assert [(step, promise.promise_id) for step, promise in found.promises] == [("pay", "p")]
    assert found.promises[0][1].kept is not None
    assert found.promises[0][1].kept.value == 1.0
