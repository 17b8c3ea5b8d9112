"""Questions of surveys to choose from: readers see what is asked, the address keeps the key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, Final

from django import forms

from safar.doors.web.journeys.forms import QuestionForm
from safar.doors.web.journeys.known import Known

#: Longest key that an address may name.
_LONGEST: Final = 200


def questions_in_words(
    known: Known, *, keys: Collection[str] | None = None, asked: Iterable[str] = ()
) -> dict[str, str]:
    """Return questions whose answers have scores, each with its words: choices of a field.

    Parameters
    ----------
    keys
        Those that are offered; all when None.
    asked
        Keys that an address names: they can be chosen although nobody has answered them yet.

    Returns
    -------
    dict of str
        What is read, by key. Questions that ask the same with different keys say their keys as well.
    """
    words = known.question_words()
    found = {key: said for key, said in known.questions() if keys is None or key in keys}
    found |= {key: words.get(key) or key for key in asked if 0 < len(key) <= _LONGEST and key not in found}
    alike = Counter(found.values())
    return {key: said if alike[said] == 1 else f"{said} · {key}" for key, said in found.items()}


def question_field(label: Any, **kwargs: Any) -> forms.ChoiceField:
    """Return a field that a question of a survey is chosen with; `offer_questions` fills it."""
    return forms.ChoiceField(label=label, required=False, **kwargs)


def offer_questions(
    form: QuestionForm, name: str, first: Any, *, keys: Collection[str] | None = None
) -> None:
    """Let a field choose among the questions of the workspace.

    Parameters
    ----------
    name
        The field, of `question_field`.
    first
        What stands for none of them.
    keys
        See `questions_in_words`.
    """
    offered = questions_in_words(form.known, keys=keys, asked=[str(form.data.get(name, ""))])
    form.fields[name].choices = [("", first), *offered.items()]  # type: ignore[attr-defined]
