"""The form of what-if: what converts, which moves are edited and how, which steps are contacts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.doors.web.events.words import visible
from safar.observe.chain_edits import Edit, EditKind
from safar.observe.rule_text import rule_of
from safar.observe.what_if import WhatIfQuestion
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import CONVERSATION_STARTED

from .attribution_form import suggested_conversion
from .fields import RuleField, StepsField, only_these_steps
from .forms import QuestionForm
from .words import step_names

#: Edits that the form has rows for.
EDITS: Final = 3
#: In addresses for what is no step: the start of paths, the conversion, nothing more. No event is called so.
START, CONVERTED, NOTHING = "*start", "*converted", "*nothing"
_HOW: Final = (
    ("", pgettext_lazy("edit", "Move some elsewhere")),
    ("set", pgettext_lazy("edit", "Set its chance")),
    ("scale", pgettext_lazy("edit", "Scale its chance")),
)


class WhatIfForm(QuestionForm):
    """What converts, and what is edited. Each edit is a row of five fields: ``from1``, ``to1``, ``how1``, …"""

    conversion = RuleField(
        label=_("What is a conversion"),
        required=False,
        help_text=_("The name of an event, with conditions if you like: order_placed [channel = web]."),
    )
    contact = StepsField(
        label=_("Steps that are contacts with the company"),
        most=10,
        help_text=_("Names of steps, one a line: how often paths come to them is counted."),
    )
    step = only_these_steps()
    of_more: ClassVar = ("contact", "step", *QuestionForm.of_more)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        data: Any = self.data
        self.is_suggested = not data.getlist("contact")
        if not data.get("conversion"):
            data["conversion"] = suggested_conversion(self.known)
        if not data.getlist("contact") and not data.getlist("step"):
            data.setlist("contact", sorted(CONVERSATION_STARTED & set(self.known.present.names)))

    def _fill_in(self) -> None:
        """Add the rows of edits before the fields are filled in."""
        steps = self._steps()
        for number in range(1, EDITS + 1):
            asked = [str(self.data.get(f"{name}{number}", "")) for name in ("from", "to", "instead")]
            other = [
                (text, visible(text)) for text in asked if text and text not in {*dict(steps), *_NO_STEPS}
            ]
            sources = [("", pgettext_lazy("edit", "No edit")), (START, _NO_STEPS[START]), *steps, *other]
            ends = [(CONVERTED, _NO_STEPS[CONVERTED]), *steps, *other]
            nothing = ("", _NO_STEPS[NOTHING])
            self.fields |= {
                f"from{number}": forms.ChoiceField(label=_("From"), required=False, choices=sources),
                f"to{number}": forms.ChoiceField(label=_("To"), required=False, choices=[nothing, *ends]),
                f"how{number}": forms.ChoiceField(label=_("Edit"), required=False, choices=_HOW),
                f"much{number}": NumberField(
                    label=_("Percent"),
                    required=False,
                    least=Decimal(0),
                    most=Decimal(100_000),
                    help_text=_(
                        "Move: of those who make the move, how many go elsewhere. Set: its new chance. Scale: how much"
                        " of its chance remains, above 100 for more."
                    ),
                ),
                f"instead{number}": forms.ChoiceField(
                    label=_("Those moved go to"),
                    required=False,
                    choices=[("", _NO_STEPS[CONVERTED]), (NOTHING, _NO_STEPS[NOTHING]), *steps, *other],
                ),
            }
        super()._fill_in()

    def _steps(self) -> list[tuple[str, str]]:
        """Return the steps to choose from, each with its words: those of the rules, else the events of the log."""
        names = []
        texts = self.data.getlist("step") if hasattr(self.data, "getlist") else []
        for text in texts:
            try:
                names.append(rule_of(text).name)
            except Refusal:
                continue  # the field of the steps says so
        known = names or [name for name in self.known.present.names if visible(name) == name]
        return list(step_names(known).items())

    @property
    def own_fields(self) -> Any:
        """The fields of the kind's own but for the edits, which stand in rows."""
        return (self["conversion"],)

    @property
    def has_more(self) -> bool:
        """Whether the reader filled in any of the other fields."""
        return any(self.data.get(name) for name in self.of_more if name != "contact" or not self.is_suggested)

    @property
    def edit_rows(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """Each edit: its number, its fields, whether it is filled in."""
        names = ("from", "to", "how", "much", "instead")
        return [
            (
                self.locale.number(number),
                [self[f"{name}{number}"] for name in names],
                bool(self.data.get(f"from{number}")),
            )
            for number in range(1, EDITS + 1)
        ]

    def clean(self) -> Any:
        """Ask for what is missing: the conversion, the percent of an edit."""
        found = super().clean()
        if "conversion" not in self.errors and self.cleaned_data.get("conversion") is None:
            self.add_error(
                "conversion", forms.ValidationError(_("Say which event is a conversion."), code="missing")
            )
        for number in range(1, EDITS + 1):
            name = f"much{number}"
            if (
                self.cleaned_data.get(f"from{number}")
                and name not in self.errors
                and self.cleaned_data[name] is None
            ):
                self.add_error(name, forms.ValidationError(_("Say how many percent."), code="missing"))
        return found

    def question(self) -> WhatIfQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        return WhatIfQuestion(
            found["conversion"],
            found["step"],
            tuple(edit for number in range(1, EDITS + 1) if (edit := self._edit(number)) is not None),
            contacts=tuple(rule.name for rule in found["contact"]),
            window=scope.window,
            pause=scope.pause,
            among=scope.among,
        )

    def _edit(self, number: int) -> Edit | None:
        found = self.cleaned_data
        source = found[f"from{number}"]
        if not source:
            return None
        kind = EditKind(found[f"how{number}"] or "move")
        instead = None
        if kind is EditKind.MOVE:
            instead = self._place(found[f"instead{number}"] or CONVERTED)
        return Edit(
            None if source == START else source,
            self._place(found[f"to{number}"] or NOTHING),
            kind,
            float(found[f"much{number}"]) / 100,
            instead,
        )

    def _place(self, text: str) -> str | None:
        """Return where a move goes, as the library names it; an event that converts is the conversion."""
        conversion = self.cleaned_data["conversion"]
        is_plain = not conversion.channels and not conversion.where and not self.cleaned_data["step"]
        if text == CONVERTED or (is_plain and text in conversion.event_names):
            name: str = conversion.name
            return name
        return None if text == NOTHING else text


_NO_STEPS: Final[dict[str, Any]] = {
    START: pgettext_lazy("move", "The start of a path"),
    CONVERTED: pgettext_lazy("move", "The conversion"),
    NOTHING: pgettext_lazy("move", "Nothing more"),
}
