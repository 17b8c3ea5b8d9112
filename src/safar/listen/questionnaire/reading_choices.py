"""Reading answers that are choices: one, several, what somebody came for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from .anatomy import Answer
from .controls import Controls
from .questions import Choice, Goal, Multiple, Single
from .refusals import NotTogether, RowsMissing, TooFewChosen, TooManyChosen

#: How far somebody got with what he came for.
DONE: Final[Mapping[str, float]] = {"yes": 1.0, "partly": 0.5, "no": 0.0}
MOST_WHY: Final = 4_000


def single(question: Single, sent: Controls) -> Answer | None:
    """Read one of several: ``<key>``, and ``<key>.other``."""
    chosen = _one(question.choices, sent)
    if chosen is None:
        return None
    return Answer(
        choices=(chosen.choice_id,), text=sent.other_words(is_needed=True) if chosen.is_other else ""
    )


def multiple(question: Multiple, sent: Controls) -> Answer | None:
    """Read any of several: ``<key>`` again and again, and ``<key>.other``."""
    chosen = {sent.known(each, question.choices).choice_id for each in sent.many()}
    own = next((each.choice_id for each in question.choices if each.is_other), None)
    alone = [each.choice_id for each in question.choices if each.is_exclusive and each.choice_id in chosen]
    if own is not None and not alone and sent.one("other"):
        chosen.add(own)
    if not chosen:
        return None
    if alone and len(chosen) > 1:
        raise sent.refused(
            NotTogether, f"{alone[0]!r} goes with no other choice.", "Choose it alone.", choice=alone[0]
        )
    if not alone and len(chosen) < question.at_least:
        raise sent.refused(
            TooFewChosen,
            f"{len(chosen)} were chosen.",
            f"Choose at least {question.at_least}.",
            at_least=question.at_least,
        )
    if question.at_most is not None and len(chosen) > question.at_most:
        raise sent.refused(
            TooManyChosen,
            f"{len(chosen)} were chosen.",
            f"Choose at most {question.at_most}.",
            at_most=question.at_most,
        )
    return Answer(
        choices=tuple(each.choice_id for each in question.choices if each.choice_id in chosen),
        text=sent.other_words(is_needed=True) if own in chosen else "",
    )


def goal(question: Goal, sent: Controls) -> Answer | None:
    """Read what somebody came for: ``<key>``, ``<key>.other``, ``<key>.done`` (yes, partly, no), ``<key>.why``."""
    chosen, said_done = _one(question.choices, sent), sent.one("done")
    if chosen is None and not said_done:
        return None
    missing = [name for name, given in (("choice", chosen), ("done", said_done)) if not given]
    if missing and sent.question.is_required:
        raise sent.refused(
            RowsMissing, "Part of the question has no answer.", "Answer both.", rows=list(missing)
        )
    if said_done and said_done not in DONE:
        raise sent.no_choice(said_done)
    other = sent.other_words(is_needed=True) if chosen is not None and chosen.is_other else ""
    return Answer(
        value=DONE.get(said_done),
        choices=() if chosen is None else (chosen.choice_id,),
        text=sent.short(sent.one("why"), MOST_WHY) if question.asks_why and said_done != "yes" else "",
        rows={"other": Answer(text=other)} if other else {},
    )


def _one(choices: Sequence[Choice], sent: Controls) -> Choice | None:
    """Return the choice that was made: “other” also where only its words were given."""
    name = sent.one()
    if name:
        return sent.known(name, choices)
    own = next((each for each in choices if each.is_other), None)
    return own if own is not None and sent.one("other") else None
