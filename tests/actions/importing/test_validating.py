"""Rows are accepted or rejected whole, with every reason, and money is never rounded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.vocabulary import DebtKind, ReportedStatus
from tests.actions.importing.builders import NOT_LATE, a_mapping, a_row, csv_text, faults, read, rows


def one(tmp_path, **changes):
    """The rejects of a file of one row with these cells."""
    return read(tmp_path, [a_row(**changes)])[1]


def test_a_row_becomes_values(tmp_path):
    accepted, rejects = read(tmp_path, [a_row()])

    assert rejects == []
    assert accepted["L1"] == {
        "loan_ref": "L1",
        "person_ref": "C1",
        "as_of_on": date(2026, 2, 28),
        "status": ReportedStatus.LATE,
        "months_late": 1,
        "overdue_since_on": date(2026, 1, 31),
        "overdue_amount": 120000,
        "statement_amount": 500050,
        "statement_on": date(2026, 2, 28),
        "currency": "TWD",
        "product": "card",
        "debt_kind": DebtKind.CREDIT_CARD,
        "governing_law": "TW",
        "place": "TW",
        "zone": "Asia/Taipei",
        "language": "zh-Hant",
        "name": "林怡君",
        "email": "c1@customers.example",
        "app_inbox": "box-C1",
        "household_ref": None,
        "mobile": "+886912345678",
        "closed": False,
    }


def test_what_may_be_empty_is_nothing(tmp_path):
    empty = dict.fromkeys(("since", "overdue", "balance", "name", "email", "mobile", "closed"), "")
    accepted, rejects = read(tmp_path, [a_row(**empty | {"status": "0"})])

    row = accepted["L1"]
    assert rejects == []
    assert (row["overdue_amount"], row["statement_amount"], row["name"], row["closed"]) == (None,) * 3 + (
        False,
    )


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"loan": ""}, "loan_ref", "empty"),
        ({"as_of": "2026-03-03"}, "as_of_on", "after the lender's today"),
        ({"as_of": "9999-12-31"}, "as_of_on", "after the lender's today"),
        ({"status": "7"}, "status", "table of codes"),
        ({"since": ""}, "overdue_since_on", "is late"),
        ({"since": "2026-03-01"}, "overdue_since_on", "after as_of_on"),
        ({"overdue": "0"}, "overdue_amount", "not above zero"),
        ({"overdue": "-5"}, "overdue_amount", "not above zero"),
        ({**NOT_LATE, "since": "2026-01-01"}, "overdue_since_on", "not late"),
        ({**NOT_LATE, "overdue": "5"}, "overdue_amount", "not late"),
        ({"balance": "1.234"}, "statement_amount", "finer"),
        ({"balance": "12,000"}, "statement_amount", "not a number"),
        ({"balance": "1e5"}, "statement_amount", "not a number"),
        ({"balance": "9" * 14}, "statement_amount", "15 digits"),
        ({"currency": "JPY", "balance": "5.5"}, "statement_amount", "finer"),
        ({"currency": "NT$"}, "currency", "ISO 4217"),
        ({"place": "JP", "zone": "Asia/Tokyo"}, "governing_law", "no rule pack"),
        ({"zone": ""}, "zone", "stated together"),
        ({"zone": "Taipei"}, "zone", "IANA"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email", "control"),
        ({"name": "=1+1"}, "name", "formula"),
        ({"name": "a\u202eb"}, "name", "invisible"),
        ({"name": "a\x00b"}, "name", "control"),
        ({"mobile": "0912"}, "mobile", "not a number of TW"),
        ({"closed": "maybe"}, "closed", "yes nor no"),
    ],
)
def test_a_bad_field_is_named_with_its_reason(tmp_path, changes, field, reason):
    accepted, rejects = read(tmp_path, [a_row(**changes), a_row(2)])

    found = {reject.field: reject.reason for reject in rejects}
    assert reason in found[field]
    assert list(accepted) == ["L2"]


def test_all_the_bad_fields_of_a_row_are_told(tmp_path):
    rejects = one(tmp_path, as_of="x", currency="", email="@", closed="?")

    assert faults(rejects) == [
        (2, "as_of_on"),
        (2, "statement_on"),
        (2, "currency"),
        (2, "email"),
        (2, "closed"),
    ]


def test_a_reject_shows_what_stands_in_the_file(tmp_path):
    reject, same_cell = one(tmp_path, status="9")

    assert (reject.value, reject.reason) == ("9", "status: is not in the mapping's table of codes")
    assert (same_cell.field, same_cell.value) == ("months_late", "9")


def test_a_country_declared_house_only_is_accepted(tmp_path):
    from dataclasses import replace

    from tests.actions.importing.builders import LIMITS

    limits = replace(LIMITS, countries=LIMITS.countries | {"JP"})
    japan = a_row(place="JP", zone="Asia/Tokyo")

    assert len(read(tmp_path, [japan], limits=limits)[0]) == 1
    assert len(read(tmp_path, [japan])[0]) == 0


def test_a_loan_that_stands_twice_is_rejected_on_every_line(tmp_path):
    accepted, rejects = read(tmp_path, [a_row(1), a_row(2), a_row(1), a_row(1)])

    assert list(accepted) == ["L2"]
    assert [(reject.line, reject.reason.rsplit(" ", 1)[1]) for reject in rejects] == [
        (2, "4"),
        (4, "2"),
        (5, "2"),
    ]


def test_a_loan_whose_other_row_is_bad_is_rejected_too(tmp_path):
    accepted, rejects = read(tmp_path, [a_row(1), a_row(1, currency="?"), a_row(2)])

    assert list(accepted) == ["L2"]
    assert sorted(faults(rejects)) == [(2, "loan_ref"), (3, "currency")]


def test_a_person_described_in_two_ways_is_rejected_on_every_line(tmp_path):
    second = a_row(2, customer="C1", email="c1@customers.example")
    third = a_row(3, customer="C1", email="other@customers.example")

    accepted, rejects = read(tmp_path, [a_row(1), second, third, a_row(4)])

    assert list(accepted) == ["L4"]
    assert [reject.reason.rsplit(" ", 1)[1] for reject in rejects] == ["4", "4", "2"]


def test_a_person_with_two_loans_is_one_person(tmp_path):
    second = a_row(2, customer="C1", email="c1@customers.example")

    assert len(read(tmp_path, [a_row(1), second])[0]) == 2


def test_months_before_goes_back_from_the_day_of_the_row(tmp_path):
    mapping = a_mapping(tmp_path, ('{ column = "since" }', '{ months_before = "as_of_on" }'))
    content = [a_row(1, as_of="2026-02-28", status="2"), a_row(2, **NOT_LATE)]

    accepted, _ = read(tmp_path, content, mapping=mapping)

    assert accepted["L1"]["overdue_since_on"] == date(2025, 12, 28)
    assert accepted["L2"]["overdue_since_on"] is None


def test_amounts_in_minor_units_are_whole(tmp_path):
    mapping = a_mapping(tmp_path, ('"major"', '"minor"'))

    accepted, rejects = read(tmp_path, [a_row(1, balance="7", overdue="3"), a_row(2)], mapping=mapping)

    assert accepted["L1"]["statement_amount"] == 7
    assert faults(rejects) == [(3, "statement_amount")]


def test_blanks_around_a_cell_never_count(tmp_path):
    padded = {name: f" \u3000{cell}\u00a0 " for name, cell in a_row().items()}

    assert read(tmp_path, [padded])[0] == read(tmp_path, [a_row()])[0]


@given(
    amount=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)
)
def test_an_amount_is_stored_exactly(tmp_path_factory, amount):
    accepted, _ = read(tmp_path_factory.mktemp("x"), [a_row(balance=f"{amount:f}")])

    assert accepted["L1"]["statement_amount"] == amount * 100


@given(st.permutations(range(1, 7)), st.sets(st.integers(1, 6)))
def test_the_order_of_rows_changes_nothing(tmp_path_factory, order, bad):
    content = {n: a_row(n, status="?" if n in bad else "1") for n in order}

    accepted, _ = read(tmp_path_factory.mktemp("x"), list(content.values()))

    assert set(accepted) == {f"L{n}" for n in range(1, 7) if n not in bad}


REAL = Path(__file__).parents[3] / "../shared/data/credit_card_clients_taiwan_2005.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the file of 30,000 customers is not beside the checkout")
def test_every_number_of_the_real_file_is_read_exactly():
    import csv

    from arrears.actions.importing.numbers import integral_text

    in_exponents = 0
    with REAL.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            in_exponents += any("e" in cell for cell in row.values())
            for cell in row.values():
                assert Decimal(integral_text(cell)) == Decimal(cell)
    assert in_exponents == 4224


def test_a_file_of_one_column_too_few_names_the_line(tmp_path):
    text = csv_text(rows(2)).replace("林怡君,", "", 1)

    accepted, rejects = read(tmp_path, text)

    assert (list(accepted), faults(rejects)) == (["L2"], [(2, "(row)")])
