"""Errors: a code, a sentence, a hint, facts; and every error of the vocabulary keeps the habits."""

from __future__ import annotations

import importlib
import json
import pickle
import pkgutil
import re

import pytest

import safar.show
import safar.vocabulary
from safar.vocabulary.errors import Fault, Refusal, SafarError, known_codes, nearest
from safar.vocabulary.money import UnknownCurrency, exponent


def errors() -> list[type[SafarError]]:
    """Return the error classes that the vocabulary and the words of a locale define."""
    for package in (safar.vocabulary, safar.show):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return [
        error
        for error in known_codes().values()
        if error.__module__.startswith(("safar.vocabulary.", "safar.show."))
        and error not in (Refusal, Fault, SafarError)
    ]


@pytest.mark.parametrize("error", errors(), ids=lambda error: error.code)
def test_every_error_has_a_code_a_family_a_builtin_and_a_reason(error: type[SafarError]) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", error.code)
    assert issubclass(error, Refusal) != issubclass(error, Fault)
    builtin = [
        base
        for base in error.__mro__
        if base.__module__ == "builtins" and base not in (Exception, BaseException, object)
    ]
    assert builtin, "inherit the natural builtin too"
    assert error.__doc__
    assert error.__doc__.endswith(".")


def test_an_error_says_what_is_wrong_what_to_do_and_the_facts() -> None:
    with pytest.raises(UnknownCurrency) as caught:
        exponent("USDD")
    error = caught.value
    assert str(error) == "'USDD' is not a known currency. Did you mean \"USD\"?"
    assert error.as_json() == {
        "code": "money.unknown_currency",
        "message": "'USDD' is not a known currency.",
        "hint": 'Did you mean "USD"?',
        "context": {"currency": "USDD"},
    }
    assert json.loads(json.dumps(error.as_json())) == error.as_json()
    assert isinstance(error, LookupError)


def test_an_error_without_a_hint_is_its_message() -> None:
    assert str(Fault("The disk is full.")) == "The disk is full."


def test_errors_travel_between_processes() -> None:
    error = UnknownCurrency("'X' is not a known currency.", hint="Use USD.", currency="X")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is UnknownCurrency
    assert copy.as_json() == error.as_json()


def test_two_errors_cannot_claim_one_code() -> None:
    with pytest.raises(TypeError, match=r"both claim the code 'money\.unknown_currency'"):
        type("Other", (Refusal,), {"code": "money.unknown_currency"})
    assert known_codes()["money.unknown_currency"] is UnknownCurrency


def test_a_subclass_without_a_code_of_its_own_keeps_its_parents() -> None:
    finer = type("Finer", (UnknownCurrency,), {})
    assert finer.code == "money.unknown_currency"
    assert known_codes()["money.unknown_currency"] is UnknownCurrency


def test_the_nearest_name_is_suggested_only_when_near() -> None:
    assert nearest("chanel", ["source", "channel"]) == 'Did you mean "channel"?'
    assert nearest("xyz", ["channel", "source"]) == ""
