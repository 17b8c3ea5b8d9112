"""Retention as a drawing: cohorts under each other, the periods after side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safar.show.drawing import HeatCell, HeatHead, draw_heat
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.retention import Cohort, RetentionAnswer, RetentionCell


@dataclass(frozen=True, slots=True)
class RetentionWords:
    """What a drawing says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    corner, sizes
        Over the cohorts, and over their sizes.
    cohort
        What a cohort is called.
    after
        How many periods after, with a sign, already in the reader's digits.
    cell
        What a cell says when it is pointed at; composed from what stands around it where empty.
    """

    cohort: Callable[[Cohort], str]
    title: str = "Of each cohort, who came back in the periods that follow."
    corner: str = "Began"
    sizes: str = "Customers"
    after: Callable[[str], str] = str
    cell: Callable[[Cohort, RetentionCell], str] = lambda _cohort, _cell: ""


def retention_drawing(
    answer: RetentionAnswer,
    locale: Locale,
    words: RetentionWords,
    *,
    href: Callable[[Cohort, int], str | None] = lambda _cohort, _after: None,
    drawing_id: str = "retention",
) -> str:
    """Return retention as an SVG element.

    Parameters
    ----------
    answer
        The cohorts.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where a cell leads, by its cohort and how many periods after.
    drawing_id
        See `safar.show.drawing.heat.draw_heat`.

    Raises
    ------
    EmptyDrawing
        There is no cohort.
    """
    cohorts = [cohort for cohort in answer.cohorts if cohort.size]
    most = max((len(cohort.cells) for cohort in cohorts), default=0)
    rows = [HeatHead(words.cohort(cohort), locale.number(cohort.size), key=cohort.key) for cohort in cohorts]
    columns = [HeatHead(words.after(locale.signed(after))) for after in range(1, most + 1)]
    cells = [
        [
            HeatCell(
                cell.retention_rate.value,
                locale.percent(cell.retention_rate.value),
                not cell.is_whole,
                key=f"{cohort.key} {cell.periods_after}",
                title=words.cell(cohort, cell),
                href=href(cohort, cell.periods_after),
            )
            for cell in cohort.cells
        ]
        + [None] * (most - len(cohort.cells))
        for cohort in cohorts
    ]
    return draw_heat(
        rows,
        columns,
        cells,
        title=words.title,
        direction=locale.direction,
        corner=words.corner,
        sizes=words.sizes,
        drawing_id=drawing_id,
    )
