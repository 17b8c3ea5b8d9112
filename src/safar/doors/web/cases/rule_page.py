"""The pages of rules: the list, and the form in which one is made, with what it means and what it would have done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.act.loop_rules import NUMBERS
from safar.doors.web.design.table import Tone
from safar.doors.web.design.words import filled
from safar.doors.web.events.queries import present
from safar.doors.web.events.words import cut, visible
from safar.doors.web.members.policies import Capability
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.text import fold

from .page import Frame, frame
from .queries import RuleFacts
from .rule_rows import RELATIONS, WORDS, Rows, padded
from .rule_trial import DAYS, Trial
from .rule_words import NUMBER_NAMES, VALUE_NAMES, WORD_NAMES, RuleWords
from .words import PRIORITY_TONES, ROLE_NAMES, priority_name


@dataclass(frozen=True, slots=True)
class RuleCard:
    """One rule of the list."""

    name: str
    href: str
    switch_href: str
    sentence: str
    further: tuple[str, ...]
    priority: str
    priority_tone: Tone
    counts: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the form: the names of its controls and what they hold."""

    place: str
    label: str
    field: str
    relation: str
    value: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class TrialWords:
    """What a rule would have done, in words."""

    sentence: str
    further: tuple[str, ...]
    examples: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """What the form of a rule is given.

    Attributes
    ----------
    groups
        Rows by group; empty where the rule is written as text.
    text
        The rule as text.
    fields
        What a row can be about: pairs of a key and a name, in two groups.
    relations, values
        How a field stands to a value, and what may be typed.
    said
        What the rule means; empty while it means nothing.
    trial
        What it would have done; None while nobody asked.
    problem
        What is wrong with it; empty for nothing.
    """

    frame: Frame
    groups: tuple[tuple[ShownRow, ...], ...]
    text: str
    fields: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    relations: tuple[tuple[str, str], ...]
    values: tuple[str, ...]
    said: str
    trial: TrialWords | None
    problem: str


