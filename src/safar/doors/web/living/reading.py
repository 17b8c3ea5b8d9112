"""A request for a sheet, read: which map, of whom, of when, and how it was lived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.answers import Kept
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.journeys.asking import Underway
from safar.doors.web.journeys.known import Known
from safar.doors.web.journeys.page import no_events
from safar.doors.web.maps.queries import OpenMap
from safar.doors.web.members.policies import Capability
from safar.maps.lived import LivedMap
from safar.maps.lived_question import LivedQuestion
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window

from . import queries
from .asking import OF_MONEY, ask_lived, question_of, today
from .at_risk import Risks, risks_of
from .form import PeriodForm, SheetState
from .scene import Scene, scene_of
from .whom import Whom, chosen, everybody, whoms


@dataclass(frozen=True)
class Reading:
    """A request for a sheet.

    Attributes
    ----------
    opened
        The map.
    form, state
        Of which period, and how the reader looks at it.
    whom, whoms
        Whom it is about, and whom it could be about.
    capabilities, by
        What the reader may do, and who he is.
    is_of_unknown
        Whether the address asks for somebody whom the workspace does not have; the sheet is then about everybody.
    """

    workspace: Workspace
    opened: OpenMap
    known: Known
    locale: Locale
    form: PeriodForm
    state: SheetState
    whom: Whom
    whoms: tuple[Whom, ...]
    capabilities: frozenset[Capability]
    by: Actor
    is_of_unknown: bool = False

    @property
    def sees_customers(self) -> bool:
        """Whether the reader may see single customers."""
        return Capability.SEE_CUSTOMERS in self.capabilities

    @property
    def window(self) -> Window | None:
        """The stretch of time; None for all of it."""
        return self.form.window if self.form.is_valid() else None

    @property
    def scope(self) -> str:
        """Of whom and when the sheet is, in words."""
        if self.window is None:
            when = pgettext("period", "All time")
        else:
            instants = [self.window.start_us, self.window.end_us - 1]
            first, last = local_days(instants, self.locale.time_zone)
            when = self.locale.range(int(first), int(last) + 1)
        return " · ".join(f"\u2068{part}\u2069" for part in (self.whom.name, when))

    @cached_property
    def problem(self) -> EmptyState | None:
        """Why nothing lived can be shown; None where it can."""
        if self.known.last_at is None:
            return no_events(self.workspace, self.capabilities)
        if not self.form.is_valid():
            return EmptyState(_("This period cannot be shown as it is."), _("Correct the days above."))
        question = self._question
        if isinstance(question, Refusal):
            step = str(question.context.get("step", ""))
            found = self.opened.document.step(step)
            named = Scene(self.workspace, self.locale, self.opened.document, None, self.state).step_name(
                found or step
            )
            title = _("A rule of this map cannot be read")
            return EmptyState(
                title, f"{named}: {sentence_of(question.code)}" if step else sentence_of(question.code)
            )
        return None

    @cached_property
    def _question(self) -> LivedQuestion | Refusal:
        try:
            return question_of(self.opened, self.whom, self.window, self.state.hidden)
        except Refusal as error:
            return error

    @property
    def question(self) -> LivedQuestion | None:
        """What is asked of the log; None where nothing can be."""
        found = self._question
        return None if self.problem is not None or isinstance(found, Refusal) else found

    @cached_property
    def answer(self) -> Kept[LivedMap] | Underway | None:
        """How the map was lived, or the work that finds it out; None where nothing can be asked."""
        if self.question is None:
            return None
        title = Scene(self.workspace, self.locale, self.opened.document, None, self.state).words(
            self.opened.document.name
        )
        return ask_lived(self.workspace, self.opened, self.whom, self.question, title=title, by=self.by)

    @property
    def kept(self) -> Kept[LivedMap] | None:
        """How the map was lived; None while that is not known."""
        found = self.answer
        return None if found is None or isinstance(found, Underway) else found

    def scene(self, *, is_lived: bool = True) -> Scene:
        """Return what the parts of the page are made from."""
        kept = self.kept if is_lived else None
        return scene_of(
            self.workspace,
            self.opened.document,
            self.locale,
            self.state,
            lived=None if kept is None else kept.answer,
            persona=self.whom.persona,
            today=today(),
            sees_customers=self.sees_customers,
            risks=self.risks if kept is not None else None,
        )

    @cached_property
    def risks(self) -> Risks | None:
        """What is at risk by step; nothing where no lane would show it, None while it is being worked out."""
        if self.question is None or OF_MONEY in self.state.hidden:
            return {}
        return risks_of(self.workspace, self.question)

    def of(self, whom: Whom | None = None, window: Window | None = None) -> Reading:
        """Return the same about somebody else or of another time, for a comparison."""
        found = replace(self, whom=whom or self.whom)
        return found if window is None else _At(**{**_fields(found), "at": window})


@dataclass(frozen=True)
class _At(Reading):
    """A reading of a stretch of time that no form says."""

    at: Window | None = None

    @property
    def window(self) -> Window | None:
        """The stretch of time."""
        return self.at


def _fields(reading: Reading) -> Mapping[str, Any]:
    return {name: getattr(reading, name) for name in Reading.__dataclass_fields__}


def read_sheet(
    workspace: Workspace,
    public_id: str,
    data: QueryDict,
    locale: Locale,
    *,
    capabilities: frozenset[Capability],
    by: Actor,
) -> Reading | None:
    """Return what an address asks; None where the workspace has no such map."""
    opened = queries.opened(workspace, public_id)
    if opened is None:
        return None
    known = queries.known(workspace)
    form = PeriodForm(known, data, locale=locale)
    form.is_valid()
    all_of = whoms(workspace, opened.document, locale)
    state = SheetState.read(data, form)
    whom = chosen(all_of, state.whom) or everybody()
    return Reading(
        workspace,
        opened,
        known,
        locale,
        form,
        replace(state, whom=whom.key),
        whom,
        all_of,
        capabilities,
        by,
        is_of_unknown=bool(state.whom) and not whom.key,
    )
