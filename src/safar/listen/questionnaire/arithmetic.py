"""What is computed on the way: variables after the calculations of a page."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from .logic import REFERENCES, Facts, Value, holds, number_of, value_of

_DOES: Final[Mapping[str, Callable[[float, float], float]]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


def calculated(facts: Facts, page_id: str) -> Mapping[str, float | str]:
    """Return the variables after a page was left: its calculations in their order, each seeing those before it.

    What cannot be computed leaves the variable as it was: with something that was not answered, with a text that is no
    number, by zero, beyond what numbers reach.

    Examples
    --------
    >>> from safar.listen.questionnaire.anatomy import Calculation, Survey, Variable
    >>> survey = Survey(
    ...     variables=(Variable(name="points"),),
    ...     calculations=(Calculation(after="p", variable="points", does="add", value=2.0),),
    ... )
    >>> dict(calculated(Facts(survey, variables={"points": 1.0}), "p"))
    {'points': 3.0}
    """
    own = [each for each in facts.survey.calculations if each.after == page_id]
    if not own:
        return facts.variables
    variables = dict(facts.variables)
    for each in own:
        if each.variable not in variables:
            continue
        now = replace(facts, variables=variables)
        if holds(each.when, now):
            result = _result(variables[each.variable], each.does, operand(each.value, now))
            if result is not None:
                variables[each.variable] = result
    return variables


def operand(value: Value, facts: Facts) -> Value | None:
    """Return what a calculation takes: a number or a text as it stands, or what is named by ``question.q1``."""
    if isinstance(value, str) and value.startswith(REFERENCES):
        return value_of(value, facts)
    return value


def _result(own: Value, does: str, other: Value | None) -> Value | None:
    """Return the new value of a variable; None where there is none."""
    if does == "set":
        return other
    left, right = number_of(own), number_of(other)
    if left is None or right is None or (does == "divide" and right == 0):
        return None
    try:
        result = _DOES[does](left, right)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None
