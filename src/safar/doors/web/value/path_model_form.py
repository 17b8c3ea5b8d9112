"""The form of a customer satisfaction index: which questions show image, quality, satisfaction, loyalty.

Addresses name for each thing the keys of its questions; readers choose for each question what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.explain.path_model_rows import INDEX, Block, PathModelQuestion, guessed
from safar.explain.path_solver import Scheme

from .form import ValueForm
from .question_choices import questions_in_words

#: What the things of the index are called.
FELT_NAMES: Final[dict[str, Any]] = {
    "image": pgettext_lazy("felt", "Image"),
    "expectation": pgettext_lazy("felt", "Expectation"),
    "quality": pgettext_lazy("felt", "Quality"),
    "value": pgettext_lazy("felt", "Value for money"),
    "satisfaction": pgettext_lazy("felt", "Satisfaction"),
    "complaints": pgettext_lazy("felt", "Complaints"),
    "loyalty": pgettext_lazy("felt", "Loyalty"),
}
#: A key, in quotation marks where it holds what stands between keys.
_KEY: Final = re.compile(r'"([^"]+)"|([^\s,;،؛"]+)')
#: Where a thing has no questions although some were guessed.
_NOTHING: Final = "-"
#: Beginning of the fields that say what a question shows.
_SHOWS: Final = "shows-"
_SCHEMES: Final[dict[str, Scheme]] = {"": "path", "centroid": "centroid", "factorial": "factorial"}


class PathModelForm(ValueForm):
    """For each question what it shows, guessed from the name of its key at first."""

    scheme = forms.ChoiceField(
        label=_("Weighed by"),
        required=False,
        choices=[
            ("", pgettext_lazy("weighed by", "The paths")),
            ("factorial", pgettext_lazy("weighed by", "Correlations")),
            ("centroid", pgettext_lazy("weighed by", "Signs of correlations")),
        ],
    )
    of_scope = ("until",)
    of_more = ("scheme", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("margin")
        self.fields.pop("currency")

    def _fill_in(self) -> None:
        keys = {each.name: each.question_keys for each in guessed(self.known.question_keys())}
        for name in INDEX:
            self.fields[name] = forms.CharField(
                label=FELT_NAMES[name],
                required=False,
                max_length=4_000,
                initial=_written(keys.get(name, ())),
                widget=forms.HiddenInput,
            )
        self._take_chosen()
        super()._fill_in()
        self._offer_questions()

    def _take_chosen(self) -> None:
        """Let what was chosen for each question stand at the things, as addresses have it."""
        chosen = {
            name.removeprefix(_SHOWS): thing for name, thing in self.data.items() if name.startswith(_SHOWS)
        }
        if chosen:
            kept = self.data.copy()  # type: ignore[attr-defined]
            for name in INDEX:
                kept[name] = _written(key for key, thing in chosen.items() if thing == name)
            self.data = kept

    def _offer_questions(self) -> None:
        shown = {key: name for name in INDEX for key in _keys(str(self.data.get(name, "")))}
        choices = [("", pgettext_lazy("felt", "None of these")), *FELT_NAMES.items()]
        for key, words in questions_in_words(self.known, asked=shown).items():
            self.fields[_SHOWS + key] = forms.ChoiceField(label=words, required=False, choices=choices)
            self.data[_SHOWS + key] = shown.get(key, "")  # type: ignore[index]

    @property
    def own_fields(self) -> Iterator[forms.BoundField]:
        """What each question shows."""
        return (self[name] for name in self.fields if name.startswith(_SHOWS))

    def state(self) -> list[tuple[str, str]]:
        """Return the pairs of the address: the questions of each thing, also that there are none."""
        found = [pair for pair in super().state() if not pair[0].startswith(_SHOWS)]
        emptied = [name for name in INDEX if self.fields[name].initial and not self.data.get(name)]
        return [*found, *((name, _NOTHING) for name in emptied)]

    def blocks(self) -> tuple[Block, ...]:
        """Return which questions show what."""
        told = {name: _keys(self.cleaned_data.get(name, "")) for name in INDEX}
        return tuple(Block(name, keys) for name, keys in told.items() if keys)

    def clean(self) -> dict[str, object]:
        """Refuse a question that shows two things, or stands twice."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        taken: set[str] = set()
        for block in self.blocks():
            if taken & set(block.question_keys) or len(set(block.question_keys)) < len(block.question_keys):
                self.add_error(None, _("A question shows one thing, and stands there once."))
            taken |= set(block.question_keys)
        return found

    def question(self) -> PathModelQuestion:
        """Return the question."""
        return PathModelQuestion(
            self.blocks(), scheme=_SCHEMES[self.cleaned_data["scheme"]], window=self.scope.window
        )


def _keys(text: str) -> tuple[str, ...]:
    """Return the question keys of a text."""
    return () if text == _NOTHING else tuple(quoted or plain for quoted, plain in _KEY.findall(text))


def _written(keys: Iterable[str]) -> str:
    """Return question keys as one text."""
    return ", ".join(key if _KEY.fullmatch(key) else f'"{key}"' for key in keys)
