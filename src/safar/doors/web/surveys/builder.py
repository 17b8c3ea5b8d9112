"""A survey in the builder: its draft in one language of its texts, what is wrong with it, where its places are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import Survey
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .builder_page import ConflictLine, address
from .condition_form import in_words, looked_at
from .editing import LISTS, list_part
from .errors import SurveyConflict
from .finding_words import FindingView, finding_views, place_name
from .part_form import FormContext
from .queries import OpenSurvey


class Builder:
    """The draft of a survey as it is open in the builder; ``wrong`` are the places with errors."""

    def __init__(
        self,
        workspace: Workspace,
        opened: OpenSurvey,
        locale: Locale,
        *,
        language: str,
        context: FormContext,
        findings: Sequence[Any],
    ) -> None:
        self.workspace, self.opened, self.locale, self.language = workspace, opened, locale, language
        self.survey: Survey = opened.draft
        self.context = context
        self.findings = (
            finding_views(self.survey, findings, language, number=locale.number) if findings else ()
        )
        self.wrong = {each.at for each in self.findings if each.is_error}

    def href(self, at: str) -> str:
        """Return the address of the builder with a place open."""
        return address(self.workspace, self.opened.public_id, at=at, language=self.language)

    def part_at(self, at: str) -> Any:
        """Return the part of a place, or None."""
        kind, _slash, name = at.partition("/")
        if kind == "question":
            return self.survey.question(name)
        if kind == "page":
            return self.survey.page(name)
        if kind == "settings":
            return self.survey
        if kind not in LISTS:
            return None
        place = list_part(self.survey, kind, name)
        return None if place is None else getattr(self.survey, kind)[place]

    def to_do(self) -> str:
        """Return how much is left to do before the survey can be published."""
        count = sum(each.is_error for each in self.findings)
        if count:
            told = ngettext(
                "%(count)s thing to do before publishing", "%(count)s things to do before publishing", count
            )
            return filled(told, count=self.locale.number(count))
        if self.findings:
            told = ngettext("%(count)s thing to look at", "%(count)s things to look at", len(self.findings))
            return filled(told, count=self.locale.number(len(self.findings)))
        return ""

    def conflicts(self, error: SurveyConflict | None) -> tuple[ConflictLine, ...]:
        """Return what somebody else changed in the same place."""
        found = []
        for each in error.conflicts if error else ():
            way = each.path.split("/")
            at = {"questions": "question", "pages": "page"}.get(way[0], way[0])
            where = place_name(self.survey, "/".join([at, *way[1:2]]), self.language)
            found.append(ConflictLine(where, _value_words(each.mine), _value_words(each.theirs)))
        return tuple(found)

    def findings_at(self, at: str) -> tuple[FindingView, ...]:
        """Return what is wrong, or to be looked at, in a place."""
        return tuple(each for each in self.findings if each.at == at)

    def condition(self, condition: Any) -> str:
        """Return a condition in words; empty without one."""
        told = in_words(self.survey, condition, self.language, self.locale)
        return filled(_("if %(condition)s"), condition=told) if told else ""

    def inserts(self, question_id: str) -> tuple[tuple[str, str], ...]:
        """Return what can be inserted into texts: answers given before, variables, hidden fields."""
        names = [each.question_id for each in self.survey.questions]
        before = set(names[: names.index(question_id)]) if question_id in names else set(names)
        found = [
            (f"{{{{{each.name}}}}}", each.label)
            for each in looked_at(self.survey, self.language)
            if each.sort != "language"
            and each.name.count(".") == 1
            and (not each.name.startswith("question.") or each.name.partition(".")[2] in before)
        ]
        page = next(
            (p for p in self.survey.pages if any(q.question_id == question_id for q in p.questions)), None
        )
        if page is not None and page.repeats_for:
            found.insert(0, ("{{item}}", _("The choice that the page is repeated for")))
        return tuple(found)


def _value_words(value: Any) -> str:
    if value in (None, "", [], {}):
        return _("(removed)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        title = value.get("title") or value.get("words") or value.get("name")
        return said(title, *title) if isinstance(title, dict) and title else "…"
    if isinstance(value, list):
        return " · ".join(map(_value_words, value))
    return str(value)
