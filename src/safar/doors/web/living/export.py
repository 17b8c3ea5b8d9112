"""A sheet as a file: a picture, a poster on paper, one page of HTML, the map as JSON."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import msgspec
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.maps.shown import without_sources
from safar.maps.anatomy import JourneyMap, told
from safar.maps.sheet_file import write_sheet
from safar.show.drawing import png, standalone
from safar.show.locale import LANGUAGES, Locale
from safar.show.maps.paper import Orientation, Paper, PaperSize, pdf
from safar.show.maps.poster import Poster, whole
from safar.show.maps.poster_drawing import draw_poster
from safar.vocabulary.errors import Refusal

from .asking import score_before
from .facts import HeadScore, facts, head_score
from .lanes import lane_rows
from .page_file import page_file, rendered
from .poster_page import poster_of
from .reading import Reading
from .scene import Scene
from .whom import MOST_IN_BAR

#: Width of a column of a picture, units.
_COLUMN: Final = 190.0
#: A map of more cards is drawn for nobody: it takes minutes and gigabytes, and nobody reads it on one sheet.
MOST_CARDS: Final = 800
#: Pixels of a picture at most: what is larger is drawn smaller.
_MOST_PIXELS: Final = 40_000_000
_LEAST_SCALE: Final = 0.25
_LONGEST_NAME: Final = 80
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


class NothingToExport(Refusal, ValueError):
    """A map without steps makes no picture and no poster."""

    code = "living.nothing_to_export"


class TooManyCards(Refusal, ValueError):
    """A map has more cards than are drawn."""

    code = "living.too_many_cards"


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file.

    Attributes
    ----------
    content_type
        As it is sent.
    is_of_rows
        Whether what was lived stands in it as rows, which only those take away who may export.
    """

    content_type: str
    is_of_rows: bool = False


FORMS: Final[dict[str, Form]] = {
    "svg": Form("image/svg+xml; charset=utf-8"),
    "png": Form("image/png"),
    "pdf": Form("application/pdf"),
    "html": Form("text/html; charset=utf-8"),
    "json": Form("application/json; charset=utf-8"),
    "csv": Form("text/csv; charset=utf-8", is_of_rows=True),
}


def in_language(locale: Locale, language: str) -> Locale:
    """Return how somebody who reads another language is shown the same: in its digits and its calendar."""
    if language == locale.language or language not in LANGUAGES:
        return locale
    return Locale(
        language,
        time_zone=locale.time_zone,
        currency=locale.currency,
        week_starts=locale.week_starts,
    )


def poster_from(
    reading: Reading,
    scene: Scene,
    *,
    made_at: datetime,
    is_shared: bool = False,
    most_cards: int | None = None,
) -> Poster:
    """Return a sheet as a poster.

    Parameters
    ----------
    reading
        The request.
    scene
        What it shows.
    made_at
        Written at the foot.
    is_shared
        Whether strangers read it: then nobody but those whom it is about is named.
    most_cards
        In the rows that are shown; None for as many as there are.

    Raises
    ------
    NothingToExport, TooManyCards
    """
    if not scene.columns:
        raise NothingToExport("The map has no steps.", hint="Add a stage with a step, then take it away.")
    rows, _choices = lane_rows(scene)
    cards = sum(len(cell.cards) for row in rows for cell in row.cells)
    if most_cards is not None and cards > most_cards:
        raise TooManyCards(
            f"The map shows {cards} cards, a drawing at most {most_cards}.",
            hint="Hide some of its rows, or take it away as CSV or JSON.",
            cards=cards,
            most=most_cards,
        )
    return poster_of(
        scene,
        rows,
        facts(scene, _head(reading, scene)),
        whom=reading.whom,
        whoms=() if is_shared else reading.whoms[:MOST_IN_BAR],
        period="" if scene.lived is None else reading.scope,
        made_at=made_at,
    )


def _head(reading: Reading, scene: Scene) -> HeadScore | None:
    found = head_score(scene.lived) if scene.lived is not None else None
    if found is None or reading.question is None:
        return None
    step, score = found
    before = score_before(reading.workspace, reading.question, step, score.question_key)
    return HeadScore(step, score, before)


def picture(poster: Poster, form: str) -> bytes:
    """Return a poster as an SVG or a PNG file."""
    sheet = draw_poster(poster, whole(poster, column=_COLUMN))
    if form == "svg":
        return standalone(sheet.svg).encode()
    fits = math.sqrt(_MOST_PIXELS / (sheet.width * sheet.height))
    return png(sheet.svg, scale=max(min(2.0, fits), _LEAST_SCALE))


def on_paper(poster: Poster, data: QueryDict, locale: Locale, *, made_at: datetime) -> bytes:
    """Return a poster as a PDF file of the size that an address asks for.

    Raises
    ------
    UnknownPaper
    """
    paper = Paper(
        cast("PaperSize", data.get("size", "") or "A3"),
        cast("Orientation", data.get("paper", "") or "landscape"),
    )

    def label(number: int, of: int) -> str:
        said = _("Part %(number)s of %(of)s")
        return filled(said, number=locale.number(number), of=locale.number(of))

    return pdf(poster, paper, label=label, made_at=made_at)


def page(poster: Poster) -> str:
    """Return a poster as one page of HTML."""
    return rendered(page_file(poster))


def document_file(reading: Reading) -> bytes:
    """Return the map as JSON, as it can be brought in again."""
    return msgspec.json.format(msgspec.json.encode(told(_document(reading))), indent=2)


def sheet_file(reading: Reading) -> bytes:
    """Return the map as a table, as it can be brought in again."""
    return write_sheet(_document(reading))


def _document(reading: Reading) -> JourneyMap:
    """Return the map as its reader may have it."""
    return reading.opened.document if reading.sees_customers else without_sources(reading.opened.document)


def name_of(scene: Scene, form: str) -> str:
    """Return what the file is called: as the map is."""
    called = _NOT_IN_NAMES.sub(" ", scene.words(scene.document.name))
    called = " ".join(called.split())[:_LONGEST_NAME].strip(" .")
    return f"{called or pgettext('file', 'journey-map')}.{form}"


def speaking(language: str) -> Any:
    """Return the block in which all is said in a language."""
    return translation.override(language if language in LANGUAGES else None)
