"""The filter of the desk Events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import DateField, PageForm
from safar.store.presence import Present

from .queries import Sources
from .words import channel_in_words, in_words, visible

_AUTO = {"autocomplete": "off", "dir": "auto", "spellcheck": "false"}


class EventsForm(PageForm):
    """Which events. Nothing is required; what is not in the log finds nothing."""

    name = forms.ChoiceField(label=_("What happened"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    customer = forms.CharField(
        label=_("Customer"), required=False, max_length=1000, strip=True, widget=forms.TextInput(_AUTO)
    )
    property = forms.CharField(
        label=_("Property"),
        required=False,
        max_length=200,
        widget=forms.TextInput({**_AUTO, "list": "property-names"}),
    )
    value = forms.CharField(
        label=_("Its value"), required=False, max_length=500, widget=forms.TextInput(_AUTO)
    )
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("To"), required=False)

    def __init__(self, present: Present, sources: Sources, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("name", present.names, str(_("Everything")), in_words)
        self._offer("channel", tuple(filter(None, present.channels)), str(_("Everywhere")), channel_in_words)
        self._offer_sources(sources)

    def _offer(
        self, field: str, known: tuple[str, ...], everything: str, words: Callable[[str], str]
    ) -> None:
        """Offer what the log has, and what the address names."""
        asked = str(self.data.get(field, ""))
        texts = [text for text in known if visible(text) == text]  # no form can send a control character back
        texts += [asked] if asked and asked not in known else []
        choices = [(text, words(text)) for text in texts]
        self.fields[field].choices = [("", everything), *choices]  # type: ignore[attr-defined]

    def _offer_sources(self, sources: Sources) -> None:
        """Offer the keys and the files of the workspace by their names, and what the address names."""
        asked = str(self.data.get("source", ""))
        groups = [
            (str(title), [(source, name) for source, name in known.items() if visible(source) == source])
            for title, known in ((_("Keys"), sources.keys), (_("Files"), sources.files))
        ]
        is_known = not asked or asked in {**sources.keys, **sources.files}
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            ("", str(_("Every source"))),
            *([] if is_known else [(asked, visible(asked))]),
            *(group for group in groups if group[1]),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a value without its property, and days in the wrong order."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("value") and not found.get("property"):
            self.add_error("property", _("Say which property has this value."))
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return found
