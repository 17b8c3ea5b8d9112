"""What every template is given."""

from __future__ import annotations

from django.http import HttpRequest

from .reader import LANGUAGE_NAMES, reader_of
from .reading_form import ReadingForm


def reader_context(request: HttpRequest) -> dict[str, object]:
    """Give every template its reader, the languages to switch to, and the form of the reading menu."""
    reader = getattr(request, "reader", None) or reader_of(request)
    form = ReadingForm.of(reader, is_member=hasattr(request, "user") and request.user.is_authenticated)
    return {"reader": reader, "language_names": LANGUAGE_NAMES, "reading_form": form}
