"""`arrears law`: a lawyer reads the rules, a lender checks his own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from arrears.cli.law import law
from arrears.kernel.errors import BadInput, NotFound
from arrears.rulepacks import load_law, shipped
from arrears.rulepacks.library import shipped_entries
from tests.builders import a_lender
from tests.cli.command import arrears

PACK = """
jurisdiction = "test"
reference_zone = "UTC"

[[rule]]
id = "test.night"
kind = "hours"
params = { from = "08:00", to = "20:00" }
citation = "Act 1"
certainty = "A"
about = { en = "By day.", zh-Hans = "白天。", zh-Hant = "白天。" }
[[rule.case]]
id = "by-day"
at = "2026-07-14T09:00:00Z"
recipient = { zones = ["UTC"] }
expect = "allow"
[[rule.case]]
id = "by-night"
at = "2026-07-14T22:00:00Z"
recipient = { zones = ["UTC"] }
expect = "refuse"
"""


def run(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(law, arguments)


def report(*arguments: str) -> list[dict[str, object]]:
    return json.loads(run(*arguments, "--format", "json").stdout)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "test" / "contact.toml"
    path.parent.mkdir()
    path.write_text(PACK, encoding="utf-8")
    return path


def change(pack: Path, old: str, new: str) -> None:
    assert PACK.count(old) == 1
    pack.write_text(PACK.replace(old, new), encoding="utf-8")


def test_every_rule_is_listed_with_its_strength_certainty_state_and_source():
    rows = {row["id"]: row for row in report("list", "--kind", "contact", "--kind", "exception")}

    assert len(rows) == sum(len(pack.rules) + len(pack.exceptions) for pack in shipped())
    assert rows["tw.hours"] == {
        "id": "tw.hours",
        "kind": "contact",
        "form": "hours",
        "jurisdiction": "tw",
        "strength": "shall_not",
        "certainty": "D",
        "state": "on, uncertain",
        "citation": load_law().rule("tw.hours").citation,
    }
    assert rows["tw.hours.agreed"]["state"] == "off: uncertain permission, shipped switched off"
    assert rows["cn.hours.gb"]["state"] == "on"


def test_a_rule_is_shown_in_the_language_asked_for():
    assert "双方未约定时间的" in run("show", "cn.hours.gb", "--lang", "zh-Hans").stdout
    assert "雙方未約定時間者" in run("show", "cn.hours.gb", "--lang", "zh-Hant").stdout
    assert "unless a time was agreed" in run("show", "cn.hours.gb").stdout


def test_a_rule_is_shown_with_its_values_and_what_lifts_it():
    (told,) = json.loads(run("show", "us.time.default", "--format", "json").stdout)

    assert told["values"] == {"from": "08:00", "to": "21:00", "to_inclusive": True}
    assert told["in_force_from"] == "2021-11-30"
    assert told["lifted_by"] == ["us.time.override-in", "us.respond-once"]
    assert (told["strength"], told["effect"]) == ("must_not", "hard")


def test_a_rule_that_is_switched_off_can_be_read_too():
    assert "off: uncertain permission" in run("show", "tw.hours.agreed").stdout


def test_an_unknown_rule_is_answered_with_its_likes():
    with pytest.raises(NotFound) as unknown:
        run("show", "us.time.defaults")

    assert unknown.value.hint.startswith("Did you mean us.time.default")


def test_the_shipped_packs_are_in_order():
    checked = run("check")

    assert checked.exit_code == 0
    assert "(nothing)" in checked.stdout
    assert "all in order" in checked.stderr


def test_a_pack_of_ones_own_is_checked_beside_the_shipped_ones(pack):
    assert "1 files: 1 rules of contact; 2 cases: all in order." in run("check", str(pack)).stderr
    assert run("check", str(pack.parent.parent)).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "rule", "key", "problem"),
    [
        ("08:00", "8:00", "test.night", "params.from", "must be a time of day"),
        ('from = "08:00", ', "", "test.night", "params.from", "is missing"),
        ('certainty = "A"', 'certainty = "?"', "test.night", "certainty", "must be one of A, B, C, D"),
        ('"test"', '"test"\ncolour = "red"', "the file", "colour", "is not a key"),
        ("20:00", "22:01", "test.night", "case by-night", "the answer is allow"),
        ('"2026-07-14T09:00:00Z"', '"noon"', "test.night", "case by-day", "'at' is not a date and time"),
        ('expect = "refuse"', 'expect = "allow"', "test.night", "case by-night", "expects allow"),
        ("[[rule]]", "[[rule", "", "", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file_rule_and_key(*, pack, old, new, rule, key, problem):
    change(pack, old, new)

    rows = report("check", str(pack))

    (row,) = [each for each in rows if each["problem"] != "has none in which it refuses"]
    assert (row["file"], row["rule"], row["key"]) == ("test/contact.toml", rule, key)
    assert problem in row["problem"]
    assert run("check", str(pack)).exit_code == 1


def test_a_rule_that_stands_in_a_shipped_pack_too_is_a_mistake(pack):
    change(pack, "test.night", "house.hours")

    (row,) = report("check", str(pack))

    assert (row["rule"], row["key"]) == ("house.hours", "id")
    assert (row["file"], row["line"]) == ("test/contact.toml", 6)
    assert row["problem"] == "stands in house/house.toml too"


def test_a_rule_without_a_case_on_one_side_is_a_mistake(pack):
    pack.write_text(PACK[: PACK.index('[[rule.case]]\nid = "by-night"')], encoding="utf-8")

    assert [row["problem"] for row in report("check", str(pack))] == ["has none in which it refuses"]


def test_a_folder_without_packs_is_said(tmp_path):
    with pytest.raises(NotFound, match="no pack file is there"):
        run("check", str(tmp_path))


def test_every_case_is_shown_with_what_was_expected_and_answered():
    rows = report("cases")

    assert {row["kind"] for row in rows} == {"contact", "exception", "content", "obligation", "table"}
    told = {(row["rule"], row["kind"]) for row in rows}
    assert told == {(each.id, str(each.kind)) for each in shipped_entries()}
    assert all(row["holds"] and row["expected"] == row["answered"] for row in rows)


def test_the_cases_of_a_pack_of_ones_own_are_answered(pack):
    change(pack, "20:00", "22:01")

    assert [row["case"] for row in report("cases", str(pack))] == ["by-day", "by-night"]
    assert [row["case"] for row in report("cases", str(pack), "--failing")] == ["by-night"]
    assert run("cases", str(pack)).exit_code == 1


def test_a_pack_that_cannot_be_read_has_no_cases(pack):
    change(pack, "08:00", "8:00")

    with pytest.raises(BadInput, match=r"test/contact.toml: test.night: params.from"):
        run("cases", str(pack))


def test_two_versions_of_a_pack_are_told_apart_by_rule_and_key(pack, tmp_path):
    later = tmp_path / "later.toml"
    later.write_text(PACK.replace('to = "20:00"', 'to = "21:00"'))

    done = run("diff", str(pack), str(later), "--format", "json")

    (row,) = json.loads(done.stdout)
    assert (row["name"], row["change"], row["key"]) == ("test.night", "changed", "params.to")
    assert (row["before"], row["after"]) == ("20:00", "21:00")


def test_a_shipped_pack_says_what_the_shipped_packs_say():
    (house,) = {each.path.parent for each in shipped() if each.jurisdiction == "house"}

    assert json.loads(run("diff", str(house), "--format", "json").stdout) == []


def test_entries_of_every_kind_are_listed_and_can_be_chosen_by_kind_jurisdiction_and_day():
    every = report("list")

    assert len(every) == len(shipped_entries())
    assert {row["kind"] for row in report("list", "--kind", "table")} == {"table"}
    assert {row["jurisdiction"] for row in report("list", "--jurisdiction", "uk")} == {"uk"}
    before, after = (
        {(row["id"], row["kind"]) for row in report("list", "--on", day)}
        for day in ("2026-01-29", "2026-01-30")
    )
    assert before < after
    assert ("cn.hours.cba", "contact") in after - before


def test_a_jurisdiction_without_a_pack_cannot_be_listed():
    with pytest.raises(BadInput, match="No pack is called 'atlantis'"):
        run("list", "--jurisdiction", "atlantis")


def test_an_id_that_stands_in_several_kinds_is_shown_in_each():
    told = json.loads(run("show", "uk.87", "--format", "json").stdout)

    assert [each["kind"] for each in told] == ["content", "obligation", "contact", "table"]
    assert told[1]["in_words"] == (
        "What is owed: default notice, to borrower. It arises from: enforcement is planned. It is due 14 days"
        " before the event at the latest, the first day not counting. It is met when it is delivered."
    )
    assert told[2]["in_words"] == (
        "Only after one of these notices was delivered: default notice;"
        " and only when 14 whole days have passed since."
    )


def test_an_entry_is_shown_in_words_in_chinese_too():
    (told,) = json.loads(run("show", "cn.rec.card2y", "--lang", "zh-Hans", "--format", "json").stdout)
    (traditional,) = json.loads(run("show", "cn.rec.card2y", "--lang", "zh-Hant", "--format", "json").stdout)

    assert told["in_words"] == "自记录形成之日起保存 2 年：通话录音。"
    assert told["bound_to"] == "地区：CN；债务种类：信用卡"
    assert traditional["in_words"] == "自紀錄形成之日起保存 2 年：通話錄音。"
    assert told["certainty_means"].startswith("见于官方摘要")
    assert told["cases"][0]["answer"] == "可以删除"


def test_the_mistakes_of_every_kind_are_named_in_one_go(pack):
    folder = pack.parent
    change(pack, 'from = "08:00", ', "")
    wrong = {
        "tables.toml": TABLES.replace("years = 2", "moons = 2"),
        "content.toml": CONTENT.replace('"amount"', '"colour"').replace('certainty = "B"', 'certainty = "?"'),
        "obligations.toml": OBLIGATIONS.replace('duty = "answer"', 'duty = "silence"'),
    }
    for name, text in wrong.items():
        (folder / name).write_text(text, encoding="utf-8")

    rows = report("check", str(folder))
    assert run("check", str(folder)).stderr.endswith("mistakes in 4 of 4 files.\n")

    assert [(row["file"], row["rule"], row["key"]) for row in rows if row["key"] != "case"] == [
        ("test/contact.toml", "test.night", "params.from"),
        ("test/content.toml", "test.says", "requires"),
        ("test/content.toml", "test.never-says", "certainty"),
        ("test/obligations.toml", "test.answer", "duty"),
        ("test/tables.toml", "test.keep", "params"),
        ("test/tables.toml", "test.keep", "params.moons"),
    ]


def test_each_wrong_case_of_an_entry_is_named(pack):
    tables = pack.parent / "tables.toml"
    tables.write_text(TABLES.replace('record = "message"\n', 'record = "song"\n'), encoding="utf-8")

    rows = report("check", str(tables))

    assert [(row["rule"], row["key"]) for row in rows] == [("test.keep", "case.record")] * 2


def test_an_entry_that_stands_twice_in_tables_is_a_mistake(pack):
    tables = pack.parent / "tables.toml"
    tables.write_text(TABLES + TABLES[TABLES.index("[[entry]]") :], encoding="utf-8")

    rows = report("check", str(tables))

    assert [(row["rule"], row["key"], row["problem"]) for row in rows] == [
        ("test.keep", "id", "stands twice in this file")
    ]


def test_two_rules_that_nobody_can_obey_both_are_named_with_both_sources(pack):
    other = PACK[PACK.index("[[rule]]") :].replace("test.night", "test.day").replace("Act 1", "Act 2")
    hours = other.replace('from = "08:00", to = "20:00"', 'from = "20:00", to = "22:00"')
    hours = hours.replace('"by-day"', '"by-day-too"').replace('"by-night"', '"by-night-too"')
    pack.write_text(PACK + hours, encoding="utf-8")

    rows = report("check", str(pack))

    assert [(row["file"], row["rule"], row["key"]) for row in rows] == [
        ("test/contact.toml", "test.night", "conflict"),
        ("test/contact.toml", "test.night", "case by-day"),
        ("test/contact.toml", "test.day", "conflict"),
        ("test/contact.toml", "test.day", "case by-day-too"),
    ]
    assert "test.day (Act 2) and house.hours (" in rows[2]["problem"]
    assert "in test/contact.toml and house/house.toml" in rows[2]["to_do"]
    assert rows[0]["problem"].startswith("test.night (Act 1) and test.day (Act 2) leave no hour in common")


def test_cases_of_one_id_are_answered_for_every_kind_it_stands_in():
    rows = report("cases", "--rule", "uk.87")

    assert {row["kind"] for row in rows} == {"content", "obligation", "contact", "table"}
    assert {row["kind"] for row in report("cases", "--rule", "uk.87", "--kind", "table")} == {"table"}


def test_what_came_into_force_between_two_days_is_told():
    rows = json.loads(run("diff", "--between", "2026-07-31", "2026-08-01", "--format", "json").stdout)

    assert [(row["what"], row["name"], row["change"]) for row in rows] == [
        ("content", "cn.cost.display", "added"),
        ("table", "cn.cost.display", "added"),
    ]


def test_tables_of_ones_own_are_compared_with_tables_alone(pack, tmp_path):
    before, after = tmp_path / "a" / "tables.toml", tmp_path / "b" / "tables.toml"
    for path, text in ((before, TABLES), (after, TABLES.replace("years = 2", "years = 3"))):
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")

    (row,) = json.loads(run("diff", str(before), str(after), "--format", "json").stdout)

    assert (row["what"], row["name"], row["key"]) == ("table", "test.keep", "params.years")
    assert (row["before"], row["after"]) == (2, 3)


def test_the_command_needs_no_database(tmp_path):
    done = arrears("law", "check", home=tmp_path)

    assert (done.returncode, done.stderr.splitlines()[-1].endswith("all in order.")) == (0, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_lender_adopts_packs_by_name_and_is_told_who_is_left_to_its_own_policy():
    a_lender()

    done = run("adopt", "cn", "us", "--by", "anna", "--approved-by", "Wang Fang")
    (row,) = json.loads(run("adopted", "--format", "json").stdout)

    assert "is bound by cn, us from" in done.stderr
    assert "Not adopted: " in done.stderr
    assert "tw" in done.stderr
    assert (row["jurisdictions"], row["approver"], row["is_in_use"]) == (["cn", "us"], "Wang Fang", True)
    assert row["says_the_same"]


def test_tables_beside_packs_are_checked_and_their_mistakes_named(pack):
    tables = pack.parent / "tables.toml"
    tables.write_text(TABLES, encoding="utf-8")
    assert (
        "2 files: 1 rules of contact, 1 entries of tables; 4 cases: all in order."
        in run("check", str(pack.parent)).stderr
    )

    tables.write_text(TABLES.replace('expect = "may_go"', 'expect = "stays"'), encoding="utf-8")
    one_sided, wrong = report("check", str(tables))

    assert wrong["key"] == "case after"
    assert one_sided == {
        "file": "test/tables.toml",
        "line": 4,
        "rule": "test.keep",
        "key": "case",
        "problem": "has none in which it permits",
        "to_do": "Add one.",
    }

    tables.write_text(TABLES.replace("years = 2", "moons = 2"), encoding="utf-8")
    rows = report("check", str(tables))
    assert [(bad["rule"], bad["key"]) for bad in rows] == [
        ("test.keep", "params"),
        ("test.keep", "params.moons"),
    ]


TABLES = """
jurisdiction = "test"

