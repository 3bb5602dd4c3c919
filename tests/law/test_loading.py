"""The law of a lender: what he adopted, what is uncertain, and what he cannot be without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from arrears.kernel.errors import BadInput
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.vocabulary import HOUSE
from arrears.rulepacks import ZONES, countries, load_law, shipped
from tests.law.builders import a_pack, a_rule, an_exception, where_of


def test_the_house_is_always_loaded():
    for adopted in ((), ("cn",), ("cn", "tw", "us")):
        law = load_law(adopted)
        assert {rule.jurisdiction for rule in law.rules} == {HOUSE, *adopted}


def test_no_rule_of_a_jurisdiction_that_is_not_adopted_binds():
    assert not [rule for rule in load_law(("tw",)).rules if rule.id.startswith(("cn.", "us."))]


def test_a_jurisdiction_without_a_pack_is_refused_with_those_there_are():
    with pytest.raises(BadInput) as refused:
        load_law(("atlantis",))

    assert refused.value.code == "law.unknown_pack"
    assert "'cn', 'eu', 'hk', 'house', 'in', 'sg', 'tw', 'uk', 'us'" in refused.value.hint


def test_the_countries_with_a_pack_are_known():
    union = {place for pack in shipped() if pack.jurisdiction == "eu" for place in pack.applies_to}

    assert len(union) == 27
    assert countries() == {"CN", "GB", "HK", "IN", "SG", "TW", "US"} | union


def test_an_uncertain_prohibition_is_on_and_an_uncertain_exception_off():
    law = load_law()

    assert law.rule("tw.hours").is_uncertain
    assert law.rule("tw.hours") in law.rules
    assert law.rule("tw.hours.agreed") not in law.exceptions
    assert [rule.id for rule, _ in law.switched_off] == [
        "in.2026.hours",
        "in.2026.stated",
        "us.ny.3in7",
        "tw.hours.agreed",
        "us.tcpa.residential3.consent",
        "us.email.work.used",
    ]


def test_a_source_that_was_not_read_makes_a_rule_uncertain_whichever_way_it_points():
    law = load_law(switched_on=["us.email.work.used"], switched_off=["us.medium"])

    for rule in (*load_law().rules, *load_law().exceptions):
        assert rule.is_uncertain == (rule.certainty in ("C", "D")), rule.id
    assert "us.medium" not in {rule.id for rule in law.rules}
    assert "us.email.work.used" in {rule.id for rule in law.exceptions}


def test_a_draft_is_off_until_an_approver_applies_it():
    off, on = load_law(("in",)), load_law(("in",), switched_on=["in.2026.hours"])

    assert off.rule("in.2026.hours") not in off.rules
    assert dict(off.switched_off)[off.rule("in.2026.hours")] == "a draft, shipped switched off"
    assert on.rule("in.2026.hours") in on.rules
    assert off.version != on.version


def test_a_named_approver_may_switch_what_is_uncertain_and_nothing_else():
    law = load_law(switched_on=["tw.hours.agreed"], switched_off=["tw.hours"])
    assert law.rule("tw.hours") not in law.rules
    assert law.rule("tw.hours.agreed") in law.exceptions

    for switches in (
        {"switched_off": ["cn.hours.gb"]},
        {"switched_off": ["tw.hours.agreed"]},
        {"switched_on": ["us.respond-once"]},
        {"switched_on": ["no.such.rule"]},
    ):
        with pytest.raises(BadInput) as refused:
            load_law(**switches)
        assert refused.value.code == "law.may_not_switch"


def test_an_exception_that_was_switched_on_lifts_its_rule():
    situation = {
        "channel": "call",
        "at": "2026-07-14T22:30:00+08:00",
        "recipient": {"places": ["TW"], "zones": ["Asia/Taipei"]},
        "agreements": [{"from": "22:00", "to": "23:00"}],
    }
    facts, candidates, at = situation_facts([situation], ZONES)

    for switched_on, expected in (((), Result.REFUSE), (("tw.hours.agreed",), Result.ALLOW)):
        law = load_law(("tw",), switched_on=switched_on, with_house=False)
        assert solve(facts, law, candidates, at).result[0] == expected


def test_the_version_tells_every_change_of_what_the_law_says():
    pack = a_pack(a_rule(kind="hours", params={"from": "08:00", "to": "20:00"}))
    other = a_pack(a_rule(kind="hours", params={"from": "08:00", "to": "20:01"}))
    uncertain = a_pack(a_rule(certainty="D"))

    def version(*packs, **told):
        return load_law(("test",), packs=packs, with_house=False, **told).version

    assert version(pack) == version(replace(pack, path=Path("elsewhere/other.toml"), cases=()))
    assert version(pack) != version(other)
    assert version(uncertain) != version(uncertain, switched_off=["t.rule"])


def test_one_id_in_two_files_is_refused_with_both():
    one, other = (replace(a_pack(a_rule()), path=Path(f"test/{name}.toml")) for name in ("one", "other"))

    with pytest.raises(BadInput, match=r"test/other.toml: t.rule: id stands in test/one.toml too"):
        load_law(("test",), packs=(one, other), with_house=False)


def test_an_exception_that_lifts_no_rule_is_refused_with_its_file():
    with pytest.raises(BadInput) as refused:
        load_law(("test",), packs=(a_pack(a_rule(), an_exception(lifts=("t.rul",))),), with_house=False)

    assert refused.value.what.startswith("test/contact.toml: t.but: lifts names 't.rul'")
    assert where_of(refused.value) == ("test/contact.toml", "t.but", "lifts")


def test_what_the_law_is_silent_on_is_written_down():
    assert {
        pack.jurisdiction: [silence["on"] for silence in pack.silences] for pack in shipped() if pack.silences
    } == {
        "eu": ["hours", "frequency"],
        "hk": ["hours", "frequency"],
        "in": ["frequency"],
        "sg": ["hours", "frequency"],
        "tw": ["frequency"],
        "uk": ["hours", "frequency"],
    }
