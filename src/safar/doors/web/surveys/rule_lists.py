"""The rules of a survey in the builder: jumps, variables, calculations, hidden fields and quotas, each in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import END

from .builder import Builder
from .builder_page import ListView, PlaceLine
from .editing import LISTS
from .finding_words import place_name
from .shown import part_words

_DOES: Final = {"set": "=", "add": "+", "subtract": "−", "multiply": "×", "divide": "÷"}


def rule_lists(builder: Builder) -> tuple[ListView, ...]:
    """Return the lists of rules, each with its parts in words."""
    survey, language = builder.survey, builder.language

    def lines(key: str, names: Sequence[str]) -> tuple[PlaceLine, ...]:
        ids = LISTS[key]
        places = [
            f"{key}/{getattr(each, ids) if ids else number}"
            for number, each in enumerate(getattr(survey, key))
        ]
        return tuple(
            PlaceLine(name, builder.href(at), at, is_open=False, has_error=at in builder.wrong)
            for at, name in zip(places, names, strict=True)
        )

    jumps = [
        filled(
            _("After %(page)s go to %(to)s %(condition)s"),
            page=_place(builder, each.after),
            to=_place(builder, each.to),
            condition=builder.condition(each.when),
        )
        for each in survey.jumps
    ]
    calculations = [
        filled(
            _("After %(page)s: %(variable)s %(does)s %(value)s %(condition)s"),
            page=_place(builder, each.after),
            variable=each.variable,
            does=_DOES.get(each.does, ""),
            value=_value(builder, each.value),
            condition=builder.condition(each.when),
        )
        for each in survey.calculations
    ]
    quotas = [
        filled(
            _("%(name)s: at most %(limit)s %(condition)s"),
            name=part_words(survey, each.name, language) or _("Quota"),
            limit=builder.locale.number(each.limit),
            condition=builder.condition(each.when),
        )
        for each in survey.quotas
    ]
    return (
        ListView(
            "jumps",
            _("Jumps"),
            _("After a page, go on somewhere else than to the next one."),
            lines("jumps", jumps),
            _("Add a jump"),
            bool(survey.pages),
        ),
        ListView(
            "variables",
            _("Variables"),
            _("Something that is computed from answers, such as points."),
            lines("variables", [each.name for each in survey.variables]),
            _("Add a variable"),
        ),
        ListView(
            "calculations",
            _("Calculations"),
            _("What happens to a variable when a page is left."),
            lines("calculations", calculations),
            _("Add a calculation"),
            bool(survey.variables and survey.pages),
        ),
        ListView(
            "hidden",
            _("Hidden fields"),
            _("What the link brings along, such as an order number; it is kept with the answers."),
            lines("hidden", [each.name for each in survey.hidden]),
            _("Add a hidden field"),
        ),
        ListView(
            "quotas",
            _("Quotas"),
            _("At most so many complete responses of a group; who comes later is thanked."),
            lines("quotas", quotas),
            _("Add a quota"),
        ),
    )


def _place(builder: Builder, name: str) -> str:
    if name == END:
        return _("The end")
    number = builder.locale.number
    names = (
        place_name(builder.survey, f"{kind}/{name}", builder.language, number=number)
        for kind in ("page", "endings")
    )
    return next(filter(None, names), name)


def _value(builder: Builder, value: float | str) -> str:
    if isinstance(value, str):
        return next((each.label for each in builder.context.looked if each.name == value), value)
    return builder.locale.shape(f"{value:g}")
