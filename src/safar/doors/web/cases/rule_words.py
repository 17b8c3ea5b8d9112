"""Rules in plain language: “Opens a case when NPS is at most 6 and the topic is delivery.”"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from safar.act.loop_rule_text import loop_condition_of
from safar.act.loop_rules import Compared, Condition, Contains, Every, OneOf, Opposite, Some
from safar.doors.web.comments.queries import topics_of
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.doors.web.segments.queries import segments_of
from safar.listen.text.aspects import DEFAULT
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import Money, exponent

from .hearing import Places, step_name
from .queries import RuleFacts
from .words import working_length

#: What can be compared, and what a number of it is.
NUMBER_NAMES: Final[Mapping[str, Promise | str]] = {
    "nps": gettext_lazy("NPS (0 to 10)"),
    "csat": gettext_lazy("CSAT"),
    "ces": gettext_lazy("CES (1 to 7)"),
    "score": gettext_lazy("the score, as it was given"),
    "height": gettext_lazy("the score, in percent of its scale"),
    "top": gettext_lazy("rank among customers by what they spent, in percent"),
    "spent": gettext_lazy("what the customer has spent"),
    "unanswered": gettext_lazy("days since an invitation without an answer"),
    "unseen": gettext_lazy("days since the customer was seen last"),
}
#: Within a sentence.
_SHORT_NAMES: Final = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
#: What can be one of some words.
WORD_NAMES: Final[Mapping[str, Promise | str]] = {
    "question": gettext_lazy("the question"),
    "survey": gettext_lazy("the survey"),
    "metric": gettext_lazy("the metric"),
    "topic": gettext_lazy("the topic"),
    "sentiment": gettext_lazy("the sentiment"),
    "emotion": gettext_lazy("the emotion"),
    "comment": gettext_lazy("the kind of comment"),
    "segment": gettext_lazy("the segment"),
    "step": gettext_lazy("the step"),
    "language": gettext_lazy("the language"),
    "channel": gettext_lazy("the channel"),
}
_COMPARED: Final[Mapping[str, Promise | str]] = {
    "<": gettext_lazy("%(what)s is below %(bound)s"),
    "<=": gettext_lazy("%(what)s is at most %(bound)s"),
    ">": gettext_lazy("%(what)s is above %(bound)s"),
    ">=": gettext_lazy("%(what)s is at least %(bound)s"),
    "=": gettext_lazy("%(what)s is exactly %(bound)s"),
}
#: Words that labels use, in the reader's language.
VALUE_NAMES: Final[Mapping[str, Promise | str]] = {
    "negative": pgettext_lazy("sentiment", "negative"),
    "neutral": pgettext_lazy("sentiment", "neutral"),
    "positive": pgettext_lazy("sentiment", "positive"),
    "mixed": pgettext_lazy("language", "several languages"),
    "und": pgettext_lazy("language", "no language that is known"),
    "anger": pgettext_lazy("emotion", "anger"),
    "fear": pgettext_lazy("emotion", "fear"),
    "joy": pgettext_lazy("emotion", "joy"),
    "sadness": pgettext_lazy("emotion", "sadness"),
    "surprise": pgettext_lazy("emotion", "surprise"),
    "none": pgettext_lazy("emotion", "none"),
    "request": pgettext_lazy("comment", "a request"),
    "complaint": pgettext_lazy("comment", "a complaint"),
    "praise": pgettext_lazy("comment", "praise"),
    "other": pgettext_lazy("comment", "something else"),
    "fa": gettext_lazy("Persian"),
    "ar": gettext_lazy("Arabic"),
    "en": gettext_lazy("English"),
    "nps": "NPS",
    "csat": "CSAT",
    "ces": "CES",
}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """Puts rules of a workspace into words.

    Attributes
    ----------
    workspace, locale
        Whose rules, and who reads.
    names
        What segments, steps and topics are called, by field and id.
    questions
        Keys of questions that belong to steps.
    """

    workspace: Workspace
    locale: Locale
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    @classmethod
    def of(cls, workspace: Workspace, locale: Locale, places: Places) -> RuleWords:
        """Return the words of a workspace for a reader."""
        steps = {}
        for found in places.by_question.values():
            for place in found:
                name = step_name(place, locale.language)
                steps[place.step_id] = steps[f"{place.map_id}/{place.step_id}"] = name
        return cls(
            workspace,
            locale,
            {
                "segment": {each.public_id: each.name for each in segments_of(workspace)},
                "step": steps,
                "topic": topic_names(workspace, locale.language),
            },
            tuple(sorted(places.by_question)),
        )

    def condition(self, text: str) -> str:
        """Return when a rule opens a case; empty where the text cannot be read."""
        try:
            return self._said(loop_condition_of(text), is_within=False)
        except Refusal:
            return ""

    def sentence(self, rule: RuleFacts) -> str:
        """Return what a rule does."""
        return filled(
            _("Opens a case when %(condition)s. It is due after %(length)s of working time."),
            condition=self.condition(rule.text),
            length=self.length(rule.due_minutes),
        )

    def length(self, minutes: int) -> str:
        """Return so many minutes of working time in words."""
        return working_length(minutes, self.locale)

    def value(self, field: str, word: str) -> str:
        """Return what one value of a field is called."""
        if field in self.names:
            return self.names[field].get(word, cut(visible(word), 60))
        if field == "channel":
            return channel_in_words(word)
        return str(VALUE_NAMES.get(word, cut(visible(word), 60)))

    def _said(self, condition: Condition, *, is_within: bool) -> str:
        match condition:
            case Compared(field, operator, bound):
                return self._compared(field, operator, bound)
            case OneOf(field, words):
                return filled(
                    _("%(what)s is %(words)s"), what=str(WORD_NAMES[field]), words=self._any(field, words)
                )
            case Opposite(OneOf(field, words)):
                what = str(WORD_NAMES[field])
                return filled(_("%(what)s is not %(words)s"), what=what, words=self._any(field, words))
            case Contains(pieces):
                said = self._joined(
                    _("%(first)s or %(second)s"), [_quoted(cut(visible(each), 60)) for each in pieces]
                )
                return filled(_("the comment contains %(words)s"), words=said)
            case Opposite(part):
                return filled(_("not so: %(what)s"), what=self._said(part, is_within=True))
            case Every(parts):
                pattern = _("%(first)s and %(second)s")
            case Some(parts):
                pattern = _("%(first)s or %(second)s")
        told = self._joined(pattern, [self._said(part, is_within=True) for part in parts])
        return f"({told})" if is_within else told

    def _compared(self, field: str, operator: str, bound: float) -> str:
        if field == "top" and operator in {"<", "<="}:
            share = self.locale.percent(bound / 100)
            return filled(_("the customer is among the first %(share)s by what was spent"), share=share)
        if field in {"unanswered", "unseen"} and operator in {">", ">="}:
            length = self.locale.duration(timedelta(days=bound))
            if field == "unseen":
                return filled(_("the customer has not been seen for %(length)s"), length=length)
            return filled(_("an invitation has had no answer for %(length)s"), length=length)
        sentence = str(_COMPARED[operator])
        what = _SHORT_NAMES.get(field, str(NUMBER_NAMES[field]))
        return filled(sentence, what=what, bound=self._bound(field, bound))

    def _bound(self, field: str, bound: float) -> str:
        if field in {"top", "height"}:
            return self.locale.percent(bound / 100)
        if field == "spent":
            currency = self.workspace.currency
            minor = int(Decimal(str(bound)) * 10 ** exponent(currency))
            return self.locale.money(Money(minor, currency))
        return self.locale.number(Decimal(str(bound)).normalize() if bound % 1 else int(bound))

    def _any(self, field: str, words: Sequence[str]) -> str:
        return self._joined(
            _("%(first)s or %(second)s"), [_quoted(self.value(field, each)) for each in words]
        )

    @staticmethod
    def _joined(pattern: str, parts: Sequence[str]) -> str:
        told = parts[0]
        for part in parts[1:]:
            told = pattern % {"first": told, "second": part}
        return told


def _quoted(word: str) -> str:
    return filled(_("“%(word)s”"), word=word)


def topic_names(workspace: Workspace, language: str) -> dict[str, str]:
    """Return what topics are called: those that every workspace has, and its own, the archive's too."""
    return own_topic_names(workspace, language) | usual_topic_names(language)


def own_topic_names(workspace: Workspace, language: str) -> dict[str, str]:
    """Return what the topics of a workspace are called, those of the archive too."""
    return {each.key: each.said(language) for each in topics_of(workspace)}


def usual_topic_names(language: str) -> dict[str, str]:
    """Return what the topics are called that every workspace has: aspects."""
    return {
        each.aspect_id: each.names.get(language) or each.names.get("en") or each.aspect_id
        for each in DEFAULT.aspects
    }
