"""`arrears ageing`, `rolls`, `statement` and `restated` on invented books, as a lender's staff type them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arrears.demo.books import write_books
from tests.builders import a_lender, a_loan, a_person
from tests.cli.command import arrears, arrears_each

pytestmark = pytest.mark.slow

ON = "2026-05-31"


@pytest.fixture(scope="module")
def home(simulation: Path) -> Path:
    write_books(simulation.parent / "books", loans=25, seed=1, on=date(2026, 5, 31))
    arrears("clock", "set", "2026-06-01T01:00+00:00", home=simulation)
    arrears("lender", "add", "示范银行", "--country", "CN", "--zone", "Asia/Shanghai", home=simulation)
    done = arrears("import", "folder", str(simulation.parent / "books"), "--strict", home=simulation)
    assert done.returncode == 0, done.stderr
    return simulation


def statements(home: Path, numbers: Iterable[int]) -> list[dict[str, Any]]:
    asked = [("statement", f"K{number}", "--on", ON, "--format", "json") for number in numbers]
    return [json.loads(told) for told in arrears_each(*asked, home=home)]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_ageing_adds_up_the_same_in_every_breakdown(home):
    told = json.loads(arrears("ageing", "--on", ON, "--format", "json", home=home).stdout)
    by = arrears("ageing", "--on", ON, "--by", "product", "--by", "bucket", "--format", "csv", home=home)

    assert (told["loans"], told["computed"], told["unreported"]) == (25, 25, 0)
    assert sum(int(row["loans"]) for row in table(by.stdout)) == 25
    overdue = {each["currency"]: each["minor"] for each in told["late"]["overdue"]}
    of_products: dict[str, int] = {}
    for row in table(by.stdout):
        currency = row["of_currency"]
        of_products[currency] = of_products.get(currency, 0) + int(row["overdue_minor"] or 0)
    assert {currency: minor for currency, minor in of_products.items() if minor} == overdue


def test_ageing_over_time_is_drawn_with_nothing_from_outside(home, tmp_path):
    picture = tmp_path / "ageing.svg"

    done = arrears(
        *("ageing", "--from", "2026-01-01", "--to", ON, "--every", "month", "--svg", str(picture)), home=home
    )

    svg = picture.read_text(encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "示范银行" in svg
    assert "2026-05-31" in svg
    assert "href" not in svg


def test_days_on_which_nobody_was_late_are_not_drawn(home, tmp_path):
    picture = tmp_path / "ageing.svg"

    done = arrears("ageing", "--from", "2025-01-01", "--to", "2025-02-01", "--svg", str(picture), home=home)

    assert (done.returncode, picture.exists()) == (0, False)
    assert "No loan is late on any of these days: there is nothing to draw." in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ageing",), "Ask for one day, or for many."),
        (("ageing", "--on", ON, "--svg", "x.svg"), "Ask for one day, or for many."),
        (("ageing", "--on", ON, "--buckets", "1-2"), "does not end in 1+"),
        (("ageing", "--on", ON, "--known-at", "yesterday"), "is no instant"),
        (("ageing", "--on", ON, "--known-at", "2026-06-01T09:00"), "has no offset from UTC"),
        (("rolls", "--from", ON, "--to", ON), "is not after"),
        (("statement", "K0"), "There is no loan with the number K0."),
        (("restated", "--since", "now"), "is no instant"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_asked_is_said_in_words(typed, words, said):
    lender = a_lender()
    a_loan(lender, a_person(lender))

    code, told = typed(*words)

    assert code in (1, 2)
    assert said in told
    assert "Traceback" not in told


def test_roll_rates_add_up_row_by_row(home):
    rolls = table(arrears("rolls", "--from", "2026-04-30", "--to", ON, "--format", "csv", home=home).stdout)

    for source in {row["from"] for row in rolls}:
        mine = [row for row in rolls if row["from"] == source]
        assert sum(int(row["loans"]) for row in mine) == int(mine[0]["of_from"])


def test_a_statement_shows_the_figure_that_the_ageing_has(home):
    late = json.loads(arrears("ageing", "--on", ON, "--format", "json", home=home).stdout)["late"]
    sums: dict[str, int] = {}
    for statement in statements(home, range(300_001, 300_026)):
        overdue = statement["arrears"]["overdue_minor"]
        if overdue:
            currency = statement["currency"]
            sums[currency] = sums.get(currency, 0) + overdue

    assert sums == {each["currency"]: each["minor"] for each in late["overdue"]}


def test_a_payment_dated_back_is_found_to_restate_what_was_decided(home, tmp_path):
    arrears("run-day", "--on", "2026-06-01", home=home)
    since = ("restated", "--since", "2026-06-01T00:00+08:00", "--format", "json")
    before = json.loads(arrears(*since, home=home).stdout)
    file = tmp_path / "payments.csv"
    late = next(
        each for each in statements(home, range(300_001, 300_020)) if each["arrears"]["delinquent_days"] > 3
    )
    amount = late["arrears"]["overdue_minor"] / 100
    file.write_text(f"payment_ref,loan_ref,value_on,amount\nB-1,{late['loan']},2026-05-20,{amount:.2f}\n")
    arrears("clock", "advance", "--hours", "2", home=home)
    stored = arrears("import", "feed", "payments", str(file), home=home)

    after = json.loads(arrears(*since, home=home).stdout)

    assert (before, stored.returncode) == ([], 0), stored.stderr
    assert [(each["loan"], each["is_late_then"], each["is_late_now"]) for each in after] == [
        (late["loan"], True, False)
    ]
    assert after[0]["changes"] == "payment:2026-05-20"
