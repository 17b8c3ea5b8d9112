"""The app's name for Django."""

from django.apps import AppConfig


class ValueConfig(AppConfig):
    """See the package."""

    name = "safar.doors.web.value"
    label = "value"

    def ready(self) -> None:
        """Add the desk's pages to those that questions have."""
        from safar.doors.web.journeys.kinds import add_pages
        from safar.doors.web.journeys.note_sentences import add_sentences

        from .note_sentences import NOTE_SENTENCES
        from .pages import PAGES
        from .weighty_notes import WEIGHTY

        add_pages(PAGES)
        add_sentences(NOTE_SENTENCES, weighty=WEIGHTY)
