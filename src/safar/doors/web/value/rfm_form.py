"""The form of RFM: up to which day, in which currency."""

from __future__ import annotations

from safar.measure.rfm import RFMQuestion

from .form import ValueForm


class RFMForm(ValueForm):
    """Which orders count."""

    of_scope = ("currency", "until")
    of_more = ("until",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("margin", None)

    def question(self) -> RFMQuestion:
        """Return the question."""
        return RFMQuestion(self.until_day, self.cleaned_data["currency"] or None, self.locale.time_zone)