@dataclass(frozen=True, slots=True)
class RulePages:
    """Makes the pages of rules for one reader."""

    workspace: Workspace
    locale: Locale
    capabilities: frozenset[Capability]
    words: RuleWords
    _ids: dict[str, dict[str, str]] = field(default_factory=dict)

    def card(self, rule: RuleFacts) -> RuleCard:
        """Return a rule of the list."""
        named = {"workspace_id": self.workspace.workspace_id, "rule_id": rule.public_id}
        counts = filled(
            ngettext(
                "%(opened)s case so far, %(live)s of it not closed",
                "%(opened)s cases so far, %(live)s of them not closed",
                rule.opened,
            ),
            opened=self.locale.number(rule.opened),
            live=self.locale.number(rule.live),
        )
        return RuleCard(
            cut(visible(rule.name), 120),
            reverse("case-rule", kwargs=named),
            reverse("case-rule-switch", kwargs=named),
            self.words.sentence(rule),
            tuple(self._further(rule)),
            priority_name(rule.priority),
            PRIORITY_TONES[rule.priority],
            counts,
            rule.is_on,
        )

    def form(
        self,
        rows: Rows | None,
        text: str,
        *,
        trial: Trial | None = None,
        problem: str = "",
        wrong: tuple[int, int] | None = None,
    ) -> RulePage:
        """Return the form of a rule."""
        values = sorted({name for names in self._named().values() for name in names.values()})
        numbers = tuple((key, str(name)) for key, name in NUMBER_NAMES.items() if key in NUMBERS)
        names = (
            *((key, str(name)) for key, name in WORD_NAMES.items()),
            (WORDS, _("the words of the comment")),
        )
        return RulePage(
            frame(self.workspace, self.capabilities, "case-rules"),
            () if rows is None else self._rows(padded(rows), wrong),
            text,
            ((_("Numbers"), numbers), (_("Names and words"), names)),
            tuple((key, str(name)) for key, name in RELATIONS.items()),
            tuple(values),
            self.words.condition(text) if text else "",
            None if trial is None else self._trial(trial),
            problem,
        )

    def read(self, field_name: str, word: str) -> str:
        """Return what is kept of a word that somebody typed: the id of what is called so, else the word itself."""
        names = self._named().get(field_name, {})
        return next((key for key, name in names.items() if fold(name) == fold(word)), word)

    def told(self, field_name: str, word: str) -> str:
        """Return what is shown of a word that is kept."""
        return self._named().get(field_name, {}).get(word, word)

    def _named(self) -> dict[str, dict[str, str]]:
        if not self._ids:
            labels = {key: str(name) for key, name in VALUE_NAMES.items()}
            of = {
                "sentiment": ("negative", "neutral", "positive"),
                "emotion": ("anger", "fear", "joy", "sadness", "surprise"),
                "comment": ("request", "complaint", "praise", "other"),
                "language": ("fa", "ar", "en"),
                "metric": ("nps", "csat", "ces"),
            }
            self._ids.update({name: {key: labels[key] for key in keys} for name, keys in of.items()})
            self._ids.update({name: dict(found) for name, found in self.words.names.items()})
            channels = present(self.workspace).channels
            self._ids["channel"] = {each: self.words.value("channel", each) for each in channels if each}
            self._ids["question"] = {key: key for key in self.words.questions}
        return self._ids

    def _rows(self, rows: Rows, wrong: tuple[int, int] | None) -> tuple[tuple[ShownRow, ...], ...]:
        return tuple(
            tuple(
                ShownRow(
                    f"{group}-{place}",
                    filled(
                        _("Condition %(number)s of group %(group)s"),
                        number=self.locale.number(place + 1),
                        group=self.locale.number(group + 1),
                    ),
                    row.field,
                    row.relation,
                    row.value,
                    (group, place) == wrong,
                )
                for place, row in enumerate(of_group)
            )
            for group, of_group in enumerate(rows)
        )

    def _further(self, rule: RuleFacts) -> list[str]:
        found = []
        if rule.owner:
            found.append(filled(_("Its cases go to %(owner)s."), owner=rule.owner))
        else:
            found.append(_("Its cases go to who answers for the step, reads the language, has the fewest."))
        if rule.quiet_days:
            days = self.locale.duration(timedelta(days=rule.quiet_days))
            found.append(filled(_("No second case of the same customer within %(days)s."), days=days))
        for minutes, role in rule.escalations:
            who = str(ROLE_NAMES.get(role, role))
            if minutes:
                length = self.words.length(minutes)
                found.append(
                    filled(_("Once it is late by %(length)s, %(who)s are told."), length=length, who=who)
                )
            else:
                found.append(filled(_("Once it is late, %(who)s are told."), who=who))
        return found

    def _trial(self, trial: Trial) -> TrialWords:
        number = self.locale.number
        sentence = filled(
            ngettext(
                "In the last %(days)s days it would have opened %(opened)s case, of %(heard)s that were looked at.",
                "In the last %(days)s days it would have opened %(opened)s cases, of %(heard)s that were looked at.",
                trial.opened,
            ),
            days=number(DAYS),
            opened=number(trial.opened),
            heard=number(trial.heard),
        )
        further = [
            filled(
                _(
                    "%(fits)s fitted, %(since)s to %(until)s; %(customers)s customers; at most %(busiest)s on one day."
                ),
                fits=number(trial.fits),
                since=self.locale.date(trial.since),
                until=self.locale.date(trial.until),
                customers=number(trial.customers),
                busiest=number(trial.busiest),
            ),
            _("Segments and what customers spent are those of today."),
        ]
        if trial.is_cut:
            further.append(_("There was more than could be looked at: only the newest answers were."))
        sees = Capability.SEE_CUSTOMERS in self.capabilities
        examples = tuple(
            (self.locale.datetime(each.at), cut(visible(each.customer_id), 40), cut(visible(each.words), 160))
            for each in trial.examples
        )
        return TrialWords(sentence, tuple(further), examples if sees else ())
