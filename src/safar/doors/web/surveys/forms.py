"""Forms of surveys that are no parts of one: a new survey, a survey that comes as a file, publishing."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import DropInput, PageForm
from safar.doors.web.design.reader import LANGUAGE_NAMES

_TEXT: Final = {"autocomplete": "off", "dir": "auto"}


class NewSurveyForm(PageForm):
    """What a new survey is called, and in which languages it is written."""

    name = forms.CharField(
        label=pgettext_lazy("of a survey", "Name"), max_length=200, widget=forms.TextInput(_TEXT)
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        widget=forms.CheckboxSelectMultiple,
        choices=list(LANGUAGE_NAMES.items()),
        help_text=_("Others can be added in its settings."),
    )


class ImportForm(PageForm):
    """A survey that comes as a file."""

    file = forms.FileField(
        label=_("Survey as JSON"), widget=DropInput(attrs={"accept": ".json,application/json"})
    )


class PublishForm(PageForm):
    """What is new in a version."""

    note = forms.CharField(
        label=_("What is new in this version"),
        required=False,
        max_length=2000,
        help_text=_("For your team; it stands in the history."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )


class TranslationFileForm(PageForm):
    """Translations that come as a table."""

    file = forms.FileField(
        label=_("Table of translations as CSV"), widget=DropInput(attrs={"accept": ".csv,text/csv"})
    )
