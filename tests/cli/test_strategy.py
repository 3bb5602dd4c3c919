"""`arrears strategy` as it is typed: reading a file, comparing two, and adopting one."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from arrears.cli.strategy import strategy
from arrears.kernel.errors import BadInput
from arrears.store.models import StrategyAdoption
from arrears.strategies import list_strategies, load_strategy
from tests.actions.lives import SAMPLE_TEXT
from tests.builders import TODAY, a_lender

LADDERS = """
name = "two"
calls_per_day = 0
about = { en = "Two ladders.", zh-Hans = "两个阶梯。", zh-Hant = "兩個階梯。" }

[[segments]]
ladder = "kind"
vulnerable = true
""" + "".join(
    f"""
[[ladders]]
name = "{name}"
about = {{ en = "{name}", zh-Hans = "{name}", zh-Hant = "{name}" }}
[[ladders.steps]]
id = "{name}-message"
rank = 10
offset_days = {offset}
channels = ["in_app", "email"]
notice = "payment_reminder"
purpose = "collect"
tone = "friendly"
window_days = 2
catch_up = "latest"
recipients = ["borrower", "co_borrower"]
about = {{ en = "a message", zh-Hans = "消息", zh-Hant = "訊息" }}
"""
    for name, offset in (("standard", 3), ("kind", 9))
)


def say(*arguments: object) -> Result:
    return CliRunner(catch_exceptions=False).invoke(strategy, [str(each) for each in arguments])


def document(*arguments: object):
    return json.loads(say(*arguments, "--format", "json").stdout)


@pytest.fixture
def two(tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(LADDERS, encoding="utf-8")
    return path


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    text = SAMPLE_TEXT.replace("offset_days = 7", "offset_days = 9").replace('"sample"', '"mine"')
    path.write_text(text, encoding="utf-8")
    return path


def test_list_names_every_shipped_strategy():
    rows = document("list")

    assert [row["name"] for row in rows] == list(list_strategies())
    sample = next(row for row in rows if row["name"] == "sample")
    assert (sample["ladders"], sample["steps"], sample["version"]) == (1, 2, load_strategy().version)
    assert "sample" in say("list").stdout


@pytest.mark.parametrize("name", list_strategies())
def test_every_shipped_strategy_is_without_errors(name):
    assert say("check", name).exit_code == 0


def test_check_tells_an_error_from_a_remark_and_ends_with_one(two, tmp_path):
    path = tmp_path / "call.toml"
    path.write_text(LADDERS.replace('["in_app", "email"]', '["call", "email"]', 1), encoding="utf-8")

    assert document("check", two) == []
    done = say("check", path, "--format", "json")

    assert done.exit_code == 1
    assert [(row["code"], row["kind"], row["about"]) for row in json.loads(done.stdout)] == [
        ("no_text", "error", "standard-message"),
        ("call_first", "remark", "standard-message"),
        ("no_calls", "remark", ""),
    ]


def test_a_remark_alone_is_no_failure(two):
    two.write_text(LADDERS[: LADDERS.index("[[segments]]")] + LADDERS[LADDERS.index("[[ladders]]") :])

    done = say("check", two)

    assert done.exit_code == 0
    assert "nobody climbs it" in done.stdout


MANY_MISTAKES = """name = ""
calls_per_day = -1
about = { en = "Two.", zh-Hans = "两个。" }
stage = 3

[[segments]]
ladder = "kinds"
debt_kind = ["credit_card"]
overdue_from = { CNY = 5 }

[[ladders]]
name = "kind"
about = { en = "kind", zh-Hans = "kind", zh-Hant = "kind" }
[[ladders.steps]]
id = "first"
rank = 10
offset_days = "3"
channels = ["in_app", "emial"]
notice = "payment_reminder"
purpose = "collect"
tone = "fierce"
window_days = 0
catch_up = "latest"
legal_force = true
[ladders.steps.about]
en = "a message"
zh-Hans = "消息"
zh-Hant = ""
[[ladders.steps]]
id = "first"
rank = 10
offset_days = 9
channels = ["sms"]
notice = "payment_reminder"
purpose = "collect"
tone = "plain"
window_days = 2
catch_up = "latest"
visitors = 2
about = { en = "a message", zh-Hans = "消息", zh-Hant = "訊息" }

