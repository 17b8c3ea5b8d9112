"""Numbers as people type them at a terminal: any of the three scripts' digits."""

from __future__ import annotations

from typing import Any

import click

from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal


class Number(click.ParamType[float]):
    """A number in Persian, Arabic or Latin digits, such as ``۱۲٫۵`` or ``12.5``."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; end the command with a clear sentence where the text is none."""
        if isinstance(value, (int, float)):
            return float(value)
        try:
            return float(parse_number(value))
        except Refusal as error:
            self.fail(str(error), param, ctx)


NUMBER = Number()
