"""The panel of a card: its text, what people feel, what it rests on, its files and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.design.words import filled
from safar.maps.anatomy import (
    Card,
    Evidence,
    EvidenceKind,
    JourneyMap,
    Lane,
    LaneKind,
)
from safar.show.locale import Locale

from .edit_forms import NEW, Choice, Control, EditForm, Press, told
from .panel_parts import (
    BLANK_LINES,
    Asked,
    Blanks,
    Panel,
    Section,
    language_name,
    order,
    translations,
)
from .words import COMPUTED, EMOTION_NAMES, EVIDENCE_NAMES, lane_name


def card_panel(asked: Asked, card_id: str) -> Panel | None:
    """Return the panel of a card; None where there is none."""
    document = asked.document
    card = next((each for each in document.cards if each.card_id == card_id), None)
    if card is None:
        return None
    step, lane = document.step(card.step_id), _lane_of(document, card.lane_id)
    if step is None or lane is None:
        return None
    blanks = Blanks()
    if lane.kind is LaneKind.EMOTION or card.emotion is not None:
        blanks.add(told("card.emotion", of=card_id), _emotion_control(card, asked.locale))
    blanks.words(asked, "card.text", card_id, _("Text"), card.text, kind="text")
    sections = [
        *translations(asked, card_id, ("card.text", _("Text"), card.text, "text")),
        _files(asked, card),
        _evidence(asked, card),
        _place(asked, card),
    ]
    if asked.choices.personas:
        sections.insert(0, _personas(asked, card))
    return Panel(
        place=f"card/{card_id}",
        eyebrow=asked.step_name(step),
        title=lane_name(lane, asked.language, *document.languages),
        form=blanks.form(),
        sections=tuple(sections),
        presses=(
            *order(
                asked,
                [each.card_id for each in document.cards_at(card.step_id, card.lane_id)],
                card_id,
                "card.move",
                step_id=card.step_id,
                lane_id=card.lane_id,
            ),
            Press(_("Remove the card"), (told("card.remove", of=card_id),), then="none", is_danger=True),
        ),
        takes_comments=True,
    )


def _lane_of(document: JourneyMap, lane_id: str) -> Lane | None:
    return next((each for each in document.lanes if each.lane_id == lane_id), None)


def _emotion_control(card: Card, locale: Locale) -> Callable[[int], Control]:
    whole = {float(each): str(name) for each, name in EMOTION_NAMES.items()}
    if card.emotion is not None and card.emotion not in whole:
        whole[card.emotion] = ""
    choices = tuple(
        Choice(f"{each:g}", f"{locale.signed(each)} {whole[each]}".strip(), card.emotion == each)
        for each in sorted(whole)
    )
    none = Choice("", _("not said"), card.emotion is None)
    return lambda number: Control(
        f"{number}:value|number",
        _("What people feel here, as the team believes"),
        "radio",
        choices=(*choices, none),
    )


def _personas(asked: Asked, card: Card) -> Section:
    control = Control(
        "0:value|list",
        _("Only for these personas; for all of them when none is chosen"),
        "many",
        choices=tuple(Choice(each, name, each in card.personas) for each, name in asked.choices.personas),
    )
    return Section(
        "personas",
        _("Personas"),
        form=EditForm((told("card.personas", of=card.card_id),), (control,)),
        is_open=bool(card.personas),
    )


def _files(asked: Asked, card: Card) -> Section:
    files = tuple(
        replace(
            found,
            size=size_in_words(found.byte_count, asked.locale),
            remove=Press(
                filled(_("Remove %(name)s"), name=found.name),
                (
                    told(
                        "card.attachments",
                        of=card.card_id,
                        value=[other for other in card.attachments if other != each],
                    ),
                ),
            ),
        )
        for each in card.attachments
        if (found := asked.choices.files.get(each)) is not None
    )
    return Section("files", _("Pictures and files"), files=files, is_open=bool(files))


def _evidence(asked: Asked, card: Card) -> Section:
    controls: list[Control] = []
    for place, each in enumerate([*card.evidence, *[None] * BLANK_LINES]):
        controls += _evidence_controls(asked, place, each)
    return Section(
        "evidence",
        _("What it rests on"),
        _("A card without evidence counts as an assumption of the team."),
        EditForm((told("card.evidence", of=card.card_id),), tuple(controls)),
        is_open=bool(card.evidence),
    )


def _evidence_controls(asked: Asked, place: int, evidence: Evidence | None) -> Iterable[Control]:
    at = f"0:value.{place}"
    chosen = evidence.kind if evidence else EvidenceKind.ANECDOTE
    kinds = tuple(Choice(kind.value, str(name), kind is chosen) for kind, name in EVIDENCE_NAMES.items())
    yield Control(f"{at}.kind", _("Kind"), "select", choices=kinds)
    for language in asked.languages:
        words = evidence.words.get(language, "") if evidence else ""
        label = filled(_("What it says (%(language)s)"), language=language_name(language))
        yield Control(f"{at}.words.{language}", label, value=words, language=language)
    yield Control(
        f"{at}.link",
        _("Where it is found"),
        "code",
        evidence.link if evidence else "",
        hint=_("An address within Safar"),
    )
    count = "" if evidence is None or evidence.n is None else str(evidence.n)
    yield Control(f"{at}.n|number", _("How many answers or customers"), "code", count)
    yield Control(
        f"{at}.seen_on",
        _("Seen on"),
        "code",
        evidence.seen_on if evidence else "",
        hint=_("A day such as 2026-03-21"),
    )


def _place(asked: Asked, card: Card) -> Section:
    lanes = tuple(
        Choice(
            lane.lane_id,
            lane_name(lane, asked.language, *asked.document.languages),
            lane.lane_id == card.lane_id,
        )
        for lane in asked.document.lanes
        if lane.kind not in COMPUTED
    )
    controls = (
        Control(
            "0:step_id", pgettext("part of a map", "Step"), "select", choices=asked.step_choices(card.step_id)
        ),
        Control("0:lane_id", pgettext("part of a map", "Lane"), "select", choices=lanes),
    )
    return Section(
        "place", _("Where it stands"), form=EditForm((told("card.move", of=card.card_id),), controls)
    )


def new_card_panel(asked: Asked, cell: str) -> Panel | None:
    """Return the form of a card that is not there yet: without JavaScript it is written before it is added."""
    step_id, _slash, lane_id = cell.partition("/")
    step, lane = asked.document.step(step_id), _lane_of(asked.document, lane_id)
    if step is None or lane is None or lane.kind in COMPUTED:
        return None
    edit = told("card.add", card={"card_id": NEW, "step_id": step_id, "lane_id": lane_id})
    controls = [Control(f"0:card.text.{asked.language}", _("Text"), "text", language=asked.language)]
    if lane.kind is LaneKind.EMOTION:
        controls.append(
            _emotion_control(Card(card_id="x", step_id=step_id, lane_id=lane_id), asked.locale)(0)
        )
        controls[-1] = Control(
            "0:card.emotion|number", controls[-1].label, "radio", choices=controls[-1].choices
        )
    return Panel(
        place=f"new-card/{cell}",
        eyebrow=filled(
            "%(step)s · %(lane)s",
            step=asked.step_name(step),
            lane=lane_name(lane, asked.language, *asked.document.languages),
        ),
        title=_("New card"),
        form=EditForm((edit,), tuple(controls), then="card", submit=_("Add the card")),
    )
