"""What parts of a map are called, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.maps.anatomy import EvidenceKind, Lane, LaneKind, MapState, said
from safar.observe.time_text import length_of
from safar.show.locale import Locale
from safar.vocabulary.window import DurationUnreadable

LANE_NAMES: Final[dict[LaneKind, Promise | str]] = {
    LaneKind.FLOW: pgettext_lazy("lane", "Flow"),
    LaneKind.ACTION: pgettext_lazy("lane", "What the customer does"),
    LaneKind.TOUCHPOINT: pgettext_lazy("lane", "Touchpoints and channels"),
    LaneKind.THINKING: pgettext_lazy("lane", "Thinking"),
    LaneKind.EMOTION: pgettext_lazy("lane", "Emotion"),
    LaneKind.NEED: pgettext_lazy("lane", "Needs"),
    LaneKind.PAIN: pgettext_lazy("lane", "Pains"),
    LaneKind.GAIN: pgettext_lazy("lane", "Gains"),
    LaneKind.QUOTE: pgettext_lazy("lane", "In their words"),
    LaneKind.PICTURE: pgettext_lazy("lane", "Pictures"),
    LaneKind.FRONT_STAGE: pgettext_lazy("lane", "Front stage"),
    LaneKind.BACK_STAGE: pgettext_lazy("lane", "Back stage"),
    LaneKind.SYSTEM: pgettext_lazy("lane", "Systems"),
    LaneKind.OWNER: pgettext_lazy("lane", "Who answers for it"),
    LaneKind.PROMISE: pgettext_lazy("lane", "Promises"),
    LaneKind.SCORE: pgettext_lazy("lane", "Scores"),
    LaneKind.VALUE: pgettext_lazy("lane", "Value"),
    LaneKind.OPPORTUNITY: pgettext_lazy("lane", "Opportunities"),
    LaneKind.NOTE: pgettext_lazy("lane", "Notes"),
    LaneKind.OWN: pgettext_lazy("lane", "A lane of your own"),
}
#: What only shows what is computed takes no cards.
COMPUTED: Final = frozenset({LaneKind.FLOW, LaneKind.VALUE})

STATE_NAMES: Final[dict[MapState, Promise | str]] = {
    MapState.AS_IS: pgettext_lazy("map", "As it is"),
    MapState.TO_BE: pgettext_lazy("map", "As it is to be"),
}

EVIDENCE_NAMES: Final[dict[EvidenceKind, Promise | str]] = {
    EvidenceKind.ASSUMPTION: _("An assumption"),
    EvidenceKind.ANECDOTE: _("An anecdote"),
    EvidenceKind.ANSWERS: _("Answers of customers"),
    EvidenceKind.BEHAVIOUR: _("What customers do"),
    EvidenceKind.EXPERIMENT: _("An experiment"),
}

#: Whole steps of the scale of emotions, the worst first.
EMOTION_NAMES: Final[dict[int, Promise | str]] = {
    -2: _("dismayed"),
    -1: _("annoyed"),
    0: _("neither"),
    1: _("pleased"),
    2: _("delighted"),
}


def lane_name(lane: Lane, *languages: str) -> str:
    """Return what a lane is called: as the map names it, else as its kind is."""
    return said(lane.name, *languages) or str(LANE_NAMES[lane.kind])


def emotion_name(emotion: float) -> str:
    """Return the word for an emotion: of the nearest whole step, of two as near the one farther from the middle."""
    step = int(abs(emotion) + 0.5) * (1 if emotion > 0 else -1)
    return str(EMOTION_NAMES[max(-2, min(2, step))])


def length_in_blank(text: str, locale: Locale) -> str:
    """Return a length of time as its reader would write it into a form; as it is where words would lose some of it.

    >>> length_in_blank("3d", Locale("fa")), length_in_blank("1d 2h 3m", Locale("fa"))
    ('۳ روز', '1d 2h 3m')
    """
    try:
        length = length_of(text)
    except DurationUnreadable:
        return text
    words = locale.duration(length)
    return words if length_of(words) == length else text
