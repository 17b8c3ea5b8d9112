"""Forms about topics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import PageForm

_TEXT: Final = {"autocomplete": "off", "dir": "auto", "spellcheck": "false"}
_MOST_WORDS: Final = 60
_LONGEST_WORD: Final = 60


class NamesForm(PageForm):
    """What a topic is called; one language is enough."""

    fa = forms.CharField(
        label=_("Name in Persian"), required=False, max_length=120, widget=forms.TextInput(_TEXT)
    )
    ar = forms.CharField(
        label=_("Name in Arabic"), required=False, max_length=120, widget=forms.TextInput(_TEXT)
    )
    en = forms.CharField(
        label=_("Name in English"), required=False, max_length=120, widget=forms.TextInput(_TEXT)
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a topic without any name."""
        found: dict[str, Any] = super().clean() or {}
        if not any(found.get(each) for each in ("fa", "ar", "en")):
            self.add_error("fa", _("A topic needs a name in one language at least."))
        return found

    def names(self) -> dict[str, str]:
        """Return the name in each language; an empty text for one that it has no name in."""
        read = getattr(self, "cleaned_data", {})
        return {each: read.get(each, "") for each in ("fa", "ar", "en")}


class WordsForm(PageForm):
    """Words that tell of a topic."""

    words = forms.CharField(
        label=_("Words, in any language"),
        required=False,
        max_length=4_000,
        help_text=_(
            "One a line, or with commas between them. A star at the end stands for any ending: pack*."
        ),
        widget=forms.Textarea({**_TEXT, "rows": "3"}),
    )


class NewTopicForm(NamesForm, WordsForm):
    """A topic that is made by hand."""

    field_order = ("fa", "ar", "en", "words")

    def clean(self) -> dict[str, Any]:
        """Refuse a topic without words."""
        found = super().clean()
        if not written(found.get("words", "")):
            self.add_error("words", _("A topic needs a word that tells of it."))
        return found


class StepForm(PageForm):
    """At which step of a map a topic is an opportunity.

    Parameters
    ----------
    steps
        In groups by their maps.
    """

    step = forms.ChoiceField(label=_("Step of a map"))

    def __init__(self, *args: Any, steps: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = list(steps)  # type: ignore[attr-defined]


def written(text: str) -> list[str]:
    """Return the words of a field, each once."""
    words = (each.strip()[:_LONGEST_WORD] for each in re.split("[\n,،;؛]", text))
    return list(dict.fromkeys(filter(None, words)))[:_MOST_WORDS]
