"""Forms of cases: filters of the queue, what is done to a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField, PageForm
from safar.doors.web.design.words import filled

from .models import Outcome, PriorityChoice
from .queries import CauseFacts, RuleFacts
from .thanking import Thanks
from .words import cause_name

#: Members to choose from: pairs of an address and a name.
Members = Sequence[tuple[str, str]]
_TEXT = {"rows": 3, "dir": "auto"}


class QueueForm(PageForm):
    """Filters of the queue."""

    which = forms.CharField(required=False, widget=forms.HiddenInput)
    rule = forms.ChoiceField(label=pgettext_lazy("of cases", "Rule"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    cause = forms.ChoiceField(label=_("Root cause"), required=False)

    def __init__(
        self, *args: Any, rules: Sequence[RuleFacts], causes: Sequence[CauseFacts], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        language = self.locale.language
        everything = ("", pgettext_lazy("filter", "All"))
        offered: dict[str, list[tuple[Any, Any]]] = {
            "rule": [(each.public_id, each.name) for each in rules],
            "priority": list(PriorityChoice.choices),
            "cause": [(each.public_id, cause_name(dict(each.names), language)) for each in causes],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [everything, *choices]  # type: ignore[attr-defined]


class OpenForm(PageForm):
    """A case that a member opens."""

    customer = forms.CharField(
        label=_("Id of the customer"), max_length=400, widget=forms.TextInput({"dir": "auto"})
    )
    text = forms.CharField(label=_("What it is about"), max_length=8000, widget=forms.Textarea(_TEXT))
    priority = forms.ChoiceField(
        label=_("Priority"), choices=PriorityChoice.choices, initial=PriorityChoice.NORMAL
    )
    due_hours = NumberField(label=_("Due after hours of working time"), least=1, most=2000, initial=8)
    event = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class CaseForm(PageForm):
    """One of the forms that stand on the page of a case: its fields have ids of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.removesuffix('Form').lower()}-%s", **kwargs)


class NoteForm(CaseForm):
    """A note, or what was said to the customer.

    Parameters
    ----------
    members
        Who can be asked.
    """

    text = forms.CharField(
        label=pgettext_lazy("at a case", "Note"), max_length=8000, widget=forms.Textarea(_TEXT)
    )
    mentions = forms.MultipleChoiceField(
        label=_("Ask somebody"), required=False, widget=forms.SelectMultiple({"size": 3})
    )
    is_message = forms.BooleanField(label=_("This was said to the customer"), required=False)

    def __init__(self, *args: Any, members: Members, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentions"].choices = list(members)  # type: ignore[attr-defined]


class OwnerForm(CaseForm):
    """Who has a case."""

    owner = forms.ChoiceField(label=pgettext_lazy("of a case", "Owner"), required=False)

    def __init__(self, *args: Any, members: Members, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Nobody")), *members]  # type: ignore[attr-defined]


class PriorityForm(CaseForm):
    """How urgent a case is."""

    priority = forms.ChoiceField(label=_("Priority"), choices=PriorityChoice.choices)


class ThanksForm(CaseForm):
    """What the customer of a case is thanked with."""

    def __init__(self, *args: Any, thanks: Thanks, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["thanks"] = thanks_field(thanks)


def thanks_field(thanks: Thanks) -> forms.CharField:
    """Return the field for words of thanks, in the customer's language, with the usual ones in it."""
    shown = {"rows": 4, "lang": thanks.language, "dir": thanks.direction}
    return forms.CharField(
        label=filled(gettext("What is said, in %(language)s"), language=thanks.language_name),
        required=False,
        max_length=2_000,
        initial=thanks.text,
        widget=forms.Textarea(shown),
    )


class CloseForm(CaseForm):
    """How a case ends.

    Parameters
    ----------
    causes
        Ids and names of the root causes that are offered.
    thanks
        What the customer may be thanked with by mail, in his language; None where that cannot be.
    """

    root_cause = forms.ChoiceField(
        label=_("What was behind it"),
        error_messages={"required": _("A case is closed with what was behind it.")},
    )
    outcome = forms.ChoiceField(
        label=_("How it ended"),
        choices=[("", _("Choose")), *Outcome.choices],
        error_messages={"required": _("Say how it ended for the customer.")},
    )
    text = forms.CharField(
        label=_("What was done"), required=False, max_length=8000, widget=forms.Textarea(_TEXT)
    )

    def __init__(
        self, *args: Any, causes: Sequence[tuple[str, str]], thanks: Thanks | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["root_cause"].choices = [("", _("Choose")), *causes]  # type: ignore[attr-defined]
        if thanks is not None:
            self.fields["is_thanked"] = forms.BooleanField(
                label=_("Thank the customer by mail"), required=False, initial=True
            )
            self.fields["thanks"] = thanks_field(thanks)


class ReopenForm(CaseForm):
    """Why a case is opened again."""

    text = forms.CharField(
        label=_("Why it is opened again"), required=False, max_length=8000, widget=forms.Textarea(_TEXT)
    )


class AgainForm(CaseForm):
    """In which survey a customer is asked again.

    Parameters
    ----------
    surveys
        Ids and names of those that are open.
    """

    survey = forms.ChoiceField(label=_("Survey"))

    def __init__(self, *args: Any, surveys: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].choices = list(surveys)  # type: ignore[attr-defined]
