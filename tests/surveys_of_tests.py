"""A survey that tests of several rooms write, ask and count."""

from __future__ import annotations

from safar.listen.questionnaire.anatomy import Page, Survey
from safar.listen.questionnaire.questions import Choice, Nps, Single, Text


def a_survey(**given) -> Survey:
    """How likely one recommends, and why; a second page asks how one heard of the shop."""
    first = Page(
        page_id="p1",
        questions=(
            Nps(question_id="nps", title={"en": "How likely?"}),
            Text(question_id="why", title={"en": "Why?"}, comments_on="nps"),
        ),
    )
    heard = Single(
        question_id="heard",
        title={"en": "How did you hear of us?"},
        choices=(
            Choice(choice_id="ad", words={"en": "An ad"}),
            Choice(choice_id="friend", words={"en": "A friend"}),
        ),
    )
    second = Page(page_id="p2", questions=(heard,))
    return Survey(**{"key": "relational", "name": {"en": "Relation"}, "pages": (first, second)} | given)
