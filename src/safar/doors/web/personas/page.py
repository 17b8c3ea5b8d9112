"""Personas in the reader's words: the list, one of them, the groups that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, happening, visible
from safar.doors.web.maps.queries import maps_of
from safar.doors.web.maps.rich_text import rich_text
from safar.doors.web.segments.choices import choices_of
from safar.doors.web.segments.words import Words
from safar.maps.anatomy import said
from safar.observe.segment_text import segment_of
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .drafting import Found, FoundGroup, FoundHabit
from .queries import PersonaFacts, RunFacts, ShiftFacts
from .stories import STORY_PARTS

_SHORT: Final = 180
_LONG: Final = 80


@dataclass(frozen=True, slots=True)
class PersonaCard:
    """A persona on the list: what it is called, its letter, its picture, how many, and whether it drifts."""

    name: str
    letter: str
    picture_href: str
    about: str
    counts: str
    href: str
    is_drifting: bool


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A quote, where it was said, and where it is taken away."""

    text: str
    event_href: str
    away_href: str


@dataclass(frozen=True, slots=True)
class PersonaPage:
    """What the template of one persona is given.

    Attributes
    ----------
    card
        See `PersonaCard`.
    story
        Its parts that are told in any language: the heading, the text, and in which language where it is another.
    facts
        Pairs of a name and a value.
    channels
        In words.
    quotes
        See `QuoteLine`.
    habits
        Its members' habits of late beside the usual ones; None before they were compared.
    drift
        What has shifted, in one sentence; empty where nothing clearly has.
    segment_href, map_href
        Of its segment, and of the newest living map as its members live it; empty where there is none.
    """

    card: PersonaCard
    story: tuple[tuple[str, SafeString, str], ...]
    facts: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    quotes: tuple[QuoteLine, ...]
    habits: Table | None
    drift: str
    segment_href: str
    map_href: str


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group that was found: which, how many, what sets it apart, its definition in words and as text, how well that
    meets it."""

    title: str
    counts: str
    apart: tuple[str, ...]
    definition: str
    text: str
    meets: str
    describe_href: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """What the template of a search for groups is given: its groups, the argument for their number, caveats."""

    groups: tuple[GroupCard, ...]
    tried: Table | None
    argument: str
    notes: tuple[str, ...]


def card_of(workspace: Workspace, persona: PersonaFacts, locale: Locale) -> PersonaCard:
    """Return a persona in the reader's words."""
    at = {"workspace_id": workspace.workspace_id, "public_id": persona.public_id}
    return PersonaCard(
        name=shown_name(persona.name, locale),
        letter=persona.initial(locale.language, "en"),
        picture_href=reverse("persona-picture", kwargs=at) if persona.picture_type else "",
        about=cut(said(persona.story.get("about", {}), locale.language, "en"), _SHORT),
        counts=_counts(persona, locale),
        href=persona_address(workspace, persona.public_id),
        is_drifting=persona.is_drifting,
    )


def persona_page(workspace: Workspace, persona: PersonaFacts, locale: Locale) -> PersonaPage:
    """Return one persona in the reader's words."""
    place, at = (
        workspace.workspace_id,
        {"workspace_id": workspace.workspace_id, "public_id": persona.public_id},
    )
    story = []
    for part, heading in STORY_PARTS.items():
        text = said(persona.story.get(part, {}), locale.language, "en")
        if text:
            language = next(each for each, words in persona.story[part].items() if words == text)
            story.append((str(heading), rich_text(text), "" if language == locale.language else language))
    facts = [
        (_("Customers"), locale.number(persona.size)),
        (_("Share of what was spent"), locale.percent(persona.value_share) if persona.value_share else ""),
        (
            _("Share of customers"),
            _of_everybody(persona.share, locale) if persona.share is not None else "",
        ),
    ]
    return PersonaPage(
        card=card_of(workspace, persona, locale),
        story=tuple(story),
        facts=tuple((name, value) for name, value in facts if value),
        channels=tuple(channel_in_words(each) for each in persona.channels),
        quotes=tuple(
            QuoteLine(
                each.text,
                f"{reverse('event', kwargs={'workspace_id': place})}?{urlencode({'of': each.place})}"
                if each.place
                else "",
                reverse("persona-unquote", kwargs={**at, "quote_id": each.quote_id}),
            )
            for each in persona.quotes
        ),
        habits=_habits(persona.shifts, locale) if persona.shifts else None,
        drift=drift_sentence(persona.shifts, locale),
        segment_href=reverse("segment", kwargs={"workspace_id": place, "public_id": persona.segment_id})
        if persona.segment_facts is not None
        else "",
        map_href=_map_href(workspace, persona),
    )


