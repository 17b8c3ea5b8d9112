"""Variants as a drawing: whole paths as strips, the most frequent first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from safar.show.drawing import Variant, VariantHeads, VariantStep, draw_variants
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.variants import Variant as AnsweredVariant
    from safar.observe.variants import VariantsAnswer

#: More strips than these are looked at in the table.
MOST_DRAWN: Final = 30


@dataclass(frozen=True, slots=True)
class VariantsWords:
    """What a drawing says: a whole sentence for those who do not see it, words over the columns, names of steps."""

    title: str = "The most frequent whole paths."
    heads: VariantHeads = field(default_factory=lambda: VariantHeads("Paths", "Covered", "Path"))
    step: Callable[[str], str] = str


def variants_drawing(
    answer: VariantsAnswer,
    locale: Locale,
    words: VariantsWords = VariantsWords(),
    *,
    href: Callable[[AnsweredVariant], str | None] = lambda _variant: None,
    most: int = MOST_DRAWN,
    drawing_id: str = "variants",
) -> str:
    """Return variants as an SVG element.

    Parameters
    ----------
    answer
        The variants.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where a variant leads.
    most
        So many are drawn.
    drawing_id
        See `safar.show.drawing.variants.draw_variants`.

    Raises
    ------
    EmptyDrawing
        There are no paths.
    """
    return draw_variants(
        [
            Variant(
                tuple(VariantStep(step, words.step(step)) for step in each.steps),
                each.share,
                locale.number(each.count),
                locale.percent(each.share, decimals=1),
                locale.percent(each.coverage, decimals=1),
                key=str(place),
                href=href(each),
            )
            for place, each in enumerate(answer.variants[:most])
        ],
        title=words.title,
        direction=locale.direction,
        heads=words.heads,
        drawing_id=drawing_id,
    )
