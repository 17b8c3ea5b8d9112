"""Forms of the app of comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.forms import DateField, PageForm, SwitchInput
from safar.doors.web.events.words import visible

from .filters import MESSAGES, NO_TOPIC, Filters
from .words import BANDS, EMOTIONS, KINDS, LANGUAGES, SENTIMENTS

_TEXT: Final = {"autocomplete": "off", "dir": "auto", "spellcheck": "false", "type": "search"}
#: Choices of a field: values and names, or groups of them.
Choices = Sequence[tuple[str, Any]]


class CommentsForm(PageForm):
    """Which comments. Nothing is required.

    Parameters
    ----------
    topics, aspects, metrics, questions, surveys, segments, steps
        What there is to choose from: values and names.
    has_messages
        Whether any comment was a message to support.
    """

    q = forms.CharField(label=_("Words"), required=False, max_length=200, widget=forms.TextInput(_TEXT))
    sentiment = forms.ChoiceField(label=_("Sentiment"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    aspect = forms.ChoiceField(label=_("Aspect"), required=False)
    feels = forms.ChoiceField(label=_("How it feels about the aspect"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    emotion = forms.ChoiceField(label=_("Emotion"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    metric = forms.ChoiceField(label=_("Metric"), required=False)
    score = forms.ChoiceField(label=_("Score"), required=False)
    question = forms.ChoiceField(label=_("Question"), required=False)
    survey = forms.ChoiceField(label=_("Survey"), required=False)
    step = forms.ChoiceField(label=_("Step of a map"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("To"), required=False)
    actionable = forms.BooleanField(
        label=_("Only what one could do something about"), required=False, widget=SwitchInput
    )
    alike = forms.IntegerField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, max_length=1_000, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        topics: Choices,
        aspects: Choices,
        metrics: Choices,
        questions: Choices,
        surveys: Choices,
        segments: Choices,
        steps: Choices,
        has_messages: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("sentiment", _numbered(SENTIMENTS), _("Every sentiment"))
        self._offer("kind", KINDS.items(), _("Every kind"))
        self._offer("emotion", EMOTIONS.items(), _("Every emotion"))
        self._offer("language", LANGUAGES.items(), _("Every language"))
        self._offer("metric", metrics, _("Every metric"))
        self._offer("score", _numbered(BANDS), _("Every score"))
        self._offer("topic", [*topics, (NO_TOPIC, _("Without a topic"))] if topics else [], _("Every topic"))
        self._offer("aspect", aspects, _("Every aspect"))
        self._offer("feels", _numbered(SENTIMENTS) if aspects else [], _("However"))
        messages = [(MESSAGES, _("Messages to support"))] if has_messages else []
        self._offer("question", [*questions, *messages], _("Every question"))
        self._offer("survey", surveys, _("Every survey"))
        self._offer("segment", segments, _("All customers"))
        self._offer("step", steps, _("Every step"))

    def _offer(self, field: str, choices: Iterable[tuple[Any, Any]], everything: Any) -> None:
        """Offer choices; a field without any is left out."""
        there = [
            (value, name) for value, name in choices if not isinstance(value, str) or visible(value) == value
        ]
        if there:
            self.fields[field].choices = [("", everything), *there]  # type: ignore[attr-defined]
        else:
            del self.fields[field]

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return found

    def filters(self) -> Filters:
        """Return what was asked for; what cannot be read asks for nothing, and the form says so."""
        self.is_valid()
        read: dict[str, Any] = self.cleaned_data
        map_id, _sign, step_id = str(read.get("step") or "").partition(".")
        is_dated = not {"since", "until"} & set(self.errors)
        return Filters(
            text=read.get("q") or "",
            language=read.get("language") or "",
            sentiment=_number(read.get("sentiment")),
            topic=read.get("topic") or "",
            aspect=read.get("aspect") or "",
            feels=_number(read.get("feels")),
            emotion=read.get("emotion") or "",
            kind=read.get("kind") or "",
            band=_number(read.get("score")),
            asked=read.get("question") or "",
            survey=read.get("survey") or "",
            metric=read.get("metric") or "",
            map_id=map_id,
            step_id=step_id,
            segment=read.get("segment") or "",
            customer=read.get("customer") or "",
            since=read.get("since") if is_dated else None,
            until=read.get("until") if is_dated else None,
            actionable=bool(read.get("actionable")),
            same_as=read.get("alike"),
        )


class LabelForm(PageForm):
    """What a comment says, by who read it."""

    sentiment = forms.ChoiceField(label=_("Sentiment"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, topics: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentiment"].choices = _numbered(SENTIMENTS)  # type: ignore[attr-defined]
        self.fields["kind"].choices = list(KINDS.items())  # type: ignore[attr-defined]
        if topics:
            self.fields["topics"].choices = list(topics)  # type: ignore[attr-defined]
        else:
            del self.fields["topics"]


def _numbered(names: dict[int, Any]) -> list[tuple[str, Any]]:
    return [(str(int(number)), name) for number, name in names.items()]


def _number(text: object) -> int | None:
    return int(str(text)) if text not in {None, ""} else None


class EndpointForm(PageForm):
    """A model that sums up comments: any that speaks as OpenAI's ``chat/completions`` does."""

    url = forms.CharField(
        label=_("Address"),
        max_length=400,
        help_text=_(
            "Such as https://example.com/v1. An address of this machine or network may begin with http."
        ),
        widget=forms.TextInput(
            {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
    )
    model = forms.CharField(
        label=_("Model"), max_length=120, widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"})
    )
    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=400,
        help_text=_("Never shown again. Left empty, the one that is there stays."),
        widget=forms.PasswordInput({"dir": "ltr", "autocomplete": "off"}),
    )
