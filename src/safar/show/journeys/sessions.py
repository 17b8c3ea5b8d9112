"""Sessions as a drawing: with which steps they begin, and how many of them go no farther."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safar.show.drawing import Bar, draw_bars
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.sessions import SessionsAnswer, SessionStep

MOST_DRAWN: Final = 20


@dataclass(frozen=True, slots=True)
class SessionsWords:
    """What a drawing says: a whole sentence for those who do not see it, bounces in the reader's digits, steps."""

    title: str = "With which steps sessions begin."
    bounces: Callable[[str], str] = "{} left at once".format
    step: Callable[[str], str] = str


def sessions_drawing(
    answer: SessionsAnswer,
    locale: Locale,
    words: SessionsWords = SessionsWords(),
    *,
    href: Callable[[SessionStep], str | None] = lambda _step: None,
    width: float = 760.0,
    drawing_id: str = "sessions",
) -> str:
    """Return the steps with which sessions begin as an SVG element, most frequent first.

    Parameters
    ----------
    answer
        The sessions.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where a step leads.
    width, drawing_id
        See `safar.show.drawing.bars.draw_bars`.

    Raises
    ------
    EmptyDrawing
        There are no sessions.
    """
    return draw_bars(
        [
            Bar(
                words.step(step.name),
                float(step.entries),
                locale.number(step.entries),
                detail=words.bounces(locale.percent(step.bounces / step.entries)),
                key=step.name,
                href=href(step),
            )
            for step in answer.steps[:MOST_DRAWN]
            if step.entries
        ],
        title=words.title,
        direction=locale.direction,
        width=width,
        drawing_id=drawing_id,
    )
