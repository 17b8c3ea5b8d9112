"""The form of next best action: what counts as having worked, and for how long."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.act.action_values import NextBestActionQuestion
from safar.act.decided_outcomes import Counted
from safar.doors.web.events.words import happening
from safar.vocabulary.lifecycle import ACTION_DECIDED

from .form import ValueForm

COUNTED_NAMES = {
    "any": _("Whether it happens"),
    "how_many": _("How many times"),
    "amount": _("Their amounts"),
}


class NextBestActionForm(ValueForm):
    """What a decision was to bring."""

    event = forms.ChoiceField(label=_("What counts"), required=False)
    within = forms.ChoiceField(
        label=_("Within"),
        required=False,
        choices=[
            ("1", _("1 day")),
            ("3", _("3 days")),
            ("", _("7 days")),
            ("14", _("14 days")),
            ("28", _("28 days")),
            ("90", _("90 days")),
        ],
    )
    counted = forms.ChoiceField(
        label=_("What of it"),
        required=False,
        choices=[("", COUNTED_NAMES["any"]), *list(COUNTED_NAMES.items())[1:]],
    )
    of_scope = ("currency",)
    of_more = ("currency",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "until"):
            self.fields.pop(name, None)
        names = [name for name in self.known.present.names if name not in ACTION_DECIDED]
        asked = str(self.data.get("event", ""))
        names += [asked] if asked and asked not in names else []
        self.fields["event"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("metric", "Orders")),
            *((name, happening(name).words) for name in names),
        ]

    def question(self) -> NextBestActionQuestion:
        """Return the question."""
        found = self.cleaned_data
        return NextBestActionQuestion(
            (found["event"],) if found["event"] else (),
            float(found["within"] or 7),
            cast("Counted", found["counted"] or "any"),
            found["currency"] or None,
        )
