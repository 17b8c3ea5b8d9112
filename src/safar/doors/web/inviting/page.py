"""What the pages of asking are given, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import happening, visible
from safar.doors.web.surveys.frame import Frame
from safar.doors.web.surveys.shown import language_name
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.interval import share

from .facts import InvitationFacts, LinkFacts, RoundFacts
from .foreseen import Foreseen
from .models import Invitation, Link
from .sending import address_of

#: Each status in words; the latter ones say why somebody was not asked.
STATUSES: Final[dict[str, Promise | str]] = {
    Invitation.Status.WAITING: pgettext_lazy("of an invitation", "to be sent"),
    Invitation.Status.SENT: pgettext_lazy("of an invitation", "sent, not answered yet"),
    Invitation.Status.ANSWERED: pgettext_lazy("of an invitation", "answered"),
    Invitation.Status.LAPSED: pgettext_lazy("of an invitation", "never answered"),
    Invitation.Status.FAILED: pgettext_lazy("of an invitation", "could not be sent"),
    Invitation.Status.OPTED_OUT: gettext_lazy("not asked: wants no questions"),
    Invitation.Status.NO_CONSENT: gettext_lazy("not asked: has not agreed to it"),
    Invitation.Status.NOT_SAMPLED: gettext_lazy("not asked: not in the sample"),
    Invitation.Status.NO_ADDRESS: gettext_lazy("not asked: no address known"),
    Invitation.Status.ASKED_LATELY: gettext_lazy("not asked: had this survey lately"),
    Invitation.Status.QUARANTINE: gettext_lazy("not asked: answered lately"),
    Invitation.Status.BUDGET: gettext_lazy("not asked: was asked often enough"),
}
#: Why customers cannot be asked before something is known of them, or they say so; of each so many are named.
_UNREACHED: Final = (Invitation.Status.NO_ADDRESS, Invitation.Status.NO_CONSENT, Invitation.Status.OPTED_OUT)
_NAMED: Final = 20
LINK_NAMES: Final[dict[str, Promise | str]] = {
    Link.Kind.OPEN: pgettext_lazy("kind of link", "Link"),
    Link.Kind.WIDGET: pgettext_lazy("kind of link", "On pages"),
    Link.Kind.KIOSK: pgettext_lazy("kind of link", "Kiosk"),
    Link.Kind.TEST: pgettext_lazy("kind of link", "Test"),
}
_CHANNEL_NAMES: Final[dict[str, Promise | str]] = {
    "email": gettext_lazy("E-mail"),
    "sms": gettext_lazy("SMS"),
}
_CLOSED: Final[dict[str, Promise | str]] = {
    "closed": pgettext_lazy("of a link", "ended"),
    "over": pgettext_lazy("of a link", "its time is over"),
}


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link on the page.

    Attributes
    ----------
    address
        Whole, as whoever looks at the page knows the installation.
    about
        In which language it asks, until when, on which pages it appears.
    qr_href
        The code as a drawing; with ``.png`` in the place of ``.svg`` as a picture. Empty for a survey on pages.
    settings_href
        Where it is said when it appears; empty for links that do not.
    """

    name: str
    kind: str
    address: str
    about: str
    qr_href: str
    png_href: str
    is_open: bool
    state: str
    toggle_href: str
    settings_href: str


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round on the page: how many were asked, how many answered."""

    name: str
    href: str
    about: str
    outcome: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class AskPage:
    """How a survey is asked.

    Attributes
    ----------
    publish_href
        Where it is published; empty where the reader may not, or it is.
    """

    frame: Frame
    links: tuple[LinkLine, ...]
    rounds: tuple[RoundLine, ...]
    budget: str
    budget_href: str
    is_published: bool
    publish_href: str
    may_send: bool
    can_mail: bool


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round, and everybody who was asked or why not.

    Attributes
    ----------
    asked, others
        Each status that somebody has: of those who were asked, and why others were not.
    outcome
        How many of those who were asked answered, with how sure that is.
    take_href, retake_href
        Where the personal links are taken as a file, and taken again; empty for who may not take rows away.
    """

    frame: Frame
    title: str
    about: str
    outcome: str
    asked: tuple[StatusTile, ...]
    others: tuple[StatusTile, ...]
    shown: str
    all_href: str
    table: Table
    stop_href: str
    take_href: str
    may_retake: bool
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class StatusTile:
    """How many have a status, and the query that shows them."""

    name: str
    count: str
    href: str
    is_current: bool


