"""A part of a survey (a question, a page, an ending …) as fields of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from safar.listen.questionnaire import anatomy
from safar.listen.questionnaire.anatomy import END, Survey
from safar.listen.questionnaire.questions import Area, Asked, Choice, TreeNode, Words
from safar.maps.anatomy import said

from .condition_form import ConditionView, Looked, condition_view
from .field_words import FieldWords, field_words
from .question_keys import kind_of
from .shown import direction, ending_name, page_name, part_words, question_name

#: Fields in the order of the form: the name of each section, and which fields it has. What a part has not, is left out.
_SECTIONS: Final[tuple[tuple[str, Promise | str, tuple[str, ...]], ...]] = (
    ("words", "", ("name", "title", "about")),
    (
        "answers",
        gettext_lazy("Answers"),
        (
            "look", "pair", "choices", "rows", "columns", "nodes", "right", "picture", "areas", "points", "lowest",
            "highest", "step", "direction", "total", "first_words", "second_words", "low_words", "high_words", "unit",
            "takes", "most_mb", "calendar", "earliest", "latest", "region", "purpose", "comments_on",
        ),
    ),
    (
        "rules",
        gettext_lazy("Rules"),
        (
            "variable", "does", "value", "after", "to", "limit", "begins", "fallback", "redirect", "is_required",
            "can_not_apply", "is_scale", "is_multiple", "is_whole", "is_long", "is_shuffled", "asks_why", "identifies",
            "at_least", "at_most", "can_go_back", "shows_progress", "least_cell", "repeats_for", "then",
        ),
    ),
    ("when", gettext_lazy("Condition"), ("show_when", "when")),
    ("key", gettext_lazy("How answers are known"), ("key",)),
)  # fmt: skip
#: What each part of a list beside the words says, where its question lets it.
_PART_FLAGS: Final = ("is_other", "is_exclusive", "stays")


@dataclass(frozen=True, slots=True)
class PartRow:
    """One choice, row, column or area of a question."""

    part_id: str
    number: int
    words: str
    reference: str
    opposite: str | None
    picture: str
    picture_href: str
    flags: tuple[tuple[str, str, bool], ...]
    figures: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as the template draws it.

    Attributes
    ----------
    reference
        The text in the first language, beside one that is translated.
    """

    name: str
    control: str
    label: str
    about: str
    value: Any = ""
    reference: str = ""
    options: tuple[tuple[str, str], ...] = ()
    chosen: tuple[str, ...] = ()
    rows: tuple[PartRow, ...] = ()
    condition: ConditionView | None = None
    picture_href: str = ""
    error: str = ""
    takes_pictures: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    """Fields under one heading."""

    key: str
    name: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class FormContext:
    """What a form is drawn from besides the part itself."""

    survey: Survey
    language: str
    looked: tuple[Looked, ...]
    keys: tuple[tuple[str, str], ...]
    picture_address: Any
    errors: dict[str, str] = field(default_factory=dict)
    number: Callable[[int], str] = str

    @property
    def direction(self) -> str:
        """Of the texts that are written."""
        return direction(self.language)


def kind_of_part(part: Any) -> str:
    """Return what the words of a part's fields are found by: the kind of a question, else the name of its class."""
    return kind_of(part) if isinstance(part, Asked) else type(part).__name__.lower()


def field_names(part: Any) -> tuple[str, ...]:
    """Return the fields of a part that its form has, in order."""
    kind, own = kind_of_part(part), type(part).__struct_fields__
    wanted = (name for _key, _name, names in _SECTIONS for name in names if name in own)
    return tuple(name for name in wanted if not _is_left_out(kind, name))


def sections(part: Any, context: FormContext) -> tuple[SectionView, ...]:
    """Return the form of a part."""
    shown, found = field_names(part), []
    for key, name, names in _SECTIONS:
        fields = tuple(_field(part, each, context) for each in names if each in shown)
        if fields:
            found.append(SectionView(key, str(name), fields))
    return tuple(found)


def _is_left_out(kind: str, name: str) -> bool:
    """Whether a field says nothing for this kind of part."""
    if kind == "statement":
        return name in {"is_required", "can_not_apply", "key"}
    return kind == "consent" and name == "can_not_apply"


def _field(part: Any, name: str, context: FormContext) -> FieldView:
    words: FieldWords = field_words(kind_of_part(part), name)
    own: dict[str, Any] = _FILLED.get(words.control, _plain_field)(part, name, words, context)
    return FieldView(
        name=name,
        control=words.control,
        label=str(words.label),
        about=str(words.about),
        error=context.errors.get(name, ""),
        **own,
    )


def _plain_field(part: Any, name: str, _words: FieldWords, _context: FormContext) -> dict[str, Any]:
    return {"value": getattr(part, name)}


def _words_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    value = getattr(part, name)
    return {"value": value.get(context.language, ""), "reference": _reference(value, context)}


def _select_field(part: Any, name: str, words: FieldWords, _context: FormContext) -> dict[str, Any]:
    value = getattr(part, name)
    options = tuple((each, str(label)) for each, label in words.options)
    return {"options": options, "chosen": value if isinstance(value, tuple) else (str(value),)}


def _number_field(part: Any, name: str, _words: FieldWords, _context: FormContext) -> dict[str, Any]:
    value = getattr(part, name)
    return {"value": "" if value is None else _plain(value)}


def _place_field(part: Any, name: str, words: FieldWords, context: FormContext) -> dict[str, Any]:
    value = getattr(part, name)
    options = _places(part, name, words.control, context)
    return {"options": options, "chosen": (str(value),), "value": _plain(value)}


