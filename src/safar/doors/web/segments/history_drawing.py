"""The size of a segment over time as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.show.drawing.series import Series, SeriesPoint, Tick, draw_series
from safar.show.locale import Locale

from .queries import DayFacts

#: Words below the axis of time, and beside the one of values.
_MOST_LABELS: Final = 6
_STEPS: Final = (1, 2, 5)


def history_drawing(sizes: Sequence[DayFacts], name: str, locale: Locale) -> str:
    """Return the sizes as a line, as SVG; two days or more."""
    labels = [locale.date(each.on) for each in sizes]
    every = max(1, -(-len(sizes) // _MOST_LABELS))
    points = tuple(SeriesPoint(value=float(each.size), text=locale.number(each.size)) for each in sizes)
    return draw_series(
        [Series(_("Customers"), points)],
        labels=labels,
        ticks=[Tick(place, labels[place]) for place in range(0, len(sizes), every)],
        value_ticks=[
            Tick(value, locale.number(value)) for value in _values(max(each.size for each in sizes))
        ],
        title=filled(_("Size of %(name)s over time"), name=name),
        direction=locale.direction,
    )


def _values(greatest: int) -> list[int]:
    """Return three to six round numbers from 0 to a greatest one."""
    step = next(
        each * 10**power for power in range(19) for each in _STEPS if each * 10**power * 5 >= max(greatest, 1)
    )
    return list(range(0, greatest + step, step))
