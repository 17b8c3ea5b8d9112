"""Conditions: tests of answers, variables and hidden fields, joined by AND and OR."""

from __future__ import annotations

from typing import Literal

import msgspec

Comparison = Literal["=", "!=", "<", "<=", ">", ">=", "has", "lacks", "contains", "answered", "unanswered"]


class Test(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag="test"
):
    """One test.

    Parameters
    ----------
    of
        What is looked at: ``question.<question_id>`` (of a matrix ``question.<question_id>.<row>``),
        ``variable.<name>``, ``hidden.<name>`` or ``respondent.language``.
    compares
        ``=`` … ``>=`` compare numbers (or, ``=`` and ``!=``, texts without regard to how they are typed); ``has`` and
        ``lacks`` look for a choice among those chosen; ``contains`` for words in a text; ``answered`` and
        ``unanswered`` take no value.
    value
        A number, a text, or the id of a choice.
    """

    __test__ = False  # no test of pytest's

    of: str
    compares: Comparison
    value: float | str | None = None


class AllOf(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag="all"
):
    """Every part holds; an empty group holds."""

    parts: tuple[Condition, ...] = ()


class AnyOf(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag="any"
):
    """At least one part holds; an empty group does not."""

    parts: tuple[Condition, ...] = ()


class NoneOf(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag="none"
):
    """No part holds."""

    parts: tuple[Condition, ...] = ()


Condition = Test | AllOf | AnyOf | NoneOf
