"""The drawing of things by how much they matter and how well they are done, with what to do in each corner."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Drawing
from safar.show import drawing as draw
from safar.show.locale import Locale


def quadrants(
    key: str,
    name: str,
    points: Sequence[draw.ScatterPoint],
    locale: Locale,
    *,
    title: str,
    matters: str = "",
    middle: float | None = None,
) -> tuple[Drawing, ...]:
    """Return the drawing; none where fewer than two things could be compared.

    Parameters
    ----------
    key, name, title
        Of the drawing, and what it says to who does not see it.
    points
        The things: how well each is done, and how much it matters.
    matters
        What the axis of mattering is called, where it is not what was found to matter.
    middle
        Where little ends and much begins; the mean where nothing is said.
    """
    if len(points) < 2:
        return ()
    axes = draw.Axes(
        _("How well it is done"),
        matters or _("How much it matters"),
        sum(point.x for point in points) / len(points),
        sum(point.y for point in points) / len(points) if middle is None else middle,
        (_("Leave it"), _("More than enough"), _("Begin here"), _("Keep it up")),
    )
    return (
        Drawing.in_both_widths(
            key,
            name,
            partial(draw.draw_scatter, points, axes, title=title, direction=locale.direction),
            said=filled(
                _("The lines stand at the means. A point near one of them is on neither side. %(legend)s"),
                legend=" · ".join(f"{point.number}: {point.label}" for point in points),
            ),
        ),
    )
