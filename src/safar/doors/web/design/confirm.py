"""What cannot be undone asks for the name of the thing to be typed, as a page of its own or in a dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from safar.vocabulary.text import fold

from .failures import is_part
from .forms import PageForm


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is about to happen.

    Attributes
    ----------
    title
        The act as a question: "Erase this customer?"
    sentences
        What will be gone, what will stay.
    expected
        What must be typed; empty when a plain press is enough.
    submit
        The words on the button: the act itself, never "OK".
    back
        Where "Cancel" leads.
    """

    title: str
    sentences: tuple[str, ...]
    expected: str
    submit: str
    back: str


class ConfirmForm(PageForm):
    """Takes the typed name. Digits and letters of any script that read alike are alike."""

    typed = forms.CharField(
        label=_("Type this to confirm"),
        strip=True,
        max_length=300,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "auto"}
        ),
    )

    def __init__(self, expected: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        if not expected:
            del self.fields["typed"]

    def clean_typed(self) -> str:
        """Compare what was typed with what is expected."""
        typed: str = self.cleaned_data["typed"]
        if fold(typed) != fold(self.expected):
            raise forms.ValidationError(
                _("This is not what is asked for. Nothing has been changed."), code="other"
            )
        return typed


def unconfirmed(request: HttpRequest, confirmation: Confirmation) -> HttpResponse | None:
    """Return the page that asks, as long as nobody has confirmed; None once somebody has."""
    form = ConfirmForm(confirmation.expected, request.POST if request.method == "POST" else None)
    return None if form.is_valid() else confirmation_page(request, confirmation, form)


def confirmation_page(request: HttpRequest, confirmation: Confirmation, form: ConfirmForm) -> HttpResponse:
    """Return the page that asks, or only its middle for a dialog; 422 when something else was typed."""
    template = "design/confirm_part.html" if is_part(request) else "design/confirm.html"
    context = {"confirmation": confirmation, "form": form}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)
