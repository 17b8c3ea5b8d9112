"""The API keeps to its own description, whatever it is sent: no failure of ours, no answer that is not described."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from safar.store.home import Home
from two_workspaces import Company, mentions, state_of

_EXAMPLES = {"owner": 3, "viewer": 1, "read-only": 1}
_MANY = 30


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a token ask as often as a generator does, and let no query take long."""
    from safar.doors.web.api import credentials, queries
    from safar.doors.web.api.rates import Rates

    monkeypatch.setattr(credentials, "_rates", Rates(100_000, 100_000))
    monkeypatch.setattr(queries, "_WITHIN", timedelta(seconds=1))


def _halve(described: Any, is_other_half: bool) -> None:
    """Leave half of the kinds of questions in a description: the generator gives up where all are in one."""
    if isinstance(described, dict):
        kinds = described.get("anyOf", [])
        if len(kinds) >= _MANY:
            del kinds[is_other_half::2]
        for each in described.values():
            _halve(each, is_other_half)


@pytest.mark.parametrize("shown", ["owner", "viewer", "read-only"])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_api_answers_as_it_describes(
    web_home: Home, ours: Company, theirs: Company, calm: None, mode: GenerationMode, shown: str
) -> None:
    from django.core.handlers.wsgi import WSGIHandler

    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())
    _halve(schema.raw_schema["paths"], mode is GenerationMode.NEGATIVE)
    headers = {
        "Authorization": f"Bearer {ours.secrets[shown]}",
        "Host": "127.0.0.1",
        "Accept-Encoding": "identity",
    }
    before = state_of(web_home, ours)
    asked, done = 0, set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=_EXAMPLES[shown],
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            answer = case.call(headers=headers)
            if answer.status_code < 300:
                done.add(case.path)
            said = f"{case.method} {case.formatted_path}: {answer.status_code} {answer.content[:300]!r}"
            assert answer.status_code < 500, said
            assert not mentions(answer.content, theirs), said
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == ["application/problem+json"], said
            case.validate_response(
                answer,
                checks=[
                    schemathesis.checks.CHECKS.get_one(name)
                    for name in (
                        "status_code_conformance",
                        "content_type_conformance",
                        "response_schema_conformance",
                    )
                ],
            )

        ask()
    assert asked > (90 if shown == "owner" else 30)
    if mode is GenerationMode.POSITIVE:
        assert len(done) > {"owner": 8, "viewer": 3, "read-only": 8}[shown], sorted(done)
    if shown == "read-only":
        assert state_of(web_home, ours) == before


def test_no_two_shapes_have_one_name(web_home: Home) -> None:
    from ninja import Schema

    from safar.doors.web.api.door import API

    assert API.urls
    waiting, shapes = [Schema], set()
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        shapes |= {each for each in below if each.__module__.startswith("safar.")}
    names = [each.__name__ for each in shapes]
    assert len(names) > 100
    assert sorted({name for name in names if names.count(name) > 1}) == []
