"""Without planned looks: whether an experiment may be stopped, or how many more customers it would take."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Finding
from safar.doors.web.journeys.words import between
from safar.explain.experiments.experiment import ArmResult
from safar.explain.experiments.logged import ExperimentAnswer

#: A difference so small that it takes more than so many times the customers is not waited for.
_MOST_TIMES: Final = 10.0


def times_as_many(result: ArmResult) -> float:
    """Return how many times the customers it takes until a difference like the one measured is beyond doubt.

    Both the smallest difference that is found eight times in ten and the half width of the always-valid interval
    shrink about as the root of the number of customers.

    Returns
    -------
    float
        1 or more; infinite where no difference was measured.
    """
    measured = abs(result.best.absolute.value)
    ends = result.always_valid.absolute.interval
    needed = max(result.detectable, (ends.high - ends.low) / 2)
    return max((needed / measured) ** 2, 1.0) if measured else math.inf


def stop_or_go_on(asked: Asked, said: Callable[..., str]) -> Finding:
    """Return whether to stop or to go on, of the metric that decides and the arm that is nearest to it.

    Parameters
    ----------
    said
        Puts a difference of a metric into words: of the question, the metric and the number.
    """
    answer: ExperimentAnswer = asked.answer
    locale = asked.locale
    of_deciding = [each for each in answer.result.results if each.metric == answer.deciding]
    one = min(of_deciding, key=lambda each: (each.always_valid.p_value, times_as_many(each)))
    ends = one.always_valid.absolute.interval
    interval = between(said(asked, one.metric, ends.low), said(asked, one.metric, ends.high), locale)
    if ends.low > 0 or ends.high < 0:
        words = _(
            "You may stop: the interval of “%(arm)s” that holds however often one looks leaves zero out (%(interval)s)."
        )
        return Finding(filled(words, arm=one.arm, interval=interval))
    customers = sum(answer.result.arms.values())
    times = times_as_many(one)
    if times > _MOST_TIMES:
        words = _(
            "Stopping now decides nothing: the interval of “%(arm)s” that holds however often one looks reaches over"
            " zero (%(interval)s). The difference is so small that going on would take more than ten times the"
            " customers; a true one of %(detectable)s would mostly have been seen by now."
        )
        detectable = said(asked, one.metric, one.detectable, signed=False)
        return Finding(filled(words, arm=one.arm, interval=interval, detectable=detectable))
    more = max(math.ceil((times - 1) * customers), 1)
    words = ngettext(
        "Go on: the interval of “%(arm)s” that holds however often one looks reaches over zero (%(interval)s). To tell"
        " a difference like the one measured from chance, about %(count)s more customer is needed.",
        "Go on: the interval of “%(arm)s” that holds however often one looks reaches over zero (%(interval)s). To tell"
        " a difference like the one measured from chance, about %(count)s more customers are needed.",
        more,
    )
    sentence = filled(words, arm=one.arm, interval=interval, count=locale.number(more))
    if answer.shown_over_days >= 1:
        days = max(math.ceil(more * answer.shown_over_days / customers), 1)
        words = ngettext(
            "At the present pace that takes about %(count)s more day.",
            "At the present pace that takes about %(count)s more days.",
            days,
        )
        sentence = f"{sentence} {filled(words, count=locale.number(days))}"
    return Finding(sentence)
