"""`arrears simulate-strategy`: both sides beside each other, as tables, document and picture."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from arrears.actions.laws import adopt_law, law_now
from arrears.actions.strategies import adopt_strategy
from arrears.cli.simulate import simulate_strategy
from arrears.kernel.errors import BadInput
from arrears.rulepacks import load_law, shipped
from tests.actions.lives import SAMPLE_TEXT
from tests.builders import NOW, TODAY, a_hold, a_lender, a_loan, a_person, a_watermark
from tests.law.test_own_rules import HEAD, TEXT

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = TODAY - timedelta(days=6)
CALLS = """
[[steps]]
id = "call"
rank = 30
offset_days = 8
channels = ["call"]
notice = "call_task"
purpose = "collect"
tone = "plain"
window_days = 3
catch_up = "in_order"
[steps.about]
en = "a call"
zh-Hans = "电话"
zh-Hant = "電話"
"""


ONE_BEFORE = '{ at = "2026-07-13T10:00:00+08:00" }'
WEEKLY = HEAD + TEXT.format(
    id="house.weekly",
    kind="count",
    params='{ scope = "person", counts = "contact", max = 1, unit = "hours", length = 168 }',
    cases="""
[[rule.case]]
id = "house.weekly/first"
at = "2026-07-14T10:00:00+08:00"
recipient = { places = ["CN"], zones = ["Asia/Shanghai"] }
expect = "allow"
[[rule.case]]
id = "house.weekly/another"
at = "2026-07-14T10:00:00+08:00"
recipient = { places = ["CN"], zones = ["Asia/Shanghai"] }
contacts = [ONE_BEFORE]
expect = "refuse"
""".replace("ONE_BEFORE", ONE_BEFORE),
)


def simulate(*arguments: str) -> Result:
    days = () if "--from" in arguments else ("--from", str(FIRST), "--to", str(TODAY - timedelta(days=1)))
    return CliRunner(catch_exceptions=False).invoke(simulate_strategy, [*arguments, *days])


def document_of(*arguments: str) -> dict:
    return json.loads(simulate(*arguments, "--format", "json").stdout)


@pytest.fixture
def portfolio():
    """Three loans four days late when the period begins, one of them on hold."""
    lender = a_lender(currency="TWD")
    for number in range(3):
        person = a_person(lender, points=("app_inbox", "email", "mobile"))
        loan = a_loan(
            lender,
            person,
            source_ref=f"L{number}",
            overdue_days=3,
            as_of_on=FIRST - timedelta(days=1),
        )
        if number == 2:
            a_hold(loan=loan)
    return lender


@pytest.fixture
def other(tmp_path: Path) -> str:
    """The sample ladder with its message by e-mail, and a call after it."""
    path = tmp_path / "other.toml"
    text = SAMPLE_TEXT.replace('name = "sample"', 'name = "other"').replace('["in_app"]', '["email"]')
    path.write_text(text + CALLS, encoding="utf-8")
    return str(path)


def test_the_tables_have_both_sides_and_their_difference(portfolio, other):
    done = simulate(other, "--against", "sample")

    assert "current: sample; new: other" in done.stdout
    for words in ("persons contacted", "hours of agents", "house.hold", "through another channel", "L0, L1"):
        assert words in done.stdout
    assert done.stderr == ""


def test_the_document_says_what_each_side_does(portfolio, other):
    told = document_of(other, "--minutes-per-call", "10")

    current, new = told["sides"]["current"], told["sides"]["new"]
    assert (told["loans"], told["loans_treated_differently"]) == (3, 2)
    assert (current["strategy"]["name"], new["strategy"]["name"]) == ("sample", "other")
    assert (current["contacts"], current["calls"], current["agent_minutes"]) == (4, 0, 0)
    assert (new["contacts"], new["calls"], new["agent_minutes"]) == (6, 2, 20)
    assert current["persons_by_contacts"] == {"2": 2}
    assert current["contacts_by_step"] == [
        {"step": "app-message", "channel": "in_app", "contacts": 2},
        {"step": "email", "channel": "email", "contacts": 2},
    ]
    assert current["candidates_refused_by_rule"] == {"house.hold": 6}
    assert told["differences"] == [
        {
            "kind": "other_channel",
            "current": "in_app",
            "new": "email",
            "days": 0,
            "loans": 2,
            "first_on": str(FIRST),
            "examples": [{"loan": "L0", "on": str(FIRST)}, {"loan": "L1", "on": str(FIRST)}],
        }
    ]


def test_the_same_question_has_the_same_answer(portfolio, other):
    assert simulate(other, "--format", "json").stdout == simulate(other, "--format", "json").stdout


def test_without_time_for_calls_they_are_left(portfolio, other):
    told = document_of(other, "--calls-per-day", "0")

    assert told["sides"]["new"]["calls"] == 0
    assert told["sides"]["new"]["calls_left_for_capacity"] > 0


def test_letters_cost_what_is_given_in_the_lenders_currency_or_the_one_named(portfolio):
    told = document_of("sample", "--letter-cost", "1.50")

    assert told["sides"]["new"]["letter_cost"] == {"currency": "TWD", "minor": 0}
    assert "CNY 0.00" in simulate("sample", "--letter-cost", "CNY 1.50").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--letter-cost", "1.505"), "simulation.letter_cost"),
        (("--letter-cost", "-1"), "simulation.letter_cost"),
        (("--letter-cost", "XXX 1"), "simulation.no_currency"),
        (("--law-off", "house.hold"), "law.may_not_switch"),
        (("--law-adopt", "atlantis"), "law.unknown_pack"),
        (("--from", "2026-07-09", "--to", "2026-07-08"), "simulation.days"),
    ],
)
def test_what_cannot_be_asked_is_named(portfolio, arguments, code):
    with pytest.raises(BadInput) as error:
        simulate("sample", *arguments)

    assert error.value.code == code


def test_a_law_without_a_rule_of_the_house_contacts_the_loan_on_hold(portfolio, tmp_path):
    house = next(pack.path for pack in shipped() if pack.name == "house/house.toml").read_text("utf-8")
    first, *tables = re.split(r"(?m)^(?=\[\[(?:rule|exception)\]\])", house)
    pack = tmp_path / "house.toml"
    kept = [each for each in tables if not re.search(r'"house\.hold"', each)]
    pack.write_text("".join([first, *kept]), encoding="utf-8")

    told = document_of("sample", "--law-packs", str(pack))

    assert [(each["kind"], each["current"], each["new"]) for each in told["differences"]] == [
        ("permitted", "house.hold", "app-message")
    ]
    assert told["differences"][0]["examples"] == [{"loan": "L2", "on": str(FIRST)}]


def test_an_uncertain_rule_is_switched_off_for_the_new_side_alone(portfolio):
    told = document_of("sample", "--law-off", "tw.hours")

    versions = [told["sides"][side]["law"]["version"] for side in ("current", "new")]
    assert versions[0] != versions[1]
    assert told["differences"] == []


def adopt(lender, *jurisdictions, **more):
    said = {"approver": "Anna Li", "actor": "staff:anna", "at": NOW, **more}
    return adopt_law(lender=lender.pk, jurisdictions=jurisdictions, **said)


def laws_of(*arguments):
    sides = document_of("sample", *arguments)["sides"]
    return sides["current"]["law"], sides["new"]["law"]


def test_both_sides_are_under_the_law_adopted_today_with_its_switches_and_own_rules(portfolio):
    adopt(portfolio, "tw", switched_off=["tw.hours"], own_rules=WEEKLY)
    told = document_of("sample")

    for side in told["sides"].values():
        assert side["law"] == {
            "version": law_now(portfolio.pk, at=NOW).version,
            "adopted": ["house", "tw"],
            "adopted_from": str(TODAY),
            "own_rules": "adopted",
            "switched_on": [],
            "switched_off": ["tw.hours"],
            "files": [],
        }
        assert side["contacts"] == 2
        assert side["candidates_refused_by_rule"]["house.weekly"] > 0
    words = f"house, tw (adopted from {TODAY} on); own rules: adopted; switched off: tw.hours"
    assert f"law of current: {words}\nlaw of new: the same\n" in simulate("sample").stdout


def test_where_no_law_is_adopted_every_shipped_pack_binds(portfolio):
    adopt(portfolio, "tw", from_on=TODAY + timedelta(days=1))
    current, _ = laws_of()

    assert (current["version"], current["adopted_from"]) == (law_now(portfolio.pk, at=NOW).version, None)
    assert "(every shipped pack, as none is adopted)" in simulate("sample").stdout


def test_named_jurisdictions_take_the_place_of_all_that_is_adopted(portfolio):
    adopt(portfolio, "tw", switched_off=["tw.hours"], own_rules=WEEKLY)
    told = document_of("sample", "--law-adopt", "us")

    law = told["sides"]["current"]["law"]
    assert (law["adopted"], law["adopted_from"], law["own_rules"]) == (["house", "us"], None, None)
    assert (law["switched_off"], told["sides"]["new"]["contacts"]) == ([], 4)
    assert "house, us (named here, not adopted)\n" in simulate("sample", "--law-adopt", "us").stdout


def test_what_new_switches_stands_beside_what_is_adopted(portfolio):
    adopt(portfolio, "tw", "cn", switched_off=["tw.hours"], own_rules=WEEKLY)
    other = next(rule.id for rule in load_law(["cn"]).rules if rule.is_uncertain)
    current, new = laws_of("--law-off", other)

    assert (current["switched_off"], new["switched_off"]) == (["tw.hours"], ["tw.hours", other])
    assert (new["own_rules"], new["adopted_from"]) == ("adopted", str(TODAY))


def test_own_rules_are_tried_in_place_of_the_adopted_ones(portfolio, tmp_path):
    adopt(portfolio, "tw", own_rules=WEEKLY.replace("house.weekly", "house.once"))
    path = tmp_path / "own.toml"
    text = WEEKLY.replace("max = 1", "max = 2")
    path.write_text(text.replace(ONE_BEFORE, f"{ONE_BEFORE}, {ONE_BEFORE}"), encoding="utf-8")

    told = document_of("sample", "--law-house", str(path))

    sides = told["sides"]
    assert [sides[each]["law"]["own_rules"] for each in ("current", "new")] == ["adopted", "tried"]
    assert [sides[each]["contacts"] for each in ("current", "new")] == [2, 4]
    assert told["differences"][0]["kind"] == "permitted"
    assert "house.once" in told["differences"][0]["current"]


def test_packs_that_are_tried_leave_own_rules_in_force(portfolio):
    adopt(portfolio, "tw", own_rules=WEEKLY)
    pack = next(pack.path for pack in shipped() if pack.name.startswith("tw/"))
    current, new = laws_of("--law-packs", str(pack))

    assert (current["files"], new["files"], new["own_rules"]) == ([], [f"tw/{pack.name}"], "adopted")


def test_own_rules_with_a_mistake_are_not_tried(portfolio, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(WEEKLY.replace("house.weekly", "house.hold"), encoding="utf-8")

    with pytest.raises(BadInput, match="no lender may change"):
        simulate("sample", "--law-house", str(path))


def test_the_current_strategy_is_the_one_adopted_for_today(portfolio, other):
    adopt_strategy(lender=portfolio.pk, source=other, approver="Anna Li", actor="staff:anna", at=NOW)

    done = document_of("sample")

    assert done["sides"]["current"]["strategy"]["name"] == "other"


def test_the_same_on_both_sides_is_said():
    lender = a_lender()
    a_loan(lender, a_person(lender), overdue_days=4)

    assert "Both sides are the same" in simulate("sample").stderr


def test_a_period_in_which_nobody_was_late_says_what_to_do():
    lender = a_lender()
    a_loan(lender, a_person(lender, points=("app_inbox",)))

    done = simulate("sample", "--svg", "nothing.svg")

    assert done.exit_code == 0
    assert "No loans were late in this period." in done.stderr
    assert "there is nothing to draw" in done.stderr


def test_books_that_end_before_the_period_does_are_said(portfolio):
    a_watermark(portfolio, payments_complete_through_on=FIRST, recorded_at=NOW - timedelta(hours=1))

    done = simulate("sample")

    assert f"Payments are in the books through {FIRST}" in done.stderr
    assert "house.books" in done.stdout


def test_the_picture_has_a_panel_for_each_side(portfolio, other, tmp_path):
    picture = tmp_path / "contacts.svg"

    done = simulate(other, "--svg", str(picture))

    svg = picture.read_text(encoding="utf-8")
    assert f"The picture is in {picture}." in done.stderr
    for words in ("current: sample", "new: other", "in_app", "email", "call", str(FIRST)):
        assert words in svg
    assert "href" not in svg


def test_a_picture_that_cannot_be_written_is_said(portfolio, tmp_path):
    with pytest.raises(BadInput, match="cannot be written"):
        simulate("sample", "--svg", str(tmp_path / "missing" / "contacts.svg"))
