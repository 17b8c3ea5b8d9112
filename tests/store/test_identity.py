"""Who is who: what evidence joins, what it does not, and what members decide."""

from __future__ import annotations

import pytest

from builders import a_path, an_event, micros, together
from identities import AT, OTHER_PHONE, PHONE, alias, identify, persons
from safar.collect.identity import Reason, Why
from safar.store.identity import NamesThePerson, NoId, NotOfPerson, Split
from safar.store.log import Log


def test_an_anonymous_visitor_becomes_known(identity):
    identity.observe(identify("sara", "a1"))
    identity.observe(identify("sara", "a2"))
    assert persons(identity) == {"sara": ["sara", "a1", "a2"]}
    assert identity.aliases() == [("a1", "sara"), ("a2", "sara")]
    assert [identity.person_of(each) for each in ("a1", "a2", "sara", "nobody")] == [
        "sara",
        "sara",
        "sara",
        "nobody",
    ]
    assert identity.ids_of("a1") == ["sara", "a1", "a2"]
    assert identity.ids_of("nobody") == ["nobody"]


def test_saying_it_again_changes_nothing(identity):
    events = together(
        identify("sara", "a1", phone=PHONE),
        identify("nima", phone="۰۹۱۲ ۳۴۵ ۶۷۸۱"),
        identify("leila", "a1"),
        alias("sara", "old"),
    )
    identity.observe(events)
    before = (identity.version, identity.aliases(), identity.history("sara"), identity.refusals())
    assert before[1] == [("a1", "sara"), ("nima", "sara"), ("old", "sara")]
    identity.observe(events)
    identity.observe(together(events, events))
    assert (identity.version, identity.aliases(), identity.history("sara"), identity.refusals()) == before


def test_events_that_say_nothing_leave_no_trace(identity):
    identity.observe(an_event("page_viewed", AT, customer="sara", properties={"email": "sara@shop.ir"}))
    assert (identity.version, identity.aliases()) == (0, [])


def test_the_same_number_in_other_digits_is_one_person_but_a_filler_is_not(identity):
    identity.observe(
        together(
            identify("u1", phone="0912 345 6781"),
            identify("u2", phone="+۹۸۹۱۲۳۴۵۶۷۸۱"),
            identify("u3", phone="09120000000"),
            identify("u4", phone="۰۹۱۲۰۰۰۰۰۰۰"),
            identify("u5", email="none@shop.ir"),
            identify("u6", email="none@shop.ir"),
            identify("u7", email="Sara@Shop.IR"),
            identify("u8", email=" sara@shop.ir"),
        )
    )
    assert persons(identity) == {"u1": ["u1", "u2"], "u7": ["u7", "u8"]}


def test_on_a_shared_computer_the_anonymous_id_stays_with_its_first_user(identity):
    identity.observe(
        together(identify("sara", "kiosk"), identify("nima", "kiosk"), identify("nima", "phone-app"))
    )
    assert persons(identity) == {"sara": ["sara", "kiosk"], "nima": ["nima", "phone-app"]}
    (refused,) = identity.refusals()
    assert (refused.why, refused.reason, refused.ids) == (
        Why.SHARED_ANONYMOUS,
        Reason.IDENTIFY,
        ("kiosk", "nima"),
    )


def test_an_alias_says_more_than_a_shared_computer(identity):
    identity.observe(together(identify("sara", "kiosk"), alias("nima", "kiosk")))
    assert persons(identity) == {"sara": ["sara", "kiosk", "nima"]}


def test_alias_loops_are_harmless(identity):
    identity.observe(
        together(alias("b", "a"), alias("a", "b"), alias("a", "a"), alias("c", "b"), alias("a", "c"))
    )
    assert persons(identity) == {"a": ["a", "b", "c"]}
    assert len(identity.history("a")) == 2  # a-b once, and a-c


def test_a_user_id_is_no_anonymous_id_whichever_is_seen_first(identity):
    identity.observe(together(identify("sara"), identify("nima", "sara")))
    assert identity.aliases() == []
    identity.observe(identify("leila", "reza"))
    assert identity.aliases() == [("reza", "leila")]
    identity.observe(identify("reza"))
    assert identity.aliases() == []
    assert [entry.action for entry in identity.history("reza")] == ["union", "undo"]
    assert identity.history("reza")[1].why is Why.KNOWN_AS_ANONYMOUS


def test_when_two_known_ids_meet_the_one_first_seen_names_the_person(identity):
    identity.observe(identify("first"))
    identity.observe(identify("second", "a1", phone=PHONE))
    assert identity.person_of("a1") == "second"
    identity.observe(identify("first", phone=PHONE))
    assert identity.ids_of("a1") == ["first", "a1", "second"]