def _map_href(workspace: Workspace, persona: PersonaFacts) -> str:
    maps = maps_of(workspace) if persona.segment_facts is not None else ()
    if not maps:
        return ""
    named = {"workspace_id": workspace.workspace_id, "map_id": maps[0].public_id}
    return f"{reverse('living-map', kwargs=named)}?{urlencode({'of': f'persona-{persona.public_id}'})}"


def _counts(persona: PersonaFacts, locale: Locale) -> str:
    if persona.size is None:
        return _("Not counted yet")
    told = [
        filled(
            ngettext("%(count)s customer", "%(count)s customers", persona.size),
            count=locale.number(persona.size),
        )
    ]
    if persona.value_share is not None:
        told.append(filled(_("%(share)s of what was spent"), share=locale.percent(persona.value_share)))
    if persona.share is not None:
        told.append(_of_everybody(persona.share, locale))
    return " · ".join(told)


def _of_everybody(share: float, locale: Locale) -> str:
    """Return a share of customers with its base: most who ever came are strangers who looked once."""
    return filled(
        _("%(share)s of everybody who ever came"),
        share=locale.percent(share, decimals=0 if share == 0 or share >= 0.1 else 1),
    )


def shown_name(name: Mapping[str, str], locale: Locale) -> str:
    """Return what a persona is called, as far as a line holds it."""
    return cut(visible(said(dict(name), locale.language, "en")), 120)


def persona_address(workspace: Workspace, public_id: str, name: str = "persona") -> str:
    """Return the address of a persona, or of what is done with it."""
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id, "public_id": public_id})


def drift_sentence(shifts: Sequence[ShiftFacts], locale: Locale) -> str:
    """Return what has shifted most of a persona's habits; empty where nothing clearly has."""
    clear = [shift for shift in shifts if shift.is_clear]
    if not clear:
        return ""
    first = clear[0]
    return filled(
        ngettext(
            "Its members live otherwise than described: “%(habit)s” went from %(before)s to %(now)s each.",
            "Its members live otherwise than described in %(count)s habits, most of all: “%(habit)s” went from"
            " %(before)s to %(now)s each.",
            len(clear),
        ),
        habit=habit_in_words(first.name),
        before=locale.number(first.before, decimals=1),
        now=locale.number(first.now, decimals=1),
        count=locale.number(len(clear)),
    )


def _habits(shifts: tuple[ShiftFacts, ...], locale: Locale) -> Table:
    return Table(
        caption=_("Habits of its members: when it was described, and of late"),
        columns=(
            Column("habit", _("Habit")),
            Column("before", _("Usually, each"), "number"),
            Column("now", _("Of late, each"), "number"),
            Column("effect", _("Shift in standard deviations"), "number"),
            Column("clear", _("Clear?")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(habit_in_words(each.name)),
                    Cell(locale.number(each.before, decimals=2)),
                    Cell(locale.number(each.now, decimals=2)),
                    Cell(
                        filled(
                            _("%(effect)s (%(low)s to %(high)s)"),
                            effect=locale.number(each.effect, decimals=2),
                            low=locale.number(each.low, decimals=2),
                            high=locale.number(each.high, decimals=2),
                        )
                    ),
                    Cell(_("Yes") if each.is_clear else _("No")),
                )
            )
            for each in shifts
        ),
    )


def habit_in_words(name: str) -> str:
    """Return what a habit is called: a channel, an event that pages know, or the name of its rule."""
    if name.startswith("@"):
        return filled(_("by %(channel)s"), channel=channel_in_words(name[1:]))
    return cut(str(happening(name).words), _LONG)


