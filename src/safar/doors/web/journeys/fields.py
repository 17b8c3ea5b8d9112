"""Fields of questions: lists of steps in the words of rules, lengths of time, shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.asked_number import number_in
from safar.doors.web.error_sentences import sentence_of
from safar.observe.rule_text import rule_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import duration

from .words import refusal_in_words

#: Longest text of one rule.
LONGEST_RULE: Final = 500
_AUTO: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "auto"}


class RuleField(forms.CharField):
    """What counts as a step, as text: ``Pay: order_placed [channel = web]``. The value is a `StepRule`, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_RULE)
        kwargs.setdefault("widget", forms.TextInput({**_AUTO, "list": "event-names"}))
        super().__init__(**kwargs)

    def clean(self, value: object) -> Any:
        """Return the rule."""
        text = super().clean(value)
        return read_rule(text) if text else None


class StepsInput(forms.Widget):
    """A list of steps: an input for each, in order, and buttons that move, remove and add.

    All inputs share a name, so the address reads ``step=cart&step=pay``. Without JavaScript the buttons send the form:
    ``do=up-2`` moves the third step up; see `rearranged`.
    """

    template_name = "journeys/steps_input.html"

    def __init__(self, *, least: int = 1, most: int = 30, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({**_AUTO, "list": "event-names", **(attrs or {})})
        self.least, self.most = least, most
        self.locale = Locale("en")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the texts that are not empty."""
        found = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [text.strip() for text in found if text.strip()]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add how many steps there may be, and each one's number in the reader's digits."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["most"] = self.most
        widget["numbers"] = self.locale.numbers_tag
        widget["rows"] = [(text, self.locale.number(place)) for place, text in enumerate(widget["value"], 1)]
        return context

    def format_value(self, value: Any) -> list[str]:
        """Return the texts, and one empty place to write into."""
        texts = list(value or ())
        return [*texts, *[""] * max(1 if len(texts) < self.most else 0, self.least - len(texts))]


class StepsField(forms.Field):
    """Steps in order, each a rule as text. The value is a tuple of `StepRule`.

    Parameters
    ----------
    least, most
        How many there must be, and may be.
    """

    widget = StepsInput

    def __init__(self, *, least: int = 0, most: int = 30, **kwargs: Any) -> None:
        kwargs.setdefault("required", bool(least))
        kwargs.setdefault("widget", StepsInput(least=least, most=most))
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def clean(self, value: Any) -> tuple[StepRule, ...]:
        """Return the rules."""
        texts: Sequence[str] = super().clean(value) or []
        if any(len(text) > LONGEST_RULE for text in texts):
            raise forms.ValidationError(_("A step is written in at most 500 characters."), code="long")
        if not self.least <= len(texts) <= self.most:
            raise forms.ValidationError(
                _("Give %(least)s to %(most)s steps."),
                code="number",
                params={"least": self.least, "most": self.most},
            )
        return tuple(read_rule(text) for text in texts)


def only_these_steps() -> StepsField:
    """Return the field that says what counts as a step, where not every event does."""
    return StepsField(
        label=_("Only these steps"),
        help_text=_(
            "One a line; every event is a step where nothing is written. Pay: order_placed [channel = web] is a step"
            " called Pay."
        ),
    )


class DurationField(forms.CharField):
    """A length of time as people write it: ``7d``, ``1h 30m``, in any digits. The value is a `timedelta`, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput({**_AUTO, "dir": "ltr"}))
        super().__init__(**kwargs)

    def clean(self, value: object) -> Any:
        """Return the length."""
        text: str = super().clean(value)
        if not text:
            return None
        try:
            found = duration(text)
        except Refusal as error:
            raise forms.ValidationError(sentence_of(error.code), code=error.code) from error
        if found <= timedelta(0):
            raise forms.ValidationError(sentence_of("duration.unreadable"), code="zero")
        return found


class RangeInput(forms.NumberInput):
    """A slider of percents with its value beside it."""

    input_type = "range"
    template_name = "journeys/range_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.locale = Locale("en")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the value in the reader's words, and his digits as browsers call them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["said"] = ""
        percent = number_in(str(shown))
        if percent is not None:
            # browsers know ASCII digits alone, whichever were typed
            context["widget"] |= {"value": str(percent), "said": self.locale.percent(percent / 100)}
        context["widget"]["numbers"] = self.locale.numbers_tag
        return context


def read_rule(text: str) -> StepRule:
    """Return the rule that a text says.

    Raises
    ------
    ValidationError
        With the text, so that the reader finds it.
    """
    try:
        return rule_of(text)
    except Refusal as error:
        message = _("%(text)s: %(why)s") % {"text": text, "why": refusal_in_words(error, text)}
        raise forms.ValidationError(message, code=error.code) from error


def rearranged(texts: Sequence[str], act: str) -> list[str]:
    """Return the steps after a button was pressed: ``up-2``, ``down-0``, ``remove-1``; as they were for another word.

    >>> rearranged(["a", "b", "c"], "up-2"), rearranged(["a", "b"], "remove-0"), rearranged(["a"], "down-0")
    (['a', 'c', 'b'], ['b'], ['a'])
    """
    verb, _sign, number = act.partition("-")
    found = list(texts)
    place = number_in(number)
    if place is None or place >= len(found):
        return found
    if verb == "remove":
        del found[place]
    other = place + {"up": -1, "down": 1}.get(verb, 0)
    if verb in {"up", "down"} and 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