def test_a_person_is_renamed_when_an_id_turns_out_to_be_known(identity):
    identity.merge("x", "y", "manual", "reza")
    assert identity.aliases() == [("y", "x")]
    before = identity.version
    identity.observe(identify("y"))
    assert identity.aliases() == [("x", "y")]
    assert identity.version == before + 1


def test_a_flood_is_refused_and_what_it_joined_comes_apart(identity):
    for number in range(1, 9):
        identity.observe(identify(f"u{number}", f"a{number}", phone=PHONE))
    assert len(identity.ids_of("u1")) == 16
    identity.observe(identify("u9", "a9", phone=PHONE))
    assert persons(identity) == {f"u{number}": [f"u{number}", f"a{number}"] for number in range(1, 10)}
    for number in range(10, 40):
        identity.observe(identify(f"u{number}", phone=PHONE))
    assert identity.person_of("u30") == "u30"
    (refused,) = identity.refusals()
    assert (refused.why, refused.reason, refused.sharing) == (Why.FLOOD, Reason.SAME_PHONE, 9)
    assert refused.ids == tuple(f"u{number}" for number in range(1, 10))
    assert [
        (entry.action, entry.why) for entry in identity.history("u2") if entry.reason is Reason.SAME_PHONE
    ] == [
        ("union", None),
        *[("undo", Why.FLOOD)],
    ]


@pytest.mark.parametrize("how", ["one batch", "one by one"])
def test_a_flood_leaves_what_other_evidence_joins(identity, how):
    batches = [identify(f"u{number}", phone=PHONE) for number in range(1, 12)]
    batches += [identify("u1", email="sara@shop.ir"), identify("u2", email="sara@shop.ir")]
    for batch in [together(*batches)] if how == "one batch" else batches:
        identity.observe(batch)
    assert persons(identity) == {"u1": ["u1", "u2"]}


def test_an_anonymous_id_of_a_hundred_users_belongs_to_none(identity):
    identity.observe(together(*[identify(f"u{number}", "kiosk") for number in range(8)]))
    assert identity.person_of("kiosk") == "u0"
    identity.observe(together(*[identify(f"u{number}", "kiosk") for number in range(8, 100)]))
    assert identity.person_of("kiosk") == "kiosk"
    flood = identity.refusals()[0]
    assert (flood.why, flood.sharing) == (Why.FLOOD, 100)
    assert len(flood.ids) <= 18  # a flood does not fill the log


def test_a_previous_id_of_many_joins_none(identity):
    identity.observe(together(*[alias(f"u{number}", "shared") for number in range(9)]))
    assert identity.aliases() == []


def test_evidence_makes_no_person_of_more_than_64_ids(identity):
    identity.observe(together(*[identify("sara", f"a{number}") for number in range(100)]))
    assert identity.ids_of("sara") == ["sara", *[f"a{number}" for number in range(63)]]
    assert {refused.why for refused in identity.refusals()} == {Why.TOO_LARGE}
    assert len(identity.refusals(limit=1000)) == 37
    assert len(identity.refusals(limit=5)) == 5
    identity.merge("sara", "a99", "she showed me the phone", "reza")
    assert identity.person_of("a99") == "sara"


def test_a_member_joins_and_parts(identity):
    identity.observe(together(identify("sara", "a1"), identify("nima", "a2")))
    before = identity.aliases()
    assert identity.merge("nima", "sara", "one family, one account", "reza") == "sara"
    assert persons(identity) == {"sara": ["sara", "a1", "a2", "nima"]}
    (entry,) = [entry for entry in identity.history("nima") if entry.reason is Reason.MANUAL]
    assert (entry.customer_id, entry.other_id, entry.by, entry.note) == (
        "sara",
        "nima",
        "reza",
        "one family, one account",
    )
    assert identity.unmerge("sara", "nima", "leila") == Split("sara", ("nima", "a2"), "nima", undone_count=1)
    assert identity.aliases() == before
    last = identity.history("nima")[-1]
    assert (last.action, last.by, last.why) == ("undo", "leila", Why.UNMERGED)


def test_a_merge_of_one_person_with_itself_changes_nothing(identity):
    identity.observe(identify("sara", "a1"))
    before = (identity.version, identity.history("sara"))
    assert identity.merge("a1", "sara", "manual", "reza") == "sara"
    assert identity.merge("a1", "a1", "manual", "reza") == "sara"
    assert (identity.version, identity.history("sara")) == before


