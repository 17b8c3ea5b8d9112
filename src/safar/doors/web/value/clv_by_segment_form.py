"""The form of lifetime value by segment: that of lifetime value, and which segments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.explain.clv_by_segment import MOST_SEGMENTS, CLVBySegmentQuestion
from safar.observe.among import Segment
from safar.observe.segment_text import segment_of

from .clv_form import CLVForm


class CLVBySegmentForm(CLVForm):
    """Which segments, beside how far ahead and how later money counts."""

    only = forms.MultipleChoiceField(
        label=_("Segments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them where none is chosen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._segments = dict(self.known.segments()[:MOST_SEGMENTS])
        if self._segments:
            self.fields["only"].choices = [(name, name) for name in self._segments]  # type: ignore[attr-defined]
        else:
            del self.fields["only"]

    def question(self) -> CLVBySegmentQuestion:
        """Return the question."""
        names = self.cleaned_data.get("only") or self._segments
        return CLVBySegmentQuestion(
            **self.terms(), segments=tuple(_named(name, self._segments[name]) for name in names)
        )


def _named(name: str, rule: str) -> Segment:
    return replace(segment_of(rule), name=name)
