"""The queue of cases and one case in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import cut, visible
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import asked_names
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .hearing import Places, step_name
from .models import Status
from .queries import CaseFacts, CasePage, CauseFacts, EntryFacts
from .rule_words import RuleWords, topic_names
from .words import (
    PRIORITY_TONES,
    STATUS_TONES,
    cause_name,
    due_words,
    entry_words,
    outcome_name,
    priority_name,
    score_words,
    status_name,
    title_words,
)

#: Pages of the app: key, name, the name of the address, what it needs.
_PAGES: Final[tuple[tuple[str, Promise | str, Capability], ...]] = (
    ("cases", pgettext_lazy("pages of cases", "Queue"), Capability.SEE_CUSTOMERS),
    ("case-report", pgettext_lazy("pages of cases", "Report"), Capability.SEE_NUMBERS),
    ("case-opportunities", pgettext_lazy("pages of cases", "What is behind them"), Capability.SEE_NUMBERS),
    ("case-tellings", pgettext_lazy("pages of cases", "You said, we did"), Capability.SEE_CUSTOMERS),
    ("case-rules", pgettext_lazy("pages of cases", "Rules"), Capability.SEE_NUMBERS),
    ("case-causes", pgettext_lazy("pages of cases", "Root causes"), Capability.SEE_NUMBERS),
    ("case-working-time", pgettext_lazy("pages of cases", "Working time"), Capability.SEE_NUMBERS),
)
#: Queues, in their order.
QUEUES: Final[tuple[tuple[str, Promise | str], ...]] = (
    ("mine", pgettext_lazy("a queue of cases", "Mine")),
    ("unassigned", pgettext_lazy("a queue of cases", "Nobody's")),
    ("late", pgettext_lazy("a queue of cases", "Late")),
    ("live", pgettext_lazy("a queue of cases", "All that are open")),
    ("closed", pgettext_lazy("a queue of cases", "Closed")),
)
_WORDS: Final = 240


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of the app is given: the navigation of the desk, and that of the app."""

    tabs: tuple[Tab, ...]
    pages: tuple[Tab, ...]


def frame(workspace: Workspace, capabilities: frozenset[Capability], current: str) -> Frame:
    """Return the navigations, with the open page marked."""
    named = {"workspace_id": workspace.workspace_id}
    pages = (
        Tab(str(name), reverse(key, kwargs=named), key == current)
        for key, name, needed in _PAGES
        if needed in capabilities
    )
    return Frame(tabs(workspace, "cases"), tuple(pages))


def none_opened(title: str, sentence: str, workspace: Workspace, capabilities: frozenset[str]) -> EmptyState:
    """Return what stands where no rule has opened a case: whoever may is led to the rules."""
    may = Capability.CHANGE_RULES in capabilities
    return EmptyState(
        title,
        sentence,
        _("Look at the rules") if may else "",
        reverse("case-rules", kwargs={"workspace_id": workspace.workspace_id}) if may else "",
    )


