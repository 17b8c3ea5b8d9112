"""Each kind of question as the template draws it: texts in the respondent's language, values as they are kept."""

from __future__ import annotations

from typing import Final

from safar.listen.questionnaire.walk import Shown

from .card import Body, Card, Drawing
from .cards_to_choose import TO_CHOOSE
from .cards_to_find import TO_FIND
from .cards_to_type import TO_TYPE


def card_of(shown: Shown, drawing: Drawing) -> Card:
    """Return a question as it is drawn."""
    question, key = shown.question, shown.key
    kind = str(question.__struct_config__.tag)
    own: Body = {
        "template": f"answering/{kind}.html",
        **_BODIES[type(question)](shown, question, drawing),
    }
    return Card(
        kind=kind,
        **own,
        key=key,
        title=drawing.said(question.title),
        about=drawing.said(question.about),
        is_required=question.is_required,
        error=drawing.errors.get(key, ""),
        can_not_apply=question.can_not_apply,
        does_not_apply=bool(drawing.value(f"{key}.na")),
    )


_BODIES: Final = TO_CHOOSE | TO_TYPE | TO_FIND
