"""Actions in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.table import Tone
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, in_words
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .forms import COUNTED_NAMES
from .models import OfferedAction
from .queries import ActionFacts, ChoosingFacts

_TONES: Final[dict[str, Tone]] = {"on": "good", "paused": "soft", "archived": "soft"}


@dataclass(frozen=True, slots=True)
class ActionCard:
    """An action of the list.

    Attributes
    ----------
    name, key, href, kind
        What it is called, by people and by programs, its page, and what it is.
    state, state_word, tone
        Whether it is chosen.
    rules
        For whom, when and how often, a sentence each.
    turns
        What a member may do: the state, and the word on the button.
    """

    name: str
    key: str
    href: str
    kind: str
    state: str
    state_word: str
    tone: Tone
    rules: tuple[str, ...]
    turns: tuple[tuple[str, Promise | str], ...]


def card_of(workspace: Workspace, facts: ActionFacts, locale: Locale, segments: dict[str, str]) -> ActionCard:
    """Return an action as its card shows it."""
    named = {"workspace_id": workspace.workspace_id, "public_id": facts.public_id}
    kind = str(OfferedAction.Kind(facts.kind).label)
    if facts.channel:
        kind = filled(_("%(kind)s, %(channel)s"), kind=kind, channel=channel_in_words(facts.channel))
    turns = {
        "on": (("paused", _("Pause")),),
        "paused": (("on", _("Turn on")), ("archived", _("Put away"))),
        "archived": (("paused", _("Take out again")),),
    }
    return ActionCard(
        said(facts.name, locale.language, "en") or facts.key,
        facts.key,
        reverse("action", kwargs=named),
        kind,
        facts.state,
        str(OfferedAction.State(facts.state).label),
        _TONES[facts.state],
        tuple(_rules(facts, locale, segments)),
        turns[facts.state],
    )


def _rules(facts: ActionFacts, locale: Locale, segments: dict[str, str]) -> list[str]:
    found = []
    if facts.segment_id:
        name = segments.get(facts.segment_id)
        found.append(
            filled(_("Only for the segment “%(name)s”."), name=name)
            if name
            else _("Its segment is gone: nobody gets it.")
        )
    if facts.consent:
        found.append(filled(_("Only with consent to “%(purpose)s”."), purpose=facts.consent))
    if facts.at_most is not None:
        times = filled(
            ngettext("At most %(count)s time", "At most %(count)s times", facts.at_most),
            count=locale.number(facts.at_most),
        )
        days = filled(
            ngettext("in %(count)s day", "in %(count)s days", facts.within_days),
            count=locale.number(facts.within_days),
        )
        found.append(filled(_("%(times)s %(days)s."), times=times, days=days))
    if facts.since is not None:
        found.append(filled(_("From %(when)s on."), when=locale.datetime(facts.since)))
    if facts.until is not None:
        found.append(filled(_("Until %(when)s."), when=locale.datetime(facts.until)))
    return found or [_("For everybody, as often as it is chosen.")]


def choosing_in_words(facts: ChoosingFacts, locale: Locale) -> tuple[tuple[str, str], ...]:
    """Return how is chosen, as names and values."""
    outcome = facts.outcome
    events = _(", ").join(in_words(each) for each in outcome.event_names) or _("Orders")
    days = filled(
        ngettext("within %(count)s day", "within %(count)s days", round(outcome.within_days)),
        count=locale.number(round(outcome.within_days)),
    )
    learnt = (
        filled(
            ngettext("%(count)s decision, %(when)s", "%(count)s decisions, %(when)s", facts.learnt_from),
            count=locale.number(facts.learnt_from),
            when=locale.datetime(facts.learnt_at),
        )
        if facts.learnt_at is not None
        else _("Nothing yet: all that is allowed has much the same chance.")
    )
    return (
        (_("What counts"), filled(_("%(events)s, %(days)s"), events=events, days=days)),
        (_("What of it"), str(COUNTED_NAMES[outcome.counted])),
        (_("Left to trying"), locale.percent(facts.epsilon)),
        (_("Learnt from"), learnt),
    )
