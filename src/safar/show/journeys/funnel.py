"""A funnel as a drawing: how many come to each step, and how many are lost between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from safar.show.drawing import FunnelHeads, FunnelLoss, FunnelRate, FunnelSeries, FunnelStep, draw_funnel
from safar.show.drawing.canvas import EmptyDrawing
from safar.show.locale import Locale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safar.observe.funnel import FunnelAnswer
    from safar.observe.funnel import FunnelStep as AnsweredStep
    from safar.vocabulary.interval import Estimate

#: Where a step of a group leads; None for nowhere.
StepLink = Callable[[int, "str | None"], "str | None"]


@dataclass(frozen=True, slots=True)
class FunnelWords:
    """What a drawing says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    everybody
        What the only series is called.
    heads
        Over the columns of numbers.
    lost
        How many are lost, already in the reader's digits.
    step
        What a step is called.
    group
        What a group of a breakdown is called, by its key.
    """

    title: str = "How many come to each step of the funnel."
    everybody: str = "Everybody"
    heads: FunnelHeads = field(
        default_factory=lambda: FunnelHeads("Count", "Of the first step", "Of the step before")
    )
    lost: Callable[[str], str] = "{} lost".format
    step: Callable[[str], str] = str
    group: Callable[[str], str] = str


def funnel_drawing(
    answer: FunnelAnswer,
    locale: Locale,
    words: FunnelWords = FunnelWords(),
    *,
    href: StepLink = lambda _step, _group: None,
    loss_href: StepLink = lambda _step, _group: None,
    width: float = 760.0,
    drawing_id: str = "funnel",
) -> str:
    """Return a funnel as an SVG element; of a breakdown by two groups, both beside each other.

    Parameters
    ----------
    answer
        The funnel.
    locale
        Digits, durations and direction of the reader.
    words
        What the drawing says.
    href, loss_href
        Where a step and those lost after a step lead, by the number of the step from 0 and the key of the group, None
        for everybody.
    width, drawing_id
        See `safar.show.drawing.funnel.draw_funnel`.

    Raises
    ------
    EmptyDrawing
        Nobody did the first step.
    """
    if not answer.steps or not answer.steps[0].count:
        raise EmptyDrawing("Nobody did the first step.", hint="Ask about other steps or a longer time.")
    both = (
        answer.groups
        if len(answer.groups) == 2 and all(each.steps[0].count for each in answer.groups)
        else ()
    )
    told: list[tuple[str, str | None, Sequence[AnsweredStep]]] = [
        (words.group(each.key), each.key, each.steps) for each in both
    ] or [(words.everybody, None, answer.steps)]
    return draw_funnel(
        [
            FunnelSeries(label, _steps(steps, locale, words, key, (href, loss_href)))
            for label, key, steps in told
        ],
        title=words.title,
        direction=locale.direction,
        heads=words.heads,
        width=width,
        drawing_id=drawing_id,
    )


def _steps(
    steps: Sequence[AnsweredStep],
    locale: Locale,
    words: FunnelWords,
    group: str | None,
    links: tuple[StepLink, StepLink],
) -> tuple[FunnelStep, ...]:
    href, loss_href = links
    drawn = []
    for place, step in enumerate(steps):
        before = steps[place - 1] if place else None
        lost = None
        if before is not None and before.lost:
            lost = FunnelLoss(words.lost(locale.number(before.lost)), href=loss_href(place - 1, group))
        drawn.append(
            FunnelStep(
                words.step(step.name),
                locale.number(step.count),
                _rate(step.conversion_rate, locale),
                None if step.step_conversion_rate is None else _rate(step.step_conversion_rate, locale),
                lost,
                "" if step.median_from_before is None else locale.duration(step.median_from_before),
                key=f"{place}",
                href=href(place, group),
            )
        )
    return tuple(drawn)


def _rate(rate: Estimate | None, locale: Locale) -> FunnelRate:
    if rate is None:
        return FunnelRate(0.0, locale.percent(None))
    text = locale.percent(rate.value, decimals=1)
    return FunnelRate(rate.value, text, rate.interval.low, rate.interval.high)
