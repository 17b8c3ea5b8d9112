"""Questions that are answered by typing or by sending a file; and words that ask nothing."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.walk import Shown
from safar.show.locale import Locale
from safar.vocabulary.digits import fold_digits

from .card import Body, BodyOf, Drawing, Option


def _text(shown: Shown, question: kinds.Text, drawing: Drawing) -> Body:
    return {
        "value": drawing.value(shown.key),
        "look": "long" if question.is_long else "short",
        "at_most": question.at_most,
        "at_least": question.at_least,
        "is_grouped": False,
    }


def _number(shown: Shown, question: kinds.Number, drawing: Drawing) -> Body:
    lowest, highest = question.lowest, question.highest
    hint = ""
    if lowest is not None and highest is not None:
        sentence = _("A number from %(lowest)s to %(highest)s")
        hint = filled(sentence, lowest=drawing.number(lowest), highest=drawing.number(highest))
    elif lowest is not None:
        hint = filled(_("At least %(lowest)s"), lowest=drawing.number(lowest))
    elif highest is not None:
        hint = filled(_("At most %(highest)s"), highest=drawing.number(highest))
    return {
        "template": "answering/typed.html",
        "look": "number",
        "value": drawing.value(shown.key),
        "unit": drawing.said(question.unit),
        "is_whole": question.is_whole,
        "hint": hint,
        "is_grouped": False,
    }


def _typed(shown: Shown, question: kinds.Asked, drawing: Drawing) -> Body:
    look = "phone" if isinstance(question, kinds.Phone) else "email"
    return {
        "template": "answering/typed.html",
        "look": look,
        "value": drawing.value(shown.key),
        "is_grouped": False,
    }


def _date(shown: Shown, question: kinds.Date, drawing: Drawing) -> Body:
    calendar = question.calendar or drawing.locale.calendar
    locale = Locale(drawing.locale.language, calendar=calendar)
    month = fold_digits(drawing.value(f"{shown.key}.month")).lstrip("0")
    return {
        "look": calendar,
        "options": tuple(
            Option(str(each), f"{drawing.number(each)} · {locale.month_name(each)}", str(each) == month)
            for each in range(1, 13)
        ),
        "first": drawing.value(f"{shown.key}.day"),
        "second": drawing.value(f"{shown.key}.year"),
    }


def _file(shown: Shown, question: kinds.File, drawing: Drawing) -> Body:
    sent = drawing.values.get(shown.key, ())
    size = drawing.number(question.most_mb)
    return {
        "template": "answering/file.html",
        "at_most": question.at_most,
        "is_multiple": question.at_most > 1,
        "accept": ",".join(_ACCEPTS[each] for each in question.takes),
        "files": tuple(
            Option(each, drawing.file_names[each], is_chosen=True)
            for each in sent
            if each in drawing.file_names
        ),
        "hint": filled(
            _("%(kinds)s, each of at most %(size)s MB"),
            kinds=_and(tuple(str(_file_kinds()[each]) for each in question.takes)),
            size=size,
        ),
        "is_grouped": False,
    }


_ACCEPTS: Final = {
    "image": "image/png,image/jpeg,image/webp,image/gif",
    "pdf": "application/pdf",
    "text": "text/plain",
    "audio": "audio/*",
}


def _file_kinds() -> dict[str, str]:
    return {"image": _("Pictures"), "pdf": _("PDF files"), "text": _("text files"), "audio": _("sound")}


def _and(words: tuple[str, ...]) -> str:
    return (
        _("%(some)s and %(last)s") % {"some": _(", ").join(words[:-1]), "last": words[-1]}
        if len(words) > 1
        else "".join(words)
    )


def _statement(shown: Shown, question: kinds.Statement, drawing: Drawing) -> Body:
    del shown, question, drawing
    return {"is_grouped": False}


TO_TYPE: Final[dict[type[kinds.Asked], BodyOf]] = {
    kinds.Text: _text,
    kinds.Number: _number,
    kinds.Date: _date,
    kinds.Phone: _typed,
    kinds.Email: _typed,
    kinds.File: _file,
    kinds.Statement: _statement,
}
