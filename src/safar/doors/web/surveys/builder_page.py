"""The builder as its template is given it: the outline, the part that is open, what is left to do, the preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.parts import Tab
from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import END, Page, Survey
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .condition_form import in_words, looked_at
from .editing import LISTS, list_part
from .errors import SurveyConflict
from .finding_words import FindingView, finding_views, place_name
from .kinds import GROUPS, WORDS
from .part_form import FormContext, SectionView, sections
from .queries import OpenSurvey
from .question_keys import kind_of
from .shown import (
    ending_name,
    known_languages,
    language_name,
    page_name,
    part_words,
    question_name,
)

#: Signs of a question that the outline shows.
_LONGEST_NAME: Final = 90


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the outline."""

    question_id: str
    number: str
    name: str
    kind: str
    glyph: str
    href: str
    at: str
    is_open: bool
    is_required: bool
    condition: str
    has_error: bool


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page in the outline, with its questions."""

    page_id: str
    name: str
    href: str
    at: str
    is_open: bool
    condition: str
    note: str
    questions: tuple[QuestionLine, ...]
    add_href: str
    has_error: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """An ending, a jump, a quota … in a list; or a page of settings."""

    name: str
    href: str
    at: str
    is_open: bool
    about: str = ""
    has_error: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """One list of rules: its parts, and the button that adds one."""

    key: str
    name: str
    about: str
    parts: tuple[PlaceLine, ...]
    add: str
    can_add: bool = True


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of question in the menu that adds one."""

    kind: str
    name: str
    sentence: str
    glyph: str


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """What two members wrote in one place."""

    where: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What is open: a form, the menu of kinds, or the lists of rules.

    Attributes
    ----------
    mode
        ``"form"``, ``"add"``, ``"logic"`` or ``"settings"`` (a form with the languages).
    at
        The place, as addresses name it.
    """

    mode: str
    at: str
    title: str
    kind: str
    glyph: str
    sections: tuple[SectionView, ...]
    can_move: bool = False
    can_copy: bool = False
    can_delete: bool = True
    findings: tuple[FindingView, ...] = ()
    lists: tuple[ListView, ...] = ()
    groups: tuple[tuple[str, tuple[KindChoice, ...]], ...] = ()
    into: str = ""
    after: str = ""
    languages: tuple[tuple[str, str, bool], ...] = ()
    inserts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BuilderPage:
    """What the template of the builder is given."""

    workspace: Workspace
    survey_id: str
    name: str
    state: str
    state_name: str
    revision: int
    language: str
    direction: str
    languages: tuple[Tab, ...]
    tabs: tuple[Tab, ...]
    pages: tuple[PageLine, ...]
    endings: tuple[PlaceLine, ...]
    places: tuple[PlaceLine, ...]
    panel: Panel
    findings: tuple[FindingView, ...]
    error_count: str
    to_do: str
    conflicts: tuple[ConflictLine, ...]
    preview_href: str
    full_preview_href: str
    try_href: str
    edit_href: str
    list_href: str
    here: str
    news: str
    is_archived: bool
    sentences: dict[str, str]


def address(workspace: Workspace, survey_id: str, name: str = "survey", **query: str) -> str:
    """Return the address of a page of a survey."""
    own = reverse(name, kwargs={"workspace_id": workspace.workspace_id, "survey_id": survey_id})
    kept = {key: value for key, value in query.items() if value}
    return f"{own}?{urlencode(kept, safe='/', quote_via=quote)}" if kept else own


class Builder:
    """Makes the page of the builder for one survey, in one language of its texts."""

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
        self._wrong = {each.at for each in self.findings if each.is_error}

    def href(self, at: str) -> str:
        """Return the address of the builder with a place open."""
        return address(self.workspace, self.opened.public_id, at=at, language=self.language)

    def outline(self, at: str) -> tuple[PageLine, ...]:
        """Return the pages with their questions."""
        found, number = [], 0
        for place, page in enumerate(self.survey.pages, 1):
            lines = []
            for question in page.questions:
                number += 1
                own = f"question/{question.question_id}"
                words = WORDS[kind_of(question)]
                lines.append(
                    QuestionLine(
                        question.question_id,
                        self.locale.number(number),
                        _cut(question_name(self.survey, question, self.language)),
                        str(words.name),
                        self.locale.shape(words.glyph),
                        self.href(own),
                        own,
                        own == at,
                        question.is_required,
                        self._condition(question.show_when),
                        own in self._wrong,
                    )
                )
            found.append(self._page_line(page, place, at, tuple(lines)))
        return tuple(found)

    def _page_line(self, page: Page, place: int, at: str, lines: tuple[QuestionLine, ...]) -> PageLine:
        own, note = f"page/{page.page_id}", ""
        repeated = self.survey.question(page.repeats_for) if page.repeats_for else None
        if repeated is not None:
            name = question_name(self.survey, repeated, self.language)
            note = filled(_("once for each choice of “%(question)s”"), question=name)
        return PageLine(
            page.page_id,
            page_name(self.survey, page, self.locale.number(place), self.language),
            self.href(own),
            own,
            own == at,
            self._condition(page.show_when),
            note,
            lines,
            self.href(f"add/{page.page_id}"),
            own in self._wrong,
        )

    def endings(self, at: str) -> tuple[PlaceLine, ...]:
        """Return the endings in the outline."""
        return tuple(
            PlaceLine(
                ending_name(self.survey, each, self.language),
                self.href(f"endings/{each.ending_id}"),
                f"endings/{each.ending_id}",
                f"endings/{each.ending_id}" == at,
                self._condition(each.when),
                f"endings/{each.ending_id}" in self._wrong,
            )
            for each in self.survey.endings
        )

    def places(self, at: str) -> tuple[PlaceLine, ...]:
        """Return the pages of rules and settings."""
        rules = {"jumps", "calculations", "variables", "hidden", "quotas", "logic"}
        return (
            PlaceLine(
                _("Logic and quotas"),
                self.href("logic"),
                "logic",
                at.partition("/")[0] in rules,
                has_error=any(each.partition("/")[0] in rules for each in self._wrong),
            ),
            PlaceLine(_("Settings"), self.href("settings"), "settings", at == "settings"),
        )

    def panel(self, at: str, part: Any = None) -> Panel:
        """Return what is open; ``part`` stands for what is there where it was sent and not kept."""
        kind, _slash, name = at.partition("/")
        if kind == "logic":
            return Panel(
                "logic", at, _("Logic and quotas"), "", "⇄", (), lists=self._lists(), can_delete=False
            )
        if kind == "settings":
            found = part or self.survey
            languages = tuple(
                (code, label, code in self.survey.languages) for code, label in known_languages()
            )
            return Panel(
                "settings",
                at,
                _("Settings"),
                "",
                "⚙",
                sections(found, self.context),
                can_delete=False,
                languages=languages,
                findings=self._here(at),
            )
        found = part if part is not None else self.part_at(at)
        if kind == "question" and found is not None:
            words = WORDS[kind_of(found)]
            return Panel(
                "form",
                at,
                question_name(self.survey, found, self.language),
                str(words.name),
                self.locale.shape(words.glyph),
                sections(found, self.context),
                can_move=True,
                can_copy=True,
                findings=self._here(at),
                inserts=self._inserts(found.question_id),
            )
        if found is not None:
            title = place_name(self.survey, at, self.language, number=self.locale.number)
            names = {"page": _("Page"), "endings": _("Ending"), "quotas": _("Quota")}
            return Panel(
                "form",
                at,
                title,
                names.get(kind, ""),
                "",
                sections(found, self.context),
                can_move=kind in {"page", "endings", "jumps", "calculations"},
                findings=self._here(at),
                inserts=self._inserts("") if kind == "endings" else (),
            )
        page_id, _slash, after = name.partition("/") if kind == "add" else ("", "", "")
        if not page_id and self.survey.pages:
            page_id = self.survey.pages[-1].page_id
        groups = tuple(
            (
                str(title),
                tuple(
                    KindChoice(k.kind, str(k.name), str(k.sentence), self.locale.shape(k.glyph))
                    for k in kinds
                ),
            )
            for title, kinds in GROUPS
        )
        return Panel(
            "add",
            "add",
            _("Add a question"),
            "",
            "＋",
            (),
            can_delete=False,
            groups=groups,
            into=page_id,
            after=after,
        )

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

    def _here(self, at: str) -> tuple[FindingView, ...]:
        return tuple(each for each in self.findings if each.at == at)

    def _condition(self, condition: Any) -> str:
        told = in_words(self.survey, condition, self.language, self.locale)
        return filled(_("if %(condition)s"), condition=told) if told else ""

    def _inserts(self, question_id: str) -> tuple[tuple[str, str], ...]:
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

    def _lists(self) -> tuple[ListView, ...]:
        survey, language = self.survey, self.language

        def lines(key: str, names: Sequence[str]) -> tuple[PlaceLine, ...]:
            ids = LISTS[key]
            places = [
                f"{key}/{getattr(each, ids) if ids else number}"
                for number, each in enumerate(getattr(survey, key))
            ]
            return tuple(
                PlaceLine(name, self.href(at), at, is_open=False, has_error=at in self._wrong)
                for at, name in zip(places, names, strict=True)
            )

        jumps = [
            filled(
                _("After %(page)s go to %(to)s %(condition)s"),
                page=self._place(each.after),
                to=self._place(each.to),
                condition=self._condition(each.when),
            )
            for each in survey.jumps
        ]
        calculations = [
            filled(
                _("After %(page)s: %(variable)s %(does)s %(value)s %(condition)s"),
                page=self._place(each.after),
                variable=each.variable,
                does=_DOES.get(each.does, ""),
                value=self._value(each.value),
                condition=self._condition(each.when),
            )
            for each in survey.calculations
        ]
        quotas = [
            filled(
                _("%(name)s: at most %(limit)s %(condition)s"),
                name=part_words(survey, each.name, language) or _("Quota"),
                limit=self.locale.number(each.limit),
                condition=self._condition(each.when),
            )
            for each in survey.quotas
        ]
        return (
            ListView(
                "jumps",
                _("Jumps"),
                _("After a page, go on somewhere else than to the next one."),
                lines("jumps", jumps),
                _("Add a jump"),
                bool(survey.pages),
            ),
            ListView(
                "variables",
                _("Variables"),
                _("Something that is computed from answers, such as points."),
                lines("variables", [each.name for each in survey.variables]),
                _("Add a variable"),
            ),
            ListView(
                "calculations",
                _("Calculations"),
                _("What happens to a variable when a page is left."),
                lines("calculations", calculations),
                _("Add a calculation"),
                bool(survey.variables and survey.pages),
            ),
            ListView(
                "hidden",
                _("Hidden fields"),
                _("What the link brings along, such as an order number; it is kept with the answers."),
                lines("hidden", [each.name for each in survey.hidden]),
                _("Add a hidden field"),
            ),
            ListView(
                "quotas",
                _("Quotas"),
                _("At most so many complete responses of a group; who comes later is thanked."),
                lines("quotas", quotas),
                _("Add a quota"),
            ),
        )

    def _place(self, name: str) -> str:
        if name == END:
            return _("The end")
        number = self.locale.number
        names = (
            place_name(self.survey, f"{kind}/{name}", self.language, number=number)
            for kind in ("page", "endings")
        )
        return next(filter(None, names), name)

    def _value(self, value: float | str) -> str:
        if isinstance(value, str):
            return next((each.label for each in self.context.looked if each.name == value), value)
        return self.locale.shape(f"{value:g}")


_DOES: Final = {"set": "=", "add": "+", "subtract": "−", "multiply": "×", "divide": "÷"}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"


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


def language_tabs(builder: Builder, at: str) -> tuple[Tab, ...]:
    """Return the languages of the texts to choose from."""
    return tuple(
        Tab(
            language_name(code),
            address(builder.workspace, builder.opened.public_id, at=at, language=code),
            code == builder.language,
        )
        for code in builder.survey.languages
    )
