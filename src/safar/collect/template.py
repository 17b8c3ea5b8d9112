"""Texts with a column's value in them: ``order {order_id}``. Braces themselves are written twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from safar.vocabulary.errors import Refusal

_PIECE: Final = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")


class TemplateUnreadable(Refusal, ValueError):
    """A brace is opened and not closed, or the other way round."""

    code = "import.template_unreadable"


@dataclass(frozen=True, slots=True)
class Template:
    """A text and the columns in it.

    Attributes
    ----------
    text
        As it is written in the mapping.
    pieces
        Plain text and columns in turn: text, column, text, column, …, text.
    """

    text: str
    pieces: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Return the template that a text is.

        >>> Template.of("order {id}").columns
        ('id',)

        Raises
        ------
        TemplateUnreadable
        """
        pieces, plain, end = [], "", 0
        for found in _PIECE.finditer(text):
            plain += text[end : found.start()]
            end = found.end()
            if found[0] in ("{{", "}}"):
                plain += found[0][0]
            elif found[1] is None:
                raise TemplateUnreadable(
                    f"{text!r} has a lone {found[0]!r} at character {found.start() + 1}.",
                    hint="Write {Column} for a column's value, and {{ or }} for a brace.",
                    text=text,
                )
            else:
                pieces += [plain, found[1]]
                plain = ""
        return cls(text, (*pieces, plain + text[end:]))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in the text."""
        return self.pieces[1::2]

    @property
    def constant(self) -> str | None:
        """The text when no column is in it, else None."""
        return None if self.columns else self.pieces[0]

    def filled(self, texts: Callable[[str], Sequence[str]], count: int) -> Sequence[str]:
        """Return one text a row; empty where one of the columns is.

        Parameters
        ----------
        texts
            Gives a column's texts, nulls as empty texts.
        count
            Rows.
        """
        if self.constant is not None:
            return [self.constant] * count
        columns = [list(map(str.strip, texts(name))) for name in self.columns]
        if len(self.pieces) == 3 and not self.pieces[0] and not self.pieces[2]:
            return columns[0]
        plain = self.pieces[0::2]
        return [
            "".join([part for pair in zip(plain, (*cells, ""), strict=True) for part in pair])
            if all(cells)
            else ""
            for cells in zip(*columns, strict=True)
        ]
