"""Forms of webhooks."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import PageForm, SwitchInput

from .services import KINDS

KIND_NAMES: Final[dict[str, Promise | str]] = {
    "response.completed": _("A survey was answered"),
    "case.opened": _("A case was opened"),
    "case.closed": _("A case was closed"),
    "case.escalated": _("A case was escalated"),
    "score.alert": _("A score left its interval"),
    "persona.drifted": _("The members of a persona live otherwise than described"),
    "comment.labelled": _("A comment was labelled"),
    "ping": _("A test message"),
}


class WebhookForm(PageForm):
    """Where is told what.

    Parameters
    ----------
    may_consent
        Whether the reader may let it lead into a private network.
    """

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput({"dir": "ltr", "autocomplete": "off", "placeholder": "https://"}),
    )
    kinds = forms.MultipleChoiceField(label=_("What is told"), widget=forms.CheckboxSelectMultiple)
    allows_private = forms.BooleanField(
        label=_("It may lead into a private network"),
        required=False,
        help_text=_(
            "Only with this can Safar send to machines that the internet does not reach. An owner decides."
        ),
    )
    is_on = forms.BooleanField(label=_("On"), required=False, widget=SwitchInput)

    def __init__(self, *args: Any, may_consent: bool, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind, KIND_NAMES[kind]) for kind in KINDS]  # type: ignore[attr-defined]
        if not may_consent:
            del self.fields["allows_private"]
        if is_new:
            del self.fields["is_on"]
