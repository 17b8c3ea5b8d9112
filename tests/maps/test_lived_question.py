"""From a map to its question: what matters to numbers, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from bound_map import SHOP, TWO_DAYS, a_step
from safar.maps.anatomy import Card, JourneyMap, Lane, LaneKind, Move, Promise, Stage, Step
from safar.maps.lived_question import CONTACTS, BindingUnreadable, lived_question
from safar.observe.promises import PromiseQuestion
from safar.observe.steps import StepRule


def a_map(*steps: Step, moves: str = "", **more: object) -> JourneyMap:
    """Return a map with moves written as ``a>b b>c``."""
    pairs = [pair.partition(">") for pair in moves.split()]
    return JourneyMap(
        stages=(Stage(stage_id="s", steps=steps),),
        moves=tuple(Move(source=source, target=target) for source, _, target in pairs),
        **more,  # type: ignore[arg-type]
    )


def test_steps_go_by_their_ids() -> None:
    question = lived_question(SHOP)
    assert [step.step_id for step in question.steps] == [step.step_id for step in SHOP.steps]
    assert question.steps[0].events is None
    assert question.steps[4].events == StepRule("pay", ("order_placed", "payment_failed"))
    assert question.steps[5].revenue is not None
    assert question.steps[5].revenue.channels == ("web",)
    assert question.pause == timedelta(days=30)
    conformance = question.conformance
    assert conformance is not None
    assert conformance.contacts == CONTACTS
    assert conformance.journey.starts == ("visit",)
    assert conformance.journey.ends == ("loyal",)
    (promise,) = question.steps[5].promises
    assert question.promise(promise) == PromiseQuestion(
        StepRule("begins", ("order_placed",)),
        StepRule("kept_by", ("order_delivered",)),
        timedelta(days=2),
        "order_id",
    )


def test_moves_through_unbound_steps_are_joined() -> None:
    document = a_map(
        a_step("dream"), a_step("a", "a"), a_step("x"), a_step("y"), a_step("b", "b"), a_step("c", "c"), a_step("end"),
        moves="dream>a a>x x>y y>b x>c c>a b>c c>end y>x dream>x",
    )  # fmt: skip
    question = lived_question(document)
    assert question.moves == (("a", "b"), ("a", "c"), ("b", "c"), ("c", "a"))
    assert question.starts == ("a", "b", "c")
    assert question.ends == ("c",)


def test_more_begins_and_ends_are_kept() -> None:
    begin = msgspec.structs.replace(a_step("b", "b"), can_begin=True, can_end=True)
    question = lived_question(a_map(a_step("a", "a"), begin, a_step("c", "c"), moves="a>b b>c"))
    assert (question.starts, question.ends) == (("a", "b"), ("b", "c"))


def test_texts_make_no_other_question() -> None:
    worded = msgspec.structs.replace(
        SHOP,
        name={"fa": "سفر خرید"},
        lanes=(Lane(lane_id="felt", kind=LaneKind.EMOTION),),
        cards=(Card(card_id="c", step_id="pay", lane_id="felt", emotion=1.0),),
        stages=(
            Stage(
                stage_id="other",
                steps=tuple(
                    msgspec.structs.replace(step, name={"fa": "گام"}, owner="x") for step in SHOP.steps
                ),
            ),
        ),
    )
    assert lived_question(worded) == lived_question(SHOP)
    assert hash(lived_question(worded)) == hash(lived_question(SHOP))
    assert lived_question(msgspec.structs.replace(SHOP, pause="7d")) != lived_question(SHOP)


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (a_step("s", "pay ["), "events"),
        (a_step("s", revenue=": x"), "revenue"),
        (a_step("s", cost="pay [amount >= lots]"), "cost"),
        (a_step("s", promises=(msgspec.structs.replace(TWO_DAYS, begins=""),)), "begins"),
        (a_step("s", promises=(msgspec.structs.replace(TWO_DAYS, kept_by="["),)), "kept_by"),
        (a_step("s", promises=(msgspec.structs.replace(TWO_DAYS, within="soon"),)), "within"),
        (a_step("s", promises=(Promise(promise_id="p", begins="a", kept_by="b", within="0d"),)), "within"),
    ],
)
def test_what_cannot_be_read_is_named(step: Step, field: str) -> None:
    with pytest.raises(BindingUnreadable) as refused:
        lived_question(a_map(a_step("fine", "pay"), step))
    assert (refused.value.context["step"], refused.value.context["field"]) == ("s", field)


def test_a_pause_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BindingUnreadable) as refused:
        lived_question(a_map(a_step("a", "a"), pause="a while"))
    assert (refused.value.context["step"], refused.value.context["field"]) == ("", "pause")
    assert lived_question(a_map(a_step("a", "a"), pause="")).pause is None


def test_without_events_nothing_is_asked_of_paths() -> None:
    question = lived_question(a_map(a_step("a"), a_step("b"), moves="a>b"))
    assert question.conformance is None
    assert (question.moves, question.starts, question.ends) == ((), (), ())
