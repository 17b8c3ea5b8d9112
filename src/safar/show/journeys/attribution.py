"""Attribution as a drawing: what each touch gets by one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safar.show.drawing import Bar, draw_bars
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.attribution import AttributionAnswer, Credit
    from safar.observe.attribution_question import Model


@dataclass(frozen=True, slots=True)
class AttributionWords:
    """What a drawing says: a sentence for those who do not see it, rarer names together, names of touches, and a number
    of conversions.
    """

    title: str = "Which share of conversions each touch gets."
    others: str = "Others"
    touch: Callable[[str], str] = str
    conversions: Callable[[str], str] = "{} conversions".format


def attribution_drawing(
    answer: AttributionAnswer,
    locale: Locale,
    words: AttributionWords = AttributionWords(),
    *,
    model: Model | None = None,
    href: Callable[[Credit], str | None] = lambda _credit: None,
    width: float = 760.0,
    drawing_id: str = "attribution",
) -> str:
    """Return what each touch gets as an SVG element, most first.

    Parameters
    ----------
    answer
        The credits.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    model
        By which model; by the first of the question when None.
    href
        Where a touch leads.
    width, drawing_id
        See `safar.show.drawing.bars.draw_bars`.

    Raises
    ------
    EmptyDrawing
        Nothing was touched.
    """
    wanted = model or next((credit.model for credit in answer.credits), None)
    by_model = [credit for credit in answer.credits if credit.model is wanted]
    ranked = sorted(by_model, key=lambda credit: (credit.name is None, -credit.conversions))
    return draw_bars(
        [
            Bar(
                words.others if credit.name is None else words.touch(credit.name),
                None if credit.share is None else credit.share.value,
                locale.percent(None if credit.share is None else credit.share.value, decimals=1),
                None if credit.share is None else credit.share.interval.low,
                None if credit.share is None else credit.share.interval.high,
                words.conversions(locale.number(credit.conversions, decimals=1)),
                "other" if credit.name is None else "plain",
                href=href(credit),
            )
            for credit in ranked
        ],
        title=words.title,
        direction=locale.direction,
        width=width,
        drawing_id=drawing_id,
    )
