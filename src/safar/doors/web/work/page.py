"""Background work in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.words import filled
from safar.show.locale import Locale

from .queries import WorkFacts

_STATES: Final[dict[str, tuple[str | Promise, str]]] = {
    "waiting": (pgettext_lazy("state of work", "Waiting"), "soft"),
    "running": (pgettext_lazy("state of work", "Under way"), "info"),
    "cancelling": (pgettext_lazy("state of work", "Being cancelled"), "warn"),
    "cancelled": (pgettext_lazy("state of work", "Cancelled"), "soft"),
    "failed": (pgettext_lazy("state of work", "Failed"), "bad"),
    "succeeded": (pgettext_lazy("state of work", "Done"), "good"),
}


#: What took less was done at once.
_WORTH_SAYING: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class WorkCard:
    """One piece of work as a page shows it.

    Attributes
    ----------
    work
        The facts.
    state, tone
        Where it stands, and the tone of its badge.
    share, line
        Of the bar; the share is None where the whole is not known, the line may be empty.
    when
        Who started it and when, or how long it took.
    sentence
        Why it failed; empty unless it did.
    is_live
        Whether it changes by itself.
    can_cancel, can_retry
        Whether this reader may, now.
    """

    work: WorkFacts
    state: str
    tone: str
    share: float | None
    line: str
    when: str
    sentence: str
    is_live: bool
    can_cancel: bool
    can_retry: bool


@dataclass(frozen=True, slots=True)
class WorkPage:
    """The list of a workspace's work, newest first.

    Attributes
    ----------
    works
        One page of it; each is put into words where it is shown.
    is_everybodys
        Whether others' work is in it.
    next_query
        Of the next page, without ``?``; empty on the last one.
    is_first
        Whether the list is read from its start.
    empty
        Shown when there is none.
    """

    works: tuple[WorkFacts, ...]
    is_everybodys: bool
    next_query: str
    is_first: bool
    empty: EmptyState


def work_card(work: WorkFacts, locale: Locale, *, may_steer: bool) -> WorkCard:
    """Return a piece of work in the words of a locale."""
    state, tone = _STATES[work.status]
    return WorkCard(
        work=work,
        state=str(state),
        tone=tone,
        share=work.share,
        line=_line(work, locale),
        when=_when(work, locale),
        sentence=locale.shape(work.sentence),
        is_live=not work.has_ended,
        can_cancel=may_steer and work.can_cancel,
        can_retry=may_steer and work.can_retry,
    )


def _line(work: WorkFacts, locale: Locale) -> str:
    """Return how much is done, and the job's own words."""
    parts = []
    if work.total and work.status != "waiting":
        parts.append(
            filled(
                _("%(done)s of %(total)s (%(share)s)"),
                done=locale.number(work.done),
                total=locale.number(work.total),
                share=locale.percent(work.share or 0.0),
            )
        )
    elif work.done:
        parts.append(
            filled(ngettext("%(done)s done", "%(done)s done", work.done), done=locale.number(work.done))
        )
    if work.note:
        parts.append(locale.shape(work.note))
    return " · ".join(parts)


def _when(work: WorkFacts, locale: Locale) -> str:
    who = work.started_by or _("Safar")
    asked = locale.datetime(work.asked_at)
    took = work.finished_at - work.started_at if work.finished_at and work.started_at else None
    if took is not None and took >= _WORTH_SAYING:
        return filled(
            _("%(who)s, %(when)s, took %(duration)s"),
            who=who,
            when=asked,
            duration=locale.duration(took),
        )
    return filled(_("%(who)s, %(when)s"), who=who, when=asked)


def work_page(
    works: tuple[WorkFacts, ...], *, is_everybodys: bool, next_query: str, is_first: bool
) -> WorkPage:
    """Return the list of work as the page shows it."""
    return WorkPage(
        works=works,
        is_everybodys=is_everybodys,
        next_query=next_query,
        is_first=is_first,
        empty=EmptyState(
            _("Nothing has been done in the background yet"),
            _("Imports, exports and other long work appear here, with their progress and how they ended."),
        ),
    )
