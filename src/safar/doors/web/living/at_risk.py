"""What is at risk at the steps of a map: bad experiences, each at the step whose events show it.

They are judged over all that the log has, not over the period of the sheet: what is lost shows in the months after.
That takes a while, so a sheet shows what was found last, and the next answer is begun behind its back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from safar.doors.web.design.answers import answer_behind
from safar.doors.web.homes import current_home
from safar.explain.occasions import Experience
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_at_risk import (
    MoneyEstimate,
    ValueAtRisk,
    ValueAtRiskAnswer,
    ValueAtRiskQuestion,
    value_at_risk,
)
from safar.maps.lived_question import LivedQuestion
from safar.observe.executors import shared_executor
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

#: An answer is looked for anew after so long.
_REST_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class RiskAtStep:
    """What a bad experience puts at risk over the whole span, and what halving it would bring in a year."""

    found: ValueAtRisk
    halved_in_a_year: MoneyEstimate


Risks = Mapping[str, tuple[RiskAtStep, ...]]


def risks_of(workspace: Workspace, question: LivedQuestion) -> Risks | None:
    """Return what is at risk by step of a map, the most expensive first; None while that is being worked out.

    A step of which a bad experience was judged and no loss shows has an empty answer; others without one have none.
    """
    log = current_home().log(workspace.workspace_id)
    rules = {step.step_id: step.events for step in question.steps if step.events is not None}
    found: dict[str, list[RiskAtStep]] = {}
    is_known = True
    for at in usual_steps(log.present().names).values():
        places = {each.name: _step_of(each, at.step, rules) for each in at.experiences}
        if not any(places.values()):
            continue
        asked = ValueAtRiskQuestion(replace(at, among=question.among))
        kept = answer_behind(workspace.workspace_id, log, _answered, asked, seconds=_REST_SECONDS)
        if kept is None:
            is_known = False
            continue
        answer = kept.answer
        for each in answer.risks if answer is not None else ():
            step = places[each.experience]
            if answer is None or not step:
                continue
            of_step = found.setdefault(step, [])
            if each.at_risk.value.minor > 0:
                of_step.append(RiskAtStep(each, answer.halved_in_a_year(each.experience)))
    if not is_known and not any(found.values()):
        return None
    return {
        step: tuple(sorted(each, key=lambda one: -one.found.at_risk.value.minor))
        for step, each in found.items()
    }


def _answered(log: Log, question: ValueAtRiskQuestion) -> ValueAtRiskAnswer | None:
    """Answer; None where the library refuses: nobody ordered, too few went through it."""
    try:
        return value_at_risk(log, question, executor=shared_executor())
    except Refusal:
        return None


def _step_of(experience: Experience, occasion: StepRule, rules: Mapping[str, StepRule]) -> str:
    """Return the step at which an experience is shown, else where it can be had, else of its occasion; "" for none."""
    for where in (experience.shown_by, experience.among, occasion):
        for step, rule in rules.items():
            if where is not None and set(where.event_names) & set(rule.event_names):
                return step
    return ""
