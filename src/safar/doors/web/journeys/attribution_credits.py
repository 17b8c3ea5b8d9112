"""What the page Attribution shows of: the credits of the model that is drawn, their names, shares and money."""

from __future__ import annotations

from typing import Final

from django.utils.translation import pgettext

from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.observe.attribution import AttributionAnswer, Credit, Worth
from safar.observe.attribution_question import Model
from safar.observe.touches import BY_CHANNEL

from .attribution_form import AttributionForm
from .kind import Asked
from .words import share_with_interval

_LONGEST: Final = 40


def model_drawn(asked: Asked) -> Model:
    """Return the model that bars, credits and costs are shown by."""
    form = asked.form
    assert isinstance(form, AttributionForm)
    return form.model_drawn


def credits_drawn(asked: Asked) -> list[Credit]:
    """Return the credits of the model that is drawn, the largest first and the rarer ones together at the end."""
    found = asked.answer.of(model_drawn(asked)).values()
    return sorted(found, key=lambda credit: (credit.name is None, -credit.conversions))


def touch_name(asked: Asked, name: str | None) -> str:
    """Return what a touch is called; None stands for the rarer ones together."""
    if name is None:
        return pgettext("line", "Others")
    if asked.question.by == BY_CHANNEL:
        return channel_in_words(name)
    return cut(visible(name), _LONGEST) or pgettext("group", "without a value")


def cell_of(name: str | None, model: Model | None = None) -> dict[str, str | int | None]:
    """Return what leads to the customers behind a number of a touch."""
    return {"name": name} if model is None else {"name": name, "model": model.value}


def share_of(asked: Asked, credit: Credit) -> float:
    """Return which share of the conversions with a touch a credit is."""
    answer: AttributionAnswer = asked.answer
    return credit.conversions / (answer.conversions - answer.untouched)


def share_in_words(asked: Asked, credit: Credit) -> str:
    """Return the share of a credit, with its interval where the model has one."""
    if credit.share is not None:
        return share_with_interval(credit.share, asked.locale)
    return asked.locale.percent(share_of(asked, credit), decimals=1)


def costed(asked: Asked) -> list[tuple[Credit, Worth]]:
    """Return what has a cost, in the order of the touches."""
    return [
        (credit, worth) for credit in credits_drawn(asked) for worth in credit.worth if worth.cost is not None
    ]


def currencies_of(asked: Asked) -> list[str | None]:
    """Return the currencies of what conversions are worth, that of the workspace first."""
    found = {worth.currency for credit in asked.answer.credits for worth in credit.worth}
    return sorted(found, key=lambda each: (each != asked.workspace.currency, each or ""))
