"""The outline of the builder: pages with their questions, endings, the pages of rules and settings."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.parts import Tab
from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import Page

from .builder import Builder
from .builder_page import PageLine, PlaceLine, QuestionLine, address
from .kinds import WORDS
from .question_keys import kind_of
from .shown import ending_name, language_name, page_name, question_name

_LONGEST_NAME: Final = 90


def outline(builder: Builder, at: str) -> tuple[PageLine, ...]:
    """Return the pages with their questions."""
    found, number = [], 0
    for place, page in enumerate(builder.survey.pages, 1):
        lines = []
        for question in page.questions:
            number += 1
            own = f"question/{question.question_id}"
            words = WORDS[kind_of(question)]
            lines.append(
                QuestionLine(
                    question.question_id,
                    builder.locale.number(number),
                    _cut(question_name(builder.survey, question, builder.language)),
                    str(words.name),
                    builder.locale.shape(words.glyph),
                    builder.href(own),
                    own,
                    own == at,
                    question.is_required,
                    builder.condition(question.show_when),
                    own in builder.wrong,
                )
            )
        found.append(_page_line(builder, page, place, at, tuple(lines)))
    return tuple(found)


def _page_line(
    builder: Builder, page: Page, place: int, at: str, lines: tuple[QuestionLine, ...]
) -> PageLine:
    own, note = f"page/{page.page_id}", ""
    repeated = builder.survey.question(page.repeats_for) if page.repeats_for else None
    if repeated is not None:
        name = question_name(builder.survey, repeated, builder.language)
        note = filled(_("once for each choice of “%(question)s”"), question=name)
    return PageLine(
        page.page_id,
        page_name(builder.survey, page, builder.locale.number(place), builder.language),
        builder.href(own),
        own,
        own == at,
        builder.condition(page.show_when),
        note,
        lines,
        builder.href(f"add/{page.page_id}"),
        own in builder.wrong,
    )


def endings(builder: Builder, at: str) -> tuple[PlaceLine, ...]:
    """Return the endings in the outline."""
    return tuple(
        PlaceLine(
            ending_name(builder.survey, each, builder.language),
            builder.href(f"endings/{each.ending_id}"),
            f"endings/{each.ending_id}",
            f"endings/{each.ending_id}" == at,
            builder.condition(each.when),
            f"endings/{each.ending_id}" in builder.wrong,
        )
        for each in builder.survey.endings
    )


def places(builder: Builder, at: str) -> tuple[PlaceLine, ...]:
    """Return the pages of rules and settings."""
    rules = {"jumps", "calculations", "variables", "hidden", "quotas", "logic"}
    return (
        PlaceLine(
            _("Logic and quotas"),
            builder.href("logic"),
            "logic",
            at.partition("/")[0] in rules,
            has_error=any(each.partition("/")[0] in rules for each in builder.wrong),
        ),
        PlaceLine(_("Settings"), builder.href("settings"), "settings", at == "settings"),
    )


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


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"
