"""Rules of steps as a member writes or builds them: read, looked up in the log, and said in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from safar.doors.web.design.answers import answer
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import channel_in_words, in_words, visible
from safar.doors.web.homes import current_home
from safar.maps.reach import Reach, reach
from safar.observe.conditions import Comparison, Condition
from safar.observe.rule_text import rule_of, text_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.store.presence import Present
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .edit_forms import Choice
from .page import RuleView

#: Names of events that a builder shows; others are found by writing.
_MOST_NAMES: Final = 200
_SIGNS: Final = (
    (Comparison.IS, gettext_lazy("is")),
    (Comparison.IS_NOT, gettext_lazy("is not")),
    (Comparison.CONTAINS, gettext_lazy("contains")),
    (Comparison.ABOVE, gettext_lazy("is above")),
    (Comparison.AT_LEAST, gettext_lazy("is at least")),
    (Comparison.BELOW, gettext_lazy("is below")),
    (Comparison.AT_MOST, gettext_lazy("is at most")),
    (Comparison.IS_THERE, gettext_lazy("is there")),
    (Comparison.IS_MISSING, gettext_lazy("is missing")),
)
_WITHOUT_VALUES: Final = frozenset({Comparison.IS_THERE, Comparison.IS_MISSING})


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A line of the builder."""

    of: str = ""
    sign: str = Comparison.IS.value
    values: str = ""


def rule_view(workspace: Workspace, text: str, locale: Locale, *, is_built: bool = False) -> RuleView:
    """Return a rule with whom it finds, and the builder in its state."""
    log = current_home().log(workspace.workspace_id)
    present = log.present()
    if not text.strip():
        return _view(
            text, None, _("Not measured yet: choose the events of this step."), present, is_built=is_built
        )
    try:
        rule = rule_of(text)
    except Refusal as error:
        return RuleView(text, locale.shape(sentence_of(error.code)), "")
    found = answer(workspace.workspace_id, log, reach, rule)
    return _view(text, rule, reach_in_words(found, locale), present, is_built=is_built)


def reach_in_words(found: Reach, locale: Locale) -> str:
    """Return whom a rule finds as a sentence."""
    if not found.events:
        return _("Nobody yet: the log has no such event.")
    people = ngettext("%(count)s customer", "%(count)s customers", found.customers)
    events = ngettext("%(count)s event", "%(count)s events", found.events)
    said_people = people % {"count": locale.number(found.customers)}
    said_events = events % {"count": locale.number(found.events)}
    return f"{said_people} · {said_events}"


def built_text(data: QueryDict) -> str:
    """Return the text of a rule that the builder says; empty where it says nothing.

    Raises
    ------
    ConditionRefused, StepsRefused
    """
    was = data.get("was", "")
    try:
        name = rule_of(was).name if was.strip() and ":" in was else ""
    except Refusal:
        name = ""
    where = []
    for of, sign, values in zip(
        data.getlist("of"), data.getlist("sign"), data.getlist("values"), strict=False
    ):
        comparison = Comparison(sign)
        given = tuple(each.strip() for each in values.split("|") if each.strip())
        if of.strip() and (given or comparison in _WITHOUT_VALUES):
            where.append(Condition(of.strip(), comparison, () if comparison in _WITHOUT_VALUES else given))
    names, channels = tuple(data.getlist("name")), tuple(data.getlist("channel"))
    if not (names or channels or where):
        return ""
    bare = text_of(StepRule("-", names, channels, tuple(where))).removeprefix("-: ").removeprefix('"-": ')
    return text_of(StepRule(name, names, channels, tuple(where))) if name else bare


def _view(text: str, rule: StepRule | None, sentence: str, present: Present, *, is_built: bool) -> RuleView:
    names = rule.event_names if rule else ()
    channels = rule.channels if rule else ()
    known = [*(each for each in names if each not in present.names), *present.names][:_MOST_NAMES]
    conditions = [
        ConditionView(each.of, each.comparison.value, " | ".join(each.values))
        for each in (rule.where if rule else ())
    ]
    return RuleView(
        text=text,
        error="",
        reach=sentence,
        names=tuple(
            Choice(each, in_words(each), each in names)
            for each in sorted(known, key=lambda name: (name not in names, name))
            if visible(each) == each
        ),
        channels=tuple(
            Choice(each, channel_in_words(each), each in channels) for each in present.channels if each
        ),
        conditions=(*conditions, ConditionView()),
        signs=tuple((comparison.value, str(words)) for comparison, words in _SIGNS),
        is_built=is_built,
    )