def status_tiles(
    facts: RoundFacts, locale: Locale, status: str
) -> tuple[tuple[StatusTile, ...], tuple[StatusTile, ...]]:
    """Return the statuses that somebody has: of those who were asked, and of the others."""
    found = [
        (
            key in (*Invitation.ASKED, Invitation.Status.FAILED),
            StatusTile(
                str(name), locale.number(facts.counts[key]), f"?{urlencode({'status': key})}", key == status
            ),
        )
        for key, name in STATUSES.items()
        if facts.counts.get(key)
    ]
    return tuple(tile for is_asked, tile in found if is_asked), tuple(
        tile for is_asked, tile in found if not is_asked
    )


@dataclass(frozen=True, slots=True)
class ForeseenPart:
    """What is said before anybody is asked.

    Attributes
    ----------
    told
        How many would be asked.
    lines
        Pairs of why others would not be, and how many.
    unreached
        Why customers cannot be asked whatever is waited for, with the first of them (their ids, and where each is)
        and how many more there are.
    """

    told: str
    lines: tuple[tuple[str, str], ...] = ()
    unreached: tuple[tuple[str, tuple[tuple[str, str], ...], str], ...] = ()


def foreseen_part(
    workspace: Workspace, found: Foreseen | None, locale: Locale, *, after_event: bool, sees: bool
) -> ForeseenPart:
    """Return who would be asked, in words; without a segment what is missing, or what will be waited for.

    Parameters
    ----------
    sees
        Whether the reader may see customers: who cannot be asked is named.
    """
    if after_event:
        return ForeseenPart(
            _(
                "Nobody is asked at once: each customer is judged when the event has happened to him, from now on."
            )
        )
    if found is None:
        return ForeseenPart(_("Nobody is chosen yet: choose a segment, or an event after which to ask."))
    told = filled(
        ngettext(
            "%(asked)s of %(count)s customer would be asked now.",
            "%(asked)s of %(count)s customers would be asked now.",
            found.judged,
        ),
        asked=locale.number(found.asked),
        count=locale.number(found.judged),
    )
    if found.judged < found.members:
        told = filled(
            _("%(told)s The segment has %(members)s; those who did something last were looked at."),
            told=told,
            members=locale.number(found.members),
        )
    return ForeseenPart(
        told,
        tuple(
            (str(name), locale.number(found.counts[key]))
            for key, name in STATUSES.items()
            if found.counts.get(key)
        ),
        tuple(
            (
                str(STATUSES[key]),
                tuple((visible(each), customer_href(workspace, each)) for each in found.those(key)[:_NAMED]),
                locale.number(found.counts[key] - _NAMED) if found.counts[key] > _NAMED else "",
            )
            for key in _UNREACHED
            if sees and found.counts.get(key)
        ),
    )


def outcome_in_words(facts: RoundFacts, locale: Locale) -> str:
    """Return how many were asked and how many of those who got it answered, with Wilson's interval."""
    waiting = facts.counts.get(Invitation.Status.WAITING, 0)
    asked = sum(facts.counts.get(status, 0) for status in Invitation.ASKED)
    answered = facts.counts.get(Invitation.Status.ANSWERED, 0)
    told = filled(
        ngettext("%(asked)s asked, %(answered)s answered", "%(asked)s asked, %(answered)s answered", asked),
        asked=locale.number(asked),
        answered=locale.number(answered),
    )
    if waiting:
        told = filled(
            _("%(sent)s sent, %(waiting)s still to be sent, %(answered)s answered"),
            sent=locale.number(asked - waiting),
            waiting=locale.number(waiting),
            answered=locale.number(answered),
        )
    rate = share(answered, asked - waiting)
    if rate is None:
        return told
    return filled(
        _("%(told)s: response rate %(rate)s (%(interval)s)"),
        told=told,
        rate=locale.percent(rate.value),
        interval=locale.percent_interval(rate.interval.low, rate.interval.high),
    )