def telling_address(workspace: Workspace, *, cause: str) -> str:
    """Return where customers whose cases had a root cause are told what was done."""
    address = reverse("case-telling-new", kwargs={"workspace_id": workspace.workspace_id})
    return f"{address}?{urlencode({'cause': cause})}"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case of the queue."""

    title: str
    href: str
    customer: str
    score: str
    words: str
    step: str
    status: str
    status_tone: str
    priority: str
    priority_tone: str
    owner: str
    due: str
    due_at: str
    is_late: bool
    is_escalated: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What the template of the queue is given.

    Attributes
    ----------
    queues
        The queues with how many cases each holds.
    lines
        The cases.
    next_query
        Of the next page; empty at the end.
    empty
        What stands where there are none.
    """

    frame: Frame
    queues: tuple[Tab, ...]
    lines: tuple[CaseLine, ...]
    next_query: str
    empty: EmptyState


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of a case's history."""

    at: str
    instant: str
    by: str
    words: str
    text: str
    mentions: str
    kind: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """What the template of one case is given.

    Attributes
    ----------
    facts
        Names and values of what is known.
    question
        What the score answered; empty where there is none.
    topics
        What the comment is about.
    entries
        Of the history, the newest first.
    others
        The customer's other cases.
    causes
        Root causes that are offered: ids and names.
    is_erased
        Whether the customer was erased.
    """

    frame: Frame
    case: CaseFacts
    line: CaseLine
    facts: tuple[tuple[str, str, str], ...]
    question: str
    topics: tuple[str, ...]
    entries: tuple[EntryLine, ...]
    others: tuple[CaseLine, ...]
    causes: tuple[tuple[str, str], ...]
    customer_href: str
    is_closed: bool
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """Makes the pages of one reader."""

    workspace: Workspace
    locale: Locale
    capabilities: frozenset[Capability]
    places: Places

    def address(self, name: str, **named: str) -> str:
        """Return the address of a page of the app."""
        return reverse(name, kwargs={"workspace_id": self.workspace.workspace_id, **named})

    def queue(
        self, which: str, counts: Mapping[str, int], found: CasePage, query: str, *, is_filtered: bool
    ) -> QueuePage:
        """Return the page of a queue."""
        queues = tuple(
            Tab(self._counted(str(name), counts.get(key)), f"?{urlencode({'which': key})}", key == which)
            for key, name in QUEUES
        )
        following = ""
        if found.next_offset is not None:
            following = f"{query}&after={found.next_offset}" if query else f"after={found.next_offset}"
        return QueuePage(
            frame(self.workspace, self.capabilities, "cases"),
            queues,
            tuple(map(self.line, found.cases)),
            following,
            self._empty(which, is_filtered=is_filtered),
        )

    def line(self, case: CaseFacts) -> CaseLine:
        """Return a case as a line of the queue."""
        now = timezone.now()
        return CaseLine(
            title=cut(visible(title_words(case)), 120),
            href=self.address("case", case_id=case.public_id),
            customer=cut(visible(case.customer_id), 60) or _("Erased customer"),
            score=score_words(case, self.locale),
            words=cut(visible(case.words), _WORDS),
            step=self._step(case),
            status=status_name(case.status),
            status_tone=STATUS_TONES[case.status],
            priority=priority_name(case.priority),
            priority_tone=PRIORITY_TONES[case.priority],
            owner=case.owner,
            due=due_words(case, self.locale, now),
            due_at=self.locale.datetime(case.due_at),
            is_late=case.is_late,
            is_escalated=case.escalated > 0,
        )

    def one(
        self,
        case: CaseFacts,
        entries: tuple[EntryFacts, ...],
        others: tuple[CaseFacts, ...],
        causes: tuple[CauseFacts, ...],
        worth: tuple[float | None, str],
    ) -> OnePage:
        """Return the page of one case."""
        language = self.locale.language
        names = {each.public_id: cause_name(dict(each.names), language) for each in causes}
        offered = tuple((each.public_id, names[each.public_id]) for each in causes if not each.is_archived)
        return OnePage(
            frame=frame(self.workspace, self.capabilities, ""),
            case=case,
            line=self.line(case),
            facts=tuple(self._facts(case, worth)),
            question=visible(asked_names(self.workspace, language).question(case.question_key)),
            topics=tuple(topic_names(self.workspace, language).get(each, each) for each in case.topics),
            entries=tuple(self._entry(each, names) for each in entries),
            others=tuple(map(self.line, others)),
            causes=offered,
            customer_href=customer_href(self.workspace, case.customer_id) if case.customer_id else "",
            is_closed=case.status == Status.CLOSED,
            is_erased=not case.customer_id,
        )

    def words(self) -> RuleWords:
        """Return the words of rules."""
        return RuleWords.of(self.workspace, self.locale, self.places)

    def _facts(self, case: CaseFacts, worth: tuple[float | None, str]) -> list[tuple[str, str, str]]:
        found = [
            (
                _("Opened"),
                self.locale.datetime(case.opened_at),
                self.locale.relative(case.opened_at, timezone.now()),
            ),
            (_("Due"), self.locale.datetime(case.due_at), due_words(case, self.locale, timezone.now())),
            (pgettext("of a case", "Owner"), case.owner or _("Nobody yet"), case.team),
        ]
        step = self._step(case)
        if step:
            found.append((_("Step of the journey"), step, ""))
        top, spent = worth
        if top is not None:
            rank = filled(_("among the first %(share)s by what was spent"), share=self.locale.percent(top))
            found.append((_("Has spent"), spent, rank))
        if case.outcome:
            cause = cause_name(dict(case.root_cause or {}), self.locale.language)
            found.append((_("Behind it"), cause, outcome_name(case.outcome)))
        if case.reopened_count:
            found.append((_("Reopened"), self.locale.number(case.reopened_count), ""))
        return found

    def _step(self, case: CaseFacts) -> str:
        found = (
            place
            for place in self.places.of(case.question_key)
            if (place.map_id, place.step_id) == (case.map_id, case.step_id)
        )
        place = next(found, None)
        return "" if place is None else cut(visible(step_name(place, self.locale.language)), 80)

    def _entry(self, entry: EntryFacts, causes: dict[str, str]) -> EntryLine:
        return EntryLine(
            self.locale.datetime(entry.at),
            entry.at.isoformat(),
            entry.by,
            entry_words(entry, causes),
            entry.text,
            ", ".join(entry.mentions),
            entry.kind,
        )

    def _counted(self, name: str, count: int | None) -> str:
        if count is None:
            return name
        return filled(_("%(name)s: %(count)s"), name=name, count=self.locale.number(count))

    def _empty(self, which: str, *, is_filtered: bool) -> EmptyState:
        if is_filtered:
            return EmptyState(_("No case fits these filters."))
        if which in {"mine", "late", "unassigned"}:
            return EmptyState(_("Nothing here. Well done."))
        return none_opened(
            _("No cases yet"),
            _("A rule opens one within a minute after somebody answers badly, complains, or stays silent."),
            self.workspace,
            self.capabilities,
        )
