"""The app's name for Django."""

from django.apps import AppConfig


class ValueConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.value"
    label = "value"

    def ready(self) -> None:
        """Add the desk's pages to those that questions have."""
        from safar.doors.web.journeys.kinds import add_pages  # noqa: PLC0415 - models are loaded by now
        from safar.doors.web.journeys.note_sentences import add_sentences  # noqa: PLC0415 - models are loaded by now

        from .note_sentences import NOTE_SENTENCES  # noqa: PLC0415 - models are loaded by now
        from .pages import PAGES  # noqa: PLC0415 - models are loaded by now
        from .weighty_notes import WEIGHTY  # noqa: PLC0415 - models are loaded by now

        add_pages(PAGES)
        add_sentences(NOTE_SENTENCES, weighty=WEIGHTY)
