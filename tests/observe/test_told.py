"""What a customer told: where each property came from, and consents with all that became of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from builders import EPOCH, an_event
from logs import write
from safar.observe.told import ToldQuestion, told, told_by_each
from safar.store.log import Log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path, shard_count=2) as opened:
        yield opened


def day(number: int):
    return EPOCH + timedelta(days=number)


def said(number: int, who: str = "sara", source: str = "shop", **traits: object):
    return an_event("identify", day(number), customer=who, source=source, properties=traits)


def consents(log: Log) -> dict[str, list[tuple[bool, int]]]:
    """Return each purpose's changes, newest first: whether it was given, and on which day."""
    return {
        each.purpose: [(change.is_given, (change.event.occurred_at - EPOCH).days) for change in each.changes]
        for each in told(log, ToldQuestion("sara")).consents
    }


def test_each_property_names_the_event_that_said_it_and_what_it_was_before(log: Log) -> None:
    write(
        log,
        said(1, "anon", city="قم", plan="free", **{"$anonymous_id": "anon"}),
        said(2, source="import-7", city="قم", plan=None),
        said(3, city="تهران", **{"$anonymous_id": "anon"}),
        said(4, plan="gold", city="تهران"),
        an_event("page", day(5), customer="sara", properties={"city": "شیراز"}),
    )
    log.compact()
    city, plan = told(log, ToldQuestion("anon")).properties
    assert (city.name, plan.name) == ("city", "plan")
    assert [(each.value, each.first.occurred_at, each.last.occurred_at) for each in city.values] == [
        ("تهران", day(3), day(4)),
        ("قم", day(1), day(2)),
    ]
    assert [(each.first.source, each.first.original_id, each.last.source) for each in city.values] == [
        ("shop", "sara", "shop"),
        ("shop", "anon", "import-7"),
    ]
    assert [each.value for each in plan.values] == ["gold", "free"]
    assert plan.now.first.occurred_at == day(4)


def test_a_consent_has_every_change_and_who_said_it_last(log: Log) -> None:
    write(
        log,
        said(1, consent={"email": True, "sms": False}),
        said(2, consent={"email": True}),
        said(3, source="import-7", consent={"email": False}),
        said(4, consent={"email": True, "sms": False}),
        said(5, consent={"sms": False}),
    )
    assert consents(log) == {"email": [(True, 4), (False, 3), (True, 1)], "sms": [(False, 1)]}
    email, sms = told(log, ToldQuestion("sara")).consents
    assert (email.is_given, sms.is_given) == (True, False)
    assert email.changes[1].event.source == "import-7"
    assert sms.confirmed.occurred_at == day(5)


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [
        (True, False, {"": [(False, 2), (True, 1)]}),
        ("granted", "Opted_Out", {"": [(False, 2), (True, 1)]}),
        ({"status": "granted"}, {"given": False}, {"": [(False, 2), (True, 1)]}),
        (
            {"ads": {"status": "granted"}},
            {"ads": {"status": "revoked", "at": 7}},
            {"ads": [(False, 2), (True, 1)]},
        ),
        (["email", "sms"], ["sms"], {"email": [(False, 2), (True, 1)], "sms": [(True, 1)]}),
        (["email"], [], {"email": [(False, 2), (True, 1)]}),
        ({"email": "perhaps", "sms": None, "push": 7}, [7], {}),
        ({"email": 1}, {"email": 0}, {"email": [(False, 2), (True, 1)]}),
        ("perhaps", None, {}),
    ],
)
def test_consents_are_read_as_senders_write_them(log: Log, first, then, found) -> None:
    write(log, said(1, consent=first), said(2, consents=then))
    assert consents(log) == found


def test_only_so_much_is_read_and_that_is_said(log: Log) -> None:
    write(log, *(said(number, step=number) for number in range(5)))
    answer = told(log, ToldQuestion("sara", most_read=3))
    assert ([each.value for each in answer.properties[0].values], answer.is_cut) == ([4, 3, 2], True)
    assert answer.provenance.rows_read == 3
    nobody = told(log, ToldQuestion("nobody"))
    assert (nobody.properties, nobody.consents, nobody.is_cut) == ((), (), False)


@pytest.mark.parametrize("most_read", [100_000, 2])
def test_of_many_at_once_each_is_told_as_of_one_alone(log: Log, most_read: int) -> None:
    write(
        log,
        said(1, "anon", city="قم", consents={"email": True}, **{"$anonymous_id": "anon"}),
        said(2, plan="gold", **{"$anonymous_id": "anon"}),
        said(2, "omid", city="یزد"),
        said(3, "omid", consents={"email": False}),
        said(3, "mina", city="رشت"),
    )
    log.compact()
    write(log, said(4, "omid", city="تهران"))
    found = told_by_each(log, ["anon", "sara", "omid", "nobody"], most_read=most_read)
    assert list(found) == ["anon", "sara", "omid", "nobody"]
    if most_read > 3:
        for person, answer in found.items():
            alone = told(log, ToldQuestion(person))
            assert (answer.properties, answer.consents) == (alone.properties, alone.consents), person
            assert not answer.is_cut
        assert found["anon"].properties[0].now.value == "قم"
        assert found["nobody"].properties == ()
    else:  # of three events of one person two are read
        assert [(each.value) for each in found["omid"].properties[0].values] == ["تهران"]
        assert [found[person].is_cut for person in found] == [False, False, True, False]
