"""One text against the rules of content: what is missing, what is said, and what is not known."""

from __future__ import annotations

import re
from datetime import date

from arrears.kernel.content.checking import Written, check_text
from arrears.kernel.content.lexicon import Entry, Lexicon
from arrears.kernel.content.rules import ContentRule

ON = date(2026, 11, 1)
LEXICA = {
    "en": Lexicon(
        "en",
        {
            "opt_out": Entry((re.compile("reply stop"),), ()),
            "suit_threat": Entry((re.compile("we will sue"),), ()),
            "salutation": Entry((re.compile("hello"),), ()),
        },
        (re.compile("do not:[^\n]*"),),
    ),
    "zh-Hans": Lexicon("zh-Hans", {"suit_threat": Entry((re.compile("起诉您"),), ())}, ()),
}


def a_rule(**changed):
    told = {
        "match": {}, "requires": (), "forbids": (), "only": (), "when": (), "unless": {},
        "citation": "A source", "certainty": "A", "about": {},
    }  # fmt: skip
    return ContentRule("t.rule", "test", **{**told, **changed})


def found(rule, text, *, use=None, holds=None, on=ON, **more):
    findings = check_text(Written("en", text, **more), use or {}, [rule], LEXICA, on=on, holds=holds)
    return [(each.fact, each.words) for each in findings]


def test_a_fact_is_stated_by_a_phrase_a_placeholder_or_its_own_name():
    rule = a_rule(requires=("opt_out", "product", "seal"))

    assert found(rule, "Reply STOP") == [("product", ""), ("seal", "")]
    assert found(rule, "{named_loans}. Reply STOP", stated=frozenset({"seal"})) == []
    assert found(rule, "{named_loans} {opt_out} {seal}") == []


def test_a_fact_that_has_to_be_stated_does_not_count_in_another_language():
    rule = a_rule(requires=("suit_threat",))

    assert found(rule, "我们起诉您") == [("suit_threat", "")]


def test_what_is_forbidden_is_found_in_every_language_and_in_the_values():
    rule = a_rule(forbids=("suit_threat",))

    assert found(rule, "Pay, or WE WILL SUE") == [("suit_threat", "we will sue")]
    assert found(rule, "起 诉您") == [("suit_threat", "起诉您")]
    assert found(rule, "{institution}", values={"institution": "We will sue Ltd"}) == [
        ("suit_threat", "we will sue")
    ]
    assert found(rule, "{institution}") == []


def test_what_a_script_tells_its_reader_not_to_say_is_not_said():
    rule, text = a_rule(forbids=("suit_threat",)), "Do not: say that we will sue."

    assert found(rule, text, use={"notice": ("call_task",)}) == []
    assert found(rule, text, use={"notice": ("overdue_notice",)}) == [("suit_threat", "we will sue")]


def test_nothing_may_stand_beside_a_closed_list():
    rule = a_rule(only=("institution", "salutation"))

    assert found(rule, "Hello! {institution}.") == []
    assert found(rule, "Hello, {institution}, pay now.") == [("", ", pay now")]
    assert found(rule, "Hello {loans}") == [("", "{loans}")]
    assert found(rule, "Hello {weather}") == [("", "{weather}")]


def test_a_use_that_is_not_known_is_taken_as_it_binds():
    rule = a_rule(match={"actor_kind": ("agency",)}, requires=("opt_out",))

    assert found(rule, "", use={}) == [("opt_out", "")]
    assert found(rule, "", use={"actor_kind": ("servicer", "agency")}) == [("opt_out", "")]
    assert found(rule, "", use={"actor_kind": ("servicer",)}) == []


def test_a_place_takes_in_its_regions():
    rule = a_rule(match={"place": ("US",)}, requires=("opt_out",))

    assert found(rule, "", use={"place": ("US-MA",)}) == [("opt_out", "")]
    assert found(rule, "", use={"place": ("CN",)}) == []


def test_a_truth_that_is_not_known_binds_and_does_not_allow():
    rule = a_rule(forbids=("suit_threat",), when=("time_barred",), unless={"suit_threat": ("suit_intended",)})

    assert found(rule, "we will sue")
    assert found(rule, "we will sue", holds={"time_barred": False}) == []
    assert found(rule, "we will sue", holds={"suit_intended": True}) == []
    assert found(rule, "we will sue", holds={"suit_intended": False})


def test_a_rule_binds_from_its_first_day_until_its_last():
    rule = a_rule(requires=("opt_out",), in_force_from=date(2026, 1, 1), in_force_until=date(2026, 2, 1))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))

    assert [bool(found(rule, "", on=on)) for on in days] == [False, True, True, False]


def test_a_finding_is_told_in_words():
    missing, said = (
        check_text(Written("en", text), {}, [a_rule(**what)], LEXICA, on=ON)[0]
        for text, what in (("", {"requires": ("opt_out",)}), ("we will sue", {"forbids": ("suit_threat",)}))
    )

    assert (missing.what, said.what) == ("does not state opt_out", 'says "we will sue" (suit_threat)')