def test_what_was_taken_apart_is_not_joined_by_the_same_evidence(identity):
    said = together(
        identify("sara", "a1", phone=PHONE, email="home@ahmadi.ir"),
        identify("nima", phone=PHONE, email="home@ahmadi.ir"),
        alias("sara", "old"),
    )
    identity.observe(said)
    assert identity.unmerge("sara", "nima", "reza").undone_count == 2
    assert identity.unmerge("sara", "old", "reza").undone_count == 1
    identity.observe(said)
    identity.observe(identify("nima", phone="+98 912 345 6781", at="2026-04-01T09:00"))
    identity.observe(alias("old", "sara"))
    assert persons(identity) == {"sara": ["sara", "a1"]}
    identity.observe(identify("leila", phone=PHONE))
    assert identity.person_of("leila") == "sara"  # the number still is sara's
    identity.observe(together(identify("nima", phone=OTHER_PHONE), identify("sara", phone=OTHER_PHONE)))
    assert identity.person_of("nima") == "sara"  # other evidence may
    identity.unmerge("sara", "nima", "reza")
    identity.merge("sara", "nima", "they say so", "reza")
    assert identity.person_of("nima") == "sara"  # a member may


def test_a_wrong_unmerge_is_refused_and_changes_nothing(identity):
    identity.observe(together(identify("sara", "a1"), identify("nima", "a2")))
    before = (identity.version, identity.aliases(), identity.history("a1"))
    for person, out, error in [
        ("sara", "a2", NotOfPerson),
        ("sara", "nima", NotOfPerson),
        ("sara", "nobody", NotOfPerson),
        ("nobody", "nobody", NotOfPerson),
        ("sara", "sara", NamesThePerson),
        ("a1", "sara", NamesThePerson),
    ]:
        with pytest.raises(error):
            identity.unmerge(person, out, "reza")
    with pytest.raises(NoId):
        identity.merge("", "sara", "manual", "reza")
    assert (identity.version, identity.aliases(), identity.history("a1")) == before


def test_history_tells_the_story_in_order(identity):
    identity.observe(identify("sara", "a1", phone=PHONE, at="2026-03-21T09:00"))
    identity.observe(identify("nima", phone=PHONE, at="2026-03-22T09:00"))
    identity.observe(identify("omid", "a1", at="2026-03-23T09:00"))
    told = [
        (micros(e.at), e.action, e.reason, e.customer_id, e.other_id, e.why) for e in identity.history("sara")
    ]
    assert told == [
        (micros("2026-03-21T09:00"), "union", Reason.IDENTIFY, "sara", "a1", None),
        (micros("2026-03-22T09:00"), "union", Reason.SAME_PHONE, "nima", "sara", None),
    ]
    assert [(e.action, e.why) for e in identity.history("omid")] == [("refusal", Why.SHARED_ANONYMOUS)]
    assert identity.history("nobody") == []


def test_ids_of_any_script_and_length_are_kept_as_they_are(identity):
    odd = ["سارا", "a\x00b", "a", "A", " a ", "🙂" * 100, "'; DROP TABLE node; --", "9" * 500]
    identity.observe(together(*[identify("sara", each) for each in odd]))
    assert identity.ids_of("sara") == ["sara", *odd]
    assert identity.person_of("a") == "sara"
    assert identity.person_of("b") == "b"


def test_a_log_reads_a_person_as_one(tmp_path):
    with Log.create(tmp_path / "log") as log, log.writer() as writer:
        writer.append(a_path("visit 09:00 > search 09:05", customer="a1"))
        writer.append(an_event("identify", AT, customer="sara", properties={"$anonymous_id": "a1"}))
        writer.append(a_path("pay 09:20 250000 IRR", customer="sara"))
        writer.append(a_path("call 10:00", customer="by-phone"))
        writer.sync()
        question = (
            "SELECT customer_id, original_id FROM events WHERE event_name <> 'identify' ORDER BY sequence"
        )
        apart = [("a1", "a1"), ("a1", "a1"), ("sara", "sara"), ("by-phone", "by-phone")]
        together_ = [("sara", original) for _, original in apart]
        assert log.sql(question).rows() == apart
        writer.close()
        log.compact()
        assert log.sql(question).rows() == [*together_[:3], ("by-phone", "by-phone")]
        version = log.version
        log.identity.merge("sara", "by-phone", "the same voice", "reza")
        assert log.version != version
        assert log.sql(question).rows() == together_
        assert [event.event_name for event in log.timeline("a1")] == [
            "call",
            "pay",
            "search",
            "identify",
            "visit",
        ]
        log.identity.unmerge("sara", "a1", "reza")
        assert [event.event_name for event in log.timeline("a1")] == ["search", "visit"]
