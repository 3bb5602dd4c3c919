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


def test_check_tells_a_mistake_with_its_file_step_and_key(mine):
    mine.write_text(SAMPLE_TEXT.replace("rank = 20", "rank = 1"), encoding="utf-8")

    with pytest.raises(BadInput, match=r"mine\.toml, step email: 'rank' must be above 10"):
        say("check", mine)


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
