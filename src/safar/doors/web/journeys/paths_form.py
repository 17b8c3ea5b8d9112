"""The forms of paths: what stands around a step, position by position, and by a pattern."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import NumberField
from safar.doors.web.error_sentences import sentence_of
from safar.observe.among import Segment
from safar.observe.anchors import Direction, Occurrence
from safar.observe.paths_around import MOST_DEPTH, PathsQuestion
from safar.observe.patterns import PatternsQuestion
from safar.observe.segment_text import segment_of
from safar.observe.step_matrix import StepMatrixQuestion
from safar.observe.steps import StepRule
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import CART_ADDED, ORDER_PLACED

from .fields import LONGEST_RULE, RuleField, only_these_steps
from .forms import QuestionForm

#: Usual numbers: of steps from the anchor, of steps at each depth, of positions, of ways to take.
USUAL_DEPTH: Final = 4
USUAL_MOST: Final = 8
USUAL_POSITIONS: Final = 10
USUAL_WAYS: Final = 20
_PLAIN: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "auto"}


class _WalkForm(QuestionForm):
    """What counts as a step."""

    collapse = forms.BooleanField(label=_("A step repeated at once counts once"), required=False)
    step = only_these_steps()


class _AnchoredForm(_WalkForm):
    """From which step to look."""

    anchor = RuleField(
        label=_("Look from the step"),
        required=False,
        help_text=_("From the start or the end of paths where nothing is written."),
    )

    def anchored(self) -> StepRule | None:
        """Return the step to look from: under a name of its own where another step has the one it was given."""
        rule: StepRule | None = self.cleaned_data["anchor"]
        steps: tuple[StepRule, ...] = self.cleaned_data["step"]
        if rule is None or rule in steps:
            return rule
        taken = {step.name for step in steps} or set(self.known.present.names) - set(rule.event_names)
        if rule.name not in taken:
            return rule
        return replace(rule, name=f"{rule.name} ({', '.join(rule.event_names) or '*'})")


class PathsForm(_AnchoredForm):
    """From which step, which way, how far."""

    direction = forms.ChoiceField(
        label=_("At what"),
        required=False,
        choices=[("", _("Comes after it")), ("before", _("Came before it"))],
    )
    depth = NumberField(
        label=_("So many steps deep"),
        required=False,
        least=Decimal(1),
        most=Decimal(MOST_DEPTH),
        whole=True,
        initial=USUAL_DEPTH,
    )
    most = NumberField(
        label=_("Steps by name at each depth"),
        required=False,
        least=Decimal(1),
        most=Decimal(30),
        whole=True,
        initial=USUAL_MOST,
        help_text=_("The rarer ones are put together."),
    )
    every = forms.BooleanField(
        label=_("Every time a path comes to the step, not only the first"), required=False
    )
    field_order = ("anchor", "direction", "depth")
    of_more: ClassVar = ("most", "every", "collapse", "step", *QuestionForm.of_more)

    def question(self) -> PathsQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        return PathsQuestion(
            self.anchored(),
            Direction(found["direction"] or "after"),
            int(found["depth"] or USUAL_DEPTH),
            found["step"],
            int(found["most"] or USUAL_MOST),
            window=scope.window,
            occurrence=Occurrence.EVERY if found["every"] else Occurrence.FIRST,
            collapse_repeats=found["collapse"],
            timed=True,
            pause=scope.pause,
            among=scope.among,
        )


class StepMatrixForm(_AnchoredForm):
    """Around which step, how many positions, compared with whom."""

    positions = NumberField(
        label=_("So many positions"),
        required=False,
        least=Decimal(1),
        most=Decimal(30),
        whole=True,
        initial=USUAL_POSITIONS,
    )
    versus = forms.CharField(
        label=_("Beside customers who"),
        required=False,
        max_length=LONGEST_RULE,
        widget=forms.TextInput({**_PLAIN, "placeholder": "did not order_placed"}),
        help_text=_("Each share is then compared with theirs, such as: did not order_placed"),
    )
    field_order = ("anchor", "positions", "versus")
    of_more: ClassVar = ("collapse", "step", *QuestionForm.of_more)

    def clean_versus(self) -> Segment | None:
        """Read whom to compare with."""
        text = self.cleaned_data["versus"]
        try:
            return segment_of(text) if text else None
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error

    def question(self) -> StepMatrixQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        among, versus = scope.among, found["versus"]
        return StepMatrixQuestion(
            int(found["positions"] or USUAL_POSITIONS),
            found["step"],
            self.anchored(),
            window=scope.window,
            collapse_repeats=found["collapse"],
            pause=scope.pause,
            among=among,
            versus=None if versus is None else replace(among, segment=versus),
        )


class PatternsForm(_WalkForm):
    """Which pattern, and how many of the ways that fit."""

    collapse = None  # type: ignore[assignment] # Django takes the field away: a pattern says itself what repeats
    pattern = forms.CharField(
        label=_("Pattern"),
        required=False,
        max_length=LONGEST_RULE,
        widget=forms.TextInput({**_PLAIN, "dir": "ltr"}),
        help_text=_(
            "a > b is one right after the other, a ... b with anything between, [^a] any step but a; start and end are"
            " those of the path: cart_added > [^order_placed]* > end"
        ),
    )
    ways = NumberField(
        label=_("How many ways to list"),
        required=False,
        least=Decimal(1),
        most=Decimal(200),
        whole=True,
        initial=USUAL_WAYS,
    )
    field_order = ("pattern",)
    of_more: ClassVar = ("ways", "step", *QuestionForm.of_more)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not str(self.data.get("pattern", "")).strip():
            self.data["pattern"] = self._suggested()  # type: ignore[index] # a mutable QueryDict

    def _suggested(self) -> str:
        """Return the pattern to begin with: a cart without an order where the log has both, else any two steps."""
        names = set(self.known.present.names)
        carts, orders = sorted(names & CART_ADDED), sorted(names & ORDER_PLACED)
        return f'"{carts[0]}" > [^"{orders[0]}"]* > end' if carts and orders else ". > ."

    def question(self) -> PatternsQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        return PatternsQuestion(
            found["pattern"],
            found["step"],
            int(found["ways"] or USUAL_WAYS),
            window=scope.window,
            pause=scope.pause,
            among=scope.among,
        )
