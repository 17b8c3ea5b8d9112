"""The form of experiments: which one, what it was to move, for how long customers are watched."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.doors.web.events.words import happening
from safar.explain.experiments.group_sequential import Shape
from safar.explain.experiments.logged import ArmShare, ExperimentQuestion, LoggedMetric
from safar.explain.experiments.planned_looks import PlannedLooks
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import EXPERIMENT_VIEWED, ORDER_PLACED

from .form import ValueForm

#: Metrics of the question where no event is chosen: what the page calls them stands in `experiment_page`.
ORDERED: Final = "ordered"
ORDERS: Final = "orders"
REVENUE: Final = "revenue"
#: And those of a chosen event.
DID: Final = "did"
TIMES: Final = "times"
_USUAL_SHAPE: Final = "spending_obrien_fleming"
_MOST_LOOKS: Final = 10


class ExperimentForm(ValueForm):
    """Which experiment, and what it was to move."""

    name = forms.CharField(
        label=_("Experiment"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text=_("As its events name it; the one shown most where nothing is written."),
    )
    control = forms.CharField(
        label=_("Compared with the arm"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text=_("The first by name where nothing is written."),
    )
    planned = forms.CharField(
        label=_("What each arm was to get"),
        required=False,
        max_length=300,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "dir": "auto", "placeholder": "old 90; new 10"}
        ),
        help_text=_(
            "Where it was not the same for all, as with a hold-out: arms and their parts, such as: old 90; new 10"
        ),
    )
    event = forms.ChoiceField(label=_("What it was to move"), required=False)
    within = forms.ChoiceField(
        label=_("Customers are watched for"),
        required=False,
        choices=[
            ("", _("all the time there is")),
            ("7", _("7 days")),
            ("14", _("14 days")),
            ("28", _("28 days")),
            ("90", _("90 days")),
        ],
    )
    past = forms.ChoiceField(
        label=_("What they did before"),
        required=False,
        choices=[("", _("takes noise out (28 days)")), ("0", _("is not looked at"))],
    )
    looks = forms.ChoiceField(label=_("Looks planned before the start"), required=False)
    bound = forms.ChoiceField(
        label=_("Bounds of the looks"),
        required=False,
        choices=[
            ("", _("Strict at first, whenever one looks (O’Brien and Fleming)")),
            ("spending_pocock", _("Alike at each look, whenever one looks (Pocock)")),
            ("obrien_fleming", _("Strict at first, looks at equal distances (O’Brien and Fleming)")),
            ("pocock", _("Alike at each look, at equal distances (Pocock)")),
        ],
    )
    look = NumberField(
        label=_("Which look this is"),
        required=False,
        whole=True,
        least=1,
        help_text=_("Counted from 1. Leave it empty where the customers planned say how far it is."),
    )
    arm_size = NumberField(
        label=_("Customers each arm was to get in the end"),
        required=False,
        whole=True,
        least=1,
        help_text=_("Instead of which look this is: those there are by now say how far it is."),
    )
    of_scope = ("currency",)
    of_more = ("control", "planned", "looks", "bound", "look", "arm_size", "past", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("margin", "until"):
            self.fields.pop(name, None)
        names = [name for name in self.known.present.names if name not in EXPERIMENT_VIEWED]
        self.fields["looks"].choices = [  # type: ignore[attr-defined]
            ("", _("none: one reading at the end")),
            *((str(count), self.locale.number(count)) for count in range(2, _MOST_LOOKS + 1)),
        ]
        asked = str(self.data.get("event", ""))
        names += [asked] if asked and asked not in names else []
        self.fields["event"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("metric", "Orders and revenue")),
            *((name, happening(name).words) for name in names),
        ]

    def clean_planned(self) -> tuple[ArmShare, ...]:
        """Read the parts of arms: percent, or anything else that is to be divided."""
        parts: dict[str, float] = {}
        for told in filter(str.strip, re.split("[;؛\n]", self.cleaned_data["planned"])):
            arm, _space, part = told.strip().rpartition(" ")
            try:
                parts[arm.rstrip(" :=")] = float(parse_number(part.rstrip("%٪")))
            except Refusal:
                parts[""] = 0.0
        if "" in parts or any(part <= 0 for part in parts.values()) or len(parts) == 1:
            raise forms.ValidationError(
                _("Write each arm and the part it was to get, such as: old 90; new 10"), code="planned"
            )
        return tuple(ArmShare(arm, part / sum(parts.values())) for arm, part in parts.items())

    def clean(self) -> dict[str, Any]:
        """Check that planned looks say how far the experiment is, once."""
        found = super().clean()
        said = {name: self.cleaned_data.get(name) for name in ("looks", "look", "arm_size")}
        if any(name in self.errors for name in said):
            return found
        if not said["looks"]:
            if said["look"] or said["arm_size"]:
                self.add_error("looks", _("Say how many looks were planned."))
        elif not said["look"] and not said["arm_size"]:
            self.add_error(
                "look", _("Say which look this is, or how many customers each arm was to get in the end.")
            )
        elif said["look"] and said["arm_size"]:
            self.add_error(
                "arm_size",
                _("Fill in one of the two: which look this is, or how many customers were planned."),
            )
        elif said["look"] and said["look"] > int(said["looks"]):
            count = int(said["looks"])
            words = ngettext("%(count)s look was planned.", "%(count)s looks were planned.", count)
            self.add_error("look", words % {"count": self.locale.number(count)})
        return found

    @property
    def planned_looks(self) -> PlannedLooks | None:
        """The looks that were planned; None for one reading at the end."""
        found = self.cleaned_data
        if not found["looks"]:
            return None
        shape = cast("Shape", found["bound"] or _USUAL_SHAPE)
        return PlannedLooks(int(found["looks"]), shape, found["look"], found["arm_size"])

    @property
    def metrics(self) -> tuple[LoggedMetric, ...]:
        """What is compared."""
        event = self.cleaned_data["event"]
        if event:
            return (LoggedMetric(DID, (event,)), LoggedMetric(TIMES, (event,), "how_many"))
        orders = tuple(sorted(ORDER_PLACED))
        return (
            LoggedMetric(ORDERED, orders),
            LoggedMetric(ORDERS, orders, "how_many"),
            LoggedMetric(REVENUE, orders, "amount"),
        )

    def question(self) -> ExperimentQuestion:
        """Return the question."""
        found = self.cleaned_data
        metrics = self.metrics
        return ExperimentQuestion(
            found["name"].strip(),
            found["control"].strip(),
            metrics,
            metrics[0].name,
            found["planned"],
            within_days=float(found["within"]) if found["within"] else None,
            before_days=0.0 if found["past"] else 28.0,
            currency=found["currency"] or None,
            looks=self.planned_looks,
        )
