"""A sentence for each caveat of a lived map, of its evidence and of a comparison. A test walks all codes."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from safar.doors.web.journeys.note_sentences import NOTE_SENTENCES as OF_JOURNEYS
from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop, plainly
from safar.doors.web.today.definitions import NOTE_SENTENCES as OF_NUMBERS
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

_OF_MAPS: Final[dict[str, Sentence]] = {
    "map.overlap": plainly(
        gettext_noop(
            "The two sides are compared as if no customer stood on both; where some do, the intervals of the"
            " differences are a little too wide."
        )
    ),
    "map.no_amount": counted(
        *ngettext_noop(
            "%(count)s event that ought to bring or cost money does not say how much; it is left out of the sums.",
            "%(count)s events that ought to bring or cost money do not say how much; they are left out of the sums.",
        )
    ),
    "map.unknown_currency": counted(
        *ngettext_noop(
            "%(count)s event is in an unknown currency; it is left out of the sums.",
            "%(count)s events are in an unknown currency; they are left out of the sums.",
        )
    ),
    "evidence.noted": plainly(gettext_noop("Evidence is noted on the card.")),
    "evidence.behaviours": counted(
        *ngettext_noop(
            "Seen in what %(count)s customer did here.", "Seen %(count)s times in what customers did here."
        )
    ),
    "evidence.answers": counted(
        *ngettext_noop("%(count)s answer was given here.", "%(count)s answers were given here.")
    ),
    "evidence.voices": counted(
        *ngettext_noop("%(count)s customer wrote about it here.", "%(count)s times customers wrote here.")
    ),
    "evidence.pains": counted(
        *ngettext_noop("A pain here meets %(count)s customer.", "A pain here meets %(count)s customers.")
    ),
    "evidence.supported": counted(
        *ngettext_noop(
            "%(count)s answer agrees with what the team believes.",
            "%(count)s answers agree with what the team believes.",
        )
    ),
    "evidence.contradicted": counted(
        *ngettext_noop(
            "%(count)s answer contradicts what the team believes.",
            "%(count)s answers contradict what the team believes.",
        )
    ),
}
NOTE_SENTENCES: Final[dict[str, Sentence]] = OF_JOURNEYS | OF_NUMBERS | _OF_MAPS


def note_sentence(note: Note, locale: Locale) -> str:
    """Return a caveat as a sentence in the reader's language.

    Raises
    ------
    KeyError
        A caveat without a sentence: a test walks them all.
    """
    return NOTE_SENTENCES[note.code](note, locale)