def link_line(
    workspace: Workspace, facts: LinkFacts, locale: Locale, absolute: Callable[[str], str]
) -> LinkLine:
    """Return a link as the page shows it.

    Parameters
    ----------
    absolute
        Makes an address whole.
    """
    named = {"workspace_id": workspace.workspace_id, "survey_id": facts.survey_id, "token": facts.token}
    address = absolute(address_of(facts.token))
    is_widget = facts.kind == Link.Kind.WIDGET
    return LinkLine(
        facts.name or str(LINK_NAMES[facts.kind]),
        str(LINK_NAMES[facts.kind]),
        f"{address}/kiosk" if facts.kind == Link.Kind.KIOSK else address,
        _about_link(facts, locale),
        "" if is_widget else reverse("survey-qr", kwargs={**named, "form": "svg"}),
        "" if is_widget else reverse("survey-qr", kwargs={**named, "form": "png"}),
        not facts.why,
        str(_CLOSED.get(facts.why, "")),
        reverse("survey-link", kwargs=named),
        reverse("survey-widget", kwargs=named) if is_widget else "",
    )


def _about_link(facts: LinkFacts, locale: Locale) -> str:
    """Return what holds of a link beside its kind, in a line."""
    told = [language_name(facts.language)] if facts.language else []
    if facts.kind == Link.Kind.WIDGET:
        told.append(", ".join(visible(each) for each in facts.origins) or _("on no site yet"))
    told += [f"{visible(name)} = {visible(value)}" for name, value in facts.hidden.items()]
    if facts.closes_at is not None:
        told.append(filled(_("until %(day)s"), day=locale.datetime(facts.closes_at)))
    return " · ".join(told)


def round_line(workspace: Workspace, facts: RoundFacts, locale: Locale) -> RoundLine:
    """Return a round as the page shows it."""
    named = {
        "workspace_id": workspace.workspace_id,
        "survey_id": facts.survey_id,
        "round_id": facts.public_id,
    }
    return RoundLine(
        facts.name,
        reverse("survey-round", kwargs=named),
        round_in_words(facts, locale),
        outcome_in_words(facts, locale),
        facts.stopped_at is None,
    )


def round_in_words(facts: RoundFacts, locale: Locale) -> str:
    """Return how a round asks, in a line."""
    way, rest = str(_CHANNEL_NAMES[facts.channel]), ""
    if facts.rate < 1:
        rest += " · " + filled(_("a sample of %(share)s"), share=locale.percent(facts.rate))
    if facts.remind_after is not None:
        rest += " · " + filled(_("reminded after %(length)s"), length=locale.duration(facts.remind_after))
    return _when_in_words(facts, way, locale) + rest


def _when_in_words(facts: RoundFacts, way: str, locale: Locale) -> str:
    if not facts.event_names:
        return filled(_("%(way)s · once, on %(day)s"), way=way, day=locale.date(facts.created_at))
    hours = round((facts.delay.total_seconds() if facts.delay else 0) / 3600)
    events = ", ".join(str(happening(each).words) for each in facts.event_names)
    if not hours:
        return filled(_("%(way)s · right after %(event)s"), way=way, event=events)
    return filled(
        ngettext(
            "%(way)s · %(count)s hour after %(event)s", "%(way)s · %(count)s hours after %(event)s", hours
        ),
        way=way,
        count=locale.number(hours),
        event=events,
    )


def invitation_table(
    workspace: Workspace, found: tuple[InvitationFacts, ...], locale: Locale, *, sees: bool
) -> Table:
    """Return everybody who was asked or why not; ids only for those who may see customers."""
    columns = (
        Column("customer", _("Customer"), "code"),
        Column("status", _("Status")),
        Column("at", _("When"), "when"),
        Column("answered", _("Answered"), "when"),
    )
    address = reverse("customer", kwargs={"workspace_id": workspace.workspace_id})
    rows = []
    for facts in found:
        profile = f"{address}?{urlencode({'id': facts.customer_id})}"
        rows.append(
            Row(
                (
                    Cell(facts.customer_id, profile) if sees else Cell("…"),
                    Cell(str(STATUSES[facts.status])),
                    Cell(locale.datetime(facts.sent_at or facts.judged_at)),
                    Cell(locale.datetime(facts.answered_at) if facts.answered_at else ""),
                )
            )
        )
    empty = EmptyState(
        _("Nobody yet"), _("Who is asked, and who is not and why, appears here within a minute.")
    )
    return Table(_("Who is asked"), columns, tuple(rows), empty=empty)
