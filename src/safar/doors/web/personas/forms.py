"""Forms of personas: the story in each language, and what groups are looked for by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import DropInput, NameField, NumberField, PageForm
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import channel_in_words
from safar.maps.anatomy import Words
from safar.show.locale import LANGUAGES
from safar.vocabulary.errors import Refusal

from .drafting import USUAL_DAYS, Asked
from .queries import PersonaFacts
from .stories import STORY_PARTS
from .wording import kept_quote

#: As the languages call themselves.
LANGUAGE_NAMES: Final = {"fa": "فارسی", "ar": "العربية", "en": "English"}
_DIRECTIONS: Final = {"fa": "rtl", "ar": "rtl", "en": "ltr"}
_MOST_DAYS: Final = 3_660


class PersonaForm(PageForm):
    """A persona: its segment, and its story in every language.

    Parameters
    ----------
    segments
        Pairs of a public id and a name.
    channels
        Those the log knows.
    first
        The reader's language: its fields come first, and its name may not be missing where no other is given.
    """

    segment = forms.ChoiceField(
        label=pgettext_lazy("of customers", "Segment"),
        help_text=_("Needed: a persona stands for the customers of one segment."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Preferred channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=DropInput({"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, below 1 MB. The first letter of the name stands for it without one."),
    )
    no_picture = forms.BooleanField(label=_("Take the picture away"), required=False)

    def __init__(
        self,
        *args: Any,
        segments: tuple[tuple[str, str], ...],
        channels: tuple[str, ...],
        first: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.languages = (first, *(each for each in LANGUAGES if each != first))
        # One segment is no choice: it stands there already.
        chosen = segments if len(segments) == 1 else (("", _("Choose a segment")), *segments)
        self.fields["segment"].choices = list(chosen)  # type: ignore[attr-defined]
        self.fields["channels"].choices = [(each, channel_in_words(each)) for each in channels if each]  # type: ignore[attr-defined]
        for language in self.languages:
            attributes = {"dir": _DIRECTIONS[language], "lang": language}
            self.fields[f"name_{language}"] = NameField(
                label=pgettext_lazy("of a persona", "Name"),
                required=False,
                max_length=120,
                widget=forms.TextInput({"autocomplete": "off", **attributes}),
            )
            for part, words in STORY_PARTS.items():
                self.fields[f"{part}_{language}"] = forms.CharField(
                    label=str(words),
                    required=False,
                    max_length=4000,
                    widget=forms.Textarea({"rows": 3, **attributes}),
                )

    @property
    def by_language(self) -> Iterator[tuple[str, str, bool, list[BoundField]]]:
        """Each language, how it calls itself, whether it has something or is the reader's, and its fields."""
        for language in self.languages:
            fields = [self[f"name_{language}"], *(self[f"{part}_{language}"] for part in STORY_PARTS)]
            has_some = any(field.value() for field in fields) or any(field.errors for field in fields)
            yield language, LANGUAGE_NAMES[language], has_some or language == self.languages[0], fields

    def clean(self) -> dict[str, Any]:
        """Check that it is called something."""
        found = super().clean() or {}
        if not any(found.get(f"name_{language}") for language in self.languages):
            self.add_error(f"name_{self.languages[0]}", _("Give the persona a name."))
        return found

    @property
    def name(self) -> Words:
        """What it is called, by language."""
        return self._said("name")

    @property
    def story(self) -> dict[str, Words]:
        """Its whole story, by part and language: what was emptied is there and empty."""
        return {part: self._said(part) for part in STORY_PARTS}

    def _said(self, part: str) -> Words:
        found = {language: self.cleaned_data[f"{part}_{language}"].strip() for language in self.languages}
        return {language: text for language, text in sorted(found.items()) if text}


def initial_of(persona: PersonaFacts) -> dict[str, Any]:
    """Return what the form of a persona begins with."""
    found: dict[str, Any] = {"segment": persona.segment_id, "channels": list(persona.channels)}
    for language in LANGUAGES:
        found[f"name_{language}"] = persona.name.get(language, "")
        for part in STORY_PARTS:
            found[f"{part}_{language}"] = persona.story.get(part, {}).get(language, "")
    return found | ({"no_picture": False} if persona.picture_type else {})


class QuoteForm(PageForm):
    """Something that a customer said."""

    text = forms.CharField(
        label=_("In the customer's words"), max_length=2000, widget=forms.Textarea({"rows": 2, "dir": "auto"})
    )
    #: Where it was said: the place of the event as its page names it, and whose it is.
    event = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Check that it says something."""
        try:
            return kept_quote(self.cleaned_data["text"])
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error


class DraftsForm(PageForm):
    """What groups are looked for by.

    Parameters
    ----------
    segments
        Pairs of a public id and a name.
    """

    segment = forms.ChoiceField(
        label=_("Among whom"),
        required=False,
        help_text=_(
            "Visitors who never ordered are best left out: choose a segment of buyers where you have one."
        ),
    )
    days = NumberField(
        label=_("Days before the last event"), least=7, most=_MOST_DAYS, whole=True, initial=USUAL_DAYS
    )
    groups = forms.ChoiceField(label=_("How many groups"), required=False)

    def __init__(self, *args: Any, segments: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = [("", _("All customers")), *segments]  # type: ignore[attr-defined]
        counts = [(str(count), self.locale.number(count)) for count in range(2, 9)]
        self.fields["groups"].choices = [("", _("As many as stand apart")), *counts]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        """What is asked."""
        found = self.cleaned_data
        groups = int(found["groups"]) if found["groups"] else None
        return Asked(found["segment"], int(found["days"]), (), groups)