[reachability.sms]
failed = 1
failed_within = 3
"""


def test_check_tells_every_mistake_of_a_file_in_one_run_with_its_line_key_and_what_to_do(mine):
    mine.write_text(MANY_MISTAKES, encoding="utf-8")

    done = say("check", mine, "--format", "json")

    rows = json.loads(done.stdout)
    assert done.exit_code == 1
    assert {row["file"] for row in rows} == {str(mine)}
    assert {row["kind"] for row in rows} == {"error"}
    assert all(row["to_do"] for row in rows)
    assert [(row["line"], row["about"], row["key"]) for row in rows] == [
        (1, "", "name"),
        (2, "", "calls_per_day"),
        (3, "", "about.zh-Hant"),
        (4, "", "stage"),
        (7, "segment 1", "ladder"),
        (8, "segment 1", "debt_kind"),
        (9, "segment 1", "overdue_from"),
        (17, "step first", "offset_days"),
        (18, "step first", "channels"),
        (21, "step first", "tone"),
        (22, "step first", "window_days"),
        (23, "step first", "catch_up"),
        (28, "step first", "about.zh-Hant"),
        (30, "step first", "id"),
        (31, "step first", "rank"),
        (39, "step first", "visitors"),
        (43, "", "reachability.sms.failed"),
        (44, "", "reachability.sms.failed_within"),
    ]
    hints = {row["key"]: row["to_do"] for row in rows}
    assert hints["debt_kind"] == "Did you mean debt_kinds?"
    assert hints["channels"].startswith("Did you mean email? Known: ")
    assert hints["ladder"] == "Did you mean kind? Known: kind."


def test_check_tells_what_would_fail_later_beside_what_cannot_be_read(two):
    text = LADDERS.replace('["in_app", "email"]', '["call"]', 1).replace('tone = "friendly"', "", 1)
    two.write_text(text, encoding="utf-8")

    rows = document("check", two)

    assert [(row["code"], row["about"], row["key"]) for row in rows] == [
        ("mistake", "step standard-message", "tone"),
        ("no_text", "standard-message", "channels"),
    ]
    assert rows[0]["to_do"].startswith("Known: ")
    assert [row["line"] for row in rows] == [text[: text.index("[[ladders.steps]]")].count("\n") + 1] * 2


def test_a_file_that_is_no_toml_is_told_with_its_line(mine):
    mine.write_text('name = "mine"\nrank =\n', encoding="utf-8")

    done = say("check", mine, "--format", "json")

    (row,) = json.loads(done.stdout)
    assert (done.exit_code, row["line"], row["code"]) == (1, 2, "mistake")
    assert "is not TOML" in row["what"]


def test_a_mistake_is_told_in_words_too(mine):
    mine.write_text(SAMPLE_TEXT.replace("rank = 20", "rank = 1"), encoding="utf-8")

    done = say("check", mine)

    assert done.exit_code == 1
    for words in ("step email", "must be above 10", "It is 1 now."):
        assert words in " ".join(done.stdout.split())


def test_a_strategy_with_mistakes_is_not_shown_and_all_of_them_are_told(mine):
    mine.write_text(MANY_MISTAKES, encoding="utf-8")

    with pytest.raises(BadInput) as raised:
        say("show", mine)

    assert len(raised.value.facts["mistakes"]) == len(raised.value.what.split("\n")) == 18
    assert raised.value.hint == f"What to do about each: arrears strategy check {mine}"


def test_show_tells_every_step_and_who_climbs_which_ladder(two):
    done = say("show", two, "--lang", "zh-Hant")

    for words in (
        "Ladder standard, arrears",
        "kind-message",
        "訊息",
        "in_app, email",
        "borrower, co_borrower",
    ):
        assert words in done.stdout
    assert "loans under a hold for hardship" in done.stdout
    assert "all other loans" in done.stdout
    assert "兩個階梯" in done.stderr


def test_show_as_a_document(two):
    shown = document("show", two)

    assert (shown["name"], shown["version"], shown["calls_per_day"]) == ("two", load_strategy(two).version, 0)
    assert [ladder["name"] for ladder in shown["ladders"]] == ["standard", "kind"]
    (step,) = shown["ladders"][1]["steps"]
    assert (step["id"], step["offset_days"], step["about"]) == ("kind-message", 9, "a message")
    assert shown["segments"] == [
        {"ladder": "kind", "vulnerable": True, "said": "under a hold for hardship"},
    ]
    assert shown["first_ladder"] == "standard"


def test_diff_tells_step_and_key(mine):
    rows = document("diff", "sample", mine)

    assert rows == [
        {
            "what": "strategy",
            "name": "",
            "change": "changed",
            "key": "name",
            "before": "sample",
            "after": "mine",
        },
        {"what": "step", "name": "email", "change": "changed", "key": "offset_days", "before": 7, "after": 9},
    ]
    assert "offset_days" in say("diff", "sample", mine).stdout


def test_diff_of_a_file_with_itself_is_nothing(mine):
    assert document("diff", mine, mine) == []
    assert "(nothing)" in say("diff", mine, mine).stdout


@pytest.mark.django_db(transaction=True)
def test_adopt_records_who_adopts_and_says_from_when_on(mine):
    a_lender()

    done = say("adopt", mine, "--by", "anna")

    assert f"Example Bank follows mine from {TODAY} on." in done.stderr
    (row,) = document("adopted")
    assert (row["name"], row["from_on"], row["is_in_use"]) == ("mine", str(TODAY), True)
    assert (row["approver"], row["adopted_by"]) == ("anna", "staff:anna")
    assert (row["version"], row["challenger"]) == (load_strategy(mine).version, None)


@pytest.mark.django_db(transaction=True)
def test_adopt_with_a_challenger_for_a_share(mine):
    a_lender()

    options = ("--share", 10, "--salt", "2026", "--from", "2026-08-01", "--approved-by", "Board")
    done = say("adopt", "sample", "--by", "anna", "--challenger", mine, *options)

    assert "follows sample, 10 % of borrowers mine from 2026-08-01 on" in done.stderr
    (row,) = document("adopted")
    assert (row["challenger"], row["share_percent"], row["salt"]) == ("mine", 10, "2026")
    assert (row["approver"], row["is_in_use"]) == ("Board", False)


@pytest.mark.django_db(transaction=True)
def test_adopt_refuses_what_check_finds_errors_in(mine):
    a_lender()
    text = SAMPLE_TEXT.replace('["email"]\nnotice = "overdue_notice"', '["push"]\nnotice = "outreach_offer"')
    mine.write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match="There is no text for outreach_offer over push"):
        say("adopt", mine, "--by", "anna")
    assert not StrategyAdoption.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_where_none_is_adopted_it_says_so_and_how_to():
    a_lender()

    done = say("adopted")

    assert "the shipped sample is" in done.stderr
    assert "arrears strategy adopt" in done.stderr
