"""A pack that cannot be used says in which file, at which rule and at which key."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from arrears.kernel.errors import BadInput
from arrears.kernel.law.rules import Effect, Strength
from arrears.rulepacks.reading import pack_of, read_pack
from tests.law.builders import FILE, a_pack, a_rule, an_exception, told_pack, where_of

HOURS = {"from": "08:00", "to": "20:00"}
COUNT = {"scope": "person", "counts": "call", "max": 1, "unit": "hours", "length": 1}
ABOUT = {"en": "Text.", "zh-Hans": "文本。", "zh-Hant": "文本。"}


def hours(**params):
    return {"kind": "hours", "params": {**HOURS, **params}}


def notice(**params):
    waited_for = {"notice": "validation", "state": "sent", "wait_days": 0}
    return {"kind": "after_notice", "params": {**waited_for, **params}}


def count(**params):
    return {"kind": "count", "params": {**COUNT, **params}}


@pytest.mark.parametrize(
    ("told", "key", "what"),
    [
        ({"colour": "red"}, "colour", "is not a key"),
        ({"id": None}, "id", "is missing"),
        ({"kind": None}, "kind", "is missing"),
        ({"citation": None}, "citation", "is missing"),
        ({"citation": " "}, "citation", "must be a text"),
        ({"certainty": None}, "certainty", "is missing"),
        ({"certainty": "E"}, "certainty", "must be one of A, B, C, D"),
        ({"certainty": ["A"]}, "certainty", "must be one of A, B, C, D"),
        ({"about": None}, "about", "is missing"),
        ({"about": "Text."}, "about", "must be a table of languages"),
        ({"about": {**ABOUT, "zh-Hant": ""}}, "about", "has no text in zh-Hant"),
        ({"kind": "curfew"}, "kind", "must be one of hours, count"),
        ({"kind": ["hours"]}, "kind", "must be one of hours, count"),
        ({"kind": "agreed_hours"}, "kind", "must be one of hours, count"),
        ({"strength": "may_not"}, "strength", "must be one of must_not"),
        ({"effect": "soft"}, "effect", "must be one of hard, overridable, flag"),
        ({"effect": 1}, "effect", "must be one of hard, overridable, flag"),
        ({"releases_by": "luck"}, "releases_by", "must be one of amount"),
        ({"in_force_from": "2025-02-28"}, "in_force_from", "must be a date"),
        ({"in_force_until": datetime(2025, 2, 28)}, "in_force_until", "must be a date"),  # noqa: DTZ001
        (
            {"in_force_from": date(2025, 2, 28), "in_force_until": date(2025, 2, 28)},
            "in_force_until",
            "must be later than in_force_from",
        ),
        ({"match": "call"}, "match", "must be a table"),
        ({"match": {"weather": ["rain"]}}, "match.weather", "is not a key"),
        ({"match": {"channel": "call"}}, "match.channel", "must be a list with something in it"),
        ({"match": {"channel": []}}, "match.channel", "must be a list with something in it"),
        ({"match": {"channel": ["fax"]}}, "match.channel", "must be one of in_app, email"),
        ({"match": {"channel": ["call", "call"]}}, "match.channel", "says the same twice"),
        ({"match": {"recipient_places": ["cn"]}}, "match.recipient_places", "must be countries or regions"),
        ({"params": []}, "params", "must be a table"),
        ({"params": {"from": "08:00"}}, "params.from", "is not a key; there are none here"),
        ({"kind": "hours", "params": {"to": "20:00"}}, "params.from", "is missing"),
        (hours(**{"from": "8:00"}), "params.from", "must be a time of day"),
        (hours(**{"from": "24:00"}), "params.from", "must be a time of day"),
        (hours(**{"from": 800}), "params.from", "must be a time of day"),
        (hours(to="20:60"), "params.to", "must be a time of day"),
        (hours(to="24:01"), "params.to", "must be a time of day"),
        (hours(to="08:00"), "params.to", "is the time of params.from"),
        (hours(to_inclusive="yes"), "params.to_inclusive", "must be true or false"),
        (hours(weekdays=[]), "params.weekdays", "must be a list with something in it"),
        (hours(weekdays=5), "params.weekdays", "must be a list with something in it"),
        (hours(weekdays=[0]), "params.weekdays", "must be numbers from 1 (Monday) to 7"),
        (hours(weekdays=[8]), "params.weekdays", "must be numbers from 1 (Monday) to 7"),
        (hours(weekdays=[True]), "params.weekdays", "must be numbers from 1 (Monday) to 7"),
        (hours(weekdays=["1"]), "params.weekdays", "must be numbers from 1 (Monday) to 7"),
        (hours(weekdays=[1, 1]), "params.weekdays", "says the same twice"),
        (count(max=0), "params.max", "must be a whole number of at least 1"),
        (count(max=True), "params.max", "must be a whole number of at least 1"),
        (count(max=1.5), "params.max", "must be a whole number of at least 1"),
        (count(length="7"), "params.length", "must be a whole number of at least 1"),
        (count(unit="weeks"), "params.unit", "must be one of civil_days, hours"),
        (count(scope="street"), "params.scope", "must be one of person, value, person_and_debt"),
        (count(counts="sigh"), "params.counts", "must be one of contact, call"),
        (count(every="day"), "params.every", "is not a key"),
        (count(unit="ever"), "params.length", "is not a key of the unit ever"),
        (
            {"kind": "count", "params": {k: v for k, v in COUNT.items() if k != "length"}},
            "params.length",
            "is missing",
        ),
        (notice(channels=[]), "params.channels", "must be a list with something in it"),
        (notice(channels="sms"), "params.channels", "must be a list with something in it"),
        (notice(channels=["fax"]), "params.channels", "must be one of in_app, email, sms"),
        (notice(channels=["sms", "sms"]), "params.channels", "says the same twice"),
        ({"kind": "quiet_after", "params": {"civil_days": 0}}, "params.civil_days", "must be a whole number"),
        ({"draft": "yes"}, "draft", "must be true or false"),
        ({"kind": "count", "params": {}}, "params.scope", "is missing"),
        ({"kind": "require", "params": {"fact": "luck"}}, "params.fact", "must be one of amount"),
        ({"kind": "require"}, "params.fact", "is missing"),
        ({"case": {"id": "one"}}, "case", "must be tables, each under [[case]]"),
        ({"case": [{"expect": "allow"}]}, "case.id", "is missing"),
        ({"case": [{"id": "one"}]}, "case.expect", "is missing"),
        ({"case": [{"id": "one", "expect": "maybe"}]}, "case.expect", "must be one of allow, flag"),
        (
            {"case": [{"id": "one", "expect": "refuse", "next_local": "2026-07-14T08:00:00"}]},
            "case.in_zone",
            "is missing, which next_local of one needs",
        ),
        (
            {"case": [{"id": "one", "expect": "refuse", "next_local": "noon", "in_zone": "UTC"}]},
            "case.next_local",
            "must be a date and time",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_key(told, key, what):
    rule = a_rule(**{"rule_id": told.get("id", "t.rule"), **{k: v for k, v in told.items() if k != "id"}})

    with pytest.raises(BadInput) as refused:
        a_pack(rule)

    name = "t.rule" if "id" not in told else "a rule without id"
    assert refused.value.what.startswith(f"test/contact.toml: {name}: {key} {what}")
    assert where_of(refused.value) == ("test/contact.toml", name, key)
    assert refused.value.code == "law.bad_pack"


@pytest.mark.parametrize(
    ("told", "key", "what"),
    [
        ({"lifts": []}, "lifts", "must be a list with something in it"),
        ({"lifts": "t.rule"}, "lifts", "must be a list with something in it"),
        ({"kind": "hours", "params": HOURS}, "kind", "must be one of agreed_hours, one_reply"),
        ({"strength": "must_not"}, "strength", "is not a key"),
        ({"effect": "flag"}, "effect", "is not a key"),
        ({"releases_by": "place"}, "releases_by", "is not a key"),
        ({"draft": True}, "draft", "is not a key"),
        (
            {"kind": "one_reply", "params": {"within_hours": 0}},
            "params.within_hours",
            "must be a whole number",
        ),
    ],
)
def test_an_exception_that_cannot_be_used_is_named_with_its_key(told, key, what):
    with pytest.raises(BadInput) as refused:
        a_pack(a_rule(), an_exception(**told))

    assert refused.value.what.startswith(f"test/contact.toml: t.but: {key} {what}")


def test_a_rule_lifts_nothing_and_an_exception_something():
    told = told_pack(a_rule())
    told["rule"][0]["lifts"] = ["t.other"]
    with pytest.raises(BadInput, match=r"t.rule: lifts is not a key"):
        pack_of(FILE, told)

    told = told_pack(a_rule(), exception=[a_rule("t.but", kind="agreed_hours")])
    with pytest.raises(BadInput, match=r"t.but: lifts is missing"):
        pack_of(FILE, told)


@pytest.mark.parametrize(
    ("told", "key", "what"),
    [
        ({"colour": "red"}, "colour", "is not a key"),
        ({"jurisdiction": None}, "jurisdiction", "is missing"),
        ({"jurisdiction": 5}, "jurisdiction", "must be a text"),
        ({"reference_zone": None}, "reference_zone", "is missing"),
        ({"reference_zone": "Asia/Peking"}, "reference_zone", "is not an IANA zone"),
        ({"reference_zone": ["UTC"]}, "reference_zone", "is not an IANA zone"),
        ({"applies_to": "CN"}, "applies_to", "must be a list with something in it"),
        ({"applies_to": ["China"]}, "applies_to", "must be countries or regions"),
        ({"rule": {"id": "t.rule"}}, "rule", "must be tables, each under [[rule]]"),
        ({"rule": ["t.rule"]}, "rule", "must be tables, each under [[rule]]"),
        ({"silence": "none"}, "silence", "must be tables, each under [[silence]]"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_key(told, key, what):
    with pytest.raises(BadInput) as refused:
        a_pack(**told)

    assert refused.value.what.startswith(f"test/contact.toml: the file: {key} {what}")


def test_a_silence_says_on_what():
    with pytest.raises(BadInput, match="a silence: on is missing"):
        a_pack(silence=[{"about": "Nothing is known."}])


def test_a_file_that_is_not_toml_is_named(tmp_path):
    for content in (b"rule = [", b"\xff\xfe"):
        path = tmp_path / "broken.toml"
        path.write_bytes(content)
        with pytest.raises(BadInput) as refused:
            read_pack(path)
        assert refused.value.what.startswith(f"{tmp_path.name}/broken.toml: not valid TOML")


def test_what_a_rule_leaves_out_is_filled_in():
    rule = a_pack(a_rule(), applies_to=["CN"]).rules[0]

    assert (rule.strength, rule.effect) == (Strength.MUST_NOT, Effect.HARD)
    assert rule.match == {"place_or_law": ("CN",)}
    assert (rule.in_force_from, rule.in_force_until, rule.lifts) == (None, None, ())


def test_a_rule_may_name_its_places_itself_and_state_its_effect():
    told = a_rule(match={"place_or_law": ["CN-XJ"]}, strength="should_not", effect="flag")

    rule = a_pack(told, applies_to=["CN"]).rules[0]

    assert rule.match == {"place_or_law": ("CN-XJ",)}
    assert rule.effect is Effect.FLAG
