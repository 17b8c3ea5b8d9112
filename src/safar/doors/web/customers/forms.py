"""Forms of the desk Customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import PageForm
from safar.doors.web.events.words import channel_in_words, in_words, visible

from .list_order import ORDERS

_TEXT = {"autocomplete": "off", "dir": "auto", "spellcheck": "false"}


class SearchForm(PageForm):
    """Whom the reader looks for."""

    q = forms.CharField(
        label=_("Id, e-mail, telephone or name"),
        required=False,
        max_length=300,
        widget=forms.TextInput({**_TEXT, "type": "search"}),
    )


class ListForm(SearchForm):
    """Whom the reader looks for, in which segment, in which order.

    Parameters
    ----------
    segments
        Those to choose from: ids and names.
    """

    segment = forms.ChoiceField(label=_("Segment"), required=False)
    sort = forms.ChoiceField(label=_("In the order of"), required=False)

    def __init__(self, segments: tuple[tuple[str, str], ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = [("", _("All customers")), *((key, visible(name)) for key, name in segments)]
        self.fields["segment"].choices = everybody  # type: ignore[attr-defined]
        orders = [(each.key, each.name) for each in ORDERS]
        self.fields["sort"].choices = orders  # type: ignore[attr-defined]
        if not segments:
            del self.fields["segment"]


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

    @property
    def is_asked(self) -> bool:
        """Whether the form says anything beside whose events they are."""
        return bool(self.data.get("name") or self.data.get("channel"))

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