def run_page(workspace: Workspace, run: RunFacts, locale: Locale) -> RunPage:
    """Return the groups that were found in the reader's words."""
    found = run.found
    assert found is not None
    new = reverse("persona-new", kwargs={"workspace_id": workspace.workspace_id})
    groups = tuple(
        _group(workspace, each, f"{new}?{urlencode({'run': run.public_id, 'group': place})}", place, locale)
        for place, each in enumerate(found.groups)
    )
    return RunPage(
        groups,
        _tried(found, locale) if found.tried else None,
        _argument(found, locale),
        tuple(_note(code, facts, locale) for code, facts in found.notes if code in _NOTES),
    )


def definition_in_words(workspace: Workspace, text: str, locale: Locale) -> str:
    """Return the definition of a group as sentences in one line."""
    return Words(choices_of(workspace, locale.language), locale).whole(segment_of(text))


def _group(
    workspace: Workspace, group: FoundGroup, describe_href: str, place: int, locale: Locale
) -> GroupCard:
    return GroupCard(
        title=filled(_("Group %(number)s"), number=locale.number(place + 1)),
        counts=filled(
            _("%(share)s of those looked at (%(low)s to %(high)s)"),
            share=locale.percent(group.share),
            low=locale.percent(group.low),
            high=locale.percent(group.high),
        ),
        apart=tuple(_apart(each, locale) for each in group.apart),
        definition=definition_in_words(workspace, group.text, locale),
        text=group.text,
        meets=filled(
            _(
                "This definition takes %(recall)s of the group; of those it takes, %(precision)s are of the group."
            ),
            recall=locale.percent(group.recall),
            precision=locale.percent(group.precision),
        ),
        describe_href=describe_href,
    )


def _apart(habit: FoundHabit, locale: Locale) -> str:
    facts = {
        "habit": habit_in_words(habit.name),
        "here": locale.number(habit.here, decimals=1),
        "elsewhere": locale.number(habit.elsewhere, decimals=1),
    }
    if habit.effect > 0:
        return filled(_("more “%(habit)s”: %(here)s each instead of %(elsewhere)s"), **facts)
    return filled(_("less “%(habit)s”: %(here)s each instead of %(elsewhere)s"), **facts)


def _tried(found: Found, locale: Locale) -> Table:
    return Table(
        caption=_("Why so many groups"),
        columns=(
            Column("groups", _("Groups"), "number"),
            Column("silhouette", _("Silhouette"), "number"),
            Column("null", _("Silhouette by chance"), "number"),
            Column("stability", _("Stability"), "number"),
            Column("stands", _("Stands apart?")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(locale.number(each.groups)),
                    Cell(locale.number(each.silhouette, decimals=2)),
                    Cell(locale.number(each.null_silhouette, decimals=2)),
                    Cell(locale.number(each.stability, decimals=2)),
                    Cell(_("Yes") if each.stands else _("No")),
                )
            )
            for each in found.tried
        ),
    )


def _argument(found: Found, locale: Locale) -> str:
    if not found.groups:
        return _("No groups are told apart: customers differ by degrees, not by kinds.")
    return filled(
        ngettext(
            "%(count)s group among %(customers)s customers.",
            "%(count)s groups among %(customers)s customers.",
            len(found.groups),
        ),
        count=locale.number(len(found.groups)),
        customers=locale.number(found.looked_at),
    )


_NOTES: Final[dict[str, Promise | str]] = {
    "personas.few": gettext_lazy("There are %(count)s customers; groups need at least %(least)s."),
    "personas.no_habits": gettext_lazy("Nothing that these customers do differs enough to tell them apart."),
    "personas.rough": gettext_lazy(
        "%(count)s of the groups are met badly by their definition: read the habits, and write one of your own."
    ),
    "personas.sampled": gettext_lazy("%(count)s customers were looked at, drawn from %(of)s by chance."),
    "personas.unstable": gettext_lazy(
        "%(count)s groups were asked for, but they do not stand apart: among other customers they would be others."
    ),
}


def _note(code: str, facts: dict[str, int | str], locale: Locale) -> str:
    told = {name: locale.number(value) if isinstance(value, int) else value for name, value in facts.items()}
    return filled(str(_NOTES[code]), **told)


def untitled() -> str:
    """Return what the segment of a new persona is called while it has no name."""
    return pgettext("of a segment", "Draft of a persona")
