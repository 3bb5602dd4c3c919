"""A lender's own rules: what they may put in another's place, and what they may not touch."""

from __future__ import annotations

import pytest

from arrears.actions.law_checking import read_own_rules
from arrears.kernel.errors import BadInput
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.rulepacks import load_law
from arrears.rulepacks.own import own_pack, packs_with

HEAD = 'jurisdiction = "house"\nreference_zone = "UTC"\n'
TEXT = """
[[rule]]
id = "{id}"
kind = "{kind}"
params = {params}
citation = "Resolution of the board, 2026-05-04"
certainty = "A"
[rule.about]
en = "Our own rule."
zh-Hans = "本机构规则。"
zh-Hant = "本機構規則。"
{cases}
"""
HOURS = TEXT.format(
    id="house.hours",
    kind="hours",
    params='{ from = "09:00", to = "21:00" }',
    cases="""
[[rule.case]]
id = "house.hours/before"
at = "2026-07-14T08:59:59+08:00"
recipient = { places = ["CN"], zones = ["Asia/Shanghai"] }
expect = "refuse"
[[rule.case]]
id = "house.hours/after"
at = "2026-07-14T20:30:00+08:00"
recipient = { places = ["CN"], zones = ["Asia/Shanghai"] }
expect = "allow"
""",
)
HOUSEHOLD = TEXT.format(
    id="house.household-weekly",
    kind="count",
    params='{ scope = "household", counts = "contact", max = 2, unit = "hours", length = 168 }',
    cases="""
[[rule.case]]
id = "house.household-weekly/third"
at = "2026-07-14T10:00:00+08:00"
recipient = { household = "H", places = ["CN"], zones = ["Asia/Shanghai"] }
contacts = [
    { at = "2026-07-12T10:00:00+08:00", household = "H" },
    { at = "2026-07-13T10:00:00+08:00", household = "H" },
]
expect = "refuse"
[[rule.case]]
id = "house.household-weekly/second"
at = "2026-07-14T10:00:00+08:00"
recipient = { household = "H", places = ["CN"], zones = ["Asia/Shanghai"] }
contacts = [{ at = "2026-07-12T10:00:00+08:00", household = "H" }]
expect = "allow"
""",
)


def rules_in_the_way(law, at, **more):
    asked = {"at": at, "recipient": {"places": ["CN"], "zones": ["Asia/Shanghai"]}, **more}
    facts, candidates, instants = situation_facts([asked], law.zones)
    solution = solve(facts, law, candidates, instants)
    return Result(solution.result[0]).name, {each.rule.id for each in solution.reasons(0)}


def test_own_hours_stand_in_the_place_of_the_houses_and_the_law_stays():
    law = load_law(["cn"], packs=packs_with(own_pack(HEAD + HOURS)))

    assert rules_in_the_way(law, "2026-07-14T20:30:00+08:00") == ("ALLOW", set())
    assert rules_in_the_way(law, "2026-07-14T08:30:00+08:00") == ("REFUSE", {"house.hours"})
    result, rules = rules_in_the_way(law, "2026-07-14T22:30:00+08:00")
    assert result == "REFUSE"
    assert {"house.hours", "cn.hours.gb"} <= rules
    assert law.version != load_law(["cn"]).version


def test_own_rules_stand_beside_all_that_ships():
    shipped, with_own = load_law(["cn"]), load_law(["cn"], packs=packs_with(own_pack(HEAD + HOUSEHOLD)))

    assert {each.id for each in with_own.rules} == {each.id for each in shipped.rules} | {
        "house.household-weekly"
    }
    assert packs_with(None) == packs_with(None)
    assert load_law(["cn"], packs=packs_with(None)).version == shipped.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            TEXT.format(
                id="house.opt-out", kind="hours", params='{ from = "08:00", to = "20:00" }', cases=""
            ),
            "id",
        ),
        (
            TEXT.format(id="house.daily", kind="hours", params='{ from = "08:00", to = "20:00" }', cases=""),
            "id",
        ),
    ],
)
def test_what_protects_persons_is_not_the_lenders_to_change(text, said):
    with pytest.raises(BadInput) as raised:
        own_pack(HEAD + text)

    assert said in {each.key for each in raised.value.facts["mistakes"]}


def test_own_rules_are_no_law_of_a_country():
    with pytest.raises(BadInput, match="jurisdiction"):
        own_pack(HEAD.replace("house", "cn", 1) + HOURS.replace("house.", "cn."))


def test_an_own_exception_lifts_no_protection():
    lifting = TEXT.format(id="house.at-night", kind="agreed_hours", params="{}", cases="")
    lifting = lifting.replace("[[rule]]", "[[exception]]").replace("[rule.", "[exception.")
    lifting = lifting.replace("params = {}", 'lifts = ["house.opt-out", "house.hold", "house.hours"]')

    with pytest.raises(BadInput) as raised:
        own_pack(HEAD + lifting)

    told = {each.what for each in raised.value.facts["mistakes"] if each.key == "lifts"}
    assert told == {f"names {each!r}, which no lender may lift" for each in ("house.opt-out", "house.hold")}


def test_own_rules_are_checked_with_their_cases_before_they_are_adopted(tmp_path):
    right, wrong = tmp_path / "house.toml", tmp_path / "wrong.toml"
    right.write_text(HEAD + HOURS + HOUSEHOLD, encoding="utf-8")
    restated = HOURS.replace("house.hours", "house.opt-out")
    wrong.write_text(HEAD + HOUSEHOLD.replace("max = 2", "max = 3") + restated, encoding="utf-8")

    assert read_own_rules(right) == HEAD + HOURS + HOUSEHOLD
    with pytest.raises(BadInput) as raised:
        read_own_rules(wrong)
    said = {(each.rule, each.key) for each in raised.value.facts["mistakes"]}
    assert {"house.household-weekly", "house.opt-out"} <= {rule for rule, _ in said}
    assert ("house.opt-out", "id") in said
