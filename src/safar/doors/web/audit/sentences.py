"""What each action is called in the log of changes, in the reader's language.

Each app keeps a module ``change_sentences``: ``SENTENCES`` has a whole sentence for each action it records, with
``%(target)s`` for what was changed. ``FIELDS`` may name the values that stand before and after, ``VALUES`` what the
values of a field are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import cast

from django.apps import apps
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

from safar.doors.web.design.words import filled

Words = Promise | str
_MISSING = "…"


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(
        import_module(f"{app.name}.change_sentences")
        for app in apps.get_app_configs()
        if module_has_submodule(cast("ModuleType", app.module), "change_sentences")
    )


@cache
def all_change_sentences() -> Mapping[str, Words]:
    """Return the sentence of every action that any app records."""
    return {action: words for module in _modules() for action, words in module.SENTENCES.items()}


@cache
def _field_names() -> Mapping[str, Words]:
    return {field: name for module in _modules() for field, name in getattr(module, "FIELDS", {}).items()}


@cache
def _value_names() -> Mapping[str, Mapping[str, Words]]:
    found: dict[str, dict[str, Words]] = {}
    for module in _modules():
        for field, names in getattr(module, "VALUES", {}).items():
            found.setdefault(field, {}).update(names)
    return found


def sentence_of_change(action: str, target: str) -> str:
    """Return what was done as one sentence; the bare action for one that a later version no longer knows."""
    words = all_change_sentences().get(action)
    if words is None:
        return f"{action} {target}".strip()
    return filled(str(words), target=target or _MISSING)


def kind_of_change(action: str) -> str:
    """Return what an action is called in a list to choose from: its sentence with a gap in it."""
    words = all_change_sentences().get(action)
    return action if words is None else str(words) % {"target": _MISSING}


def field_name(field: str) -> str:
    """Return what a value is called; its key where no app names it."""
    return str(_field_names().get(field, field.replace("_", " ")))


def value_name(field: str, value: str) -> str:
    """Return what one value of a field is called; itself where no app names it."""
    return str(_value_names().get(field, {}).get(value, value))
