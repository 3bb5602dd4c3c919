"""Two rules that nobody can obey both are an error that names both sources."""

from __future__ import annotations

from datetime import date

import pytest

from arrears.kernel.content.rules import ContentRule
from arrears.kernel.errors import BadInput
from arrears.rulepacks import load_law
from arrears.rulepacks.conflicts import conflicts_of, refuse_conflicts
from arrears.rulepacks.library import shipped_entries
from tests.law.builders import a_pack, a_rule, an_exception

WANTED = {"notice": "validation", "state": "sent", "wait_days": 0}


def wanting(rule_id="t.wants", **told):
    return a_rule(rule_id, **{"kind": "after_notice", "params": WANTED, **told})


def banning(rule_id="t.bans", **match):
    return a_rule(rule_id, citation="Act 2", match={"notice": ["validation"], **match})


def hours(rule_id, start, end, **told):
    return a_rule(rule_id, kind="hours", params={"from": start, "to": end}, **told)


def of(*rules):
    pack = a_pack(*rules)
    return [(each.first.id, each.second.id) for each in conflicts_of((*pack.rules, *pack.exceptions))]


def content(rule_id, *, requires=(), forbids=(), only=(), match=None, when=(), unless=None, **told):
    lists = (tuple(requires), tuple(forbids), tuple(only), tuple(when))
    about = {"en": "Text."}
    return ContentRule(rule_id, "test", match or {}, *lists, unless or {}, "Act 1", "A", about, **told)


def of_content(*rules):
    return [(each.first.id, each.second.id, each.what) for each in conflicts_of(rules)]


def test_the_shipped_entries_contradict_each_other_nowhere():
    assert [each.told for each in conflicts_of(entry.source for entry in shipped_entries())] == []


def test_a_notice_that_must_come_first_and_may_never_be_given_is_an_error_naming_both_sources():
    with pytest.raises(BadInput) as refused:
        load_law(packs=[a_pack(wanting(), banning())], with_house=False)

    assert refused.value.code == "law.conflict"
    assert refused.value.what == (
        "t.wants (Act 1) and t.bans (Act 2) demand and forbid the same notice, validation."
    )
    assert (refused.value.facts["rule"], refused.value.facts["other"]) == ("t.wants", "t.bans")


def test_a_ban_that_leaves_some_way_to_give_the_notice_is_no_conflict():
    assert of(wanting(), banning(channel=["sms"])) == []
    assert of(wanting(), banning(recipient_kind=["family"])) == []
    assert of(wanting(), banning(purpose=["collect"])) == []
    assert of(wanting(), banning(actor_kind=["agency"])) == []
    by_agency = wanting(match={"actor_kind": ["agency"]})
    assert of(by_agency, banning(actor_kind=["agency"])) == [("t.wants", "t.bans")]


def test_where_any_of_several_notices_will_do_all_of_them_have_to_be_banned():
    either = wanting(params={**WANTED, "notice": ["validation", "negative_data"]})

    assert of(either, banning()) == []
    assert of(either, banning(notice=["validation", "negative_data"])) == [("t.wants", "t.bans")]


def test_where_only_some_channels_will_do_a_ban_of_these_is_a_conflict():
    by_text = wanting(params={**WANTED, "channels": ["sms", "email"]}, match={"channel": ["call"]})

    assert of(by_text, banning(channel=["sms", "call"])) == []
    assert of(by_text, banning(channel=["sms", "email"])) == [("t.wants", "t.bans")]


def test_a_ban_in_another_place_or_at_another_time_is_no_conflict():
    there = wanting(match={"place_or_law": ["US-MA"]})
    until, later = {"in_force_until": date(2026, 1, 1)}, {"in_force_from": date(2026, 1, 1)}

    assert of(there, banning(place_or_law=["US-CA"])) == []
    assert of(there, banning(place_or_law=["US"])) == [("t.wants", "t.bans")]
    assert of(wanting(**until), {**banning(), **later}) == []


def test_strength_and_exceptions_settle_what_is_no_conflict_then():
    weaker = {**banning(), "strength": "should_not"}
    lifted = an_exception("t.but", lifts=("t.bans",))

    assert of(wanting(), weaker) == []
    assert of(wanting(), banning(), lifted) == []


def test_hours_without_a_common_minute_are_a_conflict():
    assert of(hours("a", "08:00", "12:00"), hours("b", "12:00", "20:00")) == [("a", "b")]
    assert of(hours("a", "08:00", "12:01"), hours("b", "12:00", "20:00")) == []
    assert of(hours("a", "22:00", "06:00"), hours("b", "05:00", "07:00")) == []
    by_text = hours("a", "08:00", "12:00", match={"channel": ["sms"]})
    assert of(by_text, hours("b", "12:00", "20:00")) == [("a", "b")]
    by_call = hours("b", "12:00", "20:00", match={"channel": ["call"]})
    assert of(by_text, by_call) == []


def test_a_fact_that_every_text_must_and_may_not_state_is_a_conflict():
    wants, bans = content("a", requires=["amount"]), content("b", forbids=["amount"])

    assert of_content(wants, bans) == [("a", "b", "say that a text must and may not state amount")]
    assert of_content(wants, content("b", forbids=["amount"], match={"recipient_kind": ["family"]})) == []
    assert of_content(wants, content("b", forbids=["amount"], when=["heir_renounced"])) == []
    assert of_content(wants, content("b", forbids=["amount"], unless={"amount": ["third_person_pays"]})) == []


def test_a_text_that_may_state_some_facts_only_and_must_state_another_is_a_conflict():
    narrow = content("b", only=["institution"], match={"notice": ["opt_out_confirmation"]})

    (found,) = of_content(content("a", requires=["opt_out"]), narrow)

    assert found[:2] == ("a", "b")
    assert of_content(content("a", requires=["institution"]), narrow) == []
    assert of_content(content("a", requires=["opt_out"], match={"notice": ["validation"]}), narrow) == []


def test_an_obligation_to_give_a_notice_that_is_banned_is_a_conflict():
    (duty,) = (
        each.source for each in shipped_entries() if (each.id, each.kind) == ("us.validation", "obligation")
    )
    ban = a_pack(banning(place_or_law=["US"]), jurisdiction="us")

    with pytest.raises(BadInput, match="demand and forbid the same notice, validation"):
        refuse_conflicts((duty, *ban.rules))
    refuse_conflicts((duty, *a_pack(banning(place_or_law=["US"]), jurisdiction="cn").rules))
