"""What is at risk in the reader's words: how much, how sure, because of what, and that it is no proof."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.value.experience_names import EXPERIENCE_NAMES
from safar.explain.value_at_risk import MoneyEstimate, ValueAtRisk
from safar.show.locale import Locale

from .cells import Item
from .number_words import joined
from .scene import Scene


def risk_item(scene: Scene, risk: ValueAtRisk) -> Item:
    """Return what one bad experience puts at risk, leading to where all is said about it."""
    locale = scene.locale
    return Item(
        "number",
        locale.money(risk.at_risk.value, compact=True),
        _("At risk"),
        joined(risk_name(risk), interval_of(risk.at_risk, locale), evidence_name(risk)),
        risk_href(scene),
        tone="warn" if risk.at_risk.low.minor > 0 else "",
    )


def no_risk(scene: Scene, step_id: str) -> tuple[str, str]:
    """Return why a step that hurts has no amount at risk, in short and as a sentence; both empty where it has one."""
    reading = scene.reading(step_id)
    if reading is None or not reading.pains or (scene.risks or {}).get(step_id):
        return "", ""
    if scene.risks is None:
        return _("at risk: being worked out"), _("being worked out: look again in a moment")
    if step_id in scene.risks:
        return _("at risk: no loss shows"), _(
            "Those who had the bad experience of this step spent no less afterwards than others like them."
        )
    return _("at risk: unknown"), _(
        "Behaviour alone has no price. It is reckoned where events show a late delivery, a failed payment, a return, a"
        " search without results or a turn to support, and enough customers order."
    )


def risk_name(risk: ValueAtRisk) -> str:
    """Return what the experience is called."""
    return str(EXPERIENCE_NAMES.get(risk.experience, risk.experience))


def interval_of(amount: MoneyEstimate, locale: Locale) -> str:
    """Return the interval of an amount."""
    return filled(
        _("%(low)s to %(high)s"),
        low=locale.money(amount.low, compact=True),
        high=locale.money(amount.high, compact=True),
    )


def evidence_name(risk: ValueAtRisk) -> str:
    """Return whether it is an association alone."""
    return _("an association") if risk.evidence == "association" else _("supported by a change")


def risk_href(scene: Scene) -> str:
    """Return the page of value at risk."""
    return reverse(
        "value-kind", kwargs={"workspace_id": scene.workspace.workspace_id, "kind": "value_at_risk"}
    )
