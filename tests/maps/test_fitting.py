"""A template beside a log: bindings that the log can answer stay, those that would read as nobody go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builders import a_path, an_event, together
from logs import write
from safar.maps.fitting import fitted
from safar.maps.templates import template
from safar.store.log import Log


@contextmanager
def a_log(folder: Path, path: str = "") -> Iterator[Log]:
    with Log.create(folder / "log") as log:
        if path:
            write(log, together(a_path(path)))
        yield log


def test_an_empty_log_says_nothing_about_what_will_come(tmp_path: Path) -> None:
    with a_log(tmp_path) as log:
        assert fitted(template("online_shop"), log) == template("online_shop")


def test_what_the_log_does_not_have_is_not_measured(tmp_path: Path) -> None:
    with a_log(tmp_path, "order_placed 09:00 > order_returned 10:00") as log:
        steps = {step.step_id: step.binding for step in fitted(template("online_shop"), log).steps}
    assert {name: each.events for name, each in steps.items() if each.events} == {"return": "order_returned"}
    assert {name: each.revenue for name, each in steps.items() if each.revenue} == {
        "order": "order_placed, order_completed"
    }
    assert {name: each.cost for name, each in steps.items() if each.cost} == {"return": "order_returned"}
    assert [each.promises for each in steps.values() if each.promises] == []
    assert steps["delivered"].question_keys == ("csat_delivery", "csat_product"), "answers may come"


def test_questions_that_nobody_answered_go_where_others_were(tmp_path: Path) -> None:
    with a_log(tmp_path, "order_placed 09:00 > order_returned 10:00") as log:
        answer = {"metric": "csat", "question_key": "csat_delivery", "value": 4, "scale": "1-5"}
        write(log, together(an_event("survey_answered", "2026-03-05", customer="c", properties=answer)))
        steps = {step.step_id: step.binding for step in fitted(template("online_shop"), log).steps}
    assert {name: each.question_keys for name, each in steps.items() if each.question_keys} == {
        "delivered": ("csat_delivery",)
    }
