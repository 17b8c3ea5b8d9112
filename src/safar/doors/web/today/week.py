"""What changed this week, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, happening
from safar.explain.changes import ChangesAnswer, Moved
from safar.show.locale import Locale

from .listen_links import Links
from .measures import Wording, between, scores_wording, shares_wording
from .painful_steps import PainfulSteps
from .periods import Week

_MOST_SHOWN: Final = 6
#: By what is told and whether it is more now: whole sentences.
_SENTENCES: Final[dict[tuple[str, bool], str]] = {
    ("customers", True): gettext_noop(
        "More customers came: %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("customers", False): gettext_noop(
        "Fewer customers came: %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("new_customers", True): gettext_noop(
        "More new customers came: %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("new_customers", False): gettext_noop(
        "Fewer new customers came: %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("orders", True): gettext_noop(
        "More orders were placed: %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("orders", False): gettext_noop(
        "Fewer orders were placed: %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("conversion", True): gettext_noop(
        "A larger share of visitors ordered: %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("conversion", False): gettext_noop(
        "A smaller share of visitors ordered: %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("nps", True): gettext_noop(
        "Customers recommend us more (NPS): %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("nps", False): gettext_noop(
        "Customers recommend us less (NPS): %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("csat", True): gettext_noop(
        "More customers are satisfied (CSAT): %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("csat", False): gettext_noop(
        "Fewer customers are satisfied (CSAT): %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("ces", True): gettext_noop(
        "Customers find it easier (CES): %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("ces", False): gettext_noop(
        "Customers find it harder (CES): %(now)s instead of %(before)s, %(change)s (%(level)s interval: %(interval)s)."
    ),
    ("event", True): gettext_noop(
        "More customers with the event %(subject)s: %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("event", False): gettext_noop(
        "Fewer customers with the event %(subject)s: %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("channel", True): gettext_noop(
        "More customers on the channel %(subject)s: %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
    ("channel", False): gettext_noop(
        "Fewer customers on the channel %(subject)s: %(now)s instead of %(before)s, %(change)s"
        " (%(level)s interval: %(interval)s)."
    ),
}
#: The card that shows a number over time.
_CARDS: Final = {"new_customers": "customers"}


@dataclass(frozen=True, slots=True)
class Told:
    """One change.

    Attributes
    ----------
    arrow
        ``▲`` or ``▼``; the sentence says it too.
    tone
        ``better`` or ``worse``; empty for events and channels, of which Safar cannot know which way is good.
    sentence
        With numbers and interval.
    links
        Where its rows or its course are, its step on the map and what it costs: what a link says, and where it leads.
    """

    arrow: str
    tone: str
    sentence: str
    links: Links


@dataclass(frozen=True, slots=True)
class WeekPanel:
    """What changed this week.

    Attributes
    ----------
    title
        This week, or the last one where this one has hardly begun.
    period, compared_with
        The week and the one before, in the reader's words.
    told
        The strongest evidence first.
    nothing
        What to say instead; empty when there is something.
    longer, moved
        That cards of the longer period tell of changes though this week tells of none, and which: names and
        addresses; empty where the two agree.
    where_it_hurts
        Where a loss is looked into; empty where nothing got worse.
    further
        How many more there were; may be empty.
    method
        How it was judged.
    """

    title: str
    period: str
    compared_with: str
    told: tuple[Told, ...]
    nothing: str
    longer: str
    moved: tuple[tuple[str, str], ...]
    where_it_hurts: Links
    further: str
    method: str


def week_panel(
    answer: ChangesAnswer,
    week: Week,
    locale: Locale,
    *,
    events_address: str,
    painful: PainfulSteps,
    has_history: bool,
    has_loss: bool = False,
    moved: tuple[tuple[str, str], ...] = (),
) -> WeekPanel:
    """Return the panel.

    Parameters
    ----------
    events_address
        Of the desk Events; empty where the reader may not see single customers.
    painful
        Where a change is looked into.
    has_history
        Whether the log reaches back over the week before.
    has_loss
        Whether a card below got worse by more than chance.
    moved
        Cards below whose number moved by more than chance, each by itself: names and addresses.
    """
    judged = next(
        (int(dict(note.facts)["count"]) for note in answer.notes if note.code == "changes.looked_at"), 0
    )
    clear = answer.clear if has_history else ()
    nothing = ""
    if not has_history:
        nothing = _(
            "The log does not reach back over the week before yet, so there is nothing to compare with."
        )
    elif not judged:
        nothing = _("Too little happened in both weeks to judge any change.")
    elif not clear:
        nothing = _("Nothing moved beyond chance.")
    further = len(clear) - _MOST_SHOWN
    told = tuple(_told(each, week, locale, events_address, painful) for each in clear[:_MOST_SHOWN])
    has_loss = has_loss or any(each.tone == "worse" for each in told)
    return WeekPanel(
        title=_("What changed last week") if week.is_over else _("What changed this week"),
        period=locale.range(*week.days),
        compared_with=locale.range(*week.before_days),
        told=told,
        nothing=nothing,
        longer=_("In the time of the cards below, each judged by itself, more than chance:")
        if nothing and moved
        else "",
        moved=moved if nothing else (),
        where_it_hurts=painful.of_all if has_loss else (),
        further=filled(
            ngettext(
                "%(count)s further change is weaker evidence.",
                "%(count)s further changes are weaker evidence.",
                further,
            ),
            count=locale.number(further),
        )
        if further > 0
        else "",
        method=_method(judged, locale) if judged and has_history else "",
    )


def _method(judged: int, locale: Locale) -> str:
    return filled(
        ngettext(
            "%(count)s number was compared with the same days of the week before. Only what is more than chance is"
            " told, so that of all told at most %(share)s are false alarms (Benjamini–Hochberg).",
            "%(count)s numbers were compared with the same days of the week before. Only what is more than chance,"
            " all of them seen together, is told, so that of all told at most %(share)s are false alarms"
            " (Benjamini–Hochberg).",
            judged,
        ),
        count=locale.number(judged),
        share=locale.percent(0.05),
    )


def _told(moved: Moved, week: Week, locale: Locale, events_address: str, painful: PainfulSteps) -> Told:
    low, high = moved.change.interval.low, moved.change.interval.high
    if moved.is_ratio:
        now, before = locale.number(moved.now), locale.number(moved.before)
        if moved.before:
            change = locale.signed_percent(moved.change.value - 1)
            interval = between(locale.signed_percent(low - 1), locale.signed_percent(high - 1))
        else:
            change = locale.signed(moved.now)
            interval = filled(_("at least %(change)s"), change=locale.signed_percent(low - 1))
    else:
        wording = _wording(moved.kind, locale)
        now, before = wording.value(moved.now), wording.value(moved.before)
        change, interval = wording.difference(moved.change.value), wording.difference_interval(low, high)
    is_about_us = moved.kind not in {"event", "channel"}
    return Told(
        arrow="▲" if moved.is_up else "▼",
        tone=("better" if moved.is_up else "worse") if is_about_us else "",
        sentence=filled(
            _(_SENTENCES[moved.kind, moved.is_up]),
            subject=_subject(moved),
            now=now,
            before=before,
            change=change,
            level=locale.percent(moved.change.interval.level),
            interval=interval,
        ),
        links=(
            *_rows(moved, week, locale, events_address),
            *(painful.of_event(moved.subject) if moved.kind == "event" else ()),
        ),
    )


def _subject(moved: Moved) -> str:
    if moved.kind == "event":
        return str(happening(moved.subject).words)
    return channel_in_words(moved.subject) if moved.kind == "channel" else moved.subject


def _wording(kind: str, locale: Locale) -> Wording:
    if kind in {"conversion", "csat"}:
        return shares_wording(locale)
    decimals = 0 if kind == "nps" else 2
    return scores_wording(locale, decimals=1 if kind == "nps" else 2, decimals_of_value=decimals)


def _rows(moved: Moved, week: Week, locale: Locale, events_address: str) -> Links:
    """Return where the rows of an event or channel are in this week, or the course of another number.

    None where the reader may not see them.
    """
    if moved.kind not in {"event", "channel"}:
        return ((_("Its course"), f"?period=30d#fact-{_CARDS.get(moved.kind, moved.kind)}"),)
    if not events_address:
        return ()
    since, until = ("-".join(f"{part:02}" for part in locale.calendar_lens.date(day)) for day in _ends(week))
    field = "name" if moved.kind == "event" else "channel"
    query = urlencode({field: moved.subject, "since": since, "until": until})
    return ((_("Its events"), f"{events_address}?{query}"),)


def _ends(week: Week) -> tuple[int, int]:
    return week.days[0], week.days[1] - 1
