"""Each rule of scripts/forbidden.py refuses its bad lines and allows its good ones."""

from __future__ import annotations

import forbidden
import pytest


@pytest.mark.parametrize("rule", forbidden.RULES, ids=lambda rule: rule.name)
def test_a_rule_tells_its_bad_lines_from_its_good_ones(rule) -> None:
    assert [line for line in rule.bad if not rule.pattern.search(line)] == []
    assert [line for line in rule.good if rule.pattern.search(line)] == []
    assert rule.bad
    assert rule.good


def test_a_finding_says_where_what_and_what_instead() -> None:
    found = list(forbidden.findings("src/safar/doors/web/static/a.css", "a {}\nb { margin-left: 1px }\n"))
    assert found == [
        (
            "src/safar/doors/web/static/a.css:2: physical direction: 'margin-left'. "
            "Use the logical property: margin-inline-start, inset-inline-end, text-align: start."
        )
    ]


def test_a_rule_looks_only_at_its_files() -> None:
    assert list(forbidden.findings("docs/style.md", "margin-left is refused in styles")) == []


def test_a_module_has_a_hard_stop() -> None:
    assert len(list(forbidden.findings("src/safar/a.py", "x = 1\n" * 701))) == 1
    assert list(forbidden.findings("src/safar/a.py", "x = 1\n" * 700)) == []
