"""What each number of Today means, and what each caveat of the library says. The words are here, the
arithmetic is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.vocabulary.answer import Note


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is counted, and how."""

    meaning: Promise | str
    method: Promise | str


DEFINITIONS: dict[str, Meaning] = {
    "customers": Meaning(
        _("People who did something themselves in this period: looked, asked, ordered, answered."),
        _(
            "Messages, deliveries and invitations that we sent do not make anybody active. An anonymous visitor"
            " counts as one person until it is known who it is. New are those who had never done anything before."
        ),
    ),
    "orders": Meaning(
        _("Orders placed in this period."),
        _(
            "Each order number counts once. Orders that came back later still count. Whether a change may be chance"
            " follows from how orders spread over customers, and is judged per day."
        ),
    ),
    "revenue": Meaning(
        _("The value of the orders placed in this period, less what was paid back in it."),
        _("Exact sums. Currencies are never added to one another."),
    ),
    "conversion": Meaning(
        _("Of the people who visited in this period, the share who also ordered in it."),
        _("Counted by person, not by visit. Wilson's 95% interval."),
    ),
    "response": Meaning(
        _("Of the survey invitations sent in this period, the share answered within 7 days."),
        _(
            "Only invitations at least 7 days old are judged. Scores speak only for those who answer: read this number"
            " beside them. Several answers to one"
            " invitation count once. Wilson's 95% interval."
        ),
    ),
    "nps": Meaning(
        _("Net Promoter Score: would they recommend us? From −100 to 100."),
        _(
            "Share of answers 9–10 less share of answers 0–6, on the scale 0–10. Adjusted Wald 95% interval."
            " Answers on any other scale are left out."
        ),
    ),
    "csat": Meaning(
        _("Customer satisfaction: the share of answers that are 4 or 5 on the scale 1–5."),
        _("Wilson's 95% interval. Answers on any other scale are left out."),
    ),
    "ces": Meaning(
        _("Customer effort score: how far customers agree, from 1 to 7, that we made it easy. High is easy."),
        _("The mean answer, with Student's 95% interval. Beside it the share who agreed (5–7)."),
    ),
}


def _count(singular: str, plural: str) -> Callable[[Note, Locale], str]:
    def sentence(note: Note, locale: Locale) -> str:
        count = int(dict(note.facts)["count"])
        return filled(ngettext(singular, plural, count), count=locale.number(count))

    return sentence


def ngettext_noop(singular: str, plural: str) -> tuple[str, str]:
    """Mark two texts for extraction; they are translated when a page is made."""
    return singular, plural


_OTHER_SCALE = ngettext_noop(
    "%(count)s answer on another scale was left out.", "%(count)s answers on another scale were left out."
)
_UNREADABLE = ngettext_noop(
    "%(count)s answer had no readable value and was left out.",
    "%(count)s answers had no readable value and were left out.",
)
_REPEATED = ngettext_noop(
    "%(count)s answer came from someone who had answered before in this period; the interval is a little too narrow.",
    "%(count)s answers came from people who had answered before in this period; the interval is a little too narrow.",
)

NOTE_SENTENCES: dict[str, Callable[[Note, Locale], str]] = {
    **{f"{metric}.other_scale": _count(*_OTHER_SCALE) for metric in ("nps", "csat", "ces")},
    **{f"{metric}.unreadable": _count(*_UNREADABLE) for metric in ("nps", "csat", "ces")},
    **{f"{metric}.repeated": _count(*_REPEATED) for metric in ("nps", "csat", "ces")},
    "conversion.without_visit": _count(
        *ngettext_noop(
            "%(count)s customer ordered without a visit that we saw (by phone, in a shop) and is not in this share.",
            "%(count)s customers ordered without a visit that we saw (by phone, in a shop) and are not in this share.",
        )
    ),
    "response.still_open": _count(
        *ngettext_noop(
            "%(count)s invitation is younger than 7 days, can still be answered, and was left out.",
            "%(count)s invitations are younger than 7 days, can still be answered, and were left out.",
        )
    ),
    "response.no_id": _count(
        *ngettext_noop(
            "%(count)s invitation without a number was left out.",
            "%(count)s invitations without a number were left out.",
        )
    ),
    "revenue.currencies_apart": _count(
        *ngettext_noop(
            "Orders are in %(count)s currency.", "Orders are in %(count)s currencies, each shown by itself."
        )
    ),
    "revenue.no_amount": _count(
        *ngettext_noop(
            "%(count)s order or return without an amount was left out.",
            "%(count)s orders or returns without an amount were left out.",
        )
    ),
    "revenue.unknown_currency": _count(
        *ngettext_noop(
            "%(count)s order or return in an unknown currency was left out.",
            "%(count)s orders or returns in an unknown currency were left out.",
        )
    ),
    "revenue.negative_orders": _count(
        *ngettext_noop(
            "%(count)s order has a negative amount and lowers the sum.",
            "%(count)s orders have a negative amount and lower the sum.",
        )
    ),
}


def note_sentence(note: Note, locale: Locale) -> str:
    """Return the caveat as a sentence in the reader's language.

    Raises
    ------
    KeyError
        A caveat without a sentence: a test walks them all.
    """
    return NOTE_SENTENCES[note.code](note, locale)
