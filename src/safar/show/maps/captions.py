"""Where words stand beside the lines of a strip: on free ground, within what is shown, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from safar.show.drawing.lettering import text_width
from safar.show.drawing.paint import Lettering

#: Parts of the size of the type that words reach above and below their baseline.
_RISE: Final = 0.95
_FALL: Final = 0.35
_AIR: Final = 2.0

#: Left, right, top and bottom, CSS pixels from the start of the line and from above.
_Box = tuple[float, float, float, float]


class Captions:
    """The words of a strip, none of them on another one or on what is kept free, none beyond the edge.

    Parameters
    ----------
    window
        The first column that is shown and the one after the last.
    column
        The least width of a column, CSS pixels: words that do not meet there do not meet in wider ones.
    """

    def __init__(self, window: tuple[int, int], column: float) -> None:
        self._column = column
        self._edges = window[0] * column, window[1] * column
        self._taken: list[_Box] = []

    def keep_free(self, along: float, half: float, top: float, bottom: float) -> None:
        """Keep words off what stands about a place, ``half`` CSS pixels to either side."""
        self._taken.append(self._about(along, half, top, bottom))

    def spot(
        self, words: str, lettering: Lettering, spots: Iterable[tuple[float, float]]
    ) -> tuple[float, float] | None:
        """Return the first of some spots where the words have room, and take it; None where none has.

        Parameters
        ----------
        words, lettering
            One line, about its middle.
        spots
            Places along the line, in columns, and baselines, the best one first.
        """
        half = text_width(words, size=lettering.size, is_bold=lettering.is_bold) / 2
        for along, baseline in spots:
            rise, fall = _RISE * lettering.size, _FALL * lettering.size
            box = self._about(along, half, baseline - rise, baseline + fall)
            if self._is_free(box):
                self._taken.append(box)
                return along, baseline
        return None

    def _about(self, along: float, half: float, top: float, bottom: float) -> _Box:
        middle = along * self._column
        return middle - half, middle + half, top, bottom

    def _is_free(self, box: _Box) -> bool:
        left, right, top, bottom = box
        return (
            self._edges[0] <= left
            and right <= self._edges[1]
            and top >= 0
            and not any(
                left < other[1] + _AIR and other[0] < right + _AIR and top < other[3] and other[2] < bottom
                for other in self._taken
            )
        )