[[entry]]
id = "test.keep"
kind = "keep"
params = { records = ["message"], starts = "record_on", years = 2 }
citation = "Act 1"
certainty = "A"
about = { en = "Two years.", zh-Hans = "两年。", zh-Hant = "兩年。" }
[[entry.case]]
id = "within"
record = "message"
record_on = 2024-01-01
on = 2026-01-01
expect = "stays"
[[entry.case]]
id = "after"
record = "message"
record_on = 2024-01-01
on = 2026-01-02
expect = "may_go"
"""

CONTENT = """
jurisdiction = "test"

[[rule]]
id = "test.says"
requires = ["amount"]
citation = "Act 1"
certainty = "A"
about = { en = "Says.", zh-Hans = "说。", zh-Hant = "說。" }

[[rule]]
id = "test.never-says"
forbids = ["abuse"]
citation = "Act 1"
certainty = "B"
about = { en = "Never.", zh-Hans = "不。", zh-Hant = "不可。" }
"""

OBLIGATIONS = """
jurisdiction = "test"
reference_zone = "UTC"
applies_to = ["CN"]

[[obligation]]
id = "test.answer"
triggers = ["complaint"]
duty = "answer"
recipient = "requester"
satisfied_by = "answered"
window = { counted = "from_trigger", length = 8, unit = "days", counts_anchor = false }
citation = "Act 1"
certainty = "A"
about = { en = "Answer.", zh-Hans = "答复。", zh-Hant = "答覆。" }
"""
