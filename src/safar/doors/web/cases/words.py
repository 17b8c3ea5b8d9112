"""Cases in the reader's words: where one stands, how urgent it is, when it is due, what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.customers.scores import score_in_words
from safar.doors.web.design.table import Tone
from safar.doors.web.design.words import filled
from safar.doors.web.scores.words import metric_name
from safar.maps.anatomy import said
from safar.observe.customers import SurveyAnswer
from safar.show.locale import Locale

from .models import EntryKind, Outcome, PriorityChoice, Status, Thanked
from .queries import CaseFacts, EntryFacts

Facts = Mapping[str, Any]

STATUS_TONES: Final[dict[str, Tone]] = {
    Status.NEW: "info",
    Status.OPEN: "info",
    Status.WAITING: "soft",
    Status.REOPENED: "warn",
    Status.CLOSED: "good",
}
PRIORITY_TONES: Final[dict[str, Tone]] = {"urgent": "bad", "high": "warn", "normal": "soft", "low": "soft"}
ROLE_NAMES: Final[dict[str, Promise | str]] = {
    "manager": pgettext_lazy("who is told", "the managers"),
    "owner": pgettext_lazy("who is told", "the owners of the workspace"),
}
#: Days off that public lists have.
HOLIDAY_NAMES: Final[dict[str, Promise | str]] = {
    "nowruz": gettext_lazy("Nowruz"),
    "islamic_republic": gettext_lazy("Islamic Republic Day"),
    "nature": gettext_lazy("Nature Day"),
    "khomeini": gettext_lazy("Death of Khomeini"),
    "khordad": gettext_lazy("Uprising of 15 Khordad"),
    "revolution": gettext_lazy("Revolution Day"),
    "oil": gettext_lazy("Nationalisation of oil"),
    "tasua": gettext_lazy("Tasua"),
    "ashura": gettext_lazy("Ashura"),
    "arbaeen": gettext_lazy("Arbaeen"),
    "prophet_death": gettext_lazy("Death of the Prophet"),
    "reza": gettext_lazy("Martyrdom of Imam Reza"),
    "askari": gettext_lazy("Martyrdom of Imam Hasan al-Askari"),
    "prophet_birth": gettext_lazy("Birth of the Prophet"),
    "fatima": gettext_lazy("Martyrdom of Fatima"),
    "ali_birth": gettext_lazy("Birth of Imam Ali"),
    "mission": gettext_lazy("Mission of the Prophet"),
    "mahdi": gettext_lazy("Birth of the Mahdi"),
    "ali_death": gettext_lazy("Martyrdom of Imam Ali"),
    "fitr": gettext_lazy("Eid al-Fitr"),
    "sadiq": gettext_lazy("Martyrdom of Imam Sadiq"),
    "adha": gettext_lazy("Eid al-Adha"),
    "ghadir": gettext_lazy("Eid al-Ghadir"),
    "founding": gettext_lazy("Founding Day"),
    "saudi_national": gettext_lazy("Saudi National Day"),
    "arafah": gettext_lazy("Day of Arafah"),
    "new_year": gettext_lazy("New Year's Day"),
    "uae_union": gettext_lazy("Eid Al Etihad"),
    "hijri_new_year": gettext_lazy("Hijri New Year"),
}


def holiday_name(key: str) -> str:
    """Return what a day off is called: a name of ours, or the company's own."""
    return str(HOLIDAY_NAMES.get(key, key)) or _("Day off")


def working_length(minutes: int, locale: Locale) -> str:
    """Return a length of working time: in hours, for a day of it is not a day."""
    if minutes % 60:
        return filled(
            ngettext("%(count)s minute", "%(count)s minutes", minutes), count=locale.number(minutes)
        )
    hours = minutes // 60
    return filled(ngettext("%(count)s hour", "%(count)s hours", hours), count=locale.number(hours))


def status_name(status: str) -> str:
    """Return where a case stands."""
    return str(Status(status).label)


def priority_name(priority: str) -> str:
    """Return how urgent a case is."""
    return str(PriorityChoice(priority).label)


def outcome_name(outcome: str) -> str:
    """Return how a case ended; empty while it has not."""
    return str(Outcome(outcome).label) if outcome else ""


def score_words(case: CaseFacts, locale: Locale) -> str:
    """Return the answer that opened a case; empty without one."""
    if case.value is None:
        return ""
    low, high = case.scale or (None, None)
    return score_in_words(SurveyAnswer(_metric(case.metric), case.value, low, high, case.heard_at), locale)


