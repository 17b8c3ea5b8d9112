"""The form of a rule: its rows or its text, and what its cases are like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import NumberField, PageForm

from .models import PriorityChoice
from .queries import RuleFacts
from .rule_rows import GROUPS, ROWS, Rows, RuleRow
from .rule_services import RuleDraft

_MOST_HOURS: Final = 2_000


class RuleForm(PageForm):
    """What a rule is called, and what its cases are like. When it opens one stands in rows or text beside.

    Parameters
    ----------
    members
        Who may be named: pairs of an address and a name.
    """

    name = forms.CharField(
        label=pgettext_lazy("of a rule", "Name"), max_length=120, widget=forms.TextInput({"dir": "auto"})
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=PriorityChoice.choices, initial=PriorityChoice.NORMAL
    )
    due_hours = NumberField(label=_("Due after hours of working time"), least=1, most=_MOST_HOURS, initial=8)
    quiet_days = NumberField(
        label=_("Days without a second case of the same customer"), least=0, most=3650, whole=True, initial=14
    )
    owner = forms.ChoiceField(
        label=pgettext_lazy("of a case", "Owner"),
        required=False,
        help_text=_(
            "Left open, it goes to who answers for the step, reads the customer's language, has the fewest cases."
        ),
    )
    team = forms.CharField(
        label=_("Team"), max_length=80, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    manager_hours = NumberField(
        label=_("Tell the managers so many hours of working time after it was due"),
        least=0,
        most=_MOST_HOURS,
        required=False,
    )
    owner_hours = NumberField(
        label=_("Tell the owners of the workspace so many hours after it was due"),
        least=0,
        most=_MOST_HOURS,
        required=False,
    )

    def __init__(self, *args: Any, members: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Whoever fits best")), *members]  # type: ignore[attr-defined]

    def draft(self, text: str) -> RuleDraft:
        """Return what the rule is to be."""
        found = self.cleaned_data
        levels = [(found["manager_hours"], "manager"), (found["owner_hours"], "owner")]
        return RuleDraft(
            found["name"],
            text,
            found["priority"],
            round(found["due_hours"] * 60),
            found["quiet_days"],
            found["owner"],
            found["team"],
            tuple((round(hours * 60), role) for hours, role in levels if hours is not None),
        )


def initial_of(rule: RuleFacts) -> dict[str, Any]:
    """Return what the form of a rule begins with."""
    hours = {role: minutes / 60 for minutes, role in rule.escalations}
    return {
        "name": rule.name,
        "priority": rule.priority,
        "due_hours": _whole(rule.due_minutes / 60),
        "quiet_days": rule.quiet_days,
        "owner": rule.owner_email,
        "team": rule.team,
        "manager_hours": _whole(hours.get("manager")),
        "owner_hours": _whole(hours.get("owner")),
    }


def rows_sent(sent: QueryDict | Mapping[str, str]) -> Rows:
    """Return the rows of a form as they were sent."""
    return tuple(
        tuple(
            RuleRow(
                str(sent.get(f"field-{group}-{row}", ""))[:40],
                str(sent.get(f"relation-{group}-{row}", ""))[:20],
                str(sent.get(f"value-{group}-{row}", ""))[:400],
            )
            for row in range(ROWS)
        )
        for group in range(GROUPS)
    )


def _whole(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number
