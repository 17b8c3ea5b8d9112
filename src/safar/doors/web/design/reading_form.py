"""The form of the reading menu: language, calendar, digits, theme."""

from __future__ import annotations

from typing import Self

from django import forms
from django.utils.translation import gettext_lazy as _

from .reader import CalendarChoice, DigitsChoice, LanguageChoice, Reader, Theme


class ReadingForm(forms.Form):
    """What a reader may choose for himself. What is not sent stays as it is."""

    language = forms.ChoiceField(choices=LanguageChoice, required=False)
    calendar = forms.ChoiceField(label=_("Calendar"), choices=CalendarChoice, required=False)
    digits = forms.ChoiceField(label=_("Digits"), choices=DigitsChoice, required=False)
    theme = forms.ChoiceField(label=_("Light or dark"), choices=Theme, required=False)

    @classmethod
    def of(cls, reader: Reader, *, is_member: bool) -> Self:
        """Return the form as it stands for this reader; a stranger keeps only the theme, by a cookie."""
        form = cls(
            initial={"calendar": reader.calendar, "digits": reader.digits, "theme": reader.theme},
            auto_id="reading-%s",
        )
        if not is_member:
            del form.fields["calendar"], form.fields["digits"]
        return form

    def selects(self) -> list[forms.BoundField]:
        """Return the fields that are lists to choose from; the language has buttons."""
        return [field for field in self if field.name != "language"]
