"""Equal to Retentioneering and PM4Py on real logs, but for definitions that docs/concepts/differences.md explains.

Their numbers were computed once by ``benchmarks/peers/journey_goldens.py`` and are kept under ``goldens``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from real_paths import real_paths
from safar.observe.among import Among
from safar.observe.conditions import Condition
from safar.observe.flow import FlowQuestion, flow
from safar.observe.funnel import FunnelQuestion, funnel
from safar.observe.step_matrix import StepMatrixQuestion, step_matrix
from safar.observe.steps import StepRule
from safar.observe.variants import VariantsQuestion, variants
from safar.store.log import Log

pytestmark = pytest.mark.data

EVER = timedelta(days=100_000)
SECOND = timedelta(seconds=1)
GOLDENS = Path(__file__).with_name("goldens")
FUNNELS = [
    ("product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"),
    ("home", "catalog", "product_view", "add_to_cart", "purchase"),
    ("search", "search", "product_view", "product_view", "purchase"),
    ("catalog", "support_chat"),
]


@cache
def golden(name: str) -> dict[str, Any]:
    return json.loads((GOLDENS / f"{name}.json").read_text())


def steps_of(names: tuple[str, ...]) -> tuple[StepRule, ...]:
    return tuple(StepRule(f"{place} {name}", (name,)) for place, name in enumerate(names))


@pytest.fixture(scope="module", params=["session", "user"])
def ecom(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Log, dict[str, Any]]]:
    """The shop's log, each session or each user as one path, beside what Retentioneering says."""
    name = {"session": "ecom", "user": "ecom_users"}[request.param]
    with real_paths(name, shared_data, tmp_path_factory.mktemp(name)) as log:
        yield log, golden("ecom_retentioneering")[request.param]


def test_the_transition_matrix_of_retentioneering(ecom: tuple[Log, dict[str, Any]]) -> None:
    log, said = ecom
    answer = flow(log, FlowQuestion())
    outgoing: dict[str | None, int] = {}
    for edge in answer.edges:
        outgoing[edge.source] = outgoing.get(edge.source, 0) + edge.count
    found = {
        (edge.source, edge.target): (
            edge.count,
            edge.customers,
            round(edge.count / outgoing[edge.source], 12),
        )
        for edge in answer.edges
    }
    assert found == {
        (source, target): (count, paths, share) for source, target, count, paths, share, _ in said["edges"]
    }
    gaps = {(edge.source, edge.target): edge.median_gap for edge in answer.edges}
    for source, target, *_, median in said["edges"]:
        # it gives starts and ends a gap of nothing, we give them none
        is_inner = source is not None and target is not None
        assert gaps[source, target] == (median * SECOND if is_inner else None)
        assert is_inner or median == 0


@pytest.mark.parametrize("place", range(len(FUNNELS)))
def test_the_funnels_of_retentioneering_know_no_time(ecom: tuple[Log, dict[str, Any]], place: int) -> None:
    log, said = ecom
    listed = said["funnels"][place]
    assert tuple(each["step"] for each in listed) == FUNNELS[place]
    steps = steps_of(FUNNELS[place])
    found = funnel(log, FunnelQuestion(steps, EVER)).steps
    assert [step.count for step in found] == [each["unique_paths"] for each in listed]
    for step, each in zip(found[1:], listed[1:], strict=True):
        rate = step.step_conversion_rate
        assert rate is not None
        assert rate.value == pytest.approx(each["step_conversion_rate"], rel=1e-12)
    # its other rate is of all paths, ours of those that did the first step
    paths = flow(log, FlowQuestion()).paths
    assert [each["conversion_rate"] for each in listed] == pytest.approx(
        [step.count / paths for step in found], rel=1e-12
    )


def test_the_funnels_of_two_segments_of_retentioneering(ecom: tuple[Log, dict[str, Any]]) -> None:
    log, said = ecom
    for place, platform in enumerate(("mobile", "desktop"), start=1):
        among = Among(where=(Condition("platform", values=(platform,)),))
        found = funnel(log, FunnelQuestion(steps_of(FUNNELS[0]), EVER, among=among)).steps
        listed = [each[f"funnel{place}_unique_paths"] for each in said["funnel_difference"]]
        assert [step.count for step in found] == listed


def test_within_a_day_fewer_users_come_through(shared_data: Path, tmp_path: Path) -> None:
    said = golden("ecom_retentioneering")["user"]["funnels"][1]
    with real_paths("ecom_users", shared_data, tmp_path) as log:
        found = funnel(log, FunnelQuestion(steps_of(FUNNELS[1]), timedelta(days=1))).steps
    assert [each["unique_paths"] for each in said] == [586, 579, 571, 454, 231]
    # counted by trying every start of every user, in plain Python
    assert [step.count for step in found] == [586, 547, 494, 199, 39]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        (StepMatrixQuestion(10), "step_matrix"),
        (
            StepMatrixQuestion(4, anchor=StepRule("add_to_cart", ("add_to_cart",))),
            "step_matrix_around_add_to_cart",
        ),
    ],
    ids=["from the start", "around a step"],
)
def test_the_step_matrices_of_retentioneering(
    ecom: tuple[Log, dict[str, Any]], question: StepMatrixQuestion, kept: str
) -> None:
    log, said = ecom
    answer = step_matrix(log, question)
    places = {int(position): place for place, position in enumerate(said[kept]["steps"])}
    shares = said[kept]["shares"]
    found = {(cell.position, cell.step): cell.share.value for cell in answer.cells}
    assert set(answer.steps) | {"path_start", "path_end"} >= {
        name for name, row in shares.items() if any(row)
    }
    for position in answer.positions:
        told = {name: row[places[position]] for name, row in shares.items()}
        # what has ended and what has not begun are one there, and two with it
        told_nowhere = told.pop("path_start") + told.pop("path_end")
        assert found[position, None] == pytest.approx(told_nowhere, abs=1e-9)
        assert {name: found[position, name] for name in answer.steps} == pytest.approx(
            {name: told[name] for name in answer.steps}, abs=1e-9
        )


@pytest.mark.parametrize("name", ["running_example", "receipt", "incident_itsm", "ecom"])
def test_the_directly_follows_graph_and_the_variants_of_pm4py(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    said = golden("process_logs_pm4py")[name]
    with real_paths(name, shared_data, tmp_path) as log:
        answer = flow(log, FlowQuestion())
        top = variants(log, VariantsQuestion(20))
    edges = [edge for edge in answer.edges if edge.source is not None and edge.target is not None]
    assert {(edge.source, edge.target): edge.count for edge in edges} == {
        (source, target): count for source, target, count, _ in said["edges"]
    }
    medians = {(source, target): median for source, target, _, median in said["edges"]}
    for edge in edges:
        assert edge.median_gap is not None
        assert edge.median_gap / SECOND == pytest.approx(medians[edge.source, edge.target], abs=1e-6)
    assert {edge.target: edge.count for edge in answer.starts} == said["starts"]
    assert {edge.source: edge.count for edge in answer.ends} == said["ends"]
    assert top.different == said["variants"]
    assert [each.count for each in top.variants] == [count for _, count in said["top_variants"]]
    least = top.variants[-1].count
    more = {each.steps: each.count for each in top.variants if each.count > least}
    assert more == {tuple(steps): count for steps, count in said["top_variants"] if count > least}