def _condition_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    condition = getattr(part, name)
    return {"condition": condition_view(context.survey, condition, name, context.looked, context.language)}


def _parts_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    rows = tuple(_row(part, each, number, context) for number, each in enumerate(getattr(part, name), 1))
    takes_pictures = getattr(part, "look", "") == "pictures" and name == "choices"
    return {"rows": rows, "takes_pictures": takes_pictures}


def _areas_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    rows = tuple(_area(each, number, context) for number, each in enumerate(getattr(part, name), 1))
    return {"rows": rows, "picture_href": context.picture_address(part.picture) if part.picture else ""}


def _nodes_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    return {"value": "\n".join(node_lines(getattr(part, name), context.survey, context.language))}


def _right_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    return {"options": tuple(_node_options(part.nodes, context)), "chosen": tuple(getattr(part, name))}


def _picture_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    value = getattr(part, name)
    return {"value": value, "picture_href": context.picture_address(value) if value else ""}


def _key_field(part: Any, name: str, _words: FieldWords, context: FormContext) -> dict[str, Any]:
    return {"value": getattr(part, name), "options": context.keys}


#: What a control shows of its field; others show the value as it is.
_FILLED: Final[dict[str, Callable[[Any, str, FieldWords, FormContext], dict[str, Any]]]] = {
    "words": _words_field,
    "long_words": _words_field,
    "select": _select_field,
    "several": _select_field,
    "whole": _number_field,
    "number": _number_field,
    "question": _place_field,
    "choices_of": _place_field,
    "page": _place_field,
    "variable": _place_field,
    "value": _place_field,
    "condition": _condition_field,
    "parts": _parts_field,
    "areas": _areas_field,
    "nodes": _nodes_field,
    "right": _right_field,
    "picture": _picture_field,
    "key": _key_field,
}


def node_lines(nodes: Iterable[TreeNode], survey: Survey, language: str, depth: int = 0) -> Iterator[str]:
    """Yield a menu as lines, a hyphen for each level."""
    for node in nodes:
        words = node.words.get(language, "") or part_words(survey, node.words, language)
        yield f"{'-' * depth} {words}".strip()
        yield from node_lines(node.nodes, survey, language, depth + 1)


def _node_options(
    nodes: Iterable[TreeNode], context: FormContext, above: str = ""
) -> Iterator[tuple[str, str]]:
    for node in nodes:
        name = f"{above}{part_words(context.survey, node.words, context.language) or '…'}"
        yield node.node_id, name
        yield from _node_options(node.nodes, context, f"{name} › ")


def _row(part: Any, choice: Choice, number: int, context: FormContext) -> PartRow:
    kind, flags = kind_of_part(part), []
    for name in _PART_FLAGS:
        if name == "is_other" and kind not in {"single", "multiple", "goal"}:
            continue
        if name == "is_exclusive" and kind != "multiple":
            continue
        if name == "stays" and not getattr(part, "is_shuffled", False):
            continue
        flags.append((name, str(field_words(kind, name).label), bool(getattr(choice, name))))
    return PartRow(
        choice.choice_id,
        number,
        choice.words.get(context.language, ""),
        _reference(choice.words, context),
        choice.opposite.get(context.language, "") if kind == "differential" else None,
        choice.picture,
        context.picture_address(choice.picture) if choice.picture else "",
        tuple(flags),
    )


def _area(area: Area, number: int, context: FormContext) -> PartRow:
    names = (
        ("x", _("from the left")),
        ("y", _("from the top")),
        ("width", pgettext("of an area", "width")),
        ("height", pgettext("of an area", "height")),
    )
    return PartRow(
        area.area_id,
        number,
        area.words.get(context.language, ""),
        _reference(area.words, context),
        None,
        "",
        "",
        (("is_right", str(field_words("area", "is_right").label), area.is_right),),
        tuple((name, label, f"{100 * getattr(area, name):g}") for name, label in names),
    )


def _places(part: Any, name: str, control: str, context: FormContext) -> Sequence[tuple[str, str]]:
    """Return what a list of questions, pages or variables offers."""
    survey, language = context.survey, context.language
    if control == "variable":
        return tuple((each.name, each.name) for each in survey.variables)
    if control == "value":
        return tuple((each.name, each.label) for each in context.looked if each.sort in {"number", "text"})
    if control == "question":
        scored = (each for each in survey.questions if hasattr(each, "low_words") and each.metric)
        return (
            ("", _("nothing in particular")),
            *((each.question_id, question_name(survey, each, language)) for each in scored),
        )
    if control == "choices_of":
        found = (each for each in survey.questions if kind_of(each) in {"single", "multiple"})
        return (
            ("", _("nothing: it is asked once")),
            *((each.question_id, question_name(survey, each, language)) for each in found),
        )
    pages = tuple(
        (page.page_id, page_name(survey, page, context.number(number), language))
        for number, page in enumerate(survey.pages, 1)
    )
    if name == "after":
        return pages
    endings = tuple(
        (each.ending_id, f"{_('Ending')}: {ending_name(survey, each, language)}") for each in survey.endings
    )
    last = ((END, _("The end")),)
    return (*last, *endings) if isinstance(part, anatomy.Quota) else (*pages, *endings, *last)


def _reference(words: Words, context: FormContext) -> str:
    first = context.survey.languages[0] if context.survey.languages else ""
    return said(words, first) if context.language != first else ""


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
