"""The size of a segment over time as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.drawings import Drawing, twice
from safar.doors.web.design.words import filled
from safar.show.drawing.series import Series, SeriesPoint, Tick, draw_series
from safar.show.locale import Locale

from .queries import DayFacts

#: As wide as the place is on wide pages and on telephones, and how many words fit below its axis of time.
_WIDE: Final = 760.0
_NARROW: Final = 320.0
_MOST_LABELS: Final = 6
_MOST_LABELS_NARROW: Final = 3
_STEPS: Final = (1, 2, 5)


def history_drawing(sizes: Sequence[DayFacts], name: str, locale: Locale) -> Drawing:
    """Return the sizes as a line; two days or more."""
    labels = [locale.date(each.on) for each in sizes]
    points = tuple(SeriesPoint(value=float(each.size), text=locale.number(each.size)) for each in sizes)

    def draw(width: float, drawing_id: str) -> str:
        every = max(1, -(-len(sizes) // (_MOST_LABELS if width > _NARROW else _MOST_LABELS_NARROW)))
        return draw_series(
            [Series(_("Customers"), points)],
            labels=labels,
            ticks=[Tick(place, labels[place]) for place in range(0, len(sizes), every)],
            value_ticks=[
                Tick(value, locale.number(value)) for value in _values(max(each.size for each in sizes))
            ],
            title=filled(_("Size of %(name)s over time"), name=name),
            direction=locale.direction,
            width=width,
            drawing_id=drawing_id,
        )

    return twice(draw, "sizes", wide=_WIDE, narrow=_NARROW)


def _values(greatest: int) -> list[int]:
    """Return three to six round numbers from 0 to a greatest one."""
    step = next(
        each * 10**power for power in range(19) for each in _STEPS if each * 10**power * 5 >= max(greatest, 1)
    )
    return list(range(0, greatest + step, step))