def _metric(metric: str) -> str:
    """Return a metric as answers are said with: the scales that have words of their own by their keys."""
    if metric in {"nps", "csat", "ces"}:
        return metric
    return metric_name(metric) if metric else _("Score")


def due_words(case: CaseFacts, locale: Locale, now: datetime) -> str:
    """Return when a case is due, from the reader's now."""
    if case.closed_at is not None:
        when = locale.relative(case.closed_at, now)
        if case.is_in_time:
            return filled(_("Closed in time, %(when)s"), when=when)
        return filled(_("Closed late, %(when)s"), when=when)
    if case.status == Status.WAITING:
        return _("The clock stands")
    when = locale.relative(case.due_at, now)
    return filled(_("Was due %(when)s"), when=when) if case.is_late else filled(_("Due %(when)s"), when=when)


def title_words(case: CaseFacts) -> str:
    """Return what a case is called."""
    return case.rule_name or _("Opened by hand")


def entry_words(entry: EntryFacts, causes: Mapping[str, str]) -> str:
    """Return what an entry of the history tells, as a sentence."""
    return _ENTRIES[entry.kind](entry.facts, causes)


def _opened(facts: Facts, _causes: Mapping[str, str]) -> str:
    if not facts.get("rule"):
        return _("Opened by hand.")
    sentence = filled(_("Opened by the rule “%(rule)s”."), rule=str(facts["rule"]))
    owner = str(facts.get("owner") or "")
    return f"{sentence} " + filled(_("Given to %(owner)s."), owner=owner) if owner else sentence


def _given(facts: Facts, _causes: Mapping[str, str]) -> str:
    owner = str(facts.get("after") or "")
    return filled(_("Given to %(owner)s."), owner=owner) if owner else _("Given to nobody.")


def _escalated(facts: Facts, _causes: Mapping[str, str]) -> str:
    roles = ", ".join(str(ROLE_NAMES.get(role, role)) for role in facts.get("roles", ()))
    return filled(_("It is late: %(who)s were told."), who=roles)


def _closed(facts: Facts, causes: Mapping[str, str]) -> str:
    cause = causes.get(str(facts.get("root_cause")), "")
    outcome = outcome_name(str(facts.get("outcome") or ""))
    return filled(_("Closed. Behind it: %(cause)s. %(outcome)s."), cause=cause, outcome=outcome)


def thanked_in_words(status: str) -> str:
    """Return what became of thanking a customer by mail, as a sentence."""
    return str(_THANKED[Thanked.Status(status)])


_THANKED: Final[dict[Thanked.Status, Promise | str]] = {
    Thanked.Status.WAITING: gettext_lazy("The customer is being thanked by mail."),
    Thanked.Status.SENT: gettext_lazy("The customer was thanked by mail."),
    Thanked.Status.FAILED: gettext_lazy("Thanks by mail were refused by the mail server."),
    Thanked.Status.OPTED_OUT: gettext_lazy("No thanks by mail: the customer does not want mails."),
    Thanked.Status.NO_CONSENT: gettext_lazy("No thanks by mail: the customer has not agreed to it."),
    Thanked.Status.NO_ADDRESS: gettext_lazy("No thanks by mail: no address of the customer is known."),
    Thanked.Status.BUDGET: gettext_lazy(
        "No thanks by mail: the customer has heard from us as often as the budget of contacts allows."
    ),
}


_ENTRIES: Final[dict[str, Callable[[Facts, Mapping[str, str]], str]]] = {
    EntryKind.OPENED: _opened,
    EntryKind.STATUS: lambda facts, _causes: filled(
        _("Now: %(status)s."), status=status_name(str(facts["after"]))
    ),
    EntryKind.OWNER: _given,
    EntryKind.PRIORITY: lambda facts, _causes: filled(
        _("Priority now: %(priority)s."), priority=priority_name(str(facts["after"]))
    ),
    EntryKind.NOTE: lambda _facts, _causes: pgettext("history of a case", "Note"),
    EntryKind.MESSAGE: lambda _facts, _causes: _("Said to the customer"),
    EntryKind.ESCALATED: _escalated,
    EntryKind.CLOSED: _closed,
    EntryKind.REOPENED: lambda _facts, _causes: _("Opened again."),
    EntryKind.TOLD: lambda facts, _causes: filled(
        _("Told what was done: “%(title)s”."), title=str(facts.get("title") or "")
    ),
    EntryKind.THANKED: lambda facts, _causes: thanked_in_words(str(facts.get("status") or "sent")),
}


def cause_name(names: object, language: str) -> str:
    """Return what a root cause is called."""
    return said(names, language, "en") if isinstance(names, dict) else ""
