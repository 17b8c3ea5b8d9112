"""A map out of a file that a member brought."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.maps.anatomy import JourneyMap
from safar.maps.sheet_file import read_file
from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal

_MOST_BYTES: Final = 8_000_000


def map_of_file(form: forms.Form, file: Any, locale: Locale) -> JourneyMap | None:
    """Return the map of a file, JSON or CSV; None where it holds none, which the form then says."""
    if (file.size or 0) > _MOST_BYTES:
        form.add_error("file", _("The file is larger than any map."))
        return None
    try:
        return read_file(file.read())
    except Refusal as error:
        form.add_error("file", locale.shape(sentence_of(error.code)))
        # What exactly, and in which rows, in the error's own words: exact, English.
        form.add_error("file", filled(_("Exactly: %(what)s"), what=str(error)))
        return None
