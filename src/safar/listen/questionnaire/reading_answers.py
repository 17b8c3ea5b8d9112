"""Reading what was sent as an answer to a question: one reader a kind, the same names for every door.

A plain form, the API and a kiosk send texts by the names of controls. The root of the names is the *key* of the
question as the respondent sees it: its id, in a repeated page ``<question_id>@<choice_id>``.

====================  ==================================================================================
kind                  controls
====================  ==================================================================================
nps … slider          ``<key>`` a point
single                ``<key>`` a choice · ``<key>.other`` words
multiple              ``<key>`` a choice, again and again · ``<key>.other`` words
matrix                ``<key>.<row>`` a column, several where they may be, a point or column of a scale
dual                  ``<key>.<row>.first`` and ``<key>.<row>.second`` points
differential          ``<key>.<row>`` a point
ranking               ``<key>.<choice>`` a rank from 1 on; or ``<key>`` choices in their order
constant sum          ``<key>.<choice>`` a part of the total
text, number          ``<key>``
date                  ``<key>`` as it is typed; or ``<key>.year``, ``<key>.month``, ``<key>.day``
phone, email          ``<key>``
file                  ``<key>`` an id, again and again
consent               ``<key>`` yes or no
tree test             ``<key>`` the place chosen · ``<key>.opened`` places, again and again, in turn ·
                      ``<key>.gave_up`` 1 · ``<key>.seconds``
first click           ``<key>.x``, ``<key>.y`` from 0 to 1, or pixels with ``<key>.width`` and
                      ``<key>.height`` · ``<key>.seconds``
goal                  ``<key>`` a choice · ``<key>.other`` words · ``<key>.done`` yes, partly or no ·
                      ``<key>.why`` words
any that may          ``<key>.na`` 1: it does not apply
====================  ==================================================================================

Numbers are read in digits of any of the three scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from . import questions as kinds
from .anatomy import Answer
from .controls import Controls
from .reading_choices import goal, multiple, single
from .reading_scales import constant_sum, differential, dual, matrix, ranking, score
from .reading_tasks import first_click, tree_test
from .reading_words import consent, date, email, file, number, phone, text

#: The reader of each kind, which takes a question of that kind.
_READERS: Final[Mapping[type[kinds.Asked], Callable[[Any, Controls], Answer | None]]] = {
    kinds.Nps: score,
    kinds.Csat: score,
    kinds.Ces: score,
    kinds.Rating: score,
    kinds.Slider: score,
    kinds.Single: single,
    kinds.Multiple: multiple,
    kinds.Matrix: matrix,
    kinds.Dual: dual,
    kinds.Differential: differential,
    kinds.Ranking: ranking,
    kinds.ConstantSum: constant_sum,
    kinds.Text: text,
    kinds.Number: number,
    kinds.Date: date,
    kinds.Phone: phone,
    kinds.Email: email,
    kinds.File: file,
    kinds.Consent: consent,
    kinds.Statement: lambda _question, _sent: None,
    kinds.TreeTest: tree_test,
    kinds.FirstClick: first_click,
    kinds.Goal: goal,
}


def read_answer(
    question: kinds.Question,
    raw: Mapping[str, Sequence[str]],
    *,
    key: str = "",
    calendar: str = "gregorian",
    region: str = "ZZ",
) -> Answer | None:
    """Return the answer to a question that was sent; None where nothing was.

    Parameters
    ----------
    raw
        Texts by the names of controls, as in the table above; names of other questions are passed over.
    key
        The root of the names: `walk.Shown.key`. The question's id when empty.
    calendar
        In which days are typed, unless the question names one; a day that can only be Gregorian is read so.
    region
        Country (ISO 3166) of telephone numbers without a prefix, unless the question names one.

    Raises
    ------
    AnswerRefused
        One of its kinds, each with a code, the question's id and what would be taken. That a required question was not
        answered is no refusal here: see `walk.Walk.missing`.

    Examples
    --------
    >>> read_answer(kinds.Nps(question_id="nps"), {"nps": ["۹"]}).value
    9.0
    """
    sent = Controls(question, key or question.question_id, raw, calendar, region)
    names = {each.choice_id for each in getattr(question, "rows", ())}
    if question.can_not_apply and "na" not in names and sent.is_yes("na"):
        return Answer(does_not_apply=True)
    return _READERS[type(question)](question, sent)
