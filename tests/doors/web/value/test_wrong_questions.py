"""What is sent for any field of a question about value is answered, or refused with a code: never a failure of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from safar.act.questions import VALUE
from safar.observe.question_json import read, schema
from safar.observe.question_shapes import QuestionRefused

#: What kinds must be told; all else has a usual value.
ORDERED = {"step": "order_placed", "experiences": [{"name": "late", "shown_by": "page"}]}
NEEDED: dict[str, dict[str, Any]] = {
    "backlog": {"window": "2026-01-01..2026-02-01", "periodic": {"period": "day"}},
    "drivers": {"outcome": "nps"},
    "change_explained": {
        "now": {"window": "2026-02-01..2026-03-01"},
        "before": {"window": "2026-01-01..2026-02-01"},
    },
    "mediation": {"at": ORDERED},
    "value_at_risk": {"at": ORDERED, "learner": "linear"},
    "value_what_if": {"at": ORDERED},
}
#: Of every type, and what is odd within it: numbers beyond every measure, digits of another script, no text at all.
SENT: tuple[Any, ...] = (
    None, True, -1, 0, 0.5, 1e308, -1e308, 10**40, "", "12", "۱۲۳", "NaN", "🙂", "\0", "x" * 5_000,
    [], [None], ["🙂"], [[]], {}, {"a": 1},
)  # fmt: skip
#: Sent through the API where the schema takes them: what a fit, a date or a table may stumble over.
ODD: tuple[Any, ...] = (-1, 0, 1e308, 10**40, "۱۲۳", "\0", "x" * 5_000, ["🙂"])
#: Sent through the API even so.
ALWAYS_SENT: tuple[Any, ...] = ("🙂", {"a": 1})
KINDS = [kind.name for kind in VALUE]


def fields(kind: str) -> Iterator[tuple[str, Draft202012Validator]]:
    """Yield each field of a kind with what says whether a value can be taken."""
    whole = schema(kind)
    shared = {"$defs": whole.get("$defs", {})}
    for name, said in whole["properties"].items():
        if name != "kind":
            yield name, Draft202012Validator(said | shared)


@pytest.fixture
def ask(shop, browser, buyers, monkeypatch) -> Callable[[str, Any], Any]:
    """Ask the API as an analyst of a shop whose log answers most kinds: what is let through meets numbers."""
    from safar.doors.web.api import credentials
    from safar.doors.web.api.rates import Rates
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    monkeypatch.setattr(credentials, "_rates", Rates(100_000, 100_000))
    member = add_member("a@example.com", "A", "en", shop.workspace_id, "analyst")
    headers = {"Authorization": f"Bearer {create_token(member, shop.workspace_id, 'script')[1]}"}

    def ask(kind: str, body: Any) -> Any:
        return browser.post(
            f"/api/v1/questions/{kind}?limit=5", body, content_type="application/json", headers=headers
        )

    return ask


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_schema_does_not_take_is_refused_with_a_hint(kind: str) -> None:
    needed = NEEDED.get(kind, {})
    assert read({"kind": kind, **needed}) is not None
    tried = 0
    for name, takes in fields(kind):
        for value in SENT:
            if takes.is_valid(value):
                continue
            tried += 1
            with pytest.raises(QuestionRefused) as refused:
                read({"kind": kind, **needed, name: value})
            assert name in str(refused.value), (name, value)
    assert tried > 20
    with pytest.raises(QuestionRefused) as refused:
        read({"kind": kind, **needed, "levle": 0.9})
    assert "levle" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_no_value_of_a_field_is_a_failure_of_ours(ask: Callable[[str, Any], Any], kind: str) -> None:
    needed = NEEDED.get(kind, {})
    wrong = []
    for name, takes in fields(kind):
        for value in (*(each for each in ODD if takes.is_valid(each)), *ALWAYS_SENT):
            answer = ask(kind, needed | {name: value})
            if answer.status_code == 200 and takes.is_valid(value):
                continue
            said = answer.json()
            if not (answer.status_code in {400, 422} and said["code"] and (said["hint"] or said["detail"])):
                wrong.append(
                    (name, str(value)[:40], answer.status_code, said.get("code"), said.get("detail"))
                )
    assert wrong == []
    answer = ask(kind, f'{{"level": NaN, "kind": "{kind}"}}')
    assert (answer.status_code, answer.json()["code"]) == (400, "api.bad_request")
