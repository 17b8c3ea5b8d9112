"""Forms of the desk Customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import PageForm
from safar.doors.web.events.words import channel_in_words, in_words, visible

_TEXT = {"autocomplete": "off", "dir": "auto", "spellcheck": "false"}


class SearchForm(PageForm):
    """Whom the reader looks for."""

    q = forms.CharField(
        label=_("Id, e-mail, telephone or name"),
        required=False,
        max_length=300,
        widget=forms.TextInput({**_TEXT, "type": "search"}),
    )


class TimelineForm(PageForm):
    """Which events of a customer. The customer stays."""

    id = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.ChoiceField(label=_("What happened"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)

    def __init__(self, names: tuple[str, ...], channels: tuple[str, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer(
            "name",
            [(text, in_words(text)) for text in names if visible(text) == text],
            str(_("Everything")),
        )
        self._offer(
            "channel",
            [(text, channel_in_words(text)) for text in channels if text and visible(text) == text],
            str(_("Everywhere")),
        )

    def _offer(self, field: str, known: list[tuple[str, str]], everything: str) -> None:
        asked = str(self.data.get(field, ""))
        own = [(asked, visible(asked))] if asked and asked not in dict(known) else []
        self.fields[field].choices = [("", everything), *known, *own]  # type: ignore[attr-defined]


class JoinForm(PageForm):
    """Another id that is the same person."""

    other = forms.CharField(
        label=_("Another id of the same person"),
        max_length=1000,
        strip=False,
        widget=forms.TextInput(_TEXT),
    )
    reason = forms.CharField(
        label=_("How do you know?"), required=False, max_length=200, widget=forms.TextInput(_TEXT)
    )
