"""What the pages of the installation share."""

from __future__ import annotations

from typing import cast

from safar.doors.web.design.reader import Reader
from safar.show.locale import Locale
from safar.show.numbers import Digits
from safar.vocabulary.time_names import CalendarName


def installation_locale(reader: Reader) -> Locale:
    """Return how a reader is shown numbers and days that belong to no workspace."""
    return Locale(
        reader.language,
        calendar=cast("CalendarName | None", reader.calendar or None),
        digits=cast("Digits | None", reader.digits or None),
        time_zone=reader.time_zone or None,
    )
