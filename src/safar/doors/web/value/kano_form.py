"""The form of what is taken for granted and what delights: up to which day."""

from __future__ import annotations

from typing import Any

from safar.explain.kano_rows import KanoQuestion

from .form import ValueForm


class KanoForm(ValueForm):
    """Up to which day answers count: the survey says all else."""

    of_scope = ("until",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("margin")
        self.fields.pop("currency")

    def question(self) -> KanoQuestion:
        """Return the question."""
        return KanoQuestion(window=self.scope.window)
