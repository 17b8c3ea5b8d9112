"""A step matrix as a drawing: steps under each other, positions side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safar.show.drawing import HeatCell, HeatHead, draw_heat
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.step_matrix import MatrixCell, StepMatrixAnswer

MOST_DRAWN: Final = 30


@dataclass(frozen=True, slots=True)
class StepMatrixWords:
    """What a drawing says: a sentence for those who do not see it, the corner, paths that have ended, steps."""

    title: str = "Which share of paths stands at which step, position by position."
    corner: str = "Step"
    ended: str = "Ended"
    step: Callable[[str], str] = str


def step_matrix_drawing(
    answer: StepMatrixAnswer,
    locale: Locale,
    words: StepMatrixWords = StepMatrixWords(),
    *,
    href: Callable[[MatrixCell], str | None] = lambda _cell: None,
    drawing_id: str = "step-matrix",
) -> str:
    """Return a step matrix as an SVG element.

    Parameters
    ----------
    answer
        The matrix.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where a cell leads.
    drawing_id
        See `safar.show.drawing.heat.draw_heat`.

    Raises
    ------
    EmptyDrawing
        There are no paths.
    """
    steps: list[str | None] = [*answer.steps[:MOST_DRAWN], None]
    return draw_heat(
        [HeatHead(words.ended if step is None else words.step(step)) for step in steps],
        [HeatHead(locale.number(position)) for position in answer.positions],
        [
            [
                HeatCell(cell.share.value, locale.percent(cell.share.value), href=href(cell))
                for cell in answer.row(step)
            ]
            for step in steps
        ]
        if answer.cells
        else [],
        title=words.title,
        direction=locale.direction,
        corner=words.corner,
        most=1.0,
        drawing_id=drawing_id,
    )
