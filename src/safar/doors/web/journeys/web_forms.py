"""The forms of the page Web: of pages, of where visits come from, of searches, of goals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.observe.goals import CART, CHECKOUT, ORDERED, USUAL_WITHIN, GoalsQuestion
from safar.observe.rule_text import text_of
from safar.observe.searches import SearchesQuestion
from safar.observe.sessions import USUAL_PAUSE
from safar.observe.steps import StepRule
from safar.observe.web_pages import PagesBy, PagesQuestion

from .fields import DurationField, StepsField
from .forms import QuestionForm

_USUAL_MOST: Final = 50
_USUAL_GAP: Final = "30m"
#: Different searches that are looked at, the most frequent first.
_MOST_TERMS: Final = 2_000


class WebForm(QuestionForm):
    """What all of them are asked with: a visit always ends after a pause."""

    gap = DurationField(
        label=_("A visit ends after"),
        required=False,
        initial=_USUAL_GAP,
        help_text=_("So long without an event of the customer's own, such as 30m."),
    )
    of_scope: ClassVar[tuple[str, ...]] = ("period", "since", "until", "channel", "segment", "where")
    of_more: ClassVar[tuple[str, ...]] = ("gap", "since", "until", "channel", "segment", "where")
    # Pages, searches and goals are what customers do themselves.
    events = None  # type: ignore[assignment] # Django takes the field away
    pause = None  # type: ignore[assignment] # Django takes the field away

    @property
    def pause_of_visits(self) -> timedelta:
        """What ends a visit."""
        found: timedelta = self.cleaned_data["gap"] or USUAL_PAUSE
        return found


class ListForm(WebForm):
    """What lists are asked with: how long they are."""

    most = NumberField(
        label=_("How many to list"),
        required=False,
        least=Decimal(1),
        most=Decimal(500),
        whole=True,
        initial=_USUAL_MOST,
    )

    @property
    def length(self) -> int:
        """How many are listed."""
        return int(self.cleaned_data["most"] or _USUAL_MOST)


class PagesForm(ListForm):
    """Which pages."""

    field_order = ("by", "most")
    by = forms.ChoiceField(
        label=_("Pages are told apart by"),
        required=False,
        choices=[
            ("", pgettext_lazy("pages by", "Their address")),
            ("title", pgettext_lazy("pages by", "Their title")),
        ],
    )

    def question(self) -> PagesQuestion:
        """Return the question."""
        scope, by = self.scope, PagesBy(self.cleaned_data["by"] or "page")
        return PagesQuestion(
            by, scope.window, pause=self.pause_of_visits, most=self.length, among=scope.among
        )


class SourcesForm(ListForm):
    """Where visits come from."""

    field_order = ("by", "most")
    by = forms.ChoiceField(
        label=_("Sources are told apart by"),
        required=False,
        choices=[
            ("", pgettext_lazy("sources by", "The site that led here")),
            ("source", pgettext_lazy("sources by", "Source of the campaign (utm_source)")),
            ("medium", pgettext_lazy("sources by", "Medium of the campaign (utm_medium)")),
            ("campaign", pgettext_lazy("sources by", "Campaign (utm_campaign)")),
            ("channel", pgettext_lazy("sources by", "Channel")),
        ],
    )

    def question(self) -> PagesQuestion:
        """Return the question."""
        scope, by = self.scope, PagesBy(self.cleaned_data["by"] or "referrer")
        return PagesQuestion(
            by, scope.window, pause=self.pause_of_visits, most=self.length, among=scope.among
        )


class SearchesForm(ListForm):
    """What is searched for: all of it is asked for, as what finds nothing is seldom what is searched for most."""

    of_showing: ClassVar = ("most",)

    def question(self) -> SearchesQuestion:
        """Return the question."""
        scope = self.scope
        return SearchesQuestion(scope.window, pause=self.pause_of_visits, most=_MOST_TERMS, among=scope.among)


class GoalsForm(WebForm):
    """Which goals, and when what was begun is lost."""

    goal = StepsField(
        label=_("Goals"),
        most=20,
        help_text=_("Names of events. Pay: order_placed [channel = web] is a goal called Pay."),
    )
    within = DurationField(
        label=_("Lost when not ended within"),
        required=False,
        initial="7d",
        help_text=_("Carts and checkouts that are ordered later than this count as lost."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.data.getlist("goal"):  # type: ignore[attr-defined] # a QueryDict
            known = sorted(set(ORDERED.event_names) & set(self.known.present.names))
            text = (
                known[0]
                if len(known) == 1
                else text_of(StepRule(ORDERED.name, tuple(known)))
                if known
                else ""
            )
            self.data.setlist("goal", [text] if text else [])  # type: ignore[attr-defined]

    def question(self) -> GoalsQuestion:
        """Return the question."""
        scope, within = self.scope, self.cleaned_data["within"] or USUAL_WITHIN
        return GoalsQuestion(
            self.cleaned_data["goal"],
            tuple(replace(each, within=within) for each in (CART, CHECKOUT)),
            scope.window,
            pause=self.pause_of_visits,
            among=scope.among,
        )
