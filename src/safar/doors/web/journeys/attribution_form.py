"""The form of attribution: what converts, what touches, for how long, and by which model it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.events.words import happening, visible
from safar.observe.attribution_question import AttributionQuestion, Model
from safar.observe.lines import AMOUNT
from safar.observe.rule_text import text_of
from safar.observe.steps import StepRule
from safar.observe.touches import BY_CHANNEL, BY_RULE
from safar.vocabulary.lifecycle import ORDER_PLACED

from .fields import DurationField, RuleField, StepsField
from .forms import QuestionForm
from .known import Known

_USUAL_LOOKBACK: Final = "30d"
_USUAL_HALF_LIFE: Final = "7d"
#: In addresses before the name of a property; what says that conversions are only counted.
_OF, _NOTHING = "of:", "count"
#: By what touches are called where the log has campaigns, as plain properties or as our collector and the Segment spec
#: put them into the context: these stand first among the properties.
_PLAIN_CAMPAIGNS: Final = ("utm_source", "utm_medium", "utm_campaign")
_CAMPAIGNS_IN_CONTEXT: Final = ("context.campaign.source", "context.campaign.medium", "context.campaign.name")

MODEL_NAMES: Final[dict[Model, Any]] = {
    Model.FIRST: pgettext_lazy("model", "First touch"),
    Model.LAST: pgettext_lazy("model", "Last touch"),
    Model.LAST_NON_DIRECT: pgettext_lazy("model", "Last not direct"),
    Model.LINEAR: pgettext_lazy("model", "All the same"),
    Model.POSITION: pgettext_lazy("model", "First and last most"),
    Model.DECAY: pgettext_lazy("model", "Later ones more"),
    Model.MARKOV: pgettext_lazy("model", "Markov removal"),
    Model.SHAPLEY: pgettext_lazy("model", "Shapley"),
    Model.SHAPLEY_RATE: pgettext_lazy("model", "Shapley of rates"),
}
USUAL_MODEL: Final = Model.MARKOV


def suggested_conversion(known: Known) -> str:
    """Return what converts where nobody says: an order, as the log calls it; empty where it has none."""
    names = tuple(sorted(ORDER_PLACED & set(known.present.names)))
    if len(names) < 2:
        return "".join(names)
    return text_of(StepRule(str(happening(names[0]).words), names))


def campaign_properties(names: Sequence[str]) -> list[str]:
    """Return the properties that say which campaign led here, of a log with properties of some names."""
    found = [name for name in _PLAIN_CAMPAIGNS if name in names]
    return [*found, *(_CAMPAIGNS_IN_CONTEXT if "context" in names else ())]


class AttributionForm(QuestionForm):
    """Which touches get credit."""

    conversion = RuleField(
        label=_("What is a conversion"),
        required=False,
        help_text=_("The name of an event, with conditions if you like: order_placed [channel = web]."),
    )
    by = forms.ChoiceField(label=_("Touches are told apart by"), required=False)
    model = forms.ChoiceField(
        label=_("Drawn by the model"),
        required=False,
        choices=[
            ("", MODEL_NAMES[USUAL_MODEL]),
            *((model.value, name) for model, name in MODEL_NAMES.items() if model is not USUAL_MODEL),
        ],
        help_text=_("All models are computed; they stand side by side below."),
    )
    lookback = DurationField(
        label=_("A touch counts for"),
        required=False,
        initial=_USUAL_LOOKBACK,
        help_text=_("So long before a conversion, such as 30d."),
    )
    worth = forms.ChoiceField(label=_("What a conversion is worth"), required=False)
    touch = StepsField(
        label=_("Only these are touches"),
        most=20,
        help_text=_("One a line; every event that is no conversion is a touch where nothing is written."),
    )
    half_life = DurationField(
        label=_("Half as much after"),
        required=False,
        initial=_USUAL_HALF_LIFE,
        help_text=_("For the model where later touches get more."),
    )
    joined = DurationField(
        label=_("Touches of one kind are one within"),
        required=False,
        help_text=_("Such as 30m; each event is a touch where nothing is written."),
    )
    # What is sent to customers is what conversions are credited to.
    events = None  # type: ignore[assignment] # Django takes the field away
    of_scope: ClassVar = ("period", "since", "until", "channel", "segment", "where")
    of_more: ClassVar = ("touch", "half_life", "joined", "since", "until", "channel", "segment", "where")
    of_showing: ClassVar = ("model",)
    pause = None  # type: ignore[assignment] # Django takes the field away

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.data.get("conversion"):
            self.data["conversion"] = suggested_conversion(self.known)  # type: ignore[index] # a QueryDict
        known = [name for name in self.known.present.properties if visible(name) == name]
        first = campaign_properties(known)
        asked = str(self.data.get("by", "")).removeprefix(_OF)
        names = dict.fromkeys([*first, *known, *([asked] if asked and asked != "rule" else [])])
        self.fields["by"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("touches by", "Channel")),
            ("rule", pgettext_lazy("touches by", "Which of the touches below they are")),
            (str(_("A property")), [(f"{_OF}{name}", name) for name in names]),
        ]
        worth = str(self.data.get("worth", "")).removeprefix(_OF)
        values = dict.fromkeys([*known, *([worth] if worth and worth != _NOTHING else [])])
        self.fields["worth"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("value", "Amount of money")),
            (_NOTHING, pgettext_lazy("value", "Nothing: they are only counted")),
            (str(_("A property")), [(f"{_OF}{name}", name) for name in values]),
        ]

    def clean(self) -> Any:
        """Ask for what converts where the log has no orders."""
        found = super().clean()
        if "conversion" not in self.errors and self.cleaned_data.get("conversion") is None:
            self.add_error(
                "conversion", forms.ValidationError(_("Say which event is a conversion."), code="missing")
            )
        return found

    @property
    def model_drawn(self) -> Model:
        """The model that the page draws."""
        return Model(self.cleaned_data["model"]) if self.cleaned_data["model"] else USUAL_MODEL

    def question(self) -> AttributionQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        by, worth = found["by"], found["worth"]
        value = AMOUNT if not worth else None if worth == _NOTHING else worth.removeprefix(_OF)
        return AttributionQuestion(
            found["conversion"],
            found["touch"],
            BY_CHANNEL if not by else BY_RULE if by == "rule" else by.removeprefix(_OF),
            value=value,
            lookback=found["lookback"] or timedelta(days=30),
            joined=found["joined"],
            half_life=found["half_life"] or timedelta(days=7),
            window=scope.window,
            among=scope.among,
        )
