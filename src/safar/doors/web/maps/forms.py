"""Forms of maps that are no edits: a new map, a version, settings, a link."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import DropInput, NumberField, PageForm
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.error_sentences import sentence_of
from safar.observe.time_text import length_of, length_text_of
from safar.vocabulary.errors import Refusal

from .words import STATE_NAMES

_TEXT: Final = {"autocomplete": "off", "dir": "auto"}
#: Days that a link may live.
LONGEST_LINK: Final = 365


class NewMapForm(PageForm):
    """What a new map is called, and in which languages it is written."""

    name = forms.CharField(
        label=pgettext_lazy("of a map", "Name"), max_length=200, widget=forms.TextInput(_TEXT)
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of its texts"),
        widget=forms.CheckboxSelectMultiple,
        choices=list(LANGUAGE_NAMES.items()),
    )


class ImportForm(PageForm):
    """A map that comes as a file."""

    file = forms.FileField(
        label=_("Map as JSON, or its cards as CSV"),
        widget=DropInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
    )


class SnapshotForm(PageForm):
    """A version to keep."""

    name = forms.CharField(
        label=pgettext_lazy("of a version", "Name"), max_length=160, widget=forms.TextInput(_TEXT)
    )
    decided = forms.CharField(
        label=_("What was decided"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


class SettingsForm(PageForm):
    """What belongs to the map as a whole."""

    languages = forms.MultipleChoiceField(
        label=_("Languages of its texts"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A text that is missing in a language is shown in the first of these."),
    )
    first = forms.ChoiceField(label=_("First language"))
    state = forms.ChoiceField(
        label=_("The map shows it"),
        widget=forms.RadioSelect,
        choices=[(state.value, name) for state, name in STATE_NAMES.items()],
    )
    pause = forms.CharField(
        label=_("So long without a step ends a journey"),
        max_length=40,
        help_text=_(
            "Such as 30 days, 12 hours or 45 minutes. The next step after it begins another journey."
        ),
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    personas = forms.MultipleChoiceField(
        label=_("Whom the map is about"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, languages: tuple[str, ...], personas: tuple[tuple[str, str], ...], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = {**LANGUAGE_NAMES, **{each: LANGUAGE_NAMES.get(each, each) for each in languages}}
        for field in ("languages", "first"):
            self.fields[field].choices = list(known.items())  # type: ignore[attr-defined]
        self.fields["personas"].choices = list(personas)  # type: ignore[attr-defined]
        if not personas:
            del self.fields["personas"]

    def clean_pause(self) -> str:
        """Take what can be read as a length of time."""
        text: str = self.cleaned_data["pause"]
        try:
            return length_text_of(length_of(text))
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error


class ShareForm(PageForm):
    """A link that shows the map to whoever has it."""

    language = forms.ChoiceField(label=_("Language of the texts"))
    shows_lived = forms.BooleanField(
        label=_("Also show what customers lived: counts and scores, never single customers"), required=False
    )
    days = NumberField(
        label=_("Days until it ends"), least=1, most=LONGEST_LINK, whole=True, help_text=_("At most 365.")
    )

    def __init__(self, languages: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(each, LANGUAGE_NAMES.get(each, each)) for each in languages]
        self.fields["language"].choices = names  # type: ignore[attr-defined]
