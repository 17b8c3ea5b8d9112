"""A drawing in a notebook: shown in place, saved as SVG, PNG or a page of its own."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from pathlib import Path

from safar.show.drawing import png, standalone
from safar.vocabulary.errors import Refusal


class ChartFormatRefused(Refusal, ValueError):
    """A drawing cannot be saved as such a file."""

    code = "chart.format_refused"


@dataclass(frozen=True)
class Chart:
    """A drawing.

    Attributes
    ----------
    svg
        The element, without a style of its own.
    """

    svg: str

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the drawing to a file and return its path.

        Parameters
        ----------
        path
            Ends in ``.svg``, ``.png`` or ``.html``.

        Raises
        ------
        ChartFormatRefused
        """
        target = Path(path)
        kind = target.suffix.lower()
        if kind == ".png":
            target.write_bytes(png(self.svg))
        elif kind == ".svg":
            target.write_text(standalone(self.svg), encoding="utf-8")
        elif kind == ".html":
            target.write_text(
                f"<!doctype html><meta charset=utf-8><title>{html.escape(target.stem)}</title>{standalone(self.svg)}",
                encoding="utf-8",
            )
        else:
            raise ChartFormatRefused(
                f"A drawing is not saved as {target.suffix or 'a file without an ending'!r}.",
                hint="Give the file a name that ends in .svg, .png or .html.",
            )
        return target

    def _repr_svg_(self) -> str:
        return standalone(self.svg)

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{self.svg}</div>'
