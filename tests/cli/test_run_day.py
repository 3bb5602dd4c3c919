"""`arrears run-day`: what it prints, and what it says when there is something to know."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from arrears.actions.strategies import adopt_strategy
from arrears.cli.run_day import run_day
from arrears.kernel.errors import BadInput, NotFound, NotPossible
from arrears.store.models import DatabaseIdentity, Run
from arrears.strategies import load_strategy
from tests.actions.lives import SAMPLE_TEXT, without_change_guards
from tests.builders import NOW, TODAY, a_lender, a_loan, a_person

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> Result:
    wanted = arguments if "--on" in arguments else ("--on", str(TODAY), *arguments)
    return CliRunner(catch_exceptions=False).invoke(run_day, [*wanted, "--by", "anna"])


def a_portfolio():
    lender = a_lender()
    a_loan(lender, a_person(lender, points=("app_inbox", "email")), overdue_days=4)
    a_loan(
        lender, a_person(lender, points=("app_inbox",)), overdue_days=9, overdue_minor=0, statement_minor=0
    )
    return lender


def test_the_report_is_a_document_for_programs():
    a_portfolio()

    done = run("--format", "json")

    report = json.loads(done.stdout)
    assert (report["lender"], report["on"], report["is_new"]) == ("Example Bank", str(TODAY), True)
    assert (report["loans"], report["late"], report["late_without_balance"]) == (2, 2, 1)
    assert report["planned"] == {"in_app": {"app-message": 1}}
    assert report["refused"] == {"house.amount": 1}
    assert report["ladders"] == {"standard": {"due": 2, "loans_told": 1}}
    assert report["strategy"]["name"] == "sample"


def test_the_table_names_every_figure_and_the_next_step_is_told():
    a_portfolio()

    done = run()

    for words in ("late without a known balance", "app-message", "house.amount"):
        assert words in done.stdout
    assert "Next: arrears send" in done.stderr


def test_a_day_run_before_says_that_nothing_was_changed():
    a_portfolio()
    run()

    again = run()

    assert f"{TODAY} had been run before. Nothing was changed" in again.stderr
    assert Run.objects.count() == 1


def test_books_that_are_behind_are_said_plainly():
    a_portfolio()

    done = run("--on", str(TODAY + timedelta(days=3)))

    assert "The books are not complete to the day before" in done.stderr


def test_who_ran_the_day_is_recorded():
    a_portfolio()

    run()

    assert Run.objects.get().actor.name == "staff:anna"


def a_file(folder):
    path = folder / "mine.toml"
    text = SAMPLE_TEXT.replace('"app-message"', '"told-early"').replace('"sample"', '"mine"')
    path.write_text(text, encoding="utf-8")
    return path


def test_a_day_is_run_under_the_strategy_adopted_for_it(tmp_path):
    lender, path = a_portfolio(), a_file(tmp_path)
    adopt_strategy(lender=lender.pk, source=path, approver="Board", from_on=TODAY, actor="staff:anna", at=NOW)

    done = run("--format", "json")

    report = json.loads(done.stdout)
    assert report["strategy"] == {"name": "mine", "version": load_strategy(path).version}
    assert report["planned"] == {"in_app": {"told-early": 1}}
    assert "No strategy is adopted" not in done.stderr


def test_where_none_is_adopted_the_sample_is_followed_and_it_is_told_how_to_adopt_one():
    a_portfolio()

    done = run("--format", "json")

    assert json.loads(done.stdout)["strategy"]["name"] == "sample"
    assert "arrears strategy adopt" in done.stderr


def test_a_live_day_is_run_under_no_other_strategy_than_the_one_in_use(tmp_path):
    a_portfolio()
    with without_change_guards("database_identity"):
        DatabaseIdentity.objects.update(kind="live", simulated_at=None)

    with pytest.raises(NotPossible, match="is not the strategy in use"):
        run("--strategy", str(a_file(tmp_path)))
    assert not Run.objects.exists()


def test_a_strategy_that_does_not_exist_is_named_before_anything_is_done():
    a_portfolio()

    with pytest.raises(NotFound, match="no strategy named 'gentle'"):
        run("--strategy", "gentle")
    assert not Run.objects.exists()


def test_a_strategy_file_with_a_mistake_is_told_with_file_step_and_key(tmp_path):
    a_portfolio()
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n', encoding="utf-8")

    with pytest.raises(BadInput, match=r"mine\.toml: steps must hold"):
        run("--strategy", str(path))


def test_a_day_that_is_no_day_is_refused_by_the_command_line():
    assert run("--on", "yesterday").exit_code == 2


def test_a_run_in_parts_prints_the_same_figures_and_keeps_its_decisions(tmp_path):
    a_portfolio()

    done = run("--workers", "1", "--folder", str(tmp_path), "--format", "json")

    report = json.loads(done.stdout)
    assert (report["loans"], report["late"], report["late_without_balance"]) == (2, 2, 1)
    assert report["planned"] == {"in_app": {"app-message": 1}}
    assert report["refused"] == {"house.amount": 1}
    (night,) = tmp_path.iterdir()
    assert night.name == f"{TODAY}-run-{report['run']}"
    assert sorted(path.name for path in night.iterdir()) == ["decisions", "lock"]
    assert "of 2" not in done.stdout


def test_a_day_run_in_one_piece_is_not_run_again_in_parts(tmp_path):
    a_portfolio()
    run()

    again = run("--workers", "2", "--folder", str(tmp_path))

    assert f"{TODAY} had been run before. Nothing was changed" in again.stderr
    assert Run.objects.count() == 1
