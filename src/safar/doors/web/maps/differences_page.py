"""What two versions of a map differ in, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.design.words import filled
from safar.maps.anatomy import JourneyMap, said
from safar.maps.difference import Change, Happened
from safar.show.locale import Locale

from .page import part_name
from .panel_parts import language_name
from .rich_text import plain_text

_HAPPENED: Final[dict[str, Promise | str]] = {
    "added": gettext_lazy("%(part)s added: %(name)s"),
    "removed": gettext_lazy("%(part)s removed: %(name)s"),
    "moved": gettext_lazy("%(part)s moved: %(name)s"),
    "changed": gettext_lazy("%(part)s changed: %(name)s"),
}
_PARTS: Final[dict[str, Promise | str]] = {
    "map": pgettext_lazy("part of a map", "Map"),
    "stage": pgettext_lazy("part of a map", "Stage"),
    "step": pgettext_lazy("part of a map", "Step"),
    "lane": pgettext_lazy("part of a map", "Lane"),
    "card": pgettext_lazy("part of a map", "Card"),
    "move": pgettext_lazy("part of a map", "Move"),
}
_FIELDS: Final[dict[str, Promise | str]] = {
    "name": pgettext_lazy("part of a map", "Name"),
    "about": gettext_lazy("About it"),
    "text": gettext_lazy("Text"),
    "languages": gettext_lazy("Languages of its texts"),
    "state": gettext_lazy("The map shows it"),
    "pause": gettext_lazy("So long without a step ends a journey"),
    "personas": gettext_lazy("Personas"),
    "owner": gettext_lazy("Who answers for it"),
    "can_begin": gettext_lazy("A journey may begin here"),
    "can_end": gettext_lazy("A journey may end well here"),
    "nested": gettext_lazy("Map that shows it in detail"),
    "emotion": pgettext_lazy("lane", "Emotion"),
    "evidence": gettext_lazy("What it rests on"),
    "attachments": gettext_lazy("Pictures and files"),
    "binding.events": gettext_lazy("Who is here"),
    "binding.question_keys": gettext_lazy("Questions whose answers say how it feels"),
    "binding.tags": gettext_lazy("Tags of conversations that say what breaks, one a line"),
    "binding.promises": gettext_lazy("Promises"),
    "binding.revenue": gettext_lazy("Events whose amounts it brings"),
    "binding.cost": gettext_lazy("Events whose amounts it costs"),
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One difference.

    Attributes
    ----------
    sentence
        What happened to what.
    field
        Which of its texts or values; empty where it came, went or moved.
    before, after
        As texts.
    tone
        ``added``, ``removed``, ``moved`` or ``changed``.
    """

    sentence: str
    field: str
    before: str
    after: str
    tone: str


def change_views(
    changes: Iterable[Change], old: JourneyMap, new: JourneyMap, locale: Locale, language: str
) -> tuple[ChangeView, ...]:
    """Return the differences in the order of the map."""
    return tuple(_view(each, old, new, locale, language) for each in changes)


def _view(change: Change, old: JourneyMap, new: JourneyMap, locale: Locale, language: str) -> ChangeView:
    languages = (language, *new.languages, *old.languages)
    where = [part_name(document, f"{change.part}/{change.part_id}", language) for document in (new, old)]
    name = next(filter(None, [plain_text(said(change.name, *languages)), *where]), "")
    part = str(_PARTS.get(change.part, change.part))
    sentence = str(_HAPPENED[change.happened.value])
    field = str(_FIELDS.get(change.field, change.field))
    if change.language:
        field = filled(_("%(label)s (%(language)s)"), label=field, language=language_name(change.language))
    is_change = change.happened is Happened.CHANGED
    return ChangeView(
        sentence=filled(sentence, part=part, name=name or pgettext("part of a map", "No name yet")),
        field=field if is_change else "",
        before=_text(change.before, locale) if is_change else "",
        after=_text(change.after, locale) if is_change else "",
        tone=change.happened.value,
    )


def _text(value: Any, locale: Locale) -> str:
    if value is None or value in ("", [], (), {}):
        return _("(empty)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return locale.number(value)
    if isinstance(value, list | tuple):
        return " · ".join(_text(each, locale) for each in value)
    if isinstance(value, dict):
        return " · ".join(_text(each, locale) for each in value.values() if each not in ("", None, [], {}))
    return str(value)
