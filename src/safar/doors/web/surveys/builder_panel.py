"""What is open in the builder: the form of a part, the menu of kinds, the settings, the lists of rules."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .builder import Builder
from .builder_page import KindChoice, Panel
from .finding_words import place_name
from .kinds import GROUPS, WORDS
from .part_form import sections
from .question_keys import kind_of
from .rule_lists import rule_lists
from .shown import known_languages, question_name


def panel_of(builder: Builder, at: str, part: Any = None) -> Panel:
    """Return what is open; ``part`` stands for what is there where it was sent and not kept."""
    kind, _slash, name = at.partition("/")
    if kind == "logic":
        return Panel(
            "logic", at, _("Logic and quotas"), "", "⇄", (), lists=rule_lists(builder), can_delete=False
        )
    if kind == "settings":
        found = part or builder.survey
        languages = tuple(
            (code, label, code in builder.survey.languages) for code, label in known_languages()
        )
        return Panel(
            "settings",
            at,
            _("Settings"),
            "",
            "⚙",
            sections(found, builder.context),
            can_delete=False,
            languages=languages,
            findings=builder.findings_at(at),
        )
    found = part if part is not None else builder.part_at(at)
    if kind == "question" and found is not None:
        words = WORDS[kind_of(found)]
        return Panel(
            "form",
            at,
            question_name(builder.survey, found, builder.language),
            str(words.name),
            builder.locale.shape(words.glyph),
            sections(found, builder.context),
            can_move=True,
            can_copy=True,
            findings=builder.findings_at(at),
            inserts=builder.inserts(found.question_id),
        )
    if found is not None:
        title = place_name(builder.survey, at, builder.language, number=builder.locale.number)
        names = {"page": _("Page"), "endings": _("Ending"), "quotas": _("Quota")}
        return Panel(
            "form",
            at,
            title,
            names.get(kind, ""),
            "",
            sections(found, builder.context),
            can_move=kind in {"page", "endings", "jumps", "calculations"},
            findings=builder.findings_at(at),
            inserts=builder.inserts("") if kind == "endings" else (),
        )
    return _menu(builder, name if kind == "add" else "")


def _menu(builder: Builder, name: str) -> Panel:
    """Return the menu of kinds; ``name`` says into which page, and after which question."""
    page_id, _slash, after = name.partition("/")
    if not page_id and builder.survey.pages:
        page_id = builder.survey.pages[-1].page_id
    groups = tuple(
        (
            str(title),
            tuple(
                KindChoice(k.kind, str(k.name), str(k.sentence), builder.locale.shape(k.glyph)) for k in kinds
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
